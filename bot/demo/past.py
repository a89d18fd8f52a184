"""Plays what happened at the demo organisation before today, through the bot: people act in the sandbox, the bot answers, and time is moved on."""

import asyncio
import heapq
import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlmodel import col, select

from bot import clock
from bot.delivery.worker import next_due
from bot.demo.hands import Hands
from bot.demo.organisation import Moment
from bot.demo.travel import Travel
from bot.process import Process
from bot.sandbox.errors import NotPossibleError
from bot.scheduler import outbox_counts, sweep_syncs
from storage.outbox import OutboxState
from storage.rounds import Prompt, Round, RoundState
from storage.syncs import Sync
from storage.unit_of_work import Scope, UnitOfWork

log = logging.getLogger(__name__)

EVERYWHERE: Final = Scope("")
#: Between two looks at the outbox (seconds), and how long all of it may take after one act.
LOOK: Final = 0.015
PATIENCE: Final = 15.0
#: What people do with words alone.
WORDS: Final = frozenset({"say", "reply", "react", "edit"})
#: Time moves past what it moves to by this much, so that it is due.
BEYOND: Final = timedelta(milliseconds=5)


class Past:
    """The past under way."""

    def __init__(
        self, process: Process, hands: Hands, travel: Travel, *, progress: Callable[[float], None] = lambda _share: None
    ) -> None:
        """``progress`` is told the share that is done, from 0 to 1."""
        self._bot, self._hands, self._travel, self._progress = process.bot, hands, travel, progress
        self._coming: list[tuple[datetime, int, Moment]] = []
        self._count = 0
        #: What could not be done as it is written, each with the reason. A demo with a gap is better than none.
        self.missed: list[str] = []

    async def play(self, moments: Iterable[Moment]) -> None:
        """Let every moment happen at its time, and what the bot does by itself in between, up to the present."""
        self._expect(moments)
        began, end = clock.now(), datetime.now(UTC)
        due: datetime | None = None
        done = began
        look = True
        while True:
            present = datetime.now(UTC)
            coming = self._coming[0][0] if self._coming else present
            due = await self._bot.db.read(self._bot.scope, next_check_in) if look else due
            if due is not None and done < due < min(coming, present):
                self._travel.to(due + BEYOND)
                await self._check_in()
                done, look = due, True  # what could not be done and stays due is left to the sweep of the next check-in
            elif coming < present:
                self._travel.to(coming)
                moment = heapq.heappop(self._coming)[2]
                await self._do(moment)
                look = moment.verb not in WORDS  # nothing that is only said changes when somebody is asked
            else:
                return
            self._progress(min((clock.now() - began) / (end - began), 0.99))

    def _expect(self, moments: Iterable[Moment]) -> None:
        for moment in moments:
            self._count += 1
            heapq.heappush(self._coming, (moment.at, self._count, moment))

    async def _do(self, moment: Moment) -> None:
        try:
            await self._hands.do(moment)
        except (LookupError, NotPossibleError) as fault:
            self.missed.append(f"{moment.who}, {moment.verb}: {fault}")
            log.warning("The demo's past has a gap: %s, %s: %s", moment.who, moment.verb, fault)
        await self._delivered()

    async def _check_in(self) -> None:
        """What is due in check-ins happens; who is asked will answer as it is written."""
        await sweep_syncs(self._bot, clock.now)
        await self._delivered()
        self._expect(self._hands.answers_to_come(clock.now()))

    async def _delivered(self) -> None:
        """Wait until nothing is on its way to Slack; where only the pace of a channel is waited for, time moves on instead."""
        until = clock.monotonic() + PATIENCE
        while clock.monotonic() < until:
            waits, due = await self._bot.db.read(EVERYWHERE, on_its_way)
            if not waits:
                return
            if due is not None and due > clock.now():
                self._travel.to(due + BEYOND)
                await self._bot.db.write(EVERYWHERE, wake_delivery)
            await asyncio.sleep(LOOK)
        self.missed.append("Messages of Rowbot are still on their way.")


def on_its_way(uow: UnitOfWork) -> tuple[bool, datetime | None]:
    """Whether anything waits to be delivered, and when it is due if nothing is being sent."""
    waiting = outbox_counts(uow)
    if waiting.get(OutboxState.SENDING):
        return True, None
    return (True, next_due(uow, clock.now())) if waiting.get(OutboxState.PENDING) else (False, None)


def wake_delivery(uow: UnitOfWork) -> None:
    """Have the outbox looked at now: time was moved, which wakes nobody."""
    uow.session.info["enqueued"] = True


def next_check_in(uow: UnitOfWork) -> datetime | None:
    """When somebody is to be asked or reminded, or a round opens or closes; None when nothing of that is to come."""
    moments = [
        uow.session.exec(statement.limit(1)).first()
        for statement in (
            select(Prompt.next_at).where(col(Prompt.next_at).is_not(None)).order_by(col(Prompt.next_at)),
            select(Round.closes_at).where(Round.state == RoundState.OPEN).order_by(col(Round.closes_at)),
            select(Sync.next_opens_at).where(col(Sync.next_opens_at).is_not(None)).order_by(col(Sync.next_opens_at)),
        )
    ]
    return min((moment for moment in moments if moment is not None), default=None)
