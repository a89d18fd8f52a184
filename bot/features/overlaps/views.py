"""Draws candidates with their reasons and buttons, and what people hear of each other's wishes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from bot.features.initiatives import views as initiatives
from bot.features.initiatives.card import Card
from bot.features.matching import explanation
from bot.features.matching import views as matching
from bot.features.matching.explanation import Explanation
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
SET_UP: Final = "overlaps.set_up"
OWNER_NOT_RELATED: Final = "overlaps.owner_not_related"
COMPARE: Final = "overlaps.compare"
COMPARISON: Final = "overlaps.comparison"
LESSON_VIEW: Final = "overlaps.lesson_view"
DIFFER_FORM: Final = "overlaps.differ_form"
DIFFERENCE: Final = "overlap.difference"

#: A lesson longer than this is opened by a button.
LESSON_SHOWN: Final = 160
#: Of what people said of a pair the latest few are shown.
SAID_SHOWN: Final = 6


def advice(card: Card) -> str:
    """What its state means for somebody who wants to build the same, with what was learned; "" for work under way."""
    if card.status in (Status.PROPOSED, Status.ACTIVE) and not card.legacy:
        return ""
    learned = (
        f" Learned: _{b.quote(card.lesson, LESSON_SHOWN)}_"
        if card.lesson and card.status is not Status.ABANDONED
        else ""
    )
    return _state_advice(card) + learned


def _state_advice(card: Card) -> str:
    if card.legacy and card.status not in (Status.ABANDONED, Status.MERGED):
        return "It does this today and is marked legacy. Migrate from it, or build on it?"
    match card.status:
        case Status.SHIPPED:
            keeper = f" and is looked after by {b.quote(card.team, 80)}" if card.team else ""
            return f"It is in use{keeper}. Reuse it?"
        case Status.ABANDONED if card.lesson:
            return f"Why it was stopped: _{b.quote(card.lesson, LESSON_SHOWN)}_"
        case Status.ABANDONED:
            return "It was stopped. Ask why before you start again."
        case Status.PAUSED:
            return "It is paused. Its lead may be glad of company, or of a successor."
        case _:
            return "It was merged into other work; its lead knows which."


def _has_more(card: Card) -> bool:
    return len(card.lesson) > LESSON_SHOWN and bool(advice(card))


def candidate_blocks(candidate: Candidate, *, number: int, pair: str) -> list[b.Block]:
    """One candidate of a warning. ``pair`` is the buttons' value: the two initiatives' ids."""
    card = candidate.card
    head = f"{number}. {initiatives.title(card)} · {initiatives.whose(card)} · {initiatives.standing(card)}"
    unrelated = candidate.unrelated
    if unrelated is not None:
        text = f"~{b.escape(b.clip(card.title, b.HEADER))}~ · {_who(unrelated)} marked it as not related. It will not be shown for this work again."
        return [b.section(text, accessory=b.button("Undo", UNDO, value=pair))]
    lines = [
        head,
        *(
            line
            for line in (
                _prefixed("Why: ", matching.why(candidate.reasons)),
                matching.differs(candidate.reasons),
                advice(card),
            )
            if line
        ),
    ]
    drawn = [b.section(b.fitting(lines), accessory=b.button("Compare", COMPARE, value=pair))]
    heard = [line for line in (_heard(said) for said in candidate.said) if line]
    if heard:
        drawn.append(b.context(b.fitting(heard[-SAID_SHOWN:])))
    drawn.append(b.actions(*_buttons(card, pair)))
    return drawn


def _buttons(card: Card, pair: str) -> list[b.Element]:
    over = card.status in (Status.SHIPPED, Status.ABANDONED, Status.MERGED)
    buttons = []
    if _has_more(card):
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
            return f"{_who(said)} would like to join forces."
        case Verb.SYNC:
            return f"{_who(said)} would like the leads to talk."
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
    """What was learned, in full."""
    title = "Why it was stopped" if card.status is Status.ABANDONED else "What was learned"
    return b.modal(
        title,
        [b.section(initiatives.line(card)), b.section(b.escape(b.clip(card.lesson, 2500)))],
        callback_id=LESSON_VIEW,
        close="Close",
    )


def comparison(mine: Card, other: Card, reasons: Explanation, sentences: tuple[str, str] | None) -> dict[str, Any]:
    """Both texts, with what they share in bold; ``sentences``: those of either that say nearly the same."""
    texts = [f"{card.title}\n{card.summary}" if card.summary else card.title for card in (mine, other)]
    both = explanation.shared(*texts)
    drawn: list[b.Block] = []
    for card in (mine, other):
        # The line above has the title already, in bold.
        said = (
            matching.marked(card.summary, both)
            if card.summary.strip()
            else b.context("It says no more than its title.")
        )
        drawn += [b.section(initiatives.line(card)), said]
    told = matching.why(replace(reasons, sentences=None))
    likest = f"“{b.quote(sentences[0], 160)}” ≈ “{b.quote(sentences[1], 160)}”" if sentences else ""
    lines = [_prefixed("Why: ", told), _prefixed("Closest: ", likest), matching.differs(reasons)]
    drawn += [b.divider(), *(b.section(line) for line in lines if line)]
    drawn.append(
        b.context(
            "In bold: the telling words and phrases that both use." if both.stems else "They share no telling word."
        )
    )
    return b.modal("Side by side", drawn, callback_id=COMPARISON, close="Close")


# --- direct messages --------------------------------------------------------------------------------------------


def wish_to_lead(verb: Verb, by: str, text: str, yours: Card, theirs: Card, *, can_sync: bool = False) -> b.Message:
    """To a lead, about what somebody said of their work and another. ``can_sync``: both sides have a lead to talk to."""
    both = f"{initiatives.title(theirs)} ({initiatives.whose(theirs)})"
    match verb:
        case Verb.JOIN:
            said = (f"{b.mention(by)} would like to join your {initiatives.title(yours)} with {both}. "
                    "Nothing changes by itself: talk it over, and close the one that ends with `/rowbot mine`.")  # fmt: skip
        case Verb.SYNC:
            said = f"{b.mention(by)} suggests that you talk: your {initiatives.title(yours)} and {both} look like the same work."
        case _:
            said = (
                f"{b.mention(by)} says how {both} differs from your {initiatives.title(yours)}: “{b.quote(text, 1000)}”"
            )
    drawn = [b.section(said)]
    if verb is Verb.SYNC and can_sync:
        drawn.append(
            b.actions(
                b.button("Set up a weekly check-in", SET_UP, value=value_of(yours.id, theirs.id), style="primary")
            )
        )
    return b.Message(b.fallback(said), drawn)


def came_up(yours: Card, candidates: Sequence[Candidate], *, is_new_plan: bool) -> b.Message:
    """To a lead: a plan has changed, and now two efforts look like the same work. ``is_new_plan``: theirs is the one that changed."""
    text = (
        f"As its plan is now, your {initiatives.title(yours)} looks like work that goes on already."
        if is_new_plan
        else f"A plan has changed and now looks like your {initiatives.title(yours)}."
    )
    drawn: list[b.Block] = [b.section(text)]
    for number, candidate in enumerate(candidates, 1):
        drawn += candidate_blocks(candidate, number=number, pair=value_of(yours.id, candidate.card.id))
    return b.Message(b.fallback(text), drawn)


def not_delivered(verb: Verb, yours: Card, lead_id: str) -> b.Message:
    """To the one who clicked, when Slack would not let a lead be reached."""
    what = {Verb.JOIN: "of your wish to join forces", Verb.SYNC: "of your wish for a sync"}.get(verb, "what you wrote")
    text = (f"I could not tell {b.mention(lead_id)} {what} on {initiatives.title(yours)}: Slack does not let me write to them. "
            "Ask in their team's channel, or have an admin hand it to somebody who is here.")  # fmt: skip
    return b.Message(b.fallback(text), [b.section(text)])


def confirmation(
    verb: Verb, *, leads: Sequence[str], leadless: Sequence[Card], withheld: Sequence[Card] = (), unfit: Sequence[Card] = ()
) -> b.Message:  # fmt: skip
    """To the one who said it: who hears of it, and what to do about those who cannot."""
    what = {Verb.JOIN: "Your wish to join forces is recorded.", Verb.SYNC: "Your wish for a sync is recorded."}.get(
        verb, "It stands in the thread."
    )
    told = (
        f"{b.listed([b.mention(lead) for lead in leads])} {'is' if len(leads) == 1 else 'are'} told." if leads else ""
    )
    missing = [_leadless(card) for card in leadless]
    private = [f"The lead of {initiatives.title(card)} is not told: one of the two is private, and they are not in its channel. Write to them if you may."
               for card in withheld]  # fmt: skip
    private += [f"The lead of {initiatives.title(card)} can't be asked any more: that account is a bot, deactivated, or of another organisation. "
                "Have an admin name another." for card in unfit]  # fmt: skip
    if verb is Verb.SYNC and (leadless or unfit):
        private.append("With a lead on both sides I can set up a check-in: press *Sync the leads* again then.")
    text = " ".join(part for part in (what, told, *missing, *private) if part)
    return b.Message(b.fallback(text), [b.section(text)])


def _leadless(card: Card) -> str:
    if card.lead:  # an address that nobody here has
        return f"The lead of {initiatives.title(card)}, {b.quote(card.lead, 80)}, is not in this Slack: write to them."
    return f"{initiatives.title(card)} has no lead yet, so nobody there is told: ask in its thread, or have an admin name one."


def owner_question(hidden: Card, announced: Card, *, where: str) -> b.Message:
    """To the owner of private work: somebody announced something close to it."""
    pair = value_of(hidden.id, announced.id)
    place = f" in {b.channel(where)}" if where else ""
    text = (f"Somebody announced work{place} that is close to your private {initiatives.title(hidden)}. They know nothing of yours.\n"
            f"Theirs: {initiatives.line(announced)}")  # fmt: skip
    buttons = b.actions(b.button("Introduce us", INTRODUCE, value=pair, style="primary"), b.button("Not now", NOT_NOW, value=pair),
                        b.button("Not related", OWNER_NOT_RELATED, value=pair))  # fmt: skip
    return b.Message(b.fallback(text), [b.section(text), buttons])


def owner_answered(announced: Card, verb: Verb) -> b.Message:
    """What the question to the owner says once it is answered."""
    said = {Verb.INTRODUCE: f"{b.mention(announced.lead_id)} is told that you would like to talk. Nothing else of yours was said.",
            Verb.NOT_NOW: "Nobody hears of yours."}.get(verb, "I will not bring these two up again.")  # fmt: skip
    text = f"{initiatives.title(announced)}: {said}"
    return b.Message(b.fallback(text), [b.section(text)])


def introduction(announced: Card, by: str) -> b.Message:
    """To who announced: somebody with related work wants to talk. Says nothing of that work."""
    text = f"{b.mention(by)} works on something close to your {initiatives.title(announced)} and would like to talk. Write to them."
    return b.Message(b.fallback(text), [b.section(text)])


def not_introduced(announced: Card) -> b.Message:
    """To the owner of private work, when who announced could not be reached."""
    text = (f"I could not introduce you: Slack does not let me write to {b.mention(announced.lead_id)}, who leads {initiatives.title(announced)}. "
            "Nothing of yours was said; its thread may help.")  # fmt: skip
    return b.Message(b.fallback(text), [b.section(text)])
