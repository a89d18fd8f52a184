"""Decides how teams are made, changed, merged and deleted, and how each of these is taken back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.errors import BadInput, NotFound, Refusal
from bot.features.teams import rights
from storage.initiatives import Initiative
from storage.repository import EVERYBODY
from storage.teams import Team, TeamKind, fold
from storage.unit_of_work import UnitOfWork

NAME_LENGTH: Final = 80
#: Block ids of the forms, so that a refusal stands beside its field.
FIELD_NAME: Final = "team.name"
FIELD_LEAD: Final = "team.lead"
FIELD_MEMBERS: Final = "team.members"
FIELD_GROUP: Final = "team.group"
FIELD_INTO: Final = "team.into"

#: What is kept of a team in the list of changes.
KEPT: Final = ("name", "kind", "lead_id", "home_channel_id", "user_group_id")
#: How the names of changes begin: of a team, of a merge, of its undo.
TEAM: Final = "team."
MERGE: Final = "merge."
PART: Final = "part."


@dataclass(frozen=True, slots=True)
class TeamDraft:
    """What an admin says a team is, before anybody checked it. None: as it is; a new team has nothing there then."""

    name: str | None = None
    kind: TeamKind | None = None
    lead_id: str | None = None
    home_channel_id: str | None = None
    #: "": kept by hand.
    user_group_id: str | None = None
    members: tuple[str, ...] | None = None


def require(uow: UnitOfWork, team_id: int) -> Team:
    """The team, or the one that it was merged into.

    Raises:
        NotFound: it was deleted.
    """
    team = uow.teams.get(team_id)
    if team is None:
        raise NotFound("That team is not there any more. `/rowbot settings` shows those that are.")
    return team


def save(uow: UnitOfWork, team_id: int, draft: TeamDraft, *, person_id: str, now: datetime) -> Team:
    """Make a team (``team_id`` 0), or let one be what the draft says."""
    if team_id:
        return edit(uow, team_id, draft, person_id=person_id, now=now)
    return create(uow, draft, person_id=person_id, now=now)


def create(uow: UnitOfWork, draft: TeamDraft, *, person_id: str, now: datetime) -> Team:
    """Make a team.

    Raises:
        NotAllowed, BadInput
    """
    rights.require_admin(uow, person_id)
    name = _checked_name(uow, draft.name or "", own=None)
    _require_present(uow, draft)
    team = uow.teams.add(name, now=now)
    if team is None:
        raise _taken(name)
    _set(team, _fields_of(draft, team) | {"name": name})
    uow.session.flush()
    _, added = _set_members(uow, team.id, draft.members)
    uow.settings.record(f"{TEAM}{team.id}", None, snapshot(team) | {"members": added}, person_id=person_id, now=now)
    return team


def edit(uow: UnitOfWork, team_id: int, draft: TeamDraft, *, person_id: str, now: datetime) -> Team:
    """Let a team be what the draft says. Its former name still finds it.

    Raises:
        NotAllowed, NotFound, BadInput
    """
    rights.require_admin(uow, person_id)
    team = require(uow, team_id)
    name = team.name if draft.name is None else _checked_name(uow, draft.name, own=team)
    _require_present(uow, draft, known=(team.lead_id, *uow.teams.members(team.id)))
    apply(uow, team, _fields_of(draft, team) | {"name": name}, members=draft.members, person_id=person_id, now=now)
    return team


def apply(
    uow: UnitOfWork, team: Team, fields: dict[str, Any], *, members: Collection[str] | None, person_id: str, now: datetime
) -> None:  # fmt: skip
    """Set fields and members (None: as they are) of a team, and keep what was changed."""
    old = snapshot(team)
    _rename(uow, team, str(fields.get("name", team.name)), now=now)
    _set(team, {name: value for name, value in fields.items() if name != "name"})
    uow.session.flush()
    removed, added = _set_members(uow, team.id, members)
    new = snapshot(team)
    changed = [name for name in KEPT if old[name] != new[name]]
    if changed or removed or added:
        before: dict[str, Any] = {name: old[name] for name in changed} | (
            {"members": removed} if removed or added else {}
        )
        after: dict[str, Any] = {name: new[name] for name in changed} | ({"members": added} if removed or added else {})
        uow.settings.record(f"{TEAM}{team.id}", before, after, person_id=person_id, now=now)


def _rename(uow: UnitOfWork, team: Team, name: str, *, now: datetime) -> None:
    """Give a team another name. The former one stays beside it as a name that leads to the team."""
    former = team.name
    if name == former:
        return
    holder = uow.teams.row_named(name)
    if holder is not None and holder.id == team.id:
        holder = None
    leads_to = uow.teams.get(holder.id) if holder is not None else None
    if holder is not None:  # a name that led here already, or to a team that is gone
        uow.teams.free_name(holder)
    team.name, team.folded = name, fold(name)
    uow.session.flush()
    if holder is not None and leads_to is not None:
        holder.name, holder.folded = former, fold(former)
    elif fold(former) != fold(name):
        alias = Team(workspace_id=uow.workspace_id, name=former, folded=fold(former), merged_into_id=team.id, created_at=now)  # fmt: skip
        uow.session.add(alias)
    uow.session.flush()


def merge(uow: UnitOfWork, team_id: int, into_id: int, *, person_id: str, now: datetime) -> Team:
    """Let one team be part of another: its work and members move, its name finds the other; what the other lacks it takes over.

    Raises:
        NotAllowed, NotFound, BadInput
    """
    rights.require_admin(uow, person_id)
    version = (
        uow.workspaces.raise_version()
    )  # whoever registers work of the team meanwhile waits, and then finds the other
    source, target = require(uow, team_id), require(uow, into_id)
    if source.id == target.id:
        raise BadInput("Choose another team: these two are one already.", field=FIELD_INTO)
    before = {"lead_id": target.lead_id, "home_channel_id": target.home_channel_id}
    moved = uow.machine.initiatives.of_team(source.id)
    move(moved, target.id, version)
    inside = set(uow.teams.members(target.id))
    added = [person for person in uow.teams.members(source.id) if person not in inside]
    for person in added:
        uow.teams.add_member(target.id, person)
    target.lead_id = target.lead_id or source.lead_id
    target.home_channel_id = target.home_channel_id or source.home_channel_id
    source.merged_into_id = target.id
    after = {"into": target.id, "moved": [row.id for row in moved], "members": added}
    uow.settings.record(f"{MERGE}{source.id}", before, after, person_id=person_id, now=now)
    return target


def delete(uow: UnitOfWork, team_id: int, *, person_id: str, now: datetime) -> str:
    """Delete a team without members and without work; gives the name that it had.

    Private work must not show by what can be deleted: it stays with the row, nameless, and has its team again after an undo.

    Raises:
        NotAllowed, NotFound
        Refusal: it is not empty; says what to do.
    """
    rights.require_admin(uow, person_id)
    team = require(uow, team_id)
    if uow.teams.members(team.id):
        raise Refusal(f"“{plain(team.name)}” still has members. Take them out first, or merge it into another team.")
    retire(uow, team, person_id=person_id, now=now)
    return team.name


def retire(uow: UnitOfWork, team: Team, *, person_id: str, now: datetime) -> None:
    """Let a team without work be gone, and keep that it was.

    Raises:
        Refusal: it has work that all may see.
    """
    uow.workspaces.raise_version()  # whoever registers work of the team comes before this, or finds it gone
    work = uow.seen_by(EVERYBODY).initiatives.of_team(team.id)
    if any(row.withdrawn_at is None for row in work):
        raise Refusal(f"“{plain(team.name)}” still has work. Merge it into another team: its work moves there.")
    uow.settings.record(f"{TEAM}{team.id}", snapshot(team), None, person_id=person_id, now=now)
    uow.teams.remove(team, now=now)


# --- pieces -----------------------------------------------------------------------------------------------------


def _checked_name(uow: UnitOfWork, name: str, *, own: Team | None) -> str:
    name = " ".join(name.split())
    if not any(character.isalnum() for character in name):
        raise BadInput("Write the team's name in letters.", field=FIELD_NAME)
    if len(name) > NAME_LENGTH:
        raise BadInput(f"The name has {len(name)} characters; {NAME_LENGTH} fit.", field=FIELD_NAME)
    holder = uow.teams.row_named(name)
    standing = uow.teams.get(holder.id) if holder is not None else None
    if holder is None or standing is None or (own is not None and standing.id == own.id):
        return name
    if holder.id == standing.id:
        raise _taken(holder.name)
    raise BadInput(
        f"“{holder.name}” is another name of “{standing.name}”, and still finds it. Choose another name.",
        field=FIELD_NAME,
    )


def _taken(name: str) -> BadInput:
    return BadInput(
        f"There is a team “{name}” already (capitals and blanks do not count). Choose another name, or merge the two.",
        field=FIELD_NAME,
    )


def _require_present(uow: UnitOfWork, draft: TeamDraft, *, known: Collection[str] = ()) -> None:
    """Refuse a lead or members who are no present members of the workspace; who was in it before may stay."""
    chosen = {draft.lead_id: FIELD_LEAD} if draft.lead_id else {}
    chosen |= {person: FIELD_MEMBERS for person in draft.members or () if person not in chosen}
    people = uow.people.named([person for person in chosen if person not in known])
    for person_id, field in chosen.items():
        person = people.get(person_id)
        if person_id not in known and (person is None or person.is_bot or person.is_deleted or person.is_external):
            name = f"{person.name} is" if person is not None and person.name else "That account is"
            raise BadInput(
                f"{name} a bot, deactivated, or of another organisation. Choose present members of this workspace.",
                field=field,
            )


def _fields_of(draft: TeamDraft, team: Team) -> dict[str, Any]:
    said = {name: getattr(draft, name) for name in KEPT if name != "name"}
    return {name: getattr(team, name) if value is None else value for name, value in said.items()}


def _set(team: Team, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        setattr(team, name, TeamKind(value) if name == "kind" else value)


def _set_members(uow: UnitOfWork, team_id: int, members: Collection[str] | None) -> tuple[list[str], list[str]]:
    """Who went and who came."""
    before = set(uow.teams.members(team_id))
    after = before if members is None else set(members)
    for person in before - after:
        uow.teams.remove_member(team_id, person)
    for person in after - before:
        uow.teams.add_member(team_id, person)
    return sorted(before - after), sorted(after - before)


def snapshot(team: Team) -> dict[str, Any]:
    """What is kept of a team in the list of changes."""
    return {"name": team.name, "kind": team.kind.value, "lead_id": team.lead_id, "home_channel_id": team.home_channel_id,
            "user_group_id": team.user_group_id}  # fmt: skip


def move(rows: Collection[Initiative], team_id: int, version: int) -> None:
    """Let initiatives be another team's work."""
    for row in rows:
        row.team_id, row.version = team_id, version


def plain(text: str) -> str:
    """People's words inside a sentence that is read as markup in one place and as plain text in another."""
    return text.translate(
        {ord("<"): "‹", ord(">"): "›", ord("&"): "+", ord("*"): None, ord("_"): " ", ord("~"): None, ord("`"): None}
    )
