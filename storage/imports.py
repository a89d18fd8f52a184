"""Imports that ran, and what each entry said before: enough to take an import back. And what an export reads."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, insert, update
from sqlmodel import Field, SQLModel, col, func, select

from storage.columns import Instant, Key
from storage.initiatives import Initiative
from storage.repository import Repository
from storage.teams import Team, TeamMember


class ImportRun(SQLModel, table=True):
    """One run of an import."""

    __table_args__ = (Index("ix_importrun_workspace", "workspace_id", "started_at"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    workspace_id: str
    #: The file's name, without its folder.
    name: str
    #: Counts of what it did, by word (new, changed, unchanged, left out); "private new" and so on are the private ones among them.
    counts: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    #: What it made beside entries: ids of teams, keys of capabilities, (team, person) of members and of leads.
    made: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    started_at: datetime = Field(sa_type=Instant)
    undone_at: datetime | None = Field(default=None, sa_type=Instant)
    #: Who asked in Slack that it be taken back, and when; "" and None when nobody did.
    undo_asked_by: str = ""
    undo_asked_at: datetime | None = Field(default=None, sa_type=Instant)


class ImportChange(SQLModel, table=True):
    """What an import did to one entry."""

    __table_args__ = (Index("ix_importchange_run", "run_id"), Index("ix_importchange_initiative", "initiative_id"))

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    run_id: int = Field(foreign_key="importrun.id", sa_type=Key)
    initiative_id: int = Field(foreign_key="initiative.id", sa_type=Key)
    #: Columns as they were, of those that changed; None: the entry was new.
    before: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    #: The same columns as the import left them.
    after: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    #: Whether it has been taken back, or been looked at and kept.
    undone: bool = False
    #: Why it could not be taken back: columns that people changed since, or one word about all of it; "" if nothing is kept.
    kept: str = ""


class Imports(Repository):
    """The workspace's imports."""

    def get(self, run_id: int) -> ImportRun | None:
        """The run, if it is of this workspace."""
        row = self.session.get(ImportRun, run_id)
        return row if row is not None and row.workspace_id == self.workspace_id else None

    def add(self, run: ImportRun) -> ImportRun:
        """Store a run and give it its id."""
        self.session.add(run)
        self.session.flush()
        return run

    def latest(self, *, limit: int = 10) -> list[ImportRun]:
        """The latest runs, the youngest first."""
        statement = (
            select(ImportRun)
            .where(ImportRun.workspace_id == self.workspace_id)
            .order_by(col(ImportRun.started_at).desc(), col(ImportRun.id).desc())
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def latest_standing(self) -> ImportRun | None:
        """The youngest run that was not taken back."""
        statement = (
            select(ImportRun)
            .where(ImportRun.workspace_id == self.workspace_id, col(ImportRun.undone_at).is_(None))
            .order_by(col(ImportRun.started_at).desc(), col(ImportRun.id).desc())
            .limit(1)
        )
        return self.session.exec(statement).first()

    def undo_asked(self) -> list[ImportRun]:
        """Runs that somebody asked in Slack to take back and that still stand, the first asked first."""
        statement = (
            select(ImportRun)
            .where(ImportRun.workspace_id == self.workspace_id, col(ImportRun.undone_at).is_(None))
            .where(col(ImportRun.undo_asked_at).is_not(None))
            .order_by(col(ImportRun.undo_asked_at), col(ImportRun.id))
        )
        return list(self.session.exec(statement))

    def add_changes(self, run_id: int, changes: Sequence[tuple[int, dict[str, Any] | None, dict[str, Any]]]) -> None:
        """Remember what a run did: (entry, columns before or None, columns after) each."""
        if changes:
            rows = [
                {
                    "run_id": run_id,
                    "initiative_id": entry,
                    "before": before,
                    "after": after,
                    "undone": False,
                    "kept": "",
                }
                for entry, before, after in changes
            ]
            self.session.execute(insert(ImportChange), rows)

    def put(self, entry: Initiative) -> Initiative:
        """A new entry among those that the next flush stores together: only then has it an id."""
        self.session.add(entry)
        return entry

    def changes(self, run_id: int) -> list[ImportChange]:
        """What a run did, in order."""
        statement = select(ImportChange).where(ImportChange.run_id == run_id).order_by(col(ImportChange.id))
        return list(self.session.exec(statement))

    def to_undo(self, run_id: int, *, limit: int) -> list[ImportChange]:
        """What of a run was not taken back yet, the last first."""
        statement = (
            select(ImportChange)
            .where(ImportChange.run_id == run_id, col(ImportChange.undone).is_(False))
            .order_by(col(ImportChange.id).desc())
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def count_to_undo(self, run_id: int) -> int:
        """How much of a run was not taken back yet."""
        statement = select(func.count(col(ImportChange.id))).where(
            ImportChange.run_id == run_id, col(ImportChange.undone).is_(False)
        )
        return self.session.exec(statement).one()

    def kept(self, run_id: int, *, limit: int) -> list[tuple[Initiative, str]]:
        """Entries of a run that stayed (in part) when it was taken back, as far as this viewer may see them, each with why."""
        statement = (
            select(Initiative, ImportChange.kept)
            .join(ImportChange, col(ImportChange.initiative_id) == col(Initiative.id))
            .where(ImportChange.run_id == run_id, ImportChange.kept != "", self.visible(col(Initiative.audience)))
            .order_by(col(ImportChange.id))
            .limit(limit)
        )
        return [(row, why) for row, why in self.session.exec(statement)]

    def undone_counts(self, run_id: int) -> dict[str, int]:
        """How many entries of a run went ("withdrawn"), went back ("changed") and stayed ("kept"), as far as this viewer may see them."""
        statement = (
            select(ImportChange.kept, ImportChange.before)
            .join(Initiative, col(ImportChange.initiative_id) == col(Initiative.id))
            .where(
                ImportChange.run_id == run_id,
                col(ImportChange.undone).is_(True),
                self.visible(col(Initiative.audience)),
            )
        )
        counts = {"withdrawn": 0, "changed": 0, "kept": 0}
        for kept, before in self.session.exec(statement):
            counts["kept" if kept else "withdrawn" if before is None else "changed"] += 1
        return counts

    def changed_later(self, run: ImportRun, initiative_ids: Collection[int]) -> set[int]:
        """Those of these entries that a later run, which still stands, changed again."""
        if not initiative_ids:
            return set()
        statement = (
            select(ImportChange.initiative_id)
            .join(ImportRun, col(ImportRun.id) == col(ImportChange.run_id))
            .where(col(ImportChange.initiative_id).in_(sorted(set(initiative_ids))), ImportChange.run_id > run.id)
            .where(col(ImportChange.undone).is_(False), col(ImportRun.undone_at).is_(None))
        )
        return set(self.session.exec(statement))

    def reopen(self, run: ImportRun, *, why: str) -> None:
        """A run was taken back: what earlier ones could not take back for this reason is theirs to take back again."""
        touched = select(ImportChange.initiative_id).where(ImportChange.run_id == run.id)
        earlier = select(ImportRun.id).where(ImportRun.workspace_id == self.workspace_id, ImportRun.id < run.id)
        statement = (
            update(ImportChange)
            .where(col(ImportChange.run_id).in_(earlier), col(ImportChange.initiative_id).in_(touched))
            .where(col(ImportChange.kept) == why)
            .values(undone=False, kept="")
            .returning(col(ImportChange.run_id))
        )
        standing = sorted(set(self.session.execute(statement).scalars()))
        self.session.execute(
            update(ImportRun)
            .where(col(ImportRun.id).in_(standing))
            .values(undone_at=None, undo_asked_at=None, undo_asked_by="")
        )

    def mark_undone(self, kept: Mapping[int, str]) -> None:
        """These changes have been taken back; each with why something of it stays ("" for nothing)."""
        if kept:
            rows = [{"id": change_id, "undone": True, "kept": why} for change_id, why in kept.items()]
            self.session.execute(update(ImportChange), rows)

    def entries(self, initiative_ids: Collection[int]) -> dict[int, Initiative]:
        """These entries by id, withdrawn or not, as far as this viewer may see them."""
        if not initiative_ids:
            return {}
        statement = (
            select(Initiative)
            .where(Initiative.workspace_id == self.workspace_id, col(Initiative.id).in_(sorted(set(initiative_ids))))
            .where(self.visible(col(Initiative.audience)))
        )
        return {row.id: row for row in self.session.exec(statement)}

    def standing(self, *, after: int, limit: int) -> list[Initiative]:
        """The next entries behind an id that stand and that this viewer may see, in the order of their ids."""
        statement = (
            select(Initiative)
            .where(Initiative.workspace_id == self.workspace_id, col(Initiative.id) > after)
            .where(col(Initiative.withdrawn_at).is_(None), self.visible(col(Initiative.audience)))
            .order_by(col(Initiative.id))
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def ever_joined(self) -> set[tuple[int, str]]:
        """(team, person) of everybody whom a standing run put into a team."""
        return self._ever("members")

    def ever_led(self) -> set[tuple[int, str]]:
        """(team, person) of everybody whom a standing run made a team's lead."""
        return self._ever("leads")

    def _ever(self, what: str) -> set[tuple[int, str]]:
        statement = select(ImportRun.made).where(
            ImportRun.workspace_id == self.workspace_id, col(ImportRun.undone_at).is_(None)
        )
        return {(team, person) for made in self.session.exec(statement) for team, person in made.get(what, ())}

    def team_ids(self, folded: Collection[str]) -> dict[str, int]:
        """Ids of the rows that hold these folded names, merged or not."""
        if not folded:
            return {}
        statement = select(Team.folded, Team.id).where(
            Team.workspace_id == self.workspace_id, col(Team.folded).in_(sorted(set(folded)))
        )
        return dict(self.session.exec(statement).all())

    def unused_teams(self, team_ids: Collection[int]) -> list[Team]:
        """Those of these teams that have no standing entry and no member, by name."""
        used = select(Initiative.team_id).where(
            Initiative.workspace_id == self.workspace_id,
            col(Initiative.team_id).is_not(None),
            col(Initiative.withdrawn_at).is_(None),
        )
        statement = (
            select(Team)
            .where(Team.workspace_id == self.workspace_id, col(Team.id).in_(sorted(set(team_ids))))
            .where(col(Team.id).not_in(used), col(Team.id).not_in(select(TeamMember.team_id)))
            .order_by(Team.folded)
        )
        return list(self.session.exec(statement)) if team_ids else []
