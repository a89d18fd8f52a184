"""Starts the sandbox and a bot that lives in it, fills both with the demo organisation, and says where to look."""

import asyncio
import contextlib
import logging
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from rich.console import Console

from bot import clock
from bot.config import OFF, Settings
from bot.demo.gallery import gallery
from bot.demo.hands import Hands, Ids
from bot.demo.journey import Journey, moment_of
from bot.demo.meanwhile import meanwhile
from bot.demo.organisation import REGISTRY, Moment, Organisation, members_of, read, registry_as_of
from bot.demo.others import Others
from bot.demo.tours import stories
from bot.demo.travel import Travel
from bot.errors import Misconfigured
from bot.features.imports.command import run_import
from bot.process import Process, Role, start
from bot.sandbox import Sandbox
from bot.sandbox.time_travel import Trip
from bot.scheduler import catch_up
from storage.teams import TeamKind
from storage.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

ROOT: Final = Path(__file__).parent.parent.parent
MANIFEST: Final = ROOT / "manifest.yml"
#: The workspace (people, channels, messages), and Rowbot's registry of it.
WORKSPACE: Final = Path("var/sandbox.db")
REGISTRY_DB: Final = Path("var/sandbox-rowbot.db")
#: The organisation is made this long before the first thing that happens there.
BEFORE: Final = timedelta(hours=1)
#: What was said longer ago than this, everybody has read.
READ_AFTER: Final = timedelta(hours=20)

#: Told the share of the past that was played, from 0 to 1.
Progress = Callable[[float], None]


async def run_demo(settings: Settings, *, fresh: bool) -> None:
    """Open the sandbox until Ctrl-C.

    Raises:
        Misconfigured: the port is taken.
    """
    if fresh:
        forget(WORKSPACE, REGISTRY_DB)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    demo = Demo(settings, progress=show_progress)
    try:
        opening, stopping = asyncio.create_task(demo.open()), asyncio.create_task(stop.wait())
        await asyncio.wait((opening, stopping), return_when=asyncio.FIRST_COMPLETED)
        if opening.done():
            await opening
            print(welcome(demo.sandbox.url), flush=True)  # noqa: T201 - the command line speaks by printing
            await stopping
        else:
            opening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await opening
            print("\n  Stopped before it was open; the next start begins again.")  # noqa: T201 - as above
    finally:
        await demo.close()


def forget(*databases: Path) -> None:
    """Drop these files, with what belongs to them."""
    for path in databases:
        for part in path.parent.glob(path.name + "*"):
            part.unlink()


def show_progress(share: float) -> None:
    """One line on a terminal while the past is played."""
    if sys.stdout.isatty() or share in (0, 1):
        ended = "\n" if share == 1 else ""
        print(f"\r  Playing the last five weeks… {share:4.0%}", end=ended, flush=True)  # noqa: T201 - as above


def welcome(url: str) -> str:
    """What is printed: one address, and the way to the real Slack."""
    return (
        f"\n  Rowbot's sandbox is open:  {url}/\n\n"
        "  It offers a short tour; “Tour” in the top bar brings it back. Ctrl-C stops; what you did is kept (`make reset` starts over).\n"
        "  Your own Slack instead: put SLACK_BOT_TOKEN and SLACK_APP_TOKEN into .env and `make run` again; the README shows where to find them.\n"
    )


class Demo:
    """A sandbox and the bot inside it."""

    def __init__(
        self,
        settings: Settings,
        *,
        workspace: Path = WORKSPACE,
        registry: Path = REGISTRY_DB,
        progress: Progress = lambda _share: None,
        organisation: Organisation | None = None,
    ) -> None:
        """``workspace`` and ``registry`` are the two files that keep everything between runs; ``organisation`` is the one that ships."""
        self._settings, self._registry, self._progress = settings, registry, progress
        self._organisation = organisation or read()
        workspace.parent.mkdir(parents=True, exist_ok=True)
        #: Stands while the past is played: what was made by then is half of it, on clocks that are weeks behind.
        self._unfinished = workspace.with_name(workspace.name + ".unfinished")
        if self._unfinished.exists():
            forget(workspace, registry)
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
        self._travel = Travel(self.sandbox)
        #: What of the past could not be played as it is written.
        self.missed: list[str] = []

    async def open(self) -> None:
        """Serve the page and start the bot; fill both on the first run."""
        await self.sandbox.__aenter__()
        self.sandbox.suggestions = [dict(hint) for hint in self._organisation.suggestions]
        self.sandbox.tours = stories()
        self.sandbox.gallery = gallery
        self.sandbox.on_reset = self._start_over
        self.sandbox.time_travel.on_travel = self._live_through
        if self.sandbox.was_kept:
            self._travel.follow()
            (await self._start_bot()).begin_timed_work()
        else:
            await self._begin()

    async def close(self) -> None:
        """Stop the bot, then the sandbox; in this process it is the present again."""
        await self.sandbox.time_travel.close()
        if self._bot is not None:
            await self._bot.stop()
        await self.sandbox.__aexit__(None, None, None)
        clock.now.offset = timedelta()

    async def _begin(self) -> None:
        """Make the organisation as it was five weeks ago, and let its past happen."""
        forget(self._registry)
        self._unfinished.touch()
        present = clock.now()
        moments = self._organisation.moments(present)
        with self._travel.away(moments[0].at - BEFORE):
            ids = move_in(self.sandbox, self._organisation)
            process = await self._start_bot()
            self._progress(0)  # after what the start logs, which would break the line
            await process.bot.directory.read_everybody()
            await process.bot.db.write(process.bot.scope, found_teams, self._organisation, ids, clock.now())
            await asyncio.to_thread(bring_registry, process, present.date())
            await process.bot.db.read(process.bot.scope, process.bot.matcher.catch_up)
            # Timed work is done as time is moved on, and by itself only from the present on.
            await self._play(process, Hands(self.sandbox, ids, self._organisation.check_ins), moments, present)
        # Rowbot learns in which channels it is: an invitation would have told it, but it was always there.
        await catch_up(process.bot, clock.now)
        process.begin_timed_work()
        mark_read(self.sandbox, ids)
        self.sandbox.traffic.clear()
        self._unfinished.unlink()
        self._progress(1)

    async def _play(self, process: Process, hands: Hands, moments: list[Moment], present: datetime) -> None:
        """Let every moment happen at its time, and what the bot does by itself in between, up to the present."""
        began = clock.now()
        past = Journey(
            process,
            hands,
            self._travel,
            answers=hands.answers_to_come,
            progress=lambda moment: self._progress(min((moment - began) / (present - began), 0.99)),
        )
        past.expect(moments)
        with self._without_rate_limits():
            await past.to(present)
        self.missed = past.missed

    async def _live_through(self, trip: Trip) -> list[str]:
        """The page moves time on: what happens on the way, up to where it leads."""
        process = self._bot
        if process is None:  # it stops
            return []
        hands = Hands(self.sandbox, ids_of(self.sandbox, self._organisation), self._organisation.check_ins)
        others = Others(self._organisation, hands, besides=trip.user)
        answers = others.answers_to_come if trip.others_answer else nobody_answers
        journey = Journey(process, hands, self._travel, answers=answers, is_stopped=lambda: trip.is_stopped)
        with process.without_timed_work(), self._without_rate_limits():
            await journey.to(moment_of(trip.end))
        return await process.bot.db.read(process.bot.scope, meanwhile, moment_of(trip.start))

    @contextlib.contextmanager
    def _without_rate_limits(self) -> Iterator[None]:
        """Within, a month takes seconds: Slack's limits would make it wait for real."""
        self.sandbox.rate_limits.enabled = False
        self.sandbox.faults.paused = True
        try:
            yield
        finally:
            self.sandbox.rate_limits.enabled = True
            self.sandbox.faults.paused = False

    async def _start_over(self) -> None:
        """The page's reset button: the same organisation, and a bot that remembers nothing."""
        if self._bot is not None:
            await self._bot.stop()
            self._bot = None
        self._travel.home()
        await self._begin()

    async def _start_bot(self) -> Process:
        values = {
            "slack_bot_token": self.sandbox.bot_token, "slack_app_token": self.sandbox.app_token, "slack_api_url": self.sandbox.api_url,
            "database_url": f"sqlite:///{self._registry}", "backup_folder": OFF,
        }  # fmt: skip
        settings = Settings.model_validate(self._settings.model_dump() | values)
        # Hundreds of commits make the past: waiting for the disk at each would take longer than all the rest.
        self._bot = await start(settings, Role.RUN, serve=False, timed=False, survives_power_cut=False)
        return self._bot


def nobody_answers(_now: datetime) -> list[Moment]:
    """Everybody is left to whoever acts for them on the page."""
    return []


def ids_of(sandbox: Sandbox, organisation: Organisation) -> Ids:
    """Who and what the organisation's people and channels are in a workspace that was kept."""
    by_email = {person.email: person.id for person in sandbox.workspace.people.values() if not person.deleted}
    people = {
        key: by_email[described["email"]]
        for key, described in organisation.people.items()
        if described["email"] in by_email
    }
    channels = {channel.name: channel.id for channel in sandbox.workspace.channels.values() if not channel.is_direct}
    return Ids(people, channels)


def move_in(sandbox: Sandbox, organisation: Organisation) -> Ids:
    """Put the organisation's people and channels into an empty workspace."""
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


def bring_registry(process: Process, today: date) -> None:
    """Import what the organisation was working on before Rowbot came, with its dates as they are today."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / REGISTRY.name
        path.write_text(registry_as_of(today), encoding="utf-8")
        run_import(path, db=process.bot.db, workspace_id=process.bot.scope.workspace_id, matcher=process.bot.matcher, console=Console(quiet=True))  # fmt: skip


def mark_read(sandbox: Sandbox, ids: Ids) -> None:
    """Everybody has read what is older than a day's end: what a newcomer sees as new is new."""
    before = (clock.now() - READ_AFTER).timestamp()
    for channel in list(sandbox.workspace.channels.values()):
        old = [
            message.ts for message in sandbox.workspace.timelines[channel.id].in_channel() if float(message.ts) < before
        ]
        for person in (set(channel.members) & set(ids.people.values())) if old else ():
            sandbox.acts.read(person, channel.id, old[-1])
