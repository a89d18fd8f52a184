"""Moves time on in order: whatever falls due on the way is done at its moment, by the bot and by people, and has arrived before the next."""

import asyncio
import heapq
import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from bot import clock
from bot.delivery import worker
from bot.demo.hands import Hands
from bot.demo.organisation import Moment
from bot.demo.travel import Travel
from bot.process import Process
from bot.sandbox.errors import NotPossibleError
from bot.scheduler import do_what_is_due, outbox_counts
from storage import due
from storage.outbox import OutboxState
from storage.unit_of_work import Scope, UnitOfWork

log = logging.getLogger(__name__)

EVERYWHERE: Final = Scope("")
#: Between two looks at the outbox (seconds), and how long all of it may take after one act.
LOOK: Final = 0.01
PATIENCE: Final = 15.0
#: Delivery that pauses for no longer than this waits for the pace of a channel; what waits longer waits for a moment of its own.
PAUSE: Final = timedelta(minutes=1)
#: What people do with words alone.
WORDS: Final = frozenset({"say", "reply", "react", "edit"})
#: Time moves past what it moves to by this much, so that it is due.
BEYOND: Final = timedelta(milliseconds=5)
#: Sweeps at one moment: what the first brings about may be due at once.
SWEEPS: Final = 3

#: What people will do about what Rowbot has asked them by now.
Answers = Callable[[datetime], list[Moment]]


class Journey:
    """A journey through time, from now on."""

    def __init__(
        self,
        process: Process,
        hands: Hands,
        travel: Travel,
        *,
        answers: Answers,
        progress: Callable[[datetime], None] = lambda _moment: None,
        is_stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        """``progress`` is told each moment that was lived through; ``is_stopped`` is asked before the next."""
        self._bot, self._hands, self._travel = process.bot, hands, travel
        self._answers, self._progress, self._is_stopped = answers, progress, is_stopped
        self._coming: list[tuple[datetime, int, Moment]] = []
        self._count = 0
        #: What could not be done as it is written, each with the reason. A demo with a gap is better than none.
        self.missed: list[str] = []

    def expect(self, moments: Iterable[Moment]) -> None:
        """Let this happen on the way."""
        for moment in moments:
            self._count += 1
            heapq.heappush(self._coming, (moment.at, self._count, moment))

    async def to(self, end: datetime) -> None:
        """Live through everything that happens before ``end``; then it is ``end``. Stopped, it stays the moment that it is."""
        done = clock.now()
        self.expect(self._answers(done))
        ahead: datetime | None = None
        look = True
        while not self._is_stopped():
            ahead = await self._next_due(done) if look else ahead
            coming = self._coming[0][0] if self._coming else end
            if ahead is not None and ahead < min(coming, end):
                self._travel.to(ahead + BEYOND)
                await self._do_what_is_due()
                done, look = ahead, True
            elif coming < end:
                self._travel.to(coming)
                moment = heapq.heappop(self._coming)[2]
                await self._do(moment)
                look = moment.verb not in WORDS  # nothing that is only said changes when somebody is asked
            else:
                self._travel.to(end)
                return
            self._progress(clock.now())

    async def _next_due(self, after: datetime) -> datetime | None:
        moments = (
            await self._bot.db.read(self._bot.scope, _next_due, after=after),
            await self._bot.db.read(EVERYWHERE, _next_delivery, after=after),
            self._travel.next_status_ends(after),
        )
        return min((moment for moment in moments if moment is not None), default=None)

    async def _do(self, moment: Moment) -> None:
        try:
            await self._hands.do(moment)
        except (LookupError, NotPossibleError) as fault:
            self.missed.append(f"{moment.who}, {moment.verb}: {fault}")
            log.warning("The demo has a gap: %s, %s: %s", moment.who, moment.verb, fault)
        await self._delivered()

    async def _do_what_is_due(self) -> None:
        """The bot does what is due; who is asked something will answer."""
        await self._travel.heard()
        left = await self._bot.db.read(self._bot.scope, due.count_due, clock.now())
        for _ in range(SWEEPS if left else 0):
            await do_what_is_due(self._bot, clock.now)
            before, left = left, await self._bot.db.read(self._bot.scope, due.count_due, clock.now())
            if left in (0, before):  # what could not be done and stays due is left to the next moment
                break
        await self._delivered()
        self.expect(self._answers(clock.now()))

    async def _delivered(self) -> None:
        """Wait until nothing is on its way to Slack; where only the pace of a channel is waited for, time moves on instead."""
        until, woken = clock.monotonic() + PATIENCE, False
        while clock.monotonic() < until:
            waits, leaves_at = await self._bot.db.read(EVERYWHERE, on_its_way)
            if not waits or (leaves_at is not None and leaves_at > clock.now() + PAUSE):
                return
            if leaves_at is not None and (leaves_at > clock.now() or not woken):
                self._travel.to(leaves_at + BEYOND)
                await self._bot.db.write(EVERYWHERE, wake_delivery)
                woken = True
            await asyncio.sleep(LOOK)
        self.missed.append("Messages of Rowbot are still on their way.")


def _next_due(uow: UnitOfWork, *, after: datetime) -> datetime | None:
    return due.next_due(uow, after=after)


def _next_delivery(uow: UnitOfWork, *, after: datetime) -> datetime | None:
    """When a message that waits for its moment leaves."""
    moment = worker.next_due(uow, clock.now())
    return moment if moment is not None and moment > after else None


def on_its_way(uow: UnitOfWork) -> tuple[bool, datetime | None]:
    """Whether anything waits to be delivered, and when it is due if nothing is being sent."""
    waiting = outbox_counts(uow)
    if waiting.get(OutboxState.SENDING):
        return True, None
    return (True, worker.next_due(uow, clock.now())) if waiting.get(OutboxState.PENDING) else (False, None)


def wake_delivery(uow: UnitOfWork) -> None:
    """Have the outbox looked at now: time was moved, which wakes nobody."""
    uow.session.info["enqueued"] = True


def moment_of(seconds: float) -> datetime:
    """The moment of a Slack-like stamp, which counts seconds."""
    return datetime.fromtimestamp(seconds, UTC)
