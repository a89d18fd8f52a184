"""Decides what a row of a file means for the registry as it is. Reads only. A file never finds out about private work it did not bring."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from bot.features.capabilities import service as capabilities
from bot.features.capabilities.taxonomy import Taxonomy
from bot.features.imports.identity import Name, find_entries, is_undone, number_in
from bot.features.imports.merging import Lead, Merge, Said, merge
from bot.features.imports.rows import PRIVATE, PUBLIC, Fault, Row, place, slug
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
    #: The file's name, under which the run is remembered.
    name: str = ""


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
    #: Of a new row: the entry that was taken back with an earlier import and stands again.
    revives: Initiative | None = None
    #: Tags that name no capability here.
    unknown_tags: tuple[str, ...] = ()
    #: The team that the row brings with it; "" if there is one, or none is named.
    new_team: str = ""
    #: The team that the row names, if there is one.
    team: Team | None = None

    @property
    def entry_id(self) -> int | None:
        """The entry that the row is; None if it is still to be made."""
        entry = self.entry or self.revives
        return entry.id if entry is not None else None

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
           taken: Collection[int] = (), coming: Collection[str] = ()) -> list[Decision]:  # fmt: skip
    """What each row means for the registry; reads only.

    ``taken`` are entries that other rows of the file are, ``coming`` keys of capabilities that other rows bring.
    """
    known = _look_up(uow, rows, file=file, lead_ids=lead_ids)
    entries = find_entries(rows, known.candidates, team_ids={name: team.id for name, team in known.teams.items()},
                           renamed=known.renamed, taken=taken)  # fmt: skip
    return [_decide(uow, row, entries.get(row.place), known, coming) for row in rows]


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
    ids = uow.imports.team_ids({fold(row.team) for row in rows if row.team})
    standing = uow.teams.named(ids.values()) if ids else {}
    candidates = everything.candidates(
        external_ids={row.id for row in rows}, urls={row.url for row in rows}, titles={row.title for row in rows}
    )
    numbers = {number for row in rows if (number := number_in(row.id)) is not None} - {entry.id for entry in candidates}
    candidates += uow.machine.imports.entries(numbers).values()
    renamed_ids = {row.name: file.renamed[row.name] for row in rows if row.name in file.renamed}
    renamed_rows = {
        name: entry for name, entry_id in renamed_ids.items() if (entry := everything.get(entry_id)) is not None
    }
    of_entries = {entry.team_id for entry in (*candidates, *renamed_rows.values()) if entry.team_id is not None}
    people = uow.people.named({lead_ids.get(row.lead, row.lead) for row in rows if row.lead})
    return _Known(
        lead_ids=lead_ids,
        teams={name: standing[team_id] for name, team_id in ids.items() if team_id in standing},
        team_names={team_id: team.name for team_id, team in uow.teams.named(of_entries).items()} if of_entries else {},
        candidates=candidates,
        renamed=renamed_rows,
        outsiders={person_id for person_id, person in people.items() if person.is_external or person.is_bot},
        taxonomy=capabilities.taxonomy(uow),
    )


def _decide(uow: UnitOfWork, row: Row, entry: Initiative | None, known: _Known, coming: Collection[str]) -> Decision:
    lead = _lead(row.lead, known)
    if lead.id in known.outsiders and (entry is None or entry.lead_id != lead.id):
        return _left_out(
            row,
            "lead",
            f"`lead` is {row.lead}, which is a bot or belongs to another organisation; name a member of this workspace.",
        )
    visibility, problem = _visibility(uow, row)
    if problem:
        return _left_out(row, "visibility", problem)
    revives = entry if entry is not None and is_undone(entry) else None
    if entry is not None and entry.withdrawn_at is not None and revives is None:
        return _left_out(
            row,
            "",
            f'"{row.title}" was taken back in Rowbot on {entry.withdrawn_at:%Y-%m-%d} and stays so. Announce it again if it goes on.',
        )
    keys, unknown = _capabilities(row, known.taxonomy)
    tags = {tag: _key_of_tag(known.taxonomy, tag) for tag in row.tags}
    keys = tuple(dict.fromkeys([*keys, *(key for key in tags.values() if key)]))
    unknown_tags = tuple(tag for tag, key in tags.items() if not key)
    unknown = tuple(each for each in unknown if each[0] not in coming)
    if unknown and not row.is_public:
        return _left_out(row, "capabilities", f'`capabilities` names "{unknown[0][1]}", which is new here, and everybody sees the list of capabilities. '
                         "Let a public row name it first, or take it out of this one.")  # fmt: skip
    said = Said(row, lead, keys, visibility)
    named = known.teams.get(fold(row.team))
    new_team = row.team if named is None else ""
    if entry is None or revives is not None:
        return Decision(row, Outcome.NEW, said, new_capabilities=unknown, revives=revives, unknown_tags=unknown_tags,
                        new_team=new_team, team=named)  # fmt: skip
    team = known.team_names.get(entry.team_id, "") if entry.team_id is not None else ""
    outcome = merge(entry, said, team=team, last_lead=_lead(str(entry.imported.get("lead", "")), known, uow))
    if not row.is_public and outcome.changes and not outcome.fields.get("audience", entry.audience):
        return _left_out(row, "visibility", f'"{row.title}" is public in Rowbot and not in the file, so nothing of the row was taken. '
                         "Change who may see it in one of the two.")  # fmt: skip
    if "capabilities" not in outcome.fields:
        unknown = ()
    return Decision(row, Outcome.CHANGED if outcome.changes else Outcome.UNCHANGED, said, entry, outcome, new_capabilities=unknown,
                    unknown_tags=unknown_tags, new_team=new_team if outcome.team is not None else "", team=named)  # fmt: skip


def _left_out(row: Row, column: str, problem: str) -> Decision:
    return Decision(
        row, Outcome.LEFT_OUT, fault=Fault(row.line, column, f"{place(row.line, row.file)}: {problem}", row.file)
    )


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
    if name.startswith(("U", "W")):
        person = uow.people.get(name)
        if person is not None and (person.is_external or person.is_bot):
            return "", f"`visibility` is {name}, which is a bot or belongs to another organisation."
        return name, ""
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


@lru_cache(maxsize=4096)
def _key_of_tag(taxonomy: Taxonomy, tag: str) -> str:
    """The capability that a tag names in full or speaks of by a name, synonym or tool; "" if the workspace knows none."""
    exact = taxonomy.by_key(slug(tag))
    spoken = [exact] if exact is not None else taxonomy.recognise(" ".join(slug(tag).split("-")), most=1)
    return spoken[0].key if spoken else ""
