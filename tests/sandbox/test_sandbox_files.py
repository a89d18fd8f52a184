"""Files: the app uploads in three steps, people attach."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox
from tests.sandbox.conftest import MANIFEST, Listener

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100


async def test_an_upload_becomes_a_message_with_a_file(
    slack: Sandbox, listener: Listener, client: AsyncWebClient, channel: str
) -> None:
    done = await client.files_upload_v2(
        content=PNG,
        filename="chart.png",
        title="Chart",
        alt_txt="A chart",
        channel=channel,
        initial_comment="This week",
    )
    message = slack.messages(channel)[0]
    assert (message["text"], message["subtype"], message["files"][0]["title"]) == ("This week", "file_share", "Chart")
    assert message["files"][0]["mimetype"] == "image/png"
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with aiohttp.ClientSession() as session:
        async with session.get(message["files"][0]["url_private"], headers=headers) as response:
            assert await response.read() == PNG
        async with session.get(message["files"][0]["url_private"]) as response:
            assert response.status == 403
    assert (await client.files_info(file=done["file"]["id"]))["file"]["name"] == "chart.png"
    await slack.delivery.settle()
    assert {event["type"] for event in listener.events()} == {"message", "file_shared"}


async def test_an_uploaded_picture_can_stand_in_a_block_once_it_is_ready() -> None:
    async with Sandbox(MANIFEST, file_delay=5) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        channel = slack.add_channel("c", members=[slack.bot_user_id])
        done = await client.files_upload_v2(content=PNG, filename="chart.png")
        image = {"type": "image", "alt_text": "A chart", "slack_file": {"id": done["file"]["id"]}}
        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel=channel, text="Chart", blocks=[image])
        assert refused.value.response["error"] == "invalid_blocks"
        assert "invalid slack file" in refused.value.response["errors"][0]
        slack.clock.move(6)
        await client.chat_postMessage(channel=channel, text="Chart", blocks=[image])
        unknown = {**image, "slack_file": {"id": "F0SBX99999"}}
        with pytest.raises(SlackApiError, match="invalid_blocks"):
            await client.chat_postMessage(channel=channel, text="Chart", blocks=[unknown])


async def test_uploads_are_refused_where_the_app_is_no_member(slack: Sandbox, client: AsyncWebClient, ana: str) -> None:
    elsewhere = slack.add_channel("elsewhere", members=[ana])
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await client.files_upload_v2(content=PNG, filename="chart.png", channel=elsewhere)
    with pytest.raises(SlackApiError, match="file_not_found"):
        await client.files_completeUploadExternal(files=[{"id": "F0SBX99999"}])


async def test_a_persons_file_is_told_with_its_message(
    slack: Sandbox, listener: Listener, ana: str, channel: str
) -> None:
    await slack.say(ana, channel, "The registry", files=[("initiatives.csv", b"id,title\n1,x\n")])
    (event,) = listener.events("message")
    assert (event["subtype"], event["files"][0]["name"], event["files"][0]["filetype"]) == (
        "file_share",
        "initiatives.csv",
        "csv",
    )
    assert listener.events("file_shared")[0]["channel_id"] == channel
