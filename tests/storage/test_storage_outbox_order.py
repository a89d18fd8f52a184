"""Which message leaves next when thousands wait: what is wanted first, at a pace that a workspace's lanes and all processes share."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import event
from sqlmodel import col, select

from bot.delivery.retry import Accepted, Refused, decide
from storage import outbox
from storage.database import Database
from storage.outbox import AT_ONCE, Allowance, Claim, Claims, Lane, OutboxRow, OutboxVerb
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import NOW

LEASE: Final = timedelta(seconds=30)
MACHINE: Final = Scope("")
DEADLINE: Final = NOW + timedelta(hours=8)
A_SECOND: Final = timedelta(seconds=1)
#: One a second, twelve at once, six of those for what nobody waits for.
ALLOWANCE: Final = Allowance(60)


def message(key: str, *, channel: str = "", wanted_by: datetime = DEADLINE, at: timedelta = timedelta(), verb: OutboxVerb = OutboxVerb.POST,
            workspace: str = "T1") -> OutboxRow:  # fmt: skip
    place = channel or f"U{key}"
    return OutboxRow(workspace_id=workspace, key=f"{workspace}:{key}", lane=f"{workspace}:{place}", verb=verb, target=place, body={"text": key},
                     wanted_by=wanted_by, not_before=NOW + at, created_at=NOW + at)  # fmt: skip


def put(db: Database, *rows: OutboxRow) -> None:
    def together(uow: UnitOfWork) -> None:
        with uow.outbox.together():
            for row in rows:
                uow.outbox.enqueue(row)

    db.write_now(Scope(rows[0].workspace_id), together)


def claim(
    db: Database, *, at: timedelta = timedelta(), limit: int = 20, allowance: Allowance | None = None, owner: str = "p1"
) -> Claims:
    return db.write_now(
        MACHINE, lambda uow: outbox.claim(uow.session, owner=owner, now=NOW + at, lease=LEASE, limit=limit, allowance=allowance)
    )  # fmt: skip


def keys(claims: list[Claim]) -> list[str]:
    return [each.row.key.partition(":")[2] for each in claims]


def settle(db: Database, claimed: Claim, *, at: timedelta = timedelta(), refused: Refused | None = None) -> None:
    answer = refused or Accepted(claimed.row.target, f"{claimed.row.id}.0")
    outcome = decide(claimed.row.verb, answer, attempts=1, age=timedelta(), now=NOW + at, chance=0)
    assert db.write_now(MACHINE, lambda uow: outbox.settle(uow.session, claimed, outcome, now=NOW + at))


def test_a_warning_leaves_before_a_thousand_questions_that_came_before_it(db: Database) -> None:
    put(db, *(message(f"q{number:04}") for number in range(1000)))
    put(db, message("warning", channel="C1", wanted_by=AT_ONCE, at=A_SECOND))
    assert keys(claim(db, at=A_SECOND, limit=3))[0] == "warning"


def test_questions_leave_in_order_of_their_deadlines(db: Database) -> None:
    hours = [7, 3, 9, 1, 5]
    put(db, *(message(f"in {hour}", wanted_by=NOW + timedelta(hours=hour)) for hour in hours))
    order = []
    while claimed := claim(db, limit=1):
        order += keys(claimed)
    assert order == [f"in {hour}" for hour in sorted(hours)]


def test_of_what_is_wanted_at_the_same_time_what_was_due_first_leaves_first(db: Database) -> None:
    for second in (3, 1, 2):
        put(db, message(f"after {second}", at=second * A_SECOND))
    assert keys(claim(db, at=4 * A_SECOND)) == ["after 1", "after 2", "after 3"]


def test_what_is_urgent_takes_along_what_stands_before_it_in_its_lane(db: Database) -> None:
    put(db, message("question", channel="UANA"), message("other", channel="UBEN", wanted_by=NOW + timedelta(hours=1)))
    put(db, message("warning", channel="UANA", wanted_by=AT_ONCE))
    (question,) = claim(db, limit=1)
    assert keys([question]) == ["question"]
    settle(db, question)
    at = timedelta(seconds=2)
    (warning,) = claim(db, at=at, limit=1)
    assert keys([warning]) == ["warning"]
    settle(db, warning, at=at)
    put(db, message("later", channel="UANA", at=at))
    assert keys(claim(db, at=2 * at)) == ["other", "later"], "the lane is patient again"


def test_messages_put_in_together_are_there_once_in_their_order_and_can_be_changed_inside(db: Database) -> None:
    def twice(uow: UnitOfWork) -> None:
        with uow.outbox.together():
            for key in ("b", "a", "b"):
                uow.outbox.enqueue(message(key, channel="C1"))
            assert uow.outbox.redraw("T1:a", {"text": "anew"})
            uow.outbox.enqueue(message("c", channel="C1"))

    db.write_now(Scope("T1"), twice)
    rows = db.read_now(
        MACHINE,
        lambda uow: [
            (row.key, row.body["text"]) for row in uow.session.exec(select(OutboxRow).order_by(col(OutboxRow.id)))
        ],
    )
    assert rows == [("T1:b", "b"), ("T1:a", "anew"), ("T1:c", "c")]


# --- the workspace's pace -----------------------------------------------------------------------------------------


def test_a_workspace_posts_no_more_than_its_allowance_over_all_lanes(db: Database) -> None:
    put(db, *(message(f"q{number:02}") for number in range(40)))
    left = {second: len(claim(db, at=second * A_SECOND, allowance=ALLOWANCE)) for second in range(10)}
    assert left == {0: 6} | dict.fromkeys(range(1, 10), 1)


def test_a_claim_that_is_held_says_until_when(db: Database) -> None:
    put(db, *(message(f"q{number}") for number in range(7)))
    first = claim(db, allowance=ALLOWANCE)
    assert (len(first), first.held_until) == (6, NOW + A_SECOND)
    assert db.read_now(MACHINE, lambda uow: outbox.next_due(uow.session, NOW)) == NOW


def test_what_somebody_waits_for_has_an_allowance_that_questions_leave_it(db: Database) -> None:
    put(db, *(message(f"q{number}") for number in range(20)))
    assert len(claim(db, allowance=ALLOWANCE)) == 6
    put(db, *(message(f"w{number}", wanted_by=AT_ONCE) for number in range(9)))
    assert len(claim(db, allowance=ALLOWANCE)) == 6
    assert keys(claim(db, at=A_SECOND, allowance=ALLOWANCE))[0].startswith("w")


def test_only_posts_are_counted_and_each_workspace_for_itself(db: Database) -> None:
    put(db, *(message(f"q{number}") for number in range(20)))
    put(db, *(message(f"q{number}", workspace="T2") for number in range(20)))
    put(db, *(message(f"tick{number}", verb=OutboxVerb.REACT) for number in range(9)))
    claimed = keys(claim(db, limit=99, allowance=ALLOWANCE))
    assert len([key for key in claimed if key.startswith("q")]) == 12
    assert len([key for key in claimed if key.startswith("tick")]) == 9


def test_two_processes_share_one_allowance(db: Database) -> None:
    put(db, *(message(f"q{number:02}") for number in range(60)))
    with ThreadPoolExecutor(4) as pool:
        claimed = list(pool.map(lambda number: claim(db, limit=15, allowance=ALLOWANCE, owner=f"p{number}"), range(4)))
    assert sum(len(each) for each in claimed) == 6


def test_after_a_refusal_for_speed_questions_wait_everywhere_and_warnings_do_not(db: Database) -> None:
    put(db, message("q1"))
    (held,) = claim(db, allowance=ALLOWANCE)
    settle(db, held, refused=Refused("ratelimited", retry_after=30))
    put(db, message("q2"), message("warning", channel="C1", wanted_by=AT_ONCE))
    (warning,) = claim(db, allowance=ALLOWANCE)
    assert keys([warning]) == ["warning"]
    settle(db, warning)
    assert keys(claim(db, at=29 * A_SECOND, allowance=ALLOWANCE)) == []
    assert sorted(keys(claim(db, at=30 * A_SECOND, allowance=ALLOWANCE))) == ["q1", "q2"]


def test_the_next_of_thousands_is_found_by_an_index(db: Database) -> None:
    put(db, *(message(f"q{number:04}") for number in range(500)))
    statements: list[tuple[str, Any]] = []
    event.listen(db._writer_engine, "before_cursor_execute", lambda *given: statements.append((given[2], given[3])))
    assert len(claim(db, limit=2)) == 2
    text, values = next((text, values) for text, values in statements if "FROM lane" in text and "ORDER BY" in text)

    def plan(uow: UnitOfWork) -> str:
        connection = uow.session.connection()
        if not db.is_sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_sort = off")
        explain = "EXPLAIN QUERY PLAN" if db.is_sqlite else "EXPLAIN"
        return " ".join(
            str(row[3 if db.is_sqlite else 0]) for row in connection.exec_driver_sql(f"{explain} {text}", values)
        )

    found = db.write_now(MACHINE, plan)
    assert "ix_lane_wanted" in found, found
    assert "TEMP B-TREE" not in found, found
    assert len(db.read_now(MACHINE, lambda uow: uow.session.exec(select(Lane)).all())) == 500
