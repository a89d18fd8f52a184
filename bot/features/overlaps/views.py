"""Draws candidates with their reasons and buttons, and what people hear of each other's wishes."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.features.initiatives import views as initiatives
from bot.features.initiatives.card import Card
from bot.features.matching import views as matching
from bot.features.overlaps.said import Candidate, Said
from bot.slack import blocks as b
from storage.initiatives import Status
from storage.overlaps import Verb

JOIN: Final = "overlaps.join"
SYNC: Final = "overlaps.sync"
DIFFER: Final = "overlaps.differ"
NOT_RELATED: Final = "overlaps.not_related"
UNDO: Final = "overlaps.undo"
LESSON: Final = "overlaps.lesson"
INTRODUCE: Final = "overlaps.introduce"
NOT_NOW: Final = "overlaps.not_now"
OWNER_NOT_RELATED: Final = "overlaps.owner_not_related"
DIFFER_FORM: Final = "overlaps.differ_form"
DIFFERENCE: Final = "overlap.difference"

#: A lesson longer than this is opened by a button.
LESSON_SHOWN: Final = 160


def advice(card: Card) -> str:
    """What its state means for somebody who wants to build the same; "" for work under way."""
    if card.legacy and card.status not in (Status.ABANDONED, Status.MERGED):
        return "It does this today and is marked legacy. Migrate from it, or build on it?"
    match card.status:
        case Status.SHIPPED:
            keeper = f" and is looked after by {b.quote(card.team, 80)}" if card.team else ""
            return f"It is in use{keeper}. Reuse it?"
        case Status.ABANDONED:
            if card.lesson:
                return f"See why it was stopped: _{b.quote(card.lesson, LESSON_SHOWN)}_"
            return "It was stopped. Its lead may tell why before you start again."
        case Status.PAUSED:
            return "It is paused. Its lead may be glad of company, or of a successor."
        case Status.MERGED:
            return "It was merged into other work; its lead knows which."
        case _:
            return ""


def candidate_blocks(candidate: Candidate, *, number: int, pair: str) -> list[b.Block]:
    """One candidate of a warning. ``pair`` is the buttons' value: the two initiatives' ids."""
    card = candidate.card
    head = f"{number}. {initiatives.title(card)} · {initiatives.whose(card)} · {initiatives.standing(card)}"
    unrelated = candidate.unrelated
    if unrelated is not None:
        text = f"~{b.escape(b.clip(card.title, b.HEADER))}~ · {_who(unrelated)} marked it as not related. It will not be shown for this work again."
        return [b.section(text, accessory=b.button("Undo", UNDO, value=pair))]
    lines = [head, *(line for line in (_prefixed("Why: ", matching.why(candidate.reasons)), matching.differs(candidate.reasons), advice(card)) if line)]
    drawn = [b.section("\n".join(lines))]
    heard = [_heard(said) for said in candidate.said]
    if heard:
        drawn.append(b.context("\n".join(heard[:6])))
    drawn.append(b.actions(*_buttons(card, pair)))
    return drawn


def _buttons(card: Card, pair: str) -> list[b.Element]:
    over = card.status in (Status.SHIPPED, Status.ABANDONED, Status.MERGED)
    buttons = []
    if card.lesson and len(card.lesson) > LESSON_SHOWN:
        buttons.append(b.button("Read the lesson", LESSON, value=pair))
    if not over:
        buttons.append(b.button("Join forces", JOIN, value=pair, style="primary"))
    buttons.append(b.button("Sync the leads", SYNC, value=pair))
    buttons.append(b.button("We differ…", DIFFER, value=pair))
    buttons.append(b.button("Not related", NOT_RELATED, value=pair))
    return buttons


def _heard(said: Said) -> str:
    match said.verb:
        case Verb.JOIN:
            return f"{_who(said)} would like to join forces. The leads are told."
        case Verb.SYNC:
            return f"{_who(said)} would like the leads to talk. They are told."
        case Verb.DIFFER:
            return f"{_who(said)} on how they differ: “{b.quote(said.text, 300)}”"
        case _:
            return ""


def _who(said: Said) -> str:
    return b.quote(said.name, 80) if said.name else b.mention(said.person_id)


def _prefixed(prefix: str, text: str) -> str:
    return prefix + text if text else ""


def value_of(mine_id: int, other_id: int) -> str:
    """The value of a pair's buttons."""
    return f"{mine_id}.{other_id}"


def read_pair(value: str) -> tuple[int, int]:
    """The pair behind a button's value."""
    mine, _, other = value.partition(".")
    return int(mine), int(other)


# --- forms ------------------------------------------------------------------------------------------------------


def differ_form(mine: Card, other: Card) -> dict[str, Any]:
    """How do they differ?"""
    return b.modal(
        "How do they differ?",
        [
            b.section(f"{initiatives.title(mine)} and {initiatives.title(other)}, {initiatives.whose(other)}"),
            b.field(DIFFERENCE, "What is different about yours?", b.text_input("difference", multiline=True, longest=1000,
                    placeholder="Ours serves ranking within 10 ms; theirs feeds nightly training"),
                    hint="It stands in the thread and is sent to the other lead."),
        ],
        callback_id=DIFFER_FORM, submit="Send", metadata=json.dumps({"pair": value_of(mine.id, other.id)}),
    )  # fmt: skip


def read_difference(view: Mapping[str, Any]) -> tuple[int, int, str]:
    """The two ids and the text of :func:`differ_form`."""
    metadata = json.loads(view["private_metadata"])
    mine, other = read_pair(metadata["pair"])
    return mine, other, b.read_value(view["state"]["values"], DIFFERENCE) or ""


def lesson(card: Card) -> dict[str, Any]:
    """Why it was stopped, in full."""
    return b.modal("Why it was stopped", [b.section(initiatives.line(card)), b.section(b.quote(card.lesson, 2800))], callback_id="overlaps.lesson", close="Close")


# --- direct messages --------------------------------------------------------------------------------------------


def wish_to_lead(verb: Verb, by: str, text: str, yours: Card, theirs: Card) -> b.Message:
    """To a lead, about what somebody said of their work and another."""
    both = f"{initiatives.title(theirs)} ({initiatives.whose(theirs)})"
    match verb:
        case Verb.JOIN:
            said = (f"{b.mention(by)} would like to join your {initiatives.title(yours)} with {both}. "
                    "Nothing changes by itself: talk it over, and close the one that ends with `/rowbot mine`.")  # fmt: skip
        case Verb.SYNC:
            said = f"{b.mention(by)} suggests that you talk: your {initiatives.title(yours)} and {both} look like the same work."
        case _:
            said = f"{b.mention(by)} says how {both} differs from your {initiatives.title(yours)}: “{b.quote(text, 1000)}”"
    return b.Message(b.fallback(said), [b.section(said)])


def not_delivered(verb: Verb, yours: Card, lead_id: str) -> b.Message:
    """To the one who clicked, when Slack would not let a lead be reached."""
    what = {Verb.JOIN: "your wish to join forces", Verb.SYNC: "your wish for a sync"}.get(verb, "what you wrote")
    text = (f"I could not tell {b.mention(lead_id)} about {what} on {initiatives.title(yours)}: Slack does not let me write to them. "
            "Next step: ask in their team's channel, or have an admin hand the initiative to somebody who is there.")  # fmt: skip
    return b.Message(b.fallback(text), [b.section(text)])


def confirmation(verb: Verb, *, leads: Sequence[str], leadless: Sequence[Card]) -> str:
    """To the one who clicked: who hears of it, and what to do about those who cannot."""
    told = f"{b.listed([b.mention(lead) for lead in leads])} {'is' if len(leads) == 1 else 'are'} told." if leads else ""
    missing = [f"Nobody is named as lead of {initiatives.title(card)}, so nobody there could be told: ask in its thread or channel, "
               "or have an admin name a lead." for card in leadless]  # fmt: skip
    return " ".join(part for part in ("Recorded.", told, *missing) if part)


def owner_question(hidden: Card, announced: Card, *, where: str) -> b.Message:
    """To the owner of private work: somebody announced something close to it."""
    pair = value_of(hidden.id, announced.id)
    place = f" in {b.channel(where)}" if where else ""
    text = (f"Somebody announced work{place} that is close to your private {initiatives.title(hidden)}: {initiatives.line(announced)}. "
            "They know nothing of yours.")  # fmt: skip
    buttons = b.actions(b.button("Introduce us", INTRODUCE, value=pair, style="primary"), b.button("Not now", NOT_NOW, value=pair),
                        b.button("Not related", OWNER_NOT_RELATED, value=pair))  # fmt: skip
    return b.Message(b.fallback(text), [b.section(text), buttons])


def owner_answered(announced: Card, verb: Verb) -> b.Message:
    """What the question to the owner says once it is answered."""
    said = {Verb.INTRODUCE: f"{b.mention(announced.lead_id)} is told that you would like to talk. Nothing else of yours was said.",
            Verb.NOT_NOW: "Nobody hears of yours."}.get(verb, "These two will not be brought up again.")  # fmt: skip
    text = f"{initiatives.title(announced)}: {said}"
    return b.Message(b.fallback(text), [b.section(text)])


def introduction(announced: Card, by: str) -> b.Message:
    """To who announced: somebody with related work wants to talk. Says nothing of that work."""
    text = f"{b.mention(by)} works on something close to your {initiatives.title(announced)} and would like to talk. The next step is yours: write to them."
    return b.Message(b.fallback(text), [b.section(text)])
