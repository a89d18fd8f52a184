"""Draws how to import, the runs so far, and what taking one back did."""

from collections.abc import Sequence
from typing import Final

from bot.features.imports.past import PastRun, Undone
from bot.slack import blocks as b

UNDO: Final = "imports.undo"

_NAME: Final = 100
_NAMES: Final = 10


def runs(past: Sequence[PastRun]) -> b.Message:
    """How to import, and the latest runs with the way back."""
    how = (
        "*Bring in what exists already.* Where Rowbot runs: `python -m bot import FILE`, with a CSV file, JSON Lines or a Backstage "
        "`catalog-info.yaml`. `--dry-run` shows first what would change; the same file twice changes nothing. "
        "`python -m bot export FILE` writes the registry to a file that can be imported again."
    )
    drawn = [b.section(how), b.divider()]
    if not past:
        drawn.append(b.section("Nothing was imported yet."))
    drawn += [b.section(_line(run), accessory=_undo(run) if _can_be_undone(run) else None) for run in past]
    return b.Message(b.fallback("Bring in what exists already, and take it back."), drawn)


def undone(done: Undone) -> b.Message:
    """What went, what went back, and what stays because people worked on it."""
    opening = f"Import {done.run.id} (*{b.quote(done.run.name, _NAME)}*) was taken back: {_counts(done)}."
    drawn = [b.section(opening)]
    if done.kept:
        lines = [f"• {b.quote(kept.title, 150)}: {b.escape(kept.why)}" for kept in done.kept]
        more = done.kept_count - len(done.kept)
        lines += [f"and {more:,} more"] if more > 0 else []
        drawn.append(b.section("Kept, because people worked on it since:\n" + b.fitting(lines, b.SECTION - 100)))
    for what, names in (("teams", done.teams), ("capabilities", done.capabilities)):
        if names:
            shown = b.listed([b.quote(name, 80) for name in names[:_NAMES]])
            rest = f" and {len(names) - _NAMES:,} more" if len(names) > _NAMES else ""
            drawn.append(b.context(f"It had made these {what}, which stay: {shown}{rest}."))
    return b.Message(b.fallback(opening), drawn)


def _line(run: PastRun) -> str:
    what = b.listed([f"{count:,} {word}" for count, word in ((run.new, "new"), (run.changed, "changed")) if count])
    state = ""
    if run.undone_at is not None:
        state = f" · taken back {b.local_date(run.undone_at)}"
    elif run.is_going:
        state = " · being taken back; I will tell you when it is done"
    return f"*{b.quote(run.name, _NAME) or 'a file'}* · {b.local_date(run.started_at)} · {what or 'teams only'}{state}"


def _can_be_undone(run: PastRun) -> bool:
    return run.undone_at is None and not run.is_going


def _undo(run: PastRun) -> b.Element:
    question = b.confirm(
        "Take this import back?",
        "What it brought goes out of the registry, what it changed goes back. What people edited since stays as it is.",
        yes="Take it back",
    )
    return b.button("Undo", UNDO, value=str(run.id), confirm=question, hint=f"Take back the import of {run.name}")


def _counts(done: Undone) -> str:
    parts = ((done.withdrawn, "withdrawn"), (done.changed, "put back"), (done.kept_count, "kept"))
    return b.listed([f"{count:,} {what}" for count, what in parts if count]) or "nothing was left to change"
