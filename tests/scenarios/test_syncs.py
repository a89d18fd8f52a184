"""Check-ins as people meet them: from *Sync the leads* to the summary in the thread. Time is moved, for the bot and for Slack alike."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot import clock
from bot.features.syncs import jobs
from bot.process import Process, Role, start
from bot.sandbox import Sandbox
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
    reply,
    reply_text,
    undelivered,
    whispers,
)  # fmt: skip
from tests.world import Team, everything, settings_for

#: A Wednesday. Lisbon is on UTC, Lagos and Berlin an hour ahead.
WEDNESDAY = datetime(2027, 1, 13, 12, 0, tzinfo=UTC)
#: The Monday after it, and the one after that.
MONDAY = datetime(2027, 1, 18, tzinfo=UTC)
NEXT_MONDAY = MONDAY + timedelta(days=7)


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
    rowbot = bot.bot
    await jobs.sweep(rowbot.db, rowbot.directory, rowbot.scope, clock.now())
    await quiet(bot)


def at_time(day: datetime, hour: int, minute: int = 0) -> datetime:
    """A time of a day, UTC."""
    return day + timedelta(hours=hour, minutes=minute)


async def warned(team: Team, bot: Process) -> str:
    """Ben leads a feature store, Ana announces the same; the thread of her announcement."""
    await announced(bot, team, team.ben, STORE)
    return await announced(bot, team, team.ana, SAME_STORE)


async def arranged(team: Team, bot: Process) -> str:
    """Ana pressed *Sync the leads*; the thread."""
    ts = await warned(team, bot)
    await team.slack.click(team.ana, team.channel, reply(team, ts)["ts"], "overlaps.sync")
    await quiet(bot)
    return ts


def messages(team: Team, person: str) -> list[Json]:
    """The bot's direct messages to somebody."""
    return [message for message in team.slack.direct_messages(person) if is_ours(team, message)]


def prompt_of(team: Team, person: str) -> Json:
    """The latest message that asks (or asked) somebody."""
    return [message for message in messages(team, person) if ", every week." in everything(message)][-1]


async def press(team: Team, bot: Process, person: str, message: Json, action: str, value: object = None) -> None:
    """Use a button of a direct message."""
    await team.slack.click(person, team.slack.direct(person, team.slack.bot_user_id), message["ts"], action, value)
    await quiet(bot)


async def answers(team: Team, bot: Process, person: str, /, **fields: object) -> None:
    """Answer the latest prompt by its form."""
    await press(team, bot, person, prompt_of(team, person), "syncs.answer")
    form = team.slack.views_of(person)[-1]
    values = {f"answer.{name}": value for name, value in fields.items()}
    sent = await team.slack.submit(form["id"], values)
    await quiet(bot)
    assert sent.closed


def summaries(team: Team, ts: str) -> list[Json]:
    """The summaries in the thread."""
    return [
        message
        for message in team.slack.thread(team.channel, ts)
        if is_ours(team, message) and "· round" in everything(message)
    ]


async def test_a_lead_sets_up_a_check_in_by_one_press_and_both_leads_know_who_what_and_when(
    team: Team, bot: Process
) -> None:
    ts = await arranged(team, bot)
    answer = whispers(team, team.ana)[-1]
    assert "A check-in is set up" in answer
    assert "every Monday at 09:30 on each person's own clock" in answer
    assert "next Mon 18 Jan, 09:30 your time" in answer
    assert direct(team, team.ana) == [], "who pressed was told where they pressed"
    (told,) = direct(team, team.ben)
    assert f"<@{team.ana}> set up a check-in with you:" in told
    assert STORE_TITLE in told
    assert f"in the thread in <#{team.channel}>" in told
    assert labels(messages(team, team.ben)[0]) == ["Change…", "Pause", "End it"]
    for _ in range(2):
        await team.slack.click(team.ben, team.channel, reply(team, ts)["ts"], "overlaps.sync")
        await quiet(bot)
    assert "There is a check-in about this already" in whispers(team, team.ben)[-1]
    assert len(direct(team, team.ben)) == 1
    assert "would like the leads to talk" in reply_text(team, ts)


async def test_who_presses_under_a_warning_is_answered_in_its_thread(team: Team, bot: Process) -> None:
    ts = await warned(team, bot)
    for button in ("overlaps.sync", "overlaps.join"):
        await team.slack.click(team.ana, team.channel, reply(team, ts)["ts"], button)
        assert team.slack.ephemerals(team.ana, team.channel)[-1]["thread_ts"] == ts


async def test_each_is_asked_at_their_own_half_past_nine_and_one_summary_stands_in_the_thread(
    team: Team, bot: Process
) -> None:
    ts = await arranged(team, bot)
    await at(bot, team, at_time(MONDAY, 8, 29))
    assert len(direct(team, team.ben)) == 1
    await at(bot, team, at_time(MONDAY, 8, 31))  # 09:31 in Lagos, 08:31 in Lisbon
    assert "Two minutes: how is it going?" in direct(team, team.ben)[-1]
    assert "18:00 your time" in direct(team, team.ben)[-1]
    assert direct(team, team.ana) == []
    await at(bot, team, at_time(MONDAY, 9, 31))
    assert "Two minutes" in direct(team, team.ana)[-1]
    await answers(team, bot, team.ben, pulse="on_track", changed="Load test done, 9 ms p99")
    assert "You answered Mon 18 Jan" in everything(prompt_of(team, team.ben))
    assert labels(prompt_of(team, team.ben)) == ["Edit"]
    await at(bot, team, at_time(MONDAY, 16, 30))
    assert "still open until 18:00 your time" in direct(team, team.ana)[-1]
    assert "still open" not in " ".join(direct(team, team.ben))
    await at(bot, team, at_time(MONDAY, 17, 59))
    assert summaries(team, ts) == []
    await at(bot, team, at_time(MONDAY, 18, 1))
    (summary,) = summaries(team, ts)
    assert "round 1 · 1 of 2 answered" in everything(summary)
    assert "(Ben Okafor) *on track*. Load test done, 9 ms p99." in everything(summary)
    assert "(Ana Ruiz) did not answer." in everything(summary)
    assert "Next: Mon 25 Jan." in everything(summary)
    await answers(team, bot, team.ana, pulse="blocked", changed="", waiting_for="GPU quota", helped_by=[team.admin])
    (summary,) = summaries(team, ts)
    assert "2 of 2 answered" in everything(summary)
    assert "*blocked*. Waiting for GPU quota. Nobody has it yet. Helped by Ines Meyer." in everything(summary)
    assert "late" in everything(summary)
    assert await undelivered(bot) == []


async def test_all_as_before_later_and_skip_are_seen_in_the_message(team: Team, bot: Process) -> None:
    ts = await arranged(team, bot)
    await at(bot, team, at_time(MONDAY, 9, 31))
    await answers(team, bot, team.ben, pulse="at_risk", changed="Quota is <!channel> late")
    assert labels(prompt_of(team, team.ana)) == ["Answer", "Later today", "Skip this one"]
    await press(team, bot, team.ana, prompt_of(team, team.ana), "syncs.later")
    assert "I will ask again at 12:31 your time" in everything(prompt_of(team, team.ana))
    await at(bot, team, at_time(MONDAY, 12, 32))
    assert "still open" in direct(team, team.ana)[-1]
    await press(team, bot, team.ana, messages(team, team.ana)[-1], "syncs.skip")
    assert "You skipped this one." in everything(prompt_of(team, team.ana))
    await at(bot, team, at_time(MONDAY, 18, 1))
    assert "(Ana Ruiz) skipped this one." in everything(summaries(team, ts)[0])
    assert "<!channel>" not in everything(summaries(team, ts)[0])
    await at(bot, team, at_time(NEXT_MONDAY, 9, 31))
    assert "Last time you said: *at risk*" in everything(prompt_of(team, team.ben))
    await press(team, bot, team.ben, prompt_of(team, team.ben), "syncs.as_before")
    assert "You answered" in everything(prompt_of(team, team.ben))
    await press(team, bot, team.ana, prompt_of(team, team.ana), "syncs.answer")
    assert team.slack.views_of(team.ana)[-1]["callback_id"] == "syncs.answer_form"
    assert await undelivered(bot) == []


async def test_a_bystander_asks_and_a_lead_sets_it_up_from_the_message(team: Team, bot: Process) -> None:
    cleo = team.slack.add_person("Cleo Danso")
    await team.slack.join(cleo, team.channel)
    ts = await warned(team, bot)
    await team.slack.click(cleo, team.channel, reply(team, ts)["ts"], "overlaps.sync")
    await quiet(bot)
    assert "Your wish for a sync is recorded." in whispers(team, cleo)[-1]
    await press(team, bot, team.ben, messages(team, team.ben)[0], "overlaps.set_up")
    assert f"<@{team.ben}> set up a check-in" in direct(team, team.ana)[-1]
    assert f"in the thread in <#{team.channel}>" in direct(team, team.ana)[-1]


async def test_a_form_sets_one_up_between_any_people_and_says_what_is_missing(team: Team, bot: Process) -> None:
    slack = team.slack
    await slack.command(team.ana, team.channel, f"/rowbot sync <@{team.ben}|ben>")
    form = slack.views_of(team.ana)[-1]
    refused = await slack.submit(form["id"], {"sync.topic": "Shared GPU pool", "sync.people": [team.ana]})
    assert not refused.closed
    assert "two people or more" in str(refused)
    await slack.submit(
        form["id"],
        {
            "sync.topic": "Shared GPU pool",
            "sync.people": [team.ana, team.ben],
            "sync.cadence": "biweekly",
            "sync.first_on": "2027-01-19",
            "sync.at": "14:00",
        },
    )
    assert "A check-in is set up: *Shared GPU pool*" in everything(slack.views_of(team.ana)[-1])
    await quiet(bot)
    assert (
        "every second Tuesday at 14:00 on each person's own clock, next Tue 19 Jan, 14:00 your time"
        in direct(team, team.ben)[-1]
    )
    tuesday = MONDAY + timedelta(days=1)
    await at(bot, team, at_time(tuesday, 14, 1))
    assert [
        "Shared GPU pool" in direct(team, person)[-1] and "Two minutes" in direct(team, person)[-1]
        for person in (team.ana, team.ben)
    ] == [True, True]
    await at(bot, team, at_time(tuesday, 18, 1))
    assert "0 of 2 answered" in direct(team, team.ben)[-1]


async def test_the_list_shows_moves_pauses_ends_and_brings_back(team: Team, bot: Process) -> None:
    slack = team.slack
    empty = await slack.command(team.ana, team.channel, "/rowbot syncs")
    assert "No check-ins here" in str(empty)
    await arranged(team, bot)
    await slack.command(team.ana, team.channel, "/rowbot syncs")
    shown = slack.ephemerals(team.ana, team.channel)[-1]
    assert "next Mon 18 Jan, 09:30 your time" in everything(shown)

    async def choose(verb: str) -> None:
        (menu,) = [element for block in shown["blocks"] if (element := block.get("accessory"))]
        value = next(option["value"] for option in menu["options"] if option["value"].startswith(verb))
        await slack.click(team.ana, team.channel, shown["ts"], "syncs.manage", value)
        await quiet(bot)

    await choose("show")
    assert "has had no round yet" in everything(slack.views_of(team.ana)[-1])
    await slack.close_view(slack.views_of(team.ana)[-1]["id"])
    await choose("move")
    form = slack.views_of(team.ana)[-1]
    await slack.submit(form["id"], {"sync.cadence": "weekly", "sync.first_on": "2027-01-21", "sync.at": "10:00"})
    await quiet(bot)
    assert f"<@{team.ana}> moved the check-in" in direct(team, team.ben)[-1]
    await choose("pause")
    assert "paused the check-in" in direct(team, team.ben)[-1]
    await choose("end")
    assert "ended the check-in" in direct(team, team.ben)[-1]
    await press(team, bot, team.ben, messages(team, team.ben)[-1], "syncs.bring_back")
    assert f"<@{team.ben}> brought back the check-in" in direct(team, team.ana)[-1]
    listed = await slack.command(team.admin, team.channel, "/rowbot syncs")
    assert "Others" in str(listed)
    assert STORE_TITLE in str(slack.ephemerals(team.admin, team.channel)[-1])


async def test_who_left_the_private_channel_can_neither_open_nor_send_an_answer(team: Team, bot: Process) -> None:
    slack = team.slack
    den = slack.add_channel("den", members=[team.ana, team.ben, slack.bot_user_id], private=True)
    await announced(bot, team, team.ben, STORE, channel=den)
    ts = await announced(bot, team, team.ana, SAME_STORE, channel=den)
    await slack.click(team.ana, den, reply(team, ts, channel=den)["ts"], "overlaps.sync")
    await quiet(bot)
    await at(bot, team, at_time(MONDAY, 8, 31))
    await at(bot, team, at_time(MONDAY, 9, 31))
    await press(team, bot, team.ana, prompt_of(team, team.ana), "syncs.answer")
    form = slack.views_of(team.ana)[-1]
    await slack.leave(team.ana, den)
    sent = await slack.submit(form["id"], {"answer.pulse": "on_track", "answer.changed": "From outside"})
    assert not sent.closed
    await press(team, bot, team.ana, prompt_of(team, team.ana), "syncs.skip")
    await at(bot, team, at_time(MONDAY, 18, 1))
    said = reply_text(team, ts, channel=den)
    assert "0 of 2 answered" in said or "0 of 1 answered" in said
    assert "From outside" not in said
    assert "skipped" not in said


async def test_a_lead_slack_does_not_let_us_reach_is_said_to_who_set_it_up(team: Team, bot: Process) -> None:
    ts = await warned(team, bot)
    await team.slack.change_person(team.ben, deleted=True)
    await team.slack.click(team.ana, team.channel, reply(team, ts)["ts"], "overlaps.sync")
    await team.slack.wait_for(
        lambda: any(
            "could not tell" in text or "can't be asked" in text
            for text in (*direct(team, team.ana), *whispers(team, team.ana))
        ),
        timeout=20,
    )


@pytest.mark.parametrize("loss", ["archived", "removed", "deleted"])
async def test_a_channel_lost_while_a_round_is_open_is_told_to_who_set_it_up_who_moves_the_check_in(
    team: Team, bot: Process, loss: str
) -> None:
    await arranged(team, bot)
    hall = team.slack.add_channel("hall", members=[team.ana, team.ben, team.slack.bot_user_id])
    await at(bot, team, at_time(MONDAY, 9, 31))
    match loss:
        case "archived":
            await team.slack.archive(team.admin, team.channel)
        case "removed":
            await team.slack.remove(team.ana, team.channel, team.slack.bot_user_id)
        case _:
            await team.slack.delete_channel(team.admin, team.channel)
    await quiet(bot)
    await at(bot, team, at_time(MONDAY, 18, 1))
    told = [message for message in messages(team, team.ana) if "gives it another channel" in everything(message)]
    assert len(told) == 1
    assert [text for text in direct(team, team.ben) if "gives it another channel" in text] == []
    assert len([text for text in direct(team, team.ben) if "· round 1" in text]) == 1
    await press(team, bot, team.ana, told[0], "syncs.change")
    form = team.slack.views_of(team.ana)[-1]
    sent = await team.slack.submit(form["id"], {"sync.place": hall, "sync.first_on": "2027-01-25"})
    assert sent.view is not None
    assert "goes on" in everything(sent.view)
    await at(bot, team, at_time(NEXT_MONDAY, 9, 31))
    await at(bot, team, at_time(NEXT_MONDAY, 18, 1))
    said = [each for each in team.slack.messages(hall) if is_ours(team, each) and "· round 2" in everything(each)]
    assert len(said) == 1
    assert await undelivered(bot) == []
