"""The command: what it prints, how it ends, and that others can write beside it."""

import csv
import logging
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.features.imports.pacing import next_size
from bot.features.imports.result import FAULTS_SHOWN, ImportResult, report
from bot.features.imports.rows import Fault
from bot.features.matching.matcher import Matcher
from storage.initiatives import Initiative
from storage.unit_of_work import UnitOfWork
from tests.features.imports.conftest import NOON, SCOPE, Registry

log = logging.getLogger(__name__)


def many(rows: int) -> str:
    lines = [
        f"ID-{number},Initiative {number},A summary of {number},Team {number % 40},lead{number % 90}@example.org"
        for number in range(rows)
    ]
    return "id,title,summary,team,lead\n" + "\n".join(lines) + "\n"


def test_good_rows_are_kept_and_bad_ones_named(registry: Registry) -> None:
    result = registry.load("title,status,url,Budget\nA,active,,1\nB,in progress,x,2\nC,,,3\nA,,,4\n")
    assert (result.new, result.left_out, result.exit_code) == (2, 2, 1)
    assert registry.said.splitlines() == [
        "Ignored, because Rowbot does not know this column: Budget.",
        'Line 3: `status` is "in progress"; use proposed, active, paused, shipped, abandoned or merged.',
        'Line 3: `url` is "x"; it must be one address that starts with https:// or http://.',
        "Line 5: this is line 2 again (same team and `title`); keep one of the two, or give each an `id`.",
        "file.csv: 2 rows imported (2 new), 2 left out.",
        "This is run 1; `python -m bot import --undo 1` takes it back.",
    ]


def test_a_spreadsheet_export_comes_in(registry: Registry) -> None:
    registry.load('\ufeffTitle;Summary;Team\r\nOnline features;"two\r\nlines; and more";Ads\r\n')
    assert registry.one("Online features").summary == "two\nlines; and more"


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("none.csv", None, "cannot be read: no such file or directory."),
        ("f.csv", b"name\nA\n", "f.csv has no column `title`."),
        ("f.csv", b"title\n\xff\n", "f.csv is not UTF-8: line 2"),
        ("f.jsonl", b" \n", "f.jsonl is empty."),
        ("f.json", b'[{"title": "A"}]', "f.json is one JSON array. Write one object a line instead"),
        ("f.yaml", b"# nothing\n", "f.yaml holds no entity."),
        ("f.xlsx", b"PK\x03\x04rest", "f.xlsx is a spreadsheet's own format."),
    ],
)
def test_a_file_of_which_nothing_can_be_read_ends_with_two_and_a_sentence(
    registry: Registry, name: str, data: bytes | None, sentence: str
) -> None:
    result = registry.load_path(registry.folder / name) if data is None else registry.load(data, name=name)
    assert result.exit_code == 2
    assert len(registry.said.splitlines()) == 1
    assert sentence in registry.said
    assert registry.all() == []


def test_a_header_alone_is_an_empty_import(registry: Registry) -> None:
    assert registry.load("title\n").exit_code == 0
    assert registry.said == "file.csv: 0 rows imported, 0 left out.\n"


def test_the_first_faults_are_printed_and_a_file_takes_all_of_them(registry: Registry, tmp_path: Path) -> None:
    faults = tmp_path / "faults.csv"
    registry.load("title,status\n" + "A,nonsense\n" * 30, faults_to=faults)
    assert registry.said.count("Line ") == FAULTS_SHOWN
    assert f"And 10 more: {faults} has all of them." in registry.said
    with faults.open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert (len(rows), rows[1][:2]) == (31, ["2", "status"])


def test_an_interrupted_import_says_how_far_it_came() -> None:
    result = ImportResult(new=50, remaining=350, interrupted=True, faults=[Fault(2, "", "Line 2: x")], left_out=1)
    assert result.exit_code == 130
    assert report(result, name="f.csv")[-1] == (
        "Stopped before the end: 350 rows to go. Run the same command again; what is in stays as it is."
    )


def start_import(registry: Registry, path: Path) -> "subprocess.Popen[str]":
    """The import as a process of its own, as people run it beside the bot."""
    program = (
        "import sys; from pathlib import Path; from bot.features.imports.command import run_import\n"
        "from bot.features.matching.matcher import Matcher; from storage.database import Database\n"
        f"db = Database({registry.db.url!r})\n"
        f"result = run_import(Path({str(path)!r}), db=db, workspace_id='T1', matcher=Matcher(None))\n"
        "db.close(); sys.exit(result.exit_code)"
    )
    root = Path(__file__).parents[3]
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=root)


def test_control_c_ends_between_two_batches_and_the_next_run_finishes(registry: Registry) -> None:
    path = registry.folder / "big.csv"
    path.write_text(many(2000))
    with start_import(registry, path) as process:
        deadline = time.monotonic() + 60
        while registry.version() < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    came_in = len(registry.all())
    assert process.returncode == 130, said
    assert 0 < came_in < 2000
    assert f"big.csv: {came_in:,} rows imported ({came_in:,} new), 0 left out." in said
    assert f"{2000 - came_in:,} rows to go" in said
    result = registry.load_path(path)
    assert (result.unchanged, result.new, result.exit_code) == (came_in, 2000 - came_in, 0)
    transactions = [seconds * 1000 for seconds in result.transactions]
    log.info("transactions: median %.0f ms, longest %.0f ms", statistics.median(transactions), max(transactions))


def test_the_bot_goes_on_writing_while_another_process_imports(registry: Registry) -> None:
    path = registry.folder / "big.csv"
    path.write_text(many(2000))

    def announce(uow: UnitOfWork, number: int) -> None:
        uow.workspaces.ensure(now=NOON)
        live = Initiative(workspace_id="T1", title=f"live {number}", folded_title=f"live {number}",
                          version=uow.workspaces.raise_version(), created_at=NOON, updated_at=NOON)  # fmt: skip
        uow.initiatives.add(live)

    waits: list[float] = []
    with start_import(registry, path) as process:
        while process.poll() is None:
            began = time.monotonic()
            registry.db.write_now(SCOPE, announce, len(waits))
            waits.append((time.monotonic() - began) * 1000)
            time.sleep(0.02)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    titles = [row.title for row in registry.all()]
    assert len(titles) == len(set(titles)) == 2000 + len(waits)
    assert len({row.version for row in registry.all() if row.title.startswith("live ")}) == len(waits)
    log.info(
        "beside an import, a write takes %.0f ms (median), %.0f ms (longest)", statistics.median(waits), max(waits)
    )


def test_vectors_are_stored_with_the_rows_and_made_again_only_for_new_words(registry: Registry) -> None:
    matcher = Matcher.load("shipped")
    assert matcher.embedder is not None
    registry.load("id,title,summary,status\n1,A,first,active\n2,B,second,active\n", matcher=matcher)

    def made_from() -> dict[str, str]:
        changes = registry.look(lambda uow: list(uow.initiatives.changed_since(0)))
        return {change.title: change.made_from for change in changes}

    before = made_from()
    assert before == {"A": matcher.made_from("A", "first"), "B": matcher.made_from("B", "second")}
    registry.load("id,title,summary,status\n1,A,other words,active\n2,B,second,paused\n", matcher=matcher)
    assert made_from() == {"A": matcher.made_from("A", "other words"), "B": before["B"]}
    fresh = Matcher(matcher.embedder)
    registry.look(fresh.catch_up)
    assert fresh.stale("T1", limit=10) == []


def test_the_next_transaction_is_as_long_as_the_last_ones_allow() -> None:
    assert next_size(50, 0.1, present=50) == 25
    assert next_size(50, 0.001, present=50) == 100
    assert next_size(1, 5, present=1) == 1
    assert next_size(3, 0.04, present=50) == 50
