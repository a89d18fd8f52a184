"""Decides what an export holds: what stands in the registry, as far as the viewer may see it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.features.capabilities import service as capabilities
from bot.features.capabilities.taxonomy import shipped
from bot.features.imports.records import Record, record_of, spelling
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the registry."""

    records: tuple[Record, ...]
    #: The last entry's id: the next page begins behind it. None: there is no more.
    last: int | None


def counts(uow: UnitOfWork) -> tuple[int, int]:
    """How many entries stand: those that this viewer may see, and the others."""
    seen = uow.initiatives.count()
    return seen, uow.machine.initiatives.count() - seen


def page(uow: UnitOfWork, *, after: int, limit: int) -> Page:
    """The next entries behind an id, withdrawn ones left out."""
    entries = uow.imports.standing(after=after, limit=limit)
    team_ids = {entry.team_id for entry in entries if entry.team_id is not None}
    teams: Mapping[int, str] = {each: team.name for each, team in uow.teams.named(team_ids).items()} if team_ids else {}
    known = capabilities.taxonomy(uow)
    names = {key: spelling(key, known, shipped()) for entry in entries for key in entry.capabilities}
    records = tuple(
        record_of(entry, team=teams.get(entry.team_id, "") if entry.team_id is not None else "",
                  names=[names[key] for key in entry.capabilities])
        for entry in entries
    )  # fmt: skip
    return Page(records, entries[-1].id if len(entries) == limit else None)
