"""A small language for the shape of JSON, with Slack's words for what does not fit and where."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox.limits import LIMITS

Rule = Callable[[Any, str, list[str]], None]
"""Checks a value at a JSON pointer and adds what is wrong to a list of sentences."""


def fault(found: list[str], sentence: str, at: str) -> None:
    """Add a sentence in Slack's form, such as `[ERROR] missing required field: text [json-pointer:/blocks/0]`."""
    found.append(f"[ERROR] {sentence} [json-pointer:{at}]")


def string(limit: str = "", *, least: int = 0, pattern: str = "") -> Rule:
    """A string of at most `LIMITS[limit]` characters."""
    most = LIMITS[limit] if limit else None
    shape = re.compile(pattern) if pattern else None

    def check(value: Any, at: str, found: list[str]) -> None:  # noqa: ANN401 - any JSON
        if not isinstance(value, str):
            fault(found, "must provide a string", at)
        elif len(value) < least:
            fault(found, f"must be more than {least - 1} characters", at)
        elif most is not None and len(value) > most:
            fault(found, f"must be less than {most + 1} characters", at)
        elif shape is not None and not shape.fullmatch(value):
            fault(found, "must match the expected pattern", at)

    return check


def boolean(value: Any, at: str, found: list[str]) -> None:  # noqa: ANN401 - any JSON
    """A boolean."""
    if not isinstance(value, bool):
        fault(found, "must provide a boolean", at)


def number(value: Any, at: str, found: list[str]) -> None:  # noqa: ANN401 - any JSON
    """Any number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        fault(found, "must provide a number", at)


def integer(least: int, most: int) -> Rule:
    """A whole number within bounds."""

    def check(value: Any, at: str, found: list[str]) -> None:  # noqa: ANN401 - any JSON
        if isinstance(value, bool) or not isinstance(value, int):
            fault(found, "must provide an integer", at)
        elif value < least:
            fault(found, f"must be greater than {least - 1}", at)
        elif value > most:
            fault(found, f"must be less than {most + 1}", at)

    return check


def choice(*allowed: object) -> Rule:
    """One of a few values."""

    def check(value: Any, at: str, found: list[str]) -> None:  # noqa: ANN401 - any JSON
        if isinstance(value, dict | list) or value not in allowed:
            fault(found, "must be a valid enum value", at)

    return check


def array(item: Rule, limit: str = "", *, least: int = 0) -> Rule:
    """A list of at most `LIMITS[limit]` items."""
    most = LIMITS[limit] if limit else None

    def check(value: Any, at: str, found: list[str]) -> None:  # noqa: ANN401 - any JSON
        if not isinstance(value, list):
            fault(found, "must provide an array", at)
            return
        if most is not None and len(value) > most:
            fault(found, f"no more than {most} items allowed", at)
        if len(value) < least:
            fault(found, f"no fewer than {least} items allowed", at)
        for index, one in enumerate(value):
            item(one, f"{at}/{index}", found)

    return check


def record(
    fields: Mapping[str, Rule],
    required: tuple[str, ...] = (),
    *,
    any_of: tuple[str, ...] = (),
    exactly_one_of: tuple[str, ...] = (),
    also: Callable[[dict[str, Any], str, list[str]], None] | None = None,
) -> Rule:
    """An object with these fields and no others.

    Args:
        fields: What each field must be. `type` is the business of `by_type`.
        required: Those that must be there.
        any_of: At least one of these must be there.
        exactly_one_of: One of these must be there, and no second one.
        also: What else must hold, asked only when everything before did.
    """

    def check(value: Any, at: str, found: list[str]) -> None:  # noqa: ANN401 - any JSON
        if not isinstance(value, dict):
            fault(found, "must provide an object", at)
            return
        before = len(found)
        for name in required:
            if value.get(name) is None:
                fault(found, f"missing required field: {name}", at)
        for group in (any_of, exactly_one_of):
            if group and all(value.get(name) is None for name in group):
                fault(found, f"missing required field: {' or '.join(group)}", at)
        if sum(name in value for name in exactly_one_of) > 1:
            fault(found, f"only one of {', '.join(exactly_one_of)} allowed", at)
        for name, one in value.items():
            if name in fields:
                if one is None and name not in required:
                    continue
                fields[name](one, f"{at}/{name}", found)
            else:
                fault(found, f"invalid additional property: {name}", at)
        if also is not None and len(found) == before:
            also(value, at, found)

    return check


def by_type(kinds: Mapping[str, Rule]) -> Rule:
    """An object whose `type` says which of several shapes it has."""

    def check(value: Any, at: str, found: list[str]) -> None:  # noqa: ANN401 - any JSON
        if not isinstance(value, dict):
            fault(found, "must provide an object", at)
        elif not isinstance(value.get("type"), str):
            fault(found, "missing required field: type", at)
        elif value["type"] not in kinds:
            fault(found, f"unsupported type: {value['type']}", f"{at}/type")
        else:
            kinds[value["type"]]({key: one for key, one in value.items() if key != "type"}, at, found)

    return check


def words(limit: str, flag: str) -> Rule:
    """The inside of a text object: 1 to LIMITS[limit] characters, and a flag (`emoji` or `verbatim`)."""
    return record({"text": string(limit, least=1), flag: boolean}, ("text",))


def text(limit: str, *kinds: str) -> Rule:
    """A text object of one of these kinds (`plain_text`, `mrkdwn`; both when none is named), with 1 to LIMITS[limit] characters."""
    shapes = {"plain_text": words(limit, "emoji"), "mrkdwn": words(limit, "verbatim")}
    return by_type({kind: shapes[kind] for kind in kinds or shapes})
