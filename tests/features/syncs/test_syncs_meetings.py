"""Meetings on both databases: who may press, what is asked once, and how the inconvenience goes round."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.errors import BadInput, NotAllowed, NotFound, Refusal
from bot.features.syncs import meeting_facts as seen
from bot.features.syncs import meetings, service
from bot.features.syncs.card import FIELD_AGENDA, FIELD_FIRST_ON, FIELD_RULED_BY, FIELD_TEAMS, Side, Times
from bot.features.syncs.meeting_card import FIELD_OUTCOME, Strained
from bot.features.syncs.meeting_views import proposal
from storage.meetings import Meeting, MeetingState, Result, Slot
from storage.outbox import OutboxRow, OutboxState, OutboxVerb, instead_of
from storage.overlaps import Verb
from storage.repository import EVERYBODY, Viewer
from storage.syncs import Cadence, SyncState
from storage.unit_of_work import Scope, UnitOfWork
from tests.features.syncs.conftest import MONDAY, NOW, WEEK, Leads

GROUP = "UANA+UBEN"
DAY = timedelta(days=1)


def arranged(leads: Leads, **changes: Any) -> Meeting:
    """Ana and Ben check in every week, and want to meet for half an hour."""
    leads.arrange(**({"meet_minutes": 30} | changes))
    return latest(leads)


def latest(leads: Leads) -> Meeting:
    """The youngest meeting."""
    found: list[Meeting] = leads.read(_meetings)
    return found[-1]


def _meetings(uow: UnitOfWork) -> list[Meeting]:
    return list(uow.session.exec(select(Meeting).order_by(col(Meeting.id))))


def slots(leads: Leads) -> list[Slot]:
    """The moments of the latest proposal."""
    meeting = latest(leads)
    return [
        slot for slot in leads.read(lambda uow: uow.meetings.slots(meeting.id)) if slot.proposal == meeting.proposals
    ]


def agreed(leads: Leads, **changes: Any) -> Meeting:
    """Ana fixed the first moment."""
    arranged(leads, **changes)
    leads.write(meetings.fix, slots(leads)[0].id, person_id="UANA", now=NOW)
    return latest(leads)


def wake(leads: Leads, now: datetime) -> int:
    """Do what is due about meetings; how much was."""
    return sum(leads.write(meetings.wake, each, now=now) for each in leads.read(meetings.due, now))


def move_to(leads: Leads, zone: str) -> None:
    leads.write(lambda uow: uow.people.meet("UBEN", zone=zone))


def test_times_are_proposed_once_to_both_in_one_message(leads: Leads) -> None:
    meeting = arranged(leads)
    assert (meeting.people, meeting.state, len(slots(leads))) == (["UANA", "UBEN"], MeetingState.PROPOSED, 3)
    (message,) = leads.sent(GROUP, "meeting:")
    assert "When can you meet for 30 minutes?" in message
    leads.arrange(meet_minutes=30)
    assert len(leads.sent(GROUP, "meeting:")) == 1


def test_who_only_writes_gets_no_meeting(leads: Leads) -> None:
    leads.arrange()
    assert leads.read(_meetings) == []
    assert leads.sent(GROUP) == []


def test_all_who_can_agree_and_the_meeting_comes_again_in_the_rhythm_of_the_sync(leads: Leads) -> None:
    arranged(leads, cadence=Cadence.BIWEEKLY)
    slot = slots(leads)[1]
    leads.write(meetings.pick, slot.id, person_id="UANA", now=NOW)
    assert latest(leads).state is MeetingState.PROPOSED
    leads.write(meetings.pick, slot.id, person_id="UBEN", now=NOW)
    meeting = latest(leads)
    assert (meeting.state, meeting.at, meeting.is_recurring, meeting.zone, meeting.sequence) == (
        MeetingState.AGREED,
        slot.starts_at,
        True,
        "Europe/Lisbon",
        0,
    )
    assert meeting.next_at == slot.starts_at + timedelta(minutes=30)
    (file,) = leads.read(_files)
    assert "RRULE:FREQ=WEEKLY;INTERVAL=2" in file
    with pytest.raises(Refusal, match="settled"):
        leads.write(meetings.pick, slot.id, person_id="UBEN", now=NOW)


def test_strangers_and_those_who_may_not_see_the_work_can_press_nothing(leads: Leads) -> None:
    meeting, slot = arranged(leads), slots(leads)[0]
    for act, number in (
        (meetings.pick, slot.id),
        (meetings.fix, slot.id),
        (_others, meeting.id),
        (meetings.no_meeting, meeting.id),
    ):
        with pytest.raises(NotAllowed, match="Only who meets"):
            leads.write(act, number, person_id="UCLEO", now=NOW)

    def hide(uow: UnitOfWork) -> None:
        uow.channels.meet("G1", is_private=True)
        uow.channels.replace_members("G1", ["UANA"], now=NOW)
        row = uow.initiatives.get(leads.theirs)
        assert row is not None
        row.audience = "G1"

    leads.write(hide)
    with pytest.raises(NotFound):
        leads.db.write_now(Scope("T1", EVERYBODY), meetings.pick, slot.id, person_id="UBEN", now=NOW)
    leads.db.write_now(Scope("T1", Viewer(frozenset({"G1"}))), meetings.fix, slot.id, person_id="UANA", now=NOW)
    assert len(leads.sent(GROUP, "meeting:")) == 1
    assert leads.read(_files) == []


def test_a_moment_that_has_passed_can_not_be_picked_and_a_proposal_runs_out(leads: Leads) -> None:
    arranged(leads)
    last = slots(leads)[-1]
    later = last.starts_at + timedelta(minutes=1)
    with pytest.raises(Refusal, match="has passed"):
        leads.write(meetings.pick, last.id, person_id="UANA", now=later)
    assert wake(leads, later) == 1
    assert wake(leads, later + WEEK) == 0
    assert "none was agreed on" in leads.sent(GROUP, "meeting:")[-1]


def test_who_bore_the_hour_is_spared_the_next_time(leads: Leads) -> None:
    move_to(leads, "Pacific/Auckland")
    now, borne = NOW, []
    arranged(leads)
    for turn in range(4):
        slot = slots(leads)[0]
        assert slot.strain
        leads.write(meetings.fix, slot.id, person_id="UANA", now=now)
        meeting = latest(leads)
        assert not meeting.is_recurring
        borne.append(slot.strain)
        now = slot.starts_at + timedelta(hours=1)
        assert wake(leads, now) == 1
        leads.write(meetings.talked, meeting.id, f"Round {turn}", None, person_id="UBEN", now=now)
        due_at = latest(leads).next_at
        assert due_at is not None
        now = max(now, due_at)
        assert wake(leads, now) == 1
        assert latest(leads).number == turn + 2
    totals = [sum(strain.get(person, 0) for strain in borne) for person in ("UANA", "UBEN")]
    assert abs(totals[0] - totals[1]) <= max(max(strain.values()) for strain in borne)


def test_one_that_is_asked_about_is_asked_once_and_closed_silently_after_a_week(leads: Leads) -> None:
    meeting = agreed(leads)
    assert meeting.at is not None
    over = meeting.at + timedelta(minutes=30)
    assert wake(leads, over - timedelta(minutes=1)) == 0
    assert wake(leads, over) == 1
    assert wake(leads, over + 6 * DAY) == 0
    assert wake(leads, over + 7 * DAY) == 1
    assert wake(leads, over + 30 * DAY) == 0
    asked = [text for text in leads.sent(GROUP, "meeting:") if "did you talk" in text or "nobody said" in text]
    assert len(asked) == 1
    assert "nobody said" in asked[0]
    with pytest.raises(Refusal, match="closed after a week"):
        leads.write(meetings.talked, meeting.id, "Late", None, person_id="UANA", now=over + 8 * DAY)


@pytest.mark.parametrize(("result", "verb"), [(Result.JOIN, Verb.JOIN), (Result.DIFFER, Verb.DIFFER), (Result.NOT_RELATED, Verb.NOT_RELATED), (Result.OPEN, None)])  # fmt: skip
def test_what_came_of_it_is_kept_with_the_overlap(leads: Leads, result: Result, verb: Verb | None) -> None:
    meeting = agreed(leads)
    assert meeting.at is not None
    now = meeting.at + timedelta(hours=1)
    wake(leads, now)
    with pytest.raises(BadInput, match="1001 characters") as refused:
        leads.write(meetings.talked, meeting.id, "x" * 1001, result, person_id="UBEN", now=now)
    assert refused.value.field == FIELD_OUTCOME
    leads.write(meetings.talked, meeting.id, "Theirs is for ads", result, person_id="UBEN", now=now)
    said = leads.read(lambda uow: [(each.verb, each.text) for each in uow.overlaps.standing(leads.overlap)])
    assert said == ([] if verb is None else [(verb, "Theirs is for ads" if verb is Verb.DIFFER else "")])
    assert "Ana Ruiz and Ben Okafor talked" in leads.sent("C1", "meeting:")[-1]
    with pytest.raises(Refusal, match="Ben Okafor said so already"):
        leads.write(meetings.talked, meeting.id, "Again", None, person_id="UANA", now=now)


def test_not_yet_of_a_single_one_proposes_others(leads: Leads) -> None:
    meeting = agreed(leads, cadence=Cadence.ONCE)
    assert meeting.at is not None
    now = meeting.at + timedelta(hours=1)
    wake(leads, now)
    leads.write(meetings.not_yet, meeting.id, person_id="UANA", now=now)
    again = latest(leads)
    assert (again.number, again.state, again.uid != meeting.uid) == (2, MeetingState.PROPOSED, True)
    assert min(slot.starts_at for slot in slots(leads)) > now


def test_a_pause_cancels_and_a_resume_invites_again_to_the_same_meeting(leads: Leads) -> None:
    leads.write(lambda uow: uow.people.meet("UANA", email="ana@example.com"))
    agreed(leads)
    sync = leads.sync()
    leads.write(service.pause, sync.id, person_id="UANA", now=NOW)
    assert latest(leads).state is MeetingState.CALLED_OFF
    leads.write(service.resume, sync.id, person_id="UBEN", now=NOW + DAY)
    assert latest(leads).state is MeetingState.AGREED
    files = leads.read(_files)
    assert [file.split("METHOD:")[1].split("\r")[0] for file in files] == ["REQUEST", "CANCEL", "REQUEST"]
    assert [f"SEQUENCE:{number}" in file for number, file in enumerate(files)] == [True] * 3
    assert len({file.split("UID:")[1].split("\r")[0] for file in files}) == 1


def test_a_check_in_that_rowbot_paused_itself_cancels_nobodys_meeting(leads: Leads) -> None:
    agreed(leads)
    for week in range(3):
        leads.live(MONDAY + week * WEEK + timedelta(hours=18), since=MONDAY + week * WEEK)
    assert leads.sync().state is SyncState.PAUSED
    assert latest(leads).state is MeetingState.AGREED
    assert len(leads.read(_files)) == 1


def test_a_move_of_the_written_check_in_alone_leaves_calendars_alone(leads: Leads) -> None:
    agreed(leads)
    sync = leads.sync()
    times = Times(Cadence.WEEKLY, MONDAY.date() + DAY, 600, meet_minutes=30)
    leads.write(service.move, sync.id, times, person_id="UANA", now=NOW)
    assert len(leads.read(_files)) == 1
    leads.write(
        service.move,
        sync.id,
        Times(Cadence.WEEKLY, MONDAY.date() + DAY, 600, agenda="Quota", meet_minutes=45),
        person_id="UANA",
        now=NOW,
    )
    assert "DESCRIPTION:Quota" in leads.read(_files)[-1]
    assert latest(leads).minutes == 45
    leads.write(
        service.move,
        sync.id,
        Times(Cadence.WEEKLY, MONDAY.date() + DAY, 600, agenda="Quota"),
        person_id="UANA",
        now=NOW,
    )
    assert "METHOD:CANCEL" in leads.read(_files)[-1]


def test_another_rhythm_sends_no_file_for_a_meeting_that_is_held_once(leads: Leads) -> None:
    move_to(leads, "Pacific/Auckland")
    assert not agreed(leads).is_recurring
    times = Times(Cadence.BIWEEKLY, MONDAY.date() + DAY, 600, meet_minutes=30)
    leads.write(service.move, leads.sync().id, times, person_id="UANA", now=NOW)
    assert len(leads.read(_files)) == 1


def test_who_takes_over_an_agreed_meeting_reads_what_it_is_about_before_the_invitation(leads: Leads) -> None:
    agreed(leads)
    leads.write(service.hand_over, leads.sync().id, "UCLEO", person_id="UBEN", now=NOW)
    assert "who meets has changed" in leads.sent(GROUP, "meeting:")[-1]
    said = leads.sent("UANA+UCLEO", "meeting:")
    assert len(said) == 1
    assert "It is about" in said[0]
    assert "You meet" in said[0]


def test_a_rhythm_of_ones_own_a_ruling_clock_and_the_leads_of_teams(leads: Leads) -> None:
    def lead(uow: UnitOfWork) -> list[int]:
        teams = {team.name: team for team in uow.teams.all()}
        teams["Search ML"].lead_id = "UANA"
        return [teams["Search ML"].id, teams["Ads Platform"].id]

    ids = leads.write(lead)
    own: dict[str, Any] = {"overlap_id": None, "people": (), "work": (), "teams": tuple(ids)}
    with pytest.raises(BadInput, match="lead of Ads Platform") as refused:
        leads.arrange(**own)
    assert refused.value.field == FIELD_TEAMS
    own |= {"teams": (ids[0],), "people": ("UBEN",)}
    with pytest.raises(BadInput) as refused:
        leads.arrange(**own, ruled_by="UCLEO")
    assert refused.value.field == FIELD_RULED_BY
    rhythm: dict[str, Any] = {"cadence": Cadence.CUSTOM, "every_weeks": 2, "weekdays": (1, 3), "at_minute": 600}
    with pytest.raises(BadInput, match="none of the weekdays") as refused:
        leads.arrange(**own, **rhythm, first_on=MONDAY.date())
    assert refused.value.field == FIELD_FIRST_ON
    with pytest.raises(BadInput) as refused:
        leads.arrange(**own, agenda="x" * 1001)
    assert refused.value.field == FIELD_AGENDA
    card = leads.arrange(
        **own, **rhythm, first_on=MONDAY.date() + DAY, ruled_by="UBEN", agenda=" Quota ", meet_minutes=15
    )
    assert (card.topic, [side.person_id for side in card.sides]) == ("Search ML", ["UANA", "UBEN"])
    assert leads.sync().next_opens_at == datetime(2027, 1, 19, 9, tzinfo=UTC)  # 10:00 in Lagos
    assert {slot.starts_at.weekday() for slot in slots(leads)} <= {1, 3}
    assert "*Agenda* Quota" in leads.sent(GROUP, "meeting:")[-1]


def test_who_hands_over_leaves_from_the_next_round_and_the_side_goes_with_it(leads: Leads) -> None:
    card = leads.arrange()
    leads.live(MONDAY + timedelta(hours=10), since=MONDAY)
    now = MONDAY + timedelta(hours=11)
    with pytest.raises(Refusal, match="take no part"):
        leads.write(service.hand_over, card.id, "UCLEO", person_id="UADMIN", now=now)
    leads.write(service.hand_over, card.id, "UCLEO", person_id="UBEN", now=now)
    members = leads.read(lambda uow: [(each.person_id, each.initiative_id) for each in uow.syncs.members(card.id)])
    assert members == [("UANA", leads.mine), ("UCLEO", leads.theirs)]
    leads.answer("UBEN", now=now)
    leads.live(MONDAY + WEEK + timedelta(hours=18), since=MONDAY + WEEK)
    assert len(leads.prompts("UBEN")) == 1
    assert len(leads.prompts("UCLEO")) == 1
    assert "over to you" in leads.sent("UCLEO", "sync:")[0]


def test_a_group_that_slack_refused_is_told_one_by_one_and_follows(leads: Leads) -> None:
    arranged(leads)
    leads.write(_refuse_group)
    leads.write(meetings.pick, slots(leads)[0].id, person_id="UANA", now=NOW)
    for person in ("UANA", "UBEN"):
        assert "Ana Ruiz can" in leads.sent(person, "meeting:")[-1]


def _refuse_group(uow: UnitOfWork) -> None:
    (row,) = uow.session.exec(select(OutboxRow).where(OutboxRow.target == GROUP))
    row.state = OutboxState.DEAD
    for instead in instead_of(row.otherwise, now=NOW):
        uow.outbox.enqueue(instead)


def _others(uow: UnitOfWork, meeting_id: int, *, person_id: str, now: datetime) -> None:
    meeting = uow.meetings.get(meeting_id)
    assert meeting is not None
    meetings.others(uow, meeting_id, proposal=meeting.proposals, person_id=person_id, now=now)


def make_private(leads: Leads, *members: str, now: datetime) -> None:
    """Ben's work, and with it the check-in, is kept to a channel with these people."""

    def hide(uow: UnitOfWork) -> None:
        uow.channels.meet("G1", is_private=True)
        uow.channels.replace_members("G1", members, now=now)
        row = uow.initiatives.get(leads.theirs)
        assert row is not None
        row.audience = "G1"

    leads.write(hide)


def test_what_came_of_it_is_not_told_to_a_group_with_somebody_who_left_the_private_channel(leads: Leads) -> None:
    meeting = agreed(leads)
    assert meeting.at is not None
    now = meeting.at + timedelta(hours=1)
    wake(leads, now)
    make_private(leads, "UANA", now=now)
    leads.write(meetings.talked, meeting.id, "The codename is Heron", None, person_id="UANA", now=now)
    rows = leads.read(lambda uow: list(uow.session.exec(select(OutboxRow))))
    assert not [row.key for row in rows if "Heron" in str(row.body)]


def test_a_meeting_about_work_that_turned_private_is_private_in_calendars(leads: Leads) -> None:
    arranged(leads)
    make_private(leads, "UANA", "UBEN", now=NOW)
    leads.write(meetings.fix, slots(leads)[0].id, person_id="UANA", now=NOW)
    assert "CLASS:PRIVATE" in leads.read(_files)[0]


def test_who_may_not_see_the_work_any_more_gets_no_file_about_it_either(leads: Leads) -> None:
    agreed(leads)
    make_private(leads, "UANA", "UCLEO", now=NOW)
    leads.write(service.hand_over, leads.sync().id, "UCLEO", person_id="UANA", now=NOW)
    assert leads.sent("UANA", "meeting:", verb=OutboxVerb.UPLOAD)
    make_private(leads, "UCLEO", "UADMIN", now=NOW)
    leads.write(lambda uow: meetings.replace(uow, uow.syncs.lock(leads.sync().id), "UBEN", "UADMIN", now=NOW))
    assert latest(leads).people == ["UADMIN", "UCLEO"]
    assert not leads.sent("UBEN", "meeting:", verb=OutboxVerb.UPLOAD)


def test_an_answer_about_an_earlier_meeting_brings_no_second_one_beside_the_one_that_is_proposed(leads: Leads) -> None:
    move_to(leads, "Pacific/Auckland")
    first = agreed(leads)
    assert first.at is not None
    assert not first.is_recurring
    now = first.at + timedelta(hours=1)
    wake(leads, now)
    leads.write(service.pause, leads.sync().id, person_id="UANA", now=now)
    leads.write(service.resume, leads.sync().id, person_id="UANA", now=now)
    assert latest(leads).number == 2
    leads.write(meetings.talked, first.id, "All of it", None, person_id="UANA", now=now)
    for day in range(20):
        wake(leads, now + day * DAY)
    assert latest(leads).number == 2


def test_not_yet_about_an_earlier_meeting_brings_no_second_one(leads: Leads) -> None:
    first = agreed(leads, cadence=Cadence.ONCE)
    assert first.at is not None
    now = first.at + timedelta(hours=1)
    wake(leads, now)
    leads.write(lambda uow: meetings.begin(uow, uow.syncs.lock(leads.sync().id), by="UANA", now=now))
    leads.write(meetings.not_yet, first.id, person_id="UANA", now=now)
    assert latest(leads).number == 2
    with pytest.raises(Refusal, match="over"):
        leads.write(meetings.no_meeting, first.id, person_id="UANA", now=now)
    assert leads.sync().meet_minutes == 30


def test_two_who_ask_for_other_times_at_once_get_one_new_proposal(leads: Leads) -> None:
    meeting = arranged(leads)
    for person in ("UANA", "UBEN"):
        leads.write(meetings.others, meeting.id, proposal=1, person_id=person, now=NOW)
    assert latest(leads).proposals == 2
    leads.write(meetings.others, meeting.id, proposal=2, person_id="UBEN", now=NOW)
    assert latest(leads).proposals == 3


def test_a_row_of_meetings_can_be_moved_while_its_first_is_asked_about(leads: Leads) -> None:
    meeting = agreed(leads)
    assert meeting.at is not None
    now = meeting.at + timedelta(hours=1)
    wake(leads, now)
    leads.write(meetings.others, meeting.id, proposal=1, person_id="UBEN", now=now)
    assert latest(leads).state is MeetingState.PROPOSED
    assert "nobody said" in leads.sent(GROUP, f"meeting:{meeting.id}:asked")[-1]
    with pytest.raises(Refusal, match="moved or called off"):
        leads.write(meetings.talked, meeting.id, "", None, person_id="UANA", now=now)
    leads.write(meetings.fix, slots(leads)[0].id, person_id="UANA", now=now)
    assert latest(leads).next_at == slots(leads)[0].starts_at + timedelta(minutes=30)


def test_a_check_in_that_too_few_are_left_of_takes_its_meeting_out_of_calendars(leads: Leads) -> None:
    agreed(leads)
    leads.write(lambda uow: uow.people.meet("UBEN", is_deleted=True))
    leads.live(MONDAY + timedelta(hours=10), since=MONDAY)
    assert leads.sync().state is SyncState.PAUSED
    assert latest(leads).state is MeetingState.CALLED_OFF
    assert "METHOD:CANCEL" in leads.read(_files)[-1]
    assert wake(leads, MONDAY + 3 * WEEK) == 0


def test_however_many_and_long_the_names_a_moment_is_shown(leads: Leads) -> None:
    arranged(leads)
    card = leads.read(lambda uow: seen.card(uow, leads.sync(), latest(leads), now=NOW))
    crowd = tuple(Side(f"U{number}", "&" * 80, "", "") for number in range(20))
    full = replace(card.offers[0], can=crowd, strained=tuple(Strained(side, NOW) for side in crowd))
    drawn = proposal(replace(card, people=crowd, offers=(full,)))
    assert full.strained
    assert any(str(int(full.starts_at.timestamp())) in str(block) for block in drawn.blocks)


def _files(uow: UnitOfWork) -> list[str]:
    rows = uow.session.exec(select(OutboxRow).where(OutboxRow.verb == OutboxVerb.UPLOAD).order_by(col(OutboxRow.id)))
    return [row.body["content"] for row in rows if row.target == GROUP]


# --- said twice, and moved around a pause -------------------------------------------------------------------------


def test_a_button_that_is_pressed_twice_says_the_same_and_has_another_to_take_it_back(leads: Leads) -> None:
    meeting, slot = arranged(leads), slots(leads)[0]

    def who_can() -> list[str]:
        return leads.read(lambda uow: uow.meetings.picks([slot.id])[slot.id])

    for _ in range(2):
        leads.write(meetings.pick, slot.id, person_id="UANA", now=NOW)
        assert who_can() == ["UANA"]
    drawn = proposal(leads.read(lambda uow: seen.card(uow, leads.sync(), meeting, now=NOW)))
    assert str(drawn.blocks).count("I can’t after all") == 1
    for _ in range(2):
        leads.write(meetings.unpick, slot.id, person_id="UANA", now=NOW)
        assert who_can() == []
    assert latest(leads).state is MeetingState.PROPOSED


def test_what_did_not_suit_any_more_is_not_taken_up_after_a_pause(leads: Leads) -> None:
    meeting = agreed(leads)
    leads.write(meetings.others, meeting.id, proposal=meeting.proposals, person_id="UBEN", now=NOW)
    for verb in (service.pause, service.resume):
        leads.write(verb, leads.sync().id, person_id="UANA", now=NOW)
    assert (latest(leads).number, latest(leads).state, latest(leads).at) == (2, MeetingState.PROPOSED, None)


def test_not_yet_proposes_nothing_while_the_check_in_is_paused(leads: Leads) -> None:
    meeting = agreed(leads, cadence=Cadence.ONCE)
    assert meeting.at is not None
    later = meeting.at + timedelta(hours=1)
    assert wake(leads, later) == 1
    leads.write(service.pause, leads.sync().id, person_id="UANA", now=later)
    leads.write(meetings.not_yet, meeting.id, person_id="UBEN", now=later)
    assert [each.number for each in leads.read(_meetings)] == [1]
    assert "I propose other times then" in leads.sent(GROUP, f"meeting:{meeting.id}:asked", verb=OutboxVerb.POST)[0]


def test_once_all_times_have_passed_the_short_text_asks_nothing(leads: Leads) -> None:
    meeting = arranged(leads)
    assert "When can you meet?" in proposal(leads.read(lambda uow: seen.card(uow, leads.sync(), meeting, now=NOW))).text
    past = NOW + timedelta(days=60)
    assert "The times have passed." in proposal(leads.read(lambda uow: seen.card(uow, leads.sync(), meeting, now=past))).text  # fmt: skip
