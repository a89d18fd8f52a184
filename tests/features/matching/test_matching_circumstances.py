"""Who stands on both sides of a pair, whose team it is, and since when both are under way."""

from datetime import date

from bot.features.matching import circumstances
from bot.features.matching.circumstances import Circumstances
from storage.database import Database
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import NOW


def test_who_is_on_both_sides_is_named_once_and_bots_and_strangers_never(db: Database, scope: Scope) -> None:
    def write(uow: UnitOfWork) -> tuple[int, int]:
        uow.workspaces.ensure(now=NOW)
        uow.people.meet("UANA", name="Ana")
        uow.people.meet("UBEN", name="Ben")
        uow.people.meet("UBOT", name="Intake", is_bot=True)
        search, ads = (uow.teams.ensure(name, now=NOW) for name in ("Search", "Ads"))
        for person in ("UANA", "UBEN", "UBOT"):
            uow.teams.add_member(ads.id, person)
        return search.id, ads.id

    search, ads = db.write_now(scope, write)
    mine = Circumstances(team_id=search, lead_id="UANA", author_id="UBOT")
    theirs = Circumstances(team_id=ads, lead_id="UBEN")
    assert db.read_now(scope, lambda uow: circumstances.people(uow, mine, theirs)) == ("Ana",)
    assert db.read_now(scope, lambda uow: circumstances.people(uow, theirs, mine)) == ("Ana",)
    assert db.read_now(scope, lambda uow: circumstances.people(uow, theirs, Circumstances(lead_id="UBEN"))) == ("Ben",)
    assert db.read_now(scope, lambda uow: circumstances.people(uow, Circumstances(), theirs)) == ()


def test_the_team_of_both_is_named_and_its_members_are_not_counted_one_by_one(db: Database, scope: Scope) -> None:
    def write(uow: UnitOfWork) -> int:
        uow.workspaces.ensure(now=NOW)
        uow.people.meet("UANA", name="Ana")
        team = uow.teams.ensure("Search", now=NOW)
        uow.teams.add_member(team.id, "UANA")
        return team.id

    search = db.write_now(scope, write)
    mine, theirs = Circumstances(team_id=search, lead_id="UANA"), Circumstances(team_id=search, lead_id="UBEN")
    assert db.read_now(scope, lambda uow: circumstances.team(uow, mine, theirs)) == "Search"
    assert db.read_now(scope, lambda uow: circumstances.people(uow, mine, theirs)) == ()
    assert db.read_now(scope, lambda uow: circumstances.team(uow, mine, Circumstances())) == ""


def test_both_are_under_way_since_the_later_one_began() -> None:
    march, may = Circumstances(began=date(2026, 3, 1)), Circumstances(began=date(2026, 5, 2))
    assert circumstances.since(march, may) == date(2026, 5, 2)
    assert circumstances.since(march, Circumstances()) is None
