"""What people do with messages and channels, with what Slack would not let them do. For tests, the demo and the page."""

import mimetypes
import re
from pathlib import PurePosixPath

from bot.sandbox.errors import NotPossibleError
from bot.sandbox.installed_app import InstalledApp
from bot.sandbox.limits import LIMITS
from bot.sandbox.records import Channel, ChannelKind, File, Message, Person
from bot.sandbox.workspace import Workspace

_CHANNEL_NAME = re.compile(r"[a-z0-9à-ÿ_-]{1,80}")


class Acts:
    """People's hands, as far as the app is not asked.

    Args:
        workspace: Where they act.
        app: Whose direct messages may be closed to people.
    """

    def __init__(self, workspace: Workspace, app: InstalledApp) -> None:
        self._workspace = workspace
        self._app = app

    # Finding

    def person(self, user: str) -> Person:
        """Somebody who exists."""
        person = self._workspace.people.get(user)
        if person is None:
            raise NotPossibleError(f"There is nobody with the id {user!r}.")
        return person

    def channel(self, user: str, channel_id: str) -> Channel:
        """A channel that this person may see."""
        channel = self._workspace.channels.get(channel_id)
        if channel is None or not self._workspace.may_see(user, channel):
            raise NotPossibleError(f"There is no channel {channel_id!r} that {self.person(user).real_name} can see.")
        return channel

    def message(self, user: str, channel_id: str, ts: str) -> Message:
        """A message that this person may see, an ephemeral one of theirs included."""
        channel = self.channel(user, channel_id)
        message = self._workspace.message(channel.id, ts)
        whisper = self._workspace.find_whisper(channel.id, ts)
        if message is None and whisper is not None and whisper.audience == user:
            return whisper
        if message is None:
            raise NotPossibleError(f"There is no message {ts} in #{channel.name or channel.id}.")
        return message

    def _writable(self, user: str, channel_id: str) -> Channel:
        channel = self.channel(user, channel_id)
        if channel.is_archived:
            raise NotPossibleError(f"#{channel.name} is archived.")
        if user not in channel.members:
            raise NotPossibleError(
                f"{self.person(user).real_name} is not a member of #{channel.name or channel.id}; join it first."
            )
        with_app = channel.kind is ChannelKind.IM and self._app.bot_user_id in channel.members
        if with_app and (self._app.messages_read_only or not self._app.messages_enabled):
            raise NotPossibleError(f"Sending messages to {self._app.name} has been turned off.")
        return channel

    # Messages

    def say(
        self,
        user: str,
        channel_id: str,
        text: str,
        *,
        thread_ts: str = "",
        broadcast: bool = False,
        files: list[tuple[str, bytes]] | None = None,
        subtype: str = "",
        at: float | None = None,
    ) -> Message:
        """Write a message, with files if given. A bot's message carries its bot id; as `bot_message` no user."""
        author = self.person(user)
        channel = self._writable(user, channel_id)
        if not text and not files:
            raise NotPossibleError("A message needs words or a file.")
        if len(text) > LIMITS["message.text"]:
            raise NotPossibleError(f"A message holds {LIMITS['message.text']} characters at most.")
        root = self._workspace.message(channel.id, thread_ts) if thread_ts else None
        kept = [self._keep(user, channel, name, content) for name, content in files or []]
        message = self._workspace.post(
            channel,
            user="" if subtype == "bot_message" else user,
            at=at,
            text=text,
            thread_ts=(root.thread_ts or root.ts) if root else thread_ts,
            files=[record.id for record in kept],
            subtype=subtype or ("thread_broadcast" if broadcast and thread_ts else "file_share" if kept else ""),
            bot_id=author.bot_id,
            app_id=author.app_id,
            username=author.real_name if subtype == "bot_message" else "",
        )
        for record in kept:
            self._workspace.add_file(record)
        return message

    def _keep(self, user: str, channel: Channel, name: str, content: bytes) -> File:
        record = File(
            id=self._workspace.counters.id("F"),
            name=PurePosixPath(name).name,
            title=PurePosixPath(name).name,
            mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream",
            filetype=PurePosixPath(name).suffix.removeprefix(".") or "binary",
            size=len(content),
            user=user,
            created=int(self._workspace.clock()),
            content=content,
            uploaded=True,
            shared=True,
            channels=[channel.id],
        )
        self._workspace.files[record.id] = record
        return record

    def edit(self, user: str, channel_id: str, ts: str, text: str) -> None:
        """Change one's own message; the same text again changes nothing."""
        message = self.message(user, channel_id, ts)
        if message.user != user or message.audience or message.subtype == "tombstone":
            raise NotPossibleError("People can edit their own messages only.")
        if not text:
            raise NotPossibleError("A message needs words; delete it instead.")
        if text != message.text:
            self._workspace.edit(message, editor=user, text=text)

    def delete(self, user: str, channel_id: str, ts: str) -> None:
        """Delete one's own message; admins any."""
        message = self.message(user, channel_id, ts)
        if message.audience:
            self._workspace.end_whisper(message)
            return
        if message.user != user and not self.person(user).is_admin:
            raise NotPossibleError("People can delete their own messages only.")
        self._workspace.delete(message)

    def react(self, user: str, channel_id: str, ts: str, name: str, *, remove: bool = False) -> None:
        """Add a reaction or take it back; doing it twice changes nothing."""
        message = self.message(user, channel_id, ts)
        if message.audience:
            raise NotPossibleError("Nobody can react to a message that only they see.")
        act = self._workspace.unreact if remove else self._workspace.react
        act(message, name=name.strip(":"), user=user)

    # Channels

    def create_channel(self, user: str, name: str, *, private: bool = False) -> Channel:
        """Create a channel; its creator is its first member."""
        clean = name.strip().removeprefix("#")
        if not _CHANNEL_NAME.fullmatch(clean):
            raise NotPossibleError("A channel's name has up to 80 lower-case letters, digits, hyphens and underscores.")
        if self._workspace.channel_named(clean) is not None:
            raise NotPossibleError(f"There is a channel #{clean} already.")
        self.person(user)
        kind = ChannelKind.PRIVATE if private else ChannelKind.PUBLIC
        return self._workspace.add_channel(clean, kind, members=[user])

    def join(self, user: str, channel_id: str) -> None:
        """Join a public channel."""
        channel = self.channel(user, channel_id)
        if channel.is_archived:
            raise NotPossibleError(f"#{channel.name} is archived.")
        self._workspace.join(channel, user)

    def leave(self, user: str, channel_id: str) -> None:
        """Leave a channel."""
        channel = self.channel(user, channel_id)
        if channel.is_direct:
            raise NotPossibleError("Nobody can leave a direct message.")
        self._workspace.leave(channel, user)

    def invite(self, user: str, channel_id: str, guest: str) -> None:
        """Bring somebody (or the app) into a channel that one is in."""
        channel = self._writable(user, channel_id)
        person = self.person(guest)
        if person.team_id != self._workspace.team_id and not channel.is_shared:
            raise NotPossibleError(
                f"{person.real_name} is of another organisation, and #{channel.name} is not shared with it."
            )
        self._workspace.join(channel, guest, inviter=user)

    def remove(self, user: str, channel_id: str, member: str) -> None:
        """Remove somebody (or the app) from a channel that one is in."""
        channel = self.channel(user, channel_id)
        if user not in channel.members or channel.is_direct:
            raise NotPossibleError("Only members of a channel can remove somebody from it.")
        self._workspace.leave(channel, member, actor=user)

    def archive(self, user: str, channel_id: str, *, restore: bool = False) -> None:
        """Archive a channel, or restore it."""
        channel = self.channel(user, channel_id)
        if channel.is_direct:
            raise NotPossibleError("Direct messages cannot be archived.")
        if channel.is_archived is restore:
            what = "unarchive" if restore else "archive"
            self._workspace.change_channel(channel, what, actor=user, is_archived=not restore)

    def _administered(self, user: str, channel_id: str) -> Channel:
        channel = self.channel(user, channel_id)
        if channel.is_direct or not self.person(user).is_admin:
            raise NotPossibleError("Only admins can do that to a channel.")
        return channel

    def delete_channel(self, user: str, channel_id: str) -> None:
        """Delete a channel with everything in it."""
        channel = self._administered(user, channel_id)
        if channel.is_general:
            raise NotPossibleError(f"#{channel.name} cannot be deleted.")
        self._workspace.delete_channel(channel, actor=user)

    def convert(self, user: str, channel_id: str, *, private: bool) -> None:
        """Make a public channel private, or a private one public."""
        channel = self._administered(user, channel_id)
        if channel.is_general or channel.is_shared:
            raise NotPossibleError(f"#{channel.name} cannot be converted.")
        if channel.is_private is not private:
            self._workspace.convert_channel(channel, private=private, actor=user)

    def deactivate(self, user: str, person_id: str, *, restore: bool = False) -> None:
        """Deactivate somebody's account, or bring it back; they are in no channel then."""
        if not self.person(user).is_admin or self.person(person_id).is_bot:
            raise NotPossibleError("Only admins can deactivate people, and apps are removed instead.")
        self._workspace.change_person(person_id, deleted=not restore)

    def rename(self, user: str, channel_id: str, name: str) -> None:
        """Give a channel another name."""
        channel = self.channel(user, channel_id)
        if channel.is_direct or not _CHANNEL_NAME.fullmatch(name):
            raise NotPossibleError("A channel's name has up to 80 lower-case letters, digits, hyphens and underscores.")
        self._workspace.change_channel(channel, "rename", actor=user, name=name)

    def direct(self, user: str, others: list[str]) -> Channel:
        """Open a direct conversation with one or several people."""
        everybody = list(dict.fromkeys([user, *others]))
        for one in everybody:
            self.person(one)
        if len(everybody) > 9:
            raise NotPossibleError("A group message holds nine people at most.")
        return self._workspace.direct(everybody)[0]

    def read(self, user: str, channel_id: str, ts: str) -> None:
        """Note that somebody has read a channel up to a message."""
        self._workspace.mark_read(self.channel(user, channel_id), user, ts)
