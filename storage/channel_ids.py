"""A channel that gets another id (Slack does so when a private channel is shared): everything that names it follows."""

from datetime import datetime
from typing import Final

from sqlalchemy import Column, Table, Update, delete, func, select, update
from sqlmodel import SQLModel, col

from storage.announcements import Announcement
from storage.backfills import Backfill
from storage.channels import Channel, ChannelMember, Mute
from storage.digests import Digest
from storage.initiatives import Initiative
from storage.items import Item
from storage.outbox import Outbox, OutboxRow, OutboxState
from storage.settings import SettingChange
from storage.syncs import Sync
from storage.teams import Team
from storage.unit_of_work import UnitOfWork

#: Columns that hold a channel's id and nothing that must be unique with it. (The outbox and the channel itself are below.)
NAMING: Final[tuple[tuple[type[SQLModel], str], ...]] = (
    (Backfill, "channel_id"),
    (Sync, "channel_id"),
    (Sync, "audience"),
    (Sync, "group_channel_id"),
    (Item, "audience"),
    (Team, "home_channel_id"),
)
#: Columns of which a row of the new id may be there already: the channel, and what else the row is known by.
UNIQUE: Final[tuple[tuple[type[SQLModel], str, str], ...]] = (
    (ChannelMember, "channel_id", "person_id"),
    (Mute, "channel_id", "person_id"),
    (Announcement, "channel_id", "ts"),
    (Digest, "channel_id", "workspace_id"),
)


def follow(uow: UnitOfWork, old: str, new: str, *, now: datetime) -> bool:
    """Let everything that names a channel name it by its new id; False if the old one is unknown.

    Locks as everywhere: the workspace, then lanes, then messages.
    """
    known = uow.channels.get(old)
    if known is None or old == new:
        return False
    if uow.machine.channels.holds_private_work(old):
        version = uow.workspaces.raise_version()
        uow.session.execute(
            _of(Initiative, uow).where(col(Initiative.audience) == old).values(audience=new, version=version)
        )
    _take_over(uow, known, uow.channels.meet(new))
    for table, field in NAMING:
        column = _table(table).c[field]
        uow.session.execute(_of(table, uow).where(column == old).values({column: new}))
    for table, field, beside in UNIQUE:
        _move(uow, _table(table), field, beside, old, new)
    uow.session.execute(
        _of(SettingChange, uow).where(col(SettingChange.name) == f"channel.{old}").values(name=f"channel.{new}")
    )
    _readdress(uow, old, new, now=now)
    uow.session.expire_all()
    return True


def _table(table: type[SQLModel]) -> Table:
    found: Table = SQLModel.metadata.tables[str(table.__tablename__)]
    return found


def _of(table: type[SQLModel], uow: UnitOfWork) -> Update:
    return update(_table(table)).where(_table(table).c.workspace_id == uow.workspace_id)


def _take_over(uow: UnitOfWork, known: Channel, channel: Channel) -> None:
    """What was known of a channel under its old id; what Slack said since of the new one stands."""
    channel.name, channel.is_private = channel.name or known.name, known.is_private
    channel.is_shared = channel.is_shared or known.is_shared
    channel.mode = channel.mode or known.mode
    channel.greeted_at = channel.greeted_at or known.greeted_at
    channel.members_read_at = channel.members_read_at or known.members_read_at
    channel.heard_until = max(channel.heard_until, known.heard_until)
    channel.is_archived, channel.is_member = known.is_archived, channel.is_member and known.is_member
    uow.session.delete(known)
    uow.session.flush()


def _move(uow: UnitOfWork, table: Table, field: str, beside: str, old: str, new: str) -> None:
    """Move rows to the new id, but for those that stand there already."""
    column, other = table.c[field], table.c[beside]
    here = table.c.workspace_id == uow.workspace_id
    there = select(other).where(here, column == new)
    uow.session.execute(update(table).where(here, column == old, other.not_in(there)).values({column: new}))
    if table.name != Announcement.__tablename__:
        uow.session.execute(delete(table).where(here, column == old))


def _readdress(uow: UnitOfWork, old: str, new: str, *, now: datetime) -> None:
    """Messages go, and are looked for, under the new id; those that have not left change lanes and keep their order."""
    table, here = _table(OutboxRow), f"{uow.workspace_id}:"
    mine = table.c.workspace_id == uow.workspace_id
    outbox = Outbox(uow.session, uow.workspace_id, uow.viewer)
    outbox.open_lane(here + old, due_at=now)
    outbox.open_lane(here + new, due_at=now)
    # Keys of messages that arrived follow, so that what is drawn anew finds them. Those on their way keep theirs: by it they
    # are recognised in the history.
    renamed: Column[str] = table.c.key
    arrived = (mine, table.c.target == old, table.c.state == OutboxState.SENT, renamed.contains(old))
    uow.session.execute(
        update(table).where(mine, table.c.follows.contains(old)).where(
            table.c.follows.in_(select(renamed).where(*arrived))).values(follows=func.replace(table.c.follows, old, new))
    )  # fmt: skip
    uow.session.execute(update(table).where(*arrived).values(key=func.replace(renamed, old, new)))
    uow.session.execute(
        update(table).where(mine, table.c.target == old, table.c.state == OutboxState.PENDING).values(lane=here + new)
    )
    uow.session.execute(update(table).where(mine, table.c.target == old).values(target=new))
    uow.session.execute(update(table).where(mine, table.c.arrived_channel == old).values(arrived_channel=new))
    uow.session.info["enqueued"] = True
