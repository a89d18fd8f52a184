"""Draws meetings: the moments to pick from, what is agreed, the question afterwards and its form. One message for all who meet."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from bot.features.initiatives import views as initiatives
from bot.features.matching import views as matching
from bot.features.syncs import wording as w
from bot.features.syncs.card import Side
from bot.features.syncs.meeting_card import FIELD_OUTCOME, FIELD_RESULT, Evidence, MeetingCard, Offer
from bot.slack import blocks as b
from storage.meetings import MeetingState, Result
from storage.syncs import Cadence

CAN: Final = "syncs.can"
CANNOT: Final = "syncs.cannot"
FIX: Final = "syncs.fix"
OTHERS: Final = "syncs.others"
NO_MEETING: Final = "syncs.no_meeting"
TALKED: Final = "syncs.talked"
NOT_YET: Final = "syncs.not_yet"
OUTCOME_FORM: Final = "syncs.outcome"

RESULT_WORDS: Final[Mapping[Result, str]] = {
    Result.JOIN: "We join forces",
    Result.DIFFER: "We differ, and both go on",
    Result.NOT_RELATED: "They are not related",
    Result.OPEN: "Still the same problem, nothing settled",
}
AGENDA: Final = "Is it the same problem? Who could use whose? What does each do next?"
_CALENDARS: Final = (
    "I read no calendars: zones and hours come from Slack and from what each of you chose. Times are on your own clock."
)
_AGENDA_SHOWN: Final = 600
CALLED_OFF: Final = "Meeting called off"


# --- picking ------------------------------------------------------------------------------------------------------


def proposal(card: MeetingCard) -> b.Message:
    """What they meet about, and when they can; updated in place with who can when, and with what is agreed."""
    head = f"{w.topic(card.topic)}: {w.names(card.people)}"
    drawn = [b.section(b.fitting([head, *_evidence(card.evidence)]))]
    if agenda := card.agenda or (AGENDA if card.is_about_overlap else ""):
        drawn.append(b.section(f"*Agenda* {b.quote(agenda, _AGENDA_SHOWN)}"))
    match card.state:
        case MeetingState.CALLED_OFF:
            drawn.append(b.section("No meeting. Written check-ins go on if they are set up."))
        case MeetingState.PROPOSED:
            drawn += _open(card)
        case _:
            drawn += _agreed(card)
    text = f"{head}. {_standing(card)}"
    return b.Message(b.fallback(text), drawn)


def _standing(card: MeetingCard) -> str:
    match card.state:
        case MeetingState.PROPOSED:
            if not card.offers:
                return "I found no time at which all of you are at work."
            return "The times have passed." if all(offer.is_over for offer in card.offers) else "When can you meet?"
        case MeetingState.CALLED_OFF:
            return "No meeting."
        case _:
            return "You meet."


def _open(card: MeetingCard) -> list[b.Block]:
    ways = b.actions(
        b.button("None suits: propose others", OTHERS, value=f"{card.id}:{card.proposals}"),
        b.button("We talk anyway, no meeting", NO_MEETING, value=str(card.id)),
    )
    open_offers = [offer for offer in card.offers if not offer.is_over]
    if not card.offers:
        none = "I found no time in the next four weeks at which all of you are at work: somebody is away, or no working day is common to all."
        return [b.section(none), ways]
    if not open_offers:
        return [b.section("The times that I proposed have passed, and none was agreed on."), ways]
    drawn = [b.section(f"*When can you meet for {card.minutes} minutes?* Press every one that suits.")]
    for offer in open_offers:
        value = str(offer.id)
        drawn += [
            b.section(_offer(offer)),
            b.actions(
                b.button("I can", CAN, value=value),
                *([b.button("I can’t after all", CANNOT, value=value)] if offer.can else []),
                b.button("Fix this one", FIX, value=value),
            ),
        ]
    if card.comes_round is not Cadence.ONCE:
        drawn.append(b.context(_coming_again(open_offers)))
    return [*drawn, ways, b.context(_CALENDARS)]


def read_value(value: str) -> tuple[int, dict[str, int]]:
    """Which meeting or moment a button is about; of those that ask for other moments also under which proposal it stands."""
    number, _, proposal = value.partition(":")
    return int(number), {"proposal": int(proposal)} if proposal else {}


def _coming_again(offers: list[Offer]) -> str:
    if any(offer.strained for offer in offers):
        return "No hour suits all of you, so this is one meeting, and next time somebody else is spared."
    return "What you agree on comes again in your rhythm, at the same time of day."


def _offer(offer: Offer) -> str:
    parts = [f"*{b.local_moment(offer.starts_at)}*"]
    if offer.can:
        parts.append(f"{w.names(offer.can)} can")
    parts += [f"outside of {w.name(each.side)}’s hours ({w.there(each.there)})" for each in offer.strained]
    while len(" · ".join(parts)) > b.SECTION:  # the moment stands first, and stays
        parts.pop()
    return " · ".join(parts)


def _evidence(evidence: Evidence) -> list[str]:
    if not evidence.work:
        return []
    lines = [f"• {initiatives.line(card)}" for card in evidence.work[:6]]
    if evidence.reasons is None or len(evidence.work) != 2:
        return ["It is about", *lines]
    lines = ["*These look like the same work*", *lines]
    if why := matching.why(evidence.reasons):
        lines.append(f"Why: {why}")
    mine, theirs = (b.listed([f"_{b.quote(word, 40)}_" for word in side[:3]]) for side in evidence.reasons.differs)
    said = [
        f"{initiatives.title(card)} is for {what}"
        for card, what in zip(evidence.work, (mine, theirs), strict=True)
        if what
    ]
    if said:
        lines.append(f"May differ: {', '.join(said)}")
    return lines


def overtaken(card: MeetingCard) -> b.Message:
    """The message of a proposal that others have taken the place of."""
    text = f"{w.topic(card.topic)}: none of these suited, so I proposed other times below."
    return b.Message(b.fallback(text), [b.section(text)])


def moved_on(card: MeetingCard) -> b.Message:
    """The message to those who met until now, once somebody meets in another's place."""
    text = f"{w.topic(card.topic)}: who meets has changed. It goes on in a group message of theirs."
    return b.Message(b.fallback(text), [b.section(text)])


# --- agreed -------------------------------------------------------------------------------------------------------


def _agreed(card: MeetingCard) -> list[b.Block]:
    moment = card.next_at or card.at
    assert moment is not None  # noqa: S101 - what is agreed has a moment
    drawn = [b.section(f"*You meet {_when(card, moment)}*, {card.minutes} minutes.")]
    if card.next_at is None:
        return drawn
    if card.links:
        links = " · ".join(b.link(url, name) for name, url in card.links.items())
        once = " (Outlook’s take the first one only)" if card.cadence is not Cadence.ONCE else ""
        drawn.append(b.context(*_in_pieces(f"Into your calendar: the file below, or {links}{once}")))
    drawn.append(
        b.actions(
            b.button("Find another time", OTHERS, value=f"{card.id}:{card.proposals}"),
            b.button("No meeting, we write", NO_MEETING, value=str(card.id)),
        )
    )
    return drawn


def _in_pieces(text: str) -> list[str]:
    """A text of links that is too long for one element, in several."""
    return [text] if len(text) <= b.SECTION else text.split(" · ")


def _when(card: MeetingCard, moment: datetime) -> str:
    if card.cadence is Cadence.ONCE:
        return b.local_moment(moment)
    place = card.zone.rpartition("/")[2].replace("_", " ") or "UTC"
    return f"{b.local_moment(moment)}, then {w.CADENCE_WORDS[card.cadence]} at that time in {b.quote(place, 40)}"


def invited(card: MeetingCard) -> b.Message:
    """Beside the invitation file: what was agreed, or that it is called off."""
    if card.state is MeetingState.CALLED_OFF or card.at is None:
        text = f"{w.topic(card.topic)}: the meeting is called off. This file takes it out of your calendar."
    else:
        text = f"{w.topic(card.topic)}: you meet {_when(card, card.next_at or card.at)}. This file puts it into your calendar."
    return b.Message(text, [b.section(text)])


def called_off() -> b.Message:
    """Beside a cancellation for a group in which not everybody may see any more what the meeting was about."""
    text = "A meeting of yours is called off. This file takes it out of your calendar."
    return b.Message(text, [b.section(text)])


def released(card: MeetingCard) -> b.Message:
    """To somebody who does not take part any more, beside the cancellation."""
    text = f"{w.topic(card.topic)} goes on without you. This file takes its meeting out of your calendar."
    return b.Message(text, [b.section(text)])


def file_title(card: MeetingCard) -> str:
    """What the file is called in Slack."""
    return CALLED_OFF if card.state is MeetingState.CALLED_OFF else "Invitation"


# --- afterwards ---------------------------------------------------------------------------------------------------


def question(card: MeetingCard) -> b.Message:
    """After its time; updated in place with what they say."""
    head = w.topic(card.topic)
    if card.outcome_by is not None and card.talked:
        return outcome(card)
    if card.talked is False:
        text = f"{head}: not yet, {_by(card.outcome_by)} says. " + (
            f"You meet again {b.local_moment(card.next_at)}; I ask after that."
            if card.next_at is not None
            else "I proposed other times."
            if card.goes_on
            else "`/rowbot syncs` resumes the check-in; I propose other times then."
        )
        return b.Message(b.fallback(text), [b.section(text)])
    if card.state is not MeetingState.ASKED:
        text = f"{head}: nobody said what came of the meeting."
        return b.Message(b.fallback(text), [b.section(text)])
    text = f"{head}: did you talk? What came of it?"
    value = str(card.id)
    buttons = b.actions(
        b.button("We talked", TALKED, value=value, style="primary"), b.button("Not yet", NOT_YET, value=value)
    )
    return b.Message(b.fallback(text), [b.section(text), buttons])


def outcome(card: MeetingCard) -> b.Message:
    """What came of it: in the group message, and where the sync lives."""
    said = b.quote(card.outcome, 1500)
    parts = [f"{w.topic(card.topic)}: {w.names(card.people)} talked"]
    if card.result is not None:
        parts.append(f"*{RESULT_WORDS[card.result]}*")
    if said:
        parts.append(said)
    text = ". ".join(part.rstrip(".") for part in parts) + f". _({_by(card.outcome_by)})_"
    return b.Message(b.fallback(text), [b.section(text)])


def _by(side: Side | None) -> str:
    return w.name(side) if side is not None else "somebody"


def outcome_form(card: MeetingCard) -> dict[str, Any]:
    """What came of it?"""
    fields = [
        b.section(w.topic(card.topic)),
        b.field(FIELD_OUTCOME, "What came of it?", b.text_input("outcome", multiline=True, longest=1000,
                placeholder="We share the schema; Search ML builds the store, Ads Platform tests it"), optional=True),
    ]  # fmt: skip
    if card.is_about_overlap:
        options = [b.option(words, value.value) for value, words in RESULT_WORDS.items()]
        fields.append(b.field(FIELD_RESULT, "And the overlap?", b.select("result", options, placeholder="Choose…"),
                              hint="It is kept with both initiatives. If you differ, say above how."))  # fmt: skip
    where = (
        "It stands here and where the check-in lives." if card.is_about_overlap else "It stands in your group message."
    )
    return b.modal(
        "You talked",
        [*fields, b.context(where)],
        callback_id=OUTCOME_FORM,
        submit="Keep it",
        metadata=json.dumps({"id": card.id}),
    )


def read_outcome(view: Mapping[str, Any]) -> tuple[int, str, Result | None]:
    """Which meeting, what came of it, and the result of :func:`outcome_form`."""
    values = view["state"]["values"]
    chosen = b.read_value(values, FIELD_RESULT)
    text = b.read_value(values, FIELD_OUTCOME) or ""
    return int(json.loads(view["private_metadata"])["id"]), text, Result(chosen) if chosen else None
