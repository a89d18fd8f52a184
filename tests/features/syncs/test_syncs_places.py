"""Where a check-in lives: a channel that is lost while a round is open or about to open, and a check-in that is moved to another."""

from typing import Any

import pytest

from bot.errors import BadInput
from bot.features.syncs import service
from bot.features.syncs.card import FIELD_PLACE, Times
from storage.channels import ChannelMode
from storage.outbox import OutboxRow, OutboxState
from storage.repository import EVERYBODY
from storage.syncs import Cadence, SyncState
from storage.unit_of_work import UnitOfWork
from tests.features.syncs.conftest import MONDAY, NOW, WEEK, Leads
from tests.features.syncs.test_syncs_rounds import at, whole_day

LOST = [
    ({"is_archived": True}, "#ml-initiatives is archived"),
    ({"is_member": False}, "I am not in #ml-initiatives any more"),
    ({"is_deleted": True, "is_member": False}, "#ml-initiatives was deleted"),
    ({"is_shared": True}, "#ml-initiatives is shared with another organisation now"),
]


def close(uow: UnitOfWork, changes: dict[str, Any], channel_id: str = "C1") -> None:
    channel = uow.channels.meet(channel_id)
    for name, value in changes.items():
        setattr(channel, name, value)


@pytest.mark.parametrize(("changes", "words"), LOST)
@pytest.mark.parametrize("hour", [8, 12])
def test_a_channel_that_is_lost_before_or_in_a_round_is_left_and_its_owner_alone_hears_once(
    leads: Leads, changes: dict[str, Any], words: str, hour: int
) -> None:
    leads.arrange()
    leads.live(at(MONDAY, hour), since=at(MONDAY, 0))
    leads.write(close, changes)
    leads.live(at(MONDAY, 23), since=at(MONDAY, hour))
    whole_day(leads, MONDAY + WEEK)
    (told,) = leads.sent("UANA", f"sync:{leads.sync().id}:displaced")
    assert words in told
    assert "Online features" in told
    assert "*Change…* gives it another channel" in told
    assert leads.sent("UBEN", f"sync:{leads.sync().id}:displaced") == []
    assert leads.sent("C1", "summary:") == []
    assert [len(leads.sent(person, "summary:")) for person in ("UANA", "UBEN")] == [2, 2]
    assert (leads.sync().channel_id, leads.sync().thread_ts, leads.sync().state) == ("", "", SyncState.ACTIVE)


def test_a_channel_in_which_the_bot_was_asked_to_be_still_is_not_lost(leads: Leads) -> None:
    leads.arrange()
    leads.write(close, {"mode": ChannelMode.QUIET})
    whole_day(leads, MONDAY)
    assert leads.sync().channel_id == "C1"
    assert leads.sent("UANA", f"sync:{leads.sync().id}:displaced") == []


def test_a_summary_that_slack_refuses_reaches_each_and_the_next_round_says_why(leads: Leads) -> None:
    leads.arrange()
    whole_day(leads, MONDAY)
    turn = leads.rounds()[0].id

    def refuse(uow: UnitOfWork) -> list[str]:
        row = uow.outbox.get(f"T1:summary:{turn}")
        assert row is not None
        row.state = OutboxState.DEAD
        return [each["target"] for each in row.otherwise or []]

    assert leads.write(refuse) == ["UANA", "UBEN"]
    whole_day(leads, MONDAY + WEEK)
    (told,) = leads.sent("UANA", f"sync:{leads.sync().id}:displaced")
    assert "Slack did not take the last summary in #ml-initiatives" in told


def test_whoever_set_it_up_and_left_is_not_told_who_takes_part_is(leads: Leads) -> None:
    leads.arrange(people=("UBEN", "UCLEO"), overlap_id=None, work=(), topic="Talks")
    leads.write(lambda uow: uow.people.meet("UANA", is_deleted=True))
    leads.write(close, {"is_archived": True})
    leads.live(at(MONDAY, 9), since=at(MONDAY, 0))
    assert leads.sent("UANA", f"sync:{leads.sync().id}:displaced") == []
    assert len(leads.sent("UBEN", f"sync:{leads.sync().id}:displaced")) == 1


def test_whoever_set_it_up_and_may_not_see_it_any_more_is_not_told_who_still_may_is(leads: Leads) -> None:
    def stay(uow: UnitOfWork, *members: str) -> None:
        uow.channels.meet("G1", name="secret", is_private=True)
        uow.channels.replace_members("G1", members, now=at(MONDAY, 8, 25) if len(members) == 2 else NOW)
        for number in (leads.mine, leads.theirs):
            row = uow.initiatives.get(number)
            assert row is not None
            row.audience = "G1"

    leads.write(stay, "UANA", "UBEN", "UCLEO")
    leads.arrange(people=("UANA", "UBEN", "UCLEO"), channel_id="G1", thread_ts="")
    leads.write(stay, "UBEN", "UCLEO")
    leads.write(close, {"is_archived": True}, "G1")
    leads.sweep(at(MONDAY, 8, 30))
    assert leads.sent("UANA", f"sync:{leads.sync().id}:displaced") == []
    assert len(leads.sent("UBEN", f"sync:{leads.sync().id}:displaced")) == 1


@pytest.mark.parametrize("is_deleted", [True, False])
def test_removed_from_its_private_channel_it_is_paused_and_its_owner_hears_so_without_a_name(
    leads: Leads, is_deleted: bool
) -> None:
    def hide(uow: UnitOfWork) -> None:
        uow.channels.meet("G1", name="secret", is_private=True)
        uow.channels.replace_members("G1", ["UANA", "UBEN"], now=NOW)
        for number in (leads.mine, leads.theirs):
            row = uow.initiatives.get(number)
            assert row is not None
            row.audience = "G1"

    leads.write(hide)
    leads.arrange(channel_id="G1", thread_ts="")
    leads.write(close, {"is_member": False, "is_deleted": is_deleted, "members_read_at": None}, "G1")
    leads.live(at(MONDAY, 9), since=at(MONDAY, 0))
    assert leads.sync().state is SyncState.PAUSED
    (told,) = leads.sent("UANA", f"sync:{leads.sync().id}:out_of_sight")
    assert ("was deleted" if is_deleted else "I am not in its private channel any more") in told
    for private in ("Online features", "Feature store", "secret", "Ben"):
        assert private not in told
    assert leads.sent("UBEN", f"sync:{leads.sync().id}:out_of_sight") == []


# --- moved to another channel -------------------------------------------------------------------------------------


def to(channel_id: str | None) -> Times:
    return Times(Cadence.WEEKLY, MONDAY.date(), 570, channel_id=channel_id)


def test_it_can_be_moved_to_another_channel_and_the_next_summary_is_there(leads: Leads) -> None:
    card = leads.arrange()
    leads.write(lambda uow: uow.channels.meet("C2", name="elsewhere", is_private=False))
    leads.write(service.move, card.id, to(None), person_id="UANA", now=NOW)
    assert (leads.sync().channel_id, leads.sync().thread_ts) == ("C1", "1.1"), "a form without the field leaves it"
    leads.write(service.move, card.id, to("C2"), person_id="UANA", now=NOW)
    assert (leads.sync().channel_id, leads.sync().thread_ts) == ("C2", "")
    whole_day(leads, MONDAY)
    assert len(leads.sent("C2", "summary:")) == 1
    leads.write(service.move, card.id, Times(Cadence.WEEKLY, (MONDAY + WEEK).date(), 570, channel_id=""), person_id="UANA", now=at(MONDAY, 20))  # fmt: skip
    whole_day(leads, MONDAY + WEEK)
    assert len(leads.sent("UBEN", "summary:")) == 1


def test_what_slack_refused_in_one_channel_keeps_no_summary_out_of_another(leads: Leads) -> None:
    card = leads.arrange()
    whole_day(leads, MONDAY)

    def refuse(uow: UnitOfWork) -> None:
        row: OutboxRow | None = uow.outbox.get(f"T1:summary:{turn}")
        assert row is not None
        row.state = OutboxState.DEAD
        uow.channels.meet("C2", name="elsewhere", is_private=False)

    turn = leads.rounds()[0].id
    leads.write(refuse)
    leads.write(service.move, card.id, Times(Cadence.WEEKLY, (MONDAY + WEEK).date(), 570, channel_id="C2"), person_id="UANA", now=at(MONDAY, 20))  # fmt: skip
    whole_day(leads, MONDAY + WEEK)
    assert len(leads.sent("C2", "summary:")) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"is_archived": True}, "Invite me"), ({"is_member": False}, "Invite me"), ({"is_shared": True}, "another organisation"),
     ({"mode": ChannelMode.OFF}, "still there"), ({"is_private": True}, "Invite me")],
)  # fmt: skip
def test_a_channel_that_cannot_be_used_is_refused_beside_its_field(
    leads: Leads, changes: dict[str, Any], words: str
) -> None:
    card = leads.arrange()
    leads.write(close, changes, "C2")

    def move(uow: UnitOfWork) -> None:
        service.move(uow.seen_by(EVERYBODY), card.id, to("C2"), person_id="UANA", now=NOW)

    with pytest.raises(BadInput, match=words) as refused:
        leads.write(move)
    assert refused.value.field == FIELD_PLACE
    assert leads.sync().channel_id == "C1"
