"""What apps draw: Block Kit in messages, forms and the Home tab, and what a click tells the app."""

from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.stage import Json, Stage, button, section
from tests.browser.standin_app import FORM

pytestmark = pytest.mark.asyncio(loop_scope="session")


def option(text: str) -> Json:
    """An option whose value is its text in small letters."""
    return {"text": {"type": "plain_text", "text": text}, "value": text.lower()}


async def heard(stage: Stage, kind: str) -> Json:
    """The newest thing of a kind that the app heard, waited for."""
    await stage.sandbox.wait_for(lambda: any(one["type"] == kind for one in stage.app.heard))
    return next(one for one in reversed(stage.app.heard) if one["type"] == kind)


async def test_a_button_of_a_message_reaches_the_app_after_its_confirmation(stage: Stage) -> None:
    channel = stage.channel()
    confirm = {
        "title": {"type": "plain_text", "text": "Join forces?"},
        "text": {"type": "mrkdwn", "text": "One *initiative* survives."},
        "confirm": {"type": "plain_text", "text": "Yes, join"},
        "deny": {"type": "plain_text", "text": "No"},
    }
    await stage.post(
        channel,
        "overlap",
        [
            section("Two efforts"),
            {
                "type": "actions",
                "block_id": "a1",
                "elements": [button("Join forces", "overlaps.join", style="primary", confirm=confirm)],
            },
        ],
    )
    page = await stage.tab(stage.ana, channel)
    await page.get_by_role("button", name="Join forces").click()
    await page.get_by_role("dialog").get_by_role("button", name="No", exact=True).click()
    assert not stage.app.heard
    await page.get_by_role("button", name="Join forces").click()
    await page.get_by_role("dialog").get_by_role("button", name="Yes, join").click()
    payload = await heard(stage, "block_actions")
    action = payload["actions"][0]
    assert (action["action_id"], action["value"], action["block_id"]) == ("overlaps.join", "overlaps.join", "a1")
    assert (payload["user"]["id"], payload["channel"]["id"]) == (stage.ana, channel)


async def test_choices_in_a_message_reach_the_app_with_what_was_chosen(stage: Stage) -> None:
    channel = stage.channel()
    elements: list[Json] = [
        {
            "type": "static_select",
            "action_id": "period",
            "placeholder": {"type": "plain_text", "text": "Period"},
            "options": [option("Week"), option("Month")],
        },
        {"type": "overflow", "action_id": "more", "options": [option("Read the lesson"), option("Not related")]},
        {"type": "datepicker", "action_id": "day"},
    ]
    await stage.post(
        channel, "choices", [section("Choose"), {"type": "actions", "block_id": "c", "elements": elements}]
    )
    page = await stage.tab(stage.ana, channel)
    await page.get_by_placeholder("Period").click()
    await page.get_by_role("option", name="Month").click()
    assert (await heard(stage, "block_actions"))["actions"][0]["selected_option"]["value"] == "month"
    stage.app.heard.clear()
    await page.locator(".overflow").click()
    await page.get_by_role("menuitem", name="Not related").click()
    assert (await heard(stage, "block_actions"))["actions"][0]["selected_option"]["value"] == "not related"
    stage.app.heard.clear()
    await page.locator("input[type=date]").fill("2026-12-07")
    payload = await heard(stage, "block_actions")
    assert payload["actions"][0]["selected_date"] == "2026-12-07"
    assert payload["state"]["values"]["c"]["period"]["selected_option"]["value"] == "month"


async def open_form(stage: Stage) -> Page:
    """The form that `/rowbot announce` opens."""
    page = await stage.tab(stage.ana, stage.channel())
    await page.locator(".composer-field").fill("/rowbot announce")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Announce")).to_be_visible()
    return page


async def test_a_form_says_beside_the_field_what_is_missing(stage: Stage) -> None:
    page = await open_form(stage)
    await page.get_by_role("button", name="Register").click()
    title = page.locator("[data-block=title]")
    await expect(title.locator(".field-error")).to_have_text("Fill this in to continue.")
    await expect(page.locator("[data-block=capability] .field-error")).to_be_visible()
    await expect(page.locator("[data-block=lead] .field-error")).to_be_hidden()
    await expect(title.get_by_role("textbox")).to_be_focused()
    assert not [one for one in stage.app.heard if one["type"] == "view_submission"]


async def test_a_form_shows_the_apps_own_errors_keeps_the_input_and_closes_when_taken(stage: Stage) -> None:
    refused: list[Json] = []

    def answer(payload: Json) -> Json | None:
        if refused:
            return None
        refused.append(payload)
        return {"response_action": "errors", "errors": {"title": "There is an initiative of that title."}}

    stage.app.answer = answer
    page = await open_form(stage)
    dialog = page.get_by_role("dialog", name="Announce")
    await dialog.get_by_label("Title").fill("Feature store")
    await dialog.get_by_role("combobox", name="Capability").fill("mon")
    await page.keyboard.press("Enter")
    await dialog.get_by_role("combobox", name="Lead").click()
    await page.get_by_role("option", name="Bo Lindqvist").click()
    await dialog.get_by_role("button", name="Register").click()
    await expect(page.locator("[data-block=title] .field-error")).to_have_text("There is an initiative of that title.")
    await expect(dialog.get_by_label("Title")).to_have_value("Feature store")
    await dialog.get_by_label("Title").press("Enter")
    await expect(dialog).to_have_count(0)
    values = (await heard(stage, "view_submission"))["view"]["state"]["values"]
    assert values["title"]["text"]["value"] == "Feature store"
    assert values["capability"]["choice"]["selected_option"]["value"] == "monitoring"
    assert values["lead"]["person"]["selected_user"] == stage.bo


async def test_a_form_may_be_covered_by_another_and_shows_again_with_what_was_typed(stage: Stage) -> None:
    second: Json = {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Matches"},
        "blocks": [section("Two efforts look alike.")],
    }
    stage.app.answer = lambda _: {"response_action": "push", "view": second}
    page = await open_form(stage)
    await page.get_by_label("Title").fill("Feature store")
    await page.get_by_role("combobox", name="Capability").fill("reg")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Register").click()
    await expect(page.get_by_role("dialog", name="Matches")).to_contain_text("Two efforts look alike.")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Announce").get_by_label("Title")).to_have_value("Feature store")
    await page.reload()
    await expect(page.get_by_role("dialog", name="Announce")).to_be_visible()
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_an_update_of_a_form_keeps_what_is_typed_and_where_one_types(stage: Stage) -> None:
    page = await open_form(stage)
    title = page.get_by_label("Title")
    await title.fill("Feature store")
    await title.evaluate("node => node.setSelectionRange(7, 7)")
    note = section("*Two efforts* look like the same work.")
    view_id = stage.sandbox.views_of(stage.ana)[-1]["id"]
    await stage.app.call("views.update", view_id=view_id, view={**FORM, "blocks": [note, *FORM["blocks"]]})
    await expect(page.get_by_role("dialog")).to_contain_text("Two efforts look like the same work.")
    await expect(title).to_be_focused()
    await page.keyboard.type("!")
    await expect(title).to_have_value("Feature! store")


async def test_a_list_that_is_asked_of_the_app_shows_what_it_answers(stage: Stage) -> None:
    page = await open_form(stage)
    team = page.get_by_role("combobox", name="Team")
    await team.press_sequentially("sea")
    await page.get_by_role("option", name="Search ML").click()
    await expect(team).to_have_value("Search ML")
    assert (await heard(stage, "block_suggestion"))["value"] == "sea"


async def test_shortcuts_of_messages_and_of_the_workspace_reach_the_app(stage: Stage) -> None:
    channel = stage.channel()
    ts = await stage.sandbox.say(stage.bo, channel, "We begin a model registry")
    page = await stage.tab(stage.ana, channel)
    await page.locator(".message").hover()
    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Register as initiative").click()
    payload = await heard(stage, "message_action")
    assert (payload["callback_id"], payload["message"]["ts"]) == ("register", ts)
    await page.get_by_role("dialog", name="Announce").get_by_role("button", name="Cancel").click()
    await page.get_by_role("button", name="Shortcuts and commands").click()
    await page.get_by_role("menuitem", name="Announce an initiative").click()
    assert (await heard(stage, "shortcut"))["callback_id"] == "announce"
    await page.get_by_role("dialog", name="Announce").get_by_role("button", name="Cancel").click()


async def test_a_command_completes_and_its_answer_is_seen_by_its_author(stage: Stage) -> None:
    page = await stage.tab(stage.ana, stage.channel())
    await page.locator(".composer-field").press_sequentially("/row")
    await expect(page.get_by_role("option", name="/rowbot")).to_contain_text("Announce, search, report")
    await page.keyboard.press("Enter")
    await page.keyboard.type("mi")
    await page.keyboard.press("Tab")
    await expect(page.locator(".composer-field")).to_have_value("/rowbot mine")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message.ephemeral")).to_contain_text("You asked for mine.")


async def test_the_home_tab_is_drawn_when_it_is_opened(stage: Stage) -> None:
    page = await stage.tab(stage.ana, stage.channel())
    await page.get_by_role("navigation").get_by_role("button", name="Home").click()
    await expect(page.get_by_role("heading", name="My initiatives")).to_be_visible()
    await expect(page.locator(".home-blocks")).to_contain_text("Nothing waits for you.")


async def test_a_chart_is_a_picture_with_its_numbers_and_a_table_sorts_and_turns_its_pages(stage: Stage) -> None:
    channel = stage.channel()
    months = ["Sep", "Oct", "Nov"]
    chart: Json = {
        "type": "data_visualization",
        "title": "Started",
        "chart": {
            "type": "bar",
            "series": [
                {"name": "All", "data": [{"label": name, "value": at * 10} for at, name in enumerate(months, 1)]}
            ],
            "axis_config": {"categories": months},
        },
    }
    head = [{"type": "raw_text", "text": "Team"}, {"type": "raw_text", "text": "Days"}]
    rows = [
        [{"type": "raw_text", "text": f"Team {n}"}, {"type": "raw_number", "value": 10 - n, "text": str(10 - n)}]
        for n in range(7)
    ]
    head += [{"type": "raw_text", "text": f"In the registry in {name}"} for name in months]
    rows = [[*row, *({"type": "raw_number", "value": 1, "text": "1"} for _ in months)] for row in rows]
    await stage.post(channel, "report", [chart, {"type": "data_table", "caption": "Waiting", "rows": [head, *rows]}])
    page = await stage.tab(stage.ana, channel, width=700)
    assert await page.locator("#channel .scroller").evaluate("node => node.scrollWidth - node.clientWidth") <= 0
    await expect(page.get_by_role("img", name="bar chart")).to_be_visible()
    assert await page.locator(".chart rect").count() == 3
    await page.get_by_text("Show the numbers").click()
    await expect(page.locator(".chart-numbers tbody tr").last).to_contain_text("30")
    table = page.locator(".data-table table")
    await expect(table.locator("tbody tr")).to_have_count(5)
    await table.get_by_role("button", name="Days").click()
    await expect(table.locator("tbody tr").first).to_contain_text("Team 6")
    await page.get_by_role("button", name="Next").click()
    await expect(page.locator(".pager-status")).to_have_text("6–7 of 7")


async def test_a_block_that_the_page_does_not_know_is_shown_with_its_json(stage: Stage) -> None:
    channel = stage.channel()
    await stage.post(channel, "strange")

    async def strange(route: Route) -> None:
        response = await route.fetch()
        reply: dict[str, Any] = await response.json()
        reply["messages"][-1]["blocks"] = [
            {"type": "hologram", "depth": 3},
            {"type": "actions", "elements": [{"type": "lever"}]},
        ]
        await route.fulfill(json=reply)

    page = await stage.tab(stage.ana, stage.channel())
    await page.route("**/sandbox/messages?*", strange)
    await page.locator(f".nav-item[data-key='{channel}']").click()
    await expect(page.locator(".unknown").first).to_contain_text("hologram")
    await expect(page.locator(".unknown").last).to_contain_text("lever")
