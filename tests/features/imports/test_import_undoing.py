"""Taking an import back: what it brought goes, what it changed goes back, what people did since stays."""

from datetime import timedelta
from typing import Any

import pytest

from bot.errors import NotAllowed, Refusal
from bot.features.imports import undoing
from bot.features.imports.undo_command import list_runs, run_undo
from bot.features.teams import service as teams
from storage.announcements import Announcement, AnnouncementState, Door
from storage.imports import ImportRun
from storage.initiatives import Status
from storage.repository import EVERYBODY
from storage.unit_of_work import Scope, UnitOfWork
from tests.features.imports.conftest import NOON, Registry

FULL = (
    "id,title,summary,team,lead,status,capabilities,system,started_on,url,legacy,lesson\n"
    "A-1,Online features,Fresh,Ads,ann@example.org,active,feature store,feast,2026-03-31,https://x.org/1,yes,Ownership\n"
)


def undo(registry: Registry, run_id: int | None = None) -> int:
    """Take a run back as the command does; what was printed stands in ``said``."""
    registry.now += timedelta(hours=1)
    printed = registry.printer()
    code = run_undo(run_id, db=registry.db, workspace_id="T1", console=printed, now=lambda: registry.now)
    registry.said = registry.read(printed)
    return code


def standing(registry: Registry) -> list[str]:
    return [row.title for row in registry.all() if row.withdrawn_at is None]


def facts(registry: Registry) -> list[dict[str, Any]]:
    """Everything that an entry says, without the stamps of its changes."""
    return [row.model_dump(exclude={"version", "updated_at"}) for row in registry.all()]


def test_what_an_import_brought_is_withdrawn(either: Registry) -> None:
    either.announce("Mine")
    either.load("title,team\nA,Ads\nB,Ads\n")
    assert undo(either) == 0
    assert standing(either) == ["Mine"]
    assert either.said.splitlines() == [
        "Import 1 (file.csv) was taken back: 2 withdrawn, 0 put back, 0 kept.",
        "Made by it and left (team): Ads.",
    ]


def test_what_a_later_import_kept_in_place_goes_when_that_one_was_taken_back(either: Registry) -> None:
    either.load("id,title,summary\n1,A,first\n2,B,first\n")
    either.load("id,title,summary\n1,A,second\n")
    assert undo(either, 1) == 1  # some was kept, says the command
    assert standing(either) == ["A"]  # the later import says something of it
    assert undo(either, 2) == 0
    assert undo(either, 1) == 0
    assert standing(either) == []


def test_every_column_goes_back_to_what_it_said(either: Registry) -> None:
    either.load(FULL)
    before = facts(either)
    other = (
        "id,title,summary,team,lead,status,capabilities,system,started_on,url,legacy,lesson\n"
        "A-1,Other,Stale,Search,U0LEAD0002,shipped,model registry,spark,2025-01-01,https://x.org/2,no,None\n"
    )
    assert either.load(other).changed == 1
    assert undo(either) == 0
    assert facts(either) == before
    assert "0 withdrawn, 1 put back, 0 kept." in either.said
    assert either.load(FULL).unchanged == 1
    assert either.load(other).changed == 1


def test_runs_go_back_one_after_the_other(either: Registry) -> None:
    either.load("title,status\nA,active\n")
    either.load("title,status\nA,paused\nB,\n")
    either.load("title,status\nA,shipped\nB,\n")
    assert undo(either) == 0
    assert (either.one("A").status, standing(either)) == (Status.PAUSED, ["A", "B"])
    assert undo(either) == 0
    assert (either.one("A").status, standing(either)) == (Status.ACTIVE, ["A"])
    assert undo(either) == 0
    assert standing(either) == []
    assert (undo(either), either.said) == (2, "There is no import to take back.\n")


def test_a_new_entry_that_people_edited_stays_and_is_named(either: Registry) -> None:
    either.load("title,status\nA,active\nB,active\n")
    either.edit("A", summary="ours now")
    assert undo(either) == 1
    assert standing(either) == ["A"]
    assert 'Kept "A": edited since.' in either.said


def test_a_field_that_people_edited_stays_and_the_others_go_back(either: Registry) -> None:
    either.load("title,status,summary,team\nA,active,first,Ads\n")
    either.load("title,status,summary,team,system\nA,paused,second,Ads,spark\n")
    either.edit("A", summary="ours now")
    assert undo(either) == 1
    row = either.one("A")
    assert (row.status, row.summary, row.system) == (Status.ACTIVE, "ours now", "")
    assert 'Kept "A": summary edited since.' in either.said
    # What people said is theirs for the next import too.
    assert either.load("title,status,summary,team\nA,active,first,Ads\n").changed == 0


def test_an_entry_that_was_announced_since_stays(either: Registry) -> None:
    either.load("title\nA\n")
    number = either.one("A").id

    def announce(uow: UnitOfWork) -> None:
        row = Announcement(workspace_id="T1", channel_id="C1", ts="1.1", author_id="U1", door=Door.PROSE, state=AnnouncementState.REGISTERED, fingerprint="x",
                           initiative_id=number, created_at=NOON, updated_at=NOON)  # fmt: skip
        uow.announcements.add(row)

    either.do(announce)
    assert undo(either) == 1
    assert 'Kept "A": announced in Slack since.' in either.said


def test_what_a_later_import_changed_stays(either: Registry) -> None:
    either.load("title,status\nA,active\nB,active\n")
    either.load("title,status\nA,paused\n", name="later.csv")
    assert undo(either, 1) == 1
    assert standing(either) == ["A"]
    assert 'Kept "A": changed by a later import.' in either.said


def test_what_people_took_back_themselves_is_not_brought_up_again(either: Registry) -> None:
    either.load("title\nA\n")
    either.edit("A", withdrawn_at=either.now)
    assert undo(either) == 0
    assert either.load("title\nA\n").left_out == 1


def test_undone_twice_is_said_and_changes_nothing(either: Registry) -> None:
    either.load("title\nA\n")
    assert undo(either, 1) == 0
    before = facts(either)
    assert undo(either, 1) == 2
    assert either.said == "Import 1 (file.csv) was taken back on 2026-03-02 already. Nothing was changed.\n"
    assert facts(either) == before
    assert (undo(either, 7), either.said) == (2, "There is no import with the number 7 here.\n")


def test_an_undone_file_can_be_imported_again_and_undone_again(either: Registry) -> None:
    text = "id,title,lead,visibility\n1,A,,\n2,B,U0LEAD0001,private\n"
    for _ in range(3):
        assert either.load(text).new == 2
        assert standing(either) == ["A", "B"]
        assert either.load(text).unchanged == 2
        assert undo(either) == 0
        assert standing(either) == []
    assert len(either.all()) == 2


def test_meeting_a_lead_is_no_edit(either: Registry) -> None:
    either.load("title,lead,visibility\nA,ann@example.org,private\nB,ann@example.org,\n")
    either.do(lambda uow: uow.people.meet("U0ANN00001", email="Ann@example.org").id)
    either.do(lambda uow: teams.name_leads(uow, {"ann@example.org": "U0ANN00001"}))
    assert undo(either) == 0
    assert standing(either) == []


def test_people_leave_the_teams_that_an_import_put_them_into(either: Registry) -> None:
    catalog = (
        "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: ads}\nspec: {type: team, members: [ann], lead: ann}\n"
        "---\napiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: ann}\nspec: {profile: {email: ann@example.org}, memberOf: []}\n"
    )
    either.do(lambda uow: uow.people.meet("U0ANN00001", email="ann@example.org").id)
    assert either.load(catalog, name="catalog-info.yaml").joined == 1
    assert undo(either) == 0
    team = either.look(lambda uow: uow.teams.by_name("ads"))
    assert (either.look(lambda uow: uow.teams.members(team.id)), team.lead_id) == ([], "")
    assert "Made by it and left (team): ads." in either.said
    assert either.load(catalog, name="catalog-info.yaml").joined == 1


def test_teams_and_capabilities_that_are_still_used_are_not_called_left(either: Registry) -> None:
    either.load("title,team,capabilities\nA,Ads,Quantum ads\nB,Search,\n")
    either.announce("Ours", team_id=either.one("A").team_id)
    assert undo(either) == 0
    assert "Made by it and left (team): Search." in either.said
    assert "Made by it and left (capability): Quantum ads." in either.said


def test_the_same_file_twice_is_one_run(either: Registry) -> None:
    for _ in range(2):
        either.load("title\nA\n")
    printed = either.printer()
    assert list_runs(db=either.db, workspace_id="T1", console=printed) == 0
    assert either.read(printed) == "    1  2026-03-02 13:00 UTC  file.csv: 1 new, 0 changed\n"


def test_an_undo_that_was_interrupted_goes_on(either: Registry) -> None:
    either.load("title\n" + "\n".join(f"T{number}" for number in range(30)) + "\n")
    step = either.do(lambda uow: undoing.take_back(uow, 1, limit=10, now=either.now))
    assert (step.entries, step.done, len(standing(either))) == (10, False, 20)
    assert undo(either) == 0
    assert standing(either) == []
    assert "30 withdrawn" in either.said


def test_an_admin_asks_in_slack_and_is_told_of_public_work_only(either: Registry) -> None:
    def meet(uow: UnitOfWork) -> None:
        uow.people.meet("U0ADMIN001", is_admin=True)
        uow.people.meet("U0OTHER001")

    either.do(meet)
    either.load("title,lead,visibility\nA,U0LEAD0001,private\nB,,\nC,,\n")
    either.load("title,lead,visibility\nHidden,U0LEAD0001,private\n", name="secret.csv")
    either.edit("A", summary="edited")
    either.edit("B", summary="edited")
    public = Scope("T1", EVERYBODY)
    past = either.db.read_now(public, undoing.runs_for_admin, "U0ADMIN001")
    assert [(run.name, run.new) for run in past] == [("file.csv", 2)]
    with pytest.raises(NotAllowed):
        either.db.read_now(public, undoing.runs_for_admin, "U0OTHER001")
    with pytest.raises(NotAllowed):
        either.db.write_now(public, undoing.ask, 1, person_id="U0OTHER001", now=either.now)
    (asked,) = either.db.write_now(public, undoing.ask, 1, person_id="U0ADMIN001", now=either.now)
    assert (asked.is_going, either.look(undoing.asked)) == (True, [1])
    assert either.do(lambda uow: undoing.take_back(uow, 1, limit=100, now=either.now)).done
    assert either.look(undoing.asked) == []
    told = either.db.read_now(public, undoing.report, 1)
    assert (told.withdrawn, told.kept_count, [kept.title for kept in told.kept]) == (1, 1, ["B"])
    (message,) = either.look(lambda uow: [row for row in [uow.outbox.get("T1:imports:undone:1")] if row is not None])
    assert message.target == "U0ADMIN001"
    assert "1 withdrawn and 1 kept" in str(message.body)
    assert "edited since" in str(message.body)
    with pytest.raises(Refusal):
        either.db.write_now(public, undoing.ask, 1, person_id="U0ADMIN001", now=either.now)


def test_another_workspace_takes_back_nothing(either: Registry) -> None:
    either.load("title\nA\n")
    assert run_undo(1, db=either.db, workspace_id="T2", console=either.printer()) == 2
    assert standing(either) == ["A"]


def test_a_run_is_remembered_with_what_it_did(either: Registry) -> None:
    either.load("title,team,visibility,lead,capabilities\nA,Ads,,,Quantum ads\nB,,private,U0LEAD0001,\nC,,,,\nC,,,,\n")
    run: ImportRun = either.look(lambda uow: uow.imports.get(1))
    assert run.counts == {"new": 3, "private new": 1, "left out": 1}
    assert set(run.made) == {"teams", "capabilities"}
