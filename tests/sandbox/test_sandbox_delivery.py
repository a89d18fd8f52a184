"""Events on their way to the app over HTTP: which, in what envelope, signed how, and how often."""

import asyncio
import dataclasses
import time
from typing import Any

from aiohttp import web
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox
from tests.sandbox.conftest import MANIFEST, Knock, Listener


async def test_an_event_comes_signed_in_slacks_envelope(
    slack: Sandbox, listener: Listener, ana: str, channel: str
) -> None:
    ts = await slack.say(ana, channel, "We build a feature store")
    (knock,) = listener.knocks
    verifier = SignatureVerifier(slack.signing_secret)
    assert verifier.is_valid_request(knock.raw, knock.headers)
    assert not SignatureVerifier("another secret").is_valid_request(knock.raw, knock.headers)
    body = knock.body
    assert (body["type"], body["team_id"], body["api_app_id"]) == ("event_callback", slack.team_id, slack.app_id)
    assert body["event_id"].startswith("Ev")
    assert abs(body["event_time"] - time.time()) < 5
    assert body["authorizations"][0]["user_id"] == slack.bot_user_id
    assert body["is_ext_shared_channel"] is False
    event = body["event"]
    assert (event["type"], event["user"], event["channel"], event["ts"]) == ("message", ana, channel, ts)
    assert (event["channel_type"], event["event_ts"]) == ("channel", ts)
    assert event["blocks"][0]["type"] == "rich_text"
    assert "x-slack-retry-num" not in knock.headers


async def test_an_app_hears_only_of_channels_it_is_in(
    slack: Sandbox, listener: Listener, ana: str, bo: str, channel: str
) -> None:
    elsewhere = slack.add_channel("elsewhere", members=[ana])
    private = slack.add_channel("private", members=[ana, slack.bot_user_id], private=True)
    between = slack.direct(ana, bo)
    own = slack.direct(ana, slack.bot_user_id)
    group = slack.direct(ana, bo, slack.bot_user_id)
    for place in (elsewhere, between, channel, private, own, group):
        await slack.say(ana, place, "hello")
    heard = [(event["channel"], event["channel_type"]) for event in listener.events("message")]
    assert heard == [(channel, "channel"), (private, "group"), (own, "im"), (group, "mpim")]


async def test_an_app_hears_only_what_it_subscribed_to_and_may_read() -> None:
    manifest = {**MANIFEST, "settings": {"event_subscriptions": {"bot_events": ["message.channels", "reaction_added"]}}}
    async with Sandbox(manifest, without_scopes=frozenset({"channels:history"})) as slack:
        ana = slack.add_person("Ana")
        channel = slack.add_channel("c", members=[ana, slack.bot_user_id])
        ts = await slack.say(ana, channel, "not for apps without channels:history")
        await slack.edit(ana, channel, ts, "nor this")
        assert slack.deliveries() == []
        await slack.react(ana, channel, ts, "eyes")
        assert [delivered.name for delivered in slack.deliveries()] == ["reaction_added"]


async def test_edits_and_deletions_carry_both_versions(
    slack: Sandbox, listener: Listener, ana: str, channel: str
) -> None:
    ts = await slack.say(ana, channel, "frist")
    await slack.edit(ana, channel, ts, "first")
    await slack.edit(ana, channel, ts, "first")
    await slack.delete(ana, channel, ts)
    _, changed, deleted = listener.events("message")
    assert (changed["subtype"], changed["message"]["text"], changed["previous_message"]["text"]) == (
        "message_changed",
        "first",
        "frist",
    )
    assert changed["message"]["edited"]["user"] == ana
    assert changed["ts"] != ts
    assert (deleted["subtype"], deleted["deleted_ts"], deleted["previous_message"]["text"]) == (
        "message_deleted",
        ts,
        "first",
    )


async def test_deleting_a_parent_with_replies_is_told_as_a_change_to_a_tombstone(
    slack: Sandbox, listener: Listener, client: AsyncWebClient, ana: str, channel: str
) -> None:
    ts = await slack.say(ana, channel, "parent")
    reply = await client.chat_postMessage(channel=channel, text="reply", thread_ts=ts)
    await slack.delete(ana, channel, ts)
    event = listener.events("message")[-1]
    assert (event["subtype"], event["message"]["subtype"], event["previous_message"]["text"]) == (
        "message_changed",
        "tombstone",
        "parent",
    )
    await client.chat_delete(channel=channel, ts=reply["ts"])
    await slack.delivery.settle()
    gone = [event["deleted_ts"] for event in listener.events("message") if event.get("subtype") == "message_deleted"]
    assert sorted(gone) == sorted([reply["ts"], ts])


async def test_own_posts_come_back_with_bot_id_and_metadata(
    slack: Sandbox, listener: Listener, client: AsyncWebClient, channel: str
) -> None:
    metadata = {"event_type": "warning", "event_payload": {"key": "k1"}}
    await client.chat_postMessage(channel=channel, text="mine", metadata=metadata)
    await slack.delivery.settle()
    (event,) = listener.events("message")
    assert (event["bot_id"], event["app_id"], event["user"]) == (slack.bot_id, slack.app_id, slack.bot_user_id)
    assert event["metadata"] == metadata


async def test_other_bots_and_old_webhooks_post_as_such(slack: Sandbox, listener: Listener, ana: str) -> None:
    deploys = slack.add_bot("Deploys")
    channel = slack.add_channel("deploys", members=[ana, deploys, slack.bot_user_id])
    await slack.say(deploys, channel, "shipped")
    await slack.say(deploys, channel, "shipped again", subtype="bot_message")
    modern, old = listener.events("message")
    assert modern["bot_id"] == old["bot_id"] != slack.bot_id
    assert modern["user"] == deploys
    assert "subtype" not in modern
    assert (old["subtype"], old["username"]) == ("bot_message", "Deploys")
    assert "user" not in old


async def test_a_mention_is_told_twice_once_as_message_once_as_mention(
    slack: Sandbox, listener: Listener, ana: str, channel: str
) -> None:
    await slack.say(ana, channel, f"<@{slack.bot_user_id}> who owns drift?")
    await slack.say(ana, slack.direct(ana, slack.bot_user_id), f"<@{slack.bot_user_id}> and here?")
    assert len(listener.events("message")) == 2
    (mention,) = listener.events("app_mention")
    assert (mention["channel"], mention["text"]) == (channel, f"<@{slack.bot_user_id}> who owns drift?")


async def test_coming_and_going_is_told(slack: Sandbox, listener: Listener, ana: str, bo: str, channel: str) -> None:
    cy = slack.add_person("Cy")
    await slack.invite(ana, channel, cy)
    await slack.leave(cy, channel)
    quiet = slack.add_channel("quiet", members=[bo])
    await slack.join(ana, quiet)
    await slack.invite(bo, quiet, slack.bot_user_id)
    await slack.remove(bo, quiet, slack.bot_user_id)
    joined = [
        (event["user"], event["channel"], event.get("inviter")) for event in listener.events("member_joined_channel")
    ]
    assert joined == [(cy, channel, ana), (slack.bot_user_id, quiet, bo)]
    left = [(event["user"], event["channel"]) for event in listener.events("member_left_channel")]
    assert left == [(cy, channel), (slack.bot_user_id, quiet)]
    subtypes = [event.get("subtype") for event in listener.events("message")]
    assert subtypes[:2] == ["channel_join", "channel_leave"]


async def test_changes_of_channels_and_people_are_told(
    slack: Sandbox, listener: Listener, ana: str, bo: str, channel: str
) -> None:
    await slack.rename(bo, channel, "ml-news")
    await slack.archive(bo, channel)
    await slack.archive(bo, channel, restore=True)
    new_id = await slack.share(channel, new_id="C0SBX99999")
    await slack.say(ana, new_id, "after the move")
    await slack.change_person(ana, tz="Asia/Tokyo")
    assert listener.events("channel_rename")[0]["channel"]["name"] == "ml-news"
    assert listener.events("channel_archive")[0]["user"] == bo
    assert listener.events("channel_unarchive")[0]["channel"] == channel
    moved = listener.events("channel_id_changed")[0]
    assert (moved["old_channel_id"], moved["new_channel_id"]) == (channel, new_id)
    assert listener.events("user_change")[0]["user"]["tz"] == "Asia/Tokyo"
    (after,) = [knock.body for knock in listener.knocks if knock.body["event"].get("text") == "after the move"]
    assert after["is_ext_shared_channel"] is True


def failing(times: int, status: int = 503, **headers: str) -> Any:
    left = [times]

    async def answer(_: Knock) -> web.StreamResponse:
        left[0] -= 1
        return web.Response(status=status, headers=headers) if left[0] >= 0 else web.Response()

    return answer


async def test_an_event_that_was_not_taken_comes_again_with_number_and_reason(
    slack: Sandbox, listener: Listener, ana: str, channel: str
) -> None:
    listener.answer = failing(2)
    await slack.say(ana, channel, "again and again")
    retries = [
        (knock.headers.get("x-slack-retry-num"), knock.headers.get("x-slack-retry-reason")) for knock in listener.knocks
    ]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error")]
    assert len({knock.body["event_id"] for knock in listener.knocks}) == 1
    assert slack.deliveries("message")[0].outcome == "acknowledged"


async def test_after_three_more_tries_slack_gives_up(
    slack: Sandbox, listener: Listener, ana: str, channel: str
) -> None:
    listener.answer = failing(9, 500)
    await slack.say(ana, channel, "never")
    assert len(listener.knocks) == 4
    assert slack.deliveries("message")[0].outcome == "given_up"
    pauses = [
        b.at - a.at for a, b in zip(slack.deliveries()[0].attempts, slack.deliveries()[0].attempts[1:], strict=False)
    ]
    assert pauses[1] >= 60 * 0.002
    assert pauses[2] >= 300 * 0.002
    assert pauses[0] < pauses[2]


async def test_an_app_can_ask_not_to_be_tried_again(slack: Sandbox, listener: Listener, ana: str, channel: str) -> None:
    listener.answer = failing(9, 500, **{"x-slack-no-retry": "1"})
    await slack.say(ana, channel, "once")
    assert len(listener.knocks) == 1


async def test_slowness_and_silence_have_their_own_reasons() -> None:
    async with Sandbox(MANIFEST, ack_seconds=0.1) as slack:
        person = slack.add_person("Ana")
        channel = slack.add_channel("c", members=[person, slack.bot_user_id])

        async def sleepy(_: web.Request) -> web.Response:
            await asyncio.sleep(0.5)
            return web.Response()

        application = web.Application()
        application.router.add_post("/", sleepy)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        await slack.say(person, channel, "too slow", wait=False)
        slow = await slack.wait_for(lambda: len(slack.deliveries()[0].attempts) > 1 and slack.deliveries()[0])
        assert slow.attempts[0].fault == "http_timeout"
        await runner.cleanup()
        slack.request_url = "http://127.0.0.1:9/"
        await slack.say(person, channel, "nobody there", wait=False)
        dead = slack.deliveries()[-1]
        await slack.wait_for(lambda: dead.attempts and dead.attempts[0].fault)
        assert dead.attempts[0].fault == "connection_failed"


async def test_the_same_event_can_be_sent_three_times(
    slack: Sandbox, listener: Listener, ana: str, channel: str
) -> None:
    await slack.say(ana, channel, "thrice", times=3)
    slack.redeliver_next(2)
    await slack.say(ana, channel, "twice")
    await slack.delivery.settle()
    texts = [event["text"] for event in listener.events("message")]
    assert (texts.count("thrice"), texts.count("twice")) == (3, 2)
    assert len({knock.body["event_id"] for knock in listener.knocks}) == 2


async def test_events_can_come_out_of_order(slack: Sandbox, listener: Listener, ana: str, channel: str) -> None:
    async with slack.out_of_order():
        ts = await slack.say(ana, channel, "one")
        await slack.edit(ana, channel, ts, "two")
        await slack.delete(ana, channel, ts)
        assert listener.knocks == []
    assert [event.get("subtype") for event in listener.events()] == ["message_deleted", "message_changed", None]


async def test_history_from_before_the_app_is_not_told(
    slack: Sandbox, listener: Listener, ana: str, channel: str
) -> None:
    await slack.say(ana, channel, "old news", deliver=False)
    await slack.delivery.settle()
    assert listener.knocks == []


async def test_without_any_app_an_event_waits_for_nobody(slack: Sandbox, ana: str, channel: str) -> None:
    started = time.monotonic()
    await slack.say(ana, channel, "is anybody there?")
    assert time.monotonic() - started < 0.5
    assert slack.deliveries()[0].outcome == "nobody"


async def test_a_knock_of_a_stranger_can_be_tried(slack: Sandbox, listener: Listener) -> None:
    answer = await slack.knock(b'{"type":"url_verification"}', {"x-slack-signature": "v0=forged"})
    assert answer.status == 200
    assert listener.knocks[0].headers["x-slack-signature"] == "v0=forged"
    assert dataclasses.asdict(answer)["fault"] == ""
