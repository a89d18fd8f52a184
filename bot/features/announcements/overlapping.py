"""What people say of a candidate under a reply: the overlap decides, and the replies of both sides follow."""

from datetime import datetime
from typing import Final

from bot.errors import Refusal
from bot.features.announcements import answer
from bot.features.announcements.reply import Aside
from bot.features.initiatives import service as initiatives
from bot.features.initiatives.card import Card, reply_key
from bot.features.matching import service as matching
from bot.features.matching.explanation import Explanation
from bot.features.overlaps import service as overlaps
from bot.features.overlaps.service import Told
from bot.features.syncs import meetings
from bot.features.syncs import service as syncs
from bot.features.syncs.service import Arranged, Plan
from storage.announcements import AnnouncementState
from storage.initiatives import Initiative
from storage.meetings import Result
from storage.overlaps import Verb
from storage.unit_of_work import UnitOfWork

#: How long the leads meet, in minutes, unless they choose otherwise.
MEETING: Final = 30


def not_related(uow: UnitOfWork, mine_id: int, other_id: int, *, person_id: str, now: datetime) -> None:
    """These two are not related."""
    overlaps.not_related(uow, mine_id, other_id, person_id=person_id, now=now)
    _redraw(uow, mine_id, other_id, now=now)


def undo(uow: UnitOfWork, mine_id: int, other_id: int, *, person_id: str, now: datetime) -> None:
    """They are, after all."""
    overlaps.undo(uow, mine_id, other_id, person_id=person_id, now=now)
    _redraw(uow, mine_id, other_id, now=now)


def wish(uow: UnitOfWork, mine_id: int, other_id: int, verb: Verb, *, person_id: str, now: datetime) -> Told:
    """Join forces, or let the leads talk."""
    told = overlaps.wish(uow, mine_id, other_id, verb, person_id=person_id, now=now)
    _redraw(uow, mine_id, other_id, now=now)
    return told


def sync(uow: UnitOfWork, mine_id: int, other_id: int, *, person_id: str, now: datetime) -> Arranged | Told:
    """*Sync the leads*: who may change one of the two sets up a check-in of both leads at once; for anybody else the wish is recorded.

    Where a lead is missing, or cannot be asked, or may not see both sides, it stays a wish, and the answer says why.

    Raises:
        Refusal: one person leads both.
    """
    mine, other, overlap = overlaps.pair(uow, mine_id, other_id, now=now)
    standing = syncs.about(uow, overlap.id, person_id=person_id, now=now)
    if standing is not None:
        return standing
    is_theirs = any(initiatives.may_change(uow, side, person_id) for side in (mine, other))
    if is_theirs and mine.lead_id and mine.lead_id == other.lead_id:
        who = "You lead" if mine.lead_id == person_id else f"<@{mine.lead_id}> leads"
        raise Refusal(f"{who} both, so there is nobody to check in with. `/rowbot sync` sets one up with others.")
    people = (mine.lead_id, other.lead_id)
    if not is_theirs or not syncs.can_meet(uow, people, [mine, other], now=now):
        return wish(uow, mine_id, other_id, Verb.SYNC, person_id=person_id, now=now)
    overlaps.record(uow, overlap, Verb.SYNC, person_id=person_id, now=now)
    channel_id, thread_ts = _thread_of(uow, mine, other)
    plan = Plan(
        people, work=(mine.id, other.id), overlap_id=overlap.id, channel_id=channel_id, thread_ts=thread_ts, meet_minutes=MEETING
    )  # fmt: skip
    arranged = syncs.set_up(uow, plan, person_id=person_id, by_message=False, now=now)
    _redraw(uow, mine_id, other_id, now=now)
    return arranged


def talked(
    uow: UnitOfWork, meeting_id: int, text: str, result: Result | None, *, person_id: str, now: datetime
) -> None:
    """What came of a meeting: it is kept with the overlap, and the replies of both sides follow."""
    card = meetings.talked(uow, meeting_id, text, result, person_id=person_id, now=now)
    if card.is_about_overlap:
        _redraw(uow, *(each.id for each in card.evidence.work), now=now)


def _thread_of(uow: UnitOfWork, *sides: Initiative) -> tuple[str, str]:
    """Channel and thread in which the first of these was announced; empty where none was."""
    for side in sides:
        for row in uow.announcements.of_initiative(side.id):
            if row.state is AnnouncementState.REGISTERED and row.channel_id:
                if "." in row.ts:
                    return row.channel_id, row.ts
                posted = uow.outbox.get(f"{uow.workspace_id}:{reply_key(row.id)}")
                if posted is not None and posted.arrived_ts:
                    return posted.arrived_channel, posted.arrived_ts
    return "", ""


def leads_of(uow: UnitOfWork, mine_id: int, other_id: int) -> list[str]:
    """The Slack ids of both leads, as far as they are known."""
    sides = (initiatives.require(uow, mine_id), initiatives.require(uow, other_id))
    return [side.lead_id for side in sides if side.lead_id]


def differ(uow: UnitOfWork, mine_id: int, other_id: int, text: str, *, person_id: str, now: datetime) -> Told:
    """How they differ."""
    told = overlaps.differ(uow, mine_id, other_id, text, person_id=person_id, now=now)
    _redraw(uow, mine_id, other_id, now=now)
    return told


def answer_owner(uow: UnitOfWork, hidden_id: int, public_id: int, verb: Verb, *, person_id: str, now: datetime) -> Card:
    """The owner of private work answers."""
    return overlaps.answer_owner(uow, hidden_id, public_id, verb, person_id=person_id, now=now)


def aside(uow: UnitOfWork, mine_id: int, person_id: str, *, now: datetime) -> Aside | None:
    """What the author of an announcement is told alone, as it stands now; None where this person announced nothing of it."""
    initiative = initiatives.require(uow, mine_id)
    own = [
        row
        for row in uow.announcements.of_initiative(mine_id)
        if row.author_id == person_id and row.state is AnnouncementState.REGISTERED
    ]
    return answer.aside_of(uow, own[0], initiative, now=now) if own else None


def both_cards(uow: UnitOfWork, mine_id: int, other_id: int) -> tuple[Card, Card]:
    """The two sides of a button, if this viewer may see both."""
    mine, other = initiatives.cards(uow, [initiatives.require(uow, mine_id), initiatives.require(uow, other_id)])
    return mine, other


def compared(uow: UnitOfWork, mine_id: int, other_id: int) -> tuple[Card, Card, Explanation]:
    """The two sides of a button, and why they were matched: as it is kept, whichever of them was announced."""
    mine, other = both_cards(uow, mine_id, other_id)
    kept = next((match for match in uow.matches.of(mine_id) if match.candidate_id == other_id), None)
    return mine, other, matching.reasons_from_json(kept.reasons) if kept is not None else Explanation()


def _redraw(uow: UnitOfWork, *initiative_ids: int, now: datetime) -> None:
    for initiative_id in initiative_ids:
        initiative = uow.machine.initiatives.get(initiative_id)
        if initiative is not None:
            answer.redraw(uow, initiative, now=now)
