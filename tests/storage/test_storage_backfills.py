"""Backfills and the places that catching up keeps: inside their workspace, in order, and one process at a time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from storage.announcements import Announcement, AnnouncementState, Door
from storage.backfills import Backfill, BackfillState, Finding, FindingState
from storage.database import Database
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import NOW

HOUR = timedelta(hours=1)


def make(uow: UnitOfWork, /, *, channel: str = "C1", state: BackfillState = BackfillState.READING, not_before: datetime = NOW,
         updated_at: datetime = NOW) -> int:  # fmt: skip
    """A backfill."""
    return uow.backfills.add(
        Backfill(workspace_id=uow.workspace_id, channel_id=channel, requested_by="U1", state=state, oldest_ts="1.000000", latest_ts="9.000000",
                 not_before=not_before, told_at=NOW, created_at=NOW, updated_at=updated_at)
    ).id  # fmt: skip


def find(
    uow: UnitOfWork, /, backfill_id: int, ts: str, *, sure: bool = True, state: FindingState = FindingState.WAITING
) -> None:
    """Something found."""
    uow.backfills.add_findings(
        [
            Finding(
                workspace_id=uow.workspace_id,
                backfill_id=backfill_id,
                ts=ts,
                text="Words",
                title="Title",
                is_sure=sure,
                state=state,
            )
        ]
    )


def test_a_backfill_and_its_findings_stay_in_their_workspace(db: Database) -> None:
    ours, theirs = Scope("T1"), Scope("T2")
    number = db.write_now(ours, make)
    db.write_now(ours, find, number, "5.000000", state=FindingState.ACCEPTED)
    (finding,) = db.read_now(ours, lambda uow: uow.backfills.findings(number))

    def everything(uow: UnitOfWork) -> list[object]:
        repository = uow.backfills
        return [repository.get(number), repository.finding(finding.id), repository.latest_of("C1"), repository.due(now=NOW),
                *repository.findings(number), *repository.seen("C1", ["5.000000"]), *repository.accepted(limit=9),
                *repository.counts(number), *repository.undecided_before(NOW + HOUR, limit=9)]  # fmt: skip

    assert len([each for each in db.read_now(ours, everything) if each is not None]) == 9
    assert [each for each in db.read_now(theirs, everything) if each is not None] == []


def test_the_one_that_waited_longest_is_read_next_and_none_before_its_time(db: Database) -> None:
    scope = Scope("T1")
    db.write_now(scope, make, channel="C1", not_before=NOW + HOUR)
    later = db.write_now(scope, make, channel="C2", not_before=NOW - HOUR)
    longest = db.write_now(scope, make, channel="C3", not_before=NOW - 2 * HOUR)
    db.write_now(scope, make, channel="C4", state=BackfillState.STOPPED, not_before=NOW - 3 * HOUR)
    due = db.read_now(scope, lambda uow: uow.backfills.due(now=NOW))
    assert due is not None
    assert due.id == longest

    def take(uow: UnitOfWork) -> int | None:
        row = uow.backfills.due(now=NOW, claim=True)
        if row is not None:
            row.not_before = NOW + HOUR
        return row.id if row is not None else None

    assert [db.write_now(scope, take) for _ in range(3)] == [longest, later, None]


def test_two_processes_never_take_the_same_one(db: Database) -> None:
    scope = Scope("T1")
    numbers = {db.write_now(scope, make, channel=f"C{number}") for number in range(6)}

    def take(uow: UnitOfWork) -> int | None:
        row = uow.backfills.due(now=NOW, claim=True)
        if row is not None:
            row.not_before = NOW + HOUR
        return row.id if row is not None else None

    with ThreadPoolExecutor(6) as pool:
        taken = [each for each in pool.map(lambda _: db.write_now(scope, take), range(24)) if each is not None]
    assert sorted(taken) == sorted(numbers)


def test_the_youngest_backfill_of_a_channel_counts(db: Database) -> None:
    scope = Scope("T1")
    db.write_now(scope, make, channel="C1")
    young = db.write_now(scope, make, channel="C1")
    db.write_now(scope, make, channel="C2")
    latest = db.read_now(scope, lambda uow: uow.backfills.latest_of("C1"))
    assert latest is not None
    assert latest.id == young


def test_findings_are_counted_by_state_and_by_certainty(db: Database) -> None:
    scope = Scope("T1")
    number = db.write_now(scope, make)
    for ts, sure, state in (
        ("1.1", True, FindingState.WAITING),
        ("1.2", False, FindingState.WAITING),
        ("1.3", True, FindingState.LEFT_OUT),
    ):
        db.write_now(scope, find, number, ts, sure=sure, state=state)
    assert db.read_now(scope, lambda uow: uow.backfills.counts(number)) == {
        FindingState.WAITING: 2,
        FindingState.LEFT_OUT: 1,
    }
    assert db.read_now(scope, lambda uow: uow.backfills.count_sure(number)) == 1


def test_what_any_backfill_of_a_channel_found_before_is_known(db: Database) -> None:
    scope = Scope("T1")
    for channel, ts in (("C1", "1.1"), ("C1", "1.2"), ("C2", "1.3")):
        db.write_now(scope, find, db.write_now(scope, make, channel=channel), ts)
    assert db.read_now(scope, lambda uow: uow.backfills.seen("C1", ["1.1", "1.2", "1.3", "1.4"])) == {"1.1", "1.2"}
    assert db.read_now(scope, lambda uow: uow.backfills.seen("C1", [])) == set()


def test_words_that_nobody_touched_since_a_moment_are_found(db: Database) -> None:
    scope = Scope("T1")
    db.write_now(scope, find, db.write_now(scope, make, updated_at=NOW - HOUR), "1.1")
    db.write_now(scope, find, db.write_now(scope, make, updated_at=NOW + HOUR), "1.2")
    assert [row.ts for row in db.read_now(scope, lambda uow: uow.backfills.undecided_before(NOW, limit=9))] == ["1.1"]


# --- where catching up is -----------------------------------------------------------------------------------------


def channel(
    uow: UnitOfWork, /, channel_id: str, *, heard: str = "5.000000", read_at: datetime | None = None, **other: bool
) -> None:
    """A channel."""
    row = uow.channels.meet(channel_id)
    row.heard_until, row.caught_up_at = heard, read_at
    for name, value in other.items():
        setattr(row, name, value)


def test_the_channel_that_waited_longest_is_read_next(db: Database) -> None:
    scope = Scope("T1")
    db.write_now(scope, channel, "C1", read_at=NOW - HOUR)
    db.write_now(scope, channel, "C2", read_at=NOW - 2 * HOUR)
    db.write_now(scope, channel, "C3", read_at=NOW)
    db.write_now(scope, channel, "C4")
    db.write_now(scope, channel, "C5", heard="")
    db.write_now(scope, channel, "C6", is_member=False)
    db.write_now(scope, channel, "C7", is_archived=True)
    db.write_now(Scope("T2"), channel, "C8")

    def take(uow: UnitOfWork) -> str:
        row = uow.channels.heard_up_to(read_before=NOW, claim=True)
        if row is None:
            return ""
        row.caught_up_at = NOW
        return row.id

    assert [db.write_now(scope, take) for _ in range(4)] == ["C4", "C2", "C1", ""]
    assert db.read_now(scope, lambda uow: {row.id for row in uow.channels.all()}) == {
        f"C{number}" for number in range(1, 8)
    }


@pytest.mark.parametrize(
    ("low", "high", "found"), [("0", "9", ["1.1", "2.1", "3.1"]), ("1.1", "3.1", ["2.1", "3.1"]), ("3.1", "9", [])]
)
def test_known_messages_of_a_stretch_come_in_order_without_forms_and_without_deleted_ones(
    db: Database, low: str, high: str, found: list[str]
) -> None:
    scope = Scope("T1")

    def say(uow: UnitOfWork, ts: str, channel_id: str, state: AnnouncementState) -> None:
        uow.announcements.add(Announcement(workspace_id=uow.workspace_id, channel_id=channel_id, ts=ts, door=Door.PROSE, state=state,
                                           created_at=NOW, updated_at=NOW))  # fmt: skip

    for ts in ("3.1", "1.1", "2.1"):
        db.write_now(scope, say, ts, "C1", AnnouncementState.REGISTERED)
    db.write_now(scope, say, "2.2", "C1", AnnouncementState.DELETED)
    db.write_now(scope, say, "2.3", "C2", AnnouncementState.REGISTERED)
    db.write_now(scope, say, "2form", "C1", AnnouncementState.REGISTERED)
    assert [row.ts for row in db.read_now(scope, lambda uow: uow.announcements.said_between("C1", low, high))] == found
