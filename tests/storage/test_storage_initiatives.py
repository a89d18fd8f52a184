"""Repositories stay inside their workspace and their viewer, and the registry's version is commit order."""

import inspect
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final

import pytest
from sqlalchemy import insert

from storage.database import Database
from storage.initiatives import CHANGES_PER_READ, Initiative, Initiatives, Status
from storage.repository import EVERYBODY, MACHINE, Viewer
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import NOW

INSIDER: Final = Viewer(frozenset({"G1"}))


def make(uow: UnitOfWork, /, title: str, audience: str = "", **other: Any) -> int:
    """Put an initiative in."""
    uow.workspaces.ensure(now=NOW)
    fields: dict[str, Any] = {"lead_id": "U1", "lead_email": "ana@example.com", "created_by": "U1", "url": "https://x.example", "external_id": "X1",
                              "imported": {"title": "Other", "team": "Theirs"}, "legacy": True}  # fmt: skip
    row = Initiative(workspace_id=uow.workspace_id, title=title, folded_title=title.casefold(), audience=audience, version=uow.workspaces.raise_version(),
                     team_id=uow.teams.ensure("Team", now=NOW).id, created_at=NOW, updated_at=NOW, **(fields | other))  # fmt: skip
    return uow.initiatives.add(row).id


@pytest.fixture
def ids(db: Database) -> dict[str, int]:
    """A public entry, one of the private channel G1, one kept to U7; and one of another workspace."""
    return {
        "public": db.write_now(Scope("T1"), make, "Same", audience=""),
        "channel": db.write_now(Scope("T1"), make, "Same", audience="G1"),
        "person": db.write_now(Scope("T1"), make, "Same", audience="U7"),
        "foreign": db.write_now(Scope("T2"), make, "Same", audience=""),
    }


def found(rows: Iterable[Any]) -> set[int]:
    """The ids in whatever a query gives."""
    return {
        row
        if isinstance(row, int)
        else row[0]
        if isinstance(row, tuple) and isinstance(row[0], int)
        else (row[0] if isinstance(row, tuple) else row).id
        for row in rows
    }


#: How to ask each query for everything it could find.
QUERIES: Final[dict[str, Callable[[Initiatives, list[int]], Iterable[Any]]]] = {
    "get": lambda repository, ids: [row for each in ids if (row := repository.get(each)) is not None],
    "named": lambda repository, ids: repository.named(ids).values(),
    "of": lambda repository, _ids: repository.of("U1"),
    "of_team": lambda repository, _ids: [row for team_id in range(1, 9) for row in repository.of_team(team_id)],
    "led_by": lambda repository, _ids: repository.led_by(["U1"]),
    "kept_to": lambda repository, _ids: [row for audience in ("", "G1", "U7") for row in repository.kept_to(audience)],
    "titled": lambda repository, _ids: repository.titled("sam", limit=9),
    "legacy_systems": lambda repository, _ids: repository.legacy_systems(),
    "ids_of": lambda repository, _ids: [SimpleNamespace(id=each) for each in repository.ids_of("U1")],
    "by_urls": lambda repository, _ids: repository.by_urls(["https://x.example"]).values(),
    "candidates": lambda repository, _ids: repository.candidates(
        external_ids=["X1"], urls=["https://x.example"], titles=["Same"]
    ),
    "renamed_since_import": lambda repository, _ids: repository.renamed_since_import(),
}
#: These give one row for many; they are looked at one audience at a time.
ONE_OF_MANY: Final = frozenset({"by_urls"})
#: These are the machine's own, inside the workspace: indexes, and leads that are known by address.
OF_THE_MACHINE: Final = frozenset({"changed_since", "lead_addresses", "led_by_address", "look_ahead"})
#: These give no initiatives that the caller has not got already.
GIVE_NOTHING: Final = frozenset(
    {
        "add",
        "change",
        "count",
        "keep_analysis",
        "visible",
        "insert_new",
        "read_ahead",
        "known",
        "all_known",
        "forget",
        "claim_analyses",
        "drop_claims",
    }
)


def test_every_query_is_tried_below() -> None:
    queries = {name for name, member in inspect.getmembers(Initiatives, inspect.isfunction) if not name.startswith("_")}
    assert queries == set(QUERIES) | OF_THE_MACHINE | GIVE_NOTHING


def test_what_the_machine_reads_stays_inside_the_workspace(db: Database, ids: dict[str, int]) -> None:
    for workspace, count in (("T1", 3), ("T2", 1), ("T3", 0)):
        assert db.read_now(Scope(workspace, MACHINE), lambda uow: len(list(uow.initiatives.changed_since(0)))) == count
    db.write_now(Scope("T1"), make, "Orphan", lead_id="", lead_email="eve@example.com")
    assert db.read_now(Scope("T1", MACHINE), lambda uow: list(uow.initiatives.lead_addresses())) == ["eve@example.com"]
    assert db.read_now(Scope("T2", MACHINE), lambda uow: list(uow.initiatives.lead_addresses())) == []
    assert len(db.read_now(Scope("T1", MACHINE), lambda uow: uow.initiatives.led_by_address(["eve@example.com"]))) == 1
    assert db.read_now(Scope("T2", MACHINE), lambda uow: uow.initiatives.led_by_address(["eve@example.com"])) == []


@pytest.mark.parametrize("query", sorted(QUERIES))
@pytest.mark.parametrize(
    ("viewer", "sees"),
    [
        (EVERYBODY, {"public"}),
        (INSIDER, {"public", "channel"}),
        (Viewer(frozenset({"U7"})), {"public", "person"}),
        (Viewer(frozenset({"G2", "U8"})), {"public"}),
        (MACHINE, {"public", "channel", "person"}),
    ],
)
def test_a_reader_never_gets_work_of_another_audience_or_workspace(
    db: Database, ids: dict[str, int], query: str, viewer: Viewer, sees: set[str]
) -> None:
    rows = db.read_now(Scope("T1", viewer), lambda uow: found(QUERIES[query](uow.initiatives, list(ids.values()))))
    expected = {ids[name] for name in sees}
    assert rows <= expected
    assert rows == expected or query in ONE_OF_MANY
    assert rows, "The query finds nothing at all, so this proves nothing."


@pytest.mark.parametrize("query", sorted(ONE_OF_MANY))
def test_a_private_entry_alone_is_not_given_to_others(db: Database, query: str) -> None:
    db.write_now(Scope("T1"), make, "Same", audience="G1")
    assert db.read_now(Scope("T1", EVERYBODY), lambda uow: found(QUERIES[query](uow.initiatives, []))) == set()
    assert len(db.read_now(Scope("T1", INSIDER), lambda uow: found(QUERIES[query](uow.initiatives, [])))) == 1


def test_counts_hold_only_what_may_be_seen(db: Database, ids: dict[str, int]) -> None:
    for viewer, count in ((EVERYBODY, 1), (INSIDER, 2), (MACHINE, 3)):
        assert db.read_now(Scope("T1", viewer), lambda uow: uow.initiatives.count()) == count


def test_announcements_teams_people_and_channels_stay_inside_their_workspace(db: Database) -> None:
    def fill(uow: UnitOfWork) -> None:
        uow.workspaces.ensure(now=NOW)
        uow.teams.ensure("Search ML", now=NOW)
        uow.people.meet("U1", email="Ana@example.com")
        uow.channels.meet("C1", name="general", is_private=True)
        uow.channels.replace_members("C1", ["U1"], now=NOW)
        uow.channels.mute("C1", "U1")
        uow.events.take("Ev1", now=NOW, fault="AB12")

    db.write_now(Scope("T2"), fill)

    def look(uow: UnitOfWork) -> list[Any]:
        return [
            uow.teams.all(), uow.teams.by_name("search ml"), uow.people.get("U1"), uow.people.by_email("ana@example.com"), uow.people.named(["U1"]),
            uow.channels.get("C1"), uow.channels.by_name("general"), uow.channels.private_of("U1", now=NOW), uow.channels.is_muted("C1", "U1"),
            uow.events.is_known("Ev1"), uow.events.faults(), uow.workspaces.version(),
        ]  # fmt: skip

    assert [each for each in db.read_now(Scope("T1"), look) if each] == []
    assert len([each for each in db.read_now(Scope("T2"), look) if each]) == 11


def test_membership_that_was_read_too_long_ago_opens_nothing(db: Database) -> None:
    def fill(uow: UnitOfWork) -> None:
        uow.channels.meet("G1", is_private=True)
        uow.channels.replace_members("G1", ["U1"], now=NOW)

    db.write_now(Scope("T1"), fill)

    def rooms(uow: UnitOfWork, /, now: datetime) -> frozenset[str]:
        return uow.channels.private_of("U1", now=now)

    for age, inside in ((timedelta(minutes=9), {"G1"}), (timedelta(minutes=11), set())):
        assert db.read_now(Scope("T1"), rooms, NOW + age) == inside


# --- the version ------------------------------------------------------------------------------------------------


def test_versions_are_commit_order_with_many_writers(db: Database) -> None:
    """Whoever reads version n has seen every change up to n: a reader that follows the counter misses nothing."""
    db.write_now(Scope("T1"), lambda uow: uow.workspaces.ensure(now=NOW))
    seen: set[int] = set()
    at = 0

    def follow(uow: UnitOfWork) -> list[tuple[int, int]]:
        return [(row.version, row.id) for row in uow.machine.initiatives.changed_since(at)]

    with ThreadPoolExecutor(8) as writers:
        made = [writers.submit(db.write_now, Scope("T1"), make, f"W{number}") for number in range(120)]
        while not all(each.done() for each in made):
            for version, row_id in db.read_now(Scope("T1", MACHINE), follow):
                assert version > at or row_id not in seen
                seen.add(row_id)
                at = max(at, version)
    for version, row_id in db.read_now(Scope("T1", MACHINE), follow):
        seen.add(row_id)
        at = max(at, version)
    assert seen == {each.result() for each in made}
    assert at == 120


@pytest.mark.parametrize(
    "batches",
    [
        [CHANGES_PER_READ],
        [CHANGES_PER_READ + 7],
        [CHANGES_PER_READ * 2 + 3],
        [3, CHANGES_PER_READ - 3],
        [3, CHANGES_PER_READ + 3, 2],
        [CHANGES_PER_READ - 1, 2, CHANGES_PER_READ + 1, 1],
    ],
)
def test_following_the_registry_misses_nothing_while_imports_stamp_many_rows_with_one_version(
    db: Database, batches: list[int]
) -> None:
    def bring_in(uow: UnitOfWork) -> None:
        uow.workspaces.ensure(now=NOW)
        for version, size in enumerate(batches, 1):
            row = {"workspace_id": "T1", "title": "x", "folded_title": "x", "summary": "", "lead_id": "", "lead_email": "", "created_by": "", "status": Status.ACTIVE,
                   "legacy": False, "audience": "", "capabilities": [], "system": "", "url": "", "external_id": "", "lesson": "", "imported": {}, "version": version,
                   "created_at": NOW, "updated_at": NOW}  # fmt: skip
            uow.session.execute(insert(Initiative), [row] * size)

    db.write_now(Scope("T1"), bring_in)

    def versions(uow: UnitOfWork) -> list[int]:
        return [row.version for row in uow.initiatives.changed_since(0)]

    followed = db.read_now(Scope("T1", MACHINE), versions)
    assert followed == [version for version, size in enumerate(batches, 1) for _ in range(size)]
    assert db.read_now(Scope("T1", MACHINE), lambda uow: len(list(uow.initiatives.changed_since(1)))) == sum(
        batches[1:]
    )
    assert db.read_now(Scope("T2", MACHINE), versions) == []
