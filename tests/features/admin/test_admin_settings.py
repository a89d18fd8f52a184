"""The rules of the settings: what goes together, who may, what is undone when."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import BadInput, NotAllowed, NotFound, Refusal
from bot.features.admin import changes, channels, settings
from bot.features.admin.shown import Level, Levels, Page
from bot.features.announcements.service import Means
from bot.features.matching.matcher import Matcher
from bot.features.teams import rights
from storage.channels import ChannelMode
from storage.database import Database
from storage.preferences import Preferences
from storage.repository import Viewer
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import NOW

BOSS: dict[str, Any] = {"person_id": "UBOSS", "now": NOW}
LEVELS = Levels(0.45)


@pytest.fixture(autouse=True)
def people(db: Database, scope: Scope) -> None:
    """Two admins of the workspace, a member, and one who left."""

    def meet(uow: UnitOfWork) -> None:
        uow.workspaces.ensure(now=NOW)
        uow.people.meet("UBOSS", name="Ines", is_admin=True)
        uow.people.meet("UTWO", name="Olga", is_admin=True)
        uow.people.meet("U1", name="Ana")
        uow.people.meet("UGONE", is_deleted=True)

    db.write_now(scope, meet)


def save(db: Database, scope: Scope, **fields: Any) -> None:
    db.write_now(scope, lambda uow: settings.save(uow, fields, **BOSS))


def chosen(db: Database, scope: Scope) -> Preferences:
    return db.read_now(scope, lambda uow: uow.settings.preferences())


def latest(db: Database, scope: Scope) -> list[tuple[str, bool, bool]]:
    """What the list of changes shows: name, undone, can be undone."""
    rows = db.read_now(scope, lambda uow: changes.latest(uow, person_id="UBOSS"))
    return [(row.name, row.undone, row.stands) for row in rows]


def undo(db: Database, scope: Scope, place: int = 0) -> None:
    number = db.read_now(scope, lambda uow: uow.settings.latest()[place].id)
    db.write_now(scope, lambda uow: changes.undo(uow, number, **BOSS))


# --- who --------------------------------------------------------------------------------------------------------


def test_nobody_but_an_admin_sees_or_changes_anything(db: Database, scope: Scope) -> None:
    save(db, scope, keep_days=90)
    me: dict[str, Any] = {"person_id": "U1", "now": NOW}
    means = Means(Matcher(None), None)
    for act in (
        lambda uow: settings.overview(uow, means, person_id="U1"),
        lambda uow: settings.save(uow, {"keep_days": 40}, **me),
        lambda uow: settings.save_form(uow, Page.KEEPING, {"keep_days": "40"}, means, **me),
        lambda uow: changes.reset(uow, "keep_days", **me),
        lambda uow: changes.undo(uow, 1, **me),
        lambda uow: changes.latest(uow, person_id="U1"),
        lambda uow: channels.page(uow, 0, person_id="U1"),
        lambda uow: channels.set_mode(uow, "C1", ChannelMode.OFF, **me),
        lambda uow: channels.set_default(uow, ChannelMode.OFF, **me),
    ):
        with pytest.raises(NotAllowed):
            db.write_now(scope, act)
    assert chosen(db, scope) == Preferences(keep_days=90)


def test_nobody_locks_themselves_out_by_any_door(db: Database, scope: Scope) -> None:
    with pytest.raises(BadInput, match="Keep yourself") as refused:
        save(db, scope, admins=("U1",))
    assert refused.value.field == "setting.admins"
    save(db, scope, admins=("UBOSS", "U1"))
    me: dict[str, Any] = {"person_id": "U1", "now": NOW}
    for door in (
        lambda uow: settings.save(uow, {"admins": ()}, **me),
        lambda uow: changes.reset(uow, "admins", **me),
        lambda uow: changes.undo(uow, uow.settings.latest()[0].id, **me),
    ):
        with pytest.raises(BadInput, match="you are neither"):
            db.write_now(scope, door)
    assert chosen(db, scope).admins == ("UBOSS", "U1")
    assert [row[1:] for row in latest(db, scope)] == [(False, True)]


def test_somebody_who_left_is_neither_added_nor_in_the_way(db: Database, scope: Scope) -> None:
    with pytest.raises(BadInput, match="present members"):
        save(db, scope, admins=("UBOSS", "UGONE"))
    save(db, scope, admins=("UBOSS", "U1"))
    db.write_now(scope, lambda uow: uow.people.meet("U1", is_deleted=True))
    save(db, scope, admins=("UBOSS", "U1", "UTWO"))
    assert db.read_now(scope, lambda uow: rights.is_admin(uow, "UTWO"))


# --- what goes together -----------------------------------------------------------------------------------------


def test_what_was_refused_changed_nothing(db: Database, scope: Scope) -> None:
    with pytest.raises(BadInput):
        save(db, scope, cadence="monthly", deadline_minute=0)
    assert (chosen(db, scope), latest(db, scope)) == (Preferences(), [])


def test_a_deadline_may_be_where_the_quiet_hours_begin(db: Database, scope: Scope) -> None:
    save(db, scope, deadline_minute=19 * 60)
    assert chosen(db, scope).deadline_minute == 19 * 60


def test_a_reset_that_does_not_go_with_the_rest_says_with_what(db: Database, scope: Scope) -> None:
    save(db, scope, quiet_from=0, quiet_until=10 * 60, checkin_minute=11 * 60)
    with pytest.raises(BadInput, match="quiet hours") as refused:
        db.write_now(scope, lambda uow: changes.reset(uow, "checkin_minute", **BOSS))
    assert "00:00 to 10:00" in str(refused.value)


def test_the_preview_says_nothing_below_what_was_in_force(db: Database, scope: Scope) -> None:
    def known(uow: UnitOfWork) -> list[Level]:
        return list(settings.known_levels(uow, LEVELS, since=NOW - timedelta(days=30)))

    assert db.read_now(scope, known) == [Level.BALANCED, Level.RARELY]
    save(db, scope, threshold=0.6)
    save(db, scope, threshold=0.3)
    assert db.read_now(scope, known) == [Level.RARELY]


# --- changes ----------------------------------------------------------------------------------------------------


def test_what_was_changed_again_is_undone_in_order(db: Database, scope: Scope) -> None:
    save(db, scope, keep_days=90)
    save(db, scope, keep_days=120)
    assert latest(db, scope) == [("keep_days", False, True), ("keep_days", False, False)]
    with pytest.raises(Refusal, match="changed again since"):
        undo(db, scope, place=1)
    undo(db, scope)
    assert chosen(db, scope).keep_days == 90
    assert latest(db, scope) == [("keep_days", False, True), ("keep_days", True, False), ("keep_days", False, True)]


def test_of_two_who_undo_the_same_one_is_told(db: Database, scope: Scope) -> None:
    save(db, scope, keep_days=90)
    number = db.read_now(scope, lambda uow: uow.settings.latest()[0].id)

    def run(person_id: str) -> str:
        try:
            db.write_now(scope, lambda uow: changes.undo(uow, number, person_id=person_id, now=NOW))
        except Refusal:
            return "told"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, ["UBOSS", "UTWO"])) == ["done", "told"]
    assert chosen(db, scope).keep_days == 30
    assert len(latest(db, scope)) == 2


def test_changes_of_a_private_channel_are_for_its_members(db: Database, scope: Scope) -> None:
    inside = Scope(scope.workspace_id, Viewer(frozenset({"CP", "UBOSS"})))
    db.write_now(scope, lambda uow: uow.channels.meet("CP", name="secret", is_private=True))
    with pytest.raises(NotFound):
        db.write_now(scope, lambda uow: channels.set_mode(uow, "CP", ChannelMode.OFF, **BOSS))
    db.write_now(inside, lambda uow: channels.set_mode(uow, "CP", ChannelMode.OFF, **BOSS))
    assert latest(db, scope) == []
    with pytest.raises(NotFound):
        undo(db, scope)
    assert latest(db, inside) == [("channel.CP", False, True)]
    undo(db, inside)
    assert db.read_now(inside, lambda uow: channels.found(uow, "CP", person_id="UBOSS").channels[0][0].mode) is None


def test_a_change_of_another_workspace_is_not_there(db: Database, scope: Scope) -> None:
    save(db, scope, keep_days=90)
    number = db.read_now(scope, lambda uow: uow.settings.latest()[0].id)

    def as_admin_there(uow: UnitOfWork) -> None:
        uow.workspaces.ensure(now=NOW)
        uow.people.meet("UBOSS", is_admin=True)
        changes.undo(uow, number, **BOSS)

    with pytest.raises(NotFound):
        db.write_now(Scope("T2"), as_admin_there)
    assert chosen(db, scope).keep_days == 90
