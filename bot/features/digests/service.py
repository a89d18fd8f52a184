"""Decides about digests: who turns one on, moves it or turns it off, and when one is posted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bot.errors import NotAllowed, Refusal
from bot.features.digests import gathering, notifications, places, timing
from bot.features.digests.issue import Issue
from bot.features.digests.places import Bar, State
from bot.features.digests.timing import Weekly
from bot.features.teams import hours
from storage.channels import Channel
from storage.digests import Digest
from storage.unit_of_work import UnitOfWork

#: Where no digest is turned on, and one that was is turned off when it is due.
REFUSALS: Final[Mapping[Bar, str]] = {
    Bar.ABSENT: "I am not in this channel, so I can post no digest here. Invite me with `/invite @Rowbot`, then turn it on.",
    Bar.ARCHIVED: "This channel is archived, so I can post no digest here.",
    Bar.SHARED: "This channel is shared with another organisation, so I post no digest here. Turn it on in one of your own.",
}


def show(uow: UnitOfWork, channel_id: str, *, person_id: str) -> State:
    """Whether a channel has a digest, and when the next one comes.

    Raises:
        NotAllowed
    """
    return _state(uow, _require_may(uow, channel_id, person_id), uow.digests.get(channel_id))


def preview(uow: UnitOfWork, channel_id: str, *, person_id: str, now: datetime) -> tuple[Issue, State]:
    """What a digest would say now, to whoever asks; written with the eyes of the whole channel.

    Raises:
        NotAllowed, Refusal
    """
    channel = _require_place(uow, _require_may(uow, channel_id, person_id))
    digest = uow.digests.get(channel_id)
    zone = digest.zone if digest is not None and digest.next_at is not None else hours.zone_of(uow, person_id)
    since = timing.since(digest.last_at if digest is not None else None, now)
    return gathering.gather(uow, channel, since=since, now=now, zone=zone), _state(uow, channel, digest)


def turn_on(uow: UnitOfWork, channel_id: str, weekly: Weekly | None, *, person_id: str, now: datetime) -> State:
    """Let a digest come every week, on the clock of who says so; None: as it was chosen before, or on Monday morning.

    Raises:
        NotAllowed
        Refusal: none can be posted here.
    """
    channel = _require_place(uow, _require_may(uow, channel_id, person_id))
    digest = uow.digests.lock(channel_id, now=now)
    if weekly is not None or digest.next_at is None:
        chosen = weekly or Weekly(digest.weekday, digest.at_minute)
        digest.weekday, digest.at_minute, digest.zone = chosen.weekday, chosen.minute, hours.zone_of(uow, person_id)
        digest.chosen_by, digest.updated_at = person_id, now
        digest.next_at = _next(digest, now)
    return _state(uow, channel, digest)


def turn_off(uow: UnitOfWork, channel_id: str, *, person_id: str, now: datetime) -> State:
    """No digest comes any more. The message of the latest one says so.

    Raises:
        NotAllowed
    """
    channel, digest = _require_may(uow, channel_id, person_id), uow.digests.get(channel_id)
    if digest is not None:
        digest = uow.digests.lock(channel_id, now=now)
        if digest.next_at is not None:
            digest.next_at, digest.chosen_by, digest.updated_at = None, person_id, now
            person = uow.people.get(person_id)
            notifications.say_it_is_off(uow, digest, person.name if person is not None else "", now=now)
    return _state(uow, channel, digest)


def due(uow: UnitOfWork, now: datetime, *, limit: int = 100) -> list[str]:
    """Channels whose digest is due."""
    return uow.digests.due(now, limit=limit)


def publish(uow: UnitOfWork, channel_id: str, *, now: datetime) -> bool:
    """Post the digest of a channel if it is still due; after time off only the newest one. Whether one was posted.

    Where nothing can be posted any more it is turned off, and who turned it on hears of that. Where the bot was asked to be
    still it is left out, and what it would have said is in the next one.
    """
    digest = uow.digests.claim(channel_id, now)
    if digest is None:
        return False
    weekly, channel = Weekly(digest.weekday, digest.at_minute), uow.channels.get(channel_id)
    following = timing.following(weekly, digest.zone, now)
    digest.next_at = following.at
    bar = places.bar_of(uow, channel)
    if channel is None or (bar is not None and bar in REFUSALS):
        digest.next_at = None
        notifications.tell_stopped(uow, digest, bar or Bar.ABSENT, channel.name if channel is not None else "", now=now)
        return False
    slot = timing.latest(weekly, digest.zone, now)
    if bar is not None or following.at - now < timing.TOO_CLOSE or slot.day == digest.last_on:
        return False
    issue = gathering.gather(uow, channel, since=timing.since(digest.last_at, now), now=now, zone=digest.zone)
    digest.last_on, digest.last_at = slot.day, now
    uow.session.flush()
    notifications.publish(uow, digest, issue, channel.name, now=now)
    return True


def _next(digest: Digest, now: datetime) -> datetime:
    """The first one later than now, on another day than the latest one was."""
    weekly = Weekly(digest.weekday, digest.at_minute)
    slot = timing.following(weekly, digest.zone, now)
    return slot.at if slot.day != digest.last_on else timing.following(weekly, digest.zone, slot.at).at


def _require_may(uow: UnitOfWork, channel_id: str, person_id: str) -> Channel:
    """The channel, for somebody who may decide about its digest: any member, as about how loud the bot is there."""
    person = uow.people.get(person_id)
    if person is not None and person.is_external:
        raise NotAllowed("Only members of this workspace can have a digest posted.")
    channel = uow.channels.get(channel_id)
    if channel is None:
        return Channel(workspace_id=uow.workspace_id, id=channel_id, is_member=False)
    if channel.is_private and not uow.viewer.sees(channel_id):
        raise NotAllowed("Only members of that channel decide about its digest.")
    return channel


def _require_place(uow: UnitOfWork, channel: Channel) -> Channel:
    bar = places.bar_of(uow, channel)
    if bar is not None and bar in REFUSALS:
        raise Refusal(REFUSALS[bar])
    return channel


def _state(uow: UnitOfWork, channel: Channel, digest: Digest | None) -> State:
    weekly = Weekly(digest.weekday, digest.at_minute) if digest is not None else Weekly()
    return State(channel.id, weekly, digest.zone if digest is not None else "", digest.next_at if digest is not None else None,
                 places.bar_of(uow, channel), uow.channels.mode_of(channel))  # fmt: skip
