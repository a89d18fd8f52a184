"""One person's calendar as far as Rowbot knows it: days and hours on which they may be asked. Pure arithmetic.

Rowbot reads no calendars: zone and status come from Slack, country and hours from the person, days off from both.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Final

#: Monday to Friday.
WORKDAYS: Final = (0, 1, 2, 3, 4)
#: The last day of a time away whose end nobody knows. Nothing is counted on from it.
ENDLESS: Final = date.max


@dataclass(frozen=True, slots=True)
class Calendar:
    """When one person works and may be written to. Minutes are after midnight on their own clock."""

    #: IANA name; "" is UTC.
    zone: str = ""
    #: Days on which they work (0 is Monday); empty: all.
    workdays: tuple[int, ...] = WORKDAYS
    #: Between these they work; when the end is not later than the start, over midnight.
    starts: int = 9 * 60
    ends: int = 17 * 60
    #: Between these they are sent nothing; equal ends mean never.
    quiet_from: int = 19 * 60
    quiet_until: int = 8 * 60
    #: Whose public holidays are days off: "DE", "DE-BY"; "": none.
    country: str = ""
    #: First and last day of each time away.
    away: tuple[tuple[date, date], ...] = ()

    def works_on(self, day: date) -> bool:
        """Whether they are asked on this day."""
        return (
            (day.weekday() in self.workdays or not self.workdays)
            and not holiday(self.country, day)
            and not self.is_away(day)
        )

    def as_if_here(self) -> "Calendar":
        """The same without the times away: when they would have been asked."""
        return replace(self, away=()) if self.away else self

    def is_away(self, day: date) -> bool:
        """Whether they are away on this day."""
        return any(first <= day <= last for first, last in self.away)


def holiday(country: str, day: date) -> str:
    """The name of the public holiday that a day is in a country, or in one of its subdivisions; "" if it is none."""
    return _holidays(country, day.year).get(day, "") if country else ""


@lru_cache(maxsize=512)
def _holidays(country: str, year: int) -> dict[date, str]:
    # Imported here: it costs 0.1 s and 10 MB that a workspace without countries should not pay.
    import holidays  # noqa: PLC0415

    code, _, subdivision = country.partition("-")
    try:
        found = holidays.country_holidays(code, subdiv=subdivision or None, years=year)
    except NotImplementedError:  # a country or subdivision that the library does not know
        return {}
    return dict(found.items())
