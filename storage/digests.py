"""Digests: which channels asked for a weekly summary, and when theirs comes next."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

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
    #: The day of the latest one: it says what happened since.
    last_on: date | None = None
    last_at: datetime | None = Field(default=None, sa_type=Instant)
    chosen_by: str = ""
    updated_at: datetime = Field(sa_type=Instant)


class Digests(Repository):
    """The workspace's digests."""

    def get(self, channel_id: str) -> Digest | None:
        """The channel's digest, if it ever had one."""
        return self.session.get(Digest, (self.workspace_id, channel_id))
