"""What still has to be read, what a message of the past means, and what a page tells of what is known. On both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from bot.features.admin import channels
from bot.features.announcements import catching_up, loudness
from bot.features.announcements.catching_up import EVERY, PRESUMED_AFTER, READ_BACK, Ears, Stretch, moment_of, ts_of
from bot.features.announcements.judging import judge
from bot.features.announcements.service import Means, amend, hear
from bot.features.matching.matcher import Matcher
from storage.announcements import Announcement, AnnouncementState, Door
from storage.channels import Channel, ChannelMode
from storage.database import Database
from storage.outbox import OutboxRow
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import NOW

SCOPE = Scope("T1")
HOUR = timedelta(hours=1)
STORE = (
    "New initiative: Online feature store for ranking. We will serve fresh features to the ranking models within 10 ms."
)


def said(hours_ago: float, text: str = STORE, **other: Any) -> dict[str, Any]:
    """A message as history has it."""
    return {"type": "message", "user": "U1", "text": text, "ts": ts_of(NOW - hours_ago * HOUR)} | other


@pytest.fixture
def means() -> Means:
    return Means(Matcher(None), None)


def channel(db: Database, **fields: Any) -> None:
    """A channel that is followed."""

    def put(uow: UnitOfWork) -> None:
        uow.workspaces.ensure(now=NOW)
        row = uow.channels.meet("C1")
        for name, value in fields.items():
            setattr(row, name, value)

    db.write_now(SCOPE, put)


def row(db: Database) -> Channel:
    found = db.read_now(SCOPE, lambda uow: uow.channels.get("C1"))
    assert found is not None
    return found


def claim(db: Database, *, hours: float = 0, deaf_until_hours: float = 0) -> Stretch | None:
    now, deaf = NOW + hours * HOUR, NOW + deaf_until_hours * HOUR
    return db.write_now(SCOPE, catching_up.claim, read_before=max(now - EVERY, deaf), deaf_until=deaf, now=now)


def set_mode(db: Database, mode: ChannelMode, *, hours_ago: float) -> None:
    now = NOW - hours_ago * HOUR
    db.write_now(SCOPE, lambda uow: loudness.set_mode(uow, "C1", mode, person_id="U1", now=now))


# --- which stretch ----------------------------------------------------------------------------------------------


def test_what_was_heard_is_where_reading_begins_and_older_known_ones_are_compared_after_a_gap(db: Database) -> None:
    channel(db, heard_until=ts_of(NOW - HOUR), caught_up_at=NOW - 2 * HOUR)
    stretch = claim(db)
    assert stretch is not None
    assert (stretch.low, stretch.high, stretch.top) == (ts_of(NOW - HOUR), "", "")
    assert stretch.known_from == ts_of(NOW - READ_BACK)
    assert claim(db) is None  # taken
    later = claim(db, hours=1)
    assert later is not None
    assert later.known_from == later.low  # no gap since


def test_what_was_said_while_a_channel_was_off_is_never_read_however_soon_it_is_on_again(db: Database) -> None:
    channel(db, heard_until=ts_of(NOW - 4 * HOUR), catch_up_to=ts_of(NOW - 3 * HOUR), caught_up_at=NOW - 4 * HOUR)
    set_mode(db, ChannelMode.OFF, hours_ago=2)
    assert claim(db) is None
    set_mode(db, ChannelMode.QUIET, hours_ago=1)
    stretch = claim(db)
    assert stretch is not None
    assert (stretch.low, stretch.high, stretch.top) == (ts_of(NOW - HOUR), "", "")


def test_what_was_said_while_the_default_was_off_is_never_read_either(db: Database) -> None:
    channel(db, heard_until=ts_of(NOW - 4 * HOUR))

    def switch(uow: UnitOfWork, mode: ChannelMode, hours_ago: float) -> None:
        uow.people.meet("UADMIN", is_admin=True)
        channels.set_default(uow, mode, person_id="UADMIN", now=NOW - hours_ago * HOUR)

    db.write_now(SCOPE, switch, ChannelMode.OFF, 2)
    assert claim(db) is None
    db.write_now(SCOPE, switch, ChannelMode.ON, 1)
    stretch = claim(db)
    assert stretch is not None
    assert stretch.low == ts_of(NOW - HOUR)


def test_another_loudness_changes_nothing_about_what_was_heard(db: Database) -> None:
    channel(db, heard_until=ts_of(NOW - 4 * HOUR))
    set_mode(db, ChannelMode.QUIET, hours_ago=1)
    assert row(db).heard_until == ts_of(NOW - 4 * HOUR)


def test_nothing_older_than_a_week_is_read(db: Database) -> None:
    channel(db, heard_until=ts_of(NOW - 3 * READ_BACK))
    stretch = claim(db)
    assert stretch is not None
    assert stretch.low == ts_of(NOW - READ_BACK)


def test_a_stretch_that_was_read_in_part_goes_on_there_and_then_what_was_said_since_is_read(db: Database) -> None:
    channel(db, heard_until="1795000000.000000", caught_up_at=NOW - READ_BACK)
    first = claim(db)
    assert first is not None
    top, down_to = ts_of(NOW - HOUR), ts_of(NOW - 30 * HOUR)
    part = Stretch("C1", is_private=False, is_shared=False, low=first.low, high=down_to, top=top, known_from=first.low)
    db.write_now(SCOPE, catching_up.keep_place, part, now=NOW)
    second = claim(db, hours=0.01)
    assert second is not None
    assert (second.low, second.high, second.top) == (first.low, down_to, top)
    db.write_now(SCOPE, catching_up.finish, second, now=NOW)
    assert (row(db).heard_until, row(db).catch_up_to, row(db).caught_down_to) == (top, "", "")
    third = claim(db, hours=0.02)
    assert third is not None
    assert (third.low, third.high) == (top, "")


def test_an_empty_reading_leaves_the_place_where_it_was(db: Database) -> None:
    channel(db, heard_until=ts_of(NOW - HOUR))
    stretch = claim(db)
    assert stretch is not None
    db.write_now(SCOPE, catching_up.finish, stretch, now=NOW)
    assert row(db).heard_until == ts_of(NOW - HOUR)


@pytest.mark.parametrize(
    "fields",
    [
        {"mode": ChannelMode.OFF},
        {"is_member": False},
        {"is_archived": True},
        {"is_deleted": True},
        {"is_shared": True},
    ],
)
def test_a_channel_that_is_not_followed_forgets_its_place_and_begins_anew(db: Database, fields: dict[str, Any]) -> None:
    channel(db, heard_until=ts_of(NOW - HOUR), **fields)
    assert db.read_now(SCOPE, catching_up.has_to_begin)
    db.write_now(SCOPE, catching_up.begin, now=NOW)
    assert row(db).heard_until == ""
    assert not db.read_now(SCOPE, catching_up.has_to_begin)
    channel(db, mode=None, is_member=True, is_archived=False, is_deleted=False, is_shared=False)
    db.write_now(SCOPE, catching_up.begin, now=NOW + HOUR)
    assert row(db).heard_until == ts_of(NOW + HOUR)


def test_a_new_channel_begins_with_its_invitation(db: Database) -> None:
    channel(db, greeted_at=NOW - timedelta(seconds=30))
    db.write_now(SCOPE, catching_up.begin, now=NOW)
    assert row(db).heard_until == ts_of(NOW - timedelta(seconds=30))


def test_direct_messages_are_not_followed(db: Database) -> None:
    db.write_now(SCOPE, lambda uow: uow.channels.meet("D1"))
    assert not db.read_now(SCOPE, catching_up.has_to_begin)


# --- hearing presumes -------------------------------------------------------------------------------------------


def test_what_is_heard_live_moves_the_place_behind_it_where_reading_proved_the_rest(db: Database) -> None:
    heard = {"C1": ts_of(NOW + HOUR), "C9": ts_of(NOW)}
    channel(db, heard_until=ts_of(NOW - HOUR), caught_up_at=NOW - HOUR)
    db.write_now(SCOPE, catching_up.presume, heard, deaf_until=NOW)
    assert row(db).heard_until == ts_of(NOW - HOUR)  # not read since the gap
    channel(db, caught_up_at=NOW, catch_up_to=ts_of(NOW - timedelta(minutes=5)))
    db.write_now(SCOPE, catching_up.presume, heard, deaf_until=NOW)
    assert row(db).heard_until == ts_of(NOW - HOUR)  # read in part only
    channel(db, catch_up_to="")
    db.write_now(SCOPE, catching_up.presume, heard, deaf_until=NOW)
    assert row(db).heard_until == ts_of(NOW + HOUR - PRESUMED_AFTER)
    db.write_now(SCOPE, catching_up.presume, {"C1": ts_of(NOW)}, deaf_until=NOW)
    assert row(db).heard_until == ts_of(NOW + HOUR - PRESUMED_AFTER)


def test_ears_remember_the_youngest_message_of_each_channel_until_they_are_asked() -> None:
    ears = Ears(now=NOW)
    for ts in ("5.000000", "7.000000", "6.000000", ""):
        ears.heard("C1", ts)
    ears.heard("C2", "1.000000")
    assert ears.take() == {"C1": "7.000000", "C2": "1.000000"}
    assert ears.take() == {}
    ears.were_deaf(NOW + HOUR)
    assert ears.look_at == ears.deaf_until == NOW + HOUR


# --- a message of the past --------------------------------------------------------------------------------------


def take_in(db: Database, means: Means, message: dict[str, Any]) -> Announcement | None:
    heard = judge(
        message,
        channel_id="C1",
        is_private=False,
        is_shared=False,
        bot_user_id="UBOT",
        likeness=None,
        edited_ts=catching_up.edited_ts(message),
    )
    probe = means.matcher.probe(heard.draft.title, heard.draft.summary)
    return db.write_now(SCOPE, catching_up.take_in, heard, probe, means, now=NOW)


@pytest.mark.parametrize(("hours_ago", "answered"), [(1, True), (71, True), (73, False), (160, False)])
def test_it_is_answered_for_three_days_and_dated_when_it_was_said(
    db: Database, means: Means, hours_ago: float, answered: bool
) -> None:
    message = said(hours_ago)
    kept = take_in(db, means, message)
    assert kept is not None
    assert kept.state is AnnouncementState.REGISTERED
    assert kept.created_at == moment_of(ts_of(moment_of(message["ts"])))
    assert db.read_now(SCOPE, lambda uow: len(uow.session.exec(select(OutboxRow)).all()) > 0) == answered
    assert db.read_now(SCOPE, lambda uow: [each.created_at for each in uow.machine.initiatives.of("U1")]) == [
        kept.created_at
    ]


def test_an_event_and_a_reading_of_the_same_message_are_one_whichever_comes_first(db: Database, means: Means) -> None:
    message = said(1)
    heard = judge(message, channel_id="C1", is_private=False, is_shared=False, bot_user_id="UBOT", likeness=None)
    probe = means.matcher.probe(heard.draft.title, heard.draft.summary)
    assert take_in(db, means, message) is not None
    assert db.write_now(SCOPE, hear, heard, probe, means, now=NOW) is None
    assert take_in(db, means, message) is None
    other = said(2, STORE.replace("ranking", "search"))
    heard = judge(other, channel_id="C1", is_private=False, is_shared=False, bot_user_id="UBOT", likeness=None)
    assert db.write_now(SCOPE, hear, heard, probe, means, now=NOW) is not None
    assert take_in(db, means, other) is None


def test_a_late_event_of_an_edit_that_history_had_already_is_older(db: Database, means: Means) -> None:
    ts = ts_of(NOW - HOUR)
    message = said(1, STORE + " Twice.", edited={"user": "U1", "ts": "1795420000.000000"})
    kept = take_in(db, means, message)
    assert kept is not None
    heard = judge(
        said(1, STORE + " Once."),
        channel_id="C1",
        is_private=False,
        is_shared=False,
        bot_user_id="UBOT",
        likeness=None,
        edited_ts="1795419999.000300",
    )
    probe = means.matcher.probe(heard.draft.title, heard.draft.summary)
    db.write_now(SCOPE, amend, heard, probe, means, now=NOW)
    known = db.read_now(SCOPE, lambda uow: uow.announcements.at("C1", ts))
    assert known is not None
    assert known.text.endswith("Twice.")


def announcement(
    ts: str = "5.000000",
    text: str = STORE,
    state: AnnouncementState = AnnouncementState.REGISTERED,
    edited_ts: str = "",
) -> Announcement:
    return Announcement(workspace_id="T1", channel_id="C1", ts=ts, door=Door.PROSE, state=state, text=text, edited_ts=edited_ts, created_at=NOW,
                        updated_at=NOW)  # fmt: skip


@pytest.mark.parametrize(
    ("known", "edited", "text", "expected"),
    [
        (announcement(), "", "Other", False),  # never edited: the text was read in another way
        (announcement(), "100.000000", STORE, False),
        (announcement(), "100.000000", "Other", True),
        (announcement(edited_ts="100.000300"), "100.000000", "Other", True),  # twice in one second
        (announcement(edited_ts="101.000000"), "100.000000", "Other", False),
        (announcement(edited_ts="100.000300", text=""), "100.000000", "Other", False),  # its words were forgotten
        (announcement(state=AnnouncementState.DISMISSED), "100.000000", "Other", False),
        (announcement(state=AnnouncementState.OBSERVED), "100.000000", "Other", False),
    ],
)  # fmt: skip
def test_an_edit_is_one_that_was_not_heard_of(known: Announcement, edited: str, text: str, expected: bool) -> None:
    message = said(1) | ({"edited": {"ts": edited}} if edited else {})
    assert catching_up.was_edited(known, message, text) is expected


def test_what_is_missing_was_deleted_only_where_something_older_is_still_there() -> None:
    known = [announcement(ts) for ts in ("1.0", "3.0", "5.0", "7.0", "9.0")]
    page = [{"ts": "8.0"}, {"ts": "7.0", "subtype": "tombstone"}, {"ts": "5.0"}, {"ts": "2.0"}]
    gone, untold = catching_up.missing(known, page, low="0", high="8.0", more=False)
    assert [each.ts for each in gone] == ["3.0", "7.0"]
    assert [each.ts for each in untold] == ["1.0", "9.0"]  # nothing older; said after the page was read, perhaps
    gone, untold = catching_up.missing(known, page, low="2.0", high="9.0", more=True)
    assert [each.ts for each in gone] == ["3.0", "7.0", "9.0"]
    assert [each.ts for each in untold] == ["1.0"]
    gone, untold = catching_up.missing(known, [], low="0", high="9.0", more=False)
    assert (gone, len(untold)) == ([], 5)
