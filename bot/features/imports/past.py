"""Imports that ran, as they are shown. Pure."""

from dataclasses import dataclass
from datetime import datetime

from storage.imports import ImportRun


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry that stayed, in whole or in part, when its import was taken back."""

    title: str
    why: str


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run of an import, as far as whoever looks may know of it."""

    id: int
    name: str
    started_at: datetime
    new: int
    changed: int
    undone_at: datetime | None = None
    #: Somebody asked that it be taken back, and it is not done yet.
    is_going: bool = False


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking back an import did, as far as whoever looks may know of it."""

    run: PastRun
    withdrawn: int
    changed: int
    #: How many stayed, in whole or in part, and the first of them.
    kept_count: int
    kept: tuple[Kept, ...] = ()
    #: Teams and capabilities that it made and that nobody uses any more.
    teams: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()


def past_run(run: ImportRun, *, with_private: bool) -> PastRun:
    """A run; without the private entries among its counts unless all may be told."""

    def counted(word: str) -> int:
        return run.counts.get(word, 0) - (0 if with_private else run.counts.get(f"private {word}", 0))

    going = run.undo_asked_at is not None and run.undone_at is None
    return PastRun(run.id, run.name, run.started_at, counted("new"), counted("changed"), run.undone_at, going)
