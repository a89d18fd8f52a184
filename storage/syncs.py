"""Syncs: recurring conversations between leads, and their rounds, prompts and answers."""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel, col, select

from storage.columns import Instant, Key, Word
from storage.repository import Repository


class Cadence(StrEnum):
    """How often a sync comes round."""

    ONCE = "once"
    WEEKLY = "weekly"
    BIWEEKLY = "biweekly"
    MONTHLY = "monthly"


class SyncState(StrEnum):
    """Whether it goes on."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class RoundState(StrEnum):
    """Where a round stands."""

    OPEN = "open"
    CLOSED = "closed"
    #: It fell into a time in which nobody was asked (the bot was off, the sync paused).
    MISSED = "missed"


class PromptState(StrEnum):
    """What became of asking one person in one round."""

    SCHEDULED = "scheduled"
    SENT = "sent"
    REMINDED = "reminded"
    SNOOZED = "snoozed"
    ANSWERED = "answered"
    #: Answered after its deadline.
    LATE = "late"
    SKIPPED = "skipped"
    AWAY = "away"
    MISSED = "missed"
    PAUSED = "paused"


#: States in which a person may still be reminded.
WAITING: tuple[PromptState, ...] = (PromptState.SENT, PromptState.REMINDED, PromptState.SNOOZED)


class Pulse(StrEnum):
    """How somebody's side of a sync is going."""

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    BLOCKED = "blocked"
    PAUSED = "paused"
    DONE = "done"


class Sync(SQLModel, table=True):
    """A series of check-ins. Each participant is asked at the same wall time in their own zone."""

    __table_args__ = (
        Index("ix_sync_due", "workspace_id", "next_opens_at"),
        Index("ix_sync_overlap", "overlap_id"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    workspace_id: str
    topic: str
    #: The overlap that it is about, if it is about one.
    overlap_id: int | None = Field(default=None, foreign_key="overlap.id", sa_type=Key)
    cadence: Cadence = Field(default=Cadence.WEEKLY, sa_type=Word(Cadence))
    #: The day of its first round: it carries the weekday, and the phase of every second week.
    first_on: date
    #: Minutes after midnight on each participant's own clock.
    at_minute: int
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


class SyncMember(SQLModel, table=True):
    """A participant, and the initiative that they speak for."""

    sync_id: int = Field(primary_key=True, sa_type=Key, foreign_key="sync.id")
    person_id: str = Field(primary_key=True, index=True)
    initiative_id: int | None = Field(default=None, foreign_key="initiative.id", sa_type=Key)


class Round(SQLModel, table=True):
    """One round of a sync. Its roster is frozen when it opens: the prompts are the roster."""

    __table_args__ = (
        UniqueConstraint("sync_id", "on_day"),
        Index("ix_round_closes", "workspace_id", "state", "closes_at"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    workspace_id: str
    sync_id: int = Field(foreign_key="sync.id", sa_type=Key)
    number: int
    #: The local day on which everybody is asked.
    on_day: date
    state: RoundState = Field(sa_type=Word(RoundState))
    opened_at: datetime = Field(sa_type=Instant)
    #: After the last participant's own deadline.
    closes_at: datetime = Field(sa_type=Instant)
    #: Counts the summaries that were drawn.
    summary_version: int = 0


class Prompt(SQLModel, table=True):
    """One person asked in one round."""

    __table_args__ = (
        UniqueConstraint("round_id", "person_id"),
        Index("ix_prompt_due", "workspace_id", "next_at"),
        Index("ix_prompt_person", "workspace_id", "person_id"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    workspace_id: str
    round_id: int = Field(foreign_key="round.id", sa_type=Key)
    person_id: str
    initiative_id: int | None = Field(default=None, foreign_key="initiative.id", sa_type=Key)
    state: PromptState = Field(default=PromptState.SCHEDULED, sa_type=Word(PromptState))
    due_at: datetime = Field(sa_type=Instant)
    remind_at: datetime = Field(sa_type=Instant)
    deadline_at: datetime = Field(sa_type=Instant)
    #: When something is to be done about it next (ask, remind, note the silence); None when nothing is.
    next_at: datetime | None = Field(default=None, sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    reminded_at: datetime | None = Field(default=None, sa_type=Instant)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    #: Counts what the message to the person said: an update is sent when that has changed.
    version: int = 0


class Answer(SQLModel, table=True):
    """What somebody answered; editing it changes this row."""

    prompt_id: int = Field(primary_key=True, sa_type=Key, foreign_key="prompt.id")
    workspace_id: str
    pulse: Pulse = Field(sa_type=Word(Pulse))
    changed: str = ""
    #: Whom or what they wait for, in their words; and the team, if they named one.
    waiting_for: str = ""
    waiting_team_id: int | None = Field(default=None, foreign_key="team.id", sa_type=Key)
    #: Slack ids of those who helped.
    helped_by: list[str] = Field(default_factory=list, sa_type=JSON)
    edits: int = 0
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)


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
        statement = select(SyncMember).where(SyncMember.sync_id == sync_id).order_by(SyncMember.person_id)
        return list(self.session.exec(statement))

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
            .where(Sync.state != SyncState.ENDED)
            .order_by(col(Sync.next_opens_at).is_(None), col(Sync.next_opens_at), col(Sync.id))
        )
        return list(self.session.exec(statement))

    def waiting_for(self, person_id: str) -> list[tuple[Prompt, Round, Sync]]:
        """Prompts that this person was sent and has not answered, in rounds that are open; the oldest first."""
        statement = (
            select(Prompt, Round, Sync)
            .join(Round, col(Round.id) == col(Prompt.round_id))
            .join(Sync, col(Sync.id) == col(Round.sync_id))
            .where(Prompt.workspace_id == self.workspace_id, Prompt.person_id == person_id)
            .where(col(Prompt.state).in_(WAITING), Round.state == RoundState.OPEN)
            .order_by(col(Prompt.due_at), col(Prompt.id))
        )
        return [(prompt, turn, sync) for prompt, turn, sync in self.session.exec(statement)]
