"""Reasons beside the words of two texts: who is on both sides, whose team it is, and since when both are under way."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Self

from storage.initiatives import Initiative
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Whose a piece of work is and when it began; of an announcement, as far as it is known before it is registered."""

    system: str = ""
    team_id: int | None = None
    lead_id: str = ""
    author_id: str = ""
    #: None: it has ended, or nobody knows.
    began: date | None = None

    @classmethod
    def of(cls, row: Initiative) -> Self:
        """Those of an entry."""
        began = None if row.is_over else row.started_on or row.created_at.date()
        return cls(row.system, row.team_id, row.lead_id, row.created_by, began)

    @property
    def named(self) -> frozenset[str]:
        """Who leads or announced it."""
        return frozenset({self.lead_id, self.author_id} - {""})


def since(mine: Circumstances, theirs: Circumstances) -> date | None:
    """The day since which both are under way."""
    return max(mine.began, theirs.began) if mine.began and theirs.began else None


def team(uow: UnitOfWork, mine: Circumstances, theirs: Circumstances) -> str:
    """The name of the team of both, "" where there is none."""
    if mine.team_id is None or theirs.team_id is None:
        return ""
    one, other = uow.teams.get(mine.team_id), uow.teams.get(theirs.team_id)
    return one.name if one is not None and other is not None and one.id == other.id else ""


def people(uow: UnitOfWork, mine: Circumstances, theirs: Circumstances) -> tuple[str, ...]:
    """Names of those who lead or announced one of the two, and lead, announced or are in the team of the other."""
    both = set(_on_both(uow, mine, theirs)) | set(_on_both(uow, theirs, mine))
    known = uow.people.named(both) if both else {}
    present = [
        each for each in known.values() if each.name and not (each.is_bot or each.is_deleted or each.is_external)
    ]
    return tuple(each.name for each in sorted(present, key=lambda each: each.id))


def _on_both(uow: UnitOfWork, one: Circumstances, other: Circumstances) -> Iterator[str]:
    yield from one.named & other.named
    if one.named and other.team_id is not None and other.team_id != one.team_id:
        yield from one.named.intersection(uow.teams.members(other.team_id))
