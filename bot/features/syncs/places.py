"""Decides where a check-in's summaries may be posted, and what follows when that place is lost: a sentence to one person, and direct messages from then on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.errors import BadInput
from bot.features.initiatives import service as initiatives
from bot.features.syncs import facts, notifications
from bot.features.syncs.card import FIELD_PLACE, Loss
from bot.features.syncs.scheduling import roster_of
from storage.channels import Channel, ChannelMode
from storage.initiatives import Initiative
from storage.repository import EVERYBODY, Viewer
from storage.syncs import Sync
from storage.unit_of_work import UnitOfWork

#: For so many rounds a channel that Slack would not let us post in is not tried again.
REMEMBERED: Final = 4


def place_of(uow: UnitOfWork, sync: Sync, work: Sequence[Initiative]) -> Viewer | None:
    """The eyes of everybody in the place of a check-in; None where it has none, the bot is still there, or not all may see it."""
    channel = uow.channels.get(sync.channel_id) if sync.channel_id else None
    return _eyes_of(uow, channel, sync, work)


def _eyes_of(uow: UnitOfWork, channel: Channel | None, sync: Sync, work: Sequence[Initiative]) -> Viewer | None:
    if channel is None or not channel.is_reachable or channel.is_shared:
        return None
    audience = Viewer(frozenset({channel.id})) if channel.is_private else EVERYBODY
    is_told = uow.channels.mode_of(channel) is ChannelMode.ON and facts.sees_all(audience, sync, work)
    return audience if is_told else None


def require_place(uow: UnitOfWork, sync: Sync, channel_id: str, work: Sequence[Initiative]) -> None:
    """Refuse a channel in which this check-in's summaries cannot be posted, or that its chooser does not see.

    Raises:
        BadInput: says why, and what to do.
    """
    channel = uow.channels.get(channel_id)
    if channel is None or not channel.is_reachable or (channel.is_private and not uow.viewer.sees(channel.id)):
        raise BadInput("I can't post there. Invite me with `/invite @Rowbot`, then choose it again.", field=FIELD_PLACE)
    if channel.is_shared:
        raise BadInput("That channel is shared with another organisation. Choose another.", field=FIELD_PLACE)
    if uow.channels.mode_of(channel) is not ChannelMode.ON:
        raise BadInput("I was asked to be still there. `/rowbot channel on` changes that.", field=FIELD_PLACE)
    if _eyes_of(uow, channel, sync, work) is None:
        raise BadInput("Some of this work is private, and not everybody there may see it. Choose its channel, or none.", field=FIELD_PLACE)  # fmt: skip


def loss_of(uow: UnitOfWork, sync: Sync) -> Loss | None:
    """Why nothing can be posted any more in the channel that a check-in lives in; None where something can, or it lives in none.

    A channel in which the bot was asked to be still is not lost.
    """
    channel = uow.channels.get(sync.channel_id) if sync.channel_id else None
    if channel is None:
        return None
    if channel.is_deleted:
        return Loss.DELETED
    if channel.is_archived:
        return Loss.ARCHIVED
    if not channel.is_member:
        return Loss.ABSENT
    if channel.is_shared:
        return Loss.SHARED
    return Loss.REFUSED if was_refused(uow, sync) else None


def was_refused(uow: UnitOfWork, sync: Sync) -> bool:
    """Whether Slack would not take one of the last summaries in the channel that a check-in lives in."""
    turns = uow.rounds.rounds(sync.id)[:REMEMBERED] if sync.channel_id else []
    return any(notifications.was_refused(uow, turn, sync.channel_id) for turn in turns)


def leave_if_lost(uow: UnitOfWork, sync: Sync, *, now: datetime) -> None:
    """Where the channel of a check-in is lost, its summaries go to each participant from now on, and its owner hears so, once.

    It does not go back by itself when the channel does: whoever moves it there again wants it there.
    """
    why = loss_of(uow, sync)
    if why is None:
        return
    lost, sync.channel_id, sync.thread_ts, sync.updated_at = sync.channel_id, "", "", now
    uow.session.flush()
    owner_id = owner_of(uow, sync, now=now)
    if owner_id:
        own = facts.eyes(uow, owner_id, now=now)
        channel = uow.channels.get(lost)
        is_known = channel is not None and (not channel.is_private or own.viewer.sees(lost))
        name = channel.name if channel is not None and is_known else None
        card = facts.card(own, sync, owner_id, now=now)
        notifications.tell_displaced(uow, card, owner_id, lost, name, why, turns=uow.rounds.held(sync.id), now=now)


def owner_of(uow: UnitOfWork, sync: Sync, *, now: datetime) -> str:
    """Who sees to a check-in: whoever set it up, else the first who takes part; "" where nobody is left who may see it."""
    if facts.can_take_part(uow.people.get(sync.created_by)):
        work = facts.work_of(uow, sync, uow.syncs.members(sync.id))
        if facts.sees_all(initiatives.eyes_of(uow, sync.created_by, now=now), sync, work):
            return sync.created_by
    present = roster_of(uow, sync, now=now).present
    return present[0].person_id if present else ""
