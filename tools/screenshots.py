"""Take the README's pictures: a fresh sandbox, one announcement, the thread. Needs Chromium: PYTHONPATH=. python tools/screenshots.py"""

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Final

from playwright.async_api import async_playwright

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
                await page.get_by_text("Two teams, one idea, other words").first.click()
                await page.wait_for_timeout(800)
                await page.keyboard.press("Enter")
                await page.get_by_text("1 reply").last.click(timeout=10_000)
                await page.wait_for_timeout(1200)
                await page.screenshot(path=IMAGES / "warning.png")
                await browser.close()
        finally:
            await demo.close()
    print(f"Taken: {IMAGES / 'warning.png'}")


if __name__ == "__main__":
    asyncio.run(main())
