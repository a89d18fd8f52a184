"""Decides what the page of teams shows."""

from bot.features.admin.shown import PER_PAGE, TeamPage
from bot.features.teams import organising, rights
from storage.teams import Team
from storage.unit_of_work import UnitOfWork


def page(uow: UnitOfWork, offset: int, *, person_id: str) -> tuple[TeamPage, list[tuple[int, str]]]:
    """Teams by name from an offset on; and id and name of all, to find one of many."""
    rights.require_admin(uow, person_id)
    everybody = names(uow)
    offset = min(offset, max(0, (len(everybody) - 1) // PER_PAGE * PER_PAGE))
    rows, total = uow.teams.page(offset=offset, limit=PER_PAGE)
    counts = uow.teams.member_counts([team.id for team in rows])
    return TeamPage(tuple((team, counts.get(team.id, 0)) for team in rows), offset, total), everybody


def names(uow: UnitOfWork, *, but: int = 0) -> list[tuple[int, str]]:
    """Id and name of every team that stands, by name; ``but`` one."""
    return [(team.id, team.name) for team in uow.teams.all() if team.id != but]


def team(uow: UnitOfWork, team_id: int, *, person_id: str) -> tuple[Team | None, list[str]]:
    """A team and its members; None and nobody for 0, which is a new one."""
    rights.require_admin(uow, person_id)
    if not team_id:
        return None, []
    row = organising.require(uow, team_id)
    return row, uow.teams.members(row.id)


def to_merge(uow: UnitOfWork, team_id: int, *, person_id: str) -> tuple[Team, list[tuple[int, str]]]:
    """A team and those that it could go into."""
    rights.require_admin(uow, person_id)
    row = organising.require(uow, team_id)
    return row, names(uow, but=row.id)
