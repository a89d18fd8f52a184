"""Files through a Slack that misbehaves: each arrives once, whatever becomes of its three calls."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
import pytest

from bot.delivery import outbox as front
from bot.delivery import retry, sender
from bot.sandbox import Fault, Sandbox
from bot.slack import blocks as b
from storage.database import Database
from storage.outbox import OutboxState, OutboxVerb
from storage.unit_of_work import Scope, UnitOfWork
from tests.delivery.test_delivery_worker import HTTP_TIMEOUT, Post
from tests.world import Team

CONTENT: Final = "\ufefftitle,team\r\nGröße,Search ML\r\n"
ASK: Final = "files.getUploadURLExternal"
SHARE: Final = "files.completeUploadExternal"


@pytest.fixture
async def desk(db: Database, slack: Sandbox, team: Team, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Post]:
    """A post office whose calls end within a second, and that begins again soon."""
    monkeypatch.setattr(retry, "UPLOAD_DOUBT", HTTP_TIMEOUT * 2)
    monkeypatch.setattr(retry, "FIRST_LOOK", HTTP_TIMEOUT / 4)
    monkeypatch.setattr(sender, "UPLOAD_AGAIN", 0.2)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=HTTP_TIMEOUT.total_seconds())) as session:
        desk = Post(db, slack, team, Scope(slack.team_id), session, [])
        yield desk
        for worker, task in desk.workers:
            await worker.stop(timedelta(seconds=5))
            await task


def send(uow: UnitOfWork, key: str, *, now: datetime) -> bool:
    """Put a file in for the person whom the key ends with, and what they hear if it does not go."""
    person = key.partition(" ")[2]
    otherwise = front.row_for(
        uow, OutboxVerb.POST, key=f"{key}:refused", target=person, body=front.body_of(b.Message("no file")), now=now
    )
    return front.upload(
        uow,
        CONTENT,
        stem="rows",
        suffix="csv",
        title="Rows",
        comment="Your rows",
        key=key,
        channel_id=person,
        otherwise=otherwise,
        now=now,
    )


def files(desk: Post) -> list[dict[str, Any]]:
    """The files in the admin's direct messages."""
    return [file for message in desk.slack.direct_messages(desk.team.admin) for file in message.get("files", [])]


async def test_a_file_arrives_with_its_words_and_its_bytes_and_its_name_carries_its_key(desk: Post) -> None:
    desk.worker()
    key = f"one {desk.team.admin}"
    assert await desk.put(send, key)
    assert not await desk.put(send, key)
    assert await desk.settled(key) == [OutboxState.SENT]
    (file,) = files(desk)
    assert desk.slack.workspace.files[file["id"]].content == CONTENT.encode()
    assert file["name"] == f"rows-{sender.opaque(f'{desk.scope.workspace_id}:{key}')[:12]}.csv"
    assert file["title"] == "Rows"
    assert "content" not in (await desk.row(key)).body
    assert [message["text"] for message in desk.slack.direct_messages(desk.team.admin)] == ["Your rows"]


@pytest.mark.parametrize(
    "fault",
    [Fault.ACCEPT_THEN_DROP, Fault.ACCEPT_THEN_500, Fault.ACCEPT_THEN_HANG, Fault.ACCEPT_THEN_MALFORMED, Fault.DROP, Fault.HANG, Fault.ERROR_500,
     Fault.MALFORMED, Fault.RATE_LIMIT],
)  # fmt: skip
async def test_a_file_is_shared_once_whatever_becomes_of_the_answer(desk: Post, fault: Fault) -> None:
    desk.slack.faults.on(SHARE, fault, seconds=3)
    desk.worker()
    keys = [f"{name} {desk.team.admin}" for name in ("one", "two")]
    for key in keys:
        await desk.put(send, key)
    assert await desk.settled(*keys) == [OutboxState.SENT, OutboxState.SENT]
    assert len({file["name"] for file in files(desk)}) == len(files(desk)) == 2


@pytest.mark.parametrize("method", [ASK, "upload"])
@pytest.mark.parametrize("fault", [Fault.ERROR_500, Fault.DROP])
async def test_what_goes_wrong_before_anything_is_seen_is_begun_again_without_doubt(
    desk: Post, method: str, fault: Fault
) -> None:
    desk.slack.faults.on(method, fault, times=2)
    desk.worker()
    key = f"one {desk.team.admin}"
    await desk.put(send, key)
    assert await desk.settled(key) == [OutboxState.SENT]
    assert len(files(desk)) == 1
    assert desk.slack.calls("conversations.history") == []


async def test_bytes_that_slack_does_not_know_yet_are_sent_again(desk: Post) -> None:
    desk.slack.faults.on(SHARE, Fault.REFUSE, code="file_not_found")
    desk.worker()
    key = f"one {desk.team.admin}"
    await desk.put(send, key)
    assert await desk.settled(key) == [OutboxState.SENT]
    assert len(files(desk)) == 1


@pytest.mark.parametrize("method", [ASK, SHARE])
async def test_without_the_permission_the_file_is_given_up_and_the_person_hears_it(desk: Post, method: str) -> None:
    desk.slack.faults.on(method, Fault.REFUSE, code="missing_scope")
    desk.worker()
    key = f"one {desk.team.admin}"
    await desk.put(send, key)
    assert await desk.settled(key) == [OutboxState.DEAD]
    assert await desk.settled(f"{key}:refused") == [OutboxState.SENT]
    assert [message["text"] for message in desk.slack.direct_messages(desk.team.admin)] == ["no file"]
    assert "manifest.yml" in (await desk.row(key)).error
