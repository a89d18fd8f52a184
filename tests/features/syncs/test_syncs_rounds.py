"""What time does to check-ins, on both databases: opened once, asked once, reminded once, summed up once; and after any time off no flood."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlmodel import select

from bot.errors import NotAllowed, Refusal
from bot.features.syncs import facts, rounds, scheduling, service
from bot.features.syncs.card import Asked, Times
from bot.features.syncs.closing import sum_up
from storage.channels import ChannelMode
from storage.initiatives import Status
from storage.outbox import OutboxRow, OutboxState
from storage.preferences import Preferences
from storage.repository import EVERYBODY
from storage.rounds import Prompt, PromptState, RoundState
from storage.syncs import Cadence, SyncState
from storage.unit_of_work import Scope, UnitOfWork
from tests.features.syncs.conftest import MONDAY, NOW, WEEK, Leads

ASKED = "Two minutes: how is it going?"


def at(day: datetime, hour: int, minute: int = 0) -> datetime:
    """A time of a day, UTC."""
    return day + timedelta(hours=hour, minutes=minute)


def whole_day(leads: Leads, day: datetime) -> None:
    """Let a day pass."""
    leads.live(at(day, 23), since=at(day, 0))


def change(leads: Leads, person_id: str, **known: object) -> None:
    """What Slack says of a person now."""
    leads.write(lambda uow: uow.people.meet(person_id, **known))


def test_each_is_asked_at_their_own_time_reminded_once_and_summed_up_after_the_last_deadline(leads: Leads) -> None:
    leads.arrange()
    assert leads.sync().next_opens_at == at(MONDAY, 8, 30)  # 09:30 in Lagos
    assert leads.sweep(at(MONDAY, 8, 29)) == 0
    leads.sweep(at(MONDAY, 8, 30))
    assert [ASKED in text for text in leads.sent("UBEN", "prompt:")] == [True]
    assert leads.sent("UANA", "prompt:") == []
    leads.sweep(at(MONDAY, 9, 30))
    assert [ASKED in text for text in leads.sent("UANA", "prompt:")] == [True]
    leads.answer("UBEN", now=at(MONDAY, 10))
    leads.sweep(at(MONDAY, 14, 59))
    leads.sweep(at(MONDAY, 16))
    leads.sweep(at(MONDAY, 17, 59))
    assert ["still open until 18:00" in text for text in leads.sent("UANA", "prompt:")] == [False, True]
    assert leads.sent("C1", "summary:") == []
    assert len([text for text in leads.sent("UBEN", "prompt:") if "still open" in text]) == 0
    leads.sweep(at(MONDAY, 18))
    (summary,) = leads.sent("C1", "summary:")
    assert "round 1 · 1 of 2 answered" in summary
    assert "Search ML* (Ana Ruiz) did not answer" in summary
    assert "Ads Platform* (Ben Okafor) *on track*. Schema agreed." in summary
    assert leads.sync().next_on == date(2027, 1, 25)


def test_a_tick_that_comes_again_changes_nothing(leads: Leads) -> None:
    leads.arrange()
    for moment in (at(MONDAY, 8, 30), at(MONDAY, 9, 30), at(MONDAY, 16), at(MONDAY, 18)):
        assert leads.sweep(moment) > 0
        before = len(leads.read(_outbox))
        for _ in range(3):
            assert leads.sweep(moment) == 0
        assert len(leads.read(_outbox)) == before


def _outbox(uow: UnitOfWork) -> list[str]:
    return list(uow.session.exec(select(OutboxRow.key)))


def test_several_processes_at_once_do_each_piece_once(leads: Leads) -> None:
    for number in range(6):
        leads.arrange(topic=f"Topic {number}", overlap_id=None, people=("UANA", "UBEN", "UCLEO"))
    with ThreadPoolExecutor(6) as pool:
        for moment in (at(MONDAY, 0, 30), at(MONDAY, 8, 30), at(MONDAY, 9, 30), at(MONDAY, 18)):
            list(pool.map(leads.sweep, [moment] * 6))
            leads.sweep(moment)
    assert len(leads.rounds()) == 6
    assert {turn.state for turn in leads.rounds()} == {RoundState.CLOSED}
    assert [len(leads.sent(person, "prompt:")) for person in ("UANA", "UBEN", "UCLEO")] == [
        6,
        6,
        12,
    ]  # in Tokyo it was time to remind, too
    assert len(leads.sent("C1", "summary:")) == 6


def test_one_overlap_has_one_check_in_however_many_press_at_once(leads: Leads) -> None:
    with ThreadPoolExecutor(6) as pool:
        cards = list(pool.map(lambda _: leads.arrange(), range(6)))
    assert len({card.id for card in cards}) == 1
    assert len(leads.sent("UBEN", "sync:")) == 1


def test_after_weeks_off_the_newest_due_round_opens_and_older_ones_are_recorded_as_missed(leads: Leads) -> None:
    leads.arrange()
    whole_day(leads, MONDAY)
    back = at(MONDAY + 3 * WEEK, 11)
    leads.sweep(back)
    assert [(turn.on_day, turn.state) for turn in leads.rounds()] == [
        (date(2027, 1, 18), RoundState.CLOSED), (date(2027, 1, 25), RoundState.MISSED), (date(2027, 2, 1), RoundState.MISSED),
        (date(2027, 2, 8), RoundState.OPEN),
    ]  # fmt: skip
    assert len([text for text in leads.sent("UANA", "prompt:") if ASKED in text]) == 2
    assert "I was not running for 2 rounds before this one." in leads.sent("UANA", "prompt:")[-1]
    assert leads.rounds()[-1].number == 2
    assert leads.prompt("UANA").due_at == back
    assert leads.sync().next_on == date(2027, 2, 15)


def test_a_round_too_late_to_be_answered_before_the_next_is_missed_too(leads: Leads) -> None:
    leads.arrange()
    leads.sweep(
        at(MONDAY + timedelta(days=6), 12)
    )  # Sunday: people could be asked on Monday, when the next round comes
    assert [turn.state for turn in leads.rounds()] == [RoundState.MISSED]
    assert leads.sent("UANA", "prompt:") == []
    leads.sweep(at(MONDAY + WEEK, 9, 30))
    assert leads.rounds()[-1].state is RoundState.OPEN


def test_a_round_that_opened_before_the_time_off_asks_who_was_not_asked_yet_with_a_new_deadline(leads: Leads) -> None:
    leads.arrange()
    leads.sweep(at(MONDAY, 8, 30))
    tuesday = at(MONDAY + timedelta(days=1), 11)
    leads.sweep(tuesday)
    assert [ASKED in text for text in leads.sent("UANA", "prompt:")] == [True]
    assert leads.prompt("UANA").deadline_at == at(MONDAY + timedelta(days=1), 18)
    assert leads.rounds()[0].state is RoundState.OPEN
    leads.sweep(at(MONDAY + timedelta(days=1), 18))
    assert leads.rounds()[0].state is RoundState.CLOSED
    assert len(leads.sent("C1", "summary:")) == 1


def test_a_restart_in_the_night_waits_for_the_morning(leads: Leads) -> None:
    leads.arrange()
    leads.sweep(at(MONDAY, 23))
    assert leads.sent("UANA", "prompt:") == []
    assert leads.prompt("UANA").due_at == at(MONDAY + timedelta(days=1), 8)
    leads.sweep(at(MONDAY + timedelta(days=1), 8))
    assert [ASKED in text for text in leads.sent("UANA", "prompt:")] == [True]


def test_clocks_that_jump_back_ask_nobody_twice(leads: Leads) -> None:
    leads.arrange()
    leads.live(at(MONDAY, 19), since=at(MONDAY, 0))
    before = leads.read(_outbox)
    for hours in (1, 24):
        leads.live(at(MONDAY, 19), since=at(MONDAY, 19) - timedelta(hours=hours))
    assert leads.read(_outbox) == before


def test_daylight_saving_changes_the_instant_and_not_the_clock(leads: Leads) -> None:
    leads.arrange()
    sundays_change = MONDAY + 10 * WEEK  # the day after clocks went forward in Lisbon; Lagos keeps its hour
    for week in (9, 10):
        leads.sweep(at(MONDAY + week * WEEK, 8, 30))
        leads.sweep(at(MONDAY + week * WEEK, 9, 30))
        leads.answer("UANA", now=at(MONDAY + week * WEEK, 9, 40))
    assert [prompt.due_at for prompt in leads.prompts("UANA")] == [
        at(MONDAY + 9 * WEEK, 9, 30),
        at(sundays_change, 8, 30),
    ]
    assert [prompt.due_at for prompt in leads.prompts("UBEN")] == [
        at(MONDAY + 9 * WEEK, 8, 30),
        at(sundays_change, 8, 30),
    ]


def test_who_moves_to_another_zone_is_asked_by_the_clock_there(leads: Leads) -> None:
    leads.arrange()
    assert leads.write(scheduling.follow_clocks, now=NOW) == 0
    change(leads, "UANA", zone="Asia/Tokyo")
    assert leads.write(scheduling.follow_clocks, now=NOW) == 1
    assert leads.sync().next_opens_at == at(MONDAY, 0, 30)
    leads.sweep(at(MONDAY, 0, 30))
    assert len(leads.sent("UANA", "prompt:")) == 1


def test_every_two_weeks_and_every_month_come_round(leads: Leads) -> None:
    leads.arrange(cadence=Cadence.BIWEEKLY, first_on=date(2027, 1, 18))
    whole_day(leads, MONDAY)
    assert leads.sync().next_on == date(2027, 2, 1)
    leads.arrange(cadence=Cadence.MONTHLY, first_on=date(2027, 1, 18), overlap_id=None)
    whole_day(leads, MONDAY)
    assert leads.sync().next_on == date(2027, 2, 15)


def test_a_single_check_in_ends_after_its_round(leads: Leads) -> None:
    leads.arrange(cadence=Cadence.ONCE, first_on=date(2027, 1, 18))
    whole_day(leads, MONDAY)
    assert leads.sync().state is SyncState.ENDED
    assert "single check-in" in leads.sent("C1", "summary:")[0]
    leads.live(at(MONDAY + WEEK, 20), since=at(MONDAY + WEEK, 0))
    assert len(leads.rounds()) == 1


# --- answers ----------------------------------------------------------------------------------------------------


def test_a_late_answer_and_an_edit_change_the_summary_in_place(leads: Leads) -> None:
    leads.arrange()
    leads.live(at(MONDAY, 18), since=at(MONDAY, 8))
    leads.answer("UANA", now=at(MONDAY, 20), changed="Late news")
    assert leads.prompt("UANA").state is PromptState.LATE
    leads.answer("UANA", now=at(MONDAY, 21), changed="Later news")
    assert len(leads.sent("C1", "summary:")) == 1
    assert ["Late news. _(late)_" in text for text in leads.updates("C1", "summary:")] == [True, False]
    assert "Later news. _(late, edited)_" in leads.updates("C1", "summary:")[-1]
    assert "after the deadline" in leads.updates("UANA", "prompt:")[-2]
    assert leads.updates("UANA", "prompt:")[-1].endswith("you answered.")  # the reminder follows, too


def test_an_answer_is_taken_until_the_next_round_opens(leads: Leads) -> None:
    leads.arrange()
    leads.live(at(MONDAY, 18), since=at(MONDAY, 8))
    first = leads.prompt("UANA").id
    leads.sweep(at(MONDAY + WEEK, 8, 30))
    with pytest.raises(Refusal, match="next round has opened"):
        leads.write(service.skip, first, person_id="UANA", now=at(MONDAY + WEEK, 9))
    leads.sweep(at(MONDAY + WEEK, 9, 30))
    assert leads.prompt("UANA").id != first


def test_all_as_before_needs_a_before_and_credits_nobody_again(leads: Leads) -> None:
    leads.arrange()
    leads.sweep(at(MONDAY, 8, 30))
    assert leads.write(service.as_before, leads.prompt("UBEN").id, person_id="UBEN", now=at(MONDAY, 9)) is None
    leads.answer("UBEN", now=at(MONDAY, 9), helped_by=("UCLEO",), waiting_for="GPU quota")
    leads.live(at(MONDAY, 18), since=at(MONDAY, 9))
    leads.sweep(at(MONDAY + WEEK, 8, 30))
    assert (
        "Last time you said: *on track*. Schema agreed. Waiting for GPU quota. Helped by Cleo Danso."
        in leads.sent("UBEN", "prompt:")[-1]
    )
    said = leads.write(service.as_before, leads.prompt("UBEN").id, person_id="UBEN", now=at(MONDAY + WEEK, 9))
    assert said is not None
    assert said.reported is not None
    assert (said.reported.report.waiting_for, said.reported.report.helped_by) == ("GPU quota", ())


def test_later_today_asks_once_more_and_takes_the_place_of_the_reminder(leads: Leads) -> None:
    leads.arrange()
    leads.sweep(at(MONDAY, 8, 30))
    said = leads.write(service.later, leads.prompt("UBEN").id, person_id="UBEN", now=at(MONDAY, 9))
    assert said.again_at is not None
    assert said.again_at == at(MONDAY, 12)
    leads.live(at(MONDAY, 16, 59), since=at(MONDAY, 9))
    assert len([text for text in leads.sent("UBEN", "prompt:") if "still open" in text]) == 1
    with pytest.raises(Refusal, match="too close"):
        leads.write(service.later, leads.prompt("UBEN").id, person_id="UBEN", now=at(MONDAY, 16, 30))


def test_skipping_is_visible_and_can_be_answered_after_all(leads: Leads) -> None:
    leads.arrange()
    leads.sweep(at(MONDAY, 8, 30))
    leads.write(service.skip, leads.prompt("UBEN").id, person_id="UBEN", now=at(MONDAY, 9))
    leads.live(at(MONDAY, 18), since=at(MONDAY, 9))
    assert "(Ben Okafor) skipped this one." in leads.sent("C1", "summary:")[-1]
    assert all("still open" not in text for text in leads.sent("UBEN", "prompt:"))
    leads.answer("UBEN", now=at(MONDAY, 19))
    assert "1 of 2 answered" in leads.updates("C1", "summary:")[-1]


def test_only_who_was_asked_may_answer(leads: Leads) -> None:
    leads.arrange()
    leads.sweep(at(MONDAY, 8, 30))
    with pytest.raises(NotAllowed, match="only they can answer"):
        leads.write(service.skip, leads.prompt("UBEN").id, person_id="UANA", now=at(MONDAY, 9))


# --- silence, people who are gone, work that is over --------------------------------------------------------------


def test_after_three_silent_rounds_it_is_paused_and_each_is_asked_once_whether_to_go_on(leads: Leads) -> None:
    card = leads.arrange()
    for week in range(3):
        whole_day(leads, MONDAY + week * WEEK)
    assert leads.sync().state is SyncState.PAUSED
    for person in ("UANA", "UBEN"):
        (asked,) = leads.sent(person, "silent:")
        assert "Keep it, move it, or end it?" in asked
    whole_day(leads, MONDAY + 3 * WEEK)
    assert len(leads.rounds()) == 3
    leads.write(service.resume, card.id, person_id="UBEN", now=at(MONDAY + 3 * WEEK, 20))
    assert (leads.sync().state, leads.sync().next_on) == (SyncState.ACTIVE, date(2027, 2, 15))


@pytest.mark.parametrize("heard", ["answer", "skip"])
def test_one_sign_of_life_starts_the_count_anew(leads: Leads, heard: str) -> None:
    leads.arrange()
    for week in range(2):
        whole_day(leads, MONDAY + week * WEEK)
    leads.sweep(at(MONDAY + 2 * WEEK, 8, 30))
    if heard == "answer":
        leads.answer("UBEN", now=at(MONDAY + 2 * WEEK, 9))
    else:
        leads.write(service.skip, leads.prompt("UBEN").id, person_id="UBEN", now=at(MONDAY + 2 * WEEK, 9))
    whole_day(leads, MONDAY + 2 * WEEK)
    assert (leads.sync().state, leads.sync().silent_rounds) == (SyncState.ACTIVE, 0)


def test_who_left_is_not_asked_and_with_fewer_than_two_it_is_paused_with_a_sentence(leads: Leads) -> None:
    leads.arrange(people=("UANA", "UBEN", "UCLEO"), overlap_id=None)
    change(leads, "UCLEO", is_deleted=True)
    whole_day(leads, MONDAY)
    assert leads.sent("UCLEO", "prompt:") == []
    assert "Cleo Danso can't take part any more and is left out" in leads.sent("UBEN", "prompt:")[0]
    assert "of 2 answered" in leads.sent("C1", "summary:")[0]
    change(leads, "UBEN", is_external=True)
    whole_day(leads, MONDAY + WEEK)
    assert leads.sync().state is SyncState.PAUSED
    assert "Ben Okafor and Cleo Danso can't take part any more, and it needs two" in leads.sent("UANA", "sync:")[-1]
    assert all("it needs two" not in text for person in ("UBEN", "UCLEO") for text in leads.sent(person))


def test_who_left_between_opening_and_their_moment_is_not_asked(leads: Leads) -> None:
    leads.arrange()
    leads.sweep(at(MONDAY, 8, 30))
    change(leads, "UANA", is_deleted=True)
    leads.live(at(MONDAY, 18), since=at(MONDAY, 9))
    assert leads.sent("UANA", "prompt:") == []
    assert "0 of 1 answered" in leads.sent("C1", "summary:")[0]


def test_work_that_is_over_makes_the_prompt_ask_whether_it_is_still_needed(leads: Leads) -> None:
    leads.arrange()

    def ship(uow: UnitOfWork) -> None:
        row = uow.initiatives.get(leads.theirs)
        assert row is not None
        uow.initiatives.change(row, version=uow.workspaces.raise_version(), now=NOW, status=Status.SHIPPED)

    leads.write(ship)
    leads.sweep(at(MONDAY, 8, 30))
    assert "*Feature store* is shipped. Is this check-in still needed?" in leads.sent("UBEN", "prompt:")[0]


# --- where the summary goes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "closed",
    [
        {"mode": ChannelMode.QUIET},
        {"mode": ChannelMode.OFF},
        {"is_archived": True},
        {"is_member": False},
        {"is_shared": True},
    ],
)
def test_where_nothing_may_be_said_each_participant_gets_the_summary(leads: Leads, closed: dict[str, object]) -> None:
    leads.arrange()

    def close(uow: UnitOfWork) -> None:
        channel = uow.channels.meet("C1")
        for name, value in closed.items():
            setattr(channel, name, value)

    leads.write(close)
    leads.live(at(MONDAY, 18), since=at(MONDAY, 8))
    assert leads.sent("C1", "summary:") == []
    assert [len(leads.sent(person, "summary:")) for person in ("UANA", "UBEN")] == [1, 1]
    leads.answer("UANA", now=at(MONDAY, 20))
    assert "1 of 2 answered" in leads.updates("UBEN", "summary:")[-1]


def test_work_that_became_private_is_not_named_in_public(leads: Leads) -> None:
    leads.arrange()

    def hide(uow: UnitOfWork) -> None:
        uow.channels.meet("G1", is_private=True)
        uow.channels.replace_members("G1", ["UANA", "UBEN"], now=at(MONDAY, 8, 25))
        row = uow.initiatives.get(leads.theirs)
        assert row is not None
        row.audience = "G1"

    leads.write(hide)
    leads.sweep(at(MONDAY, 8, 30))
    leads.write(_inside_g1, at(MONDAY, 9, 30))
    leads.sweep(at(MONDAY, 9, 30))
    leads.write(_inside_g1, at(MONDAY, 18))
    leads.sweep(at(MONDAY, 18))
    assert leads.sync().audience == "G1"
    assert leads.sent("C1", "summary:") == []
    assert [len(leads.sent(person, "summary:")) for person in ("UANA", "UBEN")] == [1, 1]


def test_a_round_does_not_open_up_a_check_in_whose_private_work_nobody_speaks_for(leads: Leads) -> None:
    def hide(uow: UnitOfWork) -> None:
        uow.channels.meet("G1", is_private=True)
        uow.channels.replace_members("G1", ["UANA", "UCLEO"], now=NOW)
        row = uow.initiatives.get(leads.theirs)
        assert row is not None
        row.audience = "G1"

    leads.write(hide)
    leads.arrange(people=("UANA", "UCLEO"), overlap_id=None)
    assert "Feature store" in leads.sync().topic
    leads.write(lambda uow: uow.channels.replace_members("G1", ["UANA", "UCLEO"], now=at(MONDAY, 0, 25)))
    leads.sweep(at(MONDAY, 0, 30))
    assert len(leads.rounds()) == 1
    assert leads.sync().audience == "G1"
    shown = leads.db.read_now(Scope("T1", EVERYBODY), service.listed, "UADMIN", now=at(MONDAY, 1))
    assert shown.public == ()


def _inside_g1(uow: UnitOfWork, moment: datetime) -> None:
    uow.channels.replace_members("G1", ["UANA", "UBEN"], now=moment)


def test_a_summary_that_slack_refuses_goes_to_nobody_who_has_left_the_private_channel(leads: Leads) -> None:
    def stay(uow: UnitOfWork, *members: str) -> None:
        uow.channels.meet("G1", is_private=True)
        uow.channels.replace_members("G1", members, now=NOW)
        row = uow.initiatives.get(leads.theirs)
        assert row is not None
        row.audience = "G1"

    def refusal(uow: UnitOfWork) -> object:
        turn = uow.rounds.rounds(leads.sync().id)[0]
        sum_up(uow, turn, leads.sync(), now=NOW)
        row = uow.outbox.get(f"T1:summary:{turn.id}")
        assert row is not None
        assert row.target == "G1"
        otherwise = row.otherwise
        uow.session.rollback()
        return otherwise

    leads.write(stay, "UANA", "UBEN")
    leads.arrange(channel_id="G1", thread_ts="")
    leads.write(_inside_g1, at(MONDAY, 8, 25))
    leads.sweep(at(MONDAY, 8, 30))
    leads.write(stay, "UANA", "UBEN")
    assert leads.write(refusal)
    leads.write(stay, "UBEN")
    assert leads.write(refusal) is None


def test_who_left_the_private_channel_learns_nothing_more_of_the_others_from_the_message_that_asked(
    leads: Leads,
) -> None:
    def stay(uow: UnitOfWork, *members: str) -> None:
        uow.channels.meet("G1", is_private=True)
        uow.channels.replace_members("G1", members, now=at(MONDAY, 9, 25))
        row = uow.initiatives.get(leads.theirs)
        assert row is not None
        row.audience = "G1"

    def asked(uow: UnitOfWork) -> Asked:
        found = uow.rounds.prompt(leads.prompt("UANA").id)
        assert found is not None
        return facts.asked(uow, *found, now=at(MONDAY, 9, 30))

    def go_away(uow: UnitOfWork) -> None:
        uow.session.get_one(Prompt, leads.prompt("UBEN").id).back_on = (MONDAY + WEEK).date()

    leads.arrange()
    leads.sweep(at(MONDAY, 8, 30))
    leads.sweep(at(MONDAY, 9, 30))
    leads.write(stay, "UANA", "UBEN")
    leads.write(go_away)
    assert [side.name for side, _ in leads.read(asked).away] == ["Ben Okafor"]
    leads.write(stay, "UBEN")
    assert (leads.read(asked).away, leads.read(asked).without) == ((), ())


def test_membership_that_is_not_known_freshly_keeps_a_round_waiting_and_leaves_nobody_out(leads: Leads) -> None:
    leads.arrange()

    def hide(uow: UnitOfWork, moment: datetime) -> None:
        uow.channels.meet("G1", is_private=True)
        uow.channels.replace_members("G1", ["UANA", "UBEN"], now=moment)
        for number in (leads.mine, leads.theirs):
            row = uow.initiatives.get(number)
            assert row is not None
            row.audience = "G1"

    leads.write(hide, at(MONDAY, 1))
    leads.sweep(at(MONDAY, 8, 30))
    assert (leads.rounds(), leads.sync().state) == ([], SyncState.ACTIVE)
    leads.write(hide, at(MONDAY, 8, 34))
    leads.sweep(at(MONDAY, 8, 35))
    assert len(leads.prompts()) == 2


def test_a_channel_that_slack_refused_is_left_alone_and_the_next_summary_goes_to_each(leads: Leads) -> None:
    leads.arrange()
    whole_day(leads, MONDAY)

    def refuse(uow: UnitOfWork) -> None:
        row = uow.outbox.get(f"T1:summary:{leads_round}")
        assert row is not None
        row.state = OutboxState.DEAD

    leads_round = leads.rounds()[0].id
    leads.write(refuse)
    whole_day(leads, MONDAY + WEEK)
    assert len(leads.sent("C1", "summary:")) == 1
    assert len(leads.sent("UBEN", "summary:")) == 1


# --- schedules that change --------------------------------------------------------------------------------------


def test_a_move_while_a_round_is_open_leaves_it_as_it_opened(leads: Leads) -> None:
    card = leads.arrange()
    leads.sweep(at(MONDAY, 8, 30))
    asked_at = leads.prompt("UANA").due_at
    leads.write(
        service.move,
        card.id,
        Times(Cadence.BIWEEKLY, date(2027, 1, 21), 14 * 60),
        person_id="UANA",
        now=at(MONDAY, 9),
    )
    leads.live(at(MONDAY, 18), since=at(MONDAY, 9))
    assert leads.prompts("UANA")[0].due_at == asked_at
    assert leads.rounds()[0].state is RoundState.CLOSED
    assert (leads.sync().next_on, leads.sync().next_opens_at) == (
        date(2027, 1, 21),
        datetime(2027, 1, 21, 13, tzinfo=MONDAY.tzinfo),
    )
    assert "<@UANA> moved the check-in" in leads.sent("UBEN", "sync:")[-1]


@pytest.mark.parametrize("verb", ["pause", "end"])
def test_stopping_while_a_round_is_open_asks_nobody_else_and_sums_up_what_was_said(leads: Leads, verb: str) -> None:
    card = leads.arrange()
    leads.sweep(at(MONDAY, 8, 30))
    leads.answer("UBEN", now=at(MONDAY, 9))
    leads.write(getattr(service, verb), card.id, person_id="UBEN", now=at(MONDAY, 9, 10))
    leads.live(at(MONDAY, 23), since=at(MONDAY, 9, 10))
    assert leads.sent("UANA", "prompt:") == []
    assert len(leads.sent("C1", "summary:")) == 1
    assert f"<@UBEN> {verb}{'d' if verb == 'pause' else 'ed'} the check-in" in leads.sent("UANA", "sync:")[-1]


def test_settings_of_the_workspace_are_the_defaults(leads: Leads) -> None:
    chosen = Preferences(cadence=Cadence.MONTHLY, checkin_weekday=3, checkin_minute=14 * 60, deadline_minute=17 * 60)
    leads.write(lambda uow: uow.settings.change(person_id="UADMIN", now=NOW, cadence=chosen.cadence, checkin_weekday=3, checkin_minute=14 * 60,
                                                deadline_minute=17 * 60))  # fmt: skip
    leads.arrange()
    thursday = MONDAY - timedelta(days=4)
    assert (leads.sync().cadence, leads.sync().first_on) == (Cadence.MONTHLY, thursday.date())
    leads.sweep(at(thursday, 13))
    assert leads.prompt("UBEN").deadline_at == at(thursday, 16)


def test_nothing_is_due_that_is_not(leads: Leads) -> None:
    leads.arrange()
    assert leads.read(rounds.due, NOW) == []


def daily(leads: Leads, **changes: object) -> None:
    """Ana and Ben check in on every working day."""
    leads.arrange(cadence=Cadence.CUSTOM, weekdays=(0, 1, 2, 3, 4), first_on=MONDAY.date(), **changes)


def test_people_far_apart_who_check_in_every_day_are_asked_every_day(leads: Leads) -> None:
    change(leads, "UANA", zone="Asia/Tokyo")
    change(leads, "UBEN", zone="America/Los_Angeles")
    daily(leads)
    for day in range(3):
        leads.live(at(MONDAY + timedelta(days=day), 23, 59), since=at(MONDAY + timedelta(days=day), 0))
    held = [turn for turn in leads.rounds() if turn.state in (RoundState.OPEN, RoundState.CLOSED)]
    assert [turn.on_day.day for turn in held] == [18, 19, 20]
    assert len(leads.sent("UANA", "prompt:")) >= 3
    assert all(prompt.deadline_at - prompt.due_at >= timedelta(hours=1) for prompt in leads.prompts())
    for turn, following in pairwise(held):
        assert turn.closes_at <= following.opened_at


def test_a_holiday_of_one_takes_nobody_else_out_of_a_daily_check_in(leads: Leads) -> None:
    leads.write(lambda uow: setattr(uow.hours.ensure("UBEN", now=NOW), "country", "US"))
    daily(leads)  # the Monday is Martin Luther King's day
    whole_day(leads, MONDAY)
    (turn,) = leads.rounds()
    assert turn.state is RoundState.CLOSED
    assert {prompt.person_id: prompt.state for prompt in leads.prompts()} == {
        "UANA": PromptState.MISSED,
        "UBEN": PromptState.AWAY,
    }
    assert leads.prompt("UBEN").back_on == MONDAY.date() + timedelta(days=1)
    whole_day(leads, MONDAY + timedelta(days=1))
    assert leads.prompt("UBEN").state is PromptState.MISSED


def test_a_single_check_in_for_today_is_held_though_for_somebody_its_time_has_passed(leads: Leads) -> None:
    leads.arrange(
        people=("UANA", "UCLEO"), overlap_id=None, cadence=Cadence.ONCE, first_on=NOW.date(), at_minute=14 * 60
    )
    assert leads.sync().next_on == NOW.date()  # it is 21:00 in Tokyo
    whole_day(leads, NOW.replace(hour=0))
    assert leads.prompt("UANA").sent_at == at(NOW.replace(hour=0), 15)  # the first look after 14:00
    whole_day(leads, NOW.replace(hour=0) + timedelta(days=1))
    assert leads.prompt("UCLEO").sent_at is not None
    assert leads.sync().state is SyncState.ENDED


# --- what is kept and shown no longer than it is true -------------------------------------------------------------


def test_a_message_does_not_promise_to_ask_again_once_it_has(leads: Leads) -> None:
    leads.arrange()
    leads.sweep(at(MONDAY, 8, 30))
    leads.sweep(at(MONDAY, 9, 30))
    prompt = leads.prompt("UANA")
    leads.write(service.later, prompt.id, person_id="UANA", now=at(MONDAY, 9, 40))
    leads.sweep(at(MONDAY, 9, 45))
    again = leads.prompt("UANA").next_at
    assert again is not None
    leads.sweep(again)
    said = [text for text in leads.updates("UANA", f"prompt:{prompt.id}:v") if "Two minutes" in text]
    assert "I will ask again" not in said[-1]


def test_the_draft_of_a_check_in_that_was_ended_is_forgotten(leads: Leads) -> None:
    card = leads.arrange()
    leads.sweep(at(MONDAY, 9, 30))
    prompt = leads.prompt("UANA")
    leads.write(
        lambda uow: uow.answers.keep_draft(prompt.id, {"changed": "half a sentence"}, saved_at=at(MONDAY, 9, 35))
    )
    leads.write(service.pause, card.id, person_id="UANA", now=at(MONDAY, 10))
    assert leads.read(lambda uow: uow.answers.draft(prompt.id)) is not None
    leads.write(service.end, card.id, person_id="UANA", now=at(MONDAY, 10))
    assert leads.read(lambda uow: uow.answers.draft(prompt.id)) is None
