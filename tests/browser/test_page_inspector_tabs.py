"""The inspector in several tabs, and after the line to the server was torn."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def opened(stage: Stage, person: str, channel: str) -> Page:
    """A tab with the inspector open."""
    page = await stage.tab(person, channel)
    await page.get_by_role("button", name="Traffic inspector").click()
    return page


async def test_what_is_cleared_in_one_tab_is_gone_in_the_others(stage: Stage) -> None:
    channel = stage.channel()
    await stage.post(channel, "before")
    one, other = await opened(stage, stage.ana, channel), await opened(stage, stage.bo, channel)
    calls = [page.get_by_role("option").filter(has_text="chat.postMessage") for page in (one, other)]
    await expect(calls[1]).not_to_have_count(0)
    await one.get_by_role("button", name="Clear").click()
    for rows in calls:
        await expect(rows).to_have_count(0)
    await stage.post(channel, "after")
    for rows in calls:
        await expect(rows).to_have_count(1)


async def test_a_tab_whose_inspector_was_shut_meanwhile_forgets_what_was_cleared(stage: Stage) -> None:
    channel = stage.channel()
    await stage.post(channel, "before")
    page = await opened(stage, stage.ana, channel)
    rows = page.get_by_role("option").filter(has_text="chat.postMessage")
    await expect(rows).not_to_have_count(0)
    await page.get_by_role("button", name="Close the inspector").click()
    stage.sandbox.traffic.clear()
    await page.get_by_role("button", name="Traffic inspector").click()
    await expect(rows).to_have_count(0)


async def test_the_inspector_begins_anew_when_more_was_missed_than_the_server_remembers(stage: Stage) -> None:
    channel = stage.channel()
    stage.sandbox.traffic.clear()
    await stage.post(channel, "seen")
    page = await opened(stage, stage.ana, channel)
    rows = page.get_by_role("option").filter(has_text="chat.postMessage")
    await expect(rows).to_have_count(1)
    # What is on the page is older than the server: nobody told it that this call is forgotten.
    stage.sandbox.traffic._entries.clear()
    stage.sandbox.stream.say({"type": "resync"})
    await expect(rows).to_have_count(0)
    await stage.post(channel, "new")
    await expect(rows).to_have_count(1)
