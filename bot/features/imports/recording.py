"""What a run of an import did, written down in the transactions that did it, so that it can be taken back."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from storage.imports import ImportRun
from storage.unit_of_work import UnitOfWork


def remember(uow: UnitOfWork, run_id: int | None, name: str, *, now: datetime) -> ImportRun:
    """The run of an import: the one of this id, else a new one under the file's name."""
    run = uow.imports.get(run_id) if run_id is not None else None
    return run or uow.imports.add(ImportRun(workspace_id=uow.workspace_id, name=name, started_at=now))


def count(run: ImportRun, counts: Mapping[str, int]) -> None:
    """Add what a batch did to the run's counts."""
    run.counts = run.counts | {word: run.counts.get(word, 0) + number for word, number in counts.items()}


def note_made(run: ImportRun, **made: Iterable[Any]) -> None:
    """Add to what a run made beside entries."""
    if any(made.values()):
        run.made = {**run.made, **{name: [*run.made.get(name, []), *found] for name, found in made.items() if found}}


def finish(uow: UnitOfWork, run_id: int, *, unchanged: int, left_out: int, remaining: int) -> None:
    """Say of a run what it found beside its changes."""
    run = uow.imports.get(run_id)
    if run is not None:
        rest = {"unchanged": unchanged, "left out": left_out, "remaining": remaining}
        run.counts = run.counts | {name: number for name, number in rest.items() if number}
