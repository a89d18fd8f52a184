"""Socket Mode, as raw WebSockets see it and as slack_sdk's own client lives with it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox
from tests.sandbox.conftest import MANIFEST


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def ticket(slack: Sandbox) -> str:
    client = AsyncWebClient(token=slack.app_token, base_url=slack.api_url)
    return str((await client.apps_connections_open(app_token=slack.app_token))["url"])


async def test_a_connection_says_hello_and_its_ticket_is_good_once(
    slack: Sandbox, session: aiohttp.ClientSession
) -> None:
    url = await ticket(slack)
    async with session.ws_connect(url) as socket:
        hello = await socket.receive_json()
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        assert hello["debug_info"]["approximate_connection_time"] > 0
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_events_come_in_envelopes_and_again_when_not_acknowledged(session: aiohttp.ClientSession) -> None:
    async with Sandbox(MANIFEST, ack_seconds=0.1) as slack:
        ana = slack.add_person("Ana")
        channel = slack.add_channel("c", members=[ana, slack.bot_user_id])
        async with session.ws_connect(await ticket(slack)) as socket:
            await socket.receive_json()
            saying = asyncio.create_task(slack.say(ana, channel, "hello"))
            first = await socket.receive_json(timeout=2)
            second = await socket.receive_json(timeout=2)
            await socket.send_json({"envelope_id": second["envelope_id"]})
            await saying
    assert (first["type"], first["accepts_response_payload"], first["retry_attempt"]) == ("events_api", False, 0)
    assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
    assert first["payload"]["event_id"] == second["payload"]["event_id"]
    assert first["payload"]["event"]["text"] == "hello"
    assert slack.deliveries()[0].outcome == "acknowledged"


async def test_a_command_can_be_answered_in_the_acknowledgement_and_is_never_repeated(
    slack: Sandbox, session: aiohttp.ClientSession, ana: str, channel: str
) -> None:
    async with session.ws_connect(await ticket(slack)) as socket:
        await socket.receive_json()
        asking = asyncio.create_task(slack.command(ana, channel, "/oar find"))
        envelope = await socket.receive_json(timeout=2)
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "Found"}})
        reply = await asking
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert "retry_attempt" not in envelope
    assert reply.text == "Found"


async def test_payloads_take_turns_between_connections(
    slack: Sandbox, session: aiohttp.ClientSession, ana: str, channel: str
) -> None:
    sockets = [await session.ws_connect(await ticket(slack)) for _ in range(2)]
    got: list[list[str]] = [[], []]

    async def listen(index: int) -> None:
        async for message in sockets[index]:
            said = message.json()
            if said["type"] == "events_api":
                got[index].append(said["payload"]["event"]["text"])
                await sockets[index].send_json({"envelope_id": said["envelope_id"]})

    listening = [asyncio.create_task(listen(index)) for index in range(2)]
    for i in range(4):
        await slack.say(ana, channel, f"m{i}")
    for socket in sockets:
        await socket.close()
    await asyncio.gather(*listening)
    assert sorted(got[0] + got[1]) == ["m0", "m1", "m2", "m3"]
    assert len(got[0]) == len(got[1]) == 2


async def test_the_eleventh_connection_is_sent_away(slack: Sandbox, session: aiohttp.ClientSession) -> None:
    sockets = [await session.ws_connect(await ticket(slack)) for _ in range(11)]
    said = [await socket.receive_json() for socket in sockets]
    assert [one["type"] for one in said] == ["hello"] * 10 + ["disconnect"]
    assert said[10]["reason"] == "too_many_websockets"
    for socket in sockets:
        await socket.close()


async def test_a_connection_that_grows_old_is_warned_and_asked_to_renew(session: aiohttp.ClientSession) -> None:
    async with Sandbox(MANIFEST, socket_lifetime=0.05) as slack, session.ws_connect(await ticket(slack)) as socket:
        said = [await socket.receive_json(timeout=2) for _ in range(3)]
        assert [one.get("reason") for one in said] == [None, "warning", "refresh_requested"]
        assert (await socket.receive(timeout=2)).type in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING}


def bolt(slack: Sandbox) -> tuple[AsyncApp, AsyncSocketModeHandler, list[dict[str, Any]]]:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    app = AsyncApp(client=client, process_before_response=True)
    heard: list[dict[str, Any]] = []

    @app.event("message")
    async def message(event: dict[str, Any], client: AsyncWebClient) -> None:
        heard.append(event)
        await client.chat_postMessage(
            channel=event["channel"], thread_ts=event["ts"], text=f"You said: {event['text']}"
        )

    return app, AsyncSocketModeHandler(app, slack.app_token, ping_interval=1), heard


async def test_bolt_lives_through_a_refresh_and_misses_nothing(slack: Sandbox, ana: str, channel: str) -> None:
    _, handler, heard = bolt(slack)
    await handler.connect_async()  # type: ignore[no-untyped-call] # slack_bolt leaves it without types
    ts = await slack.say(ana, channel, "before")
    assert slack.thread(channel, ts)[0]["text"] == "You said: before"
    await slack.sockets.disconnect("refresh_requested")
    await slack.say(ana, channel, "during", wait=False)
    await slack.wait_for(lambda: {event["text"] for event in heard} >= {"before", "during"}, timeout=8)
    await handler.close_async()  # type: ignore[no-untyped-call] # the same
    await handler.client.aiohttp_client_session.close()
    assert len(slack.calls("apps.connections.open")) >= 2


async def test_an_event_that_a_dying_connection_swallowed_comes_again(
    slack: Sandbox, session: aiohttp.ClientSession, ana: str, channel: str
) -> None:
    dying = await session.ws_connect(await ticket(slack))
    await dying.receive_json()
    saying = asyncio.create_task(slack.say(ana, channel, "catch me"))
    await dying.receive_json(timeout=2)
    living = await session.ws_connect(await ticket(slack))
    await living.receive_json()
    await dying.close()
    again = await living.receive_json(timeout=2)
    await living.send_json({"envelope_id": again["envelope_id"]})
    await saying
    await living.close()
    assert (again["retry_attempt"], again["retry_reason"]) == (1, "connection_failed")


async def test_connections_can_be_cut_without_a_word_and_the_sdk_comes_back(
    slack: Sandbox, ana: str, channel: str
) -> None:
    _, handler, heard = bolt(slack)
    await handler.connect_async()  # type: ignore[no-untyped-call] # slack_bolt leaves it without types
    await slack.say(ana, channel, "before")
    assert await slack.sockets.disconnect(abruptly=True) == 1
    await slack.wait_for(lambda: not slack.sockets.connections)
    await slack.wait_for(lambda: slack.sockets.connections, timeout=15)
    await slack.say(ana, channel, "after")
    assert [event["text"] for event in heard] == ["before", "after"]
    await handler.close_async()  # type: ignore[no-untyped-call] # the same
    await handler.client.aiohttp_client_session.close()
