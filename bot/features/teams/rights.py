"""Who administers Rowbot: the people that an admin listed; where nobody is listed (or all of them left), the workspace's admins and owners."""

from bot.errors import NotAllowed
from storage.unit_of_work import UnitOfWork


def is_admin(uow: UnitOfWork, person_id: str) -> bool:
    """Whether this person administers Rowbot, as far as we know them."""
    person = uow.people.get(person_id) if person_id else None
    if person is None or person.is_external or person.is_deleted or person.is_bot:
        return False
    listed = uow.people.named(uow.settings.preferences().admins)
    present = {each.id for each in listed.values() if not (each.is_deleted or each.is_external or each.is_bot)}
    return person_id in present if present else person.is_admin


def require_admin(uow: UnitOfWork, person_id: str) -> None:
    """Refuse whoever does not administer Rowbot.

    Raises:
        NotAllowed: says who may, and what this person can do instead.
    """
    if not is_admin(uow, person_id):
        raise NotAllowed("Only admins can do that here. `/rowbot help` shows what you can do.")
