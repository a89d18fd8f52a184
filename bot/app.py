"""The composition root: settings → database, matcher, Slack client, Bolt app; and every listener in one visible list."""

import logging
from dataclasses import dataclass
from datetime import datetime

import aiohttp
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.backup import Backups
from bot.clock import Clock
from bot.config import Settings
from bot.delivery import outbox
from bot.errors import Misconfigured
from bot.features.admin import listeners as admin
from bot.features.announcements import listeners as announcements
from bot.features.announcements.catching_up import Ears
from bot.features.announcements.likeness import Likeness
from bot.features.announcements.service import Means
from bot.features.away import listeners as away
from bot.features.digests import listeners as digests
from bot.features.home import listeners as home
from bot.features.home.lookers import Lookers
from bot.features.imports import listeners as imports
from bot.features.items import listeners as items
from bot.features.matching import listeners as matching
from bot.features.matching.matcher import Matcher
from bot.features.reports import listeners as reports
from bot.features.syncs import listeners as syncs
from bot.features.syncs import meeting_listeners as meetings
from bot.features.syncs.closing import show_item
from bot.slack.bolt import build_app
from bot.slack.directory import Directory
from bot.slack.errors import Fate, fate
from bot.slack.history import History
from storage.database import Database
from storage.unit_of_work import Scope, UnitOfWork

log = logging.getLogger(__name__)

#: Who hears what. The first listener that matches a request gets it; the last entry hears everything else.
LISTENERS = (
    announcements.register,
    syncs.register,
    away.register,
    items.register,
    meetings.register,
    matching.register,
    admin.register,
    reports.register,
    digests.register,
    imports.register,
    home.register,
    home.register_rest,
)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this bot is in its workspace, as `auth.test` says."""

    workspace_id: str
    workspace_name: str
    url: str
    bot_id: str
    bot_user_id: str


@dataclass(frozen=True, slots=True)
class Rowbot:
    """One assembled bot."""

    app: AsyncApp
    db: Database
    matcher: Matcher
    directory: Directory
    scope: Scope
    identity: Identity
    sending_client: AsyncWebClient
    lookers: Lookers
    backups: Backups
    history: History
    ears: Ears
    means: Means


def clients(settings: Settings, session: aiohttp.ClientSession) -> tuple[AsyncWebClient, AsyncWebClient]:
    """A client that reads (and waits when Slack says so), and one that posts and never repeats a call by itself."""
    token = settings.require_token()
    base = settings.slack_api_url if settings.slack_api_url.endswith("/") else settings.slack_api_url + "/"
    reading = AsyncWebClient(token=token, base_url=base, session=session, user_agent_prefix="Rowbot")
    reading.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
    sending = AsyncWebClient(token=token, base_url=base, session=session, user_agent_prefix="Rowbot", retry_handlers=[])
    return reading, sending


def session_for(settings: Settings) -> aiohttp.ClientSession:
    """The HTTP session of this process. slack_sdk leaves the timeout of a session that it is given alone."""
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=settings.http_timeout_seconds), connector=aiohttp.TCPConnector(limit=60)
    )


async def identify(client: AsyncWebClient) -> Identity:
    """Ask Slack who we are.

    Raises:
        Misconfigured: the token does not work, or Slack cannot be reached; says which.
    """
    try:
        answer = await client.auth_test()
    except SlackApiError as fault:
        code = str(fault.response.get("error"))
        if fate(code) is Fate.REVOKED:
            raise Misconfigured(
                f"Slack does not accept SLACK_BOT_TOKEN ({code}). Copy it again from *OAuth & Permissions* of your app."
            ) from fault
        raise Misconfigured(f"Slack did not say who this bot is ({code}). Run `python -m bot check`.") from fault
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as fault:
        raise Misconfigured(
            f"Slack cannot be reached at {client.base_url} ({type(fault).__name__}). Check the network and SLACK_API_URL."
        ) from fault
    return Identity(
        workspace_id=str(answer.get("enterprise_id") if answer.get("is_enterprise_install") else answer["team_id"]), workspace_name=str(answer.get("team") or ""),
        url=str(answer.get("url") or ""), bot_id=str(answer.get("bot_id") or ""), bot_user_id=str(answer.get("user_id") or ""),
    )  # fmt: skip


async def assemble(
    settings: Settings, *, db: Database, matcher: Matcher, session: aiohttp.ClientSession, clock: Clock
) -> Rowbot:
    """Put a bot together for the workspace of its token.

    Raises:
        Misconfigured: the token does not work.
    """
    reading, sending = clients(settings, session)
    identity = await identify(reading)
    scope = Scope(identity.workspace_id)
    await db.write(scope, remember, identity, clock())
    directory = Directory(reading, db, scope, clock=clock)
    authorized = AuthorizeResult(enterprise_id=None, team_id=identity.workspace_id, bot_id=identity.bot_id, bot_user_id=identity.bot_user_id,
                                 bot_token=reading.token)  # fmt: skip
    lookers, backups = Lookers(), Backups.of(settings)
    means = Means(matcher, settings.threshold, Likeness.of(matcher.embedder))
    values: dict[str, object] = {
        "matcher": matcher,
        "directory": directory,
        "means": means,
        "lookers": lookers,
        "backups": backups,
        "item_shown": show_item,
    }
    history, ears = History(sending, clock=clock), Ears(now=clock())
    values |= {"ears": ears}
    app = build_app(reading, authorized, db=db, clock=clock, workspace_id=identity.workspace_id, values=values)
    for register in LISTENERS:
        register(app)
    return Rowbot(app, db, matcher, directory, scope, identity, sending, lookers, backups, history, ears, means)


def remember(uow: UnitOfWork, identity: Identity, now: datetime) -> None:
    """Write down the workspace's name and address, and that the app is installed there."""
    uow.workspaces.ensure(now=now, name=identity.workspace_name, url=identity.url)
    if late := outbox.resume(uow, now=now):
        log.warning("Rowbot is installed again; %d messages had waited too long and were given up.", late)
