"""A channel gets another id: every row that names it follows, in both databases, and nothing is doubled."""

from datetime import timedelta
from typing import Final

from sqlmodel import SQLModel, select

from bot.delivery import outbox as front
from bot.slack import blocks as b
from storage import channel_ids, outbox, tables
from storage.announcements import Announcement, AnnouncementState, Door
from storage.channels import ChannelMode
from storage.database import Database
from storage.initiatives import Initiative
from storage.outbox import OutboxRow, OutboxState
from storage.repository import Viewer
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import NOW

OLD, NEW = "G0OLD00001", "C0NEW00001"
HERE: Final = Scope("T1")
#: Columns that hold no channel's id although they are called so, or are seen to by name in `channel_ids`.
SEEN_TO: Final = {("outbox", "arrived_channel"), ("initiative", "audience")}


def fill(uow: UnitOfWork) -> int:
    uow.workspaces.ensure(now=NOW)
    channel = uow.channels.meet(OLD, name="den", is_private=True)
    channel.mode, channel.greeted_at = ChannelMode.QUIET, NOW
    uow.channels.replace_members(OLD, ["U1", "U2"], now=NOW)
    uow.channels.mute(OLD, "U2")
    uow.teams.ensure("Search ML", now=NOW).home_channel_id = OLD
    uow.settings.record(f"channel.{OLD}", None, "quiet", person_id="U1", now=NOW)
    row = uow.initiatives.add(Initiative(workspace_id="T1", title="A", folded_title="a", audience=OLD, lead_id="U1",
                                         version=uow.workspaces.raise_version(), created_at=NOW, updated_at=NOW))  # fmt: skip
    uow.announcements.add(Announcement(workspace_id="T1", channel_id=OLD, ts="1.1", door=Door.MARKER, state=AnnouncementState.REGISTERED,
                                       initiative_id=row.id, created_at=NOW, updated_at=NOW))  # fmt: skip
    for number in range(3):
        front.post(uow, b.Message(str(number)), key=f"{OLD}:{number}", channel_id=OLD, now=NOW)
    return row.id


def test_every_column_that_names_a_channel_follows() -> None:
    named = {(table.name, column.name) for table in tables.metadata.sorted_tables for column in table.columns
             if column.name == "channel_id" or column.name.endswith("_channel_id") or column.name in ("audience", "arrived_channel")}  # fmt: skip
    known = {(str(table.__tablename__), field) for table, field in channel_ids.NAMING}
    known |= {(str(table.__tablename__), field) for table, field, _ in channel_ids.UNIQUE}
    assert named == known | SEEN_TO


def test_all_of_it_is_found_under_the_new_id_and_nothing_under_the_old(db: Database) -> None:
    number = db.write_now(HERE, fill)
    version = db.read_now(HERE, lambda uow: uow.workspaces.version())
    assert db.write_now(HERE, lambda uow: channel_ids.follow(uow, OLD, NEW, now=NOW))

    def look(uow: UnitOfWork) -> None:
        assert uow.channels.get(OLD) is None
        channel = uow.channels.get(NEW)
        assert channel is not None
        assert (channel.name, channel.mode, channel.greeted_at, channel.is_private) == (
            "den",
            ChannelMode.QUIET,
            NOW,
            True,
        )
        assert uow.channels.private_of("U1", now=NOW) == {NEW}
        assert uow.channels.is_muted(NEW, "U2")
        team = uow.teams.by_name("Search ML")
        assert team is not None
        assert team.home_channel_id == NEW
        assert uow.settings.last_changed_by(f"channel.{NEW}") == "U1"
        assert uow.announcements.at(NEW, "1.1") is not None
        row = uow.seen_by(Viewer(frozenset({NEW}))).initiatives.get(number)
        assert row is not None
        assert row.version > version  # search indexes keep the audience beside the text
        assert uow.seen_by(Viewer(frozenset({OLD}))).initiatives.get(number) is None

    db.read_now(HERE, look)


def test_messages_keep_their_order_and_one_that_is_under_way_is_settled(db: Database) -> None:
    db.write_now(HERE, fill)
    take = Scope("")
    (claim,) = db.write_now(
        take, lambda uow: outbox.claim(uow.session, owner="p1", now=NOW, lease=timedelta(seconds=30), limit=9)
    )
    db.write_now(HERE, lambda uow: channel_ids.follow(uow, OLD, NEW, now=NOW))
    assert db.write_now(
        take,
        lambda uow: outbox.settle(uow.session, claim, outbox.Outcome(OutboxState.SENT, channel=OLD, ts="2.2"), now=NOW),
    )
    rows = db.read_now(HERE, lambda uow: uow.session.exec(select(OutboxRow).order_by(OutboxRow.id)).all())  # type: ignore[arg-type]  # a column, to SQLModel an int
    assert [row.target for row in rows] == [NEW] * 3
    assert [row.body["text"] for row in rows if row.lane == f"T1:{NEW}"] == ["1", "2"]
    after = db.write_now(
        take, lambda uow: outbox.claim(uow.session, owner="p1", now=NOW, lease=timedelta(seconds=30), limit=9)
    )
    assert [one.row.body["text"] for one in after] == ["1"]


def test_what_is_known_of_the_new_id_already_is_not_doubled(db: Database) -> None:
    db.write_now(HERE, fill)

    def meet_new(uow: UnitOfWork) -> None:
        uow.channels.meet(NEW, is_private=True, is_shared=True)
        uow.channels.replace_members(NEW, ["U1", "U3"], now=NOW)
        uow.channels.mute(NEW, "U2")

    db.write_now(HERE, meet_new)
    assert db.write_now(HERE, lambda uow: channel_ids.follow(uow, OLD, NEW, now=NOW))
    assert not db.write_now(HERE, lambda uow: channel_ids.follow(uow, OLD, NEW, now=NOW))
    inside = db.read_now(HERE, lambda uow: [uow.channels.private_of(who, now=NOW) for who in ("U1", "U2", "U3")])
    assert inside == [{NEW}] * 3
    channel = db.read_now(HERE, lambda uow: uow.channels.get(NEW))
    assert channel is not None
    assert channel.is_shared


def test_another_workspaces_channel_of_the_same_id_stays(db: Database) -> None:
    db.write_now(HERE, fill)

    def meet(uow: UnitOfWork) -> None:
        uow.channels.meet(OLD, name="theirs")

    db.write_now(Scope("T2"), meet)
    db.write_now(HERE, lambda uow: channel_ids.follow(uow, OLD, NEW, now=NOW))
    theirs = db.read_now(Scope("T2"), lambda uow: uow.channels.get(OLD))
    assert theirs is not None
    assert isinstance(theirs, SQLModel)
