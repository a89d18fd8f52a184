"""Reads what was said in channels, page by page, within Slack's limits.

`conversations.history` is of tier 3, about fifty calls a minute; for apps that are sold outside the Marketplace it is one
call a minute and fifteen messages a page (docs.slack.dev/apis/web-api/rate-limits). So nobody here waits inside a call:
when it is not the time, :class:`NotNow` says when it will be, and whoever reads keeps their place.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.slack.bolt import clean
from bot.slack.errors import Fate, fate

log = logging.getLogger(__name__)

#: Messages asked for at once; Slack gives fewer where it wants to.
PAGE: Final = 200
#: Of tier 3 we use this much; the rest is left to the outbox, which looks for messages in doubt.
PER_MINUTE: Final = 40
BURST: Final = 20
#: When Slack gives no answer, or one that is none.
TRY_AGAIN: Final = timedelta(seconds=20)
#: When the token does not work any more.
TRY_LATER: Final = timedelta(minutes=15)
#: What is left of a turn may round to nothing.
SHORTEST_WAIT: Final = timedelta(milliseconds=50)
#: Wait that Slack does not name.
UNNAMED_WAIT: Final = timedelta(seconds=60)

_NO_ANSWER = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError)


class NotNow(Exception):
    """Slack is not to be asked before a moment."""

    def __init__(self, until: datetime) -> None:
        """``until``: when it may be asked again."""
        super().__init__(f"not before {until.isoformat()}")
        self.until = until


class Unreadable(Exception):
    """The channel cannot be read, now or later."""

    def __init__(self, code: str) -> None:
        """``code`` is Slack's word for it."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of a channel without holes: every message between `low` and where the reading began."""

    #: Slack's message objects, the youngest first.
    messages: tuple[Mapping[str, Any], ...]
    #: Whether older ones follow within the bounds.
    more: bool

    @property
    def low(self) -> str:
        """The ts of the oldest message; "" for a page without any."""
        return str(self.messages[-1]["ts"]) if self.messages else ""

    @property
    def high(self) -> str:
        """The ts of the youngest message; "" for a page without any."""
        return str(self.messages[0]["ts"]) if self.messages else ""


class History:
    """What was said in the channels of one workspace."""

    def __init__(self, client: AsyncWebClient, *, clock: Clock) -> None:
        """``client`` must not retry: a wait that Slack asks for is kept here, for every reader."""
        self._client, self._clock = client, clock
        self._not_before: datetime | None = None
        self._tokens, self._filled_at = float(BURST), clock()

    async def page(self, channel_id: str, *, oldest: str = "", latest: str = "", inclusive: bool = False) -> Page:
        """The youngest messages between two ts, which belong to it only if ``inclusive``.

        Both bounds are best given: how Slack pages when only ``oldest`` is given is not for us to guess.

        Raises:
            NotNow: Slack wants to be asked later, or does not answer.
            Unreadable: not a member, no such channel, no permission.
        """
        arguments: dict[str, Any] = {"channel": channel_id, "limit": PAGE, "inclusive": inclusive}
        if oldest:
            arguments["oldest"] = oldest
        if latest:
            arguments["latest"] = latest
        data = await self._ask("conversations.history", arguments)
        found = data.get("messages")
        messages = [clean(each) for each in found if isinstance(each, dict) and each.get("ts")] if found else []
        messages.sort(key=lambda each: order(str(each["ts"])), reverse=True)
        return Page(tuple(messages), bool(data.get("has_more")) and bool(messages))

    async def channels(self) -> Sequence[Mapping[str, Any]]:
        """The channels that the bot is in, as Slack describes them.

        Raises:
            NotNow, Unreadable
        """
        found: list[Mapping[str, Any]] = []
        arguments: dict[str, Any] = {"types": "public_channel,private_channel", "exclude_archived": True, "limit": PAGE}
        while True:
            try:
                data = await self._ask("users.conversations", arguments)
            except Unreadable as fault:
                if fault.code != "missing_scope" or arguments["types"] == "public_channel":
                    raise
                arguments["types"] = "public_channel"  # the workspace did not grant private ones
                continue
            found += [each for each in data.get("channels") or [] if isinstance(each, dict) and each.get("id")]
            cursor = (data.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return found
            arguments["cursor"] = cursor

    def require_turn(self) -> None:
        """Do nothing where Slack may be asked now.

        Raises:
            NotNow: it may not.
        """
        now = self._clock()
        if self._not_before is not None and now < self._not_before:
            raise NotNow(self._not_before)
        minutes = max(0.0, (now - self._filled_at) / timedelta(minutes=1))
        self._tokens, self._filled_at = min(float(BURST), self._tokens + minutes * PER_MINUTE), now
        if self._tokens < 1:
            raise NotNow(now + max(SHORTEST_WAIT, timedelta(minutes=(1 - self._tokens) / PER_MINUTE)))

    async def _ask(self, method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        self.require_turn()
        self._tokens -= 1
        try:
            response = await self._client.api_call(method, params=dict(arguments))
        except SlackApiError as fault:
            raise self._refused(fault) from fault
        except _NO_ANSWER as fault:
            raise self._wait(TRY_AGAIN) from fault
        data: Any = response.data
        if not isinstance(data, dict):
            raise self._wait(TRY_AGAIN)
        return data

    def _refused(self, fault: SlackApiError) -> NotNow | Unreadable:
        response = fault.response
        if getattr(response, "status_code", 200) == 429:
            headers = {
                str(name).lower(): str(value) for name, value in (getattr(response, "headers", None) or {}).items()
            }
            named = headers.get("retry-after", "")
            return self._wait(timedelta(seconds=int(named)) if named.isdecimal() else UNNAMED_WAIT)
        data = getattr(response, "data", None)
        code = str(data.get("error") or "") if isinstance(data, dict) else ""
        meaning = fate(code) if code else Fate.DOUBTFUL
        if meaning is Fate.PERMANENT:
            return Unreadable(code)
        return self._wait(TRY_LATER if meaning is Fate.REVOKED else TRY_AGAIN)

    def _wait(self, pause: timedelta) -> NotNow:
        until = self._clock() + pause
        self._not_before = until
        return NotNow(until)


def order(ts: str) -> tuple[int, int]:
    """What Slack's ts are sorted by: whole seconds, and what counts within them. Anything else comes first."""
    seconds, _, rest = ts.partition(".")
    return (int(seconds), int(rest.ljust(6, "0")[:6])) if seconds.isdecimal() and (rest or "0").isdecimal() else (0, 0)
