"""Draws the tables and charts of the overview, each table with a menu that leads to the rows behind it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from bot.features.reports import words
from bot.features.reports.figures import By, Choice, Figure, Topic
from bot.features.reports.labels import shorten
from bot.features.reports.overview import AGES, NO_TEAM, Overview, by_status, by_team, teams_of
from bot.features.reports.periods import buckets, count_in
from bot.features.reports.rates import ENOUGH
from bot.features.reports.standing import Judgement, Outcome
from bot.slack import blocks as b
from bot.slack import data_blocks as d
from storage.initiatives import Status

ROWS: Final = "reports.rows"

#: Teams in the table: a message holds about 13,000 characters, and its menu a hundred entries, two for each team.
TEAMS_LISTED: Final = 40
TEAM_NAME: Final = 40
REST: Final = "Other teams"
#: Teams that are waited for in the table.
TEAMS_WAITED_FOR: Final = 15
#: In place of a count that would say more of single people than of the work.
TOO_FEW: Final = "too few"
NOW: Final = "This period"
BEFORE: Final = "Before"


def charts(report: Overview) -> list[b.Block]:
    """What was registered, by team and over time; nothing where there is nothing to compare."""
    now, before = report.now, report.before
    if not (now.registered or before.registered):
        return []
    drawn: list[b.Block] = []
    new, old = by_team(now.registered), by_team(before.registered)
    teams = [team for team in teams_of(report) if new[team] or old[team]]
    if len(teams) > 1:
        shown = teams if len(teams) <= d.CHART_POINTS else teams[: d.CHART_POINTS - 1]
        rest = teams[len(shown) :]
        labels = shorten([*(_team(report, team) for team in shown), *([REST] if rest else [])], d.CHART_LABEL)
        series = [(name, [*(count[team] for team in shown), *([sum(count[team] for team in rest)] if rest else [])])
                  for name, count in ((NOW, new), (BEFORE, old))]  # fmt: skip
        drawn.append(d.bar_chart("Registered, by team", labels, series, y_label="initiatives"))
    if len(cut := buckets(report.period)) > 1:
        length = report.period.span.end - report.period.span.start
        series = [
            (NOW, count_in(cut, [entry.created_at for entry in now.registered])),
            (BEFORE, count_in(cut, [entry.created_at for entry in before.registered], shift=length)),
        ]
        drawn.append(
            d.bar_chart("Registered, over time", [bucket.label for bucket in cut], series, y_label="initiatives")
        )
    return drawn


def of_status(report: Overview) -> list[b.Block]:
    """Initiatives by status."""
    sides = (report.now.registered, report.before.registered, report.now.standing, report.before.standing)
    counts = [by_status(entries) for entries in sides]
    statuses = [status for status in Status if any(count[status] for count in counts)]
    rows: list[Sequence[str | int]] = [
        ("Status", "Registered", "Registered before", "In the registry", "In the registry before")
    ]
    rows += [(words.status(status), *(count[status] for count in counts)) for status in statuses]
    rows.append(("All", *(len(entries) for entries in sides)))
    pairs = ((Topic.REGISTERED, 0, 1), (Topic.STANDING, 2, 3))
    figures = [(Figure(topic), len(sides[now]), len(sides[before])) for topic, now, before in pairs]
    figures += [(Figure(topic, By.STATUS, status.value), counts[now][status], counts[before][status])
                for topic, now, before in pairs for status in statuses]  # fmt: skip
    return [
        d.data_table("Initiatives by status, as they stood at the end of each period", rows),
        *_behind(report, figures, "status"),
    ]


def of_teams(report: Overview) -> list[b.Block]:
    """Initiatives by team, where any team is named."""
    sides = (report.now.registered, report.before.registered, report.now.standing, report.before.standing)
    counts = [by_team(entries) for entries in sides]
    teams = teams_of(report)
    if not teams or teams == [NO_TEAM]:
        return []
    shown = teams if len(teams) <= TEAMS_LISTED else teams[: TEAMS_LISTED - 1]
    rest = teams[len(shown) :]
    names = shorten([_team(report, team) for team in shown], TEAM_NAME)
    rows: list[Sequence[str | int]] = [
        ("Team", "Registered", "Registered before", "In the registry", "In the registry before")
    ]
    rows += [(name, *(count[team] for count in counts)) for name, team in zip(names, shown, strict=True)]
    if rest:
        rows.append((f"{len(rest)} other teams", *(sum(count[team] for team in rest) for count in counts)))
    figures = [(Figure(topic, By.TEAM, str(team)), counts[now][team], counts[before][team])
               for topic, now, before in ((Topic.REGISTERED, 0, 1), (Topic.STANDING, 2, 3)) for team in shown]  # fmt: skip
    return [
        d.data_table("Initiatives by team", rows),
        *_behind(
            report,
            figures,
            "team",
            {str(team): name for team, name in zip(shown, names, strict=True) if team != NO_TEAM},
        ),
    ]


def of_overlaps(report: Overview) -> list[b.Block]:
    """Overlaps by what became of them, and how often the matcher was right."""
    now, before = report.now, report.before
    counts = (now.outcomes, before.outcomes)
    rows: list[Sequence[str | int]] = [("Overlaps", NOW, BEFORE), ("Found", len(now.overlaps), len(before.overlaps))]
    rows += [
        (name, *(count[outcome] for count in counts))
        for outcome, name in words.OUTCOMES.items()
        if any(count[outcome] for count in counts)
    ]
    rows.append(("Settled before work began", now.settled_early, before.settled_early))
    figures = [(Figure(Topic.OVERLAPS), len(now.overlaps), len(before.overlaps))]
    figures += [
        (Figure(Topic.OVERLAPS, By.OUTCOME, outcome.value), now.outcomes[outcome], before.outcomes[outcome])
        for outcome in Outcome
    ]
    figures += [
        (Figure(Topic.JUDGED, By.JUDGEMENT, judgement.value), now.judged[judgement], before.judged[judgement])
        for judgement in Judgement
    ]
    precision = (f"Matcher precision: {now.precision.words} (before: {before.precision.words}). Confirmed by joining forces, a sync or an "
                 "introduction; against it stands what was marked as not related.")  # fmt: skip
    return [d.data_table("Overlaps found, and what had become of them at the end of each period", rows), b.context(precision),
            *_behind(report, figures, "overlap")]  # fmt: skip


def of_checkins(report: Overview) -> list[b.Block]:
    """Syncs, their rounds, and the answers."""
    now, before = report.now, report.before
    counts = (now.answers, before.answers)
    rows: list[Sequence[str | int]] = [
        ("Check-ins", NOW, BEFORE),
        ("Open syncs, at the end", len(now.syncs), len(before.syncs)),
        ("Rounds", len(now.rounds), len(before.rounds)),
    ]
    rows += [(name, *(count[state] for count in counts)) for state, name in words.ANSWERS.items()]
    figures = [
        (Figure(Topic.SYNCS), len(now.syncs), len(before.syncs)),
        (Figure(Topic.ROUNDS), len(now.rounds), len(before.rounds)),
    ]
    figures += [
        (Figure(Topic.ROUNDS, By.ANSWER, state.value), now.rounds_with(state), before.rounds_with(state))
        for state in words.ANSWERS
    ]
    response = f"Response rate: {now.response.words} (before: {before.response.words}). Who was away was not asked; late answers count."
    return [d.data_table("Syncs and their check-ins", rows), b.context(response), *_behind(report, figures, "check-in")]


def of_waiting(report: Overview) -> list[b.Block]:
    """What was waited for at the end of each period: how old, and from which team. Of fewer than five only how many."""
    now, before = report.now, report.before
    enough = [len(side.waiting) >= ENOUGH for side in (now, before)]
    rows: list[Sequence[str | int]] = [
        ("Waiting", NOW, BEFORE),
        ("Open, at the end", len(now.waiting), len(before.waiting)),
    ]

    def row(label: str, counts: Sequence[int]) -> Sequence[str | int]:
        return (label, *(count if told else TOO_FEW for count, told in zip(counts, enough, strict=True)))

    if any(enough):
        rows += [
            row(words.AGES[age], (now.ages[age], before.ages[age])) for age in AGES if now.ages[age] or before.ages[age]
        ]
        counts = (now.waited_for, before.waited_for)
        teams = sorted(
            {*counts[0], *counts[1]} - {NO_TEAM},
            key=lambda team: (-counts[0][team], -counts[1][team], _team(report, team).casefold()),
        )
        names = shorten([_team(report, team) for team in teams[:TEAMS_WAITED_FOR]], TEAM_NAME)
        rows += [
            row(f"From {name}", (counts[0][team], counts[1][team])) for name, team in zip(names, teams, strict=False)
        ]
    long = f"A week or longer: {now.waiting_long.words} (before: {before.waiting_long.words}). What people wait for they say in their check-ins."
    return [d.data_table("What was waited for at the end of each period", rows), b.context(long)]


def _behind(
    report: Overview, figures: Iterable[tuple[Figure, int, int]], of: str, teams: Mapping[str, str] | None = None
) -> list[b.Block]:
    """The menu that leads to the rows behind the figures of a table; to those of the period before where only that has any.

    ``teams`` are the teams' names as the table has them, by the figures' values.
    """
    options = []
    for figure, now, before in figures:
        if now or before:
            name = b.clip(words.figure(figure, team=(teams or {}).get(figure.value, "")), 60)
            label = f"{name} ({now})" if now else f"{name}, before ({before})"
            options.append(b.option(label, Choice(figure, report.period.key, before=not now).key))
    menu = b.select(ROWS, options, placeholder="Show the rows behind…")
    return [b.actions(menu, block_id=f"reports.rows.{of}")] if options else []


def _team(report: Overview, team_id: int) -> str:
    return report.teams.get(team_id) or words.NO_TEAM
