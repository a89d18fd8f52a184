"""Imports stay inside their workspace and their viewer, and remember what they did."""

from datetime import timedelta
from typing import Any

from storage.database import Database
from storage.imports import ImportRun
from storage.initiatives import Initiative
from storage.repository import EVERYBODY, MACHINE, Viewer
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import NOW

HERE = Scope("T1", MACHINE)
ELSEWHERE = Scope("T2", MACHINE)


def start(uow: UnitOfWork, /, hours: int = 0, **other: Any) -> int:
    uow.workspaces.ensure(now=NOW)
    return uow.imports.add(
        ImportRun(workspace_id=uow.workspace_id, name="f.csv", started_at=NOW + timedelta(hours=hours), **other)
    ).id


def make(uow: UnitOfWork, /, title: str, **other: Any) -> int:
    uow.workspaces.ensure(now=NOW)
    row = Initiative(workspace_id=uow.workspace_id, title=title, folded_title=title.casefold(), version=uow.workspaces.raise_version(),
                     created_at=NOW, updated_at=NOW, **other)  # fmt: skip
    return uow.initiatives.add(row).id


def test_runs_are_listed_youngest_first_inside_their_workspace(db: Database) -> None:
    first, second = (db.write_now(HERE, start, hours) for hours in (0, 1))
    theirs = db.write_now(ELSEWHERE, start, 2)
    assert db.read_now(HERE, lambda uow: [run.id for run in uow.imports.latest()]) == [second, first]
    assert db.read_now(HERE, lambda uow: uow.imports.get(theirs)) is None
    assert db.read_now(HERE, lambda uow: [run.id for run in uow.imports.latest(limit=1)]) == [second]


def test_the_latest_run_that_stands_is_found_behind_undone_ones(db: Database) -> None:
    first = db.write_now(HERE, start, 0)
    db.write_now(HERE, start, 1, undone_at=NOW)
    found = db.read_now(HERE, lambda uow: uow.imports.latest_standing())
    assert found is not None
    assert found.id == first
    assert db.read_now(Scope("T3"), lambda uow: uow.imports.latest_standing()) is None


def test_runs_that_are_to_be_taken_back_come_in_the_order_in_which_it_was_asked(db: Database) -> None:
    late = db.write_now(HERE, start, 0, undo_asked_at=NOW + timedelta(minutes=2))
    early = db.write_now(HERE, start, 1, undo_asked_at=NOW + timedelta(minutes=1))
    db.write_now(HERE, start, 2, undo_asked_at=NOW, undone_at=NOW)
    db.write_now(HERE, start, 3)
    assert db.read_now(HERE, lambda uow: [run.id for run in uow.imports.undo_asked()]) == [early, late]
    assert db.read_now(ELSEWHERE, lambda uow: uow.imports.undo_asked()) == []


def test_changes_come_back_last_first_until_they_are_marked(db: Database) -> None:
    run = db.write_now(HERE, start)
    ids = [db.write_now(HERE, make, title) for title in "ABC"]
    db.write_now(
        HERE,
        lambda uow: uow.imports.add_changes(
            run, [(ids[0], None, {}), (ids[1], {"title": "x"}, {"title": "B"}), (ids[2], {}, {})]
        ),
    )
    changes = db.read_now(HERE, lambda uow: uow.imports.changes(run))
    assert [(change.initiative_id, change.before, change.after) for change in changes] == [
        (ids[0], None, {}), (ids[1], {"title": "x"}, {"title": "B"}), (ids[2], {}, {})]  # fmt: skip
    waiting = db.read_now(HERE, lambda uow: uow.imports.to_undo(run, limit=2))
    assert [change.initiative_id for change in waiting] == [ids[2], ids[1]]
    db.write_now(HERE, lambda uow: uow.imports.mark_undone({changes[0].id: "", changes[2].id: "edited"}))
    assert db.read_now(HERE, lambda uow: [change.initiative_id for change in uow.imports.to_undo(run, limit=9)]) == [
        ids[1]
    ]
    assert db.read_now(HERE, lambda uow: uow.imports.count_to_undo(run)) == 1
    assert db.read_now(HERE, lambda uow: uow.imports.undone_counts(run)) == {"withdrawn": 1, "changed": 0, "kept": 1}


def test_what_was_kept_is_named_to_those_who_may_see_it(db: Database) -> None:
    run = db.write_now(HERE, start)
    public, private = db.write_now(HERE, make, "A"), db.write_now(HERE, make, "B", audience="C0SECRET01")
    db.write_now(HERE, lambda uow: uow.imports.add_changes(run, [(public, None, {}), (private, None, {})]))
    changes = db.read_now(HERE, lambda uow: uow.imports.changes(run))
    db.write_now(HERE, lambda uow: uow.imports.mark_undone({change.id: "edited" for change in changes}))

    def kept(uow: UnitOfWork) -> list[tuple[str, str]]:
        return [(row.title, why) for row, why in uow.imports.kept(run, limit=9)]

    assert db.read_now(HERE, kept) == [("A", "edited"), ("B", "edited")]
    assert db.read_now(Scope("T1", EVERYBODY), kept) == [("A", "edited")]
    assert db.read_now(Scope("T1", EVERYBODY), lambda uow: uow.imports.undone_counts(run)["kept"]) == 1


def test_entries_and_standing_ones_stay_inside_workspace_and_viewer(db: Database) -> None:
    a, b = db.write_now(HERE, make, "A"), db.write_now(HERE, make, "B", audience="C0SECRET01")
    gone, theirs = db.write_now(HERE, make, "C", withdrawn_at=NOW), db.write_now(ELSEWHERE, make, "D")
    everything = [a, b, gone, theirs]
    assert set(db.read_now(HERE, lambda uow: uow.imports.entries(everything))) == {a, b, gone}
    assert set(db.read_now(Scope("T1", EVERYBODY), lambda uow: uow.imports.entries(everything))) == {a, gone}

    def standing(uow: UnitOfWork, after: int = 0, limit: int = 9) -> list[int]:
        return [row.id for row in uow.imports.standing(after=after, limit=limit)]

    assert db.read_now(HERE, standing) == [a, b]
    assert db.read_now(HERE, standing, a) == [b]
    assert db.read_now(HERE, standing, 0, 1) == [a]
    assert db.read_now(Scope("T1", Viewer(frozenset({"C0SECRET01"}))), standing) == [a, b]
    assert db.read_now(Scope("T1"), standing) == [a]


def test_a_later_run_counts_only_while_it_stands(db: Database) -> None:
    first, second = db.write_now(HERE, start, 0), db.write_now(HERE, start, 1)
    entry = db.write_now(HERE, make, "A")

    def change(uow: UnitOfWork, run_id: int) -> None:
        uow.imports.add_changes(run_id, [(entry, None, {})])

    for run_id in (first, second):
        db.write_now(HERE, change, run_id)

    def later(uow: UnitOfWork, run_id: int) -> set[int]:
        run = uow.imports.get(run_id)
        assert run is not None
        return uow.imports.changed_later(run, [entry])

    assert db.read_now(HERE, later, first) == {entry}
    assert db.read_now(HERE, later, second) == set()
    (latest,) = db.read_now(HERE, lambda uow: uow.imports.changes(second))
    db.write_now(HERE, lambda uow: uow.imports.mark_undone({latest.id: ""}))
    assert db.read_now(HERE, later, first) == set()


def test_a_team_is_unused_without_standing_work_and_members(db: Database) -> None:
    def teams(uow: UnitOfWork) -> dict[str, int]:
        uow.workspaces.ensure(now=NOW)
        found = {name: uow.teams.ensure(name, now=NOW).id for name in ("Used", "Peopled", "Gone", "Empty")}
        uow.teams.add_member(found["Peopled"], "U0MEMBER01")
        return found

    ids = db.write_now(HERE, teams)
    db.write_now(HERE, make, "A", team_id=ids["Used"])
    db.write_now(HERE, make, "B", team_id=ids["Gone"], withdrawn_at=NOW)
    assert db.read_now(HERE, lambda uow: [team.name for team in uow.imports.unused_teams(ids.values())]) == [
        "Empty",
        "Gone",
    ]
    assert db.read_now(HERE, lambda uow: uow.imports.unused_teams([])) == []


def test_whom_standing_runs_put_into_teams_is_remembered(db: Database) -> None:
    db.write_now(HERE, start, 0, made={"members": [[1, "U1"]], "leads": [[1, "U2"]]})
    db.write_now(HERE, start, 1, made={"members": [[2, "U3"]]}, undone_at=NOW)
    db.write_now(ELSEWHERE, start, 2, made={"members": [[3, "U4"]]})
    assert db.read_now(HERE, lambda uow: (uow.imports.ever_joined(), uow.imports.ever_led())) == (
        {(1, "U1")},
        {(1, "U2")},
    )
