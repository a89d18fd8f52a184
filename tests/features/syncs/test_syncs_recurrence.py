"""Days against APScheduler's own triggers; moments against every quarter of an hour of every zone around every change of its clock."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

import pytest
from apscheduler.triggers.calendarinterval import CalendarIntervalTrigger
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given
from hypothesis import strategies as st

from bot.features.syncs.recurrence import (
    Rhythm,
    after,
    allowed,
    days_from,
    deadline_after,
    instant,
    is_quiet,
    later_today,
    on_or_after,
    times,
    works_on,
    zone_of,
)
from storage.preferences import Preferences
from storage.syncs import Cadence

QUARTER: Final = timedelta(minutes=15)
DAY: Final = timedelta(days=1)
PLAIN: Final = Preferences()
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


def changes(zone: ZoneInfo, first: int = 2024, last: int = 2030) -> Iterator[datetime]:
    """The days (UTC) on which the offset of a zone changes."""
    day, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    before = day.astimezone(zone).utcoffset()
    while day < end:
        day += DAY
        offset = day.astimezone(zone).utcoffset()
        if offset != before:
            yield day - DAY
        before = offset


def test_every_quarter_of_every_day_around_every_change_in_every_zone_until_2030() -> None:
    wrong: list[str] = []
    checked = 0
    tried: set[tuple[object, ...]] = set()
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        for change in changes(zone):
            around = (
                change - 3 * DAY,
                *((change + number * QUARTER).astimezone(zone).utcoffset() for number in range(-96, 193)),
            )
            if around in tried:  # another name of the same clock
                continue
            tried.add(around)
            shown: dict[datetime, datetime] = {}  # wall time → the first moment that shows it
            moment = change - 3 * DAY
            expected = moment.astimezone(zone).replace(tzinfo=None, fold=0)
            while moment < change + 4 * DAY:
                wall = moment.astimezone(zone).replace(tzinfo=None, fold=0)
                shown.setdefault(wall, moment)
                for number in range((wall - expected) // QUARTER):  # left out: shifted forward by what was left out
                    shown.setdefault(expected + number * QUARTER, moment + number * QUARTER)
                expected, moment = wall + QUARTER, moment + QUARTER
            for wall in [wall for wall in shown if abs(wall - change.replace(tzinfo=None)) < 2.5 * DAY]:
                checked += 1
                if instant(wall.date(), wall.hour * 60 + wall.minute, name) != shown[wall]:
                    wrong.append(f"{name} {wall}")
    assert wrong == []
    assert checked > 200_000


@given(days, st.integers(0, 1439), st.sampled_from((*CHANGING, *STEADY)))
def test_a_plain_wall_time_is_shown_by_that_clock_at_that_moment(day: date, minute: int, zone: str) -> None:
    wall = instant(day, minute, zone).astimezone(zone_of(zone))
    shift = timedelta(hours=wall.hour, minutes=wall.minute) - timedelta(minutes=minute) + (wall.date() - day)
    assert timedelta() <= shift <= timedelta(hours=2)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "Europe", "EST5EDT6", "\x00"])
def test_an_unknown_zone_is_utc(name: str) -> None:
    assert instant(date(2027, 1, 4), 570, name) == datetime(2027, 1, 4, 9, 30, tzinfo=UTC)


# --- working days, quiet hours, deadlines -------------------------------------------------------------------------


chosen: Final = st.builds(
    Preferences, workdays=st.sets(st.integers(0, 6)).map(lambda found: tuple(sorted(found))), quiet_from=st.integers(0, 1439),
    quiet_until=st.integers(0, 1439), deadline_minute=st.integers(0, 1439),
)  # fmt: skip


def is_allowed(moment: datetime, zone: str, preferences: Preferences) -> bool:
    """Straight from the words: on a working day, outside quiet hours."""
    wall = moment.astimezone(zone_of(zone))
    return works_on(wall.date(), preferences) and not is_quiet(wall.hour * 60 + wall.minute, preferences)


@given(moments, st.sampled_from((*CHANGING, *STEADY)), chosen)
def test_nobody_is_asked_on_a_day_off_or_in_quiet_hours_nor_later_than_need_be(
    at: datetime, zone: str, preferences: Preferences
) -> None:
    found = allowed(at, zone, preferences)
    assert found >= at
    assert is_allowed(found, zone, preferences)
    probe, steps = at, 0
    while probe < found:
        # The hour after a gap may be lost: an end of quiet hours that the clock leaves out is shifted with it.
        jumped = (probe + 2 * timedelta(hours=1)).astimezone(zone_of(zone)).utcoffset() != (
            probe - timedelta(hours=2)
        ).astimezone(zone_of(zone)).utcoffset()
        assert jumped or not is_allowed(probe, zone, preferences), probe
        probe, steps = probe + timedelta(minutes=7), steps + 1


@given(days, st.integers(0, 1439), st.sampled_from((*CHANGING, *STEADY)), chosen, st.none() | moments)
def test_asking_reminding_and_the_deadline_come_in_this_order(
    day: date, minute: int, zone: str, preferences: Preferences, now: datetime | None
) -> None:
    found = times(day, minute, zone, preferences, now=now)
    assert found.due_at < found.deadline_at
    assert found.deadline_at - found.due_at >= timedelta(hours=1)
    assert found.due_at <= found.remind_at
    assert found.due_at >= instant(day, minute, zone)
    assert now is None or found.due_at >= now
    assert is_allowed(found.due_at, zone, preferences)
    assert works_on(found.deadline_at.astimezone(zone_of(zone)).date(), preferences)


def test_an_ordinary_monday_is_half_past_nine_four_and_six() -> None:
    found = times(date(2027, 1, 18), 570, "Europe/Berlin", PLAIN)
    assert (found.due_at, found.remind_at, found.deadline_at) == (
        datetime(2027, 1, 18, 8, 30, tzinfo=UTC), datetime(2027, 1, 18, 15, 0, tzinfo=UTC), datetime(2027, 1, 18, 17, 0, tzinfo=UTC),
    )  # fmt: skip


def test_a_short_window_reminds_half_way() -> None:
    due = datetime(2027, 1, 18, 16, 0, tzinfo=UTC)
    assert deadline_after(due, "UTC", PLAIN) == due + timedelta(hours=2)
    found = times(date(2027, 1, 18), 16 * 60 + 30, "UTC", PLAIN)
    assert found.remind_at == datetime(2027, 1, 18, 17, 15, tzinfo=UTC)


def test_after_work_it_waits_for_the_morning_and_the_deadline_waits_with_it() -> None:
    found = times(date(2027, 1, 15), 21 * 60, "UTC", PLAIN)  # a Friday
    assert found.due_at == datetime(2027, 1, 18, 8, 0, tzinfo=UTC)
    assert found.deadline_at == datetime(2027, 1, 18, 18, 0, tzinfo=UTC)


@given(moments, st.integers(1, 60), st.sampled_from((*CHANGING, *STEADY)), chosen)
def test_later_today_comes_before_the_deadline_or_not_at_all(
    now: datetime, hours: int, zone: str, preferences: Preferences
) -> None:
    deadline = now + timedelta(minutes=20 * hours)
    again = later_today(now, deadline, zone, preferences)
    if again is not None:
        assert now + timedelta(minutes=30) <= again <= deadline - timedelta(minutes=30)
        assert is_allowed(again, zone, preferences)
