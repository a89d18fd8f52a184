"""What has just happened in the workspace: told once, to the app's delivery, to the page and to the journal."""

from dataclasses import dataclass

from bot.sandbox.records import Channel, File, Message, Person, View


@dataclass(frozen=True)
class MessagePosted:
    """A message was written."""

    channel: Channel
    message: Message


@dataclass(frozen=True)
class MessageChanged:
    """A message was edited; `previous` is how it stood before. A tombstone counts as an edit."""

    channel: Channel
    message: Message
    previous: Message


@dataclass(frozen=True)
class MessageTouched:
    """A parent's count of replies changed; the app hears nothing of it, the page redraws."""

    channel: Channel
    message: Message


@dataclass(frozen=True)
class MessageDeleted:
    """A message is gone."""

    channel: Channel
    previous: Message


@dataclass(frozen=True)
class EphemeralChanged:
    """An ephemeral message appeared, was replaced or (`gone`) was dismissed."""

    channel: Channel
    message: Message
    gone: bool = False


@dataclass(frozen=True)
class Reacted:
    """Somebody added or (`removed`) took back a reaction."""

    channel: Channel
    message: Message
    name: str
    user: str
    removed: bool = False


@dataclass(frozen=True)
class MemberJoined:
    """Somebody is now in the channel; `inviter` is empty when they came by themselves."""

    channel: Channel
    user: str
    inviter: str = ""


@dataclass(frozen=True)
class MemberLeft:
    """Somebody left the channel or was removed from it, by `actor` (empty: by themselves)."""

    channel: Channel
    user: str
    actor: str = ""


@dataclass(frozen=True)
class ChannelChanged:
    """A channel was created, renamed, archived, restored, shared, opened or closed, deleted or given another id.

    `what` is one of `created`, `rename`, `archive`, `unarchive`, `shared`, `converted`, `deleted`, `id_changed`, `topic`.
    """

    channel: Channel
    what: str
    actor: str = ""
    old_id: str = ""


@dataclass(frozen=True)
class ChannelRead:
    """Somebody has read a channel up to a message."""

    channel: Channel
    user: str


@dataclass(frozen=True)
class PersonChanged:
    """Somebody's profile changed, or (`joined`) they are new."""

    person: Person
    joined: bool = False


@dataclass(frozen=True)
class AppRemoved:
    """The app was removed from the workspace: its tokens are revoked, its bot user is nowhere a member any more."""

    bot_user_id: str


@dataclass(frozen=True)
class FileChanged:
    """A file was uploaded or shared."""

    file: File


@dataclass(frozen=True)
class ViewChanged:
    """A modal was opened, updated or pushed (`how`), for its person."""

    view: View
    how: str


@dataclass(frozen=True)
class ViewsClosed:
    """Modals are gone from a person's screen; `top` is the one that shows now, if any."""

    user: str
    view_ids: tuple[str, ...]
    top: View | None


@dataclass(frozen=True)
class HomeChanged:
    """The app published a Home tab for a person."""

    view: View


@dataclass(frozen=True)
class Noticed:
    """A sentence that Slack itself shows to a person, such as a command that failed."""

    user: str
    text: str
    channel: str = ""


Fact = (
    MessagePosted
    | MessageChanged
    | MessageTouched
    | MessageDeleted
    | EphemeralChanged
    | Reacted
    | MemberJoined
    | MemberLeft
    | ChannelChanged
    | ChannelRead
    | PersonChanged
    | AppRemoved
    | FileChanged
    | ViewChanged
    | ViewsClosed
    | HomeChanged
    | Noticed
)
