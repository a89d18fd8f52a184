"""`python -m bot import FILE`: reads a file, writes it in short transactions beside a running bot, and says what came in."""

import csv
import threading
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console

from bot import clock
from bot.errors import BadInput
from bot.features.imports import deciding, recording, rosters, service
from bot.features.imports.deciding import Decision, File, Outcome, Text
from bot.features.imports.pacing import FIRST_BATCH, PAUSE, next_size, progress, say, stopping
from bot.features.imports.preview import line_of, line_of_roster
from bot.features.imports.reading import Format, Reading, read_file
from bot.features.imports.result import CHANGES_SHOWN, ImportResult, report
from bot.features.imports.rows import Row
from bot.features.imports.service import Applied
from bot.features.imports.whole_file import leads_of_teams
from bot.features.matching.matcher import Matcher, Probe
from storage.database import Database, StoreUnavailable
from storage.repository import MACHINE
from storage.unit_of_work import Scope, UnitOfWork

__all__ = ["ImportResult", "run_import"]

#: Rows looked up at once; reading stands in nobody's way.
LOOKED_UP: Final = 200


def run_import(path: Path, *, db: Database, workspace_id: str, matcher: Matcher, console: Console | None = None,
               faults_to: Path | None = None, as_format: Format | None = None, dry_run: bool = False,
               now: clock.Clock = clock.now) -> ImportResult:  # fmt: skip
    """Import a file into a workspace and print what came of it; the caller exits with ``exit_code``.

    Safe beside a running bot, and safe to run again: rows that are in already are not touched. Ctrl-C ends it after the
    batch in hand. ``faults_to`` names a file that gets every fault, as CSV. ``as_format``: read it as that, whatever its
    name and content say. ``dry_run`` prints what would change, row by row, and writes nothing.
    """
    console = console or Console()
    result = ImportResult(dry_run=dry_run)
    try:
        reading = read_file(path, as_format=as_format)
    except BadInput as fault:
        result.refusal = fault.sentence
    else:
        result.faults, result.ignored, result.notes = list(reading.faults), reading.ignored, list(reading.notes)
        result.left_out = len({(fault.file, fault.line) for fault in reading.faults})
        with progress(console, path.name, len(reading.rows)) as advance, stopping() as asked:
            run = _Run(db, Scope(workspace_id, MACHINE), matcher=matcher, now=now, result=result, advance=advance,
                       stopping=asked, say=lambda line: say(console, line))  # fmt: skip
            try:
                run.all(reading, path.name)
            except StoreUnavailable as fault:
                result.refusal = f"{fault} What was imported before is kept: run the same command again."
            result.remaining = len(reading.rows) - run.done
            run.finish()
    result.faults.sort(key=lambda fault: (fault.file, fault.line))
    if faults_to is not None:
        _write_faults(faults_to, result)
    say(console, *report(result, name=path.name, faults_to=faults_to))
    return result


class _Run:
    """One import under way."""

    def __init__(self, db: Database, scope: Scope, *, matcher: Matcher, now: clock.Clock, result: ImportResult,
                 advance: Callable[[int], None], stopping: threading.Event, say: Callable[[str], None]) -> None:  # fmt: skip
        self._db, self._scope, self._matcher, self._now = db, scope, matcher, now
        self._result, self._advance, self._stopping, self._say = result, advance, stopping, say
        self._size = FIRST_BATCH
        self._lead_ids: dict[str, str] = {}
        self._taken: set[int] = set()
        self._coming: dict[str, str] = {}
        self._new_teams: dict[str, str] = {}
        self.done = 0

    def all(self, reading: Reading, name: str) -> None:
        """Import rows until the end, or until somebody asked to stop; then the teams that the file describes by themselves."""
        rows = reading.rows
        file = File(
            leads_of_teams=leads_of_teams(rows), renamed=self._db.read_now(self._scope, deciding.renamed), name=name
        )
        # The public rows first: they may name a capability that a private one uses.
        for group in ([row for row in rows if row.is_public], [row for row in rows if not row.is_public]):
            for start in range(0, len(group), LOOKED_UP):
                if self._stopped():
                    return
                self._some(group[start : start + LOOKED_UP], file)
        self._squads(reading, name)
        if self._result.dry_run:
            self._result.teams, self._result.capabilities = list(self._new_teams.values()), list(self._coming.values())

    def finish(self) -> None:
        """Write down what the run found beside its changes."""
        result = self._result
        if result.run_id is not None and not result.refusal:
            self._db.write_now(self._scope, recording.finish, result.run_id, unchanged=result.unchanged, left_out=result.left_out,
                               remaining=result.remaining)  # fmt: skip

    def _some(self, rows: Sequence[Row], file: File) -> None:
        """Look rows up, and write those that say something new."""
        words = {row.lead for row in rows} - self._lead_ids.keys()
        if words:
            self._lead_ids |= self._db.read_now(self._scope, deciding.find_leads, words)
        plan = self._db.read_now(self._scope, deciding.decide, rows, file=file, lead_ids=self._lead_ids, taken=self._taken,
                                 coming=self._coming.keys())  # fmt: skip
        entries = {decision.row.place: entry for decision in plan if (entry := decision.entry_id) is not None}
        self._taken |= set(entries.values())
        if self._result.dry_run:
            self._foresee(plan)
            return
        self._count([decision for decision in plan if not decision.writes])
        waiting = [decision for decision in plan if decision.writes]
        while waiting:
            if self._stopped():
                return
            batch, waiting = waiting[: self._size], waiting[self._size :]
            own = {entries[decision.row.place] for decision in batch if decision.row.place in entries}
            self._write(batch, file, taken=self._taken - own)

    def _foresee(self, plan: Sequence[Decision]) -> None:
        """Say what would be done."""
        for decision in plan:
            for key, name in decision.new_capabilities:
                self._coming.setdefault(key, name)
            if decision.new_team:
                self._new_teams.setdefault(" ".join(decision.new_team.split()).casefold(), decision.new_team)
            if line := line_of(decision):
                self._say(line)
        self._count(plan)

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
                                 run_id=self._result.run_id, now=self._now())  # fmt: skip

        applied = self._db.write_now(self._scope, import_batch)
        took = clock.monotonic() - began
        self._result.transactions.append(took)
        self._size = next_size(len(batch), took, present=self._size)
        self._taken |= applied.entry_ids
        self._result.run_id = applied.run_id
        self._result.teams += applied.teams
        self._result.capabilities += applied.capabilities
        self._count(applied.decisions)
        time.sleep(PAUSE)

    def _squads(self, reading: Reading, name: str) -> None:
        """The teams that the file describes by themselves, a few at a time."""
        ids = self._db.read_now(self._scope, rosters.find_members, rosters.addresses(reading.squads))
        for start in range(0, len(reading.squads), FIRST_BATCH):
            if self._stopped():
                return
            squads = reading.squads[start : start + FIRST_BATCH]
            planned = self._db.read_now(self._scope, rosters.plan, squads, ids)
            self._result.unknown_people |= {address for roster in planned for address in roster.unknown}
            if self._result.dry_run:
                for roster in planned:
                    if roster.team is None:
                        self._new_teams.setdefault(roster.squad.name.casefold(), roster.squad.name)
                    if line := line_of_roster(roster):
                        self._say(line)
                self._result.joined += sum(len(roster.joining) for roster in planned)
            elif any(roster.writes for roster in planned):
                self._result.run_id, made, joined = self._db.write_now(
                    self._scope,
                    rosters.apply,
                    squads,
                    ids,
                    run_id=self._result.run_id,
                    name=name,
                    now=self._now(),
                )
                self._result.teams += made
                self._result.joined += joined
                time.sleep(PAUSE)

    def _embed(self, texts: Sequence[Text]) -> dict[Text, Probe]:
        if self._matcher.embedder is None:
            return {}
        once = list(dict.fromkeys(texts))
        return dict(zip(once, self._matcher.probes(once), strict=True))

    def _count(self, decisions: Sequence[Decision]) -> None:
        result = self._result
        for decision in decisions:
            match decision.outcome:
                case Outcome.NEW:
                    result.new += 1
                case Outcome.CHANGED:
                    result.changed += 1
                    if len(result.examples) < CHANGES_SHOWN:
                        result.examples.append(line_of(decision))
                case Outcome.UNCHANGED:
                    result.unchanged += 1
                case Outcome.LEFT_OUT:
                    result.left_out += 1
            if decision.fault is not None:
                result.faults.append(decision.fault)
            if decision.merge is not None:
                result.kept += bool(decision.merge.kept)
                result.columns.update(each.column for each in decision.merge.differences)
            result.unknown_tags.update(decision.unknown_tags)
        self.done += len(decisions)
        self._advance(len(decisions))

    def _stopped(self) -> bool:
        self._result.interrupted = self._stopping.is_set()
        return self._result.interrupted


def _write_faults(path: Path, result: ImportResult) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("line", "column", "reason"))
            writer.writerows((fault.line, fault.column, fault.sentence) for fault in result.faults)
    except OSError as fault:
        result.refusal = result.refusal or f"{path} cannot be written: {(fault.strerror or str(fault)).lower()}."
