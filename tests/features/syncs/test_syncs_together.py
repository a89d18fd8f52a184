"""Many who are due at the same time: done in few transactions, each exactly once, the same as one by one, and a bad row holds up nobody else."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from bot import metrics
from bot.features.syncs import ahead, jobs, rounds, scheduling, service
from bot.features.syncs.card import Report
from bot.features.syncs.rounds import Due, Kind
from storage.database import Database
from storage.outbox import OutboxRow, OutboxState, OutboxVerb
from storage.rounds import Prompt, PromptState, Pulse, Round, RoundState, View
from storage.syncs import Sync
from storage.unit_of_work import UnitOfWork
from tests.bench.checkins import DUE, SCOPE, WEEK, fill
from tests.features.syncs.conftest import MONDAY, Leads
from tests.features.syncs.test_syncs_rounds import at

#: When the rounds of DUE end.
CLOSING = DUE + timedelta(hours=9)


class NoPrivateChannels:
    """A workspace in which there is no membership to read."""

    async def read_memberships(self) -> None:
        """Nothing."""


async def sweep(db: Database, now: datetime = DUE) -> int:
    return await jobs.sweep(db, NoPrivateChannels(), SCOPE, now)  # type: ignore[arg-type]  # all that a sweep asks of it


def posts(uow: UnitOfWork) -> dict[str, Any]:
    return {
        row.key: (row.target, row.body, row.wanted_by)
        for row in uow.session.exec(select(OutboxRow))
        if row.verb is OutboxVerb.POST
    }


def states(uow: UnitOfWork) -> dict[int, tuple[object, ...]]:
    return {
        each.id: (each.state, each.next_at, each.sent_at, each.reminded_at) for each in uow.session.exec(select(Prompt))
    }


async def test_asked_together_or_one_by_one_everybody_hears_the_same(
    db: Database, tmp_path_factory: pytest.TempPathFactory
) -> None:
    fill(db, 12, due=12)
    for moment in (DUE, DUE + timedelta(hours=6)):
        assert await sweep(db, moment) == 24
    together = db.read_now(SCOPE, posts), db.read_now(SCOPE, states)
    db.write_now(SCOPE, _as_before_they_were_asked)
    for moment in (DUE, DUE + timedelta(hours=6)):
        for piece in db.read_now(SCOPE, rounds.due, moment):
            assert db.write_now(SCOPE, rounds.do, piece, now=moment)
    assert (db.read_now(SCOPE, posts), db.read_now(SCOPE, states)) == together
    assert len(together[0]) == 48
    assert "The schema is agreed." in str(together[0]), "what they said last time"


def _as_before_they_were_asked(uow: UnitOfWork) -> None:
    for prompt in uow.session.exec(select(Prompt).where(Prompt.sent_at == DUE)):
        prompt.state, prompt.next_at, prompt.sent_at, prompt.reminded_at = PromptState.SCHEDULED, DUE, None, None
    for row in uow.session.exec(select(OutboxRow)):
        uow.session.delete(row)


async def test_asking_many_takes_few_statements_each(db: Database) -> None:
    fill(db, 50, due=50)
    statements: list[str] = []
    event.listen(db._writer_engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert await sweep(db) == 100
    assert len(statements) < 100, "what many need to know is read for all of them at once"


async def test_closing_many_takes_few_statements_each(db: Database) -> None:
    fill(db, 20, due=20)
    for moment in (DUE, DUE + timedelta(hours=6)):
        await sweep(db, moment)
    db.write_now(SCOPE, _delivered)
    statements: list[str] = []
    event.listen(db._writer_engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert await sweep(db, CLOSING) == 20
    assert len(statements) < 220, "what closings say is read for all of them at once"


async def test_closed_with_what_was_read_ahead_or_without_everybody_hears_the_same(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(db, 6, due=6)
    await sweep(db)
    db.write_now(SCOPE, _delivered)
    db.write_now(SCOPE, _some_answer)
    db.write_now(SCOPE, _delivered)
    before = set(db.read_now(SCOPE, words))

    def close_and_undo(uow: UnitOfWork) -> dict[str, Any]:
        found = [piece.id for piece in rounds.due(uow, CLOSING) if piece.kind is Kind.CLOSING]
        assert rounds.do_together(uow, Kind.CLOSING, found, now=CLOSING) == 6
        raise Undone({key: said for key, said in words(uow).items() if key not in before})

    with pytest.raises(Undone) as together:
        db.write_now(SCOPE, close_and_undo)
    monkeypatch.setattr(ahead, "of_closings", lambda *_given, **_named: None)
    with pytest.raises(Undone) as apart:
        db.write_now(SCOPE, close_and_undo)
    assert together.value.said == apart.value.said
    assert len(together.value.said) == 12 + 9 + 2, (
        "a summary for each, what asked the silent nine, and a question to two"
    )
    for told in ("Both are the same", "the settled schema", "everybody says that it is settled"):
        assert told in str(together.value.said), told


class Undone(Exception):
    """Nothing of this is kept; what would have been said."""

    def __init__(self, said: dict[str, Any]) -> None:
        super().__init__()
        self.said = said


def words(uow: UnitOfWork) -> dict[str, Any]:
    """What every message says, whatever it does."""
    uow.session.flush()
    return {row.key: (row.verb, row.target, row.body, row.otherwise) for row in uow.session.exec(select(OutboxRow))}


def _delivered(uow: UnitOfWork) -> None:
    for row in uow.session.exec(select(OutboxRow).where(OutboxRow.state == OutboxState.PENDING)):
        row.state, row.arrived_channel, row.arrived_ts = OutboxState.SENT, row.target, f"{row.id}.1"


def _some_answer(uow: UnitOfWork) -> None:
    """In the first series one waits for a team; in the second both say of their overlap that it is settled."""
    now = DUE + timedelta(hours=1)
    prompts = {each.person_id: each.id for each in uow.session.exec(select(Prompt).where(Prompt.sent_at == DUE))}
    waits = Report(Pulse.BLOCKED, "Both are the same", "the settled schema", 7)
    service.answer(uow, prompts["U000000"], waits, person_id="U000000", now=now)
    overlap = uow.overlaps.between(3, 4, now=now).id
    for person in ("U000002", "U000003"):
        said = Report(Pulse.ON_TRACK, "Agreed", views=((overlap, View.SETTLED),))
        service.answer(uow, prompts[person], said, person_id=person, now=now)


@pytest.mark.parametrize("kind", list(Kind))
async def test_a_bad_row_holds_up_nobody_else(
    db: Database, kind: Kind, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fill(db, 30, due=30)
    moments = {Kind.PROMPT: DUE, Kind.CLOSING: DUE + timedelta(hours=9), Kind.OPENING: DUE + WEEK}
    bad, name = 7, {Kind.PROMPT: "_ask", Kind.CLOSING: "close", Kind.OPENING: "open_next"}[kind]
    real: Callable[..., None] = getattr(rounds, name)

    def stumble(uow: UnitOfWork, piece: Any, *rest: Any, **named: Any) -> None:
        real(uow, piece, *rest, **named)
        if piece.id % 30 == bad:
            raise RuntimeError("a bad row")

    for earlier in list(Kind)[: list(Kind).index(kind)]:
        await sweep(db, moments[earlier])
    monkeypatch.setattr(rounds, name, stumble)
    before = metrics.CHECKINS.labels(kind)._value.get()
    await sweep(db, moments[kind])
    left = [piece.id % 30 for piece in db.read_now(SCOPE, rounds.due, moments[kind])]
    assert set(left) == {bad}
    pieces = {Kind.PROMPT: 60, Kind.CLOSING: 30, Kind.OPENING: 30}[kind]
    assert metrics.CHECKINS.labels(kind)._value.get() == before + pieces - len(left)
    assert "it is tried again" in caplog.text
    monkeypatch.undo()
    assert await sweep(db, moments[kind]) >= len(left)
    assert db.read_now(SCOPE, rounds.due, moments[kind]) == []


def test_two_sweeps_at_once_do_each_piece_once(db: Database) -> None:
    fill(db, 40, due=40)
    ready = threading.Barrier(2)

    def live(_: int) -> int:
        ready.wait()
        done = 0
        for moment in (DUE, DUE + timedelta(hours=6), DUE + timedelta(hours=9)):
            for _again in range(3):
                pieces = db.read_now(SCOPE, rounds.due, moment)
                for kind in Kind:
                    ids = [piece.id for piece in pieces if piece.kind is kind]
                    for start in range(0, len(ids), 7):
                        done += db.write_now(SCOPE, rounds.do_together, kind, ids[start : start + 7], now=moment)
        return done

    with ThreadPoolExecutor(2) as pool:
        counted = sum(pool.map(live, range(2)))
    asked = [key for key in db.read_now(SCOPE, posts) if key.startswith("T1:prompt:") and not key.endswith(":reminder")]
    reminded = [key for key in db.read_now(SCOPE, posts) if key.endswith(":reminder")]
    assert (len(asked), len(reminded)) == (80, 80)
    assert counted == 80 + 80 + 40
    closed = db.read_now(SCOPE, lambda uow: [turn.state for turn in uow.session.exec(select(Round))])
    assert set(closed) == {RoundState.CLOSED}


def test_prompts_are_done_in_order_of_their_deadline(db: Database) -> None:
    fill(db, 5, due=5)

    def spread(uow: UnitOfWork) -> list[int]:
        prompts = list(uow.session.exec(select(Prompt).where(Prompt.state == PromptState.SCHEDULED)))
        for number, prompt in enumerate(prompts):
            prompt.deadline_at += timedelta(minutes=7 * number % 10)
        return [prompt.id for prompt in sorted(prompts, key=lambda prompt: (prompt.deadline_at, prompt.id))]

    order = db.write_now(SCOPE, spread)
    assert db.read_now(SCOPE, rounds.due, DUE) == [Due(Kind.PROMPT, number) for number in order]
    db.write_now(SCOPE, rounds.do_together, Kind.PROMPT, order, now=DUE)
    sent = db.read_now(
        SCOPE, lambda uow: [row.key for row in uow.session.exec(select(OutboxRow).order_by(col(OutboxRow.id)))]
    )
    assert sent == [f"T1:prompt:{number}" for number in order]


def test_a_backlog_says_how_much_is_due_and_since_when(db: Database) -> None:
    fill(db, 3, due=3)
    found = db.read_now(SCOPE, rounds.backlog, DUE + timedelta(minutes=2))
    assert found.pieces == {Kind.PROMPT: 6, Kind.CLOSING: 0, Kind.OPENING: 0}
    assert found.since == DUE
    assert db.read_now(SCOPE, rounds.backlog, DUE - timedelta(minutes=1)).since is None


# --- an answer that arrives while a round closes ------------------------------------------------------------------


@pytest.mark.parametrize(
    "database_url", ["postgresql"], indirect=True
)  # SQLite has one writer: there the two cannot meet
def test_a_round_is_not_closed_over_an_answer_that_is_being_given(leads: Leads) -> None:
    """Whoever answers holds the sync, the round and the prompt; whoever closes passes over what is held, and sums the answer up at the next turn."""
    leads.arrange()
    leads.sweep(at(MONDAY, 8, 30))
    leads.sweep(at(MONDAY, 9, 30))
    deadline = at(MONDAY, 18)
    prompt, closing = leads.prompt("UANA"), Due(Kind.CLOSING, leads.rounds()[0].id)
    answering, looked = threading.Event(), threading.Event()

    def answer_slowly(uow: UnitOfWork) -> bool:
        service.answer(uow, prompt.id, Report(Pulse.ON_TRACK, "Done"), person_id="UANA", now=deadline)
        answering.set()
        return looked.wait(20)

    answered = leads.db.submit(leads.scope, answer_slowly)
    assert answering.wait(20)
    assert not leads.write(rounds.do, closing, now=deadline)
    looked.set()
    assert answered.result(30), "nobody waited for anybody"
    leads.sweep(deadline)
    assert leads.prompt("UANA").state is PromptState.ANSWERED
    assert leads.rounds()[0].state is RoundState.CLOSED
    assert "1 of 2 answered" in leads.sent("C1", "summary:")[0]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("who", ["answers", "closes"])
def test_whoever_answers_or_closes_holds_the_sync_the_round_and_the_prompt(leads: Leads, who: str) -> None:
    """Each of the three: two who hold different ones of them would pass each other by."""
    leads.arrange()
    leads.sweep(at(MONDAY, 9, 30))
    deadline, prompt, turn = at(MONDAY, 18), leads.prompt("UANA"), leads.rounds()[0]
    assert leads.write(_held, turn.sync_id, turn.id, prompt.id) == []
    working, looked = threading.Event(), threading.Event()

    def work_slowly(uow: UnitOfWork) -> bool:
        if who == "answers":
            service.answer(uow, prompt.id, Report(Pulse.ON_TRACK, "Done"), person_id="UANA", now=deadline)
        else:
            assert rounds.do(uow, Due(Kind.CLOSING, turn.id), now=deadline)
        working.set()
        return looked.wait(60)

    done = leads.db.submit(leads.scope, work_slowly)
    try:
        assert working.wait(60)
        assert leads.write(_held, turn.sync_id, turn.id, prompt.id) == [Sync, Round, Prompt]
    finally:
        looked.set()
    assert done.result(60)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_whoever_closes_passes_over_a_sync_that_somebody_changes(leads: Leads) -> None:
    """They would wait for the round while the closing waits for the sync."""
    leads.arrange()
    leads.sweep(at(MONDAY, 9, 30))
    turn, changing, looked = leads.rounds()[0], threading.Event(), threading.Event()

    def change_slowly(uow: UnitOfWork) -> bool:
        assert uow.syncs.lock(turn.sync_id) is not None
        changing.set()
        return looked.wait(60)

    changed = leads.db.submit(leads.scope, change_slowly)
    try:
        assert changing.wait(60)
        closing = leads.db.submit(leads.scope, rounds.do, Due(Kind.CLOSING, turn.id), now=at(MONDAY, 18))
        assert closing.result(30) is False
    finally:
        looked.set()
    assert changed.result(60)


def _held(uow: UnitOfWork, *ids: int) -> list[type]:
    """Those of a sync, a round and a prompt that somebody else holds.

    Whoever only refers to a row shares it with others, and whoever changes it holds it: both are let be by a look that shares.
    """
    found: list[type] = []
    tables: tuple[Any, ...] = (Sync, Round, Prompt)
    for table, number in zip(tables, ids, strict=True):
        look: Any = select(table).where(table.id == number).with_for_update(read=True, skip_locked=True)
        found += [] if uow.session.exec(look).first() is not None else [table]
    return found


# --- 100,000 series: only what is due, or near, is looked at ------------------------------------------------------


@pytest.mark.parametrize("question", ["due", "near"])
def test_a_tick_looks_at_what_is_due_by_an_index(db: Database, question: str) -> None:
    fill(db, 300, due=20)
    statements: list[tuple[str, Any]] = []
    event.listen(db._reader_engine, "before_cursor_execute", lambda *given: statements.append((given[2], given[3])))
    if question == "due":
        assert db.read_now(SCOPE, rounds.due, DUE - timedelta(hours=1)) == []
    else:
        assert db.read_now(SCOPE, scheduling.astray, DUE) == ([], None)
    asked = [(text, values) for text, values in statements if text.startswith("SELECT")]
    assert asked

    def plans(uow: UnitOfWork) -> list[str]:
        connection = uow.session.connection()
        if db.is_sqlite:
            return [
                " ".join(str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values))
                for text, values in asked
            ]
        # Few rows fit on a page that is read at once; what counts is whether an index can answer.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return [
            " ".join(str(row[0]) for row in connection.exec_driver_sql(f"EXPLAIN {text}", values))
            for text, values in asked
        ]

    for plan in db.read_now(SCOPE, plans):
        assert "SCAN " not in plan if db.is_sqlite else "Seq Scan" not in plan, plan
        assert any(
            index in plan
            for index in ("ix_prompt_due", "ix_round_closes", "ix_sync_due", "ix_sync_near", "pkey", "PRIMARY KEY")
        ), plan


def test_clocks_are_followed_for_what_is_near_and_reading_finds_it(db: Database) -> None:
    fill(db, 6, due=1)

    def come_near(uow: UnitOfWork) -> None:
        for sync in uow.session.exec(select(Sync).where(Sync.id <= 3)):
            sync.next_on, sync.next_opens_at = DUE.date(), DUE
        uow.people.meet("U000002", zone="Asia/Tokyo")
        uow.people.meet("U000010", zone="Asia/Tokyo")  # of a series that is a week away

    db.write_now(SCOPE, come_near)
    assert db.read_now(SCOPE, scheduling.astray, DUE - timedelta(hours=12), limit=2) == ([2], 2)
    assert db.read_now(SCOPE, scheduling.astray, DUE - timedelta(hours=12), after=2) == ([], None)
    assert db.write_now(SCOPE, scheduling.follow_clocks, [2], now=DUE) == 1
    assert db.read_now(SCOPE, scheduling.astray, DUE - timedelta(hours=12)) == ([], None)
    assert db.read_now(SCOPE, scheduling.astray, DUE + WEEK - timedelta(days=1)) == ([6], None)


# --- clocks that jump ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(days=1)])
@pytest.mark.parametrize("hour", [8, 9, 12, 17])
def test_a_clock_that_jumps_ahead_and_back_asks_each_once_in_each_round(
    leads: Leads, jump: timedelta, hour: int
) -> None:
    """Whatever was done too early is not done again; whatever was not yet is done."""
    leads.arrange()
    leads.live(at(MONDAY, hour), since=at(MONDAY, 0))
    leads.sweep(at(MONDAY, hour, 5) + jump)
    leads.live(at(MONDAY, 23), since=at(MONDAY, hour))
    for day in range(1, 8):
        leads.live(at(MONDAY + timedelta(days=day), 23), since=at(MONDAY + timedelta(days=day), 0))
    by_round = [(turn.on_day.isoformat(), turn.state) for turn in leads.rounds()]
    assert by_round == [("2027-01-18", RoundState.CLOSED), ("2027-01-25", RoundState.CLOSED)]
    for person in ("UANA", "UBEN"):
        questions = [text for text in leads.sent(person, "prompt:") if "Two minutes: how is it going?" in text]
        assert len(questions) == 2, person
    assert len(leads.sent("C1", "summary:")) == 2
