"""Rounds of syncs: the prompts that are their roster, and the answers."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, bindparam
from sqlalchemy.orm import aliased
from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from storage.columns import Instant, Key, Word
from storage.initiatives import Status
from storage.repository import Repository
from storage.syncs import Sync


class RoundState(StrEnum):
    """Where a round stands."""

    OPEN = "open"
    CLOSED = "closed"
    #: It fell into a time in which nobody was asked (the bot was off, the sync paused).
    MISSED = "missed"
    #: Nobody was asked because everybody was away, or because holidays moved it into the next one.
    SKIPPED = "skipped"


#: States of rounds in which nobody was asked.
UNHELD: tuple[RoundState, ...] = (RoundState.MISSED, RoundState.SKIPPED)


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
    #: On days off (``back_on`` says until when), or unable to take part any more.
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
    #: The day on which somebody whose days off keep them out of this round is back; None: they are asked, or gone for good.
    back_on: date | None = None
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
    #: From whom or what else: a person, a legacy system in the registry.
    waiting_person_id: str = Field(default="", sa_column_kwargs={"server_default": ""})
    waiting_system_id: int | None = Field(default=None, sa_type=Key)
    #: What the plan is now, where it changed; "" where it did not.
    plan: str = Field(default="", sa_column_kwargs={"server_default": ""})
    #: How clear it is to them what the others do, 1 to 5; None where they did not say.
    clarity: int | None = None
    #: Where the initiative stood before this answer changed that, and where it stands since; None where it changed nothing.
    status_before: Status | None = Field(default=None, sa_type=Word(Status))
    status_after: Status | None = Field(default=None, sa_type=Word(Status))
    #: The Slack messages in which it was said, oldest first, as `syncs.replies` keeps them; none for a form.
    replies: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"})
    edits: int = 0
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)


class View(StrEnum):
    """What somebody says of an open overlap in a check-in."""

    SAME = "same"
    DIVERGING = "diverging"
    SETTLED = "settled"


class OverlapView(SQLModel, table=True):
    """What was said of one overlap in one answer."""

    prompt_id: int = Field(primary_key=True, sa_type=Key, foreign_key="prompt.id")
    overlap_id: int = Field(primary_key=True, sa_type=Key, foreign_key="overlap.id", index=True)
    workspace_id: str
    view: View = Field(sa_type=Word(View))
    said_at: datetime = Field(sa_type=Instant)


class Draft(SQLModel, table=True):
    """What stands in a form that was not sent: kept while it is filled, gone when it is sent."""

    prompt_id: int = Field(primary_key=True, sa_type=Key, foreign_key="prompt.id")
    workspace_id: str
    #: The form's fields by name.
    fields: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    saved_at: datetime = Field(sa_type=Instant)


# --- questions about many rounds or prompts (``ids``) at once, each built once a process ------------------------


@cache
def _overtaken() -> SelectOfScalar[int]:
    """Those of these rounds after which others were held."""
    later = aliased(Round)
    held = (
        select(later.id)
        .where(later.sync_id == Round.sync_id, col(later.state).not_in(UNHELD), col(later.on_day) > Round.on_day)
        .exists()
    )
    return select(Round.id).where(col(Round.id).in_(bindparam("ids", expanding=True)), held)


@cache
def _missed_before() -> Select[int, int]:
    """Each of these rounds right before which some were missed, and how many."""
    missed, held = aliased(Round), aliased(Round)
    between = (
        select(held.id)
        .where(held.sync_id == Round.sync_id, col(held.state).not_in(UNHELD))
        .where(col(held.on_day) > missed.on_day, col(held.on_day) < Round.on_day)
        .exists()
    )
    return (
        select(Round.id, func.count())
        .join(missed, (col(missed.sync_id) == Round.sync_id) & (col(missed.on_day) < Round.on_day))
        .where(col(Round.id).in_(bindparam("ids", expanding=True)), missed.state == RoundState.MISSED, ~between)
        .group_by(col(Round.id))
    )


@cache
def _answers_before() -> Select[int, Answer]:
    """Each of these prompts with what its person answered last in the same sync before."""
    turn, earlier, asked = aliased(Round), aliased(Round), aliased(Prompt)
    latest = (
        select(Answer.prompt_id)
        .join(asked, col(asked.id) == col(Answer.prompt_id))
        .join(earlier, col(earlier.id) == col(asked.round_id))
        .where(earlier.sync_id == turn.sync_id, asked.person_id == Prompt.person_id, col(earlier.on_day) < turn.on_day)
        .order_by(col(earlier.on_day).desc())
        .limit(1)
        .correlate(Prompt, turn)
        .scalar_subquery()
    )
    return (
        select(Prompt.id, Answer)
        .join(turn, col(turn.id) == col(Prompt.round_id))
        .join(Answer, col(Answer.prompt_id) == latest)
        .where(col(Prompt.id).in_(bindparam("ids", expanding=True)))
    )


class Rounds(Repository):
    """The rounds of the workspace's syncs. Whose a round is to see, its sync says."""

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
            .where(Round.workspace_id == self.workspace_id, Round.sync_id == sync_id, col(Round.state).not_in(UNHELD))
            .order_by(col(Round.on_day).desc())
        )
        return self.session.exec(statement).first()

    def is_latest(self, turn: Round) -> bool:
        """Whether in no later round of its sync anybody was asked."""
        return turn.state not in UNHELD and self.known("is_latest", turn.id, lambda: not self._overtaken([turn.id]))

    def _overtaken(self, round_ids: Collection[int]) -> set[int]:
        return set(self.session.exec(_overtaken(), params={"ids": list(round_ids)}))

    def missed_before(self, turn: Round) -> int:
        """How many rounds in a row nobody was asked, right before this one."""
        return self.known("missed_before", turn.id, lambda: self._missed_before([turn.id]).get(turn.id, 0))

    def _missed_before(self, round_ids: Collection[int]) -> dict[int, int]:
        return dict(self.session.exec(_missed_before(), params={"ids": list(round_ids)}).all())

    def last_day(self, sync_id: int) -> date | None:
        """The day of the latest round, held or missed."""
        return self.session.exec(select(func.max(Round.on_day)).where(Round.sync_id == sync_id)).first()

    def held(self, sync_id: int) -> int:
        """In how many rounds people were asked."""
        statement = select(func.count(col(Round.id))).where(Round.sync_id == sync_id, col(Round.state).not_in(UNHELD))
        return self.session.exec(statement).one()

    def open_round(self, turn: Round, prompts: Collection[Prompt]) -> Round:
        """Store a round with its roster and give it its id."""
        self.session.add(turn)
        self.session.flush()
        for prompt in prompts:
            prompt.round_id = turn.id
            self.session.add(prompt)
        self.session.flush()
        return turn

    def due_rounds(self, now: datetime, *, limit: int) -> list[int]:
        """Open rounds whose last deadline has passed."""
        statement = (
            select(Round.id)
            .where(Round.workspace_id == self.workspace_id, Round.state == RoundState.OPEN, col(Round.closes_at) <= now)
            .order_by(col(Round.closes_at), col(Round.id))
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def claim_rounds(self, round_ids: Sequence[int], now: datetime) -> list[Round]:
        """Those of these rounds that are still to close and that no other process has in hand, in this order.

        Their syncs are held with them: whoever answers holds the sync first, so neither waits for the other.
        """
        statement = (
            select(Round)
            .join(Sync, col(Sync.id) == col(Round.sync_id))
            .where(Round.workspace_id == self.workspace_id, col(Round.id).in_(round_ids))
            .where(Round.state == RoundState.OPEN, col(Round.closes_at) <= now)
            .with_for_update(skip_locked=True, of=(Sync, Round))
            .execution_options(populate_existing=True)
        )
        found = {turn.id: turn for turn in self.session.exec(statement)}
        return [found[round_id] for round_id in round_ids if round_id in found]

    def prompts(self, round_id: int) -> list[Prompt]:
        """The roster of a round."""
        return list(self.known("prompts", round_id, lambda: self._rosters([round_id]).get(round_id, [])))

    def _rosters(self, round_ids: Collection[int]) -> dict[int, list[Prompt]]:
        statement = (
            select(Prompt)
            .where(Prompt.workspace_id == self.workspace_id, col(Prompt.round_id).in_(sorted(set(round_ids))))
            .order_by(Prompt.person_id)
        )
        found: dict[int, list[Prompt]] = {}
        for prompt in self.session.exec(statement):
            found.setdefault(prompt.round_id, []).append(prompt)
        return found

    def hold_prompts(self, round_id: int) -> list[Prompt]:
        """The roster of a round as it stands now, held until this transaction ends: an answer that arrives meanwhile comes after."""
        statement = (
            select(Prompt)
            .where(Prompt.workspace_id == self.workspace_id, Prompt.round_id == round_id)
            .order_by(Prompt.person_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        self.session.flush()
        return list(self.session.exec(statement))

    def prompt(self, prompt_id: int) -> tuple[Prompt, Round, Sync] | None:
        """A prompt with its round and sync; None if it is not of this workspace."""
        prompt = self.session.get(Prompt, prompt_id)
        return self.around(prompt) if prompt is not None and prompt.workspace_id == self.workspace_id else None

    def lock_prompt(self, prompt_id: int) -> tuple[Prompt, Round, Sync] | None:
        """A prompt with its round and sync, held until this transaction ends; None if it is not of this workspace.

        In the order in which everybody holds them: the sync, the round, the prompt.
        """
        known = self.session.get(Prompt, prompt_id)
        if known is None or known.workspace_id != self.workspace_id:
            return None
        turn = self.session.get_one(Round, known.round_id)
        for held in (
            select(Sync).where(Sync.id == turn.sync_id),
            select(Round).where(Round.id == turn.id),
            select(Prompt).where(Prompt.id == prompt_id),
        ):
            self.session.exec(held.with_for_update().execution_options(populate_existing=True)).one()
        return self.around(known)

    def around(self, prompt: Prompt) -> tuple[Prompt, Round, Sync]:
        """A prompt with its round and sync."""
        turn = self.session.get_one(Round, prompt.round_id)
        return prompt, turn, self.session.get_one(Sync, turn.sync_id)

    def due_prompts(self, now: datetime, *, limit: int) -> list[int]:
        """Prompts about which something is to be done, in order of their deadline."""
        statement = (
            select(Prompt.id)
            .where(Prompt.workspace_id == self.workspace_id, col(Prompt.next_at) <= now)
            .order_by(col(Prompt.deadline_at), col(Prompt.id))
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def count_due_prompts(self, now: datetime) -> tuple[int, datetime | None]:
        """How many prompts something is to be done about, and since when about the oldest."""
        due = (Prompt.workspace_id == self.workspace_id, col(Prompt.next_at) <= now)
        return self.session.exec(select(func.count(col(Prompt.id)), func.min(Prompt.next_at)).where(*due)).one()

    def count_due_rounds(self, now: datetime) -> tuple[int, datetime | None]:
        """How many rounds are to close, and since when the oldest is."""
        due = (Round.workspace_id == self.workspace_id, Round.state == RoundState.OPEN, col(Round.closes_at) <= now)
        return self.session.exec(select(func.count(col(Round.id)), func.min(Round.closes_at)).where(*due)).one()

    def claim_prompts(self, prompt_ids: Sequence[int], now: datetime) -> list[Prompt]:
        """Those of these prompts about which something is still to be done and that no other process has in hand, in this order.

        Their rounds are held with them: none closes meanwhile, and two who are asked late both move its end.
        """
        statement = (
            select(Prompt)
            .join(Round, col(Round.id) == col(Prompt.round_id))
            .where(Prompt.workspace_id == self.workspace_id, col(Prompt.id).in_(prompt_ids), col(Prompt.next_at) <= now)
            .with_for_update(skip_locked=True, of=(Prompt, Round))
            .execution_options(populate_existing=True)
        )
        found = {prompt.id: prompt for prompt in self.session.exec(statement)}
        return [found[prompt_id] for prompt_id in prompt_ids if prompt_id in found]

    def look_ahead(self, prompts: Collection[Prompt]) -> list[Round]:
        """Read around claimed prompts for the rest of this unit: their rounds with their rosters, and what was answered before.

        No round may open and nobody may answer in this unit.
        """
        prompt_ids = sorted(prompt.id for prompt in prompts)
        round_ids = sorted({prompt.round_id for prompt in prompts})
        turns = list(self.session.exec(select(Round).where(col(Round.id).in_(round_ids))))
        self.read_ahead("rounds", round_ids, {turn.id: turn for turn in turns}, otherwise=lambda: None)  # held
        self.read_ahead("prompts", round_ids, self._rosters(round_ids), otherwise=list)
        self.read_ahead("missed_before", round_ids, self._missed_before(round_ids), otherwise=lambda: 0)
        self.read_ahead(
            "is_latest", round_ids, dict.fromkeys(self._overtaken(round_ids), False), otherwise=lambda: True
        )
        self.read_ahead("answer", prompt_ids, self.answers(prompt_ids), otherwise=lambda: None)
        by_id, before = {turn.id: turn for turn in turns}, self._answers_before(prompt_ids)
        series = {
            prompt.id: (by_id[prompt.round_id].sync_id, prompt.person_id, by_id[prompt.round_id].on_day)
            for prompt in prompts
        }
        self.read_ahead(
            "answer_before",
            series.values(),
            {series[number]: answer for number, answer in before.items()},
            otherwise=lambda: None,
        )
        return turns

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

    def answer(self, prompt_id: int) -> Answer | None:
        """What was answered to a prompt."""
        return self.known("answer", prompt_id, lambda: self.session.get(Answer, prompt_id))

    def answers(self, prompt_ids: Collection[int]) -> dict[int, Answer]:
        """What was answered to these prompts, by prompt."""
        statement = select(Answer).where(col(Answer.prompt_id).in_(sorted(set(prompt_ids))))
        return {answer.prompt_id: answer for answer in self.session.exec(statement)}

    def _answers_before(self, prompt_ids: Collection[int]) -> dict[int, Answer]:
        return dict(self.session.exec(_answers_before(), params={"ids": list(prompt_ids)}).all())

    def answer_before(self, sync_id: int, person_id: str, on_day: date) -> Answer | None:
        """What somebody answered last in this sync before a day."""
        return self.known(
            "answer_before", (sync_id, person_id, on_day), lambda: self._answer_before(sync_id, person_id, on_day)
        )

    def _answer_before(self, sync_id: int, person_id: str, on_day: date) -> Answer | None:
        statement = (
            select(Answer)
            .join(Prompt, col(Prompt.id) == col(Answer.prompt_id))
            .join(Round, col(Round.id) == col(Prompt.round_id))
            .where(Round.workspace_id == self.workspace_id, Round.sync_id == sync_id, Prompt.person_id == person_id)
            .where(col(Round.on_day) < on_day)
            .order_by(col(Round.on_day).desc())
        )
        return self.session.exec(statement).first()
