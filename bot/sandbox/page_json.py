"""Records as the page gets them: Slack's JSON with what a screen needs besides."""

import json

from bot.sandbox import values
from bot.sandbox.installed_app import InstalledApp
from bot.sandbox.records import Channel, ChannelKind, Json, Message, Person, View
from bot.sandbox.rendering import Messages, view_json, zone
from bot.sandbox.workspace import Workspace

_KINDS = {ChannelKind.PUBLIC: "public", ChannelKind.PRIVATE: "private", ChannelKind.IM: "im", ChannelKind.MPIM: "mpim"}


def person(record: Person, workspace: Workspace) -> Json:
    """Somebody."""
    words = [word for word in record.real_name.split() if word[0].isalnum()]
    initials = "".join(word[0] for word in (words[0], words[-1]) if word) if len(words) > 1 else record.real_name[:2]
    label, offset = zone(record, workspace.clock())
    shown: Json = {
        "id": record.id,
        "name": record.name,
        "real_name": record.real_name,
        "title": record.title,
        "tz": record.tz,
        "tz_label": label,
        "tz_offset": offset,
        "is_admin": record.is_admin,
        "is_bot": record.is_bot,
        "is_external": record.team_id != workspace.team_id,
        "deleted": record.deleted,
        "status": {"text": record.status_text, "emoji": record.status_emoji, "until": record.status_expiration},
        "initials": initials.upper(),
        "color": f"#{record.color}",
    }
    return shown | ({"avatar": record.avatar} if record.avatar else {})


def channel(record: Channel, workspace: Workspace, viewer: str) -> Json:
    """A conversation as one person sees it in the list."""
    unread, mentions = workspace.unread(record, viewer)
    others = [user for user in record.members if user != viewer]
    names = [workspace.people[user].real_name for user in others if user in workspace.people]
    shown: Json = {
        "id": record.id,
        "name": ", ".join(names) if record.is_direct else record.name,
        "kind": _KINDS[record.kind],
        "is_member": viewer in record.members,
        "is_shared": record.is_shared,
        "is_archived": record.is_archived,
        "topic": record.topic,
        "unread": unread,
        "mentions": mentions,
        "last_read": record.reads.get(viewer, "0"),
        "members": list(record.members),
    }
    return shown | ({"with": others[0] if others else viewer} if record.kind is ChannelKind.IM else {})


def reactions(record: Message) -> list[Json]:
    """The reactions of a message."""
    return [{"name": name, "count": len(users), "users": list(users)} for name, users in record.reactions.items()]


def message(record: Message, workspace: Workspace, app: InstalledApp, drawing: Messages) -> Json:
    """A message; the block that Slack adds to what people type is left out, and files come from the page's own address."""
    drawn = drawing.draw(record, metadata=False)
    author = workspace.people.get(record.user)
    files = drawn.get("files", [])
    for entry in files:
        entry["url_private"] = f"/sandbox/file/{entry['id']}"
    blocks = json.loads(json.dumps(record.blocks))
    _point_to_page(blocks)
    return {
        "ts": record.ts,
        "channel": record.channel,
        "user": record.user,
        "username": record.username
        or (author.real_name if author else "Slackbot" if record.user == "USLACKBOT" else ""),
        "bot_id": record.bot_id,
        "app_name": app.name if record.bot_id == app.bot_id else None,
        "text": record.text,
        "blocks": blocks,
        "thread_ts": drawn.get("thread_ts", ""),
        "reply_count": drawn.get("reply_count", 0),
        "reply_users": drawn.get("reply_users", []),
        "latest_reply": drawn.get("latest_reply", ""),
        "reactions": reactions(record),
        # Slack shows no "(edited)" on what an app changed by blocks: https://docs.slack.dev/reference/methods/chat.update
        "edited": None if record.bot_id and record.blocks else record.edited,
        "ephemeral": bool(record.audience),
        "subtype": record.subtype,
        "files": files,
        "attachments": record.attachments,
    }


def _point_to_page(thing: object) -> None:
    """Images that name an uploaded file get the address under which the page can load it."""
    if isinstance(thing, list):
        for one in thing:
            _point_to_page(one)
    elif isinstance(thing, dict):
        reference = thing.get("slack_file")
        if isinstance(reference, dict):
            file_id = (
                reference.get("id")
                or str(reference.get("url", "")).rpartition("-pri/")[2].partition("/")[0].rpartition("-")[2]
            )
            thing["image_url"] = f"/sandbox/file/{file_id}"
        for one in thing.values():
            _point_to_page(one)


def view(record: View, workspace: Workspace, app: InstalledApp) -> Json:
    """A modal or Home tab with the state of its inputs."""
    drawn: Json = json.loads(json.dumps(view_json(record, workspace, app)))
    drawn["state"] = {"values": values.state(record.blocks, record.state)}
    _point_to_page(drawn["blocks"])
    return drawn
