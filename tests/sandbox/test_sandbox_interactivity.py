"""Commands, buttons, forms, shortcuts, menus and the Home tab, answered by a real Bolt app over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.sandbox import NotPossibleError, Sandbox
from tests.sandbox.conftest import Listener

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


FORM: Json = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("Announce"),
    "submit": plain("Save"),
    "private_metadata": "kept",
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "title",
            "label": plain("Title"),
            "element": {"type": "plain_text_input", "action_id": "text"},
        },
        {
            "type": "input",
            "block_id": "team",
            "optional": True,
            "label": plain("Team"),
            "element": {
                "type": "static_select",
                "action_id": "choose",
                "options": [{"text": plain("Search"), "value": "search"}, {"text": plain("Ads"), "value": "ads"}],
            },
        },
        {
            "type": "input",
            "block_id": "like",
            "optional": True,
            "label": plain("Like"),
            "element": {"type": "external_select", "action_id": "find", "min_query_length": 2},
        },
        {
            "type": "actions",
            "block_id": "more",
            "elements": [{"type": "button", "action_id": "push", "text": plain("More"), "value": "1"}],
        },
    ],
}


def two_buttons() -> list[Json]:
    return [
        {
            "type": "actions",
            "block_id": f"candidate-{i}",
            "elements": [{"type": "button", "action_id": "join", "text": plain("Join"), "value": f"initiative-{i}"}],
        }
        for i in range(2)
    ]


@pytest.fixture
async def app(slack: Sandbox) -> AsyncIterator[AsyncApp]:
    """A Bolt app behind a real HTTP server, without listeners."""
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    app = AsyncApp(client=client, signing_secret=slack.signing_secret, process_before_response=True)

    async def handle(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    application = web.Application()
    application.router.add_post("/slack/events", handle)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    yield app
    await runner.cleanup()


# Commands


async def test_a_command_gets_escaped_text_and_an_answer_for_one(
    slack: Sandbox, app: AsyncApp, ana: str, bo: str, channel: str
) -> None:
    seen: list[Json] = []

    @app.command("/oar")
    async def oar(ack: Any, command: Json) -> None:
        seen.append(command)
        await ack(text="Two found", blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "*Two*"}}])

    reply = await slack.command(ana, channel, "/oar tell @Bo about #ml-initiatives & <this> https://a.example/x.")
    assert (
        seen[0]["text"]
        == f"tell <@{bo}|bo.lindqvist> about <#{channel}|ml-initiatives> &amp; &lt;this&gt; <https://a.example/x>."
    )
    assert (seen[0]["channel_id"], seen[0]["user_id"], seen[0]["user_name"]) == (channel, ana, "ana.ruiz")
    assert (reply.text, reply.blocks[0]["text"]["text"]) == ("Two found", "*Two*")
    assert [message["text"] for message in slack.ephemerals(ana, channel)] == ["Two found"]
    assert slack.messages(channel) == []


async def test_a_command_without_escaping_gets_names_as_typed(
    slack: Sandbox, listener: Listener, ana: str, channel: str
) -> None:
    await slack.command(ana, channel, "/plain tell @bo in #ml-initiatives")
    assert listener.knocks[0].body["text"] == "tell @bo in #ml-initiatives"


async def test_an_answer_for_all_is_a_message_and_no_answer_is_nothing(
    slack: Sandbox, app: AsyncApp, ana: str, channel: str
) -> None:
    @app.command("/oar")
    async def oar(ack: Any, command: Json) -> None:
        await (ack(text="All hear", response_type="in_channel") if command["text"] else ack())

    assert not await slack.command(ana, channel, "/oar")
    assert (await slack.command(ana, channel, "/oar loudly")).text == "All hear"
    assert [message["text"] for message in slack.messages(channel)] == ["All hear"]


async def test_what_a_person_sees_of_a_command_that_fails(
    slack: Sandbox, listener: Listener, ana: str, channel: str
) -> None:
    async def broken(_: Any) -> web.Response:
        return web.Response(status=500)

    async def confused(_: Any) -> web.Response:
        return web.json_response({"blocks": [{"type": "sectoin"}]})

    listener.answer = broken
    assert (await slack.command(ana, channel, "/oar x")).error == "http_service_error"
    listener.answer = confused
    assert (await slack.command(ana, channel, "/oar x")).error == "invalid_command_response"
    slack.request_url = "http://127.0.0.1:9/"
    assert (await slack.command(ana, channel, "/oar x")).error == "dispatch_failed"
    assert (await slack.command(ana, channel, "/unknown x")).error == "unknown_command"
    assert len(listener.knocks) == 2  # never tried again
    assert slack.notices[0].text == '/oar failed with the error "http_service_error"'


async def test_a_slow_command_times_out(ana: str) -> None:
    from tests.sandbox.conftest import MANIFEST

    async def sleepy(_: web.Request) -> web.Response:
        await asyncio.sleep(0.5)
        return web.Response()

    application = web.Application()
    application.router.add_post("/", sleepy)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with Sandbox(MANIFEST, ack_seconds=0.1) as slack:
        slack.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        person = slack.add_person("Ana")
        reply = await slack.command(person, slack.add_channel("c", members=[person]), "/oar x")
        assert slack.notices[0].text == '/oar failed with the error "operation_timeout"'
    await runner.cleanup()
    assert reply.error == "operation_timeout"


async def test_people_of_other_organisations_have_no_commands_and_shortcuts(
    slack: Sandbox, listener: Listener, channel: str
) -> None:
    guest = slack.add_person("Guest", external=True)
    shared = slack.add_channel("shared", members=[guest, slack.bot_user_id], shared=True)
    ts = await slack.say(guest, shared, "hello")
    assert (await slack.command(guest, shared, "/oar x")).error == "not_available"
    with pytest.raises(NotPossibleError):
        await slack.shortcut(guest, "note", channel=shared, ts=ts)
    with pytest.raises(NotPossibleError):
        await slack.open_home(guest)
    assert listener.events("message")[0]["user_team"] != slack.team_id


# Buttons and response URLs


async def test_a_button_tells_where_and_by_whom_it_was_pressed(
    slack: Sandbox, app: AsyncApp, client: AsyncWebClient, ana: str, channel: str
) -> None:
    seen: list[Json] = []

    @app.action("join")
    async def join(ack: Any, body: Json, respond: Any) -> None:
        await ack()
        seen.append(body)
        await respond(text="Joined", replace_original=True)

    posted = await client.chat_postMessage(channel=channel, text="Candidates", blocks=two_buttons())
    with pytest.raises(LookupError, match="2 elements"):
        await slack.click(ana, channel, posted["ts"], "join")
    await slack.click(ana, channel, posted["ts"], "join", "initiative-1")
    (body,) = seen
    assert body["actions"][0]["value"] == "initiative-1"
    assert body["actions"][0]["block_id"] == "candidate-1"
    assert body["container"] == {
        "type": "message",
        "message_ts": posted["ts"],
        "channel_id": channel,
        "is_ephemeral": False,
    }
    assert (body["user"]["id"], body["message"]["text"]) == (ana, "Candidates")
    assert slack.messages(channel)[0]["text"] == "Joined"
    assert "blocks" not in slack.messages(channel)[0]


async def test_a_button_that_only_one_person_sees(
    slack: Sandbox, app: AsyncApp, client: AsyncWebClient, *, ana: str, bo: str, channel: str
) -> None:
    seen: list[Json] = []

    @app.action("join")
    async def join(ack: Any, body: Json, respond: Any) -> None:
        await ack()
        seen.append(body)
        await respond(delete_original=True)

    posted = await client.chat_postEphemeral(channel=channel, user=ana, text="Is it?", blocks=two_buttons()[:1])
    with pytest.raises(NotPossibleError):
        await slack.click(bo, channel, posted["message_ts"], "join")
    await slack.click(ana, channel, posted["message_ts"], "join")
    assert seen[0]["container"]["is_ephemeral"] is True
    assert "message" not in seen[0]
    assert slack.ephemerals(ana) == []


async def test_a_response_url_is_good_five_times_within_half_an_hour(
    slack: Sandbox, listener: Listener, ana: str, channel: str
) -> None:
    await slack.command(ana, channel, "/oar x")
    webhook = AsyncWebhookClient(listener.knocks[0].body["response_url"])
    statuses = [(await webhook.send(text=f"answer {i}")).status_code for i in range(6)]
    assert statuses == [200] * 5 + [404]
    assert len(slack.ephemerals(ana, channel)) == 5
    await slack.command(ana, channel, "/oar x")
    slack.clock.move(31 * 60)
    late = await AsyncWebhookClient(listener.knocks[1].body["response_url"]).send(text="late")
    assert (late.status_code, late.body) == (404, "expired_url")
    assert [call.status for call in slack.calls("response_url")].count(404) == 2


async def test_a_button_that_the_app_does_not_answer_leaves_a_notice(
    slack: Sandbox, listener: Listener, client: AsyncWebClient, ana: str, channel: str
) -> None:
    async def lost(_: Any) -> web.Response:
        return web.Response(status=404)

    posted = await client.chat_postMessage(channel=channel, text="x", blocks=two_buttons()[:1])
    await slack.delivery.settle()
    listener.answer = lost
    before = len(listener.knocks)
    reply = await slack.click(ana, channel, posted["ts"], "join")
    assert reply.error == "http_client_error"
    assert len(listener.knocks) == before + 1
    assert slack.notices[-1].user == ana


# Triggers and modals


async def refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as error:
        await call
    return str(error.value.response["error"])


async def test_a_trigger_is_good_once_and_for_three_seconds(slack: Sandbox, client: AsyncWebClient, ana: str) -> None:
    trigger = slack.tickets.trigger(ana)
    opened = await client.views_open(trigger_id=trigger, view=FORM)
    assert opened["view"]["state"] == {"values": {}}
    assert await refused(client.views_open(trigger_id=trigger, view=FORM)) == "exchanged_trigger_id"
    late = slack.tickets.trigger(ana)
    slack.clock.move(3.1)
    assert await refused(client.views_open(trigger_id=late, view=FORM)) == "expired_trigger_id"
    assert await refused(client.views_open(trigger_id="1.2.3", view=FORM)) == "invalid_trigger_id"
    assert len(slack.views_of(ana)) == 1


async def test_a_broken_view_does_not_use_its_trigger_up(slack: Sandbox, client: AsyncWebClient, ana: str) -> None:
    trigger = slack.tickets.trigger(ana)
    without_submit = {key: value for key, value in FORM.items() if key != "submit"}
    assert await refused(client.views_open(trigger_id=trigger, view=without_submit)) == "invalid_arguments"
    assert (await client.views_open(trigger_id=trigger, view=FORM))["ok"]


async def test_a_form_is_filled_refused_and_sent(
    slack: Sandbox, app: AsyncApp, client: AsyncWebClient, ana: str
) -> None:
    sent: list[Json] = []

    @app.view("form")
    async def form(ack: Any, view: Json) -> None:
        sent.append(view)
        title = view["state"]["values"]["title"]["text"]["value"]
        await (ack() if len(title) > 3 else ack(response_action="errors", errors={"title": "Say a little more."}))

    view_id = (await client.views_open(trigger_id=slack.tickets.trigger(ana), view=FORM))["view"]["id"]
    empty = await slack.submit(view_id, {})
    assert empty.errors == {"title": "Please complete this required field."}
    assert sent == []
    short = await slack.submit(view_id, {"title": "Oar"})
    assert short.errors == {"title": "Say a little more."}
    done = await slack.submit(view_id, {"title": "Feature store", "choose": "ads"})
    assert (done.closed, done.view, slack.views_of(ana)) == (True, None, [])
    assert sent[-1]["state"]["values"]["team"]["choose"]["selected_option"]["value"] == "ads"
    assert sent[-1]["private_metadata"] == "kept"
    with pytest.raises(LookupError):
        await slack.submit(view_id, {})


async def test_an_answer_that_slack_cannot_use_keeps_the_form_open(
    slack: Sandbox, listener: Listener, client: AsyncWebClient, ana: str
) -> None:
    answers = iter(
        [
            {"response_action": "errors", "errors": {"nowhere": "x"}},
            {"response_action": "update", "view": {"type": "modal"}},
            {"response_action": "dance"},
        ]
    )

    async def wrong(_: Any) -> web.Response:
        return web.json_response(next(answers))

    listener.answer = wrong
    view_id = (await client.views_open(trigger_id=slack.tickets.trigger(ana), view=FORM))["view"]["id"]
    for _ in range(3):
        sent = await slack.submit(view_id, {"title": "Feature store"})
        assert "trouble connecting" in sent.error
    assert [view["id"] for view in slack.views_of(ana)] == [view_id]


async def test_modals_lie_on_each_other_three_deep(
    slack: Sandbox, app: AsyncApp, client: AsyncWebClient, ana: str
) -> None:
    refusals: list[str] = []

    @app.action("push")
    async def push(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        try:
            await client.views_push(trigger_id=body["trigger_id"], view=FORM)
        except SlackApiError as error:
            refusals.append(str(error.response["error"]))

    await client.views_open(trigger_id=slack.tickets.trigger(ana), view=FORM)
    for _ in range(3):
        await slack.click_in_view(ana, slack.views_of(ana)[-1]["id"], "push")
    stack = slack.views_of(ana)
    assert len(stack) == 3
    assert refusals == ["push_limit_reached"]
    assert stack[2]["previous_view_id"] == stack[1]["id"]
    assert {view["root_view_id"] for view in stack} == {stack[0]["id"]}
    assert await refused(client.views_push(trigger_id=slack.tickets.trigger(ana), view=FORM)) == "invalid_trigger_id"


async def test_what_is_typed_survives_an_update_of_the_form(
    slack: Sandbox, app: AsyncApp, client: AsyncWebClient, ana: str
) -> None:
    @app.action("push")
    async def update(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        assert body["view"]["state"]["values"]["title"]["text"]["value"] == "half a ti"
        changed = {**FORM, "blocks": [FORM["blocks"][0], {"type": "section", "text": plain("Looks familiar")}]}
        await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=changed)

    view_id = (await client.views_open(trigger_id=slack.tickets.trigger(ana), view=FORM))["view"]["id"]
    await slack.click_in_view(ana, view_id, "push", values={"title": "half a ti"})
    (view,) = slack.views_of(ana)
    assert view["blocks"][1]["text"]["text"] == "Looks familiar"
    assert view["state"]["values"] == {"title": {"text": {"type": "plain_text_input", "value": "half a ti"}}}


async def test_an_update_with_an_old_hash_is_refused(slack: Sandbox, client: AsyncWebClient, ana: str) -> None:
    view = {**FORM, "external_id": "the-form"}
    opened = (await client.views_open(trigger_id=slack.tickets.trigger(ana), view=view))["view"]
    await client.views_update(external_id="the-form", view=view)
    assert await refused(client.views_update(view_id=opened["id"], hash=opened["hash"], view=view)) == "hash_conflict"
    bo = slack.add_person("Bo")
    assert await refused(client.views_open(trigger_id=slack.tickets.trigger(bo), view=view)) == "duplicate_external_id"
    assert await refused(client.views_update(view_id="V0NOWHERE", view=FORM)) == "not_found"


async def test_closing_is_told_when_the_form_asks_for_it(
    slack: Sandbox, listener: Listener, client: AsyncWebClient, ana: str
) -> None:
    view_id = (await client.views_open(trigger_id=slack.tickets.trigger(ana), view=FORM))["view"]["id"]
    await slack.close_view(view_id)
    body = listener.knocks[-1].body
    assert (body["type"], body["view"]["id"], body["is_cleared"]) == ("view_closed", view_id, False)
    assert slack.views_of(ana) == []


async def test_an_external_menu_asks_the_app(
    slack: Sandbox, listener: Listener, client: AsyncWebClient, ana: str
) -> None:
    def some(n: int) -> Json:
        return {"options": [{"text": plain(f"Initiative {i}"), "value": str(i)} for i in range(n)]}

    count = [100]

    async def offer(_: Any) -> web.Response:
        return web.json_response(some(count[0]))

    listener.answer = offer
    view_id = (await client.views_open(trigger_id=slack.tickets.trigger(ana), view=FORM))["view"]["id"]
    offered = await slack.options(ana, view_id, "find", "fea")
    body = listener.knocks[-1].body
    assert (body["type"], body["action_id"], body["block_id"], body["value"]) == (
        "block_suggestion",
        "find",
        "like",
        "fea",
    )
    assert len(offered) == 100
    count[0] = 101  # suggestion.options and one
    with pytest.raises(NotPossibleError, match="no more than 100"):
        await slack.options(ana, view_id, "find", "fea")


# Shortcuts and Home


async def test_shortcuts_on_messages_and_everywhere(slack: Sandbox, app: AsyncApp, ana: str) -> None:
    seen: list[Json] = []

    @app.shortcut("note")
    @app.shortcut("new_note")
    async def note(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        seen.append(body)
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    elsewhere = slack.add_channel("without-the-app", members=[ana])
    ts = await slack.say(ana, elsewhere, "worth a note")
    await slack.shortcut(ana, "note", channel=elsewhere, ts=ts)
    await slack.shortcut(ana, "new_note")
    on_message, anywhere = seen
    assert (on_message["type"], on_message["message"]["text"], on_message["message_ts"]) == (
        "message_action",
        "worth a note",
        ts,
    )
    assert (anywhere["type"], "response_url" in anywhere, "channel" in anywhere) == ("shortcut", False, False)
    assert len(slack.views_of(ana)) == 1
    with pytest.raises(NotPossibleError):
        await slack.shortcut(ana, "new_note", channel=elsewhere, ts=ts)


async def test_the_home_tab_is_drawn_when_somebody_looks(
    slack: Sandbox, app: AsyncApp, client: AsyncWebClient, ana: str
) -> None:
    seen: list[Json] = []

    @app.event("app_home_opened")
    async def opened(event: Json, client: AsyncWebClient) -> None:
        seen.append(event)
        blocks = [{"type": "section", "text": plain(f"Visit {len(seen)}")}, *two_buttons()[:1]]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    @app.action("join")
    async def join(ack: Any, body: Json) -> None:
        await ack()
        seen.append(body)

    first = await slack.open_home(ana)
    assert first is not None
    assert first["blocks"][0]["text"]["text"] == "Visit 1"
    assert (seen[0]["tab"], "view" in seen[0]) == ("home", False)
    second = await slack.open_home(ana)
    assert second is not None
    assert second["id"] == first["id"]
    assert seen[1]["view"]["id"] == first["id"]
    await slack.click_home(ana, "join")
    assert seen[2]["container"] == {"type": "view", "view_id": first["id"]}
    assert seen[2]["view"]["type"] == "home"
    stale = client.views_publish(user_id=ana, view={"type": "home", "blocks": []}, hash=first["hash"])
    assert await refused(stale) == "hash_conflict"
