"""Decides that somebody is away as their Slack status says. Kept are the days; the words of the status are not."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from bot.features.away import statuses
from bot.features.away.service import today_of
from bot.features.syncs import absences, recurrence
from bot.features.teams import hours
from bot.features.teams.calendars import Calendar
from storage.hours import Away, AwaySource
from storage.unit_of_work import UnitOfWork

User = Mapping[str, Any]


def changed(uow: UnitOfWork, users: Sequence[User], now: datetime) -> list[User]:
    """Those of these people, as Slack tells of them, whose status says something else of their days off than we know.

    A cheap look before anything is written: profiles change all the time.
    """
    ids = [str(user["id"]) for user in users]
    known = uow.hours.by_status(ids, since=(now - recurrence.WIDEST).date())
    speaking = [user for user in users if str(user["id"]) in known or _speaks(user)]
    calendars = hours.calendars_of(uow, [str(user["id"]) for user in speaking], now=now) if speaking else {}
    return [user for user in speaking
            if _differs(user, known.get(str(user["id"]), []), calendars[str(user["id"])], now=now)]  # fmt: skip


def follow(uow: UnitOfWork, user: User, *, now: datetime) -> bool:
    """Let somebody be away as their status says, and back when it says so no more; whether that changed anything.

    Who said that they are back stays back until their status changes.
    """
    person_id = str(user["id"])
    uow.workspaces.ensure(now=now)
    uow.hours.lock(person_id)
    today, calendar = today_of(uow, person_id, now=now), hours.calendar_of(uow, person_id, now=now)
    rows = uow.hours.by_status([person_id], since=today).get(person_id, [])
    if not _differs(user, rows, calendar, now=now):
        return False
    last = _last_day(user, calendar, now=now)
    active = next((row for row in rows if row.ended_at is None), None)
    if last is None:
        for row in rows:
            if row.ended_at is None and row.first_on >= today:
                row.ended_at = now
            row.last_on = min(row.last_on, today - timedelta(days=1))  # another status, later, is another time away
    elif active is not None:
        active.last_on = last
    else:
        uow.hours.add(
            Away(
                workspace_id=uow.workspace_id,
                person_id=person_id,
                first_on=today,
                last_on=last,
                source=AwaySource.STATUS,
                created_at=now,
            )
        )
    absences.follow(uow, person_id, now=now)
    return True


def _differs(user: User, rows: Sequence[Away], calendar: Calendar, *, now: datetime) -> bool:
    """Whether a status says something that these days off, of which it told before, do not."""
    last = _last_day(user, calendar, now=now)
    today = now.astimezone(recurrence.zone_of(calendar.zone)).date()
    standing = [row for row in rows if row.last_on >= today]
    return bool(standing) if last is None else all(row.last_on != last for row in standing)


def _last_day(user: User, calendar: Calendar, *, now: datetime) -> date | None:
    return statuses.last_day(user.get("profile") or {}, calendar, now=now) if _speaks(user) else None


def _speaks(user: User) -> bool:
    """Whether somebody who is here may have a status that says that they are away."""
    profile = user.get("profile") or {}
    return not (user.get("deleted") or user.get("is_bot")) and bool(
        profile.get("status_text") or profile.get("status_emoji")
    )
