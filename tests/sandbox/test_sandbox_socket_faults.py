"""Faults of Socket Mode that hit while something is brought to the app."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox
from tests.sandbox.conftest import Page

Json = dict[str, Any]


@pytest.fixture
async def line() -> AsyncIterator[aiohttp.ClientSession]:
    """Where the app's connections come from."""
    async with aiohttp.ClientSession() as session:
        yield session


async def connect(slack: Sandbox, line: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
    """A connection that has been greeted."""
    client = AsyncWebClient(token=slack.app_token, base_url=slack.api_url)
    url = str((await client.apps_connections_open(app_token=slack.app_token))["url"])
    socket = await line.ws_connect(url)
    await socket.receive_json(timeout=5)
    return socket


async def test_what_a_cut_connection_carried_comes_once_more_over_another(
    slack: Sandbox, line: aiohttp.ClientSession, page: Page, ana: str, channel: str
) -> None:
    first, other = await connect(slack, line), await connect(slack, line)
    await page.post("faults", method="socket", fault="cut")
    saying = asyncio.create_task(slack.say(ana, channel, "hello"))
    carried = await first.receive_json(timeout=5)
    again = await other.receive_json(timeout=5)
    await other.send_json({"envelope_id": again["envelope_id"]})
    await saying
    assert (await first.receive(timeout=5)).type in {
        aiohttp.WSMsgType.CLOSED,
        aiohttp.WSMsgType.ERROR,
        aiohttp.WSMsgType.CLOSE,
    }
    assert (again["retry_attempt"], again["retry_reason"]) == (1, "connection_failed")
    assert again["payload"]["event_id"] == carried["payload"]["event_id"]
    assert again["envelope_id"] != carried["envelope_id"]
    (heard,) = slack.deliveries("message")
    assert (heard.outcome, len(heard.attempts)) == ("acknowledged", 2)
    await other.close()


async def test_a_renewal_says_so_and_still_takes_the_acknowledgement_on_the_old_connection(
    slack: Sandbox, line: aiohttp.ClientSession, page: Page, ana: str, channel: str
) -> None:
    old = await connect(slack, line)
    await page.post("faults", method="socket", fault="disconnect")
    saying = asyncio.create_task(slack.say(ana, channel, "hello"))
    said: list[Json] = [await old.receive_json(timeout=5) for _ in range(2)]
    assert [one["type"] for one in said] == ["events_api", "disconnect"]
    assert said[1]["reason"] == "refresh_requested"
    await old.send_json({"envelope_id": said[0]["envelope_id"]})
    await saying
    (heard,) = slack.deliveries("message")
    assert (heard.outcome, len(heard.attempts)) == ("acknowledged", 1)
    new = await connect(slack, line)
    saying = asyncio.create_task(slack.say(ana, channel, "again"))
    envelope = await new.receive_json(timeout=5)
    await new.send_json({"envelope_id": envelope["envelope_id"]})
    await saying
    await new.close()


async def test_a_renewal_that_is_not_answered_in_time_brings_the_event_to_the_next_connection(
    slack: Sandbox, line: aiohttp.ClientSession, page: Page, ana: str, channel: str
) -> None:
    old = await connect(slack, line)
    await page.post("faults", method="socket", fault="disconnect")
    saying = asyncio.create_task(slack.say(ana, channel, "hello"))
    first: Json = await old.receive_json(timeout=5)
    new = await connect(slack, line)
    while (await old.receive(timeout=5)).type is aiohttp.WSMsgType.TEXT:
        pass
    again = await new.receive_json(timeout=5)
    await new.send_json({"envelope_id": again["envelope_id"]})
    await saying
    assert again["payload"]["event_id"] == first["payload"]["event_id"]
    assert again["retry_attempt"] == 1
    await new.close()


async def test_a_command_whose_connection_is_cut_is_not_brought_again(
    slack: Sandbox, line: aiohttp.ClientSession, page: Page, ana: str, channel: str
) -> None:
    first, other = await connect(slack, line), await connect(slack, line)
    await page.post("faults", method="socket", fault="cut")
    asking = asyncio.create_task(slack.command(ana, channel, "/oar find"))
    await first.receive_json(timeout=5)
    assert (await asking).error
    with pytest.raises(TimeoutError):
        await other.receive_json(timeout=0.3)
    (asked,) = [one for one in slack.deliveries() if one.kind == "slash_commands"]
    assert len(asked.attempts) == 1
    await other.close()
