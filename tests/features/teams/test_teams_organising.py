"""Teams are made, renamed, merged and deleted, and each of these is taken back."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bot.errors import BadInput, NotAllowed, NotFound, Refusal
from bot.features.teams import organising, service, undoing
from bot.features.teams.organising import TeamDraft
from storage.database import Database
from storage.initiatives import Initiative
from storage.teams import TeamKind, fold
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import NOW

BOSS: dict[str, Any] = {"person_id": "UBOSS", "now": NOW}


@pytest.fixture(autouse=True)
def people(db: Database, scope: Scope) -> None:
    """An admin, three members, and three who are none."""

    def meet(uow: UnitOfWork) -> None:
        uow.workspaces.ensure(now=NOW)
        uow.people.meet("UBOSS", name="Ines", is_admin=True)
        for name in ("U1", "U2", "U3"):
            uow.people.meet(name, name=name)
        uow.people.meet("UBOT", is_bot=True)
        uow.people.meet("UGONE", is_deleted=True)
        uow.people.meet("UFAR", is_external=True)

    db.write_now(scope, meet)


def make(db: Database, scope: Scope, name: str, **fields: Any) -> int:
    """A team of this name."""
    draft = TeamDraft(name, **fields)
    return db.write_now(scope, lambda uow: organising.create(uow, draft, **BOSS).id)


def work(db: Database, scope: Scope, title: str, team_id: int, audience: str = "") -> int:
    """An initiative of a team."""

    def add(uow: UnitOfWork) -> int:
        row = Initiative(workspace_id=uow.workspace_id, title=title, folded_title=fold(title), team_id=team_id, audience=audience,
                         version=uow.workspaces.raise_version(), created_at=NOW, updated_at=NOW)  # fmt: skip
        return uow.initiatives.add(row).id

    return db.write_now(scope, add)


def undo(db: Database, scope: Scope, place: int = 0) -> None:
    """Take the youngest change back (or one before it)."""

    def run(uow: UnitOfWork) -> None:
        change = uow.settings.latest()[place]
        assert undoing.stands(uow, change)
        undoing.undo(uow, change, **BOSS)

    db.write_now(scope, run)


def names(db: Database, scope: Scope) -> list[str]:
    return db.read_now(scope, lambda uow: [team.name for team in uow.teams.all()])


def team_of(db: Database, scope: Scope, initiative_id: int) -> int | None:
    def read(uow: UnitOfWork) -> int | None:
        row = uow.machine.initiatives.get(initiative_id)
        return row.team_id if row is not None else None

    return db.read_now(scope, read)


def members(db: Database, scope: Scope, team_id: int) -> list[str]:
    return db.read_now(scope, lambda uow: uow.teams.members(team_id))


def test_nobody_but_an_admin_changes_a_team(db: Database, scope: Scope) -> None:
    team = make(db, scope, "Ads")
    me: dict[str, Any] = {"person_id": "U1", "now": NOW}
    for act in (
        lambda uow: organising.create(uow, TeamDraft("X"), **me),
        lambda uow: organising.edit(uow, team, TeamDraft("X"), **me),
        lambda uow: organising.merge(uow, team, team, **me),
        lambda uow: organising.delete(uow, team, **me),
        lambda uow: undoing.undo(uow, uow.settings.latest()[0], **me),
    ):
        with pytest.raises(NotAllowed):
            db.write_now(scope, act)
    assert names(db, scope) == ["Ads"]


@pytest.mark.parametrize("name", ["", "  ", "—", "x" * 81, "\N{ZERO WIDTH SPACE}"])
def test_a_name_that_nobody_can_read_is_refused(db: Database, scope: Scope, name: str) -> None:
    with pytest.raises(BadInput) as refused:
        make(db, scope, name)
    assert refused.value.field == organising.FIELD_NAME


def test_a_former_name_finds_the_team_and_cannot_be_given_to_another(db: Database, scope: Scope) -> None:
    ads, _ = make(db, scope, "Ads"), make(db, scope, "Feeds")
    db.write_now(scope, lambda uow: organising.edit(uow, ads, TeamDraft("Growth"), **BOSS))
    found = db.read_now(scope, lambda uow: uow.teams.by_name("ads"))
    assert found is not None
    assert found.id == ads
    with pytest.raises(BadInput, match="another name of “Growth”"):
        make(db, scope, "ADS")
    with pytest.raises(BadInput, match="There is a team “Feeds” already"):
        db.write_now(scope, lambda uow: organising.edit(uow, ads, TeamDraft("feeds"), **BOSS))
    assert names(db, scope) == ["Feeds", "Growth"]


def id_named(uow: UnitOfWork, name: str) -> int | None:
    team = uow.teams.by_name(name)
    return team.id if team is not None else None


def test_a_team_may_have_its_former_name_again(db: Database, scope: Scope) -> None:
    ads = make(db, scope, "Ads")
    for name in ("Growth", "ADS", "Growth", "growth"):
        db.write_now(scope, organising.edit, ads, TeamDraft(name), **BOSS)
        assert names(db, scope) == [name]
    for name in ("Ads", "Growth"):
        assert db.read_now(scope, id_named, name) == ads
    undo(db, scope)
    assert names(db, scope) == ["Growth"]


def test_an_edit_is_kept_and_undone_field_by_field(db: Database, scope: Scope) -> None:
    ads = make(db, scope, "Ads", lead_id="U1", members=("U1", "U2"))
    changed = TeamDraft("Ads", TeamKind.CENTRAL, lead_id="U2", home_channel_id="C1", members=("U2", "U3"))
    db.write_now(scope, lambda uow: organising.edit(uow, ads, changed, **BOSS))
    row = db.read_now(scope, lambda uow: uow.settings.latest()[0])
    assert row.before == {"kind": "product", "lead_id": "U1", "home_channel_id": "", "members": ["U1"]}
    assert row.after == {"kind": "central", "lead_id": "U2", "home_channel_id": "C1", "members": ["U3"]}
    db.write_now(scope, lambda uow: uow.teams.add_member(ads, "UBOSS"))
    undo(db, scope)
    team = db.read_now(scope, lambda uow: organising.require(uow, ads))
    assert (team.kind, team.lead_id, team.home_channel_id) == (TeamKind.PRODUCT, "U1", "")
    assert members(db, scope, ads) == ["U1", "U2", "UBOSS"]


def test_an_edit_that_changes_nothing_is_no_change(db: Database, scope: Scope) -> None:
    ads = make(db, scope, "Ads", lead_id="U1")
    db.write_now(scope, lambda uow: organising.edit(uow, ads, TeamDraft("Ads", lead_id="U1"), **BOSS))
    assert len(db.read_now(scope, lambda uow: uow.settings.latest())) == 1


@pytest.mark.parametrize("person", ["UBOT", "UGONE", "UFAR", "UNKNOWN"])
def test_only_present_members_of_the_workspace_lead_or_are_in_a_team(db: Database, scope: Scope, person: str) -> None:
    with pytest.raises(BadInput) as lead:
        make(db, scope, "Ads", lead_id=person)
    with pytest.raises(BadInput) as member:
        make(db, scope, "Ads", members=("U1", person))
    assert (lead.value.field, member.value.field) == (organising.FIELD_LEAD, organising.FIELD_MEMBERS)


def test_somebody_who_left_since_does_not_stand_in_the_way_of_other_changes(db: Database, scope: Scope) -> None:
    ads = make(db, scope, "Ads", lead_id="U1", members=("U1", "U2"))
    db.write_now(scope, lambda uow: uow.people.meet("U1", is_deleted=True))
    draft = TeamDraft("Ads", TeamKind.CENTRAL, lead_id="U1", members=("U1", "U2"))
    assert db.write_now(scope, lambda uow: organising.edit(uow, ads, draft, **BOSS).kind) is TeamKind.CENTRAL


def test_a_merge_moves_everything_private_work_too_and_is_undone_whole(db: Database, scope: Scope) -> None:
    ads = make(db, scope, "Ads", lead_id="U1", home_channel_id="C1", members=("U1", "U2"))
    feeds = make(db, scope, "Feeds", members=("U2", "U3"))
    public, private, theirs = work(db, scope, "A", ads), work(db, scope, "B", ads, "G1"), work(db, scope, "C", feeds)
    target = db.write_now(scope, lambda uow: organising.merge(uow, ads, feeds, **BOSS))
    assert (target.id, target.lead_id, target.home_channel_id) == (feeds, "U1", "C1")
    assert members(db, scope, feeds) == ["U1", "U2", "U3"]
    assert {team_of(db, scope, each) for each in (public, private, theirs)} == {feeds}
    assert names(db, scope) == ["Feeds"]
    undo(db, scope)
    assert names(db, scope) == ["Ads", "Feeds"]
    assert [team_of(db, scope, each) for each in (public, private, theirs)] == [ads, ads, feeds]
    assert (members(db, scope, ads), members(db, scope, feeds)) == (["U1", "U2"], ["U2", "U3"])
    again = db.read_now(scope, lambda uow: organising.require(uow, feeds))
    assert (again.lead_id, again.home_channel_id) == ("", "")
    undo(db, scope)  # of the undo
    assert names(db, scope) == ["Feeds"]
    assert team_of(db, scope, private) == feeds


def test_what_was_moved_on_since_stays_where_it_is(db: Database, scope: Scope) -> None:
    ads, feeds, other = make(db, scope, "Ads"), make(db, scope, "Feeds"), make(db, scope, "Other")
    moved = work(db, scope, "A", ads)
    db.write_now(scope, lambda uow: organising.merge(uow, ads, feeds, **BOSS))

    def hand_on(uow: UnitOfWork) -> None:
        row = uow.initiatives.get(moved)
        assert row is not None
        row.team_id = other

    db.write_now(scope, hand_on)
    undo(db, scope)
    assert team_of(db, scope, moved) == other


def test_a_merge_into_a_team_that_was_merged_itself_is_undone_in_order(db: Database, scope: Scope) -> None:
    ads, feeds, growth = (make(db, scope, name) for name in ("Ads", "Feeds", "Growth"))
    row = work(db, scope, "A", ads)
    db.write_now(scope, lambda uow: organising.merge(uow, ads, feeds, **BOSS))
    db.write_now(scope, lambda uow: organising.merge(uow, feeds, growth, **BOSS))
    assert team_of(db, scope, row) == growth
    assert db.read_now(scope, lambda uow: [undoing.stands(uow, each) for each in uow.settings.latest(limit=2)]) == [
        True,
        False,
    ]
    undo(db, scope)
    undo(db, scope, place=2)
    assert (names(db, scope), team_of(db, scope, row)) == (["Ads", "Feeds", "Growth"], ads)


def test_a_team_is_not_merged_into_itself_or_into_one_that_is_gone(db: Database, scope: Scope) -> None:
    ads, feeds = make(db, scope, "Ads"), make(db, scope, "Feeds")
    with pytest.raises(BadInput):
        db.write_now(scope, lambda uow: organising.merge(uow, ads, ads, **BOSS))
    db.write_now(scope, lambda uow: organising.merge(uow, ads, feeds, **BOSS))
    with pytest.raises(BadInput):  # two forms, one after the other
        db.write_now(scope, lambda uow: organising.merge(uow, ads, feeds, **BOSS))
    db.write_now(scope, lambda uow: organising.delete(uow, feeds, **BOSS))
    with pytest.raises(NotFound):
        db.write_now(scope, lambda uow: organising.merge(uow, make_in(uow), feeds, **BOSS))


def make_in(uow: UnitOfWork) -> int:
    return organising.create(uow, TeamDraft("New"), **BOSS).id


def test_two_merges_across_at_once_leave_one_team(db: Database, scope: Scope) -> None:
    ads, feeds = make(db, scope, "Ads"), make(db, scope, "Feeds")

    def run(pair: tuple[int, int]) -> str:
        try:
            db.write_now(scope, lambda uow: organising.merge(uow, *pair, **BOSS))
        except BadInput:
            return "refused"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, [(ads, feeds), (feeds, ads)])) == ["done", "refused"]
    assert len(names(db, scope)) == 1


def test_a_team_with_members_or_public_work_is_not_deleted(db: Database, scope: Scope) -> None:
    ads, feeds = make(db, scope, "Ads", members=("U1",)), make(db, scope, "Feeds")
    work(db, scope, "A", feeds)
    for team, reason in ((ads, "still has members"), (feeds, "still has work")):
        with pytest.raises(Refusal, match=reason):
            db.write_now(scope, organising.delete, team, **BOSS)
    assert names(db, scope) == ["Ads", "Feeds"]


def test_private_work_does_not_stand_in_the_way_and_has_its_team_again_after_an_undo(
    db: Database, scope: Scope
) -> None:
    ads = make(db, scope, "Ads")
    secret = work(db, scope, "Secret", ads, "G1")
    db.write_now(scope, lambda uow: organising.delete(uow, ads, **BOSS))
    assert names(db, scope) == []
    undo(db, scope)
    assert names(db, scope) == ["Ads"]
    assert team_of(db, scope, secret) == ads


def test_a_deletion_is_not_undone_while_another_team_has_the_name(db: Database, scope: Scope) -> None:
    ads = make(db, scope, "Ads")
    db.write_now(scope, lambda uow: organising.delete(uow, ads, **BOSS))
    make(db, scope, "Ads")
    assert db.read_now(scope, lambda uow: undoing.stands(uow, uow.settings.latest()[1])) is False


def test_making_a_team_is_undone_unless_people_have_joined(db: Database, scope: Scope) -> None:
    make(db, scope, "Ads", members=("U1",))
    undo(db, scope)
    assert names(db, scope) == []
    undo(db, scope)
    assert names(db, scope) == ["Ads"]
    joined = make(db, scope, "Feeds")
    db.write_now(scope, lambda uow: uow.teams.add_member(joined, "U2"))
    with pytest.raises(Refusal, match="joined"):
        undo(db, scope)


# --- user groups ------------------------------------------------------------------------------------------------


def test_members_follow_the_user_group(db: Database, scope: Scope) -> None:
    ads = make(db, scope, "Ads", user_group_id="S1", members=("U1",))
    assert db.read_now(scope, service.groups_followed) == ["S1"]
    assert db.write_now(scope, service.follow_groups, {"S1": ["U2", "U3", "UBOT", "UGONE", "UFAR", "UNKNOWN"]}) == 3
    assert members(db, scope, ads) == ["U2", "U3"]
    assert db.write_now(scope, service.follow_groups, {"S1": ["U2", "U3"]}) == 0


def test_a_group_that_slack_does_not_list_leaves_its_team_alone(db: Database, scope: Scope) -> None:
    ads = make(db, scope, "Ads", user_group_id="S1", members=("U1",))
    assert db.write_now(scope, service.follow_groups, {"S2": ["U2"]}) == 0
    assert members(db, scope, ads) == ["U1"]


def test_who_came_by_a_merge_stays_in_a_team_that_follows_a_group(db: Database, scope: Scope) -> None:
    ads, feeds = make(db, scope, "Ads", members=("U1",)), make(db, scope, "Feeds", user_group_id="S1", members=("U2",))
    db.write_now(scope, lambda uow: organising.merge(uow, ads, feeds, **BOSS))
    db.write_now(scope, service.follow_groups, {"S1": ["U3"]})
    assert members(db, scope, feeds) == ["U1", "U3"]
