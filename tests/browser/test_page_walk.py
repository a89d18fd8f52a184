"""The whole way through the product: by keyboard alone, and by two people at once."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from bot.demo.run import Demo
from tests.browser.stage import Stage

# The demo is played first; a busy machine takes its time.
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(400)]

#: Milliseconds in which an answer comes on a busy machine.
ANSWER = 60_000
WORDS = (
    "We're starting to build a service for fresh ranking inputs: ratings and clicks of the last minutes while the shopper waits, "
    "and the very same values later in training, so that the model learns from what it saw live."
)


async def _tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until something has the focus."""
    for _ in range(60):
        if await wanted.evaluate("node => node === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    await expect(wanted).to_be_focused()


async def test_by_keyboard_alone_one_announces_and_says_how_it_differs(stage: Stage, demo: Demo) -> None:
    page = await stage.visit(demo.sandbox.url)
    press, write = page.keyboard.press, page.keyboard.type
    await expect(page.locator("#channel .composer-field")).to_be_focused()
    await write("/row")
    await expect(page.get_by_role("option", name="/rowbot").first).to_be_visible()
    await press("Tab")
    await write("announce")
    await press("Escape")
    await press("Enter")
    form = page.get_by_role("dialog", name="Announce")
    await expect(form).to_be_visible(timeout=ANSWER)
    await press("Escape")
    await expect(form).to_be_hidden(timeout=ANSWER)
    await expect(page.locator("#channel .composer-field")).to_be_focused()

    await write(WORDS)
    await press("Enter")
    own = page.locator("#channel .message").filter(has_text="fresh ranking inputs").last
    await expect(own.locator(".thread-bar")).to_contain_text("1 reply", timeout=ANSWER)
    await press("Shift+F6")
    await expect(own).to_be_focused()
    await press("Enter")
    await expect(page.locator("#thread .composer-field")).to_be_focused()
    await press("Shift+F6")
    differ = page.locator("#thread").get_by_role("button", name="We differ…").first
    await _tab_to(page, differ)
    await press("Enter")
    dialog = page.get_by_role("dialog", name="How do they differ?")
    await expect(dialog).to_be_visible(timeout=ANSWER)
    await _tab_to(page, dialog.get_by_role("textbox"))
    await write("Ours answers within 40 ms for search.")
    await _tab_to(page, dialog.get_by_role("button", name="Send"))
    await press("Enter")
    await expect(dialog).to_be_hidden(timeout=ANSWER)
    await expect(page.locator("#thread")).to_contain_text("Ours answers within 40 ms for search.", timeout=ANSWER)
    await page.locator("#thread .message").last.focus()
    await press("Escape")
    await expect(page.locator("#thread")).to_be_hidden()
    await expect(own).to_be_focused()


async def test_two_people_see_each_other_at_once(stage: Stage, demo: Demo) -> None:
    people = {person.real_name: person.id for person in demo.sandbox.workspace.people.values()}
    room = {channel.name: channel.id for channel in demo.sandbox.workspace.channels.values()}
    arjun, daniel = people["Arjun Bhat"], people["Daniel Whitfield"]
    one = await stage.visit(f"{demo.sandbox.url}/#as={arjun}&c={room['ml-initiatives']}")
    other = await stage.visit(f"{demo.sandbox.url}/#as={daniel}&c={room['ml-initiatives']}")
    mark = other.locator(f".nav-item[data-key='{room['ml-initiatives']}']")
    await expect(mark).not_to_have_class(re.compile("unread"), timeout=ANSWER)
    await other.locator(f".nav-item[data-key='{room['ads-ml']}']").click()

    await one.locator("#channel .composer-field").fill(WORDS)
    await one.keyboard.press("Enter")
    await expect(mark).to_have_class(re.compile("unread"), timeout=ANSWER)
    await mark.click()
    seen = other.locator("#channel .message").filter(has_text="fresh ranking inputs").last
    await expect(seen).to_contain_text("Arjun Bhat")
    await expect(other.locator(".unread-line")).to_be_visible()
    await expect(seen.locator(".thread-bar")).to_contain_text("1 reply", timeout=ANSWER)
    await expect(mark).not_to_have_class(re.compile("unread"))

    await seen.locator(".thread-bar").click()
    await other.locator("#thread .composer-field").fill("Let us talk.")
    await other.keyboard.press("Enter")
    bar = one.locator("#channel .message").filter(has_text="fresh ranking inputs").last.locator(".thread-bar")
    await expect(bar).to_contain_text("2 replies", timeout=ANSWER)
    await bar.click()
    await expect(one.locator("#thread .message").last).to_contain_text("Let us talk.")
    await expect(one.locator("#thread .message").last).to_contain_text("Daniel Whitfield")
