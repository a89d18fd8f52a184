"""The bot was away, or Slack dropped events: what was said is answered once, what was changed follows."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot import socket_mode
from bot.features.announcements import jobs
from bot.process import Process, Role, start
from bot.sandbox import Fault
from bot.slack import history
from storage.unit_of_work import Scope, UnitOfWork
from tests.scenarios.dialogs import (
    CHATTER,
    OTHER,
    OTHER_TITLE,
    SAME_STORE,
    STORE,
    STORE_TITLE,
    UNSURE,
    announced,
    quiet,
    reply,
    reply_text,
    ticked,
    titles,
    undelivered,
    whispers,
)  # fmt: skip
from tests.world import Team, settings_for

#: Each life finds its registry in the test's own folder.
pytestmark = pytest.mark.usefixtures("bot_database_url", "hurried")

OTHER_EDITED = OTHER + " From Monday on, with two annotators of each language."


@asynccontextmanager
async def life(team: Team, path: Path) -> AsyncIterator[Process]:
    """One life of a bot: from its start until it has caught up, and then as long as the block lasts."""
    process = await start(settings_for(team.slack, f"sqlite:///{path / 'bot.db'}"), Role.RUN)
    assert process.door is not None
    team.slack.request_url = f"http://127.0.0.1:{process.door.port}/slack/events"
    try:
        await caught_up(process)
        yield process
    finally:
        await process.stop()


async def caught_up(bot: Process) -> None:
    """Wait until everything that was to be read has been read, and everything that follows has arrived."""
    ears = bot.bot.ears
    for _ in range(1000):
        if ears.look_at > ears.deaf_until and not ears.compare:
            await quiet(bot)
            return
        await asyncio.sleep(0.01)
    raise TimeoutError("The bot is still catching up.")


async def rows_of(bot: Process) -> list[tuple[str, str, str]]:
    """Every announcement: ts, state, text."""

    def read(uow: UnitOfWork) -> list[tuple[str, str, str]]:
        return [(row.ts, row.state.value, row.text) for row in uow.announcements.said_between(TEAM[0], "0", "9")]

    return await bot.bot.db.read(Scope(bot.bot.identity.workspace_id), read)


TEAM: list[str] = []


@pytest.fixture(autouse=True)
def channel_known(team: Team) -> None:
    TEAM[:] = [team.channel]


async def test_what_was_said_while_the_bot_was_away_is_answered_once(team: Team, tmp_path: Path) -> None:
    slack = team.slack
    async with life(team, tmp_path) as bot:
        await announced(bot, team, team.ben, STORE)
    missed = await slack.say(team.ana, team.channel, SAME_STORE, deliver=False)
    await slack.say(team.ana, team.channel, CHATTER, deliver=False)
    alone = await slack.say(team.ana, team.channel, OTHER, deliver=False)
    async with life(team, tmp_path) as bot:
        assert STORE_TITLE in reply_text(team, missed)
        assert ticked(team, alone)
        assert OTHER_TITLE in await titles(bot)
        assert len(await titles(bot)) == 3
        assert not any(CHATTER in text for _, _, text in await rows_of(bot))
    async with life(team, tmp_path) as bot:
        assert len(await titles(bot)) == 3
        reply(team, missed)


async def test_an_event_that_comes_after_its_message_was_read_changes_nothing(team: Team, tmp_path: Path) -> None:
    slack = team.slack
    async with life(team, tmp_path) as bot:
        await announced(bot, team, team.ben, STORE)
    async with slack.out_of_order():
        missed = await slack.say(team.ana, team.channel, SAME_STORE)
        edited = await slack.say(team.ben, team.channel, OTHER)
        await slack.edit(team.ben, team.channel, edited, OTHER_EDITED)
        process = await start(settings_for(slack, f"sqlite:///{tmp_path / 'bot.db'}"), Role.RUN)
        assert process.door is not None
        slack.request_url = f"http://127.0.0.1:{process.door.port}/slack/events"
        await caught_up(process)
        assert STORE_TITLE in reply_text(team, missed)
        assert len(await titles(process)) == 3
    await quiet(process)
    assert len(await titles(process)) == 3
    reply(team, missed)
    assert ticked(team, edited)
    assert [text for ts, _, text in await rows_of(process) if ts == edited] == [OTHER_EDITED]
    await process.stop()


async def test_edits_and_deletions_that_were_missed_follow(team: Team, tmp_path: Path) -> None:
    slack = team.slack
    await slack.say(team.admin, team.channel, CHATTER, deliver=False)
    async with life(team, tmp_path) as bot:
        first = await announced(bot, team, team.ben, STORE)
        second = await announced(bot, team, team.ana, SAME_STORE)
        third = await announced(bot, team, team.ana, OTHER)
        assert STORE_TITLE in reply_text(team, second)
    await asyncio.sleep(1)  # Slack dates edits by whole seconds
    await slack.edit(team.ana, team.channel, third, OTHER_EDITED, deliver=False)
    await slack.delete(team.ben, team.channel, first, deliver=False)
    await slack.delete(team.ana, team.channel, second, deliver=False)
    async with life(team, tmp_path) as bot:
        assert await titles(bot) == [OTHER_TITLE]
        # `second` had the bot's reply under it, so Slack left a tombstone; `first` is gone.
        assert {ts: text for ts, _, text in await rows_of(bot)} == {third: OTHER_EDITED}
        assert "its announcement was deleted" in reply_text(team, second)


async def test_an_edit_into_an_announcement_that_was_missed_counts_as_one(team: Team, tmp_path: Path) -> None:
    slack = team.slack
    async with life(team, tmp_path) as bot:
        await announced(bot, team, team.ben, STORE)
    ts = await slack.say(team.ana, team.channel, CHATTER, deliver=False)
    await slack.edit(team.ana, team.channel, ts, SAME_STORE, deliver=False)
    async with life(team, tmp_path) as bot:
        assert STORE_TITLE in reply_text(team, ts)
        await slack.edit(team.ana, team.channel, ts, SAME_STORE + " This autumn.")
        await quiet(bot)
        reply(team, ts)


async def test_where_nothing_older_is_left_a_missing_message_is_no_deletion(team: Team, tmp_path: Path) -> None:
    """A workspace may keep messages for a day only: what it forgets was not taken back by anybody."""
    slack = team.slack
    async with life(team, tmp_path) as bot:
        for message in slack.messages(team.channel):
            await slack.delete(message["user"], team.channel, message["ts"], deliver=False)
        ts = await announced(bot, team, team.ben, STORE)
    for message in slack.messages(team.channel):
        if message["ts"] < ts:
            await slack.delete(team.ben, team.channel, message["ts"], deliver=False)
    await slack.delete(team.ben, team.channel, ts, deliver=False)
    await slack.say(team.ana, team.channel, CHATTER, deliver=False)
    async with life(team, tmp_path) as bot:
        assert await titles(bot) == [STORE_TITLE]


async def test_the_first_time_in_a_channel_nothing_of_its_past_is_read(team: Team, tmp_path: Path) -> None:
    slack = team.slack
    before = await slack.say(team.ana, team.channel, STORE, deliver=False)
    async with life(team, tmp_path) as bot:
        assert await titles(bot) == []
        assert not ticked(team, before)


async def test_an_invitation_that_was_missed_is_no_reason_to_read_what_was_said_before(
    team: Team, tmp_path: Path
) -> None:
    slack = team.slack
    fresh = slack.add_channel("fresh", members=[team.ana])
    async with life(team, tmp_path) as bot:
        await announced(bot, team, team.ben, STORE)
    await slack.say(team.ana, fresh, OTHER, deliver=False)
    with slack.delivery.muted():
        slack.acts.invite(team.ana, fresh, slack.bot_user_id)
    async with life(team, tmp_path) as bot:
        assert await titles(bot) == [STORE_TITLE]
    heard_later = await slack.say(team.ana, fresh, SAME_STORE, deliver=False)
    async with life(team, tmp_path) as bot:
        assert len(await titles(bot)) == 2
        assert STORE_TITLE in reply_text(team, heard_later, channel=fresh)


@pytest.mark.parametrize("mode", ["quiet", "observe", "off"])
async def test_a_channels_mode_holds_for_what_was_missed(team: Team, tmp_path: Path, mode: str) -> None:
    slack = team.slack
    async with life(team, tmp_path) as bot:
        await announced(bot, team, team.ben, STORE)
        await slack.command(team.ana, team.channel, f"/rowbot channel {mode}")
    missed = await slack.say(team.ana, team.channel, SAME_STORE, deliver=False)
    async with life(team, tmp_path) as bot:
        assert reply_text(team, missed) == ""
        assert not ticked(team, missed)
        assert any(STORE_TITLE in text for text in whispers(team, team.ana)) == (mode == "quiet")
        assert [state for ts, state, _ in await rows_of(bot) if ts == missed] == {
            "quiet": ["registered"], "observe": ["observed"], "off": []}[mode]  # fmt: skip
        await slack.command(team.ana, team.channel, "/rowbot channel on")
    if mode == "off":
        async with life(team, tmp_path) as bot:
            assert await titles(bot) == [STORE_TITLE]  # what was said while it was off stays unheard


async def test_answers_in_threads_the_bots_own_words_and_strangers_are_no_announcements(
    team: Team, tmp_path: Path
) -> None:
    slack = team.slack
    stranger = slack.add_person("Sam Stranger", external=True)
    async with life(team, tmp_path) as bot:
        root = await announced(bot, team, team.ben, STORE)
    await slack.say(team.ana, team.channel, OTHER, thread_ts=root, deliver=False)
    await slack.say(slack.bot_user_id, team.channel, OTHER, deliver=False)
    slack.workspace.channels[team.channel].members.append(stranger)
    await slack.say(stranger, team.channel, OTHER, deliver=False)
    async with life(team, tmp_path) as bot:
        assert await titles(bot) == [STORE_TITLE]


async def test_after_three_days_it_is_registered_without_a_word_and_after_one_nobody_is_asked(
    team: Team, tmp_path: Path
) -> None:
    slack, day = team.slack, 86_400
    async with life(team, tmp_path) as bot:
        await announced(bot, team, team.ben, STORE)
        await heard_until(bot, team.channel, time.time() - 8 * day)
    ancient = await slack.say(team.ana, team.channel, OTHER, at=time.time() - 7.5 * day, deliver=False)
    old = await slack.say(team.ana, team.channel, SAME_STORE, at=time.time() - 4 * day, deliver=False)
    unsure = await slack.say(team.ana, team.channel, UNSURE, at=time.time() - 2 * day, deliver=False)
    late = await slack.say(team.admin, team.channel, SAME_STORE + " Really.", at=time.time() - 2 * day, deliver=False)
    async with life(team, tmp_path) as bot:
        rows = {ts: state for ts, state, _ in await rows_of(bot)}
        assert old in rows
        assert ancient not in rows
        assert unsure not in rows
        assert reply_text(team, old) == ""
        assert not ticked(team, old)
        assert STORE_TITLE in reply_text(team, late)
        assert not any("start of something new" in text for text in whispers(team, team.ana))
        assert await said_when(bot, old) == pytest.approx(float(old), abs=0.001)
        assert await said_when(bot, late) == pytest.approx(float(late), abs=0.001)


async def test_a_long_absence_is_read_page_by_page_and_each_announcement_is_answered_once(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "PAGE", 3)
    monkeypatch.setattr(jobs, "PAGES", 2)
    slack = team.slack
    async with life(team, tmp_path) as bot:
        await announced(bot, team, team.ben, STORE)
    missed = []
    for number in range(4):
        for _ in range(4):
            await slack.say(team.ana, team.channel, CHATTER, deliver=False)
        missed.append(await slack.say(team.ana, team.channel, f"{SAME_STORE} Part {number}.", deliver=False))
    slack.faults.on("conversations.history", Fault.RATE_LIMIT, times=1, skip=3, retry_after=1)
    slack.faults.on("conversations.history", Fault.DROP, times=1, skip=5)
    monkeypatch.setattr(history, "TRY_AGAIN", timedelta(seconds=1))
    async with life(team, tmp_path) as bot:
        await slack.wait_for(lambda: all(reply_text(team, ts) for ts in missed), timeout=20)
        await caught_up(bot)
        for ts in missed:
            reply(team, ts)
        assert len(await titles(bot)) == 5
        assert await undelivered(bot) == []


async def test_killed_while_it_catches_up_the_next_life_goes_on(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "PAGE", 3)
    monkeypatch.setattr(jobs, "PAGES", 2)
    slack = team.slack
    async with life(team, tmp_path) as bot:
        await announced(bot, team, team.ben, STORE)
    missed = []
    for number in range(4):
        for _ in range(4):
            await slack.say(team.ana, team.channel, CHATTER, deliver=False)
        missed.append(await slack.say(team.ana, team.channel, f"{SAME_STORE} Part {number}.", deliver=False))
    slack.faults.on("conversations.history", Fault.HANG, times=1, skip=3, seconds=30)
    process = await start(settings_for(slack, f"sqlite:///{tmp_path / 'bot.db'}"), Role.RUN)
    await slack.wait_for(lambda: len(slack.calls("conversations.history")) >= 4, timeout=20)
    await process.stop()
    slack.faults.clear()
    assert not all(reply_text(team, ts) for ts in missed)
    before = len(slack.calls("conversations.history"))
    async with life(team, tmp_path) as bot:
        for ts in missed:
            reply(team, ts)
        assert len(await titles(bot)) == 5
    went_on_at = slack.calls("conversations.history")[before].arguments["latest"]
    assert missed[0] < went_on_at < missed[-1]  # what was read before is not read again


async def test_what_is_said_while_the_socket_is_down_is_heard_when_it_stands_again(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_mode, "WATCH", 0.1)
    monkeypatch.setattr(socket_mode, "NEW_ADDRESS_AFTER", 0.3)
    monkeypatch.setattr(socket_mode, "NEW_CLIENT_AFTER", 2.0)
    slack = team.slack
    process = await start(
        settings_for(slack, f"sqlite:///{tmp_path / 'bot.db'}", slack_app_token=slack.app_token), Role.RUN
    )
    try:
        await caught_up(process)
        await announced(process, team, team.ben, STORE)
        await slack.sockets.disconnect("refresh_requested", abruptly=True)
        ts = await slack.say(team.ana, team.channel, SAME_STORE, deliver=False)
        await slack.wait_for(lambda: STORE_TITLE in reply_text(team, ts), timeout=30)
    finally:
        await process.stop()


def stored(folder: Path) -> bytes:
    """Every byte of the database."""
    return b"".join(path.read_bytes() for path in folder.glob("bot.db*"))


async def test_chatter_of_the_past_leaves_nothing_behind(team: Team, tmp_path: Path) -> None:
    slack = team.slack
    async with life(team, tmp_path) as bot:
        await announced(bot, team, team.ben, STORE)
        await slack.say(team.ana, team.channel, CHATTER)
    for _ in range(5):
        await slack.say(team.ana, team.channel, CHATTER, deliver=False)
    async with life(team, tmp_path) as bot:
        assert len(await titles(bot)) == 1
    kept = stored(tmp_path)
    assert CHATTER.encode() not in kept
    assert STORE_TITLE.encode() in kept


async def test_a_channel_that_the_bot_was_removed_from_is_left_alone(team: Team, tmp_path: Path) -> None:
    slack = team.slack
    async with life(team, tmp_path) as bot:
        await announced(bot, team, team.ben, STORE)
    with slack.delivery.muted():
        slack.acts.remove(team.ben, team.channel, slack.bot_user_id)
    await slack.say(team.ana, team.channel, OTHER, deliver=False)
    async with life(team, tmp_path) as bot:
        assert await titles(bot) == [STORE_TITLE]


async def heard_until(bot: Process, channel_id: str, seconds: float) -> None:
    """Let the bot have heard a channel up to a moment."""

    def put(uow: UnitOfWork) -> None:
        uow.channels.meet(channel_id).heard_until = f"{seconds:.6f}"

    await bot.bot.db.write(bot.bot.scope, put)


async def said_when(bot: Process, ts: str) -> float:
    """The date of the initiative that a message introduced."""

    def read(uow: UnitOfWork) -> float:
        row = uow.announcements.at(TEAM[0], ts)
        initiative = uow.machine.initiatives.get((row.initiative_id if row is not None else 0) or 0)
        assert initiative is not None
        return initiative.created_at.timestamp()

    return await bot.bot.db.read(bot.bot.scope, read)
