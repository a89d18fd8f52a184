"""Bring the schema up to date: by itself at every start, one SELECT when there is nothing to do."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.pool import NullPool

from storage.database import StoreUnavailable, _reason, normalise
from storage.locks import file_lock

#: The newest revision in `migrations/versions`. A test keeps it true; reading the folder would cost every start 0.2 s.
HEAD: Final = "0006"
MIGRATIONS: Final = Path(__file__).parent / "migrations"
#: Any number that no other user of the database takes for an advisory lock.
ADVISORY_LOCK: Final = 7_061_512


class SchemaTooNew(Exception):
    """The database was written by a newer Rowbot than this one."""


def migrate(url: str) -> bool:
    """Create or update the schema; True if anything had to be done.

    Raises:
        SchemaTooNew: the schema's revision is unknown to this version.
        StoreUnavailable: the database cannot be reached.
    """
    parsed, engine = _engine(normalise(url))
    try:
        with engine.connect() as connection:
            if revision(connection) == HEAD:
                return False
        with ExitStack() as alone:
            if engine.dialect.name == "sqlite":
                path = Path(parsed.database or "")
                alone.enter_context(file_lock(path.with_name(path.name + ".lock")))
            connection = alone.enter_context(engine.connect())
            alone.enter_context(_advisory_lock(connection))
            found = revision(connection)
            if found != HEAD:
                _upgrade(connection, found)
            return found != HEAD
    except (OperationalError, OSError) as fault:
        raise StoreUnavailable(
            f"The database at {parsed.render_as_string(hide_password=True)} cannot be reached: {_reason(fault)}"
        ) from fault
    except DatabaseError as fault:
        raise StoreUnavailable(
            f"The database at {parsed.render_as_string(hide_password=True)} cannot be used: {_reason(fault)}"
        ) from fault
    finally:
        engine.dispose()


def _engine(url: str) -> tuple[URL, Engine]:
    """An engine for one short connection.

    Raises:
        StoreUnavailable: the URL is none, or names a kind of database that Rowbot does not know, or a folder that cannot be made.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise StoreUnavailable(
                f"DATABASE_URL names {parsed.get_backend_name()}; Rowbot keeps its registry in sqlite:///path or postgresql://…."
            )
        if parsed.get_backend_name() == "sqlite":
            Path(parsed.database or "").parent.mkdir(parents=True, exist_ok=True)
        # In its default mode the driver commits before and between table definitions: a kill would leave half a schema.
        options = {"isolation_level": None} if parsed.get_backend_name() == "sqlite" else {"connect_timeout": 5}
        return parsed, create_engine(url, poolclass=NullPool, connect_args=options)
    except (ArgumentError, ValueError) as fault:
        raise StoreUnavailable(
            "DATABASE_URL is no address of a database; it looks like sqlite:///path or postgresql://user@host/name."
        ) from fault
    except OSError as fault:
        raise StoreUnavailable(f"The folder of {parsed.database} cannot be made: {fault.strerror}.") from fault


def revision(connection: Connection) -> str | None:
    """The revision of the schema; None for a database without one."""
    try:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except DatabaseError as fault:
        connection.rollback()
        if "alembic_version" in str(fault.orig):
            return None
        raise


def _upgrade(connection: Connection, found: str | None) -> None:
    # Imported here: Alembic costs 0.15 s that a start with nothing to do should not pay.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise SchemaTooNew(
            f"The database is at revision {found}, which this version of Rowbot does not know (it knows up to {HEAD}). "
            "It was opened by a newer version: run that one, or restore a backup from before the update."
        )
    config.attributes["connection"] = connection
    connection.rollback()
    with connection.begin():
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        command.upgrade(config, "head")


@contextmanager
def _advisory_lock(connection: Connection) -> Iterator[None]:
    if connection.dialect.name != "postgresql":
        yield
        return
    connection.execute(text(f"SELECT pg_advisory_lock({ADVISORY_LOCK})"))
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(text(f"SELECT pg_advisory_unlock({ADVISORY_LOCK})"))
        connection.commit()
