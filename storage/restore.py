"""Putting a copy of a SQLite registry back in the place of the present one, so that nothing is said twice afterwards.

For a process that has no connection to that registry: closing a file frees every lock that the process holds on it.
"""

import fcntl
import os
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine, update
from sqlalchemy.pool import NullPool
from sqlmodel import Session, func, select

from storage import outbox
from storage.announcements import Announcement, AnnouncementState, Door
from storage.backup import NOWHERE, PARTIAL, PATIENCE, STAMP, BackupFailed, Contents, prove, settle
from storage.channels import Channel
from storage.hours import Away
from storage.initiatives import Initiative
from storage.items import Item, ItemState
from storage.locks import file_lock
from storage.meetings import Meeting, MeetingState, Slot
from storage.migrate import migrate
from storage.rounds import Prompt, PromptState, Round, RoundState
from storage.syncs import Sync, SyncState

#: Where SQLite's connections put their locks in a file (sqlite.org/fileformat2.html, "The Lock-Byte Page"): the first of 510 shared
#: bytes. In WAL mode a connection holds one of them for as long as it is open.
_SHARED_LOCKS: Final = (0x40000002, 510)
#: More than a registry gains between two nightly copies.
GAP: Final = 1_000_000
#: The first bytes of each database.
_MAGIC: Final = b"SQLite format 3\0"
_SIDES: Final = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, and where that is which was there before."""

    #: As the copy had it.
    contents: Contents
    #: The former database; None if there was none.
    kept: Path | None
    #: True if the copy had an older schema and was brought up to date.
    migrated: bool
    #: What the outbox held that may have been sent since the copy was taken.
    doubted: outbox.Doubted


def put_back(source: Path, target: Path, *, now: datetime) -> Restored:
    """Put a copy in the place of a database that nobody uses; the former one is kept beside it.

    The database is a whole one at every moment, the old or the new: a kill in between loses neither.

    Raises:
        BackupFailed: the copy cannot be used, or the database is in use. Nothing has changed.
    """
    if not source.is_file():
        raise BackupFailed(
            f"There is no file {source}. Backups lie in the folder `backups` beside the database, unless ROWBOT_BACKUP_FOLDER says otherwise."
        )
    if target.exists() and source.samefile(target):
        raise BackupFailed(f"{source} is the present database itself; name a copy of it.")
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(f".{target.name}.restoring{PARTIAL}")
    try:
        refuse_if_in_use(target)
        _remove(new)
        _fetch(source, new)
        found = prove(new)
        migrated = migrate(f"sqlite:///{new}")
        doubted = _doubt(new, now=now)
        prove(new)
        settle(new)
        kept = _swap(new, target, now=now)
    except OSError as fault:
        raise BackupFailed(f"{target} cannot be replaced ({fault.strerror or fault}). Nothing has changed.") from fault
    finally:
        _remove(new)
    return Restored(found, kept, migrated, doubted)


def refuse_if_in_use(target: Path) -> None:
    """Ask SQLite's own locks whether anybody has the database open.

    Raises:
        BackupFailed: somebody has.
    """
    if not target.exists():
        return
    with target.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, _SHARED_LOCKS[1], _SHARED_LOCKS[0])
        except OSError as fault:
            raise BackupFailed(
                f"{target} is in use: Rowbot runs on it, or another program has it open. Stop that first, then restore. Nothing has changed."
            ) from fault


def _fetch(source: Path, new: Path) -> None:
    """Copy the file, and the write-ahead log of one that was copied by hand; then both are one."""
    os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    shutil.copyfile(source, new)
    log = source.with_name(source.name + "-wal")
    if log.exists():
        shutil.copyfile(log, new.with_name(new.name + "-wal"))
    if not _is_one_file(new):
        raise BackupFailed(f"{source} is damaged, or no SQLite database at all. Nothing has changed.")


def _doubt(new: Path, *, now: datetime) -> outbox.Doubted:
    """Nobody knows any more what was heard and sent after the copy was taken.

    What waits is looked for in Slack first. What was announced since was answered then, so it is not caught up with: a backfill, which
    answers nothing, brings it in. Ids that were given out since are not given out again.
    """
    engine = create_engine(f"sqlite:///{new}", poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection, Session(bind=connection) as session:
            session.execute(
                update(Channel).values(heard_until=f"{now.timestamp():.6f}", catch_up_to="", caught_down_to="")
            )
            _leave_gap(session, now=now)
            return outbox.doubt_everything(session, now=now)
    finally:
        engine.dispose()


def _leave_gap(session: Session, *, now: datetime) -> None:
    """Keep ids that stand in buttons of messages from coming to mean something else.

    SQLite gives out the largest id plus one, so one row of each kind stays above all that can have been given out. It is of no workspace,
    hence seen by nobody.
    """
    for row in (
        Initiative(
            workspace_id=NOWHERE, title="", folded_title="", version=0, withdrawn_at=now, created_at=now, updated_at=now
        ),
        Announcement(
            workspace_id=NOWHERE,
            channel_id="",
            ts=f"{now.timestamp():.6f}",
            door=Door.FORM,
            state=AnnouncementState.DELETED,
            created_at=now,
            updated_at=now,
        ),
    ):
        row.id = (session.exec(select(func.max(type(row).id))).one() or 0) + GAP
        session.add(row)
    session.flush()
    _leave_gap_of_syncs(session, now=now)


def _leave_gap_of_syncs(session: Session, *, now: datetime) -> None:
    """The same for check-ins, whose buttons hold the ids of the series or of the prompt. Over and answered by nobody: never due."""
    day = now.date()
    sync = Sync(
        workspace_id=NOWHERE, topic="", first_on=day, at_minute=0, state=SyncState.ENDED, created_at=now, updated_at=now
    )
    turn = Round(
        workspace_id=NOWHERE, sync_id=0, number=0, on_day=day, state=RoundState.CLOSED, opened_at=now, closes_at=now
    )
    prompt = Prompt(
        workspace_id=NOWHERE,
        round_id=0,
        person_id="",
        state=PromptState.MISSED,
        due_at=now,
        remind_at=now,
        deadline_at=now,
    )
    for row in (sync, turn, prompt):
        row.id = (session.exec(select(func.max(type(row).id))).one() or 0) + GAP
        turn.sync_id, prompt.round_id = sync.id or 0, turn.id or 0
        session.add(row)
        session.flush()
    _leave_gap_beside(session, sync, prompt, now=now)


def _leave_gap_beside(session: Session, sync: Sync, prompt: Prompt, *, now: datetime) -> None:
    """The same for meetings with their moments, for what is waited for, and for days off."""
    meeting = Meeting(
        workspace_id=NOWHERE, sync_id=sync.id, number=0, state=MeetingState.CALLED_OFF, uid="", created_at=now, updated_at=now
    )  # fmt: skip
    slot = Slot(workspace_id=NOWHERE, meeting_id=0, starts_at=now)
    item = Item(
        workspace_id=NOWHERE, sync_id=sync.id, prompt_id=prompt.id, waiter_id="", state=ItemState.WITHDRAWN, created_at=now, updated_at=now
    )  # fmt: skip
    days = Away(
        workspace_id=NOWHERE, person_id="", first_on=now.date(), last_on=now.date(), created_at=now, ended_at=now
    )
    for row in (meeting, slot, item, days):
        row.id = (session.exec(select(func.max(type(row).id))).one() or 0) + GAP
        slot.meeting_id = meeting.id
        session.add(row)
        session.flush()


def _swap(new: Path, target: Path, *, now: datetime) -> Path | None:
    # Under this lock no Rowbot writes, checkpoints or opens its writer, which is the first thing that a starting one does.
    with file_lock(target.with_name(target.name + ".lock")):
        if not target.exists():
            new.replace(target)
            settle(target.parent)
            return None
        refuse_if_in_use(target)
        kept = _free_name(target, now)
        if not _is_one_file(target):
            # Damaged: what cannot be merged stays beside it under its new name, and never beside the new database.
            for side in _SIDES:
                with suppress(FileNotFoundError):
                    target.with_name(target.name + side).replace(kept.with_name(kept.name + side))
        try:
            os.link(target, kept)
        except OSError:  # a file system without links
            shutil.copy2(target, kept)
            settle(kept)
        new.replace(target)
        settle(target.parent)
        return kept


def _is_one_file(target: Path) -> bool:
    """Merge the write-ahead log into a database that nobody uses; False if it is too damaged for that."""
    with target.open("rb") as file:
        if file.read(len(_MAGIC)) not in (_MAGIC, b""):
            return False  # SQLite would take a log beside it for a stranger's, and delete it
    try:
        with closing(sqlite3.connect(target, timeout=PATIENCE, isolation_level=None)) as connection:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    except sqlite3.Error:
        return False
    return bool(mode == "delete")


def _free_name(target: Path, now: datetime) -> Path:
    while (
        path := target.with_name(f"{target.stem}-before-{now.astimezone(UTC).strftime(STAMP)}{target.suffix}")
    ).exists():
        now += timedelta(seconds=1)
    return path


def _remove(path: Path) -> None:
    for side in ("", ".lock", *_SIDES):
        path.with_name(path.name + side).unlink(missing_ok=True)
