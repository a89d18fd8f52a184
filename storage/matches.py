"""Matches: scored candidates with their reasons, as they were shown (or kept back)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, delete, tuple_
from sqlmodel import Field, SQLModel, col, select

from storage.columns import Instant, Key, Word
from storage.repository import Repository


class ShownTo(StrEnum):
    """Who was told of a match."""

    CHANNEL = "channel"
    AUTHOR = "author"
    #: The owner of private work, asked whether to make contact; the announcer knows nothing.
    OWNER = "owner"


class Match(SQLModel, table=True):
    """One candidate for one initiative."""

    __table_args__ = (Index("ix_match_initiative", "workspace_id", "initiative_id"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    workspace_id: str
    initiative_id: int = Field(foreign_key="initiative.id", sa_type=Key)
    candidate_id: int = Field(foreign_key="initiative.id", sa_type=Key)
    #: 1 for the best.
    position: int
    #: That both are the same work, between 0 and 1.
    probability: float
    cosine: float
    share: float
    overlap: float
    reasons: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    matcher: str
    shown_to: ShownTo = Field(sa_type=Word(ShownTo))
    created_at: datetime = Field(sa_type=Instant)


class Matches(Repository):
    """The workspace's matches."""

    def replace(self, initiative_id: int, matches: list[Match]) -> None:
        """The matches of an initiative as they stand now. One that stood before was found when it was found first."""
        found = {match.candidate_id: match.created_at for match in self.of(initiative_id)}
        self.session.execute(
            delete(Match).where(col(Match.workspace_id) == self.workspace_id, col(Match.initiative_id) == initiative_id)
        )
        for match in matches:
            match.created_at = found.get(match.candidate_id, match.created_at)
        self.session.add_all(matches)
        self.session.flush()

    def of(self, initiative_id: int) -> list[Match]:
        """The matches of an initiative, best first."""
        statement = (
            select(Match)
            .where(Match.workspace_id == self.workspace_id, Match.initiative_id == initiative_id)
            .order_by(col(Match.position), col(Match.id))
        )
        return list(self.session.exec(statement))

    def warning(self, one_id: int, other_id: int) -> Match | None:
        """The oldest match of a pair, whichever was announced, of which a channel was warned."""
        statement = (
            select(Match)
            .where(Match.workspace_id == self.workspace_id, Match.shown_to == ShownTo.CHANNEL)
            .where(
                tuple_(col(Match.initiative_id), col(Match.candidate_id)).in_([(one_id, other_id), (other_id, one_id)])
            )
            .order_by(col(Match.created_at), col(Match.id))
            .limit(1)
        )
        return self.session.exec(statement).first()
