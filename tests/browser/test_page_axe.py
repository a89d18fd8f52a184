"""axe-core (https://github.com/dequelabs/axe-core) finds nothing to mend on any screen, in both themes, on a desk and on a phone.

The rules are axe's own, all of them: WCAG 2.2 and what it calls best practice. The script comes with `axe-playwright-python`.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Final

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped] # it comes without types
from playwright.async_api import Page, expect

from bot.demo.gallery import gallery
from tests.browser.stage import Stage, button, section

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def channel(page: Page) -> None:
    await expect(page.locator("#channel .message")).to_have_count(3)


async def thread(page: Page) -> None:
    await page.locator("#channel .thread-bar").click()
    await expect(page.locator("#thread .message")).to_have_count(2)


async def refused_form(page: Page) -> None:
    await page.locator("#channel .composer-field").fill("/rowbot announce")
    await page.keyboard.press("Enter")
    await page.get_by_role("dialog", name="Announce").get_by_role("button", name="Register").click()
    await expect(page.locator("[data-block=title] .field-error")).to_be_visible()


async def home(page: Page) -> None:
    if await page.locator("#menu").is_visible():
        await page.locator("#menu").click()
    await page.get_by_role("navigation").get_by_role("button", name="Home").click()
    await expect(page.get_by_role("heading", name="My initiatives")).to_be_visible()


async def time_travel(page: Page) -> None:
    await page.locator("#clock").click()
    await expect(page.get_by_role("menuitem", name=re.compile("^An hour"))).to_be_visible()


async def members(page: Page) -> None:
    await page.locator("#acting").click()
    await expect(page.locator("#acting")).to_have_attribute("aria-expanded", "true")


async def stories(page: Page) -> None:
    await page.locator("#tour-toggle").click()
    await expect(page.get_by_role("dialog", name="Guided tour")).to_be_visible()


async def tour(page: Page) -> None:
    await stories(page)
    await page.get_by_role("button", name=re.compile("^A short story")).click()
    await expect(page.locator("#tour")).to_contain_text("step 1 of 1")


async def inspector(page: Page) -> None:
    await page.locator("#inspect").click()
    await page.get_by_text("Faults", exact=True).click()
    await page.get_by_role("button", name="Switch on").click()
    await expect(page.locator("#faults-mark")).to_be_visible()
    await page.locator(".traffic-row").last.click()
    await expect(page.get_by_role("region", name="Request and answer")).to_contain_text("Request")


async def keyboard(page: Page) -> None:
    await page.keyboard.press("Escape")
    await page.locator("#channel .message").first.focus()
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()


async def examples(page: Page) -> None:
    await page.goto(page.url.split("#")[0] + "gallery")
    await expect(page.locator(".example").first).to_be_visible()


STORY: Final = {
    "id": "short",
    "title": "A short story",
    "for": "Everybody",
    "minutes": 1,
    "steps": [{"title": "The message box", "text": "Write here.", "as": "Ana Ruiz", "target": "#channel .composer"}],
    "end": {"text": "That was all.", "as": "Ana Ruiz", "links": []},
}
SCREENS: Final[dict[str, Callable[[Page], Awaitable[None]]]] = {
    "channel": channel,
    "thread": thread,
    "refused form": refused_form,
    "home": home,
    "time travel": time_travel,
    "members": members,
    "stories": stories,
    "tour": tour,
    "inspector": inspector,
    "keyboard": keyboard,
    "gallery": examples,
}


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
async def test_axe_finds_nothing_to_mend(
    stage: Stage, screen: str, theme: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if screen in {"stories", "tour"}:
        monkeypatch.setattr(stage.sandbox, "tours", [STORY])
    stage.sandbox.gallery = gallery
    place = stage.channel()
    root = await stage.sandbox.say(
        stage.ana, place, "A feature store :rocket: see <https://example.com|this>", wait=False
    )
    blocks = [section("*Two teams, one idea*"), {"type": "actions", "elements": [button("Join", "join")]}]
    await stage.post(place, "Two teams, one idea", blocks, thread_ts=root)
    await stage.post(place, "Two teams, one idea", blocks)
    await stage.app.call("chat.postEphemeral", channel=place, user=stage.ana, text="Only for you")
    await stage.sandbox.react(stage.bo, place, root, "tada")
    page = await stage.tab(stage.ana, place, width=width, color_scheme=theme)
    await SCREENS[screen](page)
    await page.mouse.move(5, 5)
    await page.wait_for_timeout(400)  # what fades in has its full colour
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    found = (await Axe().run(page)).response["violations"]
    assert [(each["id"], each["impact"], [node["html"][:200] for node in each["nodes"]]) for each in found] == []
