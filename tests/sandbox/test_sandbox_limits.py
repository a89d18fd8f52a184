"""Every limit of the table, at its edge: what fits is taken, one more is refused in Slack's words."""

import json
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import NotPossibleError, Sandbox
from bot.sandbox.limits import LIMITS

Json = dict[str, Any]


def x(n: int) -> str:
    return "x" * n


def plain(n: int) -> Json:
    return {"type": "plain_text", "text": x(n)}


def options(n: int, **of_one: Any) -> list[Json]:
    return [{"text": {"type": "plain_text", "text": f"Option {i}"}, "value": f"v{i}", **of_one} for i in range(n)]


def section(**more: Any) -> Json:
    return {"type": "section", "text": plain(3), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain(3), **more}


def menu(**more: Any) -> Json:
    return {"type": "static_select", "action_id": "m", "options": options(2), **more}


def cells(n: int, letter: str = "x") -> list[Json]:
    return [{"type": "raw_text", "text": letter} for _ in range(n)]


def confirm(**more: Any) -> Json:
    return button(confirm={"title": plain(3), "text": plain(3), "confirm": plain(3), "deny": plain(3), **more})


def chart(**more: Any) -> Json:
    series = {
        "type": "bar",
        "series": [{"name": "n", "data": [{"label": "a", "value": 1}]}],
        "axis_config": {"categories": ["a"]},
    }
    return {"type": "data_visualization", "title": "Chart", "chart": series, **more}


def bars(*, series: int = 1, points: int = 1, **axis: Any) -> Json:
    labels = [f"p{i}" for i in range(points)]
    rows = [{"name": f"s{i}", "data": [{"label": label, "value": 1} for label in labels]} for i in range(series)]
    return chart(chart={"type": "line", "series": rows, "axis_config": {"categories": labels, **axis}})


def pie(n: int, label: int = 2) -> Json:
    segments = [{"label": f"{i}".ljust(label, "x"), "value": 1} for i in range(n)]
    return chart(chart={"type": "pie", "segments": segments})


def long_labels(n: int) -> Json:
    series = [{"name": "n", "data": [{"label": x(n), "value": 1}]}]
    return chart(chart={"type": "bar", "series": series, "axis_config": {"categories": [x(n)]}})


def video(**more: Any) -> Json:
    return {
        "type": "video",
        "title": plain(3),
        "alt_text": "a",
        "video_url": "https://v.example/1",
        "thumbnail_url": "https://v.example/1.png",
        **more,
    }


def url(n: int) -> str:
    return "https://a.example/".ljust(n, "x")


def input_block(element: Json | None = None, **more: Any) -> Json:
    return {"type": "input", "label": plain(3), "element": element or {"type": "plain_text_input"}, **more}


def table(rows: int, width: int = 1, **more: Any) -> Json:
    return {"type": "table", "rows": [cells(width) for _ in range(rows)], **more}


def data_table(rows: int, width: int = 1, **more: Any) -> Json:
    return {"type": "data_table", "caption": "c", "rows": [cells(width) for _ in range(rows)], **more}


def indented(n: int) -> Json:
    words = {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_list", "style": "bullet", "indent": n, "elements": [words]}],
    }


def card(**more: Any) -> Json:
    return {"type": "card", "title": plain(3), **more}


def container(**more: Any) -> Json:
    return {"type": "container", "title": plain(3), "child_blocks": [{"type": "divider"}], **more}


def tasks(n: int) -> Json:
    cards = [{"type": "task_card", "task_id": f"t{i}", "title": "t", "status": "pending"} for i in range(n)]
    return {"type": "plan", "title": "p", "tasks": cards}


def icon_button(**more: Any) -> Json:
    element = {"type": "icon_button", "icon": "trash", "text": plain(3), **more}
    return {"type": "context_actions", "elements": [element]}


# What is put into a message, one builder per limit of a message's blocks.
BLOCKS: dict[str, Callable[[int], list[Json]]] = {
    "message.blocks": lambda n: [{"type": "divider"}] * n,
    "message.markdown_characters": lambda n: [
        {"type": "markdown", "text": x(6000)},
        {"type": "markdown", "text": x(n - 6000)},
    ],
    "message.table_characters": lambda n: [{"type": "table", "rows": [[{"type": "raw_text", "text": x(n)}]]}],
    "message.data_table_characters": lambda n: [
        {"type": "data_table", "caption": "c", "rows": [cells(1), [{"type": "raw_text", "text": x(n - 1)}]]}
    ],
    "message.charts": lambda n: [chart()] * n,
    "block_id": lambda n: [section(block_id=x(n))],
    "action_id": lambda n: [actions(button(action_id=x(n)))],
    "placeholder": lambda n: [actions(menu(placeholder=plain(n)))],
    "section.text": lambda n: [{"type": "section", "text": plain(n)}],
    "section.fields": lambda n: [{"type": "section", "fields": [plain(3)] * n}],
    "section.field": lambda n: [{"type": "section", "fields": [plain(n)]}],
    "header.text": lambda n: [{"type": "header", "text": plain(n)}],
    "context.elements": lambda n: [{"type": "context", "elements": [plain(3)] * n}],
    "context.text": lambda n: [{"type": "context", "elements": [plain(n)]}],
    "context_actions.elements": lambda n: [
        {"type": "context_actions", "elements": icon_button()["elements"] * n},
    ],
    "actions.elements": lambda n: [actions(*[button()] * n)],
    "image.url": lambda n: [{"type": "image", "alt_text": "a", "image_url": url(n)}],
    "image.alt_text": lambda n: [{"type": "image", "alt_text": x(n), "image_url": url(30)}],
    "image.title": lambda n: [{"type": "image", "alt_text": "a", "image_url": url(30), "title": plain(n)}],
    "input.label": lambda n: [input_block(label=plain(n))],
    "input.hint": lambda n: [input_block(hint=plain(n))],
    "table.rows": lambda n: [table(n)],
    "table.cells": lambda n: [table(1, n)],
    "table.column_settings": lambda n: [table(1, column_settings=[{"align": "left"}] * n)],
    "data_table.rows": lambda n: [data_table(n)],
    "data_table.cells": lambda n: [data_table(2, n)],
    "data_table.page_size": lambda n: [data_table(2, page_size=n)],
    "chart.title": lambda n: [chart(title=x(n))],
    "chart.segments": lambda n: [pie(n)],
    "chart.segment_label": lambda n: [pie(1, n)],
    "chart.series": lambda n: [bars(series=n)],
    "chart.series_name": lambda n: [
        chart(
            chart={
                "type": "area",
                "series": [{"name": x(n), "data": [{"label": "a", "value": -1}]}],
                "axis_config": {"categories": ["a"]},
            }
        )
    ],
    "chart.points": lambda n: [bars(points=n)],
    "chart.category": lambda n: [long_labels(n)],
    "chart.axis_label": lambda n: [bars(x_label=x(n))],
    "rich_text.indent": lambda n: [indented(n)],
    "video.title": lambda n: [video(title=plain(n))],
    "video.description": lambda n: [video(description=plain(n))],
    "video.author_name": lambda n: [video(author_name=x(n))],
    "video.provider_name": lambda n: [video(provider_name=x(n))],
    "video.alt_text": lambda n: [video(alt_text=x(n))],
    "video.url": lambda n: [video(video_url=url(n))],
    "video.title_url": lambda n: [video(title_url=url(n))],
    "card.title": lambda n: [card(title=plain(n))],
    "card.subtitle": lambda n: [card(subtitle=plain(n))],
    "card.body": lambda n: [card(body=plain(n))],
    "card.subtext": lambda n: [card(subtext=plain(n))],
    "card.actions": lambda n: [card(actions=[button()] * n)],
    "carousel.cards": lambda n: [{"type": "carousel", "elements": [card()] * n}],
    "container.title": lambda n: [container(title=plain(n))],
    "container.subtitle": lambda n: [container(subtitle=plain(n))],
    "container.children": lambda n: [container(child_blocks=[{"type": "divider"}] * n)],
    "plan.tasks": lambda n: [tasks(n)],
    "button.text": lambda n: [actions(button(text=plain(n)))],
    "button.value": lambda n: [actions(button(value=x(n)))],
    "button.url": lambda n: [actions(button(url=url(n)))],
    "button.accessibility_label": lambda n: [actions(button(accessibility_label=x(n)))],
    "button.agent_prompt": lambda n: [actions(button(agent_prompt=x(n)))],
    "icon_button.visible_to": lambda n: [icon_button(visible_to_user_ids=["U1"] * n)],
    "option.text": lambda n: [actions(menu(options=options(1, text=plain(n))))],
    "option.value": lambda n: [actions(menu(options=options(1, value=x(n))))],
    "option.description": lambda n: [actions(menu(options=options(1, description=plain(n))))],
    "option.url": lambda n: [actions({"type": "overflow", "options": options(1, url=url(n))})],
    "select.options": lambda n: [actions(menu(options=options(n)))],
    "select.groups": lambda n: [
        actions(
            {
                "type": "static_select",
                "option_groups": [{"label": plain(3), "options": options(1, value=f"g{i}")} for i in range(n)],
            }
        )
    ],
    "select.group_label": lambda n: [
        actions({"type": "static_select", "option_groups": [{"label": plain(n), "options": options(1)}]})
    ],
    "overflow.options": lambda n: [actions({"type": "overflow", "options": options(n)})],
    "checkboxes.options": lambda n: [actions({"type": "checkboxes", "options": options(n)})],
    "radio_buttons.options": lambda n: [actions({"type": "radio_buttons", "options": options(n)})],
    "text_input.min_length": lambda n: [input_block({"type": "plain_text_input", "min_length": n})],
    "text_input.max_length": lambda n: [input_block({"type": "plain_text_input", "max_length": n})],
    "rich_text_input.lines": lambda n: [input_block({"type": "rich_text_input", "max_lines": n})],
    "file_input.max_files": lambda n: [input_block({"type": "file_input", "max_files": n})],
    "confirm.title": lambda n: [actions(confirm(title=plain(n)))],
    "confirm.text": lambda n: [actions(confirm(text=plain(n)))],
    "confirm.button": lambda n: [actions(confirm(deny=plain(n)))],
}


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": plain(3), "blocks": [section()], **more}


def heavy(n: int) -> Json:
    """A view of exactly so many bytes: 99 long sections, and one that fills up the rest."""
    view = modal(blocks=[{"type": "section", "text": plain(2440)} for _ in range(99)])
    view["blocks"].append(section(text=plain(1)))
    missing = n - len(json.dumps(view))
    view["blocks"][-1]["text"]["text"] = x(1 + missing)
    return view


VIEWS: dict[str, Callable[[int], Json]] = {
    "view.blocks": lambda n: modal(blocks=[{"type": "divider"}] * n),
    "view.title": lambda n: modal(title=plain(n)),
    "view.submit": lambda n: modal(submit=plain(n)),
    "view.close": lambda n: modal(close=plain(n)),
    "view.private_metadata": lambda n: modal(private_metadata=x(n)),
    "view.callback_id": lambda n: modal(callback_id=x(n)),
    "view.external_id": lambda n: modal(external_id=x(n)),
    "view.bytes": heavy,
    "alert.text": lambda n: modal(blocks=[{"type": "alert", "text": plain(n)}]),
}

# What chat.postMessage and chat.update are asked to do, with the error that one too many brings.
MESSAGES: dict[str, tuple[Callable[[int], Json], str]] = {
    "message.text": (lambda n: {"text": x(n)}, "msg_too_long"),
    "message.text_update": (lambda n: {"text": x(n)}, "msg_too_long"),
    "message.markdown_text": (lambda n: {"markdown_text": x(n)}, "msg_too_long"),
    "message.attachments": (lambda n: {"attachments": [{"text": "a"}] * n}, "too_many_attachments"),
    "message.tables": (lambda n: {"text": "t", "blocks": [table(1)] * n}, "invalid_attachments"),
    "message.blocks_characters": (
        lambda n: {
            "text": "t",
            "blocks": [{"type": "section", "text": plain(3000)}] * 4 + [section(text=plain(n - 12_000))],
        },
        "msg_blocks_too_long",
    ),
}
ELSEWHERE = {"suggestion.options"}
"""Tried where the app's answers to external menus are."""


def test_every_limit_of_the_table_is_tried() -> None:
    assert {*BLOCKS, *VIEWS, *MESSAGES, *ELSEWHERE} == set(LIMITS)


@pytest.mark.parametrize("limit", BLOCKS)
async def test_blocks_at_a_limit_are_taken_and_one_beyond_is_refused(
    limit: str, client: AsyncWebClient, channel: str
) -> None:
    most, build = LIMITS[limit], BLOCKS[limit]
    assert (await client.chat_postMessage(channel=channel, text="fits", blocks=build(most)))["ok"]
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=channel, text="too much", blocks=build(most + 1))
    answer = refused.value.response
    assert answer["error"] == "invalid_blocks"
    assert str(most) in answer["errors"][0] or str(most + 1) in answer["errors"][0]
    assert "[json-pointer:/blocks" in answer["response_metadata"]["messages"][0]


@pytest.mark.parametrize("limit", VIEWS)
async def test_views_at_a_limit_are_taken_and_one_beyond_is_refused(
    limit: str, client: AsyncWebClient, slack: Sandbox, ana: str
) -> None:
    most, build = LIMITS[limit], VIEWS[limit]
    assert (await client.views_open(trigger_id=slack.tickets.trigger(ana), view=build(most)))["ok"]
    with pytest.raises(SlackApiError) as refused:
        await client.views_open(trigger_id=slack.tickets.trigger(ana), view=build(most + 1))
    answer = refused.value.response
    if limit == "view.bytes":
        assert answer["error"] == "view_too_large"
        return
    assert answer["error"] == "invalid_arguments"
    assert "[json-pointer:/view" in answer["response_metadata"]["messages"][0]


@pytest.mark.parametrize("limit", MESSAGES)
async def test_messages_at_a_limit_are_taken_and_one_beyond_is_refused(
    limit: str, slack: Sandbox, channel: str
) -> None:
    build, error = MESSAGES[limit]
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with aiohttp.ClientSession(slack.api_url, headers=headers) as session:
        posted = await (await session.post("chat.postMessage", json={"channel": channel, "text": "before"})).json()
        method = "chat.update" if limit == "message.text_update" else "chat.postMessage"
        target = {"channel": channel} | ({"ts": posted["ts"]} if method == "chat.update" else {})
        fits = await (await session.post(method, json={**target, **build(LIMITS[limit])})).json()
        too_much = await (await session.post(method, json={**target, **build(LIMITS[limit] + 1)})).json()
    assert fits["ok"], fits
    assert (too_much["ok"], too_much["error"]) == (False, error)


async def test_people_cannot_write_longer_messages_than_slack_takes(slack: Sandbox, ana: str, channel: str) -> None:
    await slack.say(ana, channel, x(LIMITS["message.text"]))
    with pytest.raises(NotPossibleError):
        await slack.say(ana, channel, x(LIMITS["message.text"] + 1))
