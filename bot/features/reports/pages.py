"""What of a report is shown at a time: a page of the rows behind a figure, and the file of all of them. Ready to be worded."""

from dataclasses import dataclass

from bot.features.initiatives.card import Card
from bot.features.reports.figures import Choice
from bot.features.reports.overview import Entry, Found, Held
from bot.features.reports.periods import Period
from storage.reports import SyncRow


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An initiative."""

    entry: Entry
    card: Card


@dataclass(frozen=True, slots=True)
class FoundLine:
    """An overlap, with both of its sides."""

    found: Found
    one: Card
    other: Card


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round of a sync, where its sync lives ("" where there is no address), and what it is about."""

    held: Held
    link: str
    about: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True)
class SyncLine:
    """A sync, where it lives ("" where there is no address), and what it is about."""

    sync: SyncRow
    link: str
    about: tuple[Card, ...] = ()


Line = EntryLine | FoundLine | RoundLine | SyncLine


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the rows behind a figure."""

    choice: Choice
    period: Period
    lines: tuple[Line, ...]
    #: How many rows the figure counts in all.
    total: int
    #: How many pages that makes, at least one.
    pages: int
    #: Name of the figure's team; "" where it has none.
    team: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file of all rows behind a report."""

    #: The name without what makes it unique.
    stem: str
    text: str
    period: Period
    initiatives: int
    overlaps: int
    rounds: int
