"""Killed at every point of the way from an event to its answer: nothing is lost, nothing is said twice."""

import subprocess
import sys
from collections.abc import AsyncIterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from sqlmodel import select

from bot.sandbox import Sandbox
from storage.database import Database
from storage.unit_of_work import Scope, UnitOfWork
from storage.workspaces import Workspace
from tests.faults import points
from tests.faults.lives import MANIFEST, ROOT, Announcer, Bot, Template, bring_again, settled

#: A crash here is mended by the same act done again; a test below shows for any unit that it is kept whole or not at all.
NOT_ON_THE_WAY: Final = {
    "bot/features/*/*listeners*": "An event is one unit with its key and its messages, as the announcement is: Slack brings it again until it is committed. "
    "Whoever pressed something is told by Slack that it failed, or the outbox has the rest.",
    "bot/features/*/jobs.py": "A sweep: what it missed is found by its next turn.",
    "bot/features/imports/command.py": "An import is run again and finds what it has put in.",
    "bot/features/imports/undo_command.py": "Taking back is run again and goes on from there: what is done is marked in the same transaction.",
    "bot/slack/directory.py": "What Slack knows is asked again.",
    "bot/slack/bolt.py": "An event that is to be set aside is brought again until it is.",
    "bot/scheduler.py": "A sweep.",
    "bot/doctor.py": "`check` keeps nothing.",
    "bot/demo/*": "The sandbox's own organisation, which can be made anew.",
}
SWEEPS: Final = "bot/features/*/jobs.py"
#: Seconds that a life is given to come to a sweep's point.
SWEEP: Final = 3.0
NO_ANNOUNCEMENT_TAKES: Final = {
    "chat.update": "Repeated until it is accepted; the same words twice are no second message.",
    "conversations.history": "Reads. For messages in no thread; its twin `conversations.replies` is on the way.",
    "conversations.open": "For direct messages; asked twice it gives the same conversation.",
    "files.getUploadURLExternal": "For files; nothing of it can be seen, so it is done again from the start.",
    "files.completeUploadExternal": "For files; in doubt the file is looked for by its name, as a post is by its key.",
    "reactions.remove": "The twin of `reactions.add`, which is on the way.",
}


def test_every_commit_has_a_failpoint_with_a_name_of_its_own() -> None:
    found = points.commits()
    assert len(found) > 30
    assert [commit.where for commit in found if not commit.unit] == []


def test_transactions_end_only_where_failpoints_stand() -> None:
    assert points.functions_that_end_transactions() == {
        "storage/database.py:_write_group", "storage/database.py:_write_postgres", "storage/database.py:_run_in_savepoint",
        "storage/migrate.py:_upgrade", "storage/migrate.py:_advisory_lock",
        "bot/features/matching/index.py:flush",  # the full-text index in memory, which is no store
    }  # fmt: skip


def test_every_call_to_slack_that_delivers_stands_between_two_failpoints() -> None:
    assert points.http_calls() >= 2
    assert points.calls_without_failpoints() == []


def test_a_call_without_a_failpoint_would_be_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "bot" / "delivery"
    folder.mkdir(parents=True)
    (folder / "rogue.py").write_text(
        "async def send(client, db, scope):\n    await client.chat_postMessage(text='x')\n    await db.write(scope, lambda uow: None)\n"
    )
    monkeypatch.setattr(points, "ROOT", tmp_path)
    assert points.calls_without_failpoints() == ["bot/delivery/rogue.py:2"]
    assert [commit.unit for commit in points.commits()] == [""]


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    """A Slack whose minutes last 0.6 seconds."""
    async with Sandbox(MANIFEST, retry_scale=0.01) as sandbox:
        yield sandbox


@pytest.mark.timeout(400)
async def test_killed_at_every_point_each_announcement_is_answered_exactly_once(
    template: Template, slack: Sandbox, database_url: str, tmp_path: Path
) -> None:
    bot, announcer = Bot(template, slack, database_url, tmp_path), Announcer(slack)
    try:
        on_the_way, after_a_crash, at_the_end = await _learn(bot, announcer)
        for number, point in enumerate(on_the_way + after_a_crash):
            if point in after_a_crash:
                assert await bot.start("http:chat.postMessage:after")
                await announcer.announce(announcer.channel(f"before-{number}"))
                assert await bot.died() == -9, point
            if await bot.start(point):
                for alone in (False, True):
                    await announcer.announce(
                        announcer.channel(f"crash-{number}-{alone}".lower()), times=1 + number % 3, alone=alone
                    )
            if _is_of_a_sweep(point):
                # A sweep comes when something is due for it, so not in every life; that life is killed somewhere else then.
                await bot.killed_within(SWEEP)
            else:
                assert await bot.died() == -9, f"{point} was not reached"
        for point in at_the_end:
            assert await bot.start(point)
            assert await bot.stop() == -9, f"{point} was not reached"
        assert await bot.start()
        await bring_again(slack)
        await slack.wait_for(announcer.is_settled, timeout=60)
        await settled(announcer, database_url)
        assert await bot.stop() == 0
        doubled_or_lost = {where: count for where, count in announcer.answers().items() if count != 1}
        assert doubled_or_lost == {}
        _account_for(set(bot.points))
    except BaseException:
        sys.stderr.write(bot.log.read_text()[-20_000:])
        raise
    finally:
        await bot.kill()


@cache
def _places() -> dict[str, set[str]]:
    """The files in which each unit is committed."""
    found: dict[str, set[str]] = {}
    for commit in points.commits():
        found.setdefault(commit.unit, set()).add(commit.where.partition(":")[0])
    return found


def _is_of_a_sweep(point: str) -> bool:
    unit = point.partition(":")[2].rpartition(":")[0]
    places = _places().get(unit, set())
    return bool(places) and all(fnmatch(place, SWEEPS) for place in places)


async def _learn(bot: Bot, announcer: Announcer) -> tuple[list[str], list[str], list[str]]:
    """The points on the way, those that only a life after a crash reaches, and those of a stop."""
    assert await bot.start()
    channel = announcer.channel("first")
    for _ in range(6):
        await announcer.announce(channel, wait=True)
    await announcer.slack.wait_for(announcer.is_settled, timeout=30)
    await settled(announcer, bot.database_url)
    on_the_way = bot.points
    await bot.kill()
    for point in ("http:chat.postMessage:after", ""):
        assert await bot.start(point)
        await announcer.announce(announcer.channel(f"second-{bot.lives}"))
        if point:
            assert await bot.died() == -9
    await announcer.slack.wait_for(announcer.is_settled, timeout=30)
    await settled(announcer, bot.database_url)
    after_a_crash = [point for point in bot.points if point not in on_the_way]
    assert await bot.stop() == 0
    at_the_end = [point for point in bot.points if point not in (*on_the_way, *after_a_crash)]
    assert "commit:hear:before" in on_the_way
    assert "http:conversations.replies:before" in after_a_crash
    assert "commit:release_lanes:before" in at_the_end
    return on_the_way, after_a_crash, at_the_end


def _account_for(reached: set[str]) -> None:
    """Every point of the source was died at above, or is listed with a reason."""
    died_at = {point.rpartition(":")[0] for point in reached}
    unaccounted = [
        commit for commit in points.commits()
        if f"commit:{commit.unit}" not in died_at and not any(fnmatch(commit.where.partition(":")[0], place) for place in NOT_ON_THE_WAY)
    ]  # fmt: skip
    assert unaccounted == [], "These commits are neither on the way nor listed with a reason."
    assert points.delivery_methods() - {point.removeprefix("http:") for point in died_at} == set(NO_ANNOUNCEMENT_TAKES)


_DIE: Final = """
import sys
from bot.failpoints import reach
from storage.database import Database
from storage.unit_of_work import Scope
from storage.workspaces import Workspace
from datetime import UTC, datetime

def unit(uow):
    for number in range(3):
        uow.session.add(Workspace(id=f"W{number}", created_at=datetime.now(UTC)))
        uow.session.flush()

Database(sys.argv[1], reach=reach).write_now(Scope("W0"), unit)
"""


@pytest.mark.parametrize(("side", "kept"), [("before", []), ("after", ["W0", "W1", "W2"])])
def test_a_unit_killed_beside_its_commit_is_kept_whole_or_not_at_all(
    database_url: str, side: str, kept: list[str]
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _DIE, database_url],
        cwd=ROOT,
        env={"PATH": "", "PYTHONPATH": ".", "ROWBOT_FAILPOINT": f"commit:unit:{side}"},
        check=False,
    )
    assert ended.returncode == -9
    db = Database(database_url)

    def workspaces(uow: UnitOfWork) -> list[str]:
        return sorted(uow.session.exec(select(Workspace.id)))

    assert db.read_now(Scope(""), workspaces) == kept
    db.close()
