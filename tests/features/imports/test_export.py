"""Export: what it holds, and that an import reads all of it back."""

import csv
import io
import itertools
import json
import os
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.features.capabilities.taxonomy import shipped
from bot.features.imports.csv_file import bare, guarded
from bot.features.imports.export_command import run_export
from bot.features.imports.reading import Format
from bot.features.imports.rows import names_as_cell, names_in, slug
from storage.database import Database
from storage.initiatives import Initiative, Status
from storage.teams import fold
from storage.unit_of_work import UnitOfWork
from tests.features.imports.conftest import Registry

FORMATS = ("jsonl", "csv")
numbers = itertools.count()


def export(registry: Registry, name: str = "out.jsonl", **options: Any) -> bytes:
    """Export as the command does; what was printed stands in ``said``."""
    target = registry.folder / name
    printed = registry.printer()
    registry.code = run_export(
        str(target), db=registry.db, workspace_id="T1", console=printed, **{"force": True, **options}
    )
    registry.said = registry.read(printed)
    return target.read_bytes() if target.exists() else b""


# --- what it holds ----------------------------------------------------------------------------------------------


def test_every_column_is_written(registry: Registry) -> None:
    text = (
        "id,title,summary,team,lead,status,capabilities,system,started_on,url,legacy,visibility,lesson\n"
        'A-1,Online features,"Fresh\nfeatures",Ads,U0LEAD0001,active,feature store;Quantum ads,feast,2026-03-01,https://x.org/1,yes,public,Ownership\n'
    )
    registry.load(text)
    assert json.loads(export(registry)) == {
        "id": "A-1", "title": "Online features", "summary": "Fresh\nfeatures", "team": "Ads", "lead": "U0LEAD0001", "status": "active",
        "capabilities": ["feature store", "Quantum ads"], "system": "feast", "started_on": "2026-03-01", "url": "https://x.org/1", "legacy": True,
        "visibility": "public", "lesson": "Ownership",
    }  # fmt: skip
    (row,) = csv.DictReader(io.StringIO(export(registry, "out.csv").decode("utf-8-sig"), newline=""))
    assert (row["capabilities"], row["legacy"], row["summary"]) == (
        "feature store; Quantum ads",
        "yes",
        "Fresh\nfeatures",
    )
    assert registry.said == f"1 initiative written to {registry.folder / 'out.csv'}.\n"


def test_private_work_leaves_only_when_asked_for_and_the_rest_is_counted(registry: Registry) -> None:
    registry.load("title,lead,visibility\nA,,\nB,U0LEAD0001,private\n")
    registry.announce("C", audience="C0SECRET01", lead_id="U0LEAD0001")
    assert [json.loads(line)["title"] for line in export(registry).splitlines()] == ["A"]
    assert registry.said.splitlines()[1] == "2 private ones were left out; --with-private writes them too."
    everything = [json.loads(line) for line in export(registry, with_private=True).splitlines()]
    assert [(each["title"], each["visibility"]) for each in everything] == [
        ("A", "public"),
        ("B", "private"),
        ("C", "C0SECRET01"),
    ]
    assert "left out" not in registry.said


def test_withdrawn_work_is_not_written(registry: Registry) -> None:
    registry.load("title\nA\nB\n")
    registry.edit("A", withdrawn_at=registry.now)
    assert [json.loads(line)["title"] for line in export(registry).splitlines()] == ["B"]
    assert "left out" not in registry.said


def test_an_empty_registry_is_an_empty_file_that_names_its_columns(registry: Registry) -> None:
    assert export(registry) == b""
    assert export(registry, "out.csv").startswith(b"\xef\xbb\xbfid,title,")


# --- the file ---------------------------------------------------------------------------------------------------


def test_a_file_that_is_there_is_kept_unless_forced(registry: Registry) -> None:
    registry.load("title\nA\n")
    (registry.folder / "out.jsonl").write_text("mine")
    assert export(registry, force=False) == b"mine"
    assert registry.code == 2
    assert "is there already. Name another file, or write over it with --force." in registry.said
    assert b'"A"' in export(registry)


def test_nothing_is_left_behind_when_the_disk_says_no(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    registry.load("title\nA\n")
    export(registry)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    registry.announce("B")
    before = sorted(registry.folder.iterdir())
    assert b'"B"' not in export(registry)
    assert (registry.code, "cannot be written: no space left on device." in registry.said) == (2, True)
    assert sorted(registry.folder.iterdir()) == before


def test_what_rowbot_does_not_write_is_refused(registry: Registry) -> None:
    assert export(registry, "out.yaml") == b""
    assert (registry.code, "Rowbot writes CSV and JSON Lines" in registry.said) == (2, True)


def test_the_standard_output_is_the_default(registry: Registry, run_command: Any) -> None:
    registry.load("title\nA\n")
    done = run_command("export", "--workspace", "T1", DATABASE_URL=registry.db.url)
    assert (done.returncode, json.loads(done.stdout)["title"]) == (0, "A")
    assert "1 initiative written to the standard output." in done.stderr
    as_csv = run_command("export", "-", "--format", "csv", "--workspace", "T1", DATABASE_URL=registry.db.url)
    assert as_csv.stdout.startswith("id,title,")


# --- and back ---------------------------------------------------------------------------------------------------


def test_an_export_read_back_into_its_own_workspace_changes_nothing(either: Registry) -> None:
    either.load("title,team,capabilities\nA,Ads,Feast\nSame,,\n")
    either.announce("Same", summary="another one of this name")
    either.announce("Hidden", audience="C0SECRET01", lead_id="U0LEAD0001")
    either.do(lambda uow: uow.channels.meet("C0SECRET01", name="ml-secret", is_private=True).id)
    for name in ("out.jsonl", "out.csv"):
        export(either, name, with_private=True)
        version = either.version()
        result = either.load_path(either.folder / name)
        assert (result.unchanged, result.new, result.changed, result.left_out) == (4, 0, 0, 0), either.said
        assert either.version() == version


def test_an_entry_is_known_again_by_its_own_id_after_it_was_renamed_in_the_file(registry: Registry) -> None:
    registry.load("title\nA\n")
    changed = export(registry).replace(b'"title": "A"', b'"title": "B"')
    assert registry.load(changed, name="out.jsonl").changed == 1
    assert [row.title for row in registry.all()] == ["B"]
    assert registry.all()[0].external_id == ""


def test_the_id_of_one_database_is_nobody_else_in_another(registry: Registry) -> None:
    registry.announce("Mine")
    foreign = f'{{"id": "rowbot-{registry.all()[0].id}-1", "title": "Theirs"}}'
    assert registry.load(foreign, name="f.jsonl").new == 1
    assert [row.title for row in registry.all()] == ["Mine", "Theirs"]


def test_what_a_file_may_not_say_is_left_empty_and_named(registry: Registry) -> None:
    registry.announce("A", url="https://")
    assert json.loads(export(registry))["url"] == ""
    assert (registry.code, registry.said.splitlines()[0]) == (
        1, 'Left empty: "A": `url` is "https://"; it must be one address that starts with https:// or http://.')  # fmt: skip


text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
hostile = st.one_of(
    text,
    st.sampled_from(
        [
            "=1+1",
            "'=1+1",
            "''@x",
            "+31 6",
            "-",
            "@here",
            "\tx",
            "＝x",
            'a "quoted" b',
            "a,b;c\td",
            "x\r\ny",
            "\u2028",
            "\ufeffx",
            "null",
            "none",
            "\\;",
            "yes",
        ]
    ),
)
titles = hostile.map(lambda word: " ".join(word.split())[:150]).filter(bool)
bodies = hostile.map(lambda word: word.replace("\r\n", "\n").replace("\r", "\n").strip())
lines = hostile.map(lambda word: " ".join(word.split())[:80])
names = lines.filter(lambda word: any(letter.isascii() and letter.isalnum() for letter in word))
entries = st.lists(
    st.fixed_dictionaries(
        {
            "title": titles, "summary": bodies, "system": lines, "lesson": bodies, "legacy": st.booleans(), "status": st.sampled_from(Status),
            "team": lines, "lead_id": st.sampled_from(["", "U0LEAD0001"]), "lead_email": st.sampled_from(["", "ann@example.org"]),
            "external_id": lines.map(lambda word: word and f"{word}#{next(numbers)}"), "started_on": st.none() | st.dates(date(1900, 1, 1)),
            "url": st.sampled_from(["", "https://x.org/1", "https://x.org/a b?q=<é>", "http://y.org/=1"]), "capabilities": st.lists(names, max_size=3, unique=True),
        }
    ),
    max_size=6,
)  # fmt: skip


def put(uow: UnitOfWork, found: list[dict[str, Any]]) -> None:
    """Entries as Slack and other imports may have left them."""
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    uow.workspaces.ensure(now=now)
    for number, fields in enumerate(found):
        columns = dict(fields)
        team = columns.pop("team")
        keys = []
        for name in columns.pop("capabilities"):
            known = shipped().by_name(name)
            keys.append(known.key if known is not None else slug(name))
            if known is None:
                uow.capabilities.add(slug(name), name=name, now=now)
        uow.initiatives.add(
            Initiative(**columns, capabilities=list(dict.fromkeys(keys)), workspace_id="T1", folded_title=fold(columns["title"]),
                       team_id=uow.teams.ensure(team, now=now).id if team else None, version=uow.workspaces.raise_version(),
                       created_at=now.replace(second=number), updated_at=now)
        )  # fmt: skip


def fresh(empty_database: Path, folder: Path) -> Registry:
    folder.mkdir()
    shutil.copy(empty_database, folder / "rowbot.db")
    return Registry(Database(f"sqlite:///{folder / 'rowbot.db'}"), folder)


@pytest.mark.parametrize("suffix", FORMATS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(found=entries)
def test_an_export_read_into_an_empty_database_is_the_same_export(
    suffix: str, empty_database: Path, tmp_path: Path, found: list[dict[str, Any]]
) -> None:
    one, other = (fresh(empty_database, tmp_path / f"{next(numbers)}") for _ in range(2))
    try:
        one.do(lambda uow: put(uow, found))
        written = export(one, f"out.{suffix}")
        assert one.code == 0, one.said
        result = other.load(written, name=f"in.{suffix}")
        assert (result.new, result.left_out) == (len(found), 0), other.said
        assert export(other, f"out.{suffix}") == written
        assert other.load(written, name=f"in.{suffix}").unchanged == len(found)
    finally:
        one.db.close()
        other.db.close()


def test_private_work_comes_back_as_private(empty_database: Path, tmp_path: Path) -> None:
    one, other = (fresh(empty_database, tmp_path / name) for name in ("one", "other"))
    for registry in (one, other):
        registry.do(lambda uow: uow.channels.meet("C0SECRET01", name="ml-secret", is_private=True).id)
    one.announce("To its lead", audience="U0LEAD0001", lead_id="U0LEAD0001")
    one.announce("To its channel", audience="C0SECRET01", lead_id="U0LEAD0001")
    one.announce("To its author", audience="U0AUTHOR01", lead_id="U0LEAD0001")
    written = export(one, with_private=True)
    other.load(written, name="in.jsonl")
    assert {row.title: row.audience for row in other.all()} == {row.title: row.audience for row in one.all()}
    assert export(other, with_private=True) == written
    assert export(other) == b""
    one.db.close()
    other.db.close()


@given(cell=hostile)
def test_no_cell_is_a_formula_and_guarding_is_undone_exactly(cell: str) -> None:
    assert not guarded(cell).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert bare(guarded(cell)) == cell


@given(names=st.lists(text.map(lambda word: " ".join(word.split())).filter(bool)))
def test_names_in_a_cell_are_read_as_they_were_written(names: list[str]) -> None:
    assert [name.strip() for name in names_in(names_as_cell(names))] == names


def test_format_can_be_named(registry: Registry) -> None:
    registry.load("title\nA\n")
    assert export(registry, "out.txt", as_format=Format.CSV).startswith(b"\xef\xbb\xbfid,title")
