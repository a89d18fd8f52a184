"""Everything that falls due at a moment of its own is in one list."""

from datetime import timedelta
from typing import Final

from sqlmodel import SQLModel, select

from bot.scheduler import HOUSEKEEPING, JOBS
from storage.columns import Instant
from storage.database import Database
from storage.digests import Digest
from storage.due import DUE, count_due, next_due
from storage.rounds import Round, RoundState
from storage.unit_of_work import Scope, UnitOfWork
from tests.storage.test_storage_syncs import make
from tests.world import NOW

#: Moments that only say when something was, or that others than timed work wait for (the outbox and its lanes, paged reading).
REMEMBERED: Final = frozenset(
    {
        "acknowledged_at", "answered_at", "asked_at", "caught_up_at", "changed_at", "closed_at", "created_at", "deadline_at", "decided_at",
        "deleted_at", "done_at", "due_at", "ended_at", "escalated_at", "first_try_at", "greeted_at", "heirs_asked_at", "last_at", "last_try_at",
        "lease_until", "members_read_at", "next_post_at", "not_before", "opened_at", "picked_at", "read_at", "received_at", "remind_at",
        "reminded_at", "said_at", "saved_at", "sent_at", "started_at", "starts_at", "team_asked_at", "told_at", "undo_asked_at", "undone_at",
        "uninstalled_at", "updated_at", "warned_at", "withdrawn_at", "at", "full_at", "patient_until", "since", "until", "wanted_by",
    }
)  # fmt: skip


def test_every_moment_is_either_remembered_or_in_the_list_of_what_is_due() -> None:
    listed = {(column.class_.__tablename__, column.key) for column, _ in DUE}
    moments = {
        (table.name, column.name)
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, Instant)
    }
    assert {(table, name) for table, name in moments if name not in REMEMBERED} == listed


def test_every_job_that_keeps_house_is_in_the_table() -> None:
    names = {name for name, *_ in JOBS}
    assert names > HOUSEKEEPING


def _digest(uow: UnitOfWork, channel_id: str, minutes: int | None) -> None:
    moment = None if minutes is None else NOW + timedelta(minutes=minutes)
    uow.workspaces.ensure(now=NOW)
    uow.session.add(Digest(workspace_id=uow.workspace_id, channel_id=channel_id, next_at=moment, updated_at=NOW))
    uow.session.flush()


async def test_the_next_moment_is_the_first_one_after_whatever_its_kind(db: Database, scope: Scope) -> None:
    def prepared(uow: UnitOfWork) -> None:
        make(uow)  # a check-in with everything due at NOW
        for channel_id, minutes in (("C1", 30), ("C2", 5), ("C3", None)):
            _digest(uow, channel_id, minutes)

    await db.write(scope, prepared)
    await db.write(Scope("T-OTHER"), _digest, "C9", 1)
    moments = [NOW - timedelta(minutes=1)]
    while (following := await db.read(scope, lambda uow: next_due(uow, after=moments[-1]))) is not None:
        moments.append(following)
    assert moments[1:] == [NOW, NOW + timedelta(minutes=5), NOW + timedelta(minutes=30)]


async def test_a_round_that_is_closed_is_not_due_to_close(db: Database, scope: Scope) -> None:
    def closed(uow: UnitOfWork) -> int:
        make(uow)
        before = count_due(uow, NOW)
        for turn in uow.session.exec(select(Round)).all():
            turn.state = RoundState.CLOSED
        uow.session.flush()
        return before - count_due(uow, NOW)

    assert await db.write(scope, closed) == 1
