"""Check-ins in the store: inside a workspace and a viewer, one for each overlap, each piece claimed once; on both databases."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from storage.database import Database
from storage.initiatives import Initiative
from storage.repository import EVERYBODY, MACHINE, Viewer
from storage.rounds import Answer, Prompt, PromptState, Pulse, Round, RoundState
from storage.syncs import Sync, SyncMember, SyncState
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import NOW

DAY = date(2026, 11, 23)


def make(uow: UnitOfWork, /, **changes: Any) -> int:
    """A check-in of U1 and U2 with one open round that asked both, and U1's answer; its id."""
    uow.workspaces.ensure(now=NOW)
    fields: dict[str, Any] = {
        "topic": "Features",
        "first_on": DAY,
        "at_minute": 570,
        "next_on": DAY,
        "next_opens_at": NOW,
    } | changes
    sync = uow.syncs.add(
        Sync(workspace_id=uow.workspace_id, created_at=NOW, updated_at=NOW, **fields),
        [SyncMember(sync_id=0, person_id="U1"), SyncMember(sync_id=0, person_id="U2")],
    )
    turn = Round(
        workspace_id=uow.workspace_id,
        sync_id=sync.id,
        number=1,
        on_day=DAY,
        state=RoundState.OPEN,
        opened_at=NOW,
        closes_at=NOW,
    )
    prompts = [Prompt(workspace_id=uow.workspace_id, round_id=0, person_id=person, state=PromptState.SENT, due_at=NOW, remind_at=NOW, deadline_at=NOW, next_at=NOW)
               for person in ("U1", "U2")]  # fmt: skip
    uow.rounds.open_round(turn, prompts)
    uow.session.add(
        Answer(prompt_id=prompts[0].id, workspace_id=uow.workspace_id, pulse=Pulse.DONE, created_at=NOW, updated_at=NOW)
    )
    uow.session.flush()
    return sync.id


def overlap_in(uow: UnitOfWork) -> int:
    """Two initiatives that look like the same work."""
    uow.workspaces.ensure(now=NOW)
    ids = [
        uow.initiatives.add(Initiative(workspace_id=uow.workspace_id, title=title, folded_title=title, version=uow.workspaces.raise_version(),
                                       created_at=NOW, updated_at=NOW)).id
        for title in ("a", "b")
    ]  # fmt: skip
    return uow.overlaps.between(*ids, now=NOW).id


def seen(uow: UnitOfWork) -> dict[str, set[int]]:
    """The ids of check-ins that each query gives."""

    def ids(rows: Iterable[Sync]) -> set[int]:
        return {row.id for row in rows}

    return {
        "of_person": ids(uow.syncs.of_person("U1")),
        "waiting_for": ids(sync for _, _, sync in uow.rounds.waiting_for("U2")),
        "ended_since": ids(uow.syncs.ended_since("U1", NOW - timedelta(days=7))),
    }


@pytest.mark.parametrize("viewer", [EVERYBODY, Viewer(frozenset({"G1"})), MACHINE])
def test_people_see_theirs_of_this_workspace_and_of_private_channels_they_are_in(db: Database, viewer: Viewer) -> None:
    public = db.write_now(Scope("T1"), make)
    private = db.write_now(Scope("T1"), make, audience="G1")
    ended = db.write_now(Scope("T1"), make, state=SyncState.ENDED, ended_at=NOW)
    db.write_now(Scope("T2"), make)
    shown = {public} if viewer == EVERYBODY else {public, private}
    found = db.read_now(Scope("T1", viewer), seen)
    assert found["of_person"] == shown
    assert found["waiting_for"] - {ended} == shown
    assert found["ended_since"] == {ended}
    assert db.read_now(Scope("T1", viewer), lambda uow: {row.id for row in uow.syncs.public()}) == {public}
    assert (db.read_now(Scope("T1", viewer), lambda uow: uow.syncs.get(private)) is None) == (viewer == EVERYBODY)


def test_nothing_of_another_workspace_can_be_read_or_claimed(db: Database) -> None:
    sync_id = db.write_now(Scope("T1"), make)

    def everything(uow: UnitOfWork) -> list[object]:
        turns = uow.rounds.rounds(sync_id)
        found: list[object] = [
            uow.syncs.get(sync_id),
            uow.syncs.lock(sync_id),
            *uow.syncs.claim_syncs([sync_id], NOW),
            uow.rounds.latest_held(sync_id),
        ]
        found += [uow.rounds.prompt(number) for number in (1, 2)] + [
            uow.rounds.lock_prompt(number) for number in (1, 2)
        ]
        found += [*uow.rounds.claim_prompts([1, 2], NOW), *uow.rounds.claim_rounds([1], NOW)]
        return [*turns, *(each for each in found if each is not None), *uow.syncs.due_syncs(NOW, limit=9), *uow.rounds.due_prompts(NOW, limit=9),
                *uow.rounds.due_rounds(NOW, limit=9), *uow.rounds.prompts(1)]  # fmt: skip

    assert db.write_now(Scope("T2", MACHINE), everything) == []
    assert len(db.write_now(Scope("T1", MACHINE), everything)) == 18


def test_an_overlap_has_one_check_in_that_goes_on(db: Database) -> None:
    overlap = db.write_now(Scope("T1"), overlap_in)
    first = db.write_now(Scope("T1"), make, overlap_id=overlap)
    with pytest.raises(IntegrityError):
        db.write_now(Scope("T1"), make, overlap_id=overlap)

    def end(uow: UnitOfWork) -> None:
        sync = uow.syncs.get(first)
        assert sync is not None
        sync.state = SyncState.ENDED

    db.write_now(Scope("T1"), end)
    second = db.write_now(Scope("T1"), make, overlap_id=overlap)
    standing = db.read_now(Scope("T1"), lambda uow: uow.syncs.of_overlap(overlap))
    assert standing is not None
    assert standing.id == second


def test_a_round_has_one_row_for_a_day_and_one_prompt_for_a_person(db: Database) -> None:
    sync_id = db.write_now(Scope("T1"), make)

    def again(uow: UnitOfWork) -> None:
        row = Round(
            workspace_id="T1",
            sync_id=sync_id,
            number=2,
            on_day=DAY,
            state=RoundState.MISSED,
            opened_at=NOW,
            closes_at=NOW,
        )
        uow.rounds.open_round(row, ())

    with pytest.raises(IntegrityError):
        db.write_now(Scope("T1"), again)


def test_what_is_not_due_yet_is_neither_found_nor_claimed(db: Database) -> None:
    sync_id = db.write_now(Scope("T1"), make)
    early = NOW - timedelta(milliseconds=1)

    def due(uow: UnitOfWork) -> list[object]:
        syncs = uow.syncs
        claims = [
            syncs.claim_syncs([sync_id], early),
            uow.rounds.claim_prompts([1], early),
            uow.rounds.claim_rounds([1], early),
        ]
        return [
            *syncs.due_syncs(early, limit=9),
            *uow.rounds.due_prompts(early, limit=9),
            *uow.rounds.due_rounds(early, limit=9),
            *(each for each in claims if each),
        ]

    assert db.write_now(Scope("T1", MACHINE), due) == []


def test_the_last_answer_is_that_of_the_latest_earlier_round(db: Database) -> None:
    sync_id = db.write_now(Scope("T1"), make)
    tomorrow = DAY + timedelta(days=1)
    before = db.read_now(Scope("T1"), lambda uow: uow.rounds.answer_before(sync_id, "U1", tomorrow))
    assert before is not None
    assert before.pulse is Pulse.DONE
    assert db.read_now(Scope("T1"), lambda uow: uow.rounds.answer_before(sync_id, "U1", DAY)) is None
    assert db.read_now(Scope("T1"), lambda uow: uow.rounds.answer_before(sync_id, "U2", tomorrow)) is None
