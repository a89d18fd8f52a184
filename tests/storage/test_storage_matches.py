"""Matches as they stand, and when each was found first."""

from datetime import timedelta

from storage.database import Database
from storage.initiatives import Initiative
from storage.matches import Match, ShownTo
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import NOW


def _entry(uow: UnitOfWork, title: str) -> int:
    row = Initiative(
        workspace_id=uow.workspace_id, title=title, folded_title=title, version=1, created_at=NOW, updated_at=NOW
    )
    return uow.initiatives.add(row).id


def _match(uow: UnitOfWork, initiative_id: int, candidate_id: int, *, days: int) -> Match:
    return Match(workspace_id=uow.workspace_id, initiative_id=initiative_id, candidate_id=candidate_id, position=1, probability=0.9, cosine=0.5, share=0.1,
                 overlap=0.2, matcher="m", shown_to=ShownTo.CHANNEL, created_at=NOW + timedelta(days=days))  # fmt: skip


def test_a_match_that_is_found_again_was_found_when_it_was_found_first(db: Database, scope: Scope) -> None:
    def write(uow: UnitOfWork) -> tuple[int, int, int]:
        uow.workspaces.ensure(now=NOW)
        mine, old, new = (_entry(uow, title) for title in ("mine", "old", "new"))
        uow.matches.replace(mine, [_match(uow, mine, old, days=0)])
        uow.matches.replace(mine, [_match(uow, mine, old, days=3), _match(uow, mine, new, days=3)])
        return mine, old, new

    mine, old, new = db.write_now(scope, write)
    found = db.read_now(scope, lambda uow: {match.candidate_id: match.created_at for match in uow.matches.of(mine)})

    assert found == {old: NOW, new: NOW + timedelta(days=3)}
