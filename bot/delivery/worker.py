"""The delivery worker: claims what is due, sends it, writes down what became of it. Any number of processes may run one."""

import asyncio
import contextlib
import logging
import os
import random
import secrets
import socket
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from bot import metrics
from bot.clock import Clock, monotonic
from bot.delivery import outbox as front
from bot.delivery.retry import after_looking, decide
from bot.delivery.sender import HistoryUnreadable, Sender, TooLate
from bot.slack.errors import OUT_OF_REACH
from storage import outbox
from storage.database import Database, StoreUnavailable
from storage.outbox import RECONCILED, Allowance, Claim, Claims, OutboxState, Outcome
from storage.unit_of_work import Scope, UnitOfWork

log = logging.getLogger(__name__)

#: Messages of this process on their way at the same time.
IN_FLIGHT: Final = 20
#: How often to look for what other processes put in, and for leases that ran out.
POLL: Final = timedelta(milliseconds=500)
SHORTEST_WAIT: Final = timedelta(milliseconds=5)
EVERYWHERE: Final = Scope("")


class Worker:
    """Carries the outbox to Slack until it is stopped."""

    def __init__(self, db: Database, sender: Sender, *, clock: Clock, lease: timedelta, http_timeout: timedelta,
                 allowance: Allowance | None = None, poll: timedelta = POLL, chance: random.Random | None = None) -> None:  # fmt: skip
        """``lease`` must exceed ``http_timeout``: nothing may still be under way when it ends."""
        self._db, self._sender, self._clock = db, sender, clock
        self._lease, self._http_timeout, self._poll = lease, http_timeout, poll
        self._allowance = allowance
        self._chance = chance or random.Random()  # noqa: S311 - spreads retries, guards nothing
        self.owner = f"{_here()}:{os.getpid()}:{_started(os.getpid())}:{secrets.token_hex(4)}"
        self._wake = asyncio.Event()
        self._stopping = False
        self._due: datetime | None = None
        self._running: asyncio.Task[None] | None = None
        self._flights: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        db.on_enqueued(self._enqueued)

    def _enqueued(self) -> None:
        # The loop may close between any look at it and this call.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._wake.set)

    async def run(self) -> None:
        """Work until :meth:`stop`."""
        self._running = asyncio.current_task()
        last_look: float | None = None
        while not self._stopping:
            self._wake.clear()
            try:
                if last_look is None or monotonic() - last_look >= self._poll.total_seconds():
                    await self._take_over_the_dead()
                    last_look = monotonic()
                claims = await self._claim()
            except StoreUnavailable as fault:
                log.warning("Delivery waits: %s", fault)
                claims, self._due = [], None
            except Exception:
                log.exception("Delivery stumbled; it goes on in a moment")
                claims, self._due = [], None
                await asyncio.sleep(self._poll.total_seconds())
            if not claims:
                await self._pause()
        if self._flights:
            await asyncio.wait(self._flights)

    async def stop(self, drain: timedelta) -> None:
        """Claim nothing more, let what is under way end, and free the lanes."""
        self._stopping = True
        self._wake.set()
        if self._running is not None:
            await asyncio.wait([self._running], timeout=drain.total_seconds())
        if self._flights:
            # A freed lane would be looked at by another process while Slack may still take the message.
            log.warning(
                "Messages still under way: %d. Their lanes stay leased until this process has ended.",
                len(self._flights),
            )
            return
        try:
            await self._db.write(EVERYWHERE, release_lanes, self.owner, self._clock())
        except StoreUnavailable:
            log.warning("The lanes stay leased until their lease ends: the database does not answer.")

    async def _claim(self) -> list[Claim]:
        room = IN_FLIGHT - len(self._flights)
        if room <= 0:
            await asyncio.wait(self._flights, return_when=asyncio.FIRST_COMPLETED)
            return []
        claimed_at = monotonic()
        # A look costs a read; a claim costs a commit. So look first.
        self._due = await self._db.read(EVERYWHERE, next_due, self._clock())
        if self._stopping or self._due is None or self._due > self._clock():
            return []
        self._due = None
        claims = await self._db.write(
            EVERYWHERE, claim_messages, self.owner, self._clock(), self._lease, room, self._allowance
        )
        self._due = claims.held_until
        for claim in claims:
            task = asyncio.create_task(self._carry(claim, claimed_at))
            self._flights.add(task)
            task.add_done_callback(self._landed)
        return claims

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flights.discard(task)
        self._wake.set()
        if not task.cancelled() and (fault := task.exception()) is not None:
            log.error(
                "A delivery ended without a result; its lease will end and it will be looked at again.", exc_info=fault
            )

    async def _carry(self, claim: Claim, claimed_at: float) -> None:
        row = claim.row
        if claim.in_doubt and row.verb in RECONCILED:
            outcome = await self._reconcile(claim)
        else:
            latest = claimed_at + (self._lease - self._http_timeout).total_seconds()
            try:
                answer = await self._sender.send(claim, in_time=lambda: monotonic() <= latest)
            except TooLate:
                # This process slept through its lease (SIGSTOP, a suspended laptop): somebody else may be sending it.
                log.warning("A claim was older than its lease allows and was left alone.")
                return
            now = self._clock()
            outcome = decide(
                row.verb, answer, attempts=row.attempts, age=now - row.created_at, now=now, chance=self._chance.random()
            )
        now = self._clock()
        metrics.DELIVERIES.labels(row.verb, outcome.state).inc()
        if outcome.is_free:
            log.warning(
                "Slack does not accept the token (%s). Delivery waits until Rowbot is installed again.", outcome.error
            )
        if outcome.state is OutboxState.SENT:
            metrics.DELIVERY_SECONDS.labels(row.verb).observe(max(0.0, (now - row.not_before).total_seconds()))
        elif outcome.state is OutboxState.DEAD:
            log.error("A message was given up (%s to %s): %s", row.verb, row.target, outcome.error)
        while not await self._settle(claim, outcome):  # noqa: ASYNC110 - what is waited for is a database, which sets no event
            await asyncio.sleep(1)

    async def _settle(self, claim: Claim, outcome: Outcome) -> bool:
        try:
            await self._db.write(EVERYWHERE, settle_message, claim, outcome, self._clock())
        except StoreUnavailable as fault:
            log.warning("A delivery's result waits to be written: %s", fault)
            return self._stopping
        return True

    async def _reconcile(self, claim: Claim) -> Outcome:
        row = claim.row
        try:
            found, readable = await self._sender.look_for(row), True
        except HistoryUnreadable as fault:
            found, readable = None, False
            log.warning("The history of %s cannot be read, so a message in doubt waits: %s", row.target, fault)
        now = self._clock()
        outcome = after_looking(verb=row.verb, found=found, readable=readable, last_try=row.last_try_at or row.created_at, attempts=row.attempts,
                                age=now - row.created_at, now=now, chance=self._chance.random())  # fmt: skip
        if outcome.state is OutboxState.PENDING and not readable:
            log.warning("Message %s to %s is sent again blindly and may appear twice.", row.id, row.target)
        return outcome

    async def _pause(self) -> None:
        wait = self._poll
        if self._due is not None:
            wait = max(SHORTEST_WAIT, min(wait, self._due - self._clock()))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), timeout=wait.total_seconds())

    async def _take_over_the_dead(self) -> None:
        owners = await self._db.read(EVERYWHERE, lane_holders, self._clock())
        dead = [owner for owner in owners if owner != self.owner and _is_dead(owner)]
        if dead:
            await self._db.write(EVERYWHERE, take_over_lanes, dead, self._clock())


# --- the worker's transactions ----------------------------------------------------------------------------------


def claim_messages(
    uow: UnitOfWork, owner: str, now: datetime, lease: timedelta, limit: int, allowance: Allowance | None = None
) -> Claims:
    """Lease due lanes and mark their heads as being sent."""
    return outbox.claim(uow.session, owner=owner, now=now, lease=lease, limit=limit, allowance=allowance)


def settle_message(uow: UnitOfWork, claim: Claim, outcome: Outcome, now: datetime) -> bool:
    """Write down what became of a message."""
    there = UnitOfWork(uow.session, Scope(claim.row.workspace_id))
    if outcome.is_free:
        there.workspaces.ensure(now=now)
        there.workspaces.uninstalled(now=now)
    settled = outbox.settle(uow.session, claim, outcome, now=now)
    if settled and outcome.code in OUT_OF_REACH and claim.row.target.startswith(("C", "G")):
        front.out_of_reach(there, claim.row.target, outcome.code, now=now)
    uow.session.info["enqueued"] = True  # the lane's next message may be due now
    return settled


def release_lanes(uow: UnitOfWork, owner: str, now: datetime) -> int:
    """Free this process's lanes."""
    return outbox.release(uow.session, owner, now=now)


def take_over_lanes(uow: UnitOfWork, owners: list[str], now: datetime) -> int:
    """Free the lanes of dead processes."""
    return outbox.take_over(uow.session, owners, now=now)


def lane_holders(uow: UnitOfWork, now: datetime) -> list[str]:
    """Who holds lanes."""
    return outbox.holders(uow.session, now=now)


def next_due(uow: UnitOfWork, now: datetime) -> datetime | None:
    """When the earliest lane is due."""
    return outbox.next_due(uow.session, now)


# --- which processes are alive ----------------------------------------------------------------------------------


def _here() -> str:
    """This machine, or container: process numbers mean something only inside it."""
    try:
        space = Path("/proc/self/ns/pid").readlink().name
    except OSError:
        space = ""
    return f"{socket.gethostname()}{space}".replace(":", "")


def _started(pid: int) -> str:
    """When a process started, in the kernel's ticks; "" where that cannot be told."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""


def _is_dead(owner: str) -> bool:
    """Whether the process behind an owner's name is certainly gone: same machine, and its number is free or reused."""
    host, _, rest = owner.partition(":")
    pid, _, rest = rest.partition(":")
    started = rest.partition(":")[0]
    if host != _here() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return bool(started) and _started(int(pid)) != started
