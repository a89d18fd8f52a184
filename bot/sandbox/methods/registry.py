"""How a Web API method is written down: its name, the scopes it wants, its rate tier, its function."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from bot.sandbox.arguments import Arguments
from bot.sandbox.errors import SlackError
from bot.sandbox.installed_app import InstalledApp
from bot.sandbox.records import Channel, ChannelKind, Json
from bot.sandbox.rendering import Messages
from bot.sandbox.tickets import Tickets, cursor_to, read_cursor
from bot.sandbox.workspace import Workspace


class Tier(Enum):
    """Calls a minute for one method: https://docs.slack.dev/apis/web-api/rate-limits."""

    T1 = 1
    T2 = 20
    T3 = 50
    T4 = 100
    POST = 60
    FREE = 0


@dataclass(frozen=True)
class Call:
    """One call of a method, with everything that its function may touch."""

    args: Arguments
    app: InstalledApp
    workspace: Workspace
    tickets: Tickets
    messages: Messages
    base_url: str
    file_delay: float = 0.0

    @property
    def me(self) -> str:
        """The app's own user."""
        return self.app.bot_user_id

    def channel(self, name: str = "channel") -> Channel:
        """The conversation that an argument names, if the app can know of it."""
        given = self.args.require(name)
        channel = self.workspace.channels.get(given)
        if channel is None or (channel.is_private and self.me not in channel.members):
            raise SlackError("channel_not_found")
        return channel

    def check_scope(self, channel: Channel, what: str) -> None:
        """Refuse unless the app holds the scope that this kind of conversation needs, such as `groups:history`."""
        family = {
            ChannelKind.PUBLIC: "channels",
            ChannelKind.PRIVATE: "groups",
            ChannelKind.IM: "im",
            ChannelKind.MPIM: "mpim",
        }[channel.kind]
        self.require_scope(f"{family}:{what}")

    def require_scope(self, *any_of: str) -> None:
        """Refuse unless the app holds one of these scopes."""
        if not self.app.scopes.intersection(any_of):
            raise SlackError("missing_scope", needed=",".join(any_of), provided=self.app.scope_header)


@dataclass(frozen=True)
class Method:
    """A method of the Web API."""

    name: str
    answer: Callable[[Call], Json]
    scopes: tuple[str, ...]
    tier: Tier
    app_token: bool


METHODS: dict[str, Method] = {}


def method(
    name: str, *scopes: str, tier: Tier, app_token: bool = False
) -> Callable[[Callable[[Call], Json]], Callable[[Call], Json]]:
    """Register a function as a method. Any one of `scopes` is enough; none means that every token will do."""

    def register(answer: Callable[[Call], Json]) -> Callable[[Call], Json]:
        METHODS[name] = Method(name, answer, scopes, tier, app_token)
        return answer

    return register


def page(entries: list[Any], args: Arguments, *, default: int, most: int = 1000) -> tuple[list[Any], str]:
    """One page of a list and the cursor of the next one (empty at the end)."""
    limit = args.number("limit", default, most=most)
    place = read_cursor(args.text("cursor")) if args.text("cursor") else "0"
    if not place.isdigit() or int(place) > len(entries):
        raise SlackError("invalid_cursor")
    following = int(place) + limit
    return entries[int(place) : following], cursor_to(str(following)) if following < len(entries) else ""
