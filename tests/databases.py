"""The databases of a test run: a PostgreSQL of its own, and databases that are used by one test after another."""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
import sqlalchemy
from psycopg import sql
from sqlalchemy import Dialect, Engine
from sqlalchemy.util import LRUCache

import storage.database
from storage.database import normalise

#: A crash of the machine is no test of ours, and nothing here lives long enough to be vacuumed: the launcher of that would go
#: from database to database all the time.
HASTE: Final = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")
#: Tests that one database is used by: what they delete stays behind as dead rows.
USES: Final = 40
#: Counts that differ after any change of the schema.
_SHAPE: Final = """
SELECT (SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_attribute), (SELECT count(*) FROM pg_constraint),
       (SELECT count(*) FROM pg_trigger), (SELECT count(*) FROM pg_proc)
"""
_TABLES: Final = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'"
_NUMBERS: Final = (
    "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'"
)
_OTHERS: Final = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

_numbers = itertools.count(1)


def hasten(server: str) -> None:
    """Let this server give up what only a crash of the machine would need."""
    with psycopg.connect(server, autocommit=True) as connection:
        for setting in HASTE:
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")


def new_database(server: str, *, template: str = "template1") -> str:
    """A fresh database, empty or a copy of another; its URL."""
    name = f"rowbot_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
    return server.replace("/postgres?", f"/{name}?")


class _Kept:
    """One database with our schema, emptied after each test; copying the template would take longer than most tests."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.uses = 0
        self._connection = psycopg.connect(url, autocommit=True)
        self._shape = self._all(_SHAPE)
        self._tables = [row[0] for row in self._all(_TABLES)]
        if self._filled():
            raise AssertionError("The template holds rows, which would be deleted with those of the tests.")
        self._connection.execute("SET session_replication_role = replica")  # rows may go in any order

    def _all(self, query: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(query).fetchall()

    def _filled(self) -> list[str]:
        looks = (
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(table), sql.Identifier(table))
            for table in self._tables
        )
        return [row[0] for row in self._connection.execute(sql.SQL(" UNION ALL ").join(looks)).fetchall()]

    def empty(self) -> bool:
        """End whoever is still connected and delete every row; False if it cannot be used again."""
        self.uses += 1
        self._all(_OTHERS)
        if self.uses >= USES or self._all(_SHAPE) != self._shape:
            return False
        for table in self._filled():
            self._connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        self._all(_NUMBERS)
        return True

    def drop(self, server: str) -> None:
        """Give its space back."""
        name = self._connection.info.dbname
        self._connection.close()
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


class PostgresDatabases:
    """Databases with our schema and nothing in it: what one test leaves in one is gone before the next test gets it."""

    def __init__(self, server: str, template: str) -> None:
        self._server, self._template = server, template
        self._idle: list[_Kept] = []

    @contextmanager
    def one(self) -> Iterator[str]:
        """The URL of a database for one test."""
        kept = self._idle.pop() if self._idle else _Kept(new_database(self._server, template=self._template))
        yield kept.url
        if kept.empty():
            self._idle.append(kept)
        else:
            kept.drop(self._server)

    def close(self) -> None:
        """Drop them all."""
        while self._idle:
            self._idle.pop().drop(self._server)


class _OneDialect:
    """Engines made for a kind of database share its dialect and what was compiled for it.

    Each test has engines of its own, and each of these would compile every statement anew: a third of what most tests take.
    """

    def __init__(self, create: Callable[..., Engine]) -> None:
        self._create = create
        self._dialects: dict[str, Dialect] = {}
        self._compiled: LRUCache[Any, Any] = LRUCache(5000)

    def share(self, url: str) -> None:
        """Take this database's dialect, which knows its server once it has connected, for all that follow."""
        engine = self._create(normalise(url))
        engine.connect().close()
        engine.dispose()
        self._dialects[engine.dialect.name] = engine.dialect

    def __call__(self, url: str, **options: Any) -> Engine:
        engine = self._create(url, **options)
        if dialect := self._dialects.get(engine.dialect.name):
            engine.dialect = engine.pool._dialect = dialect
            engine._compiled_cache = self._compiled
        return engine


one_dialect: Final = _OneDialect(sqlalchemy.create_engine)
vars(storage.database)["create_engine"] = one_dialect
