"""Decides what an admin is told of a pair of initiatives that were not named beside each other, by what this admin may see."""

from collections.abc import Sequence
from typing import Final

from bot.errors import BadInput, NotFound
from bot.features.admin.shown import FIELD_OTHER, Entry
from bot.features.announcements.service import Means
from bot.features.matching import why_not
from bot.features.matching.matcher import Probe
from bot.features.teams import rights
from storage.unit_of_work import UnitOfWork

#: Titles that are offered at once while somebody types.
OFFERED: Final = 50


def offered(uow: UnitOfWork, typed: str, *, person_id: str) -> list[Entry]:
    """Initiatives whose titles hold what was typed.

    Raises:
        NotAllowed: the person is no admin.
    """
    rights.require_admin(uow, person_id)
    return [Entry(row.id, row.title, row.summary) for row in uow.initiatives.titled(typed, limit=OFFERED)]


def chosen(uow: UnitOfWork, ids: Sequence[int], *, person_id: str) -> list[Entry]:
    """The two that were chosen.

    Raises:
        NotAllowed: the person is no admin.
        BadInput: it is one and the same.
        NotFound: one of them was taken back, or is not for this person any more.
    """
    rights.require_admin(uow, person_id)
    if len(set(ids)) < len(ids):
        raise BadInput("Choose two different initiatives.", field=FIELD_OTHER)
    rows = uow.initiatives.named(ids)
    if len(rows) < len(ids):
        raise NotFound("One of the two is gone: it was taken back, or is private to a channel that you are not in.")
    return [Entry(number, rows[number].title, rows[number].summary) for number in ids]


def explained(
    uow: UnitOfWork, entries: Sequence[Entry], probes: Sequence[Probe], means: Means, *, person_id: str
) -> list[str]:
    """Stage by stage, why the second one is named or not when the first one is announced."""
    rights.require_admin(uow, person_id)
    asked = [str(entry.id) for entry in entries]
    return why_not.told(uow, means.matcher, asked, probes, means.threshold)
