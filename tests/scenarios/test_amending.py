"""Second thoughts: edits, deletions, *Not an initiative*, and how loud the bot is in a channel."""

import pytest

from bot.process import Process
from tests.scenarios.dialogs import (
    CHATTER,
    OTHER,
    OTHER_TITLE,
    SAME_STORE,
    STORE,
    STORE_TITLE,
    announced,
    direct,
    elements,
    labels,
    quiet,
    reply,
    reply_text,
    ticked,
    titles,
    undelivered,
    whispers,
)  # fmt: skip
from tests.world import Team, everything


async def test_an_edit_changes_the_reply_in_place(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    first = reply(team, ts)["ts"]
    await slack.edit(
        team.ana,
        team.channel,
        ts,
        "We're kicking off an online feature platform so that ranking models get fresh features at request time.",
    )
    await quiet(bot)
    assert reply(team, ts)["ts"] == first
    assert "nline feature platform" in everything(reply(team, ts))
    assert STORE_TITLE in everything(reply(team, ts))


async def test_candidates_come_and_go_with_edits_and_the_tick_makes_room(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    ts = await announced(bot, team, team.ana, OTHER)
    assert ticked(team, ts)
    await slack.edit(team.ana, team.channel, ts, SAME_STORE)
    await quiet(bot)
    assert STORE_TITLE in reply_text(team, ts)
    assert not ticked(team, ts)
    await slack.edit(team.ana, team.channel, ts, OTHER)
    await quiet(bot)
    assert "Nothing else looks like the same work" in everything(reply(team, ts))
    assert STORE_TITLE not in everything(reply(team, ts))
    await slack.edit(team.ana, team.channel, ts, SAME_STORE)
    await quiet(bot)
    assert STORE_TITLE in everything(reply(team, ts))
    assert await undelivered(bot) == []


async def test_an_edit_that_no_longer_announces_withdraws_and_one_that_does_again_brings_back(
    team: Team, bot: Process
) -> None:
    slack = team.slack
    ts = await announced(bot, team, team.ana, STORE)
    await slack.edit(team.ana, team.channel, ts, CHATTER)
    await quiet(bot)
    assert await titles(bot) == []
    assert not ticked(team, ts)
    await slack.edit(team.ana, team.channel, ts, STORE)
    await quiet(bot)
    assert await titles(bot) == [STORE_TITLE]
    assert ticked(team, ts)


async def test_the_undo_of_a_withdrawing_edit_stands_against_the_next_edit(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    await slack.edit(team.ana, team.channel, ts, CHATTER)
    await quiet(bot)
    assert "no longer announces" in everything(reply(team, ts))
    await slack.click(team.ana, team.channel, reply(team, ts)["ts"], "announcements.restore")
    await slack.edit(team.ana, team.channel, ts, CHATTER + " Please.")
    await quiet(bot)
    assert len(await titles(bot)) == 2


async def test_an_older_copy_that_comes_late_changes_nothing(team: Team, bot: Process) -> None:
    slack = team.slack
    ts = await announced(bot, team, team.ana, STORE)
    async with slack.out_of_order():
        await slack.edit(team.ana, team.channel, ts, STORE.replace("ranking.", "bidding."), wait=False)
        await slack.edit(team.ana, team.channel, ts, STORE.replace("ranking.", "pricing."), wait=False)
    await quiet(bot)
    assert await titles(bot) == ["Online feature store for pricing"]


async def test_what_was_changed_in_the_form_survives_an_edit_of_the_message(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    await slack.click(team.ana, team.channel, reply(team, ts)["ts"], "announcements.edit")
    saved = await slack.submit(slack.views_of(team.ana)[-1]["id"], {"initiative.title": "Ranker inputs"})
    assert saved.closed
    await quiet(bot)
    assert "Ranker inputs" in everything(reply(team, ts))
    await slack.edit(team.ana, team.channel, ts, SAME_STORE + " By spring.")
    await quiet(bot)
    assert await titles(bot) == [STORE_TITLE, "Ranker inputs"]


async def test_a_link_preview_is_no_edit(team: Team, bot: Process) -> None:
    slack = team.slack
    ts = await announced(bot, team, team.ana, STORE)
    message = slack.workspace.message(team.channel, ts)
    assert message is not None
    await quiet(bot)
    said = [call for call in slack.calls() if call.method.startswith(("chat.", "reactions.", "views."))]
    with slack.delivery.collecting() as sent:
        slack.workspace.edit(
            message, editor="", attachments=[{"from_url": "https://x.example", "title": OTHER, "fallback": OTHER}]
        )
    await sent.settled()
    await quiet(bot)
    assert await titles(bot) == [STORE_TITLE]
    # Other calls may come at any time: jobs read people and channels.
    assert [call for call in slack.calls() if call.method.startswith(("chat.", "reactions.", "views."))] == said


async def test_a_deleted_announcement_is_withdrawn_and_the_second_time_changes_nothing(
    team: Team, bot: Process
) -> None:
    slack = team.slack
    ts = await announced(bot, team, team.ana, STORE)
    slack.redeliver_next(2)
    await slack.delete(team.ana, team.channel, ts)
    await quiet(bot)
    assert await titles(bot) == []
    assert await undelivered(bot) == []
    # Nobody is warned of it any more.
    ts = await announced(bot, team, team.ben, SAME_STORE)
    assert reply_text(team, ts) == ""


async def test_a_deleted_announcement_with_a_thread_says_so_in_its_reply(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    await slack.delete(team.ana, team.channel, ts)
    await quiet(bot)
    assert await titles(bot) == [STORE_TITLE]
    assert "its announcement was deleted" in everything(reply(team, ts))
    assert labels(reply(team, ts)) == []


async def test_not_an_initiative_can_be_undone_and_only_by_who_may(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    await slack.click(team.ben, team.channel, reply(team, ts)["ts"], "announcements.dismiss")
    await quiet(bot)
    assert "can't change this one" in whispers(team, team.ben)[-1]
    assert len(await titles(bot)) == 2
    await slack.click(team.ana, team.channel, reply(team, ts)["ts"], "announcements.dismiss")
    await quiet(bot)
    assert await titles(bot) == [STORE_TITLE]
    assert "its author says" in everything(reply(team, ts))
    # An edit does not overrule its author.
    await slack.edit(team.ana, team.channel, ts, SAME_STORE + " Soon.")
    await quiet(bot)
    assert await titles(bot) == [STORE_TITLE]
    await slack.click(team.ana, team.channel, reply(team, ts)["ts"], "announcements.restore")
    await quiet(bot)
    assert len(await titles(bot)) == 2
    assert STORE_TITLE in everything(reply(team, ts))


async def test_a_dismissed_message_registered_by_hand_gets_its_reply_back(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    await slack.click(team.ana, team.channel, reply(team, ts)["ts"], "announcements.dismiss")
    await slack.shortcut(team.ana, "announcements.register_message", channel=team.channel, ts=ts)
    view = slack.views_of(team.ana)[-1]["id"]
    await slack.submit(view)
    await slack.submit(view)
    await quiet(bot)
    assert STORE_TITLE in everything(reply(team, ts))


async def test_not_an_initiative_holds_for_its_cross_posts_too(team: Team, bot: Process) -> None:
    slack = team.slack
    second = slack.add_channel("ml-platform", members=[team.ana, slack.bot_user_id])
    await announced(bot, team, team.ben, STORE)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    cross = await announced(bot, team, team.ana, SAME_STORE, channel=second)
    assert ticked(team, cross, channel=second)
    await slack.click(team.ana, team.channel, reply(team, ts)["ts"], "announcements.dismiss")
    await quiet(bot)
    assert await titles(bot) == [STORE_TITLE]
    assert not ticked(team, cross, channel=second)


async def test_what_was_withdrawn_by_hand_is_not_brought_back_by_an_edit(team: Team, bot: Process) -> None:
    slack = team.slack
    ts = await announced(bot, team, team.ana, STORE)
    mine = await slack.command(team.ana, team.channel, "/rowbot mine")
    assert mine.message is not None
    await slack.click(
        team.ana, team.channel, mine.message["ts"], "initiatives.manage", value=_option(mine.message, "withdraw")
    )
    await quiet(bot)
    assert await titles(bot) == []
    assert not ticked(team, ts)
    await slack.edit(team.ana, team.channel, ts, STORE + " Typo fixed.")
    await quiet(bot)
    assert await titles(bot) == []


def _option(message: dict[str, object], verb: str) -> str:
    options = [option["value"] for element in elements(message) for option in element.get("options", [])]
    return next(str(value) for value in options if str(value).startswith(verb))


# --- how loud ---------------------------------------------------------------------------------------------------


async def test_quiet_tells_only_the_author(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    await slack.command(team.ana, team.channel, "/rowbot channel quiet")
    ts = await announced(bot, team, team.ana, SAME_STORE)
    assert reply_text(team, ts) == ""
    assert not ticked(team, ts)
    assert any(STORE_TITLE in said for said in whispers(team, team.ana))
    # What only she sees follows what she presses.
    aside = next(message for message in slack.ephemerals(team.ana, team.channel) if STORE_TITLE in everything(message))
    await slack.click(team.ana, team.channel, aside["ts"], "overlaps.not_related")
    assert "not related" in "\n".join(whispers(team, team.ana))
    now = next(message for message in slack.ephemerals(team.ana, team.channel) if "not related" in everything(message))
    await slack.click(team.ana, team.channel, now["ts"], "announcements.dismiss")
    await quiet(bot)
    assert await titles(bot) == [STORE_TITLE]
    off = next(
        message for message in slack.ephemerals(team.ana, team.channel) if "off the registry" in everything(message)
    )
    await slack.click(team.ana, team.channel, off["ts"], "announcements.restore")
    assert len(await titles(bot)) == 2


async def test_what_only_the_author_sees_follows_an_edit_in_the_form(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    await slack.command(team.ana, team.channel, "/rowbot channel quiet")
    await announced(bot, team, team.ana, SAME_STORE)
    aside = next(message for message in slack.ephemerals(team.ana, team.channel) if STORE_TITLE in everything(message))
    await slack.click(team.ana, team.channel, aside["ts"], "announcements.edit")
    saved = await slack.submit(slack.views_of(team.ana)[-1]["id"], {"initiative.title": "Ranker inputs"})
    assert saved.closed
    await quiet(bot)
    assert any("Ranker inputs" in text and STORE_TITLE in text for text in whispers(team, team.ana))


async def test_observe_counts_and_registers_nothing(team: Team, bot: Process) -> None:
    slack = team.slack
    await slack.command(team.ana, team.channel, "/rowbot channel observe")
    ts = await announced(bot, team, team.ana, STORE)
    assert (await titles(bot), reply_text(team, ts), ticked(team, ts)) == ([], "", False)


async def test_off_hears_nothing_and_on_goes_back(team: Team, bot: Process) -> None:
    slack = team.slack
    said = await slack.command(team.ana, team.channel, "/rowbot channel off")
    assert "`/rowbot channel on` goes back" in said.text
    ts = await announced(bot, team, team.ana, STORE)
    assert (await titles(bot), ticked(team, ts)) == ([], False)
    await slack.command(team.ana, team.channel, "/rowbot channel on")
    ts = await announced(bot, team, team.ana, OTHER)
    assert await titles(bot) == [OTHER_TITLE]


@pytest.mark.parametrize("typed", ["channel", "channel louder"])
async def test_an_unknown_loudness_is_answered_with_the_choices(team: Team, bot: Process, typed: str) -> None:
    said = await team.slack.command(team.ana, team.channel, f"/rowbot {typed}")
    assert "`/rowbot channel quiet`" in said.text


async def test_the_bot_greets_once_and_its_menu_sets_the_channel(team: Team, bot: Process) -> None:
    slack = team.slack
    channel = slack.add_channel("ml-new", members=[team.ana, team.ben])
    await slack.invite(team.ana, channel, slack.bot_user_id)
    await quiet(bot)
    greeting = slack.messages(channel)[-1]
    assert everything({"blocks": greeting["blocks"][:1]}).count("\n") == 2
    await slack.click(team.ben, channel, greeting["ts"], "announcements.set_mode", value="quiet")
    await quiet(bot)
    assert "`quiet`" in whispers(team, team.ben, channel=channel)[-1]
    menu = next(elements(slack.message(channel, greeting["ts"]) or {}))
    assert menu["initial_option"]["value"] == "quiet"
    ts = await announced(bot, team, team.ana, STORE, channel=channel)
    assert not ticked(team, ts, channel=channel)

    seen = len(slack.messages(channel))
    await slack.remove(team.ana, channel, slack.bot_user_id)
    await slack.invite(team.ana, channel, slack.bot_user_id)
    await quiet(bot)
    ours = [message for message in slack.messages(channel)[seen:] if "I listen" in everything(message)]
    assert ours == []


async def test_a_message_of_a_channel_that_was_archived_harms_nobody(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    await slack.archive(team.ana, team.channel)
    assert direct(team, team.ben) == []
    assert await titles(bot) == [STORE_TITLE]
