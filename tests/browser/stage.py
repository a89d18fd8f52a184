"""What every test of the page stands on: one sandbox with an app and some people, one Chromium, and a page per test."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

from playwright.async_api import Browser, BrowserContext, Page

from bot.sandbox import Sandbox
from tests.browser.standin_app import StandInApp

Json = dict[str, Any]
_numbers = count(1)

#: Milliseconds in which what was posted is heard by a tab, where it may not be drawn yet.
ARRIVES = 400


@dataclass
class Stage:
    """The workspace, its app, and tabs of a browser.

    Attributes:
        ana: An engineer in Lisbon.
        bo: A lead in Stockholm.
        problems: What the browser's console complained of, and every address outside the sandbox that was asked for.
    """

    sandbox: Sandbox
    app: StandInApp
    browser: Browser
    ana: str
    bo: str
    contexts: list[BrowserContext] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def channel(self, name: str = "room", *, private: bool = False) -> str:
        """A fresh channel of Ana, Bo and the app, so that tests do not see each other's messages."""
        return self.sandbox.add_channel(
            f"{name}-{next(_numbers)}", members=[self.ana, self.bo, self.sandbox.bot_user_id], private=private
        )

    async def tab(
        self, person: str, channel: str = "", *, width: int = 1280, height: int = 800, **options: Any
    ) -> Page:
        """A tab of its own (nothing shared with others) as somebody, in a channel."""
        context = await self.browser.new_context(viewport={"width": width, "height": height}, **options)
        self.contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(5000)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((self.sandbox.url, "data:"))
                else self.problems.append(f"outside: {request.url}")
            ),
        )
        await page.goto(f"{self.sandbox.url}/#as={person}{f'&c={channel}' if channel else ''}")
        await page.locator("html[data-ready]").wait_for(state="attached")
        return page

    async def visit(self, url: str, *, width: int = 1280, theme: Literal["light", "dark"] = "light") -> Page:
        """A tab of its own at any address of a sandbox; what its console complains of is a problem too."""
        context = await self.browser.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
        self.contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("console", lambda line: self.problems.append(line.text) if line.type == "error" else None)
        await page.goto(url)
        await page.locator("html[data-ready]").wait_for(state="attached", timeout=30_000)
        return page

    async def post(self, channel: str, text: str, blocks: list[Json] | None = None, **more: Any) -> str:
        """Post as the app; the message's ts."""
        said = await self.app.call(
            "chat.postMessage", channel=channel, text=text, **({"blocks": blocks} if blocks else {}), **more
        )
        return str(said["ts"])


def section(text: str, **more: Any) -> Json:
    """A section of mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(text: str, action_id: str, **more: Any) -> Json:
    """A button whose value is its action."""
    return {
        "type": "button",
        "text": {"type": "plain_text", "text": text},
        "action_id": action_id,
        "value": action_id,
        **more,
    }
