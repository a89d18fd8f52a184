"""Who takes part in a round, for any days off, holidays and zones."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.features.syncs.presence import Clocks, back_on, is_absent, when_back
from bot.features.syncs.recurrence import zone_of
from bot.features.teams.calendars import ENDLESS, Calendar

MONDAY: Final = date(2027, 1, 18)
ZONES: Final = (
    "Europe/Lisbon",
    "Africa/Lagos",
    "Asia/Tokyo",
    "America/Los_Angeles",
    "Pacific/Auckland",
    "Asia/Kolkata",
    "",
)
days: Final = st.integers(-10, 10).map(lambda number: MONDAY + timedelta(days=number))
away: Final = st.lists(
    st.tuples(days, st.integers(0, 12)).map(lambda found: (found[0], found[0] + timedelta(days=found[1]))), max_size=2
).map(tuple)
calendars: Final = st.builds(
    Calendar, zone=st.sampled_from(ZONES), away=away, country=st.sampled_from(("", "US", "JP"))
)
clocks: Final = st.builds(
    Clocks, st.dictionaries(st.sampled_from(("UANA", "UBEN", "UCLEO", "UDAN")), calendars, min_size=1), st.integers(0, 1439), st.just(1080),
    st.none() | st.sampled_from(ZONES),
)  # fmt: skip


def hours_here(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Half hours between two moments whose day is no day off and in which it is not quiet, counted one by one."""
    found = 0
    while start < end:
        wall = start.astimezone(zone_of(calendar.zone))
        minute = wall.hour * 60 + wall.minute
        found += calendar.works_on(wall.date()) and calendar.quiet_until <= minute < calendar.quiet_from
        start += timedelta(minutes=30)
    return found


@settings(deadline=None)  # the first look at a country loads its holidays
@given(clocks)
def test_who_is_asked_is_here_then_and_has_an_hour_or_more(found: Clocks) -> None:
    for person_id, part in found.parts(MONDAY).items():
        if part.is_away:
            continue
        calendar, times = found.calendars[person_id], part.times
        wall = times.due_at.astimezone(zone_of(calendar.zone))
        assert calendar.works_on(wall.date())
        assert calendar.quiet_until <= wall.hour * 60 + wall.minute < calendar.quiet_from
        assert times.due_at + timedelta(hours=1) <= times.deadline_at
        assert times.due_at <= times.remind_at


@settings(deadline=None)  # the first look at a country loads its holidays
@given(clocks)
def test_who_is_left_out_had_no_time_for_it_before_the_round_closes(found: Clocks) -> None:
    parts = found.parts(MONDAY)
    closes_at = max((part.times.deadline_at for part in parts.values() if not part.is_away), default=None)
    for person_id, part in parts.items():
        if part.is_away:
            calendar = found.calendars[person_id]
            assert calendar.is_away(part.times.due_at.astimezone(zone_of(calendar.zone)).date())
            assert (
                hours_here(
                    calendar, part.times.due_at, max(part.times.deadline_at, closes_at or part.times.deadline_at)
                )
                <= 2
            )
            assert part.back_on is not None
            assert part.back_on == ENDLESS or calendar.works_on(part.back_on)


@settings(deadline=None)  # the first look at a country loads its holidays
@given(clocks)
def test_days_off_never_make_a_round_longer(found: Clocks) -> None:
    here = Clocks(
        {each: calendar.as_if_here() for each, calendar in found.calendars.items()}, found.at_minute, 1080, found.zone
    )
    latest = max(part.times.deadline_at for part in here.parts(MONDAY).values())
    assert all(part.times.deadline_at <= latest for part in found.parts(MONDAY).values() if not part.is_away)


@settings(deadline=None)  # the first look at a country loads its holidays
@given(clocks)
def test_a_round_opens_with_the_first_who_is_asked(found: Clocks) -> None:
    asked = [part.times.due_at for part in found.parts(MONDAY).values() if not part.is_away]
    assert found.opens_at(MONDAY) == min(asked or [part.times.due_at for part in found.parts(MONDAY).values()])


@settings(deadline=None)  # the first look at a country loads its holidays
@given(clocks, st.integers(0, 300))
def test_a_round_that_opens_late_asks_nobody_in_the_past_and_nobody_who_is_away(found: Clocks, late: int) -> None:
    now = found.opens_at(MONDAY) + timedelta(minutes=10 * late)
    for person_id, part in found.parts(MONDAY, now=now).items():
        if not part.is_away:
            assert part.times.due_at >= now - timedelta(hours=1) or found.calendars[person_id].away
            wall = part.times.due_at.astimezone(zone_of(found.calendars[person_id].zone))
            assert found.calendars[person_id].works_on(wall.date())


def test_one_clock_rules_and_each_ones_quiet_hours_still_count() -> None:
    ruled = Clocks({"UANA": Calendar("Europe/Lisbon"), "UCLEO": Calendar("Asia/Tokyo")}, 570, 1080, "America/New_York")
    parts = ruled.parts(MONDAY)
    assert parts["UANA"].times.due_at == datetime(2027, 1, 18, 14, 30, tzinfo=UTC)  # 09:30 in New York
    assert parts["UCLEO"].times.due_at == datetime(
        2027, 1, 18, 23, 0, tzinfo=UTC
    )  # there it is 23:30 then: the next morning


def test_an_end_that_nobody_knows_is_never_reached() -> None:
    gone = Calendar("Asia/Tokyo", away=((MONDAY, ENDLESS),))
    at = datetime(2027, 1, 18, 1, 0, tzinfo=UTC)
    assert back_on(at, gone) == ENDLESS
    assert is_absent(at, at + timedelta(hours=8), gone)
    assert when_back(at, at + timedelta(days=300), gone, 1080) is None
    assert Clocks({"UANA": gone}, 570, 1080).parts(MONDAY)["UANA"].back_on == ENDLESS
