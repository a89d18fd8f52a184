"""The overview: what stood in the registry, what was found and how people answered, in a period and in the one before. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from bot.features.reports.periods import Period, Span
from bot.features.reports.rates import Rate
from bot.features.reports.standing import SETTLED, History, Judgement, Outcome, verdict
from storage.initiatives import Status
from storage.reports import AnswerCount, PairFound, Registered, RoundRow, SaidOfPair, SyncRow, WaitingRow
from storage.rounds import UNHELD, PromptState
from storage.syncs import SyncState

#: Prompts whose time is over and that asked somebody who was there: the whole of the response rate.
ASKED: Final = (PromptState.ANSWERED, PromptState.LATE, PromptState.MISSED, PromptState.SKIPPED)
REPLIED: Final = (PromptState.ANSWERED, PromptState.LATE)
#: The team of initiatives that name none.
NO_TEAM: Final = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """An initiative as it stood at the end of a span."""

    id: int
    #: NO_TEAM where none is named.
    team_id: int
    status: Status
    created_at: datetime
    is_imported: bool


@dataclass(frozen=True, slots=True)
class Found:
    """An overlap that was found in a span, and what had become of it by the span's end."""

    one_id: int
    other_id: int
    found_at: datetime
    outcome: Outcome
    judgement: Judgement | None
    #: Whether it was settled while one of the two was still only proposed.
    is_early: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A round of a sync, and how many answered in which way."""

    id: int
    sync: SyncRow
    number: int
    on_day: date
    opened_at: datetime
    answers: Mapping[PromptState, int]

    @property
    def asked(self) -> int:
        """How many were asked, were there, and have no time left."""
        return sum(self.answers.get(state, 0) for state in ASKED)

    @property
    def replied(self) -> int:
        """How many of them answered, in time or late."""
        return sum(self.answers.get(state, 0) for state in REPLIED)


@dataclass(frozen=True, slots=True)
class Open:
    """Something that was waited for at the end of a span."""

    id: int
    initiative_id: int | None
    #: NO_TEAM where none is named: whose work waits, and from whom it is waited for.
    waiting_team_id: int
    team_id: int
    since: datetime
    #: Full days from then to the end of the span.
    days: int


#: Ages of what is waited for: full days from which on, the oldest first.
AGES: Final = (14, 7, 3, 0)


@dataclass(frozen=True, slots=True)
class Side:
    """Everything about one span: rows, of which every figure is a count."""

    span: Span
    registered: tuple[Entry, ...]
    #: The whole registry at the end of the span.
    standing: tuple[Entry, ...]
    overlaps: tuple[Found, ...]
    #: Syncs that had been set up and had not ended by the end of the span.
    syncs: tuple[SyncRow, ...]
    rounds: tuple[Held, ...]
    #: What was waited for at the end of the span, the longest first.
    waiting: tuple[Open, ...] = ()

    @property
    def settled(self) -> int:
        """Overlaps that people dealt with."""
        return sum(found.outcome in SETTLED for found in self.overlaps)

    @property
    def settled_early(self) -> int:
        """Overlaps that were settled while one of the two was still only proposed."""
        return sum(found.is_early for found in self.overlaps)

    @property
    def outcomes(self) -> Counter[Outcome]:
        """How the overlaps ended."""
        return Counter(found.outcome for found in self.overlaps)

    @property
    def answers(self) -> Counter[PromptState]:
        """What became of all prompts."""
        total: Counter[PromptState] = Counter()
        for held in self.rounds:
            total.update(held.answers)
        return total

    @property
    def response(self) -> Rate:
        """Who answered, of those who were asked, were there, and have no time left."""
        return Rate(sum(held.replied for held in self.rounds), sum(held.asked for held in self.rounds))

    @property
    def ages(self) -> Counter[int]:
        """How many of what is waited for are how old, by the days of :data:`AGES`."""
        return Counter(next(age for age in AGES if each.days >= age) for each in self.waiting)

    @property
    def waited_for(self) -> Counter[int]:
        """How many are waited for from which team."""
        return Counter(each.team_id for each in self.waiting)

    @property
    def waiting_long(self) -> Rate:
        """What has been waited for a week or longer, of all that is."""
        return Rate(sum(each.days >= 7 for each in self.waiting), len(self.waiting))

    def rounds_with(self, state: PromptState) -> int:
        """How many rounds have a prompt that came to this end."""
        return sum(bool(held.answers.get(state)) for held in self.rounds)

    @property
    def judged(self) -> Counter[Judgement | None]:
        """What people's doings say of the matches."""
        return Counter(found.judgement for found in self.overlaps)

    @property
    def precision(self) -> Rate:
        """Overlaps that people confirmed by what they did, of those that they confirmed or called not related."""
        judged = self.judged
        return Rate(judged[Judgement.CONFIRMED], judged[Judgement.CONFIRMED] + judged[Judgement.NOT_RELATED])


@dataclass(frozen=True, slots=True)
class Overview:
    """A period and the one before."""

    period: Period
    now: Side
    before: Side
    #: Names of the teams that occur, by id.
    teams: Mapping[int, str] = field(default_factory=dict)
    #: When the registry was last changed; None while it is empty.
    last_change: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the registry is empty as far as the viewer may see it, and always was."""
        return not (self.now.standing or self.before.standing)

    @property
    def is_still(self) -> bool:
        """Whether nothing happened in the period and nothing in the one before."""
        sides = (self.now, self.before)
        return not any(side.registered or side.overlaps or side.rounds or side.syncs or side.waiting for side in sides)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the store says, for both spans at once."""

    initiatives: Sequence[Registered]
    history: History
    pairs: Sequence[PairFound]
    said: Sequence[SaidOfPair]
    syncs: Sequence[SyncRow]
    rounds: Sequence[RoundRow]
    answers: Sequence[AnswerCount]
    waiting: Sequence[WaitingRow] = ()
    #: Team → the team that it is part of now, for those that were merged.
    merged: Mapping[int, int] = field(default_factory=dict)


def side(facts: Facts, span: Span) -> Side:
    """What happened in a span, and what stood at its end."""
    standing = tuple(_entry(row, facts, span.end) for row in facts.initiatives if row.created_at < span.end)
    return Side(
        span,
        registered=tuple(entry for entry in standing if entry.created_at >= span.start),
        standing=standing,
        overlaps=tuple(_overlaps(facts, span)),
        syncs=tuple(row for row in facts.syncs if is_open(row, span.end)),
        rounds=tuple(_rounds(facts, span)),
        waiting=tuple(_waiting(facts, span)),
    )


def is_open(sync: SyncRow, moment: datetime) -> bool:
    """Whether a sync had been set up by a moment and had not ended."""
    return sync.created_at < moment and (sync.state is not SyncState.ENDED or sync.updated_at >= moment)


def by_status(entries: Iterable[Entry]) -> Counter[Status]:
    """How many are in which status."""
    return Counter(entry.status for entry in entries)


def by_team(entries: Iterable[Entry]) -> Counter[int]:
    """How many are which team's."""
    return Counter(entry.team_id for entry in entries)


def teams_of(report: Overview) -> list[int]:
    """Every team that occurs, those with the most new initiatives first, then those with the most in the registry, then by name."""
    new, old = by_team(report.now.registered), by_team(report.before.registered)
    all_of = by_team(report.now.standing)
    occurring = {*new, *old, *all_of}
    return sorted(occurring, key=lambda team: (-new[team], -all_of[team], report.teams.get(team, "").casefold(), team))


def _entry(row: Registered, facts: Facts, moment: datetime) -> Entry:
    team_id = row.team_id or NO_TEAM
    return Entry(row.id, facts.merged.get(team_id, team_id), facts.history.status(row.id, moment) or row.status, row.created_at,
                 row.is_imported)  # fmt: skip


def _waiting(facts: Facts, span: Span) -> Iterable[Open]:
    for row in facts.waiting:
        if row.created_at < span.end and (row.closed_at is None or row.closed_at >= span.end):
            teams = [facts.merged.get(each or NO_TEAM, each or NO_TEAM) for each in (row.waiting_team_id, row.team_id)]
            yield Open(row.id, row.initiative_id, teams[0], teams[1], row.created_at, (span.end - row.created_at).days)


def _overlaps(facts: Facts, span: Span) -> Iterable[Found]:
    said: dict[tuple[int, int], list[SaidOfPair]] = {}
    for each in facts.said:
        said.setdefault((each.one_id, each.other_id), []).append(each)
    synced: dict[tuple[int, int], list[datetime]] = {}
    for sync in facts.syncs:
        if sync.one_id is not None and sync.other_id is not None:
            synced.setdefault((sync.one_id, sync.other_id), []).append(sync.created_at)
    for pair in facts.pairs:
        if span.holds(pair.found_at):
            key = (pair.one_id, pair.other_id)
            ended = verdict(pair, said.get(key, ()), synced.get(key, ()), facts.history, by=span.end)
            yield Found(pair.one_id, pair.other_id, pair.found_at, ended.outcome, ended.judgement, ended.is_early)


def _rounds(facts: Facts, span: Span) -> Iterable[Held]:
    answers: dict[int, dict[PromptState, int]] = {}
    for count in facts.answers:
        answers.setdefault(count.round_id, {})[count.state] = count.count
    syncs = {sync.id: sync for sync in facts.syncs}
    for row in facts.rounds:
        if span.holds(row.opened_at) and row.state not in UNHELD and row.sync_id in syncs:
            yield Held(row.id, syncs[row.sync_id], row.number, row.on_day, row.opened_at, answers.get(row.id, {}))
