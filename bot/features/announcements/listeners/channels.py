"""Hears how loud the bot should be: the invitation, the greeting's menu, `/rowbot channel`."""

from datetime import datetime
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.errors import BadInput
from bot.features.announcements import life_views, loudness, places, views
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


async def hear_leave(
    event: dict[str, Any], context: AsyncBoltContext, db: Database, scope: Scope, now: datetime, event_key: str
) -> None:
    """Somebody went out: from now on they may not see what is private there. If it was the bot, nobody may."""
    if event["user"] == context.bot_user_id:
        await db.write(scope, once(event_key, places.left, now=now), event["channel"], now=now)
    else:
        await db.write(scope, person_left, event["channel"], event["user"])


def person_joined(uow: UnitOfWork, channel_id: str, person_id: str) -> None:
    """A person came into a private channel, or into a public one that was private and still keeps work to its members."""
    channel = uow.channels.get(channel_id)
    if channel is not None and (channel.is_private or uow.channels.holds_private_work(channel_id)):
        uow.channels.joined(channel_id, person_id)


def person_left(uow: UnitOfWork, channel_id: str, person_id: str) -> None:
    """A person went out."""
    uow.channels.left(channel_id, person_id)


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


async def hear_change(event: dict[str, Any], directory: Directory) -> None:
    """A channel was renamed or shared."""
    await directory.channel(channel_of(event))


async def hear_removal(
    event: dict[str, Any], db: Database, scope: Scope, now: datetime, event_key: str, directory: Directory
) -> None:
    """The bot was removed from a channel. An event that comes late may be wrong by now, so Slack is asked."""
    await db.write(scope, once(event_key, places.left, now=now), channel_of(event), now=now)
    await directory.channel(channel_of(event))


async def hear_archive(
    event: dict[str, Any], db: Database, scope: Scope, now: datetime, event_key: str, directory: Directory
) -> None:
    """A channel was archived."""
    await db.write(scope, once(event_key, places.archived, now=now), channel_of(event), now=now)
    await directory.channel(channel_of(event))


async def hear_return(event: dict[str, Any], db: Database, scope: Scope, directory: Directory) -> None:
    """A channel is no longer archived; Slack may have taken the bot out of it, so it is asked."""
    await db.write(scope, places.restored, channel_of(event))
    await directory.channel(channel_of(event))


async def hear_deletion(event: dict[str, Any], db: Database, scope: Scope, now: datetime, event_key: str) -> None:
    """A channel was deleted."""
    await db.write(scope, once(event_key, places.deleted, now=now), channel_of(event), now=now)


async def hear_conversion(
    event: dict[str, Any], db: Database, scope: Scope, now: datetime, event_key: str, directory: Directory
) -> None:
    """A channel was made private or public: told as a message in it."""
    to_private = event["subtype"] == "channel_convert_to_private"
    await directory.read_memberships()
    await db.write(scope, once(event_key, places.converted, now=now), event["channel"], to_private=to_private, now=now)
    await directory.channel(event["channel"])
    await directory.read_members(event["channel"])


async def hear_new_id(
    event: dict[str, Any], db: Database, scope: Scope, now: datetime, event_key: str, directory: Directory
) -> None:
    """A channel has another id."""
    old, new = str(event["old_channel_id"]), str(event["new_channel_id"])
    await db.write(scope, once(event_key, places.follow_id, now=now), old, new, now=now)
    await directory.channel(new)
    await directory.read_members(new)


async def open_up(ack: AsyncAck, action: dict[str, Any], respond: AsyncRespond, db: Database, scope: Scope, now: datetime, person_id: str,
                  directory: Directory) -> None:  # fmt: skip
    """*Open it to everybody*."""
    await directory.person(person_id, fresh=True)
    eyes = Scope(scope.workspace_id, await directory.viewer(person_id))
    card = await db.write(eyes, places.open_up, int(action["value"]), person_id=person_id, now=now)
    await respond(**shown(life_views.opened(card)), replace_original=False)
    await ack()


def channel_of(event: dict[str, Any]) -> str:
    """Which channel an event is about: some carry its id, some the whole of it."""
    channel = event.get("channel")
    return str(channel["id"] if isinstance(channel, dict) else channel)


def register(app: AsyncApp) -> None:
    """Coming, going, and how loud."""
    app.event("member_joined_channel")(hear_join)
    app.event("member_left_channel")(hear_leave)
    app.action(views.SET_MODE)(choose_mode)
    app.action(life_views.OPEN_UP)(open_up)
    app.command("/rowbot", matchers=[first_word("channel", "mode")])(command_mode)
    for kind in ("channel_rename", "channel_shared", "channel_unshared", "group_rename"):
        app.event(kind)(hear_change)
    for family in ("channel", "group"):
        app.event(f"{family}_left")(hear_removal)
        app.event(f"{family}_archive")(hear_archive)
        app.event(f"{family}_unarchive")(hear_return)
        app.event(f"{family}_deleted")(hear_deletion)
    app.event("channel_id_changed")(hear_new_id)
    for subtype in ("channel_convert_to_private", "channel_convert_to_public"):
        app.event({"type": "message", "subtype": subtype})(hear_conversion)
