"""An example of everything that items draw."""

from dataclasses import replace
from typing import Any, Final

from bot.features.initiatives.examples import NOW, OTHER, PERSON, Words
from bot.features.items import views
from bot.features.items.card import ItemCard, Party, Waiting
from bot.slack.blocks import Message
from storage.items import ItemState

LEAD: Final = "U0EXAMPLE3"


def card(words: Words, **changes: Any) -> ItemCard:  # noqa: ANN401 - fields of ItemCard
    """Something that somebody waits for."""
    plain = ItemCard(id=1, state=ItemState.OPEN, what=words.text[:300], waiter=Party(PERSON, words.name, words.name), days=6, owner=Party(OTHER, words.name),
                     title=words.title[:150], team=words.name, person=words.name, system=words.title[:150], is_asked=True)  # fmt: skip
    return replace(plain, **changes)


def messages(words: Words) -> dict[str, Message]:
    """Every message."""
    lead, nobody = Party(LEAD, words.name), Party()
    escalated = card(words, escalated_at=NOW, escalated_to=lead)
    ended = {state: card(words, state=state, closed_by=Party(OTHER, words.name)) for state in ItemState}
    drawn = {f"asked, {state.value}": views.asked(each) for state, each in ended.items()}
    drawn |= {f"escalated, {state.value}": views.escalated(each) for state, each in ended.items()}
    many = tuple(
        card(words, id=number, days=number % 3, state=state)
        for number, state in enumerate([ItemState.OPEN, ItemState.OWNED] * 10)
    )
    return drawn | {
        "asked by somebody without a team": views.asked(card(words, what="", waiter=Party(PERSON), title="", days=0)),
        "asked, not to be seen any more": views.asked(None),
        "asked, and taken further": views.asked(escalated),
        "former": views.former(card(words), lead),
        "former, for nobody": views.former(card(words), nobody),
        "former, not to be seen any more": views.former(None, nobody),
        "escalated": views.escalated(escalated),
        "escalated, not to be seen any more": views.escalated(None),
        "withheld": views.withheld(card(words), Party(OTHER, words.name)),
        "nobody": views.nobody(card(words, owner=nobody)),
        "nobody, of a team alone": views.nobody(card(words, what="", owner=nobody)),
        "unreachable": views.unreachable(card(words)),
        "acknowledged": views.acknowledged(card(words, state=ItemState.OWNED)),
        "handed over": views.handed_over(card(words), "", by=lead),
        "given back": views.handed_over(card(words, owner=nobody), words.text[:500], by=Party(LEAD)),
        "replaced": views.replaced(card(words), lead),
        "replaced by nobody": views.replaced(card(words, owner=nobody), lead),
        "taken up": views.taken_up(escalated),
        "taken up by nobody": views.taken_up(card(words, escalated_at=NOW)),
        "done": views.done(ended[ItemState.DONE], reader=PERSON),
        "done, to the owner": views.done(ended[ItemState.DONE], reader=OTHER),
        "withdrawn": views.withdrawn(ended[ItemState.WITHDRAWN], reader=PERSON),
        "withdrawn, to the owner": views.withdrawn(ended[ItemState.WITHDRAWN], reader=OTHER),
        "reopened": views.reopened(card(words), ItemState.DONE, by=lead),
        "reopened, still waited for": views.reopened(card(words, owner=nobody), ItemState.WITHDRAWN, by=lead),
        **{f"stands, {state.value}": views.stands(each) for state, each in ended.items()},
        "escalated, and taken": views.escalated(card(words, state=ItemState.OWNED, owner=lead, escalated_to=lead)),
        "sync ended": views.sync_ended(words.title[:150], many),
        "waiting, nothing": views.waiting(Waiting()),
        "waiting": views.waiting(Waiting(many[:2], many[2:4])),
        "waiting, for oneself": views.waiting(Waiting((), many[:1])),
        "waiting, of an admin": views.waiting(Waiting(many, many, many)),
        "waiting, of an admin alone": views.waiting(Waiting((), (), (escalated, card(words, owner=nobody), card(words, is_asked=False)))),
    }  # fmt: skip


def forms(words: Words) -> dict[str, dict[str, Any]]:
    """Every form."""
    return {"not mine": views.not_mine_form(card(words))}
