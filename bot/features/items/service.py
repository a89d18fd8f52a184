"""Decides about what people wait for: which answer is about which item, who takes care of it, and when it is over."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.errors import BadInput, NotAllowed, NotFound, Refusal
from bot.features.items import asking, notifications, owners, seeing
from bot.features.items.asking import touch
from bot.features.items.card import FIELD_TO, FIELD_WHY, WHY_LENGTH, ItemCard, Waiting
from bot.features.items.sameness import Wish, is_same
from bot.features.teams.rights import is_admin
from storage.items import Item, ItemState
from storage.repository import EVERYBODY
from storage.rounds import Answer, Prompt, Pulse
from storage.syncs import Sync
from storage.unit_of_work import UnitOfWork

#: What was closed can be opened again this long; named again within it, it is the same item.
UNDO: Final = timedelta(days=7)
#: Public items that an admin is shown.
LISTED: Final = 30
GONE: Final = "That is not there any more. `/rowbot waiting` shows what waits for you."

#: Lets whatever else shows an item say what is true now: the summary of a round, which stands above this feature.
Shown = Callable[[UnitOfWork, Item, datetime], None]


# --- what answers say -------------------------------------------------------------------------------------------


def follow(uow: UnitOfWork, given: Answer, prompt: Prompt, sync: Sync, *, shown: Shown, now: datetime) -> None:
    """Let what an answer waits for be an item: the one of last time, or a new one. What it does not name any more is withdrawn."""
    uow = uow.machine
    uow.session.flush()
    wish = Wish(given.waiting_for, given.waiting_team_id, given.waiting_person_id, given.waiting_system_id)
    known = uow.items.waited_for_in(sync.id, prompt.person_id, prompt.initiative_id, closed_since=now - UNDO)
    known = [item for item in known if item.sync_id == sync.id or _may_be_told_there(uow, item, sync)]
    named, versions = uow.items.named_in([prompt.id]).get(prompt.id), {item.id: item.version for item in known}
    item = None
    if wish.is_something and given.pulse is not Pulse.DONE:
        item = _continued(uow, known, named, wish, prompt) or _new(uow, wish, prompt, sync, now=now)
    uow.items.mention(prompt.id, item.id if item is not None else None)
    for other in known:
        if other.stands and other is not item and _was_said_in(uow, other, sync):
            withdraw(uow, other, now=now)
    if item is not None:
        _go_on(uow, item, wish, prompt, is_new=item not in known, was_named=named is item, now=now)
    uow.session.flush()
    for each in known:
        if each.version != versions[each.id]:
            shown(uow, each, now)


def is_waited_for(uow: UnitOfWork, prompt_id: int) -> bool:
    """Whether what the answer to a prompt waits for is still waited for; of answers that made no item that is not known, and so as they say."""
    item = uow.machine.items.named_in([prompt_id]).get(prompt_id)
    return item is None or item.stands


def _continued(uow: UnitOfWork, known: Iterable[Item], named: Item | None, wish: Wish, prompt: Prompt) -> Item | None:
    """The item that a wish goes on with: the one of this very answer first, then what still stands, then what was closed lately."""
    ranked = sorted(known, key=lambda item: (named is None or item.id != named.id, not item.stands, item.id))
    return next(
        (item for item in ranked if is_same(_wish_of(item), wish, edited=named is not None and item.id == named.id)),
        None,
    )


def _wish_of(item: Item) -> Wish:
    return Wish(item.what, item.team_id, item.person_id, item.system_id)


def _may_be_told_there(uow: UnitOfWork, item: Item, sync: Sync) -> bool:
    """Whether what is said in a sync may be told wherever an item of another one is, and the other way round."""
    return item.audience == sync.audience and seeing.audiences(uow, item) >= seeing.audiences_in(uow, sync)


def _was_said_in(uow: UnitOfWork, item: Item, sync: Sync) -> bool:
    """Whether an item was named last in this sync: of what was said elsewhere an answer here says nothing."""
    return uow.rounds.around(uow.session.get_one(Prompt, item.prompt_id))[1].sync_id == sync.id


def _new(uow: UnitOfWork, wish: Wish, prompt: Prompt, sync: Sync, *, now: datetime) -> Item:
    return uow.items.add(
        Item(
            workspace_id=uow.workspace_id, sync_id=sync.id, prompt_id=prompt.id, audience=sync.audience, waiter_id=prompt.person_id,
            initiative_id=prompt.initiative_id, what=wish.what, team_id=wish.team_id, person_id=wish.person_id, system_id=wish.system_id,
            created_at=now, updated_at=now,
        )
    )  # fmt: skip


def _go_on(
    uow: UnitOfWork, item: Item, wish: Wish, prompt: Prompt, *, is_new: bool, was_named: bool, now: datetime
) -> None:
    before = _wish_of(item)
    item.prompt_id = prompt.id
    item.what = wish.what or item.what
    if wish.has_target:  # from whom is not taken back by leaving it out
        item.team_id, item.person_id, item.system_id = wish.team_id, wish.person_id, wish.system_id
    if item.state is ItemState.DONE and was_named:
        return  # the same answer, edited: what was done since stays done
    if not item.stands:
        _open_again(uow, item, now=now)
    moved = before.target != _wish_of(item).target
    if moved:
        item.handed_by = ""
    if is_new or moved or (not item.owner_id and not item.handed_by):
        asking.choose_and_ask(uow, item, now=now)
    if not is_new and before != _wish_of(item):
        touch(item, now=now)
        notifications.redraw(uow, item, now=now)


def withdraw(uow: UnitOfWork, item: Item, *, by: str | None = None, now: datetime) -> None:
    """Whoever waited does not any more. Who took care of it hears that; who waited can say that they still do."""
    touch(item, now=now)
    item.state, item.closed_at, item.closed_by, item.next_at = (
        ItemState.WITHDRAWN,
        now,
        item.waiter_id if by is None else by,
        None,
    )
    uow.session.flush()
    notifications.redraw(uow, item, now=now)
    notifications.tell_withdrawn(uow, item, now=now)


# --- what people do about them ----------------------------------------------------------------------------------


def require(uow: UnitOfWork, item_id: int, *, hold: bool = True) -> Item:
    """The item, if this viewer may see all that it is about; ``hold`` it until the transaction ends.

    Raises:
        NotFound: it is not there for them.
    """
    item = uow.items.lock(item_id) if hold else uow.items.get(item_id)
    if item is None or not seeing.sees(uow, uow.viewer, item):
        raise NotFound(GONE)
    return item


def own(uow: UnitOfWork, item_id: int, *, person_id: str, shown: Shown, now: datetime) -> ItemCard:
    """Somebody takes care of it: who was asked, or whoever sees it and can help."""
    item = require(uow, item_id)
    _require_standing(item)
    if person_id == item.waiter_id:
        raise Refusal("You wait for this yourself. *Done* closes it once you have it.")
    if item.state is ItemState.OWNED and item.owner_id != person_id:
        raise Refusal(f"<@{item.owner_id}> takes care of this already.")
    if item.state is ItemState.OWNED:
        return seeing.card(uow, item, now=now)
    touch(item, now=now)
    if item.owner_id != person_id:
        notifications.redraw_for_former(uow.machine, item, person_id, now=now)
        item.owner_id, item.handed_by, item.asked_at = person_id, person_id, now
    item.state, item.acknowledged_at, item.next_at = ItemState.OWNED, now, None
    return _follow_up(uow, item, shown, now=now, tell=notifications.tell_acknowledged)


def not_mine(
    uow: UnitOfWork, item_id: int, *, to: str, why: str, person_id: str, shown: Shown, now: datetime
) -> ItemCard:
    """Who was asked hands it to somebody else, or says why it is not theirs. Who waits is told.

    Raises:
        BadInput: neither was said, or the other cannot take it; names the field.
        NotAllowed: it is somebody else's.
    """
    item = require_own(uow, item_id, person_id=person_id)
    why = " ".join(why.split())
    if len(why) > WHY_LENGTH:
        raise BadInput(f"That has {len(why)} characters; {WHY_LENGTH} fit.", field=FIELD_WHY)
    if not to and not why:
        raise BadInput("Choose who takes it, or say why it is not yours.", field=FIELD_WHY)
    if to:
        _require_fit(uow, item, to, person_id=person_id, now=now)
    asking.assign(uow.machine, item, to, handed_by=person_id, now=now)
    uow.session.flush()
    notifications.tell_handed_over(uow.machine, item, why, by=person_id, now=now)
    shown(uow, item, now)
    return seeing.card(uow, item, now=now)


def require_own(uow: UnitOfWork, item_id: int, *, person_id: str, hold: bool = True) -> Item:
    """The item, if this person is who was asked to take care of it.

    Raises:
        NotFound, NotAllowed, Refusal
    """
    item = require(uow, item_id, hold=hold)
    _require_standing(item)
    if item.owner_id != person_id:
        owner = f"<@{item.owner_id}> is asked now" if item.owner_id else "Nobody is asked now"
        raise NotAllowed(f"This is not with you any more. {owner}.")
    return item


def card_of(uow: UnitOfWork, item_id: int, *, person_id: str, now: datetime) -> ItemCard:
    """The item as who was asked sees it."""
    return seeing.card(uow, require_own(uow, item_id, person_id=person_id, hold=False), now=now)


def done(uow: UnitOfWork, item_id: int, *, person_id: str, shown: Shown, now: datetime) -> ItemCard:
    """Either side, or somebody of the check-in, says that it is done. Both sides hear of it."""
    item = _require_side(uow, item_id, person_id)
    if item.state is ItemState.DONE:
        return seeing.card(uow, item, now=now)
    _require_standing(item)
    touch(item, now=now)
    item.state, item.closed_at, item.closed_by, item.next_at = ItemState.DONE, now, person_id, None
    return _follow_up(uow, item, shown, now=now, tell=notifications.tell_done)


def reopen(uow: UnitOfWork, item_id: int, *, person_id: str, shown: Shown, now: datetime) -> ItemCard:
    """It was not done, or is still waited for: within a week it goes on as it was."""
    item = _require_side(uow, item_id, person_id)
    if item.stands:
        return seeing.card(uow, item, now=now)
    if item.closed_at is None or now - item.closed_at > UNDO:
        raise Refusal("That was closed more than a week ago. Name it in your next check-in and it is asked for again.")
    was = item.state
    _open_again(uow.machine, item, now=now)

    def tell(every: UnitOfWork, it: Item, *, now: datetime) -> None:
        notifications.tell_reopened(every, it, was, by=person_id, now=now)

    return _follow_up(uow, item, shown, now=now, tell=tell)


def _open_again(uow: UnitOfWork, item: Item, *, now: datetime) -> None:
    touch(item, now=now)
    item.state = ItemState.OWNED if item.acknowledged_at is not None else ItemState.OPEN
    item.closed_at, item.closed_by = None, ""
    uow.session.flush()
    if item.state is ItemState.OPEN and item.owner_id:
        if item.asked_at is None:
            asking.ask(uow, item, now=now)
        else:
            item.next_at = asking.next_look(uow, item, now=now)
    notifications.redraw(uow, item, now=now)


def _follow_up(uow: UnitOfWork, item: Item, shown: Shown, *, now: datetime, tell: Callable[..., None]) -> ItemCard:
    """Everything that shows an item says what is true now, and who must hear of it does."""
    uow.session.flush()
    notifications.redraw(uow.machine, item, now=now)
    tell(uow.machine, item, now=now)
    shown(uow, item, now)
    return seeing.card(uow, item, now=now)


def _require_standing(item: Item) -> None:
    if not item.stands:
        how = "done" if item.state is ItemState.DONE else "not waited for any more"
        raise Refusal(f"That is {how} since {item.closed_at:%-d %b}." if item.closed_at else f"That is {how}.")


def _require_side(uow: UnitOfWork, item_id: int, person_id: str) -> Item:
    item = require(uow, item_id)
    sides = {
        item.waiter_id,
        item.owner_id,
        item.escalated_to,
        *(member.person_id for member in uow.syncs.members(item.sync_id)),
    }
    if person_id not in sides:
        raise NotAllowed(
            f"Only who waits (<@{item.waiter_id}>), who takes care of it and who takes part in the check-in can close this."
        )
    return item


def _require_fit(uow: UnitOfWork, item: Item, to: str, *, person_id: str, now: datetime) -> None:
    if to == person_id:
        raise BadInput("That is you. Choose somebody else, or press *I own this*.", field=FIELD_TO)
    if to == item.waiter_id:
        raise BadInput("They wait for it themselves.", field=FIELD_TO)
    if not owners.is_here(uow, to):
        raise BadInput(
            "Choose a member of this workspace: that account is a bot, deactivated, or of another organisation.",
            field=FIELD_TO,
        )
    if seeing.eyes(uow, to, item, now=now) is None:
        raise BadInput(
            "This is private to its channel, and they are not in it. Invite them there first.", field=FIELD_TO
        )


# --- looking ----------------------------------------------------------------------------------------------------


def listed(uow: UnitOfWork, person_id: str, *, now: datetime) -> Waiting:
    """What waits for somebody, what they wait for, and for admins every public item by age."""
    found = of_person(uow, person_id, now=now)
    if is_admin(uow, person_id):
        everybody, mine = uow.seen_by(EVERYBODY), {card.id for card in (*found.owned, *found.own)}
        rows = [each.item for each in uow.items.open_by_age(LISTED + len(mine)) if each.item.id not in mine]
        return replace(found, public=tuple(seeing.cards(everybody, rows[:LISTED], now=now)))
    return found


def of_person(uow: UnitOfWork, person_id: str, *, now: datetime) -> Waiting:
    """What somebody is asked to take care of, and what they wait for, as far as they may see it; the oldest first."""
    owned = [item for item in uow.items.owned_by(person_id) if item.asked_at is not None]
    drawn = [
        seeing.cards(uow, [item for item in rows if seeing.sees(uow, uow.viewer, item)], now=now)
        for rows in (owned, uow.items.waited_for_by(person_id))
    ]
    return Waiting(tuple(drawn[0]), tuple(drawn[1]))


def shown_in(uow: UnitOfWork, prompt_ids: Iterable[int], *, now: datetime) -> dict[int, ItemCard]:
    """The items that the answers to these prompts name, as these eyes may see them, by prompt."""
    named = {
        prompt_id: item
        for prompt_id, item in uow.items.named_in(list(prompt_ids)).items()
        if seeing.sees(uow, uow.viewer, item)
    }
    drawn = seeing.cards(uow, named.values(), now=now)
    return dict(zip(named, drawn, strict=True))


def tell_sync_ended(uow: UnitOfWork, sync: Sync, *, now: datetime) -> None:
    """A check-in ends, and what was waited for in it stays open: who waits hears that once."""
    waiting: dict[str, list[Item]] = {}
    for item in uow.machine.items.of_sync(sync.id):
        waiting.setdefault(item.waiter_id, []).append(item)
    for person_id, items in sorted(waiting.items()):
        notifications.tell_sync_ended(uow.machine, sync, person_id, items, now=now)
