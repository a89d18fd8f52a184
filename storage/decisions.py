"""What people decided of pairs that a channel was warned of, wherever they said it: under the warning, in a check-in, after a meeting."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import and_, exists, or_
from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlmodel import col

from storage.initiatives import Initiative
from storage.matches import Match, ShownTo
from storage.meetings import Meeting, Result
from storage.overlaps import Feedback, Overlap
from storage.repository import Repository
from storage.rounds import OverlapView, Prompt, Round, View
from storage.syncs import Sync


class Kind(StrEnum):
    """What was said, and where. After a meeting the first four are kept as if they had been said under the warning."""

    JOIN = "join"
    SYNC = "sync"
    DIFFER = "differ"
    NOT_RELATED = "not_related"
    INTRODUCE = "introduce"
    NOT_NOW = "not_now"
    #: In a check-in: is it still the same problem?
    CHECK_IN_SAME = "check_in_same"
    CHECK_IN_DIVERGING = "check_in_diverging"
    #: After a meeting: still the same problem, nothing settled.
    MEETING_OPEN = "meeting_open"


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that somebody said of a pair that a channel was warned of."""

    #: The younger one, and the one that stood before it.
    initiative_id: int
    candidate_id: int
    title: str
    candidate_title: str
    probability: float
    matcher: str
    warned_at: datetime
    kind: Kind


#: Databases take some 30,000 values in one question.
_AT_ONCE: Final = 5_000
#: Probability, matcher and moment of a warning.
_Warning = tuple[float, str, datetime]


class Decisions(Repository):
    """What was decided of the workspace's pairs."""

    def of_warnings(self) -> list[Decision]:
        """What was said of pairs that a channel was warned of and not taken back, the oldest warning first; the viewer may see both sides, and where it was said."""
        said = self._under_warnings()
        elsewhere = self._elsewhere()
        pairs = sorted({overlap_id for ids in elsewhere.values() for overlap_id in ids})
        for start in range(0, len(pairs), _AT_ONCE):
            warned = self._warnings(pairs[start : start + _AT_ONCE])
            sides = self._sides(set(warned))
            said += [
                Decision(*sides[overlap_id], *warned[overlap_id], kind)
                for kind, ids in elsewhere.items()
                for overlap_id in sorted(ids & sides.keys())
            ]
        return sorted(said, key=lambda each: (each.warned_at, each.initiative_id, each.candidate_id))

    def _under_warnings(self) -> list[Decision]:
        """What was pressed, which keeps what the warning had said."""
        younger, older = aliased(Initiative), aliased(Initiative)
        statement = (
            sql_select(
                col(younger.id), col(older.id), col(younger.title), col(older.title), col(Feedback.probability), col(Feedback.matcher),
                col(Feedback.warned_at), col(Feedback.verb),
            )
            .join(Overlap, col(Overlap.id) == col(Feedback.overlap_id))
            .join(younger, col(younger.id) == col(Overlap.second_id))
            .join(older, col(older.id) == col(Overlap.first_id))
            .where(col(Feedback.workspace_id) == self.workspace_id, col(Feedback.undone_at).is_(None))
            .where(col(Feedback.probability).is_not(None), col(Feedback.warned_at).is_not(None))
            .where(self.visible(col(younger.audience)), self.visible(col(older.audience)))
            .order_by(col(Feedback.warned_at), col(Feedback.id))
        )  # fmt: skip
        return [
            Decision(one, other, title, others, likely or 0.0, matcher, at, Kind(verb.value))
            for one, other, title, others, likely, matcher, at, verb in self.session.execute(statement)
            if at is not None
        ]

    def _elsewhere(self) -> dict[Kind, set[int]]:
        """Overlaps of which something was said in check-ins and after meetings that this viewer may see."""
        found = {Kind.MEETING_OPEN: set(self.session.scalars(
            sql_select(col(Overlap.id))
            .join(Sync, col(Sync.overlap_id) == col(Overlap.id))
            .join(Meeting, col(Meeting.sync_id) == col(Sync.id))
            .where(col(Sync.workspace_id) == self.workspace_id, self.visible(col(Sync.audience)))
            .where(col(Meeting.result) == Result.OPEN)
        ))}  # fmt: skip
        for kind, view in ((Kind.CHECK_IN_SAME, View.SAME), (Kind.CHECK_IN_DIVERGING, View.DIVERGING)):
            # By overlap: a pair is talked of in many rounds, and one answer is enough.
            answer = (
                exists()
                .where(col(OverlapView.overlap_id) == col(Overlap.id), col(OverlapView.view) == view)
                .where(col(Prompt.id) == col(OverlapView.prompt_id), col(Round.id) == col(Prompt.round_id))
                .where(col(Sync.id) == col(Round.sync_id), self.visible(col(Sync.audience)))
            )
            statement = sql_select(col(Overlap.id)).where(col(Overlap.workspace_id) == self.workspace_id, answer)
            found[kind] = set(self.session.scalars(statement))
        return found

    def _warnings(self, overlap_ids: Collection[int]) -> dict[int, _Warning]:
        """What the warnings of these pairs had said: as an answer keeps it, else as the match still stands."""
        kept = (
            sql_select(col(Feedback.overlap_id), col(Feedback.probability), col(Feedback.matcher), col(Feedback.warned_at))
            .where(col(Feedback.workspace_id) == self.workspace_id, col(Feedback.overlap_id).in_(sorted(overlap_ids)))
            .where(col(Feedback.probability).is_not(None), col(Feedback.warned_at).is_not(None))
            .order_by(col(Feedback.id).desc())
        )  # fmt: skip
        found: dict[int, _Warning] = {
            overlap_id: (p, matcher, at) for overlap_id, p, matcher, at in self.session.execute(kept)
        }
        standing = (
            sql_select(col(Overlap.id), col(Match.probability), col(Match.matcher), col(Match.created_at))
            .join(Match, or_(
                and_(col(Match.initiative_id) == col(Overlap.second_id), col(Match.candidate_id) == col(Overlap.first_id)),
                and_(col(Match.initiative_id) == col(Overlap.first_id), col(Match.candidate_id) == col(Overlap.second_id)),
            ))
            .where(col(Overlap.id).in_(sorted(set(overlap_ids) - found.keys())), col(Match.shown_to) == ShownTo.CHANNEL)
            .order_by(col(Match.created_at).desc(), col(Match.id).desc())
        )  # fmt: skip
        return found | {overlap_id: (p, matcher, at) for overlap_id, p, matcher, at in self.session.execute(standing)}

    def _sides(self, overlap_ids: Collection[int]) -> dict[int, tuple[int, int, str, str]]:
        """Ids and titles of both sides, the younger first, where the viewer may see them."""
        younger, older = aliased(Initiative), aliased(Initiative)
        statement = (
            sql_select(col(Overlap.id), col(younger.id), col(older.id), col(younger.title), col(older.title))
            .join(younger, col(younger.id) == col(Overlap.second_id))
            .join(older, col(older.id) == col(Overlap.first_id))
            .where(col(Overlap.id).in_(sorted(overlap_ids)))
            .where(self.visible(col(younger.audience)), self.visible(col(older.audience)))
        )
        return {
            overlap_id: (one, other, title, others)
            for overlap_id, one, other, title, others in self.session.execute(statement)
        }
