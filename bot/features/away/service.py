"""Decides about days off and hours: who is away when, and that their check-ins follow at once."""

from datetime import date, datetime, timedelta
from typing import Final

from bot.errors import BadInput, NotFound
from bot.features.away import places
from bot.features.away.card import (
    FIELD_COUNTRY,
    FIELD_ENDS,
    FIELD_FIRST,
    FIELD_LAST,
    FIELD_STARTS,
    FIELD_ZONE,
    DaysOff,
    Mine,
    OwnHours,
    Said,
)
from bot.features.syncs import absences, recurrence
from bot.features.teams import hours
from storage.hours import Away, AwaySource, Hours
from storage.unit_of_work import UnitOfWork

#: Days off are planned this far ahead, and are this long at the most.
AHEAD: Final = timedelta(days=730)
LONGEST: Final = timedelta(days=366)
#: Days off of one person that are kept at once.
MOST: Final = 50
_DAY: Final = timedelta(days=1)


def today_of(uow: UnitOfWork, person_id: str, *, now: datetime) -> date:
    """Which day it is where somebody is."""
    return now.astimezone(recurrence.zone_of(hours.zone_of(uow, person_id))).date()


def mine(uow: UnitOfWork, person_id: str, *, now: datetime) -> Mine:
    """Somebody's own days off and hours."""
    person, chosen, preferences = uow.people.get(person_id), uow.hours.get(person_id), uow.settings.preferences()
    own = _own(chosen)
    country = places.country_named(own.country) if own.country else None
    return Mine(
        today=today_of(uow, person_id, now=now), planned=_planned(uow, person_id, now=now), own=own, slack_zone=person.zone if person is not None else "",
        workdays=preferences.workdays, starts=preferences.work_from, ends=preferences.work_until, country=country.label if country is not None else own.country,
    )  # fmt: skip


def say(uow: UnitOfWork, person_id: str, first: date, last: date, *, now: datetime) -> Said:
    """Take days off. The same days twice are the same days off.

    Raises:
        BadInput: they have passed, are too far ahead or too many; names the field.
    """
    uow.workspaces.ensure(now=now)
    uow.hours.lock(person_id)
    today = today_of(uow, person_id, now=now)
    _require_days(first, last, today)
    planned = _planned(uow, person_id, now=now)
    taken = next((days for days in planned if (days.first, days.last) == (first, last) and not days.by_status), None)
    if taken is None:
        if len(planned) >= MOST:
            raise BadInput(f"{MOST} times away are planned already. Take some back first.", field=FIELD_FIRST)
        taken = _days(uow.hours.add(Away(workspace_id=uow.workspace_id, person_id=person_id, first_on=first, last_on=last, created_by=person_id,
                                         created_at=now)))  # fmt: skip
        absences.follow(uow, person_id, now=now)
    return Said(today, taken=taken)


def take_back(uow: UnitOfWork, away_id: int, *, person_id: str, now: datetime) -> Said:
    """Take days off back; of those that have begun, what is left of them.

    Raises:
        NotFound: they are not theirs.
    """
    uow.hours.lock(person_id)
    row = uow.hours.one(away_id)
    if row is None or row.person_id != person_id:
        raise NotFound("Those days off are not there any more. `/rowbot away` shows yours.")
    today = today_of(uow, person_id, now=now)
    was = _days(row)
    if row.ended_at is None and row.last_on >= today:
        _end(row, today, now=now)
        absences.follow(uow, person_id, now=now)
    return Said(today, back=(was,), others=_planned(uow, person_id, now=now))


def come_back(uow: UnitOfWork, person_id: str, *, now: datetime) -> Said:
    """Be back: whatever keeps them away today ends; what is planned for later stays."""
    uow.hours.lock(person_id)
    today = today_of(uow, person_id, now=now)
    rows = [row for row in uow.hours.away([person_id], since=today).get(person_id, []) if row.first_on <= today]
    ended = tuple(_days(row) for row in rows)
    for row in rows:
        _end(row, today, now=now)
    if rows:
        absences.follow(uow, person_id, now=now)
    return Said(today, back=ended, others=_planned(uow, person_id, now=now))


def keep_hours(uow: UnitOfWork, person_id: str, chosen: OwnHours, *, now: datetime) -> bool:
    """Choose zone, country, days and hours; whether that changed anything.

    Raises:
        BadInput: names the field.
    """
    _require_hours(chosen)
    uow.workspaces.ensure(now=now)
    row = uow.hours.ensure(person_id, now=now)
    if _own(row) == chosen:
        return False
    row.zone, row.country, row.workdays = chosen.zone, chosen.country, list(chosen.workdays) or None
    row.starts_minute, row.ends_minute, row.updated_at = chosen.starts, chosen.ends, now
    absences.follow(uow, person_id, now=now)
    return True


def keep(
    uow: UnitOfWork, person_id: str, first: date | None, last: date | None, chosen: OwnHours, *, now: datetime
) -> Said:
    """What a form says: days off, if there are any in it, and hours.

    Raises:
        BadInput: names the field.
    """
    if last is not None and first is None:
        raise BadInput("Choose the first day off, too.", field=FIELD_FIRST)
    hours_changed = keep_hours(uow, person_id, chosen, now=now)
    today = today_of(uow, person_id, now=now)
    taken = say(uow, person_id, first, last or first, now=now).taken if first is not None else None
    return Said(today, taken=taken, hours_changed=hours_changed)


# --- rows -------------------------------------------------------------------------------------------------------


def _end(row: Away, today: date, *, now: datetime) -> None:
    """Let days off end before today; days that have passed stay as they were."""
    if row.first_on < today and row.source is AwaySource.SAID:
        row.last_on = today - _DAY
    else:  # of a status it is remembered that it counts no more, until it changes
        row.ended_at = now


def _planned(uow: UnitOfWork, person_id: str, *, now: datetime) -> tuple[DaysOff, ...]:
    today = today_of(uow, person_id, now=now)
    return tuple(_days(row) for row in uow.hours.away([person_id], since=today).get(person_id, []))


def _days(row: Away) -> DaysOff:
    return DaysOff(row.id, row.first_on, row.last_on, by_status=row.source is AwaySource.STATUS)


def _own(chosen: Hours | None) -> OwnHours:
    if chosen is None:
        return OwnHours()
    return OwnHours(chosen.zone, chosen.country, tuple(chosen.workdays or ()), chosen.starts_minute, chosen.ends_minute)


def _require_days(first: date, last: date, today: date) -> None:
    if last < first:
        raise BadInput("The last day off lies before the first. Choose a later one.", field=FIELD_LAST)
    if last < today:
        raise BadInput("Those days have passed. Choose days from today on.", field=FIELD_LAST)
    if first > today + AHEAD:
        raise BadInput("That is more than two years ahead. Choose earlier days.", field=FIELD_FIRST)
    if last - first > LONGEST:
        raise BadInput("That is more than a year. Choose a year at most; it can be prolonged later.", field=FIELD_LAST)


def _require_hours(chosen: OwnHours) -> None:
    if chosen.zone and places.zone_named(chosen.zone) is None:
        raise BadInput("I do not know that zone. Choose one from the list.", field=FIELD_ZONE)
    if chosen.country and places.country_named(chosen.country) is None:
        raise BadInput("I know no holidays of that country. Choose one from the list.", field=FIELD_COUNTRY)
    if (chosen.starts is None) != (chosen.ends is None):
        missing = FIELD_STARTS if chosen.starts is None else FIELD_ENDS
        raise BadInput("Choose both times, or neither to follow the workspace.", field=missing)
    if chosen.starts is not None and chosen.starts == chosen.ends:
        raise BadInput("These are the same time. Choose when you stop.", field=FIELD_ENDS)
