"""What a file changes about the registry: identity, whose word counts, teams, leads, capabilities and private work."""

from datetime import date
from typing import Any

import pytest

from bot.features.teams import service as teams
from storage.initiatives import Status
from storage.repository import EVERYBODY
from storage.unit_of_work import Scope, UnitOfWork
from tests.features.imports.conftest import Registry

FULL = (
    "id,title,summary,team,lead,status,capabilities,system,started_on,url,legacy,visibility,lesson\n"
    "A-1,Online features,Fresh features on Feast,Ads,U0LEAD0001,active,feature store,feast,2026-03,https://wiki.example.org/1,yes,public,Ownership first\n"
)


def meet(registry: Registry, person_id: str, **known: Any) -> None:
    registry.do(lambda uow: uow.people.meet(person_id, **known).id)


def test_every_column_reaches_its_initiative(registry: Registry) -> None:
    result = registry.load(FULL)
    (row,) = registry.all()
    assert (result.new, result.exit_code) == (1, 0)
    assert (row.external_id, row.title, row.folded_title, row.summary) == (
        "A-1",
        "Online features",
        "online features",
        "Fresh features on Feast",
    )
    assert (row.lead_id, row.lead_email, row.status, row.capabilities, row.system) == (
        "U0LEAD0001",
        "",
        Status.ACTIVE,
        ["feature-store"],
        "feast",
    )
    assert (row.started_on, row.url, row.legacy, row.audience, row.lesson) == (
        date(2026, 3, 1), "https://wiki.example.org/1", True, "", "Ownership first")  # fmt: skip
    assert (row.created_by, row.created_at, row.version) == ("", registry.now, registry.version())
    team = registry.look(lambda uow: uow.teams.by_name("ads"))
    assert (team.id, team.name, team.lead_id) == (row.team_id, "Ads", "U0LEAD0001")


def test_the_same_file_twice_changes_nothing(registry: Registry) -> None:
    text = FULL + ",No capability named,A feature store for ranking,,ann@example.org,,,,,,,private,\n,Bare,,,,,,,,,,,\n"
    registry.load(text)
    before, version = [row.model_dump() for row in registry.all()], registry.version()
    result = registry.load(text)
    assert (result.unchanged, result.new, result.changed, result.transactions) == (3, 0, 0, [])
    assert [row.model_dump() for row in registry.all()] == before
    assert registry.version() == version


def test_a_batch_has_one_version(registry: Registry) -> None:
    registry.load("title\nA\nB\nC\n")
    assert {row.version for row in registry.all()} == {1} == {registry.version()}


def test_only_what_changed_gets_the_new_version(registry: Registry) -> None:
    registry.load("title,status\nA,active\nB,active\n")
    result = registry.load("title,status\nA,active\nB,shipped\n")
    assert (result.changed, result.unchanged) == (1, 1)
    assert [(row.title, row.version) for row in registry.all()] == [("A", 1), ("B", 2)]
    assert registry.one("A").updated_at < registry.one("B").updated_at == registry.now


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("id,title,team,url\n1,Old,Ads,https://x.org/1\n", "id,title,team,url\n1,New,Search,https://x.org/2\n"),
        ("id,title,team,url\n1,Old,Ads,https://x.org/1\n", "title,team,url\nNew,Search,https://x.org/1\n"),
        ("title,team,url\nNew,Ads,https://x.org/1\n", "title,team,url\n new,ADS,https://x.org/2\n"),
    ],
    ids=["id", "url", "team and title"],
)
def test_a_row_is_the_same_initiative_by(registry: Registry, first: str, second: str) -> None:
    registry.load(first)
    result = registry.load(second)
    assert (result.new, result.changed, len(registry.all())) == (0, 1, 1)


def test_the_id_decides_before_url_and_title(registry: Registry) -> None:
    registry.load("id,title,url\n1,A,https://x.org/1\n2,B,https://x.org/2\n")
    registry.load("id,title,url\n1,B,https://x.org/2\n2,A,https://x.org/1\n")
    assert [(row.external_id, row.title) for row in registry.all()] == [("1", "B"), ("2", "A")]


def test_another_id_is_another_initiative_even_under_the_same_title(registry: Registry) -> None:
    registry.load("id,title\n1,A\n")
    assert registry.load("id,title\n2,A\n").new == 1


def test_the_same_title_of_another_team_is_another_initiative(registry: Registry) -> None:
    registry.load("title,team\nA,Ads\n")
    assert registry.load("title,team\nA,Search\n").new == 1


def test_what_people_edited_stays_theirs_and_the_rest_follows_the_file(registry: Registry) -> None:
    registry.load("id,title,summary,status\n1,A,first,active\n")
    registry.edit("A", summary="said by people")
    result = registry.load("id,title,summary,status\n1,A,second,paused\n")
    row = registry.one("A")
    assert (row.summary, row.status, result.changed, result.kept) == ("said by people", Status.PAUSED, 1, 1)
    assert "1 row differs from what people said" in registry.said
    assert registry.load("id,title,summary,status\n1,A,third,paused\n").unchanged == 1
    assert registry.one("A").summary == "said by people"


@pytest.mark.parametrize(
    ("fields", "column"),
    [({"title": "B", "folded_title": "b"}, "title"), ({"lead_id": "U0OTHER001", "lead_email": ""}, "lead"), ({"status": Status.SHIPPED}, "status"),
     ({"capabilities": ["model-registry"]}, "capabilities"), ({"system": "other"}, "system"), ({"started_on": None}, "started_on"),
     ({"url": ""}, "url"), ({"legacy": False}, "legacy"), ({"audience": "C0PRIVATE1"}, "visibility"), ({"lesson": "ours"}, "lesson")],
)  # fmt: skip
def test_an_edit_of_any_column_survives_the_next_file(
    registry: Registry, fields: dict[str, object], column: str
) -> None:
    registry.load(FULL)
    registry.edit("Online features", **fields)
    file = (FULL.replace("Online features", "Renamed").replace("U0LEAD0001", "U0LEAD0002").replace("active", "paused")
            .replace("feature store,", "drift monitoring,").replace(",feast,", ",tecton,").replace("2026-03", "2026-04")
            .replace("/1,", "/2,").replace("yes", "no").replace("Ownership", "Freshness"))  # fmt: skip
    registry.load(file)
    (row,) = registry.all()
    kept = {name: getattr(row, name) for name in fields}
    assert kept == fields, column
    assert row.summary == "Fresh features on Feast"
    assert (row.title == "Renamed") == (column != "title")
    assert (row.status is Status.PAUSED) == (column != "status")


def test_a_title_that_people_changed_does_not_make_a_second_initiative(registry: Registry) -> None:
    registry.load("title,team,status\nA,Ads,active\n")
    registry.edit("A", title="Better name")
    result = registry.load("title,team,status\nA,Ads,paused\n")
    (row,) = registry.all()
    assert (result.new, row.title, row.status) == (0, "Better name", Status.PAUSED)


def test_a_team_that_people_changed_does_not_make_a_second_initiative(registry: Registry) -> None:
    registry.load("title,team\nA,Ads\n")
    registry.edit("A", team_id=registry.do(lambda uow: uow.teams.ensure("Search", now=registry.now).id))
    assert registry.load("title,team\nA,Ads\n").unchanged == 1
    assert len(registry.all()) == 1


def test_a_cell_that_was_emptied_takes_back_what_the_file_said_and_nothing_else(registry: Registry) -> None:
    registry.load("title,summary,system,started_on\nA,first,feast,2026-03\n")
    registry.edit("A", system="ours")
    registry.load("title,summary,system,started_on\nA,,,\n")
    row = registry.one("A")
    assert (row.summary, row.system, row.started_on) == ("", "ours", None)


def test_a_column_that_the_file_lost_is_left_as_it_is(registry: Registry) -> None:
    registry.load("title,summary\nA,first\n")
    assert registry.load("title\nA\n").unchanged == 1
    assert registry.one("A").summary == "first"


def test_an_announced_initiative_is_completed_and_not_overruled(registry: Registry) -> None:
    registry.announce("A", summary="announced", status=Status.ACTIVE, lead_id="U0LEAD0009")
    result = registry.load(
        "id,title,summary,status,lead,system,url\n7,a,from the file,paused,U0LEAD0001,feast,https://x.org\n"
    )
    (row,) = registry.all()
    assert (result.new, result.changed, result.kept) == (0, 1, 1)
    assert (row.title, row.summary, row.status, row.lead_id) == ("A", "announced", Status.ACTIVE, "U0LEAD0009")
    assert (row.system, row.url, row.external_id) == ("feast", "https://x.org", "7")


def test_what_was_taken_back_stays_so_and_the_file_is_told(registry: Registry) -> None:
    registry.load("title\nA\nB\n")
    registry.edit("A", withdrawn_at=registry.now)
    result = registry.load("title\nA\nB\n")
    assert (result.left_out, result.unchanged, result.exit_code) == (1, 1, 1)
    assert f'Line 2: "A" was taken back in Rowbot on {registry.now:%Y-%m-%d} and stays so.' in registry.said
    assert registry.one("A").withdrawn_at is not None


def test_what_was_announced_again_is_found_before_what_was_taken_back(registry: Registry) -> None:
    registry.load("title,status\nA,active\n")
    registry.edit("A", withdrawn_at=registry.now)
    again = registry.announce("A")
    registry.load("title,system\nA,feast\n")
    assert {row.id: row.system for row in registry.all()}[again] == "feast"


def test_a_lead_known_by_address_gets_the_slack_id_as_soon_as_the_person_was_met(registry: Registry) -> None:
    text = "title,lead\nA,Ann@Example.org\nB,bob@example.org\n"
    meet(registry, "U0BOB00001", email="Bob@example.org")
    registry.load(text)
    assert [(row.lead_id, row.lead_email) for row in registry.all()] == [("", "ann@example.org"), ("U0BOB00001", "")]
    meet(registry, "U0ANN00001", email="ann@example.org")
    assert registry.load(text).changed == 1
    assert (registry.one("A").lead_id, registry.one("A").lead_email) == ("U0ANN00001", "")
    assert registry.load(text).unchanged == 2


def test_a_lead_of_another_organisation_or_a_bot_is_refused(registry: Registry) -> None:
    meet(registry, "U0GUEST001", email="guest@elsewhere.org", is_external=True)
    meet(registry, "U0ROBOT001", is_bot=True)
    result = registry.load("title,lead\nA,guest@elsewhere.org\nB,U0ROBOT001\nC,\n")
    assert (result.left_out, result.new) == (2, 1)


def test_a_team_gets_a_lead_only_if_it_has_none_and_the_file_agrees_with_itself(registry: Registry) -> None:
    def has_lead(uow: UnitOfWork) -> None:
        uow.teams.ensure("Led", now=registry.now).lead_id = "U0LEAD0009"

    registry.do(has_lead)
    result = registry.load(
        "title,team,lead\nA,Led,U0LEAD0001\nB,Agreed,U0LEAD0001\nC,Split,U0LEAD0001\nD,Split,U0LEAD0002\n"
    )
    leads = registry.look(lambda uow: {team.name: team.lead_id for team in uow.teams.all()})
    assert leads == {"Led": "U0LEAD0009", "Agreed": "U0LEAD0001", "Split": ""}
    assert result.teams == ["Agreed", "Split"]


def test_capabilities_are_known_by_synonym_and_new_ones_are_added_once(registry: Registry) -> None:
    result = registry.load("title,capabilities\nA,Feature Platform; Quantum ads\nB,quantum-ads;Feast\n")
    assert [row.capabilities for row in registry.all()] == [
        ["feature-store", "quantum-ads"],
        ["quantum-ads", "feature-store"],
    ]
    assert result.capabilities == ["Quantum ads"]
    assert registry.look(lambda uow: [(row.key, row.name) for row in uow.capabilities.all()]) == [
        ("quantum-ads", "Quantum ads")
    ]


def test_capabilities_are_recognised_in_the_text_if_the_file_names_none_until_it_does(registry: Registry) -> None:
    registry.load("title,capabilities\nA feature store for ranking,\n")
    (row,) = registry.all()
    assert row.capabilities == ["feature-store"]
    assert registry.load("title,capabilities\nA feature store for ranking,\n").unchanged == 1
    registry.load("title,capabilities\nA feature store for ranking,model registry\n")
    assert registry.all()[0].capabilities == ["model-registry"]


def test_private_work_is_seen_by_its_lead_alone(registry: Registry) -> None:
    meet(registry, "U0BOB00001", email="bob@example.org")
    registry.load("title,lead,visibility\nA,ann@example.org,private\nB,bob@example.org,private\nC,,public\n")
    assert [row.audience for row in registry.all()] == ["", "ann@example.org", "U0BOB00001"]
    assert registry.db.read_now(Scope("T1", EVERYBODY), lambda uow: uow.initiatives.count()) == 1


def test_a_lead_that_was_found_in_slack_since_is_the_lead_of_the_file(registry: Registry) -> None:
    registry.load("title,lead,visibility\nA,ann@example.org,private\n")
    meet(registry, "U0ANN00001", email="Ann@example.org")
    assert registry.do(lambda uow: teams.name_leads(uow, {"ann@example.org": "U0ANN00001"})) == 1
    assert (registry.one("A").lead_id, registry.one("A").audience) == ("U0ANN00001", "U0ANN00001")
    assert registry.load("title,lead,visibility\nA,ann@example.org,private\n").unchanged == 1
    registry.load("title,lead,visibility\nA,U0LEAD0002,private\n")
    assert (registry.one("A").lead_id, registry.one("A").audience) == ("U0LEAD0002", "U0LEAD0002")


def test_private_work_follows_its_lead(registry: Registry) -> None:
    registry.load("title,lead,visibility\nA,U0LEAD0001,private\n")
    registry.load("title,lead,visibility\nA,U0LEAD0002,private\n")
    assert (registry.one("A").lead_id, registry.one("A").audience) == ("U0LEAD0002", "U0LEAD0002")


def test_a_row_can_become_public_under_its_id(registry: Registry) -> None:
    registry.load("id,title,lead,visibility\n1,A,U0LEAD0001,private\n")
    registry.load("id,title,lead,visibility\n1,A,U0LEAD0001,public\n")
    assert [row.audience for row in registry.all()] == [""]


def test_a_public_row_can_become_private(registry: Registry) -> None:
    registry.load("title,lead,visibility\nA,U0LEAD0001,\n")
    registry.load("title,lead,visibility\nA,U0LEAD0001,private\n")
    assert [row.audience for row in registry.all()] == ["U0LEAD0001"]


def test_a_private_channel_is_an_audience_if_it_is_known_and_private(registry: Registry) -> None:
    registry.do(lambda uow: uow.channels.meet("C0SECRET01", name="ml-secret", is_private=True).id)
    registry.do(lambda uow: uow.channels.meet("C0OPEN0001", name="open", is_private=False).id)
    result = registry.load("title,visibility\nA,#ml-secret\nB,C0SECRET01\nC,#open\nD,#unknown\n")
    assert [row.audience for row in registry.all()] == ["C0SECRET01", "C0SECRET01"]
    assert result.left_out == 2
    assert "Line 4: `visibility` is #open, which is no private channel." in registry.said
    assert (
        "Line 5: `visibility` is #unknown, a channel that I have not met. Invite me there with /invite @Rowbot"
        in registry.said
    )


@pytest.mark.parametrize("visibility", ["", "private"])
def test_a_file_does_not_find_out_about_private_work_that_was_announced(registry: Registry, visibility: str) -> None:
    hidden = registry.announce("Project X", audience="C0SECRET01", summary="hush", url="https://x.org/1")
    before = registry.all()[0].model_dump()
    result = registry.load(f"title,url,lead,visibility\nProject X,https://x.org/1,U0LEAD0001,{visibility}\n")
    assert (result.new, result.unchanged, result.changed, result.left_out) == (1, 0, 0, 0)
    assert {row.id: row.model_dump() for row in registry.all()}[hidden] == before


def test_a_public_row_of_another_file_neither_opens_nor_finds_a_private_row(registry: Registry) -> None:
    registry.load("title,lead,visibility\nProject X,U0LEAD0001,private\n", name="secret.csv")
    result = registry.load("title,summary\nProject X,ours\n", name="public.csv")
    assert result.new == 1
    assert [(row.audience, row.summary) for row in registry.all()] == [("U0LEAD0001", ""), ("", "ours")]
    assert registry.load("title,summary\nProject X,ours\n", name="public.csv").unchanged == 1
    assert registry.load("title,lead,visibility\nProject X,U0LEAD0001,private\n", name="secret.csv").exit_code == 0


def test_a_private_row_says_nothing_through_a_public_initiative(registry: Registry) -> None:
    registry.announce("Project X")
    result = registry.load("title,summary,lead,visibility\nProject X,hush,U0LEAD0001,private\n")
    (row,) = registry.all()
    assert (row.summary, row.audience, result.left_out) == ("", "", 1)
    assert '"Project X" is public in Rowbot and not in the file' in registry.said


def test_a_private_row_adds_no_capability_for_everybody_to_read(registry: Registry) -> None:
    text = "title,lead,visibility,capabilities\nA,U0LEAD0001,private,Quantum ads\n"
    assert registry.load(text).left_out == 1
    assert registry.look(lambda uow: uow.capabilities.all()) == []
    assert registry.load(text + "B,U0LEAD0001,,Quantum ads\n").new == 2


def test_two_workspaces_share_nothing(registry: Registry) -> None:
    registry.load("id,title\n1,A\n")
    other = registry.db.read_now(
        Scope("T2", EVERYBODY), lambda uow: uow.initiatives.candidates(external_ids={"1"}, urls=(), titles=("A",))
    )
    assert other == []
