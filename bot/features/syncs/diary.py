"""Reads what is agreed for one person: when they meet next, with whom, and where that was said. With their own eyes."""

from datetime import datetime, timedelta

from bot.features.syncs import facts, meeting_times
from bot.features.syncs import meeting_notifications as messages
from bot.features.syncs.meeting_card import Agreed
from storage.meetings import Meeting, MeetingState
from storage.syncs import Sync
from storage.unit_of_work import UnitOfWork


def coming(uow: UnitOfWork, person_id: str, *, now: datetime) -> tuple[Agreed, ...]:
    """The agreed meetings of somebody, the next one first; one that has begun until it is over."""
    found = []
    for sync in uow.syncs.of_person(person_id):
        meeting = uow.meetings.latest(sync.id) if sync.meet_minutes else None
        moment = _next_of(sync, meeting, now=now) if meeting is not None and person_id in meeting.people else None
        if meeting is not None and moment is not None and _may_see(uow, sync):
            found.append((moment, meeting, sync))
    return tuple(
        Agreed(
            meeting.id, sync.topic, facts.clock_of(uow, person_id, moment), meeting.minutes,
            tuple(facts.sides(uow, [(each, None) for each in meeting.people if each != person_id])),
            _link(uow, meeting, person_id),
        )
        for moment, meeting, sync in sorted(found, key=lambda each: (each[0], each[1].id))
    )  # fmt: skip


def _next_of(sync: Sync, meeting: Meeting, *, now: datetime) -> datetime | None:
    """One that comes again stands while its first is asked about."""
    if meeting.state not in (MeetingState.AGREED, MeetingState.ASKED):
        return None
    return meeting_times.next_of(sync, meeting, after=now - timedelta(minutes=meeting.minutes))


def _may_see(uow: UnitOfWork, sync: Sync) -> bool:
    return facts.sees_all(uow.viewer, sync, facts.work_of(uow, sync, uow.syncs.members(sync.id)))


def _link(uow: UnitOfWork, meeting: Meeting, person_id: str) -> str:
    place = messages.place_of(uow, meeting, person_id)
    return uow.workspaces.link(*place) if place is not None else ""
