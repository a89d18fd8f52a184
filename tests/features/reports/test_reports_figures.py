"""Rates, the past of initiatives, what became of overlaps, short names, buttons: the arithmetic of reports."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from bot.errors import BadInput
from bot.features.initiatives.examples import Words
from bot.features.reports import examples, views
from bot.features.reports.figures import By, Choice, Figure, Topic, read_choice, rows_of
from bot.features.reports.labels import shorten
from bot.features.reports.overview import NO_TEAM, Facts, by_status, by_team, side
from bot.features.reports.periods import Span
from bot.features.reports.rates import Rate, change
from bot.features.reports.standing import History, Judgement, Outcome, verdict
from storage.initiatives import Status
from storage.overlaps import Verb
from storage.reports import AnswerCount, PairFound, Registered, RoundRow, SaidOfPair, SyncRow, Turn, WaitingRow
from storage.rounds import PromptState, RoundState
from storage.syncs import SyncState
from tests.world import NOW

DAY: Final = timedelta(days=1)
PAIR: Final = PairFound(1, 2, NOW - 10 * DAY)


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (0, 0, "none"),
        (1, 1, "too few (1)"),
        (4, 4, "too few (4)"),
        (0, 5, "0 % of 5"),
        (3, 5, "60 % of 5"),
        (1, 8, "13 % of 8"),
        (8, 8, "100 % of 8"),
    ],
)
def test_a_rate_says_of_how_many_and_of_fewer_than_five_nothing(part: int, whole: int, words: str) -> None:
    assert Rate(part, whole).words == words


@pytest.mark.parametrize(
    ("now", "before", "words"), [(3, 1, "2 more"), (1, 3, "2 fewer"), (2, 2, "as many"), (0, 0, "as many")]
)
def test_a_count_says_how_it_moved(now: int, before: int, words: str) -> None:
    assert change(now, before) == words


def test_a_status_of_the_past_is_what_the_next_change_says_it_was() -> None:
    turns = [Turn(1, Status.PROPOSED, NOW - 5 * DAY), Turn(1, Status.ACTIVE, NOW - 2 * DAY)]
    history = History({1: Status.SHIPPED, 2: Status.PAUSED}, turns)
    assert history.status(1, NOW - 9 * DAY) is Status.PROPOSED
    assert history.status(1, NOW - 5 * DAY) is Status.PROPOSED  # right before the change
    assert history.status(1, NOW - 3 * DAY) is Status.ACTIVE
    assert history.status(1, NOW) is Status.SHIPPED
    assert history.status(2, NOW - 9 * DAY) is Status.PAUSED
    assert history.status(3, NOW) is None


def said(verb: Verb, days_ago: float, *, undone: float | None = None) -> SaidOfPair:
    """What somebody said of the pair."""
    return SaidOfPair(1, 2, verb, NOW - days_ago * DAY, NOW - undone * DAY if undone is not None else None)


ACTIVE: Final = History({1: Status.ACTIVE, 2: Status.ACTIVE}, [])


@pytest.mark.parametrize(
    ("heard", "outcome", "judgement"),
    [
        ([], Outcome.OPEN, None),
        ([said(Verb.NOT_NOW, 2)], Outcome.OPEN, None),
        ([said(Verb.DIFFER, 2)], Outcome.DIFFER, None),
        ([said(Verb.SYNC, 2)], Outcome.TALK, Judgement.CONFIRMED),
        ([said(Verb.INTRODUCE, 2)], Outcome.TALK, Judgement.CONFIRMED),
        ([said(Verb.DIFFER, 3), said(Verb.JOIN, 2)], Outcome.JOIN, Judgement.CONFIRMED),
        ([said(Verb.JOIN, 3), said(Verb.NOT_RELATED, 2)], Outcome.NOT_RELATED, Judgement.NOT_RELATED),
        ([said(Verb.NOT_RELATED, 3, undone=1), said(Verb.JOIN, 2)], Outcome.JOIN, Judgement.CONFIRMED),
        ([said(Verb.JOIN, -1)], Outcome.OPEN, None),
        ([said(Verb.JOIN, 3, undone=-1)], Outcome.JOIN, Judgement.CONFIRMED),
    ],
)
def test_an_overlap_ended_as_people_said_by_then(
    heard: list[SaidOfPair], outcome: Outcome, judgement: Judgement | None
) -> None:
    ended = verdict(PAIR, heard, [], ACTIVE, by=NOW)
    assert (ended.outcome, ended.judgement) == (outcome, judgement)


def test_a_sync_that_is_set_up_outweighs_wishes_and_confirms_the_match() -> None:
    ended = verdict(PAIR, [said(Verb.JOIN, 2), said(Verb.DIFFER, 2)], [NOW - DAY, NOW - 3 * DAY], ACTIVE, by=NOW)
    assert (ended.outcome, ended.judgement) == (Outcome.SYNC, Judgement.CONFIRMED)
    assert verdict(PAIR, [], [NOW + DAY], ACTIVE, by=NOW).outcome is Outcome.OPEN


def test_one_side_that_ended_afterwards_closes_an_overlap_and_one_that_had_ended_before_was_finished_work() -> None:
    after = History({1: Status.MERGED, 2: Status.ACTIVE}, [Turn(1, Status.ACTIVE, NOW - 3 * DAY)])
    assert verdict(PAIR, [said(Verb.JOIN, 5)], [], after, by=NOW).outcome is Outcome.CLOSED
    assert verdict(PAIR, [said(Verb.JOIN, 5)], [], after, by=NOW - 4 * DAY).outcome is Outcome.JOIN
    before = History({1: Status.SHIPPED, 2: Status.ACTIVE}, [])
    assert verdict(PAIR, [], [], before, by=NOW).outcome is Outcome.FINISHED
    assert verdict(PAIR, [said(Verb.DIFFER, 5)], [], before, by=NOW).outcome is Outcome.DIFFER


def test_settled_before_work_began_means_while_one_side_was_only_proposed() -> None:
    begun = History({1: Status.ACTIVE, 2: Status.ACTIVE}, [Turn(1, Status.PROPOSED, NOW - 4 * DAY)])
    assert verdict(PAIR, [said(Verb.JOIN, 5)], [], begun, by=NOW).is_early
    assert not verdict(PAIR, [said(Verb.JOIN, 3)], [], begun, by=NOW).is_early
    assert not verdict(PAIR, [], [], begun, by=NOW).is_early


def facts() -> Facts:
    """A registry of four, one overlap, one sync with three rounds."""
    rows = [Registered(1, 7, Status.SHIPPED, NOW - 50 * DAY, is_imported=True), Registered(2, None, Status.ACTIVE, NOW - 40 * DAY, is_imported=False),
            Registered(3, 8, Status.ACTIVE, NOW - 5 * DAY, is_imported=False), Registered(4, 9, Status.ACTIVE, NOW, is_imported=False)]  # fmt: skip
    history = History({row.id: row.status for row in rows}, [Turn(1, Status.ACTIVE, NOW - 3 * DAY)])
    sync = SyncRow(1, "Features", SyncState.ENDED, NOW - 35 * DAY, NOW - 10 * DAY, "", "", 1, 3)
    rounds = [RoundRow(number, 1, number, NOW.date(), state, NOW - days * DAY)
              for number, days, state in ((1, 33, RoundState.CLOSED), (2, 9, RoundState.CLOSED), (3, 2, RoundState.MISSED))]  # fmt: skip
    answers = [AnswerCount(2, PromptState.ANSWERED, 3), AnswerCount(2, PromptState.LATE, 1), AnswerCount(2, PromptState.SKIPPED, 1),
               AnswerCount(2, PromptState.MISSED, 1), AnswerCount(2, PromptState.AWAY, 4), AnswerCount(2, PromptState.SENT, 2)]  # fmt: skip
    return Facts(rows, history, [PairFound(1, 3, NOW - 4 * DAY)], [], [sync], rounds, answers, merged={8: 7})


SPAN: Final = Span(NOW - 30 * DAY, NOW)


def test_a_span_holds_what_was_registered_in_it_and_all_that_stood_at_its_end() -> None:
    now, before = side(facts(), SPAN), side(facts(), SPAN.before)
    assert ([entry.id for entry in now.registered], [entry.id for entry in now.standing]) == ([3], [1, 2, 3])
    assert [entry.id for entry in before.registered] == [1, 2]
    assert by_status(now.standing) == {Status.SHIPPED: 1, Status.ACTIVE: 2}
    assert by_status(before.standing) == {Status.ACTIVE: 2}
    assert by_team(now.standing) == {7: 2, NO_TEAM: 1}  # 8 was merged into 7
    assert ([found.outcome for found in now.overlaps], before.overlaps) == ([Outcome.CLOSED], ())


def test_the_response_rate_leaves_out_who_was_away_and_who_still_has_time() -> None:
    now, before = side(facts(), SPAN), side(facts(), SPAN.before)
    assert now.response == Rate(4, 6)
    assert before.response == Rate(0, 0)
    assert [held.number for held in now.rounds] == [2]
    assert ([len(now.syncs), len(before.syncs)]) == [0, 1]


def test_every_figure_counts_the_rows_that_are_shown_behind_it() -> None:
    now = side(facts(), SPAN)
    expected = {
        Figure(Topic.REGISTERED): 1, Figure(Topic.STANDING): 3, Figure(Topic.STANDING, By.STATUS, "active"): 2,
        Figure(Topic.STANDING, By.TEAM, "7"): 2, Figure(Topic.STANDING, By.TEAM, str(NO_TEAM)): 1, Figure(Topic.OVERLAPS): 1,
        Figure(Topic.OVERLAPS, By.OUTCOME, "closed"): 1, Figure(Topic.OVERLAPS, By.OUTCOME, "open"): 0, Figure(Topic.JUDGED, By.JUDGEMENT, "confirmed"): 1,
        Figure(Topic.SYNCS): 0, Figure(Topic.ROUNDS): 1, Figure(Topic.ROUNDS, By.ANSWER, "late"): 1, Figure(Topic.ROUNDS, By.ANSWER, "skipped"): 1,
    }  # fmt: skip
    assert {figure: len(rows_of(now, figure)) for figure in expected} == expected


@pytest.mark.parametrize("figure", [Figure(Topic.REGISTERED), Figure(Topic.STANDING, By.TEAM, "12"), Figure(Topic.OVERLAPS, By.OUTCOME, "not_related"),
                                    Figure(Topic.ROUNDS, By.ANSWER, "late"), Figure(Topic.JUDGED, By.JUDGEMENT, "confirmed")])  # fmt: skip
def test_a_button_leads_to_the_same_rows_and_fits(figure: Figure) -> None:
    choice = Choice(figure, "2026-10-01..2026-10-31@1795426200", before=True, page=999)
    assert read_choice(choice.key) == choice
    assert len(choice.key) <= 150


@pytest.mark.parametrize("key", ["", "registered", "registered.status.sleeping|30d@1|0|0", "registered.team.x|30d@1|0|0", "people.all.|30d@1|0|0",
                                 "syncs.team.1|30d@1|0|0", "registered.all.|30d@1|0|x", "registered.all.x|30d@1|0|0"])  # fmt: skip
def test_a_button_of_something_else_gets_a_sentence(key: str) -> None:
    with pytest.raises(BadInput):
        read_choice(key)


def test_names_are_shortened_so_that_none_is_like_another() -> None:
    names = [
        "Recommendations and Personalisation Europe",
        "Recommendations and Personalisation Asia",
        "Recommendations and…",
        "Search ML",
        "Search ML",
        "",
    ]
    short = shorten(names, 20)
    assert short[2:4] == ["Recommendations and…", "Search ML"]
    assert len(set(short)) == len(short)
    assert all(0 < len(each) <= 20 for each in short)
    assert short[0].endswith("Europe")
    assert short[1].endswith("Asia")


def test_two_long_names_that_begin_alike_are_both_told_by_their_ends() -> None:
    names = [
        "Recommendations and Personalisation Americas",
        "Recommendations and Personalisation Europe",
        "Another very long name of a team",
    ]
    assert shorten(names, 20) == ["Recommenda…Americas", "Recommenda…on Europe", "Another very long n…"]


def test_where_nothing_came_in_twice_the_opening_says_so_and_all_that_settled_in_time_is_all_of_them() -> None:
    drawn = examples.report(Words())
    still = replace(drawn, now=replace(drawn.now, registered=()), before=replace(drawn.before, registered=()))
    assert "no initiatives registered (none in the 30 days before either); " in views.overview(still).text
    early = tuple(replace(each, outcome=Outcome.JOIN, is_early=True) for each in drawn.now.overlaps[:2])
    both = views.overview(replace(drawn, now=replace(drawn.now, overlaps=early))).text
    assert "2 overlaps found, 2 settled" in both
    assert ", all of them before work began" in both


def test_what_is_waited_for_is_what_was_open_at_the_end_of_a_span_by_age_and_team() -> None:
    facts = Facts((), History({}, ()), (), (), (), (), (), waiting=[
        WaitingRow(1, 1, 5, 7, NOW - 20 * DAY, None), WaitingRow(2, None, None, 8, NOW - 8 * DAY, NOW - DAY), WaitingRow(3, 1, 5, 8, NOW - 8 * DAY, NOW + DAY),
        WaitingRow(4, 1, 5, None, NOW - 2 * DAY, None), WaitingRow(5, 1, 5, 9, NOW + DAY, None),
    ], merged={7: 8})  # fmt: skip
    found = side(facts, Span(NOW - 7 * DAY, NOW))
    assert [each.id for each in found.waiting] == [1, 3, 4]
    assert found.ages == {14: 1, 7: 1, 0: 1}
    assert found.waited_for == {8: 2, NO_TEAM: 1}
    assert found.waiting_long.words == "too few (3)"
    assert [each.id for each in side(facts, Span(NOW - 14 * DAY, NOW - 7 * DAY)).waiting] == [1, 2, 3]


def test_of_fewer_than_five_that_are_waited_for_only_their_number_is_told() -> None:
    told = str(views.overview(examples.report(Words(), 14, before=4)).blocks)
    assert "'Open, at the end'" in told
    assert "A week or longer: 71 % of 14 (before: too few (4))" in told
    assert "too few" in str(
        [
            block
            for block in views.overview(examples.report(Words(), 14, before=4)).blocks
            if "Open, at the end" in str(block)
        ]
    )
    small = str(
        [
            block
            for block in views.overview(examples.report(Words(), 4, before=4)).blocks
            if "Open, at the end" in str(block)
        ]
    )
    assert "Two weeks or longer" not in small
    assert "From" not in small
