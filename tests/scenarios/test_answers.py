"""Answering a check-in as people meet it: the form made from facts, drafts, a reply in the thread or in plain words, and what a new plan brings up."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest

from bot import clock
from bot.process import Process, Role, start
from bot.sandbox import Sandbox
from tests.scenarios.dialogs import OTHER, STORE_TITLE, Json, announced, direct, labels, quiet, reply_text, undelivered
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
    """A bot that hears over Socket Mode: what comes over HTTP is signed with the real time, from which these days are far away."""
    settings = settings_for(team.slack, bot_database_url, slack_app_token=team.slack.app_token)
    process = await start(settings, Role.RUN, survives_power_cut=False)
    yield process
    await process.stop()


async def both_asked(team: Team, bot: Process) -> str:
    """Ana and Ben were asked; the thread of the check-in."""
    ts = await arranged(team, bot)
    await at(bot, team, at_time(MONDAY, 8, 31))
    await at(bot, team, at_time(MONDAY, 9, 31))
    return ts


async def opened(team: Team, bot: Process, person: str) -> Json:
    """The form, opened by the button of the latest prompt."""
    await press(team, bot, person, prompt_of(team, person), "syncs.answer")
    return team.slack.views_of(person)[-1]


def fields(view: Json) -> dict[str, Json]:
    """The fields of a form by block id."""
    return {block["block_id"]: block for block in view["blocks"] if block["type"] == "input"}


async def said(team: Team, bot: Process, person: str, text: str, *, thread_ts: str = "") -> str:
    """Somebody writes to the bot."""
    channel = team.slack.direct(person, team.slack.bot_user_id)
    ts = await team.slack.say(person, channel, text, thread_ts=thread_ts)
    await quiet(bot)
    return ts


async def test_the_form_asks_from_facts_and_the_summary_tells_what_they_say_together(team: Team, bot: Process) -> None:
    ts = await both_asked(team, bot)
    form = fields(await opened(team, bot, team.ana))
    (overlap,) = [block_id for block_id in form if block_id.startswith("answer.overlap.")]
    assert form[overlap]["label"]["text"].startswith(f"{STORE_TITLE}")
    assert form["answer.status"]["element"]["initial_option"]["value"] == "proposed"
    assert [block_id for block_id, block in form.items() if not block["optional"]] == ["answer.pulse"]
    name = overlap.removeprefix("answer.")
    await answers(team, bot, team.ana, pulse="blocked", changed="Load test done", waiting_for="GPU quota", person=team.admin, status="paused",
                  clarity="4", helped_by=[team.admin], **{name: "settled"})  # fmt: skip
    await answers(team, bot, team.ben, pulse="on_track", **{name: "settled"})
    await at(bot, team, at_time(MONDAY, 18, 1))
    (summary,) = summaries(team, ts)
    text = everything(summary)
    for part in ("*blocked*. Now _paused_ (was proposed). Load test done", "GPU quota", "Helped by Ines Meyer"):
        assert part in text
    assert "Still the same problem? both say _it is settled_." in text
    assert "clear" not in text
    asked = messages(team, team.ben)[-1]
    assert "Keep the check-in, or end it?" in everything(asked)
    assert labels(asked) == ["Keep", "End"]
    await press(team, bot, team.ben, asked, "syncs.resume")
    assert "goes on: every Monday" in everything(messages(team, team.ben)[-1])
    assert [each for each in await undelivered(bot) if ":meeting:" not in each] == []


async def test_what_is_filled_in_is_there_again_after_the_form_was_closed(team: Team, bot: Process) -> None:
    slack = team.slack
    await both_asked(team, bot)
    form = await opened(team, bot, team.ana)
    await slack.click_in_view(team.ana, form["id"], "syncs.draft", "Half a sent", block_id="answer.changed")
    await slack.click_in_view(team.ana, form["id"], "syncs.draft", "at_risk", block_id="answer.pulse", values={"answer.waiting_for": "GPU"})  # fmt: skip
    await slack.close_view(form["id"])
    await quiet(bot)
    assert "Your draft of 09:31 is kept" in everything(prompt_of(team, team.ana))
    assert "draft" not in everything(prompt_of(team, team.ben))
    again = await opened(team, bot, team.ana)
    assert "Your draft of 09:31." in everything(again)
    assert fields(again)["answer.changed"]["element"]["initial_value"] == "Half a sent"
    assert fields(again)["answer.waiting_for"]["element"]["initial_value"] == "GPU"
    assert fields(again)["answer.pulse"]["element"]["initial_option"]["value"] == "at_risk"
    sent = await slack.submit(again["id"], {"answer.changed": "A whole sentence"})
    await quiet(bot)
    assert sent.closed
    assert "*at risk*. A whole sentence" in everything(prompt_of(team, team.ana))
    edit = await opened(team, bot, team.ana)
    assert "draft of" not in everything(edit)
    assert fields(edit)["answer.changed"]["element"]["initial_value"] == "A whole sentence"


async def test_a_reply_in_the_thread_is_an_answer_and_its_edit_changes_it(team: Team, bot: Process) -> None:
    ts = await both_asked(team, bot)
    channel = team.slack.direct(team.ana, team.slack.bot_user_id)
    prompt = prompt_of(team, team.ana)
    own = await said(team, bot, team.ana, "at risk: load test at 12 ms, waiting for GPU quota", thread_ts=prompt["ts"])
    told = [message for message in team.slack.thread(channel, prompt["ts"]) if "Noted for" in everything(message)]
    assert "*at risk*. Load test at 12 ms. Waiting for GPU quota." in everything(told[-1])
    assert labels(told[-1]) == ["Edit"]
    assert "You answered Mon 18 Jan" in everything(prompt_of(team, team.ana))
    await team.slack.edit(team.ana, channel, own, "on track: load test at 9 ms")
    await quiet(bot)
    told = [message for message in team.slack.thread(channel, prompt["ts"]) if "Noted for" in everything(message)]
    assert len(told) == 1
    assert "*on track*. Load test at 9 ms." in everything(told[0])
    await at(bot, team, at_time(MONDAY, 18, 1))
    (summary,) = summaries(team, ts)
    assert "(Ana Ruiz) *on track*. Load test at 9 ms. _(edited)_" in everything(summary)
    await team.slack.edit(team.ana, channel, own, "done")
    await quiet(bot)
    assert "(Ana Ruiz) *done*." in everything(summaries(team, ts)[0])
    assert [each for each in await undelivered(bot) if ":meeting:" not in each] == []


async def test_plain_words_answer_the_one_that_waits_and_search_goes_on_as_before(team: Team, bot: Process) -> None:
    await both_asked(team, bot)
    await said(team, bot, team.ana, "online feature store")
    assert STORE_TITLE in direct(team, team.ana)[-1]
    assert "Noted" not in direct(team, team.ana)[-1]
    await said(team, bot, team.ana, "help")
    assert "`/rowbot announce`" in direct(team, team.ana)[-1]
    await said(team, bot, team.ana, "on track, load test done")
    assert "Noted for" in direct(team, team.ana)[-1]
    await said(team, bot, team.ana, "on track, load test done")
    assert "Noted for" not in direct(team, team.ana)[-1]


async def test_home_answers_and_edits(team: Team, bot: Process) -> None:
    slack = team.slack
    await both_asked(team, bot)
    assert "how is it going?" in everything(await slack.open_home(team.ana) or {})
    await slack.click_home(team.ana, "syncs.answer")
    await slack.submit(slack.views_of(team.ana)[-1]["id"], {"answer.changed": "From Home"})
    await quiet(bot)
    home = await slack.open_home(team.ana) or {}
    assert "you answered. The summary comes after Mon 18 Jan, 18:00." in everything(home)
    assert "how is it going?" not in everything(home)
    await slack.click_home(team.ana, "syncs.answer")
    assert fields(slack.views_of(team.ana)[-1])["answer.changed"]["element"]["initial_value"] == "From Home"


async def test_a_plan_that_now_looks_like_other_work_reaches_both_leads_and_no_private_work(team: Team, bot: Process) -> None:  # fmt: skip
    slack = team.slack
    cleo = slack.add_person("Cleo Danso")
    await slack.join(cleo, team.channel)
    den = slack.add_channel("den", members=[team.admin, slack.bot_user_id], private=True)
    await announced(bot, team, cleo, OTHER)
    await announced(bot, team, team.admin, "New initiative: Secret labelling queue. Annotators label support tickets for a new intent classifier.", channel=den)  # fmt: skip
    ts = await both_asked(team, bot)
    before = len(messages(team, cleo))
    await answers(team, bot, team.ana, pulse="on_track", plan="We build a labelling queue where annotators label support tickets for the intent classifier")  # fmt: skip
    await slack.wait_for(lambda: len(messages(team, cleo)) > before, timeout=30)
    await quiet(bot)
    theirs, mine = everything(messages(team, cleo)[-1]), direct(team, team.ana)
    assert "A plan has changed and now looks like your" in theirs
    assert "Labelling queue for support tickets" in theirs
    assert any("As its plan is now" in text and "Labelling queue for support tickets" in text for text in mine)
    for text in (theirs, *mine, reply_text(team, ts)):
        assert "Secret labelling queue" not in text
    assert "Labelling queue for support tickets" in reply_text(team, ts)
    assert [each for each in await undelivered(bot) if ":meeting:" not in each] == []


async def test_next_week_begins_with_what_was_said(team: Team, bot: Process) -> None:
    await both_asked(team, bot)
    await answers(team, bot, team.ana, pulse="at_risk", changed="Quota is late")
    await at(bot, team, at_time(MONDAY, 18, 1))
    await at(bot, team, at_time(NEXT_MONDAY, 9, 31))
    form = fields(await opened(team, bot, team.ana))
    assert form["answer.changed"]["element"]["initial_value"] == "Quota is late"
    assert "This is what you said last time" in form["answer.changed"]["hint"]["text"]
