"""The shapes of blocks and views. Source: https://docs.slack.dev/reference/block-kit/blocks"""

from typing import Any

from bot.sandbox.elements import (
    BUTTON,
    ELEMENTS,
    IMAGE,
    MENUS,
    RICH_TEXT_INPUT_ALSO,
    RICH_TEXT_INPUT_FIELDS,
    SLACK_FILE,
)
from bot.sandbox.rich_text import BLOCK_ID, RICH_TEXT
from bot.sandbox.schema import Rule, array, boolean, by_type, choice, fault, integer, record, string, text, words
from bot.sandbox.tables import TABLES

_Object = dict[str, Any]


_RICH_TEXT = by_type({"rich_text": RICH_TEXT})
_ALL = {
    **ELEMENTS,
    "rich_text_input": record({**RICH_TEXT_INPUT_FIELDS, "initial_value": _RICH_TEXT}, also=RICH_TEXT_INPUT_ALSO),
}


def _elements(*names: str) -> Rule:
    return by_type({name: _ALL[name] for name in names})


# Cards, containers, tasks


def _one_icon(block: _Object, at: str, found: list[str]) -> None:
    if "icon" in block and "slack_icon" in block:
        fault(found, "only one of icon, slack_icon allowed", at)


CARD = record(
    {
        **BLOCK_ID,
        "hero_image": by_type({"image": IMAGE}),
        "icon": by_type({"image": IMAGE}),
        "slack_icon": record({"name": string(least=1)}, ("name",)),
        "title": text("card.title"),
        "subtitle": text("card.subtitle"),
        "body": text("card.body"),
        "subtext": text("card.subtext"),
        "actions": array(by_type({"button": BUTTON}), "card.actions"),
    },
    any_of=("hero_image", "title", "actions", "body"),
    also=_one_icon,
)
_TASK = record(
    {
        **BLOCK_ID,
        "task_id": string(least=1),
        "title": string(),
        "status": choice("pending", "in_progress", "complete", "error"),
        "details": _RICH_TEXT,
        "output": _RICH_TEXT,
        "sources": array(by_type({"url": record({"url": string(least=1), "text": string()}, ("url", "text"))})),
    },
    ("task_id", "title", "status"),
)


def _child(value: Any, at: str, found: list[str]) -> None:  # noqa: ANN401 - any JSON; late, for blocks hold blocks
    by_type({name: BLOCKS[name] for name in _IN_CONTAINER})(value, at, found)


def _collapse_fits(block: _Object, at: str, found: list[str]) -> None:
    if "default_collapsed" in block and not block.get("is_collapsible"):
        fault(found, "default_collapsed needs is_collapsible", at)
    if "has_header_divider" in block and block.get("is_collapsible"):
        fault(found, "has_header_divider does not go with is_collapsible", at)


def _not_pending(block: _Object, at: str, found: list[str]) -> None:
    if block["status"] == "pending":
        fault(found, "must be a valid enum value", f"{at}/status")


def _task_alone(value: Any, at: str, found: list[str]) -> None:  # noqa: ANN401 - any JSON
    before = len(found)
    _TASK(value, at, found)
    if len(found) == before:
        _not_pending(value, at, found)


def _tasks_differ(block: _Object, at: str, found: list[str]) -> None:
    ids = [task["task_id"] for task in block["tasks"]]
    if len(set(ids)) < len(ids):
        fault(found, "task_id must be unique", f"{at}/tasks")


_IN_CONTAINER = (
    "actions",
    "context",
    "divider",
    "file",
    "header",
    "image",
    "input",
    "rich_text",
    "section",
    "table",
    "video",
)

BLOCKS: dict[str, Rule] = {
    "section": record(
        {
            **BLOCK_ID,
            "text": text("section.text"),
            "fields": array(text("section.field"), "section.fields", least=1),
            "accessory": _elements("button", "image", "overflow", "workflow_button", *MENUS),
            "expand": boolean,
        },
        any_of=("text", "fields"),
    ),
    "header": record({**BLOCK_ID, "text": text("header.text", "plain_text"), "level": integer(1, 4)}, ("text",)),
    "divider": record(BLOCK_ID),
    "context": record(
        {
            **BLOCK_ID,
            "elements": array(
                by_type(
                    {
                        "image": IMAGE,
                        "plain_text": words("context.text", "emoji"),
                        "mrkdwn": words("context.text", "verbatim"),
                    }
                ),
                "context.elements",
                least=1,
            ),
        },
        ("elements",),
    ),
    "context_actions": record(
        {
            **BLOCK_ID,
            "elements": array(_elements("feedback_buttons", "icon_button"), "context_actions.elements", least=1),
        },
        ("elements",),
    ),
    "actions": record(
        {
            **BLOCK_ID,
            "elements": array(
                _elements("button", "overflow", "datetimepicker", "workflow_button", "rich_text_input", *MENUS),
                "actions.elements",
                least=1,
            ),
        },
        ("elements",),
    ),
    "image": record(
        {
            **BLOCK_ID,
            "image_url": string("image.url", least=1, pattern=r"https?://\S+"),
            "slack_file": SLACK_FILE,
            "alt_text": string("image.alt_text"),
            "title": text("image.title", "plain_text"),
        },
        ("alt_text",),
        exactly_one_of=("image_url", "slack_file"),
    ),
    "input": record(
        {
            **BLOCK_ID,
            "label": text("input.label", "plain_text"),
            "hint": text("input.hint", "plain_text"),
            "optional": boolean,
            "dispatch_action": boolean,
            "element": _elements(
                "plain_text_input",
                "number_input",
                "email_text_input",
                "url_text_input",
                "rich_text_input",
                "file_input",
                "datetimepicker",
                *MENUS,
            ),
        },
        ("label", "element"),
    ),
    "markdown": record({**BLOCK_ID, "text": string("message.markdown_characters", least=1)}, ("text",)),
    "rich_text": RICH_TEXT,
    "table": TABLES["table"],
    "data_table": TABLES["data_table"],
    "data_visualization": TABLES["data_visualization"],
    "alert": record(
        {**BLOCK_ID, "text": text("alert.text"), "level": choice("default", "info", "warning", "error", "success")},
        ("text",),
    ),
    "card": CARD,
    "carousel": record(
        {**BLOCK_ID, "elements": array(by_type({"card": CARD}), "carousel.cards", least=1)}, ("elements",)
    ),
    "container": record(
        {
            **BLOCK_ID,
            "title": text("container.title", "plain_text"),
            "rich_text_title": _RICH_TEXT,
            "subtitle": text("container.subtitle"),
            "icon": by_type({"image": IMAGE}),
            "child_blocks": array(_child, "container.children", least=1),
            "width": choice("narrow", "standard", "wide", "full"),
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
        ("child_blocks",),
        any_of=("title", "rich_text_title"),
        also=_collapse_fits,
    ),
    "task_card": _task_alone,
    "plan": record(
        {**BLOCK_ID, "title": string(), "tasks": array(by_type({"task_card": _TASK}), "plan.tasks")},
        ("title", "tasks"),
        also=_tasks_differ,
    ),
    "video": record(
        {
            **BLOCK_ID,
            "title": text("video.title", "plain_text"),
            "description": text("video.description", "plain_text"),
            "author_name": string("video.author_name"),
            "provider_name": string("video.provider_name"),
            "alt_text": string("video.alt_text"),
            "video_url": string("video.url", pattern=r"https://\S+"),
            "thumbnail_url": string("video.url", pattern=r"https?://\S+"),
            "title_url": string("video.title_url", pattern=r"https://\S+"),
            "provider_icon_url": string("video.title_url"),
        },
        ("title", "alt_text", "video_url", "thumbnail_url"),
    ),
    "file": record({**BLOCK_ID, "external_id": string(least=1), "source": choice("remote")}, ("external_id", "source")),
}
"""All blocks, by type."""

_EVERYWHERE = ("actions", "card", "context", "divider", "header", "image", "input", "rich_text", "section", "video")
IN_MESSAGE = (
    *_EVERYWHERE,
    "carousel",
    "container",
    "context_actions",
    "data_table",
    "data_visualization",
    "file",
    "markdown",
    "plan",
    "table",
    "task_card",
)
IN_MODAL = (*_EVERYWHERE, "alert")
IN_HOME = (*_EVERYWHERE, "carousel", "container", "data_table", "table")

MESSAGE = array(by_type({name: BLOCKS[name] for name in IN_MESSAGE}), "message.blocks")


def _needs_submit(view: _Object, at: str, found: list[str]) -> None:
    if any(block["type"] == "input" for block in view["blocks"]) and not view.get("submit"):
        fault(found, "missing required field: submit", at)


_VIEW: dict[str, Rule] = {
    "private_metadata": string("view.private_metadata"),
    "callback_id": string("view.callback_id"),
    "external_id": string("view.external_id"),
    "clear_on_close": boolean,
    "notify_on_close": boolean,
}
VIEWS: dict[str, Rule] = {
    "modal": record(
        {
            **_VIEW,
            "title": text("view.title", "plain_text"),
            "submit": text("view.submit", "plain_text"),
            "close": text("view.close", "plain_text"),
            "blocks": array(by_type({name: BLOCKS[name] for name in IN_MODAL}), "view.blocks"),
        },
        ("title", "blocks"),
        also=_needs_submit,
    ),
    "home": record(
        {**_VIEW, "blocks": array(by_type({name: BLOCKS[name] for name in IN_HOME}), "view.blocks")}, ("blocks",)
    ),
}
"""Modals and Home tabs."""
