"""When digests come: every week at the same wall time, whatever clocks do."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.features.digests import timing
from bot.features.digests.timing import FARTHEST, WEEK, Weekly
from bot.features.syncs import recurrence

NOW = datetime(2027, 1, 13, 12, 0, tzinfo=UTC)
ZONES = (
    "Europe/Lisbon",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Cairo",
    "America/Santiago",
    "Pacific/Apia",
    "",
)


@pytest.mark.parametrize(
    ("text", "weekly"),
    [
        ("monday 9:00", Weekly(0, 540)),
        ("Friday 14:30", Weekly(4, 870)),
        ("fri", Weekly(4, 540)),
        ("tues 8", Weekly(1, 480)),
        ("on Thursdays at 9.15", Weekly(3, 555)),
        ("16:45", Weekly(0, 1005)),
        ("wed 9am", Weekly(2, 540)),
        ("sunday, 12 pm", Weekly(6, 720)),
        ("sat 12am", Weekly(5, 0)),
        ("monday 00:00", Weekly(0, 0)),
        ("monday 23:59", Weekly(0, 1439)),
        ("", Weekly()),
    ],
)
def test_people_type_days_and_times_as_they_like(text: str, weekly: Weekly) -> None:
    assert timing.read(text) == weekly


@pytest.mark.parametrize(
    "text",
    ["mo 9", "someday", "monday 24:00", "9:60", "monday 13pm", "0 am", "daily", "9:00 monday tuesday", "-1"],
)
def test_what_is_no_day_and_time_is_met_with_an_example(text: str) -> None:
    with pytest.raises(BadInput, match="/rowbot digest on monday 9:00"):
        timing.read(text)


@given(
    weekly=st.builds(Weekly, st.integers(0, 6), st.integers(0, 1439)),
    zone=st.sampled_from(ZONES),
    now=st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - made aware
)
def test_one_comes_on_its_weekday_in_every_week_and_none_between(weekly: Weekly, zone: str, now: datetime) -> None:
    last, following = timing.latest(weekly, zone, now), timing.following(weekly, zone, now)
    assert last.at <= now < following.at
    assert following.day - last.day == WEEK
    for slot in (last, following):
        assert slot.day.weekday() == weekly.weekday
        wall = slot.at.astimezone(recurrence.zone_of(zone))
        shown = wall.hour * 60 + wall.minute
        assert (wall.date(), shown) == (slot.day, weekly.minute) or slot.at == recurrence.instant(
            slot.day, weekly.minute, zone
        )
    assert timing.following(weekly, zone, last.at) == following


def test_the_wall_time_stays_when_summer_begins() -> None:
    weekly = Weekly(0, 540)
    friday = datetime(2027, 3, 26, 12, tzinfo=UTC)
    assert timing.latest(weekly, "Europe/Lisbon", friday).at == datetime(2027, 3, 22, 9, tzinfo=UTC)
    assert timing.following(weekly, "Europe/Lisbon", friday).at == datetime(2027, 3, 29, 8, tzinfo=UTC)


def test_a_time_that_summer_leaves_out_comes_shifted_and_is_not_lost() -> None:
    slot = timing.following(Weekly(6, 90), "Europe/Lisbon", datetime(2027, 3, 27, 12, tzinfo=UTC))
    assert (slot.day, slot.at) == (date(2027, 3, 28), datetime(2027, 3, 28, 1, 30, tzinfo=UTC))


def test_a_time_that_comes_twice_is_meant_the_first_time() -> None:
    slot = timing.following(Weekly(6, 90), "Europe/Lisbon", datetime(2027, 10, 30, 12, tzinfo=UTC))
    assert slot.at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert timing.following(Weekly(6, 90), "Europe/Lisbon", slot.at).day == date(2027, 11, 7)


def test_the_first_one_tells_of_a_week_and_later_ones_since_the_one_before_but_never_of_more_than_two_weeks() -> None:
    assert timing.since(None, NOW) == NOW - WEEK
    assert timing.since(NOW - timedelta(days=3), NOW) == NOW - timedelta(days=3)
    assert timing.since(NOW - timedelta(days=40), NOW) == NOW - FARTHEST
