"""Decides what of the settings' past is shown, and takes changes back."""

from datetime import datetime
from typing import Final

from bot.errors import NotFound, Refusal
from bot.features.admin import channels, settings
from bot.features.admin.shown import Changed
from bot.features.announcements import loudness
from bot.features.teams import rights, undoing
from storage.channels import ChannelMode
from storage.preferences import Preferences
from storage.settings import SettingChange
from storage.unit_of_work import UnitOfWork

LISTED: Final = 30
#: Read for one page: changes of private channels are left out for who is not in them.
_READ: Final = 200
_CHANNEL: Final = "channel."


def latest(uow: UnitOfWork, *, person_id: str) -> list[Changed]:
    """The latest changes that this viewer may know of, the youngest first."""
    rights.require_admin(uow, person_id)
    rows = [row for row in uow.settings.latest(limit=_READ) if _may_know(uow, row)][:LISTED]
    return [
        Changed(row.id, row.name, *_team_names(uow, row), row.before, row.after, row.person_id, row.changed_at,
                undone=row.undone_at is not None, stands=row.undone_at is None and _stands(uow, row))
        for row in rows
    ]  # fmt: skip


def undo(uow: UnitOfWork, change_id: int, *, person_id: str, now: datetime) -> None:
    """Take a change back. The undo is a change itself, with an undo of its own.

    Raises:
        NotAllowed
        NotFound: there is no such change, or not for this viewer.
        Refusal: it was undone already, or changed again since.
    """
    rights.require_admin(uow, person_id)
    change = uow.settings.lock_change(change_id)
    if change is None or not _may_know(uow, change):
        raise NotFound("That change is not in the list any more.")
    if change.undone_at is not None:
        raise Refusal("That was undone already. The list shows how it stands now.")
    if not _stands(uow, change):
        raise Refusal("That was changed again since. Undo the later change first, or choose what you want.")
    change.undone_at = now
    if undoing.is_of_team(change):
        undoing.undo(uow, change, person_id=person_id, now=now)
    elif change.name.startswith(_CHANNEL):
        mode = ChannelMode(change.before) if change.before else None
        loudness.set_mode(uow, _channel_of(change), mode, person_id=person_id, now=now)
    else:
        settings.save(uow, {change.name: change.before}, person_id=person_id, now=now)
        if change.name == "channel_mode":
            channels.follow_default(uow, now=now)


def reset(uow: UnitOfWork, name: str, *, person_id: str, now: datetime) -> None:
    """Go back to the default of one setting.

    Raises:
        NotAllowed
        BadInput: the default does not go with the other settings; says with which.
    """
    settings.save(uow, {name: getattr(Preferences(), name)}, person_id=person_id, now=now)
    if name == "channel_mode":
        channels.follow_default(uow, now=now)


def _channel_of(change: SettingChange) -> str:
    return change.name.removeprefix(_CHANNEL)


def _may_know(uow: UnitOfWork, change: SettingChange) -> bool:
    """Changes of a private channel are for its members."""
    if not change.name.startswith(_CHANNEL):
        return undoing.is_of_team(change) or change.name in Preferences.model_fields
    row = uow.channels.get(_channel_of(change))
    return row is not None and (not row.is_private or uow.viewer.sees(row.id))


def _stands(uow: UnitOfWork, change: SettingChange) -> bool:
    if undoing.is_of_team(change):
        return undoing.stands(uow, change)
    if change.name.startswith(_CHANNEL):
        row = uow.channels.get(_channel_of(change))
        return row is not None and row.mode == change.after
    return bool(uow.settings.preferences().model_dump(mode="json")[change.name] == change.after)


def _team_names(uow: UnitOfWork, change: SettingChange) -> tuple[str, str]:
    if not undoing.is_of_team(change):
        return "", ""
    other = uow.teams.row(undoing.other_in(change) or 0)
    team = uow.teams.row(undoing.id_in(change))
    known = change.after if isinstance(change.after, dict) and "name" in change.after else change.before
    name = team.name if team is not None else str((known or {}).get("name", ""))
    return name, other.name if other is not None else ""
