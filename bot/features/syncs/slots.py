"""When people of several zones can meet: up to three moments, fair to all of them. Pure arithmetic.

A moment strains somebody by as many minutes as it lies outside of their nearest working hours; days off have none, so whatever lies on
one is far from them. Moments that strain nobody come first. Where there are none, the ones that cost least are proposed, and a minute
costs the more, the more minutes its bearer has borne already: squares let two people share rather than one bear all, and what was borne
before is spared next.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

from bot.features.syncs.recurrence import instant, zone_of
from bot.features.teams.calendars import Calendar

MOST: Final = 3
#: Moments are full and half hours of UTC, which are quarter hours at the least on any clock.
STEP: Final = 30
#: Farther outside of somebody's hours is their night, or their day off.
FARTHEST: Final = 8 * 60
#: Two moments of one day lie this far apart at least.
APART: Final = 120
#: Closer than this on the clock, moments of two days are the same time of day: whoever never can then can at none of them.
ANOTHER_TIME: Final = 60
_DAY: Final = 24 * 60
_LUNCH: Final = (12 * 60, 13 * 60)
#: Who works across a holiday season is still found.
_AROUND: Final = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment at which all could meet."""

    starts_at: datetime
    #: For whom it is outside of their hours, and by how many minutes.
    strain: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Candidate:
    minute: int
    strain: Mapping[str, int]
    cost: int

    @property
    def day(self) -> int:
        return self.minute // _DAY


def propose(
    calendars: Mapping[str, Calendar], *, minutes: int, start: datetime, end: datetime, most: int = MOST,
    borne: Iterable[Mapping[str, int]] = (), without: Collection[datetime] = (), weekdays: Collection[int] = (), zone: str = "",
) -> list[Moment]:  # fmt: skip
    """Up to ``most`` moments that begin between ``start`` and ``end``, in order; none where somebody has no hours in all that time.

    ``borne``: what earlier meetings strained whom by, the oldest first. ``without``: moments that were proposed already.
    ``weekdays``: only on these (0 is Monday) of a calendar in ``zone``; empty: on any.
    """
    hours = {person: _hours(calendar, start, end) for person, calendar in calendars.items()}
    if not hours or not all(hours.values()):
        return []
    load = _load(calendars, borne)
    known = {_minute(moment) for moment in without}
    found = []
    for minute in range(-(-_minute(start) // STEP) * STEP, _minute(end) + 1, STEP):
        if minute in known or (weekdays and _moment(minute).astimezone(zone_of(zone)).weekday() not in weekdays):
            continue
        strain = {person: _strain(spans, minute, minutes) for person, spans in hours.items()}
        if max(strain.values()) <= FARTHEST:
            found.append((minute, {person: by for person, by in strain.items() if by}))
    easy = [
        _Candidate(minute, strain, _discomfort(calendars, minute, minutes)) for minute, strain in found if not strain
    ]
    hard = [_Candidate(minute, strain, _price(load, strain)) for minute, strain in found if strain]
    chosen = _choose(easy or hard, most=most, another_time=len(calendars) if easy else 0)
    return [Moment(_moment(each.minute), each.strain) for each in chosen]


def _choose(candidates: Sequence[_Candidate], *, most: int, another_time: int) -> list[_Candidate]:
    """The cheapest, one a day as long as there are days; at another time of day than those before where that is no dearer."""
    chosen: list[_Candidate] = []

    def rank(each: _Candidate) -> tuple[int, int]:
        between = [(each.minute - other.minute + _DAY // 2) % _DAY - _DAY // 2 for other in chosen]
        return each.cost + another_time * any(abs(gap) <= ANOTHER_TIME for gap in between), each.minute

    while len(chosen) < most:
        days = {each.day for each in chosen}
        left = [each for each in candidates if each.day not in days]
        if not left:
            left = [each for each in candidates if all(abs(each.minute - other.minute) >= APART for other in chosen)]
        if not left:
            break
        chosen.append(min(left, key=rank))
    return sorted(chosen, key=lambda each: each.minute)


def _load(people: Iterable[str], borne: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """What each has borne more than who has borne least."""
    total = dict.fromkeys(people, 0)
    for strain in borne:
        for person, by in strain.items():
            if person in total:
                total[person] += by
    least = min(total.values())
    return {person: by - least for person, by in total.items()}


def _price(load: Mapping[str, int], strain: Mapping[str, int]) -> int:
    return sum((load[person] + by) ** 2 - load[person] ** 2 for person, by in strain.items())


def _discomfort(calendars: Mapping[str, Calendar], minute: int, minutes: int) -> int:
    """How many would rather not: their first or last half hour (1), or lunch (2)."""
    cost = 0
    for calendar in calendars.values():
        wall = _moment(minute).astimezone(zone_of(calendar.zone))
        begins = wall.hour * 60 + wall.minute
        length = (calendar.ends - calendar.starts) % _DAY or _DAY
        into = (begins - calendar.starts) % _DAY
        cost += (
            (into < STEP) + (into + minutes > length - STEP) + 2 * (begins < _LUNCH[1] and begins + minutes > _LUNCH[0])
        )
    return cost


def _hours(calendar: Calendar, start: datetime, end: datetime) -> list[tuple[int, int]]:
    """Somebody's working hours around that time as first and last minute, in order and without those that touch."""
    spans: list[tuple[int, int]] = []
    day, last = (start - _AROUND).date(), (end + _AROUND).date()
    while day <= last:
        if calendar.works_on(day):
            over = calendar.ends <= calendar.starts
            begins = _minute(_at(day, calendar.starts, calendar.zone))
            ends = _minute(_at(day + timedelta(days=over), calendar.ends, calendar.zone))
            if spans and begins <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(ends, spans[-1][1]))
            elif ends > begins:
                spans.append((begins, ends))
        day += timedelta(days=1)
    return spans


def _at(day: date, minute: int, zone: str) -> datetime:
    return instant(day + timedelta(days=minute // _DAY), minute % _DAY, zone)


def _strain(spans: Sequence[tuple[int, int]], minute: int, minutes: int) -> int:
    """By how many minutes a meeting lies outside of the nearest hours."""
    place = bisect_right(spans, (minute, minute + _DAY * 365))
    near = spans[max(place - 1, 0) : place + 1]
    return min(max(begins - minute, 0) + max(minute + minutes - ends, 0) for begins, ends in near)


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


def _moment(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)
