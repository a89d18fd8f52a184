"""Tells a newcomer, in numbers, what Rowbot did while time was moved on."""

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select

from storage.outbox import OutboxRow, OutboxState, OutboxVerb
from storage.rounds import Answer, Prompt, Round, RoundState
from storage.unit_of_work import UnitOfWork

_Counted = type[Prompt] | type[Answer] | type[Round] | type[OutboxRow]
SAID: Final = (OutboxVerb.POST, OutboxVerb.UPLOAD)


def meanwhile(uow: UnitOfWork, since: datetime) -> list[str]:
    """One short line each, in the order of a round; nothing that did not happen. Numbers only: a newcomer sees no more than they may."""
    counted = (
        ("check-in asked", "check-ins asked", _count(uow, Prompt, col(Prompt.sent_at) >= since)),
        ("reminder sent", "reminders sent", _count(uow, Prompt, col(Prompt.reminded_at) >= since)),
        ("answered", "answered", _count(uow, Answer, col(Answer.created_at) >= since)),
        ("round closed with a summary", "rounds closed with a summary", _count(uow, Round, col(Round.closes_at) >= since, col(Round.state) == RoundState.CLOSED)),
        ("message from Rowbot in all", "messages from Rowbot in all", _count(uow, OutboxRow, col(OutboxRow.done_at) >= since,
                                                                            col(OutboxRow.state) == OutboxState.SENT, col(OutboxRow.verb).in_(SAID))),
    )  # fmt: skip
    return [f"{number} {one if number == 1 else many}" for one, many, number in counted if number]


def _count(uow: UnitOfWork, table: _Counted, *holds: ColumnElement[bool]) -> int:
    here = col(table.workspace_id) == uow.workspace_id
    return uow.session.exec(select(func.count()).select_from(table).where(here, *holds)).one()
