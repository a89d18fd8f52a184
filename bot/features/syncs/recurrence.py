"""When a check-in comes round, and when each person is asked, reminded and counted as silent. Pure arithmetic.

Days are calendar days; a day and a minute on somebody's own clock become an instant by one exact mapping (PEP 495): a wall
time that daylight saving leaves out is shifted forward by what was left out, one that comes twice is meant the first time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from bot.features.teams.calendars import Calendar
from storage.syncs import Cadence, Sync

#: Somebody asked less than this before the day's deadline has until the deadline of the next working day.
SHORTEST: Final = timedelta(hours=1)
#: A reminder comes this long before the deadline, or half-way where that is later.
BEFORE: Final = timedelta(hours=2)
#: Zones lie within these hours of UTC, so a local day touches no instants farther out.
WIDEST: Final = timedelta(hours=15)
#: So many days ahead are searched for one on which somebody works: more than a year of days off is "not in sight".
HORIZON: Final = 400
_DAY: Final = timedelta(days=1)
_PERIOD: Final = {Cadence.WEEKLY: 7, Cadence.BIWEEKLY: 14}


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The IANA zone of this name; UTC where there is none."""
    try:
        return ZoneInfo(name) if name else ZoneInfo("UTC")
    except (KeyError, ValueError, OSError):  # unknown, malformed ("../x"), or the name of a folder
        return ZoneInfo("UTC")


def instant(day: date, minute: int, zone: str, *, fold: int = 0) -> datetime:
    """The moment (UTC) at which a clock in this zone shows this day and minute after midnight; ``fold`` 1: for the second time."""
    wall = datetime.combine(day, time(minute // 60, minute % 60, fold=fold), zone_of(zone))
    return wall.astimezone(UTC)


# --- days -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rhythm:
    """On which days a sync comes round, counted from the day of its first round."""

    cadence: Cadence
    first_on: date
    #: For a custom rhythm: every how many weeks (1 or more), and on which weekdays (0 is Monday; empty: that of ``first_on``).
    every_weeks: int = 1
    weekdays: tuple[int, ...] = ()


def rhythm_of(sync: Sync) -> Rhythm:
    """The rhythm of a sync."""
    return Rhythm(sync.cadence, sync.first_on, sync.every_weeks, tuple(sorted(set(sync.weekdays))))


def on_or_after(rhythm: Rhythm, day: date) -> date | None:
    """The first round's day that is not before ``day``; None if there is none. Never before the first day.

    The first day is a round whatever weekday it is, so that a sync begins when people said.
    """
    first_on = rhythm.first_on
    if day <= first_on:
        return first_on
    match rhythm.cadence:
        case Cadence.ONCE:
            return None
        case Cadence.MONTHLY:
            found = _nth_weekday(day.year, day.month, first_on)
            return found if found >= day else _nth_weekday(day.year + day.month // 12, day.month % 12 + 1, first_on)
        case Cadence.CUSTOM:
            return _in_weeks(rhythm, day)
        case cadence:
            return day + timedelta(days=-(day - first_on).days % _PERIOD[cadence])


def _in_weeks(rhythm: Rhythm, day: date) -> date:
    """The first day from then on in a week that counts (weeks begin on Monday) and on one of the weekdays."""
    first_on = rhythm.first_on
    weekdays = rhythm.weekdays or (first_on.weekday(),)
    week = first_on - timedelta(days=first_on.weekday())  # the Monday of the first week
    period = 7 * rhythm.every_weeks
    begin = week + timedelta(days=(day - week).days // period * period)
    candidates = (begin + timedelta(days=turn * period + weekday) for turn in (0, 1) for weekday in weekdays)
    return next(found for found in candidates if found >= day)


def after(rhythm: Rhythm, day: date) -> date | None:
    """The first round's day later than ``day``."""
    return on_or_after(rhythm, day + _DAY)


def days_from(rhythm: Rhythm, day: date) -> Iterator[date]:
    """The rounds' days that are not before ``day``, in order."""
    found = on_or_after(rhythm, day)
    while found is not None:
        yield found
        found = after(rhythm, found)


def _nth_weekday(year: int, month: int, like: date) -> date:
    """The day of a month that is the same nth weekday as ``like`` in its own; a fifth one is the last."""
    first = date(year, month, 1)
    day = first + timedelta(days=(like.weekday() - first.weekday()) % 7 + 7 * ((like.day - 1) // 7))
    if like.day <= 28:
        return day
    last = date(year + month // 12, month % 12 + 1, 1) - _DAY
    return last - timedelta(days=(last.weekday() - like.weekday()) % 7)


# --- moments ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Times:
    """One person's moments of one round, in UTC."""

    due_at: datetime
    #: Not before the deadline: there is no reminder.
    remind_at: datetime
    deadline_at: datetime


def times(day: date, minute: int, calendar: Calendar, deadline_minute: int, *, zone: str | None = None) -> Times | None:
    """When one person is asked for a round of this day, reminded, and counted as silent.

    What falls on a day off or into quiet hours waits for their end on that person's clock; None: they have nothing but days off.
    ``zone``: on whose clock the minute is meant, if not on their own.
    """
    return times_from(instant(day, minute, calendar.zone if zone is None else zone), calendar, deadline_minute)


def times_from(start: datetime, calendar: Calendar, deadline_minute: int) -> Times | None:
    """The same for somebody who is asked at ``start``, or as soon after it as they may be."""
    due = allowed(start, calendar)
    deadline = deadline_after(due, calendar, deadline_minute) if due is not None else None
    if due is None or deadline is None:
        return None
    return Times(due, reminder_between(due, deadline, calendar), deadline)


def deadline_after(due: datetime, calendar: Calendar, deadline_minute: int) -> datetime | None:
    """Until when an answer is in time for somebody who is asked at ``due``; None: no working day is in sight.

    A deadline that lies in somebody's quiet hours is where these begin.
    """
    minute = calendar.quiet_from if is_quiet(deadline_minute, calendar) else deadline_minute
    day = due.astimezone(zone_of(calendar.zone)).date()
    for _ in range(HORIZON):
        if calendar.works_on(day) and (deadline := instant(day, minute, calendar.zone)) >= due + SHORTEST:
            return deadline
        day += _DAY
    return None


def reminder_between(due: datetime, deadline: datetime, calendar: Calendar) -> datetime:
    """When somebody silent is reminded, at the earliest moment at which they may be."""
    return allowed(max(due + (deadline - due) / 2, deadline - BEFORE), calendar) or deadline


def allowed(moment: datetime, calendar: Calendar) -> datetime | None:
    """The first moment from then on at which somebody works that day and it is not quiet; None: none is in sight."""
    if _is_allowed(moment, calendar):
        return moment
    day = moment.astimezone(zone_of(calendar.zone)).date()
    for _ in range(HORIZON):
        if calendar.works_on(day):
            # A wall time that comes twice may be the end of quiet hours twice.
            for candidate in sorted(
                instant(day, start, calendar.zone, fold=fold) for start in _starts(calendar) for fold in (0, 1)
            ):
                if candidate >= moment and _is_allowed(candidate, calendar):
                    return candidate
        day += _DAY
    return None


def _is_allowed(moment: datetime, calendar: Calendar) -> bool:
    wall = moment.astimezone(zone_of(calendar.zone))
    return not is_quiet(wall.hour * 60 + wall.minute, calendar) and calendar.works_on(wall.date())


def _starts(calendar: Calendar) -> list[int]:
    """Minutes of a day at which asking may begin: midnight, unless it is quiet then, and the end of quiet hours."""
    return [minute for minute in sorted({0, calendar.quiet_until}) if not is_quiet(minute, calendar)]


def is_quiet(minute: int, calendar: Calendar) -> bool:
    """Whether a minute of the day is in the quiet hours, which may go over midnight; equal ends mean none."""
    start, end = calendar.quiet_from, calendar.quiet_until
    return start <= minute < end if start <= end else minute >= start or minute < end


def later_today(now: datetime, deadline: datetime, calendar: Calendar) -> datetime | None:
    """When somebody who asks for *later today* is asked again; None when there is too little time left for that."""
    latest = deadline - SHORTEST / 2
    again = allowed(min(now + 3 * SHORTEST, latest), calendar)
    return again if again is not None and now + SHORTEST / 2 <= again <= latest else None
