"""What time does to items: owners are told in their own hours, replaced when they cannot answer, and what they leave lying goes to their lead once."""

from datetime import datetime

from bot.features.items import asking, notifications, owners, patience, seeing
from bot.features.items.asking import LOOK, touch
from bot.features.items.service import Shown, withdraw
from bot.features.teams.hours import calendar_of
from storage.items import Item, ItemState
from storage.unit_of_work import UnitOfWork


def due(uow: UnitOfWork, now: datetime, *, limit: int = 200) -> list[int]:
    """Items about which something is to be done."""
    return uow.machine.items.due(now, limit=limit)


def do(uow: UnitOfWork, item_id: int, *, shown: Shown, now: datetime) -> bool:
    """Do what is to be done about an item, if it still is and nobody else has it in hand."""
    uow = uow.machine
    item = uow.items.claim(item_id)
    if item is None:
        return False
    is_left = not (_is_present(uow, item.owner_id) and _is_present(uow, item.waiter_id))
    if not is_left and (item.next_at is None or item.next_at > now):
        return False
    version = item.version
    _look(uow, item, now=now)
    uow.session.flush()
    if item.version != version:
        shown(uow, item, now)
    return True


def _look(uow: UnitOfWork, item: Item, *, now: datetime) -> None:
    if not _is_present(uow, item.waiter_id) or seeing.is_out_of_sight(uow, item):
        withdraw(uow, item, by="", now=now)
    elif not seeing.is_membership_known(uow, item, now=now):
        item.next_at = now + asking.AGAIN
    elif item.owner_id and _must_change(uow, item, now=now):
        _replace(uow, item, now=now)
    elif item.state is not ItemState.OPEN or not item.owner_id:
        item.next_at = None
    elif item.asked_at is None:
        asking.ask(uow, item, now=now)
    elif item.escalated_at is not None:
        _tell_escalated(uow, item, now=now)
    else:
        _wait_or_escalate(uow, item, now=now)


def _is_present(uow: UnitOfWork, person_id: str) -> bool:
    person = uow.people.get(person_id) if person_id else None
    return person is None or not person.is_deleted


def _must_change(uow: UnitOfWork, item: Item, *, now: datetime) -> bool:
    """Whether the owner can answer no longer, or is asked for a place that is somebody else's by now. Who took it upon themselves keeps it."""
    if not owners.is_here(uow, item.owner_id):
        return True
    if item.state is ItemState.OWNED:
        return False
    known = owners.candidates(uow, item)
    if item.owner_id not in known:
        return True
    return owners.is_away(uow, item.owner_id, now=now) and owners.choose(uow, item, now=now) != item.owner_id


def _replace(uow: UnitOfWork, item: Item, *, now: datetime) -> None:
    former, chosen = item.owner_id, owners.choose(uow, item, now=now)
    asking.assign(uow, item, chosen, handed_by=item.handed_by, now=now)
    uow.session.flush()
    notifications.tell_replaced(uow, item, former, now=now)


def _wait_or_escalate(uow: UnitOfWork, item: Item, *, now: datetime) -> None:
    at = asking.due_of(uow, item, now=now)
    if at > now:
        item.next_at = min(at, now + LOOK)
        return
    lead = owners.above(uow, item, now=now)
    if lead:
        at = patience.tellable_from(calendar_of(uow, lead, now=now), now)
        if at > now:
            item.next_at = at
            return
    touch(item, now=now)
    item.escalated_at, item.escalated_to, item.next_at = now, lead, None
    uow.session.flush()
    if lead:
        notifications.escalate(uow, item, now=now)
    notifications.redraw(uow, item, now=now)
    _tell_escalated(uow, item, now=now)


def _tell_escalated(uow: UnitOfWork, item: Item, *, now: datetime) -> None:
    """Tell who waits, in their own hours: these are not the owner's."""
    at = patience.tellable_from(calendar_of(uow, item.waiter_id, now=now), now)
    item.next_at = at if at > now else None
    if item.next_at is None:
        notifications.tell_escalated(uow, item, now=now)
