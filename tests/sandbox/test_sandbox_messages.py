"""chat.*, conversations.* and reactions.*: what an app can write and read, and what it is refused."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import NotPossibleError, Sandbox
from tests.sandbox.conftest import MANIFEST


async def refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as error:
        await call
    return str(error.value.response["error"])


async def test_a_message_is_posted_and_read_back(client: AsyncWebClient, slack: Sandbox, channel: str) -> None:
    posted = await client.chat_postMessage(channel=channel, text="Ahoy", unfurl_links=False)
    assert posted["channel"] == channel
    assert posted["message"]["bot_id"] == slack.bot_id
    read = await client.conversations_history(channel=channel)
    assert [message["ts"] for message in read["messages"]] == [posted["ts"]]
    assert slack.messages(channel)[0]["text"] == "Ahoy"


async def test_a_message_to_a_person_lands_in_their_direct_messages(
    client: AsyncWebClient, slack: Sandbox, ana: str
) -> None:
    posted = await client.chat_postMessage(channel=ana, text="Just you")
    opened = await client.conversations_open(users=ana, return_im=True)
    assert posted["channel"] == opened["channel"]["id"]
    assert opened["channel"]["user"] == ana
    assert [message["text"] for message in slack.direct_messages(ana)] == ["Just you"]


async def test_blocks_come_back_with_ids_and_defaults(client: AsyncWebClient, channel: str) -> None:
    button = {"type": "button", "text": {"type": "plain_text", "text": "Go"}}
    posted = await client.chat_postMessage(
        channel=channel, text="t", blocks=[{"type": "actions", "elements": [button]}]
    )
    block = posted["message"]["blocks"][0]
    assert block["block_id"]
    assert block["elements"][0]["action_id"]
    assert block["elements"][0]["text"]["emoji"] is True


async def test_posting_is_refused_where_the_app_may_not_be(
    client: AsyncWebClient, slack: Sandbox, ana: str, bo: str
) -> None:
    public = slack.add_channel("random", members=[ana])
    secret = slack.add_channel("secret", members=[ana], private=True)
    archived = slack.add_channel("old", members=[ana, slack.bot_user_id], is_archived=True)
    assert await refused(client.chat_postMessage(channel=public, text="x")) == "not_in_channel"
    assert await refused(client.chat_postMessage(channel=secret, text="x")) == "channel_not_found"
    assert await refused(client.chat_postMessage(channel=archived, text="x")) == "is_archived"
    assert await refused(client.chat_postMessage(channel="C0NOWHERE", text="x")) == "channel_not_found"
    await slack.change_person(bo, deleted=True)
    assert await refused(client.chat_postMessage(channel=bo, text="x")) == "user_disabled"


async def test_a_message_needs_something_in_it(client: AsyncWebClient, channel: str) -> None:
    assert await refused(client.api_call("chat.postMessage", json={"channel": channel})) == "no_text"
    assert await refused(client.chat_postMessage(channel=channel, text="x", blocks="[{")) == "invalid_blocks_format"
    assert await refused(client.chat_postMessage(channel=channel, text="x", thread_ts="soon")) == "invalid_thread_ts"
    assert (
        await refused(client.chat_postMessage(channel=channel, text="x", markdown_text="y")) == "markdown_text_conflict"
    )


async def test_only_own_messages_can_be_changed(client: AsyncWebClient, slack: Sandbox, ana: str, channel: str) -> None:
    theirs = await slack.say(ana, channel, "mine", deliver=False)
    assert await refused(client.chat_update(channel=channel, ts=theirs, text="x")) == "cant_update_message"
    assert await refused(client.chat_delete(channel=channel, ts=theirs)) == "cant_delete_message"
    assert await refused(client.chat_update(channel=channel, ts="1.000000", text="x")) == "message_not_found"
    assert await refused(client.chat_delete(channel=channel, ts="1.000000")) == "message_not_found"


async def test_an_update_without_blocks_drops_them(client: AsyncWebClient, slack: Sandbox, channel: str) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "a"}}
    metadata = {"event_type": "warning", "event_payload": {"key": "k1"}}
    posted = await client.chat_postMessage(channel=channel, text="t", blocks=[section], metadata=metadata)
    await client.chat_update(channel=channel, ts=posted["ts"], text="only words")
    message = slack.messages(channel)[0]
    assert "blocks" not in message
    assert message["text"] == "only words"
    assert message["metadata"] == metadata
    await client.chat_delete(channel=channel, ts=posted["ts"])
    assert slack.messages(channel) == []


async def test_metadata_is_read_only_by_those_who_ask_for_it(client: AsyncWebClient, channel: str) -> None:
    metadata = {"event_type": "warning", "event_payload": {"key": "k1"}}
    posted = await client.chat_postMessage(channel=channel, text="t", metadata=metadata)
    without = await client.conversations_history(channel=channel)
    with_it = await client.conversations_history(channel=channel, include_all_metadata=True)
    thread = await client.conversations_replies(channel=channel, ts=posted["ts"], include_all_metadata=True)
    assert "metadata" not in without["messages"][0]
    assert with_it["messages"][0]["metadata"] == metadata
    assert thread["messages"][0]["metadata"] == metadata
    bad = client.chat_postMessage(channel=channel, text="t", metadata={"event_type": "x"})
    assert await refused(bad) == "invalid_metadata_schema"


async def test_replies_stay_in_their_thread_unless_broadcast(
    client: AsyncWebClient, slack: Sandbox, ana: str, channel: str
) -> None:
    root = await slack.say(ana, channel, "root", deliver=False)
    await client.chat_postMessage(channel=channel, text="quiet", thread_ts=root)
    loud = await client.chat_postMessage(channel=channel, text="loud", thread_ts=root, reply_broadcast=True)
    assert loud["message"]["subtype"] == "thread_broadcast"
    history = await client.conversations_history(channel=channel)
    assert [message["text"] for message in history["messages"]] == ["loud", "root"]
    assert history["messages"][1]["reply_count"] == 2
    replies = await client.conversations_replies(channel=channel, ts=root)
    assert [message["text"] for message in replies["messages"]] == ["root", "quiet", "loud"]
    assert replies["messages"][1]["parent_user_id"] == ana
    assert await refused(client.conversations_replies(channel=channel, ts="1.000000")) == "thread_not_found"


async def test_history_is_paged_and_bounded(client: AsyncWebClient, slack: Sandbox, ana: str, channel: str) -> None:
    written = [await slack.say(ana, channel, f"m{i}", deliver=False, at=1000.0 + i) for i in range(5)]
    pages, cursor = [], ""
    while True:
        page = await client.conversations_history(channel=channel, limit=2, cursor=cursor)
        pages.append([message["text"] for message in page["messages"]])
        if not page["has_more"]:
            break
        cursor = page["response_metadata"]["next_cursor"]
        await slack.say(ana, channel, "meanwhile", deliver=False)
    assert pages == [["m4", "m3"], ["m2", "m1"], ["m0"]]
    outside = await client.conversations_history(channel=channel, oldest=written[1], latest=written[3])
    inside = await client.conversations_history(channel=channel, oldest=written[1], latest=written[3], inclusive=True)
    assert [message["text"] for message in outside["messages"]] == ["m2"]
    assert [message["text"] for message in inside["messages"]] == ["m3", "m2", "m1"]
    assert await refused(client.conversations_history(channel=channel, cursor="bogus")) == "invalid_cursor"
    assert await refused(client.conversations_history(channel=channel, limit=1000)) == "invalid_limit"


async def test_threads_are_paged_with_their_root_on_every_page(
    client: AsyncWebClient, slack: Sandbox, ana: str, channel: str
) -> None:
    root = await slack.say(ana, channel, "root", deliver=False)
    for i in range(3):
        await slack.say(ana, channel, f"r{i}", thread_ts=root, deliver=False)
    first = await client.conversations_replies(channel=channel, ts=root, limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.conversations_replies(channel=channel, ts=root, limit=3, cursor=cursor)
    assert [message["text"] for message in first["messages"]] == ["root", "r0", "r1"]
    assert [message["text"] for message in second["messages"]] == ["root", "r2"]
    assert second["has_more"] is False


async def test_history_is_for_members(client: AsyncWebClient, slack: Sandbox, ana: str) -> None:
    public = slack.add_channel("random", members=[ana])
    assert await refused(client.conversations_history(channel=public)) == "not_in_channel"
    await client.conversations_join(channel=public)
    assert (await client.conversations_history(channel=public))["ok"]


async def test_private_channels_do_not_exist_for_an_app_outside(
    client: AsyncWebClient, slack: Sandbox, ana: str, bo: str
) -> None:
    outside = slack.add_channel("outside", members=[ana], private=True)
    inside = slack.add_channel("inside", members=[bo, slack.bot_user_id], private=True, shared=True)
    listed = await client.conversations_list(types="public_channel,private_channel")
    assert [found["id"] for found in listed["channels"]] == [inside]
    assert await refused(client.conversations_info(channel=outside)) == "channel_not_found"
    assert await refused(client.conversations_members(channel=outside)) == "channel_not_found"
    info = (await client.conversations_info(channel=inside, include_num_members=True))["channel"]
    assert (info["is_private"], info["is_ext_shared"], info["num_members"], info["is_member"]) == (True, True, 2, True)
    assert (await client.conversations_members(channel=inside))["members"] == [bo, slack.bot_user_id]
    assert (await client.users_conversations(user=ana, types="private_channel"))["channels"] == []


async def test_members_are_paged(client: AsyncWebClient, slack: Sandbox) -> None:
    people = [slack.add_person(f"Person {i}") for i in range(5)]
    big = slack.add_channel("big", members=people)
    found, cursor = [], ""
    while True:
        page = await client.conversations_members(channel=big, limit=2, cursor=cursor)
        found += page["members"]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert found == people


async def test_a_group_message_is_opened_once(client: AsyncWebClient, slack: Sandbox, ana: str, bo: str) -> None:
    first = await client.conversations_open(users=[ana, bo])
    second = await client.conversations_open(users=[bo, ana])
    assert first["channel"]["id"] == second["channel"]["id"]
    assert second["already_open"] is True
    assert await refused(client.conversations_open(users=["U0NOBODY00"])) == "user_not_found"
    assert await refused(client.conversations_open(users=[])) in {"users_list_not_supplied", "invalid_arguments"}
    assert slack.messages(first["channel"]["id"]) == []


async def test_ephemeral_messages_are_for_one_member_and_not_in_history(
    client: AsyncWebClient, slack: Sandbox, ana: str, bo: str, channel: str
) -> None:
    stranger = slack.add_person("Cy")
    await client.chat_postEphemeral(channel=channel, user=ana, text="psst")
    assert [message["text"] for message in slack.ephemerals(ana, channel)] == ["psst"]
    assert slack.ephemerals(bo) == []
    assert (await client.conversations_history(channel=channel))["messages"] == []
    assert await refused(client.chat_postEphemeral(channel=channel, user=stranger, text="x")) == "user_not_in_channel"
    assert await refused(client.chat_postEphemeral(channel=channel, user="U0NOBODY00", text="x")) == "user_not_found"


async def test_reactions_are_added_once_and_taken_back_once(
    client: AsyncWebClient, slack: Sandbox, ana: str, channel: str
) -> None:
    ts = await slack.say(ana, channel, "new", deliver=False)
    await client.reactions_add(channel=channel, timestamp=ts, name="white_check_mark")
    assert (
        await refused(client.reactions_add(channel=channel, timestamp=ts, name="white_check_mark")) == "already_reacted"
    )
    assert slack.messages(channel)[0]["reactions"] == [
        {"name": "white_check_mark", "users": [slack.bot_user_id], "count": 1}
    ]
    await client.reactions_remove(channel=channel, timestamp=ts, name="white_check_mark")
    assert (
        await refused(client.reactions_remove(channel=channel, timestamp=ts, name="white_check_mark")) == "no_reaction"
    )
    assert (
        await refused(client.reactions_add(channel=channel, timestamp="1.000000", name="eyes")) == "message_not_found"
    )
    assert await refused(client.reactions_add(channel=channel, timestamp=ts, name="no such!")) == "invalid_name"


async def test_permalinks_lead_to_messages(client: AsyncWebClient, slack: Sandbox, ana: str, channel: str) -> None:
    root = await slack.say(ana, channel, "root", deliver=False)
    reply = await slack.say(ana, channel, "reply", thread_ts=root, deliver=False)
    link = (await client.chat_getPermalink(channel=channel, message_ts=root))["permalink"]
    assert link == f"{slack.url}/archives/{channel}/p{root.replace('.', '')}"
    assert f"thread_ts={root}" in (await client.chat_getPermalink(channel=channel, message_ts=reply))["permalink"]
    assert await refused(client.chat_getPermalink(channel=channel, message_ts="1.000000")) == "message_not_found"


async def test_a_deleted_parent_with_replies_becomes_a_tombstone(slack: Sandbox, ana: str, channel: str) -> None:
    root = await slack.say(ana, channel, "root", deliver=False)
    reply = await slack.say(ana, channel, "reply", thread_ts=root, deliver=False)
    await slack.delete(ana, channel, root, deliver=False)
    tombstone = slack.messages(channel)[0]
    assert (tombstone["subtype"], tombstone["user"], tombstone["text"]) == (
        "tombstone",
        "USLACKBOT",
        "This message was deleted.",
    )
    await slack.delete(ana, channel, reply, deliver=False)
    assert slack.messages(channel) == []


async def test_time_stamps_never_repeat(slack: Sandbox, ana: str, channel: str) -> None:
    written = [await slack.say(ana, channel, "m", deliver=False) for _ in range(50)]
    same = [await slack.say(ana, channel, "m", deliver=False, at=1000.0) for _ in range(3)]
    assert written == sorted(set(written))
    assert same == ["1000.000000", "1000.000001", "1000.000002"]


async def test_people_are_told_what_they_cannot_do(slack: Sandbox, ana: str, bo: str, channel: str) -> None:
    private = slack.add_channel("private", members=[bo], private=True)
    ts = await slack.say(ana, channel, "mine", deliver=False)
    with pytest.raises(NotPossibleError, match="no channel"):
        await slack.say(ana, private, "let me in")
    with pytest.raises(NotPossibleError, match="own messages only"):
        await slack.edit(bo, channel, ts, "theirs")
    await slack.delete(bo, channel, ts, deliver=False)  # Bo is an admin
    assert slack.messages(channel) == []


async def test_an_app_whose_messages_tab_is_off_cannot_write_to_people() -> None:
    features = {**MANIFEST["features"], "app_home": {"home_tab_enabled": True, "messages_tab_enabled": False}}
    async with Sandbox({**MANIFEST, "features": features}) as slack:
        ana = slack.add_person("Ana")
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        assert await refused(client.chat_postMessage(channel=ana, text="x")) == "messages_tab_disabled"
        with pytest.raises(NotPossibleError, match="turned off"):
            await slack.say(ana, slack.direct(ana, slack.bot_user_id), "hello?")


async def test_people_who_left_are_in_no_channel(
    client: AsyncWebClient, slack: Sandbox, ana: str, bo: str, channel: str
) -> None:
    await slack.change_person(ana, deleted=True)
    assert (await client.conversations_members(channel=channel))["members"] == [bo, slack.bot_user_id]
    assert (await client.users_info(user=ana))["user"]["deleted"] is True
