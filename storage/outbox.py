"""The outbox: finished messages on their way to Slack, in lanes that keep their order and pace.

A lane is a channel (or a person). Its row is leased by one process at a time, which gives one message in flight, first in
first out, and pacing. Lock order everywhere: workspace, then lanes (sorted), then outbox rows.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import JSON, ColumnElement, Index, String, case, cast, delete, text, update
from sqlmodel import Field, Session, SQLModel, col, func, or_, select

from storage.columns import Instant, Key, Word
from storage.repository import MACHINE, Repository, upsert
from storage.workspaces import Workspace


class OutboxVerb(StrEnum):
    """What is to be done at Slack."""

    POST = "post"
    UPDATE = "update"
    EPHEMERAL = "ephemeral"
    REACT = "react"
    UNREACT = "unreact"
    #: A file, shared in the conversation. Its body holds `filename` (which carries the key), `title`, `comment` and `content`.
    UPLOAD = "upload"


#: In doubt these are looked for before they are sent again: a second copy would be seen. The others may be repeated.
RECONCILED = frozenset({OutboxVerb.POST, OutboxVerb.UPLOAD})
#: Only these count against a channel's pace of about one message a second.
PACED = frozenset({OutboxVerb.POST})


class OutboxState(StrEnum):
    """How far it is."""

    PENDING = "pending"
    #: Claimed. Under an expired lease: in doubt, it may have arrived.
    SENDING = "sending"
    SENT = "sent"
    #: Given up, with a sentence that says why; an admin sees it.
    DEAD = "dead"


#: Wanted now, before anything that has a time of its own.
AT_ONCE: Final = datetime.fromtimestamp(0, UTC)


class OutboxRow(SQLModel, table=True):
    """One finished message with its idempotency key."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_waiting",
            "lane",
            "id",
            sqlite_where=text("state IN ('pending', 'sending')"),
            postgresql_where=text("state IN ('pending', 'sending')"),
        ),
        Index("ix_outbox_state", "workspace_id", "state", "created_at"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    workspace_id: str
    #: The same key is the same message, whoever enqueues it again.
    key: str = Field(unique=True)
    lane: str
    verb: OutboxVerb = Field(sa_type=Word(OutboxVerb))
    #: Channel id, a person's id for a direct message, or the ids of a group of people (:func:`group_of`).
    target: str
    #: Arguments of the Web API method, without channel and ts where `follows` brings them.
    body: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    #: Key of the posted row that this one updates.
    follows: str = ""
    #: The rows to put in instead if this one is given up: whoever waits for it hears why, or hears it alone. Fields of OutboxRow.
    otherwise: list[dict[str, Any]] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    state: OutboxState = Field(default=OutboxState.PENDING, sa_type=Word(OutboxState))
    attempts: int = 0
    not_before: datetime = Field(sa_type=Instant)
    #: By when it should be there: of all that is due, what is wanted first leaves first. AT_ONCE: somebody waits for it.
    wanted_by: datetime = Field(default=AT_ONCE, sa_type=Instant, sa_column_kwargs={"server_default": "0"})
    owner: str = ""
    #: Since when it may have arrived unseen, and when it was last sent; None: it was never sent.
    first_try_at: datetime | None = Field(default=None, sa_type=Instant)
    last_try_at: datetime | None = Field(default=None, sa_type=Instant)
    #: Where it arrived: channel and ts as Slack answered.
    arrived_channel: str = ""
    arrived_ts: str = ""
    error: str = ""
    created_at: datetime = Field(sa_type=Instant)
    done_at: datetime | None = Field(default=None, sa_type=Instant)


class Lane(SQLModel, table=True):
    """A channel's (or person's) queue: when its head is due, who holds it, when the next post may leave."""

    __table_args__ = (
        # The order in which lanes are served: of thousands that are due, the next ones are found without a look at the others.
        Index(
            "ix_lane_wanted",
            "wanted_by",
            "due_at",
            "id",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    workspace_id: str
    due_at: datetime | None = Field(default=None, sa_type=Instant, index=True)
    #: The earliest time by which anything in it is wanted: what is urgent takes along what stands before it.
    wanted_by: datetime = Field(default=AT_ONCE, sa_type=Instant, sa_column_kwargs={"server_default": "0"})
    next_post_at: datetime = Field(sa_type=Instant)
    lease_until: datetime = Field(sa_type=Instant)
    owner: str = ""


#: What is still in a lane.
_WAITING: Final = (OutboxState.PENDING, OutboxState.SENDING)
#: In a session's info: the messages that go in together.
_TOGETHER: Final = "together"


class Pace(SQLModel, table=True):
    """A workspace's allowance of posts, over all its lanes and all processes."""

    workspace_id: str = Field(primary_key=True)
    #: When the allowance would be whole again if nothing more were posted (a bucket that leaks at an even rate).
    full_at: datetime = Field(sa_type=Instant)
    #: What nobody waits for is not posted before: Slack said that it was too much.
    patient_until: datetime = Field(sa_type=Instant)


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many posts may leave for one workspace: in a minute, and a fifth of that at once after a time without any."""

    a_minute: int

    def wait(self, pace: Pace, *, is_patient: bool, now: datetime) -> datetime | None:
        """Until when a post has to wait; None: it may leave, and is counted.

        Half of what may leave at once is kept for what somebody waits for.
        """
        every, burst = timedelta(minutes=1) / self.a_minute, max(1, self.a_minute // 5)
        free_at = pace.full_at - every * ((burst - 1) // 2 if is_patient else burst - 1)
        if is_patient:
            free_at = max(free_at, pace.patient_until)
        if free_at > now:
            return free_at
        pace.full_at = max(pace.full_at, now) + every
        return None


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that this process may send now, until its lease ends."""

    row: OutboxRow
    #: It was claimed before and its fate is unknown: look before sending it again.
    in_doubt: bool
    #: What `follows` resolved to: channel, ts; None where nothing is followed.
    followed: tuple[str, str] | None


class Claims(list[Claim]):
    """What may be sent now."""

    #: When the workspace's allowance lets a post leave that had to wait; None if none had to.
    held_until: datetime | None = None


class Outbox(Repository):
    """The workspace's side of the outbox: putting messages in and looking at them."""

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is put in inside this block goes in at its end, in this order: one statement for all lanes, one for all messages."""
        self.session.info[_TOGETHER] = []
        try:
            yield
            self._put_together()
        finally:
            del self.session.info[_TOGETHER]

    def _put_together(self) -> None:
        rows: list[OutboxRow] = self.session.info[_TOGETHER]
        if not rows:
            return
        self.session.flush()
        connection = self.session.connection()
        opened = [self._lane(row.lane, row.not_before, row.wanted_by) for row in sorted(rows, key=lambda row: row.lane)]
        connection.execute(self._opened(), opened)
        new = upsert(self.session, OutboxRow).on_conflict_do_nothing()
        connection.execute(new, [row.model_dump(exclude={"id"}) for row in rows])
        self.session.info["enqueued"] = True
        rows.clear()

    def enqueue(self, row: OutboxRow) -> bool:
        """Put a message in; False if its key is already there. Takes its lane's lock first, so order is commit order.

        Inside :meth:`together` nobody knows yet whether it is there, and it is True.
        """
        self.forget("outbox", row.key)
        if (later := self.session.info.get(_TOGETHER)) is not None:
            later.append(row)
            return True
        self.open_lane(row.lane, due_at=row.not_before, wanted_by=row.wanted_by)
        new = self.insert_new(OutboxRow, [row.model_dump(exclude={"id"})], key="id")
        if new:
            self.session.info["enqueued"] = True
        return bool(new)

    def get(self, key: str) -> OutboxRow | None:
        """The message of this key."""
        if any(row.key == key for row in self.session.info.get(_TOGETHER, ())):
            self._put_together()
        return self.known("outbox", key, lambda: self._of_keys([key]).get(key))

    def look_ahead(self, keys: Collection[str]) -> None:
        """Read the messages of these keys for the rest of this unit. Nobody else may put them in meanwhile; what becomes of them may change."""
        self.read_ahead("outbox", keys, self._of_keys(keys), otherwise=lambda: None)

    def _of_keys(self, keys: Collection[str]) -> dict[str, OutboxRow]:
        statement = select(OutboxRow).where(OutboxRow.workspace_id == self.workspace_id, col(OutboxRow.key).in_(keys))
        return {row.key: row for row in self.session.exec(statement)}

    def is_any_dead(self, keys: Collection[str], target: str) -> bool:
        """Whether any of the messages of these keys was given up on its way to this target."""
        statement = select(OutboxRow.id).where(
            OutboxRow.workspace_id == self.workspace_id, col(OutboxRow.key).in_(keys), OutboxRow.target == target,
            OutboxRow.state == OutboxState.DEAD,
        )  # fmt: skip
        return self.session.exec(statement.limit(1)).first() is not None

    def redraw(self, key: str, body: dict[str, Any], *, otherwise: Sequence[dict[str, Any]] | None = None) -> bool:
        """Give a message that has not left yet, or was given up, another body (and other words for those who would get it
        ``otherwise``); False if it has left or may have left.
        """
        row = self.get(key)
        if row is None:
            return False
        self.open_lane(row.lane, due_at=row.not_before)
        statement = (
            update(OutboxRow)
            .where(
                col(OutboxRow.id) == row.id,
                or_(
                    (col(OutboxRow.state) == OutboxState.PENDING) & (col(OutboxRow.attempts) == 0),
                    col(OutboxRow.state) == OutboxState.DEAD,
                ),
            )
            .values(body=body, **({"otherwise": list(otherwise)} if otherwise is not None else {}))
            .returning(col(OutboxRow.id))
        )
        return self.session.execute(statement).first() is not None

    def withdraw(self, key: str) -> bool:
        """Take a message out that has not left yet; False if it has left or may have left."""
        row = self.get(key)
        if row is None:
            return False
        self.open_lane(row.lane, due_at=row.not_before)
        statement = (
            delete(OutboxRow)
            .where(
                col(OutboxRow.id) == row.id, col(OutboxRow.state) == OutboxState.PENDING, col(OutboxRow.attempts) == 0
            )
            .returning(col(OutboxRow.id))
        )
        return self.session.execute(statement).first() is not None

    def dead(self, *, limit: int = 50) -> list[OutboxRow]:
        """Messages given up, the youngest first."""
        statement = (
            select(OutboxRow)
            .where(OutboxRow.workspace_id == self.workspace_id, OutboxRow.state == OutboxState.DEAD)
            .order_by(col(OutboxRow.created_at).desc(), col(OutboxRow.id).desc())
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def open_lane(self, lane: str, *, due_at: datetime, wanted_by: datetime = AT_ONCE) -> None:
        """Take a lane's lock, make it if it is new, and let it be looked at by then."""
        self.session.execute(self._opened().values(**self._lane(lane, due_at, wanted_by)))

    def _lane(self, lane: str, due_at: datetime, wanted_by: datetime) -> dict[str, Any]:
        past = due_at - timedelta(days=1)
        return {"id": lane, "workspace_id": self.workspace_id, "due_at": due_at, "wanted_by": wanted_by, "next_post_at": past,
                "lease_until": past, "owner": ""}  # fmt: skip

    def _opened(self) -> Any:  # noqa: ANN401 - either dialect's Insert
        new = upsert(self.session, Lane)
        # `excluded`, and not the value itself: inside `case` SQLAlchemy would store it as its own idea of a datetime.
        given, idle = new.excluded, col(Lane.due_at).is_(None)
        earlier = case((or_(idle, col(Lane.due_at) > given.due_at), given.due_at), else_=Lane.due_at)
        sooner = case((or_(idle, col(Lane.wanted_by) > given.wanted_by), given.wanted_by), else_=Lane.wanted_by)
        return new.on_conflict_do_update(index_elements=["id"], set_={"due_at": earlier, "wanted_by": sooner})


#: Between the ids of a group's people: no id holds it.
_AND: Final = "+"


def group_of(person_ids: Collection[str]) -> str:
    """The target that is a group of people, whoever names them in which order."""
    return _AND.join(sorted(set(person_ids)))


def people_of(target: str) -> list[str]:
    """The people of a target that is a person or a group of people."""
    return target.split(_AND)


def claim(
    session: Session, *, owner: str, now: datetime, lease: timedelta, limit: int, allowance: Allowance | None = None
) -> Claims:
    """Lease up to ``limit`` lanes whose head is due and mark the heads as being sent: what is wanted first, first."""
    lanes = session.exec(
        select(Lane)
        .where(col(Lane.due_at) <= now, col(Lane.lease_until) <= now, _installed())
        .order_by(col(Lane.wanted_by), col(Lane.due_at), col(Lane.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    claims, heads, paces = Claims(), _heads(session, lanes), dict[str, Pace]()
    for lane in lanes:
        head = heads.get(lane.id)
        if head is None:
            lane.due_at = None
            continue
        in_doubt = head.state == OutboxState.SENDING
        ready_at = head.not_before
        if head.verb in PACED and not in_doubt:
            ready_at = max(ready_at, lane.next_post_at)
        if ready_at > now:
            lane.due_at = ready_at
            continue
        followed = None
        if head.follows:
            first = session.exec(select(OutboxRow).where(OutboxRow.key == head.follows)).first()
            if first is not None and first.state == OutboxState.SENT and first.arrived_ts:
                followed = (first.arrived_channel, first.arrived_ts)
            elif first is not None and first.state == OutboxState.SENT:
                # Somebody deleted the message: there is nothing to change any more, and nothing wrong.
                _end(head, OutboxState.SENT, now=now)
                lane.due_at = now
                continue
            else:
                _end(head, OutboxState.DEAD, now=now, error="The message that it belongs to was never delivered.")
                lane.due_at = now
                continue
        if allowance is not None and head.verb in PACED and not in_doubt:
            pace = paces.get(lane.workspace_id) or paces.setdefault(
                lane.workspace_id, _pace_of(session, lane.workspace_id, now=now)
            )
            held_until = allowance.wait(pace, is_patient=lane.wanted_by > AT_ONCE, now=now)
            if held_until is not None:
                claims.held_until = min(claims.held_until or held_until, held_until)
                continue
        head.state, head.owner = OutboxState.SENDING, owner
        if not in_doubt or head.verb not in RECONCILED:
            # What is in doubt is only looked for: that is no try, and must not use up its tries.
            head.attempts += 1
            head.first_try_at, head.last_try_at = head.first_try_at or now, now
        lane.lease_until, lane.owner = now + lease, owner
        claims.append(Claim(row=head, in_doubt=in_doubt, followed=followed))
    session.flush()
    return claims


def _heads(session: Session, lanes: Sequence[Lane]) -> dict[str, OutboxRow]:
    """The first message of each of these lanes, which are held."""
    first = (
        select(func.min(OutboxRow.id))
        .where(col(OutboxRow.lane).in_([lane.id for lane in lanes]), col(OutboxRow.state).in_(_WAITING))
        .group_by(col(OutboxRow.lane))
    )
    statement = select(OutboxRow).where(col(OutboxRow.id).in_(first)).with_for_update()
    return {head.lane: head for head in session.exec(statement)} if lanes else {}


def _pace_of(session: Session, workspace_id: str, *, now: datetime) -> Pace:
    """The pace of a workspace, held until this transaction ends. Always taken last: after lanes and messages."""
    fresh = upsert(session, Pace).values(workspace_id=workspace_id, full_at=now, patient_until=now)
    session.execute(fresh.on_conflict_do_nothing())
    return session.exec(select(Pace).where(Pace.workspace_id == workspace_id).with_for_update()).one()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a claim."""

    state: OutboxState
    channel: str = ""
    ts: str = ""
    error: str = ""
    #: For PENDING: not before this moment. For a paced message that left: when the next may.
    wait_until: datetime | None = None
    #: Hold the whole lane until `wait_until`, not only this message (Slack said so).
    hold_lane: bool = False
    #: Slack certainly did not take it: a later search in the history may start anew.
    refused: bool = False
    #: It was no try: the app is not installed, nobody would have got anything.
    is_free: bool = False
    #: The message that it was to change is gone.
    is_gone: bool = False
    #: Slack's word for why it was refused for good; "" where there is none.
    code: str = ""


def settle(session: Session, claim: Claim, outcome: Outcome, *, now: datetime) -> bool:
    """Write down what became of a claim and free its lane; False if the lease was lost meanwhile and nothing was written."""
    lane = session.exec(select(Lane).where(Lane.id == claim.row.lane).with_for_update()).one()
    row = session.exec(select(OutboxRow).where(OutboxRow.id == claim.row.id).with_for_update()).one()
    if row.state != OutboxState.SENDING or row.owner != claim.row.owner or row.attempts != claim.row.attempts:
        return False
    if outcome.state in (OutboxState.SENT, OutboxState.DEAD):
        _end(row, outcome.state, now=now, error=outcome.error)
        if outcome.state == OutboxState.DEAD:
            for instead in instead_of(row.otherwise, now=now):
                Outbox(session, row.workspace_id, MACHINE).enqueue(instead)
        if outcome.state == OutboxState.SENT and row.verb == OutboxVerb.UPLOAD:
            # Slack has the file; megabytes of rows, some of them private, need not lie here as long as the key does.
            row.body = {name: value for name, value in row.body.items() if name != "content"}
        if outcome.is_gone and row.follows:
            session.execute(update(OutboxRow).where(col(OutboxRow.key) == row.follows).values(arrived_ts=""))
        row.arrived_channel, row.arrived_ts = outcome.channel, outcome.ts
        if outcome.wait_until is not None:
            lane.next_post_at = outcome.wait_until
    elif outcome.state == OutboxState.PENDING:
        row.state, row.owner, row.error = OutboxState.PENDING, "", outcome.error
        row.not_before = outcome.wait_until or now
        if outcome.refused:
            row.first_try_at = row.last_try_at = None
        if outcome.is_free:
            row.attempts -= 1
        if outcome.hold_lane:
            lane.next_post_at = row.not_before
            if row.verb in PACED:
                # Slack counts by method and workspace (docs.slack.dev, rate limits): what nobody waits for waits for all of it.
                pace = _pace_of(session, row.workspace_id, now=now)
                pace.patient_until = max(pace.patient_until, row.not_before)
    else:
        # In doubt: the row stays `sending`, and the next claim of it is a reconciliation.
        row.error, row.not_before = outcome.error, outcome.wait_until or now
    lane.lease_until, lane.owner = now, ""
    session.flush()
    left = select(func.min(OutboxRow.wanted_by)).where(OutboxRow.lane == lane.id, col(OutboxRow.state).in_(_WAITING))
    wanted_by = session.exec(left).one()
    lane.due_at = None if wanted_by is None else now
    if wanted_by is not None:
        lane.wanted_by = moment_of(wanted_by)
    session.flush()
    return True


def release(session: Session, owner: str, *, now: datetime) -> int:
    """Free every lane that this process holds (after its sends have ended); how many."""
    statement = (
        update(Lane)
        .where(col(Lane.owner) == owner, col(Lane.lease_until) > now)
        .values(lease_until=now, owner="", due_at=now)
        .returning(col(Lane.id))
    )
    return len(session.execute(statement).scalars().all())


def take_over(session: Session, owners: Sequence[str], *, now: datetime) -> int:
    """Free the lanes of processes that are known to be dead; their messages are in doubt at once. How many lanes."""
    if not owners:
        return 0
    statement = (
        update(Lane)
        .where(col(Lane.owner).in_(list(owners)), col(Lane.lease_until) > now)
        .values(lease_until=now, owner="", due_at=now)
        .returning(col(Lane.id))
    )
    return len(session.execute(statement).scalars().all())


def holders(session: Session, *, now: datetime) -> list[str]:
    """The processes that hold a lane."""
    return list(session.exec(select(Lane.owner).where(col(Lane.lease_until) > now, Lane.owner != "").distinct()))


def next_due(session: Session, now: datetime) -> datetime | None:
    """When the earliest lane has to be looked at again; None when nothing waits. Anything that is due now: a moment up to now."""
    due = select(Lane.due_at).where(col(Lane.due_at) <= now, col(Lane.lease_until) <= now, _installed())
    if (waiting := session.exec(due.limit(1)).first()) is not None:
        return waiting
    statement = select(func.min(func.max(Lane.due_at, Lane.lease_until)))
    if session.get_bind().dialect.name == "postgresql":
        statement = select(func.min(func.greatest(Lane.due_at, Lane.lease_until)))
    value = session.exec(statement.where(col(Lane.due_at).is_not(None), _installed())).first()
    return None if value is None else moment_of(value)


def moment_of(value: Any) -> datetime:  # noqa: ANN401 - what an aggregate gives: the column's type, or its raw number
    """The moment that an aggregate over a column of moments gave."""
    return value if isinstance(value, datetime) else datetime.fromtimestamp(value / 1000, UTC)


def _installed() -> ColumnElement[bool]:
    """The condition that a lane's workspace has the app installed: of another one nothing is claimed."""
    return ~(
        select(Workspace.id)
        .where(Workspace.id == Lane.workspace_id, col(Workspace.uninstalled_at).is_not(None))
        .correlate(Lane)
        .exists()
    )


def instead_of(otherwise: list[dict[str, Any]] | dict[str, Any] | None, *, now: datetime) -> list[OutboxRow]:
    """The rows of an ``otherwise``. Rows of before 0003 hold one alone, outside of a list."""
    found = [otherwise] if isinstance(otherwise, dict) else otherwise or []
    return [
        OutboxRow(**(fields | {"verb": OutboxVerb(fields["verb"]), "created_at": now, "not_before": now}))
        for fields in found
    ]


def waiting(session: Session) -> dict[str, int]:
    """How many messages are in each state but sent: for the metrics page."""
    statement = (
        select(OutboxRow.state, func.count(col(OutboxRow.id)))
        .where(col(OutboxRow.state) != OutboxState.SENT)
        .group_by(col(OutboxRow.state))
    )
    return dict(session.exec(statement).all())


def waits_since(session: Session, now: datetime) -> datetime | None:
    """Since when the lane that is due the longest has been: for the metrics page."""
    value = session.exec(select(func.min(Lane.due_at)).where(col(Lane.due_at) <= now)).one()
    return None if value is None else moment_of(value)


@dataclass(frozen=True, slots=True)
class Doubted:
    """What an outbox that comes from a backup held."""

    #: Posts and files that are looked for in Slack before they are sent.
    posts: int = 0
    #: Ephemeral messages that are left out: Slack keeps no copy to look at.
    left_out: int = 0


def doubt_everything(session: Session, *, now: datetime) -> Doubted:
    """After a restore: what was due when the backup was taken has probably been sent since, by a process that nobody remembers.

    Posts are in doubt, so that the worker looks for them first. What may be repeated without harm is repeated. What is not due yet waits
    as before. Nobody holds a lane any more.
    """
    due = (col(OutboxRow.state).in_((OutboxState.PENDING, OutboxState.SENDING)), col(OutboxRow.not_before) <= now)
    posts = session.execute(
        update(OutboxRow)
        .where(*due, col(OutboxRow.verb).in_(sorted(RECONCILED)))
        .values(
            state=OutboxState.SENDING,
            owner="",
            error="It comes from a backup and is looked for first.",
            first_try_at=func.coalesce(col(OutboxRow.first_try_at), col(OutboxRow.created_at)),
            last_try_at=func.coalesce(col(OutboxRow.last_try_at), col(OutboxRow.created_at)),
        )
        .returning(col(OutboxRow.id))
    )
    left_out = session.execute(
        update(OutboxRow)
        .where(*due, col(OutboxRow.verb) == OutboxVerb.EPHEMERAL)
        .values(
            state=OutboxState.SENT,
            owner="",
            done_at=now,
            error="It comes from a backup and was left out: it may have been seen.",
        )
        .returning(col(OutboxRow.id))
    )
    doubted = Doubted(len(posts.scalars().all()), len(left_out.scalars().all()))
    waits = select(OutboxRow.lane).where(col(OutboxRow.state).in_((OutboxState.PENDING, OutboxState.SENDING)))
    session.execute(
        update(Lane).where(col(Lane.id).in_(waits)).values(owner="", lease_until=now, next_post_at=now, due_at=now)
    )
    return doubted


def forget_before(session: Session, moment: datetime, *, workspace_id: str = "", limit: int = 1000) -> int:
    """Drop delivered messages older than this (of one workspace, if it is named), a batch at a time; how many went.

    Of posts only the words go. Their key is what keeps them from being posted again, and where they arrived is where a
    later update goes.
    """
    old = select(OutboxRow.id).where(OutboxRow.state == OutboxState.SENT, col(OutboxRow.done_at) < moment).limit(limit)
    if workspace_id:
        old = old.where(OutboxRow.workspace_id == workspace_id)
    passing = old.where(col(OutboxRow.verb) != OutboxVerb.POST)
    gone = session.execute(delete(OutboxRow).where(col(OutboxRow.id).in_(passing)).returning(col(OutboxRow.id)))
    worded = old.where(OutboxRow.verb == OutboxVerb.POST, cast(col(OutboxRow.body), String) != "{}")
    emptied = session.execute(
        update(OutboxRow)
        .where(col(OutboxRow.id).in_(worded))
        .values(body={}, otherwise=None)
        .returning(col(OutboxRow.id))
    )
    return len(gone.scalars().all()) + len(emptied.scalars().all())


def _end(row: OutboxRow, state: OutboxState, *, now: datetime, error: str = "") -> None:
    row.state, row.done_at, row.owner, row.error = state, now, "", error
