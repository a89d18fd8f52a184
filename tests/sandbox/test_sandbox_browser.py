"""The page's API: what each person sees, does and hears, and who is kept out."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox
from tests.sandbox.conftest import Listener, Page

Json = dict[str, Any]


async def test_each_person_sees_their_own_list_of_channels(
    slack: Sandbox, page: Page, ana: str, bo: str, channel: str
) -> None:
    private = slack.add_channel("private", members=[bo], private=True)
    guest = slack.add_person("Guest One", external=True)
    between = slack.direct(ana, bo)
    mine = await page.get("state", as_=ana)
    theirs = await page.get("state", as_=bo)
    assert mine["ok"]
    assert [entry["id"] for entry in mine["channels"]] == [channel, between]
    assert [entry["id"] for entry in theirs["channels"]] == [channel, private, between]
    assert (await page.get("state", as_=guest))["channels"] == []
    direct = mine["channels"][1]
    assert (direct["kind"], direct["with"], direct["name"]) == ("im", bo, "Bo Lindqvist")
    people = {person["id"]: person for person in mine["people"]}
    assert people[ana]["initials"] == "AR"
    assert people[guest]["is_external"] is True
    assert people[slack.bot_user_id]["is_bot"] is True
    assert mine["commands"][0] == {"command": "/oar", "description": "Ask", "usage_hint": "search words"}
    assert [shortcut["type"] for shortcut in mine["shortcuts"]] == ["message", "global"]
    assert mine["app"]["bot_user_id"] == slack.bot_user_id
    assert (await page.get("state", as_="U0NOBODY00"))["ok"] is False
    assert (await page.get("state"))["me"] == ana
    slack.suggestions = [{"text": "/oar help", "as": ana, "channel": "ml-initiatives"}]
    assert (await page.get("suggestions"))["suggestions"] == slack.suggestions


async def test_a_message_is_written_edited_liked_and_deleted(
    slack: Sandbox, page: Page, listener: Listener, *, ana: str, bo: str, channel: str
) -> None:
    written = await page.post(
        "message", as_=ana, channel=channel, text="ask @Bo Lindqvist about <this> in #ml-initiatives"
    )
    ts = written["ts"]
    (shown,) = (await page.get("messages", as_=bo, channel=channel))["messages"]
    assert shown["text"] == f"ask <@{bo}> about &lt;this&gt; in <#{channel}|ml-initiatives>"
    assert (shown["user"], shown["username"], shown["ephemeral"], shown["blocks"]) == (ana, "Ana Ruiz", False, [])
    state = await page.get("state", as_=bo)
    assert (state["channels"][0]["unread"], state["channels"][0]["mentions"]) == (1, 1)
    await page.post("read", as_=bo, channel=channel, ts=ts)
    assert (await page.get("state", as_=bo))["channels"][0]["unread"] == 0
    await page.post("reaction", as_=bo, channel=channel, ts=ts, name="eyes")
    await page.post("message/edit", as_=ana, channel=channel, ts=ts, text="never mind")
    (shown,) = (await page.get("messages", as_=bo, channel=channel))["messages"]
    assert (shown["text"], shown["reactions"][0]["users"]) == ("never mind", [bo])
    refused = await page.post("message/edit", as_=bo, channel=channel, ts=ts, text="mine now")
    assert refused == {"ok": False, "error": "People can edit their own messages only."}
    await page.post("message/delete", as_=ana, channel=channel, ts=ts)
    assert (await page.get("messages", as_=bo, channel=channel))["messages"] == []
    await slack.delivery.settle()
    assert [event.get("subtype") for event in listener.events("message")] == [
        None,
        "message_changed",
        "message_deleted",
    ]


async def test_threads_and_pages_of_messages(slack: Sandbox, page: Page, ana: str, channel: str) -> None:
    written = [await slack.say(ana, channel, f"m{i}", deliver=False) for i in range(5)]
    await page.post("message", as_=ana, channel=channel, text="reply", thread_ts=written[0])
    last = await page.get("messages", as_=ana, channel=channel, limit=2)
    before = await page.get("messages", as_=ana, channel=channel, limit=10, before=last["messages"][0]["ts"])
    assert [message["text"] for message in last["messages"]] == ["m3", "m4"]
    assert (last["has_more"], before["has_more"]) == (True, False)
    assert [message["text"] for message in before["messages"]] == ["m0", "m1", "m2"]
    assert before["messages"][0]["reply_count"] == 1
    thread = await page.get("thread", as_=ana, channel=channel, ts=written[0])
    assert [message["text"] for message in thread["messages"]] == ["m0", "reply"]


async def test_what_only_one_person_sees_is_shown_to_nobody_else(
    slack: Sandbox, page: Page, client: AsyncWebClient, *, ana: str, bo: str, channel: str
) -> None:
    await client.chat_postEphemeral(channel=channel, user=ana, text="psst")
    mine = (await page.get("messages", as_=ana, channel=channel))["messages"]
    theirs = (await page.get("messages", as_=bo, channel=channel))["messages"]
    assert [(message["text"], message["ephemeral"], message["app_name"]) for message in mine] == [
        ("psst", True, "Oarsman")
    ]
    assert theirs == []
    private = slack.add_channel("private", members=[bo], private=True)
    assert (await page.get("messages", as_=ana, channel=private))["ok"] is False


async def test_channels_are_made_joined_left_and_archived(slack: Sandbox, page: Page, ana: str, bo: str) -> None:
    made = (await page.post("channel", as_=ana, name="new-place", private=False))["channel"]
    assert (made["name"], made["kind"], made["members"]) == ("new-place", "public", [ana])
    assert (await page.post("channel", as_=ana, name="New Place", private=False))["ok"] is False
    await page.post("join", as_=bo, channel=made["id"])
    await page.post("invite", as_=bo, channel=made["id"], user=slack.bot_user_id)
    await page.post("remove", as_=ana, channel=made["id"], user=bo)
    await page.post("leave", as_=ana, channel=made["id"])
    assert slack.workspace.channels[made["id"]].members == [slack.bot_user_id]
    await page.post("archive", as_=ana, channel=made["id"])
    assert slack.workspace.channels[made["id"]].is_archived
    direct = (await page.post("dm", as_=ana, users=[slack.bot_user_id]))["channel"]
    assert (direct["kind"], direct["with"]) == ("im", slack.bot_user_id)


MODAL: Json = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Form"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "title",
            "label": {"type": "plain_text", "text": "Title"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


async def test_the_app_is_asked_through_the_page(
    slack: Sandbox, page: Page, listener: Listener, *, client: AsyncWebClient, ana: str, channel: str
) -> None:
    async def answer(knock: Any) -> web.Response:
        body = knock.body
        if body.get("command"):
            return web.json_response({"text": "Hello"})
        if body.get("type") == "block_actions":
            await client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        if body.get("type") == "view_submission" and body["view"]["state"]["values"]["title"]["text"]["value"] == "no":
            return web.json_response({"response_action": "errors", "errors": {"title": "Not that."}})
        return web.Response()

    listener.answer = answer
    told = await page.post("command", as_=ana, channel=channel, text="/oar hi")
    assert (told["ok"], told["message"]["text"]) == (True, "Hello")
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "7"}
    posted = await client.chat_postMessage(
        channel=channel, text="x", blocks=[{"type": "actions", "block_id": "b", "elements": [button]}]
    )
    action = {"type": "button", "action_id": "go", "block_id": "b", "value": "7"}
    container = {"type": "message", "channel": channel, "ts": posted["ts"]}
    assert (await page.post("action", as_=ana, container=container, action=action))["ok"]
    (view,) = (await page.get("views", as_=ana))["views"]
    values = {"title": {"text": {"type": "plain_text_input", "value": "no"}}}
    refused = await page.post("view/submit", as_=ana, view_id=view["id"], values=values)
    assert refused == {"ok": False, "errors": {"title": "Not that."}}
    values["title"]["text"]["value"] = "yes"
    assert (await page.post("view/submit", as_=ana, view_id=view["id"], values=values))["ok"]
    assert slack.views_of(ana) == []
    gone = await page.post("view/close", as_=ana, view_id=view["id"])
    assert gone["ok"] is False
    failed = await page.post("command", as_=ana, channel=channel, text="/nothing")
    assert (failed["ok"], failed["failed"]) == (True, "unknown_command")


async def test_home_is_opened_and_drawn(
    slack: Sandbox, page: Page, listener: Listener, client: AsyncWebClient, ana: str
) -> None:
    async def draw(knock: Any) -> web.Response:
        view = {"type": "home", "blocks": [{"type": "divider"}]}
        await client.views_publish(user_id=knock.body["event"]["user"], view=view)
        return web.Response()

    listener.answer = draw
    opened = await page.post("home", as_=ana)
    assert opened["view"]["blocks"][0]["type"] == "divider"


async def hear(session: aiohttp.ClientSession, user: str, count: int, last_id: str = "") -> list[tuple[str, Json]]:
    """The next changes that a page hears."""
    headers = {"Last-Event-ID": last_id} if last_id else {}
    heard: list[tuple[str, Json]] = []
    async with asyncio.timeout(5), session.get("/sandbox/stream", params={"as": user}, headers=headers) as response:
        assert response.content_type == "text/event-stream"
        number = ""
        async for line in response.content:
            text = line.decode().strip()
            if text.startswith("id: "):
                number = text.removeprefix("id: ")
            elif text.startswith("data: "):
                heard.append((number, json.loads(text.removeprefix("data: "))))
                if len(heard) == count:
                    break
    return heard


async def test_a_page_hears_what_its_person_may_hear_and_misses_nothing(
    slack: Sandbox,
    page: Page,
    session: aiohttp.ClientSession,
    *,
    client: AsyncWebClient,
    ana: str,
    bo: str,
    channel: str,
) -> None:
    private = slack.add_channel("private", members=[bo], private=True)
    start = (await page.get("state", as_=ana))["last_event_id"]
    await slack.say(bo, private, "secret")
    ts = await slack.say(bo, channel, "open")
    await client.chat_postEphemeral(channel=channel, user=bo, text="for Bo")
    await slack.react(bo, channel, ts, "eyes")
    await slack.edit(bo, channel, ts, "opened")
    heard = await hear(session, ana, 4, start)
    assert [data["type"] for _, data in heard] == ["message", "unread", "reaction", "message_changed"]
    assert heard[0][1]["message"]["text"] == "open"
    assert heard[1][1] == {"type": "unread", "channel": channel, "unread": 1, "mentions": 0}
    rest = await hear(session, ana, 2, heard[1][0])
    assert [number for number, _ in rest] == [number for number, _ in heard[2:]]
    theirs = await hear(session, bo, 3, start)
    assert [data["type"] for _, data in theirs] == ["message", "message", "ephemeral"]
    assert (await hear(session, ana, 1, "another-17"))[0][1]["type"] == "resync"


async def test_a_page_hears_at_once(
    slack: Sandbox, session: aiohttp.ClientSession, client: AsyncWebClient, ana: str, channel: str
) -> None:
    listening = asyncio.create_task(hear(session, ana, 3))
    await asyncio.sleep(0.1)
    await client.views_open(trigger_id=slack.tickets.trigger(ana), view=MODAL)
    await slack.command(ana, channel, "/unheard")
    await slack.close_view(slack.views_of(ana)[0]["id"])
    opened, notice, closed = [data for _, data in await listening]
    assert (opened["type"], opened["how"], opened["view"]["title"]["text"]) == ("view", "open", "Form")
    assert (notice["type"], notice["text"]) == ("notice", "/unheard is not a valid command.")
    assert (closed["type"], closed["top"]) == ("view_closed", None)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
    ],
)
async def test_other_sites_are_kept_out(
    slack: Sandbox, session: aiohttp.ClientSession, ana: str, channel: str, headers: dict[str, str]
) -> None:
    body = {"as": ana, "channel": channel, "text": "from elsewhere"}
    async with session.post("/sandbox/message", json=body, headers=headers) as response:
        assert response.status == 403
    assert slack.messages(channel) == []


async def test_a_form_of_another_site_cannot_post(
    slack: Sandbox, session: aiohttp.ClientSession, ana: str, channel: str
) -> None:
    body = json.dumps({"as": ana, "channel": channel, "text": "x"})
    async with session.post("/sandbox/message", data=body, headers={"content-type": "text/plain"}) as response:
        assert response.status == 415
    async with session.post("/sandbox/message", json={"as": ana}) as response:
        assert (response.status, (await response.json())["ok"]) == (400, False)
    assert slack.messages(channel) == []


async def test_files_outside_of_the_page_are_not_served(session: aiohttp.ClientSession) -> None:
    for path in ("/page/../server.py", "/page/%2e%2e/server.py", "/page/nothing.js"):
        async with session.get(path) as response:
            assert response.status == 404


async def test_faults_and_traffic_for_the_inspector(
    slack: Sandbox, page: Page, session: aiohttp.ClientSession, channel: str
) -> None:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    await page.post("faults", method="chat.postMessage", fault="refuse", times=1, code="fatal_error")
    async with session.delete("/sandbox/faults") as response:
        assert (await response.json())["ok"]
    await client.chat_postMessage(channel=channel, text="seen")
    await slack.delivery.settle()
    reply = await page.get("traffic")
    traffic = reply["traffic"]
    found = {(entry["direction"], entry["method"]) for entry in traffic}
    assert found == {("in", "chat.postMessage"), ("out", "message")}
    assert (await page.get("traffic", since=reply["last"]))["traffic"] == []
    (call,) = (row for row in traffic if row["method"] == "chat.postMessage")
    entry = (await page.get("traffic/entry", n=call["n"]))["entry"]
    assert entry["request"] == {"channel": channel, "text": "seen"}
    ts = entry["answer"]["ts"]
    assert entry["messages"] == [[channel, ts]]
    about = (await page.get("traffic", channel=channel, ts=ts))["traffic"]
    assert {(row["method"], row["made"]) for row in about} == {("chat.postMessage", True), ("message", False)}
    assert slack.bot_token not in str(traffic)
    assert (await page.post("faults", method="x", fault="no such"))["ok"] is False


async def test_events_are_repeated_and_reordered_on_request(
    slack: Sandbox, page: Page, listener: Listener, ana: str, channel: str
) -> None:
    await page.post("faults", method="events", fault="redeliver", copies=2)
    await slack.say(ana, channel, "twice")
    await page.post("faults", method="events", fault="reorder", times=2)
    for text in ("one", "two", "three"):
        await slack.say(ana, channel, text)
    await slack.delivery.settle()
    texts = [event["text"] for event in listener.events("message")]
    assert sorted(texts) == ["one", "three", "twice", "twice", "two"]
    assert texts.index("two") < texts.index("one")
    assert await page.post("faults", method="socket", fault="drop") == {"ok": True, "ended": 0}


async def test_starting_over_fills_the_workspace_again(slack: Sandbox, page: Page, ana: str, channel: str) -> None:
    async def fill() -> None:
        slack.add_person("Newcomer")

    slack.on_reset = fill
    assert (await page.post("reset"))["ok"]
    assert [person.real_name for person in slack.workspace.people.values()] == ["Oarsman", "Newcomer"]
    assert slack.workspace.channels == {}
