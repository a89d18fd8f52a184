"""Who may see an item, and what they see of it."""

from collections.abc import Iterable
from datetime import datetime

from bot.features.initiatives import service as initiatives
from bot.features.items.card import ItemCard, Party
from storage.channels import MEMBERS_FRESH_FOR
from storage.items import Item
from storage.repository import Viewer
from storage.syncs import Sync
from storage.unit_of_work import UnitOfWork


def audiences(uow: UnitOfWork, item: Item) -> frozenset[str]:
    """The audiences of everything that an item is about: its own, its sync's, and that of all work in the sync or named by it."""
    sync = uow.machine.syncs.get(item.sync_id)
    return (
        _of_work(uow, {item.initiative_id, item.system_id})
        | {item.audience} - {""}
        | (audiences_in(uow, sync) if sync is not None else frozenset())
    )


def audiences_in(uow: UnitOfWork, sync: Sync) -> frozenset[str]:
    """The audiences of a sync and of all work in it."""
    members = uow.machine.syncs.members(sync.id)
    return _of_work(uow, {*sync.work, *(member.initiative_id for member in members)}) | {sync.audience} - {""}


def _of_work(uow: UnitOfWork, about: set[int | None]) -> frozenset[str]:
    rows = (uow.machine.initiatives.get(number) for number in sorted(number for number in about if number is not None))
    return frozenset(row.audience for row in rows if row is not None) - {""}


def sees(uow: UnitOfWork, viewer: Viewer, item: Item) -> bool:
    """Whether a viewer may see an item and all that it is about."""
    return all(viewer.sees(audience) for audience in audiences(uow, item))


def eyes(uow: UnitOfWork, person_id: str, item: Item, *, now: datetime) -> UnitOfWork | None:
    """The same transaction with a person's eyes; None if they may not see this item."""
    own = initiatives.eyes_of(uow, person_id, now=now)
    return uow.seen_by(own) if sees(uow, own, item) else None


def is_membership_known(uow: UnitOfWork, item: Item, *, now: datetime) -> bool:
    """Whether we know freshly who is in the private channels that an item is about."""
    rows = (uow.channels.get(audience) for audience in sorted(audiences(uow, item)))
    return all(
        row.members_read_at is not None and row.members_read_at >= now - MEMBERS_FRESH_FOR
        for row in rows
        if row is not None
    )


def is_out_of_sight(uow: UnitOfWork, item: Item) -> bool:
    """Whether it belongs to a private channel that the bot cannot look into any more: then nobody may be told of it."""
    rows = (uow.channels.get(audience) for audience in sorted(audiences(uow, item)))
    return any(row.is_deleted or not row.is_member for row in rows if row is not None)


def card(uow: UnitOfWork, item: Item, *, now: datetime) -> ItemCard:
    """An item with these eyes. Whether they see it at all was asked before."""
    return cards(uow, [item], now=now)[0]


def cards(uow: UnitOfWork, items: Iterable[Item], *, now: datetime) -> list[ItemCard]:
    """Items with these eyes, in the same order."""
    rows = list(items)
    work = uow.initiatives.named(
        {number for row in rows for number in (row.initiative_id, row.system_id) if number is not None}
    )
    named = {row.team_id for row in rows} | {row.team_id for row in work.values()}
    teams = {
        number: team.name for number, team in uow.teams.named({each for each in named if each is not None}).items()
    }
    people = uow.people.named(
        {
            each
            for row in rows
            for each in (row.waiter_id, row.person_id, row.owner_id, row.escalated_to, row.closed_by)
            if each
        }
    )

    def party(person_id: str, team: str = "") -> Party:
        person = people.get(person_id)
        return Party(person_id, person.name if person is not None else "", team)

    drawn = []
    for row in rows:
        mine = work.get(row.initiative_id) if row.initiative_id is not None else None
        system = work.get(row.system_id) if row.system_id is not None else None
        team = (
            teams.get(mine.team_id, "")
            if mine is not None and mine.team_id is not None
            else _team_of(uow, row.waiter_id)
        )
        drawn.append(
            ItemCard(
                id=row.id, state=row.state, what=row.what, waiter=party(row.waiter_id, team), days=max((now - row.created_at).days, 0),
                owner=party(row.owner_id), title=mine.title if mine is not None else "", team=teams.get(row.team_id or 0, ""),
                person=party(row.person_id).name, system=system.title if system is not None else "", is_asked=row.asked_at is not None,
                escalated_at=row.escalated_at, escalated_to=party(row.escalated_to), closed_by=party(row.closed_by),
            )
        )  # fmt: skip
    return drawn


def _team_of(uow: UnitOfWork, person_id: str) -> str:
    own = uow.teams.of(person_id)
    return own[0].name if own else ""
