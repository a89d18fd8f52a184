"""What came of an import, and the lines that say so. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bot.features.imports.rows import Fault

FAULTS_SHOWN: Final = 20
NAMES_SHOWN: Final = 10
#: Changed entries that the summary of a run spells out.
CHANGES_SHOWN: Final = 5
TAGS_SHOWN: Final = 8

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
    #: Whether nothing was written, and all of this is what would be done.
    dry_run: bool = False
    #: The run under which it is remembered; None if nothing was written.
    run_id: int | None = None
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    teams: list[str] = field(default_factory=list)
    capabilities: list[str] = field(default_factory=list)
    #: How many people were put into teams.
    joined: int = 0
    #: Addresses of team members that nobody in Slack is known to have.
    unknown_people: set[str] = field(default_factory=set)
    #: How many entries changed in each column.
    columns: Counter[str] = field(default_factory=Counter)
    #: The first few changes, spelt out.
    examples: list[str] = field(default_factory=list)
    #: Tags that name no capability here, and on how many rows each stands.
    unknown_tags: Counter[str] = field(default_factory=Counter)
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


def report(result: ImportResult, *, name: str, faults_to: Path | None = None) -> list[str]:
    """What is printed at the end, line by line."""
    lines: list[str] = []
    if result.ignored:
        these = "this column" if len(result.ignored) == 1 else "these columns"
        lines.append(f"Ignored, because Rowbot does not know {these}: {', '.join(result.ignored)}.")
    lines += result.notes
    if result.unknown_tags:
        tags = [tag for tag, _ in result.unknown_tags.most_common()]
        lines.append(f"Tags that name no capability here: {_first(tags, TAGS_SHOWN)}.")
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
    return [*lines, *_counts(result, name), *_beside(result), *_next_steps(result)]


def _counts(result: ImportResult, name: str) -> list[str]:
    counts = ", ".join(f"{count:,} {what}" for count, what in ((result.new, "new"), (result.changed, "changed"),
                                                               (result.unchanged, "unchanged")) if count)  # fmt: skip
    did = "would be imported" if result.dry_run else "imported"
    lines = [
        f"{name}: {_rows(result.imported)} {did}"
        + (f" ({counts})" if counts else "")
        + f", {result.left_out:,} left out."
    ]
    if result.columns:
        lines.append(
            f"Changed: {', '.join(f'{column} in {count:,}' for column, count in result.columns.most_common())}."
        )
    if not result.dry_run:
        lines += [f"  {example}" for example in result.examples]
        more = result.changed - len(result.examples)
        lines += [f"  and {more:,} more."] if more > 0 and result.examples else []
    if result.kept:
        verb = "differs" if result.kept == 1 else "differ"
        lines.append(f"{_rows(result.kept)} {verb} from what people said in Rowbot; what people said was kept.")
    return lines


def _beside(result: ImportResult) -> list[str]:
    lines = [
        _made(what, names) for what, names in (("team", result.teams), ("capability", result.capabilities)) if names
    ]
    if result.joined:
        lines.append(f"{result.joined:,} {'person' if result.joined == 1 else 'people'} joined their teams.")
    if result.unknown_people:
        count = len(result.unknown_people)
        lines.append(
            f"{count:,} {'address' if count == 1 else 'addresses'} of team members {'is' if count == 1 else 'are'} not known in Slack yet: "
            f"{_first(sorted(result.unknown_people), NAMES_SHOWN)}. Import the file again once Rowbot has met them."
        )
    return lines


def _next_steps(result: ImportResult) -> list[str]:
    if result.interrupted:
        return [
            f"Stopped before the end: {_rows(result.remaining)} to go. Run the same command again; what is in stays as it is."
        ]
    if result.dry_run and not result.refusal:
        return ["Nothing was written: this was a dry run."]
    if result.run_id is not None and not result.refusal:
        return [f"This is run {result.run_id}; `python -m bot import --undo {result.run_id}` takes it back."]
    return []


def _first(names: Sequence[str], most: int) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most:,} more" if len(names) > most else "")


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


def _made(what: str, names: Sequence[str]) -> str:
    plural = what if len(names) == 1 else {"team": "teams", "capability": "capabilities"}[what]
    return f"{len(names):,} new {plural}: {_first(names, NAMES_SHOWN)}."
