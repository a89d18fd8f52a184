"""Decides who leads what when a lead was named by address only, and who is in a team that follows a user group."""

from collections.abc import Collection, Mapping

from storage.unit_of_work import UnitOfWork


def leads_by_address(uow: UnitOfWork) -> dict[str, str]:
    """Addresses of leads without a Slack id, each with the id of the member who has it; "" where nobody is known."""
    addresses = uow.machine.initiatives.lead_addresses()
    known = uow.people.members_by_address(addresses)
    return {address: known.get(address, "") for address in addresses}


def name_leads(uow: UnitOfWork, ids: Mapping[str, str]) -> int:
    """Give initiatives whose lead is known by address the lead's Slack id; how many. Work kept to the lead follows."""
    rows = uow.machine.initiatives.led_by_address(list(ids))
    if not rows:
        return 0
    version = uow.workspaces.raise_version()
    for row in rows:
        person_id = ids[row.lead_email.lower()]
        if row.audience == row.lead_email:
            row.audience = person_id
        row.lead_id, row.version = person_id, version
    uow.session.flush()
    return len(rows)


def groups_followed(uow: UnitOfWork) -> list[str]:
    """The user groups that teams take their members from."""
    return sorted({team.user_group_id for team in uow.teams.grouped()})


def present_of(uow: UnitOfWork, person_ids: Collection[str]) -> tuple[str, ...]:
    """Those of these people who are present members of the workspace."""
    known = uow.people.named(person_ids)
    return tuple(sorted(each.id for each in known.values() if not (each.is_bot or each.is_deleted or each.is_external)))


def unknown_of(uow: UnitOfWork, groups: Mapping[str, Collection[str]]) -> list[str]:
    """Members of user groups that we have not met yet."""
    members = {person for each in groups.values() for person in each}
    return sorted(members - set(uow.people.named(members)))


def follow_groups(uow: UnitOfWork, groups: Mapping[str, Collection[str]]) -> int:
    """Let teams have the members of their user groups, as Slack tells them; how many people came or went.

    A group that Slack no longer lists leaves its team's members as they are. Who was in a team that was merged into one
    that follows a group stays in.
    """
    present = set(present_of(uow, {person for members in groups.values() for person in members}))
    count = 0
    for team in sorted(uow.teams.grouped(), key=lambda each: each.merged_into_id is None):
        if team.user_group_id not in groups:
            continue
        wanted = present.intersection(groups[team.user_group_id]) | _members_merged_in(uow, team.id)
        before = set(uow.teams.members(team.id))
        for person_id in before - wanted:
            uow.teams.remove_member(team.id, person_id)
        for person_id in wanted - before:
            uow.teams.add_member(team.id, person_id)
        count += len(before ^ wanted)
    return count


def _members_merged_in(uow: UnitOfWork, team_id: int) -> set[str]:
    """Who was in the teams that were merged into this one, near and far."""
    found: set[str] = set()
    for row in uow.teams.merged_into(team_id):
        found |= set(uow.teams.members(row.id)) | _members_merged_in(uow, row.id)
    return found
