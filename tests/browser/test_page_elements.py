"""Every element that people fill in: what the page offers, and that the app hears it under the names that Slack gives it.

Source of the names: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload and each element's page.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped] # it comes without types
from playwright.async_api import Locator, Page, expect

from tests.browser.stage import Json, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

LABEL = "Field"
Fill = Callable[[Page, Locator, Stage], Awaitable[None]]
Wanted = Callable[[Stage], Json]


def plain(text: str) -> Json:
    """A plain text object as Slack gives it back."""
    return {"type": "plain_text", "text": text, "emoji": True}


def option(text: str) -> Json:
    """An option whose value is its text in small letters."""
    return {"text": plain(text), "value": text.lower()}


OPTIONS = {"options": [option("One"), option("Two"), option("Three")]}
GROUPS = {
    "option_groups": [
        {"label": plain("Small"), "options": [option("One"), option("Two")]},
        {"label": plain("Large"), "options": [option("Ten"), option("Twenty")]},
    ]
}


def picking(*names: str, typed: str = "", group: str = "") -> Fill:
    """Choose from the list of a select."""

    async def fill(page: Page, root: Locator, _: Stage) -> None:
        box = root.get_by_role("combobox")
        for name in names:
            await box.click()
            if typed:
                await box.press_sequentially(typed)
            if group:
                await expect(page.locator(".option-group").filter(has_text=group)).to_be_visible()
            await (
                page.get_by_role("option", name=name, exact=True)
                .or_(page.get_by_role("option").filter(has_text=name).filter(has=page.locator("small")))
                .first.click()
            )
        await page.keyboard.press("Tab")  # a list of many stays open until one goes on

    return fill


def picking_places(*wanted: str) -> Fill:
    """Choose channels by the names that the stage's rooms have."""

    async def fill(page: Page, root: Locator, stage: Stage) -> None:
        for one in wanted:
            await root.get_by_role("combobox").click()
            await root.get_by_role("combobox").fill(stage.sandbox.workspace.channels[PLACES[one]].name)
            await page.get_by_role("option").first.click()
        await page.keyboard.press("Tab")

    return fill


PLACES: dict[str, str] = {}


def ticking(*names: str) -> Fill:
    """Tick boxes."""

    async def fill(_: Page, root: Locator, __: Stage) -> None:
        for name in names:
            await root.get_by_label(name, exact=True).check()

    return fill


def writing(text: str) -> Fill:
    """Write into a field, key by key, and leave it."""

    async def fill(page: Page, root: Locator, _: Stage) -> None:
        field = root.locator("input")
        if await field.get_attribute("type") in {"time", "date", "datetime-local"}:
            await field.fill(text)
            return
        await field.press_sequentially(text)
        await page.keyboard.press("Tab")

    return fill


async def writing_richly(page: Page, root: Locator, _: Stage) -> None:
    """Write two words, the second one bold."""
    await root.get_by_role("textbox").press_sequentially("It is ")
    await page.keyboard.press("Control+b")
    await page.keyboard.type("ready")
    await page.keyboard.press("Control+Enter")


RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "It is "},
                {"type": "text", "text": "ready", "style": {"bold": True}},
            ],
        }
    ],
}

# type, its fields, how a person fills it in, what the app hears beside the type
CASES: list[tuple[str, Json, Fill, Wanted]] = [
    ("static_select", GROUPS, picking("Ten", group="Large"), lambda _: {"selected_option": option("Ten")}),
    ("multi_static_select", OPTIONS, picking("One", "Three"), lambda _: {"selected_options": [option("One"), option("Three")]}),
    ("multi_static_select", GROUPS, picking("Two", "Ten", group="Small"), lambda _: {"selected_options": [option("Two"), option("Ten")]}),
    ("external_select", {"min_query_length": 1}, picking("Search ML", typed="sea"),
     lambda _: {"selected_option": {"text": {"type": "plain_text", "text": "Search ML"}, "value": "Search ML"}}),
    ("multi_external_select", {"min_query_length": 1}, picking("Ads Platform", "Search ML", typed="a"),
     lambda _: {"selected_options": [{"text": {"type": "plain_text", "text": name}, "value": name} for name in ("Ads Platform", "Search ML")]}),
    ("users_select", {}, picking("Bo Lindqvist"), lambda stage: {"selected_user": stage.bo}),
    ("multi_users_select", {}, picking("Bo Lindqvist", "Ana Ruiz"), lambda stage: {"selected_users": [stage.bo, stage.ana]}),
    ("conversations_select", {}, picking_places("private"), lambda _: {"selected_conversation": PLACES["private"]}),
    ("multi_conversations_select", {}, picking_places("private", "public"),
     lambda _: {"selected_conversations": [PLACES["private"], PLACES["public"]]}),
    ("channels_select", {}, picking_places("public"), lambda _: {"selected_channel": PLACES["public"]}),
    ("multi_channels_select", {}, picking_places("public", "other"),
     lambda _: {"selected_channels": [PLACES["public"], PLACES["other"]]}),
    ("checkboxes", OPTIONS, ticking("One", "Three"), lambda _: {"selected_options": [option("One"), option("Three")]}),
    ("radio_buttons", OPTIONS, ticking("Two"), lambda _: {"selected_option": option("Two")}),
    ("datepicker", {}, writing("2026-12-07"), lambda _: {"selected_date": "2026-12-07"}),
    ("timepicker", {"timezone": "Asia/Tokyo"}, writing("16:45"), lambda _: {"selected_time": "16:45", "timezone": "Asia/Tokyo"}),
    ("timepicker", {}, writing("16:45"), lambda _: {"selected_time": "16:45"}),
    # Ana is in Lisbon, which is on UTC in winter.
    ("datetimepicker", {}, writing("2026-12-07T10:30"), lambda _: {"selected_date_time": 1796639400}),
    ("number_input", {"is_decimal_allowed": True}, writing("2.5"), lambda _: {"value": "2.5"}),
    ("email_text_input", {}, writing("ana@example.com"), lambda _: {"value": "ana@example.com"}),
    ("url_text_input", {}, writing("https://example.com/a"), lambda _: {"value": "https://example.com/a"}),
    ("rich_text_input", {}, writing_richly, lambda _: {"rich_text_value": RICH}),
]  # fmt: skip
IN_FORMS_ONLY = {"number_input", "email_text_input", "url_text_input"}
IN_MESSAGES = [case for case in CASES if case[0] not in IN_FORMS_ONLY]


def named(cases: list[tuple[str, Json, Fill, Wanted]]) -> list[str]:
    """A name for each case."""
    return [
        f"{kind}{'-grouped' if 'option_groups' in more else ''}{'-zoned' if 'timezone' in more else ''}"
        for kind, more, _, _ in cases
    ]


@pytest.fixture
def places(stage: Stage) -> dict[str, str]:
    """Channels to choose."""
    PLACES.update(
        public=stage.channel("open"), private=stage.channel("closed", private=True), other=stage.channel("else")
    )
    return PLACES


async def modal(stage: Stage, page: Page, blocks: list[Json]) -> Locator:
    """A form of these blocks, on Ana's screen."""
    view = {"type": "modal", "title": plain("Form"), "submit": plain("Send"), "blocks": blocks}
    await page.locator(".composer-field").fill("/rowbot mine")
    await page.keyboard.press("Enter")
    await stage.sandbox.wait_for(lambda: any(one["type"] == "command" for one in stage.app.heard))
    trigger = next(one["trigger_id"] for one in reversed(stage.app.heard) if one["type"] == "command")
    await stage.app.call("views.open", trigger_id=trigger, view=view)
    dialog = page.get_by_role("dialog", name="Form")
    await expect(dialog).to_be_visible()
    return dialog


async def sent(stage: Stage, dialog: Locator) -> Json:
    """The values of the form when it is sent."""
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_have_count(0)
    return dict(next(one for one in stage.app.heard if one["type"] == "view_submission")["view"]["state"]["values"])


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(("kind", "more", "fill", "wanted"), CASES, ids=named(CASES))
async def test_what_is_filled_into_a_form_reaches_the_app(
    stage: Stage, kind: str, more: Json, fill: Fill, wanted: Wanted
) -> None:
    page = await stage.tab(stage.ana, stage.channel())
    element = {"type": kind, "action_id": "a", **more}
    dialog = await modal(stage, page, [{"type": "input", "block_id": "b", "label": plain(LABEL), "element": element}])
    if kind == "rich_text_input":  # Ctrl+Enter sends the form
        await fill(page, dialog.locator("[data-block=b]"), stage)
        await expect(dialog).to_have_count(0)
        values = next(one for one in stage.app.heard if one["type"] == "view_submission")["view"]["state"]["values"]
    else:
        await fill(page, dialog.locator("[data-block=b]"), stage)
        values = await sent(stage, dialog)
    assert values == {"b": {"a": {"type": kind, **wanted(stage)}}}


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(("kind", "more", "fill", "wanted"), IN_MESSAGES, ids=named(IN_MESSAGES))
async def test_what_is_chosen_in_a_message_reaches_the_app(
    stage: Stage, kind: str, more: Json, fill: Fill, wanted: Wanted
) -> None:
    channel = stage.channel()
    element = {"type": kind, "action_id": "a", **more}
    await stage.post(channel, "choose", [{"type": "actions", "block_id": "b", "elements": [element]}])
    page = await stage.tab(stage.ana, channel)
    await fill(page, page.locator("[data-block=b]"), stage)

    def told(wish: Json) -> bool:
        return any(
            wish.items() <= one["actions"][0].items() for one in stage.app.heard if one["type"] == "block_actions"
        )

    await stage.sandbox.wait_for(lambda: told(wanted(stage)))
    payload = next(one for one in reversed(stage.app.heard) if one["type"] == "block_actions")
    action: dict[str, Any] = payload["actions"][0]
    assert (action["type"], action["action_id"], action["block_id"]) == (kind, "a", "b")
    assert payload["state"]["values"]["b"]["a"] == {"type": kind, **wanted(stage)}


@pytest.mark.parametrize(
    ("kind", "more", "typed", "sentence"),
    [
        ("number_input", {"is_decimal_allowed": False, "max_value": "10"}, "11", "At most 10."),
        ("number_input", {"is_decimal_allowed": False}, "2.5", "Whole numbers only."),
        ("email_text_input", {}, "ana", "That does not look like an e-mail address (name@example.com)."),
        ("url_text_input", {}, "ana", "That does not look like a link (https://…)."),
    ],
)
async def test_what_does_not_fit_is_said_beside_the_field_and_the_app_is_not_asked(
    stage: Stage, kind: str, more: Json, typed: str, sentence: str
) -> None:
    page = await stage.tab(stage.ana, stage.channel())
    element = {"type": kind, "action_id": "a", **more}
    dialog = await modal(stage, page, [{"type": "input", "block_id": "b", "label": plain(LABEL), "element": element}])
    await dialog.get_by_label(LABEL).fill(typed)
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog.locator(".field-error")).to_have_text(sentence)
    assert not [one for one in stage.app.heard if one["type"] == "view_submission"]


async def test_a_choice_of_many_stops_at_its_most_and_gives_back_what_is_removed(stage: Stage) -> None:
    page = await stage.tab(stage.ana, stage.channel())
    element = {"type": "multi_static_select", "action_id": "a", "max_selected_items": 2, **OPTIONS}
    dialog = await modal(stage, page, [{"type": "input", "block_id": "b", "label": plain(LABEL), "element": element}])
    root = dialog.locator("[data-block=b]")
    await root.get_by_role("combobox").click()
    for name in ("One", "Two", "Three"):
        await page.get_by_role("option", name=name).click()
    await expect(page.get_by_text("At most 2.")).to_be_visible()
    await page.keyboard.press("Escape")
    await root.get_by_role("button", name="Remove One").click()
    assert (await sent(stage, dialog))["b"]["a"]["selected_options"] == [option("Two")]


# --- rich text ---------------------------------------------------------------------------------------------------


async def rich_form(stage: Stage, **more: Any) -> tuple[Page, Locator]:
    """A form with one rich text input."""
    page = await stage.tab(stage.ana, stage.channel())
    element = {"type": "rich_text_input", "action_id": "a", **more}
    dialog = await modal(stage, page, [{"type": "input", "block_id": "b", "label": plain(LABEL), "element": element}])
    await expect(dialog.get_by_role("textbox", name=LABEL)).to_be_focused()
    return page, dialog


@pytest.mark.parametrize(
    ("tool", "keys", "style"),
    [
        ("Bold", "Control+b", "bold"),
        ("Italic", "Control+i", "italic"),
        ("Strikethrough", "Control+Shift+x", "strike"),
        ("Code", "Control+Shift+c", "code"),
    ],
)
@pytest.mark.parametrize("by", ["toolbar", "shortcut"])
async def test_a_style_is_put_on_what_is_written_next_and_on_what_is_marked(
    stage: Stage, tool: str, keys: str, style: str, by: str
) -> None:
    page, dialog = await rich_form(stage)

    async def act() -> None:
        if by == "toolbar":
            await dialog.get_by_role("button", name=tool).click()
        else:
            await page.keyboard.press(keys)

    await page.keyboard.type("marked ")
    await act()
    await page.keyboard.type("next")
    await act()
    await page.keyboard.type(" plain")
    await page.keyboard.press("Home")
    for _ in "marked":
        await page.keyboard.press("Shift+ArrowRight")
    await act()
    value = (await sent(stage, dialog))["b"]["a"]["rich_text_value"]
    assert value["elements"] == [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "marked", "style": {style: True}},
                {"type": "text", "text": " "},
                {"type": "text", "text": "next", "style": {style: True}},
                {"type": "text", "text": " plain"},
            ],
        }
    ]


async def test_lists_lines_and_links_are_sent_as_slack_shapes_them(stage: Stage) -> None:
    page, dialog = await rich_form(stage)
    await page.keyboard.type("Read this first")
    await page.keyboard.press("Enter")
    await page.keyboard.type("see ")
    await page.keyboard.press("Control+Shift+u")
    await page.keyboard.type("example.com/plan")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await dialog.get_by_role("button", name="Bulleted list").click()
    await page.keyboard.type("one")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.type("inner")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.type("two")
    value = (await sent(stage, dialog))["b"]["a"]["rich_text_value"]

    def item(text: str) -> Json:
        return {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}

    def bullets(indent: int, *texts: str) -> Json:
        return {
            "type": "rich_text_list",
            "style": "bullet",
            "indent": indent,
            "border": 0,
            "elements": [item(one) for one in texts],
        }

    assert value["elements"] == [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "Read this first\nsee "},
                {"type": "link", "url": "https://example.com/plan"},
            ],
        },
        bullets(0, "one"),
        bullets(1, "inner"),
        bullets(0, "two"),
    ]


async def test_a_link_is_put_on_marked_words_and_no_script_becomes_one(stage: Stage) -> None:
    page, dialog = await rich_form(stage)
    await page.keyboard.type("the plan")
    for _ in "plan":
        await page.keyboard.press("Shift+ArrowLeft")
    await dialog.get_by_role("button", name="Link", exact=True).click()
    address = dialog.get_by_label("Address of the link")
    await address.fill("javascript:alert(1)")
    await address.press("Enter")
    await expect(address).to_have_attribute("aria-invalid", "true")
    await address.fill("https://example.com/")
    await dialog.get_by_role("button", name="Add link").click()
    value = (await sent(stage, dialog))["b"]["a"]["rich_text_value"]
    assert value["elements"][0]["elements"] == [
        {"type": "text", "text": "the "},
        {"type": "link", "url": "https://example.com/", "text": "plan"},
    ]


async def test_what_the_app_had_written_comes_back_as_it_was_and_empty_is_missing(stage: Stage) -> None:
    def section(*pieces: Json) -> Json:
        return {"type": "rich_text_section", "elements": list(pieces)}

    written = {
        "type": "rich_text",
        "elements": [
            section(
                {"type": "text", "text": "Ask "},
                {"type": "user", "user_id": stage.bo},
                {"type": "text", "text": "\n"},
                {"type": "text", "text": "now", "style": {"bold": True, "italic": True}},
            ),
            {
                "type": "rich_text_list",
                "style": "ordered",
                "indent": 0,
                "border": 0,
                "elements": [section({"type": "text", "text": "one"})],
            },
            {
                "type": "rich_text_list",
                "style": "ordered",
                "indent": 1,
                "border": 0,
                "elements": [section({"type": "emoji", "name": "tada"})],
            },
            {"type": "rich_text_quote", "border": 0, "elements": [{"type": "text", "text": "said"}]},
            {"type": "rich_text_preformatted", "border": 0, "elements": [{"type": "text", "text": "a = 1\nb = 2"}]},
            section({"type": "link", "url": "https://example.com/", "text": "there"}),
        ],
    }
    page, dialog = await rich_form(stage, initial_value=written)
    field = dialog.get_by_role("textbox", name=LABEL)
    await expect(field).to_contain_text("@Bo Lindqvist")
    await field.press("Control+End")
    await page.keyboard.type("!")
    await page.keyboard.press("Backspace")
    view = stage.sandbox.views_of(stage.ana)[-1]
    assert (await sent(stage, dialog))["b"]["a"]["rich_text_value"] == written
    assert view["blocks"][0]["element"]["initial_value"] == written
    page, dialog = await rich_form(stage)
    await page.keyboard.type("  ")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog.locator(".field-error")).to_have_text("Fill this in to continue.")


async def test_what_is_pasted_loses_its_clothes(stage: Stage) -> None:
    page, dialog = await rich_form(stage)
    field = dialog.get_by_role("textbox", name=LABEL)
    await field.evaluate(
        """node => {
          const data = new DataTransfer();
          data.setData("text/html", "<img src=x><b>loud</b>");
          data.setData("text/plain", "loud");
          node.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    assert (await sent(stage, dialog))["b"]["a"]["rich_text_value"]["elements"][0]["elements"] == [
        {"type": "text", "text": "loud"}
    ]
    assert not await page.locator("img[src=x]").count()


# --- what is not filled in ---------------------------------------------------------------------------------------


async def test_a_video_shows_its_still_and_title_and_opens_in_a_tab_of_its_own(stage: Stage) -> None:
    channel = stage.channel()
    video = {
        "type": "video",
        "title": plain("How rowing works"),
        "title_url": "https://example.com/watch",
        "video_url": "https://example.com/embed",
        "thumbnail_url": f"{stage.sandbox.url}/page/img/mark.svg",
        "alt_text": "A boat on a lake",
        "description": plain("Two minutes"),
        "author_name": "Ana",
        "provider_name": "Tube",
    }
    await stage.post(channel, "video", [video, {**video, "thumbnail_url": "https://example.com/far.png"}])
    page = await stage.tab(stage.ana, channel)
    cards = page.locator(".video")
    await expect(cards.first.get_by_role("img", name="A boat on a lake")).to_be_visible()
    await expect(cards.last).to_contain_text("A boat on a lake")
    await expect(cards.first).to_contain_text("Ana · Tube")
    for name, address in (("Watch How rowing works in a new tab", "embed"), ("How rowing works", "watch")):
        there = cards.first.get_by_role("link", name=name, exact=True)
        await expect(there).to_have_attribute("href", f"https://example.com/{address}")
        await expect(there).to_have_attribute("target", "_blank")


async def test_a_workflow_button_says_what_it_would_start(stage: Stage) -> None:
    channel = stage.channel()
    starts = "https://slack.com/shortcuts/Ft0/1"
    workflow = {
        "type": "workflow_button",
        "action_id": "w",
        "text": plain("Start it"),
        "workflow": {"trigger": {"url": starts}},
    }
    await stage.post(channel, "workflow", [{"type": "actions", "block_id": "b", "elements": [workflow]}])
    page = await stage.tab(stage.ana, channel)
    await page.get_by_role("button", name="Start it").click()
    await expect(page.locator(".toast")).to_contain_text(f"In Slack this starts the workflow {starts}.")
    assert not stage.app.heard


async def test_a_button_for_some_people_is_shown_to_them_alone(stage: Stage) -> None:
    channel = stage.channel()
    trash = {"type": "icon_button", "action_id": "t", "icon": "trash", "text": plain("Delete"), "value": "x"}
    elements = [{**trash, "visible_to_user_ids": [stage.bo]}, {**trash, "action_id": "u", "text": plain("Keep")}]
    await stage.post(channel, "some", [{"type": "context_actions", "block_id": "b", "elements": elements}])
    ana, bo = await stage.tab(stage.ana, channel), await stage.tab(stage.bo, channel)
    await expect(ana.get_by_role("button", name="Keep")).to_be_visible()
    await expect(ana.get_by_role("button", name="Delete")).to_have_count(0)
    await bo.get_by_role("button", name="Delete").click()
    await stage.sandbox.wait_for(lambda: stage.app.heard)
    assert (stage.app.heard[0]["actions"][0]["action_id"], stage.app.heard[0]["user"]["id"]) == ("t", stage.bo)


async def test_thumbs_tell_the_app_which_one_was_pressed(stage: Stage) -> None:
    channel = stage.channel()

    def side(text: str) -> Json:
        return {"text": plain(text), "value": text.lower()}

    thumbs = {
        "type": "feedback_buttons",
        "action_id": "f",
        "positive_button": side("Good"),
        "negative_button": side("Bad"),
    }
    await stage.post(channel, "thumbs", [{"type": "context_actions", "block_id": "b", "elements": [thumbs]}])
    page = await stage.tab(stage.ana, channel)
    await page.get_by_role("button", name="Bad").click()
    await stage.sandbox.wait_for(lambda: stage.app.heard)
    action = stage.app.heard[0]["actions"][0]
    assert (action["type"], action["action_id"], action["value"]) == ("feedback_buttons", "f", "bad")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
async def test_axe_finds_nothing_to_mend_in_any_element(stage: Stage, theme: str, width: int) -> None:
    page = await stage.tab(stage.ana, stage.channel(), width=width, color_scheme=theme)
    blocks = [
        {
            "type": "input",
            "block_id": f"b{at}",
            "label": plain(f"{LABEL} {at}"),
            "element": {"type": kind, "action_id": "a", **more},
        }
        for at, (kind, more, _, _) in enumerate(CASES)
    ]
    dialog = await modal(stage, page, blocks)
    await dialog.get_by_role("textbox", name=f"{LABEL} {len(CASES) - 1}").fill("Written")
    await page.mouse.move(5, 5)
    await page.wait_for_timeout(400)  # what fades in has its full colour
    found = (await Axe().run(page)).response["violations"]
    assert [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found] == []


async def test_a_short_form_is_no_taller_than_what_it_holds(stage: Stage) -> None:
    _, dialog = await rich_form(stage)
    foot = await dialog.locator(".dialog-foot").bounding_box()
    whole = await dialog.bounding_box()
    assert foot is not None
    assert whole is not None
    assert whole["y"] + whole["height"] - foot["y"] - foot["height"] < 4
