"""Channels: how loud the bot is there, who is inside, and whether others may look in."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete
from sqlmodel import Field, SQLModel, col, select

from storage.columns import Instant, Word
from storage.initiatives import Initiative
from storage.repository import Repository

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
    #: None: nobody has chosen; `on` for the workspace's own channels, `off` for those shared with another organisation.
    mode: ChannelMode | None = Field(default=None, sa_type=Word(ChannelMode))
    is_private: bool = False
    is_shared: bool = False
    is_archived: bool = False
    is_member: bool = True
    greeted_at: datetime | None = Field(default=None, sa_type=Instant)
    members_read_at: datetime | None = Field(default=None, sa_type=Instant)
    #: Slack's ts up to which everything said here was heard; "" before anything was.
    heard_until: str = Field(default="", sa_column_kwargs={"server_default": ""})

    @property
    def effective_mode(self) -> ChannelMode:
        """The mode that counts. In a shared channel nothing is said aloud: `quiet` is the most it can be."""
        if self.is_shared:
            return ChannelMode.QUIET if self.mode is ChannelMode.QUIET else ChannelMode.OFF
        return self.mode or ChannelMode.ON


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
        """The private channels this person is known, freshly, to be inside of."""
        statement = (
            select(Channel.id)
            .join(ChannelMember, (col(ChannelMember.workspace_id) == Channel.workspace_id)
                  & (col(ChannelMember.channel_id) == Channel.id))
            .where(
                Channel.workspace_id == self.workspace_id,
                ChannelMember.person_id == person_id,
                col(Channel.is_private).is_(True),
                col(Channel.members_read_at) >= now - MEMBERS_FRESH_FOR,
            )
        )  # fmt: skip
        return frozenset(self.session.exec(statement))

    def stale_private(self, *, now: datetime) -> list[str]:
        """Private channels that hold work and whose membership was read too long ago to be believed."""
        holds_work = select(Initiative.id).where(
            Initiative.workspace_id == self.workspace_id, Initiative.audience == col(Channel.id)
        )
        statement = select(Channel.id).where(
            Channel.workspace_id == self.workspace_id,
            col(Channel.is_private).is_(True),
            col(Channel.is_member).is_(True),
            (col(Channel.members_read_at).is_(None)) | (col(Channel.members_read_at) < now - MEMBERS_FRESH_FOR),
            holds_work.exists(),
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
