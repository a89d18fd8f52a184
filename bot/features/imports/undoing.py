"""Decides what taking back an import means: what it brought goes, what it changed goes back, what people did since stays.

An import is taken back in steps of a few entries, the last change first; each step is one transaction and may be the last
one of a process that ends: what is done is marked, and the next call goes on from there.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from bot.errors import NotFound, Refusal
from bot.features.imports import notifications
from bot.features.imports.identity import UNDONE
from bot.features.imports.merging import Lead, is_as_imported
from bot.features.imports.past import Kept, PastRun, Undone, past_run
from bot.features.imports.service import as_json
from bot.features.teams.rights import require_admin
from storage.columns import to_milliseconds
from storage.imports import ImportChange, ImportRun
from storage.initiatives import Initiative, Status
from storage.repository import EVERYBODY
from storage.unit_of_work import UnitOfWork

#: Runs that are listed.
LISTED: Final = 10
#: Entries that stayed and are named.
NAMED: Final = 20

EDITED: Final = "edited since"
IMPORTED_AGAIN: Final = "changed by a later import"
ANNOUNCED: Final = "announced in Slack since"
#: Column of Initiative → the word of a file for it.
_WORDS: Final = {
    "external_id": "id", "audience": "visibility", "lead_id": "lead", "lead_email": "lead", "team_id": "team",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """What one transaction took back."""

    #: Entries that were looked at.
    entries: int
    #: Whether nothing of the run is left to take back.
    done: bool


def require_run(uow: UnitOfWork, run_id: int | None) -> ImportRun:
    """The run that is to be taken back; None: the latest one that stands.

    Raises:
        NotFound: there is none.
        Refusal: it was taken back already.
    """
    run = uow.imports.get(run_id) if run_id is not None else uow.imports.latest_standing()
    if run is None:
        raise NotFound(
            "There is no import to take back."
            if run_id is None
            else f"There is no import with the number {run_id} here."
        )
    if run.undone_at is not None:
        raise Refusal(
            f"Import {run.id} ({_plain(run.name)}) was taken back on {run.undone_at:%Y-%m-%d} already. Nothing was changed."
        )
    return run


def to_go(uow: UnitOfWork, run_id: int | None) -> tuple[PastRun, int]:
    """The run that is to be taken back, and how many entries are to go. Raises as :func:`require_run`."""
    run = require_run(uow, run_id)
    return past_run(run, with_private=True), uow.imports.count_to_undo(run.id)


def runs(uow: UnitOfWork) -> list[PastRun]:
    """The latest runs with everything about them: for whoever operates the machine."""
    return [past_run(run, with_private=True) for run in uow.imports.latest(limit=LISTED)]


def runs_for_admin(uow: UnitOfWork, person_id: str) -> list[PastRun]:
    """The latest runs that did something public: for an admin in Slack. Raises NotAllowed."""
    require_admin(uow, person_id)
    shown = ((run, past_run(run, with_private=False)) for run in uow.imports.latest(limit=5 * LISTED))
    return [past for run, past in shown if past.new or past.changed or run.made][:LISTED]


def ask(uow: UnitOfWork, run_id: int, *, person_id: str, now: datetime) -> list[PastRun]:
    """An admin asks in Slack to take a run back; the worker does it. The runs as they are listed then.

    Raises:
        NotAllowed, NotFound, Refusal: no admin; no such run; taken back already.
    """
    require_admin(uow, person_id)
    run = require_run(uow, run_id)
    if run.undo_asked_at is None:
        run.undo_asked_by, run.undo_asked_at = person_id, now
    uow.session.flush()
    return runs_for_admin(uow, person_id)


def asked(uow: UnitOfWork) -> list[int]:
    """Runs that are to be taken back."""
    return [run.id for run in uow.imports.undo_asked()]


def take_back(uow: UnitOfWork, run_id: int, *, limit: int, now: datetime) -> Step:
    """Take back up to ``limit`` entries of a run; with the last one also its teams' members and leads, and tell who asked."""
    run = uow.imports.get(run_id)
    if run is None or run.undone_at is not None:
        return Step(0, done=True)
    # One version, and with it the lock behind which no other process takes back the same entries.
    version = uow.workspaces.raise_version()
    changes = uow.imports.to_undo(run_id, limit=limit)
    _take_back(uow, run, changes, version=version, now=now)
    if len(changes) == limit:
        return Step(len(changes), done=False)
    _empty_teams(uow, run)
    run.undone_at = now
    uow.imports.reopen(run, why=IMPORTED_AGAIN)
    uow.session.flush()
    if run.undo_asked_by:
        notifications.tell_undone(uow, report(uow.seen_by(EVERYBODY), run.id), person_id=run.undo_asked_by, now=now)
    return Step(len(changes), done=True)


def report(uow: UnitOfWork, run_id: int) -> Undone:
    """What taking back a run did, as far as this viewer may see it."""
    run = uow.imports.get(run_id)
    if run is None:
        raise NotFound(f"There is no import with the number {run_id} here.")
    counts = uow.imports.undone_counts(run_id)
    with_private = uow.viewer.audiences is None
    kept = tuple(Kept(row.title, why) for row, why in uow.imports.kept(run_id, limit=NAMED))
    teams = tuple(team.name for team in uow.imports.unused_teams(run.made.get("teams", [])))
    named = {row.key: row.name for row in uow.capabilities.all()}
    capabilities = tuple(named[key] for key in run.made.get("capabilities", []) if key in named)
    return Undone(past_run(run, with_private=with_private), counts["withdrawn"], counts["changed"], counts["kept"], kept, teams,
                  capabilities)  # fmt: skip


# --- one step ---------------------------------------------------------------------------------------------------


def _take_back(
    uow: UnitOfWork, run: ImportRun, changes: Sequence[ImportChange], *, version: int, now: datetime
) -> None:
    ids = {change.initiative_id for change in changes}
    entries = uow.machine.imports.entries(ids)
    later = uow.imports.changed_later(run, ids)
    new = [
        entries[change.initiative_id] for change in changes if change.before is None and change.initiative_id in entries
    ]
    untouched = _untouched(uow, new)
    announced = {row.initiative_id for row in uow.announcements.standing_of([entry.id for entry in new])}
    kept: dict[int, str] = {}
    for change in changes:
        entry = entries.get(change.initiative_id)
        kept[change.id] = ""
        if entry is None:
            continue
        if entry.id in later:
            kept[change.id] = IMPORTED_AGAIN
        elif change.before is not None:
            kept[change.id] = _put_back(uow, entry, change, version=version, now=now)
        elif entry.withdrawn_at is None:
            kept[change.id] = "" if entry.id in untouched else EDITED
            if entry.id in announced:
                kept[change.id] = ANNOUNCED
            if not kept[change.id]:
                uow.initiatives.change(entry, version=version, now=now, withdrawn_at=now)
                entry.imported = entry.imported | {UNDONE: to_milliseconds(now)}
    uow.session.flush()
    uow.imports.mark_undone(kept)


def _untouched(uow: UnitOfWork, entries: Sequence[Initiative]) -> set[int]:
    """Those entries that say what their import said, and nothing else."""
    words = {word for entry in entries if "@" in (word := str(entry.imported.get("lead", "")))}
    ids = uow.people.members_by_address(words)
    team_ids = {entry.team_id for entry in entries if entry.team_id is not None}
    teams = {team_id: team.name for team_id, team in uow.teams.named(team_ids).items()} if team_ids else {}
    found = set()
    for entry in entries:
        word = str(entry.imported.get("lead", ""))
        # A lead that was named by address gets the Slack id as soon as the person is met: that is no edit.
        known = ids.get(word, entry.lead_id if entry.lead_email.lower() == word else "") if "@" in word else word
        team = teams.get(entry.team_id, "") if entry.team_id is not None else ""
        if is_as_imported(entry, team=team, lead=Lead(word, known)):
            found.add(entry.id)
    return found


def _put_back(uow: UnitOfWork, entry: Initiative, change: ImportChange, *, version: int, now: datetime) -> str:
    """Let columns say again what they said before the import, where they still say what it said; the ones that do not."""
    before, after = dict(change.before or {}), dict(change.after)
    was, says = before.pop("imported", {}), after.pop("imported", {})
    edited = {name for name in before if not _is_still(entry, name, after)}
    if "team_id" in before and before["team_id"] is not None and uow.teams.get(before["team_id"]) is None:
        edited.add("team_id")
    if {"lead_id", "lead_email"} & edited:
        edited |= {"lead_id", "lead_email"} & before.keys()
    fields = {name: _from_json(name, value) for name, value in before.items() if name not in edited}
    if fields:
        uow.initiatives.change(entry, version=version, now=now, **fields)
    words = {_WORDS.get(name, name) for name in edited}
    entry.imported = _unsaid(entry.imported, was=was, says=says, except_for=words)
    return f"{', '.join(sorted(words))} {EDITED}" if words else ""


def _is_still(entry: Initiative, name: str, after: Mapping[str, Any]) -> bool:
    """Whether a column says what the import said; what followed from meeting the lead is no edit."""
    now = as_json(getattr(entry, name))
    if now == after[name]:
        return True
    by_address = bool(entry.lead_email)
    if name == "lead_id":
        return by_address and not after[name] and after.get("lead_email", entry.lead_email) == entry.lead_email
    return name == "audience" and by_address and after[name] == entry.lead_email and now == entry.lead_id


def _unsaid(
    imported: Mapping[str, Any], *, was: Mapping[str, Any], says: Mapping[str, Any], except_for: Collection[str]
) -> dict[str, Any]:
    """What the imports before this one said."""
    words = dict(imported)
    for column, word in says.items():
        if column not in except_for and words.get(column) == word:
            words.pop(column)
            words |= {column: was[column]} if column in was else {}
    return words


def _from_json(name: str, value: Any) -> Any:  # noqa: ANN401 - what a column holds
    if name == "status":
        return Status(value)
    return date.fromisoformat(value) if name == "started_on" and value else value


def _empty_teams(uow: UnitOfWork, run: ImportRun) -> None:
    """The people whom a run put into teams leave them; leads that it named lead no more."""
    for team_id, person_id in run.made.get("members", []):
        uow.teams.remove_member(team_id, person_id)
    for team_id, person_id in run.made.get("leads", []):
        team = uow.teams.get(team_id)
        if team is not None and team.lead_id == person_id:
            team.lead_id = ""


def _plain(name: str) -> str:
    """A file's name inside a sentence that is markup in one place and plain text in another."""
    return name.translate({ord(sign): None for sign in "<>&*_~`"})
