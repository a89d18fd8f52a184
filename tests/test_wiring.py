"""Every thread between what is drawn, what is heard, what is listed and what the manifest asks for."""

import importlib
import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import LISTENERS
from bot.features.announcements import views as announcement_views
from bot.features.home import views as home
from bot.features.initiatives.examples import Words
from storage.channels import ChannelMode
from tests.world import MANIFEST, ROOT

FEATURES: Final = ROOT / "bot" / "features"
DRAWING: Final = sorted(path.parent.name for path in FEATURES.glob("*/views.py"))
CONTRACT: Final[dict[str, Any]] = yaml.safe_load(MANIFEST.read_text())

#: Which scope a Web API method of ours needs: one of these (docs.slack.dev/reference/methods). None: any token will do.
SCOPES: Final[dict[str, tuple[str, ...]]] = {
    "auth_test": (), "views_open": (), "views_update": (), "views_push": (), "views_publish": (),
    "chat_postMessage": ("chat:write",), "chat.postMessage": ("chat:write",), "chat.update": ("chat:write",), "chat.postEphemeral": ("chat:write",),
    "chat_postEphemeral": ("chat:write",), "chat_getPermalink": (), "reactions.add": ("reactions:write",), "reactions.remove": ("reactions:write",),
    "users_info": ("users:read",), "users_list": ("users:read",), "users_lookupByEmail": ("users:read.email",),
    "usergroups_list": ("usergroups:read",), "usergroups_users_list": ("usergroups:read",),
    "conversations_info": ("channels:read", "groups:read"), "conversations_members": ("channels:read", "groups:read"),
    "conversations.open": ("im:write", "mpim:write"), "conversations.history": ("channels:history", "groups:history", "im:history", "mpim:history"),
    "conversations.replies": ("channels:history", "groups:history", "im:history"), "apps_connections_open": (),
    "files.getUploadURLExternal": ("files:write",), "files.completeUploadExternal": ("files:write",),
}  # fmt: skip
#: Event → the scopes of which it needs one.
EVENT_SCOPES: Final = {
    "app_home_opened": (), "app_mention": ("app_mentions:read",), "message.channels": ("channels:history",), "message.groups": ("groups:history",),
    "message.im": ("im:history",), "member_joined_channel": ("channels:read", "groups:read"), "member_left_channel": ("channels:read", "groups:read"),
} | {f"channel_{what}": ("channels:read", "groups:read") for what in ("archive", "rename", "shared", "unarchive", "unshared", "left", "id_changed", "deleted")} \
  | {f"group_{what}": ("groups:read",) for what in ("archive", "rename", "unarchive", "left", "deleted")} \
  | {"user_change": ("users:read",), "team_join": ("users:read",), "app_uninstalled": (), "tokens_revoked": ()}  # fmt: skip
#: What is heard but drawn by Slack itself.
FROM_MANIFEST: Final = {shortcut["callback_id"] for shortcut in CONTRACT["features"]["shortcuts"]}


class Wired:
    """Our listeners in a Bolt app, without the last ones that hear everything; asks which would hear a request."""

    def __init__(self) -> None:
        """Put them in, as the composition root does."""

        async def authorize(**_request: object) -> AuthorizeResult:
            return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_id="B1", bot_user_id="U1")

        self.app = AsyncApp(
            client=AsyncWebClient(token="xoxb-1"), authorize=authorize, request_verification_enabled=False
        )
        for register in LISTENERS[:-1]:
            register(self.app)

    async def hears(self, body: dict[str, Any]) -> str:
        """The name of the function that would hear this; "" for none."""
        for listener in self.app._async_listeners:
            request = AsyncBoltRequest(body=body, mode="socket_mode")
            if await listener.async_matches(req=request, resp=BoltResponse(status=404)):
                return str(listener.ack_function.__name__)
        return ""


@pytest.fixture(scope="module")
def wired() -> Wired:
    """The listeners."""
    return Wired()


def drawn() -> list[tuple[str, dict[str, Any]]]:
    """Everything that features draw: name, and blocks with what they stand in."""
    found = []
    for feature in DRAWING:
        examples = importlib.import_module(f"bot.features.{feature}.examples")
        found += [
            (f"{feature}: {name}", {"blocks": list(message.blocks)})
            for name, message in examples.messages(Words()).items()
        ]
        found += [(f"{feature}: {name}", view) for name, view in examples.forms(Words()).items()]
    return found


def walk(part: Any) -> list[dict[str, Any]]:
    """Every object in it."""
    if isinstance(part, dict):
        return [part, *(each for value in part.values() for each in walk(value))]
    return [each for value in part for each in walk(value)] if isinstance(part, list | tuple) else []


def actions_drawn() -> set[str]:
    """Action ids of what acts when it is pressed: what stands in an input block only fills a form."""
    return {
        part["action_id"]
        for _, thing in drawn()
        for block in thing["blocks"]
        if block["type"] != "input"
        for part in walk(block)
        if "action_id" in part
    }


def views_drawn() -> dict[str, bool]:
    """Callback ids of forms, and whether they can be sent."""
    return {thing["callback_id"]: "submit" in thing for _, thing in drawn() if "callback_id" in thing}


def constants(feature: str) -> dict[str, str]:
    """The ids that a feature's views name: CONSTANT → "feature.verb"."""
    views = importlib.import_module(f"bot.features.{feature}.views")
    return {
        name: value
        for name, value in vars(views).items()
        if name.isupper() and isinstance(value, str) and re.fullmatch(rf"{feature}\.[a-z_]+", value)
    }


async def test_whatever_can_be_pressed_is_heard(wired: Wired) -> None:
    silent = [action for action in sorted(actions_drawn())
              if not await wired.hears({"type": "block_actions", "actions": [{"action_id": action, "block_id": "b", "type": "button"}], "user": {"id": "U2"}})]  # fmt: skip
    assert silent == []


async def test_whatever_can_be_sent_is_heard(wired: Wired) -> None:
    silent = [name for name, sent in sorted(views_drawn().items())
              if sent and not await wired.hears({"type": "view_submission", "view": {"callback_id": name, "type": "modal"}, "user": {"id": "U2"}})]  # fmt: skip
    assert silent == []


@pytest.mark.parametrize("feature", DRAWING)
def test_every_id_that_views_name_is_drawn_somewhere_or_stands_in_the_manifest(feature: str) -> None:
    known = actions_drawn() | set(views_drawn()) | FROM_MANIFEST
    assert {name: value for name, value in constants(feature).items() if value not in known} == {}


async def test_every_shortcut_of_the_manifest_is_heard(wired: Wired) -> None:
    kinds = {"global": "shortcut", "message": "message_action"}
    for shortcut in CONTRACT["features"]["shortcuts"]:
        body = {
            "type": kinds[shortcut["type"]],
            "callback_id": shortcut["callback_id"],
            "user": {"id": "U2"},
            "trigger_id": "1",
        }
        body |= {"message": {}, "channel": {"id": "C1"}, "message_ts": "1.1"} if shortcut["type"] == "message" else {}
        assert await wired.hears(body), shortcut["name"]


async def test_every_event_of_the_manifest_is_heard_and_by_whom_it_should_be(wired: Wired) -> None:
    for name in CONTRACT["settings"]["event_subscriptions"]["bot_events"]:
        kind, _, channel_type = name.partition(".")
        event = {"type": kind, "channel": "C1", "user": "U2", "ts": "1.1"}
        if channel_type:
            event["channel_type"] = {"channels": "channel", "groups": "group", "im": "im"}[channel_type]
        assert await wired.hears({"type": "event_callback", "event": event, "event_id": "Ev1"}), name


async def test_every_command_that_help_lists_is_heard_by_somebody_of_its_own(wired: Wired) -> None:
    for line, _ in (*home.COMMANDS, *home.ADMIN_COMMANDS):
        word = line.split()[1]
        if word != "help":  # the last listener's, with everything unknown
            assert await wired.hears({"command": "/rowbot", "text": word}), line


async def test_every_command_that_is_heard_is_listed_by_help(wired: Wired) -> None:
    listed = {line.split()[1] for line, _ in (*home.COMMANDS, *home.ADMIN_COMMANDS)}
    heard = set()
    for path in [*FEATURES.rglob("*listeners.py"), *FEATURES.glob("*/listeners/*.py")]:
        heard |= {words.split('"')[1] for words in re.findall(r"first_word\(([^)]*)\)", path.read_text())}
    assert heard == listed - {"help"}


def test_the_manifest_asks_for_the_scope_of_every_method_that_is_called() -> None:
    granted = set(CONTRACT["oauth_config"]["scopes"]["bot"])
    called = {
        name
        for path in (ROOT / "bot").rglob("*.py")
        if not {"sandbox", "demo"} & set(path.parts)
        for name in _methods(path)
    }
    assert called - set(SCOPES) == set(), "Say in SCOPES what these methods need."
    assert {name: SCOPES[name] for name in called if SCOPES[name] and not granted & set(SCOPES[name])} == {}


def _methods(path: Path) -> set[str]:
    text = path.read_text()
    by_name = set(
        re.findall(r"\.((?:chat|views|usergroups|users|conversations|reactions|files|auth|apps)_[a-zA-Z_]+)\(", text)
    )
    return by_name | set(re.findall(r"[\"']((?:chat|reactions|conversations|files)\.[a-zA-Z]+)[\"']", text))


def test_the_manifest_asks_for_the_scope_of_every_event_and_for_no_scope_in_vain() -> None:
    granted = set(CONTRACT["oauth_config"]["scopes"]["bot"])
    events = CONTRACT["settings"]["event_subscriptions"]["bot_events"]
    assert [name for name in events if EVENT_SCOPES[name] and not granted & set(EVENT_SCOPES[name])] == []
    called = {
        name
        for path in (ROOT / "bot").rglob("*.py")
        if not {"sandbox", "demo"} & set(path.parts)
        for name in _methods(path)
    }
    used = (
        {scope for name in called for scope in SCOPES[name]}
        | {scope for name in events for scope in EVENT_SCOPES[name]}
        | {"commands"}
    )
    assert granted - used == set()


def test_the_one_command_of_the_manifest_is_ours_and_its_hint_is_short() -> None:
    (command,) = CONTRACT["features"]["slash_commands"]
    assert command["command"] == "/rowbot"
    assert len(command["usage_hint"]) <= 1000
    for word in re.findall(r"[a-z]+", command["usage_hint"]):
        assert word in {"announce", "search", "mine", "sync", "waiting", "away", "digest", "channel", "quiet", "help"}


def test_every_channel_mode_has_words() -> None:
    assert set(announcement_views.MODE_WORDS) == set(ChannelMode)


def test_no_listener_swallows_faults() -> None:
    for path in [*FEATURES.rglob("*listeners.py"), *FEATURES.glob("*/listeners/*.py")]:
        assert not re.search(r"^\s+try:", path.read_text(), re.MULTILINE), path
