"""The period that a report is about: read from what people type, named for people, cut into weeks. Pure; the time is an argument."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from typing import Final
from zoneinfo import ZoneInfo

from bot.errors import BadInput

DAYS: Final = {"7d": 7, "30d": 30, "90d": 90}
DEFAULT: Final = "30d"
#: What the menu offers, and what it calls it.
OFFERED: Final = {
    "7d": "Last 7 days",
    "30d": "Last 30 days",
    "90d": "Last 90 days",
    "quarter": "This quarter",
    "year": "This year",
}
#: A chart holds this many points (docs.slack.dev, data visualization block).
POINTS: Final = 20
#: Up to so many days a chart counts days, and from here on weeks or several of them.
BY_DAY: Final = 14
LONGEST: Final = timedelta(days=3 * 366)
EXAMPLES: Final = "`/rowbot report 30d`, `/rowbot report quarter`, `/rowbot report 2026-10-01..2026-10-31`"

#: The time before has to be a time, too, in every zone.
EARLIEST: Final = date(1900, 1, 1)

_RANGE: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s*(?:\.{2,3}|…|–|—|-|\bto\b|\s)\s*(\d{4}-\d{2}-\d{2}))?")


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment on (inclusive) until another (exclusive)."""

    start: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.start <= moment < self.end

    @property
    def before(self) -> "Span":
        """The span of equal length right before it."""
        return Span(self.start - (self.end - self.start), self.start)


@dataclass(frozen=True, slots=True)
class Period:
    """What a report is about: a span, and the word that means it as of a moment."""

    word: str
    as_of: datetime
    span: Span
    #: "Last 30 days"; "1 Oct to 31 Oct 2026".
    label: str
    #: The zone in which its days begin and end.
    zone: str

    @property
    def key(self) -> str:
        """What a button carries; :func:`from_key` reads it back."""
        return f"{self.word}@{int(self.as_of.timestamp())}"

    @property
    def days(self) -> int:
        """How many days of the calendar it touches."""
        first, last = days_of(self)
        return (last - first).days + 1

    @property
    def label_before(self) -> str:
        """What the period before is called inside a sentence."""
        days = self.days
        return "the day before" if days == 1 else f"the {days} days before"

    @property
    def label_inside(self) -> str:
        """What it is called inside a sentence."""
        if self.word in DAYS:
            return f"the last {DAYS[self.word]} days"
        return f"t{self.label[1:]}" if self.word in OFFERED else f"the time from {self.label}"


@dataclass(frozen=True, slots=True)
class Bucket:
    """One point of a chart over a period."""

    span: Span
    #: "21 Oct–27 Oct"; at most 20 characters, unique in its chart.
    label: str


def parse(words: str, *, now: datetime, zone: str = "") -> Period:
    """The period that somebody typed; nothing typed means the last 30 days.

    Days begin at midnight of ``zone`` (an IANA name; UTC where it is unknown).

    Raises:
        BadInput: a sentence with examples.
    """
    now = _whole(now)
    said = " ".join(words.split()).lower()
    if said.split(" ")[0] == "overview":
        said = said.removeprefix("overview").strip()
    word = said or DEFAULT
    local = now.astimezone(_zone(zone))
    if word in DAYS:
        start = _midnight(local.date() - timedelta(days=DAYS[word] - 1), zone)
        return Period(word, now, Span(start, now), OFFERED[word], zone)
    if word in ("quarter", "year"):
        month = 1 if word == "year" else local.month - (local.month - 1) % 3
        return Period(word, now, Span(_midnight(date(local.year, month, 1), zone), now), OFFERED[word], zone)
    if found := _RANGE.fullmatch(word):
        return _range(found.group(1), found.group(2) or found.group(1), now=now, zone=zone)
    raise BadInput(
        f"I have no report for “{_plain(words)}”. There is the overview, for a period: 7d, 30d, 90d, quarter, year, or from one day to another. Examples: {EXAMPLES}."
    )


def from_key(key: str, *, zone: str) -> Period:
    """The period of a button.

    Raises:
        BadInput: it is none.
    """
    word, _, moment = key.partition("@")
    if not moment.isdecimal():
        raise BadInput(f"That button is too old to be understood. Type {EXAMPLES.split(',')[0]} again.")
    return parse(word, now=datetime.fromtimestamp(int(moment), UTC), zone=zone)


def _range(first: str, last: str, *, now: datetime, zone: str) -> Period:
    try:
        start_day, end_day = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise BadInput(
            f"{first}..{last} names a day that is in no calendar. Example: 2026-10-01..2026-10-31."
        ) from None
    if start_day < EARLIEST:
        raise BadInput(f"{first} is too long ago for a report. Example: 2026-10-01..2026-10-31.")
    if end_day < start_day:
        raise BadInput(f"{first} is after {last}. The earlier day comes first: {last}..{first}.")
    if end_day == date.max or end_day - start_day > LONGEST:
        raise BadInput("A report covers three years at most. Choose days that lie closer together.")
    start, end = _midnight(start_day, zone), min(_midnight(end_day + timedelta(days=1), zone), now)
    if start >= now:
        raise BadInput(
            f"{first} has not come yet. A report covers what has happened; `/rowbot report 30d` is the last 30 days."
        )
    shown_end = min(end_day, now.astimezone(_zone(zone)).date())
    years = "" if start_day.year == shown_end.year else f" {start_day.year}"
    label = f"{_day(start_day)}{years} to {_day(shown_end)} {shown_end.year}"
    return Period(
        f"{first}..{last}",
        now,
        Span(start, end),
        label if shown_end != start_day else f"{_day(start_day)} {start_day.year}",
        zone,
    )


def buckets(period: Period) -> list[Bucket]:
    """The period cut into days, weeks or several weeks of its zone, from its start on: as many as a chart holds.

    The last one may be shorter.
    """
    zone = _zone(period.zone)
    first, last = days_of(period)
    step = 1 if period.days <= BY_DAY else 7 * ceil(period.days / 7 / POINTS)
    cut: list[Bucket] = []
    while first <= last:
        after = first + timedelta(days=step)
        until = min(after - timedelta(days=1), last)
        label = _day(first) if first == until else f"{_day(first)}–{_day(until)}"
        span = Span(
            max(_midnight(first, period.zone), period.span.start), min(_midnight(after, period.zone), period.span.end)
        )
        cut.append(
            Bucket(span, label if period.span.start.astimezone(zone).year == last.year else f"{label} {until:%y}")
        )
        first = after
    return cut


def count_in(cut: Sequence[Bucket], moments: Iterable[datetime], *, shift: timedelta = timedelta()) -> list[int]:
    """How many moments lie in each bucket, each moved by ``shift`` first (the period before, laid over this one)."""
    counts = [0] * len(cut)
    starts = [bucket.span.start for bucket in cut]
    for moment in moments:
        index = bisect_right(starts, moment + shift) - 1
        if index >= 0 and cut[index].span.holds(moment + shift):
            counts[index] += 1
    return counts


def days_of(period: Period) -> tuple[date, date]:
    """The first and the last day of the calendar that a period touches, in its zone."""
    zone = _zone(period.zone)
    return period.span.start.astimezone(zone).date(), (period.span.end - timedelta(milliseconds=1)).astimezone(
        zone
    ).date()


def _whole(moment: datetime) -> datetime:
    """The next whole second: what a button carries, and late enough for everything that has happened."""
    return moment.replace(microsecond=0) + timedelta(seconds=1 if moment.microsecond else 0)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):  # unknown, not a name at all, or the name of a folder
        return ZoneInfo("UTC")


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, _zone(zone)).astimezone(UTC)


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"


def _plain(text: str) -> str:
    """What somebody typed, inside a sentence that is read as markup: their marks take no effect."""
    short = " ".join(text.split())[:60]
    return short.translate(
        {ord("<"): "‹", ord(">"): "›", ord("&"): "+", ord("*"): None, ord("`"): None, ord("~"): None, ord("_"): " "}
    )
