"""One attempt at Slack: the call itself, and the look into the history for a message whose answer was lost."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery.retry import Accepted, Answer, Lost, Refused
from bot.failpoints import reach
from bot.slack.blocks import Block, Message
from bot.slack.data_blocks import without_data
from bot.slack.errors import sentence
from storage.outbox import Claim, OutboxRow, OutboxVerb, people_of

METADATA_TYPE: Final = "rowbot_message"
#: Slack's clock and ours may differ by this much.
SKEW: Final = timedelta(seconds=10)
#: Pages of history read at the most when a message is looked for.
PAGES: Final = 10

#: Parts of an upload that went wrong before anything could be seen are begun again after this many seconds.
UPLOAD_AGAIN: Final = 5.0

_METHODS: Final = {
    OutboxVerb.POST: "chat.postMessage",
    OutboxVerb.UPDATE: "chat.update",
    OutboxVerb.EPHEMERAL: "chat.postEphemeral",
    OutboxVerb.REACT: "reactions.add",
    OutboxVerb.UNREACT: "reactions.remove",
}


#: slack_sdk stumbles over answers that are neither JSON nor nothing with the last three.
_NO_ANSWER: Final = (
    aiohttp.ClientError,
    TimeoutError,
    SlackClientError,
    OSError,
    AttributeError,
    TypeError,
    ValueError,
)


class HistoryUnreadable(Exception):
    """The channel's history could not be read now."""


class TooLate(Exception):
    """The claim is too old for another call: its lease could end while the call is under way."""


class Sender:
    """Speaks to Slack for the worker. Never retries by itself: a blind second call would be a second message."""

    def __init__(self, client: AsyncWebClient) -> None:
        """``client`` has no retry handlers (slack_sdk's default repeats posts after a dropped connection)."""
        self._client = client
        self._direct: dict[str, str] = {}

    async def send(self, claim: Claim, *, in_time: Callable[[], bool]) -> Answer:
        """Make the call of a claimed row, or the two or three that it takes.

        ``in_time`` is asked right before each of them, whether an answer can still arrive before the lease ends.

        Raises:
            TooLate: it cannot; nothing that Slack might have taken was left without an answer.
        """
        row = claim.row
        arguments = dict(row.body)
        if claim.followed:
            channel: str | Answer = claim.followed[0]
        elif row.verb is OutboxVerb.POST and len(people_of(row.target)) == 1:
            # A post to a person's id opens their direct message by itself; `conversations.open` allows 50 a minute. A group has no id
            # before it is opened.
            channel = self._direct.get(row.target, row.target)
        else:
            channel = await self._channel_of(row.target)
        if not isinstance(channel, str):
            return channel
        if row.verb is OutboxVerb.UPLOAD:
            return await self._upload(row, channel, in_time=in_time)
        arguments["channel"] = channel
        if row.verb is OutboxVerb.UPDATE and claim.followed:
            arguments["ts"] = claim.followed[1]
        if row.verb is OutboxVerb.POST:
            arguments["metadata"] = {"event_type": METADATA_TYPE, "event_payload": {"key": opaque(row.key)}}
        _require(in_time)
        answer = await self._call(_METHODS[row.verb], arguments)
        for plainer in _plainer(arguments.get("blocks") or []):
            if not (isinstance(answer, Refused) and answer.code in _LAYOUT_REFUSED):
                break
            # Layouts are rolled out in phases (docs.slack.dev); words always pass. Refused for certain, so no double.
            _require(in_time)
            answer = await self._call(_METHODS[row.verb], arguments | {"blocks": plainer})
        return answer

    async def look_for(self, row: OutboxRow) -> Accepted | None:
        """The message of this row in its channel's history, if it is there.

        Raises:
            HistoryUnreadable: Slack would not show the history.
        """
        channel = await self._channel_of(row.target)
        if not isinstance(channel, str):
            raise HistoryUnreadable(str(channel))
        since: datetime = (row.first_try_at or row.created_at) - SKEW
        arguments: dict[str, Any] = {
            "channel": channel, "oldest": f"{since.timestamp():.6f}", "inclusive": True, "limit": 200, "include_all_metadata": True,
        }  # fmt: skip
        method = "conversations.history"
        if "thread_ts" in row.body:
            method, arguments = "conversations.replies", arguments | {"ts": row.body["thread_ts"]}
        for _ in range(PAGES):
            page = await self._read(method, arguments)
            for message in page.get("messages", []):
                if _is_of(message, row):
                    return Accepted(channel=channel, ts=message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not page.get("has_more") or not cursor:
                return None
            arguments["cursor"] = cursor
        raise HistoryUnreadable(f"it goes on after {PAGES} pages")

    async def _channel_of(self, target: str) -> str | Answer:
        """The conversation of a target: itself, or the one with a person or a group of people.

        Asking again changes nothing: the same people always have the same conversation.
        """
        if not target.startswith(("U", "W")):
            return target
        if target not in self._direct:
            answer = await self._call("conversations.open", {"users": ",".join(people_of(target))})
            if not isinstance(answer, Accepted):
                return Refused(answer.reason, retry_after=5) if isinstance(answer, Lost) else answer
            self._direct[target] = answer.channel
        return self._direct[target]

    async def _upload(self, row: OutboxRow, channel: str, *, in_time: Callable[[], bool]) -> Answer:
        """Share a file by its three calls (docs.slack.dev, files.getUploadURLExternal). Only the last can be seen by anybody.

        Form fields, not JSON: slack_sdk's own upload sends these two methods none either.
        """
        content = str(row.body["content"]).encode()
        _require(in_time)
        asked = await self._ask(
            "files.getUploadURLExternal", data={"filename": row.body["filename"], "length": str(len(content))}
        )
        if not isinstance(asked, dict):
            return _from_the_start(asked)
        _require(in_time)
        if (lost := await self._put(str(asked.get("upload_url") or ""), content)) is not None:
            return _from_the_start(lost)
        _require(in_time)
        files = json.dumps([{"id": asked.get("file_id"), "title": row.body["title"]}])
        shared = await self._ask("files.completeUploadExternal",
                                 data={"files": files, "channel_id": channel, "initial_comment": row.body["comment"]})  # fmt: skip
        if isinstance(shared, dict):
            return Accepted(channel=channel)
        return _from_the_start(shared) if isinstance(shared, Refused) and shared.code in _NOT_THERE_YET else shared

    async def _put(self, url: str, content: bytes) -> Lost | None:
        """Send a file's bytes to the address that Slack gave; None when they arrived."""
        session = self._client.session
        if session is None:
            raise TypeError("The client that sends has no session of its own.")
        door = "upload"
        reach(f"http:{door}:before")
        try:
            async with session.post(url, data=content) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as fault:
            return Lost(f"The file's bytes were not taken ({type(fault).__name__})")
        reach(f"http:{door}:after")
        return None if status == 200 else Lost(f"The file's bytes were not taken (HTTP {status})")

    async def _call(self, method: str, arguments: Mapping[str, Any]) -> Answer:
        answer = await self._ask(method, json=arguments)
        if not isinstance(answer, dict):
            return answer
        channel = answer.get("channel") or ""
        return Accepted(
            channel=channel if isinstance(channel, str) else channel.get("id", ""), ts=answer.get("ts") or ""
        )

    async def _ask(
        self, method: str, *, json: Mapping[str, Any] | None = None, data: Mapping[str, str] | None = None
    ) -> dict[str, Any] | Refused | Lost:
        """One call, and Slack's answer to it as it is."""
        reach(f"http:{method}:before")
        try:
            response = await self._client.api_call(
                method, json=dict(json) if json is not None else None, data=dict(data) if data is not None else None
            )
        except SlackApiError as fault:
            return _answer_of(fault)
        except _NO_ANSWER as fault:
            return Lost(f"{method} gave no answer ({type(fault).__name__})")
        reach(f"http:{method}:after")
        answer: Any = response.data
        return answer if isinstance(answer, dict) else Lost(f"{method} gave an answer that is none")

    async def _read(self, method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        reach(f"http:{method}:before")
        try:
            response = await self._client.api_call(method, params=dict(arguments))
        except SlackApiError as fault:
            code = _code_of(fault)
            if code == "thread_not_found":
                return {}
            raise HistoryUnreadable(sentence(code) if code else "Slack's answer is none.") from fault
        except _NO_ANSWER as fault:
            raise HistoryUnreadable(type(fault).__name__) from fault
        reach(f"http:{method}:after")
        data: Any = response.data
        if not isinstance(data, dict):
            raise HistoryUnreadable("Slack's answer is none.")
        return data


def opaque(key: str) -> str:
    """A row's key as it stands in a message's metadata, which members of the workspace can read."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


_LAYOUT_REFUSED: Final = frozenset({"invalid_blocks", "msg_blocks_too_long"})


def _plainer(blocks: list[Block]) -> list[list[Block]]:
    """Ever plainer ways to send a message: with its tables in words, then its text alone."""
    if not blocks:
        return []
    in_words = list(without_data(Message("", blocks)).blocks)
    return [in_words, []] if in_words != blocks else [[]]


#: Slack has the bytes and does not know of them yet.
_NOT_THERE_YET: Final = frozenset({"file_not_found", "files_not_found"})


def _from_the_start(answer: Refused | Lost) -> Refused:
    """What became of an upload of which nobody can see anything: no doubt, so it is begun again, unless Slack says never."""
    if isinstance(answer, Lost):
        return Refused(answer.reason, retry_after=UPLOAD_AGAIN)
    return replace(answer, retry_after=UPLOAD_AGAIN) if answer.code in _NOT_THERE_YET else answer


def _is_of(message: Mapping[str, Any], row: OutboxRow) -> bool:
    """Whether a message in the history is the one of this row."""
    if row.verb is OutboxVerb.UPLOAD:
        return any(file.get("name") == row.body["filename"] for file in message.get("files") or [])
    metadata = message.get("metadata") or {}
    key: object = metadata.get("event_payload", {}).get("key")
    return bool(metadata.get("event_type") == METADATA_TYPE and key == opaque(row.key))


def _answer_of(fault: SlackApiError) -> Refused | Lost:
    response = fault.response
    status = getattr(response, "status_code", 200)
    if status == 429:
        headers = {str(name).lower(): str(value) for name, value in (getattr(response, "headers", None) or {}).items()}
        wait = headers.get("retry-after", "")
        return Refused("ratelimited", retry_after=float(wait) if wait.isdecimal() else 1)
    code = _code_of(fault)
    if status >= 500 or not code:
        return Lost(f"HTTP {status}")
    return Refused(code)


def _code_of(fault: SlackApiError) -> str:
    """Slack's word for what is wrong; "" when the body is not Slack's JSON (slack_sdk then raises the same error)."""
    data = getattr(fault.response, "data", None)
    code = data.get("error") if isinstance(data, dict) else None
    return code if isinstance(code, str) else ""


def _require(in_time: Callable[[], bool]) -> None:
    if not in_time():
        raise TooLate
