"""Where a digest can be posted, and with whose eyes it is written."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.features.digests.timing import Weekly
from storage.channels import Channel, ChannelMode
from storage.repository import EVERYBODY, Viewer
from storage.unit_of_work import UnitOfWork


class Bar(StrEnum):
    """Why no digest is posted in a channel."""

    #: The bot is not in it (any more), or it was deleted.
    ABSENT = "absent"
    ARCHIVED = "archived"
    #: Shared with another organisation.
    SHARED = "shared"
    #: The bot was asked to be still there.
    STILL = "still"


@dataclass(frozen=True, slots=True)
class State:
    """The digest of a channel, for whoever asks about it."""

    channel_id: str
    weekly: Weekly
    #: On whose clock: an IANA name; "" is UTC.
    zone: str
    #: None: it is turned off.
    next_at: datetime | None
    bar: Bar | None
    mode: ChannelMode


def bar_of(uow: UnitOfWork, channel: Channel | None) -> Bar | None:
    """Why no digest is posted in a channel; None where one is."""
    if channel is None or not channel.is_member or channel.is_deleted:
        return Bar.ABSENT
    if channel.is_archived:
        return Bar.ARCHIVED
    if channel.is_shared:
        return Bar.SHARED
    return None if uow.channels.mode_of(channel) is ChannelMode.ON else Bar.STILL


def eyes_of(channel: Channel) -> Viewer:
    """What everybody in a channel may see."""
    return Viewer(frozenset({channel.id})) if channel.is_private else EVERYBODY


def readable(uow: UnitOfWork) -> list[str]:
    """Channels in which this viewer can read what is summed up there."""
    return [
        channel.id for channel in uow.channels.all()
        if bar_of(uow, channel) is None and (not channel.is_private or uow.viewer.sees(channel.id))
    ]  # fmt: skip
