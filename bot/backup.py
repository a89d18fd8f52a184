"""Backups of this process's registry: where they lie, whether last night's is there, and the words about them."""

import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Final

from bot import metrics
from bot.clock import monotonic
from bot.config import OFF, Settings
from bot.errors import Misconfigured
from storage.backup import Backup, BackupFailed, Taken, last_backup, megabytes, rotate, sqlite_file, take
from storage.restore import Restored, put_back

log = logging.getLogger(__name__)

#: When a night's backup is due, in UTC: most workspaces are quiet then.
NIGHTLY: Final = time(3, 15, tzinfo=UTC)
#: Beside the daily ones, the youngest of each of so many weeks stays.
WEEKS: Final = 8
#: Older than this, the youngest backup is a matter for an admin.
LATE: Final = timedelta(hours=26)
#: What the copies of a database are counted by, for people.
_SHOWN: Final = (
    ("initiative", "initiative"),
    ("announcement", "announcement"),
    ("sync", "sync"),
    ("outbox", "message"),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the backups stand, for admins."""

    #: False: none are made here (PostgreSQL, or switched off).
    is_on: bool
    last: Backup | None = None
    #: What the last try said, if it failed; "" if it did not.
    failure: str = ""
    #: The youngest is older than a night and a bit.
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Backups:
    """The backups of one registry."""

    #: The SQLite file; None for PostgreSQL, which is backed up with its own tools.
    source: Path | None
    #: None: switched off.
    folder: Path | None
    #: Days of which one is kept.
    days: int

    @classmethod
    def of(cls, settings: Settings) -> "Backups":
        """As the environment says."""
        source = sqlite_file(settings.database_url)
        named = settings.backup_folder
        beside = source.parent / "backups" if source is not None else None
        folder = None if named == OFF else Path(named).expanduser() if named else beside
        return cls(source, folder, settings.backups_kept)

    def standing(self, *, now: datetime) -> Standing:
        """How they stand. Reads the folder."""
        if self.source is None or self.folder is None:
            return Standing(is_on=False)
        last, failure = last_backup(self.folder, self.source.stem), ""
        with suppress(OSError):
            failure = self._note(self.folder, self.source).read_text()
        return Standing(is_on=True, last=last, failure=failure, is_late=last is not None and now - last.taken_at > LATE)

    def is_due(self, *, since: datetime | None, now: datetime) -> bool:
        """Whether last night's backup is missing. ``since`` is when the registry began: a younger one has missed no night."""
        if self.source is None or self.folder is None or since is None:
            return False
        last = last_backup(self.folder, self.source.stem)
        return max(since, last.taken_at if last is not None else since) < last_night(now)

    def nightly(self, *, since: datetime | None, now: datetime) -> None:
        """Make last night's backup if it is missing and no other process just did; drop the outdated.

        ``since`` as for :meth:`is_due`. A failure is logged, counted and noted for admins; the next call tries again.
        """
        if self.source is None or self.folder is None:
            return
        if self.is_due(since=since, now=now):
            self._make(self.source, self.folder, now=now)
        if (last := last_backup(self.folder, self.source.stem)) is not None:
            metrics.BACKUP_TAKEN.set(last.taken_at.timestamp())

    def _make(self, source: Path, folder: Path, *, now: datetime) -> None:
        try:
            taken = take(source, folder, now=now, since=last_night(now))
        except BackupFailed as fault:
            metrics.BACKUPS.labels("failed").inc()
            log.error("Tonight's backup was not made: %s", fault)  # noqa: TRY400 - the sentence says it all
            with suppress(OSError):
                self._note(folder, source).write_text(str(fault))
            return
        self._note(folder, source).unlink(missing_ok=True)
        if taken is not None:
            gone = rotate(folder, source.stem, days=self.days, weeks=WEEKS, now=now)
            metrics.BACKUPS.labels("made").inc()
            log.info("Backup: %s, %s; %d outdated dropped.", taken.backup.path, megabytes(taken.backup.size), len(gone))

    @staticmethod
    def _note(folder: Path, source: Path) -> Path:
        return folder / f".{source.stem}.failure"


def last_night(now: datetime) -> datetime:
    """The latest moment at which a night's backup was due."""
    tonight = datetime.combine(now.astimezone(UTC).date(), NIGHTLY)
    return tonight if tonight <= now else tonight - timedelta(days=1)


def back_up(settings: Settings, *, to: Path | None, keep: int | None, now: datetime) -> str:
    """`python -m bot backup`: make a copy now; what to tell the person. Only a folder of ours, or with ``keep``, is tidied.

    Raises:
        Misconfigured: no copy was made; says why.
    """
    backups = Backups.of(settings)
    folder = to or backups.folder or Backups.of(settings.model_copy(update={"backup_folder": ""})).folder
    if backups.source is None or folder is None:
        raise Misconfigured(
            'A PostgreSQL registry is backed up with its own tools, or your host\'s: pg_dump --format=custom --file=rowbot.dump "$DATABASE_URL"'
        )
    began = monotonic()
    try:
        taken = take(backups.source, folder, now=now)
        assert taken is not None  # noqa: S101 - it was not asked whether it is due
        gone = (
            rotate(folder, backups.source.stem, days=keep or backups.days, weeks=WEEKS, now=now)
            if to is None or keep
            else []
        )
    except (BackupFailed, OSError) as fault:
        raise Misconfigured(str(fault)) from fault
    return _made(taken, monotonic() - began, [backup.path.name for backup in gone])


def _made(taken: Taken, seconds: float, gone: Iterable[str]) -> str:
    lines = [
        f"{taken.backup.path}",
        f"{megabytes(taken.backup.size)} in {seconds:.1f} s, read back and whole: {_counted(taken.contents.rows)}.",
        f"To go back to it: stop Rowbot, then python -m bot restore {taken.backup.path}",
    ]
    if names := ", ".join(gone):
        lines.insert(2, f"Outdated and dropped: {names}.")
    return "\n".join(lines)


def restore(settings: Settings, source: Path, *, now: datetime) -> str:
    """`python -m bot restore FILE`: put a copy back in the place of the registry; what to tell the person.

    Raises:
        Misconfigured: nothing has changed; says why.
    """
    target = sqlite_file(settings.database_url)
    if target is None:
        raise Misconfigured(
            'A PostgreSQL registry is restored with its own tools, while Rowbot is stopped: pg_restore --clean --if-exists --dbname="$DATABASE_URL" rowbot.dump'
        )
    try:
        return _restored(put_back(source, target, now=now), source, target)
    except BackupFailed as fault:
        raise Misconfigured(str(fault)) from fault


def _restored(restored: Restored, source: Path, target: Path) -> str:
    lines = [f"{target} is what {source} was: {_counted(restored.contents.rows)}."]
    if restored.migrated:
        lines.append(f"Its schema was older ({restored.contents.revision}) and was brought up to date.")
    if restored.doubted.posts:
        lines.append(
            f"{_number(restored.doubted.posts, 'message')} that waited in it will be looked for in Slack before being sent."
        )
    if restored.doubted.left_out:
        lines.append(
            f"{_number(restored.doubted.left_out, 'quiet question')} that waited in it will not be asked again."
        )
    lines.append(
        "Start Rowbot again. What happened in Slack after the backup is not in it; `/rowbot backfill` reads it again."
    )
    if restored.kept is not None:
        lines.append(f"The registry as it was is kept. To go back to it: python -m bot restore {restored.kept}")
    return "\n".join(lines)


def _counted(rows: dict[str, int]) -> str:
    return ", ".join(_number(rows[table], noun) for table, noun in _SHOWN if table in rows) or "no rows"


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
