"""What an import does to single entries, in words: for a dry run, and for the summary of a real one. Pure."""

from collections.abc import Sequence
from typing import Final

from bot.features.imports.deciding import Decision, Outcome
from bot.features.imports.merging import Difference
from bot.features.imports.rosters import Roster

#: Characters of a value that are shown: enough to know it by.
_VALUE: Final = 160


def line_of(decision: Decision) -> str:
    """One line about a row that is new or changes something; "" for any other."""
    row = decision.row
    where = f"{row.file}:{row.line}" if row.file else f"line {row.line}"
    if decision.outcome is Outcome.NEW:
        more = "".join(f", {part}" for part in (row.team, row.status.value) if part)
        again = " (it was taken back with an earlier import)" if decision.revives is not None else ""
        return f"new ({where}): {_quoted(row.title)}{more}{again}"
    if decision.outcome is Outcome.CHANGED and decision.entry is not None and decision.merge is not None:
        return f"changed ({where}): {_quoted(decision.entry.title)}: {differences(decision.merge.differences)}"
    return ""


def differences(found: Sequence[Difference]) -> str:
    """Column by column: what it said → what it says."""
    return "; ".join(f"{each.column}: {_value(each.before)} → {_value(each.after)}" for each in found)


def line_of_roster(roster: Roster) -> str:
    """One line about a team that is made or filled; "" where nothing changes."""
    if not roster.writes:
        return ""
    parts = (
        [f"{len(roster.joining):,} {'person joins' if len(roster.joining) == 1 else 'people join'}"]
        if roster.joining
        else []
    )
    parts += [f"lead: {roster.lead_id}"] if roster.lead_id else []
    what = "new team" if roster.team is None else "team"
    return f"{what} {_quoted(roster.squad.name)}" + (f": {', '.join(parts)}" if parts else "")


def _value(text: str) -> str:
    return _quoted(text) if text else "nothing"


def _quoted(text: str) -> str:
    one = " ".join(text.split())
    return f'"{one if len(one) <= _VALUE else one[: _VALUE - 1] + "…"}"'
