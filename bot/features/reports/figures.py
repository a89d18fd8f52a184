"""The figures of the overview by name, and the rows that each is a count of. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.errors import BadInput
from bot.features.reports.overview import ASKED, Entry, Found, Held, Side
from bot.features.reports.standing import Judgement, Outcome
from storage.initiatives import Status
from storage.reports import SyncRow
from storage.rounds import PromptState

Row = Entry | Found | Held | SyncRow

#: Rows on one page.
PAGE: Final = 10


class Topic(StrEnum):
    """What is counted."""

    REGISTERED = "registered"
    STANDING = "standing"
    OVERLAPS = "overlaps"
    JUDGED = "judged"
    SYNCS = "syncs"
    ROUNDS = "rounds"


class By(StrEnum):
    """By what it is told apart."""

    ALL = "all"
    STATUS = "status"
    TEAM = "team"
    OUTCOME = "outcome"
    JUDGEMENT = "judgement"
    ANSWER = "answer"


_ALLOWED: Final = {
    Topic.REGISTERED: (By.ALL, By.STATUS, By.TEAM),
    Topic.STANDING: (By.ALL, By.STATUS, By.TEAM),
    Topic.OVERLAPS: (By.ALL, By.OUTCOME),
    Topic.JUDGED: (By.JUDGEMENT,),
    Topic.SYNCS: (By.ALL,),
    Topic.ROUNDS: (By.ALL, By.ANSWER),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One count of the overview."""

    topic: Topic
    by: By = By.ALL
    #: A status, a team's id, an outcome, …; "" for all.
    value: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a menu or button of the report asks for: a page of the rows behind a figure."""

    figure: Figure
    #: The key of the period (see `periods.Period.key`).
    period: str
    #: Of the period before.
    before: bool = False
    page: int = 0

    @property
    def key(self) -> str:
        """What the button carries; :func:`read_choice` reads it back."""
        figure = self.figure
        return f"{figure.topic}.{figure.by}.{figure.value}|{self.period}|{int(self.before)}|{self.page}"


def read_choice(key: str) -> Choice:
    """The choice behind a button.

    Raises:
        BadInput: it is none of ours any more.
    """
    named, _, rest = key.partition("|")
    period, _, rest = rest.partition("|")
    before, _, page = rest.partition("|")
    topic, _, told = named.partition(".")
    by, _, value = told.partition(".")
    fits = topic in list(Topic) and by in list(By) and By(by) in _ALLOWED[Topic(topic)] and _fits(By(by), value)
    if not fits or not page.isdecimal():
        raise BadInput("That button is of an older report. Type `/rowbot report` again.")
    return Choice(Figure(Topic(topic), By(by), value), period, before == "1", int(page))


def _fits(by: By, value: str) -> bool:
    known: dict[By, Iterable[str]] = {By.STATUS: Status, By.OUTCOME: Outcome, By.JUDGEMENT: Judgement, By.ANSWER: ASKED}
    if by is By.TEAM:
        return value.isdecimal()
    return value in list(known[by]) if by in known else value == ""


def rows_of(side: Side, figure: Figure) -> Sequence[Row]:
    """The rows that a figure counts, the youngest first."""
    match figure.topic:
        case Topic.REGISTERED | Topic.STANDING:
            entries = side.registered if figure.topic is Topic.REGISTERED else side.standing
            return [entry for entry in reversed(entries) if _is(figure, entry)]
        case Topic.OVERLAPS:
            wanted = Outcome(figure.value) if figure.by is By.OUTCOME else None
            return [found for found in reversed(side.overlaps) if wanted in (None, found.outcome)]
        case Topic.JUDGED:
            judgement = Judgement(figure.value)
            return [found for found in reversed(side.overlaps) if found.judgement is judgement]
        case Topic.SYNCS:
            return side.syncs[::-1]
        case Topic.ROUNDS:
            state = PromptState(figure.value) if figure.by is By.ANSWER else None
            return [held for held in reversed(side.rounds) if state is None or held.answers.get(state)]


def _is(figure: Figure, entry: Entry) -> bool:
    match figure.by:
        case By.STATUS:
            return entry.status is Status(figure.value)
        case By.TEAM:
            return str(entry.team_id) == figure.value
        case _:
            return True
