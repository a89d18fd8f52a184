"""The gallery: every example of every feature, drawn by the page, and nothing that touches the workspace."""

import pytest
from playwright.async_api import expect

from bot.demo.gallery import gallery
from tests.browser.stage import Stage

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(200)]


async def test_every_example_is_drawn_and_its_buttons_touch_nothing(stage: Stage) -> None:
    given = gallery()
    stage.sandbox.gallery = gallery
    page = await stage.visit(f"{stage.sandbox.url}/gallery")
    await expect(page.locator("#count")).to_have_text(f"{len(given['examples'])} examples")
    features = sorted({example["feature"] for example in given["examples"]})
    for feature in features:
        await page.locator("#feature").select_option(feature)
        while await page.locator(".example-place").count():
            # In one step: between looking and scrolling, the page may draw the last of them by itself.
            await page.locator(".example-place").evaluate_all("places => places[0]?.scrollIntoView()")
            await page.wait_for_timeout(30)
        count = len([one for one in given["examples"] if one["feature"] == feature])
        await expect(page.locator(".example")).to_have_count(count)
        await expect(page.locator(".unknown")).to_have_count(0)
    ids = {f"{one['feature']}/{one['title']}" for one in given["examples"]}
    assert len(ids) == len(given["examples"])

    await page.locator("#feature").select_option("overlaps")
    await page.locator("#kind").select_option("modal")
    button = page.locator(".example-foot button").first
    await button.click()
    await expect(page.locator(".toast")).to_contain_text("Nothing happens here")
    assert stage.app.heard == []
    await page.locator("#phone").click()
    width = await page.locator(".example").first.evaluate("node => node.offsetWidth")
    assert width <= 375
    await page.locator("#theme").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
