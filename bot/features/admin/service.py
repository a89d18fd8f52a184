"""Decides what an admin is shown of the machine's health."""

from bot.errors import NotAllowed
from bot.features.admin.health import Health
from storage.unit_of_work import UnitOfWork


def health(uow: UnitOfWork, person_id: str) -> Health:
    """Messages that were given up and events that could not be handled.

    Raises:
        NotAllowed: the person is no admin.
    """
    person = uow.people.get(person_id)
    if person is None or not person.is_admin:
        raise NotAllowed("Only workspace admins see this. `/rowbot help` shows what you can do.")
    return Health(uow.outbox.dead(limit=20), uow.events.faults(limit=20), uow.initiatives.count())
