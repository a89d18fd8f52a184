"""Decides who gets a report, and gathers it with the eyes of whoever asked: what they may not see is neither listed nor counted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.errors import NotAllowed
from bot.features.initiatives import service as initiatives
from bot.features.initiatives.card import Card
from bot.features.reports import csv_table, notifications, periods, sheet
from bot.features.reports.figures import PAGE, By, Choice, Row, Topic, read_choice, rows_of
from bot.features.reports.overview import NO_TEAM, Entry, Facts, Found, Held, Overview, by_team, side
from bot.features.reports.pages import EntryLine, FoundLine, Line, Page, RoundLine, Sheet, SyncLine
from bot.features.reports.periods import Period
from bot.features.reports.standing import History
from bot.features.teams import rights
from storage.reports import SyncRow
from storage.unit_of_work import UnitOfWork
from storage.workspaces import Workspace

#: Admins that are named to somebody who is none.
NAMED: Final = 3


def require_reader(uow: UnitOfWork, person_id: str) -> None:
    """Refuse whoever is no admin.

    Raises:
        NotAllowed: says who is, and what this person can do instead.
    """
    if rights.is_admin(uow, person_id):
        return
    listed = [each for each in uow.settings.preferences().admins if rights.is_admin(uow, each)][:NAMED]
    who = ", ".join(f"<@{each}>" for each in listed) or "the admins and owners of this workspace"
    raise NotAllowed(
        f"Reports go across all teams, so they are for those who run Rowbot: {who}. Ask them for one. "
        "`/rowbot mine` shows your own work, `/rowbot search TEXT` finds everybody's."
    )


def overview(uow: UnitOfWork, words: str, *, person_id: str, now: datetime) -> Overview:
    """The overview of the period that somebody typed.

    Raises:
        NotAllowed, BadInput
    """
    require_reader(uow, person_id)
    return _overview(uow, periods.parse(words, now=now, zone=_zone(uow, person_id)))


def again(uow: UnitOfWork, key: str, *, person_id: str) -> Overview:
    """The overview of the period of a button, as of when the button was drawn.

    Raises:
        NotAllowed, BadInput
    """
    require_reader(uow, person_id)
    return _overview(uow, periods.from_key(key, zone=_zone(uow, person_id)))


def page(uow: UnitOfWork, key: str, *, person_id: str) -> Page:
    """A page of the rows behind a figure.

    Raises:
        NotAllowed, BadInput
    """
    require_reader(uow, person_id)
    choice = read_choice(key)
    period = periods.from_key(choice.period, zone=_zone(uow, person_id))
    span = period.span.before if choice.before else period.span
    rows = rows_of(side(_facts(uow, period, topic=choice.figure.topic), span), choice.figure)
    pages = max(1, -(-len(rows) // PAGE))
    number = min(choice.page, pages - 1)
    shown = rows[number * PAGE : (number + 1) * PAGE]
    team = ""
    if choice.figure.by is By.TEAM and choice.figure.value != str(NO_TEAM):
        team = _names(uow, {int(choice.figure.value)}).get(int(choice.figure.value), "")
    here = Choice(choice.figure, choice.period, choice.before, number)
    return Page(here, period, tuple(_lines(uow, shown)), len(rows), pages, team)


def all_rows(uow: UnitOfWork, key: str, *, person_id: str) -> Sheet:
    """Every row behind the report of a period, as a CSV file.

    Raises:
        NotAllowed, BadInput
    """
    report = again(uow, key, person_id=person_id)
    book = sheet.Book(uow.reports.titles(), _links(uow), report.teams)
    text = csv_table.written(sheet.HEADER, sheet.rows(report, book))
    first, last = sheet.first_and_last_day(report.period)
    return Sheet(f"rowbot-report-{first}-to-{last}", text, report.period, len(report.now.standing),
                 len(report.now.overlaps) + len(report.before.overlaps), len(report.now.rounds) + len(report.before.rounds))  # fmt: skip


def send_file(uow: UnitOfWork, file: Sheet, *, person_id: str, key: str, now: datetime) -> None:
    """Send the file to who asked for it; ``key`` makes two presses of which one is a repetition one file."""
    require_reader(uow, person_id)
    notifications.send_file(uow, file, person_id=person_id, key=key, now=now)


def send_copy(uow: UnitOfWork, report: Overview, *, person_id: str, key: str, now: datetime) -> None:
    """Send a report to who asked for it, as a message that stays."""
    require_reader(uow, person_id)
    notifications.send_copy(uow, report, person_id=person_id, key=key, now=now)


def _overview(uow: UnitOfWork, period: Period) -> Overview:
    facts = _facts(uow, period)
    now, before = side(facts, period.span), side(facts, period.span.before)
    waiting = {
        team for side_ in (now, before) for each in side_.waiting for team in (each.team_id, each.waiting_team_id)
    }
    names = _names(uow, {*by_team(now.standing), *by_team(before.standing), *waiting})
    return Overview(period, now, before, names, uow.reports.last_change())


def _facts(uow: UnitOfWork, period: Period, *, topic: Topic | None = None) -> Facts:
    """What the store says of a period and the one before."""
    return facts(uow, since=period.span.before.start, until=period.span.end, topic=topic)


def facts(uow: UnitOfWork, *, since: datetime, until: datetime, topic: Topic | None = None) -> Facts:
    """What the store says of the time between two moments; with ``topic`` only what its figures are counted from."""
    span = {"since": since, "until": until}
    reports, about_pairs = uow.reports, topic in (None, Topic.OVERLAPS, Topic.JUDGED)
    about_rounds, about_syncs = topic in (None, Topic.ROUNDS), topic not in (Topic.REGISTERED, Topic.STANDING)
    rows = reports.initiatives(until=until) if about_pairs or not about_syncs else []
    turns = reports.turns(since=since) if rows else []
    return Facts(
        initiatives=rows,
        history=History({row.id: row.status for row in rows}, turns),
        pairs=reports.pairs(**span) if about_pairs else [],
        said=reports.said(**span) if about_pairs else [],
        syncs=reports.syncs(until=until) if about_syncs else [],
        rounds=reports.rounds(**span) if about_rounds else [],
        answers=reports.answers(**span) if about_rounds else [],
        waiting=reports.waiting(**span) if topic is None else [],
        merged=_merged(uow),
    )


def _merged(uow: UnitOfWork) -> dict[int, int]:
    """Each merged team, and the team that it is part of at last."""
    into = uow.teams.merged()
    found: dict[int, int] = {}
    for team_id in into:
        end, seen = team_id, {team_id}
        while (following := into.get(end)) is not None and following not in seen:
            end = following
            seen.add(end)
        if end != team_id:
            found[team_id] = end
    return found


def _names(uow: UnitOfWork, team_ids: set[int]) -> dict[int, str]:
    return {team_id: team.name for team_id, team in uow.teams.named(team_ids - {NO_TEAM}).items()}


def _zone(uow: UnitOfWork, person_id: str) -> str:
    person = uow.people.get(person_id)
    return person.zone if person is not None else ""


def _lines(uow: UnitOfWork, rows: Sequence[Row]) -> list[Line]:
    cards = _cards(uow, {number for row in rows for number in _sides(row)})
    lines: list[Line] = []
    for row in rows:
        sides = tuple(cards[number] for number in _sides(row) if number in cards)
        match row:
            case Entry() if sides:
                lines.append(EntryLine(row, sides[0]))
            case Found() if len(sides) == 2:
                lines.append(FoundLine(row, sides[0], sides[1]))
            case Held():
                lines.append(RoundLine(row, _place(uow, row.sync), sides))
            case SyncRow():
                lines.append(SyncLine(row, _place(uow, row), sides))
    return lines


def _sides(row: Row) -> tuple[int, ...]:
    """The initiatives that a row is about."""
    match row:
        case Entry():
            return (row.id,)
        case Found():
            return (row.one_id, row.other_id)
        case _:
            sync = row.sync if isinstance(row, Held) else row
            return tuple(each for each in (sync.one_id, sync.other_id) if each is not None)


def _cards(uow: UnitOfWork, wanted: set[int]) -> dict[int, Card]:
    return {card.id: card for card in initiatives.cards(uow, list(uow.initiatives.named(wanted).values()))}


def _place(uow: UnitOfWork, sync: SyncRow) -> str:
    """The address of a sync's thread; "" where there is none, or where the viewer cannot look."""
    channel = uow.channels.get(sync.channel_id) if sync.channel_id else None
    if not sync.thread_ts or (channel is not None and channel.is_private and not uow.viewer.sees(channel.id)):
        return ""
    return uow.workspaces.link(sync.channel_id, sync.thread_ts)


def _links(uow: UnitOfWork) -> dict[int, str]:
    held = uow.session.get(
        Workspace, uow.workspace_id
    )  # while it is held, the session does not read it again for each link
    if held is None:
        return {}
    return {number: uow.workspaces.link(channel_id, ts) for number, (channel_id, ts) in uow.reports.places().items()}
