"""Channels that close or change, people who leave, an app that is removed: what Slack tells an app of these, in Slack's words."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import NotPossibleError, Sandbox
from tests.sandbox.conftest import MANIFEST

#: Every event of a life's edge, as docs.slack.dev/reference/events names them.
EVENTS = [
    "app_uninstalled",
    "channel_archive",
    "channel_deleted",
    "channel_id_changed",
    "channel_left",
    "group_deleted",
    "group_left",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "team_join",
    "tokens_revoked",
    "user_change",
]


def manifest() -> dict[str, Any]:
    return {**MANIFEST, "settings": {"event_subscriptions": {"bot_events": EVENTS}}}


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    """A workspace whose app has subscribed to all of it (and is nowhere: what is sent to it is only noted)."""
    async with Sandbox(manifest(), retry_scale=0.001) as sandbox:
        yield sandbox


def told(slack: Sandbox) -> list[dict[str, Any]]:
    """The events that were sent, without their times."""
    events = [delivered.payload["event"] for delivered in slack.deliveries()]
    return [{name: value for name, value in event.items() if name not in ("event_ts", "ts")} for event in events]


@pytest.mark.parametrize("private", [False, True])
async def test_who_removed_the_app_from_a_channel_stands_in_the_event(
    slack: Sandbox, ana: str, *, private: bool
) -> None:
    channel = slack.add_channel("c", members=[ana, slack.bot_user_id], private=private)
    await slack.remove(ana, channel, slack.bot_user_id)
    name = "group_left" if private else "channel_left"
    (left,) = [event for event in told(slack) if event["type"] == name]
    assert left == {"type": name, "channel": channel, "actor_id": ana}


@pytest.mark.parametrize("private", [False, True])
async def test_a_deleted_channel_is_gone_with_its_messages_and_links(
    slack: Sandbox, client: AsyncWebClient, ana: str, bo: str, *, private: bool
) -> None:
    channel = slack.add_channel("c", members=[ana, bo, slack.bot_user_id], private=private)
    ts = await slack.say(ana, channel, "hello")
    await slack.delete_channel(bo, channel)
    assert told(slack)[-1] == {"type": "group_deleted" if private else "channel_deleted", "channel": channel}
    calls = (
        client.chat_postMessage(channel=channel, text="x"),
        client.conversations_info(channel=channel),
        client.chat_getPermalink(channel=channel, message_ts=ts),
    )
    for call in calls:
        with pytest.raises(SlackApiError, match="channel_not_found"):
            await call


async def test_only_admins_delete_convert_and_deactivate(slack: Sandbox, ana: str, bo: str) -> None:
    channel = slack.add_channel("c", members=[ana, bo])
    for act in (
        slack.delete_channel(ana, channel),
        slack.convert(ana, channel, private=True),
        slack.deactivate(ana, bo),
    ):
        with pytest.raises(NotPossibleError, match="admins"):
            await act


async def test_a_conversion_is_told_as_a_message_of_the_channels_new_kind_and_keeps_its_id(
    slack: Sandbox, client: AsyncWebClient, ana: str, bo: str
) -> None:
    channel = slack.add_channel("c", members=[ana, bo, slack.bot_user_id])
    for private, kind in ((True, "group"), (False, "channel")):
        await slack.convert(bo, channel, private=private)
        event = told(slack)[-1]
        word = "private" if private else "public"
        assert (event["type"], event["subtype"], event["channel_type"]) == (
            "message",
            f"channel_convert_to_{word}",
            kind,
        )
        assert (event["user"], event["channel"]) == (bo, channel)
        assert f"made this channel *{word}*" in event["text"]
        info = (await client.conversations_info(channel=channel))["channel"]
        assert info["is_private"] is private
    count = len(told(slack))
    await slack.convert(bo, channel, private=False)
    assert len(told(slack)) == count


async def test_another_id_is_told_and_the_old_one_is_unknown(slack: Sandbox, client: AsyncWebClient, ana: str) -> None:
    channel = slack.add_channel("c", members=[ana, slack.bot_user_id], private=True)
    await slack.change_id(channel, "C0NEWID001")
    assert told(slack)[-1] == {"type": "channel_id_changed", "old_channel_id": channel, "new_channel_id": "C0NEWID001"}
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await client.conversations_info(channel=channel)


async def test_a_deactivated_person_is_in_no_channel_and_comes_back_into_none(
    slack: Sandbox, client: AsyncWebClient, ana: str, bo: str
) -> None:
    channel = slack.add_channel("c", members=[ana, bo, slack.bot_user_id])
    await slack.deactivate(bo, ana)
    event = told(slack)[-1]
    assert (event["type"], event["user"]["id"], event["user"]["deleted"]) == ("user_change", ana, True)
    assert ana not in (await client.conversations_members(channel=channel))["members"]
    with pytest.raises(SlackApiError, match="user_disabled"):
        await client.conversations_open(users=ana)
    await slack.deactivate(bo, ana, restore=True)
    assert told(slack)[-1]["user"]["deleted"] is False
    assert ana not in (await client.conversations_members(channel=channel))["members"]


async def test_a_newcomer_is_told(slack: Sandbox) -> None:
    new = await slack.join_team("Dana Levi", tz="Asia/Jerusalem")
    event = told(slack)[-1]
    assert (event["type"], event["user"]["id"], event["user"]["tz"]) == ("team_join", new, "Asia/Jerusalem")


async def test_a_removed_app_hears_of_that_and_of_nothing_after_and_its_token_is_dead(
    slack: Sandbox, client: AsyncWebClient, ana: str
) -> None:
    channel = slack.add_channel("c", members=[ana, slack.bot_user_id])
    await slack.uninstall()
    await slack.say(ana, channel, "are you there?")
    assert told(slack) == [
        {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [slack.bot_user_id]}},
        {"type": "app_uninstalled"},
    ]
    with pytest.raises(SlackApiError, match="account_inactive"):
        await client.auth_test()
    slack.reinstall()
    assert (await client.auth_test())["ok"]
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await client.chat_postMessage(channel=channel, text="I am back")


async def test_what_was_deleted_and_removed_is_so_after_a_restart(tmp_path: Path) -> None:
    journal = tmp_path / "sandbox.db"
    async with Sandbox(manifest(), journal=journal) as slack:
        admin = slack.add_person("Ines", is_admin=True)
        gone = slack.add_channel("gone", members=[admin, slack.bot_user_id])
        stays = slack.add_channel("stays", members=[admin, slack.bot_user_id])
        await slack.say(admin, gone, "hello")
        await slack.delete_channel(admin, gone)
        await slack.convert(admin, stays, private=True)
        await slack.uninstall()
    async with Sandbox(manifest(), journal=journal) as again:
        assert gone not in again.workspace.channels
        assert again.workspace.channels[stays].is_private
        assert again.bot_user_id not in again.workspace.channels[stays].members
