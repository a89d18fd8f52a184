"""Who is here for a round and who is away, and what that does to their moments. Pure arithmetic.

Public holidays and weekends move somebody's prompt to their next working day, if that is not in the next round. Days off leave them out: whoever is away from the
moment at which they would have been asked until they would have been counted as silent is asked when they are back, if the
round is still open by then for somebody who is here; else not at all.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.features.syncs.recurrence import (
    HORIZON,
    SHORTEST,
    Times,
    allowed,
    instant,
    reminder_between,
    times,
    times_from,
    zone_of,
)
from bot.features.teams.calendars import ENDLESS, Calendar

#: Who is due for longer than this when a round opens is asked anew from then on; else their moments stand.
LATE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Part:
    """One person's part in a round. Who is away has the moments that they would have had."""

    times: Times
    #: The working day on which they are back; None for who is asked; `ENDLESS` where it is not known.
    back_on: date | None = None

    @property
    def is_away(self) -> bool:
        """Whether they are left out."""
        return self.back_on is not None


@dataclass(frozen=True, slots=True)
class Clocks:
    """On which clocks a check-in is held."""

    calendars: Mapping[str, Calendar]
    at_minute: int
    deadline_minute: int
    #: The zone of the one whose clock rules; None: each is asked on their own.
    zone: str | None = None

    def parts(
        self, day: date, *, people: Collection[str] | None = None, now: datetime | None = None
    ) -> dict[str, Part]:
        """Each one's part in a round of this day; of these people only, if there are some.

        ``now``: it is opened at this moment; who has been due for long is asked anew from then on.
        """
        drawn: dict[str, Part] = {}
        for person_id in sorted(self.calendars if people is None else people):
            drawn[person_id] = self._part(day, self.calendars[person_id], now=now)
        closes_at = max((part.times.deadline_at for part in drawn.values() if not part.is_away), default=None)
        if closes_at is not None:
            for person_id, part in drawn.items():
                later = (
                    when_back(part.times.due_at, closes_at, self.calendars[person_id], self.deadline_minute)
                    if part.is_away
                    else None
                )
                if later is not None:
                    drawn[person_id] = Part(later)
        return drawn

    def _part(self, day: date, calendar: Calendar, *, now: datetime | None) -> Part:
        here = times(day, self.at_minute, calendar.as_if_here(), self.deadline_minute, zone=self.zone)
        if (
            here is not None
            and now is not None
            and now - here.due_at > LATE
            and not is_absent(here.due_at, here.deadline_at, calendar)
        ):
            here = times_from(now, calendar.as_if_here(), self.deadline_minute)
        if here is None:  # no working day at all: they would never be asked
            moment = instant(day, self.at_minute, calendar.zone)
            return Part(Times(moment, moment, moment), ENDLESS)
        if is_absent(here.due_at, here.deadline_at, calendar):
            return Part(here, back_on(here.due_at, calendar))
        start = allowed(here.due_at, calendar) or here.due_at
        return Part(Times(start, reminder_between(start, here.deadline_at, calendar), here.deadline_at))

    def parts_before(self, following: date, parts: Mapping[str, Part]) -> dict[str, Part]:
        """Parts in a round that lies close before the one of ``following``: nobody is asked about two at once.

        Deadlines end where the next round opens. Whom a public holiday moved to the day of the next one, or who has no hour
        before it, is left out.
        """
        until, later = self.opens_at(following), self.parts(following)
        return {
            person_id: _before(part, until, later[person_id].times.due_at, self.calendars[person_id])
            for person_id, part in parts.items()
        }

    def opens_at(self, day: date) -> datetime:
        """When a round of this day opens: the moment of the first who is asked; if nobody is, of the first who would have been."""
        parts = self.parts(day).values()
        asked = [part.times.due_at for part in parts if not part.is_away]
        if asked or parts:
            return min(asked or [part.times.due_at for part in parts])
        return instant(day, self.at_minute, self.zone or "")


def _before(part: Part, until: datetime, next_due_at: datetime, calendar: Calendar) -> Part:
    due, zone = part.times.due_at, zone_of(calendar.zone)
    if part.is_away or part.times.deadline_at <= until:
        return part
    if due + SHORTEST > until or due.astimezone(zone).date() >= next_due_at.astimezone(zone).date():
        return Part(Times(due, until, until), back_on(due, calendar))
    return Part(Times(due, reminder_between(due, until, calendar), until))


def is_absent(start: datetime, deadline: datetime, calendar: Calendar) -> bool:
    """Whether somebody's days off leave them less than an hour between these; what is short by itself is no absence."""
    found = allowed(start, calendar)
    return found != allowed(start, calendar.as_if_here()) and (found is None or found + SHORTEST > deadline)


def back_on(moment: datetime, calendar: Calendar) -> date:
    """The first day from a moment on, on which somebody works; `ENDLESS` if none is in sight."""
    day = moment.astimezone(zone_of(calendar.zone)).date()
    return next(
        (found for found in (day + timedelta(days=ahead) for ahead in range(HORIZON)) if calendar.works_on(found)),
        ENDLESS,
    )


def when_back(start: datetime, closes_at: datetime, calendar: Calendar, deadline_minute: int) -> Times | None:
    """When somebody is asked in a round that goes on until ``closes_at``, from ``start`` on; None: they are not back in time."""
    found = times_from(start, calendar, deadline_minute)
    if found is None or found.due_at + SHORTEST > closes_at:
        return None
    deadline = min(found.deadline_at, closes_at)
    return Times(found.due_at, reminder_between(found.due_at, deadline, calendar), deadline)
