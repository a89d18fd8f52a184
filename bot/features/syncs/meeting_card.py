"""What is said of a meeting, as facts ready to be worded for all who meet. Made by `meeting_facts`, drawn by the views."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.features.initiatives.card import Card
from bot.features.matching.explanation import Explanation
from bot.features.syncs.card import Side
from storage.meetings import MeetingState, Result
from storage.syncs import Cadence

#: Block ids of the form's fields, so that a refusal stands beside its field.
FIELD_OUTCOME: Final = "meeting.outcome"
FIELD_RESULT: Final = "meeting.result"


@dataclass(frozen=True, slots=True)
class Strained:
    """Somebody for whom a moment is outside of their hours, and that moment on their clock."""

    side: Side
    there: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """A moment that can be picked."""

    id: int
    starts_at: datetime
    can: tuple[Side, ...] = ()
    strained: tuple[Strained, ...] = ()
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why these people should talk, with the eyes of all of them: the work, and for a pair why it looks like the same."""

    work: tuple[Card, ...] = ()
    reasons: Explanation | None = None


@dataclass(frozen=True, slots=True)
class MeetingCard:
    """A meeting."""

    id: int
    sync_id: int
    topic: str
    state: MeetingState
    minutes: int
    people: tuple[Side, ...]
    agenda: str = ""
    evidence: Evidence = field(default_factory=Evidence)
    #: How often moments were proposed, and the moments of the latest proposal.
    proposals: int = 1
    offers: tuple[Offer, ...] = ()
    #: The agreed moment; None while it is picked.
    at: datetime | None = None
    #: Its next moment, if it comes again.
    next_at: datetime | None = None
    #: How it comes again; ONCE: it is held once.
    cadence: Cadence = Cadence.ONCE
    #: How often the sync comes round: what is held once may be proposed anew each time.
    comes_round: Cadence = Cadence.ONCE
    #: The place whose clock rules one that comes again: "Europe/Lisbon".
    zone: str = ""
    #: Into calendars on the web, by their name.
    links: Mapping[str, str] = field(default_factory=dict)
    by: Side | None = None
    is_about_overlap: bool = False
    talked: bool | None = None
    #: Whether the sync goes on, so that other times are proposed if they did not talk.
    goes_on: bool = True
    outcome: str = ""
    result: Result | None = None
    outcome_by: Side | None = None
