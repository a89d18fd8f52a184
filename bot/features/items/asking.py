"""Decides how an item gets to its owner: told once, when they may be written to, and only if they may see it."""

from datetime import datetime, timedelta
from typing import Final

from bot.features.items import notifications, owners, patience, seeing
from bot.features.teams.hours import calendar_of
from storage.items import Item, ItemState
from storage.unit_of_work import UnitOfWork

#: How soon it is tried again when it is not known who may see an item.
AGAIN: Final = timedelta(minutes=5)
#: How often it is looked whether an owner who has not answered can still be asked.
LOOK: Final = timedelta(days=1)


def touch(item: Item, *, now: datetime) -> None:
    """It says something else now."""
    item.version, item.updated_at = item.version + 1, now


def assign(uow: UnitOfWork, item: Item, owner_id: str, *, handed_by: str = "", now: datetime) -> None:
    """Ask somebody else to take care of it, or (``owner_id`` "") leave it to whoever takes it. Who was asked before reads that."""
    if owner_id != item.owner_id:
        touch(item, now=now)
        notifications.redraw_for_former(uow, item, owner_id, now=now)
    item.owner_id, item.handed_by, item.state = owner_id, handed_by, ItemState.OPEN
    item.acknowledged_at = item.asked_at = item.next_at = None
    if owner_id:
        ask(uow, item, now=now)


def ask(uow: UnitOfWork, item: Item, *, now: datetime) -> None:
    """Tell the owner, or say when that is to be done."""
    if not seeing.is_membership_known(uow, item, now=now):
        item.next_at = now + AGAIN
        return
    if seeing.eyes(uow, item.owner_id, item, now=now) is None:
        withheld, item.owner_id, item.next_at = item.owner_id, "", None
        notifications.tell_withheld(uow, item, withheld, now=now)
        return
    at = patience.tellable_from(calendar_of(uow, item.owner_id, now=now), now)
    if at > now:
        item.next_at = at
        return
    touch(item, now=now)
    item.asked_at, item.asked_version = now, item.version
    item.next_at = next_look(uow, item, now=now)
    uow.session.flush()
    notifications.ask(uow, item, now=now)


def due_of(uow: UnitOfWork, item: Item, *, now: datetime) -> datetime:
    """Until when the owner's word is waited for."""
    days = uow.settings.preferences().escalate_after_days
    return patience.answer_due(calendar_of(uow, item.owner_id, now=now), item.asked_at or now, days)


def next_look(uow: UnitOfWork, item: Item, *, now: datetime) -> datetime | None:
    """When something is to be done next about an item whose owner was told; None when nothing is."""
    if item.state is not ItemState.OPEN or not item.owner_id or item.escalated_at is not None:
        return None
    return min(max(due_of(uow, item, now=now), now), now + LOOK)


def choose_and_ask(uow: UnitOfWork, item: Item, *, now: datetime) -> None:
    """Ask whom the item names; whoever waits hears where that is nobody, though they named a team or a system."""
    chosen = owners.choose(uow, item, now=now)
    if chosen == item.owner_id and chosen:
        return
    assign(uow, item, chosen, now=now)
    if not chosen and (item.team_id is not None or item.system_id is not None or item.person_id):
        uow.session.flush()
        notifications.tell_nobody(uow, item, now=now)
