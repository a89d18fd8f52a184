"""Moves the workspace's time on, on somebody's word: by steps that people think in, never back.

What would have happened on the way happens only where somebody lives it through: `on_travel` does, step by step, with whatever
apps it knows of. Without, the clock alone moves.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as wall_time
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.sandbox.clock import SandboxClock
from bot.sandbox.errors import NotPossibleError
from bot.sandbox.news import News
from bot.sandbox.records import Json
from bot.sandbox.statuses import Statuses
from bot.sandbox.stream import Stream
from bot.sandbox.workspace import Workspace

log = logging.getLogger(__name__)

#: When mornings begin, on the clock of whoever looks.
MORNING: Final = wall_time(9)
#: Seconds between two tellings of how far it is.
TELL_EVERY: Final = 0.15


class Step(StrEnum):
    """How far people go at once."""

    HOUR = "hour"
    MORNING = "morning"
    MONDAY = "monday"
    WEEK = "week"
    MONTH = "month"


def arrival(step: Step, now: datetime, zone: ZoneInfo) -> datetime:
    """Where a step leads from now, by the calendar of a zone; aware, in UTC.

    Weeks keep the time on the wall across a change of clocks; a month is four weeks.
    """
    here = now.astimezone(zone)
    match step:
        case Step.HOUR:
            return now + timedelta(hours=1)
        case Step.MORNING | Step.MONDAY:
            day = here.date()
            while True:
                moment = datetime.combine(day, MORNING, zone).astimezone(UTC)
                if moment > now and (step is Step.MORNING or day.weekday() == 0):
                    return moment
                day += timedelta(days=1)
        case Step.WEEK | Step.MONTH:
            weeks = 1 if step is Step.WEEK else 4
            return (here + timedelta(weeks=weeks)).astimezone(UTC)


@dataclass
class Trip:
    """A way through time, in seconds since the epoch.

    Attributes:
        user: Whose eyes the page uses.
        others_answer: Whether the other people do what they are asked to.
        is_stopped: Somebody asked to stay where it is.
    """

    user: str
    start: float
    end: float
    others_answer: bool
    is_stopped: bool = False


class TimeTravel:
    """The workspace's clock in people's hands.

    Args:
        workspace: Whose time it is.
        clock: What is moved.
        statuses: Those that end on the way are cleared.
        stream: Hears how far it is, and what happened meanwhile.
        keep: Writes the moment down.
    """

    def __init__(
        self, workspace: Workspace, clock: SandboxClock, *, statuses: Statuses, stream: Stream, keep: Callable[[], None]
    ) -> None:
        self._workspace, self._clock, self._statuses, self._stream, self._keep = (
            workspace, clock, statuses, stream, keep
        )  # fmt: skip
        self._news = News(workspace)
        self._trip: Trip | None = None
        self._task: asyncio.Task[None] | None = None
        self._told = 0.0
        #: Lives through a trip until its end or until it is stopped; gives lines that tell what happened.
        self.on_travel: Callable[[Trip], Awaitable[list[str]]] | None = None

    def state(self) -> Json:
        """The clock as the page shows it."""
        trip = self._trip
        return {
            "now": self._clock(),
            "moved": self._clock.offset,
            "lives": self.on_travel is not None,
            "trip": {"start": trip.start, "end": trip.end, "stopping": trip.is_stopped} if trip else None,
        }

    def steps(self, user: str) -> list[tuple[Step, datetime]]:
        """All steps, and where each leads from now by somebody's calendar."""
        now = datetime.fromtimestamp(self._clock(), UTC)
        return [(step, arrival(step, now, _zone(self._workspace.people[user].tz))) for step in Step]

    def begin(self, user: str, step: str, *, others_answer: bool) -> Trip:
        """Set out.

        Raises:
            NotPossibleError: one is under way, or there is no such step.
        """
        if self._trip is not None:
            raise NotPossibleError("Time is being moved already. Wait until it has arrived, or stop it.")
        if step not in set(Step):
            raise NotPossibleError("Time moves an hour, to the next morning or Monday, a week or a month.")
        end = dict(self.steps(user))[Step(step)]
        self._trip = trip = Trip(user, self._clock(), end.timestamp(), others_answer)
        self._task = asyncio.create_task(self._go(trip))
        self.tell()
        return trip

    def stop(self) -> None:
        """Stay at the moment that it is by now, once what happens at it has happened.

        Raises:
            NotPossibleError: nothing is under way.
        """
        if self._trip is None:
            raise NotPossibleError("Time is not being moved.")
        self._trip.is_stopped = True
        self.tell()

    async def close(self) -> None:
        """End what is under way."""
        if self._trip is not None:
            self._trip.is_stopped = True
        if self._task is not None:
            await asyncio.wait([self._task])

    def move_to(self, moment: float) -> None:
        """Make it a moment; what ends by itself until then has ended."""
        self._clock.move_to(moment)
        self._statuses.end_those_that_are_over()
        if self._trip is not None and time.monotonic() - self._told > TELL_EVERY:
            self.tell()

    def tell(self) -> None:
        """Tell all pages what time it is."""
        self._told = time.monotonic()
        self._stream.say({"type": "clock", **self.state()})

    async def _go(self, trip: Trip) -> None:
        happened: list[str] = []
        fault = ""
        try:
            happened = await self.on_travel(trip) if self.on_travel is not None else []
            if not trip.is_stopped:
                self.move_to(trip.end)
        except Exception:
            log.exception("Time stopped on its way")
            fault = "Something went wrong on the way, and time stopped there. The terminal says what."
        finally:
            self._trip = None
            self._keep()
            self.tell()
        arrived = {
            "type": "travelled",
            "start": trip.start,
            "end": self._clock(),
            "stopped": trip.is_stopped,
            "happened": happened,
        }
        self._stream.say(arrived | self._news.since(trip.start, trip.user) | ({"fault": fault} if fault else {}), {trip.user})  # fmt: skip


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("Etc/UTC")
