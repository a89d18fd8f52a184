"""What outlives a restart."""

from pathlib import Path

from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox
from tests.sandbox.conftest import MANIFEST


async def test_everything_but_modals_outlives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "var" / "sandbox.db"
    async with Sandbox(MANIFEST, journal=path) as slack:
        assert slack.was_kept is False
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        ana = slack.add_person("Ana Ruiz", tz="Europe/Lisbon")
        bo = slack.add_person("Bo")
        channel = slack.add_channel("ml-initiatives", members=[ana, slack.bot_user_id])
        private = slack.add_channel("private", members=[bo], private=True)
        await slack.join(bo, channel)
        ts = await slack.say(ana, channel, "first", files=[("a.csv", b"id\n1\n")])
        metadata = {"event_type": "warning", "event_payload": {"key": "k"}}
        await client.chat_postMessage(channel=channel, text="reply", thread_ts=ts, metadata=metadata)
        await slack.edit(ana, channel, ts, "first, edited")
        await slack.react(bo, channel, ts, "eyes")
        gone = await slack.say(ana, channel, "gone")
        await slack.delete(ana, channel, gone)
        await client.chat_postEphemeral(channel=channel, user=ana, text="psst")
        await client.views_publish(user_id=ana, view={"type": "home", "blocks": [{"type": "divider"}]})
        slack.workspace.mark_read(slack.workspace.channels[channel], bo, ts)
        slack.clock.move(3600)
        group = slack.add_user_group("Search", "search", [ana])
        moved = await slack.share(private, new_id="C0SBX90000")
        last_event = slack.deliveries()[-1].payload["event_id"]
        before = (slack.messages(channel), slack.thread(channel, ts), slack.ephemerals(ana), slack.home_of(ana))
        people, channels = dict(slack.workspace.people), dict(slack.workspace.channels)
    async with Sandbox(MANIFEST, journal=path, port=slack.port) as again:
        assert again.was_kept is True
        assert (again.messages(channel), again.thread(channel, ts), again.ephemerals(ana), again.home_of(ana)) == before
        assert again.workspace.people == people
        assert again.workspace.channels == channels
        assert moved in again.workspace.channels
        assert again.workspace.usergroups.keys() == {group}
        assert again.clock.offset == 3600
        assert next(iter(again.workspace.files.values())).content == b"id\n1\n"
        assert again.add_person("Cy") not in people
        await again.say(ana, channel, "after the restart")
        assert again.deliveries()[-1].payload["event_id"] > last_event
        await again.reset()
        assert again.workspace.channels == {}
    async with Sandbox(MANIFEST, journal=path) as empty:
        assert [person.real_name for person in empty.workspace.people.values()] == ["Oarsman"]
