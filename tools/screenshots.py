"""Take the README's pictures: the tour, one announcement with its thread, a report, each in a fresh sandbox. Needs Chromium: PYTHONPATH=. python tools/screenshots.py"""

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Final

from playwright.async_api import Page, async_playwright

from bot import config
from bot.demo.run import Demo

IMAGES: Final = Path(__file__).parent.parent / "docs" / "images"
FLAGS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


async def main() -> None:
    """Serve a demo of its own, act as its first person, and look."""
    os.environ["ROWBOT_SANDBOX_PORT"] = "3099"
    with tempfile.TemporaryDirectory() as folder:
        demo = Demo(config.load(), workspace=Path(folder) / "sandbox.db", registry=Path(folder) / "rowbot.db")
        await demo.open()
        try:
            async with async_playwright() as player:
                browser = await player.chromium.launch(
                    executable_path=os.environ.get("ROWBOT_CHROMIUM", "/usr/bin/chromium"), args=FLAGS
                )
                page = await browser.new_page(viewport={"width": 1280, "height": 800})
                await page.goto(demo.sandbox.url)
                await tour(page)
                await page.locator("#tour-toggle").click()
                await page.get_by_text("Two teams, one idea, other words").click()
                await page.wait_for_timeout(800)
                await page.keyboard.press("Enter")
                await page.get_by_text("Last reply just now").last.click(timeout=60_000)
                await page.wait_for_timeout(1200)
                await page.screenshot(path=IMAGES / "warning.png")
                await report(page)
                await browser.close()
        finally:
            await demo.close()
    print(f"Taken: {', '.join(str(IMAGES / name) for name in ('tour.png', 'warning.png', 'report.png'))}")


async def tour(page: Page) -> None:
    """The first story, where it asks for an announcement."""
    await page.get_by_role("button", name="Take the tour").click()
    await page.get_by_role("button", name="Announce, and be warned").click()
    card = page.locator("#tour")
    await card.get_by_role("button", name="Next", exact=True).click()
    await card.get_by_text("step 2 of").wait_for()
    await page.wait_for_timeout(1200)
    await page.screenshot(path=IMAGES / "tour.png")
    await card.get_by_role("button", name="Leave the tour").click()


async def report(page: Page) -> None:
    """An admin's report."""
    await page.set_viewport_size({"width": 1280, "height": 1000})
    await page.keyboard.press("Escape")
    await page.locator("#acting").click()
    await page.get_by_text("Adaeze Nwosu").last.click()
    await page.locator("nav").get_by_text("ml-platform").click()
    await page.locator("textarea, [contenteditable]").first.fill("/rowbot report 30d")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Enter")
    await page.locator(".chart").first.wait_for(timeout=60_000)
    await page.wait_for_timeout(1500)
    await page.locator(".chart").first.evaluate("element => element.scrollIntoView({block: 'end'})")
    await page.wait_for_timeout(600)
    await page.screenshot(path=IMAGES / "report.png")


if __name__ == "__main__":
    asyncio.run(main())
