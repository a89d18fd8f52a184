"""Channels: how loud the bot is there, who is inside, and whether others may look in."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, delete
from sqlmodel import Field, SQLModel, col, func, or_, select, true

from storage.columns import Instant, Word
from storage.initiatives import Initiative
from storage.items import Item
from storage.repository import Repository
from storage.syncs import Sync
from storage.workspaces import Workspace

#: Membership read longer ago than this counts as unknown, and unknown means no.
MEMBERS_FRESH_FOR = timedelta(minutes=10)


class ChannelMode(StrEnum):
    """How Rowbot behaves in a channel."""

    ON = "on"
    QUIET = "quiet"
    OBSERVE = "observe"
    OFF = "off"


class Channel(SQLModel, table=True):
    """A conversation the bot has met."""

    workspace_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    name: str = ""
    #: None: nobody has chosen; the workspace's default for its own channels, `off` for those shared with another organisation.
    mode: ChannelMode | None = Field(default=None, sa_type=Word(ChannelMode))
    is_private: bool = False
    is_shared: bool = False
    is_archived: bool = False
    #: Deleted in Slack: nothing that was said there can be read any more.
    is_deleted: bool = Field(default=False, sa_column_kwargs={"server_default": "0"})
    is_member: bool = True
    greeted_at: datetime | None = Field(default=None, sa_type=Instant)
    members_read_at: datetime | None = Field(default=None, sa_type=Instant)
    #: Slack's ts up to which everything said here was heard; "" before anything was.
    heard_until: str = Field(default="", sa_column_kwargs={"server_default": ""})
    #: While a stretch of the past is being read, the youngest page first: where it began; then `heard_until` becomes this …
    catch_up_to: str = Field(default="", sa_column_kwargs={"server_default": ""})
    #: … and down to where it has been read.
    caught_down_to: str = Field(default="", sa_column_kwargs={"server_default": ""})
    #: When its past was last read up to the present (or a process took that upon itself).
    caught_up_at: datetime | None = Field(default=None, sa_type=Instant)

    def effective_mode(self, default: ChannelMode) -> ChannelMode:
        """The mode that counts, given the workspace's own for channels in which nobody chose one.

        In a shared channel nothing is said aloud: `quiet` is the most it can be.
        """
        if self.is_shared:
            return ChannelMode.QUIET if self.mode is ChannelMode.QUIET else ChannelMode.OFF
        return self.mode or default

    @property
    def is_reachable(self) -> bool:
        """Whether the bot can post there, as far as we know."""
        return self.is_member and not self.is_archived and not self.is_deleted


class ChannelMember(SQLModel, table=True):
    """A person inside a private channel, as last read from Slack and kept by join and leave events."""

    workspace_id: str = Field(primary_key=True)
    channel_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True, index=True)


class Mute(SQLModel, table=True):
    """A person who asked never to be asked in a channel."""

    workspace_id: str = Field(primary_key=True)
    channel_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)


class Channels(Repository):
    """The workspace's channels."""

    def get(self, channel_id: str) -> Channel | None:
        """The channel, if it was met before."""
        return self.session.get(Channel, (self.workspace_id, channel_id))

    def meet(self, channel_id: str, *, name: str = "", is_private: bool | None = None,
             is_shared: bool | None = None) -> Channel:  # fmt: skip
        """The channel's row, made on first sight; what is given (and not None) is kept."""
        row = self.get(channel_id)
        if row is None:
            self.insert_new(Channel, [Channel(workspace_id=self.workspace_id, id=channel_id).model_dump()], key="id")
            row = self.session.get_one(Channel, (self.workspace_id, channel_id))
        if name and row.name != name:
            row.name = name
        if is_private is not None and row.is_private != is_private:
            row.is_private = is_private
        if is_shared is not None and row.is_shared != is_shared:
            row.is_shared = is_shared
        return row

    def default_mode(self) -> ChannelMode:
        """The mode of channels in which nobody chose one."""
        row = self.session.get(Workspace, self.workspace_id)
        return ChannelMode(row.settings.get("channel_mode", ChannelMode.ON)) if row is not None else ChannelMode.ON

    def mode_of(self, channel: Channel | None) -> ChannelMode:
        """The mode that counts in a channel; where nothing is known of it, nothing keeps the bot still."""
        return channel.effective_mode(self.default_mode()) if channel is not None else ChannelMode.ON

    def listed(self, *, offset: int = 0, limit: int = 100) -> tuple[list[Channel], int]:
        """The channels the bot is in that this viewer may know of, by name, from ``offset`` on; and how many there are in all."""
        here = (
            Channel.workspace_id == self.workspace_id, col(Channel.is_member).is_(True), col(Channel.is_archived).is_(False),
            col(Channel.id).startswith("C") | col(Channel.id).startswith("G"),
        )  # fmt: skip
        seen = (
            true()
            if self.viewer.audiences is None
            else col(Channel.is_private).is_(False) | col(Channel.id).in_(sorted(self.viewer.audiences))
        )
        rows = select(Channel).where(*here, seen).order_by(Channel.name, Channel.id).offset(offset).limit(limit)
        total = select(func.count(col(Channel.id))).where(*here, seen)
        return list(self.session.exec(rows)), self.session.exec(total).one()

    def count_joined(self) -> int:
        """How many there are of the channels that :meth:`listed` gives."""
        return self.listed(limit=1)[1]

    def all(self) -> list[Channel]:
        """Every channel that was met."""
        return list(self.session.exec(select(Channel).where(Channel.workspace_id == self.workspace_id)))

    def heard_up_to(self, *, read_before: datetime, claim: bool = False) -> Channel | None:
        """The channel that has waited longest to have its past read, if it was last read before a moment.

        With ``claim`` it is locked, and one that another process holds is passed over.
        """
        statement = (
            select(Channel)
            .where(Channel.workspace_id == self.workspace_id, Channel.heard_until != "")
            .where(col(Channel.is_member).is_(True), col(Channel.is_archived).is_(False))
            .where(col(Channel.caught_up_at).is_(None) | (col(Channel.caught_up_at) < read_before))
            .order_by(col(Channel.caught_up_at).asc().nulls_first(), col(Channel.id))
            .limit(1)
        )
        return self.session.exec(statement.with_for_update(skip_locked=True) if claim else statement).first()

    def by_name(self, name: str) -> Channel | None:
        """The channel of this name (without #), if it was met before."""
        statement = select(Channel).where(Channel.workspace_id == self.workspace_id, Channel.name == name)
        return self.session.exec(statement).first()

    def replace_members(self, channel_id: str, person_ids: Collection[str], *, now: datetime) -> None:
        """What Slack says now about who is inside a channel."""
        here = (col(ChannelMember.workspace_id) == self.workspace_id, col(ChannelMember.channel_id) == channel_id)
        self.session.execute(delete(ChannelMember).where(*here))
        self.session.add_all(
            ChannelMember(workspace_id=self.workspace_id, channel_id=channel_id, person_id=person)
            for person in sorted(set(person_ids))
        )
        self.meet(channel_id).members_read_at = now

    def joined(self, channel_id: str, person_id: str) -> None:
        """A person came in. Does not make an old reading fresh."""
        row = {"workspace_id": self.workspace_id, "channel_id": channel_id, "person_id": person_id}
        self.insert_new(ChannelMember, [row], key="person_id")

    def left(self, channel_id: str, person_id: str) -> None:
        """A person went out."""
        self.session.execute(
            delete(ChannelMember).where(
                col(ChannelMember.workspace_id) == self.workspace_id,
                col(ChannelMember.channel_id) == channel_id,
                col(ChannelMember.person_id) == person_id,
            )
        )

    def private_of(self, person_id: str, *, now: datetime) -> frozenset[str]:
        """The channels with private work, or private themselves, that this person is known, freshly, to be inside of.

        A channel that was made public keeps the work that was announced there in private, for its members.
        """
        return self.known("private_of", (person_id, now), lambda: self._private_of([person_id], now=now)[person_id])

    def look_ahead(self, person_ids: Collection[str], *, now: datetime) -> None:
        """Read for these people what :meth:`private_of` says, for the rest of this unit."""
        found = self._private_of(person_ids, now=now)
        asked = {(person_id, now): channels for person_id, channels in found.items()}
        self.read_ahead("private_of", asked, asked, otherwise=frozenset)

    def _private_of(self, person_ids: Collection[str], *, now: datetime) -> dict[str, frozenset[str]]:
        statement = (
            select(ChannelMember.person_id, Channel.id)
            .join(ChannelMember, (col(ChannelMember.workspace_id) == Channel.workspace_id)
                  & (col(ChannelMember.channel_id) == Channel.id))
            .where(
                Channel.workspace_id == self.workspace_id,
                col(ChannelMember.person_id).in_(sorted(set(person_ids))),
                col(Channel.is_deleted).is_(False),
                col(Channel.members_read_at) >= now - MEMBERS_FRESH_FOR,
            )
        )  # fmt: skip
        found: dict[str, set[str]] = {person_id: set() for person_id in person_ids}
        for person_id, channel_id in self.session.exec(statement):
            found[person_id].add(channel_id)
        return {person_id: frozenset(channels) for person_id, channels in found.items()}

    def stale_private(self, *, now: datetime) -> list[str]:
        """Channels whose members are an audience of anything private, and whose membership was read too long ago to be believed."""
        statement = select(Channel.id).where(
            Channel.workspace_id == self.workspace_id,
            col(Channel.is_member).is_(True),
            col(Channel.is_deleted).is_(False),
            (col(Channel.members_read_at).is_(None)) | (col(Channel.members_read_at) < now - MEMBERS_FRESH_FOR),
            self._is_audience(),
        )
        return list(self.session.exec(statement))

    def holds_private_work(self, channel_id: str) -> bool:
        """Whether its members are the audience of any initiative, or of what was said about one while it was private."""
        statement = select(Channel.id).where(Channel.workspace_id == self.workspace_id, Channel.id == channel_id)
        return self.session.exec(statement.where(self._is_audience())).first() is not None

    def _is_audience(self) -> ColumnElement[bool]:
        """The condition that a channel's members are the audience of work, of a sync, or of what somebody waits for.

        What was said while work was private keeps its audience when the work is opened.
        """
        kept = (
            select(kind.audience).where(kind.workspace_id == self.workspace_id, kind.audience != "")
            for kind in (Initiative, Sync, Item)
        )
        return or_(*(col(Channel.id).in_(audiences) for audiences in kept))

    def out_of_reach(self, *, limit: int = 200) -> list[str]:
        """Channels that we believe the bot cannot post in, but for deleted ones: to be asked about again."""
        statement = (
            select(Channel.id)
            .where(Channel.workspace_id == self.workspace_id, col(Channel.is_deleted).is_(False))
            .where(col(Channel.is_member).is_(False) | col(Channel.is_archived).is_(True))
            .order_by(Channel.id)
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def mute(self, channel_id: str, person_id: str) -> None:
        """Never ask this person in this channel again."""
        self.insert_new(
            Mute,
            [{"workspace_id": self.workspace_id, "channel_id": channel_id, "person_id": person_id}],
            key="person_id",
        )

    def is_muted(self, channel_id: str, person_id: str) -> bool:
        """Whether this person asked not to be asked in this channel."""
        return self.session.get(Mute, (self.workspace_id, channel_id, person_id)) is not None
