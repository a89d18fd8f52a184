"""The Web API's door: tokens, scopes, forms of arguments, people."""

import ast
import sys
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

import bot.sandbox
from bot.sandbox import Sandbox
from bot.sandbox.methods.registry import METHODS
from tests.sandbox.conftest import MANIFEST


async def test_the_app_learns_who_it_is(client: AsyncWebClient, slack: Sandbox) -> None:
    answer = await client.auth_test()
    assert (answer["user_id"], answer["bot_id"], answer["team_id"]) == (slack.bot_user_id, slack.bot_id, slack.team_id)
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")
    assert (await client.bots_info(bot=slack.bot_id))["bot"]["user_id"] == slack.bot_user_id
    assert (await client.team_info())["team"]["id"] == slack.team_id


@pytest.mark.parametrize(
    ("method", "token", "error"),
    [
        ("auth.test", "", "not_authed"),
        ("auth.test", "xoxb-somebody-elses", "invalid_auth"),
        ("chat.postMessage", "xapp-sandbox-app", "not_allowed_token_type"),
        ("apps.connections.open", "xoxb-sandbox-bot", "not_allowed_token_type"),
        ("chat.whisper", "xoxb-sandbox-bot", "unknown_method"),
    ],
)
async def test_wrong_tokens_and_methods_are_refused_with_http_200(
    slack: Sandbox, method: str, token: str, error: str
) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        aiohttp.ClientSession(slack.api_url, headers=headers) as session,
        session.post(method, data={"channel": "C1", "text": "x"}) as response,
    ):
        assert response.status == 200
        assert (await response.json())["error"] == error


async def test_arguments_come_as_query_form_or_json(slack: Sandbox, channel: str) -> None:
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    wanted = {"channel": channel, "text": "hello"}
    async with aiohttp.ClientSession(slack.api_url) as session:
        query = {**wanted, "token": slack.bot_token}
        assert (await (await session.post("chat.postMessage", params=query)).json())["ok"]
        assert (await (await session.post("chat.postMessage", data=wanted, headers=headers)).json())["ok"]
        assert (await (await session.post("chat.postMessage", json=wanted, headers=headers)).json())["ok"]
        broken = await session.post(
            "chat.postMessage", data="{", headers={**headers, "content-type": "application/json"}
        )
        assert (await broken.json())["error"] == "invalid_json"
        plain = await session.post("chat.postMessage", data="x", headers={**headers, "content-type": "text/plain"})
        assert (await plain.json())["error"] == "invalid_post_type"
        missing = await (await session.post("chat.postMessage", json={"text": "x"}, headers=headers)).json()
        assert missing["error"] == "invalid_arguments"
        assert missing["response_metadata"]["messages"] == ["[ERROR] missing required field: channel"]
    assert [message["text"] for message in slack.messages(channel)] == ["hello"] * 3


async def test_a_scope_that_was_not_granted_is_named() -> None:
    async with Sandbox(MANIFEST, without_scopes=frozenset({"groups:read", "reactions:write"})) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        ana = slack.add_person("Ana")
        private = slack.add_channel("private", members=[ana, slack.bot_user_id], private=True)
        for call in (
            client.conversations_info(channel=private),
            client.conversations_list(types="public_channel,private_channel"),
        ):
            with pytest.raises(SlackApiError) as refused:
                await call
            assert refused.value.response["error"] == "missing_scope"
            assert "groups:read" in refused.value.response["needed"]
            assert "chat:write" in refused.value.response["provided"]
        with pytest.raises(SlackApiError, match="missing_scope"):
            await client.reactions_add(channel=private, timestamp="1.000000", name="eyes")


async def test_people_have_zones_addresses_and_organisations(client: AsyncWebClient, slack: Sandbox, ana: str) -> None:
    guest = slack.add_person("Guest", external=True)
    user = (await client.users_info(user=ana))["user"]
    assert (user["tz"], user["profile"]["email"], user["is_admin"]) == ("Europe/Lisbon", "ana@sandbox.example", False)
    assert user["tz_offset"] in {0, 3600}
    visitor = (await client.users_info(user=guest))["user"]
    assert visitor["team_id"] != slack.team_id
    assert visitor["is_stranger"] is True
    assert "email" not in visitor["profile"]
    assert (await client.users_lookupByEmail(email="ANA@sandbox.example"))["user"]["id"] == ana
    with pytest.raises(SlackApiError, match="users_not_found"):
        await client.users_lookupByEmail(email="nobody@sandbox.example")
    with pytest.raises(SlackApiError, match="user_not_found"):
        await client.users_info(user="U0NOBODY00")


async def test_everybody_is_listed_in_pages(client: AsyncWebClient, slack: Sandbox) -> None:
    for i in range(4):
        slack.add_person(f"Person {i}")
    everybody = (await client.users_list())["members"]
    names, cursor = [], ""
    while True:
        page = await client.users_list(limit=2, cursor=cursor)
        names += [member["name"] for member in page["members"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert names == [member["name"] for member in everybody]
    assert len(names) == 5


async def test_calls_are_noted_with_their_arguments(client: AsyncWebClient, slack: Sandbox, channel: str) -> None:
    await client.chat_postMessage(
        channel=channel, text="noted", metadata={"event_type": "a", "event_payload": {"k": 1}}
    )
    call = slack.calls("chat.postMessage")[-1]
    assert (call.arguments["text"], call.status, call.accepted) == ("noted", 200, True)
    assert call.arguments["metadata"]["event_payload"] == {"k": 1}
    assert "token" not in call.arguments


def test_the_methods_that_apps_need_are_there() -> None:
    wanted = {
        "api.test",
        "apps.connections.open",
        "auth.test",
        "bots.info",
        "chat.delete",
        "chat.getPermalink",
        "chat.postEphemeral",
        "chat.postMessage",
        "chat.update",
        "conversations.history",
        "conversations.info",
        "conversations.join",
        "conversations.list",
        "conversations.members",
        "conversations.open",
        "conversations.replies",
        "files.completeUploadExternal",
        "files.getUploadURLExternal",
        "reactions.add",
        "reactions.get",
        "reactions.remove",
        "team.info",
        "usergroups.list",
        "usergroups.users.list",
        "users.conversations",
        "users.info",
        "users.list",
        "users.lookupByEmail",
        "views.open",
        "views.publish",
        "views.push",
        "views.update",
    }
    assert METHODS.keys() >= wanted


def test_the_sandbox_stands_alone() -> None:
    """It must not learn its limits from the app that it tests, nor need the app's libraries."""
    allowed = {"aiohttp", "yaml", *sys.stdlib_module_names}
    for path in (Path(bot.sandbox.__file__).parent).rglob("*.py"):
        if "demo" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [str(node.module)]
            for name in names:
                assert name.partition(".")[0] in allowed or name.startswith("bot.sandbox"), (
                    f"{path.name} imports {name}"
                )
