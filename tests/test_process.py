"""A process starts only when it can work, and stops without losing anything."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from bot.errors import Misconfigured
from bot.process import Process, Role, refuse_lost_disks, start
from bot.sandbox import Sandbox
from storage import outbox
from storage.unit_of_work import Scope
from tests.world import ROOT, Team, settings_for

TEXT = "New initiative: Feature store\nWe will serve fresh features to the ranking models."


async def run(*arguments: str, **environment: str) -> tuple[int, str]:
    """Run a command; its exit code and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=ROOT,
        env={"PATH": "", "ROWBOT_EMBEDDER": "words", **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, said.decode()


def environment(slack: Sandbox, folder: Path) -> dict[str, str]:
    return {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_SIGNING_SECRET": slack.signing_secret, "SLACK_API_URL": slack.api_url,
            "DATABASE_URL": f"sqlite:///{folder / 'bot.db'}", "ROWBOT_HOST": "127.0.0.1", "PORT": "0"}  # fmt: skip


async def test_without_tokens_the_sandbox_is_named() -> None:
    code, said = await run("run", SLACK_BOT_TOKEN="")
    assert code == 2
    assert "python -m bot sandbox" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "does not accept SLACK_BOT_TOKEN"),
        ({"SLACK_APP_TOKEN": "xapp-wrong"}, "does not accept SLACK_APP_TOKEN"),
        ({"SLACK_API_URL": "http://127.0.0.1:1/"}, "cannot be reached"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "cannot be reached"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL is no address"),
        ({"PORT": "many"}, "PORT is 'many'"),
        ({"ROWBOT_EMBEDDER": "/srv/no/network"}, "ROWBOT_EMBEDDER is '/srv/no/network', and there is no such folder"),
        ({"DYNO": "web.1"}, "keeps no files"),
        ({"ROWBOT_HOST": "203.0.113.77"}, "cannot be listened on"),
        ({"ROWBOT_LEASE_SECONDS": "5"}, "must exceed ROWBOT_HTTP_TIMEOUT_SECONDS"),
    ],
)
async def test_what_cannot_work_ends_with_a_sentence(
    slack: Sandbox, tmp_path: Path, wrong: dict[str, str], sentence: str
) -> None:
    code, said = await run("run", **(environment(slack, tmp_path) | wrong))
    assert code == 2, said
    assert sentence in said
    assert "Traceback" not in said


async def test_a_taken_port_is_named(slack: Sandbox, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, said = await run("run", **(environment(slack, tmp_path) | {"PORT": port}))
    assert code == 2
    assert f"Port {port} is taken" in said
    assert "Traceback" not in said


def test_socket_mode_has_no_web_process(slack: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="no web process"):
        refuse_lost_disks(settings_for(slack, "sqlite:///x", slack_app_token="xapp-1"), Role.WEB)


async def test_a_process_that_is_asked_to_stop_says_nothing_ugly_and_ends_with_nothing_held(
    slack: Sandbox, tmp_path: Path
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        cwd=ROOT,
        env={**os.environ, **environment(slack, tmp_path)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert b"rowing" in await asyncio.wait_for(process.stdout.readline(), 60)
    process.send_signal(signal.SIGTERM)
    _, said = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0
    assert b"Traceback" not in said


async def test_web_and_worker_share_the_work(slack: Sandbox, team: Team, tmp_path: Path) -> None:
    settings = settings_for(slack, f"sqlite:///{tmp_path / 'bot.db'}")
    web, worker = await start(settings, Role.WEB), await start(settings, Role.WORKER)
    try:
        assert web.door is not None
        slack.request_url = f"http://127.0.0.1:{web.door.port}/slack/events"
        ts = await slack.say(team.ana, team.channel, TEXT)
        await slack.wait_for(lambda: (slack.message(team.channel, ts) or {}).get("reactions"), timeout=20)
    finally:
        await web.stop()
        await worker.stop()


async def test_a_stop_frees_every_lane(team: Team, bot: Process) -> None:
    for number in range(5):
        await team.slack.say(team.ana, team.channel, f"{TEXT} {number}")
    held = bot.bot.db.url
    await bot.stop()
    from storage.database import Database

    db = Database(held)
    from bot import clock

    assert db.read_now(Scope(""), lambda uow: outbox.holders(uow.session, now=clock.now())) == []
    db.close()
