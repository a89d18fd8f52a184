"""A newcomer moves time on: the bot and everybody else live through it, each thing once and in order."""

import asyncio
import shutil
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlmodel import SQLModel, select

from bot import clock
from bot.demo.organisation import Organisation, read
from bot.demo.others import ANSWERS
from bot.demo.run import Demo
from bot.features.syncs import views as syncs
from bot.sandbox.errors import NotPossibleError
from bot.sandbox.records import Message
from storage.database import Database
from storage.outbox import OutboxRow, OutboxState
from storage.repository import MACHINE
from storage.rounds import Answer, Prompt, PromptState, Round, RoundState
from storage.unit_of_work import Scope
from tests.demo_past import demo_in

# Five weeks are played before the month begins; a busy machine takes its time.
pytestmark = pytest.mark.timeout(400)

MONTH: Final = timedelta(weeks=4)


def _small() -> Organisation:
    """The organisation with one check-in behind it: what takes long to play is left out."""
    whole = read()
    title = "Feature store for the auction"
    past = tuple(one for one in whole.past if "account-features" in one.values() or one.get("title") == title)
    quiet = tuple({**channel, "messages": []} for channel in whole.channels)
    return replace(whole, channels=quiet, past=past, check_ins={title: whole.check_ins[title]})


def _with_check_ins() -> Organisation:
    """The organisation with all its check-ins and what led to them; the talk beside them takes long to play and is left out."""
    whole = read()
    synced = {one["about"] for one in whole.past if one["do"] == "sync"}
    past = tuple(one for one in whole.past if one.get("name") in synced or one["do"] in ("sync", "move"))
    return replace(whole, channels=tuple({**channel, "messages": []} for channel in whole.channels), past=past)


def _newcomer(demo: Demo) -> str:
    return next(person.id for person in demo.sandbox.workspace.people.values() if not person.is_bot)


async def _travel(demo: Demo, step: str, *, others_answer: bool = True) -> dict[str, Any]:
    """Go, and give what the page is told at the end."""
    heard: list[dict[str, Any]] = []
    say = demo.sandbox.stream.say

    def note(data: dict[str, Any], audience: set[str] | None = None) -> None:
        heard.append(data)
        say(data, audience)

    demo.sandbox.stream.say = note  # type: ignore[method-assign]
    demo.sandbox.time_travel.begin(_newcomer(demo), step, others_answer=others_answer)
    with pytest.raises(NotPossibleError, match="already"):
        demo.sandbox.time_travel.begin(_newcomer(demo), step, others_answer=others_answer)
    await demo.sandbox.wait_for(lambda: [one for one in heard if one["type"] == "travelled"], timeout=90)
    demo.sandbox.stream.say = say  # type: ignore[method-assign]
    shares = [one["now"] for one in heard if one["type"] == "clock"]
    assert shares == sorted(shares)
    return heard[-1]


@dataclass
class Lived:
    """A month that was lived through."""

    demo: Demo
    db: Database
    scope: Scope
    newcomer: str
    began: datetime
    arrived: datetime
    #: Of the processor: a busy machine tells nothing about a quiet one.
    seconds: float
    told: dict[str, Any]
    posted: list[Message] = field(default_factory=list)

    def rows(self, table: type[SQLModel]) -> list[Any]:
        return self.db.read_now(self.scope, lambda uow: list(uow.session.exec(select(table)).all()))

    def asked(self) -> list[Prompt]:
        return [row for row in self.rows(Prompt) if row.sent_at is not None and row.sent_at >= self.began]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """For looking only."""
    folder = tmp_path_factory.mktemp("month")
    demo = demo_in(folder, _with_check_ins())
    found: dict[str, Any] = {}

    async def live() -> None:
        await demo.open()
        try:
            began, started = clock.now(), time.process_time()
            told = await _travel(demo, "month")
            found.update(began=began, seconds=time.process_time() - started, told=told, arrived=clock.now())
        finally:
            await demo.close()

    asyncio.run(live())
    db = Database(f"sqlite:///{folder / 'rowbot.db'}")
    scope = Scope(demo.sandbox.team_id, MACHINE)
    posted = [
        message
        for timeline in demo.sandbox.workspace.timelines.values()
        for message in timeline
        if message.user == demo.sandbox.bot_user_id and float(message.ts) > found["began"].timestamp()
    ]
    yield Lived(demo, db, scope, _newcomer(demo), posted=posted, **found)
    db.close()


def test_a_month_takes_less_than_a_minute_and_leads_four_weeks_on(lived: Lived) -> None:
    assert lived.seconds < 60
    assert abs(lived.arrived - lived.began - MONTH) < timedelta(hours=2)
    assert not lived.told["stopped"]
    assert "fault" not in lived.told


def test_every_round_of_the_month_was_held_and_everybody_asked_exactly_once(lived: Lived) -> None:
    opened = [row for row in lived.rows(Round) if row.opened_at >= lived.began]
    assert len(opened) >= 15
    assert max(Counter((row.sync_id, row.on_day) for row in opened).values()) == 1
    asked = lived.asked()
    assert len(asked) >= 30
    assert max(Counter((row.round_id, row.person_id) for row in asked).values()) == 1
    keys = Counter(row.key for row in lived.rows(OutboxRow))
    assert max(keys.values()) == 1
    # On people's screens: one message for each prompt, and one more for each reminder.
    values = Counter(
        element["value"]
        for message in lived.posted
        for block in message.blocks
        for element in block.get("elements", ())
        if element.get("action_id") == syncs.ANSWER
    )
    reminded = {str(row.id) for row in lived.rows(Prompt) if row.reminded_at is not None}
    mine = {str(row.id) for row in asked}
    assert {value for value, count in values.items() if count > 1 and value in mine} <= reminded
    assert max(values.values()) <= 2


def test_everybody_was_asked_at_the_moment_they_were_to_be(lived: Lived) -> None:
    late = [
        row for row in lived.asked() if row.sent_at is not None and abs(row.sent_at - row.due_at) > timedelta(minutes=1)
    ]
    assert late == []


def test_what_was_said_stands_in_the_order_of_time(lived: Lived) -> None:
    for timeline in lived.demo.sandbox.workspace.timelines.values():
        stamps = [float(message.ts) for message in timeline]
        assert stamps == sorted(set(stamps))
        assert not stamps or stamps[-1] <= lived.arrived.timestamp()
    left = [row for row in lived.rows(OutboxRow) if row.state is not OutboxState.SENT]
    assert left == []
    posts = [row for row in lived.rows(OutboxRow) if row.done_at is not None and row.done_at >= lived.began]
    assert all(row.done_at - row.created_at < timedelta(minutes=2) for row in posts)


def test_the_others_answered_and_the_newcomer_did_not(lived: Lived) -> None:
    by_prompt = {row.id: row for row in lived.asked()}
    answers = [row for row in lived.rows(Answer) if row.prompt_id in by_prompt]
    who = {by_prompt[row.prompt_id].person_id for row in answers}
    assert len(answers) >= 20
    assert lived.newcomer not in who
    assert len(who) >= 7
    assert len({row.changed for row in answers}) >= 8
    assert {row.changed for row in answers} <= {str(answer["changed"]) for answer in ANSWERS}
    states = Counter(row.state for row in by_prompt.values())
    assert states[PromptState.ANSWERED] + states[PromptState.LATE] == len(answers)
    assert states[PromptState.MISSED] >= 3


def test_rounds_that_are_over_have_their_summary(lived: Lived) -> None:
    over = [row for row in lived.rows(Round) if row.closes_at < lived.arrived]
    assert {row.state for row in over} == {RoundState.CLOSED}


def test_the_page_is_told_what_happened_in_numbers_and_where_the_news_are(lived: Lived) -> None:
    asked = len(lived.asked())
    assert lived.told["happened"][0] == f"{asked} check-ins asked"
    assert any(line.endswith("answered") for line in lived.told["happened"])
    assert {one["channel"] for one in lived.told["news"]} <= lived.demo.sandbox.workspace.channels.keys()
    assert lived.told["elsewhere"]
    assert all(one["user"] != lived.newcomer for one in lived.told["elsewhere"])


# --- going on afterwards ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def on_monday(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a demo that was closed at the next Monday morning."""
    folder = tmp_path_factory.mktemp("monday")

    async def move() -> None:
        demo = demo_in(folder, _small())
        await demo.open()
        try:
            await _travel(demo, "monday", others_answer=False)
        finally:
            await demo.close()

    asyncio.run(move())
    assert clock.now.offset == timedelta()
    return folder


@pytest.fixture
async def moved(on_monday: Path, tmp_path: Path) -> AsyncIterator[Demo]:
    """A demo at the next Monday morning, opened again after it was closed there."""
    shutil.copytree(on_monday, tmp_path, dirs_exist_ok=True)
    again = demo_in(tmp_path, _small())
    await again.open()
    yield again
    await again.close()


async def test_after_a_restart_the_bot_lives_in_the_moment_of_the_workspace(moved: Demo) -> None:
    sandbox = moved.sandbox
    assert sandbox.clock.offset > 3600
    assert abs(clock.now().timestamp() - sandbox.clock()) < 1
    here = datetime.fromtimestamp(sandbox.clock(), UTC)
    assert here.strftime("%A %H") == "Monday 09"  # the newcomer lives by Lisbon's clock, in winter that of UTC
    channel = sandbox.workspace.channel_named("ml-initiatives")
    assert channel is not None
    ts = await sandbox.say(_newcomer(moved), channel.id, "New initiative: Receipts read by a model")
    await sandbox.wait_for(
        lambda: sandbox.thread(channel.id, ts) or (sandbox.message(channel.id, ts) or {}).get("reactions")
    )


async def test_a_trip_that_is_stopped_stays_where_it_is_and_the_rest_comes_later(moved: Demo) -> None:
    sandbox = moved.sandbox
    trip = sandbox.time_travel.begin(_newcomer(moved), "month", others_answer=True)
    await sandbox.wait_for(lambda: sandbox.clock() > trip.start + 2 * 86400, timeout=30)
    sandbox.time_travel.stop()
    await sandbox.wait_for(lambda: sandbox.time_travel.state()["trip"] is None, timeout=30)
    assert trip.start < sandbox.clock() < trip.end
    assert abs(clock.now().timestamp() - sandbox.clock()) < 1
    stopped_at = sandbox.clock()
    told = await _travel(moved, "week")
    assert told["start"] >= stopped_at
    assert told["happened"]
    await sandbox.reset()
    assert sandbox.clock.offset == 0
    assert clock.now.offset == timedelta()
    assert read().name == sandbox.workspace.name


async def test_a_status_that_ends_on_the_way_is_heard_by_the_bot_before_time_goes_on(moved: Demo) -> None:
    sandbox = moved.sandbox
    ended_at = int(sandbox.clock()) + 3 * 86400
    sandbox.statuses.set(_newcomer(moved), text="Vacationing", emoji=":palm_tree:", until=ended_at)
    sandbox.traffic.clear()
    await _travel(moved, "week")
    (told,) = [
        one for one in sandbox.deliveries("user_change") if one.payload["event"]["user"]["profile"]["status_text"] == ""
    ]
    assert abs(told.at - ended_at) < 60
