"""What went over the wire: the app's calls and what was delivered to it. For tests and for the page's inspector."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.records import Json

KEPT = 20_000
_A_TOKEN = re.compile(r"\bx(?:ox[a-z](?:\.xox[a-z])?|app)-[\w.-]+")


def without_tokens(given: Any) -> Any:  # noqa: ANN401 - any JSON
    """The same JSON with whatever looks like a token of Slack's left out, wherever it stands: none is kept, real ones least of all."""
    if isinstance(given, str):
        return _A_TOKEN.sub("(token)", given) if "x" in given else given
    if isinstance(given, dict):
        return {key: without_tokens(value) for key, value in given.items()}
    return [without_tokens(value) for value in given] if isinstance(given, list) else given


@dataclass(frozen=True)
class RecordedCall:
    """One call of the Web API (or of a response URL, as `response_url`).

    `status` is that of HTTP, 0 when the connection was cut. `accepted` tells whether it took effect, which a fault may hide.
    """

    number: int
    method: str
    arguments: Json
    answer: Json
    status: int
    at: float
    ms: float
    accepted: bool

    def as_json(self) -> Json:
        """For the inspector."""
        return {
            "n": self.number,
            "direction": "in",
            "method": self.method,
            "arguments": self.arguments,
            "answer": self.answer,
            "status": self.status,
            "at": self.at,
            "ms": round(self.ms, 1),
        }


@dataclass
class Attempt:
    """One try to deliver: when, its retry number and reason, and what came of it."""

    at: float
    retry: int
    retry_reason: str = ""
    status: int = 0
    fault: str = ""
    ms: float = 0.0


@dataclass
class Delivered:
    """Something sent to the app, with all tries. `outcome`: pending, acknowledged, given_up or nobody (no app to hear)."""

    number: int
    kind: str
    payload: Json
    at: float
    outcome: str = "pending"
    attempts: list[Attempt] = field(default_factory=list)
    answer: Any = None

    @property
    def name(self) -> str:
        """What it was: the event's type, the command, or the interaction's type."""
        event = self.payload.get("event")
        if isinstance(event, dict):
            return str(event.get("type", ""))
        return str(self.payload.get("command") or self.payload.get("type", ""))

    def as_json(self) -> Json:
        """For the inspector."""
        return {
            "n": self.number,
            "direction": "out",
            "method": self.name,
            "kind": self.kind,
            "arguments": without_tokens(self.payload),
            "answer": self.answer if self.answer is not None else self.outcome,
            "outcome": self.outcome,
            "attempts": len(self.attempts),
            "at": self.at,
            "ms": round(sum(attempt.ms for attempt in self.attempts), 1),
        }


class Traffic:
    """The log, newest last; the oldest entries fall out after some thousands."""

    def __init__(self) -> None:
        self._entries: deque[RecordedCall | Delivered] = deque(maxlen=KEPT)
        self._number = 0

    def __iter__(self) -> Iterator[RecordedCall | Delivered]:
        return iter(list(self._entries))

    def next_number(self) -> int:
        """The number of the next entry."""
        self._number += 1
        return self._number

    def add(self, entry: RecordedCall | Delivered) -> None:
        """Note an entry."""
        self._entries.append(entry)

    def calls(self, method: str = "") -> list[RecordedCall]:
        """The app's calls, all or those of one method, oldest first."""
        return [e for e in self if isinstance(e, RecordedCall) and method in {"", e.method}]

    def delivered(self, name: str = "") -> list[Delivered]:
        """What was sent to the app, all or by event type, command or interaction type, oldest first."""
        return [e for e in self if isinstance(e, Delivered) and name in {"", e.name}]

    def clear(self) -> None:
        """Forget all entries; the numbers go on."""
        self._entries.clear()
