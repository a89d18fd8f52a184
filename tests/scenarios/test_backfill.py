"""`/rowbot backfill`: the past of a channel is read, looked at by an admin, and only then registered."""

import re
import time
from datetime import timedelta
from typing import Any

import pytest

from bot.features.announcements import backfill_views as views
from bot.features.announcements import backfilling
from bot.process import Process, Role, start
from bot.sandbox import Fault
from bot.slack import history
from tests.scenarios.dialogs import (
    CHATTER,
    HOSTILE,
    OTHER,
    OTHER_TITLE,
    SAME_STORE,
    STORE,
    STORE_TITLE,
    UNSURE,
    announced,
    direct,
    elements,
    labels,
    quiet,
    reply_text,
    ticked,
    titles,
)  # fmt: skip
from tests.world import Team, everything, settings_for

pytestmark = pytest.mark.usefixtures("hurried")

DAY = 86_400


async def past(team: Team, person: str, text: str, *, days: float, channel: str = "") -> str:
    """Something said before the bot could hear it."""
    return await team.slack.say(person, channel or team.channel, text, at=time.time() - days * DAY, deliver=False)


def of_the_past(arguments: dict[str, Any]) -> bool:
    """Whether a call reads what was said days ago: a backfill's second page, and no catching up."""
    return float(arguments.get("latest", 0)) < time.time() - DAY


async def backfill(team: Team, person: str, line: str = "", *, channel: str = "") -> str:
    """Type the command; what it answers."""
    answer = await team.slack.command(person, channel or team.channel, f"/rowbot backfill {line}".strip())
    return f"{answer.text}\n{answer.blocks}"


async def read_through(bot: Process, team: Team, person: str) -> dict[str, Any]:
    """Wait until it is read; the message about it."""
    await team.slack.wait_for(lambda: any(is_end(text) for text in direct(team, person)), timeout=20)
    await quiet(bot)
    return [message for message in team.slack.direct_messages(person) if is_end(everything(message))][-1]


def is_end(text: str) -> bool:
    """Whether a message says that a reading came to its end."""
    return re.search(r"^I have read .* back to", text) is not None


async def open_review(team: Team, person: str, message: dict[str, Any]) -> dict[str, Any]:
    """Press *Review*; the form."""
    await team.slack.click(person, team.slack.direct(person, team.slack.bot_user_id), message["ts"], views.REVIEW)
    return team.slack.views_of(person)[-1]


async def test_what_was_announced_in_the_past_is_looked_at_and_then_registered_without_a_word(
    team: Team, bot: Process
) -> None:
    slack = team.slack
    first = await past(team, team.ben, STORE, days=40)
    await past(team, team.ana, CHATTER, days=30)
    second = await past(team, team.ana, OTHER, days=20)
    said = await backfill(team, team.admin, f"<#{team.channel}|ml-initiatives> 90d")
    assert "I am reading" in said
    message = await read_through(bot, team, team.admin)
    assert "Announcements found: 2 for you to look at." in everything(message)
    assert await titles(bot) == []
    view = await open_review(team, team.admin, message)
    shown = everything(view)
    assert STORE_TITLE in shown
    assert OTHER_TITLE in shown
    assert CHATTER not in shown
    (button, *_) = [each for each in elements(view) if each["action_id"] == views.REGISTER]
    await slack.click_in_view(team.admin, view["id"], views.REGISTER, button["value"])
    await quiet(bot)
    assert await titles(bot) == [STORE_TITLE]
    assert reply_text(team, first) == ""
    assert not ticked(team, first)
    view = slack.views_of(team.admin)[-1]
    assert "in the registry" in everything(view)
    assert "1 registered" in everything(view)
    # Who announces the same now is told of it.
    ts = await announced(bot, team, team.ana, SAME_STORE)
    assert STORE_TITLE in reply_text(team, ts)
    assert second


async def test_left_out_is_forgotten_and_does_not_come_again(team: Team, bot: Process) -> None:
    slack = team.slack
    await past(team, team.ben, STORE, days=40)
    await backfill(team, team.admin)
    view = await open_review(team, team.admin, await read_through(bot, team, team.admin))
    await slack.click_in_view(team.admin, view["id"], views.LEAVE_OUT)
    await quiet(bot)
    shown = everything(slack.views_of(team.admin)[-1])
    assert STORE_TITLE not in shown
    assert "Nothing is left to look at." in shown
    assert await titles(bot) == []
    await slack.close_view(view["id"])
    await backfill(team, team.admin, "1y")
    await slack.wait_for(lambda: sum(is_end(text) for text in direct(team, team.admin)) == 2, timeout=20)
    assert "None of them announces" in direct(team, team.admin)[-1]


async def test_taken_back_it_leaves_the_registry_and_can_be_registered_again(team: Team, bot: Process) -> None:
    slack = team.slack
    ts = await past(team, team.ben, STORE, days=40)
    await backfill(team, team.admin)
    view = await open_review(team, team.admin, await read_through(bot, team, team.admin))
    for button, expected in ((views.REGISTER, [STORE_TITLE]), (views.TAKE_BACK, []), (views.REGISTER, [STORE_TITLE])):
        await slack.click_in_view(team.admin, view["id"], button)
        await quiet(bot)
        assert await titles(bot) == expected
    await slack.click_in_view(team.admin, view["id"], views.TAKE_BACK)
    await slack.click_in_view(team.admin, view["id"], views.LEAVE_OUT)
    await quiet(bot)
    assert await titles(bot) == []
    assert reply_text(team, ts) == ""
    assert not ticked(team, ts)


async def test_all_sure_ones_are_registered_at_once_and_the_others_wait(team: Team, bot: Process) -> None:
    slack = team.slack
    for number, text in enumerate((STORE, OTHER, UNSURE)):
        await past(team, team.ben, text, days=30 - number)
    await backfill(team, team.admin, "12w")
    view = await open_review(team, team.admin, await read_through(bot, team, team.admin))
    assert "Register the 2 sure ones" in labels(view)
    await slack.click_in_view(team.admin, view["id"], views.REGISTER_SURE)
    assert "being registered" in everything(slack.views_of(team.admin)[-1])
    await slack.wait_for(lambda: any("2 registered" in text for text in direct(team, team.admin)), timeout=20)
    assert await titles(bot) == [STORE_TITLE, OTHER_TITLE]
    assert "1 for you to look at" in direct(team, team.admin)[-1]


async def test_what_looks_like_the_same_work_is_said_in_the_review(team: Team, bot: Process) -> None:
    await announced(bot, team, team.ben, OTHER)
    await past(team, team.ben, STORE, days=40)
    await past(team, team.ana, SAME_STORE, days=30)
    await past(
        team,
        team.ana,
        "New initiative: Queue for labelling support tickets. People label tickets for the intent classifier.",
        days=20,
    )
    await backfill(team, team.admin)
    shown = everything(await open_review(team, team.admin, await read_through(bot, team, team.admin)))
    assert f"Looks like *{STORE_TITLE}*" in shown
    assert f"Looks like *{OTHER_TITLE}*" in shown
    assert shown.count("Looks like") == 2


async def test_what_is_known_already_is_not_found_again(team: Team, bot: Process) -> None:
    await announced(bot, team, team.ben, STORE)
    await backfill(team, team.admin)
    await read_through(bot, team, team.admin)
    assert "None of them announces" in direct(team, team.admin)[-1]


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("<#C0NOWHERE1|nowhere>", "I know no such channel"),
        ("#nowhere", "I know no such channel"),
        ("3 fortnights", "do not understand the period"),
        ("3y", "between a day and two years"),
        ("0d", "between a day and two years"),
    ],
)
async def test_what_cannot_be_read_is_said_in_a_sentence(team: Team, bot: Process, line: str, answer: str) -> None:
    assert answer in await backfill(team, team.admin, line)


async def test_only_admins_may(team: Team, bot: Process) -> None:
    assert "Only admins" in await backfill(team, team.ana)
    assert direct(team, team.ana) == []


async def test_a_channel_without_the_bot_is_not_read_and_the_way_is_said(team: Team, bot: Process) -> None:
    elsewhere = team.slack.add_channel("elsewhere", members=[team.admin])
    said = await backfill(team, team.admin, f"<#{elsewhere}|elsewhere>")
    assert "/invite @Rowbot" in said


async def test_a_shared_channel_is_not_read(team: Team, bot: Process) -> None:
    await team.slack.share(team.channel)
    assert "shared with another organisation" in await backfill(team, team.admin)


async def test_a_private_channel_exists_for_its_members_only(team: Team, bot: Process) -> None:
    slack = team.slack
    den = slack.add_channel("den", members=[team.ben, team.admin, slack.bot_user_id], private=True)
    boss = slack.add_person("Olga Owner", is_admin=True)
    await past(team, team.ben, STORE, days=40, channel=den)
    unknown = await backfill(team, boss, "#nowhere", channel=team.channel)
    assert await backfill(team, boss, f"<#{den}|den>", channel=team.channel) == unknown
    await backfill(team, team.admin, channel=den)
    message = await read_through(bot, team, team.admin)
    assert STORE_TITLE not in "".join(direct(team, team.admin))
    view = await open_review(team, team.admin, message)
    assert STORE_TITLE in everything(view)
    await slack.leave(team.admin, den)
    await slack.click_in_view(team.admin, view["id"], views.REGISTER)
    await quiet(bot)
    assert await titles(bot) == []
    slack.views_of(team.admin).clear()


async def test_what_is_registered_of_a_private_channel_stays_inside(team: Team, bot: Process) -> None:
    slack = team.slack
    den = slack.add_channel("den", members=[team.ben, team.admin, slack.bot_user_id], private=True)
    await past(team, team.ben, STORE, days=40, channel=den)
    await backfill(team, team.admin, channel=den)
    view = await open_review(team, team.admin, await read_through(bot, team, team.admin))
    await slack.click_in_view(team.admin, view["id"], views.REGISTER)
    await quiet(bot)
    assert await titles(bot) == [STORE_TITLE]
    assert await titles(bot, with_private=False) == []
    ts = await announced(bot, team, team.ana, SAME_STORE)
    assert reply_text(team, ts) == ""


async def test_it_goes_on_where_it_was_after_a_kill_and_through_slacks_limits(
    team: Team, bot_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "PAGE", 2)
    monkeypatch.setattr(backfilling, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr(history, "TRY_AGAIN", timedelta(seconds=1))
    slack = team.slack
    for number in range(8):
        await past(team, team.ben, f"{STORE} Part {number}.", days=50 - number)
        await past(team, team.ana, CHATTER, days=49.5 - number)
    first = await start(settings_for(slack, bot_database_url), Role.RUN)
    assert first.door is not None
    slack.request_url = f"http://127.0.0.1:{first.door.port}/slack/events"
    slack.faults.on("conversations.history", Fault.RATE_LIMIT, times=1, skip=1, retry_after=1, when=of_the_past)
    slack.faults.on("conversations.history", Fault.HANG, times=1, skip=3, seconds=30, when=of_the_past)
    await backfill(team, team.admin)
    await slack.wait_for(lambda: slack.faults.planned == [], timeout=30)
    await first.stop()
    second = await start(settings_for(slack, bot_database_url), Role.RUN)
    assert second.door is not None
    slack.request_url = f"http://127.0.0.1:{second.door.port}/slack/events"
    message = await read_through(second, team, team.admin)
    assert "16 messages" in everything(message)
    assert "8 for you to look at" in everything(message)
    assert len([text for text in direct(team, team.admin) if "ml-initiatives" in text or "I have read" in text]) == 1
    await second.stop()


async def test_stopped_it_says_so_and_the_same_command_goes_on(
    team: Team, bot: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    slack = team.slack
    monkeypatch.setattr(history, "PAGE", 1)
    for number in range(4):
        await past(team, team.ben, f"{STORE} Part {number}.", days=50 - number)
    slack.faults.on("conversations.history", Fault.RATE_LIMIT, times=1, skip=1, retry_after=2, when=of_the_past)
    await backfill(team, team.admin)
    await slack.wait_for(lambda: slack.faults.planned == [], timeout=20)
    assert "is being read already" in await backfill(team, team.admin)
    chat = slack.direct(team.admin, slack.bot_user_id)
    await slack.click(team.admin, chat, slack.direct_messages(team.admin)[-1]["ts"], views.STOP)
    await quiet(bot)
    assert "Stopped" in direct(team, team.admin)[-1]
    assert "go on reading" in await backfill(team, team.admin)
    message = await read_through(bot, team, team.admin)
    assert "4 for you to look at" in everything(message)


async def test_a_refusal_of_slack_is_said(team: Team, bot: Process) -> None:
    slack = team.slack
    slack.faults.on("conversations.history", Fault.REFUSE, times=9, code="missing_scope")
    await past(team, team.ben, STORE, days=40)
    await backfill(team, team.admin)
    await slack.wait_for(lambda: any("reinstall it" in text for text in direct(team, team.admin)), timeout=20)
    slack.faults.clear()
    chat = slack.direct(team.admin, slack.bot_user_id)
    await slack.click(team.admin, chat, slack.direct_messages(team.admin)[-1]["ts"], views.GO_ON)
    assert "1 for you to look at" in everything(await read_through(bot, team, team.admin))


async def test_a_review_of_many_has_pages_and_takes_hostile_words(team: Team, bot: Process) -> None:
    slack = team.slack
    for number in range(11):
        await past(team, team.ben, f"New initiative: Part {number} {HOSTILE}", days=50 - number)
    await backfill(team, team.admin)
    view = await open_review(team, team.admin, await read_through(bot, team, team.admin))
    assert "Page 1 of 2" in everything(view)
    await slack.click_in_view(team.admin, view["id"], views.LATER)
    shown = everything(slack.views_of(team.admin)[-1])
    assert "Page 2 of 2" in shown
    assert "Part 10" in shown
    await slack.click_in_view(team.admin, view["id"], views.EARLIER)
    assert "Page 1 of 2" in everything(slack.views_of(team.admin)[-1])
