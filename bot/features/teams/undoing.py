"""Decides what of the changes of teams can be taken back, and takes it back. Each undo is a change itself."""

from datetime import datetime

from bot.errors import NotFound, Refusal
from bot.features.teams import rights
from bot.features.teams.organising import KEPT, MERGE, PART, TEAM, apply, merge, move, plain, require, retire, snapshot
from storage.settings import SettingChange
from storage.teams import Team
from storage.unit_of_work import UnitOfWork


def is_of_team(change: SettingChange) -> bool:
    """Whether a change is one of a team."""
    return change.name.startswith((TEAM, MERGE, PART))


def id_in(change: SettingChange) -> int:
    """Which team a change is about."""
    return int(change.name.partition(".")[2])


def other_in(change: SettingChange) -> int | None:
    """Into which team a merge went, or out of which one a team came again."""
    for side in (change.after, change.before):
        if change.name.startswith((MERGE, PART)) and side.get("into"):
            return int(side["into"])
    return None


def stands(uow: UnitOfWork, change: SettingChange) -> bool:
    """Whether what a change brought is still so, and can be taken back."""
    team = uow.teams.row(id_in(change))
    if team is None:
        return False
    if change.name.startswith(MERGE):
        return team.merged_into_id == change.after["into"] and _is_standing(uow.teams.row(change.after["into"]))
    if change.name.startswith(PART):
        return _is_standing(team) and _is_standing(uow.teams.row(change.before["into"]))
    if change.after is None:
        return team.deleted_at is not None and uow.teams.by_name(team.name) is None
    now = snapshot(team)
    return _is_standing(team) and all(now[name] == value for name, value in change.after.items() if name in KEPT)


def _is_standing(team: Team | None) -> bool:
    return team is not None and team.merged_into_id is None and team.deleted_at is None


def undo(uow: UnitOfWork, change: SettingChange, *, person_id: str, now: datetime) -> None:
    """Take back a change of a team that stands; the undo is a change itself.

    Raises:
        NotAllowed
        Refusal: it cannot be taken back any more; says why.
    """
    rights.require_admin(uow, person_id)
    if change.name.startswith(MERGE):
        _part(uow, change, person_id=person_id, now=now)
    elif change.name.startswith(PART):
        merge(uow, id_in(change), change.before["into"], person_id=person_id, now=now)
    elif change.before is None:
        _unmake(uow, change, person_id=person_id, now=now)
    elif change.after is None:
        _bring_back(uow, change, person_id=person_id, now=now)
    else:
        team = require(uow, id_in(change))
        fields = {name: value for name, value in change.before.items() if name in KEPT}
        members = None
        if "members" in change.before:
            members = (set(uow.teams.members(team.id)) - set(change.after["members"])) | set(change.before["members"])
        apply(uow, team, fields, members=members, person_id=person_id, now=now)


def _part(uow: UnitOfWork, change: SettingChange, *, person_id: str, now: datetime) -> None:
    """Undo a merge: the team stands again, with the work and members that it brought and that are still there."""
    version = uow.workspaces.raise_version()
    source, target = uow.teams.row(id_in(change)), uow.teams.row(change.after["into"])
    if source is None or target is None:
        raise NotFound("One of these two teams is not there any more.")
    brought = set(change.after["moved"])
    move([row for row in uow.machine.initiatives.of_team(target.id) if row.id in brought], source.id, version)
    for person in change.after["members"]:
        uow.teams.remove_member(target.id, person)
    for name, value in change.before.items():
        if getattr(target, name) == getattr(source, name):
            setattr(target, name, value)
    source.merged_into_id = None
    uow.settings.record(f"{PART}{source.id}", {"into": target.id}, {"into": None}, person_id=person_id, now=now)


def _unmake(uow: UnitOfWork, change: SettingChange, *, person_id: str, now: datetime) -> None:
    """Undo the making of a team, if nobody has joined it and nothing is its work."""
    team = require(uow, id_in(change))
    if set(uow.teams.members(team.id)) - set(change.after["members"]):
        raise Refusal(
            f"People have joined “{plain(team.name)}” since. Take them out first, or merge it into another team."
        )
    retire(uow, team, person_id=person_id, now=now)


def _bring_back(uow: UnitOfWork, change: SettingChange, *, person_id: str, now: datetime) -> None:
    """Undo a deletion."""
    uow.workspaces.raise_version()
    team = uow.teams.row(id_in(change))
    if team is None:
        raise NotFound("That team is not there any more.")
    uow.teams.put_back(team)
    after = snapshot(team) | {"members": uow.teams.members(team.id)}
    uow.settings.record(f"{TEAM}{team.id}", None, after, person_id=person_id, now=now)
