"""People talk: channels, messages, threads, reactions, drafts, two tabs as two people."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.stage import ARRIVES, Stage, button, section

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_page_shows_channels_and_messages_with_names_and_local_times(stage: Stage) -> None:
    channel = stage.channel("ml-initiatives")
    await stage.sandbox.say(stage.bo, channel, "We *start* a feature store", at=1795431900.0)  # 2026-11-23 11:05 UTC
    page = await stage.tab(stage.ana, channel)
    name = stage.sandbox.workspace.channels[channel].name
    await expect(page.get_by_role("navigation").get_by_role("button", name=name)).to_have_attribute(
        "aria-current", "page"
    )
    message = page.locator(".message").last
    await expect(message.locator(".author")).to_have_text("Bo Lindqvist")
    await expect(message.locator(".time").first).to_have_text("11:05")
    await expect(message.locator("strong")).to_have_text("start")
    as_bo = await stage.tab(stage.bo, channel)
    await expect(as_bo.locator(".message .time").first).to_have_text("12:05")
    await expect(as_bo.locator("#acting")).to_contain_text("Bo Lindqvist")


async def test_a_message_sent_in_one_tab_appears_live_in_another_persons_tab(stage: Stage) -> None:
    channel = stage.channel()
    ana, bo = await stage.tab(stage.ana, channel), await stage.tab(stage.bo, channel)
    await ana.locator(".composer-field").fill("Hello @Bo Lindqvist & all, see https://example.com")
    await ana.keyboard.press("Enter")
    heard = bo.locator(".message").last
    await expect(heard.locator(".text")).to_have_text("Hello @Bo Lindqvist & all, see https://example.com")
    await expect(heard.locator(".mention-me")).to_have_text("@Bo Lindqvist")
    await expect(bo.locator("#announcer")).to_contain_text("Ana Ruiz: Hello")
    await expect(ana.locator(".composer-field")).to_have_value("")


async def test_nothing_moves_between_the_press_of_a_button_and_its_release(stage: Stage) -> None:
    place = stage.channel()
    await stage.post(place, "Two efforts look alike", [{"type": "actions", "elements": [button("Join", "join")]}])
    page = await stage.tab(stage.ana, place)
    await page.get_by_role("button", name="Join", exact=True).hover()
    await page.mouse.down()
    await stage.post(place, "Another one")
    await page.wait_for_timeout(ARRIVES)
    await expect(page.locator(".message")).to_have_count(1)
    await page.mouse.up()
    await expect(page.locator(".message")).to_have_count(2)
    await stage.sandbox.wait_for(lambda: bool(stage.app.heard))
    assert [heard["actions"][0]["action_id"] for heard in stage.app.heard] == ["join"]


async def test_whoever_holds_on_for_long_still_sees_what_is_said(stage: Stage) -> None:
    place = stage.channel()
    await stage.post(place, "A long text that somebody selects")
    page = await stage.tab(stage.ana, place)
    await page.locator(".message").hover()
    await page.mouse.down()
    await stage.post(place, "Another one")
    await expect(page.locator(".message")).to_have_count(2)
    await page.mouse.up()


async def test_a_channel_that_is_not_open_is_marked_unread_until_it_is_read(stage: Stage) -> None:
    here, there = stage.channel("here"), stage.channel("there")
    page = await stage.tab(stage.ana, here)
    await stage.sandbox.say(stage.bo, there, "News")
    item = page.locator(f".nav-item[data-key='{there}']")
    await expect(item).to_have_class(re.compile("unread"))
    await item.click()
    await expect(page.locator(".unread-line")).to_have_count(1)
    await page.locator(f".nav-item[data-key='{here}']").click()
    await expect(item).not_to_have_class(re.compile("unread"))


async def test_a_reload_loses_neither_the_place_nor_the_thread_nor_a_draft(stage: Stage) -> None:
    channel = stage.channel()
    root = await stage.sandbox.say(stage.bo, channel, "The beginning")
    await stage.sandbox.say(stage.bo, channel, "A reply", thread_ts=root)
    page = await stage.tab(stage.ana, channel)
    await page.locator("#channel .composer-field").fill("half a thought")
    await page.locator(".thread-bar").click()
    await page.locator("#thread .composer-field").fill("half a reply")
    await page.reload()
    await expect(page.locator("#channel .composer-field")).to_have_value("half a thought")
    await expect(page.locator("#thread .composer-field")).to_have_value("half a reply")
    await expect(page.locator("#thread .message")).to_have_count(2)


async def test_after_a_torn_line_the_page_says_so_and_misses_nothing(stage: Stage) -> None:
    channel = stage.channel()
    page = await stage.tab(stage.ana, channel)
    await page.context.set_offline(offline=True)
    stage.sandbox.stream.close()
    await expect(page.locator("#link-state")).to_contain_text("ffline")
    await page.locator(".composer-field").fill("Into the void")
    await page.keyboard.press("Enter")
    await expect(page.locator(".composer-note")).to_contain_text("Your text is kept")
    await expect(page.locator(".composer-field")).to_have_value("Into the void")
    await stage.sandbox.say(stage.bo, channel, "Said while you were away")
    await page.context.set_offline(offline=False)
    await expect(page.locator(".message .text")).to_have_text("Said while you were away", timeout=15000)
    await expect(page.locator("#link-state")).to_be_hidden()


async def test_a_reaction_is_added_and_taken_back_with_a_click(stage: Stage) -> None:
    channel = stage.channel()
    ts = await stage.sandbox.say(stage.bo, channel, "Shipped")
    await stage.sandbox.react(stage.bo, channel, ts, "tada")
    page = await stage.tab(stage.ana, channel)
    tada = page.locator(".reaction").first
    await expect(tada).to_have_attribute("aria-pressed", "false")
    await tada.click()
    await expect(tada).to_have_attribute("aria-pressed", "true")
    await expect(tada).to_contain_text("2")
    await tada.click()
    await expect(tada).to_contain_text("1")


async def test_people_edit_and_delete_their_own_messages_only(stage: Stage) -> None:
    channel = stage.channel()
    await stage.sandbox.say(stage.bo, channel, "Not yours")
    await stage.sandbox.say(stage.ana, channel, "Ask <@" + stage.bo + "> abuot it")
    page = await stage.tab(stage.ana, channel)
    await page.locator(".message").first.hover()
    await page.get_by_role("button", name="More actions").click()
    await expect(page.get_by_role("menuitem", name="Edit the message")).to_have_count(0)
    await page.keyboard.press("Escape")
    await page.locator(".message").last.hover()
    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Edit the message").click()
    field = page.get_by_label("Edit your message")
    await expect(field).to_have_value("Ask @Bo Lindqvist abuot it")
    await field.fill("Ask @Bo Lindqvist about it")
    await field.press("Enter")
    await expect(page.locator(".message").last).to_contain_text("Ask @Bo Lindqvist about it")
    await expect(page.locator(".message").last).to_contain_text("(edited)")
    await page.locator(".message").last.hover()
    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Delete the message").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.locator(".message")).to_have_count(1)


async def test_what_only_one_person_may_see_is_said_so_and_shown_to_nobody_else(stage: Stage) -> None:
    channel = stage.channel()
    ana, bo = await stage.tab(stage.ana, channel), await stage.tab(stage.bo, channel)
    await stage.app.call(
        "chat.postEphemeral",
        channel=channel,
        user=stage.ana,
        text="Is this new?",
        blocks=[
            section("Is this new?"),
            {"type": "actions", "elements": [button("Register it", "announcements.register")]},
        ],
    )
    await expect(ana.locator(".message.ephemeral")).to_contain_text("Only visible to you")
    await stage.post(channel, "for all")
    await expect(bo.locator(".message")).to_have_count(1)
    await ana.reload()
    await expect(ana.locator(".message.ephemeral")).to_have_count(1)


async def test_acting_as_somebody_else_shows_what_they_see(stage: Stage) -> None:
    secret = stage.sandbox.add_channel("secret-of-bo", members=[stage.bo], private=True)
    page = await stage.tab(stage.ana)
    await expect(page.locator(f".nav-item[data-key='{secret}']")).to_have_count(0)
    await page.locator("#acting").click()
    await (
        page.get_by_role("dialog", name="Act as somebody else")
        .get_by_role("button", name=re.compile("Bo Lindqvist"))
        .click()
    )
    await expect(page.locator("#acting")).to_contain_text("Bo Lindqvist")
    await expect(page.locator(f".nav-item[data-key='{secret}']")).to_have_count(1)


async def test_starting_over_asks_first(stage: Stage) -> None:
    channel = stage.channel()
    await stage.sandbox.say(stage.bo, channel, "Precious")
    page = await stage.tab(stage.ana, channel)
    await page.get_by_role("button", name="Start over").click()
    await page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    await expect(page.locator(".message")).to_contain_text("Precious")


async def test_earlier_messages_are_there_when_one_scrolls_up(stage: Stage) -> None:
    channel = stage.channel()
    for number in range(70):
        await stage.sandbox.say(stage.bo, channel, f"Message {number}", deliver=False)
    page = await stage.tab(stage.ana, channel)
    await expect(page.locator(".message")).to_have_count(50)
    await page.locator("#channel .scroller").evaluate("node => { node.scrollTop = 0; }")
    await expect(page.locator(".message")).to_have_count(70)
    await expect(page.locator(".message").first).to_contain_text("Message 0")


async def test_a_permalink_opens_the_message_it_names(stage: Stage) -> None:
    channel = stage.channel()
    first = await stage.sandbox.say(stage.bo, channel, "The one that is meant", deliver=False)
    for number in range(60):
        await stage.sandbox.say(stage.bo, channel, f"Later {number}", deliver=False)
    link = (await stage.app.call("chat.getPermalink", channel=channel, message_ts=first))["permalink"]
    page = await stage.tab(stage.ana, stage.channel())
    await page.goto(link)
    await expect(page.get_by_text("The one that is meant")).to_be_in_viewport()


async def test_a_suggestion_puts_its_text_before_the_person_it_is_for(stage: Stage) -> None:
    channel = stage.channel("ideas")
    name = stage.sandbox.workspace.channels[channel].name
    suggestion = {
        "text": "We begin a model registry",
        "as": "Bo Lindqvist",
        "channel": name,
        "title": "Announce",
        "shows": "Who does it already",
    }
    page = await stage.tab(stage.ana, stage.channel())
    await page.route(
        "**/sandbox/suggestions", lambda route: route.fulfill(json={"ok": True, "suggestions": [suggestion]})
    )
    await page.reload()
    await page.get_by_role("button", name="Tour").click()
    await page.get_by_role("dialog", name="Guided tour").get_by_role("button", name="Announce").click()
    await expect(page.locator(".composer-field")).to_have_value("We begin a model registry")
    await expect(page.locator(".composer-field")).to_be_focused()
    await expect(page.locator("#acting")).to_contain_text("Bo Lindqvist")
    await page.keyboard.press("Enter")
    await stage.sandbox.wait_for(lambda: stage.sandbox.messages(channel))
    assert stage.sandbox.messages(channel)[0]["user"] == stage.bo


async def test_an_address_of_somebody_who_is_gone_opens_as_somebody_who_is_here(stage: Stage) -> None:
    page = await stage.tab("U0GONE00001")
    await expect(page.locator("#acting")).to_contain_text("Ana Ruiz")
    await page.goto(stage.sandbox.url)
    await expect(page.locator("#acting")).to_contain_text("Ana Ruiz")
