"""Teams: names that are held once, names that lead on, and who is in them."""

import pytest

from storage.database import Database
from storage.teams import Team
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import NOW

ELSEWHERE = Scope("T2")


@pytest.fixture
def chain(db: Database, scope: Scope) -> tuple[int, int, int]:
    """Three teams of which the first went into the second, and that into the third."""

    def make(uow: UnitOfWork) -> tuple[int, int, int]:
        first, second, third = (uow.teams.ensure(name, now=NOW) for name in ("Ads", "Feeds", "Growth"))
        first.merged_into_id, second.merged_into_id = second.id, third.id
        return first.id, second.id, third.id

    return db.write_now(scope, make)


def test_a_merged_team_is_found_as_the_one_that_it_is_part_of(
    db: Database, scope: Scope, chain: tuple[int, int, int]
) -> None:
    first, second, third = chain

    def read(uow: UnitOfWork) -> list[int | None]:
        named = uow.teams.named(chain)
        by_name, by_id = uow.teams.by_name(" ADS "), uow.teams.get(first)
        found = [by_name, by_id, uow.teams.ensure("feeds", now=NOW), *(named[each] for each in chain)]
        return [team.id if team is not None else None for team in found]

    assert db.write_now(scope, read) == [third] * 6
    assert db.read_now(scope, lambda uow: [team.id for team in uow.teams.all()]) == [third]
    assert db.read_now(scope, lambda uow: uow.teams.page(offset=0, limit=5)[1]) == 1
    assert db.read_now(scope, lambda uow: [row.id for row in uow.teams.merged_into(third)]) == [second]


def test_a_member_of_a_merged_team_is_not_in_two(db: Database, scope: Scope, chain: tuple[int, int, int]) -> None:
    def join(uow: UnitOfWork) -> list[str]:
        for team_id in chain:
            uow.teams.add_member(team_id, "U1")
        return [team.name for team in uow.teams.of("U1")]

    assert db.write_now(scope, join) == ["Growth"]


def test_a_deleted_team_is_found_by_nobody_and_its_names_are_free(
    db: Database, scope: Scope, chain: tuple[int, int, int]
) -> None:
    *_, third = chain

    def delete(uow: UnitOfWork) -> None:
        row = uow.teams.row(third)
        assert row is not None
        uow.teams.remove(row, now=NOW)

    db.write_now(scope, delete)
    assert db.read_now(scope, lambda uow: (uow.teams.all(), uow.teams.get(third), uow.teams.named([third]))) == (
        [],
        None,
        {},
    )
    made = db.write_now(
        scope, lambda uow: [uow.teams.ensure(name, now=NOW).name for name in ("Growth", "Ads", "Feeds")]
    )
    assert made == ["Growth", "Ads", "Feeds"]
    assert db.read_now(scope, lambda uow: len({team.id for team in uow.teams.all()} & set(chain))) == 0


def test_a_deleted_team_comes_back_with_its_name(db: Database, scope: Scope) -> None:
    def there_and_back(uow: UnitOfWork) -> list[str]:
        team = uow.teams.ensure("Ads", now=NOW)
        uow.teams.remove(team, now=NOW)
        uow.teams.put_back(team)
        return [each.name for each in uow.teams.all()] + ["found" if uow.teams.by_name("ads") else "lost"]

    assert db.write_now(scope, there_and_back) == ["Ads", "found"]


def test_a_held_name_makes_no_second_team(db: Database, scope: Scope) -> None:
    assert db.write_now(scope, lambda uow: uow.teams.add("Ads", now=NOW)) is not None
    assert db.write_now(scope, lambda uow: uow.teams.add(" ads", now=NOW)) is None
    assert db.write_now(ELSEWHERE, lambda uow: uow.teams.add("Ads", now=NOW)) is not None


def test_pages_are_by_name_and_members_are_counted(db: Database, scope: Scope) -> None:
    def make(uow: UnitOfWork) -> None:
        for number in range(7):
            team = uow.teams.ensure(f"Team {number}", now=NOW)
            for person in range(number):
                uow.teams.add_member(team.id, f"U{person}")

    db.write_now(scope, make)
    names, total = db.read_now(
        scope,
        lambda uow: (
            [team.name for team in uow.teams.page(offset=2, limit=3)[0]],
            uow.teams.page(offset=2, limit=3)[1],
        ),
    )
    assert (names, total) == (["Team 2", "Team 3", "Team 4"], 7)
    ids = {team.name: team.id for team in db.read_now(scope, lambda uow: uow.teams.all())}
    counts = db.read_now(scope, lambda uow: uow.teams.member_counts(ids.values()))
    assert counts == {ids[f"Team {number}"]: number for number in range(1, 7)}


def test_everything_stays_inside_the_workspace(db: Database, scope: Scope, chain: tuple[int, int, int]) -> None:
    def read(uow: UnitOfWork) -> list[object]:
        teams = uow.teams
        return [*(teams.row(each) for each in chain), *(teams.get(each) for each in chain), teams.by_name("Ads"), *teams.all(), *teams.named(chain),
                *teams.merged_into(chain[2]), *teams.grouped(), *teams.page(offset=0, limit=5)[0]]  # fmt: skip

    def group(uow: UnitOfWork) -> None:
        row = uow.teams.row(chain[2])
        assert isinstance(row, Team)
        row.user_group_id = "S1"

    db.write_now(scope, group)
    assert [each for each in db.read_now(ELSEWHERE, read) if each is not None] == []
    assert len([each for each in db.read_now(scope, read) if each is not None]) > 10
