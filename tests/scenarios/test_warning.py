"""The warning and what people press under it."""

import re

import pytest

from bot.errors import NotFound
from bot.features.announcements import overlapping
from bot.process import Process
from storage.initiatives import Status
from storage.unit_of_work import UnitOfWork
from tests.scenarios.dialogs import (
    ENTRY,
    SAME_STORE,
    STORE,
    STORE_TITLE,
    announced,
    direct,
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


@pytest.mark.parametrize(
    ("fields", "said", "pressed"),
    [
        ({"status": Status.ACTIVE}, "active", "Join forces"),
        ({"status": Status.SHIPPED}, "is looked after by Ads Platform. Reuse it?", "Sync the leads"),
        ({"status": Status.ABANDONED, "lesson": "Nobody owned freshness."}, "Why it was stopped: _Nobody owned freshness._", "Not related"),
        ({"status": Status.ABANDONED, "lesson": "Nobody owned freshness. " * 20}, "Why it was stopped", "Read the lesson"),
        ({"status": Status.ACTIVE, "legacy": True}, "Migrate from it, or build on it?", "Join forces"),
        ({"status": Status.PAUSED}, "It is paused", "Join forces"),
        ({"status": Status.MERGED}, "merged into other work", "Not related"),
    ],
)  # fmt: skip
async def test_a_candidate_says_what_its_state_means(
    team: Team, bot: Process, fields: dict[str, object], said: str, pressed: str
) -> None:
    await seeded(bot, ENTRY | fields)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    assert said in reply_text(team, ts)
    assert pressed in labels(reply(team, ts))
    assert not re.search(r"\b0\.\d|\d %|%", re.sub(r"<[^>]*>", "", reply_text(team, ts))), "never a bare score"


async def test_a_long_lesson_is_read_in_full(team: Team, bot: Process) -> None:
    lesson = "Nobody owned freshness. " * 100
    await seeded(bot, ENTRY | {"status": Status.ABANDONED, "lesson": lesson})
    ts = await announced(bot, team, team.ana, SAME_STORE)
    await team.slack.click(team.ana, team.channel, reply(team, ts)["ts"], "overlaps.lesson")
    assert lesson.strip() in everything(team.slack.views_of(team.ana)[-1])


async def test_two_texts_are_compared_side_by_side_with_their_shared_words_in_bold(team: Team, bot: Process) -> None:
    await seeded(bot, ENTRY)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    await team.slack.click(team.ana, team.channel, reply(team, ts)["ts"], "overlaps.compare")
    view = team.slack.views_of(team.ana)[-1]
    texts = [block["elements"][0]["elements"] for block in view["blocks"] if block["type"] == "rich_text"]
    bold = [{piece["text"].lower() for piece in text if piece.get("style", {}).get("bold")} for text in texts]
    assert all({"fresh features", "ranking models"} <= phrases for phrases in bold), bold
    assert not any(ENTRY["title"] in piece["text"] for text in texts for piece in text), "the title stands above"
    assert "Why: " in everything(view)


async def test_a_private_side_is_compared_by_its_members_only(team: Team, bot: Process) -> None:
    den = team.slack.add_channel("den", members=[team.ana, team.ben, team.slack.bot_user_id], private=True)
    await announced(bot, team, team.ben, STORE, channel=den)
    ts = await announced(bot, team, team.ana, SAME_STORE, channel=den)
    await team.slack.click(team.ana, den, reply(team, ts, channel=den)["ts"], "overlaps.compare")
    assert STORE_TITLE in everything(team.slack.views_of(team.ana)[-1])
    with pytest.raises(NotFound):
        await bot.bot.db.read(bot.bot.scope, overlapping.compared, 2, 1)


async def test_whoever_stands_on_both_sides_is_named_among_the_reasons(team: Team, bot: Process) -> None:
    await seeded(bot, ENTRY | {"status": Status.ACTIVE})

    def join(uow: UnitOfWork) -> None:
        found = uow.teams.by_name("Ads Platform")
        assert found is not None
        uow.teams.add_member(found.id, team.ana)

    await bot.bot.db.write(bot.bot.scope, join)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    assert "on both sides" in reply_text(team, ts) or "are of the team *Ads Platform*" in reply_text(team, ts)


async def test_at_most_three_are_named(team: Team, bot: Process) -> None:
    await seeded(
        bot,
        *[
            ENTRY | {"title": f"{STORE_TITLE} {place}"}
            for place in ("in Lisbon", "in Lagos", "in Berlin", "in Oslo", "in Rome")
        ],
    )
    ts = await announced(bot, team, team.ana, SAME_STORE)
    assert labels(reply(team, ts)).count("Not related") == 3
    assert "*Three efforts look like the same work*" in reply_text(team, ts)


@pytest.mark.parametrize("address", ["https://wiki.example/store", "permalink"])
async def test_work_that_is_cited_is_not_named(team: Team, bot: Process, address: str) -> None:
    if address == "permalink":
        ts = await announced(bot, team, team.ben, STORE)
        address = f"https://sandbox.example/archives/{team.channel}/p{ts.replace('.', '')}"
    else:
        await seeded(bot, ENTRY | {"url": address})
    ts = await announced(bot, team, team.ana, f"{SAME_STORE} Builds on <{address}|theirs>.")
    assert ticked(team, ts)
    # Not after an edit in the form either.
    mine = await team.slack.command(team.ana, team.channel, "/rowbot mine")
    assert mine.message is not None
    await team.slack.click(team.ana, team.channel, mine.message["ts"], "initiatives.manage", value="edit:2")
    saved = await team.slack.submit(
        team.slack.views_of(team.ana)[-1]["id"], {"initiative.title": "Feature store for ranking models"}
    )
    await quiet(bot)
    assert saved.closed
    assert reply_text(team, ts) == ""


async def test_ones_own_work_is_not_named(team: Team, bot: Process) -> None:
    await announced(bot, team, team.ana, STORE)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    assert ticked(team, ts)


# --- not related ------------------------------------------------------------------------------------------------


async def test_not_related_is_kept_can_be_undone_and_holds_after_edits_and_from_the_other_side(
    team: Team, bot: Process
) -> None:
    slack = team.slack
    first = await announced(bot, team, team.ben, STORE)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    await slack.click(team.ben, team.channel, reply(team, ts)["ts"], "overlaps.not_related")
    await quiet(bot)
    assert "marked it as not related" in everything(reply(team, ts))
    assert "*Nothing" not in everything(reply(team, ts))
    await slack.click(team.ben, team.channel, reply(team, ts)["ts"], "overlaps.undo")
    await quiet(bot)
    assert "Join forces" in labels(reply(team, ts))
    await slack.click(team.ben, team.channel, reply(team, ts)["ts"], "overlaps.not_related")
    await slack.edit(team.ana, team.channel, ts, SAME_STORE + " This autumn.")
    await slack.edit(team.ben, team.channel, first, STORE + " This winter.")
    await quiet(bot)
    assert STORE_TITLE not in everything(reply(team, ts))
    assert reply_text(team, first) == ""
    assert ticked(team, first)


async def test_somebody_else_cannot_undo_not_related(team: Team, bot: Process) -> None:
    slack = team.slack
    cleo = slack.add_person("Cleo Danso")
    await slack.join(cleo, team.channel)
    await announced(bot, team, team.ben, STORE)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    await slack.click(team.ben, team.channel, reply(team, ts)["ts"], "overlaps.not_related")
    await quiet(bot)
    await slack.click(cleo, team.channel, reply(team, ts)["ts"], "overlaps.undo")
    assert "can undo it" in whispers(team, cleo)[-1]
    await slack.click(team.admin, team.channel, reply(team, ts)["ts"], "overlaps.undo")
    await quiet(bot)
    assert "Not related" in labels(reply(team, ts))


# --- differ, join, sync -----------------------------------------------------------------------------------------


async def test_how_they_differ_stands_in_the_thread_and_reaches_the_other_lead(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    await slack.click(team.ana, team.channel, reply(team, ts)["ts"], "overlaps.differ")
    form = slack.views_of(team.ana)[-1]
    sent = await slack.submit(form["id"], {"overlap.difference": "Ours is for *search*, <!channel>"})
    await quiet(bot)
    assert sent.closed
    assert "Ours is for" in everything(reply(team, ts))
    told = direct(team, team.ben)
    assert len(told) == 1
    assert "Ours is for" in told[0]
    assert "<!channel>" not in told[0] + everything(reply(team, ts))


@pytest.mark.parametrize("verb", ["join", "sync"])
async def test_both_leads_are_told_once_however_often_it_is_pressed(team: Team, bot: Process, verb: str) -> None:
    slack = team.slack
    cleo = slack.add_person("Cleo Danso")
    await slack.join(cleo, team.channel)
    await announced(bot, team, team.ben, STORE)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    where = reply(team, ts)["ts"]
    for _ in range(3):
        await slack.click(cleo, team.channel, where, f"overlaps.{verb}")
    await quiet(bot)
    assert len(direct(team, team.ben)) == 1
    assert len(direct(team, team.ana)) == 1
    assert STORE_TITLE in direct(team, team.ana)[0]
    assert f"<@{team.ben}>" in whispers(team, cleo)[-1]
    assert "would like" in everything(reply(team, ts))


async def test_a_lead_whose_account_is_gone_is_said_to_who_clicked_with_the_next_step(team: Team, bot: Process) -> None:
    slack = team.slack
    await announced(bot, team, team.ben, STORE)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    await slack.change_person(team.ben, deleted=True)
    await slack.click(team.ana, team.channel, reply(team, ts)["ts"], "overlaps.sync")
    await slack.wait_for(lambda: whispers(team, team.ana), timeout=20)
    assert "can't be asked any more" in whispers(team, team.ana)[-1]
    assert "Have an admin name another." in whispers(team, team.ana)[-1]


async def test_work_without_a_lead_is_said_at_once(team: Team, bot: Process) -> None:
    await seeded(bot, ENTRY)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    await team.slack.click(team.ana, team.channel, reply(team, ts)["ts"], "overlaps.join")
    assert "has no lead yet" in whispers(team, team.ana)[-1]


async def test_a_lead_known_by_address_only_is_named_by_it(team: Team, bot: Process) -> None:
    await seeded(bot, ENTRY | {"lead_email": "gone@example.com"})
    ts = await announced(bot, team, team.ana, SAME_STORE)
    await team.slack.click(team.ana, team.channel, reply(team, ts)["ts"], "overlaps.join")
    assert "gone@example.com, is not in this Slack" in whispers(team, team.ana)[-1]
    assert direct(team, team.ana) == []


async def test_a_candidate_that_was_withdrawn_meanwhile_is_said_to_be_gone(team: Team, bot: Process) -> None:
    slack = team.slack
    first = await announced(bot, team, team.ben, STORE)
    ts = await announced(bot, team, team.ana, SAME_STORE)
    await slack.delete(team.ben, team.channel, first)
    for verb in ("join", "not_related", "differ"):
        await slack.click(team.ana, team.channel, reply(team, ts)["ts"], f"overlaps.{verb}")
        assert "not in the registry any more" in whispers(team, team.ana)[-1]
    assert await undelivered(bot) == []
    assert len(await titles(bot)) == 1
