"""Draws items: the message to who is asked, what both sides hear, the list of what waits; and the form of *Not mine…*."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.features.items import wording as w
from bot.features.items.card import FIELD_TO, FIELD_WHY, WHY_LENGTH, ItemCard, Party, Waiting
from bot.slack import blocks as b
from storage.items import ItemState

OWN: Final = "items.own"
NOT_MINE: Final = "items.not_mine"
DONE: Final = "items.done"
REOPEN: Final = "items.reopen"
NOT_MINE_FORM: Final = "items.not_mine_form"

#: Of each kind in a list; the rest comes up when these are done.
LISTED: Final = 8
#: Mark buttons of the list, which is drawn anew when one is pressed, and of notes, which then say how it stands.
LIST: Final = "list"
NOTE: Final = "note"
_NEXT: Final = "Your next answer can name somebody; who sees the summary can take it."


def _said(text: str, *buttons: b.Element) -> b.Message:
    return b.Message(b.fallback(text), [b.section(text), *([b.actions(*buttons)] if buttons else [])])


def buttons(card: ItemCard, *, is_owner: bool, mark: str = "") -> list[b.Element]:
    """What can be done about an item that stands. ``is_owner``: by the one who is asked."""
    value = _value(card, mark)
    own = b.button("I own this", OWN, value=value, style="primary" if is_owner else "")
    drawn = [own] if card.state is ItemState.OPEN else []
    if is_owner:
        drawn.append(b.button("Not mine…", NOT_MINE, value=value))
    return [*drawn, b.button("Done", DONE, value=value)]


def _value(card: ItemCard, mark: str = "") -> str:
    return f"{card.id}:{mark}" if mark else str(card.id)


def read_value(value: str) -> tuple[int, str]:
    """Which item a button is about, and where it stands: LIST, NOTE, or "" in a message that follows by the outbox."""
    number, _, mark = value.partition(":")
    return int(number), mark


# --- to who is asked --------------------------------------------------------------------------------------------


def asked(card: ItemCard | None) -> b.Message:
    """The message to who is asked, as the item stands now; None: they may not see it any more."""
    if card is None:
        return _said("What you were asked here is not yours to see any more.")
    if card.state is ItemState.DONE:
        return _said(
            f"{w.waiter(card)} waited for {w.whole(card)}. {w.standing(card)}", _reopen(card, "Not done yet", "")
        )
    if card.state is ItemState.WITHDRAWN:
        return _said(f"{w.waiter(card)} does not wait for {w.whole(card)} any more.")
    whom = "from you" if card.what else "and you are asked"
    age = f" ({w.age(card)})" if card.days else ""
    text = f"{w.waiter(card)} waits for {w.thing(card)} {whom}{w.purpose(card)}{age}."
    if card.state is ItemState.OWNED:
        text += " You take care of it."
    elif card.escalated_to.person_id:
        text += f" I told {w.name(card.escalated_to)} too."
    small = [b.context(f"Named: {place}.")] if (place := w.sources(card)) else []
    return b.Message(b.fallback(text), [b.section(text), *small, b.actions(*buttons(card, is_owner=True))])


def former(card: ItemCard | None, to: Party) -> b.Message:
    """The same message, once somebody else is asked."""
    if card is None:
        return asked(None)
    now = f"{w.name(to)} is asked now." if to.person_id else "It is open for whoever takes it."
    return _said(f"{w.waiter(card)} waits for {w.whole(card)}. {now}")


def escalated(card: ItemCard | None) -> b.Message:
    """To the lead above, once; follows what becomes of the item."""
    if card is None or card.owner == card.escalated_to:
        return asked(card)
    if card.state is not ItemState.OPEN or not card.owner.person_id:
        return _said(f"{w.waiter(card)}: {w.whole(card)}. {w.standing(card)}")
    text = f"{w.waiter(card)} has waited for {w.whole(card)} ({w.age(card)}). There is no word yet from {w.name(card.owner)}."
    return _said(text, *buttons(card, is_owner=False))


# --- to who waits, and to both ----------------------------------------------------------------------------------


def withheld(card: ItemCard, owner: Party) -> b.Message:
    """To who waits: the one who would be asked may not see it."""
    return _said(f"Nobody is told that you wait for {w.wait(card)}: it is private to its channel, and {w.name(owner)} is not in it. Invite them there, or ask "
                 "somebody who is.")  # fmt: skip


def nobody(card: ItemCard) -> b.Message:
    """To who waits: of whom they named nobody can be asked."""
    place = w.sources(card) or w.thing(card)
    return _said(f"I know nobody to ask for {w.wait(card)}: no lead is known for {place}. {_NEXT}")


def unreachable(card: ItemCard) -> b.Message:
    """To who waits: Slack did not let the message through."""
    return _said(
        f"I could not tell {w.name(card.owner)} that you wait for {w.wait(card)}: Slack does not let me write to them. {_NEXT}"
    )


def acknowledged(card: ItemCard) -> b.Message:
    """To who waits."""
    return _said(f"{w.name(card.owner)} takes care of {w.wait(card)}.", _done(card))


def handed_over(card: ItemCard, why: str, *, by: Party) -> b.Message:
    """To who waits: the one who was asked gave it on, or back."""
    said = f"{w.name(by)}: {w.wait(card)} is not theirs." + (f" _{b.quote(why, WHY_LENGTH)}_" if why else "")
    return _said(f"{said} {w.name(card.owner)} is asked now." if card.owner.person_id else f"{said} {_NEXT}")


def replaced(card: ItemCard, former_owner: Party) -> b.Message:
    """To who waits: somebody else is asked, or nobody is left to ask."""
    if card.owner.person_id:
        return _said(f"In the place of {w.name(former_owner)}, {w.name(card.owner)} is asked for {w.wait(card)}.")
    return _said(
        f"{w.name(former_owner)} can't be asked for {w.wait(card)} any more, and I know nobody else to ask. {_NEXT}"
    )


def taken_up(card: ItemCard) -> b.Message:
    """To who waits: it was taken to the owner's lead, or there was none."""
    said = f"There is no word yet from {w.name(card.owner)} on {w.wait(card)}"
    if card.escalated_to.person_id:
        return _said(f"{said}, so I told {w.name(card.escalated_to)}, who leads their team.")
    return _said(f"{said}, and I know nobody above them to tell. A word from you may help most.")


def done(card: ItemCard, *, reader: str) -> b.Message:
    """To the other side, once."""
    took = f" It took {w.age(card)}." if card.days else ""
    whose = "" if reader == card.waiter.person_id else f", for {w.waiter(card)}"
    return _said(
        f"{w.name(card.closed_by)} says that {w.wait(card)}{whose} is done.{took}", _reopen(card, "Not done yet")
    )


def withdrawn(card: ItemCard, *, reader: str) -> b.Message:
    """To who waited, with the way back; and to who took care of it."""
    if reader == card.waiter.person_id:
        return _said(
            f"You did not name {w.wait(card)} this time, so I closed it ({w.age(card)}).", _reopen(card, "I still wait")
        )
    return _said(f"{w.waiter(card)} does not wait for {w.whole(card)} any more.")


def reopened(card: ItemCard, was: ItemState, *, by: Party) -> b.Message:
    """To the other side, once."""
    how = "still waits for" if was is ItemState.WITHDRAWN else "says that this is not done yet:"
    return _said(f"{w.name(by)} {how} {w.wait(card)}. {w.standing(card)}", _done(card))


def sync_ended(topic: str, cards: Sequence[ItemCard]) -> b.Message:
    """To who waits, when their check-in ends."""
    text = f"*{b.quote(topic, b.HEADER)}* has ended. What you wait for stays open; `/rowbot waiting` shows it."
    lines = [f"• {w.brief(card)}. {w.standing(card)}" for card in cards]
    return b.Message(b.fallback(text), [b.section(text), b.section(b.fitting(lines))])


def stands(card: ItemCard) -> b.Message:
    """In the place of a note whose button was pressed: how the item stands, with what can be done now."""
    text = f"{w.wait(card)}. {w.standing(card)}"
    if card.stands:
        return _said(text, _done(card))
    return _said(text, _reopen(card, "Not done yet" if card.state is ItemState.DONE else "I still wait"))


def _done(card: ItemCard) -> b.Element:
    return b.button("Done", DONE, value=_value(card, NOTE))


def _reopen(card: ItemCard, label: str, mark: str = NOTE) -> b.Element:
    return b.button(label, REOPEN, value=_value(card, mark))


# --- the list ---------------------------------------------------------------------------------------------------


def waiting(found: Waiting) -> b.Message:
    """`/rowbot waiting`: what waits for somebody, what they wait for, and for admins all that is public."""
    if not (found.owned or found.own or found.public):
        return _said("Nothing waits for you, and you wait for nothing. What you wait for you say in your check-ins.")
    drawn: list[b.Block] = []
    head = f"*Waits for you* · {len(found.owned)}" if found.owned else "Nothing waits for you."
    drawn += [b.section(head), *owned(found.owned, mark=LIST)]
    head_own = f"*You wait for* · {len(found.own)}" if found.own else "You wait for nothing."
    drawn += [b.section(head_own), *own(found.own, mark=LIST)]
    if found.public:
        lines = [f"• {w.waiter(card)} waits for {w.brief(card)}. {w.standing(card)}" for card in found.public]
        drawn += [b.section("*Others' in public, by age*"), b.section(b.fitting(lines))]
    return b.Message(b.fallback(head), drawn)


def owned(cards: Sequence[ItemCard], *, mark: str = "", most: int = LISTED) -> list[b.Block]:
    """What somebody is to take care of, each with its buttons."""
    drawn: list[b.Block] = []
    for card in cards[:most]:
        state = " You take care of it." if card.state is ItemState.OWNED else ""
        drawn.append(b.section(f"{w.waiter(card)} waits for {w.brief(card)}.{state}"))
        drawn.append(b.actions(*buttons(card, is_owner=True, mark=mark)))
    return [*drawn, *_more(cards, most)]


def own(cards: Sequence[ItemCard], *, mark: str = "", most: int = LISTED) -> list[b.Block]:
    """What somebody waits for, with who has it."""
    drawn: list[b.Block] = [
        b.section(
            f"{w.brief(card)}. {w.standing(card)}",
            accessory=b.button("Done", DONE, value=_value(card, mark)),
        )
        for card in cards[:most]
    ]
    return [*drawn, *_more(cards, most)]


def _more(cards: Sequence[ItemCard], most: int) -> list[b.Block]:
    return (
        [b.context(f"And {len(cards) - most} more; `/rowbot waiting` shows them as these are done.")]
        if len(cards) > most
        else []
    )


# --- the form ---------------------------------------------------------------------------------------------------


def not_mine_form(card: ItemCard) -> dict[str, Any]:
    """Whose is it then, or why not?"""
    fields = [
        b.section(f"{w.waiter(card)} waits for {w.whole(card)}."),
        b.field(FIELD_TO, "Who takes it?", b.person_select("to"), optional=True, hint="They are asked in a direct message."),
        b.field(FIELD_WHY, "Or why is it not yours?", b.text_input("why", longest=WHY_LENGTH, multiline=True), optional=True,
                hint="Told to who waits."),
    ]  # fmt: skip
    return b.modal("Not mine", fields, callback_id=NOT_MINE_FORM, submit="Send", metadata=json.dumps({"id": card.id}))


def read_not_mine(view: Mapping[str, Any]) -> tuple[int, str, str]:
    """Which item :func:`not_mine_form` is about, who takes it ("" for nobody), and why."""
    values = view["state"]["values"]
    return (
        int(json.loads(view["private_metadata"])["id"]),
        b.read_value(values, FIELD_TO) or "",
        b.read_value(values, FIELD_WHY) or "",
    )
