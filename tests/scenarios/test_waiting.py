"""What people wait for, as they meet it: named in a check-in, told once, taken up, done, taken further, and never told to who may not know."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta

import pytest

from bot import clock
from bot.features.items import jobs as items
from bot.features.syncs.closing import show_item
from bot.process import Process, Role, start
from bot.sandbox import Sandbox
from storage.unit_of_work import UnitOfWork
from tests.scenarios.dialogs import (
    SAME_STORE,
    STORE,
    Json,
    announced,
    direct,
    labels,
    quiet,
    reply,
    undelivered,
    whispers,
)
from tests.scenarios.test_syncs import (
    MONDAY,
    NEXT_MONDAY,
    WEDNESDAY,
    answers,
    arranged,
    at,
    at_time,
    messages,
    press,
    prompt_of,
    summaries,
    to,
)
from tests.world import Team, everything, settings_for


@pytest.fixture(autouse=True)
def travel(slack: Sandbox) -> Iterator[None]:
    """It is that Wednesday, for the bot and for Slack; afterwards it is today again."""
    to(slack, WEDNESDAY)
    yield
    clock.now.offset = timedelta()


@pytest.fixture
async def bot(team: Team, bot_database_url: str) -> AsyncIterator[Process]:
    """A bot that hears over Socket Mode, whatever day it is."""
    settings = settings_for(team.slack, bot_database_url, slack_app_token=team.slack.app_token)
    process = await start(settings, Role.RUN, survives_power_cut=False)
    yield process
    await process.stop()


@pytest.fixture
async def mia(team: Team, bot: Process) -> str:
    """Leads the team that everybody waits for; Ana is not in it. Ines leads the team that Mia is in."""
    person = team.slack.add_person("Mia Okoro", tz="Europe/Lisbon")
    await team.slack.join(person, team.channel)
    await bot.bot.directory.person(person)
    await bot.bot.directory.person(team.admin)

    def organise(uow: UnitOfWork) -> None:
        uow.workspaces.ensure(now=clock.now())
        platform, org = (
            uow.teams.ensure("ML Platform", now=clock.now()),
            uow.teams.ensure("Platform Org", now=clock.now()),
        )
        platform.lead_id, org.lead_id = person, team.admin
        uow.teams.add_member(uow.teams.ensure("Search ML", now=clock.now()).id, team.ana)
        uow.teams.add_member(platform.id, person)
        uow.teams.add_member(org.id, person)

    await bot.bot.db.write(bot.bot.scope, organise)
    return person


async def look(bot: Process, team: Team, moment: datetime) -> None:
    """It is this moment, and everything due by then was done, twice over."""
    await at(bot, team, moment)
    for _ in range(2):
        await items.sweep(bot.bot.db, bot.bot.directory, bot.bot.scope, show_item, clock.now())
    await quiet(bot)


async def waits(team: Team, bot: Process, what: str = "GPU quota", *, day: datetime = MONDAY) -> None:
    """Ana answers that she waits for it from ML Platform."""
    await at(bot, team, at_time(day, 9, 31))
    await press(team, bot, team.ana, prompt_of(team, team.ana), "syncs.answer")
    form = team.slack.views_of(team.ana)[-1]
    values = {"answer.pulse": "blocked", "answer.waiting_for": what, "answer.team": await _platform(bot)}
    assert (await team.slack.submit(form["id"], values)).closed
    await quiet(bot)


async def _platform(bot: Process) -> str:
    def find(uow: UnitOfWork) -> str:
        found = uow.teams.by_name("ML Platform")
        assert found is not None
        return str(found.id)

    return await bot.bot.db.read(bot.bot.scope, find)


def asked(team: Team, person: str) -> list[Json]:
    """Messages that ask somebody to take care of something, or did."""
    return [
        message
        for message in messages(team, person)
        if "GPU quota" in everything(message) and "waits for" in everything(message)
    ]


async def test_the_lead_is_told_once_takes_it_and_the_other_side_says_done(team: Team, bot: Process, mia: str) -> None:
    ts = await arranged(team, bot)
    await waits(team, bot)
    (ask,) = asked(team, mia)
    assert "*Search ML* (Ana Ruiz) waits for *GPU quota* from you" in everything(ask)
    assert labels(ask) == ["I own this", "Not mine…", "Done"]
    await at(bot, team, at_time(MONDAY, 18, 1))
    (summary,) = summaries(team, ts)
    assert "Waiting for GPU quota" in everything(summary)
    assert "Mia Okoro is asked." in everything(summary)
    assert labels(summary) == ["I own this", "Done"]
    await press(team, bot, mia, ask, "items.own")
    assert "You take care of it." in everything(asked(team, mia)[0])
    assert "Mia Okoro takes care of it." in everything(summaries(team, ts)[0])
    assert "Mia Okoro takes care of *GPU quota* from ML Platform" in direct(team, team.ana)[-1]
    await look(bot, team, at_time(NEXT_MONDAY, 9, 29))
    assert len(direct(team, mia)) == 1
    assert len(direct(team, team.admin)) == 0
    await team.slack.click(team.ben, team.channel, summaries(team, ts)[0]["ts"], "items.done")
    await quiet(bot)
    assert "Done, says Ben Okafor." in everything(summaries(team, ts)[0])
    assert "Waited for GPU quota" in everything(summaries(team, ts)[0])
    assert labels(summaries(team, ts)[0]) == []
    for person, number in ((team.ana, 1), (mia, 1)):
        assert sum("Ben Okafor says that *GPU quota*" in text for text in direct(team, person)) == number
    assert "Done, says Ben Okafor." in everything(messages(team, mia)[0])
    note = messages(team, mia)[-1]
    await press(team, bot, mia, note, "items.reopen")
    assert labels(messages(team, mia)[-1]) == ["Done"]
    assert "Mia Okoro takes care of it." in everything(summaries(team, ts)[0])
    assert "not done yet" in direct(team, team.ana)[-1]
    assert await undelivered(bot) == []


async def test_two_working_days_without_a_word_take_it_to_the_lead_above_once(
    team: Team, bot: Process, mia: str
) -> None:
    ts = await arranged(team, bot)
    await waits(team, bot)
    await look(bot, team, at_time(MONDAY + timedelta(days=2), 9, 30))
    assert direct(team, team.admin) == []
    for hours in (0, 1, 30):
        await look(bot, team, at_time(MONDAY + timedelta(days=2), 9 + hours, 32))
    (told,) = direct(team, team.admin)
    assert "waited for *GPU quota* from ML Platform" in told
    assert "(2 days). There is no word yet from Mia Okoro." in told
    assert sum("so I told Ines Meyer, who leads their team" in text for text in direct(team, team.ana)) == 1
    assert "I told Ines Meyer too." in everything(asked(team, mia)[0])
    assert len(direct(team, mia)) == 1
    assert "Mia Okoro was asked, and Ines Meyer after them." in everything(summaries(team, ts)[0])
    await press(team, bot, team.admin, messages(team, team.admin)[0], "items.own")
    assert "Ines Meyer is asked now." in everything(messages(team, mia)[0])
    assert "You take care of it." in everything(messages(team, team.admin)[0])
    assert labels(messages(team, team.admin)[0]) == ["Not mine…", "Done"]
    assert await undelivered(bot) == []


async def test_not_mine_hands_it_over_or_says_why_and_who_waits_hears_it(team: Team, bot: Process, mia: str) -> None:
    await arranged(team, bot)
    await waits(team, bot)
    await press(team, bot, mia, asked(team, mia)[0], "items.not_mine")
    form = team.slack.views_of(mia)[-1]
    assert not (await team.slack.submit(form["id"], {})).closed
    assert not (await team.slack.submit(form["id"], {"item.to": mia})).closed
    assert (await team.slack.submit(form["id"], {"item.to": team.admin, "item.why": "Infra buys them"})).closed
    await quiet(bot)
    assert "Mia Okoro: *GPU quota*" in direct(team, team.ana)[-1]
    assert "Infra buys them_ Ines Meyer is asked now." in direct(team, team.ana)[-1]
    assert "Ines Meyer is asked now." in everything(asked(team, mia)[0])
    await press(team, bot, team.admin, asked(team, team.admin)[0], "items.not_mine")
    form = team.slack.views_of(team.admin)[-1]
    assert (await team.slack.submit(form["id"], {"item.why": "No budget this year"})).closed
    await quiet(bot)
    assert "No budget this year_ Your next answer can name somebody" in direct(team, team.ana)[-1]
    assert await undelivered(bot) == []


async def test_the_same_thing_next_week_is_the_same_item_and_leaving_it_out_closes_it(
    team: Team, bot: Process, mia: str
) -> None:
    ts = await arranged(team, bot)
    await waits(team, bot)
    await press(team, bot, mia, asked(team, mia)[0], "items.own")
    await at(bot, team, at_time(MONDAY, 18, 1))
    await waits(team, bot, "Still the GPU quota", day=NEXT_MONDAY)
    await at(bot, team, at_time(NEXT_MONDAY, 18, 1))
    assert "(7 days). Mia Okoro takes care of it." in everything(summaries(team, ts)[-1])
    assert len(direct(team, mia)) == 1
    third = NEXT_MONDAY + timedelta(days=7)
    await at(bot, team, at_time(third, 9, 31))
    await answers(team, bot, team.ana, pulse="on_track", changed="Running", waiting_for="", team=None)
    assert "You did not name *Still the GPU quota*" in direct(team, team.ana)[-1]
    assert "does not wait for *Still the GPU quota*" in direct(team, mia)[-1]
    await press(team, bot, team.ana, messages(team, team.ana)[-1], "items.reopen")
    assert "Ana Ruiz still waits for *Still the GPU quota*" in direct(team, mia)[-1]


async def test_the_command_and_the_home_list_both_sides(team: Team, bot: Process, mia: str) -> None:
    slack = team.slack
    assert "Nothing waits for you" in str(await slack.command(mia, team.channel, "/rowbot waiting"))
    await arranged(team, bot)
    await waits(team, bot)
    await slack.command(mia, team.channel, "/rowbot waiting")
    shown = slack.ephemerals(mia, team.channel)[-1]
    assert "(Ana Ruiz) waits for *GPU quota* from ML Platform (today)" in everything(shown)
    await slack.click(mia, team.channel, shown["ts"], "items.own", "1:list")
    await quiet(bot)
    assert "You take care of it." in whispers(team, mia)[-1]
    await slack.command(team.ana, team.channel, "/rowbot waiting")
    assert "*GPU quota* from ML Platform (today). Mia Okoro takes care of it." in whispers(team, team.ana)[-1]
    await slack.command(team.admin, team.channel, "/rowbot waiting")
    assert "Others' in public" in whispers(team, team.admin)[-1]
    await slack.open_home(team.ana)
    assert "You wait for" in everything(slack.home_of(team.ana) or {})
    await slack.open_home(mia)
    assert "(Ana Ruiz) waits for *GPU quota*" in everything(slack.home_of(mia) or {})


async def test_nothing_of_a_private_check_in_is_told_to_who_is_not_in_its_channel(
    team: Team, bot: Process, mia: str
) -> None:
    slack = team.slack
    den = slack.add_channel("den", members=[team.ana, team.ben, slack.bot_user_id], private=True)
    await announced(bot, team, team.ben, STORE, channel=den)
    ts = await announced(bot, team, team.ana, SAME_STORE, channel=den)
    await slack.click(team.ana, den, reply(team, ts, channel=den)["ts"], "overlaps.sync")
    await quiet(bot)
    await at(bot, team, at_time(MONDAY, 8, 31))
    await waits(team, bot)
    await look(bot, team, at_time(MONDAY + timedelta(days=4), 12))
    assert direct(team, mia) == direct(team, team.admin) == []
    assert "it is private to its channel, and Mia Okoro is not in it" in direct(team, team.ana)[-1]
    for person in (mia, team.admin):
        await slack.command(person, team.channel, "/rowbot waiting")
        assert "GPU" not in "".join(whispers(team, person))
        await slack.open_home(person)
        assert "GPU" not in everything(slack.home_of(person) or {})
