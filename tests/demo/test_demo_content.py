"""The demo organisation: its files are whole, and what a newcomer is invited to try does what the card says, with the real model."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from bot.demo.organisation import REGISTRY, Organisation, read, registry_as_of, working_day
from bot.features.announcements.detector import Kind, detect
from bot.features.announcements.judging import kind_of
from bot.features.announcements.likeness import Likeness
from bot.features.announcements.reading import read as read_announcement
from bot.features.capabilities import service as capabilities
from bot.features.imports.command import ImportResult, run_import
from bot.features.initiatives import service as initiatives
from bot.features.initiatives.service import Draft
from bot.features.matching import service as matching
from bot.features.matching.embedder import Embedder
from bot.features.matching.matcher import Matcher, Probe
from storage.database import Database
from storage.initiatives import Initiative, Status
from storage.migrate import migrate
from storage.repository import EVERYBODY, MACHINE
from storage.teams import TeamKind
from storage.unit_of_work import Scope, UnitOfWork

#: The cards in their order.
TWIN, ABANDONED, SHIPPED, LEGACY, NEW, CHATTER = range(6)
#: What each names first: title, status, and whether it is a legacy system; None for nothing at all.
NAMED: Final = {
    TWIN: ("Feature store for the auction", Status.ACTIVE, False),
    ABANDONED: ("Active learning for listing photos", Status.ABANDONED, False),
    SHIPPED: ("Drift watch", Status.SHIPPED, False),
    LEGACY: ("Night scorer", Status.ACTIVE, True),
    NEW: None,
}
#: A believable backlog: 5 to 9 messages, none older than five working days.
FEWEST, MOST, DAYS = 5, 9, 8
#: A sentence of the demo must not stand for something that Rowbot does not do yet.
PROMISES: Final = re.compile(
    r"\b(?:will|going to|soon|coming|roadmap|planned|next version|promise[sd]?)\b", re.IGNORECASE
)
SCOPE: Final = Scope("T1", MACHINE)
NOW: Final = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
#: Every day of a week, at hours that are early or late for somebody; and the days on which clocks are changed.
WEEK: Final = [NOW + timedelta(days=day, hours=4 * day - 9) for day in range(7)] + [
    datetime(2026, 3, 30, 12, tzinfo=UTC),
    datetime(2026, 11, 2, tzinfo=UTC),
]


@dataclass(frozen=True)
class World:
    """The registry of the demo in a database of its own, and the matcher that ships."""

    db: Database
    matcher: Matcher
    imported: ImportResult

    def named_after(self, text: str) -> list[Initiative]:
        """What a reply to this message in a public channel would name, first to last."""
        return self.db.read_now(SCOPE, _named_after, self.matcher, _probe(self.matcher, text))

    def register(self, text: str) -> None:
        """Put an announcement into the registry, as hearing it does."""
        self.db.write_now(SCOPE, _register, self.matcher, _probe(self.matcher, text))


def _probe(matcher: Matcher, text: str) -> Probe:
    heard = read_announcement(text)
    return matcher.probe(heard.title, heard.summary)


def _named_after(uow: UnitOfWork, matcher: Matcher, probe: Probe) -> list[Initiative]:
    matcher.catch_up(uow)
    keys = capabilities.recognise(uow, probe.body, title=probe.title)
    found = matching.find(
        uow, matcher, probe, keys=keys, channel=EVERYBODY, author=EVERYBODY, exclude=(), threshold=None
    )
    assert not found.hidden, (
        "No card asks the owner of private work: it would ask somebody that the newcomer does not see."
    )
    return [each.initiative for each in found.channel]


def _register(uow: UnitOfWork, matcher: Matcher, probe: Probe) -> None:
    version = matching.take_turn(uow, matcher)
    keys = tuple(capabilities.recognise(uow, probe.body, title=probe.title))
    draft = Draft(title=probe.title, summary=probe.body, capabilities=keys)
    row = initiatives.register(uow, draft, created_by="U1", audience="", version=version, now=NOW)
    matching.keep_analysis(uow, row, probe)


@contextmanager
def _moved_in(folder: Path) -> Iterator[World]:
    url = f"sqlite:///{folder / 'demo.db'}"
    migrate(url)
    db = Database(url)
    matcher = Matcher.load("shipped")
    yield World(
        db, matcher, run_import(REGISTRY, db=db, workspace_id="T1", matcher=matcher, console=Console(quiet=True))
    )
    db.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """For looking only."""
    with _moved_in(tmp_path_factory.mktemp("demo")) as world:
        yield world


@pytest.fixture(scope="module")
def organisation() -> Organisation:
    return read()


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with REGISTRY.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def members(organisation: Organisation, channel: str) -> set[str]:
    """Keys of a channel's people, as the sandbox lets them in."""
    described = next(each for each in organisation.channels if each["name"] == channel)
    named = described.get("members", list(organisation.people))
    return {key for key in named if described.get("shared") or not organisation.people[key].get("external")}


def backlog(organisation: Organisation) -> list[tuple[str, dict[str, Any]]]:
    """Every message that stands there before the newcomer comes, with its channel."""
    return [(str(channel["name"]), message) for channel in organisation.channels for message in channel["messages"]]


# --- people, teams, channels ------------------------------------------------------------------------------------


def test_people_work_in_many_zones_two_are_admins_and_one_is_a_guest(organisation: Organisation) -> None:
    people = organisation.people.values()
    assert 15 <= len(people) <= 20
    assert len({ZoneInfo(person["tz"]).key for person in people}) >= 5
    assert len([person for person in people if person.get("admin")]) == 2
    assert len([person for person in people if person.get("external")]) == 1
    assert not [person for person in people if person.get("admin") and person.get("external")]
    assert len({person["name"] for person in people}) == len({person["email"] for person in people}) == len(people)
    assert all(person["title"] and person["email"].endswith("@example.com") for person in people)


def test_every_team_has_a_lead_of_its_own_a_home_and_more_than_one_person(organisation: Organisation) -> None:
    names = [team["name"] for team in organisation.teams]
    homes = {channel["name"]: channel for channel in organisation.channels}
    size = Counter(person.get("team") for person in organisation.people.values())
    assert len(set(names)) == len(names) >= 6
    assert {TeamKind(team["kind"]) for team in organisation.teams} == {TeamKind.CENTRAL, TeamKind.PRODUCT}
    for team in organisation.teams:
        assert organisation.people[team["lead"]]["team"] == team["name"]
        assert homes[team["channel"]].get("rowbot", True)
        assert not homes[team["channel"]].get("private")
        assert size[team["name"]] >= 2
    assert all(person["team"] in names for person in organisation.people.values() if not person.get("external"))


def test_there_is_a_channel_of_every_kind_and_a_newcomer_arrives_where_work_is_announced(
    organisation: Organisation,
) -> None:
    channels = {channel["name"]: channel for channel in organisation.channels}
    assert len(channels) == len(organisation.channels)
    assert organisation.channels[0]["name"] == "ml-initiatives"
    assert {"ml-platform", "random", "search-ml", "ads-ml"} <= channels.keys()
    assert [name for name, channel in channels.items() if not channel.get("rowbot", True)] == ["random"]
    assert [name for name, channel in channels.items() if channel.get("private")] == ["pricing-rework"]
    shared = [name for name, channel in channels.items() if channel.get("shared")]
    guests = {key for key, person in organisation.people.items() if person.get("external")}
    assert len(shared) == 1
    assert guests <= members(organisation, shared[0])
    assert all(channel["topic"] for channel in organisation.channels)
    assert all(set(channel.get("members", ())) <= organisation.people.keys() for channel in organisation.channels)


# --- the backlog ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("now", WEEK)
def test_the_backlog_is_of_the_last_days_in_its_order_and_said_by_people_who_are_in_the_channel(
    organisation: Organisation, now: datetime
) -> None:
    moments = organisation.moments(now)
    for channel in organisation.channels:
        said = channel["messages"]
        assert FEWEST <= len(said) <= MOST, channel["name"]
        texts = [message["text"] for message in said]
        told = [moment for moment in moments if moment.details.get("text") in texts]
        assert [moment.details["text"] for moment in told] == texts, channel["name"]
        assert now - timedelta(days=DAYS) <= told[0].at <= told[-1].at < now
        assert len({moment.at for moment in told}) == len(told)
        assert {message["by"] for message in said} <= members(organisation, channel["name"])
        assert len({message["by"] for message in said}) >= 2


def test_the_first_channel_can_be_read_at_a_glance(organisation: Organisation) -> None:
    said = [message["text"] for message in organisation.channels[0]["messages"]]
    assert sum(map(len, said)) < 1_300
    assert "Rowbot" in said[-1]


@pytest.mark.parametrize("now", WEEK)
def test_the_past_is_five_weeks_long_on_working_days_and_speaks_only_of_what_was_said_before(
    organisation: Organisation, now: datetime
) -> None:
    names: dict[str, str] = {}
    told = [moment for moment in organisation.moments(now) if "do" in moment.details]
    assert len(told) == len(organisation.past), "nothing of the script lies in the future"
    assert timedelta(days=31) < now - told[0].at < timedelta(days=38)
    for moment in told:
        local = moment.at.astimezone(ZoneInfo(organisation.people[moment.who]["tz"]))
        assert local.weekday() < 5
        assert 8 <= local.hour < 20
        for key in ("to", "about"):
            if isinstance(moment.details.get(key), str):
                assert moment.who in members(organisation, names[moment.details[key]]), moment.details
        if moment.verb == "say":
            assert moment.who in members(organisation, moment.details["in"])
            names[moment.details["name"]] = moment.details["in"]


def test_announcements_of_the_past_are_heard_as_what_they_are(organisation: Organisation) -> None:
    accepted = {moment["about"] for moment in organisation.past if moment["do"] == "accept"}
    found: Counter[Kind] = Counter()
    for moment in organisation.past:
        if moment["do"] == "say":
            kind = detect(moment["text"]).kind
            found[kind] += 1
            assert (kind is Kind.UNSURE) == (moment["name"] in accepted), moment["text"]
        elif moment["do"] == "reply":
            assert detect(moment["text"]).kind is Kind.NONE, moment["text"]
    assert found[Kind.SURE] >= 10
    assert found[Kind.MARKED] >= 5
    assert found[Kind.UNSURE] == 1
    assert found[Kind.NONE] == 1


def test_the_second_opinion_changes_nothing_of_the_story(organisation: Organisation) -> None:
    likeness = Likeness.of(Embedder.load())
    assert likeness is not None
    texts = [moment["text"] for moment in organisation.past if moment["do"] in ("say", "reply")]
    texts += [message["text"] for _, message in backlog(organisation)]
    texts += [suggestion["text"] for suggestion in organisation.suggestions]
    for text in texts:
        assert kind_of(text, likeness) is detect(text).kind, text


def test_the_registry_grows_older_with_the_present_by_whole_weeks(rows: list[dict[str, str]]) -> None:
    assert registry_as_of(NOW.date()) == registry_as_of(date(2026, 11, 28)) == REGISTRY.read_text(encoding="utf-8")
    later = list(csv.DictReader(registry_as_of(date(2027, 11, 22)).splitlines()))
    for row, moved in zip(rows, later, strict=True):
        assert {**moved, "started_on": ""} == {**row, "started_on": ""}
        if len(row["started_on"]) == 10:
            assert date.fromisoformat(moved["started_on"]) - date.fromisoformat(row["started_on"]) == timedelta(
                weeks=52
            )
        else:
            assert len(moved["started_on"]) == 7
    assert registry_as_of(date(2025, 1, 6)).count("2026-") == 0


def test_a_working_day_back_is_never_on_a_weekend() -> None:
    monday = date(2026, 11, 23)
    assert working_day(monday, 0) == monday
    assert working_day(monday, 1) == date(2026, 11, 20)
    assert working_day(date(2026, 11, 22), 1) == date(2026, 11, 20)
    assert working_day(monday, 25) == date(2026, 10, 19)


def test_nothing_of_the_backlog_looks_like_an_announcement_that_rowbot_missed(organisation: Organisation) -> None:
    for channel, message in backlog(organisation):
        assert detect(message["text"]).kind is Kind.NONE, (channel, message["text"])


def test_the_backlog_promises_nothing_of_rowbot(organisation: Organisation) -> None:
    texts = [message["text"] for _, message in backlog(organisation)]
    texts += [moment["text"] for moment in organisation.past if "text" in moment and moment["do"] != "type"]
    about_rowbot = [text for text in texts if "rowbot" in text.lower()]
    assert len(about_rowbot) == 3
    assert not [text for text in about_rowbot if PROMISES.search(text)]
    assert not [text for text in about_rowbot if "/rowbot" in text]


def test_texts_are_slack_markup_and_lead_nowhere_but_to_the_example_wiki(organisation: Organisation) -> None:
    texts = [message["text"] for _, message in backlog(organisation)] + [
        hint["text"] for hint in organisation.suggestions
    ]
    texts += [moment["text"] for moment in organisation.past if "text" in moment]
    for text in texts:
        outside = re.sub(r"<https://wiki\.example\.com/[^<>|]*(?:\|[^<>]*)?>", "", text)
        assert not re.search(r"[<>]|https?:|&(?!amp;|lt;|gt;)|\*\*|@[a-z]", outside), text


# --- the registry -----------------------------------------------------------------------------------------------


def test_every_row_of_the_registry_is_taken_without_a_word(world: World, rows: list[dict[str, str]]) -> None:
    result = world.imported
    assert (result.new, result.left_out, result.refusal, result.ignored) == (len(rows), 0, "", ())
    assert len(rows) >= 44
    assert len(result.capabilities) <= 1


def test_the_registry_has_several_of_every_status_four_legacy_systems_and_one_private_entry(
    world: World, rows: list[dict[str, str]]
) -> None:
    counts = Counter(Status(row["status"]) for row in rows)
    assert set(counts) == set(Status)
    assert min(counts.values()) >= 3
    assert [row["id"] for row in rows if row["legacy"] == "yes"] == ["OW-103", "OW-105", "OW-125", "OW-150"]
    assert [row["id"] for row in rows if row["visibility"] == "private"] == ["OW-123"]
    assert len({key for row in rows for key in row["capabilities"].split(";")}) >= 20
    assert min(Counter(row["team"] for row in rows).values()) >= 5
    everybody = world.db.read_now(
        Scope("T1", EVERYBODY), lambda uow: {row.title for row in uow.initiatives.named(range(1, 100)).values()}
    )
    assert {row["title"] for row in rows} - everybody == {"Fees by category"}


def test_every_lead_and_team_of_the_registry_works_here(organisation: Organisation, rows: list[dict[str, str]]) -> None:
    at = {person["email"]: person for person in organisation.people.values()}
    for row in rows:
        assert at[row["lead"]]["team"] == row["team"], row["id"]
    assert {row["team"] for row in rows} == {team["name"] for team in organisation.teams}
    assert len({at[row["lead"]]["tz"] for row in rows}) >= 4


def test_work_of_the_registry_began_before_rowbot_came(rows: list[dict[str, str]]) -> None:
    recent = [row["started_on"] for row in rows if row["started_on"] >= "2024-11"]
    assert len(recent) >= 40, "most of it in the last two years"
    assert max(recent) < "2026-10-19"


def test_rows_are_told_in_one_to_three_sentences_and_what_was_stopped_has_its_lesson(
    rows: list[dict[str, str]],
) -> None:
    for row in rows:
        assert 1 <= len(re.findall(r"[.?!](?:\s|$)", row["summary"])) <= 3, row["id"]
        assert row["lesson"] or row["status"] != "abandoned", row["id"]
        assert not row["url"] or row["url"].startswith("https://wiki.example.com/")
    assert len({row["title"].casefold() for row in rows}) == len({row["id"] for row in rows}) == len(rows)


# --- what a newcomer may try ------------------------------------------------------------------------------------


def test_every_card_is_said_by_somebody_who_may_speak_there_and_rowbot_listens(organisation: Organisation) -> None:
    keys = {person["name"]: key for key, person in organisation.people.items()}
    channels = {channel["name"]: channel for channel in organisation.channels}
    assert len(organisation.suggestions) == 6
    for card in organisation.suggestions:
        assert set(card) == {"title", "as", "channel", "text", "shows"}
        assert keys[card["as"]] in members(organisation, card["channel"])
        assert channels[card["channel"]].get("rowbot", True)
        assert not channels[card["channel"]].get("shared")
    assert organisation.suggestions[TWIN]["as"] == next(iter(organisation.people.values()))["name"]
    assert organisation.suggestions[TWIN]["channel"] == organisation.channels[0]["name"]


def test_nobody_is_warned_of_their_own_work(organisation: Organisation, rows: list[dict[str, str]]) -> None:
    lead = {row["title"]: row["lead"] for row in rows}
    address = {person["name"]: person["email"] for person in organisation.people.values()}
    for number, named in NAMED.items():
        assert named is None or lead[named[0]] != address[organisation.suggestions[number]["as"]]


@pytest.mark.parametrize("number", [TWIN, ABANDONED, SHIPPED, LEGACY])
def test_a_card_is_heard_and_the_entry_it_is_about_is_named_first(
    world: World, organisation: Organisation, number: int
) -> None:
    text = organisation.suggestions[number]["text"]
    assert detect(text).kind is (Kind.MARKED if number == LEGACY else Kind.SURE)
    first = world.named_after(text)[0]
    assert (first.title, first.status, first.legacy) == NAMED[number]
    assert first.lesson or first.status is not Status.ABANDONED


def test_the_twin_is_found_without_its_name(organisation: Organisation) -> None:
    assert not re.search(r"feature|store|auction", organisation.suggestions[TWIN]["text"], re.IGNORECASE)


def test_what_is_really_new_names_nothing(world: World, organisation: Organisation) -> None:
    text = organisation.suggestions[NEW]["text"]
    assert detect(text).kind is Kind.SURE
    assert world.named_after(text) == []


def test_talk_about_models_is_met_with_silence(organisation: Organisation) -> None:
    assert detect(organisation.suggestions[CHATTER]["text"]).kind is Kind.NONE


def test_who_tries_one_card_after_the_other_sees_what_each_says(tmp_path: Path, organisation: Organisation) -> None:
    with _moved_in(tmp_path) as world:
        for number, named in NAMED.items():
            text = organisation.suggestions[number]["text"]
            assert [row.title for row in world.named_after(text)][:1] == ([named[0]] if named else [])
            world.register(text)
