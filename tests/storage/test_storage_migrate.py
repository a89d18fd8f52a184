"""The schema brings itself up to date, once, and never half."""

import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Engine

from storage.columns import to_milliseconds
from storage.database import Database, StoreUnavailable, normalise
from storage.initiatives import Initiative
from storage.matches import Match, ShownTo
from storage.migrate import HEAD, MIGRATIONS, SchemaTooNew, migrate
from storage.overlaps import Feedback, Verb
from storage.tables import TABLES, metadata
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import NOW, ROOT


def config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def test_head_is_the_newest_revision() -> None:
    assert ScriptDirectory.from_config(config()).get_heads() == [HEAD]


def test_every_table_is_imported_in_one_place() -> None:
    assert {str(table.__tablename__) for table in TABLES} == set(metadata.tables)


def test_a_fresh_database_gets_its_schema_and_the_next_start_asks_one_question(empty_database_url: str) -> None:
    assert migrate(empty_database_url)
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert not migrate(empty_database_url)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert asked == ["SELECT version_num FROM alembic_version"]


def test_the_migrations_make_the_tables_of_the_code(empty_database_url: str) -> None:
    migrate(empty_database_url)
    engine = create_engine(normalise(empty_database_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = list(compare_metadata(context, metadata))
    engine.dispose()
    assert differences == []


def test_the_way_back_works(empty_database_url: str) -> None:
    migrate(empty_database_url)
    engine = create_engine(normalise(empty_database_url))
    settings = config()
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        command.downgrade(settings, "base")
    with engine.connect() as connection:
        tables = MigrationContext.configure(connection).dialect.get_table_names(connection)
    engine.dispose()
    assert set(tables) <= {"alembic_version"}
    assert migrate(empty_database_url)


def test_a_database_of_a_newer_version_is_left_alone_with_a_sentence(empty_database_url: str) -> None:
    migrate(empty_database_url)
    engine = create_engine(normalise(empty_database_url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(SchemaTooNew, match=r"revision 9999, which this version of Rowbot does not know"):
        migrate(empty_database_url)


_MIGRATE: Final = "import sys; from storage.migrate import migrate; print(migrate(sys.argv[1]))"


def test_of_two_processes_that_start_at_once_one_migrates(empty_database_url: str) -> None:
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", _MIGRATE, empty_database_url],
            cwd=ROOT,
            env={"PYTHONPATH": "."},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    assert sorted(start.communicate(timeout=60)[0].strip() for start in starts) == ["False", "False", "True"]


_DIE: Final = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from storage.migrate import migrate
left = int(sys.argv[2])

@event.listens_for(Engine, "before_cursor_execute")
def count(_connection, _cursor, statement, *_rest):
    global left
    left -= statement.startswith(("\\nCREATE", "CREATE", "INSERT"))
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)

migrate(sys.argv[1])
"""


@pytest.mark.parametrize("statements", [1, 7, 25])
def test_a_migration_that_was_killed_half_way_is_done_by_the_next_start(
    empty_database_url: str, statements: int
) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", _DIE, empty_database_url, str(statements)],
        cwd=ROOT,
        env={"PYTHONPATH": "."},
        check=False,
    )
    assert killed.returncode == -9
    assert migrate(empty_database_url)


def test_what_is_no_database_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Dear database, " * 100)
    with pytest.raises(StoreUnavailable, match="not a database"):
        migrate(f"sqlite:///{tmp_path / 'letter.db'}")
    for url in (
        "mysql://h/d",
        "nonsense",
        "sqlite:////proc/none/rowbot.db",
        "postgresql://nobody@127.0.0.1:1/none",
        "postgresql://[half/x",
    ):
        with pytest.raises(StoreUnavailable):
            migrate(url)


def test_a_password_is_never_shown(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable) as refused:
        migrate("postgresql://rower:sesame@127.0.0.1:1/none")
    assert "sesame" not in str(refused.value)


def test_a_read_only_file_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "rowbot.db"
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        file.execute("PRAGMA user_version = 1")
    file.close()
    assert migrate(f"sqlite:///{path}")


def test_answers_of_before_get_what_the_oldest_warning_of_their_pair_said(empty_database_url: str) -> None:
    migrate(empty_database_url)
    database, scope = Database(empty_database_url), Scope("T1")

    def match(one: int, other: int, shown_to: ShownTo, probability: float, days: int) -> Match:
        return Match(workspace_id="T1", initiative_id=one, candidate_id=other, position=1, probability=probability, cosine=0.5, share=1, overlap=0.2,
                     matcher="3/x", shown_to=shown_to, created_at=NOW + timedelta(days=days))  # fmt: skip

    def write(uow: UnitOfWork) -> None:
        uow.workspaces.ensure(now=NOW)
        rows = [
            Initiative(workspace_id="T1", title=title, folded_title=title, version=1, created_at=NOW, updated_at=NOW)
            for title in ("a", "b", "c")
        ]
        one, other, third = (uow.initiatives.add(row).id for row in rows)
        uow.matches.replace(other, [match(other, one, ShownTo.CHANNEL, 0.9, 2)])
        uow.matches.replace(
            one, [match(one, other, ShownTo.CHANNEL, 0.6, 1), match(one, third, ShownTo.AUTHOR, 0.7, 1)]
        )
        for pair in ((one, other), (one, third)):
            overlap = uow.overlaps.between(*pair, now=NOW)
            said = Feedback(
                workspace_id="T1", overlap_id=overlap.id, person_id="U1", verb=Verb.NOT_RELATED, created_at=NOW
            )
            uow.overlaps.say(said)

    database.write_now(scope, write)
    database.close()
    engine, settings = create_engine(normalise(empty_database_url)), config()
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        command.downgrade(settings, "0003")
    assert migrate(empty_database_url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT probability, matcher, warned_at FROM feedback ORDER BY id")).all()
    engine.dispose()
    day = to_milliseconds(NOW + timedelta(days=1))
    assert [tuple(row) for row in found] == [(0.6, "3/x", day), (None, "", None)]
