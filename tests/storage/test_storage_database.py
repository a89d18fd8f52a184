"""The only transactions: each unit whole or not at all, and nobody is told "done" before the disk has it."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import text
from sqlmodel import select

from storage.database import Database, StoreUnavailable, normalise
from storage.migrate import migrate
from storage.unit_of_work import Scope, UnitOfWork
from storage.workspaces import Workspace
from tests.world import NOW, ROOT

MACHINE: Final = Scope("")


def add(uow: UnitOfWork, name: str) -> str:
    """Put a workspace in."""
    uow.session.add(Workspace(id=name, created_at=NOW))
    uow.session.flush()
    return name


def add_and_fail(uow: UnitOfWork, name: str) -> str:
    """Put a workspace in and think better of it."""
    add(uow, name)
    raise LookupError(name)


def names(uow: UnitOfWork) -> list[str]:
    """Every workspace."""
    return sorted(uow.session.exec(select(Workspace.id)))


def hold(db: Database) -> Callable[[], None]:
    """Keep the writer busy, so that what is submitted meanwhile shares a commit; call the result to let go."""
    begun, go = threading.Event(), threading.Event()

    def unit(uow: UnitOfWork) -> None:
        begun.set()
        go.wait(20)

    db.submit(MACHINE, unit)
    assert begun.wait(20)
    return go.set


@pytest.fixture
def sqlite(tmp_path: Path) -> Any:
    """A SQLite store."""
    url = f"sqlite:///{tmp_path / 'rowbot.db'}"
    migrate(url)
    db = Database(url)
    yield db
    db.close()


def test_a_unit_that_fails_leaves_the_others_of_its_group(db: Database) -> None:
    let_go = hold(db)
    futures = [db.submit(MACHINE, add_and_fail if number % 3 == 0 else add, f"W{number}") for number in range(9)]
    let_go()
    wait(futures)
    assert [isinstance(future.exception(), LookupError) for future in futures] == [
        number % 3 == 0 for number in range(9)
    ]
    assert db.read_now(MACHINE, names) == ["W1", "W2", "W4", "W5", "W7", "W8"]


def test_a_unit_whose_statement_the_database_refuses_leaves_the_others_of_its_group(db: Database) -> None:
    let_go = hold(db)
    good = db.submit(MACHINE, add, "good")
    bad = db.submit(MACHINE, lambda uow: uow.session.execute(text("SELECT * FROM no_such_table")))
    twice = db.submit(MACHINE, add, "good")
    last = db.submit(MACHINE, add, "last")
    let_go()
    wait({good, twice, last})
    assert bad.exception() is not None
    (refused,) = [future.exception() for future in (good, twice) if future.exception() is not None]
    assert "UNIQUE" in str(refused).upper()
    assert last.result() == "last"
    assert db.read_now(MACHINE, names) == ["good", "last"]


def test_a_full_disk_fails_every_unit_of_the_group_and_the_store_works_again_afterwards(sqlite: Database) -> None:
    undone: list[bool] = []
    sqlite.on_rollback(lambda: undone.append(True))
    pages = sqlite.write_now(MACHINE, lambda uow: uow.session.execute(text("PRAGMA page_count")).scalar_one())
    sqlite.write_now(MACHINE, lambda uow: uow.session.execute(text(f"PRAGMA max_page_count = {pages + 2}")).all())
    let_go = hold(sqlite)
    small = [sqlite.submit(MACHINE, add, f"small{number}") for number in range(3)]
    large = sqlite.submit(
        MACHINE,
        lambda uow: uow.session.execute(
            text("INSERT INTO workspace VALUES ('large', :x, '', 0, '{}', 0)"), {"x": "x" * 100_000}
        ),
    )
    after = sqlite.submit(MACHINE, add, "after")
    let_go()
    wait({*small, after})
    assert isinstance(large.exception(), StoreUnavailable)
    told_done = [future.result() for future in (*small, after) if future.exception() is None]
    assert sqlite.read_now(MACHINE, names) == sorted(told_done)
    if len(told_done) < 4:
        assert undone
    sqlite.write_now(MACHINE, lambda uow: uow.session.execute(text("PRAGMA max_page_count = 1073741823")).all())
    sqlite.write_now(MACHINE, add, "again")
    assert "again" in sqlite.read_now(MACHINE, names)


_FULL: Final = """
import resource, signal, sys
from concurrent.futures import wait
from storage.database import Database, StoreUnavailable
from storage.unit_of_work import Scope
from storage.workspaces import Workspace
from datetime import UTC, datetime

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
db = Database(sys.argv[1])

def add(uow, name):
    uow.session.add(Workspace(id=name, name="x" * 3000, created_at=datetime.now(UTC)))

_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
futures = {f"W{number}": db.submit(Scope(""), add, f"W{number}") for number in range(600)}
wait(futures.values())
done = {name for name, future in futures.items() if future.exception() is None}
assert all(isinstance(future.exception(), StoreUnavailable) for name, future in futures.items() if name not in done)
assert 0 < len(done) < 600, len(done)
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
db.write_now(Scope(""), add, "afterwards")
db.close()
print("\\n".join(sorted(done | {"afterwards"})))
"""


def test_what_was_told_done_before_the_disk_was_full_is_there_and_nothing_else(tmp_path: Path) -> None:
    """The file may grow no further (RLIMIT_FSIZE), as on a full disk: COMMIT itself fails."""
    url = f"sqlite:///{tmp_path / 'rowbot.db'}"
    migrate(url)
    ended = subprocess.run(
        [sys.executable, "-c", _FULL, url],
        cwd=ROOT,
        env={"PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    with sqlite3.connect(tmp_path / "rowbot.db") as file:
        assert sorted(name for (name,) in file.execute("SELECT id FROM workspace")) == ended.stdout.split()
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    file.close()


def test_who_reads_cannot_write(db: Database) -> None:
    with pytest.raises(StoreUnavailable, match=r"(?i)read.?only"):
        db.read_now(MACHINE, add, "W1")
    assert db.read_now(MACHINE, names) == []
    db.write_now(MACHINE, add, "W2")
    assert db.read_now(MACHINE, names) == ["W2"]


_WRITE: Final = """
import sys
from concurrent.futures import wait
from storage.database import Database
from storage.unit_of_work import Scope
from storage.workspaces import Workspaces

db = Database(sys.argv[1])
futures = [db.submit(Scope("T1"), lambda uow: uow.workspaces.raise_version()) for _ in range(300)]
print("\\n".join(str(future.result()) for future in futures))
db.close()
"""


def test_two_processes_that_write_at_once_lose_nothing_and_count_in_commit_order(db: Database) -> None:
    db.write_now(Scope("T1"), lambda uow: uow.workspaces.ensure(now=NOW))
    others = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITE, db.url], cwd=ROOT, env={"PYTHONPATH": "."}, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    taken = [int(line) for other in others for line in other.communicate(timeout=60)[0].split()]
    assert sorted(taken) == list(range(1, 601))
    assert db.read_now(Scope("T1"), lambda uow: uow.workspaces.version()) == 600


def test_a_unit_that_changed_the_registry_and_failed_lets_indexes_know(db: Database) -> None:
    db.write_now(Scope("T1"), lambda uow: uow.workspaces.ensure(now=NOW))
    undone: list[bool] = []
    db.on_rollback(lambda: undone.append(True))
    with pytest.raises(LookupError):
        db.write_now(Scope("T1"), add_and_fail, "W1")
    assert undone == []

    def change_and_fail(uow: UnitOfWork) -> None:
        uow.workspaces.raise_version()
        raise LookupError

    with pytest.raises(LookupError):
        db.write_now(Scope("T1"), change_and_fail)
    assert undone == [True]


def test_a_listener_that_fails_stops_nobody(db: Database) -> None:
    def fail() -> None:
        raise RuntimeError("no loop")

    heard: list[bool] = []
    db.on_enqueued(fail)
    db.on_enqueued(lambda: heard.append(True))

    def enqueue(uow: UnitOfWork) -> int:
        uow.session.info["enqueued"] = True
        return 1

    assert [db.write_now(MACHINE, enqueue) for _ in range(2)] == [1, 1]
    assert heard == [True, True]


async def test_a_closed_store_says_so(db: Database) -> None:
    future: Future[str] = db.submit(MACHINE, add, "last")
    await asyncio.to_thread(db.close)
    assert future.result() == "last"
    db.close()
    for act in (lambda: db.submit(MACHINE, add, "x"), lambda: db.read_now(MACHINE, names), db.ping):
        with pytest.raises(StoreUnavailable):
            act()
    with pytest.raises(StoreUnavailable):
        await db.write(MACHINE, add, "x")
    with pytest.raises(StoreUnavailable):
        await db.read(MACHINE, names)


async def test_who_stops_waiting_does_not_stop_the_writer(db: Database) -> None:
    let_go = hold(db)
    waiting = asyncio.create_task(db.write(MACHINE, add, "W1"))
    await asyncio.sleep(0.05)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    let_go()
    assert await db.write(MACHINE, add, "W2") == "W2"


def test_a_database_that_is_not_there_is_a_sentence() -> None:
    db = Database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(StoreUnavailable, match="did not answer"):
        db.ping()
    with pytest.raises(StoreUnavailable):
        db.write_now(MACHINE, add, "W1")
    db.close()


def test_urls_as_hosts_write_them_mean_psycopg() -> None:
    assert normalise("postgres://u@h/d") == normalise("postgresql://u@h/d") == "postgresql+psycopg://u@h/d"
    assert normalise("sqlite:///x.db") == "sqlite:///x.db"
