"""Days against APScheduler's own triggers; moments against what the clock of every zone shows, around every change of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

import pytest
from apscheduler.triggers.calendarinterval import CalendarIntervalTrigger
from apscheduler.triggers.cron import CronTrigger
from holidays import country_holidays
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.features.syncs.recurrence import (
    Rhythm,
    Times,
    after,
    allowed,
    days_from,
    deadline_after,
    instant,
    is_quiet,
    later_today,
    on_or_after,
    times,
    zone_of,
)
from bot.features.teams.calendars import ENDLESS, Calendar
from storage.syncs import Cadence

DAY: Final = timedelta(days=1)
PLAIN: Final = Calendar()
#: Whole hours, half hours (Lord Howe), two hours (Troll), midnight (Cairo, Beirut, Havana, Santiago), backwards (Dublin), Ramadan (Casablanca).
CHANGING: Final = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Antarctica/Troll", "Africa/Cairo", "Asia/Beirut", "America/Havana",
                   "America/Santiago", "Europe/Dublin", "Africa/Casablanca", "Pacific/Auckland", "America/St_Johns")  # fmt: skip
STEADY: Final = ("UTC", "Asia/Tokyo", "Asia/Kolkata", "Pacific/Kiritimati", "Pacific/Pago_Pago", "")
moments: Final = st.integers(0, 7 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
days: Final = st.dates(date(2024, 1, 1), date(2030, 12, 31))


# --- days -------------------------------------------------------------------------------------------------------


def first_days() -> Iterator[date]:
    """Every day of a leap year and a common year: every weekday at every place of a month."""
    return (date(2027, 1, 1) + timedelta(days=number) for number in range(730))


@pytest.mark.parametrize(("cadence", "weeks"), [(Cadence.WEEKLY, 1), (Cadence.BIWEEKLY, 2)])
def test_weeks_are_counted_from_the_first_day_across_every_turn_of_the_year(cadence: Cadence, weeks: int) -> None:
    for first_on in list(first_days())[::13]:
        trigger = CalendarIntervalTrigger(weeks=weeks, start_date=first_on, timezone=UTC)
        fired, expected = None, []
        for _ in range(60):
            fired = trigger.get_next_fire_time(fired, datetime(first_on.year, first_on.month, first_on.day, tzinfo=UTC))
            expected.append(fired.date())
        assert list(islice(days_from(Rhythm(cadence, first_on), first_on), 60)) == expected


def test_monthly_is_the_same_nth_weekday_and_a_fifth_one_is_the_last() -> None:
    for first_on in list(first_days())[::5]:
        nth = "last" if first_on.day > 28 else ("1st", "2nd", "3rd", "4th")[(first_on.day - 1) // 7]
        trigger = CronTrigger(day=f"{nth} {first_on:%a}".lower(), hour=0, minute=0, timezone=UTC)
        now = datetime(first_on.year, first_on.month, first_on.day, tzinfo=UTC)
        expected = []
        for _ in range(14):
            fired = trigger.get_next_fire_time(None, now)
            expected.append(fired.date())
            now = fired + timedelta(seconds=1)
        assert list(islice(days_from(Rhythm(Cadence.MONTHLY, first_on), first_on), 14)) == expected, first_on


@given(st.integers(1, 8), st.sets(st.integers(0, 6), min_size=1), days, st.integers(0, 60))
def test_a_custom_rhythm_counts_weeks_from_monday_and_takes_each_of_its_weekdays(
    weeks: int, weekdays: set[int], first_on: date, distance: int
) -> None:
    rhythm = Rhythm(Cadence.CUSTOM, first_on, weeks, tuple(sorted(weekdays)))
    monday = first_on - timedelta(days=first_on.weekday())
    every = (first_on + timedelta(days=number) for number in range(800))
    expected = [
        day for day in every
        if day == first_on or ((day - monday).days // 7 % weeks == 0 and day.weekday() in weekdays)
    ]  # fmt: skip
    assert list(islice(days_from(rhythm, first_on), 12)) == expected[:12]
    day = first_on + timedelta(days=distance)
    assert on_or_after(rhythm, day) == next(found for found in expected if found >= day)


@given(st.sampled_from(list(Cadence)), days, st.integers(-400, 2000))
def test_the_next_day_is_the_first_of_all_that_are_not_earlier(cadence: Cadence, first_on: date, distance: int) -> None:
    day = first_on + timedelta(days=distance)
    every = [found for found in islice(days_from(Rhythm(cadence, first_on), first_on), 400) if found >= day]
    assert on_or_after(Rhythm(cadence, first_on), day) == (every[0] if every else None)
    assert after(Rhythm(cadence, first_on), day) == next((found for found in every if found > day), None)


def test_once_is_once() -> None:
    assert list(days_from(Rhythm(Cadence.ONCE, date(2027, 1, 4)), date(2026, 1, 1))) == [date(2027, 1, 4)]
    assert after(Rhythm(Cadence.ONCE, date(2027, 1, 4)), date(2027, 1, 4)) is None


# --- moments ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stretch:
    """A time in which a clock's offset does not change; seconds since 1970, the end excluded."""

    start: int
    end: int
    offset: int


def stretches(zone: ZoneInfo) -> list[Stretch]:
    """Between which moments a clock keeps its offset, to the second; asks only what the clock shows at given moments."""

    def offset(moment: int) -> int:
        shown = datetime.fromtimestamp(moment, UTC).astimezone(zone).utcoffset()
        assert shown is not None
        return int(shown.total_seconds())

    found, start = [], FIRST
    before, known = FIRST, offset(FIRST)
    for moment in range(FIRST + DAY_SECONDS, LAST + 1, DAY_SECONDS):
        if offset(moment) != known:
            low, high = before, moment  # the change is later than low and not later than high
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == known else (low, middle)
            found.append(Stretch(start, high, known))
            start, known = high, offset(moment)
        before = moment
    return [*found, Stretch(start, LAST, known)]


def moment_of(wall: int, clock: list[Stretch]) -> int:
    """The first moment at which a clock shows a wall time; one that it leaves out is as much later as was left out."""
    shown = [wall - part.offset for part in clock if part.start <= wall - part.offset < part.end]
    return (
        shown[0]
        if shown
        else next(wall - a.offset for a, b in pairwise(clock) if wall - a.offset >= a.end and wall - b.offset < b.start)
    )


#: Seconds since 1970 of a week before 2024 and of a week after 2030.
FIRST: Final = int(datetime(2023, 12, 25, tzinfo=UTC).timestamp())
LAST: Final = int(datetime(2031, 1, 8, tzinfo=UTC).timestamp())
DAY_SECONDS: Final = 24 * 3600
#: Midnight and around the hours at which clocks change, and ordinary times of check-ins.
WALL_MINUTES: Final = (0, 15, 30, 60, 90, 135, 150, 180, 570, 1080, 1410, 1439)


def test_every_zone_until_2030_around_every_change_of_its_clock_and_in_a_plain_week_of_each_year() -> None:
    wrong: list[str] = []
    checked = around = 0
    plain = {
        date(year, 1, 1) + timedelta(days=(year * 37) % 350 + number)
        for year in range(2024, 2031)
        for number in range(7)
    }
    for name in sorted(available_timezones()):
        clock = stretches(ZoneInfo(name))
        changed = {
            (datetime.fromtimestamp(part.end + part.offset, UTC) + number * DAY).date()
            for part in clock[:-1]
            for number in range(-2, 3)
        }
        tried = sorted(day for day in changed | plain if 2024 <= day.year <= 2030)
        around += len(changed)
        for day in tried:
            midnight = (day - date(1970, 1, 1)).days * DAY_SECONDS
            for minute in WALL_MINUTES:
                checked += 1
                if instant(day, minute, name).timestamp() != moment_of(midnight + minute * 60, clock):
                    wrong.append(f"{name} {day} {minute}")
    assert wrong == []
    assert around > 10_000
    assert checked > 400_000


@pytest.mark.parametrize(
    ("zone", "day", "minute", "expected"),
    [
        ("Europe/Berlin", date(2027, 3, 28), 150, datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),  # 02:30 is left out: 03:30
        (
            "Europe/Berlin",
            date(2027, 10, 31),
            150,
            datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        ),  # 02:30 comes twice: the first
        ("Africa/Cairo", date(2027, 4, 30), 0, datetime(2027, 4, 29, 22, 0, tzinfo=UTC)),  # midnight is left out: 01:00
        (
            "Australia/Lord_Howe",
            date(2027, 10, 3),
            135,
            datetime(2027, 10, 2, 15, 45, tzinfo=UTC),
        ),  # half an hour is left out
    ],
)
def test_known_changes(zone: str, day: date, minute: int, expected: datetime) -> None:
    assert instant(day, minute, zone) == expected


@given(days, st.integers(0, 1439), st.sampled_from((*CHANGING, *STEADY)))
def test_a_plain_wall_time_is_shown_by_that_clock_at_that_moment(day: date, minute: int, zone: str) -> None:
    wall = instant(day, minute, zone).astimezone(zone_of(zone))
    shift = timedelta(hours=wall.hour, minutes=wall.minute) - timedelta(minutes=minute) + (wall.date() - day)
    assert timedelta() <= shift <= timedelta(hours=2)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "Europe", "EST5EDT6", "\x00"])
def test_an_unknown_zone_is_utc(name: str) -> None:
    assert instant(date(2027, 1, 4), 570, name) == datetime(2027, 1, 4, 9, 30, tzinfo=UTC)


# --- working days, quiet hours, days off, deadlines ---------------------------------------------------------------


quiet: Final = st.integers(0, 1439)
off: Final = st.lists(
    st.tuples(days, st.integers(0, 40)).map(lambda found: (found[0], found[0] + timedelta(days=found[1]))), max_size=3
)
calendars: Final = st.builds(
    Calendar, zone=st.sampled_from((*CHANGING, *STEADY)), workdays=st.sets(st.integers(0, 6)).map(lambda found: tuple(sorted(found))), quiet_from=quiet,
    quiet_until=quiet, country=st.sampled_from(("", "", "DE-BY", "JP", "US", "IN", "Atlantis")), away=off.map(tuple),
)  # fmt: skip


def is_allowed(moment: datetime, calendar: Calendar) -> bool:
    """Straight from the words: on a day on which they work, outside quiet hours."""
    wall = moment.astimezone(zone_of(calendar.zone))
    day, minute = wall.date(), wall.hour * 60 + wall.minute
    start, end = calendar.quiet_from, calendar.quiet_until
    is_quiet_then = start <= minute < end if start <= end else minute >= start or minute < end
    code, _, part = calendar.country.partition("-")
    is_holiday = code not in ("", "Atlantis") and day in country_holidays(code, subdiv=part or None, years=day.year)
    is_off = any(first <= day <= last for first, last in calendar.away)
    return (
        not is_quiet_then
        and not is_holiday
        and not is_off
        and (not calendar.workdays or day.weekday() in calendar.workdays)
    )


@settings(deadline=None)  # the first look at a country loads its holidays
@given(moments, calendars)
def test_nobody_is_asked_on_a_day_off_or_in_quiet_hours_nor_later_than_need_be(
    at: datetime, calendar: Calendar
) -> None:
    found = allowed(at, calendar)
    assert found is not None
    assert found >= at
    assert is_allowed(found, calendar)
    probe = max(at, found - 3 * DAY)
    while probe < found:
        # The hour after a gap may be lost: an end of quiet hours that the clock leaves out is shifted with it.
        jumped = (probe + timedelta(hours=2)).astimezone(zone_of(calendar.zone)).utcoffset() != (
            probe - timedelta(hours=2)
        ).astimezone(zone_of(calendar.zone)).utcoffset()
        assert jumped or not is_allowed(probe, calendar), probe
        probe += timedelta(minutes=23)


@settings(deadline=None)  # the first look at a country loads its holidays
@given(days, st.integers(0, 1439), calendars, st.integers(0, 1439))
def test_asking_reminding_and_the_deadline_come_in_this_order(
    day: date, minute: int, calendar: Calendar, deadline: int
) -> None:
    found = times(day, minute, calendar, deadline)
    assert found is not None
    assert found.due_at <= found.remind_at
    assert found.deadline_at - found.due_at >= timedelta(hours=1)
    assert found.due_at >= instant(day, minute, calendar.zone)
    assert is_allowed(found.due_at, calendar)
    assert found.remind_at >= found.deadline_at or is_allowed(found.remind_at, calendar)
    last = found.deadline_at.astimezone(zone_of(calendar.zone))
    assert calendar.works_on(last.date())


@settings(deadline=None)  # the first look at a country loads its holidays
@given(days, st.integers(0, 1439), calendars)
def test_a_deadline_is_not_in_quiet_hours(day: date, minute: int, calendar: Calendar) -> None:
    found = times(day, minute, calendar, 18 * 60)
    assert found is not None
    wall = found.deadline_at.astimezone(zone_of(calendar.zone))
    shown = wall.hour * 60 + wall.minute
    assert (
        shown in (18 * 60, calendar.quiet_from) or calendar.quiet_from < 240
    )  # in the small hours a clock may leave it out
    assert shown == calendar.quiet_from or not is_quiet(shown, calendar) or calendar.quiet_from < 240


@pytest.mark.parametrize("away", [((date(2027, 1, 1), ENDLESS),), ((date(2027, 1, 1), date(2028, 6, 30)),)])
def test_more_than_a_year_of_days_off_is_an_end_and_no_search_without_one(away: tuple[tuple[date, date], ...]) -> None:
    gone = Calendar("Europe/Berlin", away=away)
    at = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
    assert allowed(at, gone) is None
    assert deadline_after(at, gone, 1080) is None
    assert times(at.date(), 570, gone, 1080) is None
    assert later_today(at, at + timedelta(hours=8), gone) is None


def test_an_ordinary_monday_is_half_past_nine_four_and_six() -> None:
    assert times(date(2027, 1, 18), 570, Calendar("Europe/Berlin"), 1080) == Times(
        datetime(2027, 1, 18, 8, 30, tzinfo=UTC), datetime(2027, 1, 18, 15, 0, tzinfo=UTC), datetime(2027, 1, 18, 17, 0, tzinfo=UTC),
    )  # fmt: skip


def test_a_short_window_reminds_half_way() -> None:
    due = datetime(2027, 1, 18, 16, 0, tzinfo=UTC)
    assert deadline_after(due, PLAIN, 1080) == due + timedelta(hours=2)
    found = times(date(2027, 1, 18), 16 * 60 + 30, PLAIN, 1080)
    assert found is not None
    assert found.remind_at == datetime(2027, 1, 18, 17, 15, tzinfo=UTC)


def test_after_work_it_waits_for_the_morning_and_the_deadline_waits_with_it() -> None:
    found = times(date(2027, 1, 15), 21 * 60, PLAIN, 1080)  # a Friday
    assert found is not None
    assert found.due_at == datetime(2027, 1, 18, 8, 0, tzinfo=UTC)
    assert found.deadline_at == datetime(2027, 1, 18, 18, 0, tzinfo=UTC)


def test_a_public_holiday_moves_it_to_the_next_working_day() -> None:
    found = times(date(2027, 1, 6), 570, Calendar("Europe/Berlin", country="DE-BY"), 1080)  # Epiphany, in Bavaria
    assert found is not None
    assert found.due_at == datetime(2027, 1, 7, 7, 0, tzinfo=UTC)  # where quiet hours end
    assert found.deadline_at == datetime(2027, 1, 7, 17, 0, tzinfo=UTC)


def test_who_works_at_night_has_until_their_work_ends() -> None:
    night = Calendar(workdays=(), quiet_from=6 * 60, quiet_until=22 * 60)
    found = times(date(2027, 1, 18), 570, night, 1080)
    assert found is not None
    assert (found.due_at, found.deadline_at) == (
        datetime(2027, 1, 18, 22, 0, tzinfo=UTC),
        datetime(2027, 1, 19, 6, 0, tzinfo=UTC),
    )


@settings(deadline=None)  # the first look at a country loads its holidays
@given(moments, st.integers(1, 60), calendars)
def test_later_today_comes_before_the_deadline_or_not_at_all(now: datetime, hours: int, calendar: Calendar) -> None:
    deadline = now + timedelta(minutes=20 * hours)
    again = later_today(now, deadline, calendar)
    if again is not None:
        assert now + timedelta(minutes=30) <= again <= deadline - timedelta(minutes=30)
        assert is_allowed(again, calendar)
