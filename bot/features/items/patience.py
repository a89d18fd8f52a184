"""When somebody can be told, and how long it is waited for their word: on their own calendar. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from bot.features.teams.calendars import Calendar

_DAY: Final = timedelta(days=1)
#: Somebody whose calendar has no working day for so long is not waited for any longer.
LONGEST: Final = 60


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):  # unknown, malformed, or the name of a folder
        return ZoneInfo("UTC")


def local_day(calendar: Calendar, moment: datetime) -> date:
    """The day that it is for them."""
    return moment.astimezone(_zone(calendar.zone)).date()


def is_away(calendar: Calendar, moment: datetime) -> bool:
    """Whether they are away on that day."""
    return calendar.is_away(local_day(calendar, moment))


def tellable_from(calendar: Calendar, moment: datetime) -> datetime:
    """The first moment from then on at which they may be written to: on a day on which they work, outside their quiet hours."""
    wall = moment.astimezone(_zone(calendar.zone))
    if calendar.works_on(wall.date()) and not _is_quiet(calendar, wall):
        return moment
    day = wall.date()
    for _ in range(LONGEST):
        opens = _instant(calendar, day, calendar.quiet_until if calendar.quiet_from != calendar.quiet_until else 0)
        if opens > moment and calendar.works_on(day):
            return opens
        day += _DAY
    return moment + LONGEST * _DAY  # a calendar without a working day


def answer_due(calendar: Calendar, told_at: datetime, days: int) -> datetime:
    """When so many of their working days have gone by since they were told: at the time of day at which they were, on the last of them.

    Told on a day off, or before they began: as if it had been at the beginning of their next working day.
    """
    wall = told_at.astimezone(_zone(calendar.zone))
    day, minute = wall.date(), wall.hour * 60 + wall.minute
    looked = 0
    while not calendar.works_on(day) and looked < LONGEST:
        day, minute, looked = day + _DAY, 0, looked + 1
    if calendar.starts < calendar.ends:
        minute = min(max(minute, calendar.starts), calendar.ends)
    left = days
    while left and looked < LONGEST:
        day, looked = day + _DAY, looked + 1
        left -= calendar.works_on(day)
    return max(_instant(calendar, day, minute), told_at)


def _is_quiet(calendar: Calendar, wall: datetime) -> bool:
    minute, start, end = wall.hour * 60 + wall.minute, calendar.quiet_from, calendar.quiet_until
    return start <= minute < end if start <= end else minute >= start or minute < end


def _instant(calendar: Calendar, day: date, minute: int) -> datetime:
    """A wall time that daylight saving leaves out is shifted forward, one that comes twice is meant the first time."""
    return datetime.combine(day, time(minute // 60 % 24, minute % 60), _zone(calendar.zone)).astimezone(UTC)
