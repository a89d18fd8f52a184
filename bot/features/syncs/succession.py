"""Who takes whose place in a check-in: whom somebody hands it over to, and whoever leads the work after them."""

from datetime import datetime

from bot.features.initiatives import service as initiatives
from bot.features.syncs import facts, meetings, notifications
from bot.features.syncs.scheduling import cards_for_present
from storage.syncs import Sync, SyncMember
from storage.unit_of_work import UnitOfWork


def put_in_place(uow: UnitOfWork, sync: Sync, member: SyncMember, heir_id: str) -> None:
    """Let somebody else speak for what a participant spoke for."""
    work = uow.machine.initiatives.get(member.initiative_id) if member.initiative_id is not None else None
    uow.syncs.hand_over(member, heir_id, as_lead=work is not None and work.lead_id == heir_id)
    if sync.ruled_by == member.person_id:
        sync.ruled_by = heir_id


def follow_leads(uow: UnitOfWork, sync: Sync, *, now: datetime) -> None:
    """Where work got another lead since the last round, that lead takes the former one's place. Everybody hears of it.

    Somebody who cannot be asked, may not see what it is about, or takes part already takes nobody's place.
    """
    members = uow.syncs.members(sync.id)
    taking_part = {member.person_id for member in members}
    for member in members:
        work = uow.initiatives.get(member.initiative_id) if member.initiative_id is not None else None
        heir_id = work.lead_id if work is not None and member.as_lead else ""
        if heir_id in ("", *taking_part) or not _can_follow(uow, sync, heir_id, now=now):
            continue
        former_id = member.person_id
        put_in_place(uow, sync, member, heir_id)
        taking_part.add(heir_id)
        sync.updated_at = now
        uow.session.flush()
        _tell(uow, sync, former_id, heir_id, now=now)
        meetings.replace(uow, sync, former_id, heir_id, now=now)


def _can_follow(uow: UnitOfWork, sync: Sync, heir_id: str, *, now: datetime) -> bool:
    work = facts.work_of(uow, sync, uow.syncs.members(sync.id))
    return facts.can_take_part(uow.people.get(heir_id)) and facts.sees_all(
        initiatives.eyes_of(uow, heir_id, now=now), sync, work
    )


def _tell(uow: UnitOfWork, sync: Sync, former_id: str, heir_id: str, *, now: datetime) -> None:
    """Who takes part now, and the one who does not any more, as far as they are here and see what it is about."""
    cards = cards_for_present(uow, sync, now=now)
    if _can_follow(uow, sync, former_id, now=now):
        cards[former_id] = facts.card(facts.eyes(uow, former_id, now=now), sync, former_id, now=now)
    notifications.tell_succeeded(uow, cards, former=former_id, heir=heir_id, now=now)
