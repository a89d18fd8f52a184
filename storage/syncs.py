"""Syncs: recurring conversations between leads, and their rounds, prompts and answers."""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel, col, func, select

from storage.columns import Instant, Key, Word
from storage.overlaps import Overlap
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


#: States in which a person was heard of.
HEARD: tuple[PromptState, ...] = (PromptState.ANSWERED, PromptState.LATE, PromptState.SKIPPED)
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
    #: When somebody ended it: for a week it can be brought back.
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


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
            .where(Sync.state != SyncState.ENDED, self.visible(col(Sync.audience)))
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
            .where(col(Prompt.state).in_(WAITING), Round.state == RoundState.OPEN, self.visible(col(Sync.audience)))
            .order_by(col(Prompt.due_at), col(Prompt.id))
        )
        return [(prompt, turn, sync) for prompt, turn, sync in self.session.exec(statement)]

    # --- setting up and looking after -----------------------------------------------------------------------------

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

    # --- rounds ---------------------------------------------------------------------------------------------------

    def due_syncs(self, now: datetime, *, limit: int) -> list[int]:
        """Syncs whose next round is to open, the longest due first."""
        statement = (
            select(Sync.id)
            .where(Sync.workspace_id == self.workspace_id, col(Sync.next_opens_at) <= now)
            .order_by(col(Sync.next_opens_at), col(Sync.id))
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def scheduled(self) -> list[Sync]:
        """Every sync that has a next round."""
        statement = select(Sync).where(Sync.workspace_id == self.workspace_id, col(Sync.next_on).is_not(None))
        return list(self.session.exec(statement.order_by(col(Sync.id))))

    def due_prompts(self, now: datetime, *, limit: int) -> list[int]:
        """Prompts about which something is to be done, in order of their deadline."""
        statement = (
            select(Prompt.id)
            .where(Prompt.workspace_id == self.workspace_id, col(Prompt.next_at) <= now)
            .order_by(col(Prompt.deadline_at), col(Prompt.id))
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def due_rounds(self, now: datetime, *, limit: int) -> list[int]:
        """Open rounds whose last deadline has passed."""
        statement = (
            select(Round.id)
            .where(Round.workspace_id == self.workspace_id, Round.state == RoundState.OPEN, col(Round.closes_at) <= now)
            .order_by(col(Round.closes_at), col(Round.id))
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def claim_sync(self, sync_id: int, now: datetime) -> Sync | None:
        """The sync if its next round is still to open and no other process has it in hand."""
        statement = (
            select(Sync)
            .where(Sync.workspace_id == self.workspace_id, Sync.id == sync_id, col(Sync.next_opens_at) <= now)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        return self.session.exec(statement).first()

    def claim_prompt(self, prompt_id: int, now: datetime) -> Prompt | None:
        """The prompt if something is still to be done about it and no other process has it in hand."""
        statement = (
            select(Prompt)
            .where(Prompt.workspace_id == self.workspace_id, Prompt.id == prompt_id, col(Prompt.next_at) <= now)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        return self.session.exec(statement).first()

    def claim_round(self, round_id: int, now: datetime) -> Round | None:
        """The round if it is still to close and no other process has it in hand."""
        statement = (
            select(Round)
            .where(Round.workspace_id == self.workspace_id, Round.id == round_id)
            .where(Round.state == RoundState.OPEN, col(Round.closes_at) <= now)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        return self.session.exec(statement).first()

    def lock_prompt(self, prompt_id: int) -> tuple[Prompt, Round, Sync] | None:
        """A prompt with its round and sync, the prompt held until this transaction ends; None if it is not of this workspace."""
        statement = (
            select(Prompt).where(Prompt.workspace_id == self.workspace_id, Prompt.id == prompt_id).with_for_update().execution_options(populate_existing=True)
        )  # fmt: skip
        prompt = self.session.exec(statement).first()
        return None if prompt is None else self.around(prompt)

    def prompt(self, prompt_id: int) -> tuple[Prompt, Round, Sync] | None:
        """A prompt with its round and sync; None if it is not of this workspace."""
        prompt = self.session.get(Prompt, prompt_id)
        return self.around(prompt) if prompt is not None and prompt.workspace_id == self.workspace_id else None

    def around(self, prompt: Prompt) -> tuple[Prompt, Round, Sync]:
        """A prompt with its round and sync."""
        turn = self.session.get_one(Round, prompt.round_id)
        return prompt, turn, self.session.get_one(Sync, turn.sync_id)

    def rounds(self, sync_id: int) -> list[Round]:
        """The rounds of a sync, the latest first."""
        statement = (
            select(Round)
            .where(Round.workspace_id == self.workspace_id, Round.sync_id == sync_id)
            .order_by(col(Round.on_day).desc())
        )
        return list(self.session.exec(statement))

    def latest_held(self, sync_id: int) -> Round | None:
        """The latest round in which people were asked."""
        statement = (
            select(Round)
            .where(Round.workspace_id == self.workspace_id, Round.sync_id == sync_id, Round.state != RoundState.MISSED)
            .order_by(col(Round.on_day).desc())
        )
        return self.session.exec(statement).first()

    def last_day(self, sync_id: int) -> date | None:
        """The day of the latest round, held or missed."""
        return self.session.exec(select(func.max(Round.on_day)).where(Round.sync_id == sync_id)).first()

    def held(self, sync_id: int) -> int:
        """In how many rounds people were asked."""
        statement = select(func.count(col(Round.id))).where(Round.sync_id == sync_id, Round.state != RoundState.MISSED)
        return self.session.exec(statement).one()

    def prompts(self, round_id: int) -> list[Prompt]:
        """The roster of a round."""
        statement = (
            select(Prompt)
            .where(Prompt.workspace_id == self.workspace_id, Prompt.round_id == round_id)
            .order_by(Prompt.person_id)
        )
        return list(self.session.exec(statement))

    def open_round(self, turn: Round, prompts: Collection[Prompt]) -> Round:
        """Store a round with its roster and give it its id."""
        self.session.add(turn)
        self.session.flush()
        for prompt in prompts:
            prompt.round_id = turn.id
            self.session.add(prompt)
        self.session.flush()
        return turn

    # --- answers --------------------------------------------------------------------------------------------------

    def answer(self, prompt_id: int) -> Answer | None:
        """What was answered to a prompt."""
        return self.session.get(Answer, prompt_id)

    def answers(self, prompt_ids: Collection[int]) -> dict[int, Answer]:
        """What was answered to these prompts, by prompt."""
        statement = select(Answer).where(col(Answer.prompt_id).in_(sorted(set(prompt_ids))))
        return {answer.prompt_id: answer for answer in self.session.exec(statement)}

    def answer_before(self, sync_id: int, person_id: str, on_day: date) -> Answer | None:
        """What somebody answered last in this sync before a day."""
        statement = (
            select(Answer)
            .join(Prompt, col(Prompt.id) == col(Answer.prompt_id))
            .join(Round, col(Round.id) == col(Prompt.round_id))
            .where(Round.workspace_id == self.workspace_id, Round.sync_id == sync_id, Prompt.person_id == person_id)
            .where(col(Round.on_day) < on_day)
            .order_by(col(Round.on_day).desc())
        )
        return self.session.exec(statement).first()
