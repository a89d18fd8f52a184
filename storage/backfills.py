"""Backfills: past messages of a channel read for announcements, and what was found, waiting for review."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel, col, select

from storage.columns import Instant, Key, Word
from storage.repository import Repository


class BackfillState(StrEnum):
    """Where a backfill stands."""

    READING = "reading"
    #: Read to the end; its findings wait for review.
    READ = "read"
    STOPPED = "stopped"


class FindingState(StrEnum):
    """What was decided about one finding."""

    WAITING = "waiting"
    REGISTERED = "registered"
    LEFT_OUT = "left_out"


class Backfill(SQLModel, table=True):
    """One reading of a channel's past."""

    __table_args__ = (Index("ix_backfill_workspace", "workspace_id", "state"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    workspace_id: str
    channel_id: str
    requested_by: str
    state: BackfillState = Field(default=BackfillState.READING, sa_type=Word(BackfillState))
    #: Messages from here (Slack's ts) …
    oldest_ts: str
    #: … to here are still to be read; pages come from the youngest to the oldest.
    latest_ts: str
    messages_read: int = 0
    #: Not read before this moment (Slack asked to wait).
    not_before: datetime = Field(sa_type=Instant)
    error: str = ""
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)


class Finding(SQLModel, table=True):
    """A past message that seems to announce something."""

    __table_args__ = (UniqueConstraint("backfill_id", "ts"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    workspace_id: str
    backfill_id: int = Field(foreign_key="backfill.id", sa_type=Key)
    ts: str
    author_id: str = ""
    text: str
    title: str
    #: Whether it announces something for certain.
    is_sure: bool
    state: FindingState = Field(default=FindingState.WAITING, sa_type=Word(FindingState))
    decided_by: str = ""
    decided_at: datetime | None = Field(default=None, sa_type=Instant)


class Backfills(Repository):
    """The workspace's backfills."""

    def get(self, backfill_id: int) -> Backfill | None:
        """The backfill, if it is of this workspace."""
        row = self.session.get(Backfill, backfill_id)
        return row if row is not None and row.workspace_id == self.workspace_id else None

    def add(self, backfill: Backfill) -> Backfill:
        """Store a backfill and give it its id."""
        self.session.add(backfill)
        self.session.flush()
        return backfill

    def findings(self, backfill_id: int, *, state: FindingState | None = None) -> list[Finding]:
        """What a backfill found, the oldest message first."""
        statement = (
            select(Finding)
            .where(Finding.workspace_id == self.workspace_id, Finding.backfill_id == backfill_id)
            .order_by(Finding.ts, col(Finding.id))
        )
        if state is not None:
            statement = statement.where(Finding.state == state)
        return list(self.session.exec(statement))
