"""One sandbox and one Chromium for all tests of the page."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from bot.demo.run import Demo
from bot.sandbox import Sandbox
from tests.browser.stage import Stage
from tests.browser.standin_app import MANIFEST, StandInApp
from tests.demo_past import PlayedPast

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-quic", "--no-first-run",
)  # fmt: skip


#: Seconds in which the server sees that Chromium is gone: this loop stands still until the next test of a page, and what is half
#: closed then is found by the garbage collector in the midst of another test.
SETTLING: Final = 0.05


def chromium() -> str:
    """The machine's Chromium; without one the tests are skipped, except in CI, where that is a failure."""
    path = os.environ.get("ROWBOT_CHROMIUM") or next((found for name in _NAMES if (found := shutil.which(name))), "")
    if path:
        return path
    sentence = "No Chromium on this machine, so the page is not tested: install it (apt-get install chromium) or set ROWBOT_CHROMIUM."
    if os.environ.get("CI") == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _browser() -> AsyncIterator[Browser]:
    path = chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _world(_browser: Browser) -> AsyncIterator[Stage]:
    async with Sandbox(MANIFEST, name="Northwind ML") as sandbox, StandInApp(sandbox.api_url, sandbox.bot_token) as app:
        ana = sandbox.add_person("Ana Ruiz", title="engineer", tz="Europe/Lisbon")
        bo = sandbox.add_person("Bo Lindqvist", title="lead", tz="Europe/Stockholm", is_admin=True)
        sandbox.request_url = app.url
        yield Stage(sandbox, app, _browser, ana, bo)


@pytest_asyncio.fixture(loop_scope="session")
async def stage(_world: Stage) -> AsyncIterator[Stage]:
    """The workspace with no tab open; afterwards all tabs are closed and none may have had a problem."""
    _world.app.heard.clear()
    _world.app.answer = lambda _: None
    _world.problems.clear()
    _world.sandbox.workspace.modals.clear()
    _world.sandbox.faults.clear()
    yield _world
    problems = list(_world.problems)
    for context in _world.contexts:
        await context.close()
    _world.contexts.clear()
    await asyncio.sleep(SETTLING)
    assert not problems


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(played_past: PlayedPast, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    """What `make run` opens, for the tests of one file."""
    demo = played_past.copy(tmp_path_factory.mktemp("demo"))
    await demo.open()
    yield demo
    await demo.close()
