"""What could not be delivered: closing a place that cannot be reached, counting by place and reason, trying again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, update
from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select

from storage.outbox import Lane, Outbox, OutboxRow, OutboxState, OutboxVerb, instead_of, moment_of
from storage.repository import Repository

#: These change or accompany what is there already, or are seen for a moment only: nobody misses them where nothing arrives.
ACCOMPANYING: Final = frozenset({OutboxVerb.UPDATE, OutboxVerb.EPHEMERAL, OutboxVerb.REACT, OutboxVerb.UNREACT})


@dataclass(frozen=True, slots=True)
class DeadGroup:
    """Messages given up at one place for one reason."""

    #: Channel id, a person's id for a direct message, or a group of people.
    target: str
    error: str
    count: int
    first_at: datetime
    last_at: datetime


class Undelivered(Repository):
    """The workspace's messages that did not arrive, or will not."""

    @property
    def _outbox(self) -> Outbox:
        return Outbox(self.session, self.workspace_id, self.viewer)

    def dead_groups(self, *, limit: int = 50) -> list[DeadGroup]:
        """Messages given up, counted by place and reason, the youngest first."""
        latest = func.max(col(OutboxRow.created_at))
        statement = (
            sql_select(col(OutboxRow.target), col(OutboxRow.error), func.count(col(OutboxRow.id)),
                       func.min(col(OutboxRow.created_at)), latest)
            .where(col(OutboxRow.workspace_id) == self.workspace_id, col(OutboxRow.state) == OutboxState.DEAD)
            .group_by(col(OutboxRow.target), col(OutboxRow.error))
            .order_by(latest.desc(), col(OutboxRow.target), col(OutboxRow.error))
            .limit(limit)
        )  # fmt: skip
        return [DeadGroup(target, error, count, moment_of(first), moment_of(last))
                for target, error, count, first, last in self.session.execute(statement)]  # fmt: skip

    def close(self, target: str, error: str, *, now: datetime) -> int:
        """Give up what waits for a place that cannot be reached; how many messages. What only accompanies others is dropped.

        Whoever waits for one of them hears why by its ``otherwise``, each person once however many there were. What is being
        sent right now is left to its answer.
        """
        lane = f"{self.workspace_id}:{target}"
        self.session.exec(select(Lane).where(Lane.id == lane).with_for_update()).first()
        self.session.execute(
            delete(OutboxRow)
            .where(col(OutboxRow.lane) == lane, col(OutboxRow.state) == OutboxState.PENDING)
            .where(col(OutboxRow.verb).in_(sorted(ACCOMPANYING)))
            .execution_options(synchronize_session=False)
        )
        statement = (
            update(OutboxRow)
            .where(col(OutboxRow.lane) == lane, col(OutboxRow.state) == OutboxState.PENDING)
            .values(state=OutboxState.DEAD, done_at=now, error=error, owner="")
            .returning(col(OutboxRow.id), col(OutboxRow.otherwise))
            .execution_options(synchronize_session=False)
        )
        closed = self.session.execute(statement).all()
        told: set[str] = set()
        for row in sorted(closed, key=lambda row: row.id):
            for instead in instead_of(row.otherwise, now=now):
                if instead.target not in told:
                    told.add(instead.target)
                    self._outbox.enqueue(instead)
        return len(closed)

    def refuse(self, row: OutboxRow, error: str, *, now: datetime) -> bool:
        """Keep a message for a place that cannot be reached as given up, without a try; False if its key is there already."""
        row.state, row.error, row.done_at = OutboxState.DEAD, error, now
        new = self.insert_new(OutboxRow, [row.model_dump(exclude={"id"})], key="id")
        for instead in instead_of(row.otherwise, now=now) if new else ():
            self._outbox.enqueue(instead)
        return bool(new)

    def try_again(self, target: str, *, since: datetime, now: datetime) -> int:
        """Let what was given up for a place since then be sent after all; how many messages.

        Updates that a younger one has overtaken stay as they are, and so do reactions and questions that only one person was to
        see: their moment is over.
        """
        self._outbox.open_lane(f"{self.workspace_id}:{target}", due_at=now)
        later = aliased(OutboxRow)
        overtaken = (
            select(later.id)
            .where(later.follows == OutboxRow.follows, col(later.id) > col(OutboxRow.id))
            .correlate(OutboxRow)
            .exists()
        )
        statement = (
            update(OutboxRow)
            .where(col(OutboxRow.workspace_id) == self.workspace_id, col(OutboxRow.target) == target)
            .where(col(OutboxRow.state) == OutboxState.DEAD, col(OutboxRow.created_at) >= since)
            .where(col(OutboxRow.verb).not_in(sorted({*ACCOMPANYING} - {OutboxVerb.UPDATE})), (col(OutboxRow.follows) == "") | ~overtaken)
            .values(state=OutboxState.PENDING, not_before=now, created_at=now, done_at=None, error="", attempts=0,
                    first_try_at=None, last_try_at=None)
            .returning(col(OutboxRow.id))
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        again = self.session.execute(statement).scalars().all()
        if again:
            self.session.info["enqueued"] = True
        return len(again)

    def drop_dead(self, target: str) -> int:
        """Forget what was given up for a place: an admin has seen it; how many messages."""
        statement = (
            delete(OutboxRow)
            .where(col(OutboxRow.workspace_id) == self.workspace_id, col(OutboxRow.target) == target)
            .where(col(OutboxRow.state) == OutboxState.DEAD)
            .returning(col(OutboxRow.id))
        )
        return len(self.session.execute(statement).scalars().all())

    def expire(self, before: datetime, error: str, *, now: datetime) -> int:
        """Give up what was put in before a moment and still waits: nobody gets last week's words; how many messages."""
        self._waiting_lanes()
        statement = (
            update(OutboxRow)
            .where(col(OutboxRow.workspace_id) == self.workspace_id, col(OutboxRow.created_at) < before)
            .where(
                col(OutboxRow.state).in_((OutboxState.PENDING, OutboxState.SENDING)), col(OutboxRow.not_before) <= now
            )
            .values(state=OutboxState.DEAD, done_at=now, error=error, owner="")
            .returning(col(OutboxRow.id))
            .execution_options(synchronize_session=False)
        )
        return len(self.session.execute(statement).scalars().all())

    def resume(self, *, now: datetime) -> None:
        """Let every lane be looked at again, and what waits for a retry leave at once."""
        for lane in self._waiting_lanes():
            lane.due_at = now
        self.session.flush()
        statement = (
            update(OutboxRow)
            .where(col(OutboxRow.workspace_id) == self.workspace_id, col(OutboxRow.state) == OutboxState.PENDING)
            .where(col(OutboxRow.error) != "")
            .values(not_before=now)
            .execution_options(synchronize_session=False)
        )
        self.session.execute(statement)
        self.session.info["enqueued"] = True

    def _waiting_lanes(self) -> list[Lane]:
        """The lanes in which something waits, locked: lanes come before messages."""
        waiting = (OutboxState.PENDING, OutboxState.SENDING)
        rows = select(OutboxRow.lane).where(
            OutboxRow.workspace_id == self.workspace_id, col(OutboxRow.state).in_(waiting)
        )
        statement = select(Lane).where(col(Lane.id).in_(rows)).order_by(col(Lane.id)).with_for_update()
        return list(self.session.exec(statement))
