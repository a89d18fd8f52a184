"""Copies of a SQLite registry: taken while it is written to, proved before they count, kept by age.

A copy is `<database's name>-<UTC time>.db`, whole by itself and readable by its owner only. PostgreSQL has better tools of its own.
"""

import errno
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session, col, select

from storage.locks import file_lock
from storage.migrate import HEAD, MIGRATIONS
from storage.workspaces import Workspace

#: Nothing of the last day is ever dropped: whoever makes two copies before an update wants both.
UNTOUCHED: Final = timedelta(days=1)
#: Of these nothing is ever deleted, so a copy cannot hold fewer than there were before it, nor more than there are after it.
LASTING: Final = ("workspace", "initiative", "announcement")
#: The workspace of rows that are nobody's (see `storage.restore`); they are not counted.
NOWHERE: Final = ""
#: Seconds to wait for SQLite's own locks.
PATIENCE: Final = 10.0
STAMP: Final = "%Y%m%dT%H%M%SZ"
PARTIAL: Final = ".partial"
_STAMPED: Final = re.compile(r"(?P<stem>.+)-(?P<stamp>\d{8}T\d{6}Z)\.db")


class BackupFailed(Exception):
    """No copy was made or put back; the sentence says why, and that nothing else has changed."""


@dataclass(frozen=True, slots=True)
class Backup:
    """One copy that lies in a folder."""

    path: Path
    taken_at: datetime
    #: Bytes.
    size: int


@dataclass(frozen=True, slots=True)
class Contents:
    """What a proved copy holds: the revision of its schema, and rows by table."""

    revision: str
    rows: dict[str, int]


@dataclass(frozen=True, slots=True)
class Taken:
    """A copy that was just made and proved."""

    backup: Backup
    contents: Contents


def sqlite_file(url: str) -> Path | None:
    """The file of a database URL; None for PostgreSQL, and for what is no URL."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return None
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        return None
    return Path(parsed.database)


def backups(folder: Path, stem: str) -> list[Backup]:
    """The copies of one database in a folder, the youngest first; none if the folder is not there."""
    found = []
    with suppress(FileNotFoundError):
        for path in folder.iterdir():
            named = _STAMPED.fullmatch(path.name)
            if named is None or named["stem"] != stem:
                continue
            with suppress(ValueError, FileNotFoundError):  # no date; or rotated away just now
                taken_at = datetime.strptime(named["stamp"], STAMP).replace(tzinfo=UTC)
                found.append(Backup(path, taken_at, path.stat().st_size))
    return sorted(found, key=lambda backup: backup.taken_at, reverse=True)


def began(session: Session) -> datetime | None:
    """When the first workspace joined; None for an empty registry."""
    return session.exec(select(Workspace.created_at).order_by(col(Workspace.created_at)).limit(1)).first()


def last_backup(folder: Path, stem: str) -> Backup | None:
    """The youngest copy of a database in a folder."""
    return next(iter(backups(folder, stem)), None)


def take(source: Path, folder: Path, *, now: datetime, since: datetime | None = None) -> Taken | None:
    """Copy a database into a folder while others write to it, and prove the copy.

    With ``since``: None if somebody has made a copy after that moment; any number of processes may ask at once, one makes it.

    Raises:
        BackupFailed: nothing was left behind, and every older copy stands.
    """
    if not source.is_file():
        raise BackupFailed(f"There is no database at {source}, so there is nothing to back up.")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with file_lock(folder / f".{source.stem}.lock"):
            latest = last_backup(folder, source.stem)
            if since is not None and latest is not None and latest.taken_at >= since:
                return None
            for left in folder.glob(f".{source.stem}-*{PARTIAL}*"):  # of a process that was killed: the lock is ours
                left.unlink(missing_ok=True)
            return _take(source, folder, now=now)
    except OSError as fault:
        raise BackupFailed(f"Nothing can be written to {folder} ({fault.strerror or fault}).") from fault


def _take(source: Path, folder: Path, *, now: datetime) -> Taken:
    final = _free_name(folder, source.stem, now)
    partial = folder / f".{final.name}{PARTIAL}"
    try:
        before, after = copy(source, partial)
        contents = prove(partial)
        for table in LASTING:
            low, high = sorted((before.get(table, 0), after.get(table, 0)))
            if not low <= contents.rows.get(table, 0) <= high:
                raise BackupFailed(
                    f"The copy of {source} holds {contents.rows.get(table, 0)} rows of {table} where {low} were expected. It was thrown away."
                )
        settle(partial)
        partial.replace(final)
        settle(folder)
    finally:
        for left in (partial, partial.with_name(f"{partial.name}-journal")):
            left.unlink(missing_ok=True)
    return Taken(Backup(final, now.replace(microsecond=0), final.stat().st_size), contents)


def copy(source: Path, target: Path) -> tuple[dict[str, int], dict[str, int]]:
    """Write the database as it is at one moment into a new file; rows of the lasting tables right before and right after.

    Writers go on meanwhile: a reader of a write-ahead log stands in nobody's way.

    Raises:
        BackupFailed: the database cannot be read, or there is no room; the new file is to be thrown away.
    """
    try:
        os.close(
            os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        )  # SQLite fills an empty file, and keeps its mode
        with _reader(source) as connection:
            needed = _value(connection, "PRAGMA page_count") * _value(connection, "PRAGMA page_size")
            free = shutil.disk_usage(target.parent).free
            if free < needed:
                raise BackupFailed(_no_room(target.parent, needed, free))
            before = _lasting(connection)
            connection.execute("VACUUM INTO ?", (str(target),))
            return before, _lasting(connection)
    except (sqlite3.Error, OSError) as fault:
        if getattr(fault, "sqlite_errorname", "") == "SQLITE_FULL" or getattr(fault, "errno", 0) in (
            errno.ENOSPC,
            errno.EDQUOT,
        ):
            raise BackupFailed(
                _no_room(target.parent, source.stat().st_size, shutil.disk_usage(target.parent).free)
            ) from fault
        raise BackupFailed(f"{source} cannot be copied to {target.parent}: {fault}.") from fault


def prove(path: Path) -> Contents:
    """Read a copy from end to end and say what it holds.

    Raises:
        BackupFailed: it is damaged, no database of Rowbot's, or written by a newer Rowbot.
    """
    try:
        # Immutable: nothing but the file itself is read, and nothing is left beside it.
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            faults = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
            if faults != ["ok"]:
                raise BackupFailed(f"{path} is damaged: {'; '.join(faults)}.")
            tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            if "alembic_version" not in tables:
                raise BackupFailed(f"{path} is no database of Rowbot's.")
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            rows = {
                table: _count(connection, table) for table in tables if not table.startswith(("sqlite_", "alembic_"))
            }
    except sqlite3.Error as fault:
        raise BackupFailed(f"{path} cannot be read as a database: {fault}.") from fault
    if revision is None or revision[0] not in known_revisions():
        raise BackupFailed(
            f"{path} is at revision {revision[0] if revision else '(none)'}, which this version of Rowbot does not know (it knows up to {HEAD}). "
            "Use the version that wrote it, or a newer one."
        )
    return Contents(revision[0], rows)


def known_revisions() -> frozenset[str]:
    """Every revision that this version can bring up to date; the files of the migrations begin with theirs."""
    return frozenset(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def outdated(found: Sequence[Backup], *, days: int, weeks: int, now: datetime) -> list[Backup]:
    """The copies to drop: of each of the last ``days`` days and ``weeks`` weeks that have any, the youngest stays.

    Everything of the last 24 hours stays, and so does the youngest of all, however old it is. Pure.
    """
    youngest_first = sorted(found, key=lambda backup: backup.taken_at, reverse=True)
    kept = {backup.path for backup in youngest_first[:1]} | {
        b.path for b in youngest_first if now - b.taken_at < UNTOUCHED
    }
    by_day: dict[date, Path] = {}
    by_week: dict[tuple[int, int], Path] = {}
    for backup in youngest_first:
        by_day.setdefault(backup.taken_at.date(), backup.path)
        by_week.setdefault(backup.taken_at.isocalendar()[:2], backup.path)
    kept.update([*by_day.values()][:days], [*by_week.values()][:weeks])
    return [backup for backup in youngest_first if backup.path not in kept]


def rotate(folder: Path, stem: str, *, days: int, weeks: int, now: datetime) -> list[Backup]:
    """Drop the copies that have had their day; which. Call it only after a good copy was made."""
    gone = outdated(backups(folder, stem), days=days, weeks=weeks, now=now)
    for backup in gone:
        backup.path.unlink(missing_ok=True)
    return gone


def settle(path: Path) -> None:
    """Wait until a file's (or a folder's) contents are on the disk itself."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _reader(source: Path) -> Iterator[sqlite3.Connection]:
    """A connection that will only read. Opening it may recover a log and closing it may checkpoint one, so both are done under the lock."""
    lock = source.with_name(source.name + ".lock")
    with file_lock(lock):
        connection = sqlite3.connect(source, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error:
            connection.close()
            raise
    try:
        yield connection
    finally:
        with file_lock(lock):
            connection.close()


def _free_name(folder: Path, stem: str, now: datetime) -> Path:
    while (path := folder / f"{stem}-{now.astimezone(UTC).strftime(STAMP)}.db").exists():
        now += timedelta(seconds=1)
    return path


def _lasting(connection: sqlite3.Connection) -> dict[str, int]:
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return {table: _count(connection, table) for table in LASTING if table in tables}


def _count(connection: sqlite3.Connection, table: str) -> int:
    anybodys = f" WHERE workspace_id <> '{NOWHERE}'" if table in ("initiative", "announcement") else ""
    return _value(connection, f'SELECT count(*) FROM "{table}"{anybodys}')  # noqa: S608 - a name from the schema itself


def _value(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])


def _no_room(folder: Path, needed: int, free: int) -> str:
    return (
        f"There is no room for a copy in {folder}: it takes {megabytes(needed)}, {megabytes(free)} are free. "
        "Nothing was left behind, and older copies stand."
    )


def megabytes(size: int) -> str:
    """A size for people."""
    return f"{size / 1_000_000:.1f} MB"
