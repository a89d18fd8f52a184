"""Decides when a check-in comes round next, and who takes part in it then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.features.initiatives import service as initiatives
from bot.features.syncs import facts, recurrence
from bot.features.syncs.card import SyncCard
from storage.syncs import Sync, SyncMember
from storage.unit_of_work import UnitOfWork


def opening(uow: UnitOfWork, sync: Sync, members: Sequence[SyncMember], day: date) -> datetime:
    """When a round of this day opens: the earliest participant's moment."""
    preferences = uow.settings.preferences()
    zones = {facts.zone_of(uow, member.person_id) for member in members} or {""}
    return min(recurrence.times(day, sync.at_minute, zone, preferences).due_at for zone in zones)


def schedule(uow: UnitOfWork, sync: Sync, *, now: datetime) -> None:
    """Set the next round: the first that opens from now on, on a later day than any round there was."""
    members = uow.syncs.members(sync.id)
    start = (now - recurrence.WIDEST).date()
    last = uow.rounds.last_day(sync.id)
    if last is not None:
        start = max(start, last + timedelta(days=1))
    for day in recurrence.days_from(recurrence.rhythm_of(sync), start):
        opens_at = opening(uow, sync, members, day)
        if opens_at > now:
            sync.next_on, sync.next_opens_at = day, opens_at
            return
    sync.next_on = sync.next_opens_at = None


def follow_clocks(uow: UnitOfWork) -> int:
    """Let next rounds open when they should by the zones and settings of today: people move, quiet hours change. How many changed."""
    changed = 0
    for sync in uow.machine.syncs.scheduled():
        if sync.next_on is None or sync.next_opens_at == opening(uow, sync, uow.syncs.members(sync.id), sync.next_on):
            continue
        held = uow.syncs.lock(sync.id)
        if held is not None and held.next_on is not None:
            held.next_opens_at = opening(uow, held, uow.syncs.members(held.id), held.next_on)
            changed += 1
    return changed


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
