"""Reads on which clocks a check-in is held: those of its participants, or of the one whose clock rules."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.features.syncs.presence import Clocks
from bot.features.teams import hours
from bot.features.teams.calendars import Calendar
from storage.syncs import Sync, SyncMember
from storage.unit_of_work import UnitOfWork


def clocks_of(uow: UnitOfWork, sync: Sync, members: Iterable[SyncMember], *, now: datetime) -> Clocks:
    """The clocks of these participants as they stand now."""
    members = list(members)
    return clocks_with(uow, sync, members, hours.calendars_of(uow, whose(sync, members), now=now))


def whose(sync: Sync, members: Iterable[SyncMember]) -> set[str]:
    """Of whom a calendar is needed."""
    return {member.person_id for member in members} | ({sync.ruled_by} if sync.ruled_by else set())


def clocks_with(
    uow: UnitOfWork, sync: Sync, members: Iterable[SyncMember], calendars: Mapping[str, Calendar]
) -> Clocks:
    """The same with calendars that were read already."""
    own = {member.person_id: calendars[member.person_id] for member in members}
    zone = calendars[sync.ruled_by].zone if sync.ruled_by else None
    return Clocks(own, sync.at_minute, uow.settings.preferences().deadline_minute, zone)
