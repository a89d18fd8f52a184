"""What people put into elements: the state of a form, the body of an action, and what Slack's own client refuses. Pure."""

import re
from typing import Any

from bot.sandbox.modals import elements_of
from bot.sandbox.records import Json

_KEYS = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "overflow": "selected_option",
    "radio_buttons": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "rich_text_input": "rich_text_value",
    "file_input": "files",
}
_INITIAL = {
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
    "value": "initial_value",
    "rich_text_value": "initial_value",
}
_STATELESS = {"button", "overflow", "image", "workflow_button", "icon_button", "feedback_buttons"}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://\S+")


def options_of(element: Json) -> list[Json]:
    """All options of a menu, those of its groups included."""
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


def _option(element: Json, value: Any) -> Any:  # noqa: ANN401 - an option, or what stands for one
    if isinstance(value, dict) or value is None:
        return value
    for option in options_of(element):
        if option.get("value") == value or option["text"]["text"] == value:
            return option
    if "external" in element["type"]:
        return {"text": {"type": "plain_text", "text": str(value), "emoji": True}, "value": str(value)}
    raise LookupError(f"{element['type']} {element.get('action_id')!r} has no option {value!r}.")


def entry(element: Json, value: Any) -> Json:  # noqa: ANN401 - what a person put in
    """What stands in `state.values` for an element.

    Args:
        element: The element.
        value: Plain (text, an option's value or text, an id, a date, a list of those), or the entry itself.
    """
    kind = element["type"]
    if isinstance(value, dict) and value.get("type") == kind:
        return value
    key = _KEYS.get(kind)
    if key is None:
        return {"type": kind}
    if key == "selected_option":
        value = _option(element, value)
    elif key == "selected_options":
        value = [_option(element, one) for one in value or []]
    elif key == "value" and value is not None:
        value = str(value) or None
    return {"type": kind, key: value}


def initial(element: Json) -> Json:
    """The entry of an element that nobody has touched."""
    key = _KEYS[element["type"]]
    empty: Any = [] if key.endswith("s") else None
    return entry(element, element.get(_INITIAL.get(key, ""), empty))


def state(blocks: list[Json], typed: dict[str, dict[str, Json]]) -> dict[str, dict[str, Json]]:
    """`state.values` of a surface: what is typed, and for the rest what the app had put there."""
    values: dict[str, dict[str, Json]] = {}
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in _KEYS and element["type"] not in _STATELESS and "action_id" in element:
                block_id, action_id = block["block_id"], element["action_id"]
                known = typed.get(block_id, {}).get(action_id)
                values.setdefault(block_id, {})[action_id] = known or initial(element)
        for child in block.get("child_blocks", []):
            values |= state([child], typed) if "block_id" in child else {}
    return values


def read_form(blocks: list[Json], given: Json, *, strict: bool = True) -> dict[str, dict[str, Json]]:
    """What a test or the page put into a form, as `state.values`.

    `given` maps block ids (or action ids) to a plain value, or block ids to `{action_id: value}`. When `strict`, a key that
    fits no input is an error.
    """
    typed: dict[str, dict[str, Json]] = {}
    left = dict(given)
    for block in blocks:
        block_id = block.get("block_id", "")
        for element in elements_of(block):
            action_id = element.get("action_id", "")
            if element["type"] in _STATELESS or not action_id:
                continue
            if block_id in given:
                left.pop(block_id, None)
                value = given[block_id]
                if isinstance(value, dict) and "type" not in value:
                    if action_id not in value:
                        continue
                    value = value[action_id]
            elif action_id in given:
                left.pop(action_id, None)
                value = given[action_id]
            else:
                continue
            typed.setdefault(block_id, {})[action_id] = entry(element, value)
    if left and strict:
        raise LookupError(f"The form has no input {sorted(left)}.")
    return typed


def action(element: Json, *, block_id: str, value: Any, action_ts: str) -> Json:  # noqa: ANN401 - what a person chose
    """The entry in `actions` when a person uses an element."""
    kind = element["type"]
    body: Json = {"type": kind, "action_id": element["action_id"], "block_id": block_id, "action_ts": action_ts}
    if kind in _STATELESS and kind != "overflow":
        body |= {key: element[key] for key in ("text", "value", "style", "url") if key in element}
        if kind == "feedback_buttons":
            chosen = (
                element["positive_button"]
                if value in {None, element["positive_button"]["value"]}
                else element["negative_button"]
            )
            body |= {"text": chosen["text"], "value": chosen["value"]}
        return body
    filled = entry(element, value)
    body |= {key: one for key, one in filled.items() if key != "type"}
    body |= {key: element[key] for key in ("placeholder", *_INITIAL.values()) if key in element and key not in body}
    return body


def _is_empty(filled: Json) -> bool:
    return not any(value for key, value in filled.items() if key != "type")


def refusals(blocks: list[Json], values: dict[str, dict[str, Json]]) -> dict[str, str]:
    """What Slack's client refuses before it bothers the app: block id → the sentence beneath the field."""
    found: dict[str, str] = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        filled = values.get(block["block_id"], {}).get(element["action_id"], {})
        if _is_empty(filled):
            if not block.get("optional"):
                found[block["block_id"]] = "Please complete this required field."
            continue
        fault = _fault(element, filled)
        if fault:
            found[block["block_id"]] = fault
    return found


def _fault(element: Json, filled: Json) -> str:
    kind, value = element["type"], filled.get("value")
    if kind == "plain_text_input":
        length, least, most = len(value or ""), element.get("min_length", 0), element.get("max_length", 3000)
        if length < least:
            return f"Please write at least {least} characters."
        return f"Please write at most {most} characters." if length > most else ""
    if kind == "email_text_input":
        return "" if _EMAIL.fullmatch(str(value)) else "Please enter an e-mail address."
    if kind == "url_text_input":
        return "" if _URL.fullmatch(str(value)) else "Please enter a web address."
    if kind == "number_input":
        return _number_fault(element, str(value))
    chosen = next((v for v in filled.values() if isinstance(v, list)), [])
    most = element.get("max_selected_items")
    return f"Please choose at most {most}." if most and len(chosen) > most else ""


def _number_fault(element: Json, value: str) -> str:
    try:
        number = float(value)
    except ValueError:
        return "Please enter a number."
    if not element.get("is_decimal_allowed") and not number.is_integer():
        return "Please enter a whole number."
    if "min_value" in element and number < float(element["min_value"]):
        return f"Please enter at least {element['min_value']}."
    if "max_value" in element and number > float(element["max_value"]):
        return f"Please enter at most {element['max_value']}."
    return ""
