"""Syncs: recurring conversations between leads, and their rounds, prompts and answers."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ColumnElement, Index, exists, text
from sqlalchemy import false as sql_false
from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlmodel import Field, SQLModel, col, func, not_, or_, select

from storage.columns import Instant, Key, Word
from storage.initiatives import Initiative
from storage.overlaps import Overlap
from storage.repository import Repository


class Cadence(StrEnum):
    """How often a sync comes round."""

    ONCE = "once"
    WEEKLY = "weekly"
    BIWEEKLY = "biweekly"
    #: On the same nth weekday of the month as the first.
    MONTHLY = "monthly"
    #: Every so many weeks, on one or several weekdays: the sync's ``every_weeks`` and ``weekdays``.
    CUSTOM = "custom"


class SyncState(StrEnum):
    """Whether it goes on."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class Sync(SQLModel, table=True):
    """A series of check-ins. Each participant is asked at the same wall time in their own zone."""

    __table_args__ = (
        Index("ix_sync_due", "workspace_id", "next_opens_at"),
        Index("ix_sync_near", "workspace_id", "next_on"),
        # One sync that goes on for each overlap, whoever presses how often.
        Index(
            "ix_sync_overlap",
            "overlap_id",
            unique=True,
            sqlite_where=text("state <> 'ended'"),
            postgresql_where=text("state <> 'ended'"),
        ),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    workspace_id: str
    topic: str
    #: The overlap that it is about, if it is about one.
    overlap_id: int | None = Field(default=None, foreign_key="overlap.id", sa_type=Key)
    #: Ids of every initiative that it is about, also of those for which no participant speaks: the topic may name them.
    work: list[int] = Field(default_factory=list, sa_type=JSON)
    cadence: Cadence = Field(default=Cadence.WEEKLY, sa_type=Word(Cadence))
    #: The day of its first round: it carries the weekday, and the phase of every second week.
    first_on: date
    #: For a custom rhythm: every how many weeks, and on which weekdays (0 is Monday; empty: that of ``first_on``).
    every_weeks: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    weekdays: list[int] = Field(default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"})
    #: Minutes after midnight on each participant's own clock, or on that of ``ruled_by``.
    at_minute: int
    #: The participant on whose clock everybody is asked at once; "": each is asked on their own.
    ruled_by: str = Field(default="", sa_column_kwargs={"server_default": ""})
    #: What they want to talk about, in their words.
    agenda: str = Field(default="", sa_column_kwargs={"server_default": ""})
    #: How long they want to meet each time, in minutes; 0: they only write.
    meet_minutes: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    #: The group message of its participants; "" before there is one.
    group_channel_id: str = Field(default="", sa_column_kwargs={"server_default": ""})
    state: SyncState = Field(default=SyncState.ACTIVE, sa_type=Word(SyncState))
    #: The local day of the next round; None when there will be none.
    next_on: date | None = None
    #: When the next round opens: the earliest participant's moment. None when there will be none.
    next_opens_at: datetime | None = Field(default=None, sa_type=Instant)
    #: Where summaries are posted; "" for direct messages to the participants.
    channel_id: str = ""
    thread_ts: str = ""
    #: Who may see it: "" everybody, else a private channel's id (see `storage.repository.Viewer`).
    audience: str = ""
    #: Rounds in a row in which nobody answered.
    silent_rounds: int = 0
    created_by: str = ""
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)
    #: When somebody ended it: for a week it can be brought back.
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class SyncMember(SQLModel, table=True):
    """A participant, and the initiative that they speak for."""

    sync_id: int = Field(primary_key=True, sa_type=Key, foreign_key="sync.id")
    person_id: str = Field(primary_key=True, index=True)
    initiative_id: int | None = Field(default=None, foreign_key="initiative.id", sa_type=Key)
    #: They take part because they lead that initiative: who leads it after them takes their place.
    as_lead: bool = Field(default=False, sa_column_kwargs={"server_default": sql_false()})


class Syncs(Repository):
    """The workspace's syncs, as far as the viewer may see them."""

    def get(self, sync_id: int) -> Sync | None:
        """The sync, if it is of this workspace and this viewer may see it."""
        row = self.session.get(Sync, sync_id)
        if row is None or row.workspace_id != self.workspace_id or not self.viewer.sees(row.audience):
            return None
        return row

    def add(self, sync: Sync, members: Collection[SyncMember]) -> Sync:
        """Store a new sync with its participants and give it its id."""
        self.session.add(sync)
        self.session.flush()
        for member in members:
            member.sync_id = sync.id
            self.session.add(member)
        self.session.flush()
        return sync

    def members(self, sync_id: int) -> list[SyncMember]:
        """Its participants."""
        return list(self.known("members", sync_id, lambda: self._members([sync_id]).get(sync_id, [])))

    def _members(self, sync_ids: Collection[int]) -> dict[int, list[SyncMember]]:
        statement = select(SyncMember).where(col(SyncMember.sync_id).in_(sorted(set(sync_ids))))
        found: dict[int, list[SyncMember]] = {}
        for member in self.session.exec(statement.order_by(SyncMember.person_id)):
            found.setdefault(member.sync_id, []).append(member)
        return found

    def look_ahead(self, sync_ids: Collection[int]) -> list[Sync]:
        """Read these syncs with their participants for the rest of this unit; they must stay as they are in it."""
        wanted = sorted(set(sync_ids))
        rows = list(self.session.exec(select(Sync).where(col(Sync.id).in_(wanted))))
        self.read_ahead(
            "syncs", wanted, {row.id: row for row in rows}, otherwise=lambda: None
        )  # held, so that they stay in the session
        self.read_ahead("members", wanted, self._members(wanted), otherwise=list)
        return rows

    def hand_over(self, member: SyncMember, person_id: str, *, as_lead: bool) -> None:
        """Somebody else takes part in a participant's place and speaks for what they spoke for."""
        self.session.delete(member)
        self.session.flush()
        heir = SyncMember(
            sync_id=member.sync_id, person_id=person_id, initiative_id=member.initiative_id, as_lead=as_lead
        )
        self.session.add(heir)
        self.session.flush()
        self.forget("members", member.sync_id)

    def of_overlap(self, overlap_id: int) -> Sync | None:
        """The sync about an overlap that has not ended, if there is one."""
        statement = select(Sync).where(
            Sync.workspace_id == self.workspace_id,
            Sync.overlap_id == overlap_id,
            Sync.state != SyncState.ENDED,
            self.visible(col(Sync.audience)),
        )
        return self.session.exec(statement).first()

    def of_person(self, person_id: str) -> list[Sync]:
        """The syncs that this person is part of and that have not ended, the next one first."""
        statement = (
            select(Sync)
            .join(SyncMember, col(SyncMember.sync_id) == col(Sync.id))
            .where(Sync.workspace_id == self.workspace_id, SyncMember.person_id == person_id)
            .where(Sync.state != SyncState.ENDED, self.visible(col(Sync.audience)))
            .order_by(col(Sync.next_opens_at).is_(None), col(Sync.next_opens_at), col(Sync.id))
        )
        return list(self.session.exec(statement))

    def lock_overlap(self, overlap_id: int) -> None:
        """Hold the overlap until this transaction ends: of two who set up its sync at once, the second finds the first's."""
        self.session.exec(select(Overlap.id).where(Overlap.id == overlap_id).with_for_update()).first()

    def lock(self, sync_id: int) -> Sync | None:
        """The sync, held until this transaction ends and as it stands now; None if it is not of this workspace."""
        statement = (
            select(Sync).where(Sync.workspace_id == self.workspace_id, Sync.id == sync_id).with_for_update().execution_options(populate_existing=True)
        )  # fmt: skip
        return self.session.exec(statement).first()

    def ended_since(self, person_id: str, moment: datetime) -> list[Sync]:
        """The syncs of this person that somebody ended since then, the latest first."""
        statement = (
            select(Sync)
            .join(SyncMember, col(SyncMember.sync_id) == col(Sync.id))
            .where(Sync.workspace_id == self.workspace_id, SyncMember.person_id == person_id)
            .where(Sync.state == SyncState.ENDED, col(Sync.ended_at) >= moment, self.visible(col(Sync.audience)))
            .order_by(col(Sync.ended_at).desc(), col(Sync.id).desc())
        )
        return list(self.session.exec(statement))

    def public(self, *, limit: int = 50) -> list[Sync]:
        """Every sync that everybody may see and that has not ended, the next one first."""
        statement = (
            select(Sync)
            .where(Sync.workspace_id == self.workspace_id, Sync.audience == "", Sync.state != SyncState.ENDED)
            .order_by(col(Sync.next_opens_at).is_(None), col(Sync.next_opens_at), col(Sync.id))
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def due_syncs(self, now: datetime, *, limit: int) -> list[int]:
        """Syncs whose next round is to open, the longest due first."""
        statement = (
            select(Sync.id)
            .where(Sync.workspace_id == self.workspace_id, col(Sync.next_opens_at) <= now)
            .order_by(col(Sync.next_opens_at), col(Sync.id))
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def count_due(self, now: datetime) -> tuple[int, datetime | None]:
        """How many syncs are to open a round, and since when the oldest is."""
        due = (Sync.workspace_id == self.workspace_id, col(Sync.next_opens_at) <= now)
        return self.session.exec(select(func.count(col(Sync.id)), func.min(Sync.next_opens_at)).where(*due)).one()

    def near(self, day: date, *, after: int = 0, limit: int) -> list[int]:
        """Syncs whose next round is on this day or before, a page in order of their ids."""
        statement = (
            select(Sync.id)
            .where(Sync.workspace_id == self.workspace_id, col(Sync.next_on) <= day, col(Sync.id) > after)
            .order_by(col(Sync.id))
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def scheduled(self, sync_ids: Collection[int] | None = None) -> list[Sync]:
        """Every sync that has a next round, or those of these."""
        statement = select(Sync).where(Sync.workspace_id == self.workspace_id, col(Sync.next_on).is_not(None))
        if sync_ids is not None:
            statement = statement.where(col(Sync.id).in_(sorted(sync_ids)))
        return list(self.session.exec(statement.order_by(col(Sync.id))))

    def claim_syncs(self, sync_ids: Sequence[int], now: datetime) -> list[Sync]:
        """Those of these syncs whose next round is still to open and that no other process has in hand, in this order."""
        statement = (
            select(Sync)
            .where(Sync.workspace_id == self.workspace_id, col(Sync.id).in_(sync_ids), col(Sync.next_opens_at) <= now)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        found = {sync.id: sync for sync in self.session.exec(statement)}
        return [found[sync_id] for sync_id in sync_ids if sync_id in found]

    def open_to_viewer(self) -> Sequence[ColumnElement[bool]]:
        """The conditions under which this viewer may see a sync: its own audience, and that of all work that it is about or that is spoken for in it."""
        if self.viewer.audiences is None:
            return (col(Sync.workspace_id) == self.workspace_id,)
        side, spoken_for, about = aliased(Initiative), aliased(Initiative), aliased(Overlap)
        shut_side = (
            exists()
            .where(col(about.id) == col(Sync.overlap_id))
            .where(or_(col(side.id) == col(about.first_id), col(side.id) == col(about.second_id)))
            .where(not_(self.visible(col(side.audience))))
            .correlate(Sync)
        )
        shut_member = (
            exists()
            .where(col(SyncMember.sync_id) == col(Sync.id), col(spoken_for.id) == col(SyncMember.initiative_id))
            .where(not_(self.visible(col(spoken_for.audience))))
            .correlate(Sync)
        )
        return (
            col(Sync.workspace_id) == self.workspace_id,
            self.visible(col(Sync.audience)),
            ~shut_side,
            ~shut_member,
            col(Sync.id).not_in(self._shut_by_work()),
        )

    def _shut_by_work(self) -> list[int]:
        """Syncs about work that this viewer may not see and for which nobody speaks: only the sync's own list names it."""
        hidden = set(
            self.session.execute(
                sql_select(col(Initiative.id)).where(
                    col(Initiative.workspace_id) == self.workspace_id, not_(self.visible(col(Initiative.audience)))
                )
            ).scalars()
        )
        if not hidden:
            return []
        syncs = sql_select(col(Sync.id), col(Sync.work)).where(col(Sync.workspace_id) == self.workspace_id)
        return [sync_id for sync_id, work in self.session.execute(syncs) if hidden & set(work)]
