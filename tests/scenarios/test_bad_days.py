"""Slack's bad days, switched on as the sandbox's page does it: whatever goes wrong, each answer is there exactly once."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot import socket_mode
from bot.delivery import retry
from bot.process import Process, Role, start
from bot.sandbox import Sandbox
from tests.scenarios.dialogs import SAME_STORE, STORE, STORE_TITLE, announced, quiet, reply, titles, undelivered
from tests.world import MANIFEST, Team, everything, settings_for

Json = dict[str, Any]


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    """A Slack that tries an event again at once, after three seconds and after fifteen."""
    async with Sandbox(MANIFEST, retry_scale=0.05) as sandbox:
        yield sandbox


async def switched_on(slack: Sandbox, **fault: object) -> None:
    """Switch a fault on through the page's own door."""
    async with aiohttp.ClientSession() as session, session.post(f"{slack.url}/sandbox/faults", json=fault) as response:
        said: Json = await response.json()
    assert said["ok"], said


def posts(team: Team, ts: str) -> list[bool]:
    """Which tries to post under a message took effect."""
    return [call.accepted for call in team.slack.calls("chat.postMessage") if call.arguments.get("thread_ts") == ts]


@pytest.mark.parametrize(
    ("fault", "tries"),
    [
        ({"fault": "rate_limit", "retry_after": 1}, [False, True]),
        ({"fault": "error_500"}, [False, True]),
        ({"fault": "drop"}, [False, True]),
        ({"fault": "accept_then_500"}, [True]),
        ({"fault": "accept_then_drop"}, [True]),
        ({"fault": "slow", "seconds": 1}, [True]),
    ],
    ids=lambda value: value["fault"] if isinstance(value, dict) else "",
)
async def test_a_reply_that_slack_refused_or_lost_the_answer_of_arrives_exactly_once(
    team: Team, bot: Process, fault: Json, tries: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each of these faults shows at once, so a second is long enough for a late acceptance.
    monkeypatch.setattr(retry, "FIRST_LOOK", timedelta(seconds=0.2))
    monkeypatch.setattr(retry, "DOUBT", timedelta(seconds=1))
    await announced(bot, team, team.ben, STORE)
    await switched_on(team.slack, method="chat.postMessage", times=1, **fault)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    assert STORE_TITLE in everything(reply(team, ts))
    assert posts(team, ts) == tries
    assert team.slack.faults.planned == []
    assert await undelivered(bot) == []


async def test_half_of_all_calls_may_fail_and_each_reply_is_still_there_once(team: Team, bot: Process) -> None:
    await announced(bot, team, team.ben, STORE)
    await switched_on(
        team.slack, method="chat.postMessage,reactions.add", fault="rate_limit", retry_after=1, share=50, times=None
    )
    for person in (team.ana, team.ben):
        ts = await announced(bot, team, person, SAME_STORE)
        reply(team, ts)
    assert await undelivered(bot) == []


@pytest.mark.parametrize("copies", [2, 4])
async def test_an_event_that_slack_brings_several_times_is_answered_once(team: Team, bot: Process, copies: int) -> None:
    await announced(bot, team, team.ben, STORE)
    await switched_on(team.slack, method="events", fault="redeliver", copies=copies)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    await team.slack.delivery.settle()
    await quiet(bot)
    reply(team, ts)
    heard = [one for one in team.slack.deliveries("message") if one.payload["event"].get("ts") == ts]
    assert len(heard) == copies
    assert len(await titles(bot)) == 2


@pytest.fixture
async def wired(team: Team, bot_database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Process]:
    """A bot that listens over Socket Mode and looks at its connection often."""
    monkeypatch.setattr(socket_mode, "WATCH", 0.1)
    monkeypatch.setattr(socket_mode, "NEW_ADDRESS_AFTER", 0.3)
    monkeypatch.setattr(socket_mode, "NEW_CLIENT_AFTER", 2.0)
    process = await start(settings_for(team.slack, bot_database_url, slack_app_token=team.slack.app_token), Role.RUN)
    yield process
    await process.stop()


@pytest.mark.parametrize("fault", ["cut", "disconnect"])
async def test_a_connection_that_ends_while_an_event_is_brought_costs_no_answer_and_makes_no_second(
    team: Team, wired: Process, fault: str
) -> None:
    await announced(wired, team, team.ben, STORE)
    await switched_on(team.slack, method="socket", fault=fault)
    ts = await team.slack.say(team.ana, team.channel, SAME_STORE)
    await team.slack.delivery.settle()
    await quiet(wired)
    (heard,) = [one for one in team.slack.deliveries("message") if one.payload["event"].get("ts") == ts]
    assert heard.outcome == "acknowledged"
    assert STORE_TITLE in everything(reply(team, ts))
    assert len(await titles(wired)) == 2
    assert team.slack.faults.planned == []
    # The acknowledgement over a cut connection is lost for certain; one that is renewed may still have carried it.
    assert [attempt.retry for attempt in heard.attempts][:2] == [0, 1] or fault == "disconnect"
