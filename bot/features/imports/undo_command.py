"""`python -m bot import --undo` and `--list`: takes an import back in short transactions beside a running bot, and says what came of it."""

import time
from typing import Final

from rich.console import Console

from bot import clock
from bot.errors import Refusal
from bot.features.imports import undoing
from bot.features.imports.pacing import FIRST_BATCH, PAUSE, next_size, progress, say, stopping
from bot.features.imports.past import PastRun, Undone
from bot.features.imports.result import ALL_IN, INTERRUPTED, NAMES_SHOWN, NOTHING_READ, SOME_LEFT_OUT
from storage.database import Database, StoreUnavailable
from storage.repository import MACHINE
from storage.unit_of_work import Scope

_MOMENT: Final = "%Y-%m-%d %H:%M UTC"


def run_undo(
    run_id: int | None, *, db: Database, workspace_id: str, console: Console | None = None, now: clock.Clock = clock.now
) -> int:
    """Take a run back (None: the latest that stands) and print what came of it.

    The exit code: 0 all of it, 1 something was kept, 2 it could not be done, 130 interrupted.
    """
    console = console or Console()
    scope = Scope(workspace_id, MACHINE)
    try:
        past, left = db.read_now(scope, undoing.to_go, run_id)
        with progress(console, f"Taking back {past.name}", left) as advance, stopping() as asked:
            size, done = FIRST_BATCH, False
            while not done and not asked.is_set():
                began = clock.monotonic()
                step = db.write_now(scope, undoing.take_back, past.id, limit=size, now=now())
                size = next_size(step.entries, clock.monotonic() - began, present=size)
                done = step.done
                advance(step.entries)
                time.sleep(PAUSE)
    except Refusal as refusal:
        say(console, refusal.sentence)
        return NOTHING_READ
    except StoreUnavailable as fault:
        say(console, f"{fault} What was taken back stays so: run the same command again.")
        return NOTHING_READ
    result = db.read_now(scope, undoing.report, past.id)
    say(console, *_report(result, done=done))
    if not done:
        return INTERRUPTED
    return SOME_LEFT_OUT if result.kept_count else ALL_IN


def list_runs(*, db: Database, workspace_id: str, console: Console | None = None) -> int:
    """Print the latest runs, the youngest first."""
    past = db.read_now(Scope(workspace_id, MACHINE), undoing.runs)
    say(console or Console(), *([_line(run) for run in past] or ["Nothing was imported yet."]))
    return ALL_IN


def _line(run: PastRun) -> str:
    state = f", taken back {run.undone_at.strftime(_MOMENT)}" if run.undone_at is not None else ""
    return (
        f"{run.id:>5}  {run.started_at.strftime(_MOMENT)}  {run.name}: {run.new:,} new, {run.changed:,} changed{state}"
    )


def _report(done_so_far: Undone, *, done: bool) -> list[str]:
    run = done_so_far.run
    verb = "was taken back" if done else "is being taken back"
    lines = [
        f"Import {run.id} ({run.name}) {verb}: {done_so_far.withdrawn:,} withdrawn, {done_so_far.changed:,} put back, {done_so_far.kept_count:,} kept."
    ]
    lines += [f'Kept "{kept.title}": {kept.why}.' for kept in done_so_far.kept]
    more = done_so_far.kept_count - len(done_so_far.kept)
    lines += [f"And {more:,} more were kept."] if more > 0 else []
    for what, names in (("team", done_so_far.teams), ("capability", done_so_far.capabilities)):
        if names and done:
            shown = ", ".join(names[:NAMES_SHOWN]) + (
                f" and {len(names) - NAMES_SHOWN:,} more" if len(names) > NAMES_SHOWN else ""
            )
            lines.append(f"Made by it and left ({what}): {shown}.")
    if not done:
        lines.append("Stopped before the end. Run the same command again; it goes on from here.")
    return lines
