"""The state of the workspace: who is in it, what was said, and the changes that people and apps make to it.

Pure: no network, no files; time comes from the clock it is given. Every change is told as a fact (`facts.py`)
to whoever has subscribed. Permission is the business of the doors (`methods/`, `people.py`), not of this module.
"""

import copy
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox import facts
from bot.sandbox.clock import SandboxClock
from bot.sandbox.modals import Modals
from bot.sandbox.records import Channel, ChannelKind, File, Json, Message, Person
from bot.sandbox.timeline import Timeline, ts_key

SLACKBOT = "USLACKBOT"
HOME_TEAM = "T0SANDBOX1"
OTHER_TEAM = "T0VISITOR1"
_COLORS = ("9f69e7", "4bbe2e", "e7392d", "3c989f", "674b1b", "e96699", "5b89d5", "d58247", "235e5b", "84b22f")
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")


@dataclass
class Counters:
    """The numbers from which ids are made; they outlive a restart, so that no id is ever given twice."""

    next: dict[str, int] = field(default_factory=dict)

    def take(self, prefix: str) -> int:
        """The next number of a series."""
        self.next[prefix] = self.next.get(prefix, 0) + 1
        return self.next[prefix]

    def id(self, prefix: str) -> str:
        """A new Slack-like id, such as `C0SBX00007`."""
        return f"{prefix}0SBX{self.take(prefix):05d}"


class Workspace:
    """People, channels, messages, files and views of one workspace.

    Args:
        clock: The only source of time.
        name: The name that people see.
    """

    def __init__(self, clock: SandboxClock, *, name: str = "Sandbox") -> None:
        self.clock = clock
        self.team_id = HOME_TEAM
        self.name = name
        self.domain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        self.counters = Counters()
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.timelines: dict[str, Timeline] = {}
        self.ephemerals: list[Message] = []
        self.files: dict[str, File] = {}
        self.usergroups: dict[str, Json] = {}
        self._listeners: list[Callable[[facts.Fact], None]] = []
        self.modals = Modals(self)

    # Telling

    def subscribe(self, listener: Callable[[facts.Fact], None]) -> None:
        """Have `listener` called with every fact, at once and in order."""
        self._listeners.append(listener)

    def tell(self, fact: facts.Fact) -> None:
        """Tell a fact to all who listen."""
        for listener in self._listeners:
            listener(fact)

    def clear(self) -> None:
        """Forget everybody and everything but the counters."""
        self.people.clear()
        self.channels.clear()
        self.timelines.clear()
        self.ephemerals.clear()
        self.files.clear()
        self.usergroups.clear()
        self.modals.clear()

    # People

    def add_person(self, real_name: str, *, user_id: str = "", name: str = "", **profile: Any) -> Person:  # noqa: ANN401 - Person's fields
        """Add somebody; the handle is made of the real name unless given."""
        handle = name or re.sub(r"[^a-z0-9]+", ".", real_name.lower()).strip(".") or "someone"
        taken = {person.name for person in self.people.values()}
        unique, number = handle, 1
        while unique in taken:
            number += 1
            unique = f"{handle}{number}"
        person = Person(id=user_id or self.counters.id("U"), name=unique, real_name=real_name, **profile)
        person.team_id = person.team_id or self.team_id
        person.color = _COLORS[len(self.people) % len(_COLORS)] if "color" not in profile else person.color
        if not person.email and not person.is_bot:
            person.email = f"{unique}@{'visitor' if person.team_id != self.team_id else self.domain}.example"
        person.updated = int(self.clock())
        self.people[person.id] = person
        self.tell(facts.PersonChanged(person, joined=True))
        return person

    def change_person(self, user_id: str, **profile: Any) -> Person:  # noqa: ANN401 - Person's fields
        """Change fields of somebody's profile."""
        person = self.people[user_id]
        for key, value in profile.items():
            if not hasattr(person, key):
                raise AttributeError(f"A person has no field {key!r}.")
            setattr(person, key, value)
        person.updated = int(self.clock())
        if person.deleted:
            # Slack takes people who left the organisation out of its channels without a word.
            for channel in self.channels.values():
                if user_id in channel.members and not channel.is_direct:
                    channel.members.remove(user_id)
        self.tell(facts.PersonChanged(person))
        return person

    # Channels

    def add_channel(
        self,
        name: str,
        kind: ChannelKind,
        *,
        members: list[str],
        creator: str = "",
        channel_id: str = "",
        **more: Any,  # noqa: ANN401 - Channel's fields
    ) -> Channel:
        """Create a conversation with these members."""
        prefix = {ChannelKind.IM: "D"}.get(kind, "C")
        channel = Channel(
            id=channel_id or self.counters.id(prefix),
            name=name,
            kind=kind,
            creator=creator or (members[0] if members else ""),
            created=int(self.clock()),
            members=list(dict.fromkeys(members)),
            **more,
        )
        self.channels[channel.id] = channel
        self.timelines[channel.id] = Timeline()
        self.tell(facts.ChannelChanged(channel, "created", actor=channel.creator))
        return channel

    def direct(self, users: list[str]) -> tuple[Channel, bool]:
        """The direct conversation of exactly these people, and whether it was there already."""
        wanted = set(users)
        for channel in self.channels.values():
            if channel.is_direct and set(channel.members) == wanted:
                return channel, True
        if len(wanted) <= 2:
            return self.add_channel("", ChannelKind.IM, members=users), False
        handles = "--".join(self.people[user].name for user in users)
        return self.add_channel(f"mpdm-{handles}-1", ChannelKind.MPIM, members=users), False

    def channel_named(self, name: str) -> Channel | None:
        """The public or private channel of this name."""
        wanted = name.removeprefix("#")
        return next((c for c in self.channels.values() if not c.is_direct and c.name == wanted), None)

    def join(self, channel: Channel, user: str, *, inviter: str = "", announce: bool = True) -> bool:
        """Make somebody a member; says so in the channel. False if they were one already."""
        if user in channel.members:
            return False
        channel.members.append(user)
        self.tell(facts.MemberJoined(channel, user, inviter))
        if announce and not channel.is_direct:
            word = "group" if channel.is_private else "channel"
            text = f"<@{user}> has joined the {word}"
            self.post(channel, user=user, text=text, subtype=f"{word}_join", inviter=inviter)
        return True

    def leave(self, channel: Channel, user: str, *, actor: str = "", announce: bool = True) -> bool:
        """End somebody's membership; `actor` removed them. False if they were no member."""
        if user not in channel.members:
            return False
        if announce and not channel.is_direct:
            word = "group" if channel.is_private else "channel"
            self.post(channel, user=user, text=f"<@{user}> has left the {word}", subtype=f"{word}_leave")
        channel.members.remove(user)
        self.tell(facts.MemberLeft(channel, user, actor))
        return True

    def change_channel(self, channel: Channel, what: str, *, actor: str = "", **fields: Any) -> None:  # noqa: ANN401 - Channel's fields
        """Change fields of a channel and tell it as `what`."""
        if "name" in fields and fields["name"] != channel.name:
            channel.previous_names.append(channel.name)
        for key, value in fields.items():
            setattr(channel, key, value)
        self.tell(facts.ChannelChanged(channel, what, actor=actor))

    def delete_channel(self, channel: Channel, *, actor: str = "") -> None:
        """Delete a channel with everything in it; its files stay."""
        del self.channels[channel.id]
        del self.timelines[channel.id]
        self.ephemerals = [message for message in self.ephemerals if message.channel != channel.id]
        for record in self.files.values():
            record.channels = [one for one in record.channels if one != channel.id]
        self.tell(facts.ChannelChanged(channel, "deleted", actor=actor))

    def convert_channel(self, channel: Channel, *, private: bool, actor: str) -> None:
        """Make a channel private or public; Slack tells it as a message in the channel, whose id stays."""
        self.change_channel(
            channel, "converted", actor=actor, kind=ChannelKind.PRIVATE if private else ChannelKind.PUBLIC
        )
        word, then = ("private", "Now, it can only be viewed or joined by invitation.") if private else (
            "public", "Any member in this workspace can see and join it.")  # fmt: skip
        text = f"made this channel *{word}*. {then}"
        self.post(channel, user=actor, text=text, subtype=f"channel_convert_to_{word}")

    def remove_app(self, bot_user_id: str) -> None:
        """The app is uninstalled: its bot user is deactivated and in no channel any more."""
        for channel in self.channels.values():
            if bot_user_id in channel.members and not channel.is_direct:
                channel.members.remove(bot_user_id)
        self.tell(facts.AppRemoved(bot_user_id))

    def change_channel_id(self, channel: Channel, new_id: str) -> None:
        """Give a channel another id, as happens when a private one is shared with another organisation."""
        old = channel.id
        del self.channels[old]
        channel.id = new_id
        self.channels[new_id] = channel
        self.timelines[new_id] = self.timelines.pop(old)
        for message in [*self.timelines[new_id], *(m for m in self.ephemerals if m.channel == old)]:
            message.channel = new_id
        for record in self.files.values():
            record.channels = [new_id if one == old else one for one in record.channels]
        self.tell(facts.ChannelChanged(channel, "id_changed", old_id=old))

    def may_see(self, user: str, channel: Channel) -> bool:
        """Whether a person may read a channel: members, and for public ones all people of the home organisation."""
        if user in channel.members:
            return True
        person = self.people.get(user)
        return channel.kind is ChannelKind.PUBLIC and person is not None and person.team_id == self.team_id

    # Messages

    def next_ts(self, channel: Channel, at: float | None = None) -> str:
        """A time stamp that is free in the channel: `at`, or now and later than everything in it."""
        moment = self.clock() if at is None else at
        key = (int(moment), int(round(moment % 1, 6) * 1_000_000))
        timeline = self.timelines[channel.id]
        if at is None:
            newest = max(
                timeline.last_key(),
                max((ts_key(m.ts) for m in self.ephemerals if m.channel == channel.id), default=(0, 0)),
            )
            if key <= newest:
                key = (newest[0], newest[1] + 1)
        while timeline.get(f"{key[0]}.{key[1]:06d}") is not None or key[1] >= 1_000_000:
            key = (key[0] + 1, 0) if key[1] >= 999_999 else (key[0], key[1] + 1)
        return f"{key[0]}.{key[1]:06d}"

    def message(self, channel_id: str, ts: str) -> Message | None:
        """The message of a channel with this time stamp."""
        timeline = self.timelines.get(channel_id)
        return timeline.get(ts) if timeline else None

    def post(self, channel: Channel, *, user: str, at: float | None = None, **fields: Any) -> Message:  # noqa: ANN401 - Message's fields
        """Write a message; `fields` are those of `Message`."""
        message = Message(channel=channel.id, ts=self.next_ts(channel, at), user=user, **fields)
        if not message.client_msg_id and not message.bot_id and not message.subtype:
            message.client_msg_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{channel.id}:{message.ts}"))
        self.timelines[channel.id].add(message)
        if user:
            channel.reads[user] = max(channel.reads.get(user, "0"), message.ts, key=ts_key)
        self.tell(facts.MessagePosted(channel, message))
        self._touch_root(channel, message)
        return message

    def edit(self, message: Message, *, editor: str, **fields: Any) -> None:  # noqa: ANN401 - Message's fields
        """Change a message in place and mark it as edited."""
        previous = copy.deepcopy(message)
        for key, value in fields.items():
            setattr(message, key, value)
        message.edited = {"user": editor, "ts": f"{int(self.clock())}.000000"}
        self.tell(facts.MessageChanged(self.channels[message.channel], message, previous))

    def delete(self, message: Message) -> None:
        """Take a message away. A parent that has replies leaves a tombstone, which Slack tells as an edit."""
        channel, timeline = self.channels[message.channel], self.timelines[message.channel]
        previous = copy.deepcopy(message)
        if not message.is_reply and timeline.replies(message.ts):
            message.user, message.text, message.subtype, message.hidden = (
                SLACKBOT,
                "This message was deleted.",
                "tombstone",
                True,
            )
            message.blocks, message.attachments, message.files, message.reactions = [], [], [], {}
            message.metadata, message.edited, message.bot_id, message.app_id = None, None, "", ""
            message.thread_ts = message.ts
            self.tell(facts.MessageChanged(channel, message, previous))
            return
        timeline.remove(message)
        self.tell(facts.MessageDeleted(channel, previous))
        root = timeline.get(message.thread_ts) if message.is_reply else None
        if root is not None and root.subtype == "tombstone" and not timeline.replies(root.ts):
            timeline.remove(root)
            self.tell(facts.MessageDeleted(channel, root))
        else:
            self._touch_root(channel, message)

    def react(self, message: Message, *, name: str, user: str) -> bool:
        """Add a reaction; False if it was there."""
        users = message.reactions.setdefault(name, [])
        if user in users:
            return False
        users.append(user)
        self.tell(facts.Reacted(self.channels[message.channel], message, name, user))
        return True

    def unreact(self, message: Message, *, name: str, user: str) -> bool:
        """Take a reaction back; False if there was none."""
        users = message.reactions.get(name, [])
        if user not in users:
            return False
        users.remove(user)
        if not users:
            del message.reactions[name]
        self.tell(facts.Reacted(self.channels[message.channel], message, name, user, removed=True))
        return True

    def whisper(self, channel: Channel, *, audience: str, user: str, **fields: Any) -> Message:  # noqa: ANN401 - Message's fields
        """Show an ephemeral message to one person."""
        message = Message(channel=channel.id, ts=self.next_ts(channel), user=user, audience=audience, **fields)
        self.ephemerals.append(message)
        self.tell(facts.EphemeralChanged(channel, message))
        return message

    def change_whisper(self, message: Message, **fields: Any) -> None:  # noqa: ANN401 - Message's fields
        """Replace what an ephemeral message says."""
        for key, value in fields.items():
            setattr(message, key, value)
        self.tell(facts.EphemeralChanged(self.channels[message.channel], message))

    def end_whisper(self, message: Message) -> None:
        """Take an ephemeral message off its reader's screen."""
        self.ephemerals.remove(message)
        self.tell(facts.EphemeralChanged(self.channels[message.channel], message, gone=True))

    def find_whisper(self, channel_id: str, ts: str) -> Message | None:
        """The ephemeral message of a channel with this time stamp."""
        return next((m for m in self.ephemerals if m.channel == channel_id and m.ts == ts), None)

    def _touch_root(self, channel: Channel, message: Message) -> None:
        root = self.timelines[channel.id].get(message.thread_ts) if message.is_reply else None
        if root is not None:
            self.tell(facts.MessageTouched(channel, root))

    # Reading

    def mark_read(self, channel: Channel, user: str, ts: str) -> None:
        """Note that somebody has read the channel up to `ts`."""
        channel.reads[user] = ts
        self.tell(facts.ChannelRead(channel, user))

    def unread(self, channel: Channel, user: str) -> tuple[int, int]:
        """How many messages somebody has not read in a channel, and how many of them speak to them."""
        if user not in channel.members:
            return 0, 0
        mark = ts_key(channel.reads.get(user, "0"))
        fresh = [
            m
            for m in self.timelines[channel.id].in_channel()
            if ts_key(m.ts) > mark and m.user != user and not m.hidden
        ]
        calling = len(fresh) if channel.is_direct else sum(user in _MENTION.findall(m.text) for m in fresh)
        return len(fresh), calling

    # Files

    def add_file(self, record: File) -> None:
        """Take a file in, or tell that it changed."""
        self.files[record.id] = record
        self.tell(facts.FileChanged(record))

    def team_json(self) -> Json:
        """The workspace as `team.info` shows it."""
        return {
            "id": self.team_id,
            "name": self.name,
            "domain": self.domain,
            "email_domain": f"{self.domain}.example",
            "icon": {},
        }
