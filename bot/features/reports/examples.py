"""An example of everything that reports draw."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from bot.features.initiatives.examples import NOW, Words, card, other_card
from bot.features.reports import periods, views
from bot.features.reports.figures import By, Choice, Figure, Topic
from bot.features.reports.overview import Entry, Found, Held, Open, Overview, Side
from bot.features.reports.pages import EntryLine, FoundLine, Line, Page, RoundLine, Sheet, SyncLine
from bot.features.reports.periods import Period, Span
from bot.features.reports.standing import Judgement, Outcome
from storage.initiatives import Status
from storage.reports import SyncRow
from storage.rounds import PromptState
from storage.syncs import SyncState

WEEK: Final = timedelta(days=7)


def period(word: str = "30d") -> Period:
    """The period of a report."""
    return periods.parse(word, now=NOW, zone="Europe/Lisbon")


def entries(span: Span, count: int, *, teams: int = 3) -> tuple[Entry, ...]:
    """Initiatives that were registered in a span, in every status."""
    statuses = list(Status)
    step = (span.end - span.start) / max(count, 1)
    return tuple(
        Entry(number, number % (teams + 1), statuses[number % len(statuses)], span.start + step * number, is_imported=number % 5 == 0)
        for number in range(count)
    )  # fmt: skip


def found(span: Span, count: int) -> tuple[Found, ...]:
    """Overlaps that ended in every way."""
    outcomes = list(Outcome)
    judgements = (Judgement.CONFIRMED, Judgement.NOT_RELATED, Judgement.CONFIRMED, None)
    return tuple(
        Found(number, number + 1, span.start, outcomes[number % len(outcomes)], judgements[number % 4], is_early=number % 3 == 0)
        for number in range(count)
    )  # fmt: skip


def sync(words: Words, **changes: Any) -> SyncRow:  # noqa: ANN401 - fields of SyncRow
    """A sync."""
    plain = SyncRow(1, words.title, SyncState.ACTIVE, NOW - WEEK, NOW - WEEK, "C0EXAMPLE1", "1.2", 1, 2)
    return replace(plain, **changes)


def held(words: Words, number: int, **answers: int) -> Held:
    """A round."""
    return Held(
        number,
        sync(words),
        number,
        (NOW - WEEK).date(),
        NOW - WEEK,
        {PromptState(state): count for state, count in answers.items()},
    )


def side(words: Words, span: Span, size: int, *, teams: int = 3) -> Side:
    """What happened in a span."""
    new = entries(span, size, teams=teams)
    rounds = tuple(
        held(words, number, answered=2, late=1, missed=number % 2, skipped=1, away=1) for number in range(size // 3)
    )
    waiting = tuple(Open(number, 1, number % 3, number % (teams + 1), NOW, number * 2) for number in range(size))
    return Side(
        span,
        new,
        entries(span, size * 3, teams=teams),
        found(span, size),
        (sync(words),) if size else (),
        rounds,
        waiting,
    )


def report(words: Words, size: int = 14, *, before: int = 11, teams: int = 3, word: str = "30d") -> Overview:
    """A report."""
    about = period(word)
    names = {number: f"{words.name or '?'} {number}" for number in range(1, teams + 1)}
    return Overview(
        about,
        side(words, about.span, size, teams=teams),
        side(words, about.span.before, before, teams=teams),
        names,
        NOW - WEEK,
    )


def still(words: Words) -> Overview:
    """A report of a time in which nothing happened."""
    quiet = report(words, 0, before=0)
    standing = entries(quiet.period.span, 5)
    return replace(quiet, now=replace(quiet.now, standing=standing), before=replace(quiet.before, standing=standing))


def lines(words: Words) -> tuple[Line, ...]:
    """Every kind of row."""
    about = period()
    return (
        *(EntryLine(entry, card(words)) for entry in entries(about.span, 6)),
        *(FoundLine(each, card(words), other_card(words, team="")) for each in found(about.span, 8)),
        RoundLine(held(words, 5, answered=2, late=1, missed=1), words.link, (card(words), other_card(words))),
        RoundLine(held(words, 6, sent=2), ""),
        SyncLine(sync(words), words.link, (card(words), other_card(words))),
        SyncLine(sync(words, state=SyncState.PAUSED), ""),
        SyncLine(sync(words, state=SyncState.ENDED), ""),
    )


def page(
    words: Words, figure: Figure, *, before: bool = False, number: int = 0, pages: int = 1, shown: tuple[Line, ...] = ()
) -> Page:
    """A page of rows."""
    about = period()
    return Page(
        Choice(figure, about.key, before, number), about, shown, 10 * (pages - 1) + len(shown), pages, words.name
    )


def sheet(words: Words) -> Sheet:
    """A file."""
    return Sheet("rowbot-report", words.text, period(), 214, 1, 0)


def messages(words: Words) -> dict[str, Any]:
    """Every message."""
    drawn = {
        f"overview, {size} and {before}": views.overview(report(words, size, before=before))
        for size in (0, 1, 14)
        for before in (0, 1, 11)
    }
    drawn |= {
        f"overview, {word}": views.overview(report(words, word=word))
        for word in ("7d", "90d", "quarter", "year", "2026-10-01..2026-10-01")
    }
    shown = lines(words)
    figures = (Figure(Topic.REGISTERED), Figure(Topic.STANDING, By.TEAM, "1"), Figure(Topic.OVERLAPS, By.OUTCOME, "open"),
               Figure(Topic.ROUNDS, By.ANSWER, "late"), Figure(Topic.JUDGED, By.JUDGEMENT, "confirmed"), Figure(Topic.SYNCS))  # fmt: skip
    drawn |= {
        f"rows, {figure.topic}, {before}": views.rows(page(words, figure, before=before, shown=shown[:10]))
        for figure in figures
        for before in (False, True)
    }
    return drawn | {
        "overview of many teams": views.overview(report(words, 300, before=200, teams=150)),
        "overview, still": views.overview(still(words)),
        "overview, nothing yet": views.nothing_yet(report(words, 0, before=0)),
        "overview, of a time before the registry": views.nothing_then(report(words, 0, before=0)),
        "rows, a page in the middle": views.rows(page(words, figures[0], number=1, pages=3, shown=shown[:10])),
        "rows, the other kinds": views.rows(page(words, figures[0], number=1, pages=2, shown=shown[10:])),
        "rows, none": views.rows(page(words, figures[0])),
        "file coming": views.file_coming(sheet(words)),
        "file refused": views.file_refused(sheet(words)),
        "copy coming": views.copy_coming(report(words)),
    }


def forms(words: Words) -> dict[str, dict[str, Any]]:
    """Every form."""
    return {"on its way": views.on_its_way(report(words))}
