"""Bad days on demand: what the app sees, and what really took effect."""

import asyncio
import time

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Fault, Sandbox
from tests.sandbox.conftest import MANIFEST


@pytest.fixture
def bare(slack: Sandbox) -> AsyncWebClient:
    """A client that tries once."""
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[], timeout=1)


async def test_a_rate_limit_is_answered_with_429_and_honoured_by_the_sdk(
    slack: Sandbox, bare: AsyncWebClient, channel: str
) -> None:
    slack.faults.on("chat.postMessage", Fault.RATE_LIMIT, retry_after=1)
    with pytest.raises(SlackApiError) as limited:
        await bare.chat_postMessage(channel=channel, text="x")
    assert (limited.value.response.status_code, limited.value.response.headers["Retry-After"]) == (429, "1")
    slack.faults.on("chat.postMessage", "rate_limit", retry_after=1)
    patient = AsyncWebClient(
        token=slack.bot_token,
        base_url=slack.api_url,
        retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=1)],
    )
    started = time.monotonic()
    await patient.chat_postMessage(channel=channel, text="x")
    assert time.monotonic() - started >= 1
    assert len(slack.messages(channel)) == 1


@pytest.mark.parametrize(
    ("fault", "posted"),
    [
        ("error_500", 0),
        ("error_503", 0),
        ("drop", 0),
        ("malformed", 0),
        ("refuse", 0),
        ("hang", 0),
        ("accept_then_500", 1),
        ("accept_then_drop", 1),
        ("accept_then_hang", 1),
        ("accept_then_malformed", 1),
    ],
)
async def test_what_the_app_sees_and_what_took_effect(
    slack: Sandbox, bare: AsyncWebClient, channel: str, fault: str, posted: int
) -> None:
    slack.faults.on("chat.postMessage", fault, seconds=1.5)
    with pytest.raises((SlackApiError, aiohttp.ClientError, asyncio.TimeoutError, ValueError)):
        await bare.chat_postMessage(channel=channel, text="x")
    assert len(slack.messages(channel)) == posted
    assert [call.accepted for call in slack.calls("chat.postMessage")] == [bool(posted)]
    await bare.chat_postMessage(channel=channel, text="x")
    assert len(slack.messages(channel)) == posted + 1


async def test_a_slow_answer_is_still_an_answer(slack: Sandbox, bare: AsyncWebClient, channel: str) -> None:
    slack.faults.on("*", "slow", seconds=0.2)
    started = time.monotonic()
    assert (await bare.chat_postMessage(channel=channel, text="x"))["ok"]
    assert time.monotonic() - started >= 0.2


async def test_a_fault_can_wait_for_its_call(slack: Sandbox, bare: AsyncWebClient, channel: str) -> None:
    slack.faults.on(
        "chat.postMessage", "refuse", code="fatal_error", skip=1, when=lambda given: given["text"] == "unlucky"
    )
    outcomes = []
    for text in ("lucky", "unlucky", "unlucky", "unlucky"):
        try:
            await bare.chat_postMessage(channel=channel, text=text)
            outcomes.append("ok")
        except SlackApiError as error:
            outcomes.append(str(error.response["error"]))
    assert outcomes == ["ok", "ok", "fatal_error", "ok"]


async def test_an_upload_can_fail(slack: Sandbox, bare: AsyncWebClient, channel: str) -> None:
    slack.faults.on("upload", "error_500")
    with pytest.raises(SlackRequestError, match="status: 500"):
        await bare.files_upload_v2(content="x", filename="a.txt", channel=channel)
    assert slack.messages(channel) == []


async def test_slacks_own_limits_hold_per_channel_for_posts_and_per_method_otherwise() -> None:
    async with Sandbox(MANIFEST, rate_limits=True) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        ana = slack.add_person("Ana")
        one, other = (slack.add_channel(name, members=[ana, slack.bot_user_id]) for name in ("one", "other"))
        burst = slack.rate_limits.post_burst
        for _ in range(burst):
            await client.chat_postMessage(channel=one, text="x")
        with pytest.raises(SlackApiError) as limited:
            await client.chat_postMessage(channel=one, text="x")
        assert limited.value.response["error"] == "ratelimited"
        assert int(limited.value.response.headers["Retry-After"]) >= 1
        assert (await client.chat_postMessage(channel=other, text="x"))["ok"]
        slack.clock.move(1.1)
        assert (await client.chat_postMessage(channel=one, text="x"))["ok"]
        for _ in range(20):
            await client.users_list()
        with pytest.raises(SlackApiError):
            await client.users_list()


async def test_a_fault_may_hit_a_share_of_the_calls_until_it_is_taken_back(
    slack: Sandbox, bare: AsyncWebClient, channel: str
) -> None:
    plan = slack.faults.on("chat.postMessage,chat.update", "refuse", times=None, share=50)
    outcomes = []
    for _ in range(40):
        try:
            await bare.chat_postMessage(channel=channel, text="x")
            outcomes.append(True)
        except SlackApiError:
            outcomes.append(False)
    assert {True, False} == set(outcomes)
    assert plan.hits == outcomes.count(False)
    assert (await bare.conversations_info(channel=channel))["ok"]
    slack.faults.off(plan.number)
    assert slack.faults.planned == []


async def test_a_call_that_is_tried_again_says_how_often_it_was_tried(
    slack: Sandbox, bare: AsyncWebClient, channel: str
) -> None:
    slack.faults.on("chat.postMessage", "refuse", times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError):
            await bare.chat_postMessage(channel=channel, text="x")
    await bare.chat_postMessage(channel=channel, text="x")
    assert [(call.tries, call.fault) for call in slack.calls("chat.postMessage")] == [
        (1, "refuse"),
        (2, "refuse"),
        (3, ""),
    ]


async def test_a_fault_stands_where_it_belongs(slack: Sandbox) -> None:
    for method, fault in (("chat.postMessage", "redeliver"), ("events", "slow"), ("*", "cut"), ("socket", "redeliver")):
        with pytest.raises(ValueError, match="is no fault of"):
            slack.faults.on(method, fault)
