"""`/rowbot import`: admins see how to bring things in and take an import back."""

import asyncio
import io
from pathlib import Path

import pytest
from rich.console import Console

from bot.features.imports.command import run_import
from bot.process import Process
from tests.scenarios.dialogs import direct, elements, quiet, titles, undelivered
from tests.world import Team, everything

pytestmark = pytest.mark.usefixtures("hurried")


async def bring_in(bot: Process, folder: Path, text: str, *, name: str = "file.csv") -> None:
    """Import a file, as `python -m bot import` does beside the running bot."""
    path = folder / name
    path.write_text(text)
    await asyncio.to_thread(run_import, path, db=bot.bot.db, workspace_id=bot.bot.identity.workspace_id, matcher=bot.bot.matcher,
                            console=Console(file=io.StringIO()))  # fmt: skip


async def told(team: Team, bot: Process, person: str) -> str:
    """What the bot wrote to a person, once it has."""
    for _ in range(1000):
        await quiet(bot)
        if said := direct(team, person):
            return said[-1]
        await asyncio.sleep(0.02)
    raise TimeoutError("Nothing was written.")


async def test_an_admin_takes_an_import_back_and_is_told_when_it_is_done(
    team: Team, bot: Process, tmp_path: Path
) -> None:
    await bring_in(bot, tmp_path, "title,team\nFeature store,Ads\nDrift watch,Ads\n")
    shown = await team.slack.command(team.admin, team.channel, "/rowbot import")
    assert shown.message is not None
    assert "`python -m bot import FILE`" in everything(shown.message)
    assert "file.csv" in everything(shown.message)
    assert "2 new" in everything(shown.message)
    (button,) = elements(shown.message)
    assert (button["text"]["text"], "confirm" in button) == ("Undo", True)
    await team.slack.click(team.admin, team.channel, shown.message["ts"], "imports.undo", value=button["value"])
    said = await told(team, bot, team.admin)
    assert "was taken back: 2 withdrawn." in said
    assert "It had made these teams, which stay: Ads." in said
    assert await titles(bot) == []
    again = await team.slack.command(team.admin, team.channel, "/rowbot import")
    assert again.message is not None
    assert "taken back" in everything(again.message)
    assert list(elements(again.message)) == []
    assert await undelivered(bot) == []


async def test_undo_pressed_in_two_lists_takes_back_once(team: Team, bot: Process, tmp_path: Path) -> None:
    await bring_in(bot, tmp_path, "title\nFeature store\n")
    lists = [await team.slack.command(team.admin, team.channel, "/rowbot import") for _ in range(2)]
    for shown in lists:
        assert shown.message is not None
        await team.slack.click(team.admin, team.channel, shown.message["ts"], "imports.undo", value="1")
    await told(team, bot, team.admin)
    await quiet(bot)
    assert len(direct(team, team.admin)) == 1
    assert await titles(bot) == []


async def test_who_is_no_admin_sees_no_import(team: Team, bot: Process, tmp_path: Path) -> None:
    await bring_in(bot, tmp_path, "title\nFeature store\n")
    refused = await team.slack.command(team.ana, team.channel, "/rowbot import")
    assert "Only admins can do that here." in refused.text
    assert "file.csv" not in refused.text


async def test_private_work_of_an_import_is_neither_counted_nor_named_in_slack(
    team: Team, bot: Process, tmp_path: Path
) -> None:
    await bring_in(bot, tmp_path, f"title,lead,visibility\nHidden one,{team.ben},private\n", name="secret.csv")
    await bring_in(bot, tmp_path, f"title,lead,visibility\nHidden two,{team.ben},private\nOpen,,\n", name="both.csv")
    shown = await team.slack.command(team.admin, team.channel, "/rowbot import")
    assert shown.message is not None
    assert "secret.csv" not in everything(shown.message)
    assert "1 new" in everything(shown.message)
    await team.slack.click(team.admin, team.channel, shown.message["ts"], "imports.undo", value="2")
    said = await told(team, bot, team.admin)
    assert "1 withdrawn" in said
    assert "Hidden" not in said
    assert await titles(bot) == ["Hidden one"]


async def test_before_any_import_the_way_to_one_is_shown(team: Team, bot: Process) -> None:
    shown = await team.slack.command(team.admin, team.channel, "/rowbot import")
    assert shown.message is not None
    assert "Nothing was imported yet." in everything(shown.message)
    assert "--dry-run" in everything(shown.message)
