"""The guided tour: a newcomer clicks through its stories, does one by hand, reloads in the midst, and has one break."""

import re
from typing import Literal

import pytest
from playwright.async_api import Locator, Page, expect

from bot.demo.run import Demo
from bot.demo.tours import stories
from tests.browser.stage import Stage
from tests.browser.test_page_access import CONTRAST, NAMELESS

# The demo is played first; a busy machine takes its time.
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(400)]

#: Milliseconds that a step may take on a busy machine; a trip through time is among them.
STEP = 90_000
#: Where the message box ends, and where the tour's card begins.
FOOT = "document.querySelector('#channel .composer').getBoundingClientRect().bottom"
TOP = "document.getElementById('tour').getBoundingClientRect().top"


def _card(page: Page) -> Locator:
    return page.locator("#tour")


async def _begin(page: Page, title: str) -> Locator:
    await page.locator("#tour-toggle").click()
    await page.get_by_role("dialog", name="Guided tour").get_by_role("button", name=re.compile(f"^{title}")).click()
    return _card(page)


async def _do(page: Page, at: int, steps: int, *, act: bool) -> None:
    """One step, done by the tour; leaves the card at the next."""
    card = _card(page)
    await expect(card).to_contain_text(f"step {at} of {steps}", timeout=STEP)
    if act:
        await card.get_by_role("button", name="Do it for me").click()
        await expect(card.locator(".tour-done")).to_have_text("Done", timeout=STEP)
    await card.get_by_role("button", name="Next", exact=True).click(timeout=STEP)


@pytest.mark.parametrize("story", stories(), ids=lambda story: str(story["id"]))
async def test_a_newcomer_has_a_story_done_and_ends_at_what_it_made(
    stage: Stage, demo: Demo, story: dict[str, object]
) -> None:
    page = await stage.visit(demo.sandbox.url, width=390 if story["id"] == "announce" else 1280)
    card = await _begin(page, str(story["title"]))
    steps = story["steps"]
    assert isinstance(steps, list)
    for at, step in enumerate(steps, 1):
        await _do(page, at, len(steps), act="do" in step)
    await expect(card).to_contain_text("This is what you made", timeout=STEP)
    await card.locator(".tour-links button").first.click()
    await expect(card).to_contain_text("This is what you made")
    await expect(page.locator("#thread .message, #channel .message").last).to_be_visible()


async def test_a_story_is_done_by_hand_and_survives_a_reload_in_its_midst(stage: Stage, demo: Demo) -> None:
    page = await stage.visit(demo.sandbox.url)
    card = await _begin(page, "Announce, and be warned")
    await _do(page, 1, 5, act=False)
    field = page.locator("#channel .composer textarea")
    await expect(field).to_have_value(re.compile("fresh ranking inputs"))
    await expect(card.get_by_role("button", name="Next", exact=True)).to_be_disabled()
    await field.press("Enter")
    await expect(card.locator(".tour-done")).to_have_text("Done", timeout=STEP)
    await card.get_by_role("button", name="Next", exact=True).click()
    await expect(card).to_contain_text("step 3 of 5")
    await page.reload()
    await expect(card).to_contain_text("step 3 of 5", timeout=STEP)
    await card.get_by_role("button", name="Back").click()
    await expect(card).to_contain_text("step 2 of 5")
    await expect(card.locator(".tour-done")).to_have_text("Done", timeout=STEP)
    await card.get_by_role("button", name="Next", exact=True).click()
    await _do(page, 3, 5, act=False)
    await page.locator("#thread").get_by_role("button", name="We differ…").first.click()
    dialog = page.get_by_role("dialog", name="How do they differ?")
    await expect(card.get_by_role("button", name="Leave the tour")).to_be_enabled()
    await dialog.get_by_role("textbox").fill("Ours is for ranking.")
    await dialog.get_by_role("button", name="Send").click()
    await _do(page, 4, 5, act=False)
    await expect(card).to_contain_text("step 5 of 5", timeout=STEP)
    await expect(page.locator("#acting")).to_contain_text("Daniel Whitfield")


async def test_the_other_side_of_a_story_sees_it_in_a_tab_of_their_own(stage: Stage, demo: Demo) -> None:
    page, lea = await stage.visit(demo.sandbox.url), await stage.visit(demo.sandbox.url)
    people = {person.real_name: person.id for person in demo.sandbox.workspace.people.values()}
    await lea.goto(f"{demo.sandbox.url}/#as={people['Lea Hoffmann']}")
    await lea.reload()
    card = await _begin(page, "Join forces")
    for at in (1, 2, 3):
        await _do(page, at, 6, act=at < 3)
    await expect(card).to_contain_text("step 4 of 6", timeout=STEP)
    channel = next(
        channel.id for channel in demo.sandbox.workspace.channels.values() if channel.name == "ml-initiatives"
    )
    root = await page.evaluate("JSON.parse(localStorage['rowbot.tour']).memory.post.ts")
    await lea.goto(f"{demo.sandbox.url}/#as={people['Lea Hoffmann']}&c={channel}&t={root}")
    await lea.locator("#thread .composer textarea").fill("Gladly.")
    await lea.locator("#thread .composer textarea").press("Enter")
    await expect(card.locator(".tour-done")).to_have_text("Done", timeout=STEP)


async def test_a_story_whose_beginning_is_gone_says_so_and_starts_over(stage: Stage, demo: Demo) -> None:
    page = await stage.visit(demo.sandbox.url)
    card = await _begin(page, "Announce, and be warned")
    await _do(page, 1, 5, act=False)
    await _do(page, 2, 5, act=True)
    await expect(card).to_contain_text("step 3 of 5", timeout=STEP)
    kept = await page.evaluate("JSON.parse(localStorage['rowbot.tour']).memory.post")
    author = demo.sandbox.workspace.message(kept["channel"], kept["ts"])
    assert author is not None
    await demo.sandbox.delete(author.user, kept["channel"], kept["ts"])
    await _do(page, 3, 5, act=False)
    await expect(card).to_contain_text("was deleted, or the sandbox started over", timeout=STEP)
    await card.get_by_role("button", name="Start over").click()
    await expect(card).to_contain_text("step 1 of 5", timeout=STEP)


async def test_the_tour_is_offered_once_and_taken_by_keyboard_alone(stage: Stage, demo: Demo) -> None:
    page = await stage.visit(demo.sandbox.url)
    card = _card(page)
    await expect(card).to_contain_text("New here?")
    assert await page.evaluate(FOOT) <= await page.evaluate(TOP) + 1
    await card.get_by_role("button", name="Not now").focus()
    await page.keyboard.press("Enter")
    await expect(card).to_be_hidden()
    await page.reload()
    await expect(
        page.locator("#tour-toggle")
    ).to_be_visible()  # the stories are there: from here on they would be offered
    await expect(card).to_be_hidden()
    await page.keyboard.press("Alt+g")
    await expect(page.get_by_role("button", name=re.compile("^Announce, and be warned"))).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(card).to_contain_text("step 1 of 5", timeout=STEP)
    await expect(card.get_by_role("button", name="Next", exact=True)).to_be_enabled()
    await page.keyboard.press("Alt+g")
    await expect(card.get_by_role("button", name="Next", exact=True)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(card).to_contain_text("step 2 of 5", timeout=STEP)
    await page.keyboard.press("Alt+g")
    await expect(card.get_by_role("button", name="Do it for me")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(card.get_by_role("button", name="Next", exact=True)).to_be_focused(timeout=STEP)
    await page.keyboard.press("Enter")
    await expect(card).to_contain_text("step 3 of 5", timeout=STEP)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (390, "light")])
async def test_the_card_is_readable_and_covers_nothing(
    stage: Stage, demo: Demo, width: int, theme: Literal["light", "dark"]
) -> None:
    page = await stage.visit(demo.sandbox.url, width=width, theme=theme)
    card = await _begin(page, "Announce, and be warned")
    await _do(page, 1, 5, act=False)
    await expect(card).to_contain_text("step 2 of 5", timeout=STEP)
    await page.wait_for_timeout(400)
    ratio, where = await page.evaluate(CONTRAST)
    assert ratio >= 4.5, where
    assert await page.evaluate(NAMELESS) == []
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert await page.evaluate(FOOT) <= await page.evaluate(TOP) + 1
