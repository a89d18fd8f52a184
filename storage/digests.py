"""Digests: which channels asked for a weekly summary, and when theirs comes next."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel, col, select

from storage.columns import Instant
from storage.repository import Repository


class Digest(SQLModel, table=True):
    """One channel's weekly summary."""

    __table_args__ = (Index("ix_digest_due", "workspace_id", "next_at"),)

    workspace_id: str = Field(primary_key=True)
    channel_id: str = Field(primary_key=True)
    #: Day (0 is Monday) and minutes after midnight, on the clock of ``zone``.
    weekday: int = 0
    at_minute: int = 9 * 60
    zone: str = ""
    #: When the next one is due; None while it is turned off.
    next_at: datetime | None = Field(default=None, sa_type=Instant)
    #: The day of the latest one, and its moment: the next one says what happened since.
    last_on: date | None = None
    last_at: datetime | None = Field(default=None, sa_type=Instant)
    #: Who turned it on, moved it or turned it off, and when.
    chosen_by: str = ""
    updated_at: datetime = Field(sa_type=Instant)


class Digests(Repository):
    """The workspace's digests."""

    def get(self, channel_id: str) -> Digest | None:
        """The channel's digest, if it ever had one."""
        return self.session.get(Digest, (self.workspace_id, channel_id))

    def among(self, channel_ids: Collection[str]) -> dict[str, Digest]:
        """The digests of these channels that are turned on, by channel."""
        statement = select(Digest).where(Digest.workspace_id == self.workspace_id, col(Digest.next_at).is_not(None))
        wanted = statement.where(col(Digest.channel_id).in_(sorted(channel_ids)))
        return {row.channel_id: row for row in self.session.exec(wanted)}

    def lock(self, channel_id: str, *, now: datetime) -> Digest:
        """The channel's digest, made (turned off) if it never had one, held until this transaction ends."""
        fresh = Digest(workspace_id=self.workspace_id, channel_id=channel_id, updated_at=now)
        self.insert_new(Digest, [fresh.model_dump()], key="channel_id")
        statement = select(Digest).where(Digest.workspace_id == self.workspace_id, Digest.channel_id == channel_id)
        return self.session.exec(statement.with_for_update().execution_options(populate_existing=True)).one()

    def due(self, now: datetime, *, limit: int) -> list[str]:
        """Channels whose digest is due, the longest due first."""
        statement = (
            select(Digest.channel_id)
            .where(Digest.workspace_id == self.workspace_id, col(Digest.next_at) <= now)
            .order_by(col(Digest.next_at), col(Digest.channel_id))
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def claim(self, channel_id: str, now: datetime) -> Digest | None:
        """The channel's digest if it is still due and no other process has it in hand."""
        statement = (
            select(Digest)
            .where(Digest.workspace_id == self.workspace_id, Digest.channel_id == channel_id)
            .where(col(Digest.next_at) <= now)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        return self.session.exec(statement).first()
