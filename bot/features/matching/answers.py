"""Decides what people's decisions say of the warnings: one judgement for each pair, and from which probability this workspace is warned."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.features.matching import learning, ranking
from bot.features.matching.learning import Answer, Level
from bot.features.matching.matcher import VERSION, Matcher
from storage.decisions import Decision, Kind
from storage.repository import EVERYBODY
from storage.unit_of_work import UnitOfWork


class Judged(StrEnum):
    """What people made of a warning."""

    SAME = "same work"
    RELATED = "related"
    UNRELATED = "not related"


#: What each decision says of the pair; the first in this order counts. Not now says nothing.
SAYS: Final = {
    Kind.NOT_RELATED: Judged.UNRELATED,
    Kind.JOIN: Judged.SAME,
    Kind.SYNC: Judged.SAME,
    Kind.INTRODUCE: Judged.SAME,
    Kind.CHECK_IN_SAME: Judged.SAME,
    Kind.MEETING_OPEN: Judged.SAME,
    Kind.DIFFER: Judged.RELATED,
    Kind.CHECK_IN_DIVERGING: Judged.RELATED,
}


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning that was answered, and every kind of decision that says so."""

    answered: Decision
    judged: Judged
    kinds: frozenset[Kind]


def warned(uow: UnitOfWork) -> list[Warned]:
    """The answered warnings that this viewer may see, one for each pair: who says *not related* counts before who acts on it."""
    pairs: dict[tuple[int, int], list[Decision]] = {}
    for row in uow.decisions.of_warnings():
        pairs.setdefault(
            (min(row.initiative_id, row.candidate_id), max(row.initiative_id, row.candidate_id)), []
        ).append(row)
    found = []
    for rows in pairs.values():
        kinds = frozenset(row.kind for row in rows)
        judged = next((judged for kind, judged in SAYS.items() if kind in kinds), None)
        if judged is not None:
            found.append(Warned(rows[0], judged, kinds))
    return sorted(found, key=lambda each: each.answered.warned_at)


def level(uow: UnitOfWork, matcher: Matcher, own: float | None) -> Level:
    """From which probability on this workspace is warned. ``own`` is the process's; what an admin set as a number counts more than all else.

    Only public warnings are learnt from, of this version of the matcher: a private answer must not move what others see.
    """
    shipped = own or (ranking.WARN_FROM if matcher.embedder is not None else ranking.WARN_FROM_WORDS)
    chosen = uow.settings.preferences()
    if chosen.threshold is not None:
        return Level(shipped, chosen.threshold, 0, 0)
    answers: list[Answer] = []
    if chosen.learns:
        answers = [
            Answer(each.answered.probability, each.judged is Judged.SAME)
            for each in warned(uow.seen_by(EVERYBODY))
            if each.judged is not Judged.RELATED and each.answered.matcher.split("/")[0] == VERSION
        ]
    return learning.level(shipped, answers, precision=chosen.precision)
