"""A workspace full of check-ins for the benchmarks, written straight into the tables: two leads each, with work, teams and last week's answers."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, text

from storage.database import Database
from storage.initiatives import Initiative, Status
from storage.people import Person
from storage.repository import MACHINE
from storage.rounds import Answer, Prompt, PromptState, Pulse, Round, RoundState
from storage.syncs import Sync, SyncMember
from storage.teams import Team
from storage.unit_of_work import Scope, UnitOfWork
from storage.workspaces import Workspace

SCOPE: Final = Scope("T1", MACHINE)
#: A Monday, half past nine in every zone of ZONES.
DUE: Final = datetime(2027, 1, 18, 9, 30, tzinfo=UTC)
ZONES: Final = ("Europe/Lisbon", "Africa/Accra", "Europe/London", "Africa/Abidjan")
WEEK: Final = timedelta(days=7)
_ROWS: Final = 5000


def fill(db: Database, series: int, *, due: int) -> None:
    """So many series; the first ``due`` of them have a round open in which both people are to be asked at DUE, the others none before next week."""
    db.write_now(SCOPE, _people, series)
    db.write_now(SCOPE, _series, series, due)
    if not db.is_sqlite:
        db.write_now(SCOPE, _count_on)


def _count_on(uow: UnitOfWork) -> None:
    """PostgreSQL does not notice ids that were given."""
    for table in ("team", "initiative", "sync", "round", "prompt"):
        latest = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"  # noqa: S608 - names of our own tables
        uow.session.execute(text(latest))


def _put(uow: UnitOfWork, table: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _ROWS):
        uow.session.execute(insert(table), rows[start : start + _ROWS])


def _people(uow: UnitOfWork, series: int) -> None:
    before, people = DUE - 5 * WEEK, range(2 * series)
    uow.workspaces.ensure(now=before)
    _put(uow, Team, [{"id": number + 1, "workspace_id": "T1", "name": f"Team {number}", "folded": f"team {number}", "created_at": before}
                     for number in range(200)])  # fmt: skip
    _put(uow, Person, [
        {"workspace_id": "T1", "id": f"U{number:06}", "name": f"Person {number}", "zone": ZONES[number % len(ZONES)]} for number in people
    ])  # fmt: skip
    _put(uow, Initiative, [
        {"id": number + 1, "workspace_id": "T1", "title": f"Work {number}", "folded_title": f"work {number}", "lead_id": f"U{number:06}",
         "created_by": f"U{number:06}", "team_id": number % 200 + 1, "status": Status.PROPOSED, "version": number + 1, "created_at": before,
         "updated_at": before}
        for number in people
    ])  # fmt: skip
    uow.session.get_one(Workspace, "T1").settings = {"quiet_from": 0, "quiet_until": 0}


def _series(uow: UnitOfWork, series: int, due: int) -> None:
    begun, last = DUE - 2 * WEEK, DUE - WEEK
    ids = range(1, series + 1)
    _put(uow, Sync, [
        {"id": number, "workspace_id": "T1", "topic": f"Work {2 * number - 2} × Work {2 * number - 1}", "work": [2 * number - 1, 2 * number],
         "first_on": begun.date(), "at_minute": 570, "next_on": (DUE + WEEK).date(), "next_opens_at": DUE + WEEK,
         "created_at": begun, "updated_at": begun}
        for number in ids
    ])  # fmt: skip
    _put(uow, SyncMember, [
        {"sync_id": number, "person_id": f"U{2 * number - 2 + side:06}", "initiative_id": 2 * number - 1 + side} for number in ids for side in (0, 1)
    ])  # fmt: skip
    answered = [_round(number, number, 1, last, RoundState.CLOSED) for number in range(1, due + 1)]
    opened = [_round(due + number, number, 2, DUE, RoundState.OPEN) for number in range(1, due + 1)]
    _put(uow, Round, answered + opened)
    prompts = [_prompt(turn, side) for turn in answered + opened for side in (0, 1)]
    _put(uow, Prompt, prompts)
    _put(uow, Answer, [
        {"prompt_id": prompt["id"], "workspace_id": "T1", "pulse": Pulse.ON_TRACK, "changed": "The schema is agreed.", "helped_by": [],
         "created_at": last, "updated_at": last}
        for prompt in prompts if prompt["state"] is PromptState.ANSWERED
    ])  # fmt: skip


def _round(number: int, sync_id: int, turn: int, day: datetime, state: RoundState) -> dict[str, Any]:
    return {"id": number, "workspace_id": "T1", "sync_id": sync_id, "number": turn, "on_day": date(day.year, day.month, day.day), "state": state,
            "opened_at": day, "closes_at": day + timedelta(hours=9)}  # fmt: skip


def _prompt(turn: dict[str, Any], side: int) -> dict[str, Any]:
    begins, is_open = turn["opened_at"], turn["state"] is RoundState.OPEN
    return {"id": 2 * turn["id"] - 1 + side, "workspace_id": "T1", "round_id": turn["id"], "person_id": f"U{2 * turn['sync_id'] - 2 + side:06}",
            "initiative_id": 2 * turn["sync_id"] - 1 + side, "state": PromptState.SCHEDULED if is_open else PromptState.ANSWERED,
            "due_at": begins, "remind_at": begins + timedelta(hours=6), "deadline_at": begins + timedelta(hours=8, minutes=30),
            "next_at": begins if is_open else None, "sent_at": None if is_open else begins,
            "answered_at": None if is_open else begins + timedelta(hours=1)}  # fmt: skip
