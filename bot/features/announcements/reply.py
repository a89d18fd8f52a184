"""What the one reply to an announcement says, as facts: the views word it."""

from dataclasses import dataclass
from enum import StrEnum

from bot.features.initiatives.card import Card
from bot.features.overlaps.said import Candidate


class ReplyState(StrEnum):
    """What became of the announcement."""

    OPEN = "open"
    #: Its author said that it is no initiative.
    DISMISSED = "dismissed"
    #: The message was edited until it announced nothing.
    WITHDRAWN = "withdrawn"
    #: Somebody who may took it back.
    RETIRED = "retired"
    #: The message was deleted.
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Reply:
    """The one reply in the thread (or, for a form, the post itself), updated in place."""

    announcement_id: int
    card: Card
    state: ReplyState
    candidates: tuple[Candidate, ...]
    #: Who announced it, where the reply is the announcement itself (a form); else "".
    posted_for: str = ""


@dataclass(frozen=True, slots=True)
class Aside:
    """What only the author is told."""

    announcement_id: int
    card: Card
    candidates: tuple[Candidate, ...]
    #: Whether some of it is kept to private channels that the author is in.
    private: bool = False
