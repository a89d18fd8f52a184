"""reactions.*: the app's own reactions."""

import re

from bot.sandbox.errors import SlackError
from bot.sandbox.methods.registry import Call, Tier, method
from bot.sandbox.records import Json, Message

_NAME = re.compile(r"[a-z0-9_+'\-]{1,100}(::skin-tone-[2-6])?")


def _target(call: Call, ts_name: str = "timestamp") -> Message:
    channel = call.channel()
    message = call.workspace.message(channel.id, call.args.require(ts_name))
    if message is None:
        raise SlackError("message_not_found")
    return message


def _name(call: Call) -> str:
    name = call.args.text("name").strip(":")
    if not name:
        raise SlackError("no_reaction_name")
    if not _NAME.fullmatch(name):
        raise SlackError("invalid_name")
    return name


@method("reactions.add", "reactions:write", tier=Tier.T3)
def add(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/reactions.add."""
    name, message = _name(call), _target(call)
    channel = call.workspace.channels[message.channel]
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.me not in channel.members:
        raise SlackError("not_in_channel")
    if not call.workspace.react(message, name=name, user=call.me):
        raise SlackError("already_reacted")
    return {"ok": True}


@method("reactions.remove", "reactions:write", tier=Tier.T2)
def remove(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/reactions.remove."""
    name, message = _name(call), _target(call)
    if not call.workspace.unreact(message, name=name, user=call.me):
        raise SlackError("no_reaction")
    return {"ok": True}


@method("reactions.get", "reactions:read", tier=Tier.T3)
def get(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/reactions.get."""
    message = _target(call)
    return {
        "ok": True,
        "type": "message",
        "channel": message.channel,
        "message": call.messages.draw(message, metadata=False),
    }
