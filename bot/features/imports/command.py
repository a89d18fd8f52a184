"""`python -m bot import FILE`: reads a file, writes it in short transactions beside a running bot, and says what came in."""

import csv
import signal
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot import clock
from bot.errors import BadInput
from bot.features.imports import service
from bot.features.imports.csv_file import read_csv
from bot.features.imports.rows import Fault, Row, leads_of_teams, without_repeats
from bot.features.imports.service import Applied, Decision, File, Outcome, Text
from bot.features.matching.matcher import Matcher, Probe
from storage.database import Database, StoreUnavailable
from storage.repository import MACHINE
from storage.unit_of_work import Scope, UnitOfWork

#: Rows looked up at once; reading stands in nobody's way.
LOOKED_UP: Final = 200
#: The first transaction also pays for what is only computed once.
FIRST_BATCH: Final = 25
LARGEST_BATCH: Final = 400
#: Seconds for which one transaction aims to hold the writer. Others should never wait longer than 0.1 s, so aim below.
AIM: Final = 0.05
#: Seconds between two transactions: the lock between processes knows no queue, and a bot that waits for it must get its turn.
PAUSE: Final = 0.005
FAULTS_SHOWN: Final = 20
NAMES_SHOWN: Final = 10

#: Exit codes.
ALL_IN: Final = 0
SOME_LEFT_OUT: Final = 1
NOTHING_READ: Final = 2
INTERRUPTED: Final = 130


@dataclass(slots=True)
class ImportResult:
    """What an import did. ``refusal`` is the sentence of a file of which nothing could be read, or of a store that failed."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    #: Rows, not faults: a row can have several.
    left_out: int = 0
    #: Rows of which at least one cell yields to what people said.
    kept: int = 0
    #: Rows that were never reached.
    remaining: int = 0
    interrupted: bool = False
    refusal: str = ""
    faults: list[Fault] = field(default_factory=list)
    teams: list[str] = field(default_factory=list)
    capabilities: list[str] = field(default_factory=list)
    ignored: tuple[str, ...] = ()
    #: Seconds that each transaction took, commit included.
    transactions: list[float] = field(default_factory=list)

    @property
    def imported(self) -> int:
        """Rows that the registry agrees with now."""
        return self.new + self.changed + self.unchanged

    @property
    def exit_code(self) -> int:
        """0: every row is in. 1: some were left out. 2: nothing could be read, or the store failed. 130: interrupted."""
        if self.refusal:
            return NOTHING_READ
        if self.interrupted:
            return INTERRUPTED
        return SOME_LEFT_OUT if self.left_out else ALL_IN


def run_import(path: Path, *, db: Database, workspace_id: str, matcher: Matcher, console: Console | None = None,
               faults_to: Path | None = None, now: clock.Clock = clock.now) -> ImportResult:  # fmt: skip
    """Import a file into a workspace and print what came of it; the caller exits with ``exit_code``.

    Safe beside a running bot, and safe to run again: rows that are in already are not touched. Ctrl-C ends it after the
    batch in hand. ``faults_to`` names a file that gets every fault, as CSV.
    """
    console = console or Console()
    result = ImportResult()
    try:
        rows, result.faults, result.ignored = _read(path)
    except BadInput as fault:
        result.refusal = fault.sentence
    else:
        result.left_out = len({fault.line for fault in result.faults})
        with _progress(console, path.name, len(rows)) as advance, _stopping() as stopping:
            run = _Run(
                db,
                Scope(workspace_id, MACHINE),
                matcher=matcher,
                now=now,
                result=result,
                advance=advance,
                stopping=stopping,
            )
            try:
                run.all(rows)
            except StoreUnavailable as fault:
                result.refusal = f"{fault} What was imported before is kept: run the same command again."
            result.remaining = len(rows) - run.done
    result.faults.sort(key=lambda fault: fault.line)
    if faults_to is not None:
        _write_faults(faults_to, result)
    for line in report(result, name=path.name, faults_to=faults_to):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    return result


def _read(path: Path) -> tuple[list[Row], list[Fault], tuple[str, ...]]:
    """Good rows, faults, ignored columns."""
    if path.suffix.lower() in (".json", ".jsonl", ".ndjson", ".yaml", ".yml", ".xlsx", ".xls"):
        raise BadInput(
            f"{path} is not CSV, and Rowbot reads nothing else yet. Save it as “CSV UTF-8” with a column `title`."
        )
    try:
        data = path.read_bytes()
    except OSError as fault:
        raise BadInput(f"{path} cannot be read: {(fault.strerror or str(fault)).lower()}.") from fault
    reading = read_csv(data, name=path.name)
    rows, repeats = without_repeats(reading.rows)
    return rows, [*reading.faults, *repeats], reading.ignored


class _Run:
    """One import under way."""

    def __init__(self, db: Database, scope: Scope, *, matcher: Matcher, now: clock.Clock, result: ImportResult,
                 advance: Callable[[int], None], stopping: threading.Event) -> None:  # fmt: skip
        self._db, self._scope, self._matcher, self._now = db, scope, matcher, now
        self._result, self._advance, self._stopping = result, advance, stopping
        self._size = FIRST_BATCH
        self._lead_ids: dict[str, str] = {}
        self._taken: set[int] = set()
        self.done = 0

    def all(self, rows: Sequence[Row]) -> None:
        """Import rows until the end, or until somebody asked to stop."""
        file = File(leads_of_teams=leads_of_teams(rows), renamed=self._db.read_now(self._scope, service.renamed))
        # The public rows first: they may name a capability that a private one uses.
        for group in ([row for row in rows if row.is_public], [row for row in rows if not row.is_public]):
            for start in range(0, len(group), LOOKED_UP):
                if self._stopped():
                    return
                self._some(group[start : start + LOOKED_UP], file)

    def _some(self, rows: Sequence[Row], file: File) -> None:
        """Look rows up, and write those that say something new."""
        words = {row.lead for row in rows} - self._lead_ids.keys()
        if words:
            self._lead_ids |= self._db.read_now(self._scope, service.find_leads, words)
        plan = self._db.read_now(
            self._scope, service.decide, rows, file=file, lead_ids=self._lead_ids, taken=self._taken
        )
        entries = {decision.row.line: decision.entry.id for decision in plan if decision.entry is not None}
        self._taken |= set(entries.values())
        self._count([decision for decision in plan if not decision.writes])
        waiting = [decision for decision in plan if decision.writes]
        while waiting:
            if self._stopped():
                return
            batch, waiting = waiting[: self._size], waiting[self._size :]
            own = {entries[decision.row.line] for decision in batch if decision.row.line in entries}
            self._write(batch, file, taken=self._taken - own)

    def _write(self, batch: Sequence[Decision], file: File, *, taken: Collection[int]) -> None:
        probes = self._embed([decision.text for decision in batch if decision.text is not None])
        rows = [decision.row for decision in batch]
        changes = any(decision.outcome in (Outcome.NEW, Outcome.CHANGED) for decision in batch)
        began = 0.0

        def import_batch(uow: UnitOfWork) -> Applied:
            nonlocal began
            # Counted from here: before, it only waited for its turn.
            began = clock.monotonic()
            return service.apply(uow, rows, file=file, lead_ids=self._lead_ids, probes=probes, taken=taken, changes=changes,
                                 now=self._now())  # fmt: skip

        applied = self._db.write_now(self._scope, import_batch)
        took = clock.monotonic() - began
        self._result.transactions.append(took)
        self._size = next_size(len(batch), took, present=self._size)
        self._taken |= applied.entry_ids
        self._result.teams += applied.teams
        self._result.capabilities += applied.capabilities
        self._count(applied.decisions)
        time.sleep(PAUSE)

    def _embed(self, texts: Sequence[Text]) -> dict[Text, Probe]:
        if self._matcher.embedder is None:
            return {}
        once = list(dict.fromkeys(texts))
        return dict(zip(once, self._matcher.probes(once), strict=True))

    def _count(self, decisions: Sequence[Decision]) -> None:
        for decision in decisions:
            match decision.outcome:
                case Outcome.NEW:
                    self._result.new += 1
                case Outcome.CHANGED:
                    self._result.changed += 1
                case Outcome.UNCHANGED:
                    self._result.unchanged += 1
                case Outcome.LEFT_OUT:
                    self._result.left_out += 1
            if decision.fault is not None:
                self._result.faults.append(decision.fault)
            self._result.kept += decision.merge is not None and bool(decision.merge.kept)
        self.done += len(decisions)
        self._advance(len(decisions))

    def _stopped(self) -> bool:
        self._result.interrupted = self._stopping.is_set()
        return self._result.interrupted


def next_size(rows: int, seconds: float, *, present: int) -> int:
    """How many rows the next transaction takes: as many as fit the aim, at most twice as many as now."""
    fitting = int(rows * AIM / max(seconds, 1e-4))
    # A short last batch says little about a long one.
    fitting = max(fitting, present) if rows < present and seconds <= AIM else fitting
    return max(1, min(fitting, present * 2, LARGEST_BATCH))


@contextmanager
def _progress(console: Console, name: str, rows: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal; elsewhere nothing."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(name, total=rows)
        yield lambda count: progress.advance(task, count)


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Set by the first Ctrl-C or SIGTERM; the second one ends the process as usual."""
    stopping = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopping
        return
    before = {int(number): signal.getsignal(number) or signal.SIG_DFL for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(number: int, _frame: FrameType | None) -> None:
        stopping.set()
        signal.signal(number, before[number])

    for number in before:
        signal.signal(number, stop)
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _write_faults(path: Path, result: ImportResult) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("line", "column", "reason"))
            writer.writerows((fault.line, fault.column, fault.sentence) for fault in result.faults)
    except OSError as fault:
        result.refusal = result.refusal or f"{path} cannot be written: {(fault.strerror or str(fault)).lower()}."


def report(result: ImportResult, *, name: str, faults_to: Path | None = None) -> list[str]:
    """What is printed at the end, line by line."""
    lines: list[str] = []
    if result.ignored:
        lines.append(
            f"Ignored, because Rowbot does not know {_these(len(result.ignored))}: {', '.join(result.ignored)}."
        )
    lines += [fault.sentence for fault in result.faults[:FAULTS_SHOWN]]
    more = len(result.faults) - FAULTS_SHOWN
    if more > 0:
        lines.append(
            f"And {more:,} more: {faults_to} has all of them."
            if faults_to
            else f"And {more:,} more; --faults FILE writes all of them."
        )
    if result.refusal:
        lines.append(result.refusal)
    if result.refusal and not result.imported:
        return lines
    counts = ", ".join(f"{count:,} {what}" for count, what in ((result.new, "new"), (result.changed, "changed"),
                                                               (result.unchanged, "unchanged")) if count)  # fmt: skip
    lines.append(
        f"{name}: {_rows(result.imported)} imported"
        + (f" ({counts})" if counts else "")
        + f", {result.left_out:,} left out."
    )
    if result.kept:
        lines.append(f"{_rows(result.kept)} differ from what people said in Rowbot; what people said was kept." if result.kept != 1 else
                     "1 row differs from what people said in Rowbot; what people said was kept.")  # fmt: skip
    lines += [
        _made(what, names) for what, names in (("team", result.teams), ("capability", result.capabilities)) if names
    ]
    if result.interrupted:
        lines.append(
            f"Stopped before the end: {_rows(result.remaining)} to go. Run the same command again; what is in stays as it is."
        )
    return lines


def _these(count: int) -> str:
    return "this column" if count == 1 else "these columns"


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


def _made(what: str, names: Sequence[str]) -> str:
    plural = what if len(names) == 1 else {"team": "teams", "capability": "capabilities"}[what]
    shown = ", ".join(names[:NAMES_SHOWN]) + (
        f" and {len(names) - NAMES_SHOWN:,} more" if len(names) > NAMES_SHOWN else ""
    )
    return f"{len(names):,} new {plural}: {shown}."
