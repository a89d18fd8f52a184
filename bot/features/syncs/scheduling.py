"""Decides when a check-in comes round next, and who takes part in it then."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.features.initiatives import service as initiatives
from bot.features.syncs import facts, recurrence
from bot.features.syncs.card import SyncCard
from bot.features.syncs.clocks import clocks_of, clocks_with, whose
from bot.features.teams import hours
from storage.syncs import Sync, SyncMember
from storage.unit_of_work import UnitOfWork


def schedule(uow: UnitOfWork, sync: Sync, *, now: datetime) -> None:
    """Set the next round: the first that opens from now on, on a later day than any round there was."""
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
    sync.next_on = sync.next_opens_at = None


def follow_clocks(uow: UnitOfWork, *, now: datetime) -> int:
    """Let next rounds open when they should by what is true today: people move and go away, settings change. How many changed."""
    scheduled = [(sync, uow.syncs.members(sync.id)) for sync in uow.machine.syncs.scheduled()]
    people = {person_id for sync, members in scheduled for person_id in whose(sync, members)}
    calendars = hours.calendars_of(uow, people, now=now)
    changed = 0
    for sync, members in scheduled:
        if sync.next_on is not None and sync.next_opens_at != clocks_with(uow, sync, members, calendars).opens_at(
            sync.next_on
        ):
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
