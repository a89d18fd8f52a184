"""Decides what the answers under warnings say: one judgement for each pair, and from which probability this workspace is warned."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.features.matching import learning, ranking
from bot.features.matching.learning import Answer, Level
from bot.features.matching.matcher import VERSION, Matcher
from storage.overlaps import Answered, Verb
from storage.repository import EVERYBODY
from storage.unit_of_work import UnitOfWork

_SAME: Final = frozenset({Verb.JOIN, Verb.SYNC, Verb.INTRODUCE})


class Judged(StrEnum):
    """What people made of a warning."""

    SAME = "same work"
    RELATED = "related"
    UNRELATED = "not related"


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning that was answered."""

    answered: Answered
    judged: Judged


def warned(uow: UnitOfWork) -> list[Warned]:
    """The answered warnings that this viewer may see, one for each pair: who says *not related* counts before who acts on it."""
    pairs: dict[tuple[int, int], list[Answered]] = {}
    for row in uow.overlaps.answered():
        pairs.setdefault(
            (min(row.initiative_id, row.candidate_id), max(row.initiative_id, row.candidate_id)), []
        ).append(row)
    found = [Warned(rows[0], judged) for rows in pairs.values() if (judged := _judged(rows)) is not None]
    return sorted(found, key=lambda each: each.answered.warned_at)


def _judged(rows: Sequence[Answered]) -> Judged | None:
    verbs = {row.verb for row in rows}
    if Verb.NOT_RELATED in verbs:
        return Judged.UNRELATED
    if verbs & _SAME:
        return Judged.SAME
    return Judged.RELATED if Verb.DIFFER in verbs else None


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
