"""What a row changes about the initiative that it is: the file's own words follow the file, people's edits stay theirs. Pure.

Three versions of each field are compared: what the last import said (``Initiative.imported``), what the registry says,
and what the file says now. Only where the first two agree does the third one count.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from bot.features.imports.identity import own_id
from bot.features.imports.rows import PRIVATE, PUBLIC, Row
from storage.initiatives import Initiative
from storage.teams import fold

#: What an import may fill in where neither people nor an earlier import said anything.
_FILLED_IN: Final = frozenset(
    {"summary", "team", "lead", "capabilities", "system", "started_on", "url", "id", "legacy", "lesson"}
)
#: Beside the words of the file: the capabilities that were recognised because the file named none.
RECOGNISED: Final = "recognised"


@dataclass(frozen=True, slots=True)
class Lead:
    """A lead as the file names one, with the Slack id if it is known ("" otherwise)."""

    word: str = ""
    id: str = ""

    @property
    def audience(self) -> str:
        """Who alone sees this lead's private work. An address is nobody's audience until its person is known."""
        return self.id or self.word


@dataclass(frozen=True, slots=True)
class Said:
    """A row, with its words looked up."""

    row: Row
    lead: Lead
    #: Keys of the taxonomy.
    capabilities: tuple[str, ...]
    #: `public`, `private` or a channel's id.
    visibility: str

    @property
    def audience(self) -> str:
        """Who may see it, as the row has it."""
        return {PUBLIC: "", PRIVATE: self.lead.audience}.get(self.visibility, self.visibility)

    def words(self) -> dict[str, Any]:
        """Everything as it is kept in ``Initiative.imported``."""
        row = self.row
        return {
            "id": row.id, "title": row.title, "summary": row.summary, "team": row.team, "lead": self.lead.word,
            "status": row.status.value, "capabilities": list(self.capabilities), "system": row.system,
            "started_on": row.started_on.isoformat() if row.started_on else "", "url": row.url, "legacy": row.legacy,
            "visibility": self.visibility, "lesson": row.lesson,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """A column of an entry that changes, as people read it."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Merge:
    """What becomes of an entry."""

    #: Columns of Initiative that change, with their values; the team is not among them.
    fields: dict[str, Any]
    #: The name of the team it moves to; None: it stays where it is.
    team: str | None
    #: What ``Initiative.imported`` says from now on.
    imported: dict[str, Any]
    #: Columns of the file that say something else than people do, and yield.
    kept: tuple[str, ...]
    #: What changes, column by column.
    differences: tuple[Difference, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether the registry changes."""
        return bool(self.fields) or self.team is not None


def merge(entry: Initiative, said: Said, *, team: str, last_lead: Lead) -> Merge:
    """What a row changes. ``team`` is the name of the entry's present team, ``last_lead`` the lead of the last import."""
    words, base, present = said.words(), entry.imported, _present(entry, team)
    fields: dict[str, Any] = {}
    kept: list[str] = []
    moved: str | None = None
    differences: list[Difference] = []
    for column in sorted(said.row.says):
        word = words[column]
        if column == "id" and word == own_id(entry):
            continue
        if _same(column, word, present[column], said.lead) or (not word and column not in base):
            continue
        news = column not in base or not _same(column, word, base[column], Lead())
        owned = (
            _is_files(column, base, present, last_lead)
            if column in base
            else column in _FILLED_IN and not present[column]
        )
        if not owned:
            kept.append(column)
        elif news:
            differences.append(Difference(column, shown(present[column]), shown(word)))
            moved = word if column == "team" else moved
            fields |= {} if column == "team" else _columns(column, word, said)
    if not entry.lead_id and entry.lead_email == said.lead.word and said.lead.id:
        # The person behind the address has been met since.
        differences.append(Difference("lead", entry.lead_email, said.lead.id))
        fields |= {"lead_id": said.lead.id, "lead_email": ""}
    _settle_audience(entry, said, fields, base=base, present=present, last_lead=last_lead)
    differences = [each for each in differences if each.column != "visibility"]
    if "audience" in fields:
        differences.append(Difference("visibility", entry.audience or PUBLIC, fields["audience"] or PUBLIC))
    stated = said.row.says - ({"id"} if said.row.id == own_id(entry) else set())
    imported = {**base, **{column: words[column] for column in stated}}
    return Merge(fields, moved, imported, tuple(kept), tuple(differences))


def shown(value: Any) -> str:  # noqa: ANN401 - what the column holds
    """What a column holds, as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "; ".join(value) if isinstance(value, list) else str(value)


def _settle_audience(entry: Initiative, said: Said, fields: dict[str, Any], *, base: Mapping[str, Any], present: Mapping[str, Any],
                     last_lead: Lead) -> None:  # fmt: skip
    """Work kept to its lead follows the lead, unless people said who may see it."""
    becomes_private = "audience" in fields and said.visibility == PRIVATE
    stays_private = (
        "audience" not in fields
        and base.get("visibility") == PRIVATE
        and _is_files("visibility", base, present, last_lead)
    )
    if not (becomes_private or stays_private):
        return
    fields.pop("audience", None)
    lead = fields.get("lead_id", entry.lead_id) or fields.get("lead_email", entry.lead_email)
    if lead and lead != entry.audience:
        fields["audience"] = lead


def _present(entry: Initiative, team: str) -> dict[str, Any]:
    """What the registry says, in the words of a file."""
    return {
        "id": entry.external_id, "title": entry.title, "summary": entry.summary, "team": team,
        "lead": entry.lead_id or entry.lead_email, "status": entry.status.value, "capabilities": entry.capabilities,
        "system": entry.system, "started_on": entry.started_on.isoformat() if entry.started_on else "", "url": entry.url,
        "legacy": entry.legacy, "visibility": entry.audience or PUBLIC, "lesson": entry.lesson,
    }  # fmt: skip


def _same(column: str, word: Any, other: Any, lead: Lead) -> bool:  # noqa: ANN401 - what the column holds
    """Whether a word of the file means the other one."""
    if column == "team":
        return fold(word) == fold(other)
    if column == "lead":
        return other == word or bool(lead.id and other == lead.id)
    if column == "visibility" and word == PRIVATE:
        return other == PRIVATE or bool(lead.audience and other == lead.audience)
    return bool(word == other)


def _is_files(column: str, base: Mapping[str, Any], present: Mapping[str, Any], last_lead: Lead) -> bool:
    """Whether the registry still says what the last import said."""
    word, now = base[column], present[column]
    if column == "visibility" and word == PRIVATE:
        return now in {last_lead.word, last_lead.id, present["lead"]} - {""}
    if column == "capabilities" and not word:
        return now in ([], base.get(RECOGNISED))
    return _same(column, word, now, last_lead)


def _columns(column: str, word: Any, said: Said) -> dict[str, Any]:  # noqa: ANN401 - what the column holds
    """The columns of Initiative that hold what a word of the file says."""
    if column == "lead":
        return {"lead_id": said.lead.id, "lead_email": "" if said.lead.id else said.lead.word}
    if column == "visibility":
        return {"audience": said.audience}
    if column == "started_on":
        return {"started_on": date.fromisoformat(word) if word else None}
    if column == "status":
        return {"status": said.row.status}
    return {"external_id" if column == "id" else column: word}


def is_as_imported(entry: Initiative, *, team: str, lead: Lead) -> bool:
    """Whether an entry still says everything that the last import said; ``team`` is its present one, ``lead`` the import's."""
    present = _present(entry, team)
    return all(_is_files(column, entry.imported, present, lead) for column in present if column in entry.imported)


def columns_of_new(said: Said) -> dict[str, Any]:
    """The columns of an initiative that the registry did not have; its team and stamps are the service's."""
    columns: dict[str, Any] = {}
    for column, word in said.words().items():
        if column != "team":
            columns |= _columns(column, word, said)
    return columns
