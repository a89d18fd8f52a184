"""Meetings of syncs: the moments that were proposed, what people picked, and what was agreed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel, col, select

from storage.columns import Instant, Key, Word
from storage.repository import Repository


class MeetingState(StrEnum):
    """Where a meeting stands."""

    #: Moments are proposed, and people pick.
    PROPOSED = "proposed"
    #: A moment is agreed, and invitations are out.
    AGREED = "agreed"
    #: Its time has passed; people were asked what came of it.
    ASKED = "asked"
    #: Somebody said what came of it, or nobody did in time.
    CLOSED = "closed"
    CALLED_OFF = "called_off"


class Meeting(SQLModel, table=True):
    """One meeting of a sync's people, or a row of them at one wall time."""

    __table_args__ = (UniqueConstraint("sync_id", "number"), Index("ix_meeting_due", "workspace_id", "next_at"))

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    workspace_id: str
    sync_id: int = Field(foreign_key="sync.id", sa_type=Key)
    number: int
    state: MeetingState = Field(default=MeetingState.PROPOSED, sa_type=Word(MeetingState))
    minutes: int = 30
    #: The agreed moment; None while it is picked.
    at: datetime | None = Field(default=None, sa_type=Instant)
    #: Whether it comes again in the sync's rhythm, at the wall time that it has in ``zone``.
    is_recurring: bool = False
    zone: str = ""
    #: The invitation's identity in calendars, and how often it was changed (RFC 5545).
    uid: str
    sequence: int = 0
    #: When something is to be done about it next; None when nothing is.
    next_at: datetime | None = Field(default=None, sa_type=Instant)
    asked_at: datetime | None = Field(default=None, sa_type=Instant)
    #: Whether they talked, and what came of it; None until somebody says.
    talked: bool | None = None
    outcome: str = ""
    outcome_by: str = ""
    #: Counts what its messages said.
    version: int = 0
    created_by: str = ""
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)


class Slot(SQLModel, table=True):
    """A moment that was proposed for a meeting."""

    __table_args__ = (UniqueConstraint("meeting_id", "starts_at"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    workspace_id: str
    meeting_id: int = Field(foreign_key="meeting.id", sa_type=Key)
    starts_at: datetime = Field(sa_type=Instant)
    #: Who it is outside of hours for, and by how many minutes: what they bear of the inconvenience.
    strain: dict[str, int] = Field(default_factory=dict, sa_type=JSON)


class Pick(SQLModel, table=True):
    """Somebody can at a proposed moment."""

    slot_id: int = Field(primary_key=True, sa_type=Key, foreign_key="slot.id")
    person_id: str = Field(primary_key=True)
    picked_at: datetime = Field(sa_type=Instant)


class Meetings(Repository):
    """The meetings of the workspace's syncs. Whose a meeting is to see, its sync says."""

    def get(self, meeting_id: int) -> Meeting | None:
        """The meeting, if it is of this workspace."""
        row = self.session.get(Meeting, meeting_id)
        return row if row is not None and row.workspace_id == self.workspace_id else None

    def lock(self, meeting_id: int) -> Meeting | None:
        """The meeting, held until this transaction ends; None if it is not of this workspace."""
        statement = (
            select(Meeting)
            .where(Meeting.workspace_id == self.workspace_id, Meeting.id == meeting_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return self.session.exec(statement).first()

    def latest(self, sync_id: int) -> Meeting | None:
        """The youngest meeting of a sync."""
        statement = (
            select(Meeting)
            .where(Meeting.workspace_id == self.workspace_id, Meeting.sync_id == sync_id)
            .order_by(col(Meeting.number).desc())
        )
        return self.session.exec(statement).first()

    def slots(self, meeting_id: int) -> list[Slot]:
        """The moments proposed for a meeting, in order."""
        statement = (
            select(Slot)
            .where(Slot.workspace_id == self.workspace_id, Slot.meeting_id == meeting_id)
            .order_by(col(Slot.starts_at))
        )
        return list(self.session.exec(statement))
