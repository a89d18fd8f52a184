"""Who may set up, see and change a check-in, on both databases; and what nobody may learn by one."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.errors import BadInput, NotAllowed, NotFound, Refusal
from bot.features.announcements import overlapping
from bot.features.overlaps.service import Told
from bot.features.syncs import service
from bot.features.syncs.card import FIELD_AT, FIELD_FIRST_ON, FIELD_PEOPLE, FIELD_TOPIC, FIELD_WORK, SyncCard, Times
from bot.features.syncs.service import Arranged
from storage.repository import EVERYBODY, Viewer
from storage.syncs import Cadence, SyncState
from storage.teams import fold
from storage.unit_of_work import Scope, UnitOfWork
from tests.features.syncs.conftest import MONDAY, NOW, WEEK, Leads

G1 = Viewer(frozenset({"G1"}))


def private(leads: Leads, *members: str, number: int = 0, audience: str = "G1") -> None:
    """Ben's initiative (or another) is kept to a channel with these people."""

    def hide(uow: UnitOfWork) -> None:
        uow.channels.meet(audience, is_private=True)
        uow.channels.replace_members(audience, members, now=NOW)
        row = uow.initiatives.get(number or leads.theirs)
        assert row is not None
        row.audience = audience

    leads.write(hide)


def press(leads: Leads, person_id: str, *, viewer: Viewer = EVERYBODY, now: datetime = NOW) -> Arranged | Told:
    """*Sync the leads*."""
    return leads.db.write_now(
        Scope("T1", viewer), overlapping.sync, leads.mine, leads.theirs, person_id=person_id, now=now
    )


# --- Sync the leads ---------------------------------------------------------------------------------------------


def test_a_lead_who_presses_has_it_with_the_defaults_and_the_thread(leads: Leads) -> None:
    done = press(leads, "UANA")
    assert isinstance(done, Arranged)
    assert (done.card.topic, done.card.cadence, done.card.at_minute) == (
        "Online features × Feature store",
        Cadence.WEEKLY,
        570,
    )
    assert [side.person_id for side in done.card.sides] == ["UANA", "UBEN"]
    assert [side.team for side in done.card.sides] == ["Search ML", "Ads Platform"]
    assert (leads.sync().channel_id, leads.sync().thread_ts) == ("C1", f"{leads.mine}.1")
    # Who pressed is answered where they pressed, and hears it once.
    assert [len(leads.sent(person, "sync:")) for person in ("UANA", "UBEN")] == [0, 1]
    again = press(leads, "UBEN")
    assert isinstance(again, Arranged)
    assert again.again


def test_a_bystander_leaves_a_wish_and_both_leads_a_button(leads: Leads) -> None:
    done = press(leads, "UCLEO")
    assert isinstance(done, Told)
    assert set(done.leads) == {"UANA", "UBEN"}
    for person in ("UANA", "UBEN"):
        assert "Set up a weekly check-in" in leads.sent(person, "wish:")[0]
    press(leads, "UCLEO")
    assert len(leads.sent("UANA", "wish:")) == 1
    assert isinstance(press(leads, "UBEN"), Arranged)


@pytest.mark.parametrize("gone", ["is_deleted", "is_external", "is_bot"])
def test_a_lead_who_can_not_be_asked_is_named_with_the_next_step(leads: Leads, gone: str) -> None:
    leads.write(lambda uow: uow.people.meet("UBEN", **{gone: True}))
    done = press(leads, "UANA")
    assert isinstance(done, Told)
    assert [card.title for card in done.unfit] == ["Feature store"]
    assert leads.sent("UBEN") == []


def test_a_missing_lead_is_named_and_one_person_on_both_sides_has_nobody_to_talk_to(leads: Leads) -> None:
    def lead(uow: UnitOfWork, person_id: str) -> None:
        row = uow.initiatives.get(leads.theirs)
        assert row is not None
        row.lead_id = person_id

    leads.write(lead, "")
    done = press(leads, "UANA")
    assert isinstance(done, Told)
    assert [card.title for card in done.leadless] == ["Feature store"]
    leads.write(lead, "UANA")
    with pytest.raises(Refusal, match="You lead both"):
        press(leads, "UANA")


def test_a_lead_who_may_not_see_both_sides_learns_nothing(leads: Leads) -> None:
    private(leads, "UBEN")
    done = press(leads, "UBEN", viewer=G1)
    assert isinstance(done, Told)
    assert [card.title for card in done.withheld] == ["Online features"]
    assert leads.sent("UANA") == []
    with pytest.raises(NotFound):
        press(leads, "UANA")


def test_private_work_both_leads_see_is_checked_in_by_direct_message_only(leads: Leads) -> None:
    private(leads, "UANA", "UBEN")
    done = press(leads, "UBEN", viewer=G1)
    assert isinstance(done, Arranged)
    assert (leads.sync().audience, leads.sync().channel_id) == ("G1", "")
    assert "to each of you in a direct message" in leads.sent("UANA", "sync:")[0]


# --- the form ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"people": ("UANA",)}, FIELD_PEOPLE, "two people or more"),
        ({"people": ("UANA", "UANA")}, FIELD_PEOPLE, "two people or more"),
        ({"people": tuple(f"U{number}" for number in range(21))}, FIELD_PEOPLE, "at most 20"),
        ({"work": (), "topic": " "}, FIELD_TOPIC, "what it is about"),
        ({"topic": "x" * 151}, FIELD_TOPIC, "151 characters"),
        ({"first_on": date(2027, 1, 12)}, FIELD_FIRST_ON, "That day has passed"),
        ({"first_on": date(2027, 1, 13), "at_minute": 600}, FIELD_AT, "passed today"),
        ({"first_on": date(2029, 1, 1)}, FIELD_FIRST_ON, "within a year"),
    ],
)
def test_what_can_not_be_held_is_said_beside_its_field(
    leads: Leads, changes: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        leads.arrange(**{"overlap_id": None, **changes})
    assert refused.value.field == field


def test_bots_strangers_and_the_departed_are_named(leads: Leads) -> None:
    leads.write(lambda uow: uow.people.meet("UCLEO", is_bot=True))
    with pytest.raises(BadInput, match="Cleo Danso can't be asked"):
        leads.arrange(people=("UANA", "UCLEO"), overlap_id=None)


def test_private_work_is_never_told_to_who_may_not_see_it(leads: Leads) -> None:
    private(leads, "UBEN")
    with pytest.raises(BadInput, match="not everybody here is in its channel") as refused:
        leads.arrange(overlap_id=None)
    assert refused.value.field == FIELD_WORK
    private(leads, "UANA", "UBEN", number=leads.mine, audience="G2")
    private(leads, "UANA", "UBEN")
    with pytest.raises(BadInput, match="different places"):
        leads.arrange(overlap_id=None)


def test_a_form_offers_only_work_that_its_reader_may_see(leads: Leads) -> None:
    private(leads, "UBEN")
    assert leads.db.read_now(Scope("T1", EVERYBODY), service.choices, ["UANA", "UBEN"]) == [
        (leads.mine, "Online features")
    ]


def test_work_that_became_private_hides_a_check_in_about_it_though_nobody_speaks_for_it(leads: Leads) -> None:
    card = leads.arrange(people=("UANA", "UCLEO"), overlap_id=None)
    private(leads, "UANA")
    assert leads.db.read_now(Scope("T1", EVERYBODY), service.listed, "UADMIN", now=NOW).public == ()
    assert leads.db.read_now(Scope("T1", EVERYBODY), service.listed, "UCLEO", now=NOW).own == ()
    with pytest.raises(NotFound):
        leads.db.write_now(Scope("T1", EVERYBODY), service.pause, card.id, person_id="UCLEO", now=NOW)


def test_two_initiatives_of_the_same_title_name_a_check_in_once(leads: Leads) -> None:
    def rename(uow: UnitOfWork) -> None:
        for number, title in ((leads.mine, "Feature store"), (leads.theirs, "feature store")):
            row = uow.initiatives.get(number)
            assert row is not None
            row.title, row.folded_title = title, fold(title)

    leads.write(rename)
    assert leads.arrange().topic == "Feature store"


def test_a_topic_of_long_titles_is_cut_fairly(leads: Leads) -> None:
    def rename(uow: UnitOfWork) -> None:
        for number in (leads.mine, leads.theirs):
            row = uow.initiatives.get(number)
            assert row is not None
            row.title = f"{number} " + "long " * 29

    leads.write(rename)
    topic = leads.arrange().topic
    assert len(topic) <= 150
    assert topic.startswith("1 ")
    assert " × 2 " in topic


# --- moving, pausing, ending ------------------------------------------------------------------------------------


def test_only_who_takes_part_set_it_up_or_administers_may_change_it(leads: Leads) -> None:
    card = leads.arrange(people=("UBEN", "UADMIN"), overlap_id=None)
    with pytest.raises(NotAllowed, match="Only who takes part can change this check-in: <@UADMIN> and <@UBEN>"):
        leads.write(service.pause, card.id, person_id="UCLEO", now=NOW)
    for person in ("UBEN", "UANA", "UADMIN"):
        assert leads.write(service.pause, card.id, person_id=person, now=NOW).state is SyncState.PAUSED
        assert leads.write(service.resume, card.id, person_id=person, now=NOW).state is SyncState.ACTIVE


def test_an_admin_sees_the_public_ones_of_others_and_no_private_one(leads: Leads) -> None:
    leads.arrange()
    private(leads, "UANA", "UBEN")
    leads.arrange(overlap_id=None, topic="Hidden")

    def shown(person_id: str, viewer: Viewer) -> service.Listed:
        return leads.db.read_now(Scope("T1", viewer), service.listed, person_id, now=NOW)

    # Ben's work is private now, so what speaks of it is no longer shown to the public, however it was set up.
    assert shown("UADMIN", EVERYBODY).public == ()
    assert [card.topic for card in shown("UANA", G1).own] == ["Online features × Feature store", "Hidden"]
    assert shown("UANA", EVERYBODY).own == ()
    assert shown("UCLEO", EVERYBODY) == service.Listed((), (), None)
    hidden = leads.sync().id
    with pytest.raises(NotFound):
        leads.db.write_now(Scope("T1", EVERYBODY), service.pause, hidden, person_id="UADMIN", now=NOW)


def test_an_end_can_be_undone_for_a_week_and_everyone_hears_of_both(leads: Leads) -> None:
    card = leads.arrange()
    leads.write(service.end, card.id, person_id="UANA", now=NOW)
    assert leads.sync().next_opens_at is None
    assert [each.id for each in leads.read(service.listed, "UBEN", now=NOW).ended] == [card.id]
    back = leads.write(service.bring_back, card.id, person_id="UBEN", now=NOW + timedelta(days=6))
    assert (back.state, back.next_on) == (SyncState.ACTIVE, date(2027, 1, 25))
    assert "ended the check-in" in leads.sent("UBEN", "sync:")[-1]
    assert "<@UBEN> brought back the check-in" in leads.sent("UANA", "sync:")[-1]
    leads.write(service.end, card.id, person_id="UANA", now=NOW)
    with pytest.raises(Refusal, match="more than a week ago"):
        leads.write(service.bring_back, card.id, person_id="UBEN", now=NOW + timedelta(days=8))
    assert leads.read(service.listed, "UBEN", now=NOW + timedelta(days=8)).ended == ()


def test_an_ended_one_makes_room_for_a_new_one_and_does_not_come_back_beside_it(leads: Leads) -> None:
    old = leads.arrange()
    leads.write(service.end, old.id, person_id="UANA", now=NOW)
    new = leads.arrange()
    assert new.id != old.id
    with pytest.raises(Refusal, match="a new check-in about this already"):
        leads.write(service.bring_back, old.id, person_id="UANA", now=NOW)


def test_what_was_done_already_is_no_news(leads: Leads) -> None:
    card = leads.arrange()
    for verb in (service.resume, service.pause, service.pause, service.end, service.end):
        leads.write(verb, card.id, person_id="UANA", now=NOW)
    assert len(leads.sent("UBEN", "sync:")) == 3  # set up, paused, ended


def test_a_move_says_the_new_time_and_takes_up_what_was_paused(leads: Leads) -> None:
    card = leads.arrange()
    leads.write(service.pause, card.id, person_id="UANA", now=NOW)
    moved = _move(leads, card, date(2027, 1, 21), at_minute=14 * 60)
    assert (moved.state, moved.next_on) == (SyncState.ACTIVE, date(2027, 1, 21))
    assert (
        "every Thursday at 14:00 on each person's own clock, next Thu 21 Jan, 14:00 your time"
        in leads.sent("UBEN", "sync:")[-1]
    )
    _move(leads, card, date(2027, 1, 21), at_minute=14 * 60)
    assert len(leads.sent("UBEN", "sync:")) == 3


def _move(leads: Leads, card: SyncCard, first_on: date, *, at_minute: int = 570, now: datetime = NOW) -> SyncCard:
    return leads.write(service.move, card.id, Times(Cadence.WEEKLY, first_on, at_minute), person_id="UANA", now=now)


def test_a_move_onto_a_day_that_had_its_round_is_refused_beside_the_field(leads: Leads) -> None:
    card = leads.arrange()
    leads.sweep(MONDAY + timedelta(hours=8, minutes=30))
    with pytest.raises(BadInput, match="round on that day") as refused:
        _move(leads, card, MONDAY.date(), at_minute=18 * 60, now=MONDAY + timedelta(hours=10))
    assert refused.value.field == FIELD_FIRST_ON


def test_the_last_summary_is_shown_and_before_the_first_there_is_none(leads: Leads) -> None:
    card = leads.arrange()
    assert leads.read(service.last_summary, card.id, person_id="UANA", now=NOW)[1] is None
    leads.live(MONDAY + timedelta(hours=19), since=MONDAY + timedelta(hours=8))
    summed = leads.read(service.last_summary, card.id, person_id="UANA", now=MONDAY + WEEK)[1]
    assert summed is not None
    assert summed.number == 1


def test_a_summary_that_goes_to_the_participants_alone_is_not_shown_to_an_admin(leads: Leads) -> None:
    card = leads.arrange(channel_id="", thread_ts="")
    with pytest.raises(NotAllowed, match="go to those who take part"):
        leads.read(service.last_summary, card.id, person_id="UADMIN", now=NOW)
    assert leads.read(service.last_summary, card.id, person_id="UANA", now=NOW)[0].id == card.id
