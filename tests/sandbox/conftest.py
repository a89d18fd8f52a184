"""A workspace with one app, and an app that answers whatever a test wants."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Oarsman"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        "bot_user": {"display_name": "Oarsman"},
        "shortcuts": [
            {"name": "Note it", "type": "message", "callback_id": "note", "description": "Note a message"},
            {"name": "New note", "type": "global", "callback_id": "new_note", "description": "Write a note"},
        ],
        "slash_commands": [
            {"command": "/oar", "description": "Ask", "usage_hint": "search words", "should_escape": True},
            {"command": "/plain", "description": "Ask plainly"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "app_mentions:read",
                "channels:history",
                "channels:join",
                "channels:read",
                "chat:write",
                "commands",
                "files:read",
                "files:write",
                "groups:history",
                "groups:read",
                "im:history",
                "im:read",
                "im:write",
                "mpim:history",
                "mpim:read",
                "mpim:write",
                "reactions:read",
                "reactions:write",
                "team:read",
                "usergroups:read",
                "users:read",
                "users:read.email",
            ],
            "bot_optional": [],
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                "app_home_opened",
                "app_mention",
                "channel_archive",
                "channel_id_changed",
                "channel_rename",
                "channel_unarchive",
                "file_shared",
                "group_left",
                "member_joined_channel",
                "member_left_channel",
                "message.channels",
                "message.groups",
                "message.im",
                "message.mpim",
                "reaction_added",
                "user_change",
            ]
        }
    },
}


@dataclass
class Knock:
    """One request that the app got."""

    headers: dict[str, str]
    raw: bytes
    body: dict[str, Any]


Answer = Callable[[Knock], Awaitable[web.StreamResponse]]


@dataclass
class Listener:
    """An app that notes what it gets and answers as told: 200 and nothing, unless `answer` is set."""

    url: str = ""
    knocks: list[Knock] = field(default_factory=list)
    answer: Answer | None = None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        if request.content_type == "application/json":
            body = await request.json()
        else:
            fields = {key: values[0] for key, values in parse_qs(raw.decode(), keep_blank_values=True).items()}
            body = json.loads(fields["payload"]) if "payload" in fields else fields
        knock = Knock({key.lower(): value for key, value in request.headers.items()}, raw, body)
        self.knocks.append(knock)
        return await self.answer(knock) if self.answer else web.Response()

    def events(self, kind: str = "") -> list[dict[str, Any]]:
        """The events it got, those of one type, oldest first."""
        found = [knock.body["event"] for knock in self.knocks if "event" in knock.body]
        return [event for event in found if kind in {"", event["type"]}]


class Page:
    """The page as seen by one browser."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def get(self, name: str, /, **query: Any) -> dict[str, Any]:
        async with self._session.get(f"/sandbox/{name}", params=_as(query)) as response:
            return dict(await response.json())

    async def post(self, name: str, /, **body: Any) -> dict[str, Any]:
        async with self._session.post(f"/sandbox/{name}", json=_as(body)) as response:
            return dict(await response.json())


def _as(given: dict[str, Any]) -> dict[str, Any]:
    return {key.rstrip("_"): value for key, value in given.items()}


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    async with Sandbox(MANIFEST, retry_scale=0.002) as sandbox:
        yield sandbox


@pytest.fixture
async def listener(slack: Sandbox) -> AsyncIterator[Listener]:
    """The app listens over HTTP."""
    listener = Listener()
    application = web.Application()
    application.router.add_post("/slack/events", listener.handle)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    listener.url = f"http://{host}:{port}/slack/events"
    slack.request_url = listener.url
    yield listener
    await runner.cleanup()


@pytest.fixture
def client(slack: Sandbox) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)


@pytest.fixture
def ana(slack: Sandbox) -> str:
    return slack.add_person("Ana Ruiz", tz="Europe/Lisbon", title="Search ML", email="ana@sandbox.example")


@pytest.fixture
def bo(slack: Sandbox) -> str:
    return slack.add_person("Bo Lindqvist", tz="America/New_York", is_admin=True)


@pytest.fixture
def channel(slack: Sandbox, ana: str, bo: str) -> str:
    return slack.add_channel("ml-initiatives", members=[ana, bo, slack.bot_user_id])


@pytest.fixture
async def session(slack: Sandbox) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(slack.url) as session:
        yield session


@pytest.fixture
def page(session: aiohttp.ClientSession) -> Page:
    return Page(session)
