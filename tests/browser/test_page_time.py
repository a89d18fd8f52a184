"""The page's clock: what time it is, moving it on in the demo, and being told what happened meanwhile."""

import asyncio
import re
from typing import Literal

import pytest
from playwright.async_api import Page, expect

from bot.demo.run import Demo
from tests.browser.stage import Stage
from tests.browser.test_page_access import CONTRAST, NAMELESS

# The demo is played first; a busy machine takes its time.
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(400)]

#: Milliseconds that a month may take on a busy machine.
MONTH = 90_000


async def _go(page: Page, step: str) -> None:
    await page.locator("#clock").click()
    await page.get_by_role("menuitem", name=re.compile(step)).click()


async def test_a_newcomer_clicks_through_a_month_and_sees_what_happened(stage: Stage, demo: Demo) -> None:
    page = await stage.visit(demo.sandbox.url)
    clock = page.locator("#clock")
    await expect(clock).to_contain_text("Lisbon")
    await expect(clock).not_to_contain_text("ahead")

    await _go(page, "To the next morning")
    dialog = page.locator("dialog.meanwhile")
    await expect(dialog).to_contain_text("09:00 in Lisbon", timeout=MONTH)
    await dialog.get_by_role("button", name="Done").click()
    await expect(clock).to_contain_text(re.compile(r"\w{3} \d+ \w{3}, 09:0\d.*ahead", re.DOTALL))

    await _go(page, "To next Monday")
    await expect(dialog).to_contain_text(re.compile("It is Monday .* 09:00 in Lisbon"), timeout=MONTH)
    await dialog.get_by_role("button", name="Done").click()

    await _go(page, "A month")
    await expect(clock).to_contain_text("Moving on…")
    await expect(clock).to_have_attribute("aria-busy", "true")
    await expect(dialog.get_by_role("heading", name="4 weeks later")).to_be_visible(timeout=MONTH)
    await expect(dialog).to_contain_text("check-ins asked")
    await expect(dialog).to_contain_text("answered")
    await expect(dialog).to_contain_text("rounds closed with a summary")
    # The way to one's own news, and through somebody else's eyes.
    await dialog.get_by_role("button", name=re.compile("^Rowbot")).click()
    await expect(dialog).to_have_count(0)
    await expect(page.locator("#channel")).to_contain_text("Country by country, every week")
    await page.reload()
    await expect(clock).to_contain_text(re.compile(r"(\d+ days|\d weeks) ahead"))


async def test_whoever_looks_through_other_eyes_sees_their_check_ins(stage: Stage, demo: Demo) -> None:
    page = await stage.visit(demo.sandbox.url)
    await _go(page, "A week")
    dialog = page.locator("dialog.meanwhile")
    other = dialog.get_by_role("button", name=re.compile("Act as")).first
    await expect(other).to_be_visible(timeout=MONTH)
    name = (await other.inner_text()).split("\n")[0].removeprefix("Act as ")
    await other.click()
    await expect(page.locator("#acting")).to_contain_text(name)
    await expect(page.locator("#channel .message").last).to_contain_text("Rowbot")


async def test_time_is_stopped_on_its_way(stage: Stage, demo: Demo) -> None:
    page = await stage.visit(demo.sandbox.url)
    await _go(page, "A month")
    await page.locator("#clock.travelling").click()
    await page.get_by_role("menuitem", name=re.compile("Stop here")).click()
    heading = page.locator("dialog.meanwhile h2, .toast p")
    await expect(heading).to_have_text(re.compile("^Stopped .* later"), timeout=MONTH)
    await expect(page.locator("#clock")).to_have_attribute("aria-busy", "false")


async def test_the_clock_is_used_by_keyboard_alone(stage: Stage, demo: Demo) -> None:
    page = await stage.visit(demo.sandbox.url)
    await page.locator("#clock").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name=re.compile("^An hour"))).to_be_focused()
    await page.keyboard.press("End")
    switch = page.get_by_role("menuitemcheckbox", name=re.compile("Let the others answer"))
    await expect(switch).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(switch).to_have_attribute("aria-checked", "false")
    await page.keyboard.press("Escape")
    await expect(page.locator("#clock")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(switch).to_have_attribute("aria-checked", "false")


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (390, "light")])
async def test_what_happened_meanwhile_is_readable_everywhere(
    stage: Stage, demo: Demo, width: int, theme: Literal["light", "dark"]
) -> None:
    page = await stage.visit(demo.sandbox.url, width=width, theme=theme)
    await page.locator("#clock").click()
    await expect(page.locator(".menu")).to_be_visible()
    assert (await page.evaluate(CONTRAST))[0] >= 4.5
    await page.get_by_role("menuitem", name=re.compile("A week")).click()
    await expect(page.locator("dialog.meanwhile")).to_be_visible(timeout=MONTH)
    await page.wait_for_timeout(400)  # the dialog fades in
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    ratio, where = await page.evaluate(CONTRAST)
    assert ratio >= 4.5, where
    assert await page.evaluate(NAMELESS) == []


# --- what stands beside names, groups and invitations ------------------------------------------------------------


async def test_a_status_is_set_seen_by_others_and_cleared(stage: Stage) -> None:
    channel = stage.channel()
    await stage.sandbox.say(stage.ana, channel, "Off tomorrow")
    ana, bo = await stage.tab(stage.ana, channel), await stage.tab(stage.bo, channel)
    await ana.locator("#acting").click()
    await ana.get_by_role("button", name="Set a status").click()
    dialog = ana.get_by_role("dialog", name="Set a status")
    await dialog.get_by_role("button", name="Vacationing").click()
    await dialog.get_by_label("Clear after").select_option("week")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_have_count(0)
    await expect(ana.locator("#acting")).to_contain_text("Vacationing, until Mon")
    await expect(bo.locator(".message .status-mark")).to_have_attribute("title", re.compile("^Vacationing, until Mon"))
    person = stage.sandbox.workspace.people[stage.ana]
    assert (person.status_text, person.status_emoji) == ("Vacationing", ":palm_tree:")
    await bo.locator(".message .author").click()
    await expect(bo.get_by_role("dialog", name="Profile")).to_contain_text("Vacationing")
    await ana.locator("#acting").click()
    await ana.get_by_role("button", name=re.compile("^Vacationing")).click()
    await dialog.get_by_role("button", name="Clear status").click()
    await expect(bo.locator(".message .status-mark")).to_have_count(0)
    assert person.status_expiration == 0


async def test_a_group_message_is_named_by_its_members_and_an_invitation_can_be_downloaded(stage: Stage) -> None:
    cy = stage.sandbox.add_person("Cy Twombly")
    group = stage.sandbox.direct(stage.ana, stage.bo, cy)
    invitation = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
    await stage.sandbox.say(stage.bo, group, "Here it is", files=[("sync.ics", invitation)])
    page = await stage.tab(stage.ana, group)
    await expect(page.locator(f".nav-item[data-key='{group}'] .nav-label")).to_have_text("Bo, Cy")
    card = page.locator(".file-name")
    await expect(card).to_contain_text("sync.ics")
    async with page.expect_download() as download:
        await card.click()
    saved = await download.value
    assert saved.suggested_filename == "sync.ics"
    assert (await asyncio.to_thread((await saved.path()).read_bytes)) == invitation
