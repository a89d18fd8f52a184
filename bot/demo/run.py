"""Starts the sandbox and a bot that lives in it, fills both with the demo organisation, and says where to look."""

import asyncio
import logging
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from rich.console import Console

from bot import clock
from bot.config import Settings
from bot.demo.organisation import REGISTRY, Organisation, read
from bot.errors import Misconfigured
from bot.features.imports.command import run_import
from bot.process import Process, Role, start
from bot.sandbox import Sandbox
from storage.teams import TeamKind
from storage.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

ROOT: Final = Path(__file__).parent.parent.parent
MANIFEST: Final = ROOT / "manifest.yml"
#: The workspace (people, channels, messages), and Rowbot's registry of it.
WORKSPACE: Final = Path("var/sandbox.db")
REGISTRY_DB: Final = Path("var/sandbox-rowbot.db")
HOUR: Final = 3600


async def run_demo(settings: Settings, *, fresh: bool) -> None:
    """Open the sandbox until Ctrl-C.

    Raises:
        Misconfigured: the port is taken.
    """
    if fresh:
        forget()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    demo = Demo(settings)
    await demo.open()
    print(welcome(demo.sandbox.url), flush=True)  # noqa: T201 - the command line speaks by printing
    await stop.wait()
    await demo.close()


def forget() -> None:
    """Drop the sandbox's workspace and registry."""
    for path in (WORKSPACE, REGISTRY_DB):
        for part in path.parent.glob(path.name + "*"):
            part.unlink()


def welcome(url: str) -> str:
    """What is printed: one address, and the way to the real Slack."""
    return (
        f"\n  Rowbot's sandbox is open:  {url}/\n\n"
        "  Choose something under “Try this” and send it. Ctrl-C stops; what you did is kept (`make reset` starts over).\n"
        "  Your own Slack instead: put SLACK_BOT_TOKEN and SLACK_APP_TOKEN into .env and `make run` again; the README shows where to find them.\n"
    )


@dataclass(frozen=True, slots=True)
class Ids:
    """Slack's ids of the organisation's people (by key) and channels (by name)."""

    people: Mapping[str, str]
    channels: Mapping[str, str]


class Demo:
    """A sandbox and the bot inside it."""

    def __init__(self, settings: Settings, *, workspace: Path = WORKSPACE, registry: Path = REGISTRY_DB) -> None:
        """``workspace`` and ``registry`` are the two files that keep everything between runs."""
        self._settings, self._registry = settings, registry
        self._organisation = read()
        workspace.parent.mkdir(parents=True, exist_ok=True)
        try:
            self.sandbox = Sandbox(
                MANIFEST,
                port=settings.sandbox_port,
                journal=workspace,
                name=self._organisation.name,
                rate_limits=True,
                retry_scale=1,
            )
        except OSError as fault:
            raise Misconfigured(
                f"Port {settings.sandbox_port} is taken. Stop what uses it (another sandbox?), or set ROWBOT_SANDBOX_PORT to another."
            ) from fault
        self._bot: Process | None = None

    async def open(self) -> None:
        """Serve the page and start the bot; fill both on the first run."""
        await self.sandbox.__aenter__()
        self.sandbox.suggestions = [dict(hint) for hint in self._organisation.suggestions]
        self.sandbox.on_reset = self._start_over
        if self.sandbox.was_kept:
            await self._start_bot()
        else:
            await self._begin()

    async def close(self) -> None:
        """Stop the bot, then the sandbox."""
        if self._bot is not None:
            await self._bot.stop()
        await self.sandbox.__aexit__(None, None, None)

    async def _begin(self) -> None:
        for part in self._registry.parent.glob(self._registry.name + "*"):
            part.unlink()
        ids = await move_in(self.sandbox, self._organisation)
        process = await self._start_bot()
        await process.bot.directory.read_everybody()
        await process.bot.db.write(process.bot.scope, found_teams, self._organisation, ids, clock.now())
        await asyncio.to_thread(run_import, REGISTRY, db=process.bot.db, workspace_id=process.bot.scope.workspace_id, matcher=process.bot.matcher,
                                console=Console(quiet=True))  # fmt: skip
        await process.bot.db.read(process.bot.scope, process.bot.matcher.catch_up)

    async def _start_over(self) -> None:
        """The page's reset button: the same organisation, and a bot that remembers nothing."""
        if self._bot is not None:
            await self._bot.stop()
            self._bot = None
        await self._begin()

    async def _start_bot(self) -> Process:
        values = {
            "slack_bot_token": self.sandbox.bot_token, "slack_app_token": self.sandbox.app_token, "slack_api_url": self.sandbox.api_url,
            "database_url": f"sqlite:///{self._registry}",
        }  # fmt: skip
        settings = Settings.model_validate(self._settings.model_dump() | values)
        self._bot = await start(settings, Role.RUN, serve=False)
        return self._bot


async def move_in(sandbox: Sandbox, organisation: Organisation) -> Ids:
    """Put the organisation's people, channels and latest messages into an empty workspace."""
    people = {
        key: sandbox.add_person(str(person["name"]), tz=str(person["tz"]), email=str(person["email"]), title=str(person.get("title", "")),
                                is_admin=bool(person.get("admin")), external=bool(person.get("external")))
        for key, person in organisation.people.items()
    }  # fmt: skip
    channels = {}
    for channel in organisation.channels:
        members = [
            people[key]
            for key in channel.get("members", list(organisation.people))
            if not organisation.people[key].get("external") or channel.get("shared")
        ]
        if channel.get("rowbot", True):
            members.append(sandbox.bot_user_id)
        channels[channel["name"]] = sandbox.add_channel(channel["name"], members=members, private=bool(channel.get("private")),
                                                        shared=bool(channel.get("shared")), topic=str(channel.get("topic", "")))  # fmt: skip
    now = clock.now().timestamp()
    for channel in organisation.channels:
        for message in sorted(channel.get("messages", []), key=lambda message: -message["hours_ago"]):
            await sandbox.say(
                people[message["by"]],
                channels[channel["name"]],
                message["text"],
                at=now - message["hours_ago"] * HOUR,
                deliver=False,
            )
    return Ids(people, channels)


def found_teams(uow: UnitOfWork, organisation: Organisation, ids: Ids, now: datetime) -> None:
    """Write the organisation's teams into the registry, with leads, members and home channels."""
    uow.workspaces.ensure(now=now)
    for described in organisation.teams:
        team = uow.teams.ensure(str(described["name"]), now=now)
        team.kind = TeamKind(described.get("kind", "product"))
        team.lead_id = ids.people[described["lead"]]
        team.home_channel_id = ids.channels.get(str(described.get("channel", "")), "")
        for key in members_of(organisation, str(described["name"])):
            uow.teams.add_member(team.id, ids.people[key])


def members_of(organisation: Organisation, team: str) -> list[str]:
    """Keys of the people in a team."""
    return [key for key, person in organisation.people.items() if person.get("team") == team]
