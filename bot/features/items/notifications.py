"""Addresses what items say: to whom, under which key. Nobody is told of an item that they may not see, or cannot be asked any more."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from bot.delivery import outbox
from bot.features.items import owners, seeing, views
from bot.features.items.card import ItemCard, Party
from bot.slack.blocks import Message
from storage.items import Item, ItemState
from storage.outbox import OutboxVerb
from storage.syncs import Sync
from storage.unit_of_work import UnitOfWork


def ask(uow: UnitOfWork, item: Item, *, now: datetime) -> None:
    """To the owner, once for each time it is given to them; if Slack refuses, who waits hears that."""
    card = _card_for(uow, item.owner_id, item, now=now)
    if card is None:
        return
    key, failed = _asked_key(item), None
    own = _card_for(uow, item.waiter_id, item, now=now)
    if own is not None:
        failed = outbox.row_for(
            uow,
            OutboxVerb.POST,
            key=f"{key}:failed",
            target=item.waiter_id,
            body=outbox.body_of(views.unreachable(own)),
            now=now,
        )
    outbox.post(uow, views.asked(card), key=key, channel_id=item.owner_id, now=now, otherwise=failed)


def redraw(uow: UnitOfWork, item: Item, *, now: datetime) -> None:
    """Let the messages to the owner and to the lead above say what is true now."""
    messages = {}
    if item.owner_id:
        messages[_asked_key(item)] = (item.owner_id, views.asked(_card_for(uow, item.owner_id, item, now=now)))
    if item.escalated_to:
        messages[f"item:{item.id}:escalated"] = (
            item.escalated_to,
            views.escalated(_card_for(uow, item.escalated_to, item, now=now)),
        )
    for key, (_, message) in sorted(messages.items(), key=lambda each: each[1][0]):
        outbox.redraw(uow, message, key=key, version=item.version, now=now)


def redraw_for_former(uow: UnitOfWork, item: Item, to_id: str, *, now: datetime) -> None:
    """Let the message to who was asked until now say who is asked instead (``to_id`` "": nobody)."""
    if item.owner_id and item.asked_at is not None:
        message = views.former(_card_for(uow, item.owner_id, item, now=now), _party(uow, to_id))
        outbox.redraw(uow, message, key=_asked_key(item), version=item.version, now=now)


def escalate(uow: UnitOfWork, item: Item, *, now: datetime) -> None:
    """To the lead above, once in the life of an item."""
    card = _card_for(uow, item.escalated_to, item, now=now)
    if card is not None:
        outbox.post(uow, views.escalated(card), key=f"item:{item.id}:escalated", channel_id=item.escalated_to, now=now)


# --- who waits --------------------------------------------------------------------------------------------------


def tell_withheld(uow: UnitOfWork, item: Item, owner_id: str, *, now: datetime) -> None:
    """Why nobody is told; once for each who would have been."""
    _tell(
        uow,
        item,
        [item.waiter_id],
        lambda card, _: views.withheld(card, _party(uow, owner_id)),
        key=f"withheld:{owner_id}",
        now=now,
    )


def tell_nobody(uow: UnitOfWork, item: Item, *, now: datetime) -> None:
    """That nobody is known to ask; once for each place that was named."""
    named = f"nobody:{item.team_id or 0}:{item.person_id}:{item.system_id or 0}"
    _tell(uow, item, [item.waiter_id], lambda card, _: views.nobody(card), key=named, now=now)


def tell_acknowledged(uow: UnitOfWork, item: Item, *, now: datetime) -> None:
    """That somebody takes care of it."""
    _tell(uow, item, [item.waiter_id], lambda card, _: views.acknowledged(card), key=f"owned:{item.version}", now=now)


def tell_handed_over(uow: UnitOfWork, item: Item, why: str, *, by: str, now: datetime) -> None:
    """That the one who was asked gave it on, or back."""
    _tell(
        uow,
        item,
        [item.waiter_id],
        lambda card, _: views.handed_over(card, why, by=_party(uow, by)),
        key=f"handed:{item.version}",
        now=now,
    )


def tell_replaced(uow: UnitOfWork, item: Item, former: str, *, now: datetime) -> None:
    """That somebody else is asked, because the one who was cannot be any more."""
    _tell(
        uow,
        item,
        [item.waiter_id],
        lambda card, _: views.replaced(card, _party(uow, former)),
        key=f"replaced:{item.version}",
        now=now,
    )


def tell_escalated(uow: UnitOfWork, item: Item, *, now: datetime) -> None:
    """That it was taken further, or that there was nobody."""
    _tell(uow, item, [item.waiter_id], lambda card, _: views.taken_up(card), key="taken_up", now=now)


def tell_sync_ended(uow: UnitOfWork, sync: Sync, person_id: str, items: Sequence[Item], *, now: datetime) -> None:
    """That a check-in ended, and what stays open."""
    cards = [card for item in items if (card := _card_for(uow, person_id, item, now=now)) is not None]
    if cards and owners.is_here(uow, person_id):
        ended = int((sync.ended_at or now).timestamp())
        outbox.post(
            uow,
            views.sync_ended(sync.topic, cards),
            key=f"sync:{sync.id}:waiting:{ended}:{person_id}",
            channel_id=person_id,
            now=now,
        )


# --- both sides -------------------------------------------------------------------------------------------------


def tell_done(uow: UnitOfWork, item: Item, *, now: datetime) -> None:
    """To the other side; who closed it sees that where they did."""
    told = _sides(item) - {item.closed_by}
    _tell(uow, item, told, lambda card, reader: views.done(card, reader=reader), key=f"done:{item.version}", now=now)


def tell_withdrawn(uow: UnitOfWork, item: Item, *, now: datetime) -> None:
    """To who waited, and to who said that they take care of it."""
    told = {item.closed_by} | ({item.owner_id} if item.acknowledged_at is not None else set())
    _tell(
        uow,
        item,
        told,
        lambda card, reader: views.withdrawn(card, reader=reader),
        key=f"withdrawn:{item.version}",
        now=now,
    )


def tell_reopened(uow: UnitOfWork, item: Item, was: ItemState, *, by: str, now: datetime) -> None:
    """To the other side."""
    _tell(
        uow,
        item,
        _sides(item) - {by},
        lambda card, _: views.reopened(card, was, by=_party(uow, by)),
        key=f"reopened:{item.version}",
        now=now,
    )


def _sides(item: Item) -> set[str]:
    return {item.waiter_id} | ({item.owner_id} if item.asked_at is not None else set())


def _tell(
    uow: UnitOfWork, item: Item, people: Iterable[str], draw: Callable[[ItemCard, str], Message], *, key: str, now: datetime
) -> None:  # fmt: skip
    """To each of these people who is here and may see it, in order of their ids: lanes have an order."""
    for person_id in sorted(set(people) - {""}):
        card = _card_for(uow, person_id, item, now=now)
        if card is not None and owners.is_here(uow, person_id):
            outbox.post(
                uow, draw(card, person_id), key=f"item:{item.id}:{key}:{person_id}", channel_id=person_id, now=now
            )


def _card_for(uow: UnitOfWork, person_id: str, item: Item, *, now: datetime) -> ItemCard | None:
    own = seeing.eyes(uow, person_id, item, now=now)
    return seeing.card(own, item, now=now) if own is not None else None


def _party(uow: UnitOfWork, person_id: str) -> Party:
    person = uow.people.get(person_id) if person_id else None
    return Party(person_id, person.name if person is not None else "")


def _asked_key(item: Item) -> str:
    return f"item:{item.id}:asked:{item.owner_id}:{item.asked_version}"
