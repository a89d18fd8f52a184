"""When somebody can be reached: their own word before Slack's and the workspace's, on both databases."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.features.teams.calendars import WORKDAYS, Calendar
from bot.features.teams.hours import calendar_of, calendars_of
from storage.database import Database
from storage.hours import Away, AwaySource, Hours
from storage.repository import MACHINE
from storage.unit_of_work import Scope, UnitOfWork

NOW = datetime(2027, 1, 13, 12, 0, tzinfo=UTC)
SCOPE = Scope("T1", MACHINE)


@pytest.fixture
def known(db: Database) -> Database:
    """Ana, as Slack knows her."""

    def meet(uow: UnitOfWork) -> None:
        uow.workspaces.ensure(now=NOW)
        uow.people.meet("UANA", zone="Europe/Lisbon", read_at=NOW)

    db.write_now(SCOPE, meet)
    return db


def choose(db: Database, **fields: Any) -> None:
    """Ana says when she works."""
    db.write_now(
        SCOPE, lambda uow: uow.session.add(Hours(workspace_id="T1", person_id="UANA", updated_at=NOW, **fields))
    )


def take_off(db: Database, first: date, last: date, person_id: str = "UANA", **fields: Any) -> None:
    """Days off."""
    db.write_now(SCOPE, lambda uow: uow.session.add(
        Away(workspace_id="T1", person_id=person_id, first_on=first, last_on=last, created_at=NOW, **fields)
    ))  # fmt: skip


def read(db: Database, person_id: str = "UANA") -> Calendar:
    """The calendar."""
    return db.read_now(SCOPE, calendar_of, person_id, now=NOW)


def test_who_said_nothing_follows_slack_and_the_workspace(known: Database) -> None:
    known.write_now(
        SCOPE,
        lambda uow: uow.settings.change(
            person_id="UADMIN", now=NOW, workdays=(6, 0, 1), quiet_from=1300, work_from=600
        ),
    )
    assert read(known) == Calendar(
        zone="Europe/Lisbon", workdays=(6, 0, 1), starts=600, ends=1020, quiet_from=1300, quiet_until=480
    )


def test_whom_nobody_has_met_has_the_workspaces_days_on_utc(known: Database) -> None:
    assert read(known, "UNOBODY") == Calendar()


def test_what_somebody_says_of_their_own_hours_comes_first_and_is_when_they_can_be_written_to(known: Database) -> None:
    choose(known, zone="Asia/Tokyo", country="JP", workdays=[1, 2, 3], starts_minute=11 * 60, ends_minute=19 * 60)
    assert read(known) == Calendar(
        zone="Asia/Tokyo", workdays=(1, 2, 3), starts=660, ends=1140, quiet_from=1140, quiet_until=660, country="JP"
    )


def test_a_part_of_it_leaves_the_rest_as_it_was(known: Database) -> None:
    choose(known, country="PT")
    assert read(known) == Calendar(zone="Europe/Lisbon", workdays=WORKDAYS, country="PT")


def test_days_off_count_unless_taken_back_or_long_gone(known: Database) -> None:
    take_off(known, date(2027, 2, 1), date(2027, 2, 5))
    take_off(known, date(2027, 1, 11), date(2027, 1, 12), source=AwaySource.STATUS)
    take_off(known, date(2027, 3, 1), date(2027, 3, 5), ended_at=NOW)
    take_off(known, date(2026, 3, 1), date(2026, 3, 5))
    take_off(known, date(2027, 1, 13), date(2027, 1, 13), "UBEN")
    assert read(known).away == ((date(2027, 1, 11), date(2027, 1, 12)), (date(2027, 2, 1), date(2027, 2, 5)))


def test_many_are_read_like_one(known: Database) -> None:
    choose(known, country="PT")

    def both(uow: UnitOfWork) -> dict[str, Calendar]:
        return calendars_of(uow, ["UBEN", "UANA", "UANA"], now=NOW)

    assert known.read_now(SCOPE, both) == {"UANA": read(known), "UBEN": read(known, "UBEN")}
