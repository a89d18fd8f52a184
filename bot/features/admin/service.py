"""Decides what an admin is shown of the machine's health."""

from datetime import datetime

from bot.delivery import outbox
from bot.errors import Refusal
from bot.features.admin.health import Health
from bot.features.announcements import leaving
from bot.features.teams import rights
from storage.outbox import people_of
from storage.unit_of_work import UnitOfWork


def health(uow: UnitOfWork, person_id: str) -> Health:
    """Messages that were given up and events that could not be handled.

    Raises:
        NotAllowed: the person is no admin.
    """
    rights.require_admin(uow, person_id)
    dead = uow.undelivered.dead_groups()
    reachable = frozenset(group.target for group in dead if can_reach(uow, group.target))
    return Health(dead, uow.events.faults(limit=20), uow.initiatives.count(), reachable, leaving.vacant(uow))


def can_reach(uow: UnitOfWork, target: str) -> bool:
    """Whether something can be sent to a channel or person, as far as we know."""
    if target.startswith(("U", "W")):
        people = people_of(target)
        return uow.people.present(people) == set(people)
    channel = uow.channels.get(target)
    return channel is None or channel.is_reachable


def try_again(uow: UnitOfWork, target: str, *, person_id: str, now: datetime) -> int:
    """Send what was given up for a channel or person within the last week after all; how many messages.

    Raises:
        NotAllowed: the person is no admin.
        Refusal: nothing can be sent there still.
    """
    rights.require_admin(uow, person_id)
    if not can_reach(uow, target):
        raise Refusal(
            "I still cannot post there. Invite me with `/invite @Rowbot`, or bring the channel back, then try again."
        )
    return outbox.try_again(uow, target, now=now)
