"""A file that a person puts into a form reaches the app."""

import pytest
from playwright.async_api import FilePayload, expect

from tests.browser.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_file_of_a_form_arrives_as_a_file_object(stage: Stage) -> None:
    page = await stage.tab(stage.ana, stage.channel())
    await page.locator(".composer-field").fill("/rowbot announce")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Announce")).to_be_visible()
    form = {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Attach"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": [
            {
                "type": "input",
                "block_id": "f",
                "label": {"type": "plain_text", "text": "Notes"},
                "element": {"type": "file_input", "action_id": "files"},
            }
        ],
    }
    view_id = stage.sandbox.views_of(stage.ana)[-1]["id"]
    await stage.app.call("views.update", view_id=view_id, view=form)
    notes = page.get_by_label("Notes")
    await notes.set_input_files([FilePayload(name="a.txt", mimeType="text/plain", buffer=b"words")])
    await expect(page.get_by_role("dialog")).to_contain_text("a.txt")
    await page.get_by_role("dialog").get_by_role("button", name="Send").click()
    await stage.sandbox.wait_for(lambda: any(one["type"] == "view_submission" for one in stage.app.heard))
    said = stage.app.heard[-1]["view"]["state"]["values"]["f"]["files"]
    assert [(file["name"], file["size"]) for file in said["files"]] == [("a.txt", 5)]
