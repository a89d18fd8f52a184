"""Days off and hours as people choose them, and as their Slack status tells, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from bot.errors import BadInput, NotFound
from bot.features.away import following, service
from bot.features.away.card import OwnHours, Said
from bot.features.teams.hours import calendar_of
from storage.database import Database
from storage.hours import Away
from storage.repository import MACHINE
from storage.unit_of_work import Scope, UnitOfWork

#: A Wednesday.
NOW = datetime(2027, 1, 13, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
DAY = timedelta(days=1)
SCOPE = Scope("T1", MACHINE)


@pytest.fixture
def known(db: Database) -> Database:
    """Ana, as Slack knows her."""

    def meet(uow: UnitOfWork) -> None:
        uow.workspaces.ensure(now=NOW)
        uow.people.meet("UANA", zone="Europe/Lisbon", read_at=NOW)

    db.write_now(SCOPE, meet)
    return db


def say(db: Database, first: date, last: date, *, now: datetime = NOW) -> Said:
    """Ana takes days off."""
    return db.write_now(SCOPE, service.say, "UANA", first, last, now=now)


def away(db: Database, *, now: datetime = NOW) -> tuple[tuple[date, date], ...]:
    """When Ana is away."""
    return db.read_now(SCOPE, calendar_of, "UANA", now=now).away


def test_days_off_are_taken_once_and_taken_back(known: Database) -> None:
    taken = say(known, TODAY + 5 * DAY, TODAY + 9 * DAY).taken
    assert taken is not None
    assert say(known, TODAY + 5 * DAY, TODAY + 9 * DAY).taken == taken
    assert away(known) == ((TODAY + 5 * DAY, TODAY + 9 * DAY),)
    for _ in range(2):
        said = known.write_now(SCOPE, service.take_back, taken.id, person_id="UANA", now=NOW)
        assert said.back == (taken,)
        assert away(known) == ()


def test_two_presses_at_once_are_one(known: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: say(known, TODAY, TODAY), range(4)))
    assert len(known.read_now(SCOPE, lambda uow: list(uow.session.exec(select(Away.id))))) == 1


def test_nobody_takes_back_what_is_anothers(known: Database) -> None:
    taken = say(known, TODAY, TODAY).taken
    assert taken is not None
    with pytest.raises(NotFound, match="not there any more"):
        known.write_now(SCOPE, service.take_back, taken.id, person_id="UBEN", now=NOW)
    with pytest.raises(NotFound):
        known.write_now(Scope("T2", MACHINE), service.take_back, taken.id, person_id="UANA", now=NOW)


def test_coming_back_early_keeps_the_days_that_passed_and_what_is_planned_for_later(known: Database) -> None:
    say(known, TODAY - 2 * DAY, TODAY + 3 * DAY)
    say(known, TODAY, TODAY + DAY)
    say(known, TODAY + 30 * DAY, TODAY + 31 * DAY)
    said = known.write_now(SCOPE, service.come_back, "UANA", now=NOW)
    assert len(said.back) == 2
    assert [days.first for days in said.others] == [TODAY + 30 * DAY]
    assert away(known) == ((TODAY - 2 * DAY, TODAY - DAY), (TODAY + 30 * DAY, TODAY + 31 * DAY))


def test_today_is_the_day_where_the_person_is(known: Database) -> None:
    known.write_now(SCOPE, lambda uow: uow.people.meet("UANA", zone="Pacific/Auckland"))
    assert known.read_now(SCOPE, service.today_of, "UANA", now=NOW) == TODAY + DAY
    with pytest.raises(BadInput, match="have passed"):
        say(known, TODAY, TODAY)


@pytest.mark.parametrize(
    ("first", "last", "field", "why"),
    [
        (TODAY + DAY, TODAY, "absence.last", "before the first"), (TODAY - DAY, TODAY - DAY, "absence.last", "have passed"),
        (TODAY + 800 * DAY, TODAY + 800 * DAY, "absence.first", "two years"), (TODAY, TODAY + 367 * DAY, "absence.last", "more than a year"),
    ],
)  # fmt: skip
def test_days_that_cannot_be_days_off_are_refused_beside_their_field(
    known: Database, first: date, last: date, field: str, why: str
) -> None:
    with pytest.raises(BadInput, match=why) as refused:
        say(known, first, last)
    assert refused.value.field == field


CHOSEN = OwnHours("Asia/Tokyo", "JP", (1, 2), 600, 1000)


def test_hours_are_kept_and_given_back_to_the_workspace(known: Database) -> None:
    assert known.write_now(SCOPE, service.keep_hours, "UANA", CHOSEN, now=NOW)
    assert not known.write_now(SCOPE, service.keep_hours, "UANA", CHOSEN, now=NOW)
    mine = known.read_now(SCOPE, service.mine, "UANA", now=NOW)
    assert (mine.own, mine.country, mine.slack_zone) == (CHOSEN, "Japan", "Europe/Lisbon")
    assert known.write_now(SCOPE, service.keep_hours, "UANA", OwnHours(), now=NOW)
    calendar = known.read_now(SCOPE, calendar_of, "UANA", now=NOW)
    assert (calendar.zone, calendar.country, calendar.starts, calendar.quiet_from) == ("Europe/Lisbon", "", 540, 1140)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"zone": "Mars/Olympus"}, "absence.zone"), ({"country": "XX"}, "absence.country"), ({"starts": None}, "absence.starts"),
     ({"ends": None}, "absence.ends"), ({"ends": 600}, "absence.ends")],
)  # fmt: skip
def test_hours_that_cannot_be_are_refused_beside_their_field(
    known: Database, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        known.write_now(SCOPE, service.keep_hours, "UANA", replace(CHOSEN, **changes), now=NOW)
    assert refused.value.field == field


# --- by status ----------------------------------------------------------------------------------------------------


def ana(text: str = "", *, ends: datetime | None = None, **fields: Any) -> dict[str, Any]:
    """Ana, as Slack tells of her."""
    status = {"status_text": text, "status_emoji": "", "status_expiration": int(ends.timestamp()) if ends else 0}
    return {"id": "UANA", "profile": status} | fields


def hear(db: Database, user: dict[str, Any], *, now: datetime = NOW) -> bool:
    """Slack tells; whether that changed anything."""
    if not db.read_now(SCOPE, following.changed, [user], now):
        return False
    return db.write_now(SCOPE, following.follow, user, now=now)


FRIDAY = datetime(2027, 1, 15, 23, 59, tzinfo=UTC)


def test_a_status_takes_days_off_until_it_ends_and_keeps_no_words(known: Database) -> None:
    assert hear(known, ana("Vacationing in Bali with Bo", ends=FRIDAY))
    assert not hear(known, ana("Vacationing", ends=FRIDAY))
    assert away(known) == ((TODAY, FRIDAY.date()),)
    (row,) = known.read_now(SCOPE, lambda uow: list(uow.session.exec(select(Away))))
    assert "Bali" not in repr(row.model_dump())


def test_a_status_that_goes_ends_them_and_the_days_that_passed_stay(known: Database) -> None:
    hear(known, ana("Out sick", ends=FRIDAY))
    assert hear(known, ana("In a meeting"), now=NOW + DAY)
    assert away(known, now=NOW + DAY) == ((TODAY, TODAY),)
    assert not hear(known, ana(), now=NOW + DAY)


def test_a_status_without_an_end_counts_until_it_changes_and_one_that_is_prolonged_is_one(known: Database) -> None:
    hear(known, ana("On leave"))
    assert away(known) == ((TODAY, date.max),)
    assert hear(known, ana("On leave", ends=FRIDAY))
    assert away(known) == ((TODAY, FRIDAY.date()),)
    hear(known, ana())
    assert away(known) == ()


def test_who_said_they_are_back_stays_back_until_their_status_changes(known: Database) -> None:
    hear(known, ana("OOO", ends=FRIDAY))
    known.write_now(SCOPE, service.come_back, "UANA", now=NOW)
    assert away(known) == ()
    assert not hear(known, ana("OOO", ends=FRIDAY))
    assert hear(known, ana())
    assert hear(known, ana("OOO", ends=FRIDAY))
    assert away(known) == ((TODAY, FRIDAY.date()),)


def test_what_somebody_said_themselves_outlives_their_status(known: Database) -> None:
    say(known, TODAY, TODAY + DAY)
    hear(known, ana("OOO"))
    hear(known, ana())
    assert away(known) == ((TODAY, TODAY + DAY),)


def test_who_is_deactivated_or_a_bot_takes_no_days_off(known: Database) -> None:
    assert not hear(known, ana("OOO", deleted=True))
    assert not hear(known, ana("OOO", is_bot=True))
    assert away(known) == ()


def test_the_same_told_twice_at_once_is_one_time_away(known: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: hear(known, ana("OOO", ends=FRIDAY)), range(4)))
    assert len(known.read_now(SCOPE, lambda uow: list(uow.session.exec(select(Away.id))))) == 1
