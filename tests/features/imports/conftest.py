"""A workspace in a real SQLite file, and a file to import into it."""

import io
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlmodel import select

from bot.features.imports.command import run_import
from bot.features.imports.reading import Format
from bot.features.imports.result import ImportResult
from bot.features.matching.matcher import Matcher
from storage.database import Database
from storage.initiatives import Initiative
from storage.migrate import migrate
from storage.repository import MACHINE
from storage.unit_of_work import Scope, UnitOfWork

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SCOPE = Scope("T1", MACHINE)


@dataclass
class Registry:
    """One workspace, with words for what tests do to it."""

    db: Database
    folder: Path
    now: datetime = NOON
    said: str = ""
    code: int = 0

    def load(
        self,
        text: str | bytes,
        *,
        name: str = "file.csv",
        faults_to: Path | None = None,
        matcher: Matcher | None = None,
        **options: Any,
    ) -> ImportResult:
        """Write a file and import it; what was printed stands in ``said``."""
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self.load_path(path, faults_to=faults_to, matcher=matcher, **options)

    def load_path(self, path: Path, *, faults_to: Path | None = None, matcher: Matcher | None = None,
                  as_format: Format | None = None, dry_run: bool = False) -> ImportResult:  # fmt: skip
        self.now += timedelta(hours=1)
        printed = io.StringIO()
        result = run_import(path, db=self.db, workspace_id="T1", matcher=matcher or Matcher(None), console=Console(file=printed),
                            faults_to=faults_to, as_format=as_format, dry_run=dry_run, now=lambda: self.now)  # fmt: skip
        self.said = printed.getvalue()
        return result

    def printer(self) -> Console:
        """A console whose words :meth:`read` gives."""
        return Console(file=io.StringIO())

    def read(self, console: Console) -> str:
        assert isinstance(console.file, io.StringIO)
        return console.file.getvalue()

    def do(self, unit: Callable[[UnitOfWork], Any]) -> Any:
        """Write something as the bot would."""
        return self.db.write_now(SCOPE, unit)

    def look(self, unit: Callable[[UnitOfWork], Any]) -> Any:
        return self.db.read_now(SCOPE, unit)

    def all(self) -> list[Initiative]:
        """Every initiative, withdrawn ones too, in the order of their making."""
        rows: list[Initiative] = self.look(lambda uow: list(uow.session.exec(select(Initiative))))
        return sorted(rows, key=lambda row: row.id)

    def one(self, title: str) -> Initiative:
        (row,) = [row for row in self.all() if row.title == title]
        return row

    def version(self) -> int:
        version: int = self.look(lambda uow: uow.workspaces.version())
        return version

    def edit(self, title: str, /, **fields: object) -> None:
        """Change an initiative as people do in Slack."""
        initiative_id = self.one(title).id

        def edit(uow: UnitOfWork) -> None:
            row = uow.initiatives.get(initiative_id)
            assert row is not None
            uow.initiatives.change(row, version=uow.workspaces.raise_version(), now=self.now, **fields)

        self.do(edit)

    def announce(self, title: str, /, **fields: Any) -> int:
        """Register an initiative as Slack does, without any file."""

        def announce(uow: UnitOfWork) -> int:
            uow.workspaces.ensure(now=self.now)
            row = Initiative(workspace_id="T1", title=title, folded_title=title.casefold(), created_by="U0ANNOUNCE1",
                             version=uow.workspaces.raise_version(), created_at=self.now, updated_at=self.now, **fields)  # fmt: skip
            return uow.initiatives.add(row).id

        initiative_id: int = self.do(announce)
        return initiative_id


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the schema and nothing in it: copying it is faster than making it for every test."""
    path = tmp_path_factory.mktemp("schema") / "empty.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def registry(empty_database: Path, tmp_path: Path) -> Iterator[Registry]:
    path = tmp_path / "rowbot.db"
    shutil.copy(empty_database, path)
    db = Database(f"sqlite:///{path}")
    yield Registry(db, tmp_path)
    db.close()


@pytest.fixture
def either(db: Database, tmp_path: Path) -> Registry:
    """The same on each kind of database."""
    return Registry(db, tmp_path)
