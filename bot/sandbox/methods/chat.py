"""chat.*: the app writes, edits and deletes."""

from typing import Any

from bot.sandbox.errors import SlackError
from bot.sandbox.methods.content import read_content, read_thread
from bot.sandbox.methods.registry import Call, Tier, method
from bot.sandbox.records import Channel, ChannelKind, Json, Message

_CUSTOM = ("username", "icon_emoji", "icon_url")


def destination(call: Call) -> Channel:
    """Where to post: a conversation's id, a public channel's name, or a person's id (their direct messages).

    Refused with `channel_not_found`, `not_in_channel`, `is_archived`, `cannot_dm_bot`, `user_disabled`, `messages_tab_disabled`.
    """
    given = call.args.require("channel")
    person = call.workspace.people.get(given)
    if person is not None:
        if person.is_bot:
            raise SlackError("cannot_dm_bot")
        if person.deleted:
            raise SlackError("user_disabled")
        if not call.app.messages_enabled:
            raise SlackError("messages_tab_disabled")
        return call.workspace.direct([call.me, person.id])[0]
    channel = call.workspace.channels.get(given) or call.workspace.channel_named(given)
    if channel is None or (channel.is_private and call.me not in channel.members):
        raise SlackError("channel_not_found")
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.me not in channel.members and not (
        "chat:write.public" in call.app.scopes and channel.kind is ChannelKind.PUBLIC
    ):
        raise SlackError("not_in_channel")
    return channel


def customised(call: Call) -> dict[str, Any]:
    """Another name or icon for one message; wants `chat:write.customize`."""
    if not any(call.args.has(name) for name in _CUSTOM):
        return {}
    call.require_scope("chat:write.customize")
    icons = {name.removeprefix("icon_"): call.args.text(name) for name in _CUSTOM[1:] if call.args.has(name)}
    return {"username": call.args.text("username"), "icons": icons, "subtype": "bot_message"}


def _own(call: Call, ts: str, channel: Channel, error: str) -> Message:
    message = call.workspace.message(channel.id, ts)
    if message is None or message.subtype == "tombstone":
        raise SlackError("message_not_found")
    if message.bot_id != call.app.bot_id:
        raise SlackError(error)
    return message


@method("chat.postMessage", "chat:write", tier=Tier.POST)
def post_message(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/chat.postMessage."""
    channel = destination(call)
    content = read_content(call, longest="message.text")
    thread_ts = read_thread(call.args)
    extra = customised(call)
    if thread_ts and call.args.flag("reply_broadcast"):
        extra["subtype"] = "thread_broadcast"
    root = call.workspace.message(channel.id, thread_ts) if thread_ts else None
    message = call.workspace.post(
        channel,
        user=call.me,
        bot_id=call.app.bot_id,
        app_id=call.app.app_id,
        thread_ts=root.thread_ts or root.ts if root else thread_ts,
        **content.fields,
        **extra,
    )
    return {"ok": True, "channel": channel.id, "ts": message.ts, "message": call.messages.draw(message, metadata=True)}


@method("chat.update", "chat:write", tier=Tier.T3)
def update(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/chat.update. What is not given stays, except that text alone drops the blocks."""
    channel = call.channel()
    message = _own(call, call.args.require("ts"), channel, "cant_update_message")
    if channel.is_archived:
        raise SlackError("is_archived")
    content = read_content(call, longest="message.text_update")
    fields = content.fields
    if content.metadata is None:
        fields["metadata"] = message.metadata
    if not content.text:
        fields["text"] = message.text
    if not call.args.has("attachments"):
        fields["attachments"] = message.attachments
    call.workspace.edit(message, editor=call.me, **fields)
    drawn = call.messages.draw(message, metadata=True)
    return {"ok": True, "channel": channel.id, "ts": message.ts, "text": message.text, "message": drawn}


@method("chat.delete", "chat:write", tier=Tier.T3)
def delete(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/chat.delete."""
    channel = call.channel()
    message = _own(call, call.args.require("ts"), channel, "cant_delete_message")
    call.workspace.delete(message)
    return {"ok": True, "channel": channel.id, "ts": message.ts}


@method("chat.postEphemeral", "chat:write", tier=Tier.T4)
def post_ephemeral(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/chat.postEphemeral."""
    channel = destination(call)
    user = call.args.require("user")
    if user not in call.workspace.people:
        raise SlackError("user_not_found")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    content = read_content(call, longest="message.text")
    message = call.workspace.whisper(
        channel,
        audience=user,
        user=call.me,
        bot_id=call.app.bot_id,
        app_id=call.app.app_id,
        thread_ts=read_thread(call.args),
        text=content.text,
        blocks=content.blocks,
        attachments=content.attachments,
    )
    return {"ok": True, "message_ts": message.ts}


@method("chat.getPermalink", tier=Tier.FREE)
def get_permalink(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/chat.getPermalink. The link leads to the page of this sandbox."""
    channel = call.channel()
    ts = call.args.require("message_ts")
    message = call.workspace.message(channel.id, ts)
    if message is None:
        raise SlackError("message_not_found")
    link = f"{call.base_url}/archives/{channel.id}/p{ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"ok": True, "channel": channel.id, "permalink": link}
