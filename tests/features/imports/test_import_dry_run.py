"""A dry run says what would change, and writes nothing; a real one says what did."""

import re

from bot.features.imports import undoing
from storage.imports import ImportRun
from tests.features.imports.conftest import Registry


def test_a_dry_run_says_row_by_row_what_would_change_and_writes_nothing(either: Registry) -> None:
    either.load("id,title,status,summary,team\n1,A,active,first,Ads\n2,B,active,,Ads\n")
    before, version = [row.model_dump() for row in either.all()], either.version()
    text = "id,title,status,summary,team\n1,A2,shipped,first,Search\n2,B,active,,Ads\n3,C,,,Labs\n4,,,,\n"
    result = either.load(text, dry_run=True)
    assert either.said.splitlines() == [
        'changed (line 2): "A": status: "active" → "shipped"; team: "Ads" → "Search"; title: "A" → "A2"',
        'new (line 4): "C", Labs, proposed',
        "Line 5: `title` is empty; every row needs one.",
        "file.csv: 3 rows would be imported (1 new, 1 changed, 1 unchanged), 1 left out.",
        "Changed: status in 1, team in 1, title in 1.",
        "2 new teams: Search, Labs.",
        "Nothing was written: this was a dry run.",
    ]
    assert (result.exit_code, result.run_id) == (1, None)
    assert [row.model_dump() for row in either.all()] == before
    assert either.version() == version
    assert either.look(lambda uow: [each.name for each in uow.teams.all()]) == ["Ads"]
    assert either.look(lambda uow: [run.id for run in uow.imports.latest()]) == [1]


def test_a_dry_run_foresees_what_the_real_run_does(registry: Registry) -> None:
    text = "title,lead,visibility,capabilities,team\nA,U0LEAD0001,private,Quantum ads,Ads\nB,,,Quantum ads,Ads\nC,U0LEAD0001,private,Other ads,\n"
    foreseen = registry.load(text, dry_run=True)
    did = registry.load(text)
    for each in ("new", "changed", "unchanged", "left_out", "teams", "capabilities", "faults"):
        assert getattr(foreseen, each) == getattr(did, each), each
    assert (did.new, did.left_out, did.capabilities) == (2, 1, ["Quantum ads"])


def test_a_dry_run_names_what_an_undo_withdrew_as_coming_again(registry: Registry) -> None:
    registry.load("title\nA\n")
    registry.do(lambda uow: undoing.take_back(uow, 1, limit=10, now=registry.now))
    registry.load("title\nA\n", dry_run=True)
    assert 'new (line 2): "A", proposed (it was taken back with an earlier import)' in registry.said


def test_the_summary_of_a_run_counts_fields_and_shows_the_first_changes(registry: Registry) -> None:
    registry.load("id,title,status\n" + "".join(f"{number},T{number},active\n" for number in range(8)))
    registry.load(
        "id,title,status\n" + "".join(f"{number},T{number},{'paused' if number else 'active'}\n" for number in range(8))
    )
    assert registry.said.splitlines() == [
        "file.csv: 8 rows imported (7 changed, 1 unchanged), 0 left out.",
        "Changed: status in 7.",
        *(f'  changed (line {number + 2}): "T{number}": status: "active" → "paused"' for number in range(1, 6)),
        "  and 2 more.",
        "This is run 2; `python -m bot import --undo 2` takes it back.",
    ]


def test_a_run_that_changes_nothing_leaves_no_run(registry: Registry) -> None:
    registry.load("title\nA\n")
    registry.load("title\nA\n")
    assert registry.look(lambda uow: [type(run) for run in uow.imports.latest()]) == [ImportRun]
    assert not re.search(r"--undo", registry.said)
