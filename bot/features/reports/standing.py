"""Where initiatives stood at a moment in the past, and what had become of an overlap by then. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from storage.initiatives import Status
from storage.overlaps import Verb
from storage.reports import PairFound, SaidOfPair, Turn

OVER: Final = frozenset({Status.SHIPPED, Status.ABANDONED, Status.MERGED})


class Outcome(StrEnum):
    """What became of an overlap. Where several happened, the first of these counts."""

    NOT_RELATED = "not_related"
    #: One of the two ended after they were found.
    CLOSED = "closed"
    SYNC = "sync"
    JOIN = "join"
    #: A sync was wished for and is not set up.
    TALK = "talk"
    DIFFER = "differ"
    #: One of the two had ended before: nothing to settle, something to reuse.
    FINISHED = "finished"
    OPEN = "open"


#: Outcomes by which people dealt with it.
SETTLED: Final = frozenset(
    {Outcome.NOT_RELATED, Outcome.CLOSED, Outcome.SYNC, Outcome.JOIN, Outcome.TALK, Outcome.DIFFER}
)
#: Somebody acted on the match as one acts on the same work.
CONFIRMING: Final = frozenset({Verb.JOIN, Verb.SYNC, Verb.INTRODUCE})
_BY_VERB: Final = (
    (Verb.JOIN, Outcome.JOIN),
    (Verb.SYNC, Outcome.TALK),
    (Verb.INTRODUCE, Outcome.TALK),
    (Verb.DIFFER, Outcome.DIFFER),
)


class Judgement(StrEnum):
    """Whether people took a match for a good one."""

    CONFIRMED = "confirmed"
    NOT_RELATED = "not_related"


class History:
    """The status of every initiative at any moment from the first turn on."""

    def __init__(self, statuses: Mapping[int, Status], turns: Iterable[Turn]) -> None:
        """``statuses`` as they are now, ``turns`` oldest first."""
        self._now = statuses
        self._turns: dict[int, list[Turn]] = {}
        for turn in turns:
            self._turns.setdefault(turn.initiative_id, []).append(turn)

    def status(self, initiative_id: int, moment: datetime) -> Status | None:
        """As it was right before a moment; None for what nobody knows of."""
        for turn in self._turns.get(initiative_id, ()):
            if turn.changed_at >= moment:
                return turn.before
        return self._now.get(initiative_id)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What had become of an overlap by a moment."""

    outcome: Outcome
    #: None where people's doings say neither.
    judgement: Judgement | None
    #: Whether it was settled while one of the two was still only proposed.
    is_early: bool


def verdict(
    pair: PairFound, said: Sequence[SaidOfPair], synced: Sequence[datetime], history: History, *, by: datetime
) -> Verdict:
    """What had become of a pair by a moment.

    ``said`` is what people said of it, ``synced`` when syncs about it were set up; what came later, or was undone by
    then, does not count.
    """
    standing = [each for each in said if each.said_at < by and (each.undone_at is None or each.undone_at >= by)]
    when = {verb: each.said_at for each in reversed(standing) for verb in (each.verb,)}
    met = min((moment for moment in synced if moment < by), default=None)
    outcome, at = _outcome(pair, when, met, history, by=by)
    if Verb.NOT_RELATED in when:
        judgement: Judgement | None = Judgement.NOT_RELATED
    else:
        judgement = Judgement.CONFIRMED if met is not None or CONFIRMING & when.keys() else None
    proposed = at is not None and any(
        history.status(side, at) is Status.PROPOSED for side in (pair.one_id, pair.other_id)
    )
    return Verdict(outcome, judgement, proposed and outcome in SETTLED)


def _outcome(
    pair: PairFound, when: Mapping[Verb, datetime], met: datetime | None, history: History, *, by: datetime
) -> tuple[Outcome, datetime | None]:
    """The outcome, and when it came about (None where there is no such moment)."""
    if Verb.NOT_RELATED in when:
        return Outcome.NOT_RELATED, when[Verb.NOT_RELATED]
    sides = (pair.one_id, pair.other_id)
    was_over = any(history.status(side, pair.found_at) in OVER for side in sides)
    if not was_over and any(history.status(side, by) in OVER for side in sides):
        return Outcome.CLOSED, None
    if met is not None:
        return Outcome.SYNC, met
    for verb, outcome in _BY_VERB:
        if verb in when:
            return outcome, when[verb]
    return (Outcome.FINISHED if was_over else Outcome.OPEN), None
