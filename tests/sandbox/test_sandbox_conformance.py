"""What of Slack the sandbox keeps to, each behaviour beside the document that it comes from, tried over real HTTP and WebSockets.

Three lists make the table: `GOOD` (every method that the app calls, with arguments that Slack takes), `REFUSALS` (what Slack says
no to, and the word it uses) and the functions marked with `behaviour` (everything that needs more than one call).
"""

import ast
import asyncio
import hashlib
import hmac
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

import bot
from bot.sandbox import Sandbox
from bot.sandbox.methods.registry import METHODS
from tests.sandbox.conftest import MANIFEST, Listener

Json = dict[str, Any]

DOCS = "https://docs.slack.dev/"
WEB_API = f"{DOCS}apis/web-api/"
RATE_LIMITS = f"{DOCS}apis/web-api/rate-limits"
PAGES = f"{DOCS}apis/web-api/pagination"
EVENTS = f"{DOCS}apis/events-api/"
SOCKET_MODE = f"{DOCS}apis/events-api/using-socket-mode"
INTERACTION = f"{DOCS}interactivity/handling-user-interaction"
COMMANDS = f"{DOCS}interactivity/implementing-slash-commands"
MODALS = f"{DOCS}surfaces/modals"
SIGNING = f"{DOCS}authentication/verifying-requests-from-slack"


def method_page(name: str) -> str:
    """Where Slack documents a method, its arguments and errors."""
    return f"{DOCS}reference/methods/{name}"


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


MODAL: Json = {"type": "modal", "title": plain("Announce"), "blocks": [{"type": "divider"}]}
HOME: Json = {"type": "home", "blocks": [{"type": "divider"}]}
BUTTON: Json = {"type": "actions", "elements": [{"type": "button", "action_id": "join", "text": plain("Join")}]}


@dataclass
class World:
    """A workspace in which every refusal can be had, and a caller of its Web API.

    `names` stand in the lists below as `$name`: people, channels, messages, files, triggers.
    """

    slack: Sandbox
    session: aiohttp.ClientSession
    names: dict[str, str] = field(default_factory=dict)

    def filled(self, given: Any) -> Any:
        if isinstance(given, str) and given.startswith("$"):
            return self.names[given[1:]]
        if isinstance(given, dict):
            return {key: self.filled(value) for key, value in given.items()}
        return [self.filled(value) for value in given] if isinstance(given, list) else given

    async def call(self, method: str, how: str = "json", /, *, token: str | None = None, **arguments: Any) -> Json:
        return (await self.answer(method, how, token=token, **arguments))[2]

    async def answer(
        self, method: str, how: str = "json", /, *, token: str | None = None, **arguments: Any
    ) -> tuple[int, dict[str, str], Json]:
        """Status, headers (lower case) and body; `how` the arguments travel: json, form or query."""
        given = self.filled(arguments)
        usual = self.slack.app_token if method == "apps.connections.open" else self.slack.bot_token
        bearer = usual if token is None else token
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        flat = {
            key: json.dumps(value) if isinstance(value, dict | list | bool) else str(value)
            for key, value in given.items()
        }
        if how == "json":
            body: Json = {"data": json.dumps(given)}
            headers["Content-Type"] = "application/json; charset=utf-8"
        else:
            body = {"data": flat} if how == "form" else {"params": flat}
        async with self.session.post(f"/api/{method}", headers=headers, **body) as response:
            text = await response.json()
            return response.status, {key.lower(): value for key, value in response.headers.items()}, dict(text)


@pytest.fixture
async def world(slack: Sandbox, session: aiohttp.ClientSession) -> World:
    ana, bo = slack.add_person("Ana", email="ana@sandbox.example"), slack.add_person("Bo", is_admin=True)
    gone, robot = slack.add_person("Gone", deleted=True), slack.add_bot("Deploys")
    me = slack.bot_user_id
    room = slack.add_channel("room", members=[ana, bo, me])
    world = World(slack, session)
    world.names = {
        "me": me, "bot": slack.bot_id, "ana": ana, "bo": bo, "gone": gone, "robot": robot, "room": room,
        "elsewhere": slack.add_channel("elsewhere", members=[ana]),
        "secret": slack.add_channel("secret", members=[ana], private=True),
        "old": slack.add_channel("old", members=[ana, bo, me]),
        "group": slack.add_user_group("Oarsmen", "oarsmen", [ana]),
        "hers": await slack.say(ana, room, "hers", deliver=False),
        "trigger": slack.tickets.trigger(ana, channel=room),
        "inner": slack.tickets.trigger(ana, channel=room, from_modal=True),
    }  # fmt: skip
    world.names["own"] = (await world.call("chat.postMessage", channel="$room", text="mine"))["ts"]
    world.names["under"] = (await world.call("views.open", trigger_id=slack.tickets.trigger(ana), view=MODAL))["view"][
        "id"
    ]
    asked = await world.call("files.getUploadURLExternal", "form", filename="days.ics", length="5")
    world.names["file"] = asked["file_id"]
    async with session.post(asked["upload_url"], data=b"BEGIN") as response:
        assert response.status == 200
    await slack.archive(bo, world.names["old"])
    return world


GOOD: dict[str, Json] = {
    "apps.connections.open": {},
    "auth.test": {},
    "chat.getPermalink": {"channel": "$room", "message_ts": "$own"},
    "chat.postEphemeral": {"channel": "$room", "user": "$ana", "text": "for you", "blocks": [BUTTON]},
    "chat.postMessage": {"channel": "$room", "text": "hello", "blocks": [BUTTON], "unfurl_links": False},
    "chat.update": {"channel": "$room", "ts": "$own", "text": "better"},
    "conversations.history": {"channel": "$room", "limit": 1, "inclusive": True},
    "conversations.info": {"channel": "$room", "include_num_members": True},
    "conversations.members": {"channel": "$room"},
    "conversations.open": {"users": "$ana"},
    "conversations.replies": {"channel": "$room", "ts": "$own"},
    "files.completeUploadExternal": {"files": [{"id": "$file", "title": "Days"}], "channel_id": "$room"},
    "files.getUploadURLExternal": {"filename": "report.csv", "length": 12},
    "reactions.add": {"channel": "$room", "timestamp": "$hers", "name": "eyes"},
    "reactions.remove": {"channel": "$room", "timestamp": "$hers", "name": "tada"},
    "usergroups.list": {"include_users": True},
    "usergroups.users.list": {"usergroup": "$group"},
    "users.conversations": {"types": "public_channel,private_channel", "exclude_archived": True},
    "users.info": {"user": "$ana"},
    "users.list": {"limit": 2},
    "users.lookupByEmail": {"email": "ana@sandbox.example"},
    "views.open": {"trigger_id": "$trigger", "view": MODAL},
    "views.publish": {"user_id": "$ana", "view": HOME},
    "views.push": {"trigger_id": "$inner", "view": MODAL},
    "views.update": {"view_id": "$under", "view": MODAL},
}
"""Every method that the app calls, with arguments that Slack takes; a test compares this with the app's code."""


@pytest.mark.parametrize("how", ["json", "form", "query"])
@pytest.mark.parametrize("method", GOOD)
async def test_arguments_are_taken_as_json_form_and_query_alike(world: World, method: str, how: str) -> None:
    """`WEB_API`: arguments are query parameters, form fields or attributes of a JSON body."""
    if method == "reactions.remove":
        await world.call("reactions.add", channel="$room", timestamp="$hers", name="tada")
    status, headers, answer = await world.answer(method, how, **GOOD[method])
    assert (status, answer.get("error"), answer["ok"]) == (200, None, True)
    assert headers["content-type"].startswith("application/json")
    wants = METHODS[method].scopes
    assert headers.get("x-accepted-oauth-scopes", "") == ",".join(wants)
    assert headers["x-oauth-scopes"]


REFUSALS: list[tuple[str, str, Json]] = [
    ("chat.getPermalink", "channel_not_found", {"channel": "C0NOWHERE0", "message_ts": "$own"}),
    ("chat.getPermalink", "message_not_found", {"channel": "$room", "message_ts": "1.000000"}),
    ("chat.postEphemeral", "channel_not_found", {"channel": "$secret", "user": "$ana", "text": "x"}),
    ("chat.postEphemeral", "is_archived", {"channel": "$old", "user": "$ana", "text": "x"}),
    ("chat.postEphemeral", "no_text", {"channel": "$room", "user": "$ana"}),
    ("chat.postEphemeral", "not_in_channel", {"channel": "$elsewhere", "user": "$ana", "text": "x"}),
    ("chat.postEphemeral", "user_not_in_channel", {"channel": "$room", "user": "$gone", "text": "x"}),
    ("chat.postMessage", "cannot_dm_bot", {"channel": "$robot", "text": "x"}),
    ("chat.postMessage", "channel_not_found", {"channel": "C0NOWHERE0", "text": "x"}),
    ("chat.postMessage", "channel_not_found", {"channel": "$secret", "text": "x"}),
    ("chat.postMessage", "invalid_blocks", {"channel": "$room", "text": "x", "blocks": [{"type": "sectoin"}]}),
    ("chat.postMessage", "invalid_blocks", {"channel": "$room", "text": "x", "blocks": [{"type": "divider"}] * 51}),
    ("chat.postMessage", "invalid_blocks_format", {"channel": "$room", "text": "x", "blocks": "{"}),
    ("chat.postMessage", "invalid_metadata_format", {"channel": "$room", "text": "x", "metadata": "{"}),
    ("chat.postMessage", "invalid_metadata_schema", {"channel": "$room", "text": "x", "metadata": {"event_type": "a"}}),
    ("chat.postMessage", "is_archived", {"channel": "$old", "text": "x"}),
    ("chat.postMessage", "markdown_text_conflict", {"channel": "$room", "text": "x", "markdown_text": "y"}),
    ("chat.postMessage", "msg_too_long", {"channel": "$room", "text": "x" * 40_001}),
    ("chat.postMessage", "no_text", {"channel": "$room"}),
    ("chat.postMessage", "not_in_channel", {"channel": "$elsewhere", "text": "x"}),
    ("chat.postMessage", "user_disabled", {"channel": "$gone", "text": "x"}),
    ("chat.update", "cant_update_message", {"channel": "$room", "ts": "$hers", "text": "x"}),
    ("chat.update", "channel_not_found", {"channel": "$secret", "ts": "$own", "text": "x"}),
    ("chat.update", "message_not_found", {"channel": "$room", "ts": "1.000000", "text": "x"}),
    ("chat.update", "msg_too_long", {"channel": "$room", "ts": "$own", "text": "x" * 4_001}),
    ("chat.update", "no_text", {"channel": "$room", "ts": "$own"}),
    ("conversations.history", "channel_not_found", {"channel": "$secret"}),
    ("conversations.history", "invalid_cursor", {"channel": "$room", "cursor": "bogus"}),
    ("conversations.history", "invalid_limit", {"channel": "$room", "limit": 1000}),
    ("conversations.history", "invalid_ts_latest", {"channel": "$room", "latest": "today"}),
    ("conversations.history", "invalid_ts_oldest", {"channel": "$room", "oldest": "today"}),
    ("conversations.history", "not_in_channel", {"channel": "$elsewhere"}),
    ("conversations.info", "channel_not_found", {"channel": "$secret"}),
    ("conversations.members", "channel_not_found", {"channel": "$secret"}),
    ("conversations.members", "invalid_cursor", {"channel": "$room", "cursor": "bogus"}),
    ("conversations.open", "cannot_dm_bot", {"users": "$robot"}),
    ("conversations.open", "user_disabled", {"users": "$gone"}),
    ("conversations.open", "user_not_found", {"users": "U0NOBODY00"}),
    ("conversations.open", "users_list_not_supplied", {}),
    ("conversations.replies", "invalid_cursor", {"channel": "$room", "ts": "$own", "cursor": "bogus"}),
    ("conversations.replies", "not_in_channel", {"channel": "$elsewhere", "ts": "1.000000"}),
    ("conversations.replies", "thread_not_found", {"channel": "$room", "ts": "1.000000"}),
    ("files.completeUploadExternal", "channel_not_found", {"files": [{"id": "$file"}], "channel_id": "$secret"}),
    ("files.completeUploadExternal", "file_not_found", {"files": [{"id": "F0NOWHERE0"}], "channel_id": "$room"}),
    ("files.completeUploadExternal", "invalid_arguments", {"channel_id": "$room"}),
    ("files.completeUploadExternal", "not_in_channel", {"files": [{"id": "$file"}], "channel_id": "$elsewhere"}),
    ("files.getUploadURLExternal", "invalid_arguments", {"filename": "a.csv"}),
    ("reactions.add", "channel_not_found", {"channel": "$secret", "timestamp": "$hers", "name": "eyes"}),
    ("reactions.add", "invalid_name", {"channel": "$room", "timestamp": "$hers", "name": "no such name"}),
    ("reactions.add", "message_not_found", {"channel": "$room", "timestamp": "1.000000", "name": "eyes"}),
    ("reactions.add", "no_reaction_name", {"channel": "$room", "timestamp": "$hers"}),
    ("reactions.remove", "message_not_found", {"channel": "$room", "timestamp": "1.000000", "name": "eyes"}),
    ("reactions.remove", "no_reaction", {"channel": "$room", "timestamp": "$hers", "name": "eyes"}),
    ("usergroups.users.list", "no_such_subteam", {"usergroup": "S0NOBODY00"}),
    ("users.conversations", "invalid_cursor", {"cursor": "bogus"}),
    ("users.conversations", "invalid_types", {"types": "rooms"}),
    ("users.info", "user_not_found", {"user": "U0NOBODY00"}),
    ("users.list", "invalid_cursor", {"cursor": "bogus"}),
    ("users.lookupByEmail", "users_not_found", {"email": "nobody@sandbox.example"}),
    ("views.open", "invalid_arguments", {"trigger_id": "$trigger"}),
    ("views.open", "invalid_arguments", {"view": MODAL}),
    ("views.open", "invalid_arguments", {"trigger_id": "$trigger", "view": {"type": "modal", "blocks": []}}),
    ("views.open", "invalid_trigger_id", {"trigger_id": "1.2.abc", "view": MODAL}),
    ("views.publish", "invalid_arguments", {"user_id": "$ana", "view": MODAL}),
    ("views.publish", "user_not_found", {"user_id": "U0NOBODY00", "view": HOME}),
    ("views.push", "invalid_trigger_id", {"trigger_id": "$trigger", "view": MODAL}),
    ("views.update", "hash_conflict", {"view_id": "$under", "hash": "1.stale", "view": MODAL}),
    ("views.update", "not_found", {"view_id": "V0NOWHERE0", "view": MODAL}),
]
"""Method, Slack's word, arguments. The document of each is the method's page, under Errors."""


@pytest.mark.parametrize(
    ("method", "error", "arguments"),
    REFUSALS,
    ids=[f"{name}-{error}-{at}" for at, (name, error, _) in enumerate(REFUSALS)],
)
async def test_what_slack_refuses_is_refused_in_its_words(
    world: World, method: str, error: str, arguments: Json
) -> None:
    status, _, answer = await world.answer(method, **arguments)
    assert (status, answer["ok"], answer.get("error")) == (200, False, error), method_page(method)


@pytest.mark.parametrize("method", sorted(GOOD.keys() - {"apps.connections.open"}))
async def test_every_method_wants_a_token_that_was_issued_here(world: World, method: str) -> None:
    """Each method's page, under Errors: not_authed, invalid_auth, not_allowed_token_type."""
    arguments = GOOD[method]
    assert (await world.call(method, token="", **arguments))["error"] == "not_authed"
    real = "xoxb-of-another-workspace"
    _, headers, answer = await world.answer(method, token=real, **arguments)
    assert answer["error"] == "invalid_auth"
    assert "x-oauth-scopes" not in headers
    if METHODS[method].scopes:
        assert (await world.call(method, token=world.slack.app_token, **arguments))["error"] == "not_allowed_token_type"


@pytest.mark.parametrize("method", sorted(name for name in GOOD if METHODS[name].scopes))
async def test_a_method_whose_scope_was_not_granted_names_it(method: str) -> None:
    """Each method's page, under Errors: missing_scope, with `needed` and `provided` (`WEB_API`)."""
    needed = METHODS[method].scopes
    async with (
        Sandbox(MANIFEST, without_scopes=frozenset(needed)) as slack,
        aiohttp.ClientSession(slack.url) as session,
    ):
        answer = await World(slack, session).call(method)
    assert (answer["error"], answer["needed"]) == ("missing_scope", ",".join(needed))
    assert "commands" in answer["provided"].split(",")
    assert not set(needed) & set(answer["provided"].split(","))


# --- what takes more than one call -------------------------------------------------------------------------------

Check = Callable[[World, Listener], Awaitable[None]]


@dataclass(frozen=True)
class Behaviour:
    """One row of the table: what, of which method (or door), after which document, and how it is checked."""

    says: str
    method: str
    document: str
    check: Check


BEHAVIOURS: list[Behaviour] = []


def behaviour(method: str, document: str, says: str) -> Callable[[Check], Check]:
    def note(check: Check) -> Check:
        BEHAVIOURS.append(Behaviour(says, method, document, check))
        return check

    return note


async def raw(world: World, body: str, kind: str | None) -> Json:
    headers = {"Authorization": f"Bearer {world.slack.bot_token}"} | ({"Content-Type": kind} if kind else {})
    skip = [] if kind else ["Content-Type"]
    async with world.session.post(
        "/api/auth.test", data=body.encode(), headers=headers, skip_auto_headers=skip
    ) as response:
        assert response.status == 200
        return dict(await response.json())


@behaviour("*", WEB_API, "JSON without a charset is warned of, and so is a form with one")
async def charsets(world: World, _: Listener) -> None:
    for kind, body, warning in [
        ("application/json", "{}", "missing_charset"),
        ("application/x-www-form-urlencoded; charset=utf-8", "a=b", "superfluous_charset"),
    ]:
        answer = await raw(world, body, kind)
        assert (answer["ok"], answer["warning"], answer["response_metadata"]["warnings"]) == (True, warning, [warning])
    assert "warning" not in await raw(world, "{}", "application/json; charset=utf-8")


@behaviour("*", method_page("auth.test"), "A body that cannot be read has its own words")
async def bodies(world: World, _: Listener) -> None:
    for kind, body, error in [
        ("application/json; charset=utf-8", "{", "invalid_json"),
        ("application/json; charset=utf-8", "[]", "json_not_object"),
        ("application/xml", "<a/>", "invalid_post_type"),
        ("application/x-www-form-urlencoded; charset=klingon", "a=b", "invalid_charset"),
        (None, "a=b", "missing_post_type"),
    ]:
        assert (await raw(world, body, kind))["error"] == error


@behaviour("*", WEB_API, "Beside a JSON body the token is taken from the header only")
async def token_beside_json(world: World, _: Listener) -> None:
    async with world.session.post("/api/auth.test", json={"token": world.slack.bot_token}) as response:
        assert (await response.json())["error"] == "not_authed"
    async with world.session.post("/api/auth.test", data={"token": world.slack.bot_token}) as response:
        assert (await response.json())["ok"]


@behaviour("*", WEB_API, "An unknown method is named as such")
async def unknown(world: World, _: Listener) -> None:
    assert (await world.call("chat.whisper"))["error"] == "unknown_method"


@behaviour("*", method_page("auth.test"), "The token of an app that was removed is that of an inactive account")
async def removed(world: World, _: Listener) -> None:
    await world.slack.uninstall()
    assert (await world.call("auth.test"))["error"] == "account_inactive"


@behaviour("apps.connections.open", method_page("apps.connections.open"), "Wants the app's token, not the bot's")
async def app_token(world: World, _: Listener) -> None:
    answer = await world.call("apps.connections.open", token=world.slack.bot_token)
    assert answer["error"] == "not_allowed_token_type"


@behaviour("*", RATE_LIMITS, "Too many calls: HTTP 429, Retry-After in whole seconds, and other methods go on")
async def tiers(world: World, _: Listener) -> None:
    world.slack.rate_limits.enabled = True
    answers = [await world.answer("users.list") for _ in range(40)]
    status, headers, body = next(answer for answer in answers if answer[0] != 200)
    assert (status, body) == (429, {"ok": False, "error": "ratelimited"})
    assert int(headers["retry-after"]) >= 1
    assert (await world.answer("users.info", user="$ana"))[0] == 200
    world.slack.clock.move(int(headers["retry-after"]) + 1)
    assert (await world.answer("users.list"))[0] == 200


@behaviour(
    "chat.postMessage", RATE_LIMITS, "About one message a second to one channel, with short bursts; others go on"
)
async def a_message_a_second(world: World, _: Listener) -> None:
    world.slack.rate_limits.enabled = True
    statuses = [(await world.answer("chat.postMessage", channel="$room", text="x"))[0] for _ in range(8)]
    assert (statuses[0], statuses[-1]) == (200, 429)
    assert (await world.answer("chat.postMessage", channel="$ana", text="x"))[0] == 200


@behaviour("users.list", PAGES, "A cursor leads through all pages, none twice, and is empty at the end")
async def pages(world: World, _: Listener) -> None:
    met, cursor = [], ""
    while True:
        page = await world.call("users.list", "query", limit=2, cursor=cursor)
        met += [member["id"] for member in page["members"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
        assert len(page["members"]) == 2
    assert (len(met), set(met)) == (len(set(met)), set(world.slack.workspace.people))


@behaviour("conversations.history", method_page("conversations.history"), "Newest first, in pages, with has_more")
async def history(world: World, _: Listener) -> None:
    met: list[str] = []
    cursor = ""
    while True:
        page = await world.call("conversations.history", "query", channel="$room", limit=1, cursor=cursor)
        met += [message["ts"] for message in page["messages"]]
        if not page["has_more"]:
            break
        cursor = page["response_metadata"]["next_cursor"]
    assert met == sorted(met, key=float, reverse=True)
    assert {world.names["own"], world.names["hers"]} <= set(met)


@behaviour("reactions.add", method_page("reactions.add"), "A second time is already_reacted")
async def twice(world: World, _: Listener) -> None:
    again = {"channel": "$room", "timestamp": "$hers", "name": "eyes"}
    assert (await world.call("reactions.add", **again))["ok"]
    assert (await world.call("reactions.add", **again))["error"] == "already_reacted"


@behaviour("views.open", MODALS, "A trigger is good once and for three seconds")
async def triggers(world: World, _: Listener) -> None:
    opened = await world.call("views.open", trigger_id="$trigger", view=MODAL)
    again = await world.call("views.open", trigger_id="$trigger", view=MODAL)
    world.slack.clock.move(3.1)
    late = await world.call("views.open", trigger_id="$inner", view=MODAL)
    assert (opened["ok"], again["error"], late["error"]) == (True, "exchanged_trigger_id", "expired_trigger_id")


@behaviour("views.open", method_page("views.open"), "More than 250 kB is view_too_large; an external id is good once")
async def large(world: World, _: Listener) -> None:
    section = {"type": "section", "text": plain("x" * 3000)}
    whole = await world.call("views.open", trigger_id="$trigger", view={**MODAL, "blocks": [section] * 99})
    assert whole["error"] == "view_too_large"
    named = {**MODAL, "external_id": "the-form"}
    assert (await world.call("views.push", trigger_id="$inner", view=named))["ok"]
    assert (await world.call("views.open", trigger_id="$trigger", view=named))["error"] == "duplicate_external_id"


@behaviour("views.push", MODALS, "Three modals lie on each other at the most")
async def stack(world: World, _: Listener) -> None:
    answers = []
    for _n in range(3):
        trigger = world.slack.tickets.trigger(world.names["ana"], from_modal=True)
        answers.append(await world.call("views.push", trigger_id=trigger, view=MODAL))
    assert [answer.get("error") for answer in answers] == [None, None, "push_limit_reached"]


@behaviour("request URL", SIGNING, "A request is signed: HMAC-SHA256 of v0, time and raw body")
async def signed(world: World, listener: Listener) -> None:
    await world.slack.say(world.names["ana"], world.names["room"], "hello")
    (knock,) = listener.knocks
    base = b"v0:" + knock.headers["x-slack-request-timestamp"].encode() + b":" + knock.raw
    digest = hmac.new(world.slack.signing_secret.encode(), base, hashlib.sha256).hexdigest()
    assert knock.headers["x-slack-signature"] == f"v0={digest}"


@behaviour(
    "request URL", EVENTS, "An event that was not taken comes up to three times more, numbered and with the reason"
)
async def again(world: World, listener: Listener) -> None:
    async def busy(_: Any) -> web.StreamResponse:
        return web.Response(status=503)

    listener.answer = busy
    await world.slack.say(world.names["ana"], world.names["room"], "hello")
    numbers = [knock.headers.get("x-slack-retry-num") for knock in listener.knocks]
    reasons = {knock.headers.get("x-slack-retry-reason") for knock in listener.knocks[1:]}
    assert (numbers, reasons) == ([None, "1", "2", "3"], {"http_error"})
    assert len({knock.body["event_id"] for knock in listener.knocks}) == 1


@behaviour("request URL", EVENTS, "x-slack-no-retry ends the tries")
async def no_retry(world: World, listener: Listener) -> None:
    async def enough(_: Any) -> web.StreamResponse:
        return web.Response(status=500, headers={"x-slack-no-retry": "1"})

    listener.answer = enough
    await world.slack.say(world.names["ana"], world.names["room"], "hello")
    assert len(listener.knocks) == 1


@behaviour("request URL", COMMANDS, "A command is a signed form, answered in the acknowledgement, and never repeated")
async def command(world: World, listener: Listener) -> None:
    async def broken(_: Any) -> web.StreamResponse:
        return web.Response(status=500)

    listener.answer = broken
    reply = await world.slack.command(world.names["ana"], world.names["room"], "/oar find a boat")
    assert reply.error == "http_service_error"
    (knock,) = listener.knocks
    assert knock.headers["content-type"] == "application/x-www-form-urlencoded"
    assert (knock.body["command"], knock.body["text"], knock.body["user_id"]) == (
        "/oar",
        "find a boat",
        world.names["ana"],
    )
    assert {"trigger_id", "response_url", "channel_id", "team_id", "api_app_id"} <= knock.body.keys()


async def said(world: World, url: str, **body: Any) -> tuple[int, str]:
    async with world.session.post(url, json=body) as response:
        return response.status, await response.text()


@behaviour("response_url", INTERACTION, "Five uses")
async def five(world: World, listener: Listener) -> None:
    await world.slack.command(world.names["ana"], world.names["room"], "/oar x")
    url = listener.knocks[0].body["response_url"]
    answers = [await said(world, url, text=f"{i}") for i in range(6)]
    assert answers == [(200, "ok")] * 5 + [(404, "used_url")]


@behaviour("response_url", INTERACTION, "Thirty minutes")
async def half_an_hour(world: World, listener: Listener) -> None:
    await world.slack.command(world.names["ana"], world.names["room"], "/oar x")
    url = listener.knocks[0].body["response_url"]
    world.slack.clock.move(29 * 60)
    assert (await said(world, url, text="in time"))[0] == 200
    world.slack.clock.move(2 * 60)
    assert await said(world, url, text="late") == (404, "expired_url")


@behaviour("response_url", INTERACTION, "For one's own eyes unless response_type is in_channel")
async def audience(world: World, listener: Listener) -> None:
    ana, room = world.names["ana"], world.names["room"]
    before = len(world.slack.messages(room))
    await world.slack.command(ana, room, "/oar x")
    url = listener.knocks[0].body["response_url"]
    await said(world, url, text="for one")
    assert ([one["text"] for one in world.slack.ephemerals(ana, room)], len(world.slack.messages(room))) == (
        ["for one"],
        before,
    )
    await said(world, url, text="for all", response_type="in_channel")
    assert world.slack.messages(room)[-1]["text"] == "for all"


@behaviour("response_url", INTERACTION, "replace_original and delete_original change the message that was acted on")
async def original(world: World, listener: Listener) -> None:
    ana, room = world.names["ana"], world.names["room"]
    posted = await world.call("chat.postMessage", channel="$room", text="Candidates", blocks=[BUTTON])
    await world.slack.click(ana, room, posted["ts"], "join")
    url = listener.knocks[-1].body["response_url"]
    await said(world, url, text="Joined", replace_original=True)
    assert [one["text"] for one in world.slack.messages(room) if one["ts"] == posted["ts"]] == ["Joined"]
    await said(world, url, delete_original=True)
    assert posted["ts"] not in {one["ts"] for one in world.slack.messages(room)}


async def socket(world: World, more: str = "") -> aiohttp.ClientWebSocketResponse:
    opened = await world.call("apps.connections.open")
    return await world.session.ws_connect(opened["url"] + more)


@behaviour("Socket Mode", SOCKET_MODE, "hello tells the app, the number of connections and how long this one lasts")
async def hello(world: World, _: Listener) -> None:
    first, second = await socket(world), await socket(world, "&debug_reconnects=true")
    said_first, said_second = await first.receive_json(), await second.receive_json()
    assert (said_first["type"], said_first["connection_info"]["app_id"]) == ("hello", world.slack.app_id)
    assert (said_first["num_connections"], said_second["num_connections"]) == (1, 2)
    assert said_first["debug_info"].keys() == {"host", "build_number", "approximate_connection_time"}
    assert said_second["debug_info"]["approximate_connection_time"] == 360
    await first.close()
    await second.close()


@behaviour("Socket Mode", SOCKET_MODE, "disconnect names its reason: warning leaves the line open, the others end it")
async def disconnect(world: World, _: Listener) -> None:
    for reason, ends in [("warning", False), ("refresh_requested", True), ("link_disabled", True)]:
        line = await socket(world)
        await line.receive_json()
        ending = asyncio.create_task(world.slack.sockets.disconnect(reason))
        farewell = await line.receive_json(timeout=5)
        assert (farewell["type"], farewell["reason"]) == ("disconnect", reason)
        if ends:
            assert (await line.receive(timeout=5)).type in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING}
        else:
            with pytest.raises(TimeoutError):
                await line.receive(timeout=0.05)
        await line.close()
        await ending
        await world.slack.wait_for(lambda: not world.slack.sockets.connections)


@behaviour("Socket Mode", SOCKET_MODE, "An acknowledgement may carry a payload where accepts_response_payload says so")
async def payload(world: World, _: Listener) -> None:
    world.slack.request_url = None
    line = await socket(world)
    await line.receive_json()
    asking = asyncio.create_task(world.slack.command(world.names["ana"], world.names["room"], "/oar x"))
    envelope = await line.receive_json(timeout=5)
    await line.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "Found"}})
    assert (envelope["type"], envelope["accepts_response_payload"], (await asking).text) == (
        "slash_commands",
        True,
        "Found",
    )
    await line.close()


@behaviour(
    "Socket Mode", SOCKET_MODE, "An event that a lost line swallowed comes again on another, with attempt and reason"
)
async def swallowed(world: World, _: Listener) -> None:
    world.slack.request_url = None
    dying = await socket(world)
    await dying.receive_json()
    saying = asyncio.create_task(world.slack.say(world.names["ana"], world.names["room"], "hello"))
    first = await dying.receive_json(timeout=5)
    living = await socket(world)
    await living.receive_json()
    await dying.close()
    second = await living.receive_json(timeout=5)
    await living.send_json({"envelope_id": second["envelope_id"]})
    await saying
    await living.close()
    assert (first["retry_attempt"], second["retry_attempt"], second["retry_reason"]) == (0, 1, "connection_failed")
    assert first["payload"]["event_id"] == second["payload"]["event_id"]


@behaviour("Socket Mode", SOCKET_MODE, "Ten connections at the most, and a ticket opens one")
async def ten(world: World, _: Listener) -> None:
    lines = [await socket(world) for _n in range(11)]
    last = [await line.receive_json() for line in lines][-1]
    assert (last["type"], last["reason"]) == ("disconnect", "too_many_websockets")
    for line in lines:
        await line.close()
    opened = await world.call("apps.connections.open")
    await (await world.session.ws_connect(opened["url"])).close()
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await world.session.ws_connect(opened["url"])


@pytest.mark.parametrize("row", BEHAVIOURS, ids=[row.check.__name__ for row in BEHAVIOURS])
async def test_it_behaves_as_the_document_says(world: World, listener: Listener, row: Behaviour) -> None:
    await row.check(world, listener)


def test_every_row_names_a_method_of_the_table_and_a_document_of_slacks() -> None:
    doors = {"*", "request URL", "response_url", "Socket Mode"}
    assert {row.method for row in BEHAVIOURS} <= GOOD.keys() | doors
    assert {name for name, _, _ in REFUSALS} <= GOOD.keys()
    assert all(row.document.startswith(DOCS) and row.says for row in BEHAVIOURS)


def called_by_the_app() -> set[str]:
    """The Web API methods in the app's code: calls of slack_sdk's client by name, and methods' names as strings."""
    found = set()
    root = Path(bot.__file__ or "").parent
    for path in root.rglob("*.py"):
        if path.is_relative_to(root / "sandbox"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name = node.func.attr
            elif (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.fullmatch(r"[a-z]+\.[\w.]+", node.value)
            ):
                name = node.value.replace(".", "_")
            else:
                continue
            if "_" in name and hasattr(AsyncWebClient, name) and name != "api_call" and not name.startswith("_"):
                found.add(name.replace("_", "."))
    return found


def test_every_method_that_the_app_calls_is_in_the_table() -> None:
    called = called_by_the_app()
    assert len(called) > 15, "The app's calls are not found any more."
    assert called == GOOD.keys()
