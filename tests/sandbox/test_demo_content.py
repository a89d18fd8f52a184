"""The demo's organisation, registry and suggestions hold together, and each suggestion does what it promises."""

import csv
import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from bot.features.announcements.detector import detect
from bot.features.announcements.reading import read
from bot.features.capabilities.taxonomy import shipped
from bot.features.imports.csv_file import read_csv
from bot.features.imports.rows import COLUMNS
from bot.features.matching import ranking
from bot.features.matching.concepts import Concepts
from bot.features.matching.embedder import Embedder
from bot.features.matching.index import PUBLIC, Document, Index, Query
from storage.initiatives import Status

DEMO = Path(__file__).parents[2] / "bot" / "sandbox" / "demo"
ORGANISATION: dict[str, Any] = yaml.safe_load((DEMO / "organisation.yml").read_text(encoding="utf-8"))
SUGGESTIONS: list[dict[str, str]] = yaml.safe_load((DEMO / "suggestions.yml").read_text(encoding="utf-8"))
REGISTRY = read_csv((DEMO / "registry.csv").read_bytes(), name="registry.csv")
PEOPLE = {person["handle"]: person for person in ORGANISATION["people"]}
VISITORS = {person["handle"]: person for person in ORGANISATION["visitors"]}
TEAMS = {team["name"]: team for team in ORGANISATION["teams"]}
CHANNELS = {channel["name"]: channel for channel in ORGANISATION["channels"]}


def members_of(channel: dict[str, Any]) -> set[str]:
    return set(PEOPLE) if channel["members"] == "all" else set(channel["members"])


def test_the_teams_have_a_lead_of_their_own_and_a_home() -> None:
    assert len(TEAMS) == 6
    assert {team["kind"] for team in TEAMS.values()} == {"central", "product"}
    for team in TEAMS.values():
        assert PEOPLE[team["lead"]]["team"] == team["name"]
        assert team["lead"] in members_of(CHANNELS[team["home"]])


def test_everybody_has_a_team_an_address_a_title_and_a_real_time_zone() -> None:
    assert 14 <= len(PEOPLE) <= 18
    for handle, person in PEOPLE.items():
        assert person["email"] == f"{handle}@example.com"
        assert person["team"] in TEAMS
        assert person["title"]
        assert ZoneInfo(person["tz"]).key == person["tz"]
        assert handle in members_of(CHANNELS[TEAMS[person["team"]]["home"]])
    assert len({person["tz"] for person in PEOPLE.values()}) >= 5
    assert sum(person.get("is_admin", False) for person in PEOPLE.values()) == 2


def test_one_channel_is_private_and_one_shared_and_only_there_are_visitors() -> None:
    assert [name for name, channel in CHANNELS.items() if channel.get("private")] == ["risk-case-review"]
    assert [name for name, channel in CHANNELS.items() if channel.get("shared")] == ["labelworks-annotation"]
    for name, channel in CHANNELS.items():
        strangers = members_of(channel) - set(PEOPLE)
        assert strangers == (set(VISITORS) if channel.get("shared") else set()), name
        assert channel["topic"]


def test_the_history_is_in_order_and_written_by_members() -> None:
    everybody = {**PEOPLE, **VISITORS}
    for channel in CHANNELS.values():
        said = channel["messages"]
        assert len(said) >= 3
        assert [message["hours_ago"] for message in said] == sorted((m["hours_ago"] for m in said), reverse=True)
        for message in said:
            replies = message.get("replies", [])
            hours = [message["hours_ago"], *(reply["hours_ago"] for reply in replies)]
            assert hours == sorted(hours, reverse=True)
            assert {message["by"], *(reply["by"] for reply in replies)} <= members_of(channel)
            for handles in message.get("reactions", {}).values():
                assert set(handles) <= members_of(channel)
            assert set(re.findall(r"<@(\w+)>", message["text"])) <= set(everybody)
            assert set(re.findall(r"<#([\w-]+)>", message["text"])) <= set(CHANNELS)


def test_the_registry_imports_without_a_fault() -> None:
    with (DEMO / "registry.csv").open(encoding="utf-8", newline="") as file:
        assert tuple(next(csv.reader(file))) == COLUMNS
    assert (REGISTRY.faults, REGISTRY.ignored) == ((), ())
    assert len(REGISTRY.rows) == len({row.id for row in REGISTRY.rows}) == 24


def test_the_registry_shows_every_status_two_legacy_systems_and_a_lesson_for_each_failure() -> None:
    assert {row.status for row in REGISTRY.rows} == set(Status)
    assert sum(row.legacy for row in REGISTRY.rows) == 2
    for row in REGISTRY.rows:
        assert bool(row.lesson) == (row.status is Status.ABANDONED), row.id
        assert row.started_on is not None


def test_every_entry_belongs_to_a_person_and_team_of_the_organisation() -> None:
    home_of = {person["email"]: person["team"] for person in PEOPLE.values()}
    for row in REGISTRY.rows:
        assert home_of[row.lead] == row.team, row.id
        assert row.summary
        assert row.capabilities
        if not row.is_public:
            assert CHANNELS[row.visibility.removeprefix("#")]["private"]
    assert sum(not row.is_public for row in REGISTRY.rows) == 1


def test_a_suggestion_can_be_sent_by_whom_and_where_it_says() -> None:
    assert len(SUGGESTIONS) == 6
    for one in SUGGESTIONS:
        assert one["as"] in members_of(CHANNELS[one["channel"]])
        assert one["title"]
        assert one["shows"]


@pytest.mark.parametrize("one", SUGGESTIONS, ids=lambda one: one["title"])
def test_a_suggestion_is_taken_for_what_it_is(one: dict[str, str]) -> None:
    assert detect(one["text"]).kind == one["kind"]


def test_each_announcement_finds_what_it_should_and_the_new_one_finds_nothing() -> None:
    taxonomy, embedder = shipped(), Embedder.load()
    index = Index(Concepts.of(taxonomy, embedder))
    for number, row in enumerate(REGISTRY.rows):
        named = {found.key for name in row.capabilities if (found := taxonomy.by_name(name))}
        text = ranking.wording(row.title, row.summary)
        audience = PUBLIC if row.is_public else row.visibility
        index.put([Document(number, text, embedder.embed([text])[0], audience, frozenset(named))])
    index.flush()

    for one in (each for each in SUGGESTIONS if each["kind"] != "none"):
        draft = read(one["text"])
        keys = frozenset(each.key for each in taxonomy.recognise(draft.summary, title=draft.title))
        text = ranking.wording(draft.title, draft.summary)
        matches = ranking.rank(index, Query(text, embedder.embed([text])[0], keys), audiences=frozenset({PUBLIC}))
        assert [REGISTRY.rows[match.id].id for match in matches][:1] == ([one["finds"]] if one["finds"] else []), one
