"""What went over the wire: the app's calls and what was delivered to it. For tests and for the page's inspector."""

import contextlib
import json
import re
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.records import Json

KEPT = 20_000
_AT_ONCE = 500
_AGAIN_SECONDS = 120.0
"""A call with the same arguments counts as the next try of one that failed, so long afterwards."""
_GOOD = range(200, 300)
_A_TOKEN = re.compile(r"\bx(?:ox[a-z](?:\.xox[a-z])?|app)-[\w.-]+")
_SECRETS = re.compile(_A_TOKEN.pattern + r"|(?<=ticket=)[\w.~-]+|(?<=/response/)[\w.~-]+")
_HIDDEN = "(hidden)"
Place = tuple[str, str]
"""A message: the id of its channel and its time stamp."""


def without_tokens(given: Any) -> Any:  # noqa: ANN401 - any JSON
    """The same JSON with whatever looks like a token of Slack's left out, wherever it stands: none is kept, real ones least of all."""
    if isinstance(given, str):
        return _A_TOKEN.sub("(token)", given) if "x" in given else given
    if isinstance(given, dict):
        return {key: without_tokens(value) for key, value in given.items()}
    return [without_tokens(value) for value in given] if isinstance(given, list) else given


def redacted(thing: Any) -> Any:  # noqa: ANN401 - any JSON
    """JSON without what gives access: tokens, tickets, and the secret part of response URLs."""
    if isinstance(thing, dict):
        return {key: _HIDDEN if key == "token" and one else redacted(one) for key, one in thing.items()}
    if isinstance(thing, list | tuple):
        return [redacted(one) for one in thing]
    return _SECRETS.sub(_HIDDEN, thing) if isinstance(thing, str) else thing


def _decoded(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Arguments that are JSON inside of a form read better as JSON."""
    if isinstance(value, str) and value[:1] in {"[", "{"}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


@dataclass
class _Entry:
    """What all entries share. `change` rises whenever any entry is new or different; `made` are messages that it wrote or changed."""

    change: int = field(default=0, init=False)
    made: list[Place] = field(default_factory=list, init=False)

    def touches(self, place: Place) -> bool:
        """Whether it wrote, changed or speaks of a message."""
        return place in self.made or place in self.about()

    def about(self) -> list[Place]:
        """The messages that it speaks of."""
        return []


@dataclass
class RecordedCall(_Entry):
    """One call of the Web API (or of a response URL, as `response_url`).

    `status` is that of HTTP, 0 when the connection was cut. `accepted` tells whether it took effect, which a fault may hide.
    `tries` counts calls that repeat a failed one.
    """

    number: int
    method: str
    arguments: Json
    answer: Json
    status: int
    at: float
    ms: float
    accepted: bool
    fault: str = ""
    tries: int = 1

    @property
    def failed(self) -> bool:
        """Whether the app got anything but a good answer."""
        return self.status not in _GOOD or not self.answer.get("ok") or bool(self.fault and self.fault != "slow")

    @property
    def error(self) -> str:
        """Slack's word for what was wrong, or what happened to the answer."""
        if self.status == 0:
            return "no answer"
        return str(self.answer.get("error") or "") if not self.answer.get("ok") else ""

    def about(self) -> list[Place]:
        """See `_Entry`."""
        given = self.arguments
        ts = given.get("ts") or given.get("timestamp") or given.get("message_ts") or given.get("thread_ts")
        return [(str(given["channel"]), str(ts))] if given.get("channel") and ts else []

    def as_json(self) -> Json:
        """A row of the inspector."""
        where = self.made[0][0] if self.made else self.arguments.get("channel") or ""
        return {
            "n": self.number,
            "change": self.change,
            "direction": "in",
            "kind": "response_url" if self.method == "response_url" else "call",
            "method": self.method,
            "who": str(self.arguments.get("user") or self.arguments.get("user_id") or ""),
            "where": str(where),
            "status": self.status,
            "error": self.error,
            "failed": self.failed,
            "fault": self.fault,
            "tries": self.tries,
            "at": self.at,
            "ms": round(self.ms, 1),
        }

    def details(self) -> Json:
        """Everything that is known."""
        return self.as_json() | {
            "request": redacted(self.arguments),
            "answer": redacted(self.answer),
            "accepted": self.accepted,
            "messages": self.made or self.about(),
        }


@dataclass
class Attempt:
    """One try to deliver: when, its retry number and reason, and what came of it. `envelope` is what Socket Mode put around it."""

    at: float
    retry: int
    retry_reason: str = ""
    status: int = 0
    fault: str = ""
    ms: float = 0.0
    envelope: Json = field(default_factory=dict)


@dataclass
class Delivered(_Entry):
    """Something sent to the app, with all tries. `outcome`: pending, acknowledged, given_up or nobody (no app to hear)."""

    number: int
    kind: str
    payload: Json
    at: float
    outcome: str = "pending"
    attempts: list[Attempt] = field(default_factory=list)
    answer: Any = None
    fault: str = ""

    @property
    def name(self) -> str:
        """What it was: the event's type, the command, or the interaction's type."""
        event = self.payload.get("event")
        if isinstance(event, dict):
            return str(event.get("type", ""))
        return str(self.payload.get("command") or self.payload.get("type", ""))

    @property
    def failed(self) -> bool:
        """Whether a try went wrong."""
        return self.outcome in {"given_up", "nobody"} or any(attempt.fault for attempt in self.attempts)

    def _who(self) -> str:
        event = self.payload.get("event") or {}
        user = event.get("user") or (event.get("message") or {}).get("user") or self.payload.get("user")
        return str(user.get("id", "") if isinstance(user, dict) else user or self.payload.get("user_id") or "")

    def _where(self) -> str:
        event = self.payload.get("event") or {}
        place = event.get("channel") or (event.get("item") or {}).get("channel") or self.payload.get("channel")
        return str(place.get("id", "") if isinstance(place, dict) else place or self.payload.get("channel_id") or "")

    def about(self) -> list[Place]:
        """See `_Entry`."""
        event, where = self.payload.get("event") or {}, self._where()
        container = self.payload.get("container") or {}
        ts = (
            (event.get("message") or {}).get("ts")
            or (event.get("item") or {}).get("ts")
            or event.get("ts")
            or container.get("message_ts")
            or self.payload.get("message_ts")
        )
        return [(where, str(ts))] if where and ts else []

    def as_json(self) -> Json:
        """A row of the inspector."""
        last = self.attempts[-1] if self.attempts else None
        wrong = next((attempt.fault for attempt in reversed(self.attempts) if attempt.fault), "")
        return {
            "n": self.number,
            "change": self.change,
            "direction": "out",
            "kind": self.kind,
            "method": self.name,
            "who": self._who(),
            "where": self._where(),
            "outcome": self.outcome,
            "status": last.status if last else 0,
            "error": wrong,
            "failed": self.failed,
            "fault": self.fault,
            "tries": max(len(self.attempts), 1),
            "at": self.at,
            "ms": round(sum(attempt.ms for attempt in self.attempts), 1),
        }

    def details(self) -> Json:
        """Everything that is known."""
        return self.as_json() | {
            "request": redacted(self.payload),
            "answer": redacted(self.answer),
            "attempts": [redacted(vars(attempt)) for attempt in self.attempts],
            "messages": self.made or self.about(),
        }


@dataclass
class SocketNote(_Entry):
    """Something that Socket Mode said outside of deliveries: hello, a farewell, a connection that began or ended."""

    number: int
    method: str
    message: Json
    at: float

    def as_json(self) -> Json:
        """A row of the inspector."""
        return {
            "n": self.number,
            "change": self.change,
            "direction": "out",
            "kind": "socket",
            "method": self.method,
            "who": "",
            "where": "",
            "status": 0,
            "error": "",
            "failed": self.method == "cut",
            "fault": "",
            "tries": 1,
            "at": self.at,
            "ms": 0.0,
        }

    def details(self) -> Json:
        """Everything that is known."""
        return self.as_json() | {"request": redacted(self.message), "answer": None, "messages": []}


Entry = RecordedCall | Delivered | SocketNote


class Traffic:
    """The log, newest last; the oldest entries fall out after some thousands.

    Attributes:
        heard: Called after every change, for a page that watches.
        cleared: The change with which everything before was forgotten.
    """

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._number = 0
        self._change = 0
        self.cleared = 0
        self._making: list[Place] | None = None
        self._failed: dict[str, tuple[float, int]] = {}
        self.heard: Callable[[], None] = lambda: None

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries))

    def next_number(self) -> int:
        """The number of the next entry."""
        self._number += 1
        return self._number

    def add(self, entry: Entry, made: list[Place] | None = None) -> None:
        """Note an entry and the messages that it wrote or changed."""
        if isinstance(entry, RecordedCall):
            self._count_tries(entry)
        entry.made = list(made or [])
        self._entries.append(entry)
        self.changed(entry)

    def called(
        self,
        name: str,
        arguments: Json,
        answer: Json,
        status: int,
        *,
        at: float,
        started: float,
        accepted: bool,
        fault: str = "",
        made: list[Place] | None = None,
    ) -> None:
        """Note a call of the app's that began at `started` of `time.perf_counter`; no token in it is kept."""
        ms = (time.perf_counter() - started) * 1000
        shown = {key: _decoded(value) for key, value in without_tokens(arguments).items()}
        call = RecordedCall(self.next_number(), name, shown, without_tokens(answer), status, at, ms, accepted, fault)
        self.add(call, made)

    def changed(self, entry: Entry) -> None:
        """An entry has got an answer or another try."""
        self._change += 1
        entry.change = self._change
        self.heard()

    def _count_tries(self, call: RecordedCall) -> None:
        key = f"{call.method}{json.dumps(call.arguments, sort_keys=True, default=str)}"
        at, tries = self._failed.pop(key, (0.0, 0))
        if tries and call.at - at <= _AGAIN_SECONDS:
            call.tries = tries + 1
        if call.failed:
            self._failed[key] = (call.at, call.tries)
            while len(self._failed) > _AT_ONCE:
                self._failed.pop(next(iter(self._failed)))

    @contextlib.contextmanager
    def making(self) -> Iterator[list[Place]]:
        """Within (and nothing is awaited within), messages that are written or changed are collected."""
        made: list[Place] = []
        self._making = made
        try:
            yield made
        finally:
            self._making = None

    def wrote(self, channel: str, ts: str) -> None:
        """A message was written or changed."""
        if self._making is not None and (channel, ts) not in self._making:
            self._making.append((channel, ts))

    @property
    def last_change(self) -> int:
        """The newest change."""
        return self._change

    def find(self, number: int) -> Entry | None:
        """The entry of this number."""
        return next((entry for entry in reversed(self._entries) if entry.number == number), None)

    def since(self, change: int, place: Place | None = None) -> list[Json]:
        """Rows that are new or different after a change, the newest some hundreds, in their order; all that touch `place` if given."""
        rows: list[Json] = []
        for entry in reversed(self._entries):
            if entry.change > change and (place is None or entry.touches(place)):
                rows.append(entry.as_json() | ({"made": place in entry.made} if place else {}))
                if len(rows) >= _AT_ONCE:
                    break
        return rows[::-1]

    def calls(self, method: str = "") -> list[RecordedCall]:
        """The app's calls, all or those of one method, oldest first."""
        return [e for e in self if isinstance(e, RecordedCall) and method in {"", e.method}]

    def delivered(self, name: str = "") -> list[Delivered]:
        """What was sent to the app, all or by event type, command or interaction type, oldest first."""
        return [e for e in self if isinstance(e, Delivered) and name in {"", e.name}]

    def clear(self) -> None:
        """Forget all entries; the numbers go on."""
        self._entries.clear()
        self._failed.clear()
        self._change += 1
        self.cleared = self._change
        self.heard()
