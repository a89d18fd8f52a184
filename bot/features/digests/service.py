"""Decides about digests: who turns one on, moves it or turns it off, and when one is posted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bot.errors import NotAllowed, Refusal
from bot.features.digests import gathering, notifications, places, timing
from bot.features.digests.issue import Issue
from bot.features.digests.places import Bar, State
from bot.features.digests.timing import Slot, Weekly
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
        chosen = weekly or _weekly(digest)
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


def compose(uow: UnitOfWork, channel_id: str, *, now: datetime) -> Issue | None:
    """What is to be posted in a channel now; None if nothing is. Only reads, so that nobody's announcement waits for it."""
    digest, channel = uow.digests.get(channel_id), uow.channels.get(channel_id)
    is_due = digest is not None and digest.next_at is not None and digest.next_at <= now
    if digest is None or channel is None or not is_due or _slot(uow, digest, channel, now) is None:
        return None
    return gathering.gather(uow, channel, since=timing.since(digest.last_at, now), now=now, zone=digest.zone)


def publish(uow: UnitOfWork, channel_id: str, issue: Issue | None, *, now: datetime) -> bool:
    """Post what was composed for this moment, if the digest is still due; after time off only the newest one. Whether it was posted.

    Where nothing can be posted any more it is turned off, and who turned it on hears of that. Where the bot was asked to be
    still it is left out, and what it would have said is in the next one.
    """
    digest = uow.digests.claim(channel_id, now)
    if digest is None:
        return False
    channel = uow.channels.get(channel_id)
    slot = _slot(uow, digest, channel, now)
    if slot is not None and not (issue and channel and _fits(issue, digest, channel, now)):
        return False  # something changed since it was composed: it stays due
    digest.next_at = timing.following(_weekly(digest), digest.zone, now).at
    bar = places.bar_of(uow, channel)
    if bar is not None and bar in REFUSALS:
        digest.next_at = None
        notifications.tell_stopped(uow, digest, bar, channel.name if channel is not None else "", now=now)
    if slot is None or issue is None or channel is None:
        return False
    digest.last_on, digest.last_at = slot.day, now
    uow.session.flush()
    notifications.publish(uow, digest, issue, channel.name, now=now)
    return True


def _slot(uow: UnitOfWork, digest: Digest, channel: Channel | None, now: datetime) -> Slot | None:
    """The one of its times for which a due digest is posted now; None if it is not."""
    slot, following = (each(_weekly(digest), digest.zone, now) for each in (timing.latest, timing.following))
    is_late = following.at - now < timing.TOO_CLOSE
    return None if places.bar_of(uow, channel) or is_late or slot.day == digest.last_on else slot


def _fits(issue: Issue, digest: Digest, channel: Channel, now: datetime) -> bool:
    """Whether an issue tells of the right time, and was gathered with the eyes of those who are in the channel."""
    return issue.since == timing.since(digest.last_at, now) and issue.eyes == places.eyes_of(channel)


def _next(digest: Digest, now: datetime) -> datetime:
    """The first one later than now, on another day than the latest one was."""
    slot = timing.following(_weekly(digest), digest.zone, now)
    return slot.at if slot.day != digest.last_on else timing.following(_weekly(digest), digest.zone, slot.at).at


def _weekly(digest: Digest) -> Weekly:
    return Weekly(digest.weekday, digest.at_minute)


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
    weekly = _weekly(digest) if digest is not None else Weekly()
    return State(channel.id, weekly, digest.zone if digest is not None else "", digest.next_at if digest is not None else None,
                 places.bar_of(uow, channel), uow.channels.mode_of(channel))  # fmt: skip
