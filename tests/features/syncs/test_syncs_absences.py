"""Check-ins and days off, on both databases: who is away is left out and named as away, at once, and asked again when back in time."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.features.syncs import absences, rounds, scheduling, service
from bot.features.syncs.rounds import Due, Kind
from storage.hours import Away, Hours
from storage.outbox import OutboxVerb
from storage.rounds import PromptState, RoundState
from storage.syncs import Cadence, SyncState
from storage.unit_of_work import UnitOfWork
from tests.features.syncs.conftest import MONDAY, NOW, WEEK, Leads

DAY = timedelta(days=1)
ASKED = "Two minutes: how is it going?"


def at(day: datetime, hour: int, minute: int = 0) -> datetime:
    """A time of a day, UTC."""
    return day + timedelta(hours=hour, minutes=minute)


def whole_day(leads: Leads, day: datetime) -> None:
    """Let a day pass."""
    leads.live(at(day, 23), since=at(day, 0))


def take_off(leads: Leads, person_id: str, first: date, last: date, *, now: datetime = NOW) -> None:
    """Be away, and let check-ins follow."""

    def take(uow: UnitOfWork) -> None:
        uow.hours.add(Away(workspace_id="T1", person_id=person_id, first_on=first, last_on=last, created_at=now))
        absences.follow(uow, person_id, now=now)

    leads.write(take)


def come_back(leads: Leads, person_id: str, *, now: datetime) -> None:
    """Be back, and let check-ins follow."""

    def end(uow: UnitOfWork) -> None:
        for row in uow.hours.away([person_id], since=date(2020, 1, 1))[person_id]:
            row.ended_at = now
        absences.follow(uow, person_id, now=now)

    leads.write(end)


def choose(leads: Leads, person_id: str, **fields: Any) -> None:
    """Say one's own hours, and let check-ins follow."""

    def keep(uow: UnitOfWork) -> None:
        uow.session.add(Hours(workspace_id="T1", person_id=person_id, updated_at=NOW, **fields))
        absences.follow(uow, person_id, now=NOW)

    leads.write(keep)


def test_who_is_away_all_round_is_not_asked_leaves_the_denominator_and_is_named_as_away(leads: Leads) -> None:
    leads.arrange()
    take_off(leads, "UBEN", date(2027, 1, 14), date(2027, 1, 23))
    assert leads.sync().next_opens_at == at(MONDAY, 9, 30)  # Ana's moment: Ben's was the earlier one
    whole_day(leads, MONDAY)
    assert leads.prompt("UBEN").state is PromptState.AWAY
    assert leads.sent("UBEN", "prompt:") == []
    assert "Ben Okafor is away and back on Mon 25 Jan." in leads.sent("UANA", "prompt:")[0]
    assert "is left out" not in leads.sent("UANA", "prompt:")[0]
    (summary,) = leads.sent("C1", "summary:")
    assert "0 of 1 answered" in summary
    assert "(Ben Okafor) is away and back on Mon 25 Jan." in summary
    whole_day(leads, MONDAY + WEEK)
    assert ASKED in leads.sent("UBEN", "prompt:")[0]


def test_the_round_does_not_wait_for_the_deadline_of_who_is_away(leads: Leads) -> None:
    leads.arrange()
    take_off(leads, "UANA", MONDAY.date(), MONDAY.date())
    leads.sweep(at(MONDAY, 8, 30))
    assert leads.rounds()[0].closes_at == at(MONDAY, 17)  # Ben's 18:00


def test_who_is_back_while_others_are_still_asked_is_asked_then_until_the_round_closes(leads: Leads) -> None:
    leads.arrange(people=("UBEN", "UCLEO"), overlap_id=None, first_on=MONDAY.date())
    take_off(leads, "UCLEO", MONDAY.date(), MONDAY.date())  # her Tuesday begins at 23:00 UTC, when Ben's round is over
    leads.sweep(at(MONDAY, 8, 30))
    assert leads.prompt("UCLEO").state is PromptState.AWAY
    leads.write(lambda uow: uow.people.meet("UBEN", zone="America/Los_Angeles"))
    leads.arrange(people=("UBEN", "UCLEO"), overlap_id=None, first_on=MONDAY.date(), topic="Late", at_minute=570)
    leads.sweep(at(MONDAY, 17, 30))
    prompt = leads.prompt("UCLEO")
    assert (prompt.state, prompt.due_at, prompt.deadline_at) == (
        PromptState.SCHEDULED,
        at(MONDAY, 23),
        at(MONDAY + DAY, 2),
    )
    leads.sweep(at(MONDAY, 23))
    assert ASKED in leads.sent("UCLEO", "prompt:")[-1]


def test_when_everybody_is_away_the_round_is_skipped_without_a_word_and_the_next_one_comes(leads: Leads) -> None:
    leads.arrange()
    for person in ("UANA", "UBEN"):
        take_off(leads, person, MONDAY.date(), MONDAY.date() + 3 * DAY)
    whole_day(leads, MONDAY)
    assert [turn.state for turn in leads.rounds()] == [RoundState.SKIPPED]
    assert leads.prompts() == []
    assert leads.sent("C1", "summary:") == []
    assert (leads.sync().state, leads.sync().silent_rounds, leads.sync().next_on) == (
        SyncState.ACTIVE,
        0,
        date(2027, 1, 25),
    )
    whole_day(leads, MONDAY + WEEK)
    assert "I was not running" not in leads.sent("UANA", "prompt:")[0]
    assert "round 1 ·" in leads.sent("C1", "summary:")[0]


def test_a_year_of_nothing_but_days_off_passes_round_by_round_and_ends(leads: Leads) -> None:
    leads.arrange()
    for person in ("UANA", "UBEN"):
        take_off(leads, person, date(2027, 1, 14), date(2028, 3, 1))
    leads.sweep(at(MONDAY, 9, 30))
    assert [turn.state for turn in leads.rounds()] == [RoundState.SKIPPED]
    leads.sweep(at(MONDAY + 52 * WEEK, 9, 30))
    assert {turn.state for turn in leads.rounds()} == {RoundState.SKIPPED}
    assert len(leads.rounds()) == 53
    assert leads.sync().next_on == (MONDAY + 53 * WEEK).date()


def test_a_single_check_in_waits_for_the_first_who_is_back(leads: Leads) -> None:
    leads.arrange(cadence=Cadence.ONCE, first_on=MONDAY.date())
    take_off(leads, "UANA", MONDAY.date(), MONDAY.date() + 8 * DAY)
    take_off(leads, "UBEN", MONDAY.date(), MONDAY.date() + 2 * DAY)
    whole_day(leads, MONDAY)
    assert leads.sync().next_on == MONDAY.date() + 3 * DAY
    whole_day(leads, MONDAY + 3 * DAY)
    assert ASKED in leads.sent("UBEN", "prompt:")[0]
    assert leads.sync().state is SyncState.ENDED


def test_a_single_check_in_of_people_who_never_come_back_is_paused(leads: Leads) -> None:
    leads.arrange(cadence=Cadence.ONCE, first_on=MONDAY.date())
    for person in ("UANA", "UBEN"):
        take_off(leads, person, MONDAY.date(), date.max)
    whole_day(leads, MONDAY)
    assert (leads.sync().state, leads.sync().next_on) == (SyncState.PAUSED, None)
    assert leads.read(rounds.due, at(MONDAY + 9 * WEEK, 12)) == []


# --- while a round is open ----------------------------------------------------------------------------------------


def test_going_away_in_an_open_round_counts_at_once_and_the_message_says_so(leads: Leads) -> None:
    leads.arrange()
    leads.sweep(at(MONDAY, 8, 30))
    leads.sweep(at(MONDAY, 9, 30))
    take_off(leads, "UANA", MONDAY.date(), date(2027, 1, 22), now=at(MONDAY, 10))
    assert leads.prompt("UANA").state is PromptState.AWAY
    assert (
        "You are away and back on Mon 25 Jan, so this round goes on without you."
        in leads.updates("UANA", "prompt:")[-1]
    )
    assert leads.rounds()[0].closes_at == at(MONDAY, 17)
    leads.live(at(MONDAY, 18), since=at(MONDAY, 10))
    assert len(leads.sent("UANA", "prompt:")) == 1
    assert "0 of 1 answered" in leads.sent("C1", "summary:")[0]


def test_going_away_before_being_asked_means_not_being_asked(leads: Leads) -> None:
    leads.arrange()
    leads.sweep(at(MONDAY, 8, 30))
    take_off(leads, "UANA", MONDAY.date(), MONDAY.date(), now=at(MONDAY, 9))
    leads.live(at(MONDAY, 20), since=at(MONDAY, 9))
    assert leads.sent("UANA", "prompt:") == []


def test_being_away_from_tomorrow_leaves_todays_round_as_it_is(leads: Leads) -> None:
    leads.arrange()
    leads.sweep(at(MONDAY, 8, 30))
    leads.sweep(at(MONDAY, 9, 30))
    take_off(leads, "UANA", date(2027, 1, 19), date(2027, 1, 30), now=at(MONDAY, 17, 30))
    assert leads.prompt("UANA").state is PromptState.REMINDED if leads.prompt("UANA").reminded_at else PromptState.SENT
    leads.live(at(MONDAY, 18), since=at(MONDAY, 17, 30))
    assert "(Ana Ruiz) did not answer" in leads.sent("C1", "summary:")[0]


def test_an_answer_that_was_given_stays_when_somebody_goes_away(leads: Leads) -> None:
    leads.arrange()
    leads.sweep(at(MONDAY, 8, 30))
    leads.answer("UBEN", now=at(MONDAY, 9))
    take_off(leads, "UBEN", MONDAY.date(), MONDAY.date(), now=at(MONDAY, 10))
    assert leads.prompt("UBEN").state is PromptState.ANSWERED


def test_who_went_away_may_answer_all_the_same(leads: Leads) -> None:
    leads.arrange()
    leads.sweep(at(MONDAY, 8, 30))
    take_off(leads, "UBEN", MONDAY.date(), MONDAY.date(), now=at(MONDAY, 9))
    leads.answer("UBEN", now=at(MONDAY, 10))
    leads.live(at(MONDAY, 18), since=at(MONDAY, 10))
    assert "(Ben Okafor) *on track*" in leads.sent("C1", "summary:")[0]
    assert "1 of 2 answered" in leads.sent("C1", "summary:")[0]


def test_coming_back_before_being_asked_asks_at_ones_time(leads: Leads) -> None:
    leads.arrange()
    take_off(leads, "UANA", MONDAY.date(), MONDAY.date())
    leads.sweep(at(MONDAY, 8, 30))
    come_back(leads, "UANA", now=at(MONDAY, 9))
    assert (leads.prompt("UANA").state, leads.prompt("UANA").due_at) == (PromptState.SCHEDULED, at(MONDAY, 9, 30))
    assert leads.rounds()[0].closes_at == at(MONDAY, 18)
    leads.sweep(at(MONDAY, 9, 30))
    assert ASKED in leads.sent("UANA", "prompt:")[0]


def test_coming_back_after_being_asked_asks_again_at_once(leads: Leads) -> None:
    leads.arrange()
    leads.sweep(at(MONDAY, 8, 30))
    take_off(leads, "UBEN", MONDAY.date(), MONDAY.date(), now=at(MONDAY, 9))
    come_back(leads, "UBEN", now=at(MONDAY, 12))
    assert ASKED in leads.updates("UBEN", "prompt:")[-1]
    leads.sweep(at(MONDAY, 12))
    assert "still open until 18:00" in leads.sent("UBEN", "prompt:")[-1]
    assert leads.prompt("UBEN").state is PromptState.REMINDED


def test_coming_back_too_late_leaves_it_and_says_the_right_day(leads: Leads) -> None:
    leads.arrange()
    take_off(leads, "UBEN", MONDAY.date(), date(2027, 2, 5))
    leads.sweep(at(MONDAY, 9, 30))
    come_back(leads, "UBEN", now=at(MONDAY, 17, 30))
    leads.sweep(at(MONDAY, 18))
    assert leads.prompt("UBEN").state is PromptState.AWAY
    assert "is away and back on Mon 18 Jan." in leads.sent("C1", "summary:")[0]


def test_a_round_that_everybody_went_away_from_ends_without_a_summary_and_counts_as_no_silence(leads: Leads) -> None:
    leads.arrange()
    leads.sweep(at(MONDAY, 8, 30))
    for person in ("UANA", "UBEN"):
        take_off(leads, person, MONDAY.date(), MONDAY.date(), now=at(MONDAY, 9))
    leads.live(at(MONDAY, 23), since=at(MONDAY, 9))
    assert leads.rounds()[0].state is RoundState.CLOSED
    assert leads.sent("C1", "summary:") == []
    assert leads.sync().silent_rounds == 0


def test_telling_twice_changes_nothing_the_second_time(leads: Leads) -> None:
    leads.arrange()
    leads.sweep(at(MONDAY, 8, 30))
    take_off(leads, "UBEN", MONDAY.date(), MONDAY.date(), now=at(MONDAY, 9))
    before = leads.sent("UBEN", verb=OutboxVerb.UPDATE)
    leads.write(absences.follow, "UBEN", now=at(MONDAY, 9, 1))
    assert leads.prompt("UBEN").state is PromptState.AWAY
    assert len(leads.sent("UBEN", verb=OutboxVerb.UPDATE)) <= len(before) + 1


# --- holidays, own hours, one clock -----------------------------------------------------------------------------------


def test_a_public_holiday_asks_on_the_next_working_day_and_the_round_waits(leads: Leads) -> None:
    monday = MONDAY + 10 * WEEK  # Easter Monday
    assert monday.date() == date(2027, 3, 29)
    leads.arrange(first_on=monday.date())
    choose(leads, "UBEN", country="NG")
    whole_day(leads, monday)
    assert leads.sent("UBEN", "prompt:") == []
    assert ASKED in leads.sent("UANA", "prompt:")[0]
    assert leads.sent("C1", "summary:") == []
    whole_day(leads, monday + DAY)
    assert ASKED in leads.sent("UBEN", "prompt:")[0]
    assert "of 2 answered" in leads.sent("C1", "summary:")[0]


def test_a_holiday_of_everybody_moves_the_round(leads: Leads) -> None:
    monday = MONDAY + 10 * WEEK
    leads.arrange(first_on=monday.date())
    for person in ("UANA", "UBEN"):
        choose(leads, person, country="NG")
    opens_at = leads.sync().next_opens_at
    assert opens_at is not None
    assert opens_at.date() == monday.date() + DAY
    whole_day(leads, monday)
    assert leads.rounds() == []
    whole_day(leads, monday + DAY)
    assert [turn.on_day for turn in leads.rounds()] == [monday.date()]
    assert leads.sync().next_on == monday.date() + 7 * DAY


def test_a_holiday_that_would_move_a_round_into_the_next_one_skips_it(leads: Leads) -> None:
    monday = MONDAY + 10 * WEEK

    def every_working_day(uow: UnitOfWork) -> None:
        sync = uow.syncs.lock(leads.sync().id)
        assert sync is not None
        sync.cadence, sync.weekdays = Cadence.CUSTOM, [0, 1]
        scheduling.schedule(uow, sync, now=at(monday - 3 * DAY, 12))

    leads.arrange(first_on=monday.date())
    leads.write(every_working_day)
    for person in ("UANA", "UBEN"):
        choose(leads, person, country="NG")
    opens_at = leads.sync().next_opens_at
    assert opens_at is not None
    assert opens_at.date() == monday.date() + DAY  # with Tuesday's own
    leads.write(rounds.do, Due(Kind.OPENING, leads.sync().id), now=at(monday + DAY, 8, 30))
    assert [(turn.on_day, turn.state) for turn in leads.rounds()] == [
        (monday.date(), RoundState.SKIPPED), (monday.date() + DAY, RoundState.OPEN)
    ]  # fmt: skip
    assert len(leads.prompts()) == 2


def test_who_works_other_hours_is_asked_when_they_begin_and_has_until_they_end(leads: Leads) -> None:
    leads.arrange()
    choose(leads, "UBEN", starts_minute=12 * 60, ends_minute=16 * 60)
    leads.sweep(at(MONDAY, 9, 30))
    assert (leads.prompt("UBEN").due_at, leads.prompt("UBEN").deadline_at) == (at(MONDAY, 11), at(MONDAY, 15))


def test_a_zone_of_ones_own_counts_more_than_slacks(leads: Leads) -> None:
    leads.arrange()
    choose(leads, "UBEN", zone="Asia/Tokyo")
    assert leads.sync().next_opens_at == at(MONDAY, 0, 30)


def test_everybody_is_asked_at_the_instant_of_the_one_whose_clock_rules_but_in_nobodys_quiet_hours(
    leads: Leads,
) -> None:
    leads.arrange(people=("UANA", "UBEN", "UCLEO"), overlap_id=None, first_on=MONDAY.date())

    def rule(uow: UnitOfWork) -> None:
        sync = uow.syncs.lock(leads.sync().id)
        assert sync is not None
        sync.ruled_by = "UBEN"
        uow.session.flush()
        scheduling.schedule(uow, sync, now=NOW)

    leads.write(rule)
    leads.sweep(at(MONDAY, 8, 30))
    assert {prompt.person_id: prompt.due_at for prompt in leads.prompts()} == {
        "UANA": at(MONDAY, 8, 30), "UBEN": at(MONDAY, 8, 30), "UCLEO": at(MONDAY, 8, 30)
    }  # fmt: skip
    choose(leads, "UANA", starts_minute=11 * 60, ends_minute=19 * 60)
    leads.sweep(at(MONDAY + WEEK, 8, 30))
    assert leads.prompt("UANA").due_at == at(MONDAY + WEEK, 11)


def test_the_list_of_check_ins_says_when_one_is_away_next_time(leads: Leads) -> None:
    leads.arrange()
    take_off(leads, "UBEN", MONDAY.date(), MONDAY.date())
    (card,) = leads.read(service.listed, "UBEN", now=NOW).own
    assert card.is_away
    (card,) = leads.read(service.listed, "UANA", now=NOW).own
    assert not card.is_away


@pytest.mark.parametrize("snoozed", [True, False])
def test_nobody_is_reminded_on_a_day_off(leads: Leads, snoozed: bool) -> None:
    leads.arrange()
    leads.sweep(at(MONDAY, 8, 30))
    if snoozed:
        leads.write(service.later, leads.prompt("UBEN").id, person_id="UBEN", now=at(MONDAY, 9))

    def silently(uow: UnitOfWork) -> None:
        uow.hours.add(
            Away(workspace_id="T1", person_id="UBEN", first_on=MONDAY.date(), last_on=MONDAY.date(), created_at=NOW)
        )

    leads.write(silently)
    leads.live(at(MONDAY, 17), since=at(MONDAY, 9))
    assert all("still open" not in text for text in leads.sent("UBEN", "prompt:"))
    assert leads.prompt("UBEN").state is PromptState.AWAY
