"""Gets events, commands and interactions to the app: over HTTP with signatures, or through Socket Mode.

Events are tried again as Slack does (at once, after one minute, after five); commands and interactions never are.
Source: https://docs.slack.dev/apis/events-api
"""

import asyncio
import contextlib
import contextvars
import dataclasses
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.carriers import Answer, Carrier, HttpCarrier, Parcel
from bot.sandbox.clock import SandboxClock
from bot.sandbox.events import AppEvent
from bot.sandbox.faults import Faults
from bot.sandbox.installed_app import InstalledApp
from bot.sandbox.records import Json
from bot.sandbox.traffic import Attempt, Delivered, Traffic
from bot.sandbox.workspace import OTHER_TEAM, Workspace

RETRY_SECONDS = (0.0, 60.0, 300.0)


@dataclass
class Sending:
    """A delivery under way."""

    record: Delivered
    task: asyncio.Task[Answer]


@dataclass
class Collected:
    """The deliveries that one action caused."""

    sendings: list[Sending] = field(default_factory=list)

    async def settled(self) -> list[Answer]:
        """Wait until each was acknowledged or given up."""
        return [await asyncio.shield(sending.task) for sending in self.sendings]


_collected: contextvars.ContextVar[Collected | None] = contextvars.ContextVar("collected", default=None)


class Delivery:
    """Sends what the app should hear.

    Args:
        workspace: Named in envelopes.
        app: The receiver.
        clock: For the times in envelopes.
        traffic: Where every try is noted.
        http: The way when a request URL is set.
        socket: The way otherwise.
        faults: Those of `events` have the app get them again.
        retry_scale: Factor on the waits between tries; tests make minutes short.
    """

    def __init__(
        self,
        workspace: Workspace,
        app: InstalledApp,
        clock: SandboxClock,
        *,
        traffic: Traffic,
        http: HttpCarrier,
        socket: Carrier,
        faults: Faults,
        retry_scale: float = 1.0,
    ) -> None:
        self._workspace = workspace
        self._app = app
        self._clock = clock
        self._traffic = traffic
        self._http = http
        self._socket = socket
        self._faults = faults
        self._retry_scale = retry_scale
        self._muted = 0
        self._held: list[Delivered] | None = None
        self._tasks: set[asyncio.Task[Answer]] = set()
        self._reordering: tuple[int, list[Delivered]] | None = None
        self.repeat_next: list[int] = []
        self.app_was_here = False

    @property
    def _carrier(self) -> Carrier:
        return self._http if self._http.url is not None else self._socket

    @contextlib.contextmanager
    def muted(self) -> Iterator[None]:
        """Within, nothing is sent: for history that was there before the app."""
        self._muted += 1
        try:
            yield
        finally:
            self._muted -= 1

    @contextlib.contextmanager
    def collecting(self) -> Iterator[Collected]:
        """Within, all events that are sent are collected, so that one can wait for them."""
        collected = Collected()
        token = _collected.set(collected)
        try:
            yield collected
        finally:
            _collected.reset(token)

    @contextlib.asynccontextmanager
    async def held(self, *, seed: int | None = None) -> Any:  # noqa: ANN401 - an async context manager of nothing
        """Within, events are held back; afterwards they go out in another order than they happened.

        Args:
            seed: Shuffle with this seed; without, the order is reversed.
        """
        held: list[Delivered] = []
        self._held = held
        try:
            yield
        finally:
            self._held = None
            order = held[::-1]
            if seed is not None:
                random.Random(seed).shuffle(order)  # noqa: S311 - the order of a test
            for record in order:
                await asyncio.shield(self._start(record).task)

    def reorder_next(self, count: int) -> None:
        """Hold the next events back until there are so many, then send them last first."""
        self._reordering = (count, [])

    def envelope(self, event: AppEvent) -> Json:
        """The outer envelope of an event: https://docs.slack.dev/apis/events-api#receiving-events."""
        number = self._workspace.counters.take("Ev")
        channel = event.channel
        shared = bool(channel and channel.is_shared)
        return {
            "token": self._app.verification_token,
            "team_id": self._workspace.team_id,
            "context_team_id": self._workspace.team_id,
            "context_enterprise_id": None,
            "api_app_id": self._app.app_id,
            "event": event.body,
            "type": "event_callback",
            "event_id": f"Ev0SBX{number:07d}",
            "event_time": int(self._clock()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": self._workspace.team_id,
                    "user_id": self._app.bot_user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": shared,
            "event_context": f"4-{self._workspace.team_id}-{number:07d}",
        } | ({"connected_team_id": OTHER_TEAM} if shared else {})

    def event(self, event: AppEvent) -> None:
        """Send an event, with tries again if need be."""
        if self._muted:
            return
        record = self._record("events_api", self.envelope(event))
        if self._held is not None:
            self._held.append(record)
            return
        if self._reordering is not None:
            count, waiting = self._reordering
            waiting.append(record)
            if len(waiting) == count:
                self._reordering = None
                for late in reversed(waiting):
                    self._start(late)
            return
        times = self.repeat_next.pop(0) if self.repeat_next else 1
        plan = self._faults.take("events", event.body)
        if plan is not None:
            times = plan.copies
        sending = self._start(record)
        collected = _collected.get()
        if collected is not None:
            collected.sendings.append(sending)
        for _ in range(times - 1):
            self.again(record)

    def again(self, record: Delivered) -> Sending:
        """Send an event once more, with the same event id, as Slack does when it is in doubt."""
        number = self._traffic.next_number()
        copy = Delivered(number, record.kind, record.payload, self._clock(), fault="redeliver")
        self._traffic.add(copy)
        sending = self._start(copy, first=1, reason="http_timeout")
        collected = _collected.get()
        if collected is not None:
            collected.sendings.append(sending)
        return sending

    async def ask(self, kind: str, payload: Json) -> Answer:
        """Send a command or an interaction, once, and give the app's answer."""
        record = self._record(kind, payload)
        answer = await self._try(record, retry=0, reason="", wants_answer=True, last=True)
        return dataclasses.replace(answer, number=record.number)

    @contextlib.contextmanager
    def credited(self, answer: Answer) -> Iterator[None]:
        """Within (and nothing is awaited within), messages that are written are noted as what this answer made."""
        with self._traffic.making() as made:
            yield
        record = self._traffic.find(answer.number)
        if record is not None:
            record.made += made
            self._traffic.changed(record)

    def _record(self, kind: str, payload: Json) -> Delivered:
        record = Delivered(self._traffic.next_number(), kind, payload, self._clock())
        self._traffic.add(record)
        return record

    def _start(self, record: Delivered, *, first: int = 0, reason: str = "") -> Sending:
        task = asyncio.get_running_loop().create_task(self._deliver(record, first, reason))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return Sending(record, task)

    async def _deliver(self, record: Delivered, first: int, reason: str) -> Answer:
        answer = await self._try(record, retry=first, reason=reason)
        for retry, pause in enumerate(RETRY_SECONDS, start=1):
            if not answer.fault or record.outcome == "nobody" or retry <= first:
                continue
            if answer.no_retry:
                break
            await asyncio.sleep(pause * self._retry_scale)
            answer = await self._try(record, retry=retry, reason=answer.fault)
        if answer.fault and record.outcome == "pending":
            record.outcome = "given_up"
            self._traffic.changed(record)
        return answer

    async def _try(
        self, record: Delivered, *, retry: int, reason: str, wants_answer: bool = False, last: bool = False
    ) -> Answer:
        attempt = Attempt(self._clock(), retry, reason)
        record.attempts.append(attempt)
        if self._http.url is None and not self.app_was_here:
            record.outcome = "nobody"
            attempt.fault = "connection_failed"
            self._traffic.changed(record)
            return Answer(fault="connection_failed")
        answer = await self._carrier.carry(Parcel(record.kind, record.payload, retry, reason, wants_answer))
        attempt.status, attempt.fault, attempt.ms = answer.status, answer.fault, answer.ms
        attempt.envelope = answer.envelope
        record.answer = answer.body
        if not answer.fault:
            record.outcome = "acknowledged"
        elif last:
            record.outcome = "given_up"
        self._traffic.changed(record)
        return answer

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks:
            await asyncio.wait(list(self._tasks))

    async def close(self) -> None:
        """Stop trying."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.close()
