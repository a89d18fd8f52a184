"""The worker against a Slack that misbehaves, over real HTTP: everything arrives, nothing twice."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery import outbox as front
from bot.delivery import retry
from bot.delivery import sender as sender_module
from bot.delivery.sender import HistoryUnreadable, Sender, TooLate
from bot.delivery.worker import Worker
from bot.sandbox import Fault, Sandbox
from bot.slack import blocks as b
from storage import outbox
from storage.database import Database
from storage.outbox import OutboxRow, OutboxState, OutboxVerb
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import ROOT, Team

LEASE: Final = timedelta(seconds=6)
HTTP_TIMEOUT: Final = timedelta(seconds=1)
PATIENCE: Final = 30.0


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Post:
    """A store, a worker on it, and hands to put messages in."""

    db: Database
    slack: Sandbox
    team: Team
    scope: Scope
    session: aiohttp.ClientSession
    workers: list[tuple[Worker, asyncio.Task[None]]]

    def worker(self, *, lease: timedelta = LEASE) -> Worker:
        """One more worker, at work."""
        client = AsyncWebClient(
            token=self.slack.bot_token, base_url=self.slack.api_url, session=self.session, retry_handlers=[]
        )
        worker = Worker(
            self.db, Sender(client), clock=now, lease=lease, http_timeout=HTTP_TIMEOUT, poll=timedelta(milliseconds=50)
        )
        self.workers.append((worker, asyncio.create_task(worker.run())))
        return worker

    async def put(self, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Put something into the outbox."""
        return await self.db.write(self.scope, act, *args, now=now(), **kwargs)

    async def post(self, text: str, *, key: str = "", channel: str = "", **other: Any) -> None:
        message = b.Message(text, [b.section(text)])
        await self.put(front.post, message, key=key or text, channel_id=channel or self.team.channel, **other)

    def texts(self) -> list[str]:
        """What the bot said in the channel, oldest first."""
        return [
            message["text"]
            for message in self.slack.messages(self.team.channel)
            if message.get("user") == self.slack.bot_user_id
        ]

    async def row(self, key: str) -> OutboxRow:
        found = await self.db.read(self.scope, lambda uow: uow.outbox.get(f"{self.scope.workspace_id}:{key}"))
        assert found is not None
        return found

    async def settled(self, *keys: str) -> list[OutboxState]:
        """The states of these messages once all have come to an end."""
        for _ in range(int(PATIENCE / 0.05)):
            rows = [await self.row(key) for key in keys]
            if all(row.state in (OutboxState.SENT, OutboxState.DEAD) for row in rows):
                return [row.state for row in rows]
            await asyncio.sleep(0.05)
        raise TimeoutError([(row.key, row.state, row.error) for row in rows])


@pytest.fixture
async def desk(db: Database, slack: Sandbox, team: Team, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Post]:
    """A post office without workers, whose calls end within a second: so a message may be given up for lost after two."""
    monkeypatch.setattr(retry, "DOUBT", HTTP_TIMEOUT * 2)
    monkeypatch.setattr(retry, "FIRST_LOOK", HTTP_TIMEOUT / 4)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=HTTP_TIMEOUT.total_seconds())) as session:
        desk = Post(db, slack, team, Scope(slack.team_id), session, [])
        yield desk
        for worker, task in desk.workers:
            await worker.stop(timedelta(seconds=5))
            await task


@pytest.mark.parametrize(
    "fault",
    [Fault.ACCEPT_THEN_DROP, Fault.ACCEPT_THEN_500, Fault.ACCEPT_THEN_HANG, Fault.ACCEPT_THEN_MALFORMED, Fault.DROP, Fault.HANG, Fault.ERROR_500,
     Fault.ERROR_503, Fault.MALFORMED, Fault.RATE_LIMIT, Fault.SLOW],
)  # fmt: skip
async def test_a_post_arrives_once_whatever_becomes_of_its_answer(desk: Post, fault: Fault) -> None:
    desk.slack.faults.on("chat.postMessage", fault, seconds=0.3 if fault is Fault.SLOW else 3)
    desk.worker()
    for text in ("one", "two"):
        await desk.post(text)
    assert await desk.settled("one", "two") == [OutboxState.SENT, OutboxState.SENT]
    assert desk.texts() == ["one", "two"]
    calls = desk.slack.calls("chat.postMessage")
    assert sum(call.accepted for call in calls) == 2


async def test_a_lost_answer_is_found_in_the_thread_and_its_update_goes_to_the_right_message(desk: Post) -> None:
    parent = await desk.slack.say(desk.team.ana, desk.team.channel, "hello", deliver=False)
    desk.slack.faults.on("chat.postMessage", Fault.ACCEPT_THEN_DROP)
    desk.worker()
    await desk.post("reply", thread_ts=parent)
    await desk.settled("reply")
    assert await desk.put(front.redraw, b.Message("redrawn"), key="reply", version=1)
    await desk.settled("reply", "reply:v1")
    assert [message["text"] for message in desk.slack.thread(desk.team.channel, parent)] == ["redrawn"]
    assert len(desk.slack.calls("conversations.replies")) >= 1


async def test_slacks_wait_is_obeyed_to_the_second(desk: Post) -> None:
    desk.slack.faults.on("chat.postMessage", Fault.RATE_LIMIT, retry_after=2)
    desk.worker()
    await desk.post("patient")
    await desk.settled("patient")
    first, second = desk.slack.calls("chat.postMessage")
    assert second.at - first.at >= 2


async def test_posts_into_one_channel_leave_a_second_apart_and_reactions_do_not_wait(desk: Post) -> None:
    said = await desk.slack.say(desk.team.ana, desk.team.channel, "hello", deliver=False)
    desk.worker()
    for text in ("one", "two", "three"):
        await desk.post(text)
    for emoji in ("eyes", "rowboat"):
        await desk.put(front.react, emoji, key=emoji, channel_id=desk.team.channel, ts=said)
    await desk.settled("one", "two", "three", "eyes", "rowboat")
    posts = [call.at for call in desk.slack.calls("chat.postMessage")]
    assert [later - earlier >= 1.0 for earlier, later in pairwise(posts)] == [True, True]
    assert desk.texts() == ["one", "two", "three"]


async def test_a_layout_that_slack_refuses_goes_out_as_words(desk: Post) -> None:
    desk.slack.faults.on("chat.postMessage", Fault.REFUSE, code="invalid_blocks")
    desk.worker()
    await desk.post("words")
    assert await desk.settled("words") == [OutboxState.SENT]
    assert desk.texts() == ["words"]
    assert desk.slack.calls("chat.postMessage")[-1].arguments["blocks"] == []


async def test_where_the_bot_is_no_member_the_alternative_is_said_to_the_person(desk: Post) -> None:
    foreign = desk.slack.add_channel("foreign", members=[desk.team.ben])
    desk.worker()

    def put(uow: UnitOfWork, *, now: datetime) -> None:
        otherwise = front.row_for(
            uow,
            OutboxVerb.POST,
            key="instead",
            target=desk.team.ana,
            body=front.body_of(b.Message("not there")),
            now=now,
        )
        front.post(uow, b.Message("there"), key="foreign", channel_id=foreign, now=now, otherwise=otherwise)

    await desk.put(put)
    assert await desk.settled("foreign") == [OutboxState.DEAD]
    assert await desk.settled("instead") == [OutboxState.SENT]
    assert [message["text"] for message in desk.slack.direct_messages(desk.team.ana)] == ["not there"]
    assert "not a member" in (await desk.row("foreign")).error


@pytest.mark.parametrize("verb", ["update", "react", "unreact", "whisper"])
async def test_what_may_be_repeated_is_repeated_until_it_is_so(desk: Post, verb: str) -> None:
    said = await desk.slack.say(desk.team.ana, desk.team.channel, "hello", deliver=False)
    method = {
        "update": "chat.update",
        "react": "reactions.add",
        "unreact": "reactions.remove",
        "whisper": "chat.postEphemeral",
    }[verb]
    desk.worker()
    await desk.post("base")
    await desk.put(front.react, "eyes", key="eyes", channel_id=desk.team.channel, ts=said)
    await desk.settled("base", "eyes")
    desk.slack.faults.on(method, Fault.ACCEPT_THEN_DROP)
    desk.slack.faults.on(method, Fault.ERROR_500)
    where = {"channel_id": desk.team.channel}
    if verb == "update":
        await desk.put(front.redraw, b.Message("base, redrawn"), key="base", version=1)
    elif verb == "whisper":
        await desk.put(front.whisper, b.Message("psst"), key="act", person_id=desk.team.ana, **where)
    else:
        await desk.put(
            front.react, "rowboat" if verb == "react" else "eyes", key="act", ts=said, remove=verb == "unreact", **where
        )
    assert await desk.settled("base:v1" if verb == "update" else "act") == [OutboxState.SENT]
    message = desk.slack.message(desk.team.channel, said) or {}
    names = {reaction["name"] for reaction in message.get("reactions", [])}
    assert {
        "update": lambda: desk.texts() == ["base, redrawn"],
        "react": lambda: names == {"eyes", "rowboat"},
        "unreact": lambda: not names,
        "whisper": lambda: (
            len(desk.slack.ephemerals(desk.team.ana)) == 2
        ),  # the one verb that may double; see the outbox
    }[verb]()


async def test_a_message_whose_history_cannot_be_read_waits_and_is_not_posted_again(desk: Post) -> None:
    desk.slack.faults.on("chat.postMessage", Fault.ACCEPT_THEN_DROP)
    desk.slack.faults.on("conversations.history", Fault.REFUSE, code="missing_scope", times=1)
    desk.worker()
    await desk.post("once")
    assert await desk.settled("once") == [OutboxState.SENT]
    assert desk.texts() == ["once"]
    assert len(desk.slack.calls("conversations.history")) == 2


async def test_a_history_that_does_not_end_proves_nothing(desk: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender_module, "PAGES", 2)
    sender = Sender(
        AsyncWebClient(token=desk.slack.bot_token, base_url=desk.slack.api_url, session=desk.session, retry_handlers=[])
    )
    for number in range(405):
        await desk.slack.say(desk.team.ana, desk.team.channel, str(number), deliver=False)
    row = OutboxRow(
        workspace_id="T",
        key="T:k",
        lane="T:C",
        verb=OutboxVerb.POST,
        target=desk.team.channel,
        not_before=now(),
        created_at=now() - timedelta(hours=1),
    )
    with pytest.raises(HistoryUnreadable):
        await sender.look_for(row)


async def test_a_claim_older_than_its_lease_allows_is_not_sent(desk: Post) -> None:
    """As after SIGSTOP: the process wakes up with a claim whose lease another one may have by now."""
    asked: list[bool] = []
    sender = Sender(
        AsyncWebClient(token=desk.slack.bot_token, base_url=desk.slack.api_url, session=desk.session, retry_handlers=[])
    )
    desk.slack.faults.on("chat.postMessage", Fault.REFUSE, code="invalid_blocks")
    await desk.post("late")
    claims = await desk.db.write(
        Scope(""), lambda uow: outbox.claim(uow.session, owner="p", now=now(), lease=LEASE, limit=1)
    )

    def in_time() -> bool:
        asked.append(True)
        return len(asked) < 2

    with pytest.raises(TooLate):
        await sender.send(claims[0], in_time=in_time)
    assert len(desk.slack.calls("chat.postMessage")) == 1
    assert desk.texts() == []


async def test_a_worker_that_cannot_send_in_time_leaves_the_message_to_the_next(desk: Post) -> None:
    sleepy = desk.worker(lease=HTTP_TIMEOUT)
    sleepy._lease = HTTP_TIMEOUT - timedelta(milliseconds=1)
    await desk.post("left")
    await asyncio.sleep(0.5)
    assert desk.slack.calls("chat.postMessage") == []
    await sleepy.stop(timedelta(seconds=1))
    desk.worker()
    assert await desk.settled("left") == [OutboxState.SENT]
    assert desk.texts() == ["left"]


async def test_two_workers_carry_one_lane_in_order_and_nothing_twice(desk: Post) -> None:
    said = await desk.slack.say(desk.team.ana, desk.team.channel, "hello", deliver=False)
    for _ in range(2):
        desk.worker()
    emojis = ("eyes", "rowboat", "wave", "anchor", "fish", "whale", "crab", "shell")
    for emoji in emojis:
        await desk.put(front.react, emoji, key=emoji, channel_id=desk.team.channel, ts=said)
    await desk.settled(*emojis)
    assert [call.arguments["name"] for call in desk.slack.calls("reactions.add")] == list(emojis)


async def test_a_stop_ends_what_is_under_way_and_frees_the_lanes(desk: Post) -> None:
    desk.slack.faults.on("chat.postMessage", Fault.SLOW, seconds=0.5)
    worker = desk.worker()
    await desk.post("slow")
    await desk.post("later")
    await desk.slack.wait_for(lambda: worker._flights)
    await worker.stop(timedelta(seconds=5))
    assert (await desk.row("slow")).state is OutboxState.SENT
    assert (await desk.row("later")).state is OutboxState.PENDING
    assert await desk.db.read(Scope(""), lambda uow: outbox.holders(uow.session, now=now())) == []


async def test_a_stop_that_may_not_wait_leaves_the_lane_leased(desk: Post) -> None:
    desk.slack.faults.on("chat.postMessage", Fault.SLOW, seconds=0.8)
    worker = desk.worker()
    await desk.post("slow")
    await desk.slack.wait_for(lambda: worker._flights)
    await worker.stop(timedelta())
    assert await desk.db.read(Scope(""), lambda uow: outbox.holders(uow.session, now=now())) == [worker.owner]
    assert await desk.settled("slow") == [OutboxState.SENT]


_HOLD: Final = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from bot.delivery.worker import Worker
from storage import outbox
from storage.database import Database
from storage.unit_of_work import Scope

async def hold():
    db = Database(sys.argv[1])
    worker = Worker(db, None, clock=lambda: datetime.now(UTC), lease=timedelta(hours=1), http_timeout=timedelta(seconds=1))
    now = datetime.now(UTC)
    claims = await db.write(Scope(""), lambda uow: outbox.claim(uow.session, owner=worker.owner, now=now, lease=timedelta(hours=1), limit=5))
    print(len(claims), flush=True)
    await asyncio.sleep(3600)

asyncio.run(hold())
"""


async def test_lanes_of_a_killed_process_are_taken_over_without_waiting_for_its_lease(desk: Post) -> None:
    await desk.post("orphan")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _HOLD,
        desk.db.url,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "."},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"1\n"
    desk.worker()
    await asyncio.sleep(0.5)
    assert (await desk.row("orphan")).state is OutboxState.SENDING
    process.send_signal(signal.SIGKILL)
    await process.wait()
    assert await desk.settled("orphan") == [OutboxState.SENT]
    assert desk.texts() == ["orphan"]


async def test_a_worker_survives_what_nobody_expected(desk: Post) -> None:
    worker = desk.worker()
    take_over = worker._take_over_the_dead
    stumbled: list[bool] = []

    async def stumble() -> None:
        if not stumbled:
            stumbled.append(True)
            raise KeyError("unexpected")
        await take_over()

    worker._take_over_the_dead = stumble  # type: ignore[method-assign]  # the fault is put in by hand
    await desk.slack.wait_for(lambda: stumbled)
    await desk.post("still here")
    assert await desk.settled("still here") == [OutboxState.SENT]
