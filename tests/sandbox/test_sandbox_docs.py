"""docs/sandbox.md tells of every block, element and fault that there is, and of no other; its command works."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox import Fault, blocks, values
from bot.sandbox.blocks import BLOCKS, IN_HOME, IN_MESSAGE, IN_MODAL
from bot.sandbox.elements import ELEMENTS

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/sandbox.md").read_text(encoding="utf-8")
PAGE = ROOT / "bot/sandbox/page/js/blocks"
ALL_ELEMENTS = {*ELEMENTS, "rich_text_input"}


def rows(heading: str) -> dict[str, list[str]]:
    """The table under a heading: first cell → the others."""
    part = DOCUMENT.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("| `")
    ]
    return {cells[0].strip("`"): cells[1:] for cells in lines}


def drawn(file: str, table: str) -> set[str]:
    """The types in a renderer's table."""
    body = (PAGE / file).read_text(encoding="utf-8").split(f"const {table} = {{\n", 1)[1].split("\n};", 1)[0]
    return set(re.findall(r"^  (\w+)[,:]", body, re.MULTILINE))


def test_every_block_is_in_the_table_with_the_places_where_it_may_stand() -> None:
    told = rows("Blocks")
    assert set(told) == set(BLOCKS)
    for name, cells in told.items():
        places = [name in place for place in (IN_MESSAGE, IN_MODAL, IN_HOME)]
        assert cells[:3] == ["yes" if one else "no" for one in places], name


def test_every_element_is_in_the_table_with_the_key_that_the_app_hears() -> None:
    told = rows("Elements")
    assert set(told) == ALL_ELEMENTS == set(blocks._ALL)
    assert {name: cells[0].strip("`") for name, cells in told.items() if cells[0] != "–"} == values._KEYS


def test_the_page_draws_every_block_and_element_of_the_schema_and_no_other() -> None:
    assert drawn("blocks.js", "BLOCKS") == set(BLOCKS)
    assert drawn("elements.js", "BUILDERS") | {"image"} == ALL_ELEMENTS


def test_every_fault_is_in_the_table() -> None:
    part = DOCUMENT.split("\n## Faults\n", 1)[1].split("\n## ", 1)[0]
    named = {
        name
        for line in part.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    }
    assert named == {fault.value for fault in Fault}


@pytest.mark.parametrize("kept", [False, True])
async def test_the_command_opens_a_workspace_for_any_manifest(tmp_path: Path, kept: bool) -> None:
    command = [sys.executable, "-m", "bot.sandbox", str(ROOT / "manifest.yml"), "--port", "0", "--person", "Kim Sand"]
    command += ["--keep", str(tmp_path / "kept.db")] if kept else []
    for _ in range(2 if kept else 1):
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220 - it prints five lines
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline().strip() for _ in range(5)]
            told = dict(line.split("=", 1) for line in lines[1:])
            headers = {"Authorization": f"Bearer {told['SLACK_BOT_TOKEN']}"}
            async with aiohttp.ClientSession(headers=headers) as session:
                async with session.post(f"{told['SLACK_API_URL']}auth.test") as response:
                    assert (await response.json())["ok"]
                async with session.post(f"{told['SLACK_API_URL']}users.list") as response:
                    people = [one["real_name"] for one in (await response.json())["members"]]
                async with session.get(lines[0].split(": ")[1]) as response:
                    assert response.status == 200
            assert people.count("Kim Sand") == 1
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0
            if process.stdout is not None:
                process.stdout.close()
