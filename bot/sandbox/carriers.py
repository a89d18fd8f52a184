"""The ways to the app: signed HTTP requests here, WebSockets in `socket_mode.py`."""

import contextlib
import hashlib
import hmac
import json
import ssl
import time
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

import aiohttp

from bot.sandbox.installed_app import InstalledApp
from bot.sandbox.records import Json

ACK_SECONDS = 3.0
_GOOD = range(200, 300)


@dataclass(frozen=True)
class Answer:
    """What the app said to one try.

    `fault` is Slack's word for why there is no good answer, empty when there is; `number` that of the entry in the traffic.
    """

    status: int = 0
    body: Any = None
    fault: str = ""
    no_retry: bool = False
    ms: float = 0.0
    envelope: Json = field(default_factory=dict)
    number: int = 0


@dataclass(frozen=True)
class Parcel:
    """One try of one delivery. `kind` is that of Socket Mode: events_api, slash_commands or interactive."""

    kind: str
    payload: Json
    retry: int = 0
    retry_reason: str = ""
    wants_answer: bool = False


class Carrier(Protocol):
    """A way to the app."""

    async def carry(self, parcel: Parcel) -> Answer:
        """Bring a parcel and wait for the answer, three seconds at most."""
        ...


def parse_answer(text: str) -> Any:  # noqa: ANN401 - whatever the app says
    """The body of an acknowledgement: a JSON object, a text, or None when empty."""
    if not text.strip():
        return None
    with contextlib.suppress(ValueError):
        parsed = json.loads(text)
        if isinstance(parsed, dict):
            return parsed
    return text


class HttpCarrier:
    """Posts to the app's request URL, signed.

    Args:
        app: Whose signing secret is used.
        ack_seconds: How long an answer may take.
    """

    def __init__(self, app: InstalledApp, *, ack_seconds: float = ACK_SECONDS) -> None:
        self.url: str | None = None
        self._app = app
        self._ack_seconds = ack_seconds
        self._session: aiohttp.ClientSession | None = None

    def sign(self, body: bytes, timestamp: str) -> str:
        """The `x-slack-signature` of a body: https://docs.slack.dev/authentication/verifying-requests-from-slack."""
        base = b"v0:" + timestamp.encode() + b":" + body
        return "v0=" + hmac.new(self._app.signing_secret.encode(), base, hashlib.sha256).hexdigest()

    def headers(self, body: bytes, content_type: str) -> dict[str, str]:
        """The headers of a signed request. Signed with the real time, which is the app's, even when the sandbox's was moved."""
        timestamp = str(int(time.time()))
        return {
            "content-type": content_type,
            "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": self.sign(body, timestamp),
        }

    @staticmethod
    def encode(parcel: Parcel) -> tuple[bytes, str]:
        """A parcel as a request body and its content type."""
        if parcel.kind == "events_api":
            return json.dumps(parcel.payload).encode(), "application/json"
        fields = parcel.payload if parcel.kind == "slash_commands" else {"payload": json.dumps(parcel.payload)}
        return urlencode(fields).encode(), "application/x-www-form-urlencoded"

    async def carry(self, parcel: Parcel) -> Answer:
        """See `Carrier`."""
        body, content_type = self.encode(parcel)
        headers = self.headers(body, content_type)
        if parcel.retry:
            headers |= {"x-slack-retry-num": str(parcel.retry), "x-slack-retry-reason": parcel.retry_reason}
        return await self.post(body, headers)

    async def post(self, body: bytes, headers: dict[str, str]) -> Answer:
        """Post any bytes with any headers; tests use it to knock at the app's door as an attacker would."""
        if self.url is None:
            return Answer(fault="connection_failed")
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._ack_seconds))
        started = time.perf_counter()
        try:
            async with self._session.post(self.url, data=body, headers=headers, max_redirects=2) as response:
                text = await response.text(errors="replace")
                status, no_retry = response.status, response.headers.get("x-slack-no-retry") == "1"
        except TimeoutError:
            return Answer(fault="http_timeout", ms=_ms(started))
        except aiohttp.TooManyRedirects:
            return Answer(fault="too_many_redirects", ms=_ms(started))
        except (aiohttp.ClientSSLError, ssl.SSLError):
            return Answer(fault="ssl_error", ms=_ms(started))
        except aiohttp.ClientError:
            return Answer(fault="connection_failed", ms=_ms(started))
        fault = "" if status in _GOOD else "http_error"
        return Answer(status, parse_answer(text), fault, no_retry=no_retry, ms=_ms(started))

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def _ms(started: float) -> float:
    return (time.perf_counter() - started) * 1000
