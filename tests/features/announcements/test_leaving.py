"""Who is asked when somebody who led something has left, on both databases; scenarios show the same through Slack."""

from typing import Any, Final

import pytest
from sqlmodel import select

from bot.errors import BadInput, NotAllowed, NotFound, Refusal
from bot.features.announcements import leaving
from storage.channels import ChannelMode
from storage.database import Database
from storage.initiatives import Initiative, Status
from storage.outbox import OutboxRow
from storage.repository import Viewer
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import NOW

HERE: Final = Scope("T1")
GONE, LEAD, OTHER = "U0GONE0001", "U0LEAD0001", "U0OTHER001"
HOME, DEN = "C0HOME0001", "G0DEN00001"


@pytest.fixture
def world(db: Database) -> Database:
    """Somebody who left, two colleagues, a public channel and a private one."""

    def fill(uow: UnitOfWork) -> None:
        uow.workspaces.ensure(now=NOW)
        for person, gone in ((GONE, True), (LEAD, False), (OTHER, False)):
            uow.people.meet(person, name=person.title(), is_deleted=gone, read_at=NOW)
        uow.channels.meet(HOME, name="home")
        uow.channels.meet(DEN, name="den", is_private=True)

    db.write_now(HERE, fill)
    return db


def team(db: Database, name: str, *, lead: str = "", home: str = "", members: tuple[str, ...] = ()) -> int:
    def put(uow: UnitOfWork) -> int:
        row = uow.teams.ensure(name, now=NOW)
        row.lead_id, row.home_channel_id = lead, home
        for member in members:
            uow.people.meet(member, name=member, read_at=NOW)
            uow.teams.add_member(row.id, member)
        return row.id

    return db.write_now(HERE, put)


def work(db: Database, title: str, *, lead: str = GONE, **other: Any) -> int:
    def put(uow: UnitOfWork) -> int:
        row = Initiative(workspace_id="T1", title=title, folded_title=title.casefold(), lead_id=lead, version=uow.workspaces.raise_version(),
                         created_at=NOW, updated_at=NOW, **other)  # fmt: skip
        return uow.initiatives.add(row).id

    return db.write_now(HERE, put)


def asked(db: Database) -> dict[str, str]:
    """Ask; what each place was asked."""

    def act(uow: UnitOfWork) -> dict[str, str]:
        leaving.ask_for_leads(uow, now=NOW)
        found = uow.session.exec(select(OutboxRow)).all()
        return {row.target: str(row.body["blocks"]) for row in found}

    return db.write_now(HERE, act)


def test_each_place_is_asked_once_about_all_of_its_own_and_nobody_twice(world: Database) -> None:
    ads, search = team(world, "Ads", lead=LEAD), team(world, "Search", home=HOME)
    work(world, "Alpha", team_id=ads)
    work(world, "Beta", team_id=ads)
    work(world, "Gamma", team_id=search)
    work(world, "Ended", team_id=ads, status=Status.MERGED)
    work(world, "Taken back", team_id=ads, withdrawn_at=NOW)
    work(world, "Led on", team_id=ads, lead=OTHER)
    said = asked(world)
    assert set(said) == {LEAD, HOME}
    assert [title for title in ("Alpha", "Beta", "Gamma", "Ended", "Taken back", "Led on") if title in said[LEAD]] == [
        "Alpha",
        "Beta",
    ]
    assert "Gamma" in said[HOME]
    assert world.write_now(HERE, leaving.ask_for_leads, now=NOW) == 0


@pytest.mark.parametrize("reason", ["shared", "quiet", "left", "archived"])
def test_a_home_channel_that_is_to_be_left_alone_is_not_asked_and_admins_see_it(world: Database, reason: str) -> None:
    work(world, "Alpha", team_id=team(world, "Ads", home=HOME))

    def still(uow: UnitOfWork) -> None:
        channel = uow.channels.meet(HOME)
        channel.is_shared, channel.is_member, channel.is_archived = (
            reason == "shared",
            reason != "left",
            reason == "archived",
        )
        channel.mode = ChannelMode.QUIET if reason == "quiet" else None

    world.write_now(HERE, still)
    assert asked(world) == {}
    assert [card.title for card in world.read_now(HERE, leaving.vacant).cards] == ["Alpha"]


def test_work_without_a_team_goes_to_the_team_of_who_led_it(world: Database) -> None:
    team(world, "Ads", lead=LEAD, members=(OTHER,))

    def join(uow: UnitOfWork) -> None:
        found = uow.teams.by_name("Ads")
        assert found is not None
        uow.teams.add_member(found.id, GONE)

    world.write_now(HERE, join)
    work(world, "Alpha")
    assert set(asked(world)) == {LEAD}


def test_private_work_is_asked_about_in_its_channel_alone_and_never_counted_for_admins(world: Database) -> None:
    ads = team(world, "Ads", lead=LEAD, home=HOME)
    work(world, "Secret", team_id=ads, audience=DEN)
    work(world, "Own", team_id=ads, audience=GONE)
    said = asked(world)
    assert set(said) == {DEN}
    assert "Secret" in said[DEN]
    assert "Own" not in said[DEN]
    assert world.read_now(HERE, leaving.vacant).cards == ()
    private = Scope("T1", Viewer(frozenset({DEN})))
    assert world.read_now(private, leaving.vacant).cards == ()


def test_a_team_without_home_asks_its_members_unless_there_are_too_many(world: Database) -> None:
    team(world, "Small", lead=GONE, members=(LEAD, OTHER))
    crowd = tuple(f"U0CROWD{number:03}" for number in range(9))
    team(world, "Large", lead=GONE, members=crowd)
    said = asked(world)
    assert set(said) == {LEAD, OTHER}
    assert all("Small" in text and "Large" not in text for text in said.values())
    assert {name for _, name, _ in world.read_now(HERE, leaving.vacant).teams} == {"Small", "Large"}


def test_only_vacant_work_can_be_taken_by_who_may_see_it_for_who_may_lead_it(world: Database) -> None:
    open_id, led_id, private_id = (
        work(world, "Alpha"),
        work(world, "Beta", lead=OTHER),
        work(world, "Secret", audience=DEN),
    )

    def take(initiative_id: int, to: str, by: str, scope: Scope = HERE) -> None:
        world.write_now(scope, leaving.take_over, initiative_id, to, person_id=by, now=NOW)

    with pytest.raises(Refusal, match=f"<@{OTHER}> leads it"):
        take(led_id, LEAD, LEAD)
    with pytest.raises(NotFound):
        take(private_id, LEAD, LEAD)
    with pytest.raises(BadInput, match="deactivated"):
        take(open_id, GONE, LEAD)
    inside = Scope("T1", Viewer(frozenset({DEN})))
    with pytest.raises(Refusal, match="not in it"):
        take(private_id, OTHER, LEAD, inside)

    def stranger(uow: UnitOfWork) -> None:
        uow.people.meet("U0STRANGE1", is_external=True)

    world.write_now(HERE, stranger)
    with pytest.raises(NotAllowed):
        take(open_id, LEAD, "U0STRANGE1")
    take(open_id, LEAD, LEAD)
    with pytest.raises(Refusal, match=f"<@{LEAD}> leads it"):
        take(open_id, OTHER, OTHER)


def test_a_long_list_comes_in_as_few_messages_as_hold_it(world: Database) -> None:
    ads = team(world, "Ads", lead=LEAD)
    for number in range(45):
        work(world, f"Work {number:02}", team_id=ads)

    def act(uow: UnitOfWork) -> list[str]:
        leaving.ask_for_leads(uow, now=NOW)
        return [str(row.body["blocks"]) for row in uow.session.exec(select(OutboxRow)).all()]

    said = world.write_now(HERE, act)
    assert len(said) == 3
    assert all(sum(f"Work {number:02}" in text for text in said) == 1 for number in range(45))
