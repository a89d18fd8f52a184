"""Times that are fair: inside of everybody's hours where there are such, and else shared out over the meetings."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.features.syncs import slots
from bot.features.syncs.slots import Moment
from bot.features.teams.calendars import Calendar

#: A Wednesday.
NOW = datetime(2027, 1, 13, 12, 0, tzinfo=UTC)
WEEKS = timedelta(days=14)
ZONES = [
    "Europe/Lisbon",
    "Asia/Kolkata",
    "America/Los_Angeles",
    "Asia/Kathmandu",
    "Australia/Sydney",
    "America/Sao_Paulo",
    "Pacific/Auckland",
    "UTC",
    "",
]


def proposed(calendars: Mapping[str, Calendar], start: datetime = NOW, **changes: Any) -> list[Moment]:
    fields: dict[str, Any] = {"minutes": 30, "start": start, "end": start + WEEKS} | changes
    return slots.propose(calendars, **fields)


def people(*zones: str, **fields: Any) -> dict[str, Calendar]:
    return {f"U{number}": Calendar(zone=zone, **fields) for number, zone in enumerate(zones)}


def is_inside(calendar: Calendar, moment: datetime, minutes: int) -> bool:
    """Whether a meeting lies in somebody's hours: each of its minutes looked at on their clock."""
    walls = [(moment + timedelta(minutes=each)).astimezone(ZoneInfo(calendar.zone or "UTC")) for each in range(minutes)]
    return all(
        calendar.works_on(wall.date()) and calendar.starts <= wall.hour * 60 + wall.minute < calendar.ends
        for wall in walls
    )


calendars = st.builds(
    Calendar, zone=st.sampled_from(ZONES), workdays=st.sampled_from([(0, 1, 2, 3, 4), (6, 0, 1, 2, 3), (0, 2), ()]),
    starts=st.sampled_from([0, 420, 540, 600]), ends=st.sampled_from([960, 1020, 1080, 1439]), country=st.sampled_from(["", "DE", "US", "IN"]),
    away=st.sampled_from([(), ((date(2027, 1, 18), date(2027, 1, 20)),)]),
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(group=st.lists(calendars, min_size=2, max_size=5), start=st.integers(0, 110 * 24).map(lambda hour: NOW + timedelta(hours=hour)), minutes=st.sampled_from([15, 30, 60]))  # fmt: skip
def test_what_is_proposed_lies_in_the_time_and_strains_exactly_those_outside_of_their_hours(
    group: list[Calendar], start: datetime, minutes: int
) -> None:
    everybody = {f"U{number}": calendar for number, calendar in enumerate(group)}
    found = proposed(everybody, start, minutes=minutes)
    assert len(found) <= 3
    assert found == sorted(found, key=lambda moment: moment.starts_at)
    assert len({moment.starts_at for moment in found}) == len(found)
    assert found == proposed(dict(reversed(everybody.items())), start, minutes=minutes)
    for moment in found:
        assert start <= moment.starts_at <= start + WEEKS
        outside = {who for who, calendar in everybody.items() if not is_inside(calendar, moment.starts_at, minutes)}
        assert outside == set(moment.strain)
        assert max(moment.strain.values(), default=0) <= slots.FARTHEST
    assert len({bool(moment.strain) for moment in found}) <= 1


@settings(max_examples=60, deadline=None)
@given(group=st.lists(calendars, min_size=2, max_size=4))
def test_nobody_is_strained_as_long_as_there_is_an_hour_that_suits_all(group: list[Calendar]) -> None:
    everybody = {f"U{number}": calendar for number, calendar in enumerate(group)}
    halves = (NOW + timedelta(minutes=30 * each) for each in range(14 * 48 + 1))
    suits_all = any(all(is_inside(calendar, moment, 30) for calendar in group) for moment in halves)
    found = proposed(everybody)
    assert bool(found and not found[0].strain) == suits_all


def test_lisbon_and_bangalore_meet_in_the_hours_of_both_on_three_days() -> None:
    found = proposed(people("Europe/Lisbon", "Asia/Kolkata"))
    assert [moment.strain for moment in found] == [{}, {}, {}]
    assert len({moment.starts_at.date() for moment in found}) == 3
    assert len({moment.starts_at.time() for moment in found}) > 1, "whoever can never at nine could pick none"


def test_with_san_francisco_no_hour_suits_all_and_nobody_is_woken() -> None:
    zones = people("Europe/Lisbon", "Asia/Kolkata", "America/Los_Angeles")
    for moment in proposed(zones):
        assert moment.strain
        for calendar in zones.values():
            assert 6 <= moment.starts_at.astimezone(ZoneInfo(calendar.zone)).hour <= 21


@pytest.mark.parametrize("zones", [("Etc/GMT", "Etc/GMT-12"), ("Etc/GMT", "Etc/GMT-8", "Etc/GMT+8"), ("Etc/GMT", "Etc/GMT-10"), ("Etc/GMT+5", "Etc/GMT+5", "Etc/GMT-7")])  # fmt: skip
def test_over_the_rounds_nobody_bears_more_than_one_meeting_more_than_another(zones: tuple[str, ...]) -> None:
    everybody = people(*zones)
    borne: list[Mapping[str, int]] = []
    worst = 0
    for turn in range(40):
        moment = proposed(everybody, NOW + timedelta(weeks=turn), borne=borne)[0]
        borne.append(moment.strain)
        worst = max(worst, *moment.strain.values())
        total = [sum(strain.get(person, 0) for strain in borne) for person in everybody]
        assert max(total) - min(total) <= worst


def test_who_bore_it_last_time_is_spared_next() -> None:
    pair = people("Etc/GMT", "Etc/GMT-12")
    last = {"U0": 240}
    assert all(moment.strain.get("U0", 0) < moment.strain.get("U1", 0) for moment in proposed(pair, borne=[last]))


def test_half_past_nine_stays_in_the_hours_when_the_clocks_change() -> None:
    zones = people("Europe/Berlin", "America/New_York")
    start = datetime(2027, 3, 12, tzinfo=UTC)  # New York changes on the 14th, Berlin on the 28th
    found = proposed(zones, start, end=start + timedelta(days=21), most=15)
    assert len({moment.starts_at.date() for moment in found}) == 15
    assert all(is_inside(calendar, moment.starts_at, 30) for moment in found for calendar in zones.values())


def test_holidays_and_days_away_are_left_out() -> None:
    zones = {
        "U0": Calendar("Europe/Berlin", country="DE"),
        "U1": Calendar("Europe/Berlin", away=((date(2027, 3, 30), date(2027, 4, 1)),)),
    }
    start = datetime(2027, 3, 25, 20, tzinfo=UTC)
    days = [moment.starts_at.date() for moment in proposed(zones, start, most=9)]
    assert date(2027, 3, 26) not in days  # Good Friday
    assert date(2027, 3, 29) not in days  # Easter Monday
    assert min(days) == date(2027, 4, 2)


def test_everybody_away_is_proposed_nothing() -> None:
    away = ((date(2027, 1, 1), date(2027, 3, 1)),)
    assert proposed(people("Europe/Lisbon", "Asia/Kolkata", away=away)) == []
    one = people("Europe/Lisbon") | {"U9": Calendar("Asia/Kolkata", away=away)}
    assert proposed(one) == []
    assert proposed({}) == []


def test_what_was_proposed_already_is_not_proposed_again_and_only_the_wanted_weekdays_are() -> None:
    zones = people("Europe/Lisbon", "Asia/Kolkata")
    first = proposed(zones)
    second = proposed(zones, without=[moment.starts_at for moment in first])
    assert not {moment.starts_at for moment in first} & {moment.starts_at for moment in second}
    assert {moment.starts_at.weekday() for moment in proposed(zones, weekdays=(1, 3), zone="Europe/Lisbon")} <= {1, 3}


def test_one_day_only_holds_several_apart() -> None:
    found = proposed(people("Europe/Lisbon", "Europe/Lisbon", workdays=(4,)), end=NOW + timedelta(days=5))
    assert len(found) == 3
    assert {moment.starts_at.date() for moment in found} == {date(2027, 1, 15)}
    gaps = [later.starts_at - earlier.starts_at for earlier, later in pairwise(found)]
    assert min(gaps) >= timedelta(minutes=slots.APART)
