"""The rows of the file behind a report: one for each initiative, overlap, sync, round and thing that is waited for. Pure. Names teams, never people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot.features.reports.overview import NO_TEAM, Entry, Found, Held, Open, Overview, Side
from bot.features.reports.periods import Period, days_of
from storage.reports import SyncRow
from storage.rounds import PromptState

HEADER: Final = (
    "kind", "period", "title", "team", "status", "status_before", "registered_at", "imported", "other_title", "other_team", "found_at", "outcome",
    "judged", "before_work_began", "round", "day", "asked", "answered_in_time", "answered_late", "missed", "skipped", "away", "days", "link", "other_link",
)  # fmt: skip

Value = str | int


@dataclass(frozen=True, slots=True)
class Book:
    """What the rows' ids stand for."""

    #: Title and own address of each initiative.
    titles: Mapping[int, tuple[str, str]]
    #: Where each initiative was announced.
    places: Mapping[int, str]
    teams: Mapping[int, str]

    def title(self, initiative_id: int) -> str:
        """Its title."""
        return self.titles.get(initiative_id, ("", ""))[0]

    def link(self, initiative_id: int) -> str:
        """Its own address, else where it was announced."""
        return self.titles.get(initiative_id, ("", ""))[1] or self.places.get(initiative_id, "")


def rows(report: Overview, book: Book) -> Iterator[list[Value]]:
    """Every row, initiatives first; those of a kind in the order in which they came."""
    before = {entry.id: entry for entry in report.before.standing}
    for entry in report.now.standing:
        yield _initiative(entry, before.get(entry.id), report, book)
    teams = {entry.id: entry.team_id for entry in report.now.standing}
    for side, period in ((report.before, "before"), (report.now, "this")):
        for found in side.overlaps:
            yield _overlap(found, period, teams, book)
    for sync, period in _open(report.now, report.before):
        yield _row(kind="sync", period=period, title=sync.topic, registered_at=_moment(sync.created_at))
    for side, period in ((report.before, "before"), (report.now, "this")):
        for held in side.rounds:
            yield _round(held, period)
    for side, period in ((report.before, "before"), (report.now, "this")):
        for each in side.waiting:
            yield _waiting(each, period, book)


def first_and_last_day(period: Period) -> tuple[str, str]:
    """The days on which a period begins and ends, as they stand in a file's name."""
    first, last = days_of(period)
    return first.isoformat(), last.isoformat()


def _initiative(entry: Entry, before: Entry | None, report: Overview, book: Book) -> list[Value]:
    span = report.period.span
    when = "this" if span.holds(entry.created_at) else "before" if span.before.holds(entry.created_at) else "earlier"
    return _row(
        kind="initiative", period=when, title=book.title(entry.id), team=_team(entry.team_id, book), status=entry.status.value,
        status_before=before.status.value if before else "", registered_at=_moment(entry.created_at), imported="yes" if entry.is_imported else "no",
        link=book.link(entry.id),
    )  # fmt: skip


def _overlap(found: Found, period: str, teams: Mapping[int, int], book: Book) -> list[Value]:
    return _row(
        kind="overlap", period=period, title=book.title(found.one_id), team=_team(teams.get(found.one_id, NO_TEAM), book),
        other_title=book.title(found.other_id), other_team=_team(teams.get(found.other_id, NO_TEAM), book), found_at=_moment(found.found_at),
        outcome=found.outcome.value, judged=found.judgement.value if found.judgement else "",
        before_work_began="yes" if found.is_early else "no", link=book.link(found.one_id),
        other_link=book.link(found.other_id),
    )  # fmt: skip


def _open(now: Side, before: Side) -> Iterator[tuple[SyncRow, str]]:
    """Every sync that was open at either end, and at which."""
    at_end, at_start = {sync.id for sync in now.syncs}, {sync.id for sync in before.syncs}
    for sync in sorted({sync.id: sync for sync in (*before.syncs, *now.syncs)}.values(), key=lambda sync: sync.id):
        yield sync, "both" if sync.id in at_end & at_start else "this" if sync.id in at_end else "before"


def _round(held: Held, period: str) -> list[Value]:
    count = held.answers.get
    return _row(
        kind="round", period=period, title=held.sync.topic, round=held.number, day=held.on_day.isoformat(), asked=held.asked,
        answered_in_time=count(PromptState.ANSWERED, 0), answered_late=count(PromptState.LATE, 0), missed=count(PromptState.MISSED, 0),
        skipped=count(PromptState.SKIPPED, 0), away=count(PromptState.AWAY, 0),
    )  # fmt: skip


def _waiting(each: Open, period: str, book: Book) -> list[Value]:
    about = each.initiative_id
    return _row(
        kind="waiting", period=period, title=book.title(about) if about is not None else "", team=_team(each.waiting_team_id, book),
        other_team=_team(each.team_id, book), registered_at=_moment(each.since), days=each.days, link=book.link(about) if about is not None else "",
    )  # fmt: skip


def _row(**values: Value) -> list[Value]:
    return [values.get(name, "") for name in HEADER]


def _team(team_id: int, book: Book) -> str:
    return book.teams.get(team_id, "")


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
