"""Decides who is asked to take care of an item, and who is above them."""

from collections.abc import Iterator
from datetime import datetime

from bot.features.items import patience, seeing
from bot.features.teams.hours import calendar_of
from storage.items import Item
from storage.unit_of_work import UnitOfWork


def is_here(uow: UnitOfWork, person_id: str) -> bool:
    """Whether somebody can be asked: a present member of this workspace, as far as we know."""
    person = uow.people.get(person_id)
    return person is None or not (person.is_bot or person.is_deleted or person.is_external)


def is_away(uow: UnitOfWork, person_id: str, *, now: datetime) -> bool:
    """Whether somebody is away today."""
    return patience.is_away(calendar_of(uow, person_id, now=now), now)


def choose(uow: UnitOfWork, item: Item, *, now: datetime) -> str:
    """Who is asked: the person named, the team's lead, the legacy system's lead or its team's; in the place of who has left or is away
    their team's lead. Away is better than nobody. "" where nobody is known.
    """
    known = candidates(uow, item)
    return next((each for each in known if not is_away(uow, each, now=now)), known[0] if known else "")


def candidates(uow: UnitOfWork, item: Item) -> list[str]:
    """Who may be asked, in order; never the one who waits."""
    fit = (each for each in _named(uow, item) if each and each != item.waiter_id and is_here(uow, each))
    return list(dict.fromkeys(fit))


def _named(uow: UnitOfWork, item: Item) -> Iterator[str]:
    if item.handed_by and item.owner_id:
        yield item.owner_id
        yield from _leads_of(uow, item.owner_id)
    if item.person_id:
        yield item.person_id
        if item.person_id != item.waiter_id:
            yield from _leads_of(uow, item.person_id)
    if item.team_id is not None:
        yield _lead(uow, item.team_id)
    system = uow.machine.initiatives.get(item.system_id) if item.system_id is not None else None
    if system is not None:
        yield system.lead_id
        yield _lead(uow, system.team_id)


def above(uow: UnitOfWork, item: Item, *, now: datetime) -> str:
    """The lead above the owner, if they may see the item; of the owner's teams the one that is waited for first. "" for nobody."""
    teams = sorted(uow.teams.of(item.owner_id), key=lambda team: team.id != item.team_id)
    fit = [
        team.lead_id for team in teams
        if team.lead_id not in ("", item.owner_id, item.waiter_id) and is_here(uow, team.lead_id)
        and seeing.eyes(uow, team.lead_id, item, now=now) is not None
    ]  # fmt: skip
    return next((each for each in fit if not is_away(uow, each, now=now)), fit[0] if fit else "")


def _leads_of(uow: UnitOfWork, person_id: str) -> Iterator[str]:
    yield from (team.lead_id for team in uow.teams.of(person_id))


def _lead(uow: UnitOfWork, team_id: int | None) -> str:
    team = uow.teams.get(team_id) if team_id is not None else None
    return team.lead_id if team is not None else ""
