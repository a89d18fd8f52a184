"""Draws reports: the overview, the rows behind its figures, and what is said of its file."""

from collections.abc import Sequence
from typing import Any, Final

from bot.features.initiatives import views as initiatives
from bot.features.initiatives.card import Card
from bot.features.reports import tables, words
from bot.features.reports.figures import PAGE, Choice, Topic
from bot.features.reports.overview import Overview, by_status
from bot.features.reports.pages import EntryLine, FoundLine, Line, Page, RoundLine, Sheet, SyncLine
from bot.features.reports.periods import OFFERED, Period
from bot.features.reports.rates import change
from bot.features.reports.standing import SETTLED, Outcome
from bot.slack import blocks as b
from storage.initiatives import Status
from storage.rounds import PromptState
from storage.syncs import SyncState

#: Drawn by the App Home.
OPEN: Final = "reports.open"
PERIOD: Final = "reports.period"
ROWS: Final = tables.ROWS
PAGE_BACK: Final = "reports.page_back"
PAGE_ON: Final = "reports.page_on"
OTHER_SIDE: Final = "reports.other_side"
BACK: Final = "reports.back"
CSV: Final = "reports.csv"
COPY: Final = "reports.copy"
ON_ITS_WAY: Final = "reports.on_its_way"
#: Heard by the announcements.
ANNOUNCE: Final = "announcements.open_form"


# --- the overview -----------------------------------------------------------------------------------------------


def overview(report: Overview) -> b.Message:
    """The report: a sentence that says what changed, then numbers, then where to look."""
    if report.is_empty:
        return nothing_yet(report) if report.last_change is None else nothing_then(report)
    opening = f"*{report.period.label}:* {_opening(report)}"
    drawn: list[b.Block] = [b.section(opening), _tools(report)]
    drawn += [*tables.charts(report), *tables.of_status(report), *tables.of_teams(report)]
    if report.now.overlaps or report.before.overlaps:
        drawn += tables.of_overlaps(report)
    if report.now.rounds or report.before.rounds or report.now.syncs:
        drawn += tables.of_checkins(report)
    if report.now.waiting or report.before.waiting:
        drawn += tables.of_waiting(report)
    drawn.append(b.context(_small_print(report)))
    return b.Message(b.fallback(_as_text(report, opening)), drawn)


def nothing_yet(report: Overview) -> b.Message:
    """There is nothing to report on."""
    text = ("The registry holds nothing that you may see yet, so there is nothing to report. Announce what is being started, "
            "or bring in what exists already: `/rowbot import` says how.")  # fmt: skip
    return b.Message(
        b.fallback(text),
        [b.section(text), b.actions(b.button("Announce", ANNOUNCE, style="primary"), _menu(report.period))],
    )


def nothing_then(report: Overview) -> b.Message:
    """What the reader may see came into the registry after the period."""
    text = f"*{report.period.label}:* the registry was still empty, as far as you may see it. Choose a later period."
    return b.Message(b.fallback(text), [b.section(text), b.actions(_menu(report.period))])


def _opening(report: Overview) -> str:
    now, before, label = report.now, report.before, report.period.label_before
    if report.is_still:
        changed = f"; it last changed on {b.local_date(report.last_change)}" if report.last_change else ""
        return f"nothing was registered, no overlap found and nobody asked; the same in {label}. {_count(len(now.standing), 'initiative')} in the registry{changed}."
    registered, moved = len(now.registered), change(len(now.registered), len(before.registered))
    imported, was_imported = (sum(entry.is_imported for entry in side.registered) for side in (now, before))
    beside = f"{moved} {_than(moved)} in {label}" if registered or before.registered else f"none in {label} either"
    beside += f", when {was_imported} {'was' if was_imported == 1 else 'were'} imported" if was_imported else ""
    said = f"{_count(registered, 'initiative')} registered ({beside})"
    if imported:
        said += f", {imported} of them imported" if registered > 1 else ", imported"
    said += f"; {_found(report)}."
    return f"{said} Check-ins: {now.response.words} answered." if now.response.percent is not None else said


def _found(report: Overview) -> str:
    now, before = report.now, report.before
    if not now.overlaps:
        return f"no overlap found (before: {len(before.overlaps)})" if before.overlaps else "no overlap found"
    moved = change(now.settled, before.settled)
    beside = f" ({moved} {_than(moved)} before)" if now.settled or before.settled else ""
    early = f", {_of_them(now.settled_early, now.settled)}before work began" if now.settled_early else ""
    return f"{_count(len(now.overlaps), 'overlap')} found, {now.settled or 'none'} settled{beside}{early}"


def _of_them(part: int, whole: int) -> str:
    if part < whole:
        return f"{part} of them "
    return "all of them " if whole > 1 else ""


def _than(moved: str) -> str:
    return "as" if moved == "as many" else "than"


def _tools(report: Overview) -> b.Block:
    key = report.period.key
    return b.actions(
        _menu(report.period),
        b.button("Send me the rows as CSV", CSV, value=key, hint="A CSV file of every row behind these figures"),
        b.button("Send me a copy", COPY, value=key, hint="This report as a direct message that stays"),
        *([b.button("Announce", ANNOUNCE)] if report.is_still else []),
    )


def _menu(period: Period) -> b.Element:
    return b.select(
        PERIOD,
        [b.option(label, word) for word, label in OFFERED.items()],
        initial=period.word,
        placeholder="Another period…",
    )


def _small_print(report: Overview) -> str:
    settled = ", ".join(words.OUTCOMES[outcome].lower() for outcome in Outcome if outcome in SETTLED)
    return (f"Before: {report.period.label_before}. Only what you may see is counted. Settled: {settled}. "
            "Of fewer than five no rate is told.")  # fmt: skip


def _as_text(report: Overview, opening: str) -> str:
    """The numbers as sentences, for notifications, screen readers and places without blocks."""
    now, before = report.now, report.before
    states, was = by_status(now.standing), by_status(before.standing)
    lines = [opening, "In the registry: " + ", ".join(f"{states[status]} {initiatives.STATUS_WORDS[status]} ({was[status]} before)" for status in Status if states[status] or was[status]) + "."]  # fmt: skip
    if now.overlaps:
        lines.append(
            "Overlaps: "
            + ", ".join(
                f"{now.outcomes[outcome]} {words.OUTCOMES[outcome].lower()}"
                for outcome in Outcome
                if now.outcomes[outcome]
            )
            + "."
        )
    if now.rounds:
        lines.append(f"Check-ins: {_count(len(now.rounds), 'round')}, response rate {now.response.words}.")
    return "\n".join(lines)


# --- the rows behind a figure -----------------------------------------------------------------------------------


def rows(page: Page) -> b.Message:
    """A page of the rows behind a figure, each with the way to it."""
    choice, period = page.choice, page.period
    when = period.label_before if choice.before else period.label_inside
    name = b.quote(words.figure(choice.figure, team=page.team), 120)
    first = choice.page * PAGE + 1
    at_end = choice.figure.topic in (Topic.STANDING, Topic.SYNCS)
    head = f"*{name}*, {'at the end of' if at_end else 'in'} {when}: {page.total}"
    if page.pages > 1:
        head += f" · {first}–{first + len(page.lines) - 1}"
    drawn = [b.section(head), *(b.section(_line(line)) for line in page.lines)]
    if not page.lines:
        drawn.append(b.section("Nothing is behind this figure."))
    drawn.append(b.actions(*_steps(page)))
    return b.Message(b.fallback("\n".join([head, *(_line(line) for line in page.lines)])), drawn)


def _steps(page: Page) -> list[b.Element]:
    choice = page.choice
    steps = [b.button("Back to the report", BACK, value=choice.period)]
    if choice.page > 0:
        steps.append(b.button("Previous", PAGE_BACK, value=_moved(choice, page=choice.page - 1)))
    if choice.page < page.pages - 1:
        steps.append(b.button("Next", PAGE_ON, value=_moved(choice, page=choice.page + 1)))
    label = "This period" if choice.before else "The period before"
    return [
        *steps,
        b.button(label, OTHER_SIDE, value=Choice(choice.figure, choice.period, before=not choice.before).key),
    ]


def _moved(choice: Choice, *, page: int) -> str:
    return Choice(choice.figure, choice.period, choice.before, page).key


def _line(line: Line) -> str:
    match line:
        case EntryLine():
            then = initiatives.STATUS_WORDS[line.entry.status]
            now = (
                "" if line.entry.status is line.card.status else f" (now {initiatives.STATUS_WORDS[line.card.status]})"
            )
            door = "imported" if line.entry.is_imported else "registered"
            return f"{initiatives.title(line.card)} · {_whose(line.card.team)} · {then}{now} · {door} {b.local_date(line.entry.created_at)}"
        case FoundLine():
            one, other = (f"{initiatives.title(card)} ({_whose(card.team)})" for card in (line.one, line.other))
            return f"{one} and {other} · found {b.local_date(line.found.found_at)} · {words.OUTCOMES[line.found.outcome].lower()}"
        case RoundLine():
            held = line.held
            told = [f"{held.replied} of {held.asked} answered"] if held.asked else ["still open"]
            aside = [
                (state, held.answers.get(state, 0)) for state in words.ANSWERS if state is not PromptState.ANSWERED
            ]
            told += [f"{count} {words.ANSWERS[state].lower()}" for state, count in aside if count]
            return f"{_linked(held.sync.topic, line.link)} · round {held.number}, {held.on_day:%-d %b %Y} · {', '.join(told)}{_about(line.about)}"
        case SyncLine():
            paused = (
                " · paused"
                if line.sync.state is SyncState.PAUSED
                else " · ended since"
                if line.sync.state is SyncState.ENDED
                else ""
            )
            return f"{_linked(line.sync.topic, line.link)} · set up {b.local_date(line.sync.created_at)}{paused}{_about(line.about)}"


def _about(cards: Sequence[Card]) -> str:
    return f" · about {b.listed([initiatives.title(card) for card in cards])}" if cards else ""


def _linked(topic: str, link: str) -> str:
    return f"*{b.link(link, b.clip(topic, b.HEADER))}*" if link else f"*{b.quote(topic, b.HEADER)}*"


def _whose(team: str) -> str:
    return b.quote(team, 80) if team else words.NO_TEAM.lower()


# --- the file ---------------------------------------------------------------------------------------------------


def file_coming(file: Sheet) -> b.Message:
    """The file is on its way."""
    text = f"The rows behind the report on {file.period.label_inside} are on their way to you as a CSV file: {_contents(file)}. They arrive in your direct messages with me."
    return b.Message(b.fallback(text), [b.section(text)])


def copy_coming(report: Overview) -> b.Message:
    """The copy is on its way."""
    text = f"A copy of the report on {report.period.label_inside} is on its way to your direct messages with me."
    return b.Message(b.fallback(text), [b.section(text)])


def on_its_way(report: Overview) -> dict[str, Any]:
    """To who asked for the report where no message can stand: in the App Home."""
    text = f"{copy_coming(report).text} There are the charts, the rows behind each figure, and other periods."
    return b.modal("Report", [b.section(text)], callback_id=ON_ITS_WAY, close="Close")


def file_refused(file: Sheet) -> b.Message:
    """The file could not be sent."""
    text = (f"I could not send you the CSV file of the report on {file.period.label_inside}: Slack did not take it. Most often the app lacks the "
            "permission `files:write`; it gets it when it is installed again from manifest.yml. `/rowbot health` shows what Slack said. "
            "The report itself needs no file: `/rowbot report`.")  # fmt: skip
    return b.Message(b.fallback(text), [b.section(text)])


def file_title(file: Sheet) -> str:
    """The file's title."""
    return f"Rowbot report, {file.period.label}"


def file_comment(file: Sheet) -> str:
    """What stands above the file."""
    return f"The rows behind the report on {file.period.label_inside} and {file.period.label_before}: {_contents(file)}. Only what you may see is in it."


def _contents(file: Sheet) -> str:
    return b.listed(
        [_count(file.initiatives, "initiative"), _count(file.overlaps, "overlap"), _count(file.rounds, "round")]
    )


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
