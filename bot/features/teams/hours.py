"""Decides when people can be reached: what they chose, else what Slack and the workspace say."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from bot.features.teams.calendars import Calendar
from storage.hours import Away, Hours
from storage.people import Person
from storage.preferences import Preferences
from storage.unit_of_work import UnitOfWork

#: Days off that ended longer ago than this change nothing any more, not even a round that opens late.
REMEMBERED: Final = timedelta(days=35)


def calendar_of(uow: UnitOfWork, person_id: str, *, now: datetime) -> Calendar:
    """When somebody works and may be written to; for people whom nobody has met, what the workspace says."""
    return calendars_of(uow, [person_id], now=now)[person_id]


def calendars_of(uow: UnitOfWork, person_ids: Collection[str], *, now: datetime) -> dict[str, Calendar]:
    """The same for several people, by person: three reads, however many they are."""
    people, chosen = uow.people.named(person_ids), uow.hours.of(person_ids)
    away = uow.hours.away(person_ids, since=(now - REMEMBERED).date())
    preferences = uow.settings.preferences()
    return {
        each: _calendar(people.get(each), chosen.get(each), away.get(each, []), preferences)
        for each in sorted(set(person_ids))
    }


def look_ahead(uow: UnitOfWork, person_ids: Collection[str], *, now: datetime) -> None:
    """Read what calendars of these people are made of, for the rest of this unit."""
    uow.settings.look_ahead()
    uow.people.look_ahead(person_ids)
    uow.hours.look_ahead(person_ids, since=(now - REMEMBERED).date())


def zone_of(uow: UnitOfWork, person_id: str) -> str:
    """The zone of a person's clock: the one they chose, else as Slack last said; "" where it is unknown."""
    return _zone(uow.people.get(person_id), uow.hours.get(person_id))


def _zone(person: Person | None, chosen: Hours | None) -> str:
    return (chosen.zone if chosen is not None else "") or (person.zone if person is not None else "")


def _calendar(
    person: Person | None, chosen: Hours | None, away: Collection[Away], preferences: Preferences
) -> Calendar:
    starts, ends, quiet = (
        preferences.work_from,
        preferences.work_until,
        (preferences.quiet_from, preferences.quiet_until),
    )
    if chosen is not None and chosen.starts_minute is not None and chosen.ends_minute is not None:
        # Who says when they work says when they do not: that takes the place of the workspace's quiet hours.
        starts, ends = chosen.starts_minute, chosen.ends_minute
        quiet = (ends, starts)
    return Calendar(
        zone=_zone(person, chosen),
        workdays=tuple(chosen.workdays) if chosen is not None and chosen.workdays else preferences.workdays,
        starts=starts, ends=ends, quiet_from=quiet[0], quiet_until=quiet[1],
        country=chosen.country if chosen is not None else "",
        away=tuple((row.first_on, row.last_on) for row in away),
    )  # fmt: skip
