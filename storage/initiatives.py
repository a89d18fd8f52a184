"""Initiatives: the noun that everything shares, and the analysis by which they are found."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import JSON, BigInteger, Index, LargeBinary, String, cast, delete
from sqlalchemy import select as sql_select
from sqlmodel import Field, SQLModel, col, func, select

from storage.columns import Instant, Key, Word
from storage.repository import Repository
from storage.teams import Team, fold

#: How many rows one read of changes brings at most.
CHANGES_PER_READ = 1_000


class Status(StrEnum):
    """Where an initiative stands."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    PAUSED = "paused"
    SHIPPED = "shipped"
    ABANDONED = "abandoned"
    MERGED = "merged"


#: Work that has ended, well or not.
OVER = (Status.SHIPPED, Status.ABANDONED, Status.MERGED)


class Initiative(SQLModel, table=True):
    """A piece of work."""

    __table_args__ = (
        Index("ix_initiative_changes", "workspace_id", "version"),
        Index("ix_initiative_external", "workspace_id", "external_id"),
        Index("ix_initiative_url", "workspace_id", "url"),
        Index("ix_initiative_title", "workspace_id", "folded_title"),
        Index("ix_initiative_lead", "workspace_id", "lead_id"),
        Index("ix_initiative_creator", "workspace_id", "created_by"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    workspace_id: str
    title: str
    folded_title: str
    summary: str = ""
    team_id: int | None = Field(default=None, foreign_key="team.id", sa_type=Key)
    #: Slack id of the lead; "" while unknown. An import may know only the address.
    lead_id: str = ""
    lead_email: str = ""
    #: Slack id of who registered it; "" for imports.
    created_by: str = ""
    status: Status = Field(default=Status.PROPOSED, sa_type=Word(Status))
    legacy: bool = False
    #: Who may see it: "" everybody, else the id of a private channel or of a person (see `storage.repository.Viewer`).
    audience: str = ""
    capabilities: list[str] = Field(default_factory=list, sa_type=JSON)
    system: str = ""
    started_on: date | None = None
    url: str = ""
    external_id: str = ""
    lesson: str = ""
    #: What the last import said, field by field: a field that differs from it was edited by people and stays theirs.
    imported: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    #: The workspace's registry version at the last change.
    version: int = Field(sa_type=BigInteger)
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)
    #: Set while the initiative is taken back (deleted announcement, "not an initiative"): nobody finds it.
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)

    @property
    def is_over(self) -> bool:
        """Whether the work has ended, well or not."""
        return self.status in OVER


class InitiativeAnalysis(SQLModel, table=True):
    """What matching compares, made from an initiative's text when it was written, so that no start has to make it again."""

    initiative_id: int = Field(primary_key=True, sa_type=Key, foreign_key="initiative.id")
    #: The versions of embedder and analysis, and a hash of the text; another value means that it is stale.
    made_from: str
    #: 384 half-precision numbers; empty when matching on words alone.
    vector: bytes = Field(sa_type=LargeBinary)
    #: The text's stems in order, blanks between them.
    stems: str


class AnalysisClaim(SQLModel, table=True):
    """A process analyses an initiative's text; until then no other one does. Gone when the analysis is stored."""

    initiative_id: int = Field(primary_key=True, sa_type=Key, foreign_key="initiative.id")
    workspace_id: str
    until: datetime = Field(sa_type=Instant)


class StatusChange(SQLModel, table=True):
    """A change of an initiative's status: what reports say of the past is read from these."""

    __table_args__ = (
        Index("ix_statuschange_initiative", "initiative_id"),
        Index("ix_statuschange_time", "workspace_id", "changed_at"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    workspace_id: str
    initiative_id: int = Field(foreign_key="initiative.id", sa_type=Key)
    before: Status = Field(sa_type=Word(Status))
    after: Status = Field(sa_type=Word(Status))
    changed_at: datetime = Field(sa_type=Instant)


class Change(NamedTuple):
    """What the search index needs of one changed initiative."""

    id: int
    version: int
    withdrawn: bool
    audience: str
    capabilities: frozenset[str]
    title: str
    summary: str
    #: "" where nothing was analysed yet.
    made_from: str
    vector: bytes
    stems: str


class Initiatives(Repository):
    """The workspace's initiatives, as far as the viewer may see them."""

    def get(self, initiative_id: int) -> Initiative | None:
        """The initiative, withdrawn or not, if it is of this workspace and this viewer may see it."""
        row = self.known("initiatives", initiative_id, lambda: self.session.get(Initiative, initiative_id))
        if row is None or row.workspace_id != self.workspace_id or not self.viewer.sees(row.audience):
            return None
        return row

    def named(self, initiative_ids: Collection[int]) -> dict[int, Initiative]:
        """Those of these initiatives that stand and that this viewer may see, by id."""
        if not initiative_ids:
            return {}
        known: dict[int, Initiative | None] | None = self.all_known("initiatives", initiative_ids)
        if known is not None:
            return {
                row.id: row for row in known.values()
                if row is not None and row.withdrawn_at is None and self.viewer.sees(row.audience)
            }  # fmt: skip
        statement = (
            select(Initiative)
            .where(Initiative.workspace_id == self.workspace_id, col(Initiative.id).in_(sorted(set(initiative_ids))))
            .where(col(Initiative.withdrawn_at).is_(None), self.visible(col(Initiative.audience)))
        )
        return {row.id: row for row in self.session.exec(statement)}

    def look_ahead(self, initiative_ids: Collection[int]) -> list[Initiative]:
        """Read these initiatives, withdrawn or not and whoever may see them, for the rest of this unit."""
        wanted = sorted(set(initiative_ids))
        statement = select(Initiative).where(
            Initiative.workspace_id == self.workspace_id, col(Initiative.id).in_(wanted)
        )
        rows = {row.id: row for row in self.session.exec(statement)}
        self.read_ahead("initiatives", wanted, rows, otherwise=lambda: None)
        return list(rows.values())

    def add(self, initiative: Initiative) -> Initiative:
        """Store a new initiative and give it its id."""
        self.session.add(initiative)
        self.session.flush()
        return initiative

    def of(self, person_id: str, *, limit: int = 100) -> list[Initiative]:
        """What this person leads or registered and has not taken back, the youngest first."""
        statement = (
            select(Initiative)
            .where(Initiative.workspace_id == self.workspace_id, col(Initiative.withdrawn_at).is_(None))
            .where((col(Initiative.lead_id) == person_id) | (col(Initiative.created_by) == person_id))
            .where(self.visible(col(Initiative.audience)))
            .order_by(col(Initiative.updated_at).desc(), col(Initiative.id).desc())
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def of_team(self, team_id: int) -> list[Initiative]:
        """Every initiative of a team, taken back or not."""
        statement = (
            select(Initiative)
            .where(Initiative.workspace_id == self.workspace_id, Initiative.team_id == team_id)
            .where(self.visible(col(Initiative.audience)))
            .order_by(col(Initiative.id))
        )
        return list(self.session.exec(statement))

    def led_by(self, person_ids: Collection[str]) -> list[Initiative]:
        """What these people lead that has not ended and was not taken back, the oldest first."""
        statement = (
            select(Initiative)
            .where(Initiative.workspace_id == self.workspace_id, col(Initiative.withdrawn_at).is_(None))
            .where(col(Initiative.lead_id).in_(sorted(set(person_ids) - {""})), col(Initiative.status).not_in(OVER))
            .where(self.visible(col(Initiative.audience)))
            .order_by(col(Initiative.id))
        )
        return list(self.session.exec(statement))

    def legacy_systems(self, *, limit: int = 100) -> list[Initiative]:
        """What is marked as legacy and still in use, by title."""
        statement = (
            select(Initiative)
            .where(Initiative.workspace_id == self.workspace_id, col(Initiative.withdrawn_at).is_(None))
            .where(col(Initiative.legacy).is_(True), col(Initiative.status).not_in((Status.ABANDONED, Status.MERGED)))
            .where(self.visible(col(Initiative.audience)))
            .order_by(Initiative.folded_title, col(Initiative.id))
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def kept_to(self, audience: str) -> list[Initiative]:
        """What is kept to a private channel's members (or to a person) and was not taken back, the oldest first."""
        statement = (
            select(Initiative)
            .where(Initiative.workspace_id == self.workspace_id, col(Initiative.withdrawn_at).is_(None))
            .where(Initiative.audience == audience, self.visible(col(Initiative.audience)))
            .order_by(col(Initiative.id))
        )
        return list(self.session.exec(statement))

    def titled(self, part: str, *, limit: int) -> list[Initiative]:
        """What stands and has this in its title, whatever its case, by title."""
        statement = (
            select(Initiative)
            .where(Initiative.workspace_id == self.workspace_id, col(Initiative.withdrawn_at).is_(None))
            .where(col(Initiative.folded_title).contains(fold(part), autoescape=True))
            .where(self.visible(col(Initiative.audience)))
            .order_by(Initiative.folded_title, col(Initiative.id))
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def ids_of(self, person_id: str) -> set[int]:
        """Ids of what this person leads or registered."""
        statement = (
            select(Initiative.id)
            .where(Initiative.workspace_id == self.workspace_id, self.visible(col(Initiative.audience)))
            .where((col(Initiative.lead_id) == person_id) | (col(Initiative.created_by) == person_id))
        )
        return set(self.session.exec(statement))

    def count(self) -> int:
        """How many stand and may be seen."""
        statement = select(func.count(col(Initiative.id))).where(
            Initiative.workspace_id == self.workspace_id,
            col(Initiative.withdrawn_at).is_(None),
            self.visible(col(Initiative.audience)),
        )
        return self.session.exec(statement).one()

    def changed_since(self, version: int) -> Iterator[Change]:
        """Everything changed after a registry version, oldest change first: for the search index."""
        columns = (
            col(Initiative.id), col(Initiative.version), col(Initiative.withdrawn_at).is_not(None), col(Initiative.audience),
            # As text: most rows share their capabilities with others, and each set is read and kept once.
            cast(col(Initiative.capabilities), String), col(Initiative.title), col(Initiative.summary),
            col(InitiativeAnalysis.made_from), col(InitiativeAnalysis.vector), col(InitiativeAnalysis.stems),
        )  # fmt: skip
        sets: dict[str, frozenset[str]] = {}
        statement = (
            sql_select(*columns)
            .join(InitiativeAnalysis, col(InitiativeAnalysis.initiative_id) == col(Initiative.id), isouter=True)
            .where(col(Initiative.workspace_id) == self.workspace_id)
            .order_by(col(Initiative.version), col(Initiative.id))
            .limit(CHANGES_PER_READ)
        )
        within = False
        where = [col(Initiative.version) > version]
        while True:
            rows = self.session.execute(statement.where(*where)).all()
            for number, at, withdrawn, audience, keys, title, summary, made_from, vector, stems in rows:
                if keys not in sets:
                    sets[keys] = frozenset(json.loads(keys))
                yield Change(
                    number,
                    at,
                    withdrawn,
                    audience,
                    sets[keys],
                    title,
                    summary,
                    made_from or "",
                    vector or b"",
                    stems or "",
                )
            if len(rows) == CHANGES_PER_READ:
                # One import stamps many rows with one version: first the rest of the last one.
                within, version = True, rows[-1].version
                where = [col(Initiative.version) == version, col(Initiative.id) > rows[-1].id]
            elif within:
                within, where = False, [col(Initiative.version) > version]
            else:
                return

    def keep_analysis(self, initiative_id: int, *, made_from: str, vector: bytes, stems: str) -> None:
        """Store what matching compares of an initiative's present text."""
        row = self.session.get(InitiativeAnalysis, initiative_id)
        if row is None:
            self.session.add(
                InitiativeAnalysis(initiative_id=initiative_id, made_from=made_from, vector=vector, stems=stems)
            )
        else:
            row.made_from, row.vector, row.stems = made_from, vector, stems

    def claim_analyses(self, initiative_ids: Sequence[int], *, limit: int, now: datetime, until: datetime) -> list[int]:
        """Those of these initiatives, at most ``limit``, that this process is to analyse: nobody else does until then."""
        claim, wanted = AnalysisClaim, sorted(set(initiative_ids))
        here = col(claim.initiative_id).in_(wanted)
        self.session.execute(
            delete(claim).where(col(claim.workspace_id) == self.workspace_id, here, col(claim.until) <= now)
        )
        while True:
            taken = set(
                self.session.exec(select(claim.initiative_id).where(claim.workspace_id == self.workspace_id, here))
            )
            free = [each for each in initiative_ids if each not in taken][:limit]
            rows = [{"initiative_id": each, "workspace_id": self.workspace_id, "until": until} for each in sorted(free)]
            # On PostgreSQL another process may claim the same ones at this moment: then those after them are looked at.
            if (mine := self.insert_new(claim, rows, key="initiative_id")) or not free:
                return sorted(mine)

    def drop_claims(self, initiative_ids: Collection[int]) -> None:
        """These are analysed, or are not to be."""
        claim = AnalysisClaim
        self.session.execute(
            delete(claim).where(col(claim.workspace_id) == self.workspace_id, col(claim.initiative_id).in_(sorted(initiative_ids)))
        )  # fmt: skip

    def lead_addresses(self) -> list[str]:
        """Addresses (in lower case) of leads whose Slack id is not known."""
        statement = (
            select(func.lower(Initiative.lead_email))
            .where(Initiative.workspace_id == self.workspace_id, Initiative.lead_id == "", Initiative.lead_email != "")
            .distinct()
        )
        return list(self.session.exec(statement))

    def led_by_address(self, addresses: Collection[str]) -> list[Initiative]:
        """Initiatives whose lead is known only by one of these addresses (in lower case)."""
        statement = (
            select(Initiative)
            .where(Initiative.workspace_id == self.workspace_id, Initiative.lead_id == "")
            .where(func.lower(Initiative.lead_email).in_(sorted(addresses)))
        )
        return list(self.session.exec(statement))

    def by_urls(self, urls: Collection[str]) -> dict[str, Initiative]:
        """Initiatives by address; the oldest where several share one."""
        return {row.url: row for row in reversed(self._where_in("url", urls))}

    def candidates(
        self, *, external_ids: Collection[str], urls: Collection[str], titles: Collection[str]
    ) -> list[Initiative]:
        """Whatever has one of these ids, addresses or titles, withdrawn or not, the oldest first."""
        found = {
            row.id: row
            for column, values in (
                ("external_id", external_ids),
                ("url", urls),
                ("folded_title", {fold(title) for title in titles}),
            )
            for row in self._where_in(column, values)
        }
        return sorted(found.values(), key=lambda row: row.id)

    def renamed_since_import(self) -> list[tuple[int, str, str]]:
        """Imported initiatives whose team or title people changed: id, and team and title as the file had them."""
        team, title = (col(Initiative.imported)[field].as_string() for field in ("team", "title"))
        statement = (
            select(Initiative.id, team, title)
            .join(Team, col(Team.id) == col(Initiative.team_id), isouter=True)
            .where(Initiative.workspace_id == self.workspace_id, self.visible(col(Initiative.audience)))
            .where((title != Initiative.title) | (team != func.coalesce(col(Team.name), "")))
            .order_by(col(Initiative.id))
        )
        return [(row[0], row[1] or "", row[2]) for row in self.session.exec(statement) if row[2]]

    def _where_in(self, column: str, values: Collection[str]) -> Sequence[Initiative]:
        wanted = sorted({value for value in values if value})
        if not wanted:
            return []
        statement = (
            select(Initiative)
            .where(Initiative.workspace_id == self.workspace_id, getattr(Initiative, column).in_(wanted))
            .where(self.visible(col(Initiative.audience)))
            .order_by(col(Initiative.id))
        )
        return self.session.exec(statement).all()

    def change(self, initiative: Initiative, *, version: int, now: datetime, **fields: object) -> Mapping[str, object]:
        """Set fields of an initiative and stamp the change (a change of status is kept); what it said before, of the fields that changed."""
        before = {
            name: getattr(initiative, name) for name, value in fields.items() if getattr(initiative, name) != value
        }
        for name in before:
            setattr(initiative, name, fields[name])
        if "title" in before:
            initiative.folded_title = fold(initiative.title)
        if "status" in before:
            self.session.add(
                StatusChange(workspace_id=self.workspace_id, initiative_id=initiative.id, before=before["status"], after=initiative.status,
                             changed_at=now)
            )  # fmt: skip
        if before:
            initiative.version, initiative.updated_at = version, now
        return before
