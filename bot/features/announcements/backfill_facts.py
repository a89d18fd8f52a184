"""What is shown of a backfill, as facts: the views word it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.features.initiatives.card import Card
from storage.backfills import BackfillState, FindingState


class Begun(StrEnum):
    """What a request led to."""

    NEW = "new"
    #: It had been stopped, and goes on where it was.
    GOES_ON = "goes on"
    #: It is under way.
    UNDER_WAY = "under way"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a backfill is, as whoever may review it may read it: no words of the channel."""

    backfill_id: int
    channel_id: str
    requested_by: str
    state: BackfillState
    oldest: datetime
    #: Down to where it has been read.
    down_to: datetime
    messages: int
    waiting: int
    sure: int
    accepted: int
    registered: int
    left_out: int
    #: Seconds that the rest may take; None where that cannot be told yet.
    left_seconds: int | None
    #: Slack's word for why it cannot be read any further.
    error: str = ""

    @property
    def found(self) -> int:
        """How many messages seemed to announce something."""
        return self.waiting + self.accepted + self.registered + self.left_out


@dataclass(frozen=True, slots=True)
class Item:
    """One finding in the review."""

    id: int
    title: str
    text: str
    author_id: str
    said_at: datetime
    link: str
    is_sure: bool
    state: FindingState
    #: What looks like the same work: titles that this viewer may see.
    like: str = ""
    #: Once it is registered, its card.
    card: Card | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of the review."""

    progress: Progress
    items: tuple[Item, ...]
    page: int
    pages: int
