"""The inspector: what went over the wire, where a message comes from, and faults that are switched on in the page."""

import pytest
from playwright.async_api import expect

from tests.browser.stage import ARRIVES, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_message_leads_to_the_call_that_made_it_and_its_payload(stage: Stage) -> None:
    channel = stage.channel()
    await stage.post(channel, "Two efforts look alike")
    page = await stage.tab(stage.ana, channel)
    await page.locator(".message").hover()
    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Where does this come from?").click()
    detail = page.get_by_role("region", name="Request and answer")
    await expect(detail).to_contain_text("chat.postMessage")
    await expect(detail).to_contain_text('"text": "Two efforts look alike"')
    await detail.get_by_role("button", name="Show the message").click()
    await page.get_by_role("button", name="Close the inspector").click()
    await expect(page.locator("#inspector")).to_be_hidden()


async def test_a_fault_that_is_switched_on_hits_the_next_call_and_is_seen(stage: Stage) -> None:
    channel = stage.channel()
    page = await stage.tab(stage.ana, channel)
    await page.get_by_role("button", name="Traffic inspector").click()
    await page.get_by_text("Faults", exact=True).click()
    await page.get_by_label("Methods").fill("chat.postMessage")
    await page.get_by_role("button", name="Switch on").click()
    mark = page.get_by_role("button", name="Faults are on")
    await expect(mark).to_be_visible()
    with pytest.raises(AssertionError, match="ratelimited"):
        await stage.post(channel, "once")
    await stage.post(channel, "once")
    await expect(mark).to_be_hidden()
    await expect(page.locator(".message")).to_have_count(1)
    rows = page.get_by_role("option").filter(has_text="chat.postMessage")
    await expect(rows.filter(has_text="rate_limit")).to_have_count(1)
    await expect(rows.filter(has_text="try 2")).to_have_count(1)
    await page.get_by_label("Only errors").check()
    await expect(rows.filter(has_text="try 2")).to_have_count(0)
    await page.get_by_role("button", name="Switch on").click()
    await mark.click()
    await expect(mark).to_be_hidden()
    assert stage.sandbox.faults.planned == []


async def test_a_line_is_chosen_although_others_come_while_it_is_pressed(stage: Stage) -> None:
    channel = stage.channel("pressed")
    await stage.post(channel, "first")
    page = await stage.tab(stage.ana, channel)
    await page.get_by_role("button", name="Traffic inspector").click()
    rows = page.get_by_role("option").filter(has_text="chat.postMessage").filter(has_text="pressed-")
    await rows.hover()
    await page.mouse.down()
    await stage.post(channel, "second")
    await page.wait_for_timeout(ARRIVES)
    await page.mouse.up()
    await expect(page.get_by_role("region", name="Request and answer")).to_contain_text('"text": "first"')
    await expect(rows).to_have_count(2)
