"""What a workspace is made of: people, channels, messages, files, views. Plain data without behaviour of their own."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Json = dict[str, Any]
"""A JSON object, as Slack sends or receives it."""


class ChannelKind(StrEnum):
    """The four kinds of conversation, named as the `types` argument of Slack's methods names them."""

    PUBLIC = "public_channel"
    PRIVATE = "private_channel"
    IM = "im"
    MPIM = "mpim"


@dataclass
class Person:
    """A member of the workspace, a guest of another organisation, or a bot."""

    id: str
    name: str
    real_name: str
    email: str = ""
    title: str = ""
    tz: str = "Etc/UTC"
    is_admin: bool = False
    is_owner: bool = False
    is_bot: bool = False
    bot_id: str = ""
    app_id: str = ""
    team_id: str = ""
    deleted: bool = False
    color: str = "4b5c6b"
    avatar: str = ""
    status_text: str = ""
    status_emoji: str = ""
    #: Seconds since 1970; 0: it stays until it is changed.
    status_expiration: int = 0
    updated: int = 0


@dataclass
class Channel:
    """A conversation. `reads` holds, per person, the ts up to which they have read it."""

    id: str
    name: str
    kind: ChannelKind
    creator: str = ""
    created: int = 0
    members: list[str] = field(default_factory=list)
    topic: str = ""
    purpose: str = ""
    is_shared: bool = False
    is_archived: bool = False
    is_general: bool = False
    previous_names: list[str] = field(default_factory=list)
    reads: dict[str, str] = field(default_factory=dict)

    @property
    def is_direct(self) -> bool:
        """Whether this is a direct message or a group of them."""
        return self.kind in {ChannelKind.IM, ChannelKind.MPIM}

    @property
    def is_private(self) -> bool:
        """Whether only its members may know of it."""
        return self.kind is not ChannelKind.PUBLIC


@dataclass
class Message:
    """A message in a channel; `audience` is set when only one person sees it (an ephemeral one)."""

    channel: str
    ts: str
    user: str = ""
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    subtype: str = ""
    bot_id: str = ""
    app_id: str = ""
    username: str = ""
    icons: Json = field(default_factory=dict)
    metadata: Json | None = None
    attachments: list[Json] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    edited: Json | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    client_msg_id: str = ""
    inviter: str = ""
    audience: str = ""
    hidden: bool = False

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread under another message."""
        return bool(self.thread_ts) and self.thread_ts != self.ts

    @property
    def is_in_channel(self) -> bool:
        """Whether it is seen in the channel itself, not only in a thread."""
        return not self.is_reply or self.subtype == "thread_broadcast"


@dataclass
class File:
    """An uploaded file. Its bytes are kept beside it; `channels` are those it was shared to."""

    id: str
    name: str
    title: str
    mimetype: str
    filetype: str
    size: int
    user: str
    created: int
    content: bytes = b""
    alt_text: str = ""
    uploaded: bool = False
    shared: bool = False
    ready_at: float = 0.0
    channels: list[str] = field(default_factory=list)


@dataclass
class View:
    """A modal on somebody's screen, or somebody's Home tab. `state` holds what is typed so far."""

    id: str
    user: str
    type: str
    blocks: list[Json]
    hash: str
    title: Json | None = None
    submit: Json | None = None
    close: Json | None = None
    private_metadata: str = ""
    callback_id: str = ""
    external_id: str = ""
    clear_on_close: bool = False
    notify_on_close: bool = False
    root_view_id: str = ""
    previous_view_id: str = ""
    channel: str = ""
    state: dict[str, dict[str, Json]] = field(default_factory=dict)
