"""Hears how loud the bot should be: the invitation, the greeting's menu, `/rowbot channel`."""

from datetime import datetime
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.errors import BadInput
from bot.features.announcements import loudness, views
from bot.slack.bolt import first_word, once, rest_of, shown
from bot.slack.directory import Directory
from storage.channels import ChannelMode
from storage.database import Database
from storage.unit_of_work import Scope, UnitOfWork


async def hear_join(event: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext, db: Database, scope: Scope, now: datetime, event_key: str,
                    directory: Directory) -> None:  # fmt: skip
    """Somebody came in: the bot itself (it greets), or a person (who may see what is private there)."""
    if event["user"] == context.bot_user_id:
        channel = await directory.channel(event["channel"])
        private = bool(channel.get("is_private")) if channel else event.get("channel_type") == "G"
        shared = bool(channel.get("is_ext_shared") or body.get("is_ext_shared_channel"))
        await db.write(scope, once(event_key, loudness.invited, now=now), event["channel"], is_private=private, is_shared=shared,
                       name=str(channel.get("name") or ""), now=now)  # fmt: skip
        if private:
            await directory.read_members(event["channel"])
    else:
        await db.write(scope, person_joined, event["channel"], event["user"])


async def hear_leave(event: dict[str, Any], context: AsyncBoltContext, db: Database, scope: Scope) -> None:
    """Somebody went out: from now on they may not see what is private there."""
    await db.write(scope, person_left, event["channel"], event["user"], is_bot=event["user"] == context.bot_user_id)


def person_joined(uow: UnitOfWork, channel_id: str, person_id: str) -> None:
    """A person came into a private channel."""
    channel = uow.channels.get(channel_id)
    if channel is not None and channel.is_private:
        uow.channels.joined(channel_id, person_id)


def person_left(uow: UnitOfWork, channel_id: str, person_id: str, *, is_bot: bool) -> None:
    """A person, or the bot, went out."""
    uow.channels.left(channel_id, person_id)
    channel = uow.channels.get(channel_id)
    if is_bot and channel is not None:
        channel.is_member, channel.members_read_at = False, None


async def choose_mode(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], respond: AsyncRespond, db: Database, scope: Scope, now: datetime,
                      person_id: str, directory: Directory) -> None:  # fmt: skip
    """The greeting's menu."""
    mode = ChannelMode(action["selected_option"]["value"])
    await directory.person(person_id, fresh=True)
    mode, shared = await db.write(scope, loudness.set_mode, body["channel"]["id"], mode, person_id=person_id, now=now)
    await respond(**shown(views.mode_set(mode, shared=shared)), replace_original=False)
    await ack()


async def command_mode(
    ack: AsyncAck,
    command: dict[str, Any],
    db: Database,
    scope: Scope,
    now: datetime,
    person_id: str,
    directory: Directory,
) -> None:
    """`/rowbot channel on|quiet|observe|off`."""
    word, here = rest_of(command).lower(), str(command["channel_id"])
    if here.startswith("D"):
        raise BadInput("Type this in the channel that it is about; here I always answer.")
    if word not in list(ChannelMode):
        modes = "\n".join(f"`/rowbot channel {mode}`: {words}" for mode, words in views.MODE_WORDS.items())
        raise BadInput(f"Say how loud I should be in this channel:\n{modes}")
    await directory.person(person_id, fresh=True)
    channel = await directory.channel(here)
    mode, shared = await db.write(scope, loudness.set_mode, here, ChannelMode(word), person_id=person_id, now=now)
    await ack(**shown(views.mode_set(mode, shared=shared, inside=bool(channel.get("is_member")))))


async def hear_change(event: dict[str, Any], db: Database, scope: Scope, directory: Directory) -> None:
    """A channel was renamed, archived, brought back, or shared."""
    channel = event.get("channel")
    await directory.channel(str(channel["id"] if isinstance(channel, dict) else channel))


def register(app: AsyncApp) -> None:
    """Coming, going, and how loud."""
    app.event("member_joined_channel")(hear_join)
    app.event("member_left_channel")(hear_leave)
    app.action(views.SET_MODE)(choose_mode)
    app.command("/rowbot", matchers=[first_word("channel", "mode")])(command_mode)
    for kind in (
        "channel_rename",
        "channel_archive",
        "channel_unarchive",
        "channel_shared",
        "channel_unshared",
        "group_rename",
        "group_archive",
        "group_unarchive",
    ):
        app.event(kind)(hear_change)
