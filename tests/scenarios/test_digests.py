"""`/rowbot digest` as people meet it, and the digest in the channel. Time is moved, for the bot and for Slack alike."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot import clock
from bot.features.digests import jobs
from bot.process import Process, Role, start
from bot.sandbox import Fault, Sandbox
from tests.scenarios.dialogs import (
    SAME_STORE,
    STORE,
    STORE_TITLE,
    Json,
    announced,
    direct,
    is_ours,
    labels,
    quiet,
    undelivered,
)
from tests.world import Team, everything, settings_for

#: A Wednesday, and the Monday after it: nine o'clock in Lisbon, where Ana is.
WEDNESDAY = datetime(2027, 1, 13, 12, 0, tzinfo=UTC)
MONDAY = datetime(2027, 1, 18, 9, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def travel(slack: Sandbox) -> Iterator[None]:
    """It is that Wednesday, for the bot and for Slack; afterwards it is today again."""
    to(slack, WEDNESDAY)
    yield
    clock.now.offset = timedelta()


@pytest.fixture
async def bot(team: Team, bot_database_url: str) -> AsyncIterator[Process]:
    """A bot that hears over Socket Mode: what comes over HTTP is signed with the real time, from which these days are far away."""
    settings = settings_for(team.slack, bot_database_url, slack_app_token=team.slack.app_token)
    process = await start(settings, Role.RUN, survives_power_cut=False)
    yield process
    await process.stop()


def to(slack: Sandbox, moment: datetime) -> None:
    """Move both clocks."""
    offset = moment - datetime.now(UTC)
    clock.now.offset = offset
    slack.clock.offset = offset.total_seconds()


async def at(bot: Process, team: Team, moment: datetime) -> None:
    """It is this moment, and whatever is due by then was done."""
    to(team.slack, moment)
    await jobs.sweep(bot.bot.db, bot.bot.directory, bot.bot.scope, clock.now())
    await quiet(bot)


async def typed(team: Team, line: str, *, person: str = "", channel: str = "") -> Json:
    """Type a command; what the person is shown."""
    person, channel = person or team.ana, channel or team.channel
    await team.slack.command(person, channel, f"/rowbot digest {line}".strip())
    shown = team.slack.ephemerals(person, channel)
    assert shown, "nothing was shown"
    return shown[-1]


def digests(team: Team, channel: str = "") -> list[Json]:
    """Digests that stand in a channel."""
    messages = team.slack.messages(channel or team.channel)
    return [
        message
        for message in messages
        if is_ours(team, message) and ("Since" in message["text"] or "quiet week" in message["text"])
    ]


async def test_a_member_turns_it_on_and_the_channel_gets_it_every_week(team: Team, bot: Process) -> None:
    first = await typed(team, "")
    assert "has no weekly digest" in everything(first)
    assert labels(first) == ["Turn on", "Another time…", "Preview"]
    await team.slack.click(team.ana, team.channel, first["ts"], "digests.turn_on")
    (state,) = team.slack.ephemerals(team.ana, team.channel)
    assert "Mondays at 09:00 in Lisbon" in everything(state)
    assert labels(state) == ["Change…", "Preview", "Turn off"]
    await announced(bot, team, team.ben, STORE)
    await announced(bot, team, team.ana, SAME_STORE)
    await at(bot, team, MONDAY - timedelta(minutes=1))
    assert digests(team) == []
    await at(bot, team, MONDAY)
    (digest,) = digests(team)
    assert "2 new initiatives; 1 overlap found" in everything(digest)
    assert STORE_TITLE in everything(digest)
    assert labels(digest) == ["Announce", "Turn it off"]
    await at(bot, team, MONDAY + WEEK)
    assert "A quiet week: nothing new among 2 initiatives." in everything(digests(team)[1])
    assert await undelivered(bot) == []


async def test_it_comes_when_they_say(team: Team, bot: Process) -> None:
    shown = await typed(team, "on friday 14:30", person=team.ben)
    assert "Fridays at 14:30 in Lagos" in everything(shown)
    await at(bot, team, datetime(2027, 1, 15, 13, 30, tzinfo=UTC))
    assert len(digests(team)) == 1


async def test_the_form_moves_it(team: Team, bot: Process) -> None:
    shown = await typed(team, "on")
    await team.slack.click(team.ana, team.channel, shown["ts"], "digests.change")
    (form,) = team.slack.views_of(team.ana)
    assert form["title"]["text"] == "Change the digest"
    await team.slack.submit(form["id"], {"digest.weekday": "3", "digest.at": "16:15"})
    (told,) = team.slack.views_of(team.ana)
    assert "Thursdays at 16:15" in everything(told)
    assert "Thursdays at 16:15" in everything(await typed(team, ""))


async def test_a_preview_is_for_who_asks_and_posts_nothing(team: Team, bot: Process) -> None:
    await announced(bot, team, team.ben, STORE)
    shown = await typed(team, "now")
    assert "1 new initiative" in everything(shown)
    assert "Only you see this preview" in everything(shown)
    state = await typed(team, "")
    await team.slack.click(team.ana, team.channel, state["ts"], "digests.preview")
    assert "Only you see this preview" in everything(team.slack.ephemerals(team.ana, team.channel)[-1])
    assert digests(team) == []


async def test_anybody_in_the_channel_turns_it_off_under_the_digest_and_all_see_it(team: Team, bot: Process) -> None:
    await typed(team, "on")
    await at(bot, team, MONDAY)
    (digest,) = digests(team)
    await team.slack.click(team.ben, team.channel, digest["ts"], "digests.turn_off")
    await quiet(bot)
    (after,) = digests(team)
    assert "Ben Okafor turned this digest off" in everything(after)
    assert labels(after) == []
    assert "has no weekly digest" in everything(team.slack.ephemerals(team.ben, team.channel)[-1])
    await at(bot, team, MONDAY + WEEK)
    assert len(digests(team)) == 1


async def test_off_turns_it_off(team: Team, bot: Process) -> None:
    await typed(team, "on")
    assert "has no weekly digest" in everything(await typed(team, "off"))
    await at(bot, team, MONDAY)
    assert digests(team) == []


async def test_what_cannot_be_used_is_met_with_what_can(team: Team, bot: Process) -> None:
    assert "/rowbot digest on monday 9:00" in everything(await typed(team, "on someday"))
    assert "`now` shows you what it would say" in everything(await typed(team, "tomorrow"))
    own = team.slack.direct(team.ana, team.slack.bot_user_id)
    assert "Type this in the channel" in everything(await typed(team, "on", channel=own))


async def test_where_the_bot_is_not_it_says_how_to_invite_it(team: Team, bot: Process) -> None:
    for private in (False, True):
        elsewhere = team.slack.add_channel(f"elsewhere-{private}".lower(), members=[team.ana], private=private)
        assert "/invite @Rowbot" in everything(await typed(team, "on", channel=elsewhere))
        assert "/invite @Rowbot" in everything(await typed(team, "", channel=elsewhere))


async def test_in_a_quiet_channel_it_says_that_none_is_posted(team: Team, bot: Process) -> None:
    await team.slack.command(team.ana, team.channel, "/rowbot channel quiet")
    assert "None is posted while I am set to `quiet` here" in everything(await typed(team, "on"))
    await at(bot, team, MONDAY)
    assert digests(team) == []


async def test_a_private_channels_digest_tells_its_own_work_and_nobody_elses_does(team: Team, bot: Process) -> None:
    lab = team.slack.add_channel("secret-lab", members=[team.ana, team.slack.bot_user_id], private=True)
    await announced(bot, team, team.ana, STORE, channel=lab)
    await typed(team, "on", channel=lab)
    await typed(team, "on")
    await at(bot, team, MONDAY)
    assert STORE_TITLE in everything(digests(team, lab)[0])
    assert "nothing is in the registry yet" in everything(digests(team)[0])


async def test_who_left_a_private_channel_decides_nothing_there(team: Team, bot: Process) -> None:
    lab = team.slack.add_channel("secret-lab", members=[team.ana, team.ben, team.slack.bot_user_id], private=True)
    shown = await typed(team, "on", person=team.ben, channel=lab)
    await team.slack.click(team.ben, lab, shown["ts"], "digests.change")
    (form,) = team.slack.views_of(team.ben)
    await team.slack.leave(team.ben, lab)
    sent = await team.slack.submit(form["id"], {"digest.weekday": "3", "digest.at": "16:15"})
    assert "Only members of that channel decide about its digest" in str(sent)
    await at(bot, team, MONDAY)
    assert len(digests(team, lab)) == 1


async def test_a_channel_that_was_archived_has_it_turned_off_and_one_person_hears(team: Team, bot: Process) -> None:
    await typed(team, "on")
    await team.slack.archive(team.admin, team.channel)
    await at(bot, team, MONDAY)
    await at(bot, team, MONDAY + WEEK)
    told = [text for text in direct(team, team.ana) if "digest" in text]
    assert len(told) == 1
    assert "is turned off: the channel is archived" in told[0]


async def test_a_refusal_of_slacks_reaches_who_turned_it_on(team: Team, bot: Process) -> None:
    await typed(team, "on")
    team.slack.faults.on("chat.postMessage", Fault.REFUSE, code="restricted_action")
    await at(bot, team, MONDAY)
    assert any("I could not post the weekly digest in #ml-initiatives" in text for text in direct(team, team.ana))


async def test_admins_see_in_the_settings_which_channels_have_one(team: Team, bot: Process) -> None:
    await typed(team, "on friday 14:30")
    await team.slack.command(team.admin, team.channel, "/rowbot settings")
    await team.slack.click_in_view(
        team.admin, team.slack.views_of(team.admin)[-1]["id"], "admin.open", value="channels"
    )
    assert "digest on Fridays" in everything(team.slack.views_of(team.admin)[-1])


async def test_two_processes_post_one_digest(team: Team, bot: Process) -> None:
    await typed(team, "on")
    to(team.slack, MONDAY)
    rowbot = bot.bot
    await asyncio.gather(*(jobs.sweep(rowbot.db, rowbot.directory, rowbot.scope, clock.now()) for _ in range(4)))
    await quiet(bot)
    assert len(digests(team)) == 1
