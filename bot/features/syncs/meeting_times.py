"""When a meeting is held: once, or in its sync's rhythm at the wall time that it has in one zone. Pure arithmetic."""

from datetime import datetime, timedelta

from bot.features.syncs import recurrence
from bot.features.syncs.recurrence import Rhythm
from storage.meetings import Meeting, MeetingState
from storage.syncs import Sync


def rhythm_of(sync: Sync, meeting: Meeting) -> Rhythm | None:
    """How a meeting comes again, counted from the day of its first on the clock that rules it; None for one that is held once."""
    if meeting.at is None or not meeting.is_recurring:
        return None
    day = meeting.at.astimezone(recurrence.zone_of(meeting.zone)).date()
    weekdays = tuple(sorted(set(sync.weekdays))) if day.weekday() in sync.weekdays else ()
    return Rhythm(sync.cadence, day, sync.every_weeks, weekdays)


def next_of(sync: Sync, meeting: Meeting, *, after: datetime) -> datetime | None:
    """When a meeting is held next, later than a moment; None when it is not any more."""
    if meeting.at is None:
        return None
    rhythm = rhythm_of(sync, meeting)
    if rhythm is None:
        return meeting.at if meeting.at > after else None
    wall = meeting.at.astimezone(recurrence.zone_of(meeting.zone))
    minute = wall.hour * 60 + wall.minute
    start = max(rhythm.first_on, (after - recurrence.WIDEST).date())
    found = (recurrence.instant(day, minute, meeting.zone) for day in recurrence.days_from(rhythm, start))
    return next(moment for moment in found if moment > after)


def is_in_calendars(sync: Sync, meeting: Meeting, *, now: datetime) -> bool:
    """Whether people hold an invitation to something that is still to come."""
    if meeting.state is MeetingState.CALLED_OFF:
        return False
    return next_of(sync, meeting, after=now - timedelta(minutes=meeting.minutes)) is not None
