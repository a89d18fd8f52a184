"""Judges blocks and views as Slack does: shape and limits, and the rules that span a whole message or view."""

import copy
import secrets
from collections.abc import Collection, Iterator
from typing import Any

from bot.sandbox.blocks import BLOCKS, MESSAGE, VIEWS
from bot.sandbox.elements import ELEMENTS, SUGGESTION
from bot.sandbox.limits import LIMITS
from bot.sandbox.records import Json
from bot.sandbox.schema import by_type, fault

_TABLES = ("table", "data_table")
_INTERACTIVE = {*ELEMENTS, "rich_text_input"} - {"image"}


def _walk(thing: Any, at: str) -> Iterator[tuple[Json, str]]:  # noqa: ANN401 - any JSON
    if isinstance(thing, dict):
        yield thing, at
        for key, value in thing.items():
            yield from _walk(value, f"{at}/{key}")
    elif isinstance(thing, list):
        for index, value in enumerate(thing):
            yield from _walk(value, f"{at}/{index}")


def message_faults(blocks: list[Any], *, files: Collection[str]) -> list[str]:
    """What is wrong with the blocks of a message, in Slack's words.

    Args:
        blocks: Any list.
        files: Ids of uploaded files that image blocks may show.
    """
    found: list[str] = []
    MESSAGE(blocks, "/blocks", found)
    if found:
        return found
    _ids(blocks, "/blocks", found)
    _pictures(blocks, "/blocks", found, files)
    for limit, kind in (
        ("message.markdown_characters", "markdown"),
        ("message.table_characters", "table"),
        ("message.data_table_characters", "data_table"),
    ):
        total = sum(_letters(block.get("rows", block.get("text"))) for block in _of(blocks, kind))
        if total > LIMITS[limit]:
            fault(found, f"all {kind} blocks together must be less than {LIMITS[limit] + 1} characters", "/blocks")
    if len(_of(blocks, "data_visualization")) > LIMITS["message.charts"]:
        fault(found, f"no more than {LIMITS['message.charts']} data_visualization blocks allowed", "/blocks")
    for element, at in _walk(blocks, "/blocks"):
        if element.get("response_url_enabled"):
            fault(found, "response_url_enabled is for modals only", at)
    return found


def view_faults(view: Any, *, kind: str, files: Collection[str]) -> list[str]:  # noqa: ANN401 - any JSON
    """What is wrong with a view.

    Args:
        view: Anything.
        kind: `modal` or `home` when only that will do, else empty.
        files: Ids of uploaded files that image blocks may show.
    """
    found: list[str] = []
    by_type({kind: VIEWS[kind]} if kind else VIEWS)(view, "/view", found)
    if found:
        return found
    _ids(view["blocks"], "/view/blocks", found)
    _pictures(view["blocks"], "/view/blocks", found, files)
    tables = sum(_letters(block["rows"]) for block in _of(view["blocks"], "table"))
    if tables > LIMITS["message.table_characters"]:
        limit = LIMITS["message.table_characters"]
        fault(found, f"all table blocks together must be less than {limit + 1} characters", "/view/blocks")
    if sum(bool(element.get("focus_on_load")) for element, _ in _walk(view["blocks"], "")) > 1:
        fault(found, "only one element may have focus_on_load", "/view/blocks")
    return found


def suggestion_faults(said: Json) -> list[str]:
    """What is wrong with the app's options for an external menu."""
    found: list[str] = []
    SUGGESTION(said, "", found)
    return found


def _of(blocks: list[Json], kind: str) -> list[Json]:
    inside = [child for block in blocks for child in block.get("child_blocks", [])]
    return [block for block in [*blocks, *inside] if block["type"] == kind]


def _ids(blocks: list[Json], at: str, found: list[str]) -> None:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        for one in [block, *block.get("child_blocks", [])]:
            block_id = one.get("block_id")
            if block_id in seen:
                fault(found, "block_id must be unique", f"{at}/{index}/block_id")
            seen |= {block_id} if block_id else set()
            actions = [part["action_id"] for part, _ in _walk({**one, "child_blocks": []}, "") if part.get("action_id")]
            if len(set(actions)) < len(actions):
                fault(found, "action_id must be unique within a block", f"{at}/{index}")


def _pictures(blocks: list[Json], at: str, found: list[str], files: Collection[str]) -> None:
    for part, where in _walk(blocks, at):
        reference = part.get("slack_file")
        if not isinstance(reference, dict):
            continue
        file_id = (
            reference.get("id") or str(reference.get("url")).rpartition("-pri/")[2].partition("/")[0].rpartition("-")[2]
        )
        if file_id not in files:
            fault(found, "invalid slack file", f"{where}/slack_file")


def _letters(thing: Any) -> int:  # noqa: ANN401 - any JSON
    if isinstance(thing, str):
        return len(thing)
    return sum(len(part["text"]) for part, _ in _walk(thing, "") if isinstance(part.get("text"), str))


def characters(blocks: list[Json]) -> int:
    """How much there is to read in the blocks of a message; tables count for themselves."""
    return sum(
        _letters(block["text"]) if block["type"] == "markdown" else _letters(block)
        for block in blocks
        if block["type"] not in _TABLES
    )


def complete(blocks: list[Json]) -> list[Json]:
    """Blocks as Slack gives them back: a copy with ids for blocks and elements, and with the defaults of text objects."""
    completed = copy.deepcopy(blocks)
    for part, at in _walk(completed, ""):
        kind = part.get("type")
        if kind == "plain_text":
            part.setdefault("emoji", True)
        elif kind == "mrkdwn":
            part.setdefault("verbatim", False)
        elif kind in _INTERACTIVE:
            part.setdefault("action_id", secrets.token_urlsafe(4))
        elif kind in BLOCKS and (at.count("/") == 1 or at.split("/")[-2] == "child_blocks"):
            part.setdefault("block_id", secrets.token_urlsafe(4))
    return completed
