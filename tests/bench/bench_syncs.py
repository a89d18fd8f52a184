"""What many check-ins at once cost: from a due row to a message that may leave, a tick with nothing due, following clocks, days and moments.

Peers, in the same run: each piece in a transaction of its own; APScheduler's CronTrigger in the person's zone. Slack's own pace is no part of it.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import event, update
from sqlmodel import col, select

from bot.features.syncs import jobs, recurrence, rounds, scheduling
from bot.features.syncs.recurrence import Rhythm
from bot.features.teams.calendars import Calendar
from storage import outbox
from storage.database import Database
from storage.migrate import migrate
from storage.outbox import Allowance, OutboxRow
from storage.syncs import Cadence
from storage.unit_of_work import Scope, UnitOfWork
from tests.bench.checkins import DUE, SCOPE, fill
from tests.bench.report import Table, percentile

#: Pieces that the peer does: it is too slow for all of them.
ONE_BY_ONE = 400
EVERYWHERE = Scope("")


class NoPrivateChannels:
    """A workspace in which there is no membership to read."""

    async def read_memberships(self) -> None:
        """Nothing."""


def database(folder: str, name: str, *, series: int, due: int) -> Database:
    """A SQLite file with so many series."""
    url = f"sqlite:///{Path(folder) / name}.db"
    migrate(url)
    db = Database(url)
    fill(db, series, due=due)
    return db


async def asking(folder: str, prompts: int, table: Table) -> None:
    """So many people due at the same minute: each one's time until the message is in the outbox, committed."""
    db = database(folder, f"asking{prompts}", series=prompts // 2, due=prompts // 2)
    arrived: list[float] = []
    write, began = db.write, time.perf_counter()

    async def noted(scope: Scope, unit: Callable[..., int], *given: object, **named: object) -> int:
        done = await write(scope, unit, *given, **named)
        arrived.extend([time.perf_counter() - began] * int(done))
        return done

    db.write = noted  # type: ignore[method-assign, assignment]  # a stop-watch
    cpu = time.process_time()
    await jobs.sweep(db, NoPrivateChannels(), SCOPE, DUE)  # type: ignore[arg-type]  # all that a sweep asks of it
    cpu = time.process_time() - cpu
    table.row(f"together, {prompts:,} due", a_second=prompts / arrived[-1], a_cpu_second=prompts / cpu, p50_s=percentile(arrived, 50),
              p99_s=percentile(arrived, 99))  # fmt: skip
    claiming(db)
    db.close()


async def closing(folder: str, series: int, table: Table) -> None:
    """So many rounds of two that end at the same minute, unanswered: what asked was delivered, nobody spoke."""
    db = database(folder, f"closing{series}", series=series, due=series)
    for moment in (DUE, DUE + timedelta(hours=6)):
        await jobs.sweep(db, NoPrivateChannels(), SCOPE, moment)  # type: ignore[arg-type]  # all that a sweep asks of it
    db.write_now(SCOPE, delivered)
    statements: list[str] = []
    event.listen(db._writer_engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    began, cpu = time.perf_counter(), time.process_time()
    assert await jobs.sweep(db, NoPrivateChannels(), SCOPE, DUE + timedelta(hours=9)) == series  # type: ignore[arg-type]  # as above
    spent, cpu = time.perf_counter() - began, time.process_time() - cpu
    table.row(f"{series:,} closings", a_second=series / spent, a_cpu_second=series / cpu, statements=len(statements) / series)  # fmt: skip
    db.close()


def delivered(uow: UnitOfWork) -> None:
    """Everything has arrived."""
    sent = {"state": outbox.OutboxState.SENT, "arrived_channel": OutboxRow.target, "arrived_ts": "1.1"}
    uow.session.execute(update(OutboxRow).values(sent))


def one_by_one(folder: str, table: Table) -> None:
    """The peer: each piece in a transaction of its own, as many at once as share a commit."""
    db = database(folder, "peer", series=ONE_BY_ONE // 2, due=ONE_BY_ONE // 2)
    pieces = db.read_now(SCOPE, rounds.due, DUE, limit=ONE_BY_ONE)
    arrived, began, cpu = [], time.perf_counter(), time.process_time()
    for start in range(0, len(pieces), 16):
        for future in [db.submit(SCOPE, rounds.do, piece, now=DUE) for piece in pieces[start : start + 16]]:
            future.result()
            arrived.append(time.perf_counter() - began)
    cpu = time.process_time() - cpu
    table.row(f"one by one, {ONE_BY_ONE:,} due", a_second=ONE_BY_ONE / arrived[-1], a_cpu_second=ONE_BY_ONE / cpu, p50_s=percentile(arrived, 50),
              p99_s=percentile(arrived, 99))  # fmt: skip
    db.close()


def claiming(db: Database) -> None:
    """A warning that comes while all of them wait: how long its claim takes, and whether it is first."""

    def warn(uow: UnitOfWork) -> None:
        uow.outbox.enqueue(OutboxRow(workspace_id="T1", key="T1:warning", lane="T1:C1", verb=outbox.OutboxVerb.POST, target="C1", body={"text": "!"},
                                     not_before=DUE + timedelta(minutes=1), created_at=DUE + timedelta(minutes=1)))  # fmt: skip

    db.write_now(EVERYWHERE, warn)
    taken = []
    for number in range(50):
        began = time.perf_counter()
        claims = db.write_now(
            EVERYWHERE, lambda uow: outbox.claim(uow.session, owner="p", now=DUE + timedelta(minutes=2), lease=timedelta(hours=1), limit=1, allowance=Allowance(300))
        )  # fmt: skip
        taken.append((time.perf_counter() - began) * 1000)
        assert number or claims[0].row.key == "T1:warning", "what somebody waits for goes first"
        if not claims:
            break
    waiting = db.read_now(EVERYWHERE, lambda uow: len(uow.session.exec(select(col(OutboxRow.id))).all()))
    spent = f"{percentile(taken, 50):.1f} ms (p50), {percentile(taken, 99):.1f} ms (p99)"
    print(f"\nWith {waiting:,} messages waiting, the warning was claimed first; a claim took {spent}.")  # noqa: T201


def ticks(folder: str, series: int, table: Table) -> None:
    """A tick while nothing is due, and clocks followed."""
    db = database(folder, f"ticks{series}", series=series, due=0)
    taken = []
    for _ in range(100):
        began = time.perf_counter()
        assert db.read_now(SCOPE, rounds.due, DUE, limit=1) == []
        taken.append((time.perf_counter() - began) * 1000)
    began = time.perf_counter()
    assert asyncio.run(jobs.follow_clocks(db, SCOPE, DUE)) == 0
    far = (time.perf_counter() - began) * 1000
    began, cpu, after = time.perf_counter(), time.process_time(), 0
    while True:  # the day before all of them come round
        _, begin = db.read_now(SCOPE, scheduling.astray, DUE + timedelta(days=6), after=after)
        if begin is None:
            break
        after = begin
    near = (time.perf_counter() - began) * 1000
    table.row(f"{series:,} series", tick_p50=percentile(taken, 50), tick_p99=percentile(taken, 99), far=far, near=near, near_cpu=(time.process_time() - cpu) * 1000)  # fmt: skip
    db.close()


def reckoning(table: Table) -> None:
    """Next moments in a zone, ours and APScheduler's (which is wrong around daylight saving, but fast or slow all the same)."""
    calendar, turns = Calendar(zone="Europe/Lisbon"), 3000
    rhythm, day, began = Rhythm(Cadence.WEEKLY, date(2027, 1, 18)), date(2027, 1, 18), time.perf_counter()
    for _ in range(turns):
        following = recurrence.after(rhythm, day)
        assert following is not None
        day = following
        recurrence.instant(day, 570, "Europe/Lisbon")
    ours = turns / (time.perf_counter() - began)
    began, day = time.perf_counter(), date(2027, 1, 18)
    for _ in range(turns):
        day += timedelta(days=7)
        recurrence.times(day, 570, calendar, 18 * 60)
    whole = turns / (time.perf_counter() - began)
    trigger = CronTrigger(day_of_week="mon", hour=9, minute=30, timezone=ZoneInfo("Europe/Lisbon"))
    moment, began = datetime(2027, 1, 18, 12, tzinfo=UTC), time.perf_counter()
    for _ in range(turns):
        found = trigger.get_next_fire_time(None, moment)
        assert found is not None
        moment = found + timedelta(minutes=1)
    peer = turns / (time.perf_counter() - began)
    table.row("CronTrigger", a_second=peer)
    table.row("next moment", a_second=ours)
    table.row("asked, reminded, deadline", a_second=whole)


async def main() -> None:
    """All of it; sizes of prompts and of series may be given."""
    prompts, series = (int(word) for word in (sys.argv[1:3] or ("10000", "100000")))
    with tempfile.TemporaryDirectory() as folder:
        table = Table(
            "From a due row to a message in the outbox, without Slack's pace",
            ["a_second", "a_cpu_second", "p50_s", "p99_s"],
        )
        one_by_one(folder, table)
        await asking(folder, prompts, table)
        table.show(peer=f"one by one, {ONE_BY_ONE:,} due")
        table = Table("Rounds that end at the same minute", ["a_second", "a_cpu_second", "statements"])
        for size in (prompts // 100, prompts // 10):
            await closing(folder, size, table)
        table.show(peer=f"{prompts // 100:,} closings")
        table = Table("A tick with nothing due; clocks followed while all rounds are far, or near (milliseconds)",
                      ["tick_p50", "tick_p99", "far", "near", "near_cpu"])  # fmt: skip
        for size in (series // 100, series):
            await asyncio.to_thread(ticks, folder, size, table)
        table.show(peer=f"{series // 100:,} series")
    table = Table("Moments reckoned in a zone", ["a_second"])
    reckoning(table)
    table.show(peer="CronTrigger")
    print(f"Load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.")  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main())
