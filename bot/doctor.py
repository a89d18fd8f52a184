"""`python -m bot check`: is everything here that Rowbot needs, and what to do about what is not."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot import clock
from bot.app import clients, session_for
from bot.backup import Backups
from bot.config import Settings
from bot.errors import Misconfigured
from bot.features.matching import onnx_folder
from bot.features.matching.embedder import Embedder, EmbedderUnavailableError
from bot.features.matching.matcher import SHIPPED, WORDS_ONLY
from bot.yaml_files import read_yaml
from storage import outbox
from storage.database import Database, StoreUnavailable
from storage.migrate import SchemaTooNew, migrate
from storage.unit_of_work import Scope, UnitOfWork

#: The first release without the fault of the write-ahead log (sqlite.org/wal.html#walresetbug).
SAFE_SQLITE: Final = (3, 51, 3)
#: Slack refuses requests that are signed longer ago than five minutes.
CLOCK_LIMIT: Final = 60
MANIFEST: Final = Path(__file__).parent.parent / "manifest.yml"


class Verdict(StrEnum):
    """How a finding is meant."""

    GOOD = "ok"
    NOTE = "note"
    BAD = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and what to do about it."""

    verdict: Verdict
    what: str

    def __str__(self) -> str:
        mark = {Verdict.GOOD: "✓", Verdict.NOTE: "·", Verdict.BAD: "✗"}[self.verdict]
        return f"{mark} {self.what}"


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Look at everything, one finding after the other."""
    for finding in store(settings):
        yield finding
    for finding in await asyncio.to_thread(backups, settings):
        yield finding
    for finding in await asyncio.to_thread(model, settings):
        yield finding
    try:
        settings.require_slack()
    except Misconfigured as fault:
        yield Finding(Verdict.BAD, fault.sentence)
        return
    async with session_for(settings) as session:
        reading, _ = clients(settings, session)
        async for finding in slack(reading, settings):
            yield finding


def store(settings: Settings) -> list[Finding]:
    """The database: reachable, writable, of our version."""
    try:
        migrate(settings.database_url)
        with contextlib.closing(Database(settings.database_url)) as db:
            db.write_now(Scope(""), _touch)
            faults = db.read_now(Scope(""), _undelivered)
    except (StoreUnavailable, SchemaTooNew) as fault:
        return [Finding(Verdict.BAD, f"Database: {fault}")]
    found = [
        Finding(
            Verdict.GOOD,
            f"Database: {'SQLite' if db.is_sqlite else 'PostgreSQL'}, readable and writable, schema up to date.",
        )
    ]
    if faults:
        found.append(
            Finding(
                Verdict.NOTE,
                f"Outbox: {faults} messages could not be delivered. An admin sees them with /rowbot health.",
            )
        )
    if db.is_sqlite and sqlite3.sqlite_version_info < SAFE_SQLITE:
        found.append(
            Finding(Verdict.NOTE, f"SQLite {sqlite3.sqlite_version}: before 3.51.3 two programs that write at once could damage the file. Rowbot's own "
                    "processes take turns, so this is safe; let no other program write to the file.")
        )  # fmt: skip
    return found


def backups(settings: Settings) -> list[Finding]:
    """The nightly backups: made, and the last one not too old."""
    standing = Backups.of(settings).standing(now=clock.now())
    if not standing.is_on:
        return []
    if standing.failure:
        return [Finding(Verdict.BAD, f"Backup: the last try failed. {standing.failure}")]
    if standing.last is None:
        return [Finding(Verdict.NOTE, "Backup: none yet. The first is made tonight, or now with: python -m bot backup")]
    verdict = Verdict.NOTE if standing.is_late else Verdict.GOOD
    return [
        Finding(
            verdict, f"Backup: the last one is of {standing.last.taken_at:%Y-%m-%d %H:%M} UTC, {standing.last.path}."
        )
    ]


def _touch(uow: UnitOfWork) -> None:
    uow.workspaces.version()


def _undelivered(uow: UnitOfWork) -> int:
    return outbox.waiting(uow.session).get(outbox.OutboxState.DEAD, 0)


def model(settings: Settings) -> list[Finding]:
    """The embedder: there, and able to tell like from unlike."""
    if settings.embedder == WORDS_ONLY:
        return [
            Finding(
                Verdict.NOTE,
                "Matching: on words alone, as ROWBOT_EMBEDDER says. The same work in other words is found less often.",
            )
        ]
    try:
        embedder = (
            Embedder.load() if settings.embedder == SHIPPED else onnx_folder.load(Path(settings.embedder).expanduser())
        )
    except Misconfigured as fault:
        return [Finding(Verdict.BAD, f"Matching: {fault.sentence}")]
    except EmbedderUnavailableError as fault:
        return [Finding(Verdict.BAD, f"Matching: {fault} Until then it works on words alone.")]
    alike, other = (
        embedder.embed(["a feature store", "one place for features of models", "the canteen's menu"])[1:]
        @ embedder.embed(["a feature store"])[0]
    )
    if alike <= other:
        return [
            Finding(
                Verdict.BAD,
                "Matching: the embedder gives wrong answers on this processor. Set ROWBOT_EMBEDDER=words and tell us which processor it is.",
            )
        ]
    return [Finding(Verdict.GOOD, f"Matching: embedder {embedder.version} works.")]


async def slack(client: AsyncWebClient, settings: Settings) -> AsyncIterator[Finding]:
    """The tokens, their scopes, Slack's clock, the socket."""
    try:
        answer = await client.auth_test()
    except SlackApiError as fault:
        yield Finding(
            Verdict.BAD,
            f"Bot token: Slack does not accept SLACK_BOT_TOKEN ({fault.response.get('error')}). Copy it again from OAuth & Permissions.",
        )
        return
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as fault:
        yield Finding(
            Verdict.BAD,
            f"Slack: cannot be reached at {client.base_url} ({type(fault).__name__}). Check the network and SLACK_API_URL.",
        )
        return
    yield Finding(Verdict.GOOD, f"Bot token: works in {answer.get('team')} as {answer.get('user')}.")
    headers: dict[str, str] = {str(name).lower(): str(value) for name, value in dict(answer.headers).items()}
    for finding in scopes(headers.get("x-oauth-scopes")):
        yield finding
    if "date" in headers:
        drift = abs((clock.now() - parsedate_to_datetime(headers["date"])).total_seconds())
        if drift > CLOCK_LIMIT:
            yield Finding(
                Verdict.BAD,
                f"Clock: {drift:.0f} s away from Slack's; from 300 s on every request is refused. Set the machine's clock.",
            )
        else:
            yield Finding(Verdict.GOOD, "Clock: agrees with Slack's.")
    if settings.slack_app_token is not None:
        try:
            await client.apps_connections_open(app_token=settings.slack_app_token.get_secret_value())
            yield Finding(Verdict.GOOD, "App token: opens connections (Socket Mode).")
        except SlackApiError as fault:
            yield Finding(
                Verdict.BAD,
                f"App token: refused ({fault.response.get('error')}). It begins with xapp- and needs connections:write.",
            )
    else:
        yield Finding(
            Verdict.NOTE,
            f"Requests: expected over HTTP on port {settings.port}, at /slack/events. Whether the signing secret is right shows with the first one.",
        )


def scopes(granted: str | None) -> list[Finding]:
    """What the token may do against what the manifest asks for."""
    if granted is None:
        return [Finding(Verdict.NOTE, "Scopes: Slack did not say which are granted.")]
    asked: dict[str, Any] = read_yaml(MANIFEST.read_text())["oauth_config"]["scopes"]
    have = {scope.strip() for scope in granted.split(",")}
    missing = [scope for scope in asked["bot"] if scope not in have and scope not in asked["bot_optional"]]
    optional = [scope for scope in asked["bot_optional"] if scope not in have]
    found = []
    if missing:
        found.append(
            Finding(
                Verdict.BAD,
                f"Scopes: {', '.join(missing)} missing. Update the app from manifest.yml and install it again.",
            )
        )
    else:
        found.append(Finding(Verdict.GOOD, "Scopes: all that are needed."))
    if optional:
        found.append(
            Finding(
                Verdict.NOTE,
                f"Scopes: without {', '.join(optional)}, which are optional; docs/operations.md says what each is for.",
            )
        )
    return found
