"""How loud the bot is in a channel, and what that forbids."""

from datetime import datetime
from typing import Final

from bot.errors import BadInput, NotAllowed, Refusal
from bot.features.announcements import catching_up, notifications
from bot.features.teams import rights
from storage.channels import ChannelMode
from storage.unit_of_work import UnitOfWork

FIELD_CHANNEL: Final = "initiative.channel"


def invited(uow: UnitOfWork, channel_id: str, *, is_private: bool, is_shared: bool, name: str, now: datetime) -> None:
    """The bot came into a channel: greet it, once. A channel shared with another organisation hears nothing."""
    uow.workspaces.ensure(now=now)
    channel = uow.channels.meet(channel_id, name=name, is_private=is_private, is_shared=is_shared)
    channel.is_member = True
    if channel.greeted_at is None and not channel.is_shared:
        channel.greeted_at = now
        notifications.greet(uow, channel_id, uow.channels.mode_of(channel), now=now)


def set_mode(
    uow: UnitOfWork, channel_id: str, mode: ChannelMode | None, *, person_id: str, now: datetime
) -> tuple[ChannelMode, bool]:
    """Choose how loud the bot is in a channel (None: as the default); returns the mode that counts and whether the channel is shared.

    Any member may, in the workspace's own channels; in a shared one only an admin. Kept in the list of changes.
    """
    uow.workspaces.ensure(now=now)
    channel = uow.channels.meet(channel_id)
    person = uow.people.get(person_id)
    if person is not None and person.is_external:
        raise NotAllowed("Only members of this workspace can change how Rowbot behaves here.")
    if channel.is_shared and not rights.is_admin(uow, person_id):
        raise NotAllowed("This channel is shared with another organisation; only an admin can let Rowbot listen here.")
    before = uow.channels.mode_of(channel)
    if channel.mode is not mode:
        uow.settings.record(f"channel.{channel_id}", channel.mode, mode, person_id=person_id, now=now)
        channel.mode = mode
    counts = uow.channels.mode_of(channel)
    if ChannelMode.OFF in (before, counts) and before is not counts:
        catching_up.begin_anew(channel, is_followed=counts is not ChannelMode.OFF, now=now)
    notifications.redraw_greeting(uow, channel_id, counts, now=now)
    return counts, channel.is_shared


def require_heard(uow: UnitOfWork, channel_id: str) -> None:
    """Refuse to register what is said in a channel shared with another organisation, until an admin lets the bot listen.

    Raises:
        Refusal: it is such a channel.
    """
    channel = uow.channels.get(channel_id)
    if channel is not None and channel.is_shared and uow.channels.mode_of(channel) is ChannelMode.OFF:
        raise Refusal(
            "This channel is shared with another organisation, so I register nothing from it. `/rowbot announce` elsewhere does it by a form."
        )


def require_aloud(uow: UnitOfWork, channel_id: str, name: str) -> None:
    """Refuse to post an announcement where the bot was asked to be still.

    Raises:
        BadInput: names the channel and the way out.
    """
    channel = uow.channels.get(channel_id)
    if channel is not None and channel.is_archived:
        raise BadInput(
            f"{name} is archived, so nothing can be posted there. Choose another channel, or leave this empty.",
            field=FIELD_CHANNEL,
        )
    if channel is not None and channel.is_shared:
        raise BadInput(
            f"{name} is shared with another organisation, so I post nothing there. Choose another channel, or leave this empty.",
            field=FIELD_CHANNEL,
        )
    if (mode := uow.channels.mode_of(channel)) is not ChannelMode.ON:
        raise BadInput(
            f"I am set to {mode.value} in {name}, so I post nothing there. Choose another channel, or leave this empty.",
            field=FIELD_CHANNEL,
        )
