"""How items speak of who waits, for what, from whom and how long."""

from typing import Final

from bot.features.items.card import ItemCard, Party
from bot.slack import blocks as b
from storage.items import ItemState

#: Characters of what is waited for in a message.
SHOWN: Final = 300
#: The same in a list.
LISTED: Final = 100


def name(party: Party) -> str:
    """A person by name, without notifying them; mentioned where the name is unknown."""
    return b.quote(party.name, 80) if party.name else b.mention(party.person_id)


def waiter(card: ItemCard) -> str:
    """Who waits: the team and the person."""
    who = name(card.waiter)
    return f"*{b.quote(card.waiter.team, 80)}* ({who})" if card.waiter.team else f"*{who}*" if card.waiter.name else who


def thing(card: ItemCard, limit: int = SHOWN) -> str:
    """What is waited for; where that is only said by from whom, that."""
    text = card.what or card.system or card.team or card.person
    return f"*{b.quote(text, limit)}*" if text else "*an answer*"


def sources(card: ItemCard) -> str:
    """From whom it is waited for, as the waiter named it; "" where the thing itself says it, or nothing does."""
    named = [card.team, card.person, f"{card.system} (legacy)" if card.system else ""] if card.what else []
    return b.listed([b.quote(each, 80) for each in named if each])


def purpose(card: ItemCard) -> str:
    """, for *Online features*."""
    return f", for *{b.quote(card.title, 150)}*" if card.title else ""


def age(card: ItemCard) -> str:
    """6 days; today."""
    return "today" if card.days == 0 else f"{card.days} day{'' if card.days == 1 else 's'}"


def wait(card: ItemCard) -> str:
    """*GPU quota* from ML Platform: for who waits, who knows what for."""
    place = sources(card)
    return thing(card) + (f" from {place}" if place else "")


def whole(card: ItemCard) -> str:
    """*GPU quota* from ML Platform, for *Online features*: for everybody else."""
    return wait(card) + purpose(card)


def brief(card: ItemCard) -> str:
    """*GPU quota* from ML Platform (6 days): for a list."""
    place = sources(card)
    return thing(card, LISTED) + (f" from {place}" if place else "") + f" ({age(card)})"


def standing(card: ItemCard) -> str:
    """Who has it, or how it ended, as a sentence."""
    match card.state:
        case ItemState.DONE:
            return f"Done, says {name(card.closed_by)}." if card.closed_by.person_id else "Done."
        case ItemState.WITHDRAWN:
            return "Not waited for any more."
        case ItemState.OWNED:
            return f"{name(card.owner)} takes care of it."
        case _ if not card.owner.person_id:
            return "Nobody has it yet."
        case _ if card.escalated_to.person_id:
            return f"{name(card.owner)} was asked, and {name(card.escalated_to)} after them."
        case _:
            return f"{name(card.owner)} is asked." if card.is_asked else f"{name(card.owner)} will be asked."
