"""What only the whole file tells: rows that repeat others, and who leads a team. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.features.imports.rows import Fault, Row, place
from storage.teams import fold


@dataclass(slots=True)
class _Seen:
    """First lines on which a key stood, with and without an id beside it."""

    with_id: dict[Any, Row] = field(default_factory=dict)
    without_id: dict[Any, Row] = field(default_factory=dict)

    def first(self, key: object, *, has_id: bool) -> Row | None:
        """The row that means the same initiative: two rows with two ids never do."""
        return self.without_id.get(key) or (None if has_id else self.with_id.get(key))

    def keep(self, key: object, row: Row) -> None:
        (self.with_id if row.id else self.without_id).setdefault(key, row)


def without_repeats(rows: Iterable[Row]) -> tuple[list[Row], list[Fault]]:
    """The rows that are each an initiative of their own, and a fault for each that repeats an earlier one."""
    kept: list[Row] = []
    faults: list[Fault] = []
    ids: dict[str, Row] = {}
    urls, names = _Seen(), _Seen()
    for row in rows:
        has_id = bool(row.id)
        column, first, advice = "", None, ""
        if has_id and row.id in ids:
            column, first, advice = "id", ids[row.id], "keep one of the two."
        elif row.url and (first := urls.first(row.url, has_id=has_id)) is not None:
            column, advice = "url", "keep one of the two, or give each an `id`."
        elif (first := names.first(row.name, has_id=has_id)) is not None:
            column, advice = "title", "keep one of the two, or give each an `id`."
        if first is not None:
            same = "team and `title`" if column == "title" else f"`{column}`"
            earlier = f"line {first.line}" + (f" of {first.file}" if first.file != row.file and first.file else "")
            sentence = f"{place(row.line, row.file)}: this is {earlier} again (same {same}); {advice}"
            faults.append(Fault(row.line, column, sentence, row.file))
            continue
        kept.append(row)
        if has_id:
            ids[row.id] = row
        if row.url:
            urls.keep(row.url, row)
        names.keep(row.name, row)
    return kept, faults


def leads_of_teams(rows: Iterable[Row]) -> dict[str, str]:
    """By folded name, the lead of each team whose public rows all name the same one."""
    named: dict[str, set[str]] = {}
    for row in rows:
        if row.team and row.is_public:
            named.setdefault(fold(row.team), set()).add(row.lead)
    return {team: leads.pop() for team, leads in named.items() if len(leads) == 1 and "" not in leads}
