"""When a digest comes: a weekday and a time on one clock, week after week. Pure; the time is an argument."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.errors import BadInput
from bot.features.syncs import recurrence

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEK: Final = timedelta(days=7)
#: A digest never says what happened longer ago than this.
FARTHEST: Final = 2 * WEEK
#: One that is so late that the next one is nearer than this is left to the next one: nobody gets two in a row.
TOO_CLOSE: Final = timedelta(days=2)

_WHEN: Final = re.compile(
    r"(?:(?:on )?(?P<day>[a-z]+?)s?,?(?:\s+|$))?(?:at )?(?:(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s*(?P<half>am|pm)?)?"
)


@dataclass(frozen=True, slots=True)
class Weekly:
    """A weekday (0 is Monday), and minutes after midnight."""

    weekday: int = 0
    minute: int = 9 * 60


@dataclass(frozen=True, slots=True)
class Slot:
    """One time of them: its day on the clock of the digest, and its moment."""

    day: date
    at: datetime


def latest(weekly: Weekly, zone: str, now: datetime) -> Slot:
    """The last one that is not later than ``now``."""
    today = now.astimezone(recurrence.zone_of(zone)).date()
    slot = _slot(weekly, zone, today - timedelta(days=(today.weekday() - weekly.weekday) % 7))
    return slot if slot.at <= now else _slot(weekly, zone, slot.day - WEEK)


def following(weekly: Weekly, zone: str, now: datetime) -> Slot:
    """The first one later than ``now``."""
    return _slot(weekly, zone, latest(weekly, zone, now).day + WEEK)


def since(last_at: datetime | None, now: datetime) -> datetime:
    """From when on a digest says what happened: since the one before, or for a week where there was none."""
    return max(last_at, now - FARTHEST) if last_at is not None else now - WEEK


def read(text: str) -> Weekly:
    """What somebody typed: "monday 9:00", "fri", "14:30"; what they leave out is Monday, 09:00.

    Raises:
        BadInput: names what works.
    """
    found = _WHEN.fullmatch(" ".join(text.lower().split()))
    weekday = _weekday(found["day"]) if found else None
    minute = _minute(found["hour"], found["minute"], found["half"]) if found else None
    if weekday is None or minute is None:
        raise BadInput(
            "Say on which weekday and at what time, on your clock: `/rowbot digest on monday 9:00`, or `/rowbot digest on` for just that."
        )
    return Weekly(weekday, minute)


def _weekday(word: str | None) -> int | None:
    if word is None:
        return 0
    return next(
        (number for number, name in enumerate(WEEKDAYS) if len(word) >= 3 and name.lower().startswith(word)), None
    )


def _minute(hour: str | None, minute: str | None, half: str | None) -> int | None:
    if hour is None:
        return Weekly().minute
    number, rest = int(hour), int(minute or 0)
    if half is not None:
        if not 1 <= number <= 12:
            return None
        number = number % 12 + (12 if half == "pm" else 0)
    return number * 60 + rest if number < 24 and rest < 60 else None


def _slot(weekly: Weekly, zone: str, day: date) -> Slot:
    return Slot(day, recurrence.instant(day, weekly.minute, zone))
