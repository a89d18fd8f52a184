"""Private work: it takes part in matching and is named to nobody outside its channel."""

import pytest

from bot.process import Process
from tests.scenarios.dialogs import (
    ENTRY,
    OTHER,
    SAME_STORE,
    STORE,
    STORE_TITLE,
    announced,
    crafted_form,
    direct,
    filled,
    labels,
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


@pytest.fixture
def den(team: Team) -> str:
    """A private channel with Ben and the bot in it, without Ana."""
    return team.slack.add_channel("den", members=[team.ben, team.admin, team.slack.bot_user_id], private=True)


async def test_the_announcer_learns_nothing_and_the_owner_is_asked(team: Team, bot: Process, den: str) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE, channel=den)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    assert ticked(team, ts)
    assert reply_text(team, ts) == ""
    assert direct(team, team.ana) == []
    assert not any(STORE_TITLE in said for said in whispers(team, team.ana))
    asked = slack.direct_messages(team.ben)[-1]
    assert "close to your private" in everything(asked)
    assert STORE_TITLE in everything(asked)
    assert labels(asked) == ["Introduce us", "Not now", "Not related"]


@pytest.mark.parametrize(("verb", "told"), [("introduce", 1), ("not_now", 0), ("owner_not_related", 0)])
async def test_the_owners_answer_tells_the_announcer_nothing_of_the_private_work(
    team: Team, bot: Process, den: str, verb: str, told: int
) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE, channel=den)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    asked = slack.direct_messages(team.ben)[-1]
    await slack.click(team.ben, slack.direct(team.ben, slack.bot_user_id), asked["ts"], f"overlaps.{verb}")
    await quiet(bot)
    assert len(direct(team, team.ana)) == told
    said = "\n".join([*direct(team, team.ana), reply_text(team, ts), *whispers(team, team.ana)])
    assert STORE_TITLE not in said
    assert "den" not in said.split()
    assert labels(slack.direct_messages(team.ben)[-1]) == []
    # After "not related" the owner is not asked about this pair again.
    await slack.edit(team.ana, team.channel, ts, SAME_STORE + " This autumn.")
    await quiet(bot)
    assert len([text for text in direct(team, team.ben) if "close to your private" in text]) == 0


async def test_no_door_of_the_bot_shows_private_work_to_an_outsider(team: Team, bot: Process, den: str) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE, channel=den)
    said = [(await slack.command(team.ana, team.channel, "/rowbot search feature store for ranking")).text]
    said.append((await slack.command(team.ana, team.channel, "/rowbot mine")).text)
    await slack.say(team.ana, team.channel, f"<@{slack.bot_user_id}> who works on a feature store for ranking?")
    await slack.say(team.ben, team.channel, f"<@{slack.bot_user_id}> feature store for ranking")
    await slack.say(team.ana, slack.direct(team.ana, slack.bot_user_id), "feature store for ranking")
    said.append(str(await slack.open_home(team.ana)))
    await slack.command(team.ana, team.channel, "/rowbot announce")
    await slack.submit(
        slack.views_of(team.ana)[-1]["id"],
        {"initiative.title": "Feature store for ranking models", "initiative.channel": team.channel},
    )
    await quiet(bot)
    said += [
        str(slack.views_of(team.ana)),
        *direct(team, team.ana),
        *whispers(team, team.ana),
        *whispers(team, team.ben),
    ]
    said += [everything(message) for message in slack.messages(team.channel)]
    for message in slack.messages(team.channel):
        said += [everything(answer) for answer in slack.thread(team.channel, message["ts"])]
    assert STORE_TITLE not in "\n".join(said)
    assert any("Nothing like" in text for text in said)


async def test_members_see_it_inside_and_in_their_own_search(team: Team, bot: Process, den: str) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE, channel=den)
    ts = await announced(bot, team, team.admin, SAME_STORE, channel=den)
    assert STORE_TITLE in reply_text(team, ts, channel=den)
    found = await slack.command(team.admin, team.channel, "/rowbot search feature store for ranking")
    assert STORE_TITLE in str(found.blocks)
    await slack.say(team.admin, den, f"<@{slack.bot_user_id}> feature store for ranking")
    await quiet(bot)
    assert any(
        STORE_TITLE in everything(answer)
        for message in slack.messages(den)
        for answer in slack.thread(den, message["ts"])[0:1]
    )


async def test_a_member_who_announces_in_public_is_told_alone(team: Team, bot: Process, den: str) -> None:
    await announced(bot, team, team.ben, STORE, channel=den)
    ts = await announced(bot, team, team.admin, SAME_STORE)
    assert reply_text(team, ts) == ""
    said = next(text for text in whispers(team, team.admin) if STORE_TITLE in text)
    assert "I tell only you" in said


async def test_who_joins_sees_and_who_leaves_sees_no_more(team: Team, bot: Process, den: str) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE, channel=den)
    search = "/rowbot search feature store for ranking"
    assert STORE_TITLE not in str((await slack.command(team.ana, team.channel, search)).blocks)
    await slack.invite(team.ben, den, team.ana)
    assert STORE_TITLE in str((await slack.command(team.ana, team.channel, search)).blocks)
    await slack.leave(team.ana, den)
    assert STORE_TITLE not in str((await slack.command(team.ana, team.channel, search)).blocks)


async def test_buttons_of_somebody_who_left_the_private_channel_do_nothing(team: Team, bot: Process, den: str) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE, channel=den)
    await announced(bot, team, team.admin, SAME_STORE)
    aside = next(
        message for message in slack.ephemerals(team.admin, team.channel) if STORE_TITLE in everything(message)
    )
    await slack.leave(team.admin, den)
    for verb in ("join", "not_related", "differ"):
        await slack.click(team.admin, team.channel, aside["ts"], f"overlaps.{verb}")
        await quiet(bot)
        assert "not in the registry any more" in whispers(team, team.admin)[-1]
    assert not any("would like" in text for text in direct(team, team.ben))
    assert slack.views_of(team.admin) == []


async def test_a_lead_who_left_the_private_channel_neither_sees_nor_hears_of_its_work(
    team: Team, bot: Process, den: str
) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE, channel=den)
    await slack.leave(team.ben, den)
    assert STORE_TITLE not in str((await slack.command(team.ben, team.channel, "/rowbot mine")).blocks)
    assert STORE_TITLE not in str(await slack.open_home(team.ben))
    await announced(bot, team, team.ana, SAME_STORE)
    assert direct(team, team.ben) == []


async def test_a_lead_who_was_never_in_the_private_channel_is_told_nothing_and_the_author_is_asked_instead(
    team: Team, bot: Process, den: str
) -> None:
    slack = team.slack
    cleo = slack.add_person("Cleo Danso")
    await announced(bot, team, team.ben, STORE + f" Led by <@{cleo}>.", channel=den)
    await announced(bot, team, team.ana, SAME_STORE)
    assert direct(team, cleo) == []
    assert any("close to your private" in text for text in direct(team, team.ben))


async def test_wishes_about_private_work_do_not_reach_a_lead_outside(team: Team, bot: Process, den: str) -> None:
    slack = team.slack
    await announced(bot, team, team.ana, STORE)
    ts = await announced(
        bot, team, team.ben, "New initiative: Secret feature store for ranking models with fresh features", channel=den
    )
    assert STORE_TITLE in reply_text(team, ts, channel=den)
    await slack.click(team.admin, den, reply(team, ts, channel=den)["ts"], "overlaps.join")
    await quiet(bot)
    assert direct(team, team.ana) == []
    assert "is not told" in whispers(team, team.admin, channel=den)[-1]
    assert any("Secret" in text for text in direct(team, team.ben))


async def test_private_work_cannot_be_handed_to_somebody_outside(team: Team, bot: Process, den: str) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE, channel=den)
    mine = await slack.command(team.ben, den, "/rowbot mine")
    assert mine.message is not None
    await slack.click(team.ben, den, mine.message["ts"], "initiatives.manage", value="hand_over:1")
    sent = await slack.submit(slack.views_of(team.ben)[-1]["id"], {"initiative.lead": team.ana})
    assert "not in it" in sent.errors["initiative.lead"]
    assert direct(team, team.ana) == []


async def test_a_private_announcement_makes_no_team_that_others_can_read(team: Team, bot: Process, den: str) -> None:
    slack = team.slack
    await announced(
        bot,
        team,
        team.ben,
        "*New initiative:* Stealth ranker\n*Team:* Moonshot squad\n*Summary:* Ranks in secret.",
        channel=den,
    )
    await slack.command(team.ana, team.channel, "/rowbot announce")
    assert "Moonshot" not in str(slack.views_of(team.ana))


async def test_private_work_posted_in_public_by_its_author_is_public_and_its_neighbours_are_shown(
    team: Team, bot: Process, den: str
) -> None:
    await announced(bot, team, team.ana, SAME_STORE)
    await announced(bot, team, team.ben, STORE, channel=den)
    ts = await announced(bot, team, team.ben, STORE)
    assert "Feature store" in reply_text(team, ts)
    assert len(await titles(bot, with_private=False)) == 2


async def test_a_form_for_a_private_channel_stays_private(team: Team, bot: Process, den: str) -> None:
    slack = team.slack
    await slack.command(team.ben, den, "/rowbot announce")
    form = slack.views_of(team.ben)[-1]
    assert form["state"]["values"]["initiative.channel"]["channel"]["selected_conversation"] == den
    await slack.submit(form["id"], {"initiative.title": STORE_TITLE})
    await quiet(bot)
    assert await titles(bot, with_private=False) == []
    assert any(STORE_TITLE in everything(message) for message in slack.messages(den))


async def test_imported_private_work_is_its_leads_alone(team: Team, bot: Process) -> None:
    slack = team.slack
    await seeded(bot, ENTRY | {"lead_id": team.ben, "audience": team.ben})
    ts = await announced(bot, team, team.ana, SAME_STORE)
    assert reply_text(team, ts) == ""
    assert any("close to your private" in text for text in direct(team, team.ben))
    search = "/rowbot search feature store for ranking"
    assert STORE_TITLE not in str((await slack.command(team.admin, team.channel, search)).blocks)
    assert STORE_TITLE in str((await slack.command(team.ben, team.channel, search)).blocks)
    assert STORE_TITLE in str(await slack.open_home(team.ben))


# --- other organisations ----------------------------------------------------------------------------------------


@pytest.fixture
def shared(team: Team) -> str:
    """A channel shared with another organisation."""
    return team.slack.add_channel(
        "with-partner", members=[team.ana, team.ben, team.admin, team.slack.bot_user_id], shared=True
    )


async def test_in_a_shared_channel_nothing_is_said_and_nothing_registered(
    team: Team, bot: Process, shared: str
) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, OTHER)
    ts = await announced(bot, team, team.ana, STORE, channel=shared)
    await slack.say(team.ana, shared, f"<@{slack.bot_user_id}> labelling queue")
    await quiet(bot)
    assert len(await titles(bot)) == 1
    assert not ticked(team, ts, channel=shared)
    assert whispers(team, team.ana, channel=shared) == []
    assert not any(
        message.get("user") == slack.bot_user_id
        for each in slack.messages(shared)
        for message in [each, *slack.thread(shared, each["ts"])]
    )


async def test_the_shortcut_registers_nothing_from_a_shared_channel(team: Team, bot: Process, shared: str) -> None:
    slack = team.slack
    ts = await slack.say(team.ana, shared, STORE)
    await slack.shortcut(team.ana, "announcements.register_message", channel=shared, ts=ts)
    for view in slack.views_of(team.ana):
        if view.get("callback_id") == "announcements.form":
            await slack.submit(view["id"])
    assert await titles(bot) == []


async def test_a_form_is_not_posted_into_a_shared_channel(team: Team, bot: Process, shared: str) -> None:
    slack = team.slack
    await slack.shortcut(team.ana, "announcements.announce")
    # The menu leaves shared channels out; a crafted choice must not get through either.
    answer = await crafted_form(team, team.ana, slack.views_of(team.ana)[-1], filled(STORE_TITLE, shared))
    assert "shared with another organisation" in answer
    assert await titles(bot) == []


async def test_only_an_admin_lets_the_bot_be_quiet_in_a_shared_channel_and_then_it_tells_authors_alone(
    team: Team, bot: Process, shared: str
) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    said = await slack.command(team.ana, shared, "/rowbot channel quiet")
    assert "only an admin" in said.text
    said = await slack.command(team.admin, shared, "/rowbot channel on")
    assert "I ignore it" in said.text
    await slack.command(team.admin, shared, "/rowbot channel quiet")
    ts = await announced(bot, team, team.ana, SAME_STORE, channel=shared)
    assert reply_text(team, ts, channel=shared) == ""
    assert not ticked(team, ts, channel=shared)
    assert any(STORE_TITLE in text for text in whispers(team, team.ana, channel=shared))
    await slack.say(team.ana, shared, f"<@{slack.bot_user_id}> feature store for ranking")
    await quiet(bot)
    assert STORE_TITLE in whispers(team, team.ana, channel=shared)[-1]
    assert not any(
        message.get("user") == slack.bot_user_id
        for each in slack.messages(shared)
        for message in [each, *slack.thread(shared, each["ts"])]
    )


async def test_people_of_other_organisations_announce_nothing_press_nothing_and_read_nothing(
    team: Team, bot: Process, shared: str
) -> None:
    slack = team.slack
    zoe = slack.add_person("Zoe Stranger", external=True)
    await slack.invite(team.ana, shared, zoe)
    await slack.command(team.admin, shared, "/rowbot channel quiet")
    await announced(bot, team, team.ben, STORE)
    before = await titles(bot)
    await slack.say(zoe, shared, SAME_STORE)
    await slack.say(zoe, shared, f"<@{slack.bot_user_id}> feature store for ranking")
    await slack.say(zoe, slack.direct(zoe, slack.bot_user_id), "feature store for ranking")
    await quiet(bot)
    assert await titles(bot) == before
    assert whispers(team, zoe, channel=shared) == []
    said = "\n".join(direct(team, zoe))
    assert "for members of the workspace" in said
    assert STORE_TITLE not in said


async def test_a_click_of_somebody_of_another_organisation_is_refused(team: Team, bot: Process) -> None:
    slack = team.slack
    zoe = slack.add_person("Zoe Stranger", external=True)
    await announced(bot, team, team.ben, STORE)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    await slack.share(team.channel)
    await slack.invite(team.ana, team.channel, zoe)
    for verb in ("overlaps.join", "overlaps.not_related", "announcements.dismiss", "announcements.edit"):
        await slack.click(zoe, team.channel, reply(team, ts)["ts"], verb)
        await quiet(bot)
        assert "for members of the workspace" in whispers(team, zoe)[-1]
    assert len(await titles(bot)) == 2
    assert direct(team, team.ben) == []
    assert await undelivered(bot) == []


async def test_a_channel_that_is_shared_later_falls_silent(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    await slack.share(team.channel)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    assert reply_text(team, ts) == ""
    assert len(await titles(bot)) == 1


async def test_what_is_registered_in_a_private_channel_without_the_bot_is_its_registrars_alone(
    team: Team, bot: Process
) -> None:
    slack = team.slack
    attic = slack.add_channel("attic", members=[team.ana, team.ben], private=True)
    ts = await slack.say(team.ana, attic, STORE)
    await slack.shortcut(team.ana, "announcements.register_message", channel=attic, ts=ts)
    await slack.submit(slack.views_of(team.ana)[-1]["id"])
    await quiet(bot)
    assert await titles(bot, with_private=False) == []
    assert STORE_TITLE in str((await slack.command(team.ana, team.channel, "/rowbot mine")).blocks)
    search = "/rowbot search feature store for ranking"
    assert STORE_TITLE in str((await slack.command(team.ana, team.channel, search)).blocks)
    assert STORE_TITLE not in str((await slack.command(team.ben, team.channel, search)).blocks)


async def test_a_message_to_the_bot_registered_by_hand_is_its_registrars_alone(team: Team, bot: Process) -> None:
    slack = team.slack
    conversation = slack.direct(team.ana, slack.bot_user_id)
    ts = await slack.say(team.ana, conversation, STORE)
    await slack.shortcut(team.ana, "announcements.register_message", channel=conversation, ts=ts)
    await slack.submit(slack.views_of(team.ana)[-1]["id"])
    await quiet(bot)
    assert await titles(bot) == [STORE_TITLE]
    assert await titles(bot, with_private=False) == []
