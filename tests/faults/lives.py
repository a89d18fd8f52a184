"""A bot in a process of its own, that is killed and started again, and what its workspace saw of it."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bot.sandbox import Sandbox
from storage.database import Database
from storage.outbox import OutboxState, waiting
from storage.unit_of_work import Scope, UnitOfWork

ROOT: Final = Path(__file__).parents[2]
MANIFEST: Final = ROOT / "manifest.yml"
#: What a loaded machine may need for what takes a second or two.
PATIENCE: Final = 40.0
#: Each family of work is announced again and again by new people, so that all but its first announcement are answered in their thread.
WORK: Final = (
    ("Feature store for ranking", "We will serve fresh features to the ranking models at request time."),
    ("Drift monitor for credit models", "It will watch live inputs of the credit models and alert when they drift."),
    (
        "Labelling queue for support tickets",
        "Annotators will label support tickets in one shared queue with agreement checks.",
    ),
    ("Speech transcription gateway", "One gateway will transcribe call recordings for every product team."),
)
#: Announced by one person only, whose own work is never held against them: always answered with a tick.
LONELY: Final = ("Whale song classifier", "It will tell species of whales by hydrophone recordings.")


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Life:
    """A process of the program, begun as a copy of the template: it ends as any process does."""

    def __init__(self, pid: int, stdout: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """It runs already."""
        self.pid = pid
        self.returncode: int | None = None
        self._up: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._end = asyncio.create_task(self._listen(stdout, writer))

    async def _listen(self, stdout: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
        said = b""
        while line := await stdout.readline():
            said = line
            if not self._up.done():
                self._up.set_result(b"rowing" in line)
        writer.close()
        self.returncode = int(said.removeprefix(b"ended "))
        return self.returncode

    async def is_up(self) -> bool:
        """Wait for the line that says so; False if it ended before."""
        return await asyncio.shield(self._up)

    async def wait(self) -> int:
        """Wait until it has ended; its exit code (−9: killed)."""
        return await asyncio.shield(self._end)

    def send_signal(self, number: int) -> None:
        """Unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, number)


class Template:
    """The process that lives are copies of; see `template.py`."""

    def __init__(self, folder: Path) -> None:
        """Ready once this returns."""
        self._door = str(folder / "template")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.template", self._door],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"

    async def life(self, arguments: list[str], environment: dict[str, str], log: Path, *, program: str = "") -> Life:
        """`python -m bot …`, or `python -c …`, with this environment; what it logs is added to a file."""
        reader, writer = await asyncio.open_unix_connection(self._door)
        wanted = {"arguments": arguments, "environment": environment, "log": str(log), "program": program}
        writer.write(json.dumps(wanted).encode() + b"\n")
        begun = await asyncio.wait_for(reader.readline(), PATIENCE)
        return Life(int(begun.removeprefix(b"begun ")), reader, writer)

    def close(self) -> None:
        """End it, and every life that is left."""
        self._process.communicate(timeout=PATIENCE)


@dataclass
class Bot:
    """`python -m bot run` (or another role) in this workspace, life after life."""

    template: Template
    slack: Sandbox
    database_url: str
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    lives: int = 0
    role: str = "run"
    process: Life | None = None

    @property
    def log(self) -> Path:
        """What all its lives said."""
        return self.folder / "bot.log"

    @property
    def points(self) -> list[str]:
        """Every failpoint that was reached so far, in the order in which they were first reached."""
        path = self.folder / "points.log"
        return list(dict.fromkeys(path.read_text().split())) if path.exists() else []

    async def start(self, failpoint: str = "") -> bool:
        """Begin a life; False if it ended before it was ready."""
        self.lives += 1
        self.slack.request_url = f"http://127.0.0.1:{self.port}/slack/events"
        environment = {
            **os.environ, "SLACK_BOT_TOKEN": self.slack.bot_token, "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "SLACK_API_URL": self.slack.api_url, "DATABASE_URL": self.database_url, "PORT": str(self.port), "ROWBOT_HOST": "127.0.0.1",
            "ROWBOT_LEASE_SECONDS": "8", "ROWBOT_HTTP_TIMEOUT_SECONDS": "2", "ROWBOT_FAILPOINT": failpoint,
            "ROWBOT_FAILPOINT_LOG": str(self.folder / "points.log"), "ROWBOT_LOG_LEVEL": "WARNING", **self.environment,
        }  # fmt: skip
        with self.log.open("a") as log:
            log.write(f"--- life {self.lives}, to die at {failpoint or 'no point'}\n")
        self.process = await self.template.life([self.role], environment, self.log)
        return await asyncio.wait_for(self.process.is_up(), PATIENCE)

    async def died(self) -> int:
        """Wait until it has ended; its exit code (−9: killed)."""
        assert self.process is not None
        return await asyncio.wait_for(self.process.wait(), PATIENCE)

    async def killed_within(self, seconds: float) -> None:
        """Wait until it has died at its point; if it does not come to it in time, end it here and now."""
        assert self.process is not None
        try:
            assert await asyncio.wait_for(self.process.wait(), seconds) == -signal.SIGKILL
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """End it here and now, if it has not ended already."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
            await self.process.wait()

    async def stop(self) -> int:
        """Ask it to stop; its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return await self.died()


@dataclass
class Announcer:
    """Announces work of a few families, each time by somebody new, and keeps the books."""

    slack: Sandbox
    said: list[tuple[str, str]] = field(default_factory=list)
    loner: str = ""

    def channel(self, name: str) -> str:
        """A channel with the bot in it."""
        return self.slack.add_channel(name, members=[self.slack.bot_user_id])

    async def announce(self, channel: str, *, times: int = 1, wait: bool = False, alone: bool = False) -> None:
        """Announce the next piece of work; Slack delivers its event ``times`` times. ``alone``: work like nobody else's."""
        number = len(self.said)
        self.loner = self.loner or self.slack.add_person("Loner")
        author = self.loner if alone else self.slack.add_person(f"Person {number}")
        self.slack.workspace.channels[channel].members.append(author)
        title, text = LONELY if alone else WORK[number % len(WORK)]
        ts = await self.slack.say(author, channel, f"New initiative: {title} {number}\n{text}", times=times, wait=wait)
        self.said.append((channel, ts))

    def answers(self) -> Counter[tuple[str, str]]:
        """How many answers each announcement has: replies in its thread, and the bot's ticks."""
        found: Counter[tuple[str, str]] = Counter()
        for channel, ts in self.said:
            replies = [reply for reply in self.slack.thread(channel, ts) if reply.get("user") == self.slack.bot_user_id]
            message: dict[str, Any] = self.slack.message(channel, ts) or {}
            ticks = [tick for tick in message.get("reactions", []) if self.slack.bot_user_id in tick["users"]]
            found[channel, ts] = len(replies) + len(ticks)
        return found

    def is_settled(self) -> bool:
        """Whether every announcement has at least one answer."""
        return all(self.answers()[where] for where in self.said)


async def bring_again(slack: Sandbox) -> None:
    """Slack's last try, minutes later: every event that no life has acknowledged comes once more, to the life that stays."""
    await slack.delivery.settle()
    known = {record.payload["event_id"] for record in slack.deliveries("message") if record.outcome == "acknowledged"}
    missing = {
        record.payload["event_id"]: record
        for record in slack.deliveries("message")
        if record.payload["event_id"] not in known
    }
    for record in missing.values():
        await slack.delivery.again(record).task


async def settled(announcer: Announcer, database_url: str, *, patience: float = PATIENCE) -> None:
    """Wait until nothing is under way any more: no delivery to the bot, no message in its outbox."""
    await announcer.slack.delivery.settle()
    db = Database(database_url)
    try:
        end = time.monotonic() + patience
        while waiting_now := {
            state: count for state, count in (await db.read(Scope(""), _waiting)).items() if state != OutboxState.DEAD
        }:
            assert time.monotonic() < end, f"The outbox still holds {waiting_now}."
            await asyncio.sleep(0.2)
    finally:
        db.close()


def _waiting(uow: UnitOfWork) -> dict[str, int]:
    return waiting(uow.session)
