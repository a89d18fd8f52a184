"""Meetings of syncs: the moments that were proposed, what people picked, and what was agreed."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Index, UniqueConstraint, delete
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


class Result(StrEnum):
    """What people say of their overlap after they talked."""

    JOIN = "join"
    DIFFER = "differ"
    NOT_RELATED = "not_related"
    #: It is still the same problem, and nothing is settled.
    OPEN = "open"


class Meeting(SQLModel, table=True):
    """One meeting of a sync's people, or a row of them at one wall time."""

    __table_args__ = (UniqueConstraint("sync_id", "number"), Index("ix_meeting_due", "workspace_id", "next_at"))

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    workspace_id: str
    sync_id: int = Field(foreign_key="sync.id", sa_type=Key)
    number: int
    #: Who meets: they share one group message. In order of their ids.
    people: list[str] = Field(default_factory=list, sa_type=JSON)
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
    result: Result | None = Field(default=None, sa_type=Word(Result))
    #: How often moments were proposed for it.
    proposals: int = 0
    #: Counts what its messages said.
    version: int = 0
    created_by: str = ""
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)

    @property
    def is_open(self) -> bool:
        """Whether it is still to come, agreed or not."""
        return self.state in (MeetingState.PROPOSED, MeetingState.AGREED)


class Slot(SQLModel, table=True):
    """A moment that was proposed for a meeting."""

    __table_args__ = (UniqueConstraint("meeting_id", "starts_at"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    workspace_id: str
    meeting_id: int = Field(foreign_key="meeting.id", sa_type=Key)
    #: Of which proposal it is: only those of the latest can be picked.
    proposal: int = 1
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
            .limit(1)
        )
        return self.session.exec(statement).first()

    def add(self, meeting: Meeting) -> Meeting:
        """Store a new meeting and give it its id."""
        self.session.add(meeting)
        self.session.flush()
        return meeting

    def propose(self, slots: Collection[Slot]) -> None:
        """Store moments to pick from."""
        self.session.add_all(slots)
        self.session.flush()

    def slots(self, meeting_id: int) -> list[Slot]:
        """Every moment that was ever proposed for a meeting, in order."""
        statement = (
            select(Slot)
            .where(Slot.workspace_id == self.workspace_id, Slot.meeting_id == meeting_id)
            .order_by(col(Slot.starts_at))
        )
        return list(self.session.exec(statement))

    def get_slot(self, slot_id: int) -> Slot | None:
        """A moment, if it is of this workspace."""
        row = self.session.get(Slot, slot_id)
        return row if row is not None and row.workspace_id == self.workspace_id else None

    def picks(self, slot_ids: Collection[int]) -> dict[int, list[str]]:
        """Who can at these moments, by moment, in order of their ids."""
        found: dict[int, list[str]] = {slot_id: [] for slot_id in slot_ids}
        statement = (
            select(Pick).where(col(Pick.slot_id).in_(sorted(slot_ids))).order_by(col(Pick.slot_id), col(Pick.person_id))
        )
        for row in self.session.exec(statement):
            found[row.slot_id].append(row.person_id)
        return found

    def pick(self, slot_id: int, person_id: str, *, now: datetime) -> None:
        """Somebody can at a moment; said again it changes nothing."""
        self.insert_new(Pick, [{"slot_id": slot_id, "person_id": person_id, "picked_at": now}], key="person_id")

    def unpick(self, slot_id: int, person_id: str) -> None:
        """Somebody cannot at a moment, whatever they said before."""
        self.session.execute(delete(Pick).where(col(Pick.slot_id) == slot_id, col(Pick.person_id) == person_id))

    def borne(self, sync_id: int, *, before: int) -> list[dict[str, int]]:
        """What the moments of a sync's meetings before this number cost whom, in minutes outside of their hours; the oldest first."""
        statement = (
            select(Slot.strain)
            .join(Meeting, (col(Meeting.id) == col(Slot.meeting_id)) & (col(Meeting.at) == col(Slot.starts_at)))
            .where(Meeting.workspace_id == self.workspace_id, Meeting.sync_id == sync_id, Meeting.number < before)
            .where(col(Meeting.talked).is_not(False), Meeting.state != MeetingState.CALLED_OFF)
            .order_by(col(Meeting.number))
        )
        return [dict(strain) for strain in self.session.exec(statement)]

    def due(self, now: datetime, *, limit: int) -> list[int]:
        """Meetings about which something is to be done, the longest due first."""
        statement = (
            select(Meeting.id)
            .where(Meeting.workspace_id == self.workspace_id, col(Meeting.next_at) <= now)
            .order_by(col(Meeting.next_at), col(Meeting.id))
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def claim(self, meeting_id: int, now: datetime) -> Meeting | None:
        """The meeting if something is still to be done about it and no other process has it in hand."""
        statement = (
            select(Meeting)
            .where(Meeting.workspace_id == self.workspace_id, Meeting.id == meeting_id, col(Meeting.next_at) <= now)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        return self.session.exec(statement).first()
