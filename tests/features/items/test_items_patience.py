"""When an owner may be told, and until when their word is waited for: on their own calendar, across weekends, days off and clock changes."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.features.items.patience import answer_due, is_away, local_day, tellable_from
from bot.features.teams.calendars import Calendar

LISBON = Calendar(zone="Europe/Lisbon")
#: A Monday.
MONDAY = datetime(2027, 1, 18, 10, 0, tzinfo=UTC)
ZONES = st.sampled_from(["", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", "Nowhere/None"])
CALENDARS = st.builds(
    Calendar, zone=ZONES, workdays=st.lists(st.integers(0, 6), unique=True, max_size=7).map(tuple), starts=st.integers(0, 1439), ends=st.integers(0, 1439),
    quiet_from=st.integers(0, 1439), quiet_until=st.integers(0, 1439), country=st.just(""),
    away=st.lists(st.tuples(st.dates(date(2027, 1, 1), date(2027, 2, 1)), st.dates(date(2027, 1, 1), date(2027, 2, 1))), max_size=2).map(tuple),
)  # fmt: skip
MOMENTS = st.datetimes(datetime(2027, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


def test_two_working_days_from_monday_ten_are_wednesday_ten() -> None:
    assert answer_due(LISBON, MONDAY, 2) == MONDAY + timedelta(days=2)


def test_a_weekend_a_holiday_and_days_away_do_not_count() -> None:
    friday = MONDAY + timedelta(days=4)
    assert answer_due(LISBON, friday, 2) == friday + timedelta(days=4)
    away = Calendar(zone="Europe/Lisbon", away=((date(2027, 1, 19), date(2027, 1, 20)),))
    assert answer_due(away, MONDAY, 2) == MONDAY + timedelta(days=4)
    german = Calendar(zone="UTC", country="DE")
    assert answer_due(german, datetime(2027, 3, 25, 10, tzinfo=UTC), 1) == datetime(
        2027, 3, 30, 10, tzinfo=UTC
    )  # Easter


def test_told_on_a_day_off_it_counts_from_the_morning_of_the_next_working_day() -> None:
    saturday = MONDAY - timedelta(days=2)
    assert answer_due(LISBON, saturday, 1) == datetime(2027, 1, 19, 9, tzinfo=UTC)


def test_late_in_the_evening_counts_as_the_end_of_the_working_day() -> None:
    assert answer_due(LISBON, datetime(2027, 1, 18, 18, 30, tzinfo=UTC), 1) == datetime(2027, 1, 19, 17, tzinfo=UTC)


def test_the_same_time_of_day_across_a_clock_change() -> None:
    friday = datetime(2027, 3, 26, 10, tzinfo=UTC)  # Lisbon is an hour ahead of UTC from Sunday on
    assert answer_due(LISBON, friday, 1) == datetime(2027, 3, 29, 9, tzinfo=UTC)


def test_nobody_is_told_at_night_or_on_a_day_off() -> None:
    assert tellable_from(LISBON, MONDAY) == MONDAY
    assert tellable_from(LISBON, datetime(2027, 1, 18, 22, tzinfo=UTC)) == datetime(2027, 1, 19, 8, tzinfo=UTC)
    assert tellable_from(LISBON, datetime(2027, 1, 16, 10, tzinfo=UTC)) == datetime(2027, 1, 18, 8, tzinfo=UTC)
    assert tellable_from(Calendar(quiet_from=0, quiet_until=0), datetime(2027, 1, 16, 10, tzinfo=UTC)) == datetime(
        2027, 1, 18, tzinfo=UTC
    )


@given(CALENDARS, MOMENTS, st.integers(1, 30))
def test_the_day_it_is_due_is_a_working_day_and_so_many_of_them_have_gone_by(
    calendar: Calendar, told_at: datetime, days: int
) -> None:
    due = answer_due(calendar, told_at, days)
    first, last = local_day(calendar, told_at), local_day(calendar, due)
    assert due >= told_at
    worked = sum(calendar.works_on(first + timedelta(days=number)) for number in range(1, (last - first).days + 1))
    if (last - first).days < 55:
        assert calendar.works_on(last)
        assert worked in (days, days + 1)  # told on a day off, the next working day only begins it


@given(CALENDARS, MOMENTS)
def test_the_moment_at_which_they_are_told_is_theirs_and_asking_again_then_changes_nothing(
    calendar: Calendar, moment: datetime
) -> None:
    at = tellable_from(calendar, moment)
    assert moment <= at <= moment + timedelta(days=61)
    if at < moment + timedelta(days=60):
        assert tellable_from(calendar, at) == at
        assert not is_away(calendar, at)
