"""The arguments of a Web API call, however they came: query, form or JSON body."""

import json
from collections.abc import Mapping
from typing import Any

from bot.sandbox.errors import SlackError
from bot.sandbox.records import Json

_TRUE = {"true", "1", "yes", "on"}


class Arguments:
    """Typed access to the arguments; what is missing or malformed is refused as Slack refuses it."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = dict(given)

    def has(self, name: str) -> bool:
        """Whether the argument was sent and is not null."""
        return self.given.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        """A string; numbers are taken for one, as Slack does."""
        value = self.given.get(name)
        if value is None:
            return default
        if isinstance(value, dict | list):
            raise SlackError("invalid_arguments", messages=[f"[ERROR] must be a string [json-pointer:/{name}]"])
        if isinstance(value, bool):
            return str(value).lower()
        return str(value)

    def require(self, name: str) -> str:
        """A string that must be there."""
        value = self.text(name)
        if not value:
            raise SlackError("invalid_arguments", messages=[f"[ERROR] missing required field: {name}"])
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean, as JSON or as `true`, `1`."""
        value = self.given.get(name)
        if value is None:
            return default
        return value if isinstance(value, bool) else str(value).lower() in _TRUE

    def number(self, name: str, default: int, *, least: int = 1, most: int = 1000) -> int:
        """A whole number within bounds; out of bounds is `invalid_limit`."""
        value = self.given.get(name)
        if value is None or value == "":
            return default
        try:
            number = int(str(value))
        except ValueError as error:
            raise SlackError("invalid_limit" if name == "limit" else "invalid_arguments") from error
        if not least <= number <= most:
            raise SlackError("invalid_limit" if name == "limit" else "invalid_arguments")
        return number

    def names(self, name: str) -> list[str]:
        """A list: JSON array or comma-separated."""
        value = self.given.get(name)
        if value is None or value == "":
            return []
        if isinstance(value, str) and value.startswith("["):
            value = self.json(name)
        if isinstance(value, list):
            return [str(entry) for entry in value]
        return [entry.strip() for entry in str(value).split(",") if entry.strip()]

    def json(self, name: str, *, error: str = "invalid_arguments") -> Any:  # noqa: ANN401 - any JSON
        """A JSON value, sent as such or as a string that holds it; None when absent."""
        value = self.given.get(name)
        if isinstance(value, str):
            if not value.strip():
                return None
            try:
                return json.loads(value)
            except ValueError as fault:
                raise SlackError(error) from fault
        return value

    def record(self, name: str, *, error: str = "invalid_arguments") -> Json | None:
        """A JSON object; None when absent."""
        value = self.json(name, error=error)
        if value is not None and not isinstance(value, dict):
            raise SlackError(error, messages=[f"[ERROR] must provide an object [json-pointer:/{name}]"])
        return value
