"""Does what a batch of rows means for the registry, and remembers it, in one transaction."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.features.capabilities import service as capabilities
from bot.features.capabilities.taxonomy import Taxonomy
from bot.features.imports import recording
from bot.features.imports.deciding import Decision, File, Outcome, Text, decide
from bot.features.imports.merging import RECOGNISED, Merge, columns_of_new
from bot.features.imports.rosters import Teams
from bot.features.imports.rows import Row
from bot.features.matching import service as matching
from bot.features.matching.matcher import Probe
from storage.initiatives import Initiative
from storage.teams import fold
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Applied:
    """What a batch did: the decisions it carried out, and what it made besides."""

    decisions: tuple[Decision, ...]
    #: Entries that these rows are.
    entry_ids: frozenset[int]
    teams: tuple[str, ...]
    capabilities: tuple[str, ...]
    #: The run under which all of it is remembered; None if nothing was written.
    run_id: int | None = None


def apply(uow: UnitOfWork, rows: Sequence[Row], *, file: File, lead_ids: Mapping[str, str], probes: Mapping[Text, Probe],
          taken: Collection[int] = (), changes: bool = False, run_id: int | None = None, now: datetime) -> Applied:  # fmt: skip
    """Write what a batch of rows means; the registry's version is raised once, and only if something of it changes.

    ``changes`` says that an earlier :func:`decide` found changes: the version is then taken first, and with it the lock
    behind which no other import can add the same work at the same time. ``probes`` hold the texts that were embedded before; a text that is not among them is embedded later by matching's job.
    What is written is remembered under ``run_id``, or under a new run if that is None.
    """
    uow.workspaces.ensure(now=now)
    version = uow.workspaces.raise_version() if changes else 0
    decisions = decide(uow, rows, file=file, lead_ids=lead_ids, taken=taken)
    if not version and any(decision.outcome in (Outcome.NEW, Outcome.CHANGED) for decision in decisions):
        version = uow.workspaces.raise_version()
    new_capabilities: dict[str, str] = {}
    for key, name in (each for decision in decisions for each in decision.new_capabilities):
        # The first row that names it spells it.
        new_capabilities.setdefault(key, name)
    for key, name in new_capabilities.items():
        uow.capabilities.add(key, name=name, now=now)
    taxonomy = capabilities.taxonomy(uow)
    known = {fold(decision.row.team): decision.team for decision in decisions if decision.team is not None}
    teams = Teams(uow, known, leads_of_teams=file.leads_of_teams, lead_ids=lead_ids, now=now)
    changed: list[tuple[Initiative, dict[str, Any] | None, dict[str, Any]]] = []
    entries: list[tuple[Decision, Initiative]] = []
    for decision in decisions:
        if decision.outcome is Outcome.LEFT_OUT:
            continue
        if decision.entry is not None and decision.merge is not None:
            entry = decision.entry
            if decision.writes:
                changed.append((entry, *_change(uow, entry, decision.merge, teams, version=version, now=now)))
        else:
            entry = _add(uow, decision, teams, taxonomy, version=version, now=now)
            changed.append((entry, None, {}))
        entries.append((decision, entry))
    # Here the new ones get their ids, all at once.
    uow.session.flush()
    for decision, entry in entries:
        probe = probes.get((entry.title, entry.summary)) if decision.text is not None else None
        if probe is not None:
            matching.keep_analysis(uow, entry, probe)
    run = recording.remember(uow, run_id, file.name, now=now) if changed else None
    if run is not None:
        uow.imports.add_changes(run.id, [(entry.id, before, after) for entry, before, after in changed])
        recording.count(run, _counts(decisions))
        recording.note_made(run, teams=teams.made_ids, capabilities=list(new_capabilities), leads=teams.led)
    return Applied(tuple(decisions), frozenset(entry.id for _, entry in entries), tuple(teams.made), tuple(new_capabilities.values()),
                   run.id if run is not None else run_id)  # fmt: skip


def _counts(decisions: Iterable[Decision]) -> Counter[str]:
    """What a batch did, by word; what is private is also counted by itself."""
    counts: Counter[str] = Counter()
    for decision in decisions:
        if decision.outcome in (Outcome.NEW, Outcome.CHANGED):
            counts[decision.outcome.value] += 1
            if not decision.row.is_public or (decision.entry is not None and decision.entry.audience):
                counts[f"private {decision.outcome.value}"] += 1
    return counts


def _add(
    uow: UnitOfWork, decision: Decision, teams: Teams, taxonomy: Taxonomy, *, version: int, now: datetime
) -> Initiative:
    """The entry of a new row: a new one, or the one that an undo withdrew."""
    said = decision.said
    if said is None:
        raise ValueError(f"line {decision.row.line} was left out: there is nothing to add")
    columns = columns_of_new(said)
    imported = said.words()
    if not said.capabilities and said.row.recognises:
        columns["capabilities"] = imported[RECOGNISED] = [
            each.key for each in taxonomy.recognise(said.row.summary, title=said.row.title)
        ]
    columns["team_id"] = teams.id_of(said.row.team)
    if (again := decision.revives) is not None:
        uow.initiatives.change(again, version=version, now=now, withdrawn_at=None, **columns)
        again.imported = imported
        return again
    return uow.imports.put(
        Initiative(**columns, workspace_id=uow.workspace_id, folded_title=fold(said.row.title), imported=imported, version=version,
                   created_at=now, updated_at=now)
    )  # fmt: skip


def _change(
    uow: UnitOfWork, entry: Initiative, merged: Merge, teams: Teams, *, version: int, now: datetime
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Let an entry say what the file says; its columns before and after, of those that changed."""
    fields = dict(merged.fields)
    if merged.team is not None:
        fields["team_id"] = teams.id_of(merged.team)
    changed = uow.initiatives.change(entry, version=version, now=now, **fields) if fields else {}
    before = {name: as_json(value) for name, value in changed.items()}
    after = {name: as_json(getattr(entry, name)) for name in changed}
    if merged.imported != entry.imported:
        # What the file said is nobody's news: it raises no version.
        was, says = entry.imported, merged.imported
        news = {name for name in says if name not in was or was[name] != says[name]}
        before["imported"] = {name: was[name] for name in news if name in was}
        after["imported"] = {name: says[name] for name in news}
        entry.imported = says
    return before, after


def as_json(value: Any) -> Any:  # noqa: ANN401 - what a column holds
    """A column's value as it is kept in an import's record."""
    return value.isoformat() if isinstance(value, date) else value
