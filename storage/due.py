"""What is to be done at a moment of its own: every column by which timed work is found, whatever it belongs to."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute
from sqlmodel import col, func, select

from storage.digests import Digest
from storage.items import Item
from storage.meetings import Meeting
from storage.rounds import Prompt, Round, RoundState
from storage.syncs import Sync
from storage.unit_of_work import UnitOfWork

#: The columns, each with what else must hold. Whoever moves time on stops at each of these moments; a new kind of timed
#: work gets its line here (a test finds columns that have none).
DUE: Final[tuple[tuple[Any, ColumnElement[bool] | None], ...]] = (
    (Sync.next_opens_at, None),
    (Prompt.next_at, None),
    (Round.closes_at, col(Round.state) == RoundState.OPEN),
    (Meeting.next_at, None),
    (Item.next_at, None),
    (Digest.next_at, None),
)


def next_due(uow: UnitOfWork, *, after: datetime) -> datetime | None:
    """When something is due for the first time after a moment; None when nothing is to come."""
    moments = [
        uow.session.exec(select(column).where(column > after, *holds).order_by(column).limit(1)).first()
        for column, holds in _columns(uow)
    ]
    return min((moment for moment in moments if moment is not None), default=None)


def count_due(uow: UnitOfWork, now: datetime) -> int:
    """How much is due now."""
    return sum(
        uow.session.exec(select(func.count()).where(column <= now, *holds)).one() for column, holds in _columns(uow)
    )


def _columns(uow: UnitOfWork) -> Iterator[tuple[InstrumentedAttribute[datetime], list[ColumnElement[bool]]]]:
    for column, condition in DUE:
        holds = [column.class_.workspace_id == uow.workspace_id]
        yield column, [*holds, condition] if condition is not None else holds
