"""The shapes of block elements and composition objects. Source: https://docs.slack.dev/reference/block-kit/block-elements"""

from typing import Any

from bot.sandbox.limits import LIMITS
from bot.sandbox.schema import Rule, array, boolean, choice, fault, integer, record, string, text

_Object = dict[str, Any]
_IDS = array(string())
_DECIMAL = r"-?\d+(\.\d+)?"

ACTION_ID = string("action_id", least=1)
STYLE = choice("primary", "danger")
CONFIRM = record(
    {
        "title": text("confirm.title", "plain_text"),
        "text": text("confirm.text"),
        "confirm": text("confirm.button", "plain_text"),
        "deny": text("confirm.button", "plain_text"),
        "style": STYLE,
    },
    ("title", "text", "confirm", "deny"),
)
PLACEHOLDER = text("placeholder", "plain_text")
SLACK_FILE = record(
    {"id": string(pattern=r"F[A-Z0-9]{8,}"), "url": string("image.url", least=1)}, exactly_one_of=("id", "url")
)
IMAGE = record(
    {
        "image_url": string("image.url", least=1, pattern=r"https?://\S+"),
        "slack_file": SLACK_FILE,
        "alt_text": string("image.alt_text"),
    },
    ("alt_text",),
    exactly_one_of=("image_url", "slack_file"),
)


def _option(*kinds: str, url: bool = False) -> Rule:
    fields: dict[str, Rule] = {
        "text": text("option.text", *kinds),
        "value": string("option.value"),
        "description": text("option.description", *kinds),
    }
    return record(fields | ({"url": string("option.url")} if url else {}), ("text", "value"))


OPTION = _option("plain_text")
RICH_OPTION = _option("plain_text", "mrkdwn")
GROUP = record(
    {"label": text("select.group_label", "plain_text"), "options": array(OPTION, "select.options", least=1)},
    ("label", "options"),
)


def all_options(element: _Object) -> list[_Object]:
    """The options of a menu, those of its groups included."""
    return [
        *(element.get("options") or []),
        *(o for group in element.get("option_groups") or [] for o in group["options"]),
    ]


def _options_fit(element: _Object, at: str, found: list[str]) -> None:
    options = all_options(element)
    if len({option["value"] for option in options}) < len(options):
        fault(found, "option values must be unique", f"{at}/options")
    chosen = (
        [element["initial_option"]] if element.get("initial_option") else list(element.get("initial_options") or [])
    )
    if any(one not in options for one in chosen):
        fault(found, "initial options must equal one of the options exactly", at)
    _not_too_many(element, at, found)


def _not_too_many(element: _Object, at: str, found: list[str]) -> None:
    most = element.get("max_selected_items")
    chosen = next(
        (value for key, value in element.items() if key.startswith("initial_") and isinstance(value, list)), []
    )
    if most and len(chosen) > most:
        fault(found, f"no more than {most} items allowed", at)


def _lengths_fit(element: _Object, at: str, found: list[str]) -> None:
    least, most = element.get("min_length", 0), element.get("max_length", LIMITS["text_input.max_length"])
    if least > most:
        fault(found, "min_length must not be greater than max_length", at)


def _lines_fit(element: _Object, at: str, found: list[str]) -> None:
    if element.get("min_lines", 1) > element.get("max_lines", LIMITS["rich_text_input.lines"]):
        fault(found, "min_lines must not be greater than max_lines", at)


def _numbers_fit(element: _Object, at: str, found: list[str]) -> None:
    given = {key: element[key] for key in ("min_value", "max_value", "initial_value") if element.get(key) is not None}
    if not element["is_decimal_allowed"] and any("." in value for value in given.values()):
        fault(found, "decimals are not allowed", at)
    low, high = float(given.get("min_value", "-inf")), float(given.get("max_value", "inf"))
    if low > high:
        fault(found, "min_value must not be greater than max_value", at)
    elif not low <= float(given.get("initial_value", low if low > float("-inf") else min(high, 0.0))) <= high:
        fault(found, "initial_value must be within min_value and max_value", at)


_BASE: dict[str, Rule] = {"action_id": ACTION_ID}
_FOCUS: dict[str, Rule] = {**_BASE, "focus_on_load": boolean}
_MENU: dict[str, Rule] = {**_FOCUS, "confirm": CONFIRM, "placeholder": PLACEHOLDER}
_MANY: dict[str, Rule] = {**_MENU, "max_selected_items": integer(1, 10**6)}
_DISPATCH = record(
    {"trigger_actions_on": array(choice("on_enter_pressed", "on_character_entered"), least=1)}, ("trigger_actions_on",)
)
_TYPED: dict[str, Rule] = {
    **_FOCUS,
    "placeholder": PLACEHOLDER,
    "initial_value": string(),
    "dispatch_action_config": _DISPATCH,
}
_STATIC: dict[str, Rule] = {
    "options": array(OPTION, "select.options", least=1),
    "option_groups": array(GROUP, "select.groups", least=1),
}
_FILTER = record(
    {
        "include": array(choice("im", "mpim", "private", "public"), least=1),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    any_of=("include", "exclude_external_shared_channels", "exclude_bot_users"),
)
_CONVERSATIONS: dict[str, Rule] = {"default_to_current_conversation": boolean, "filter": _FILTER}
_ONE_MENU = ("options", "option_groups")
_BUTTON: dict[str, Rule] = {
    **_BASE,
    "text": text("button.text", "plain_text"),
    "accessibility_label": string("button.accessibility_label"),
    "confirm": CONFIRM,
    "style": STYLE,
}
_VISIBLE = array(string(), "icon_button.visible_to")
_FEEDBACK = record(
    {
        "text": text("button.text", "plain_text"),
        "value": string("button.value"),
        "accessibility_label": string("button.accessibility_label"),
    },
    ("text", "value"),
)
_WORKFLOW = record(
    {
        "trigger": record(
            {
                "url": string(least=1),
                "customizable_input_parameters": array(
                    record({"name": string(least=1), "value": string()}, ("name", "value"))
                ),
            },
            ("url",),
        )
    },
    ("trigger",),
)

BUTTON = record(
    {
        **_BUTTON,
        "value": string("button.value"),
        "url": string("button.url"),
        "agent_prompt": string("button.agent_prompt"),
        "agent_prompt_display": string("button.text"),
        "visible_to_user_ids": _VISIBLE,
    },
    ("text",),
)

ELEMENTS: dict[str, Rule] = {
    "button": BUTTON,
    "workflow_button": record({**_BUTTON, "workflow": _WORKFLOW}, ("text", "workflow", "action_id")),
    "icon_button": record(
        {
            **_BUTTON,
            "icon": choice("trash"),
            "text": text("button.text", "plain_text"),
            "value": string("button.value"),
            "visible_to_user_ids": _VISIBLE,
        },
        ("icon", "text"),
    ),
    "feedback_buttons": record(
        {**_BASE, "positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, ("positive_button", "negative_button")
    ),
    "image": IMAGE,
    "static_select": record(
        {**_MENU, **_STATIC, "initial_option": OPTION}, exactly_one_of=_ONE_MENU, also=_options_fit
    ),
    "multi_static_select": record(
        {**_MANY, **_STATIC, "initial_options": array(OPTION)}, exactly_one_of=_ONE_MENU, also=_options_fit
    ),
    "external_select": record({**_MENU, "min_query_length": integer(0, 10**6), "initial_option": OPTION}),
    "multi_external_select": record(
        {**_MANY, "min_query_length": integer(0, 10**6), "initial_options": array(OPTION)}, also=_not_too_many
    ),
    "users_select": record({**_MENU, "initial_user": string()}),
    "multi_users_select": record({**_MANY, "initial_users": _IDS}, also=_not_too_many),
    "channels_select": record({**_MENU, "initial_channel": string(), "response_url_enabled": boolean}),
    "multi_channels_select": record({**_MANY, "initial_channels": _IDS}, also=_not_too_many),
    "conversations_select": record(
        {**_MENU, **_CONVERSATIONS, "initial_conversation": string(), "response_url_enabled": boolean}
    ),
    "multi_conversations_select": record(
        {**_MANY, **_CONVERSATIONS, "initial_conversations": _IDS}, also=_not_too_many
    ),
    "overflow": record(
        {**_BASE, "confirm": CONFIRM, "options": array(_option("plain_text", url=True), "overflow.options", least=1)},
        ("options",),
        also=_options_fit,
    ),
    "checkboxes": record(
        {
            **_FOCUS,
            "confirm": CONFIRM,
            "options": array(RICH_OPTION, "checkboxes.options", least=1),
            "initial_options": array(RICH_OPTION, least=1),
        },
        ("options",),
        also=_options_fit,
    ),
    "radio_buttons": record(
        {
            **_FOCUS,
            "confirm": CONFIRM,
            "options": array(RICH_OPTION, "radio_buttons.options", least=1),
            "initial_option": RICH_OPTION,
        },
        ("options",),
        also=_options_fit,
    ),
    "datepicker": record({**_MENU, "initial_date": string(pattern=r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")}),
    "timepicker": record(
        {**_MENU, "initial_time": string(pattern=r"([01]\d|2[0-3]):[0-5]\d"), "timezone": string(least=1)}
    ),
    "datetimepicker": record({**_FOCUS, "confirm": CONFIRM, "initial_date_time": integer(10**9, 10**10 - 1)}),
    "plain_text_input": record(
        {
            **_TYPED,
            "multiline": boolean,
            "min_length": integer(0, LIMITS["text_input.min_length"]),
            "max_length": integer(1, LIMITS["text_input.max_length"]),
        },
        also=_lengths_fit,
    ),
    "number_input": record(
        {
            **_TYPED,
            "is_decimal_allowed": boolean,
            "initial_value": string(pattern=_DECIMAL),
            "min_value": string(pattern=_DECIMAL),
            "max_value": string(pattern=_DECIMAL),
        },
        ("is_decimal_allowed",),
        also=_numbers_fit,
    ),
    "email_text_input": record(_TYPED),
    "url_text_input": record(_TYPED),
    "file_input": record(
        {**_BASE, "filetypes": array(string(least=1)), "max_files": integer(1, LIMITS["file_input.max_files"])}
    ),
}
"""All elements but `rich_text_input`, which holds a block and is described with the blocks."""

RICH_TEXT_INPUT_FIELDS: dict[str, Rule] = {
    **_FOCUS,
    "placeholder": PLACEHOLDER,
    "dispatch_action_config": _DISPATCH,
    "min_lines": integer(1, LIMITS["rich_text_input.lines"]),
    "max_lines": integer(1, LIMITS["rich_text_input.lines"]),
}
RICH_TEXT_INPUT_ALSO = _lines_fit

MENUS = (
    "static_select",
    "multi_static_select",
    "external_select",
    "multi_external_select",
    "users_select",
    "multi_users_select",
    "channels_select",
    "multi_channels_select",
    "conversations_select",
    "multi_conversations_select",
    "checkboxes",
    "radio_buttons",
    "datepicker",
    "timepicker",
)
"""Where people choose; allowed in sections, actions and inputs alike."""

SUGGESTION = record(
    {"options": array(OPTION, "suggestion.options"), "option_groups": array(GROUP, "select.groups")},
    exactly_one_of=_ONE_MENU,
)
"""What the app answers when an external menu asks for options."""
