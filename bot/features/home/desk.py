"""The desk: everything that one person's App Home shows, ready to be worded."""

from dataclasses import dataclass, field
from datetime import date, datetime

from bot.features.initiatives.card import Card
from bot.features.items.card import ItemCard
from bot.features.syncs.card import SyncCard
from bot.features.syncs.meeting_card import Agreed
from storage.overlaps import Verb


@dataclass(frozen=True, slots=True)
class Question:
    """A message of theirs about which they were asked whether it announces something."""

    announcement_id: int
    text: str
    channel_id: str
    link: str


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody wants to join forces, or the leads to talk; nothing was said to that yet."""

    by: str
    verb: Verb
    mine: Card
    theirs: Card
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A check-in that waits for an answer, or whose answer can be edited."""

    prompt_id: int
    topic: str
    #: On the clock of the one who is asked: until when they are waited for, or when the summary is posted.
    deadline: datetime


@dataclass(frozen=True, slots=True)
class SetUp:
    """What an admin has still to do, in numbers."""

    channels: int
    initiatives: int
    teams: int
    leadless: int

    @property
    def is_done(self) -> bool:
        """Whether nothing is left of the checklist."""
        return bool(self.channels and self.initiatives and self.teams and not self.leadless)


@dataclass(frozen=True, slots=True)
class Desk:
    """What one person sees."""

    person_id: str
    cards: tuple[Card, ...]
    #: How many initiatives this person may see in all.
    registered: int
    questions: tuple[Question, ...] = ()
    wishes: tuple[Wish, ...] = ()
    asked: tuple[Asked, ...] = ()
    #: Those that they have answered in rounds that are open.
    answered: tuple[Asked, ...] = ()
    #: The check-ins that they take part in, the next one first.
    check_ins: tuple[SyncCard, ...] = ()
    #: When they meet next, and with whom.
    meetings: tuple[Agreed, ...] = ()
    #: The working day on which they are back, if they are away today (see `teams.calendars.ENDLESS`).
    back_on: date | None = None
    #: What they are asked to take care of, and what they wait for; the oldest first.
    owned: tuple[ItemCard, ...] = ()
    waited_for: tuple[ItemCard, ...] = ()
    is_admin: bool = False
    #: None for everybody who does not administer Rowbot.
    set_up: SetUp | None = field(default=None)
    #: For admins: how many initiatives the present embedder has still to read, of how many.
    reading: tuple[int, int] = (0, 0)
