"""Overlaps: matches worth a decision, and what people said of them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import Field, SQLModel, col, or_, select

from storage.columns import Instant, Key, Word
from storage.initiatives import OVER, Initiative
from storage.repository import Repository


class Verb(StrEnum):
    """What somebody said of an overlap."""

    NOT_RELATED = "not_related"
    DIFFER = "differ"
    JOIN = "join"
    SYNC = "sync"
    #: The owner of private work wants to be introduced, or does not want to now.
    INTRODUCE = "introduce"
    NOT_NOW = "not_now"


class Overlap(SQLModel, table=True):
    """Two initiatives that look like the same work. The pair has no direction: the smaller id stands first."""

    __table_args__ = (
        UniqueConstraint("workspace_id", "first_id", "second_id"),
        Index("ix_overlap_second", "second_id"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    workspace_id: str
    first_id: int = Field(foreign_key="initiative.id", sa_type=Key)
    second_id: int = Field(foreign_key="initiative.id", sa_type=Key)
    created_at: datetime = Field(sa_type=Instant)

    def other(self, initiative_id: int) -> int:
        """The other side of the pair."""
        return self.second_id if initiative_id == self.first_id else self.first_id


class Feedback(SQLModel, table=True):
    """What one person said of one overlap. Kept when it is undone: it is history."""

    __table_args__ = (Index("ix_feedback_overlap", "overlap_id"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    workspace_id: str
    overlap_id: int = Field(foreign_key="overlap.id", sa_type=Key)
    person_id: str
    verb: Verb = Field(sa_type=Word(Verb))
    text: str = ""
    #: What the warning that was answered had said; None, "" and None where no channel was warned. The match itself goes when one side is edited.
    probability: float | None = None
    matcher: str = ""
    warned_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)
    undone_at: datetime | None = Field(default=None, sa_type=Instant)


class Overlaps(Repository):
    """The workspace's overlaps and their feedback."""

    def between(self, one_id: int, other_id: int, *, now: datetime) -> Overlap:
        """The overlap of two initiatives, made if it is new."""
        return self.between_each(one_id, [other_id], now=now)[other_id]

    def between_each(self, one_id: int, other_ids: Sequence[int], *, now: datetime) -> dict[int, Overlap]:
        """The overlap of an initiative with each of others, by the other's id; made where it is new."""
        pairs = [sorted((one_id, other_id)) for other_id in other_ids]
        rows = [{"workspace_id": self.workspace_id, "first_id": first, "second_id": second, "created_at": now} for first, second in pairs]  # fmt: skip
        self.insert_new(Overlap, rows, key="id")
        statement = select(Overlap).where(
            Overlap.workspace_id == self.workspace_id,
            tuple_(col(Overlap.first_id), col(Overlap.second_id)).in_([tuple(pair) for pair in pairs]),
        )
        return {overlap.other(one_id): overlap for overlap in self.session.exec(statement)}

    def get(self, overlap_id: int) -> Overlap | None:
        """The overlap, if it is of this workspace."""
        row = self.session.get(Overlap, overlap_id)
        return row if row is not None and row.workspace_id == self.workspace_id else None

    def unrelated_to(self, initiative_id: int) -> set[int]:
        """Initiatives that anybody marked *not related* to this one and did not take it back."""
        statement = (
            select(Overlap)
            .join(Feedback, col(Feedback.overlap_id) == col(Overlap.id))
            .where(Overlap.workspace_id == self.workspace_id)
            .where((col(Overlap.first_id) == initiative_id) | (col(Overlap.second_id) == initiative_id))
            .where(Feedback.verb == Verb.NOT_RELATED, col(Feedback.undone_at).is_(None))
        )
        return {overlap.other(initiative_id) for overlap in self.session.exec(statement)}

    def undecided_of(self, initiative_id: int) -> list[Overlap]:
        """Overlaps of an initiative that nobody marked as not related, the latest first: both sides are under way, and the viewer sees both."""
        first, second, said = aliased(Initiative), aliased(Initiative), aliased(Feedback)
        parted = select(said.id).where(
            said.overlap_id == Overlap.id, said.verb == Verb.NOT_RELATED, col(said.undone_at).is_(None)
        )
        statement = (
            select(Overlap)
            .join(first, col(first.id) == col(Overlap.first_id))
            .join(second, col(second.id) == col(Overlap.second_id))
            .where(Overlap.workspace_id == self.workspace_id)
            .where((col(Overlap.first_id) == initiative_id) | (col(Overlap.second_id) == initiative_id))
            .where(*(col(side.withdrawn_at).is_(None) & col(side.status).not_in(OVER) for side in (first, second)))
            .where(self.visible(col(first.audience)), self.visible(col(second.audience)), ~parted.exists())
            .order_by(col(Overlap.id).desc())
        )
        return list(self.session.exec(statement))

    def named(self, overlap_ids: Collection[int]) -> dict[int, Overlap]:
        """These overlaps of the workspace, by id."""
        if not overlap_ids:
            return {}
        statement = select(Overlap).where(
            Overlap.workspace_id == self.workspace_id, col(Overlap.id).in_(sorted(set(overlap_ids)))
        )
        return {row.id: row for row in self.session.exec(statement)}

    def say(self, feedback: Feedback) -> Feedback:
        """Keep what somebody said."""
        self.session.add(feedback)
        self.session.flush()
        return feedback

    def standing_of(self, overlap_ids: Sequence[int]) -> list[Feedback]:
        """What was said of any of these overlaps and not undone, oldest first."""
        statement = (
            select(Feedback)
            .where(Feedback.workspace_id == self.workspace_id, col(Feedback.overlap_id).in_(overlap_ids))
            .where(col(Feedback.undone_at).is_(None))
            .order_by(col(Feedback.id))
        )
        return list(self.session.exec(statement))

    def standing(self, overlap_id: int, *, person_id: str | None = None, verb: Verb | None = None) -> list[Feedback]:
        """What was said of an overlap and not undone, oldest first."""
        statement = (
            select(Feedback)
            .where(Feedback.workspace_id == self.workspace_id, Feedback.overlap_id == overlap_id)
            .where(col(Feedback.undone_at).is_(None))
            .order_by(col(Feedback.id))
        )
        if person_id is not None:
            statement = statement.where(Feedback.person_id == person_id)
        if verb is not None:
            statement = statement.where(Feedback.verb == verb)
        return list(self.session.exec(statement))

    def wishes_to(self, person_id: str, *, since: datetime, limit: int = 5) -> list[tuple[Feedback, Overlap]]:
        """Wishes to join or to talk about work that this person leads, to which they said nothing; the youngest first.

        Both sides stand and may be seen by the viewer.
        """
        first, second, own = aliased(Initiative), aliased(Initiative), aliased(Feedback)
        answered = select(own.id).where(
            own.overlap_id == Feedback.overlap_id, own.person_id == person_id, col(own.undone_at).is_(None)
        )
        statement = (
            select(Feedback, Overlap)
            .join(Overlap, col(Overlap.id) == col(Feedback.overlap_id))
            .join(first, col(first.id) == col(Overlap.first_id))
            .join(second, col(second.id) == col(Overlap.second_id))
            .where(Feedback.workspace_id == self.workspace_id, Feedback.person_id != person_id)
            .where(col(Feedback.verb).in_((Verb.JOIN, Verb.SYNC)), col(Feedback.undone_at).is_(None))
            .where(col(Feedback.created_at) >= since, or_(first.lead_id == person_id, second.lead_id == person_id))
            .where(col(first.withdrawn_at).is_(None), col(second.withdrawn_at).is_(None), ~answered.exists())
            .where(self.visible(col(first.audience)), self.visible(col(second.audience)))
            .order_by(col(Feedback.id).desc())
            .limit(limit)
        )
        return [(feedback, overlap) for feedback, overlap in self.session.exec(statement)]
