"""`python -m bot export FILE`: writes the registry to a file that `import` reads back, whole or not at all."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from rich.console import Console

from bot.errors import BadInput
from bot.features.imports import exporting
from bot.features.imports.pacing import progress, say
from bot.features.imports.reading import Format
from bot.features.imports.records import Record, as_csv_line, as_json_line, csv_line
from bot.features.imports.result import ALL_IN, FAULTS_SHOWN, NOTHING_READ, SOME_LEFT_OUT
from bot.features.imports.rows import COLUMNS
from storage.database import Database, StoreUnavailable
from storage.repository import EVERYBODY, MACHINE
from storage.unit_of_work import Scope

PAGE: Final = 500
STDOUT: Final = "-"


def run_export(target: str, *, db: Database, workspace_id: str, as_format: Format | None = None, with_private: bool = False,
               force: bool = False, console: Console | None = None) -> int:  # fmt: skip
    """Write a workspace's registry to a file, or to the standard output (``-``), and say on the error output what was written.

    Public work only, unless ``with_private``: the file leaves the workspace and its rules. A file that is there is kept
    unless ``force``. The exit code: 0 all of it, 1 something an import would not take was left empty, 2 nothing was written.
    """
    console = console or Console(stderr=True)
    try:
        chosen = as_format or format_of(target)
        if not force:
            _require_free(target)
        scope = Scope(workspace_id, MACHINE if with_private else EVERYBODY)
        total, hidden = db.read_now(scope, exporting.counts)
        with progress(console, "Reading", total) as advance:
            records: list[Record] = []
            after: int | None = 0
            while after is not None:
                found = db.read_now(scope, exporting.page, after=after, limit=PAGE)
                records += found.records
                after = found.last
                advance(len(found.records))
        records.sort(key=lambda record: record.place)
        with _opened(target, force=force) as file:
            for line in lines(records, chosen, to_file=target != STDOUT):
                file.write(line.encode())
    except BadInput as refusal:
        say(console, refusal.sentence)
        return NOTHING_READ
    except BrokenPipeError:
        # Whoever read along has had enough; the interpreter must not stumble over what is left in the buffer.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return SOME_LEFT_OUT
    except OSError as fault:
        say(console, f"{target} cannot be written: {(fault.strerror or str(fault)).lower()}.")
        return NOTHING_READ
    except StoreUnavailable as fault:
        say(console, f"{fault} Nothing was written; run the same command again.")
        return NOTHING_READ
    say(console, *_report(records, "the standard output" if target == STDOUT else target, hidden))
    return SOME_LEFT_OUT if any(record.problems for record in records) else ALL_IN


def format_of(target: str) -> Format:
    """The format by the file's name; JSON Lines where that says nothing.

    Raises:
        BadInput: the name says a format that Rowbot does not write.
    """
    suffix = Path(target).suffix.lower()
    if suffix in (".yaml", ".yml", ".xlsx", ".xls", ".ods"):
        raise BadInput(
            f"Rowbot writes CSV and JSON Lines. Name the file something.csv or something.jsonl instead of {target}."
        )
    return Format.CSV if suffix == ".csv" else Format.JSONL


def lines(records: Sequence[Record], chosen: Format, *, to_file: bool) -> Iterator[str]:
    """The lines of the file. A CSV file begins with a byte order mark, by which spreadsheets know that it is UTF-8."""
    if chosen is Format.JSONL:
        yield from map(as_json_line, records)
        return
    yield ("\ufeff" if to_file else "") + csv_line(COLUMNS)
    yield from map(as_csv_line, records)


@contextmanager
def _opened(target: str, *, force: bool) -> Iterator[BinaryIO]:
    """The file under another name until it is whole; the standard output as it is."""
    if target == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(target)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with unfinished.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if not force:
            _require_free(target)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _require_free(target: str) -> None:
    """Refuse to write over a file."""
    if target != STDOUT and Path(target).exists():
        raise BadInput(f"{target} is there already. Name another file, or write over it with --force.")


def _report(records: Sequence[Record], target: str, hidden: int) -> Iterator[str]:
    problems = [problem for record in records for problem in record.problems]
    for problem in problems[:FAULTS_SHOWN]:
        yield f"Left empty: {problem}"
    if len(problems) > FAULTS_SHOWN:
        yield f"And {len(problems) - FAULTS_SHOWN:,} more cells were left empty."
    yield f"{len(records):,} {'initiative' if len(records) == 1 else 'initiatives'} written to {target}."
    if hidden:
        yield f"{hidden:,} private {'one was' if hidden == 1 else 'ones were'} left out; --with-private writes them too."
