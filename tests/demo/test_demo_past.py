"""The demo's past, played through the bot as a first start does: nothing is left out, and what comes of it is what a newcomer should find."""

import asyncio
import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlmodel import SQLModel, select

from bot import clock
from bot.demo.organisation import Organisation, read, registry_as_of
from bot.demo.run import Demo
from bot.features.announcements.reading import read as read_announcement
from bot.features.capabilities import service as capabilities
from bot.features.matching import service as matching
from bot.features.matching.matcher import Matcher, Probe
from bot.sandbox.workspace import Workspace
from storage.announcements import Announcement
from storage.channels import Channel
from storage.database import Database
from storage.digests import Digest
from storage.initiatives import Initiative, Status, StatusChange
from storage.outbox import OutboxRow, OutboxState
from storage.overlaps import Feedback, Verb
from storage.people import Person
from storage.repository import EVERYBODY, MACHINE
from storage.rounds import Answer, Prompt, PromptState, Pulse, Round, RoundState
from storage.syncs import Sync
from storage.teams import Team
from storage.unit_of_work import Scope, UnitOfWork
from tests.demo_past import PlayedPast, demo_in, open_and_close
from tests.world import everything

# The past is played first; a busy machine takes its time.
pytestmark = pytest.mark.timeout(400)

#: What the cards name first: title and status; None for nothing at all. The last card is chatter.
CARDS: Final = (("Feature store for the auction", Status.ACTIVE), ("Active learning for listing photos", Status.ABANDONED), ("Drift watch", Status.SHIPPED),
                ("Night scorer", Status.ACTIVE), None)  # fmt: skip
PRIVATE: Final = ("Fees by category", "Simulator of what happens to sellers")


@dataclass
class Played:
    """What is there after a first start: the workspace as people see it, and the registry."""

    missed: list[str]
    progress: list[float]
    demo: Demo
    organisation: Organisation
    db: Database
    scope: Scope

    @property
    def workspace(self) -> Workspace:
        return self.demo.sandbox.workspace

    def rows(self, table: type[SQLModel]) -> list[Any]:
        return self.db.read_now(self.scope, lambda uow: list(uow.session.exec(select(table)).all()))

    def said(self, channel_id: str) -> str:
        drawn = [
            self.demo.sandbox.drawing.draw(message, metadata=False) for message in self.workspace.timelines[channel_id]
        ]
        return "\n".join(everything(message) for message in drawn)


@pytest.fixture(scope="module")
def played(played_past: PlayedPast) -> Iterator[Played]:
    """For looking only."""
    demo = played_past.demo
    db = Database(f"sqlite:///{played_past.folder / 'rowbot.db'}")
    yield Played(demo.missed, played_past.progress, demo, read(), db, Scope(demo.sandbox.team_id, MACHINE))
    db.close()


# --- playing ----------------------------------------------------------------------------------------------------


def test_the_past_is_played_without_a_gap(played: Played) -> None:
    assert played.missed == []
    assert played.progress[0] == 0
    assert played.progress[-1] == 1
    assert played.progress == sorted(played.progress)


def test_everything_that_rowbot_said_has_arrived(played: Played) -> None:
    rows = played.rows(OutboxRow)
    assert len(rows) > 100
    assert [(row.key, row.error) for row in rows if row.state is not OutboxState.SENT] == []


def test_it_is_now_again_and_no_message_is_of_the_future_or_out_of_order(played: Played) -> None:
    assert clock.now.offset == timedelta()
    assert played.demo.sandbox.clock.offset == 0
    now = datetime.now(UTC).timestamp()
    for timeline in played.workspace.timelines.values():
        stamps = [float(message.ts) for message in timeline]
        assert stamps == sorted(set(stamps))
        assert all(now - 40 * 86400 < stamp < now for stamp in stamps)
        for message in timeline:
            assert not message.is_reply or float(message.ts) > float(message.thread_ts)
    first = min(float(message.ts) for timeline in played.workspace.timelines.values() for message in timeline)
    assert now - first > 30 * 86400


def test_limits_hold_again_and_the_inspector_begins_empty(played: Played) -> None:
    assert played.demo.sandbox.rate_limits.enabled
    assert not [
        call for call in played.demo.sandbox.calls() if call.at < (datetime.now(UTC) - timedelta(days=1)).timestamp()
    ]


# --- what is there ----------------------------------------------------------------------------------------------


def test_there_are_six_teams_in_four_zones_and_forty_initiatives_in_every_status(played: Played) -> None:
    standing = [row for row in played.rows(Initiative) if row.withdrawn_at is None]
    assert len(standing) >= 60
    counts = Counter(row.status for row in standing)
    assert set(counts) == set(Status)
    assert min(counts.values()) >= 3
    assert sum(row.legacy for row in standing) == 4
    teams = Counter(row.team_id for row in standing)
    assert len(teams) == len(played.rows(Team)) == 6
    assert min(teams.values()) >= 7
    zones = {person.id: person.zone for person in played.rows(Person)}
    assert len({zones[row.lead_id] for row in standing}) >= 4
    assert all(row.lesson for row in standing if row.status is Status.ABANDONED)


def test_imported_work_is_as_old_as_the_file_says_today(played: Played) -> None:
    said = {
        row["id"]: row["started_on"] for row in csv.DictReader(registry_as_of(datetime.now(UTC).date()).splitlines())
    }
    kept = {row.external_id: row.started_on for row in played.rows(Initiative) if row.external_id}
    assert kept.keys() == said.keys()
    assert {key: str(day)[: len(said[key])] for key, day in kept.items()} == said


def test_rowbot_knows_in_which_channels_it_is(played: Played) -> None:
    inside = {
        channel.id
        for channel in played.workspace.channels.values()
        if played.demo.sandbox.bot_user_id in channel.members and not channel.is_direct
    }
    assert {row.id for row in played.rows(Channel) if row.is_member} == inside


def test_people_announced_moved_and_ended_work_all_along(played: Played) -> None:
    week = Counter((datetime.now(UTC) - row.created_at).days // 7 for row in played.rows(Announcement))
    assert set(week) >= {0, 1, 2, 3, 4}
    assert sum(week.values()) >= 20
    changes = played.rows(StatusChange)
    assert {change.after for change in changes} >= {
        Status.ACTIVE,
        Status.SHIPPED,
        Status.ABANDONED,
        Status.MERGED,
        Status.PAUSED,
    }
    assert len([row for row in played.rows(Initiative) if row.withdrawn_at is not None]) == 1


def test_overlaps_are_under_way(played: Played) -> None:
    verbs = Counter(feedback.verb for feedback in played.rows(Feedback) if feedback.undone_at is None)
    assert verbs[Verb.JOIN] >= 3
    assert verbs[Verb.SYNC] >= 4
    assert verbs[Verb.DIFFER] >= 3
    assert verbs[Verb.NOT_RELATED] == 1
    assert verbs[Verb.INTRODUCE] == 1


def test_a_month_of_check_ins_lies_behind(played: Played) -> None:
    assert len(played.rows(Sync)) == 5
    closed = [turn for turn in played.rows(Round) if turn.state is RoundState.CLOSED]
    assert len(closed) >= sum(map(len, played.organisation.check_ins.values()))
    assert max(datetime.now(UTC) - turn.opened_at for turn in closed) > timedelta(days=28)
    written = sum(
        not said.get("skips")
        for rounds in played.organisation.check_ins.values()
        for turn in rounds
        for said in turn.values()
    )
    answers = played.rows(Answer)
    assert len(answers) == written
    assert {answer.pulse for answer in answers} >= {Pulse.ON_TRACK, Pulse.AT_RISK, Pulse.BLOCKED}
    assert len({answer.waiting_team_id for answer in answers}) >= 3
    assert sum(bool(answer.helped_by) for answer in answers) >= 5
    states = Counter(prompt.state for prompt in played.rows(Prompt))
    assert states[PromptState.LATE] == 3
    assert states[PromptState.SKIPPED] == 1
    assert states[PromptState.MISSED] >= 2


def test_a_digest_has_come_every_week(played: Played) -> None:
    (digest,) = played.rows(Digest)
    channel = played.workspace.channel_named("ml-initiatives")
    assert channel is not None
    assert digest.channel_id == channel.id
    posted = [row for row in played.rows(OutboxRow) if row.key.split(":")[1] == "digest" and row.target == channel.id]
    assert len(posted) >= 4
    latest = everything(posted[-1].body)
    assert "new initiative" in latest
    assert "Next check-ins" in latest
    assert all("Credits" in everything(row.body) for row in posted[1:])


def test_private_work_is_spoken_of_to_nobody_else(played: Played) -> None:
    people = played.organisation.people
    inside = {
        person.id
        for person in played.workspace.people.values()
        if person.real_name in {people[key]["name"] for key in ("daniel", "sofia", "tiago", "greta")}
    }
    spoken_of = 0
    for channel in played.workspace.channels.values():
        readers = set(channel.members) - {played.demo.sandbox.bot_user_id}
        found = [title for title in PRIVATE if title in played.said(channel.id)]
        spoken_of += bool(found)
        assert not found or readers <= inside, (channel.name, found)
    assert spoken_of


def test_what_is_older_than_a_day_was_read(played: Played) -> None:
    newcomer = next(person.id for person in played.workspace.people.values() if not person.is_bot)
    unread = [played.workspace.unread(channel, newcomer)[0] for channel in played.workspace.channels.values()]
    assert sum(unread) < 25


# --- what a newcomer may try, in this registry ------------------------------------------------------------------


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher.load("shipped")


@pytest.mark.parametrize("number", range(len(CARDS)))
def test_the_cards_show_what_they_promise_with_five_weeks_behind_them(
    played: Played, matcher: Matcher, number: int
) -> None:
    card = played.organisation.suggestions[number]
    heard = read_announcement(card["text"])
    author = next(person.id for person in played.workspace.people.values() if person.real_name == card["as"])

    def look(uow: UnitOfWork, probe: Probe) -> list[Initiative]:
        matcher.catch_up(uow)
        own = {row.id for row in uow.initiatives.of(author)}
        keys = capabilities.recognise(uow, probe.body, title=probe.title)
        found = matching.find(
            uow, matcher, probe, keys=keys, channel=EVERYBODY, author=EVERYBODY, exclude=own, threshold=None
        )
        return [each.initiative for each in found.channel]

    named = played.db.read_now(played.scope, look, matcher.probe(heard.title, heard.summary))
    assert [(row.title, row.status) for row in named][:1] == ([CARDS[number]] if CARDS[number] else [])


# --- starting, stopping, starting over --------------------------------------------------------------------------

ANNOUNCED: Final = "New initiative: Size from a photo\nEstimate the size of boots from a photo with a coin in it."


@pytest.fixture
def small() -> Organisation:
    """The organisation with one announcement behind it."""
    whole = read()
    moment = {
        "day": 9,
        "at": "10:30",
        "who": "minh",
        "do": "say",
        "in": "ml-initiatives",
        "name": "size",
        "text": ANNOUNCED,
    }
    return replace(
        whole, channels=tuple({**channel, "messages": []} for channel in whole.channels), past=(moment,), check_ins={}
    )


def _announcements(demo: Demo) -> list[Any]:
    channel = demo.sandbox.workspace.channel_named("ml-initiatives")
    assert channel is not None
    return [message for message in demo.sandbox.workspace.timelines[channel.id] if message.text == ANNOUNCED]


async def test_a_second_start_keeps_what_was_played(tmp_path: Path, small: Organisation) -> None:
    await open_and_close(demo_in(tmp_path, small))
    again = demo_in(tmp_path, small)
    assert again.sandbox.was_kept
    await open_and_close(again)
    (announced,) = _announcements(again)
    assert announced.reactions == {"white_check_mark": [again.sandbox.bot_user_id]}


async def test_a_start_that_was_broken_off_is_begun_again(tmp_path: Path, small: Organisation) -> None:
    first = demo_in(tmp_path, small)
    opening = asyncio.create_task(first.open())
    await first.sandbox.wait_for(lambda: first.sandbox.workspace.channels)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    await first.close()
    assert clock.now.offset == timedelta()
    second = demo_in(tmp_path, small)
    assert not second.sandbox.was_kept
    await open_and_close(second)
    assert len(_announcements(second)) == 1
    assert second.missed == []


async def test_starting_over_on_the_page_plays_it_again(tmp_path: Path, small: Organisation) -> None:
    demo = demo_in(tmp_path, small)
    await demo.open()
    try:
        (before,) = _announcements(demo)
        await demo.sandbox.reset()
        (after,) = _announcements(demo)
    finally:
        await demo.close()
    assert demo.missed == []
    assert after.reactions == {"white_check_mark": [demo.sandbox.bot_user_id]}
    assert abs(float(after.ts) - float(before.ts)) < 120
