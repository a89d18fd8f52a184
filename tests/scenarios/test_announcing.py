"""Announcing, as engineers meet it: over signed HTTP, through Bolt, to the posted reply."""

import pytest

from bot.process import Process
from tests.scenarios.dialogs import (
    CHATTER,
    OTHER,
    OTHER_TITLE,
    SAME_STORE,
    STORE,
    STORE_TITLE,
    UNSURE,
    announced,
    crafted_form,
    direct,
    elements,
    filled,
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


async def test_a_second_announcement_of_the_same_work_is_answered_with_the_first(team: Team, bot: Process) -> None:
    await announced(bot, team, team.ben, STORE)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    assert STORE_TITLE in reply_text(team, ts)


async def test_an_announcement_without_a_like_gets_a_tick_and_no_words(team: Team, bot: Process) -> None:
    ts = await announced(bot, team, team.ben, STORE)
    assert ticked(team, ts)
    assert reply_text(team, ts) == ""


async def test_chatter_is_left_alone_and_nothing_of_it_is_kept(team: Team, bot: Process) -> None:
    ts = await announced(bot, team, team.ana, CHATTER)
    assert not ticked(team, ts)
    assert await titles(bot) == []
    assert whispers(team, team.ana) == []


# --- forms ------------------------------------------------------------------------------------------------------


async def test_the_form_shows_who_works_on_it_before_anything_is_saved(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    await slack.command(team.ana, team.channel, "/rowbot announce")
    form = slack.views_of(team.ana)[-1]
    shown = await slack.submit(
        form["id"],
        {
            "initiative.title": "Feature store for ranking",
            "initiative.summary": "Fresh features for the ranking models at request time.",
        },
    )
    assert shown.view is not None
    assert STORE_TITLE in everything(shown.view)
    assert await titles(bot) == [STORE_TITLE]

    done = await slack.submit(form["id"])
    await quiet(bot)
    assert done.view is not None
    assert "in the registry" in everything(done.view)
    assert "Feature store for ranking" in await titles(bot)
    post = slack.messages(team.channel)[-1]
    assert f"<@{team.ana}> announces" in everything(post)
    assert STORE_TITLE in everything(post)


async def test_the_same_form_sent_twice_registers_once(team: Team, bot: Process) -> None:
    slack = team.slack
    await slack.command(team.ana, team.channel, "/rowbot announce")
    form = slack.views_of(team.ana)[-1]
    await slack.submit(form["id"], {"initiative.title": OTHER_TITLE})
    await crafted_form(team, team.ana, form, filled(OTHER_TITLE, team.channel))
    await quiet(bot)
    assert await titles(bot) == [OTHER_TITLE]
    assert sum(OTHER_TITLE in everything(message) for message in slack.messages(team.channel)) == 1


async def test_what_was_typed_survives_changing_ones_mind(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    await slack.shortcut(team.ana, "announcements.announce")
    form = slack.views_of(team.ana)[-1]
    summary = "Fresh features for the ranking models at request time. " * 50
    values = {
        "initiative.title": "Feature store for ranking",
        "initiative.summary": summary,
        "initiative.status": "shipped",
    }
    await slack.submit(form["id"], values)
    await slack.click_in_view(team.ana, form["id"], "announcements.back")
    again = slack.views_of(team.ana)[-1]
    state = again["state"]["values"]
    assert state["initiative.title"]["title"]["value"] == "Feature store for ranking"
    assert state["initiative.summary"]["summary"]["value"] == summary.strip()
    # A long lesson beside a long summary still fits.
    shown = await slack.submit(form["id"], {"initiative.lesson": "Nobody owned freshness. " * 120})
    assert shown.errors == {}
    await slack.submit(form["id"])
    assert "Feature store for ranking" in await titles(bot)


async def test_a_form_without_a_channel_is_registered_and_posted_nowhere(team: Team, bot: Process) -> None:
    slack = team.slack
    before = len(slack.messages(team.channel))
    await slack.shortcut(team.ana, "announcements.announce")
    await slack.submit(slack.views_of(team.ana)[-1]["id"], {"initiative.title": OTHER_TITLE})
    await quiet(bot)
    assert await titles(bot) == [OTHER_TITLE]
    assert len(slack.messages(team.channel)) == before


async def test_a_form_says_beside_its_field_where_the_bot_cannot_post(team: Team, bot: Process) -> None:
    slack = team.slack
    elsewhere = slack.add_channel("elsewhere", members=[team.ana])
    await slack.shortcut(team.ana, "announcements.announce")
    sent = await slack.submit(
        slack.views_of(team.ana)[-1]["id"], {"initiative.title": OTHER_TITLE, "initiative.channel": elsewhere}
    )
    assert "not a member" in sent.errors["initiative.channel"]
    assert await titles(bot) == []


@pytest.mark.parametrize("mode", ["quiet", "observe", "off"])
async def test_a_form_posts_nothing_where_the_bot_was_asked_to_be_still(team: Team, bot: Process, mode: str) -> None:
    slack = team.slack
    await slack.command(team.ana, team.channel, f"/rowbot channel {mode}")
    await slack.command(team.ana, team.channel, "/rowbot announce")
    sent = await slack.submit(slack.views_of(team.ana)[-1]["id"], {"initiative.title": OTHER_TITLE})
    assert mode in sent.errors["initiative.channel"]
    assert await titles(bot) == []


async def test_a_title_without_letters_is_refused_beside_its_field(team: Team, bot: Process) -> None:
    slack = team.slack
    await slack.command(team.ana, team.channel, "/rowbot announce")
    sent = await slack.submit(slack.views_of(team.ana)[-1]["id"], {"initiative.title": "\u200b\u200b"})
    assert "title" in sent.errors["initiative.title"]


async def test_a_forms_entry_is_linked_to_its_post_when_it_is_shown_to_others(team: Team, bot: Process) -> None:
    slack = team.slack
    await slack.command(team.ben, team.channel, "/rowbot announce")
    await slack.submit(
        slack.views_of(team.ben)[-1]["id"],
        {"initiative.title": STORE_TITLE, "initiative.summary": "We serve fresh features to the ranking models."},
    )
    await quiet(bot)
    post = slack.messages(team.channel)[-1]
    ts = await announced(bot, team, team.ana, SAME_STORE)
    assert f"/archives/{team.channel}/p{post['ts'].replace('.', '')}|" in everything(reply(team, ts))


async def test_the_message_shortcut_registers_any_message(team: Team, bot: Process) -> None:
    slack = team.slack
    ts = await announced(bot, team, team.ben, "The ranking people will get fresh features at request time from us")
    await slack.shortcut(team.ana, "announcements.register_message", channel=team.channel, ts=ts)
    await slack.submit(slack.views_of(team.ana)[-1]["id"], {"initiative.title": STORE_TITLE})
    await quiet(bot)
    assert await titles(bot) == [STORE_TITLE]
    assert ticked(team, ts)
    # Once is enough: the second time says so.
    await slack.shortcut(team.ben, "announcements.register_message", channel=team.channel, ts=ts)
    assert "already" in everything(slack.views_of(team.ben)[-1])


async def test_an_edit_of_a_message_that_somebody_registered_by_hand_takes_nothing_back(
    team: Team, bot: Process
) -> None:
    slack = team.slack
    ts = await announced(bot, team, team.ben, "The ranking people will get fresh features from us")
    await slack.shortcut(team.ana, "announcements.register_message", channel=team.channel, ts=ts)
    await slack.submit(slack.views_of(team.ana)[-1]["id"], {"initiative.title": STORE_TITLE})
    await slack.edit(team.ben, team.channel, ts, "The ranking people will get fresh features from us soon")
    await quiet(bot)
    assert await titles(bot) == [STORE_TITLE]


async def test_a_message_where_the_bot_is_not_a_member_is_registered_and_its_registrar_is_told_how_to_get_an_answer(
    team: Team, bot: Process
) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    elsewhere = slack.add_channel("elsewhere", members=[team.ana])
    ts = await slack.say(team.ana, elsewhere, SAME_STORE)
    await slack.shortcut(team.ana, "announcements.register_message", channel=elsewhere, ts=ts)
    view = slack.views_of(team.ana)[-1]["id"]
    await slack.submit(view)
    await slack.submit(view)
    await quiet(bot)
    assert len(await titles(bot)) == 2
    assert any("/invite" in text for text in direct(team, team.ana))


async def test_the_bots_own_words_cannot_be_registered(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    await slack.shortcut(team.ana, "announcements.register_message", channel=team.channel, ts=reply(team, ts)["ts"])
    assert len(await titles(bot)) == 2
    assert "mine" in "\n".join(whispers(team, team.ana)) + str(slack.views_of(team.ana))


# --- the quiet question -----------------------------------------------------------------------------------------


async def test_an_unsure_message_is_asked_about_and_registered_when_its_author_says_so(
    team: Team, bot: Process
) -> None:
    slack = team.slack
    ts = await announced(bot, team, team.ana, UNSURE)
    assert await titles(bot) == []
    asked = slack.ephemerals(team.ana, team.channel)[-1]
    assert labels(asked) == ["Register it", "No", "Never ask me in this channel"]
    await slack.click(team.ana, team.channel, asked["ts"], "announcements.register")
    await quiet(bot)
    assert await titles(bot) == [OTHER_TITLE]
    assert ticked(team, ts)


async def test_no_forgets_the_text_and_is_not_asked_again(team: Team, bot: Process) -> None:
    slack = team.slack
    ts = await announced(bot, team, team.ana, UNSURE)
    asked = slack.ephemerals(team.ana, team.channel)[-1]
    await slack.click(team.ana, team.channel, asked["ts"], "announcements.decline")
    await slack.edit(team.ana, team.channel, ts, UNSURE + " Really.")
    await quiet(bot)
    assert slack.ephemerals(team.ana, team.channel) == []
    assert await titles(bot) == []


async def test_never_ask_me_is_kept_for_this_channel_and_this_person(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ana, UNSURE)
    asked = slack.ephemerals(team.ana, team.channel)[-1]
    await slack.click(team.ana, team.channel, asked["ts"], "announcements.mute")
    seen = len(slack.ephemerals(team.ana, team.channel))
    await announced(bot, team, team.ana, "Our next one is a labelling queue for refund photos.")
    assert len(slack.ephemerals(team.ana, team.channel)) == seen
    await announced(bot, team, team.ben, "Our next one is a labelling queue for refund photos.")
    assert "Is this the start of something new" in whispers(team, team.ben)[-1]


async def test_the_question_about_a_deleted_message_says_that_it_is_gone(team: Team, bot: Process) -> None:
    slack = team.slack
    ts = await announced(bot, team, team.ana, UNSURE)
    asked = slack.ephemerals(team.ana, team.channel)[-1]
    await slack.delete(team.ana, team.channel, ts)
    await slack.click(team.ana, team.channel, asked["ts"], "announcements.register")
    assert "deleted" in whispers(team, team.ana)[-1]
    assert await titles(bot) == []


# --- what counts ------------------------------------------------------------------------------------------------


async def test_threads_and_broadcasts_from_threads_are_not_announcements(team: Team, bot: Process) -> None:
    slack = team.slack
    root = await slack.say(team.ana, team.channel, CHATTER)
    await slack.say(team.ben, team.channel, STORE, thread_ts=root)
    await slack.say(team.ben, team.channel, STORE, thread_ts=root, broadcast=True)
    await quiet(bot)
    assert await titles(bot) == []


async def test_files_and_links_beside_an_announcement_do_no_harm(team: Team, bot: Process) -> None:
    slack = team.slack
    await slack.say(
        team.ana, team.channel, STORE + " <https://wiki.example/store|Design>", files=[("plan.pdf", b"%PDF")]
    )
    await quiet(bot)
    assert await titles(bot) == [STORE_TITLE]


async def test_other_bots_and_workflows_count_and_the_bot_itself_never(team: Team, bot: Process) -> None:
    slack = team.slack
    other = slack.add_bot("Intake")
    await slack.invite(team.ana, team.channel, other)
    ts = await announced(bot, team, other, STORE)
    assert await titles(bot) == [STORE_TITLE]
    assert ticked(team, ts)
    await slack.say(other, team.channel, OTHER, subtype="bot_message")
    await slack.say(slack.bot_user_id, team.channel, "New initiative: Prompt management for assistants.")
    await quiet(bot)
    assert await titles(bot) == [STORE_TITLE, OTHER_TITLE]


async def test_the_same_workflow_post_in_two_channels_is_one_entry(team: Team, bot: Process) -> None:
    slack = team.slack
    other = slack.add_bot("Intake")
    second = slack.add_channel("ml-platform", members=[team.ana, other, slack.bot_user_id])
    await slack.invite(team.ana, team.channel, other)
    await announced(bot, team, other, STORE)
    ts = await announced(bot, team, other, STORE, channel=second)
    assert await titles(bot) == [STORE_TITLE]
    assert reply_text(team, ts, channel=second) == ""


async def test_the_same_event_three_times_is_answered_once(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    ts = await slack.say(team.ana, team.channel, SAME_STORE, times=3)
    await quiet(bot)
    assert STORE_TITLE in everything(reply(team, ts))
    assert len(await titles(bot)) == 2


async def test_a_message_and_its_edit_in_the_wrong_order_give_the_edited_entry_once(team: Team, bot: Process) -> None:
    slack = team.slack
    async with slack.out_of_order():
        ts = await slack.say(team.ana, team.channel, STORE, wait=False)
        await slack.edit(team.ana, team.channel, ts, STORE.replace("ranking.", "bidding."), wait=False)
    await quiet(bot)
    assert await titles(bot) == ["Online feature store for bidding"]


async def test_a_deletion_before_its_message_leaves_nothing(team: Team, bot: Process) -> None:
    slack = team.slack
    async with slack.out_of_order():
        ts = await slack.say(team.ana, team.channel, STORE, wait=False)
        await slack.delete(team.ana, team.channel, ts, wait=False)
    await quiet(bot)
    assert await titles(bot) == []
    assert await undelivered(bot) == []


async def test_a_cross_post_is_the_same_entry(team: Team, bot: Process) -> None:
    slack = team.slack
    second = slack.add_channel("ml-platform", members=[team.ana, slack.bot_user_id])
    await announced(bot, team, team.ana, STORE)
    ts = await announced(bot, team, team.ana, STORE, channel=second)
    assert await titles(bot) == [STORE_TITLE]
    assert ticked(team, ts, channel=second)
    # One of two gone, the other still announces it; both gone, it is withdrawn.
    await slack.delete(team.ana, second, ts)
    assert await titles(bot) == [STORE_TITLE]


async def test_who_has_no_team_is_asked_once_and_the_answer_stands_on_the_card(team: Team, bot: Process) -> None:
    slack = team.slack
    ts = await announced(bot, team, team.ana, STORE)
    question = slack.ephemerals(team.ana, team.channel)[-1]
    assert "Which team" in everything(question)
    await slack.click(team.ana, team.channel, question["ts"], "announcements.name_team")
    await slack.submit(slack.views_of(team.ana)[-1]["id"], {"initiative.team_name": "Search ML"})
    assert "Search ML" in whispers(team, team.ana)[-1]
    ts = await announced(bot, team, team.ben, SAME_STORE)
    assert "Search ML" in reply_text(team, ts)
    # Ben may choose from the list; Ana's next work is Search ML's without a question.
    choice = slack.ephemerals(team.ben, team.channel)[-1]
    await slack.click(team.ben, team.channel, choice["ts"], "announcements.set_team", value=_first_option(choice))
    await quiet(bot)
    assert "Search ML" in everything({"blocks": reply(team, ts)["blocks"][:1]})
    seen = len(slack.ephemerals(team.ana, team.channel))
    await announced(bot, team, team.ana, OTHER)
    assert len(slack.ephemerals(team.ana, team.channel)) == seen


def _first_option(message: dict[str, object]) -> str:
    return str(next(element for element in elements(message) if "options" in element)["options"][0]["value"])


async def test_an_announcement_spoken_to_the_bot_counts_like_any_other(team: Team, bot: Process) -> None:
    await announced(bot, team, team.ben, f"<@{team.slack.bot_user_id}> {STORE}")
    assert await titles(bot) == [STORE_TITLE]


async def test_the_quiet_question_names_what_is_similar_to_the_author_alone(team: Team, bot: Process) -> None:
    known = "New initiative: Ticket labelling queue. A queue in which agents label support tickets by topic, for the routing model."
    await announced(bot, team, team.ben, known)
    ts = await announced(bot, team, team.ana, UNSURE)
    asked = [everything(message) for message in team.slack.ephemerals(team.ana, team.channel)]
    assert any("start of something new" in text and "Ticket labelling queue" in text for text in asked)
    assert reply_text(team, ts) == ""
