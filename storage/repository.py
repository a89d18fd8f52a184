"""What every repository is bound to: one session, one workspace, one viewer."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Insert, SQLColumnExpression
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, or_, true


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: the audiences whose private work may be named to them.

    An audience is the id of a private channel (its members), or of a person (work kept to its lead).
    Public work has the audience "" and is seen by all. ``audiences=None`` is the machine itself, which sees
    everything and must never word what it sees for anybody.
    """

    audiences: frozenset[str] | None

    def sees(self, audience: str) -> bool:
        """Whether work of this audience may be named to this viewer."""
        return self.audiences is None or audience == "" or audience in self.audiences


T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
#: In a session's info: what was read ahead in this unit, by question and key.
_AHEAD: Final = "read_ahead"

#: The public: what may be said anywhere inside the workspace.
EVERYBODY = Viewer(frozenset())
#: The machine: for matching and jobs.
MACHINE = Viewer(None)


@dataclass(frozen=True, slots=True)
class Repository:
    """A noun's queries inside one workspace and for one viewer. Made by the unit of work only."""

    session: Session
    workspace_id: str
    viewer: Viewer

    def visible(self, audience: SQLColumnExpression[str]) -> ColumnElement[bool]:
        """The condition that a column of audiences must meet for this viewer."""
        if self.viewer.audiences is None:
            return true()
        return or_(audience == "", audience.in_(sorted(self.viewer.audiences)))

    # --- reading ahead: a unit that does the same for many asks for all of them at once -----------------------------

    def read_ahead(
        self, question: str, keys: Iterable[K], answers: Mapping[K, T], *, otherwise: Callable[[], T | None]
    ) -> None:
        """Keep the answers to a question for these keys until this unit ends; ``otherwise`` makes that of a key without one.

        Whoever reads ahead sees to it that nothing in the same unit changes the answers.
        """
        known = self.session.info.setdefault(_AHEAD, {}).setdefault(question, {})
        known.update({key: answers[key] if key in answers else otherwise() for key in keys})

    def known(self, question: str, key: Hashable, ask: Callable[[], T]) -> T:
        """What was read ahead, else what asking now gives."""
        known: dict[Hashable, T] = self.session.info.get(_AHEAD, {}).get(question, {})
        return known[key] if key in known else ask()

    def forget(self, question: str, key: Hashable) -> None:
        """Something in this unit changed the answer: it is asked anew."""
        self.session.info.get(_AHEAD, {}).get(question, {}).pop(key, None)

    def all_known(self, question: str, keys: Iterable[K]) -> dict[K, Any] | None:
        """What was read ahead for these keys; None unless it was for each of them."""
        known = self.session.info.get(_AHEAD, {}).get(question, {})
        return {key: known[key] for key in keys} if all(key in known for key in keys) else None

    def insert_new(self, table: type[SQLModel], rows: Sequence[dict[str, Any]], *, key: str) -> list[Any]:
        """Insert the rows that are not there yet; the value of ``key`` of those that were new.

        RETURNING and not ``rowcount``: psycopg reports -1 for it under ON CONFLICT DO NOTHING. The rows are parameters and no part
        of the statement, which would be compiled anew for each (1 ms).
        """
        if not rows:
            return []
        statement = upsert(self.session, table).on_conflict_do_nothing().returning(getattr(table, key))
        return list(self.session.execute(statement, list(rows)).scalars())


def upsert(session: Session, table: type[SQLModel]) -> Any:  # noqa: ANN401 - either dialect's Insert
    """An INSERT that knows ON CONFLICT on the session's database."""
    dialect = session.get_bind().dialect.name
    statement: Insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    return statement
