"""Records as Slack's JSON: what the Web API answers and what events carry."""

import zoneinfo
from datetime import UTC, datetime
from typing import Any

from bot.sandbox import markup
from bot.sandbox.installed_app import InstalledApp
from bot.sandbox.records import Channel, ChannelKind, File, Json, Message, Person, View
from bot.sandbox.workspace import Workspace

_EVENT_KIND = {
    ChannelKind.PUBLIC: "channel",
    ChannelKind.PRIVATE: "group",
    ChannelKind.IM: "im",
    ChannelKind.MPIM: "mpim",
}


def channel_type(channel: Channel) -> str:
    """The `channel_type` of events: channel, group, im or mpim."""
    return _EVENT_KIND[channel.kind]


def zone(person: Person, now: float) -> tuple[str, int]:
    """The name of a person's time zone for people, and its offset in seconds at this moment."""
    try:
        local = datetime.fromtimestamp(now, UTC).astimezone(zoneinfo.ZoneInfo(person.tz))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return "Coordinated Universal Time", 0
    offset = local.utcoffset()
    return local.tzname() or person.tz, int(offset.total_seconds()) if offset else 0


def person_json(person: Person, workspace: Workspace, *, email: bool) -> Json:
    """A user object; the address only for apps that may read it."""
    label, offset = zone(person, workspace.clock())
    foreign = person.team_id != workspace.team_id
    profile: Json = {
        "title": person.title,
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "team": person.team_id,
        "status_text": person.status_text,
        "status_emoji": person.status_emoji,
        "status_expiration": person.status_expiration,
        "image_48": person.avatar,
        "image_192": person.avatar,
    }
    if email and person.email and not foreign:
        profile["email"] = person.email
    if person.bot_id:
        profile |= {"bot_id": person.bot_id, "api_app_id": person.app_id}
    user: Json = {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.name,
        "deleted": person.deleted,
        "color": person.color,
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": label,
        "tz_offset": offset,
        "profile": profile,
        "is_admin": person.is_admin,
        "is_owner": person.is_owner,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": person.updated,
    }
    if foreign:
        user["is_stranger"] = True
    return user


def channel_json(channel: Channel, *, viewer: str, num_members: bool = False) -> Json:
    """A conversation object as `viewer` (usually the app's bot user) gets it."""
    if channel.kind is ChannelKind.IM:
        other = next((user for user in channel.members if user != viewer), viewer)
        return {
            "id": channel.id,
            "created": channel.created,
            "is_im": True,
            "is_org_shared": False,
            "is_archived": channel.is_archived,
            "is_user_deleted": False,
            "user": other,
            "priority": 0,
        }
    public = channel.kind is ChannelKind.PUBLIC
    shown: Json = {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": public,
        "is_group": channel.kind is ChannelKind.PRIVATE,
        "is_im": False,
        "is_mpim": channel.kind is ChannelKind.MPIM,
        "is_private": not public,
        "created": channel.created,
        "creator": channel.creator,
        "is_archived": channel.is_archived,
        "is_general": channel.is_general,
        "is_member": viewer in channel.members,
        "is_shared": channel.is_shared,
        "is_ext_shared": channel.is_shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": channel.purpose, "creator": "", "last_set": 0},
        "previous_names": list(channel.previous_names),
        "unlinked": 0,
    }
    if num_members:
        shown["num_members"] = len(channel.members)
    return shown


def bot_profile(app: InstalledApp, workspace: Workspace) -> Json:
    """The `bot_profile` of the app's own messages."""
    return {
        "id": app.bot_id,
        "app_id": app.app_id,
        "name": app.name,
        "deleted": False,
        "updated": 0,
        "team_id": workspace.team_id,
        "icons": {},
    }


def file_json(record: File, workspace: Workspace, base_url: str) -> Json:
    """A file object. `url_private` wants the app's token; the page shows `/sandbox/file/ID`."""
    url = f"{base_url}/files-pri/{workspace.team_id}-{record.id}/{record.name}"
    return {
        "id": record.id,
        "created": record.created,
        "timestamp": record.created,
        "name": record.name,
        "title": record.title,
        "mimetype": record.mimetype,
        "filetype": record.filetype,
        "pretty_type": record.filetype.upper(),
        "user": record.user,
        "user_team": workspace.team_id,
        "editable": False,
        "size": record.size,
        "mode": "hosted",
        "is_external": False,
        "is_public": any(
            workspace.channels[c].kind is ChannelKind.PUBLIC for c in record.channels if c in workspace.channels
        ),
        "url_private": url,
        "url_private_download": url,
        "permalink": url,
        "file_access": "visible",
        "channels": list(record.channels),
    } | ({"alt_txt": record.alt_text} if record.alt_text else {})


class Messages:
    """Draws messages for the app.

    Args:
        workspace: Where they come from.
        app: Whose own messages carry its profile and, on request, its metadata.
        base_url: Where files are served.
    """

    def __init__(self, workspace: Workspace, app: InstalledApp, base_url: str) -> None:
        self._workspace = workspace
        self._app = app
        self._base_url = base_url

    def draw(self, message: Message, *, metadata: bool, thread: bool = True) -> Json:
        """One message.

        Args:
            message: Which.
            metadata: With the metadata's payload; without, the app sees none, as in a history read without `include_all_metadata`.
            thread: With the counts of its thread, when it has one.
        """
        drawn: Json = {"type": "message", "ts": message.ts}
        if message.subtype:
            drawn["subtype"] = message.subtype
        if message.user:
            drawn["user"] = message.user
        drawn["text"] = message.text
        drawn |= self._author(message)
        blocks = message.blocks
        if not blocks and not message.bot_id and not message.subtype:
            blocks = markup.rich_text(message.text, block_id=message.ts[-5:])
        optional: dict[str, Any] = {
            "client_msg_id": message.client_msg_id,
            "blocks": blocks,
            "attachments": message.attachments,
            "edited": message.edited,
            "inviter": message.inviter,
            "hidden": message.hidden,
            "files": [
                file_json(self._workspace.files[f], self._workspace, self._base_url)
                for f in message.files
                if f in self._workspace.files
            ],
            "reactions": [
                {"name": name, "users": list(users), "count": len(users)} for name, users in message.reactions.items()
            ],
        }
        drawn |= {key: value for key, value in optional.items() if value}
        if message.files:
            drawn["upload"] = False
        if message.metadata and metadata:
            drawn["metadata"] = message.metadata
        return drawn | (self.thread_fields(message) if thread else self._reply_fields(message))

    def _author(self, message: Message) -> Json:
        author: Json = {}
        if message.bot_id:
            author = {"bot_id": message.bot_id}
            if message.app_id:
                author["app_id"] = message.app_id
            if message.bot_id == self._app.bot_id:
                author["bot_profile"] = bot_profile(self._app, self._workspace)
        person = self._workspace.people.get(message.user)
        if person is not None:
            author["team"] = person.team_id
            if person.team_id != self._workspace.team_id:
                author["user_team"] = person.team_id
                author["source_team"] = person.team_id
        if message.username:
            author["username"] = message.username
        if message.icons:
            author["icons"] = message.icons
        return author

    def _reply_fields(self, message: Message) -> Json:
        if not message.is_reply:
            return {}
        root = self._workspace.message(message.channel, message.thread_ts)
        return {"thread_ts": message.thread_ts} | ({"parent_user_id": root.user} if root and root.user else {})

    def thread_fields(self, message: Message) -> Json:
        """What a message says of the thread that it starts or stands in."""
        if message.is_reply:
            return self._reply_fields(message)
        replies = self._workspace.timelines[message.channel].replies(message.ts)
        if not replies:
            return {"thread_ts": message.ts, "reply_count": 0} if message.subtype == "tombstone" else {}
        authors = list(dict.fromkeys(reply.user or reply.bot_id for reply in replies))
        return {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users_count": len(authors),
            "latest_reply": replies[-1].ts,
            "reply_users": authors[:5],
            "is_locked": False,
            "subscribed": self._app.bot_user_id in authors or message.user == self._app.bot_user_id,
        }


def view_json(view: View, workspace: Workspace, app: InstalledApp) -> Json:
    """A view object as methods answer and payloads carry it."""
    drawn: Json = {
        "id": view.id,
        "team_id": workspace.team_id,
        "type": view.type,
        "blocks": view.blocks,
        "private_metadata": view.private_metadata,
        "callback_id": view.callback_id,
        "state": {"values": view.state},
        "hash": view.hash,
        "clear_on_close": view.clear_on_close,
        "notify_on_close": view.notify_on_close,
        "external_id": view.external_id,
        "app_id": app.app_id,
        "app_installed_team_id": workspace.team_id,
        "bot_id": app.bot_id,
        "root_view_id": view.root_view_id or view.id,
        "previous_view_id": view.previous_view_id or None,
    }
    drawn |= {"title": view.title, "submit": view.submit, "close": view.close}
    return drawn
