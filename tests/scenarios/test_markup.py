"""Words that people write to break something: they never ping, never link, never break a layout."""

import re

import pytest

from bot.process import Process
from tests.scenarios.dialogs import HOSTILE, announced, direct, quiet, reply_text, titles, undelivered, whispers
from tests.world import Team, everything

TITLES = {
    "markup": f"Feature store {HOSTILE}",
    "emoji": "🚣 Feature store 👩‍🚀 for ranking :fire:",
    "right to left": "Feature store מחסן תכונות לדירוג",
    "turned": "Feature store \u202egniknar rof",
    "zero width": "Fea\u200bture store for ran\u200bking",
    "long": "Feature store for ranking models " * 12,
    "newlines": "Feature store\nfor ranking",
}


@pytest.mark.parametrize("kind", TITLES)
async def test_a_hostile_announcement_is_answered_and_harms_nobody(team: Team, bot: Process, kind: str) -> None:
    slack = team.slack
    text = "Serves fresh features to the ranking models at request time. "
    await announced(bot, team, team.ben, f"New initiative: {TITLES[kind]}\n{text * 20}{HOSTILE}")
    ts = await announced(bot, team, team.ana, f"New initiative: {TITLES[kind]} again\n{text}{HOSTILE}")
    assert len(await titles(bot)) == 2
    said = [reply_text(team, ts), *direct(team, team.ana), *whispers(team, team.ana), str((await slack.command(team.ana, team.channel, "/rowbot mine")).blocks),
            str((await slack.command(team.ana, team.channel, "/rowbot search feature store for ranking")).blocks), str(await slack.open_home(team.ana))]  # fmt: skip
    assert said[0]
    for each in said:
        assert not re.search(r"<!channel|<@U123|<https?://evil|<script|\u202e", each), each
    assert await undelivered(bot) == []


@pytest.mark.parametrize("kind", TITLES)
async def test_hostile_words_in_the_form_are_kept_as_they_are_and_shown_as_words(
    team: Team, bot: Process, kind: str
) -> None:
    slack = team.slack
    title = " ".join(TITLES[kind].split())[:150].strip()
    for person in (team.ben, team.ana):
        await slack.command(person, team.channel, "/rowbot announce")
        view = slack.views_of(person)[-1]["id"]
        body = {
            "initiative.title": title,
            "initiative.summary": "Serves fresh features to the ranking models. " + HOSTILE * 20,
            "initiative.team_name": f"{HOSTILE}"[:80],
        }
        sent = await slack.submit(view, body)
        assert (sent.errors, sent.error) == ({}, "")
        if "before anything" not in str(sent.view) and "Before you register" in str((sent.view or {}).get("title")):
            sent = await slack.submit(view)
            assert (sent.errors, sent.error) == ({}, "")
    await quiet(bot)
    assert await titles(bot) == [title, title]
    posts = "\n".join(everything(message) for message in slack.messages(team.channel))
    assert not re.search(r"<!channel|<@U123|<https?://evil|<script|\u202e", posts)
    assert await undelivered(bot) == []
