"""Imports that ran, and what each entry said before: enough to take an import back."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index
from sqlmodel import Field, SQLModel, col, select

from storage.columns import Instant, Key
from storage.repository import Repository


class ImportRun(SQLModel, table=True):
    """One run of an import."""

    __table_args__ = (Index("ix_importrun_workspace", "workspace_id", "started_at"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    workspace_id: str
    #: The file's name, without its folder.
    name: str
    #: Counts of what it did, by word (new, changed, unchanged, left out).
    counts: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    started_at: datetime = Field(sa_type=Instant)
    undone_at: datetime | None = Field(default=None, sa_type=Instant)


class ImportChange(SQLModel, table=True):
    """What an import did to one entry."""

    __table_args__ = (Index("ix_importchange_run", "run_id"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    run_id: int = Field(foreign_key="importrun.id", sa_type=Key)
    initiative_id: int = Field(foreign_key="initiative.id", sa_type=Key)
    #: Columns as they were, of those that changed; None: the entry was new.
    before: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    #: The entry's version after the import: another one now means that somebody changed it since.
    version: int = Field(sa_type=BigInteger)


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

    def changes(self, run_id: int) -> list[ImportChange]:
        """What a run did, in order."""
        statement = select(ImportChange).where(ImportChange.run_id == run_id).order_by(col(ImportChange.id))
        return list(self.session.exec(statement))
