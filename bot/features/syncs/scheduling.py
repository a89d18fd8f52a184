"""Decides when a check-in comes round next, and who takes part in it then."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.features.initiatives import service as initiatives
from bot.features.syncs import ahead, facts, recurrence
from bot.features.syncs.card import SyncCard
from bot.features.syncs.clocks import clocks_of
from storage.syncs import Cadence, Sync, SyncMember
from storage.unit_of_work import UnitOfWork

#: Clocks are followed for what may open within this time.
NEAR: Final = timedelta(days=1)


def schedule(uow: UnitOfWork, sync: Sync, *, now: datetime) -> None:
    """Set the next round: the first that opens from now on, on a later day than any round there was.

    A single one whose time has come for some, and not for all, opens at once.
    """
    clocks = clocks_of(uow, sync, uow.syncs.members(sync.id), now=now)
    start = (now - recurrence.WIDEST).date()
    last = uow.rounds.last_day(sync.id)
    if last is not None:
        start = max(start, last + timedelta(days=1))
    for day in recurrence.days_from(recurrence.rhythm_of(sync), start):
        opens_at = clocks.opens_at(day)
        if opens_at > now:
            sync.next_on, sync.next_opens_at = day, opens_at
            return
        if (
            sync.cadence is Cadence.ONCE
            and max((part.times.due_at for part in clocks.parts(day).values()), default=now) > now
        ):
            sync.next_on, sync.next_opens_at = day, opens_at
            return
    sync.next_on = sync.next_opens_at = None


def astray(uow: UnitOfWork, now: datetime, *, after: int = 0, limit: int = 500) -> tuple[list[int], int | None]:
    """Those of the series that may open within a day or two whose next round does not open when it should, and where the next page begins.

    Series that are farther off are looked at when they come near: what they say of themselves is reckoned when it is said.
    """
    uow = uow.machine
    ids = uow.syncs.near((now + recurrence.WIDEST + 2 * NEAR).date(), after=after, limit=limit)
    ahead.of_clocks(uow, ids, now=now)
    found = [
        sync_id for sync_id in ids if (sync := uow.syncs.get(sync_id)) is not None and _is_astray(uow, sync, now=now)
    ]
    return found, ids[-1] if len(ids) == limit else None


def _is_astray(uow: UnitOfWork, sync: Sync, *, now: datetime) -> bool:
    members = uow.syncs.members(sync.id)
    return sync.next_on is not None and sync.next_opens_at != clocks_of(uow, sync, members, now=now).opens_at(
        sync.next_on
    )


def follow_clocks(uow: UnitOfWork, sync_ids: Collection[int] | None = None, *, now: datetime) -> int:
    """Let next rounds open when they should by what is true today: people move and go away, settings change. How many changed.

    ``sync_ids``: of these series only.
    """
    changed = 0
    for sync in uow.machine.syncs.scheduled(sync_ids):
        if _is_astray(uow, sync, now=now):
            changed += follow_clock(uow, sync.id, now=now)
    return changed


def follow_clock(uow: UnitOfWork, sync_id: int, *, now: datetime) -> bool:
    """Let the next round of one check-in open when it should; whether that changed anything."""
    sync = uow.syncs.lock(sync_id)
    if sync is None or sync.next_on is None:
        return False
    opens_at = clocks_of(uow, sync, uow.syncs.members(sync_id), now=now).opens_at(sync.next_on)
    is_new, sync.next_opens_at = sync.next_opens_at != opens_at, opens_at
    return is_new


def unschedule(sync: Sync) -> None:
    """No next round."""
    sync.next_on = sync.next_opens_at = None


@dataclass(frozen=True, slots=True)
class Roster:
    """Who takes part now, and who cannot any more."""

    present: tuple[SyncMember, ...]
    gone: tuple[SyncMember, ...]


def roster_of(uow: UnitOfWork, sync: Sync, *, now: datetime) -> Roster:
    """Participants who are here and may see what the check-in is about."""
    members = uow.syncs.members(sync.id)
    work = facts.work_of(uow, sync, members)
    present: list[SyncMember] = []
    gone: list[SyncMember] = []
    for member in members:
        here = facts.can_take_part(uow.people.get(member.person_id))
        sees = here and facts.sees_all(initiatives.eyes_of(uow, member.person_id, now=now), sync, work)
        (present if sees else gone).append(member)
    return Roster(tuple(present), tuple(gone))


def cards_for_present(uow: UnitOfWork, sync: Sync, *, now: datetime) -> dict[str, SyncCard]:
    """The check-in as each participant who is here sees it, by person."""
    present = roster_of(uow, sync, now=now).present
    return {
        member.person_id: facts.card(facts.eyes(uow, member.person_id, now=now), sync, member.person_id, now=now)
        for member in present
    }
