"""Reads meetings into facts, with the eyes of everybody who meets: their group message holds nothing that one of them may not see."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from bot.features.initiatives import service as initiatives
from bot.features.matching import service as matching
from bot.features.matching.explanation import Explanation
from bot.features.syncs import facts, invitation
from bot.features.syncs.card import Side
from bot.features.syncs.invitation import Guest, Invitation
from bot.features.syncs.meeting_card import Evidence, MeetingCard, Offer, Strained
from bot.features.syncs.meeting_times import next_of, rhythm_of
from storage.initiatives import Initiative
from storage.meetings import Meeting, Slot
from storage.repository import EVERYBODY, Viewer
from storage.syncs import Cadence, Sync, SyncState
from storage.unit_of_work import UnitOfWork


def eyes_of_all(uow: UnitOfWork, people: Iterable[str], *, now: datetime) -> Viewer:
    """The eyes of a group: what every one of them may see."""
    seen = [initiatives.eyes_of(uow, person_id, now=now).audiences or frozenset() for person_id in people]
    return Viewer(frozenset.intersection(*seen) if seen else frozenset())


def may_be_told(uow: UnitOfWork, sync: Sync, people: Iterable[str], *, now: datetime) -> bool:
    """Whether everybody in a group may see all that a sync is about."""
    work = facts.work_of(uow, sync, uow.syncs.members(sync.id))
    return facts.sees_all(eyes_of_all(uow, people, now=now), sync, work)


# --- for those who meet -------------------------------------------------------------------------------------------


def card(uow: UnitOfWork, sync: Sync, meeting: Meeting, *, now: datetime) -> MeetingCard:
    """A meeting, for all who meet."""
    seen = uow.seen_by(eyes_of_all(uow, meeting.people, now=now))
    members = {member.person_id: member.initiative_id for member in uow.syncs.members(sync.id)}
    wanted = [*meeting.people, *({meeting.created_by, meeting.outcome_by} - {"", *meeting.people})]
    sides = {side.person_id: side for side in facts.sides(seen, [(each, members.get(each)) for each in wanted])}
    rhythm = rhythm_of(sync, meeting)
    return MeetingCard(
        id=meeting.id, sync_id=sync.id, topic=sync.topic, state=meeting.state, minutes=meeting.minutes,
        people=tuple(sides[each] for each in meeting.people), agenda=sync.agenda, evidence=_evidence(seen, sync),
        proposals=meeting.proposals, offers=_offers(uow, meeting, sides, now=now), at=meeting.at, next_at=next_of(sync, meeting, after=now),
        cadence=rhythm.cadence if rhythm is not None else Cadence.ONCE, comes_round=sync.cadence, zone=meeting.zone,
        links=invitation.links(invited(uow, sync, meeting)) if meeting.at is not None else {},
        by=sides.get(meeting.created_by), is_about_overlap=sync.overlap_id is not None, talked=meeting.talked, outcome=meeting.outcome,
        result=meeting.result, outcome_by=sides.get(meeting.outcome_by),
        goes_on=sync.state is SyncState.ACTIVE,
    )  # fmt: skip


def _offers(uow: UnitOfWork, meeting: Meeting, sides: dict[str, Side], *, now: datetime) -> tuple[Offer, ...]:
    slots = current_slots(uow, meeting)
    picks = uow.meetings.picks([slot.id for slot in slots])
    return tuple(
        Offer(
            slot.id, slot.starts_at, tuple(sides[each] for each in picks[slot.id] if each in sides),
            tuple(Strained(sides[each], facts.clock_of(uow, each, slot.starts_at)) for each in sorted(slot.strain) if each in sides),
            is_over=slot.starts_at <= now,
        )
        for slot in slots
    )  # fmt: skip


def current_slots(uow: UnitOfWork, meeting: Meeting) -> list[Slot]:
    """The moments of the latest proposal."""
    return [slot for slot in uow.meetings.slots(meeting.id) if slot.proposal == meeting.proposals]


def _evidence(seen: UnitOfWork, sync: Sync) -> Evidence:
    """What the sync is about and, where it is about an overlap, why the two look like the same work."""
    overlap = seen.overlaps.get(sync.overlap_id) if sync.overlap_id is not None else None
    wanted = [overlap.first_id, overlap.second_id] if overlap is not None else list(sync.work)
    rows = seen.initiatives.named(wanted)
    work = [rows[number] for number in wanted if number in rows and rows[number].withdrawn_at is None]
    if overlap is None or len(work) != 2:
        return Evidence(tuple(initiatives.cards(seen, work)))
    ordered, reasons = _reasons(seen, work)
    return Evidence(tuple(initiatives.cards(seen, ordered)), reasons)


def _reasons(seen: UnitOfWork, pair: Sequence[Initiative]) -> tuple[list[Initiative], Explanation | None]:
    """Why two look like the same work, and the two in the order in which that was said."""
    for mine, other in (pair, pair[::-1]):
        for match in seen.matches.of(mine.id):
            if match.candidate_id == other.id:
                return [mine, other], matching.reasons_from_json(match.reasons)
    return list(pair), None


# --- for calendars ------------------------------------------------------------------------------------------------


def invited(uow: UnitOfWork, sync: Sync, meeting: Meeting, *, is_cancelled: bool = False) -> Invitation:
    """An agreed meeting as calendars take it."""
    assert meeting.at is not None  # noqa: S101 - only what is agreed is invited to
    people = uow.people.named([*meeting.people, sync.created_by])
    chosen = next((slot for slot in uow.meetings.slots(meeting.id) if slot.starts_at == meeting.at), None)
    can = set(uow.meetings.picks([chosen.id])[chosen.id]) if chosen is not None else set()
    guests = [
        Guest(people[each].name, people[each].email, each in can) if each in people else Guest("", "", each in can)
        for each in meeting.people
    ]
    addresses = [
        people[each].email for each in (sync.created_by, *meeting.people) if each in people and people[each].email
    ]
    work = facts.work_of(uow, sync, uow.syncs.members(sync.id))
    return Invitation(
        uid=meeting.uid, sequence=meeting.sequence, title=sync.topic, description=sync.agenda,
        starts_at=meeting.at.astimezone(UTC), minutes=meeting.minutes, zone=meeting.zone, rhythm=rhythm_of(sync, meeting), guests=guests,
        organiser=addresses[0] if addresses else "", is_private=not facts.sees_all(EVERYBODY, sync, work), is_cancelled=is_cancelled,
    )  # fmt: skip
