"""Lanes: one message in flight, in order, at Slack's pace, whoever carries it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlmodel import select

from bot.delivery.retry import PACE, Accepted, Lost, Refused, after_looking, decide
from storage import outbox
from storage.database import Database
from storage.outbox import Claim, Lane, OutboxRow, OutboxState, OutboxVerb, Outcome
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import NOW

LEASE: Final = timedelta(seconds=30)
SECOND: Final = timedelta(seconds=1)
MACHINE: Final = Scope("")


def put(
    db: Database,
    key: str,
    *,
    channel: str = "C1",
    verb: OutboxVerb = OutboxVerb.POST,
    workspace: str = "T1",
    **other: Any,
) -> bool:
    """Put a message in; whether it was new."""
    usual: dict[str, Any] = {
        "body": {"text": key},
        "not_before": NOW,
        "created_at": NOW,
        "target": channel,
        "verb": verb,
    }
    place = {"workspace_id": workspace, "key": f"{workspace}:{key}", "lane": f"{workspace}:{channel}"}
    row = OutboxRow(**(usual | place | other))
    return db.write_now(Scope(workspace), lambda uow: uow.outbox.enqueue(row))


def claim(db: Database, *, owner: str = "p1", at: timedelta = timedelta(), limit: int = 20) -> list[Claim]:
    return db.write_now(
        MACHINE, lambda uow: outbox.claim(uow.session, owner=owner, now=NOW + at, lease=LEASE, limit=limit)
    )


def settle(db: Database, claimed: Claim, outcome: Outcome, *, at: timedelta = timedelta()) -> bool:
    return db.write_now(MACHINE, lambda uow: outbox.settle(uow.session, claimed, outcome, now=NOW + at))


def sent(claimed: Claim, *, at: timedelta = timedelta()) -> Outcome:
    return decide(
        claimed.row.verb, Accepted("C1", f"{claimed.row.id}.0"), attempts=1, age=timedelta(), now=NOW + at, chance=0
    )


def row(db: Database, key: str, workspace: str = "T1") -> OutboxRow:
    found = db.read_now(Scope(workspace), lambda uow: uow.outbox.get(f"{workspace}:{key}"))
    assert found is not None
    return found


def lane(db: Database, name: str = "T1:C1") -> Lane:
    return db.read_now(MACHINE, lambda uow: uow.session.exec(select(Lane).where(Lane.id == name)).one())


def keys(claims: list[Claim]) -> list[str]:
    return [each.row.key.removeprefix("T1:") for each in claims]


def test_a_lane_gives_out_one_message_at_a_time_in_order(db: Database) -> None:
    for key in ("a", "b", "c"):
        put(db, key)
    order, at = [], timedelta()
    for _ in range(3):
        (held,) = claim(db, at=at)
        assert claim(db, owner="p2", at=at) == []
        order += keys([held])
        assert settle(db, held, sent(held, at=at), at=at)
        at += PACE
    assert order == ["a", "b", "c"]
    assert claim(db, at=at) == []
    assert db.read_now(MACHINE, lambda uow: outbox.next_due(uow.session, NOW)) is None


def test_a_lane_that_has_run_dry_wakes_up_with_the_next_message(db: Database) -> None:
    for number in range(4):
        at = timedelta(minutes=number)
        put(db, f"m{number}", not_before=NOW + at)
        due = db.read_now(MACHINE, lambda uow: outbox.next_due(uow.session, NOW))
        assert due is not None
        assert due <= NOW + at
        (held,) = claim(db, at=at)
        settle(db, held, sent(held, at=at), at=at)
        assert claim(db, at=at) == []
        assert lane(db).due_at is None


def test_lanes_do_not_wait_for_each_other(db: Database) -> None:
    for channel in ("C1", "C2", "C3"):
        put(db, f"to {channel}", channel=channel)
    assert sorted(keys(claim(db))) == ["to C1", "to C2", "to C3"]


def test_posts_keep_slacks_pace_and_nothing_else_does(db: Database) -> None:
    put(db, "first")
    (held,) = claim(db)
    settle(db, held, sent(held))
    put(db, "tick", verb=OutboxVerb.REACT)
    put(db, "whisper", verb=OutboxVerb.EPHEMERAL)
    put(db, "update", verb=OutboxVerb.UPDATE, follows="T1:first")
    put(db, "second")
    for expected in ("tick", "whisper", "update"):
        (held,) = claim(db)
        assert keys([held]) == [expected]
        settle(db, held, sent(held))
    assert claim(db) == []
    assert claim(db, at=PACE - timedelta(milliseconds=1)) == []
    assert keys(claim(db, at=PACE)) == ["second"]


def test_the_first_message_into_an_idle_lane_leaves_at_once(db: Database) -> None:
    put(db, "first")
    assert keys(claim(db)) == ["first"]


def test_the_same_key_is_the_same_message(db: Database) -> None:
    assert put(db, "a")
    assert not put(db, "a", body={"text": "other"})
    assert put(db, "a", workspace="T2")
    assert row(db, "a").body == {"text": "a"}


def test_a_lease_that_ran_out_leaves_its_post_in_doubt(db: Database) -> None:
    put(db, "a")
    (first,) = claim(db)
    assert claim(db, owner="p2", at=LEASE - SECOND) == []
    (second,) = claim(db, owner="p2", at=LEASE)
    assert (first.in_doubt, second.in_doubt) == (False, True)
    assert second.row.attempts == first.row.attempts == 1
    assert not settle(db, first, sent(first), at=LEASE)
    assert row(db, "a").state is OutboxState.SENDING
    assert settle(db, second, sent(second), at=LEASE)


def test_looking_for_a_message_uses_up_none_of_its_tries(db: Database) -> None:
    put(db, "a")
    (held,) = claim(db)
    settle(db, held, decide(OutboxVerb.POST, Lost("reset"), attempts=1, age=timedelta(), now=NOW, chance=0))
    at = timedelta(seconds=2)
    for _ in range(50):
        (held,) = claim(db, at=at)
        assert (held.in_doubt, held.row.attempts, held.row.last_try_at) == (True, 1, NOW)
        settle(
            db,
            held,
            after_looking(found=None, readable=False, last_try=NOW, attempts=1, age=at, now=NOW + at, chance=0),
            at=at,
        )
        at += timedelta(seconds=10)


def test_a_message_in_doubt_waits_until_it_is_looked_for_and_holds_those_behind_it(db: Database) -> None:
    put(db, "a")
    put(db, "tick", verb=OutboxVerb.REACT)
    (held,) = claim(db)
    settle(db, held, decide(OutboxVerb.POST, Lost("reset"), attempts=1, age=timedelta(), now=NOW, chance=0))
    assert claim(db, at=SECOND) == []
    (again,) = claim(db, at=2 * SECOND)
    assert (keys([again]), again.in_doubt) == (["a"], True)
    settle(
        db,
        again,
        after_looking(
            found=None, readable=True, last_try=NOW, attempts=1, age=timedelta(), now=NOW + 2 * SECOND, chance=0
        ),
        at=2 * SECOND,
    )
    assert claim(db, at=9 * SECOND) == []
    (again,) = claim(db, at=10 * SECOND)
    settle(
        db,
        again,
        after_looking(
            found=None, readable=True, last_try=NOW, attempts=1, age=timedelta(), now=NOW + 10 * SECOND, chance=0
        ),
        at=10 * SECOND,
    )
    (again,) = claim(db, at=10 * SECOND)
    assert (again.in_doubt, again.row.attempts) == (False, 2)
    assert again.row.first_try_at == NOW


def test_the_wait_that_slack_names_holds_the_lane(db: Database) -> None:
    put(db, "a")
    put(db, "tick", verb=OutboxVerb.REACT)
    (held,) = claim(db)
    settle(
        db,
        held,
        decide(OutboxVerb.POST, Refused("ratelimited", retry_after=7), attempts=1, age=timedelta(), now=NOW, chance=0),
    )
    assert claim(db, at=6 * SECOND) == []
    (again,) = claim(db, at=7 * SECOND)
    assert (keys([again]), again.in_doubt) == (["a"], False)


def test_what_is_given_up_hands_over_to_its_alternative(db: Database) -> None:
    instead = {
        "workspace_id": "T1",
        "key": "T1:instead",
        "lane": "T1:U1",
        "verb": "post",
        "target": "U1",
        "body": {"text": "so"},
        "follows": "",
    }
    put(db, "a", otherwise=[instead])
    (held,) = claim(db)
    settle(db, held, decide(OutboxVerb.POST, Refused("not_in_channel"), attempts=1, age=timedelta(), now=NOW, chance=0))
    assert row(db, "a").state is OutboxState.DEAD
    (other,) = claim(db)
    assert (other.row.target, other.row.body, other.row.verb) == ("U1", {"text": "so"}, OutboxVerb.POST)
    assert [dead.key for dead in db.read_now(Scope("T1"), lambda uow: uow.outbox.dead())] == ["T1:a"]
    assert db.read_now(Scope("T2"), lambda uow: uow.outbox.dead()) == []


def test_what_follows_a_message_that_died_dies_and_what_follows_one_that_arrived_knows_where(db: Database) -> None:
    put(db, "dead")
    put(db, "after dead", verb=OutboxVerb.UPDATE, follows="T1:dead")
    put(db, "alive")
    put(db, "after alive", verb=OutboxVerb.UPDATE, follows="T1:alive")
    (held,) = claim(db)
    settle(db, held, Outcome(OutboxState.DEAD, error="no"))
    seen = []
    for step in range(6):
        for held in claim(db, at=step * PACE):
            seen.append((*keys([held]), held.followed))
            settle(db, held, Outcome(OutboxState.SENT, channel="C9", ts="9.9"), at=step * PACE)
    assert seen == [("alive", None), ("after alive", ("C9", "9.9"))]
    assert row(db, "after dead").state is OutboxState.DEAD


def test_a_message_that_has_not_left_is_redrawn_or_withdrawn_in_place(db: Database) -> None:
    put(db, "a")
    put(db, "b")
    assert db.write_now(Scope("T1"), lambda uow: uow.outbox.redraw("T1:a", {"text": "new"}))
    assert db.write_now(Scope("T1"), lambda uow: uow.outbox.withdraw("T1:b"))
    assert not db.write_now(Scope("T2"), lambda uow: uow.outbox.redraw("T1:a", {"text": "foreign"}))
    assert not db.write_now(Scope("T2"), lambda uow: uow.outbox.withdraw("T1:a"))
    (held,) = claim(db)
    assert held.row.body == {"text": "new"}
    assert not db.write_now(Scope("T1"), lambda uow: uow.outbox.redraw("T1:a", {"text": "too late"}))
    assert not db.write_now(Scope("T1"), lambda uow: uow.outbox.withdraw("T1:a"))
    settle(db, held, sent(held))
    assert not db.write_now(Scope("T1"), lambda uow: uow.outbox.redraw("T1:a", {"text": "too late"}))
    assert claim(db, at=PACE) == []


def test_lanes_of_a_dead_process_are_taken_over_at_once(db: Database) -> None:
    put(db, "a")
    claim(db, owner="dead")
    assert db.read_now(MACHINE, lambda uow: outbox.holders(uow.session, now=NOW)) == ["dead"]
    assert db.write_now(MACHINE, lambda uow: outbox.take_over(uow.session, ["dead", "other"], now=NOW)) == 1
    (held,) = claim(db, owner="p2")
    assert held.in_doubt


def test_a_process_that_stops_frees_its_own_lanes_only(db: Database) -> None:
    put(db, "a")
    put(db, "b", channel="C2")
    claim(db, owner="p1", limit=1)
    claim(db, owner="p2", limit=1)
    assert db.write_now(MACHINE, lambda uow: outbox.release(uow.session, "p1", now=NOW)) == 1
    assert db.read_now(MACHINE, lambda uow: outbox.holders(uow.session, now=NOW)) == ["p2"]


def test_a_claim_that_somebody_else_has_changes_nothing(db: Database) -> None:
    put(db, "a")
    (held,) = claim(db)
    stranger = replace(held, row=OutboxRow(**(held.row.model_dump() | {"owner": "p9"})))
    assert not settle(db, stranger, sent(stranger))
    assert row(db, "a").state is OutboxState.SENDING


def test_old_messages_are_forgotten_but_never_what_keeps_a_post_from_being_posted_again(db: Database) -> None:
    put(db, "reply", body={"text": "words", "thread_ts": "1.1"})
    put(db, "tick", verb=OutboxVerb.REACT)
    put(db, "waits", channel="C2", not_before=NOW + timedelta(days=90))
    for step in range(2):
        for held in claim(db, at=step * PACE):
            settle(db, held, Outcome(OutboxState.SENT, channel="C1", ts="1.2"), at=step * PACE)
    later = NOW + timedelta(days=31)
    assert db.write_now(MACHINE, lambda uow: outbox.forget_before(uow.session, NOW)) == 0
    assert db.write_now(MACHINE, lambda uow: outbox.forget_before(uow.session, later)) == 2
    assert db.write_now(MACHINE, lambda uow: outbox.forget_before(uow.session, later)) == 0
    assert not put(db, "reply")
    assert (row(db, "reply").body, row(db, "reply").arrived_ts) == ({}, "1.2")
    assert row(db, "waits").state is OutboxState.PENDING
    put(db, "update", verb=OutboxVerb.UPDATE, follows="T1:reply")
    (held,) = claim(db, at=timedelta(days=31))
    assert held.followed == ("C1", "1.2")


def test_messages_are_counted_by_state(db: Database) -> None:
    put(db, "a")
    put(db, "b", channel="C2")
    claim(db, limit=1)
    assert db.read_now(MACHINE, lambda uow: outbox.waiting(uow.session)) == {
        OutboxState.SENDING: 1,
        OutboxState.PENDING: 1,
    }


@pytest.mark.parametrize("writers", [8])
def test_order_in_a_lane_is_the_order_of_commits(db: Database, writers: int) -> None:
    """Many at once into one lane: whoever sees a message sees every message before it."""
    futures = []
    for number in range(writers * 10):
        made = OutboxRow(
            workspace_id="T1",
            key=f"T1:{number}",
            lane="T1:C1",
            verb=OutboxVerb.REACT,
            target="C1",
            not_before=NOW,
            created_at=NOW,
        )

        def unit(uow: UnitOfWork, made: OutboxRow = made) -> int:
            before = len(uow.session.exec(select(OutboxRow.id)).all())
            uow.outbox.enqueue(made)
            return before

        futures.append(db.submit(Scope("T1"), unit))
    for future in futures:
        future.result()
    order = []
    while claims := claim(db):
        for held in claims:
            order.append(held.row.id)
            settle(db, held, sent(held))
    assert len(order) == writers * 10
    assert order == sorted(order)
