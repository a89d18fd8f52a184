"""The rules of Block Kit that are no lengths: where blocks may stand, what must go together, what must differ."""

from typing import Any

import pytest

from bot.sandbox import blockkit

Json = dict[str, Any]


def plain(text: str = "x") -> Json:
    return {"type": "plain_text", "text": text}


def option(value: str) -> Json:
    return {"text": plain(value), "value": value}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain(), **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def form(element: Json) -> Json:
    return {"type": "input", "label": plain(), "element": element}


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain(), "blocks": list(blocks), **more}


CELL = {"type": "raw_text", "text": "a"}
RICH_CELL = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "a"}]}],
}
CARD = {"type": "card", "title": plain()}
TABLE = {"type": "table", "rows": [[CELL]]}
MARKDOWN = {"type": "markdown", "text": "x"}
ALERT = {"type": "alert", "text": plain()}
CHART = {"type": "data_visualization", "title": "t", "chart": {"type": "pie", "segments": [{"label": "a", "value": 1}]}}
SECTION = {"type": "section", "text": plain()}


@pytest.mark.parametrize(
    ("block", "message", "in_modal", "home"),
    [
        (SECTION, True, True, True),
        (TABLE, True, False, True),
        (MARKDOWN, True, False, False),
        (ALERT, False, True, False),
        (CHART, True, False, False),
        ({"type": "carousel", "elements": [CARD]}, True, False, True),
        ({"type": "data_table", "caption": "c", "rows": [[CELL], [CELL]]}, True, False, True),
        (
            {"type": "context_actions", "elements": [{"type": "icon_button", "icon": "trash", "text": plain()}]},
            True,
            False,
            False,
        ),
    ],
)
def test_each_block_has_its_surfaces(block: Json, *, message: bool, in_modal: bool, home: bool) -> None:
    taken = (
        not blockkit.message_faults([block], files=[]),
        not blockkit.view_faults(modal(block), kind="", files=[]),
        not blockkit.view_faults({"type": "home", "blocks": [block]}, kind="", files=[]),
    )
    assert taken == (message, in_modal, home)


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("words", "must provide an object [json-pointer:/blocks/0]"),
        ({"text": plain()}, "missing required field: type [json-pointer:/blocks/0]"),
        ({"type": "sectoin"}, "unsupported type: sectoin [json-pointer:/blocks/0/type]"),
        ({"type": "section"}, "missing required field: text or fields [json-pointer:/blocks/0]"),
        ({"type": "section", "text": plain("")}, "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        (
            {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
            "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
        ),
        ({**SECTION, "colour": "red"}, "invalid additional property: colour [json-pointer:/blocks/0]"),
        ({"type": "divider", "text": plain()}, "invalid additional property: text [json-pointer:/blocks/0]"),
        (actions(), "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
        (
            actions({"type": "plain_text_input"}),
            "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
        ),
        (form(button()), "unsupported type: button [json-pointer:/blocks/0/element/type]"),
        ({**SECTION, "accessory": {"type": "datetimepicker"}}, "unsupported type: datetimepicker"),
        (actions(button(style="loud")), "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]"),
        (actions(button(action_id="a"), button(action_id="a")), "action_id must be unique within a block"),
        (actions({"type": "static_select"}), "missing required field: options or option_groups"),
        (actions({"type": "static_select", "options": [option("a"), option("a")]}), "option values must be unique"),
        (
            actions(
                {
                    "type": "static_select",
                    "options": [option("a")],
                    "initial_option": {"text": plain("A"), "value": "a"},
                }
            ),
            "initial options must equal one of the options exactly",
        ),
        (actions({"type": "static_select", "options": [{"text": plain()}]}), "missing required field: value"),
        (actions({"type": "users_select", "max_selected_items": 2}), "invalid additional property: max_selected_items"),
        (
            actions({"type": "multi_users_select", "max_selected_items": 1, "initial_users": ["U1", "U2"]}),
            "no more than 1 items allowed",
        ),
        (actions({"type": "datepicker", "initial_date": "2026-13-01"}), "must match the expected pattern"),
        (actions({"type": "timepicker", "initial_time": "24:00"}), "must match the expected pattern"),
        (actions({"type": "conversations_select", "filter": {}}), "missing required field: include"),
        (
            actions({"type": "conversations_select", "response_url_enabled": True}),
            "response_url_enabled is for modals only",
        ),
        (
            actions(button(confirm={"title": plain(), "text": plain(), "confirm": plain()})),
            "missing required field: deny",
        ),
        (
            form({"type": "plain_text_input", "min_length": 9, "max_length": 8}),
            "min_length must not be greater than max_length",
        ),
        (form({"type": "number_input"}), "missing required field: is_decimal_allowed"),
        (form({"type": "number_input", "is_decimal_allowed": False, "min_value": "0.5"}), "decimals are not allowed"),
        (
            form({"type": "number_input", "is_decimal_allowed": True, "min_value": "2", "max_value": "1"}),
            "min_value must not be greater than max_value",
        ),
        (
            form({"type": "number_input", "is_decimal_allowed": True, "max_value": "1", "initial_value": "3"}),
            "initial_value must be within",
        ),
        (form({"type": "number_input", "is_decimal_allowed": True, "max_value": 1}), "must provide a string"),
        ({"type": "image", "alt_text": "a"}, "missing required field: image_url or slack_file"),
        ({"type": "image", "alt_text": "a", "image_url": "ftp://a.example"}, "must match the expected pattern"),
        ({"type": "image", "alt_text": "a", "slack_file": {"id": "F0SBX00001"}}, "invalid slack file"),
        ({"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]}, "must be more than 0 characters"),
        (
            {"type": "data_table", "caption": "c", "rows": [[CELL], [CELL, CELL]]},
            "all rows must have the same number of cells",
        ),
        ({"type": "data_table", "caption": "c", "rows": [[RICH_CELL], [CELL]]}, "header cells must not be rich_text"),
        ({"type": "rich_text", "elements": [{"type": "text", "text": "bare"}]}, "unsupported type: text"),
        ({"type": "card", "subtitle": plain()}, "missing required field: hero_image or title or actions or body"),
        (
            {"type": "container", "child_blocks": [{"type": "divider"}]},
            "missing required field: title or rich_text_title",
        ),
        (
            {"type": "container", "title": plain(), "child_blocks": [{"type": "divider"}], "default_collapsed": True},
            "default_collapsed needs is_collapsible",
        ),
        ({"type": "container", "title": plain(), "child_blocks": [MARKDOWN]}, "unsupported type: markdown"),
        ({"type": "task_card", "task_id": "1", "title": "t", "status": "pending"}, "must be a valid enum value"),
        (
            {
                "type": "plan",
                "title": "p",
                "tasks": [{"type": "task_card", "task_id": "1", "title": "t", "status": "error"}] * 2,
            },
            "task_id must be unique",
        ),
        (
            {**CHART, "chart": {"type": "pie", "segments": [{"label": "a", "value": 0}]}},
            "must be greater than 0 [json-pointer:/blocks/0/chart/segments/0/value]",
        ),
        (
            {
                **CHART,
                "chart": {
                    "type": "bar",
                    "series": [{"name": "n", "data": [{"label": "a", "value": 1}]}],
                    "axis_config": {"categories": ["a", "b"]},
                },
            },
            "data must have every category exactly once",
        ),
        (
            {
                **CHART,
                "chart": {
                    "type": "line",
                    "series": [{"name": "n", "data": [{"label": "a", "value": 1}]}] * 2,
                    "axis_config": {"categories": ["a"]},
                },
            },
            "series names must be unique",
        ),
    ],
)
def test_what_slack_would_not_take_is_named_with_its_place(block: Any, said: str) -> None:
    found = blockkit.message_faults([block], files=[])
    assert found
    assert found[0].startswith("[ERROR] ")
    assert said in found[0]


def test_block_ids_differ_within_a_surface_and_action_ids_within_a_block() -> None:
    twice = [actions(button(action_id="a"), block_id=name) for name in ("one", "two")]
    assert blockkit.message_faults(twice, files=[]) == []
    assert "block_id must be unique" in blockkit.message_faults([twice[0], twice[0]], files=[])[0]
    assert "block_id must be unique" in blockkit.view_faults(modal(twice[0], twice[0]), kind="", files=[])[0]


def test_views_have_rules_of_their_own() -> None:
    typed = form({"type": "plain_text_input", "focus_on_load": True})
    for view, said in (
        (modal(typed), "missing required field: submit"),
        (modal(typed, typed, submit=plain()), "only one element may have focus_on_load"),
        ({"type": "modal", "blocks": []}, "missing required field: title [json-pointer:/view]"),
        ({"type": "home", "blocks": [], "title": plain()}, "invalid additional property: title [json-pointer:/view]"),
        ({"type": "page", "blocks": []}, "unsupported type: page [json-pointer:/view/type]"),
        ("a view", "must provide an object [json-pointer:/view]"),
    ):
        assert said in blockkit.view_faults(view, kind="", files=[])[0]
    assert "unsupported type: home" in blockkit.view_faults({"type": "home", "blocks": []}, kind="modal", files=[])[0]
    assert blockkit.view_faults(modal(typed, submit=plain()), kind="modal", files=[]) == []


def test_slack_gives_ids_where_the_app_gave_none_and_leaves_the_rest_alone() -> None:
    sent = [
        actions(button(), button(action_id="mine")),
        {"type": "container", "title": plain(), "child_blocks": [{**SECTION, "accessory": button()}]},
        RICH_CELL,
    ]
    completed = blockkit.complete(sent)
    assert "block_id" not in sent[0]
    assert all(block["block_id"] for block in completed)
    assert completed[0]["elements"][0]["action_id"]
    assert completed[0]["elements"][1]["action_id"] == "mine"
    inside = completed[1]["child_blocks"][0]
    assert inside["block_id"]
    assert inside["accessory"]["action_id"]
    assert "action_id" not in completed[2]["elements"][0]
    assert blockkit.complete(completed) == completed
    assert blockkit.message_faults(completed, files=[]) == []
