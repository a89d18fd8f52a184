"""Decides what follows when a channel is left, archived, deleted, opened, closed, or gets another id."""

from collections import defaultdict
from datetime import datetime

from bot.delivery import outbox
from bot.features.announcements import answer, life_notifications
from bot.features.initiatives import service as initiatives
from bot.features.initiatives.card import Card
from storage import channel_ids
from storage.channels import Channel
from storage.initiatives import Initiative
from storage.repository import Viewer
from storage.unit_of_work import UnitOfWork


def left(uow: UnitOfWork, channel_id: str, *, now: datetime) -> bool:
    """The bot was removed: nothing more is sent there, and who is inside is unknown from here on. False if that was known.

    A message that could not be sent may have told before that the bot is outside, but not why: the leads hear of it here.
    """
    channel = uow.channels.get(channel_id)
    if channel is None or not (channel.is_member or channel.members_read_at):
        return False
    for lead_id, rows in _private_work(uow, channel, now=now).items():
        life_notifications.tell_out_of_sight(uow, lead_id, _cards(uow, rows, channel_id), channel_id, now=now)
    channel.is_member, channel.members_read_at = False, None
    outbox.close(uow, channel, now=now)
    return True


def archived(uow: UnitOfWork, channel_id: str, *, now: datetime) -> bool:
    """A channel was archived: nothing more is sent there; whoever set the bot up there hears what did not arrive. False if that was known."""
    channel = uow.channels.get(channel_id)
    if channel is None or channel.is_archived:
        return False
    channel.is_archived = True
    _close(uow, channel, now=now)
    return True


def deleted(uow: UnitOfWork, channel_id: str, *, now: datetime) -> bool:
    """A channel was deleted, and every message in it: nothing links there any more; its private work is kept to its leads."""
    channel = uow.channels.get(channel_id)
    if channel is None or channel.is_deleted:
        return False
    work = _private_work(uow, channel, now=now)
    channel.is_deleted, channel.is_member, channel.members_read_at = True, False, None
    for lead_id, rows in work.items():
        version = uow.workspaces.raise_version()
        for row in rows:
            uow.initiatives.change(row, version=version, now=now, audience=lead_id)
        uow.session.flush()
        life_notifications.tell_kept(uow, lead_id, _cards(uow, rows, lead_id), channel_id, channel.name, now=now)
    _close(uow, channel, now=now)
    return True


def restored(uow: UnitOfWork, channel_id: str) -> None:
    """A channel is no longer archived. Whether the bot is still in it, Slack is asked."""
    channel = uow.channels.get(channel_id)
    if channel is not None:
        channel.is_archived = False


def converted(uow: UnitOfWork, channel_id: str, *, to_private: bool, now: datetime) -> bool:
    """A channel was made private or public. What was said before keeps its audience: public work stays public, private work
    stays with the channel's members until its lead opens it. False if that was known.
    """
    channel = uow.channels.meet(channel_id)
    if channel.is_private == to_private:
        return False
    if not to_private:
        for lead_id, rows in _private_work(uow, channel, now=now).items():
            life_notifications.tell_still_kept(uow, lead_id, _cards(uow, rows, channel_id), channel_id, now=now)
    channel.is_private, channel.members_read_at = to_private, channel.members_read_at if not to_private else None
    return True


def follow_id(uow: UnitOfWork, old: str, new: str, *, now: datetime) -> bool:
    """A channel has another id: whatever names it follows. False if the old one is unknown."""
    return channel_ids.follow(uow, old, new, now=now)


def open_up(uow: UnitOfWork, initiative_id: int, *, person_id: str, now: datetime) -> Card:
    """Let everybody see private work. Its lead's to decide, or that of who else may change it.

    Raises:
        NotFound, NotAllowed
    """
    row = initiatives.require_mine(uow, initiative_id, person_id)
    if row.audience:
        uow.initiatives.change(row, version=uow.workspaces.raise_version(), now=now, audience="")
        uow.session.flush()
        answer.redraw(uow, row, now=now)
    return initiatives.card(uow, row)


def _private_work(uow: UnitOfWork, channel: Channel, *, now: datetime) -> dict[str, list[Initiative]]:
    """What is kept to a channel's members, by lead, of those leads who are known to be in it right now."""
    led: dict[str, list[Initiative]] = defaultdict(list)
    for row in uow.machine.initiatives.kept_to(channel.id):
        if row.lead_id and not row.is_over and channel.id in uow.channels.private_of(row.lead_id, now=now):
            led[row.lead_id].append(row)
    return led


def _cards(uow: UnitOfWork, rows: list[Initiative], audience: str) -> list[Card]:
    return initiatives.cards(uow.seen_by(Viewer(frozenset({audience}))), rows)


def _close(uow: UnitOfWork, channel: Channel, *, now: datetime) -> None:
    count = outbox.close(uow, channel, now=now)
    person_id = uow.settings.last_changed_by(f"channel.{channel.id}")
    if count and uow.people.present([person_id]):
        why = outbox.why_unreachable(channel)
        life_notifications.tell_not_sent(uow, person_id, channel.id, channel.name, count, why, now=now)
