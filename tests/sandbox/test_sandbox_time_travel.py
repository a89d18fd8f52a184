"""Moving the workspace's time on: where each step leads, who lives through it, and that it never runs backwards."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox import Sandbox
from bot.sandbox.time_travel import Step, Trip, arrival
from tests.sandbox.conftest import MANIFEST, Listener, Page

LISBON = ZoneInfo("Europe/Lisbon")
ZONES = (
    "Europe/Lisbon",
    "America/New_York",
    "Asia/Kolkata",
    "Pacific/Apia",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LISBON).astimezone(UTC)


# --- where a step leads -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "now", "then"),
    [
        (Step.HOUR, "2026-11-27 23:30", "2026-11-28 00:30"),
        (Step.MORNING, "2026-11-27 08:59", "2026-11-27 09:00"),
        (Step.MORNING, "2026-11-27 09:00", "2026-11-28 09:00"),
        (Step.MONDAY, "2026-11-27 12:00", "2026-11-30 09:00"),
        (Step.MONDAY, "2026-11-30 08:00", "2026-11-30 09:00"),
        (Step.MONDAY, "2026-11-30 09:00", "2026-12-07 09:00"),
        (Step.WEEK, "2026-10-23 10:00", "2026-10-30 10:00"),  # across the change of clocks the wall's time stays
        (Step.MONTH, "2027-03-10 10:00", "2027-04-07 10:00"),
    ],
)
def test_a_step_leads_where_people_expect_it(step: Step, now: str, then: str) -> None:
    assert arrival(step, moment(now), LISBON) == moment(then)


@given(
    st.sampled_from(Step), st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)), st.sampled_from(ZONES)  # noqa: DTZ001 - made aware below
)  # fmt: skip
def test_every_step_leads_into_the_future_and_none_beyond_a_month(step: Step, now: datetime, zone: str) -> None:
    here = now.replace(tzinfo=UTC)
    then = arrival(step, here, ZoneInfo(zone))
    assert 0 < (then - here).total_seconds() <= 28 * 86400 + 7200


# --- at the page's door -----------------------------------------------------------------------------------------


async def _arrived(slack: Sandbox) -> None:
    await slack.wait_for(lambda: slack.time_travel.state()["trip"] is None)


async def test_a_step_moves_the_workspaces_clock_and_says_where_it_leads(slack: Sandbox, page: Page, ana: str) -> None:
    before = slack.clock()
    steps = {one["step"]: one["end"] for one in (await page.get("steps", as_=ana))["steps"]}
    assert list(steps) == list(Step)
    answer = await page.post("travel", as_=ana, step="monday")
    assert answer["ok"]
    await _arrived(slack)
    assert answer["end"] == steps["monday"]
    here = datetime.fromtimestamp(slack.clock(), LISBON)
    assert (here.weekday(), here.hour, here.minute) == (0, 9, 0)
    clock = (await page.get("state", as_=ana))["clock"]
    assert clock["now"] == pytest.approx(slack.clock(), abs=5)
    assert clock["moved"] == pytest.approx(answer["end"] - before, abs=5)
    assert clock["trip"] is None
    assert not clock["lives"]


async def test_what_is_said_afterwards_carries_the_new_moment(
    slack: Sandbox, page: Page, ana: str, channel: str
) -> None:
    before = float(await slack.say(ana, channel, "before"))
    await page.post("travel", as_=ana, step="week")
    await _arrived(slack)
    after = float(await slack.say(ana, channel, "after"))
    assert 6.9 * 86400 < after - before < 7.1 * 86400


async def test_an_unknown_step_or_person_moves_nothing(slack: Sandbox, page: Page, ana: str) -> None:
    assert "an hour" in (await page.post("travel", as_=ana, step="back"))["error"]
    assert not (await page.post("travel", as_="U404", step="hour"))["ok"]
    assert not (await page.post("travel", as_=ana))["ok"]
    assert slack.clock.offset == 0


async def test_another_site_cannot_move_time(slack: Sandbox, session: aiohttp.ClientSession, ana: str) -> None:
    given = json.dumps({"as": ana, "step": "month"})
    async with session.post("/sandbox/travel", data=given, headers={"Content-Type": "text/plain"}) as response:
        assert response.status == 415
    async with session.post("/sandbox/travel", data=given, headers={"Content-Type": "application/json", "Origin": "https://evil.example"}) as response:  # fmt: skip
        assert response.status == 403
    assert slack.clock.offset == 0


async def test_whoever_lives_through_a_trip_is_told_all_of_it(slack: Sandbox, page: Page, ana: str) -> None:
    trips: list[Trip] = []

    async def live(trip: Trip) -> list[str]:
        trips.append(trip)
        return ["2 rounds rowed"]

    slack.time_travel.on_travel = live
    heard = _listen(slack)
    assert (await page.get("state", as_=ana))["clock"]["lives"]
    await page.post("travel", as_=ana, step="month", others_answer=False)
    await _arrived(slack)
    (trip,) = trips
    assert (trip.user, trip.others_answer, trip.is_stopped) == (ana, False, False)
    assert slack.clock() == pytest.approx(trip.end, abs=5)
    (told,) = [one for one in heard if one["type"] == "travelled"]
    assert told["happened"] == ["2 rounds rowed"]
    assert (told["start"], told["stopped"]) == (trip.start, False)


def _listen(slack: Sandbox) -> list[dict[str, Any]]:
    heard: list[dict[str, Any]] = []
    say = slack.stream.say

    def note(data: dict[str, Any], audience: set[str] | None = None) -> None:
        heard.append(data)
        say(data, audience)

    slack.stream.say = note  # type: ignore[method-assign]
    return heard


async def test_a_second_request_meanwhile_is_refused_and_the_first_can_be_stopped(
    slack: Sandbox, page: Page, ana: str, bo: str
) -> None:
    async def live(trip: Trip) -> list[str]:
        while not trip.is_stopped:
            slack.time_travel.move_to(slack.clock() + 3600)
            await asyncio.sleep(0.01)
        return []

    slack.time_travel.on_travel = live
    await page.post("travel", as_=ana, step="month")
    assert "already" in (await page.post("travel", as_=bo, step="hour"))["error"]
    trip = (await page.get("state", as_=bo))["clock"]["trip"]
    assert (await page.post("travel/stop", as_=bo))["ok"]
    await _arrived(slack)
    assert trip["start"] < slack.clock() < trip["end"]
    assert "not being moved" in (await page.post("travel/stop", as_=bo))["error"]


async def test_a_fault_on_the_way_is_told_and_time_stays_where_it_was(slack: Sandbox, page: Page, ana: str) -> None:
    async def live(trip: Trip) -> list[str]:
        slack.time_travel.move_to(trip.start + 7200)
        raise RuntimeError

    slack.time_travel.on_travel = live
    heard = _listen(slack)
    await page.post("travel", as_=ana, step="week")
    await _arrived(slack)
    assert slack.clock.offset == pytest.approx(7200, abs=5)
    assert "went wrong" in next(one for one in heard if one["type"] == "travelled")["fault"]
    slack.time_travel.on_travel = None
    assert (await page.post("travel", as_=ana, step="hour"))["ok"]


async def test_time_never_runs_backwards(slack: Sandbox) -> None:
    slack.time_travel.move_to(slack.clock() + 3600)
    slack.time_travel.move_to(slack.clock() - 1800)
    assert slack.clock.offset == pytest.approx(3600, abs=1)


async def test_news_are_of_conversations_that_one_is_in(
    slack: Sandbox, page: Page, ana: str, bo: str, channel: str
) -> None:
    own, other = slack.direct(ana, slack.bot_user_id), slack.direct(bo, slack.bot_user_id)
    secret = slack.add_channel("secret", members=[bo], private=True)
    await slack.say(bo, channel, "old")

    async def live(trip: Trip) -> list[str]:
        slack.time_travel.move_to(trip.end - 60)
        for place, text in ((channel, "new"), (secret, "hidden")):
            await slack.say(bo, place, text)
        for place in (own, own, other):
            await slack.say(slack.bot_user_id, place, "asked")
        await slack.say(ana, channel, "my own")
        return []

    slack.time_travel.on_travel = live
    heard = _listen(slack)
    await page.post("travel", as_=ana, step="hour")
    await _arrived(slack)
    told = next(one for one in heard if one["type"] == "travelled")
    assert {one["channel"]: one["count"] for one in told["news"]} == {own: 2, channel: 1}
    assert told["elsewhere"] == [{"user": bo, "channel": other, "count": 1}]


# --- what outlives it -------------------------------------------------------------------------------------------


async def test_a_moved_workspace_goes_on_at_the_same_moment_and_starting_over_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    async with Sandbox(MANIFEST, journal=path) as slack:
        ana = slack.add_person("Ana Ruiz")
        slack.time_travel.begin(ana, "month", others_answer=True)
        await _arrived(slack)
        # Not even a crash loses it: it is on disk before the sandbox stops.
        async with Sandbox(MANIFEST, journal=path) as beside:
            assert beside.clock.offset == pytest.approx(28 * 86400, abs=5)
        reached = slack.clock()
    async with Sandbox(MANIFEST, journal=path) as again:
        assert again.clock() >= reached
        await again.reset()
        assert again.clock.offset == 0
    async with Sandbox(MANIFEST, journal=path) as fresh:
        assert fresh.clock.offset == 0


async def test_starting_over_stops_a_trip_first(slack: Sandbox, ana: str) -> None:
    stopped: list[bool] = []

    async def live(trip: Trip) -> list[str]:
        await slack.wait_for(lambda: trip.is_stopped)
        stopped.append(True)
        return []

    slack.time_travel.on_travel = live
    slack.time_travel.begin(ana, "hour", others_answer=True)
    await slack.reset()
    assert stopped
    assert slack.clock.offset == 0


# --- statuses ---------------------------------------------------------------------------------------------------


async def test_a_status_is_told_to_the_app_and_shown_to_everybody(
    slack: Sandbox, listener: Listener, page: Page, client: Any, ana: str, bo: str
) -> None:
    until = int(slack.clock()) + 3600
    assert (await page.post("status", as_=ana, text="In a meeting", emoji=":spiral_calendar_pad:", until=until))["ok"]
    (told,) = await slack.wait_for(lambda: listener.events("user_change"))
    expected = {"status_text": "In a meeting", "status_emoji": ":spiral_calendar_pad:", "status_expiration": until}
    read = await client.users_info(user=ana)
    for profile in (told["user"]["profile"], read["user"]["profile"]):
        assert {key: profile[key] for key in expected} == expected
    people = {one["id"]: one["status"] for one in (await page.get("state", as_=bo))["people"]}
    assert people[ana] == {"text": "In a meeting", "emoji": ":spiral_calendar_pad:", "until": until}
    await page.post("status", as_=ana)
    assert slack.workspace.people[ana].status_emoji == ""


async def test_a_status_ends_in_its_time_also_when_time_is_moved(
    slack: Sandbox, listener: Listener, page: Page, ana: str, bo: str
) -> None:
    for person, hours in ((ana, 2), (bo, 1)):
        await page.post("status", as_=person, text="Away", emoji=":palm_tree:", until=int(slack.clock()) + hours * 3600)
    assert slack.statuses.next_end(slack.clock()) == slack.workspace.people[bo].status_expiration
    await page.post("travel", as_=ana, step="hour")
    await slack.wait_for(lambda: not slack.workspace.people[bo].status_text)
    assert slack.workspace.people[ana].status_text == "Away"
    await page.post("travel", as_=ana, step="week")
    await slack.wait_for(lambda: len(listener.events("user_change")) == 4)
    assert [one["user"]["id"] for one in listener.events("user_change")][2:] == [bo, ana]
    assert listener.events("user_change")[-1]["user"]["profile"]["status_expiration"] == 0


async def test_a_status_ends_by_itself(slack: Sandbox, ana: str) -> None:
    slack.statuses.set(ana, text="Tea", emoji=":tea:", until=slack.clock() + 1.2)
    await slack.wait_for(lambda: not slack.workspace.people[ana].status_text, timeout=4)


@pytest.mark.parametrize(
    ("given_", "sentence"),
    [
        ({"text": "x" * 101}, "100 characters"),
        ({"text": "x", "emoji": "palm"}, "one emoji"),
        ({"text": "x", "until": 1}, "after now"),
    ],
)
async def test_a_status_that_slack_would_not_take_is_refused(
    page: Page, ana: str, given_: dict[str, Any], sentence: str
) -> None:
    answer = await page.post("status", as_=ana, **given_)
    assert not answer["ok"]
    assert sentence in answer["error"]


async def test_a_status_outlives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    async with Sandbox(MANIFEST, journal=path) as slack:
        ana = slack.add_person("Ana Ruiz")
        slack.statuses.set(ana, text="Words only", emoji="", until=0)
    async with Sandbox(MANIFEST, journal=path) as again:
        assert again.workspace.people[ana].status_text == "Words only"
        assert again.workspace.people[ana].status_emoji == ":speech_balloon:"
