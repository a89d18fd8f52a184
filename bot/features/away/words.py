"""Reads days off out of people's words, on their own calendar. Pure.

An end that is named is a day off itself: "until Friday" has Friday in it. A day without a year is the next one there is. What
can be read in two ways (3/4) is not read at all.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

#: A first day this far back is meant as it stands; farther back it is next year's.
BACK: Final = timedelta(days=60)
LONGEST_WITHOUT_YEAR: Final = timedelta(days=270)
_DAY: Final = timedelta(days=1)
_LONGEST: Final = 200
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS: Final = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}

_MONTH: Final = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_NUMBER: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?"
_YEAR: Final = r"(?:,?\s*(?P<year>20\d\d))?"
_DATES: Final = tuple(re.compile(pattern) for pattern in (
    rf"{_NUMBER}\s*(?:of\s+)?{_MONTH}{_YEAR}", rf"{_MONTH}\s*{_NUMBER}{_YEAR}", r"(?P<year>20\d\d)(?P<number>\d\d)(?P<day>\d\d)",
    r"(?P<day>\d{1,2})\.(?P<number>\d{1,2})\.?(?P<year>20\d\d)?", r"(?P<first>\d{1,2})/(?P<second>\d{1,2})(?:/(?P<year>20\d\d))?",
))  # fmt: skip
_WEEKDAY: Final = re.compile(
    r"(?P<next>next\s+|this\s+|coming\s+)?(?P<name>mon(?:day)?|tue(?:s|sday)?|wed(?:s|nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)\.?s?"
)
#: A weekday before a date says nothing new: "Thu 24 Dec".
_LED_BY_WEEKDAY: Final = re.compile(
    r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+(?=\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
)
_FOR: Final = re.compile(r"^(?P<start>.*?)\b(?:for\s+|the\s+next\s+|next\s+)?(?P<count>\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten)\s+"
                         r"(?P<unit>days?|weeks?|months?)(?:\s+off)?(?:\s+(?:from|starting|beginning|as of))?(?P<later>.*)$")  # fmt: skip
_UNTIL: Final = re.compile(r"\s*(?:\buntil\b|\btill?\b|\bthrough\b|\bthru\b|\bto\b|\band\b|\.\.+|-)\s*")
_FILLERS: Final = re.compile(
    r"^(?:i\s+am|i'm|im|i\s+will\s+be|i'll\s+be|we\s+are|am|be|away|out of (?:the )?office|ooo|out|off|pto|on|vacation|holidays?|leave|sick|time|days?(?!\s+after)|"
    r"from|between|starting|beginning|as of|the|in|at|please|only|just|all|whole)\b[\s:,]*"
)
_TRAILING: Final = re.compile(r"[\s,.!]*\b(?:off|please|inclusive|included|thanks?|thank you|only|all day)?[\s,.!]*$")
_BACK: Final = re.compile(
    r"(?:i\s+am|i'm|im)?\s*(?:off|back|back (?:early|again|now|today)|no|none|not|cancel|clear|end|stop|here|over|return(?:ed)?)"
)


@dataclass(frozen=True, slots=True)
class Days:
    """The first and the last day off."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class IsBack:
    """They are not away any more."""


def read(text: str, today: date) -> Days | IsBack | None:
    """What somebody says of their days off; None: it is not understood, or ends before it begins."""
    said = _plain(text)
    if len(said) > _LONGEST:
        return None
    if _BACK.fullmatch(said):
        return IsBack()
    said = _stripped(said)
    try:
        found = _days(said, today)
    except (ValueError, OverflowError):  # a day that no calendar has
        return None
    return found if found is not None and found.first <= found.last and found.last >= today else None


def _plain(text: str) -> str:
    said = " ".join(text.lower().replace("’", "'").split())
    said = re.sub(r"[‐-―−]", "-", said)
    # With its hyphens gone an ISO day is one word, and every hyphen that is left stands between two days.
    said = re.sub(r"\b(20\d\d)-(\d\d)-(\d\d)\b", r"\1\2\3", said)
    return re.sub(r"(?<=\d{8})/(?=\d{8})", "-", said).strip(" .!,")


def _stripped(said: str) -> str:
    said = _TRAILING.sub("", said) if not re.fullmatch(r"\w+", said) else said
    while (shorter := _FILLERS.sub("", said)) != said and shorter:
        said = shorter
    return said


def _days(said: str, today: date) -> Days | None:
    for reading in (_named, _counted, _between, _single):
        found = reading(said, today)
        if found is not None:
            return found
    return None


def _named(said: str, today: date) -> Days | None:
    """A stretch that has a name."""
    sunday = today + timedelta(days=6 - today.weekday())
    said = re.sub(r"^(?:the\s+)?(?:rest|remainder) of (?:the |this )?", "this ", said)
    match said:
        case "week" | "this week" | "until the end of the week" | "until the end of this week":
            return Days(today, sunday)
        case "next week":
            return Days(sunday + _DAY, sunday + 7 * _DAY)
        case "weekend" | "this weekend":
            return Days(max(today, sunday - _DAY), sunday)
        case "month" | "this month":
            return Days(today, _end_of_month(today))
        case "next month":
            first = _end_of_month(today) + _DAY
            return Days(first, _end_of_month(first))
        case _:
            return None


def _counted(said: str, today: date) -> Days | None:
    """So many days, weeks or months, from today or from a day that is named."""
    found = _FOR.match(said)
    if found is None:
        return None
    start = found["start"].strip(" ,") or _stripped(found["later"].strip(" ,"))
    if found["start"].strip(" ,") and found["later"].strip(" ,"):
        return None
    first = _day(_stripped(start), today) if start else today
    if first is None:
        return None
    count = int(found["count"]) if found["count"].isdecimal() else _NUMBERS[found["count"]]
    if count < 1:
        return None
    if found["unit"].startswith("month"):
        months = first.month - 1 + count
        year, month = first.year + months // 12, months % 12 + 1
        return Days(first, date(year, month, min(first.day, _end_of_month(date(year, month, 1)).day)) - _DAY)
    return Days(first, first + timedelta(days=count * (7 if found["unit"].startswith("week") else 1) - 1))


def _between(said: str, today: date) -> Days | None:
    """From one day to another; without the one, from today."""
    parts = _UNTIL.split(said)
    if len(parts) != 2:
        return None
    left, right = (_stripped(part.strip(" ,")) for part in parts)
    if not left:
        last = _day(right, today, after=today + _DAY if _WEEKDAY.fullmatch(right) else today)
        return Days(today, last) if last is not None else None
    if re.fullmatch(_NUMBER, left):  # 24 - 26 Dec
        month = re.search(rf"{_MONTH}{_YEAR}$", right)
        left = f"{left} {month[0]}" if month else left
    elif re.fullmatch(_NUMBER + _YEAR, right) and (month := re.match(_MONTH, left)):  # Dec 24 - 26
        right = f"{month[0]} {right}"
    last = _day(right, today)
    if last is None:
        return None
    first = _day(left, today, after=today - BACK)
    if first is None:
        return None
    if first < today and _WEEKDAY.fullmatch(left):
        first = _day(left, today) or first
    if first < today and _day(right, today, after=first) != last:
        first = _day(left, today) or first
    last = _day(right, today, after=first) or last
    # Such a stretch without a year is a slip: 5 Dec to 1 Dec.
    return Days(first, last) if last - first <= LONGEST_WITHOUT_YEAR or re.search(r"20\d\d", said) else None


def _single(said: str, today: date) -> Days | None:
    day = _day(said, today)
    return Days(day, day) if day is not None else None


def _day(said: str, today: date, *, after: date | None = None) -> date | None:
    """A day that is named; one without a year or a week is the first that is not earlier than ``after`` (without it: today)."""
    after = today if after is None else after
    match said:
        case "today" | "now" | "tonight":
            return today
        case "tomorrow" | "tmrw" | "tomorow" | "tommorow" | "tommorrow":
            return today + _DAY
        case "day after tomorrow" | "overmorrow":
            return today + 2 * _DAY
        case "yesterday":
            return today - _DAY
        case "end of week" | "end of the week" | "end of this week" | "weekend" | "this week":
            return today + timedelta(days=6 - today.weekday())
        case "end of next week" | "next week":
            return today + timedelta(days=13 - today.weekday())
        case "end of month" | "end of the month" | "end of this month":
            return _end_of_month(today)
        case _:
            return _weekday(said, today, after) or _date(said, after)


def _weekday(said: str, today: date, after: date) -> date | None:
    found = _WEEKDAY.fullmatch(said)
    if found is None:
        return None
    weekday = _WEEKDAYS.index(found["name"][:3])
    if (found["next"] or "").startswith("next"):
        return today + timedelta(days=7 - today.weekday() + weekday)
    start = max(after, today)
    return start + timedelta(days=(weekday - start.weekday()) % 7)


def _date(said: str, after: date) -> date | None:
    said = _LED_BY_WEEKDAY.sub("", said)
    for pattern in _DATES:
        found = pattern.fullmatch(said)
        if found is None:
            continue
        parts = found.groupdict()
        if parts.get("first"):
            day, month = _slashed(int(parts["first"]), int(parts["second"]))
        else:
            day = int(parts["day"])
            month = int(parts["number"]) if parts.get("number") else _MONTHS.index(parts["month"]) + 1
        if parts.get("year"):
            return date(int(parts["year"]), month, day)
        return _next(day, month, after)
    return None


def _slashed(first: int, second: int) -> tuple[int, int]:
    """Day and month of 24/12 and of 12/24.

    Raises:
        ValueError: it can be read both ways.
    """
    if first > 12:
        return first, second
    if second > 12 or first == second:
        return second, first
    raise ValueError(f"{first}/{second} is a day in Europe and another one in America.")


def _next(day: int, month: int, after: date) -> date:
    """The first such day that is not earlier; a 29 February waits for its year."""
    for year in range(after.year, after.year + 5):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= after:
            return found
    raise ValueError("There is no such day.")


def _end_of_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1) - _DAY
