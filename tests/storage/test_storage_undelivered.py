"""What could not be delivered: closed as one, counted by place and reason, tried again; and an app that is not installed."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import select

from bot.delivery import outbox as front
from bot.delivery.worker import settle_message
from bot.slack import blocks as b
from storage import outbox
from storage.database import Database
from storage.outbox import Claim, OutboxRow, OutboxState, OutboxVerb, Outcome
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import NOW

HERE: Final = Scope("T1")
MACHINE: Final = Scope("")
LEASE: Final = timedelta(seconds=30)
HOUR: Final = timedelta(hours=1)


def post(db: Database, key: str, *, to: str = "C1", at: datetime = NOW, author: str = "", scope: Scope = HERE) -> bool:
    """Put a message in; with ``author``, whoever hears it if that cannot be delivered."""

    def put(uow: UnitOfWork) -> bool:
        uow.workspaces.ensure(now=NOW)
        message = b.Message(key, [b.section(key)])
        failed = (
            front.row_for(
                uow, OutboxVerb.POST, key=f"{key}:failed", target=author, body={"text": f"{key} failed"}, now=at
            )
            if author
            else None
        )
        return front.post(uow, message, key=key, channel_id=to, now=at, otherwise=failed)

    return db.write_now(scope, put)


def states(db: Database, scope: Scope = HERE) -> dict[str, OutboxState]:
    def read(uow: UnitOfWork) -> dict[str, OutboxState]:
        rows = uow.session.exec(select(OutboxRow).where(OutboxRow.workspace_id == scope.workspace_id)).all()
        return {row.key.partition(":")[2]: row.state for row in rows}

    return db.read_now(scope, read)


def claims(db: Database, *, at: datetime = NOW + HOUR) -> list[Claim]:
    return db.write_now(MACHINE, lambda uow: outbox.claim(uow.session, owner="p1", now=at, lease=LEASE, limit=20))


def settled(db: Database, claim: Claim, outcome: Outcome) -> None:
    db.write_now(MACHINE, settle_message, claim, outcome, NOW + HOUR)


def mark(db: Database, **flags: Any) -> None:
    def write(uow: UnitOfWork) -> None:
        channel = uow.channels.meet("C1", name="hall")
        for name, value in flags.items():
            setattr(channel, name, value)

    db.write_now(HERE, write)


def test_a_closed_place_is_one_group_and_each_author_hears_it_once(db: Database) -> None:
    post(db, "one", author="U1")
    post(db, "two", author="U1")
    post(db, "three", author="U2")
    post(db, "elsewhere", to="C2")
    assert db.write_now(HERE, lambda uow: uow.undelivered.close("C1", "The channel is archived.", now=NOW)) == 3
    (group,) = db.read_now(HERE, lambda uow: uow.undelivered.dead_groups())
    assert (group.target, group.error, group.count) == ("C1", "The channel is archived.", 3)
    assert group.first_at == group.last_at == NOW
    found = states(db)
    assert {key for key, state in found.items() if state is OutboxState.PENDING} == {
        "elsewhere",
        "one:failed",
        "three:failed",
    }


def test_what_only_accompanies_others_is_dropped_with_the_place(db: Database) -> None:
    post(db, "one")

    def put(uow: UnitOfWork) -> None:
        front.react(uow, "eyes", key="react", channel_id="C1", ts="1.1", now=NOW)
        front.whisper(uow, b.Message("psst"), key="whisper", channel_id="C1", person_id="U1", now=NOW)

    db.write_now(HERE, put)
    assert db.write_now(HERE, lambda uow: uow.undelivered.close("C1", "Gone.", now=NOW)) == 1
    assert states(db) == {"one": OutboxState.DEAD}


def test_nothing_is_put_into_the_lane_of_a_place_that_is_out_of_reach(db: Database) -> None:
    for flags in (
        {"is_archived": True},
        {"is_archived": False, "is_member": False},
        {"is_member": True, "is_deleted": True},
    ):
        mark(db, **flags)
        assert post(db, str(flags), author="U1")
        assert not post(db, str(flags), author="U1")  # the same key is the same message
    assert not [claim for claim in claims(db) if claim.row.target == "C1"]
    errors = [group.error for group in db.read_now(HERE, lambda uow: uow.undelivered.dead_groups())]
    assert sorted(errors) == [
        "Rowbot is not a member of that channel. Invite it with /invite @Rowbot.",
        "The channel is archived.",
        "The channel was deleted.",
    ]


def test_what_only_accompanies_a_message_is_not_kept_for_a_place_that_is_out_of_reach(db: Database) -> None:
    mark(db, is_member=False)

    def put(uow: UnitOfWork) -> tuple[bool, bool]:
        return (front.react(uow, "eyes", key="react", channel_id="C1", ts="1.1", now=NOW),
                front.whisper(uow, b.Message("psst"), key="whisper", channel_id="C1", person_id="U1", now=NOW))  # fmt: skip

    assert db.write_now(HERE, put) == (False, False)
    assert states(db) == {}


def test_the_first_refusal_closes_the_place_for_the_rest(db: Database) -> None:
    for key in ("one", "two", "three"):
        post(db, key, author="U1")
    (claim,) = claims(db)
    settled(db, claim, Outcome(OutboxState.DEAD, error="It is archived.", code="is_archived"))
    channel = db.read_now(HERE, lambda uow: uow.channels.get("C1"))
    assert channel is not None
    assert channel.is_archived
    found = states(db)
    assert [found[key] for key in ("one", "two", "three")] == [OutboxState.DEAD] * 3


def test_a_refusal_that_is_about_the_message_closes_nothing(db: Database) -> None:
    post(db, "one")
    post(db, "two")
    (claim,) = claims(db)
    settled(db, claim, Outcome(OutboxState.DEAD, error="Too long.", code="msg_too_long"))
    assert states(db) == {"one": OutboxState.DEAD, "two": OutboxState.PENDING}


def test_trying_again_sends_what_is_not_too_old_once(db: Database) -> None:
    post(db, "old", at=NOW - timedelta(days=9))
    post(db, "one", at=NOW - timedelta(days=2))
    post(db, "two")
    db.write_now(HERE, lambda uow: uow.undelivered.close("C1", "Gone.", now=NOW))
    assert db.write_now(HERE, lambda uow: front.try_again(uow, "C1", now=NOW + HOUR)) == 2
    assert db.write_now(HERE, lambda uow: front.try_again(uow, "C1", now=NOW + HOUR)) == 0
    (claim,) = claims(db)
    assert claim.row.key == "T1:one"
    assert not claim.in_doubt
    assert states(db)["old"] is OutboxState.DEAD
    assert db.write_now(HERE, lambda uow: uow.undelivered.drop_dead("C1")) == 1
    assert "old" not in states(db)


def test_trying_again_takes_the_last_word_of_an_update_and_the_words_that_were_drawn_since(db: Database) -> None:
    mark(db, is_member=False)
    post(db, "reply")
    assert db.write_now(HERE, lambda uow: front.redraw(uow, b.Message("newer"), key="reply", version=2, now=NOW))
    mark(db, is_member=True)
    assert db.write_now(HERE, lambda uow: front.try_again(uow, "C1", now=NOW + HOUR)) == 1
    (claim,) = claims(db)
    assert claim.row.body["text"] == "newer"


def test_other_workspaces_are_left_alone(db: Database) -> None:
    post(db, "theirs", scope=Scope("T2"))
    post(db, "ours")
    db.write_now(HERE, lambda uow: uow.undelivered.close("C1", "Gone.", now=NOW))
    db.write_now(HERE, lambda uow: uow.undelivered.expire(NOW + HOUR, "Late.", now=NOW + HOUR))
    assert states(db, Scope("T2")) == {"theirs": OutboxState.PENDING}
    assert db.read_now(Scope("T2"), lambda uow: uow.undelivered.dead_groups()) == []


def test_while_the_app_is_not_installed_nothing_of_its_workspace_is_claimed_and_nobody_spins(db: Database) -> None:
    post(db, "ours")
    db.write_now(HERE, lambda uow: front.pause(uow, now=NOW))
    assert claims(db) == []
    assert db.read_now(MACHINE, lambda uow: outbox.next_due(uow.session, NOW)) is None
    post(db, "theirs", scope=Scope("T2"))
    assert [claim.row.key for claim in claims(db)] == ["T2:theirs"]


def test_installed_again_the_fresh_leaves_at_once_and_the_stale_is_closed(db: Database) -> None:
    post(db, "stale", at=NOW - timedelta(days=3), author="U1")
    post(db, "fresh", to="C2", at=NOW - timedelta(hours=3))
    post(db, "tomorrow", to="C3", at=NOW + timedelta(days=1))
    db.write_now(HERE, lambda uow: front.pause(uow, now=NOW - timedelta(days=2)))
    assert db.write_now(HERE, lambda uow: front.resume(uow, now=NOW)) == 1
    assert db.write_now(HERE, lambda uow: front.resume(uow, now=NOW)) == 0
    assert [claim.row.key for claim in claims(db, at=NOW)] == ["T1:fresh"]
    found = states(db)
    assert found["stale"] is OutboxState.DEAD
    assert "stale:failed" not in found  # nobody is told today of what failed last week
    assert found["tomorrow"] is OutboxState.PENDING


def test_a_refused_token_is_no_try_and_pauses_the_workspace(db: Database) -> None:
    post(db, "one")
    (claim,) = claims(db)
    assert claim.row.attempts == 1
    settled(
        db, claim, Outcome(OutboxState.PENDING, error="account_inactive", wait_until=NOW, refused=True, is_free=True)
    )
    row = db.read_now(HERE, lambda uow: uow.outbox.get("T1:one"))
    assert row is not None
    assert (row.state, row.attempts) == (OutboxState.PENDING, 0)
    assert db.read_now(HERE, lambda uow: uow.workspaces.uninstalled_at()) == NOW + HOUR
    assert claims(db, at=NOW + 2 * HOUR) == []


def test_after_an_update_met_a_deleted_message_later_ones_have_nothing_to_do(db: Database) -> None:
    post(db, "reply")
    (claim,) = claims(db)
    settled(db, claim, Outcome(OutboxState.SENT, channel="C1", ts="1.1"))

    def update(uow: UnitOfWork) -> None:
        for version in (2, 3):
            front.redraw(uow, b.Message(str(version)), key="reply", version=version, now=NOW)

    db.write_now(HERE, update)
    (claim,) = claims(db, at=NOW + 2 * HOUR)
    settled(db, claim, Outcome(OutboxState.SENT, is_gone=True))
    assert claims(db, at=NOW + 3 * HOUR) == []
    claims(db, at=NOW + 4 * HOUR)
    assert set(states(db).values()) == {OutboxState.SENT}
    first = db.read_now(HERE, lambda uow: uow.outbox.get("T1:reply"))
    assert first is not None
    assert first.arrived_ts == ""
