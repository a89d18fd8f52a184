"""A Slack app of a few lines, without Bolt, that the page's tests talk to through the sandbox: it answers at once and remembers what it heard."""

import json
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs

import aiohttp
from aiohttp import web

Json = dict[str, Any]

MANIFEST: Json = {
    "display_information": {"name": "Rowbot"},
    "features": {
        "bot_user": {"display_name": "Rowbot"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        "slash_commands": [
            {
                "command": "/rowbot",
                "url": "http://127.0.0.1/slack/events",
                "description": "Announce, search, report",
                "usage_hint": "[announce | search WORDS | mine | report | help]",
            }
        ],
        "shortcuts": [
            {
                "name": "Announce an initiative",
                "type": "global",
                "callback_id": "announce",
                "description": "Opens the form",
            },
            {
                "name": "Register as initiative",
                "type": "message",
                "callback_id": "register",
                "description": "Registers a message",
            },
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "channels:history",
                "channels:read",
                "chat:write",
                "commands",
                "files:write",
                "groups:history",
                "groups:read",
                "im:history",
                "im:read",
                "im:write",
                "mpim:history",
                "reactions:read",
                "reactions:write",
                "users:read",
            ]
        }
    },
    "settings": {
        "event_subscriptions": {"bot_events": ["message.channels", "app_home_opened"]},
        "interactivity": {"is_enabled": True},
    },
}

FORM: Json = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Announce"},
    "submit": {"type": "plain_text", "text": "Register"},
    "close": {"type": "plain_text", "text": "Cancel"},
    "blocks": [
        {
            "type": "input",
            "block_id": "title",
            "label": {"type": "plain_text", "text": "Title"},
            "hint": {"type": "plain_text", "text": "As you would say it to a colleague"},
            "element": {"type": "plain_text_input", "action_id": "text", "max_length": 150},
        },
        {
            "type": "input",
            "block_id": "capability",
            "label": {"type": "plain_text", "text": "Capability"},
            "element": {
                "type": "static_select",
                "action_id": "choice",
                "options": [
                    {"text": {"type": "plain_text", "text": name}, "value": name.lower()}
                    for name in ("Feature store", "Model registry", "Monitoring")
                ],
            },
        },
        {
            "type": "input",
            "block_id": "lead",
            "optional": True,
            "label": {"type": "plain_text", "text": "Lead"},
            "element": {"type": "users_select", "action_id": "person"},
        },
        {
            "type": "input",
            "block_id": "team",
            "optional": True,
            "label": {"type": "plain_text", "text": "Team"},
            "element": {"type": "external_select", "action_id": "name", "min_query_length": 1},
        },
    ],
}


class StandInApp:
    """Listens on loopback for what the sandbox delivers.

    Attributes:
        heard: Every interaction and command, oldest first.
        answer: What a submitted form is answered with; a test may set it.
    """

    def __init__(self, api_url: str, token: str) -> None:
        self._api_url = api_url
        self._token = token
        self._runner: web.AppRunner | None = None
        self.heard: list[Json] = []
        self.answer: Callable[[Json], Json | None] = lambda _: None
        self.url = ""

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_post("/slack/events", self._hear)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port: int = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}/slack/events"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def call(self, method: str, **arguments: Any) -> Json:
        """Call a method of the Web API as the app."""
        async with (
            aiohttp.ClientSession(headers={"Authorization": f"Bearer {self._token}"}) as session,
            session.post(f"{self._api_url}{method}", json=arguments) as response,
        ):
            said: Json = await response.json()
        assert said["ok"], said
        return said

    async def _hear(self, request: web.Request) -> web.Response:
        if request.content_type == "application/json":
            return await self._event(await request.json())
        fields = {key: values[0] for key, values in parse_qs(await request.text()).items()}
        payload: Json = json.loads(fields["payload"]) if "payload" in fields else {"type": "command", **fields}
        self.heard.append(payload)
        if payload["type"] == "block_suggestion":
            names = [name for name in ("Ads Platform", "Search ML") if payload["value"].lower() in name.lower()]
            options = [{"text": {"type": "plain_text", "text": name}, "value": name} for name in names]
            return web.json_response({"options": options})
        if payload["type"] == "view_submission":
            said = self.answer(payload)
            return web.json_response(said) if said else web.Response()
        if payload["type"] in {"shortcut", "message_action"}:
            await self.call("views.open", trigger_id=payload["trigger_id"], view=FORM)
        if payload["type"] == "command" and payload.get("text") == "announce":
            await self.call("views.open", trigger_id=payload["trigger_id"], view=FORM)
        elif payload["type"] == "command":
            return web.json_response(
                {"response_type": "ephemeral", "text": f"You asked for *{payload.get('text', '')}*."}
            )
        return web.Response()

    async def _event(self, envelope: Json) -> web.Response:
        event = envelope.get("event", {})
        if event.get("type") == "app_home_opened" and event.get("tab") == "home":
            home: Json = {
                "type": "home",
                "blocks": [
                    {"type": "header", "text": {"type": "plain_text", "text": "My initiatives"}},
                    {"type": "section", "text": {"type": "mrkdwn", "text": "Nothing waits for you."}},
                ],
            }
            await self.call("views.publish", user_id=event["user"], view=home)
        return web.Response()
