"""The page for everybody: by keyboard alone, on a phone, in both themes, with a screen reader."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.stage import Stage, button, section

pytestmark = pytest.mark.asyncio(loop_scope="session")

# The lowest contrast of any visible text with its ground, and where; WCAG 2.2, 1.4.3.
CONTRAST = """
() => {
  const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => { probe.clearRect(0, 0, 1, 1); probe.fillStyle = colour; probe.fillRect(0, 0, 1, 1); return [...probe.getImageData(0, 0, 1, 1).data].map((part, at) => at === 3 ? part / 255 : part); };
  const over = (top, ground) => [0, 1, 2].map((at) => top[at] * top[3] + ground[at] * (1 - top[3]));
  const light = (colour) => { const [r, g, b] = colour.map((part) => { const share = part / 255; return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const groundOf = (node) => { const layers = []; for (let at = node; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor)); return layers.reverse().reduce((ground, layer) => over(layer, ground), [255, 255, 255]); };
  let worst = [99, ''];
  for (const node of document.querySelectorAll('body *')) {
    const text = [...node.childNodes].filter((child) => child.nodeType === 3 && child.data.trim()).map((child) => child.data.trim()).join(' ');
    if (!text || !node.checkVisibility({ visibilityProperty: true }) || node.closest(':disabled, .emoji, .sr, option')) continue;
    const ground = groundOf(node);
    const ink = over(rgba(getComputedStyle(node).color), ground);
    const [a, b] = [light(ink), light(ground)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst[0]) worst = [ratio, `${node.tagName}.${node.className}: ${text.slice(0, 40)}`];
  }
  return worst;
}
"""

NAMELESS = """
() => [...document.querySelectorAll('button, a[href], input, textarea, [role=combobox]')]
  .filter((node) => node.checkVisibility() && !(node.getAttribute('aria-label') || node.getAttribute('aria-labelledby') || node.textContent.trim() || node.labels?.length))
  .map((node) => node.outerHTML.slice(0, 120))
"""


async def furnished(stage: Stage) -> str:
    """A channel with every kind of thing in it."""
    channel = stage.channel("a-channel-with-quite-a-long-name")
    root = await stage.sandbox.say(
        stage.bo,
        channel,
        "We start a feature store, see `pip install` and <https://example.com|this>, cc <@" + stage.ana + ">",
    )
    await stage.sandbox.react(stage.ana, channel, root, "tada")
    await stage.post(
        channel,
        "reply",
        [
            section("*Two efforts* look alike"),
            {
                "type": "actions",
                "elements": [
                    button("Join forces", "a", style="primary"),
                    button("Stop", "b", style="danger"),
                    button("Not related", "c"),
                ],
            },
        ],
        thread_ts=root,
    )
    cells = [
        [{"type": "raw_text", "text": f"cell {row}.{column} with words"} for column in range(12)] for row in range(4)
    ]
    await stage.post(
        channel,
        "wide",
        [
            section("W" * 400),
            {"type": "table", "rows": cells},
            {"type": "context", "elements": [{"type": "mrkdwn", "text": "small _print_"}]},
        ],
    )
    await stage.app.call("chat.postEphemeral", channel=channel, user=stage.ana, text="Only for you")
    return channel


async def overflow(page: Page) -> int:
    """How many pixels the page is wider than the window."""
    return int(
        await page.evaluate(
            "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - window.innerWidth"
        )
    )


async def test_a_phone_sees_everything_without_scrolling_sideways(stage: Stage) -> None:
    page = await stage.tab(stage.ana, await furnished(stage), width=390, height=844, has_touch=True)
    assert await overflow(page) <= 0
    channel = await page.locator("#channel .scroller").evaluate("node => node.scrollWidth - node.clientWidth")
    assert channel <= 0
    await page.locator(".thread-bar").click()
    await expect(page.locator("#thread .message")).to_have_count(2)
    assert await overflow(page) <= 0
    await page.get_by_role("button", name="Close the thread").click()
    await page.locator("#menu").click()
    await expect(page.locator("#sidebar")).to_be_visible()
    await page.get_by_role("navigation").get_by_role("button", name="Home").click()
    await expect(page.get_by_role("heading", name="My initiatives")).to_be_visible()
    assert await overflow(page) <= 0
    await page.get_by_role("button", name="Messages").last.click()
    await page.locator(".composer-field").fill("/rowbot announce")
    await page.locator(".send").click()
    dialog = page.get_by_role("dialog", name="Announce")
    await expect(dialog).to_be_visible()
    assert await overflow(page) <= 0
    await dialog.get_by_role("button", name="Cancel").click()


async def test_with_the_keyboard_alone_one_sends_a_message_and_answers_in_its_thread(stage: Stage) -> None:
    channel = stage.channel()
    page = await stage.tab(stage.ana, channel)
    await expect(page.locator("#channel .composer-field")).to_be_focused()
    await page.keyboard.type("First line")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("second line")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message .text")).to_have_text("First line\nsecond line")
    await page.keyboard.press("Shift+F6")
    await expect(page.locator(".message")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#thread .composer-field")).to_be_focused()
    await page.keyboard.type("A reply")
    await page.keyboard.press("Enter")
    await expect(page.locator("#thread .message")).to_have_count(2)
    await expect(page.locator("#channel .thread-bar")).to_contain_text("1 reply")
    await page.keyboard.press("Escape")
    await expect(page.locator("#thread")).to_be_hidden()
    await expect(page.locator("#channel .message")).to_be_focused()


async def test_the_focus_stays_in_a_dialog_and_returns_when_it_closes(stage: Stage) -> None:
    page = await stage.tab(stage.ana, stage.channel())
    await page.get_by_role("button", name="Start over").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Start over?")).to_be_visible()
    for _ in range(6):
        await page.keyboard.press("Tab")
        assert await page.evaluate(
            "document.activeElement === document.body || Boolean(document.activeElement.closest('dialog'))"
        )
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Start over")).to_be_focused()


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_every_text_has_enough_contrast_and_every_control_a_name(stage: Stage, theme: str) -> None:
    page = await stage.tab(stage.ana, await furnished(stage), color_scheme=theme)
    await expect(page.locator("html")).to_have_attribute("data-theme", theme)
    await page.locator(".thread-bar").click()
    await expect(page.locator("#thread .message")).to_have_count(2)
    await page.mouse.move(5, 5)
    ratio, where = await page.evaluate(CONTRAST)
    assert ratio >= 4.5, where
    assert await page.evaluate(NAMELESS) == []


async def test_the_chosen_theme_outlives_a_reload(stage: Stage) -> None:
    page = await stage.tab(stage.ana, stage.channel(), color_scheme="light")
    await page.get_by_role("button", name="Use the dark theme").click()
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
