"""One digest: what happened since the one before, ready to be worded for everybody in its channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.features.initiatives.card import Card
from bot.features.reports.standing import Outcome
from storage.initiatives import Status
from storage.repository import EVERYBODY, Viewer


@dataclass(frozen=True, slots=True)
class Pair:
    """Two initiatives that look like the same work, and what has become of that."""

    one: Card
    other: Card
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Wait:
    """What waits for one team (or system), and for how many days the oldest of it does."""

    #: "" where nobody named one that is known.
    whom: str
    count: int
    days: int


@dataclass(frozen=True, slots=True)
class Help:
    """A team that helped others."""

    team: str
    helped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coming:
    """A check-in of the next days."""

    topic: str
    day: date
    #: Its thread; "" where it has none.
    link: str


@dataclass(frozen=True, slots=True)
class Issue:
    """One digest. Lists hold what is named; the numbers count all."""

    channel_id: str
    since: datetime
    #: With whose eyes it was gathered.
    eyes: Viewer = EVERYBODY
    #: Announced since then, the youngest first; and how many came with imports.
    new: tuple[Card, ...] = ()
    announced: int = 0
    imported: int = 0
    #: How many ended, by how they did.
    ended: Mapping[Status, int] = field(default_factory=dict)
    #: Overlaps that were found or settled since then, the settled ones first; and how many they are.
    pairs: tuple[Pair, ...] = ()
    overlaps: int = 0
    found: int = 0
    settled: int = 0
    #: All that waits, the longest first.
    waits: tuple[Wait, ...] = ()
    helped: tuple[Help, ...] = ()
    coming: tuple[Coming, ...] = ()
    #: All that is in the registry.
    registered: int = 0

    @property
    def is_quiet(self) -> bool:
        """Whether nothing has changed."""
        return not (self.announced or self.imported or any(self.ended.values()) or self.found or self.settled)
