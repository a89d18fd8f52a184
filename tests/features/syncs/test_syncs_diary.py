"""When somebody meets next, as their App Home shows it: on their own clock, with their own eyes."""

from datetime import timedelta

import pytest

from bot.features.home import service as home
from bot.features.home.views import home as drawn
from bot.features.matching.matcher import Matcher
from bot.features.syncs import diary, meetings, service
from bot.features.syncs.meeting_card import Agreed
from storage.outbox import OutboxState
from storage.repository import EVERYBODY, Viewer
from storage.unit_of_work import Scope, UnitOfWork
from tests.features.syncs.conftest import NOW, WEEK, Leads
from tests.features.syncs.test_syncs_meetings import GROUP, agreed, arranged, latest, make_private, slots, wake
from tests.world import everything


def next_meetings(leads: Leads, person_id: str, *, viewer: Viewer = EVERYBODY, after: timedelta = timedelta()) -> tuple[Agreed, ...]:  # fmt: skip
    return leads.db.read_now(Scope("T1", viewer), diary.coming, person_id, now=NOW + after)


def test_each_sees_the_agreed_time_on_their_own_clock_with_whom_and_where_it_was_agreed(leads: Leads) -> None:
    arranged(leads)
    assert next_meetings(leads, "UANA") == (), "what is proposed is no meeting yet"
    leads.write(_arrive)
    leads.write(meetings.fix, slots(leads)[0].id, person_id="UANA", now=NOW)
    starts = latest(leads).at
    assert starts is not None
    for person, other, hour in (("UANA", "Ben Okafor", 0), ("UBEN", "Ana Ruiz", 1)):
        (found,) = next_meetings(leads, person)
        assert (found.at, found.at.hour - starts.hour) == (starts, hour), "Lagos is an hour ahead of Lisbon"
        assert [side.name for side in found.others] == [other]
        assert found.link == "https://t.slack.com/archives/G9/p170000000000100"
        desk = leads.db.read_now(Scope("T1", EVERYBODY), home.desk, Matcher(None), person, NOW)
        text = everything(drawn(desk))
        assert "Next meetings" in text
        assert f"{found.at:%H:%M} · *" in text
        assert f"with {other} · 30 minutes · <https://t.slack.com/archives/G9/p170000000000100|" in text
    assert next_meetings(leads, "UCLEO") == ()


def _arrive(uow: UnitOfWork) -> None:
    """What was proposed lies in the group message."""
    uow.workspaces.ensure(now=NOW).url = "https://t.slack.com/"
    row = uow.outbox.get(f"T1:meeting:1:offer:1:{GROUP}")
    assert row is not None
    row.state, row.arrived_channel, row.arrived_ts = OutboxState.SENT, "G9", "1700000000.00100"


def test_one_that_has_begun_stays_until_it_is_over_and_the_next_of_a_row_follows(leads: Leads) -> None:
    starts = agreed(leads).at
    assert starts is not None
    begun = starts - NOW
    (now,) = next_meetings(leads, "UANA", after=begun + timedelta(minutes=29))
    (then,) = next_meetings(leads, "UANA", after=begun + timedelta(minutes=30))
    assert (now.at, then.at) == (starts, starts + WEEK)
    assert wake(leads, starts + timedelta(hours=1)) == 1
    (asked,) = next_meetings(leads, "UANA", after=begun + timedelta(hours=1))
    assert asked.at == starts + WEEK, "while they are asked about the first"


@pytest.mark.parametrize("verb", [service.pause, service.end])
def test_what_is_called_off_or_being_moved_is_not_shown(leads: Leads, verb: object) -> None:
    meeting = agreed(leads)
    assert callable(verb)
    if verb is service.end:
        leads.write(meetings.others, meeting.id, proposal=1, person_id="UBEN", now=NOW)
        assert next_meetings(leads, "UANA") == ()
    leads.write(verb, leads.sync().id, person_id="UANA", now=NOW)
    assert next_meetings(leads, "UANA") == ()


def test_a_meeting_about_private_work_is_shown_to_who_may_see_it(leads: Leads) -> None:
    agreed(leads)
    make_private(leads, "UANA", now=NOW)
    assert next_meetings(leads, "UBEN") == ()
    assert len(next_meetings(leads, "UANA", viewer=Viewer(frozenset({"G1"})))) == 1
