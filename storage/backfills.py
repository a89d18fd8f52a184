"""Backfills: past messages of a channel read for announcements, and what was found, waiting for review."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, update
from sqlmodel import Field, SQLModel, col, func, select

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
    #: To be registered; the worker does it in a moment.
    ACCEPTED = "accepted"
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
    #: When the message about it was last drawn.
    told_at: datetime = Field(sa_type=Instant)
    #: Slack's word for why it cannot be read any further; "" for none.
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
    #: Empty once it is decided upon: the announcement has it, or nobody needs it.
    text: str
    title: str
    edited_ts: str = ""
    #: Whether it announces something for certain.
    is_sure: bool
    state: FindingState = Field(default=FindingState.WAITING, sa_type=Word(FindingState))
    #: What it became.
    initiative_id: int | None = Field(default=None, foreign_key="initiative.id", sa_type=Key)
    #: An entry of the registry that looks like the same work, when the reading ended. May be kept from whoever reviews.
    like_id: int | None = Field(default=None, foreign_key="initiative.id", sa_type=Key)
    #: Another finding of the same reading that does; "" for none.
    like_ts: str = ""
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

    def latest_of(self, channel_id: str) -> Backfill | None:
        """The youngest backfill of a channel."""
        statement = (
            select(Backfill)
            .where(Backfill.workspace_id == self.workspace_id, Backfill.channel_id == channel_id)
            .order_by(col(Backfill.id).desc())
        )
        return self.session.exec(statement).first()

    def due(self, *, now: datetime, claim: bool = False) -> Backfill | None:
        """The backfill of which a page may be read now, the one that waited longest; with ``claim`` it is locked, or passed over."""
        statement = (
            select(Backfill)
            .where(Backfill.workspace_id == self.workspace_id, Backfill.state == BackfillState.READING)
            .where(col(Backfill.not_before) <= now)
            .order_by(col(Backfill.not_before), col(Backfill.id))
            .limit(1)
        )
        return self.session.exec(statement.with_for_update(skip_locked=True) if claim else statement).first()

    def finding(self, finding_id: int) -> Finding | None:
        """The finding, if it is of this workspace."""
        row = self.session.get(Finding, finding_id)
        return row if row is not None and row.workspace_id == self.workspace_id else None

    def add_findings(self, rows: Sequence[Finding]) -> None:
        """Store what a page brought."""
        self.session.add_all(rows)
        self.session.flush()

    def seen(self, channel_id: str, ts: Collection[str]) -> set[str]:
        """Which of these messages of a channel any backfill has found before."""
        statement = (
            select(Finding.ts)
            .join(Backfill, col(Backfill.id) == col(Finding.backfill_id))
            .where(Backfill.workspace_id == self.workspace_id, Backfill.channel_id == channel_id)
            .where(col(Finding.ts).in_(sorted(ts)))
        )
        return set(self.session.exec(statement)) if ts else set()

    def carry_over(self, from_id: int, to_id: int) -> None:
        """What a backfill left undecided waits in another one of the same channel from here on."""
        statement = (
            update(Finding)
            .where(col(Finding.workspace_id) == self.workspace_id, col(Finding.backfill_id) == from_id)
            .where(col(Finding.state).in_((FindingState.WAITING, FindingState.ACCEPTED)))
            .values(backfill_id=to_id)
        )
        self.session.execute(statement)

    def counts(self, backfill_id: int) -> dict[FindingState, int]:
        """How many findings of a backfill are in each state."""
        statement = (
            select(Finding.state, func.count(col(Finding.id)))
            .where(Finding.workspace_id == self.workspace_id, Finding.backfill_id == backfill_id)
            .group_by(col(Finding.state))
        )
        return {FindingState(state): count for state, count in self.session.exec(statement)}

    def count_sure(self, backfill_id: int) -> int:
        """How many of those that wait announce something for certain."""
        statement = select(func.count(col(Finding.id))).where(
            Finding.workspace_id == self.workspace_id,
            Finding.backfill_id == backfill_id,
            Finding.state == FindingState.WAITING,
            col(Finding.is_sure).is_(True),
        )
        return self.session.exec(statement).one()

    def accepted(self, *, limit: int) -> list[Finding]:
        """Findings that are to be registered, the oldest message first."""
        statement = (
            select(Finding)
            .where(Finding.workspace_id == self.workspace_id, Finding.state == FindingState.ACCEPTED)
            .order_by(col(Finding.ts), col(Finding.id))
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def undecided_before(self, moment: datetime, *, limit: int) -> list[Finding]:
        """Findings of backfills at which nothing has happened since a moment, and that still hold words."""
        statement = (
            select(Finding)
            .join(Backfill, col(Backfill.id) == col(Finding.backfill_id))
            .where(Finding.workspace_id == self.workspace_id, col(Backfill.updated_at) < moment, Finding.text != "")
            .order_by(col(Finding.id))
            .limit(limit)
        )
        return list(self.session.exec(statement))

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
