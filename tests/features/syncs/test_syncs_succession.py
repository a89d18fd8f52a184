"""Work gets another lead: they take the former one's place in its check-ins, and everybody hears of it."""

from datetime import timedelta

from sqlmodel import select

from storage.meetings import Meeting
from storage.rounds import PromptState
from storage.unit_of_work import UnitOfWork
from tests.features.syncs.conftest import MONDAY, WEEK, Leads

MORNING = MONDAY + timedelta(hours=8, minutes=30)


def leads_now(leads: Leads, person_id: str) -> None:
    """Somebody else leads Ben's work."""

    def change(uow: UnitOfWork) -> None:
        row = uow.initiatives.get(leads.theirs)
        assert row is not None
        row.lead_id = person_id

    leads.write(change)


def taking_part(leads: Leads) -> dict[str, int | None]:
    members = leads.read(lambda uow: uow.syncs.members(leads.sync().id))
    return {member.person_id: member.initiative_id for member in members}


def test_the_new_lead_is_asked_in_the_place_of_the_former_one_and_all_three_are_told_once(leads: Leads) -> None:
    leads.arrange()
    leads_now(leads, "UCLEO")
    leads.live(MONDAY + timedelta(hours=20), since=MONDAY)
    assert taking_part(leads) == {"UANA": leads.mine, "UCLEO": leads.theirs}
    assert {prompt.person_id for prompt in leads.prompts()} == {"UANA", "UCLEO"}
    (to_heir,) = leads.sent("UCLEO", "sync:1:succeeded")
    assert "You lead what <@UBEN> spoke for" in to_heir
    (to_former,) = leads.sent("UBEN", "sync:1:succeeded")
    assert "You are not asked any more" in to_former
    (to_other,) = leads.sent("UANA", "sync:1:succeeded")
    assert "<@UCLEO> leads what <@UBEN> spoke for" in to_other
    leads.live(MONDAY + WEEK + timedelta(hours=20), since=MONDAY + WEEK)
    assert len(leads.sent("UBEN", "sync:1:succeeded")) == 1
    assert leads.sent("UBEN", "prompt:") == []


def test_an_open_round_goes_on_with_who_was_asked_in_it(leads: Leads) -> None:
    leads.arrange()
    leads.live(MORNING + timedelta(hours=2), since=MONDAY)
    leads_now(leads, "UCLEO")
    leads.answer("UBEN", now=MORNING + timedelta(hours=2))
    leads.live(MONDAY + timedelta(hours=20), since=MORNING + timedelta(hours=2))
    assert leads.prompt("UBEN").state is PromptState.ANSWERED
    assert "UCLEO" not in taking_part(leads)


def test_a_lead_who_takes_part_already_or_can_not_be_asked_takes_nobodys_place(leads: Leads) -> None:
    leads.arrange()
    leads_now(leads, "UANA")
    leads.live(MONDAY + timedelta(hours=20), since=MONDAY)
    assert set(taking_part(leads)) == {"UANA", "UBEN"}
    leads.write(lambda uow: uow.people.meet("UGONE", name="Gone", is_deleted=True) and None)
    leads_now(leads, "UGONE")
    leads.live(MONDAY + WEEK + timedelta(hours=20), since=MONDAY + WEEK)
    assert set(taking_part(leads)) == {"UANA", "UBEN"}


def test_who_takes_part_for_another_reason_stays_whoever_leads(leads: Leads) -> None:
    leads.arrange(people=("UANA", "UCLEO"), overlap_id=None, work=(leads.mine,))
    leads.live(MONDAY + timedelta(hours=20), since=MONDAY)
    assert set(taking_part(leads)) == {"UANA", "UCLEO"}


def test_who_speaks_for_work_that_they_never_led_stays_whoever_leads_it(leads: Leads) -> None:
    def register(uow: UnitOfWork) -> None:
        row = uow.initiatives.get(leads.theirs)
        assert row is not None
        row.created_by = "UCLEO"

    leads.write(register)
    leads.arrange(people=("UANA", "UCLEO"), overlap_id=None)
    assert taking_part(leads)["UCLEO"] == leads.theirs
    leads_now(leads, "UADMIN")
    leads.sweep(MORNING)
    assert set(taking_part(leads)) == {"UANA", "UCLEO"}


def test_a_former_lead_who_left_the_workspace_is_written_nothing(leads: Leads) -> None:
    leads.arrange()
    leads.write(lambda uow: uow.people.meet("UBEN", is_deleted=True) and None)
    leads_now(leads, "UCLEO")
    leads.sweep(MORNING)
    assert set(taking_part(leads)) == {"UANA", "UCLEO"}
    assert leads.sent("UBEN", "sync:1:succeeded") == []


def test_private_work_does_not_follow_a_lead_who_may_not_see_it(leads: Leads) -> None:
    def shut(uow: UnitOfWork) -> None:
        uow.channels.meet("GDEN", name="den", is_private=True).is_member = True
        uow.channels.replace_members("GDEN", ["UANA", "UBEN"], now=MORNING)
        for number in (leads.mine, leads.theirs):
            row = uow.initiatives.get(number)
            assert row is not None
            row.audience = "GDEN"

    leads.arrange()
    leads.write(shut)
    leads_now(leads, "UCLEO")
    leads.sweep(MORNING)
    assert set(taking_part(leads)) == {"UANA", "UBEN"}
    assert leads.sent("UCLEO") == []


def test_the_meeting_follows_the_new_lead(leads: Leads) -> None:
    leads.arrange(meet_minutes=30)
    leads_now(leads, "UCLEO")
    leads.sweep(MORNING)
    (meeting,) = leads.read(lambda uow: list(uow.session.exec(select(Meeting))))
    assert meeting.people == ["UANA", "UCLEO"]
