"""Decides what becomes of two initiatives that look like the same work. Records wishes; changes nobody's work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.errors import BadInput, NotFound, Refusal
from bot.features.initiatives import service as initiatives
from bot.features.initiatives.card import Card
from bot.features.overlaps import notifications
from bot.features.overlaps.said import Said
from storage.initiatives import Initiative
from storage.overlaps import Feedback, Overlap, Verb
from storage.unit_of_work import UnitOfWork

DIFFERENCE_LENGTH: Final = 1000
FIELD_DIFFERENCE: Final = "overlap.difference"


@dataclass(frozen=True, slots=True)
class Told:
    """What the one who clicked is told: who heard of it, and who could not."""

    #: Leads who are sent a message.
    leads: tuple[str, ...]
    #: Cards of initiatives of which nobody could be told, because no lead is known.
    leadless: tuple[Card, ...] = ()
    #: Cards of initiatives whose lead may not see both sides: telling them would tell what is private.
    withheld: tuple[Card, ...] = ()
    #: Cards of initiatives whose lead cannot be asked any more: a bot, deactivated, of another organisation.
    unfit: tuple[Card, ...] = ()


def said_of(uow: UnitOfWork, one_id: int, other_id: int, *, now: datetime) -> list[Said]:
    """What people said of a pair and did not take back."""
    return said_of_each(uow, one_id, [other_id], now=now)[other_id]


def said_of_each(uow: UnitOfWork, one_id: int, other_ids: Sequence[int], *, now: datetime) -> dict[int, list[Said]]:
    """By the other side, what people said of each of these pairs and did not take back."""
    if not other_ids:
        return {}
    overlaps = uow.overlaps.between_each(one_id, other_ids, now=now)
    standing = uow.overlaps.standing_of([overlap.id for overlap in overlaps.values()])
    people = uow.people.named({feedback.person_id for feedback in standing}) if standing else {}
    said: dict[int, list[Said]] = {overlap.id: [] for overlap in overlaps.values()}
    for feedback in standing:
        person = people.get(feedback.person_id)
        name = person.name if person is not None else ""
        said[feedback.overlap_id].append(Said(feedback.id, feedback.person_id, name, feedback.verb, feedback.text))
    return {other_id: said[overlaps[other_id].id] for other_id in other_ids}


def pair(uow: UnitOfWork, mine_id: int, other_id: int, *, now: datetime) -> tuple[Initiative, Initiative, Overlap]:
    """The two sides of a button, if this viewer may see both.

    Raises:
        NotFound: one of them is gone, or not for this viewer.
    """
    mine, other = initiatives.require(uow, mine_id), initiatives.require(uow, other_id)
    return mine, other, uow.overlaps.between(mine_id, other_id, now=now)


def not_related(uow: UnitOfWork, mine_id: int, other_id: int, *, person_id: str, now: datetime) -> Feedback:
    """Never show these two to each other again (until it is undone)."""
    _, _, overlap = pair(uow, mine_id, other_id, now=now)
    return _say_once(uow, overlap, Verb.NOT_RELATED, person_id=person_id, now=now)


def undo(uow: UnitOfWork, mine_id: int, other_id: int, *, person_id: str, now: datetime) -> None:
    """Take *not related* back: one's own, or for one's own work anybody's."""
    mine, other, overlap = pair(uow, mine_id, other_id, now=now)
    standing = uow.overlaps.standing(overlap.id, verb=Verb.NOT_RELATED)
    own = [feedback for feedback in standing if feedback.person_id == person_id]
    may_all = initiatives.may_change(uow, mine, person_id) or initiatives.may_change(uow, other, person_id)
    for feedback in standing if may_all else own:
        feedback.undone_at = now
    if standing and not own and not may_all:
        raise Refusal(
            f"<@{standing[0].person_id}> marked these as not related; they, a lead of one of the two or an admin can undo it."
        )
    uow.session.flush()


def differ(uow: UnitOfWork, mine_id: int, other_id: int, text: str, *, person_id: str, now: datetime) -> Told:
    """Keep how the two differ, and show it to the other side."""
    text = " ".join(text.split())
    if not text:
        raise BadInput("Say in a sentence how yours differs.", field=FIELD_DIFFERENCE)
    if len(text) > DIFFERENCE_LENGTH:
        raise BadInput(f"That has {len(text)} characters; {DIFFERENCE_LENGTH} fit.", field=FIELD_DIFFERENCE)
    mine, other, overlap = pair(uow, mine_id, other_id, now=now)
    for feedback in uow.overlaps.standing(overlap.id, person_id=person_id, verb=Verb.DIFFER):
        if feedback.text == text:
            return _tell(uow, mine, other, feedback, now=now, again=True)
        feedback.undone_at = now
    feedback = _say(uow, overlap, Verb.DIFFER, text=text, person_id=person_id, now=now)
    return _tell(uow, mine, other, feedback, now=now)


def wish(uow: UnitOfWork, mine_id: int, other_id: int, verb: Verb, *, person_id: str, now: datetime) -> Told:
    """Record that somebody wants to join forces, or a sync of the leads; both leads are told, once."""
    mine, other, overlap = pair(uow, mine_id, other_id, now=now)
    before = uow.overlaps.standing(overlap.id, person_id=person_id, verb=verb)
    feedback = before[0] if before else _say_once(uow, overlap, verb, person_id=person_id, now=now)
    return _tell(uow, mine, other, feedback, now=now, again=bool(before))


def answer_owner(uow: UnitOfWork, hidden_id: int, public_id: int, verb: Verb, *, person_id: str, now: datetime) -> Card:
    """The owner of private work answers whether to be introduced to who announced something close to it.

    Returns the card of what was announced.
    """
    initiatives.require_mine(uow, hidden_id, person_id)
    public = initiatives.require(uow, public_id)
    overlap = uow.overlaps.between(hidden_id, public_id, now=now)
    if not uow.overlaps.standing(overlap.id, person_id=person_id, verb=verb):
        feedback = _say_once(uow, overlap, verb, person_id=person_id, now=now)
        if verb is Verb.INTRODUCE:
            if public.lead_id in ("", person_id):
                raise NotFound(
                    "Nobody else is named as its lead, so there is nobody to introduce you to. Its thread may help."
                )
            notifications.introduce(uow, initiatives.card(uow, public), feedback, now=now)
    return initiatives.card(uow, public)


def record(uow: UnitOfWork, overlap: Overlap, verb: Verb, *, text: str = "", person_id: str, now: datetime) -> Feedback:
    """Keep what somebody said of a pair, once, and tell nobody. Other words of theirs take the place of earlier ones."""
    for feedback in uow.overlaps.standing(overlap.id, person_id=person_id, verb=verb) if text else ():
        if feedback.text != text:
            feedback.undone_at = now
    uow.session.flush()
    return _say_once(uow, overlap, verb, text=text, person_id=person_id, now=now)


def _say_once(
    uow: UnitOfWork, overlap: Overlap, verb: Verb, *, text: str = "", person_id: str, now: datetime
) -> Feedback:
    standing = uow.overlaps.standing(overlap.id, person_id=person_id, verb=verb)
    if standing:
        return standing[0]
    return _say(uow, overlap, verb, text=text, person_id=person_id, now=now)


def _say(uow: UnitOfWork, overlap: Overlap, verb: Verb, *, text: str, person_id: str, now: datetime) -> Feedback:
    """Keep it, with what the warning had said: the match goes when one of the two is edited, the answer stays."""
    said = Feedback(
        workspace_id=uow.workspace_id, overlap_id=overlap.id, person_id=person_id, verb=verb, text=text, created_at=now
    )
    warning = uow.matches.warning(overlap.first_id, overlap.second_id)
    if warning is not None:
        said.probability, said.matcher, said.warned_at = warning.probability, warning.matcher, warning.created_at
    return uow.overlaps.say(said)


def _tell(
    uow: UnitOfWork, mine: Initiative, other: Initiative, feedback: Feedback, *, now: datetime, again: bool = False
) -> Told:
    """Tell both leads but the one who said it; each only of what they may see. ``again``: they were told; say only who."""
    told: list[str] = []
    leadless: list[Card] = []
    withheld: list[Card] = []
    unfit: list[Card] = []
    both = bool(mine.lead_id and other.lead_id) and mine.lead_id != other.lead_id
    for side, opposite in ((other, mine), (mine, other)):
        if not side.lead_id:
            leadless.append(initiatives.card(uow, side))
            continue
        if side.lead_id == feedback.person_id or side.lead_id in told:
            continue
        lead = uow.people.get(side.lead_id)
        if lead is not None and (lead.is_bot or lead.is_deleted or lead.is_external):
            unfit.append(initiatives.card(uow, side))
            continue
        eyes = initiatives.eyes_of(uow, side.lead_id, now=now)
        if not (eyes.sees(side.audience) and eyes.sees(opposite.audience)):
            withheld.append(initiatives.card(uow, side))
            continue
        if not again:
            seen = uow.seen_by(eyes)
            notifications.tell_lead(
                uow, side.lead_id, initiatives.card(seen, side), initiatives.card(seen, opposite), feedback, can_sync=both, now=now
            )  # fmt: skip
        told.append(side.lead_id)
    return Told(tuple(told), tuple(leadless), tuple(withheld), tuple(unfit))
