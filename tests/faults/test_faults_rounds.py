"""Two workers, killed and stopped at random moments while rounds open and people are asked: each is asked exactly once."""

import asyncio
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from sqlmodel import func, select

from bot.features.syncs import rounds
from bot.sandbox import Fault, Sandbox
from storage.database import Database
from storage.outbox import OutboxState, waiting
from storage.repository import MACHINE
from storage.rounds import Prompt, Round
from storage.syncs import Cadence, Sync, SyncMember
from storage.unit_of_work import Scope, UnitOfWork
from storage.workspaces import Workspace
from tests.faults.lives import MANIFEST, Bot, Template
from tests.world import everything

LOST: Final = (
    Fault.ACCEPT_THEN_DROP,
    Fault.ACCEPT_THEN_500,
    Fault.ACCEPT_THEN_MALFORMED,
    Fault.ERROR_503,
    Fault.RATE_LIMIT,
)
#: Longer than the lease that `lives` gives.
LONGER_THAN_A_LEASE: Final = 9.0


@dataclass
class Workers:
    """Two processes that deliver and do timed work on one database, and series that fall due under their hands."""

    template: Template
    slack: Sandbox
    database_url: str
    folder: Path
    people: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Nobody runs yet."""
        environment = {"ROWBOT_EMBEDDER": "words", "ROWBOT_POSTS_PER_MINUTE": "3000"}
        self.both = [
            Bot(self.template, self.slack, self.database_url, self.folder, environment, role="worker") for _ in range(2)
        ]
        self.db = Database(self.database_url)
        self.scope = Scope(self.slack.team_id, MACHINE)
        self.db.write_now(self.scope, _work_always)

    async def add(self, series: int) -> None:
        """Let so many series of two people fall due now."""
        for _ in range(series):
            pair = [self.slack.add_person(f"Person {len(self.people) + side}", tz="Etc/UTC") for side in (0, 1)]
            self.people += pair
            await self.db.write(self.scope, _due_now, pair, datetime.now(UTC))

    async def done(self, *, patience: float = 120) -> None:
        """Wait until nothing is due and nothing is under way."""
        end = time.monotonic() + patience
        while left := await self.db.read(self.scope, _left):
            assert time.monotonic() < end, f"still to be done: {left}"
            await asyncio.sleep(0.3)

    def asked(self) -> Counter[str]:
        """How often each person was asked."""
        found = Counter(dict.fromkeys(self.people, 0))
        for person in self.people:
            found[person] = sum(
                "how is it going" in everything(message) for message in self.slack.direct_messages(person)
            )
        return found

    async def close(self) -> None:
        """End both."""
        for worker in self.both:
            if worker.process is not None and worker.process.returncode is None:
                worker.process.send_signal(signal.SIGCONT)
            await worker.kill()
        self.db.close()


def _work_always(uow: UnitOfWork) -> None:
    uow.workspaces.ensure(now=datetime.now(UTC))
    uow.session.get_one(Workspace, uow.workspace_id).settings = {"quiet_from": 0, "quiet_until": 0, "workdays": []}


def _due_now(uow: UnitOfWork, people: list[str], now: datetime) -> None:
    for person_id in people:
        uow.people.meet(person_id, name=person_id, zone="Etc/UTC")
    sync = Sync(workspace_id=uow.workspace_id, topic="Features", cadence=Cadence.WEEKLY, first_on=now.date(), at_minute=now.hour * 60 + now.minute,
                next_on=now.date(), next_opens_at=now, created_at=now, updated_at=now)  # fmt: skip
    uow.syncs.add(sync, [SyncMember(sync_id=0, person_id=person_id) for person_id in people])


def _left(uow: UnitOfWork) -> dict[str, int]:
    """What is to be done, in one look: what moves from one count to the next meanwhile would be seen in neither."""
    if uow.session.get_bind().dialect.name == "postgresql":
        uow.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    backlog = rounds.backlog(uow, datetime.now(UTC))
    under_way = {state: number for state, number in waiting(uow.session).items() if state != OutboxState.DEAD}
    return {name: number for name, number in (*backlog.pieces.items(), *under_way.items()) if number}


def _kept(uow: UnitOfWork) -> tuple[int, int, int]:
    counts = [uow.session.exec(select(func.count()).select_from(table)).one() for table in (Sync, Round, Prompt)]
    return counts[0], counts[1], counts[2]


@pytest.fixture
async def workers(template: Template, database_url: str, tmp_path: Path) -> AsyncIterator[Workers]:
    """Two, that have not begun."""
    async with Sandbox(MANIFEST, retry_scale=0.01) as slack:
        found = Workers(template, slack, database_url, tmp_path)
        try:
            yield found
        except BaseException:
            sys.stderr.write(found.both[0].log.read_text()[-20_000:])
            raise
        finally:
            await found.close()


async def _live_and_die(workers: Workers, *, kills: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a repeatable run, no secret
    for _ in range(kills):
        workers.slack.faults.clear()
        for fault in LOST:
            if chance.random() < 0.3:
                workers.slack.faults.on("chat.postMessage", fault, skip=chance.randrange(3))
        await workers.add(chance.randint(1, 4))
        idle = [worker for worker in workers.both if worker.process is None or worker.process.returncode is not None]
        assert all(await asyncio.gather(*(worker.start() for worker in idle)))
        await asyncio.sleep(chance.uniform(0, 1.5))
        await chance.choice(workers.both).kill()
    workers.slack.faults.clear()
    await workers.add(2)
    for worker in workers.both:
        await worker.kill()
        assert await worker.start()
    await workers.done()
    assert [await worker.stop() for worker in workers.both] == [0, 0]
    assert {person: times for person, times in workers.asked().items() if times != 1} == {}
    series = len(workers.people) // 2
    assert workers.db.read_now(workers.scope, _kept) == (series, series, 2 * series)


@pytest.mark.timeout(600)
async def test_two_workers_killed_a_dozen_times_ask_everybody_exactly_once(workers: Workers) -> None:
    await _live_and_die(workers, kills=12, seed=7)


@pytest.mark.faults
@pytest.mark.timeout(1800)
async def test_two_workers_killed_sixty_times_ask_everybody_exactly_once(workers: Workers) -> None:
    await _live_and_die(workers, kills=60, seed=8)


@pytest.mark.timeout(300)
async def test_a_worker_that_stood_still_for_longer_than_its_lease_asks_nobody_twice(workers: Workers) -> None:
    await workers.add(10)
    first, second = workers.both
    assert await first.start()
    await asyncio.sleep(0.3)
    assert first.process is not None
    first.process.send_signal(signal.SIGSTOP)
    starting = asyncio.create_task(
        second.start()
    )  # on SQLite it waits, if the first stood still with the file in its hands
    await asyncio.sleep(LONGER_THAN_A_LEASE)
    await workers.add(2) if workers.database_url.startswith("postgresql") else None
    first.process.send_signal(signal.SIGCONT)
    assert await starting
    await workers.done()
    assert [await worker.stop() for worker in workers.both] == [0, 0]
    assert {person: times for person, times in workers.asked().items() if times != 1} == {}
