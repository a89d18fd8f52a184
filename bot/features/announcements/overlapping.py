"""What people say of a candidate under a reply: the overlap decides, and the replies of both sides follow."""

from datetime import datetime

from bot.features.announcements import answer
from bot.features.announcements.reply import Aside
from bot.features.initiatives import service as initiatives
from bot.features.initiatives.card import Card
from bot.features.overlaps import service as overlaps
from bot.features.overlaps.service import Told
from storage.announcements import AnnouncementState
from storage.overlaps import Verb
from storage.unit_of_work import UnitOfWork


def not_related(uow: UnitOfWork, mine_id: int, other_id: int, *, person_id: str, now: datetime) -> None:
    """These two are not related."""
    overlaps.not_related(uow, mine_id, other_id, person_id=person_id, now=now)
    _redraw(uow, mine_id, other_id, now=now)


def undo(uow: UnitOfWork, mine_id: int, other_id: int, *, person_id: str, now: datetime) -> None:
    """They are, after all."""
    overlaps.undo(uow, mine_id, other_id, person_id=person_id, now=now)
    _redraw(uow, mine_id, other_id, now=now)


def wish(uow: UnitOfWork, mine_id: int, other_id: int, verb: Verb, *, person_id: str, now: datetime) -> Told:
    """Join forces, or let the leads talk."""
    told = overlaps.wish(uow, mine_id, other_id, verb, person_id=person_id, now=now)
    _redraw(uow, mine_id, other_id, now=now)
    return told


def differ(uow: UnitOfWork, mine_id: int, other_id: int, text: str, *, person_id: str, now: datetime) -> Told:
    """How they differ."""
    told = overlaps.differ(uow, mine_id, other_id, text, person_id=person_id, now=now)
    _redraw(uow, mine_id, other_id, now=now)
    return told


def answer_owner(uow: UnitOfWork, hidden_id: int, public_id: int, verb: Verb, *, person_id: str, now: datetime) -> Card:
    """The owner of private work answers."""
    return overlaps.answer_owner(uow, hidden_id, public_id, verb, person_id=person_id, now=now)


def aside(uow: UnitOfWork, mine_id: int, person_id: str, *, now: datetime) -> Aside | None:
    """What the author of an announcement is told alone, as it stands now; None where this person announced nothing of it."""
    initiative = initiatives.require(uow, mine_id)
    own = [
        row
        for row in uow.announcements.of_initiative(mine_id)
        if row.author_id == person_id and row.state is AnnouncementState.REGISTERED
    ]
    return answer.aside_of(uow, own[0], initiative, now=now) if own else None


def both_cards(uow: UnitOfWork, mine_id: int, other_id: int) -> tuple[Card, Card]:
    """The two sides of a button, if this viewer may see both."""
    mine, other = initiatives.cards(uow, [initiatives.require(uow, mine_id), initiatives.require(uow, other_id)])
    return mine, other


def _redraw(uow: UnitOfWork, *initiative_ids: int, now: datetime) -> None:
    for initiative_id in initiative_ids:
        initiative = uow.machine.initiatives.get(initiative_id)
        if initiative is not None:
            answer.redraw(uow, initiative, now=now)
