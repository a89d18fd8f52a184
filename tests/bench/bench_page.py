"""The page with 2,000 messages beside a plain HTML list of the same texts in the same Chromium: until it can be used, and its frames while it scrolls."""

import asyncio
import os
import shutil
import time

from aiohttp import web
from playwright.async_api import Browser, async_playwright

from bot.sandbox import Sandbox
from tests.browser.standin_app import MANIFEST

MESSAGES = 2_000
ROUNDS = 5
SCROLL = """
async (selector) => {
  const pane = selector ? document.querySelector(selector) : document.scrollingElement;
  const frames = [];
  let last = performance.now();
  for (let i = 0; i < 120; i++) {
    pane.scrollTop += i % 2 ? -40 : -160;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - last);
    last = now;
  }
  frames.sort((a, b) => a - b);
  return [frames[60], frames[114]];
}
"""
LOAD_ALL = """
async (count) => {
  const pane = document.querySelector('#channel .scroller');
  for (let i = 0; i < 200 && document.querySelectorAll('#channel .message').length < count; i++) {
    pane.scrollTop = 0;
    await new Promise((done) => setTimeout(done, 100));
  }
  return document.querySelectorAll('#channel .message').length;
}
"""


async def measured(browser: Browser, url: str, ready: str, pane: str, *, earlier: bool) -> tuple[float, float, float]:
    """Median seconds until it can be used; median and 95th percentile of a frame in ms."""
    took = []
    for _ in range(ROUNDS):
        page = await browser.new_page(viewport={"width": 1280, "height": 800})
        started = time.perf_counter()
        await page.goto(url)
        await page.locator(ready).first.wait_for(state="attached")
        took.append(time.perf_counter() - started)
        if len(took) < ROUNDS:
            await page.close()
    if earlier:
        shown = await page.evaluate(LOAD_ALL, MESSAGES)
        print(f"  messages on the page after scrolling up: {shown}")  # noqa: T201
    await page.evaluate(
        "s => { const p = s ? document.querySelector(s) : document.scrollingElement; p.scrollTop = p.scrollHeight / 2 }",
        pane,
    )
    middle, worst = await page.evaluate(SCROLL, pane)
    await page.close()
    return sorted(took)[ROUNDS // 2], middle, worst


async def run() -> None:
    """Measure both and print the ratios."""
    chromium = os.environ.get("ROWBOT_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        print("  No Chromium on this machine, so the page is not measured.")  # noqa: T201
        return
    texts = [f"Message {i}: we start a feature store for ranking, see https://example.com/{i}" for i in range(MESSAGES)]
    plain = "<!doctype html><title>x</title><ul>" + "".join(f"<li><b>Ana Ruiz</b><p>{text}</p></li>" for text in texts)
    async with Sandbox(MANIFEST) as sandbox, async_playwright() as player:
        ana = sandbox.add_person("Ana Ruiz")
        channel = sandbox.add_channel("room", members=[ana, sandbox.bot_user_id])
        for at, text in enumerate(texts):
            await sandbox.say(ana, channel, text, at=1_790_000_000.0 + at * 60, deliver=False)
        peer = web.Application()

        async def listed(_: web.Request) -> web.Response:
            return web.Response(text=plain, content_type="text/html")

        peer.router.add_get("/", listed)
        runner = web.AppRunner(peer, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        browser = await player.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        ours = await measured(
            browser, f"{sandbox.url}/#as={ana}&c={channel}", "html[data-ready]", "#channel .scroller", earlier=True
        )
        theirs = await measured(browser, f"http://127.0.0.1:{runner.addresses[0][1]}/", "li", "", earlier=False)
        await browser.close()
        await runner.cleanup()
    for name, own, other, unit in [
        ("usable after", ours[0] * 1000, theirs[0] * 1000, "ms"),
        ("median frame", ours[1], theirs[1], "ms"),
        ("95th percentile frame", ours[2], theirs[2], "ms"),
    ]:
        print(f"  {name:24} page {own:7.1f} {unit}   plain list {other:7.1f} {unit}   ratio {own / other:5.2f}")  # noqa: T201


if __name__ == "__main__":
    asyncio.run(run())
