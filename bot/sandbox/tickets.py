"""Things that are handed out and expire: trigger ids, response URLs, Socket Mode tickets; and cursors, which do not."""

import base64
import binascii
import secrets
from dataclasses import dataclass

from bot.sandbox.clock import SandboxClock
from bot.sandbox.errors import SlackError

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60
RESPONSE_USES = 5
SOCKET_TICKET_SECONDS = 30.0


@dataclass
class Trigger:
    """Leave to open a modal for a person, for three seconds, once."""

    id: str
    user: str
    issued: float
    channel: str = ""
    from_modal: bool = False
    used: bool = False


@dataclass
class ResponseUrl:
    """Leave to answer where an interaction happened, five times within thirty minutes."""

    token: str
    user: str
    channel: str
    issued: float
    thread_ts: str = ""
    message_ts: str = ""
    ephemeral: bool = False
    uses: int = 0


class Tickets:
    """All that is handed out at present.

    Args:
        clock: Against which it expires.
    """

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}
        self._responses: dict[str, ResponseUrl] = {}
        self._sockets: dict[str, float] = {}

    def trigger(self, user: str, *, channel: str = "", from_modal: bool = False) -> str:
        """Hand out a trigger id."""
        now = self._clock()
        self._triggers = {key: value for key, value in self._triggers.items() if now - value.issued < RESPONSE_SECONDS}
        trigger_id = f"{int(now * 1000)}.{secrets.randbelow(10**10):010d}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(trigger_id, user, now, channel, from_modal)
        return trigger_id

    def redeem(self, trigger_id: str) -> Trigger:
        """Use a trigger id up; refused when unknown, used before or older than three seconds."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._clock() - trigger.issued > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        return trigger

    def response_url(self, base_url: str, **where: object) -> str:
        """Hand out a response URL; `where` are the fields of `ResponseUrl`."""
        token = secrets.token_urlsafe(18)
        response = ResponseUrl(token=token, issued=self._clock(), user="", channel="")
        for key, value in where.items():
            setattr(response, key, value)
        self._responses[token] = response
        return f"{base_url}/response/{token}"

    def respond(self, token: str) -> ResponseUrl:
        """Use a response URL once; refused with `expired_url` or `used_url`."""
        response = self._responses.get(token)
        if response is None or self._clock() - response.issued > RESPONSE_SECONDS:
            raise SlackError("expired_url")
        if response.uses >= RESPONSE_USES:
            raise SlackError("used_url")
        response.uses += 1
        return response

    def socket(self) -> str:
        """Hand out a ticket for one Socket Mode connection."""
        ticket = secrets.token_hex(16)
        self._sockets[ticket] = self._clock()
        return ticket

    def admit(self, ticket: str) -> bool:
        """Use a Socket Mode ticket up; False when it is unknown, used or too old."""
        issued = self._sockets.pop(ticket, None)
        return issued is not None and self._clock() - issued <= SOCKET_TICKET_SECONDS


def cursor_to(place: str) -> str:
    """A cursor that continues at this place of a list."""
    return base64.b64encode(f"next:{place}".encode()).decode()


def read_cursor(cursor: str) -> str:
    """The place that a cursor stands for; refused when it is none of ours."""
    try:
        word, _, place = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (ValueError, binascii.Error) as error:
        raise SlackError("invalid_cursor") from error
    if word != "next" or not place:
        raise SlackError("invalid_cursor")
    return place
