"""Reading a channel's past: whole pages, in order, and never more often than Slack allows."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Fault, Sandbox
from bot.slack import history
from bot.slack.history import History, NotNow, Unreadable, order
from tests.world import NOW, Team


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def past(slack: Sandbox, team: Team, clock: Clock) -> History:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    return History(client, clock=clock)


async def said(team: Team, count: int) -> list[str]:
    """Messages, the oldest first."""
    return [await team.slack.say(team.ana, team.channel, f"Message {number}", deliver=False) for number in range(count)]


def times(messages: Any) -> list[str]:
    return [str(message["ts"]) for message in messages]


async def test_pages_join_without_a_hole_and_without_a_message_twice(
    team: Team, past: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "PAGE", 3)
    every = await said(team, 8)
    seen: list[str] = []
    latest, more = "9999999999.000000", True
    while more:
        page = await past.page(team.channel, oldest=every[0], latest=latest)
        seen += times(page.messages)
        latest, more = page.low, page.more
    assert seen == every[:0:-1]


async def test_bounds_belong_to_a_page_only_on_request(team: Team, past: History) -> None:
    every = await said(team, 4)
    assert times((await past.page(team.channel, oldest=every[0], latest=every[3])).messages) == [every[2], every[1]]
    page = await past.page(team.channel, oldest=every[0], latest=every[3], inclusive=True)
    assert times(page.messages) == every[::-1]
    assert (page.low, page.high, page.more) == (every[0], every[3], False)


async def test_an_empty_page_has_no_bounds(team: Team, past: History) -> None:
    (only,) = await said(team, 1)
    page = await past.page(team.channel, oldest=only, latest="9999999999.000000")
    assert (page.messages, page.low, page.high, page.more) == ((), "", "", False)


async def test_slacks_wait_holds_for_every_channel_and_no_call_is_made_before(
    team: Team, past: History, clock: Clock
) -> None:
    team.slack.faults.on("conversations.history", Fault.RATE_LIMIT, retry_after=37)
    with pytest.raises(NotNow) as refused:
        await past.page(team.channel)
    assert refused.value.until == clock.now + timedelta(seconds=37)
    calls = len(team.slack.calls())
    clock.now += timedelta(seconds=36)
    for ask in (past.page(team.channel), past.channels()):
        with pytest.raises(NotNow):
            await ask
    assert len(team.slack.calls()) == calls
    clock.now += timedelta(seconds=1)
    await past.page(team.channel)


@pytest.mark.parametrize("fault", [Fault.ERROR_500, Fault.ERROR_503, Fault.DROP, Fault.MALFORMED])
async def test_no_answer_is_asked_for_again_later_and_not_at_once(
    team: Team, past: History, clock: Clock, fault: Fault
) -> None:
    team.slack.faults.on("conversations.history", fault)
    with pytest.raises(NotNow) as refused:
        await past.page(team.channel)
    assert refused.value.until == clock.now + history.TRY_AGAIN
    assert len(team.slack.calls("conversations.history")) == 1


async def test_a_token_that_is_refused_is_not_tried_every_second(team: Team, past: History, clock: Clock) -> None:
    team.slack.faults.on("conversations.history", Fault.REFUSE, code="token_revoked")
    with pytest.raises(NotNow) as refused:
        await past.page(team.channel)
    assert refused.value.until == clock.now + history.TRY_LATER


async def test_a_channel_that_cannot_be_read_says_why_and_the_next_one_may_be_read(team: Team, past: History) -> None:
    elsewhere = team.slack.add_channel("elsewhere", members=[team.ana])
    with pytest.raises(Unreadable) as refused:
        await past.page(elsewhere)
    assert refused.value.code == "not_in_channel"
    await past.page(team.channel)


async def as_many_as_possible(past: History, channel: str) -> tuple[int, datetime]:
    """Read until it is not the time; how many pages, and when it will be."""
    for count in range(1000):
        try:
            await past.page(channel)
        except NotNow as wait:
            return count, wait.until
    raise AssertionError("Nothing holds us back.")


async def test_we_keep_below_slacks_limit_by_ourselves(team: Team, past: History, clock: Clock) -> None:
    made = 0
    for _ in range(60):  # one minute, as fast as it goes
        clock.now += timedelta(seconds=1)
        count, until = await as_many_as_possible(past, team.channel)
        made += count
        assert clock.now < until <= clock.now + timedelta(seconds=2)
    assert made <= history.BURST + history.PER_MINUTE + 1
    assert made >= history.PER_MINUTE


async def test_the_channels_that_the_bot_is_in_are_listed_page_by_page(
    team: Team, past: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "PAGE", 2)
    ours = {team.channel} | {
        team.slack.add_channel(f"c-{number}", members=[team.ana, team.slack.bot_user_id], private=number == 0)
        for number in range(4)
    }
    team.slack.add_channel("elsewhere", members=[team.ana])
    assert {str(each["id"]) for each in await past.channels()} == ours


async def test_without_permission_for_private_channels_the_public_ones_are_listed(team: Team, past: History) -> None:
    team.slack.faults.on("users.conversations", Fault.REFUSE, code="missing_scope")
    assert [str(each["id"]) for each in await past.channels()] == [team.channel]


@pytest.mark.parametrize(
    ("ts", "expected"),
    [("1.000002", (1, 2)), ("12.5", (12, 500_000)), ("7", (7, 0)), ("nonsense", (0, 0)), ("", (0, 0))],
)
def test_ts_are_ordered_by_number(ts: str, expected: tuple[int, int]) -> None:
    assert order(ts) == expected
