"""conversations.*: what the app may know of channels, their members and their history."""

from bot.sandbox.errors import SlackError
from bot.sandbox.methods.registry import Call, Tier, method, page
from bot.sandbox.records import Channel, ChannelKind, Json, Message
from bot.sandbox.rendering import channel_json
from bot.sandbox.tickets import cursor_to, read_cursor
from bot.sandbox.timeline import ts_key

_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_END_OF_TIME = (10**12, 0)
_FAMILY = {
    ChannelKind.PUBLIC: "channels",
    ChannelKind.PRIVATE: "groups",
    ChannelKind.IM: "im",
    ChannelKind.MPIM: "mpim",
}


def _kinds(call: Call) -> set[ChannelKind]:
    given = call.args.names("types") or [ChannelKind.PUBLIC]
    try:
        kinds = {ChannelKind(kind) for kind in given}
    except ValueError as error:
        raise SlackError("invalid_types") from error
    needed = sorted({f"{_FAMILY[kind]}:read" for kind in kinds})
    if not call.app.scopes.issuperset(needed):
        raise SlackError("missing_scope", needed=",".join(needed), provided=call.app.scope_header)
    return kinds


def _listed(call: Call, person: str, *, members_only: bool) -> Json:
    kinds = _kinds(call)
    skip_archived = call.args.flag("exclude_archived")
    found = [
        channel
        for channel in call.workspace.channels.values()
        if channel.kind in kinds
        and not (skip_archived and channel.is_archived)
        and (call.me in channel.members or not channel.is_private)
        and (person in channel.members or not members_only)
    ]
    shown, following = page(found, call.args, default=100, most=1000)
    drawn = [channel_json(channel, viewer=call.me, num_members=not members_only) for channel in shown]
    return {"ok": True, "channels": drawn, "response_metadata": {"next_cursor": following}}


@method("conversations.list", *_READ, tier=Tier.T2)
def list_channels(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/conversations.list: public ones, and private ones that the app is in."""
    return _listed(call, call.me, members_only=False)


@method("users.conversations", *_READ, tier=Tier.T3)
def users_conversations(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/users.conversations: those of a person (or the app) that the app may know of."""
    person = call.args.text("user") or call.me
    if person not in call.workspace.people:
        raise SlackError("user_not_found")
    return _listed(call, person, members_only=True)


@method("conversations.info", *_READ, tier=Tier.T3)
def info(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/conversations.info."""
    channel = call.channel()
    call.check_scope(channel, "read")
    drawn = channel_json(channel, viewer=call.me, num_members=call.args.flag("include_num_members"))
    return {"ok": True, "channel": drawn}


@method("conversations.members", *_READ, tier=Tier.T4)
def members(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/conversations.members."""
    channel = call.channel()
    call.check_scope(channel, "read")
    shown, following = page(channel.members, call.args, default=100)
    return {"ok": True, "members": shown, "response_metadata": {"next_cursor": following}}


@method("conversations.open", "im:write", "mpim:write", tier=Tier.T3)
def open_conversation(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/conversations.open: by `users` (one, or two to eight) or `channel`."""
    users = [user for user in call.args.names("users") if user != call.me]
    if call.args.has("channel") and not users:
        channel = call.channel()
        if not channel.is_direct:
            raise SlackError("channel_not_found")
        known = True
    else:
        if not users:
            raise SlackError("users_list_not_supplied")
        if any(user not in call.workspace.people for user in users):
            raise SlackError("user_not_found")
        if len(users) > 8:
            raise SlackError("too_many_users")
        if any(call.workspace.people[user].is_bot for user in users):
            raise SlackError("cannot_dm_bot")
        if any(call.workspace.people[user].deleted for user in users):
            raise SlackError("user_disabled")
        call.require_scope("im:write" if len(users) == 1 else "mpim:write")
        channel, known = call.workspace.direct([call.me, *users])
    whole = call.args.flag("return_im") or channel.kind is ChannelKind.MPIM
    shown = channel_json(channel, viewer=call.me) if whole else {"id": channel.id}
    return {"ok": True, "channel": shown} | ({"no_op": True, "already_open": True} if known else {})


@method("conversations.join", "channels:join", tier=Tier.T3)
def join(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/conversations.join: public channels only."""
    channel = call.channel()
    if channel.kind is not ChannelKind.PUBLIC:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    answer: Json = {"ok": True, "channel": channel_json(channel, viewer=call.me)}
    if not call.workspace.join(channel, call.me):
        answer |= {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    answer["channel"]["is_member"] = True
    return answer


def _readable(call: Call) -> Channel:
    channel = call.channel()
    call.check_scope(channel, "history")
    if call.me not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _bound(call: Call, name: str, otherwise: tuple[int, int]) -> tuple[int, int]:
    given = call.args.text(name)
    if not given:
        return otherwise
    try:
        float(given)
    except ValueError as error:
        raise SlackError(f"invalid_ts_{name}") from error
    return ts_key(given)


def _within(call: Call, messages: list[Message]) -> list[Message]:
    oldest, latest = _bound(call, "oldest", (-1, 0)), _bound(call, "latest", _END_OF_TIME)
    both = call.args.flag("inclusive")
    return [m for m in messages if oldest < ts_key(m.ts) < latest or (both and ts_key(m.ts) in {oldest, latest})]


@method("conversations.history", *_HISTORY, tier=Tier.T3)
def history(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/conversations.history: newest first, without replies that stay in threads."""
    channel = _readable(call)
    found = _within(call, call.workspace.timelines[channel.id].in_channel())
    found.reverse()
    if call.args.text("cursor"):
        before = ts_key(read_cursor(call.args.text("cursor")))
        found = [message for message in found if ts_key(message.ts) < before]
    limit = call.args.number("limit", 100, most=999)
    shown, more = found[:limit], len(found) > limit
    everything = call.args.flag("include_all_metadata")
    answer: Json = {
        "ok": True,
        "messages": [call.messages.draw(m, metadata=everything) for m in shown],
        "has_more": more,
        "pin_count": 0,
    }
    if more:
        answer["response_metadata"] = {"next_cursor": cursor_to(shown[-1].ts)}
    return answer


@method("conversations.replies", *_HISTORY, tier=Tier.T3)
def replies(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/conversations.replies: the root first, then its replies, oldest first."""
    channel = _readable(call)
    ts = call.args.require("ts")
    timeline = call.workspace.timelines[channel.id]
    asked = timeline.get(ts)
    if asked is None:
        raise SlackError("thread_not_found")
    root = timeline.get(asked.thread_ts) if asked.is_reply else asked
    thread = _within(call, timeline.replies(root.ts if root else asked.thread_ts))
    if call.args.text("cursor"):
        after = ts_key(read_cursor(call.args.text("cursor")))
        thread = [message for message in thread if ts_key(message.ts) > after]
    limit = call.args.number("limit", 1000, most=1000)
    # Slack shows the root on every page.
    room = max(limit - 1, 1) if root else limit
    shown, more = thread[:room], len(thread) > room
    everything = call.args.flag("include_all_metadata")
    drawn = [call.messages.draw(m, metadata=everything) for m in ([root] if root else []) + shown]
    answer: Json = {"ok": True, "messages": drawn, "has_more": more}
    if more:
        answer["response_metadata"] = {"next_cursor": cursor_to(shown[-1].ts)}
    return answer
