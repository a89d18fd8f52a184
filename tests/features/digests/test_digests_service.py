"""Who turns a digest on, when one is posted, and what happens where none can be."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.errors import NotAllowed, Refusal
from bot.features.digests import service
from bot.features.digests.places import Bar
from bot.features.digests.timing import Weekly
from storage import channel_ids
from storage.channels import ChannelMode
from storage.database import Database
from storage.hours import Hours
from storage.outbox import OutboxVerb
from storage.repository import EVERYBODY
from storage.unit_of_work import Scope
from tests.features.digests.conftest import MONDAY, NOW, PRIVATE, WEEK, Stage

# --- turning it on and off --------------------------------------------------------------------------------------


def test_a_channel_has_none_before_somebody_turns_it_on(stage: Stage) -> None:
    assert stage.write(service.show, "C1", person_id="UANA").next_at is None
    assert not stage.publish(MONDAY)
    assert stage.sent() == []


def test_it_comes_on_monday_morning_on_the_clock_of_who_turned_it_on(stage: Stage) -> None:
    assert stage.turn_on(person="UCLEO").next_at == datetime(2027, 1, 18, 0, 0, tzinfo=UTC)
    assert stage.digest().zone == "Asia/Tokyo"


def test_who_chose_another_zone_than_slacks_gets_it_on_that_one(stage: Stage) -> None:
    stage.write(
        lambda uow: uow.session.add(Hours(workspace_id="T1", person_id="UANA", zone="Asia/Tokyo", updated_at=NOW))
    )
    assert stage.turn_on().zone == "Asia/Tokyo"


def test_it_stays_on_that_clock_when_its_owner_travels(stage: Stage) -> None:
    stage.turn_on()
    stage.write(lambda uow: uow.people.meet("UANA", zone="Asia/Tokyo"))
    assert stage.publish(MONDAY)
    assert stage.digest().next_at == MONDAY + WEEK


def test_another_day_and_time_is_on_the_clock_of_who_chose_it(stage: Stage) -> None:
    stage.turn_on()
    state = stage.turn_on(Weekly(4, 870), person="UBEN")
    assert (state.weekly, state.zone, state.next_at) == (
        Weekly(4, 870),
        "Africa/Lagos",
        datetime(2027, 1, 15, 13, 30, tzinfo=UTC),
    )


def test_turning_on_what_is_on_changes_nothing(stage: Stage) -> None:
    stage.turn_on(Weekly(4, 870), person="UBEN")
    assert stage.turn_on(person="UCLEO").weekly == Weekly(4, 870)
    assert stage.digest().chosen_by == "UBEN"


def test_turned_off_and_on_again_it_comes_when_it_came_before(stage: Stage) -> None:
    stage.turn_on(Weekly(2, 870))
    assert stage.turn_off().next_at is None
    assert stage.turn_on().weekly == Weekly(2, 870)


def test_nothing_is_posted_after_it_was_turned_off(stage: Stage) -> None:
    stage.turn_on()
    stage.turn_off()
    assert not stage.publish(MONDAY)
    assert stage.sent() == []


def test_turning_off_what_never_was_on_leaves_no_trace(stage: Stage) -> None:
    assert stage.turn_off().next_at is None
    assert stage.write(lambda uow: uow.digests.get("C1")) is None


def test_guests_of_other_organisations_decide_nothing(stage: Stage) -> None:
    stage.write(lambda uow: uow.people.meet("UOUT", name="Out", is_external=True))
    for unit, more in (
        (service.show, {}),
        (service.turn_on, {"now": NOW}),
        (service.turn_off, {"now": NOW}),
        (service.preview, {"now": NOW}),
    ):
        arguments: tuple[Any, ...] = ("C1", None) if unit is service.turn_on else ("C1",)
        with pytest.raises(NotAllowed, match="Only members of this workspace"):
            stage.write(unit, *arguments, person_id="UOUT", **more)


def test_who_is_not_in_a_private_channel_neither_sees_nor_decides(stage: Stage) -> None:
    stage.turn_on(channel="C2")
    for unit, more in (
        (service.show, {}),
        (service.turn_on, {"now": NOW}),
        (service.turn_off, {"now": NOW}),
        (service.preview, {"now": NOW}),
    ):
        arguments: tuple[Any, ...] = ("C2", None) if unit is service.turn_on else ("C2",)
        with pytest.raises(NotAllowed, match="Only members of that channel"):
            stage.seen(EVERYBODY, unit, *arguments, person_id="UBEN", **more)
    assert stage.digest("C2").next_at == MONDAY


@pytest.mark.parametrize(
    ("fields", "match"),
    [
        ({"is_member": False}, "/invite @Rowbot"),
        ({"is_archived": True}, "archived"),
        ({"is_shared": True}, "another organisation"),
        ({"is_shared": True, "mode": ChannelMode.QUIET}, "another organisation"),
    ],
)
def test_it_is_not_turned_on_where_nothing_can_be_posted(stage: Stage, fields: dict[str, Any], match: str) -> None:
    stage.change(**fields)
    with pytest.raises(Refusal, match=match):
        stage.turn_on()
    with pytest.raises(Refusal, match=match):
        stage.issue()
    assert stage.write(service.show, "C1", person_id="UANA").next_at is None


def test_in_a_channel_that_nobody_has_met_it_is_not_turned_on(stage: Stage) -> None:
    with pytest.raises(Refusal, match="/invite @Rowbot"):
        stage.turn_on(channel="C9")
    assert stage.write(service.show, "C9", person_id="UANA").bar is Bar.ABSENT


@pytest.mark.parametrize("mode", [ChannelMode.QUIET, ChannelMode.OBSERVE, ChannelMode.OFF])
def test_where_the_bot_is_still_it_is_turned_on_and_says_that_none_is_posted(stage: Stage, mode: ChannelMode) -> None:
    stage.change(mode=mode)
    state = stage.turn_on()
    assert (state.bar, state.mode, state.next_at) == (Bar.STILL, mode, MONDAY)
    assert not stage.publish(MONDAY)
    stage.change(mode=ChannelMode.ON)
    assert stage.publish(MONDAY + WEEK)
    assert len(stage.sent()) == 1


# --- posting, once ----------------------------------------------------------------------------------------------


def test_it_is_posted_once_when_it_is_due_and_not_before(stage: Stage) -> None:
    stage.turn_on()
    assert stage.write(service.due, MONDAY - timedelta(seconds=1)) == []
    assert not stage.publish(MONDAY - timedelta(seconds=1))
    assert stage.write(service.due, MONDAY) == ["C1"]
    assert stage.publish(MONDAY)
    assert not stage.publish(MONDAY)
    assert stage.write(service.due, MONDAY) == []
    assert len(stage.sent()) == 1
    assert (stage.digest().last_on, stage.digest().last_at, stage.digest().next_at) == (
        date(2027, 1, 18),
        MONDAY,
        MONDAY + WEEK,
    )


def test_many_processes_post_it_once(stage: Stage, database_url: str) -> None:
    stage.turn_on()
    issue = stage.write(service.compose, "C1", now=MONDAY)
    others = [Database(database_url) for _ in range(3)]
    with ThreadPoolExecutor(6) as pool:
        posted = list(
            pool.map(
                lambda number: others[number % 3].write_now(Scope("T1"), service.publish, "C1", issue, now=MONDAY),
                range(12),
            )
        )
    for other in others:
        other.close()
    assert Counter(posted) == {True: 1, False: 11}
    assert len(stage.sent()) == 1


def test_what_was_composed_for_a_private_channel_is_not_posted_once_everybody_may_read_it(stage: Stage) -> None:
    stage.turn_on(channel="C2")
    stage.announce("Secret ranker", audience="C2")
    issue = stage.write(service.compose, "C2", now=MONDAY)
    assert issue is not None
    stage.change("C2", is_private=False)
    assert not stage.write(service.publish, "C2", issue, now=MONDAY)
    assert stage.write(service.due, MONDAY) == ["C2"]
    assert stage.publish(MONDAY, "C2")
    (told,) = stage.sent("C2")
    assert "Secret ranker" not in told


def test_what_was_composed_before_it_was_turned_off_is_not_posted(stage: Stage) -> None:
    stage.turn_on()
    issue = stage.write(service.compose, "C1", now=MONDAY)
    stage.turn_off()
    assert not stage.write(service.publish, "C1", issue, now=MONDAY)
    assert stage.sent() == []


def test_nothing_is_composed_before_it_is_due(stage: Stage) -> None:
    assert stage.write(service.compose, "C1", now=MONDAY) is None
    stage.turn_on()
    assert stage.write(service.compose, "C1", now=MONDAY - timedelta(seconds=1)) is None


def test_every_week_has_one(stage: Stage) -> None:
    stage.turn_on()
    for week in range(4):
        assert stage.publish(MONDAY + week * WEEK)
    assert len(stage.sent()) == 4


def test_after_time_off_only_the_newest_comes_and_tells_of_two_weeks_at_most(stage: Stage) -> None:
    stage.turn_on()
    stage.publish(MONDAY)
    stage.announce("Told in the one that was missed", at=MONDAY + WEEK)
    stage.announce("Too long ago", at=MONDAY + timedelta(days=1))
    assert stage.publish(MONDAY + 3 * WEEK + timedelta(hours=30))
    assert not stage.publish(MONDAY + 3 * WEEK + timedelta(hours=31))
    assert len(stage.sent()) == 2
    assert "Told in the one that was missed" not in stage.sent()[0]
    assert "Too long ago" not in stage.sent()[1]
    assert stage.digest().last_on == (MONDAY + 3 * WEEK).date()
    assert stage.digest().next_at == MONDAY + 4 * WEEK


def test_one_that_was_missed_is_told_with_the_next(stage: Stage) -> None:
    stage.turn_on()
    stage.publish(MONDAY)
    stage.announce("Ranking with graphs", at=MONDAY + timedelta(days=1))
    assert stage.publish(MONDAY + 2 * WEEK)
    assert "Ranking with graphs" in stage.sent()[1]


def test_one_that_is_nearly_a_week_late_is_left_to_the_next(stage: Stage) -> None:
    stage.turn_on()
    assert not stage.publish(MONDAY + timedelta(days=6))
    assert stage.publish(MONDAY + WEEK)
    assert len(stage.sent()) == 1


def test_a_day_has_one_digest_however_often_it_is_moved(stage: Stage) -> None:
    stage.turn_on()
    stage.publish(MONDAY)
    state = stage.turn_on(Weekly(0, 660), now=MONDAY + timedelta(minutes=5))
    assert state.next_at == MONDAY + WEEK + timedelta(hours=2)
    assert stage.turn_on(Weekly(1, 540), now=MONDAY + timedelta(minutes=5)).next_at == MONDAY + timedelta(days=1)


# --- where nothing can be posted any more -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"is_member": False}, "I am not in that channel any more"),
        ({"is_deleted": True, "is_member": False}, "I am not in that channel any more"),
        ({"is_archived": True}, "the channel is archived"),
        ({"is_shared": True}, "the channel is shared with another organisation now"),
    ],
)
def test_where_nothing_can_be_posted_any_more_it_is_turned_off_and_one_person_hears_why(
    stage: Stage, fields: dict[str, Any], why: str
) -> None:
    stage.turn_on()
    stage.change(**fields)
    assert not stage.publish(MONDAY)
    assert not stage.publish(MONDAY + WEEK)
    assert stage.sent() == []
    (told,) = stage.sent("UANA")
    assert f"The weekly digest of #ml-initiatives is turned off: {why}." in told
    assert stage.digest().next_at is None


def test_a_channel_that_is_back_in_time_loses_nothing(stage: Stage) -> None:
    stage.turn_on()
    stage.change(is_archived=True)
    stage.change(is_archived=False)
    assert stage.publish(MONDAY)
    assert stage.sent("UANA") == []


def test_nobody_hears_of_it_who_has_left(stage: Stage) -> None:
    stage.turn_on()
    stage.write(lambda uow: uow.people.meet("UANA", is_deleted=True))
    stage.change(is_archived=True)
    assert not stage.publish(MONDAY)
    assert stage.sent("UANA") == []
    assert stage.digest().next_at is None


def test_who_turned_it_on_hears_once_that_slack_refuses_it(stage: Stage) -> None:
    stage.turn_on()
    for week in range(2):
        assert stage.publish(MONDAY + week * WEEK)
        stage.write(lambda uow: uow.undelivered.close("C1", "restricted_action", now=MONDAY))
    (told,) = stage.sent("UANA")
    assert "I could not post the weekly digest in #ml-initiatives" in told
    assert stage.digest().next_at == MONDAY + 2 * WEEK


def test_the_latest_digest_says_that_it_was_turned_off_and_by_whom(stage: Stage) -> None:
    stage.turn_on()
    stage.publish(MONDAY)
    stage.deliver()
    stage.turn_off(now=MONDAY + timedelta(hours=1))
    (said,) = stage.sent(verb=OutboxVerb.UPDATE)
    assert "A quiet week" in said
    assert "Ben Okafor turned this digest off" in said
    assert "Turn it off" not in said
    stage.turn_off(now=MONDAY + timedelta(hours=2), person="UCLEO")
    assert len(stage.sent(verb=OutboxVerb.UPDATE)) == 1


def test_a_channel_that_gets_another_id_keeps_its_digest(stage: Stage) -> None:
    stage.turn_on()
    stage.write(lambda uow: channel_ids.follow(uow, "C1", "C7", now=NOW))
    assert stage.write(service.due, MONDAY) == ["C7"]
    assert stage.publish(MONDAY, "C7")
    assert len(stage.sent("C7")) == 1


def test_the_private_channels_members_are_shown_its_state(stage: Stage) -> None:
    stage.turn_on(channel="C2")
    assert stage.seen(PRIVATE, service.show, "C2", person_id="UANA").next_at == MONDAY
