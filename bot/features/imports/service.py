"""Decides what a batch of rows means for the registry, and does it. A file never finds out about private work it did not bring."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.features.capabilities import service as capabilities
from bot.features.capabilities.taxonomy import Taxonomy
from bot.features.imports.identity import Name, find_entries
from bot.features.imports.merging import RECOGNISED, Lead, Merge, Said, columns_of_new, merge
from bot.features.imports.rows import PRIVATE, PUBLIC, Fault, Row, slug
from bot.features.matching import service as matching
from bot.features.matching.matcher import Probe
from storage.initiatives import Initiative
from storage.teams import Team, fold
from storage.unit_of_work import UnitOfWork

#: Title and summary, by which a text that was embedded before the transaction is found inside it.
Text = tuple[str, str]


class Outcome(StrEnum):
    """What became of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """What all batches of one file share."""

    #: By folded name: the lead that every public row of the team names.
    leads_of_teams: Mapping[str, str] = field(default_factory=dict)
    #: Entries whose title or team people changed, under the name that an earlier file gave them.
    renamed: Mapping[Name, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """What one row means for the registry as it is now."""

    row: Row
    outcome: Outcome
    said: Said | None = None
    entry: Initiative | None = None
    merge: Merge | None = None
    fault: Fault | None = None
    #: Capabilities that the workspace does not have yet: key and name.
    new_capabilities: tuple[tuple[str, str], ...] = ()

    @property
    def writes(self) -> bool:
        """Whether anything is to be stored, were it only what the file said."""
        if self.outcome in (Outcome.NEW, Outcome.CHANGED):
            return True
        return self.merge is not None and self.entry is not None and self.merge.imported != self.entry.imported

    @property
    def text(self) -> Text | None:
        """Title and summary as they will be, if they are new."""
        if self.outcome is Outcome.NEW:
            return self.row.title, self.row.summary
        if self.entry is None or self.merge is None or not {"title", "summary"} & set(self.merge.fields):
            return None
        return self.merge.fields.get("title", self.entry.title), self.merge.fields.get("summary", self.entry.summary)


@dataclass(frozen=True, slots=True)
class Applied:
    """What a batch did: the decisions it carried out, and what it made besides."""

    decisions: tuple[Decision, ...]
    #: Entries that these rows are.
    entry_ids: frozenset[int]
    teams: tuple[str, ...]
    capabilities: tuple[str, ...]


def renamed(uow: UnitOfWork) -> dict[Name, int]:
    """Initiatives whose team or title people changed since they were imported, under the name that the file knows."""
    # The oldest wins where two once had the same name.
    return {
        (fold(team), fold(title)): entry_id
        for entry_id, team, title in reversed(uow.machine.initiatives.renamed_since_import())
    }


def find_leads(uow: UnitOfWork, words: Iterable[str]) -> dict[str, str]:
    """Slack ids by address; "" where the person was not met yet. It scans the people: call it outside of writing."""
    found = {word: uow.people.by_email(word) for word in sorted(set(words)) if "@" in word}
    return {word: person.id if person is not None and not person.is_deleted else "" for word, person in found.items()}


def decide(uow: UnitOfWork, rows: Sequence[Row], *, file: File, lead_ids: Mapping[str, str],
           taken: Collection[int] = ()) -> list[Decision]:  # fmt: skip
    """What each row means for the registry; reads only. ``taken`` are entries that other rows of the file are."""
    known = _look_up(uow, rows, file=file, lead_ids=lead_ids)
    entries = find_entries(rows, known.candidates, team_ids={name: team.id for name, team in known.teams.items()},
                           renamed=known.renamed, taken=taken)  # fmt: skip
    return [_decide(uow, row, entries.get(row.line), known) for row in rows]


@dataclass(frozen=True, slots=True)
class _Known:
    """Everything a batch needs to know, read with a few queries."""

    lead_ids: Mapping[str, str]
    #: By folded name.
    teams: Mapping[str, Team]
    team_names: Mapping[int, str]
    candidates: Sequence[Initiative]
    renamed: Mapping[Name, Initiative]
    outsiders: Collection[str]
    taxonomy: Taxonomy


def _look_up(uow: UnitOfWork, rows: Sequence[Row], *, file: File, lead_ids: Mapping[str, str]) -> _Known:
    everything = uow.machine.initiatives
    named = {fold(row.team): uow.teams.by_name(row.team) for row in rows if row.team}
    candidates = everything.candidates(
        external_ids={row.id for row in rows}, urls={row.url for row in rows}, titles={row.title for row in rows}
    )
    renamed_ids = {row.name: file.renamed[row.name] for row in rows if row.name in file.renamed}
    renamed_rows = {
        name: entry for name, entry_id in renamed_ids.items() if (entry := everything.get(entry_id)) is not None
    }
    of_entries = {entry.team_id for entry in (*candidates, *renamed_rows.values()) if entry.team_id is not None}
    people = uow.people.named({lead_ids.get(row.lead, row.lead) for row in rows if row.lead})
    return _Known(
        lead_ids=lead_ids,
        teams={name: team for name, team in named.items() if team is not None},
        team_names={team_id: team.name for team_id, team in uow.teams.named(of_entries).items()} if of_entries else {},
        candidates=candidates,
        renamed=renamed_rows,
        outsiders={person_id for person_id, person in people.items() if person.is_external or person.is_bot},
        taxonomy=capabilities.taxonomy(uow),
    )


def _decide(uow: UnitOfWork, row: Row, entry: Initiative | None, known: _Known) -> Decision:
    lead = _lead(row.lead, known)
    if lead.id in known.outsiders:
        return _left_out(
            row,
            "lead",
            f"`lead` is {row.lead}, which is a bot or belongs to another organisation; name a member of this workspace.",
        )
    visibility, problem = _visibility(uow, row)
    if problem:
        return _left_out(row, "visibility", problem)
    if entry is not None and entry.withdrawn_at is not None:
        return _left_out(
            row,
            "",
            f'"{row.title}" was taken back in Rowbot on {entry.withdrawn_at:%Y-%m-%d} and stays so. Announce it again if it goes on.',
        )
    keys, unknown = _capabilities(row, known.taxonomy)
    if unknown and not row.is_public:
        return _left_out(row, "capabilities", f'`capabilities` names "{unknown[0][1]}", which is new here, and everybody sees the list of capabilities. '
                         "Let a public row name it first, or take it out of this one.")  # fmt: skip
    said = Said(row, lead, keys, visibility)
    if entry is None:
        return Decision(row, Outcome.NEW, said, new_capabilities=unknown)
    team = known.team_names.get(entry.team_id, "") if entry.team_id is not None else ""
    outcome = merge(entry, said, team=team, last_lead=_lead(str(entry.imported.get("lead", "")), known, uow))
    if not row.is_public and outcome.changes and not outcome.fields.get("audience", entry.audience):
        return _left_out(row, "visibility", f'"{row.title}" is public in Rowbot and not in the file, so nothing of the row was taken. '
                         "Change who may see it in one of the two.")  # fmt: skip
    if "capabilities" not in outcome.fields:
        unknown = ()
    return Decision(
        row, Outcome.CHANGED if outcome.changes else Outcome.UNCHANGED, said, entry, outcome, new_capabilities=unknown
    )


def _left_out(row: Row, column: str, problem: str) -> Decision:
    return Decision(row, Outcome.LEFT_OUT, fault=Fault(row.line, column, f"Line {row.line}: {problem}"))


def _lead(word: str, known: _Known, uow: UnitOfWork | None = None) -> Lead:
    if "@" not in word:
        return Lead(word, word)
    if word not in known.lead_ids and uow is not None:
        # Only the leads of earlier imports get here, and few of them: those whose row now names somebody else.
        return Lead(word, find_leads(uow, [word]).get(word, ""))
    return Lead(word, known.lead_ids.get(word, ""))


def _visibility(uow: UnitOfWork, row: Row) -> tuple[str, str]:
    """The visibility with the channel's id for its name, or the problem with it."""
    if row.visibility in (PUBLIC, PRIVATE):
        return row.visibility, ""
    name = row.visibility
    channel = uow.channels.by_name(name.removeprefix("#")) if name.startswith("#") else uow.channels.get(name)
    if channel is None:
        return (
            "",
            f"`visibility` is {name}, a channel that I have not met. Invite me there with /invite @Rowbot, then import the file again.",
        )
    if not channel.is_private:
        return (
            "",
            f"`visibility` is {name}, which is no private channel. Use public, private, or a private channel that I am in.",
        )
    return channel.id, ""


def _capabilities(row: Row, taxonomy: Taxonomy) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Keys of what the row names, and key and name of those that the workspace does not have yet."""
    if not row.capabilities:
        return (), ()
    keys: list[str] = []
    unknown: dict[str, str] = {}
    for name in row.capabilities:
        found = taxonomy.by_name(name) or taxonomy.by_key(slug(name))
        if found is None:
            unknown.setdefault(slug(name), name)
        keys.append(found.key if found is not None else slug(name))
    return tuple(dict.fromkeys(keys)), tuple(unknown.items())


def apply(uow: UnitOfWork, rows: Sequence[Row], *, file: File, lead_ids: Mapping[str, str], probes: Mapping[Text, Probe],
          taken: Collection[int] = (), changes: bool = False, now: datetime) -> Applied:  # fmt: skip
    """Write what a batch of rows means; the registry's version is raised once, and only if something of it changes.

    ``changes`` says that an earlier :func:`decide` found changes: the version is then taken first, and with it the lock
    behind which no other import can add the same work at the same time. ``probes`` hold the texts that were embedded before; a text that is not among them is embedded later by matching's job.
    """
    uow.workspaces.ensure(now=now)
    version = uow.workspaces.raise_version() if changes else 0
    taxonomy = capabilities.taxonomy(uow)
    decisions = decide(uow, rows, file=file, lead_ids=lead_ids, taken=taken)
    if not version and any(decision.outcome in (Outcome.NEW, Outcome.CHANGED) for decision in decisions):
        version = uow.workspaces.raise_version()
    new_capabilities: dict[str, str] = {}
    for key, name in (each for decision in decisions for each in decision.new_capabilities):
        # The first row that names it spells it.
        new_capabilities.setdefault(key, name)
    for key, name in new_capabilities.items():
        uow.capabilities.add(key, name=name, now=now)
    teams = _Teams(uow, file=file, lead_ids=lead_ids, now=now)
    entry_ids: set[int] = set()
    for decision in decisions:
        if decision.outcome is Outcome.LEFT_OUT:
            continue
        entry = _add(uow, decision, teams, taxonomy, version=version, now=now)
        if decision.entry is not None and decision.merge is not None:
            _change(uow, decision.entry, decision.merge, teams, version=version, now=now)
        entry_ids.add(entry.id)
        probe = probes.get((entry.title, entry.summary)) if decision.text is not None else None
        if probe is not None:
            matching.keep_analysis(uow, entry, probe)
    return Applied(tuple(decisions), frozenset(entry_ids), tuple(teams.made), tuple(new_capabilities.values()))


def _add(
    uow: UnitOfWork, decision: Decision, teams: "_Teams", taxonomy: Taxonomy, *, version: int, now: datetime
) -> Initiative:
    """The decision's entry, made if the row is new."""
    if decision.entry is not None:
        return decision.entry
    said = decision.said
    if said is None:
        raise ValueError(f"line {decision.row.line} was left out: there is nothing to add")
    columns = columns_of_new(said)
    imported = said.words()
    if not said.capabilities:
        columns["capabilities"] = imported[RECOGNISED] = capabilities.recognise(
            uow, said.row.summary, title=said.row.title
        )
    return uow.initiatives.add(
        Initiative(**columns, workspace_id=uow.workspace_id, folded_title=fold(said.row.title), team_id=teams.id_of(said.row.team),
                   imported=imported, version=version, created_at=now, updated_at=now)
    )  # fmt: skip


def _change(uow: UnitOfWork, entry: Initiative, merged: Merge, teams: "_Teams", *, version: int, now: datetime) -> None:
    fields = dict(merged.fields)
    if merged.team is not None:
        fields["team_id"] = teams.id_of(merged.team)
    if fields:
        uow.initiatives.change(entry, version=version, now=now, **fields)
    if merged.imported != entry.imported:
        # What the file said is nobody's news: it raises no version.
        entry.imported = merged.imported


class _Teams:
    """The teams of one batch, made when first needed."""

    def __init__(self, uow: UnitOfWork, *, file: File, lead_ids: Mapping[str, str], now: datetime) -> None:
        self._uow, self._file, self._lead_ids, self._now = uow, file, lead_ids, now
        self._ids: dict[str, int] = {}
        self.made: list[str] = []

    def id_of(self, name: str) -> int | None:
        """The team of this name; None for no name."""
        if not name:
            return None
        folded = fold(name)
        if folded not in self._ids:
            team = self._uow.teams.by_name(name)
            if team is None:
                team = self._uow.teams.ensure(name, now=self._now)
                self.made.append(team.name)
            word = self._file.leads_of_teams.get(folded, "")
            if not team.lead_id and word:
                team.lead_id = self._lead_ids.get(word, "" if "@" in word else word)
            self._ids[folded] = team.id
        return self._ids[folded]
