"""The engine for SQLite or PostgreSQL, and the only transactions: ``write(scope, unit)`` and ``read(scope, unit)``.

Units are plain synchronous functions that take a :class:`UnitOfWork` first. On SQLite one thread writes, many units to a
commit, each in its savepoint, under a lock file that other processes respect; a few threads read. On PostgreSQL a pool of
threads does both. A unit's future is resolved only after COMMIT has returned.
"""

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlmodel import Session

from storage.locks import file_lock
from storage.unit_of_work import Scope, UnitOfWork
from storage.workspaces import REGISTRY_CHANGED

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
Unit = Callable[Concatenate[UnitOfWork, P], T]

#: Units that may share one SQLite commit. More would only make the first of them wait longer.
GROUP: Final = 64
READERS: Final = 4
POSTGRES_POOL: Final = 6
#: Deadlocks and serialisation failures are tried again this often before anybody hears of them.
POSTGRES_TRIES: Final = 3
POSTGRES_RETRY_STATES: Final = frozenset({"40001", "40P01"})
#: psycopg files these under other classes of error, yet they mean "not now": read-only (a fail-over), shutting down.
POSTGRES_AWAY_STATES: Final = frozenset({"25006", "57P01", "57P02", "57P03"})


class StoreUnavailable(Exception):
    """Nothing could be written or read just now: busy, full or unreachable. Nothing was kept of the unit."""


class Database:
    """The store. Open it once a process; close it before the process ends."""

    def __init__(
        self, url: str, *, reach: Callable[[str], None] = lambda _point: None, survives_power_cut: bool = True
    ) -> None:
        """Open the database of a URL (``sqlite:///path`` or ``postgresql://…``).

        ``survives_power_cut=False`` (SQLite): a commit does not wait for the disk. A crash of the machine may cost the last moments and
        breaks nothing; a crash of the program costs nothing.

        ``reach`` is told each point at which the process may die: ``commit:<unit>:before`` and ``…:after``.
        """
        self.url = normalise(url)
        self._reach = reach
        self._on_enqueued: list[Callable[[], None]] = []
        self._on_rollback: list[Callable[[], None]] = []
        parsed = make_url(self.url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self._closed = False
        self._closing = threading.Lock()
        if self.is_sqlite:
            path = Path(parsed.database or "")
            path.parent.mkdir(parents=True, exist_ok=True)
            self.lock_path = path.with_name(path.name + ".lock")
            self._writer_engine = _sqlite_engine(
                self.url, writer=True, synchronous="FULL" if survives_power_cut else "NORMAL"
            )
            self._reader_engine = _sqlite_engine(self.url, writer=False)
            self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
            self._writer = threading.Thread(target=self._write_forever, name="sqlite-writer", daemon=True)
            self._writer.start()
            self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="sqlite-reader")
        else:
            self._writer_engine = _postgres_engine(self.url)
            self._reader_engine = self._writer_engine.execution_options(postgresql_readonly=True)
            self._pool = ThreadPoolExecutor(POSTGRES_POOL, thread_name_prefix="postgres")

    def on_enqueued(self, listener: Callable[[], None]) -> None:
        """Call this (in a database thread) after each commit that put messages into the outbox."""
        self._on_enqueued.append(listener)

    def on_rollback(self, listener: Callable[[], None]) -> None:
        """Call this (in a database thread) when something that units had already read, their own changes or others', was undone."""
        self._on_rollback.append(listener)

    async def write(self, scope: Scope, unit: Unit[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a unit in a transaction of its own and commit; its result once it is on disk.

        Raises:
            StoreUnavailable: the database is busy, full or unreachable; nothing was kept.
            Exception: whatever the unit raised; nothing was kept.
        """
        return await asyncio.wrap_future(self.submit(scope, unit, *args, **kwargs))

    def write_now(self, scope: Scope, unit: Unit[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As ``write``, for the command line: blocks the calling thread."""
        return self.submit(scope, unit, *args, **kwargs).result()

    async def read(self, scope: Scope, unit: Unit[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a unit that only reads.

        Raises:
            StoreUnavailable: the database cannot be read now.
        """
        return await asyncio.wrap_future(self._submit_read(scope, lambda uow: unit(uow, *args, **kwargs)))

    def read_now(self, scope: Scope, unit: Unit[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As ``read``, for the command line: blocks the calling thread."""
        return self._submit_read(scope, lambda uow: unit(uow, *args, **kwargs)).result()

    def submit(self, scope: Scope, unit: Unit[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Queue a unit for writing; the future is resolved after its COMMIT."""
        future: Future[T] = Future()
        job = _Job(scope, lambda uow: unit(uow, *args, **kwargs), future, getattr(unit, "__name__", "unit"))
        with self._closing:
            self._refuse_if_closed()
            if self.is_sqlite:
                self._queue.put(job)
            else:
                self._pool.submit(self._write_postgres, job)
        return future

    def _submit_read(self, scope: Scope, run: Callable[[UnitOfWork], T]) -> Future[T]:
        with self._closing:
            self._refuse_if_closed()
            return self._pool.submit(self._read, scope, run)

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise StoreUnavailable("The store is closed: Rowbot is stopping.")

    def close(self) -> None:
        """Finish what is queued, then close every connection (the last SQLite one checkpoints, so under the lock)."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            if self.is_sqlite:
                self._queue.put(None)
        if self.is_sqlite:
            self._writer.join()
        self._pool.shutdown(wait=True)
        with self._process_lock():
            self._reader_engine.dispose()
            self._writer_engine.dispose()

    def ping(self) -> None:
        """Raise StoreUnavailable unless the database answers."""
        self.read_now(Scope(""), _select_one)

    # --- SQLite: one writer, many units to a commit -------------------------------------------------------------

    def _write_forever(self) -> None:
        stopping = False
        while not stopping:
            jobs = [self._queue.get()]
            while len(jobs) < GROUP:
                try:
                    jobs.append(self._queue.get_nowait())
                except queue.Empty:
                    break
            stopping = None in jobs
            group = [job for job in jobs if job is not None and job.future.set_running_or_notify_cancel()]
            if group:
                self._write_group(group)

    def _write_group(self, jobs: list["_Job"]) -> None:
        done: list[_Job] = []
        try:
            with self._process_lock(), self._writer_engine.connect() as connection, connection.begin():
                done.extend(job for job in jobs if self._run_in_savepoint(connection, job))
                for job in done:
                    self._reach(f"commit:{job.name}:before")
        except BaseException as fault:  # noqa: BLE001 - each waiting unit must hear of it, whatever it was
            _tell(self._on_rollback)
            unavailable = StoreUnavailable(f"The database could not keep that: {_reason(fault)}")
            unavailable.__cause__ = fault
            for job in jobs:
                if not job.future.done():
                    job.future.set_exception(unavailable)
            return
        self._settle(done)

    def _run_in_savepoint(self, connection: Connection, job: "_Job") -> bool:
        session = Session(bind=connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
        try:
            job.result = job.run(UnitOfWork(session, job.scope))
            session.commit()
        except BaseException as fault:
            if not _in_transaction(connection):
                # Full disk and the like end the whole transaction: nobody in this group may be told "done".
                session.close()
                raise
            session.rollback()
            session.close()
            self._tell_of_rollback(session)
            job.future.set_exception(_unavailable_if_operational(fault))
            return False
        job.enqueued = bool(session.info.get("enqueued"))
        session.expunge_all()
        session.close()
        return True

    # --- PostgreSQL: a pool ------------------------------------------------------------------------------------

    def _write_postgres(self, job: "_Job") -> None:
        if not job.future.set_running_or_notify_cancel():
            return
        for attempt in range(1, POSTGRES_TRIES + 1):
            session = Session(self._writer_engine, expire_on_commit=False)
            try:
                with session:
                    job.result = job.run(UnitOfWork(session, job.scope))
                    session.flush()
                    self._reach(f"commit:{job.name}:before")
                    session.commit()
                    job.enqueued = bool(session.info.get("enqueued"))
                    session.expunge_all()
            except DBAPIError as fault:
                _tell(self._on_rollback)
                if getattr(fault.orig, "sqlstate", None) in POSTGRES_RETRY_STATES and attempt < POSTGRES_TRIES:
                    time.sleep(0.02 * attempt)
                    continue
                job.future.set_exception(_unavailable_if_operational(fault))
                return
            except BaseException as fault:  # noqa: BLE001 - goes to whoever waits for the unit
                self._tell_of_rollback(session)
                job.future.set_exception(fault)
                return
            break
        self._settle([job])

    # --- both --------------------------------------------------------------------------------------------------

    def _tell_of_rollback(self, session: Session) -> None:
        """A unit that changed the registry and then failed: what was read inside it never happened."""
        if session.info.get(REGISTRY_CHANGED):
            _tell(self._on_rollback)

    def _settle(self, done: list["_Job"]) -> None:
        for job in done:
            self._reach(f"commit:{job.name}:after")
        if any(job.enqueued for job in done):
            _tell(self._on_enqueued)
        for job in done:
            job.future.set_result(job.result)

    def _read(self, scope: Scope, run: Callable[[UnitOfWork], T]) -> T:
        try:
            with Session(self._reader_engine, expire_on_commit=False) as session:
                result = run(UnitOfWork(session, scope))
                session.expunge_all()
                return result
        except DBAPIError as fault:
            raise _unavailable_if_operational(fault) from fault

    @contextmanager
    def _process_lock(self) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        with file_lock(self.lock_path):
            yield


class _Job:
    """A unit that waits to be written."""

    __slots__ = ("enqueued", "future", "name", "result", "run", "scope")

    def __init__(self, scope: Scope, run: Callable[[UnitOfWork], Any], future: Future[Any], name: str) -> None:
        self.scope, self.run, self.future, self.name = scope, run, future, name
        self.result: Any = None
        self.enqueued = False


def normalise(url: str) -> str:
    """The SQLAlchemy URL of a database URL as hosts write it (``postgres://`` and ``postgresql://`` mean psycopg)."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _sqlite_engine(url: str, *, writer: bool, synchronous: str = "FULL") -> Engine:
    engine = create_engine(url, pool_size=1 if writer else READERS, max_overflow=0,
                           connect_args={"check_same_thread": False, "timeout": 10, "isolation_level": None})  # fmt: skip

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection
        cursor = connection.cursor()
        mode = cursor.execute("PRAGMA journal_mode=WAL").fetchone()[0] if writer else "wal"
        if mode != "wal":
            raise StoreUnavailable(
                f"SQLite would not use a write-ahead log for {url} (it says {mode!r}). Is it on a network disk?"
            )
        for pragma in (f"synchronous={synchronous}", "foreign_keys=ON", "temp_store=MEMORY", "cache_size=-16000",
                       "journal_size_limit=67108864", "wal_autocheckpoint=1000"):  # fmt: skip
            cursor.execute(f"PRAGMA {pragma}")
        if not writer:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # The driver's own BEGIN would be deferred: a read that turns into a write fails at once when another writes.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")

    return engine


def _postgres_engine(url: str) -> Engine:
    options = "-c statement_timeout=10000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000"
    return create_engine(url, pool_size=POSTGRES_POOL, max_overflow=4, pool_pre_ping=True,
                         connect_args={"application_name": "rowbot", "options": options, "connect_timeout": 5})  # fmt: skip


def _tell(listeners: list[Callable[[], None]]) -> None:
    """Call each; one that fails is logged: the thread that writes for everybody must not end by it."""
    for listener in listeners:
        try:
            listener()
        except Exception:
            log.exception("A listener of the store failed")


def _in_transaction(connection: Connection) -> bool:
    """Whether SQLite still holds the transaction open; some errors make it roll back everything by itself."""
    driver: Any = connection.connection.dbapi_connection
    return bool(driver is not None and driver.in_transaction)


def _select_one(uow: UnitOfWork) -> None:
    uow.session.execute(text("SELECT 1"))


def _unavailable_if_operational(fault: BaseException) -> BaseException:
    away = isinstance(fault, DBAPIError) and getattr(fault.orig, "sqlstate", None) in POSTGRES_AWAY_STATES
    if not (away or isinstance(fault, OperationalError | InterfaceError)):
        return fault
    unavailable = StoreUnavailable(f"The database did not answer: {_reason(fault)}")
    unavailable.__cause__ = fault
    return unavailable


def _reason(fault: BaseException) -> str:
    return str(getattr(fault, "orig", None) or fault).strip().splitlines()[0]
