"""What people type and open: `/rowbot …`, mentions, direct messages, the Home tab."""

import re

import pytest

from bot.process import Process
from tests.scenarios.dialogs import (
    ENTRY,
    OTHER,
    OTHER_TITLE,
    SAME_STORE,
    STORE,
    STORE_TITLE,
    announced,
    direct,
    elements,
    quiet,
    reply,
    reply_text,
    seeded,
    ticked,
    titles,
    undelivered,
    whispers,
)  # fmt: skip
from tests.world import Team, everything


async def manage(team: Team, person: str, verb: str, number: int = 1) -> None:
    """Choose something from the menu of `/rowbot mine`."""
    shown = await team.slack.command(person, team.channel, "/rowbot mine")
    assert shown.message is not None
    menu = next(
        element
        for element in elements(shown.message)
        if any(option["value"] == f"{verb}:{number}" for option in element.get("options", []))
    )
    block = next(block["block_id"] for block in shown.message["blocks"] if menu in list(elements({"blocks": [block]})))
    await team.slack.click(
        person, team.channel, shown.message["ts"], "initiatives.manage", value=f"{verb}:{number}", block_id=block
    )


# --- mine -------------------------------------------------------------------------------------------------------


async def test_who_has_nothing_is_told_the_next_step(team: Team, bot: Process) -> None:
    said = await team.slack.command(team.ana, team.channel, "/rowbot mine")
    assert "`/rowbot announce`" in said.text


async def test_an_edit_changes_the_reply_and_what_others_are_shown(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    await manage(team, team.ben, "edit")
    sent = await slack.submit(
        slack.views_of(team.ben)[-1]["id"],
        {"initiative.title": "Feature platform for ranking", "initiative.status": "active"},
    )
    await quiet(bot)
    assert sent.closed
    assert await titles(bot) == ["Feature platform for ranking", "Feature store"]
    # The candidate's reply follows with its own next change; a new warning says it at once.
    cleo = slack.add_person("Cleo Danso")
    await slack.join(cleo, team.channel)
    ts = await announced(
        bot,
        team,
        cleo,
        "We're starting work on an online feature store for the ranking models, fresh features at request time.",
    )
    assert "Feature platform for ranking" in reply_text(team, ts)


async def test_handing_over_tells_the_new_lead_and_moves_it_to_their_list(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    await manage(team, team.ben, "hand_over")
    await slack.submit(slack.views_of(team.ben)[-1]["id"], {"initiative.lead": team.ana})
    await quiet(bot)
    assert len(direct(team, team.ana)) == 1
    assert "handed" in direct(team, team.ana)[0]
    assert STORE_TITLE in str((await slack.command(team.ana, team.channel, "/rowbot mine")).blocks)


@pytest.mark.parametrize("who", ["bot", "gone", "stranger"])
async def test_nobody_who_cannot_lead_is_made_lead(team: Team, bot: Process, who: str) -> None:
    slack = team.slack
    person = {
        "bot": lambda: slack.add_bot("Intake"),
        "gone": lambda: slack.add_person("Gone", deleted=True),
        "stranger": lambda: slack.add_person("Zoe", external=True),
    }[who]()
    await announced(bot, team, team.ben, STORE)
    await manage(team, team.ben, "hand_over")
    form = slack.views_of(team.ben)[-1]
    sent = await slack.submit(form["id"], {"initiative.lead": person})
    assert "member of this workspace" in sent.errors.get("initiative.lead", "")


async def test_closing_keeps_the_lesson_says_so_and_can_be_undone(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    await manage(team, team.ben, "close")
    sent = await slack.submit(
        slack.views_of(team.ben)[-1]["id"],
        {"initiative.status": "abandoned", "initiative.lesson": "Nobody owned freshness."},
    )
    await quiet(bot)
    assert sent.closed
    assert "is stopped now" in direct(team, team.ben)[-1]
    ts = await announced(bot, team, team.ana, SAME_STORE)
    assert "Why it was stopped: _Nobody owned freshness._" in reply_text(team, ts)
    message = slack.direct_messages(team.ben)[-1]
    await slack.click(team.ben, slack.direct(team.ben, slack.bot_user_id), message["ts"], "initiatives.reopen")
    await quiet(bot)
    assert "proposed again" in direct(team, team.ben)[-1]
    cleo = slack.add_person("Cleo Danso")
    await slack.join(cleo, team.channel)
    ts = await announced(bot, team, cleo, SAME_STORE)
    assert "freshness" not in reply_text(team, ts)


async def test_withdrawing_can_be_undone(team: Team, bot: Process) -> None:
    slack = team.slack
    ts = await announced(bot, team, team.ben, STORE)
    await manage(team, team.ben, "withdraw")
    await quiet(bot)
    assert await titles(bot) == []
    assert not ticked(team, ts)
    gone = next(
        message for message in slack.ephemerals(team.ben, team.channel) if "is withdrawn" in everything(message)
    )
    await slack.click(team.ben, team.channel, gone["ts"], "initiatives.restore")
    await quiet(bot)
    assert await titles(bot) == [STORE_TITLE]
    assert ticked(team, ts)
    assert await undelivered(bot) == []


async def test_somebody_elses_work_cannot_be_changed_and_the_sentence_says_whose_it_is(
    team: Team, bot: Process
) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    await slack.click(team.ben, team.channel, reply(team, ts)["ts"], "announcements.edit")
    assert "its lead is" in whispers(team, team.ben)[-1]
    assert slack.views_of(team.ben) == []


# --- search, help, health ---------------------------------------------------------------------------------------


async def test_search_finds_with_reasons_and_says_what_to_do_when_it_does_not(team: Team, bot: Process) -> None:
    slack = team.slack
    empty = await slack.command(team.ana, team.channel, "/rowbot search feature store")
    assert "the registry is empty" in empty.text
    await announced(bot, team, team.ben, STORE)
    found = await slack.command(team.ana, team.channel, "/rowbot search feature store for ranking")
    assert STORE_TITLE in str(found.blocks)
    assert "1 similar to" in str(found.blocks)
    none = await slack.command(team.ana, team.channel, "/rowbot search payroll <b> & taxes")
    assert "“payroll &lt;b&gt; &amp; taxes”" in none.text
    assert "among 1 initiative" in none.text
    nothing = await slack.command(team.ana, team.channel, "/rowbot search")
    assert "What are you looking for?" in nothing.text


@pytest.mark.parametrize("line", ["/rowbot", "/rowbot help", "/rowbot    "])
async def test_help_lists_what_this_person_can_do(team: Team, bot: Process, line: str) -> None:
    said = str((await team.slack.command(team.ana, team.channel, line)).blocks)
    assert "/rowbot search" in said
    assert "/rowbot health" not in said
    assert "/rowbot health" in str((await team.slack.command(team.admin, team.channel, line)).blocks)


@pytest.mark.parametrize("word", ["dance", "<!channel>", "`x`", "&amp;"])
async def test_an_unknown_word_is_answered_with_help(team: Team, bot: Process, word: str) -> None:
    said = await team.slack.command(team.ana, team.channel, f"/rowbot {word}")
    assert "I do not know" in said.text or "I tell you who" in said.text
    assert "<!channel>" not in str(said.blocks)
    assert "/rowbot search" in str(said.blocks)


async def test_health_is_for_admins(team: Team, bot: Process) -> None:
    assert "Only admins" in (await team.slack.command(team.ana, team.channel, "/rowbot health")).text
    assert "Every message was delivered" in (await team.slack.command(team.admin, team.channel, "/rowbot health")).text


async def test_health_names_what_could_not_be_delivered(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    slack.faults.on("chat.postMessage", "refuse", code="is_archived")
    ts = await announced(bot, team, team.ana, SAME_STORE)
    assert reply_text(team, ts) == ""
    said = str((await slack.command(team.admin, team.channel, "/rowbot health")).blocks)
    assert "1 message could not be delivered" in said
    assert "The channel is archived." in said
    # The author hears it instead.
    assert any("could not answer" in text for text in direct(team, team.ana))


# --- mentions and direct messages -------------------------------------------------------------------------------


async def test_a_mention_is_answered_in_its_thread(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    ts = await announced(bot, team, team.ana, f"<@{slack.bot_user_id}> who is working on a feature store?")
    assert STORE_TITLE in reply_text(team, ts)
    root = await slack.say(team.ana, team.channel, "Anybody?")
    await slack.say(team.ben, team.channel, f"<@{slack.bot_user_id}> find feature store for ranking", thread_ts=root)
    await quiet(bot)
    assert STORE_TITLE in reply_text(team, root)
    ts = await announced(bot, team, team.ana, f"<@{slack.bot_user_id}>")
    assert "/rowbot search" in reply_text(team, ts)


async def test_a_mention_that_announces_is_answered_as_an_announcement_and_once(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    ts = await announced(
        bot,
        team,
        team.ana,
        f"<@{slack.bot_user_id}> New initiative: Feature store for ranking. Fresh features for the ranking models at request time.",
    )
    assert STORE_TITLE in everything(reply(team, ts))
    assert len(await titles(bot)) == 2


async def test_a_mention_in_a_quiet_channel_is_answered_to_who_asked_alone(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    await slack.command(team.ana, team.channel, "/rowbot channel quiet")
    ts = await announced(bot, team, team.ana, f"<@{slack.bot_user_id}> feature store for ranking")
    assert reply_text(team, ts) == ""
    assert STORE_TITLE in whispers(team, team.ana)[-1]


async def test_a_direct_message_is_a_search_or_a_call_for_help(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    dm = slack.direct(team.ana, slack.bot_user_id)
    await slack.say(team.ana, dm, "feature store for ranking?")
    await slack.say(team.ana, dm, "hello")
    await quiet(bot)
    said = direct(team, team.ana)
    assert len(said) == 2
    assert STORE_TITLE in said[0]
    assert "/rowbot search" in said[1]


# --- Home -------------------------------------------------------------------------------------------------------


async def test_an_empty_home_says_how_to_begin(team: Team, bot: Process) -> None:
    home = await team.slack.open_home(team.ana)
    assert home is not None
    assert "Nothing here is yours yet" in everything(home)
    await team.slack.click_home(team.ana, "announcements.open_form")
    assert team.slack.views_of(team.ana)[-1]["callback_id"] == "announcements.form"


async def test_a_home_with_a_hundred_entries_fits_and_everything_in_its_menus_works(team: Team, bot: Process) -> None:
    slack = team.slack
    await seeded(
        bot, *[ENTRY | {"title": f"Feature store number {number}", "lead_id": team.ana} for number in range(100)]
    )
    home = await slack.open_home(team.ana)
    assert home is not None
    assert len(home["blocks"]) <= 100
    assert re.search(r"And \d+ more", everything(home))
    menus = [
        (block["block_id"], element)
        for block in home["blocks"]
        for element in elements({"blocks": [block]})
        if element["type"] == "overflow"
    ]
    block_id, menu = menus[0]
    for verb, callback in (
        ("edit", "initiatives.form"),
        ("hand_over", "initiatives.hand_over"),
        ("close", "initiatives.close"),
    ):
        value = next(option["value"] for option in menu["options"] if option["value"].startswith(verb))
        await slack.click_home(team.ana, "initiatives.manage", value=value, block_id=block_id)
        assert slack.views_of(team.ana)[-1]["callback_id"] == callback
        await slack.close_view(slack.views_of(team.ana)[-1]["id"])
    value = next(option["value"] for option in menu["options"] if option["value"].startswith("withdraw"))
    await slack.click_home(team.ana, "initiatives.manage", value=value, block_id=block_id)
    await quiet(bot)
    assert len(await titles(bot)) == 99
    assert "is withdrawn" in direct(team, team.ana)[-1]
    message = slack.direct_messages(team.ana)[-1]
    await slack.click(team.ana, slack.direct(team.ana, slack.bot_user_id), message["ts"], "initiatives.restore")
    assert len(await titles(bot)) == 100


async def test_home_shows_ones_own_and_follows(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ana, OTHER)
    home = await slack.open_home(team.ana)
    assert home is not None
    assert OTHER_TITLE in everything(home)
    assert "1 initiative in the registry" in everything(home)
    assert OTHER_TITLE not in str(await slack.open_home(team.ben))
