"""The Bolt app, and the one error handler that answers people with sentences."""

import json
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import aiohttp
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot import metrics
from bot.clock import Clock
from bot.errors import BadInput, NotAllowed, Refusal
from bot.slack import blocks as b
from bot.slack.errors import Fate, fate
from storage.database import Database, StoreUnavailable
from storage.unit_of_work import Scope, UnitOfWork

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

ONLY_MEMBERS: Final = (
    "Rowbot's registry is for members of the workspace that installed it, so this button does nothing for you."
)
NOT_SAVED: Final = "I could not save that just now. Nothing was lost; try again in a minute. (reference {reference})"
TOO_LATE: Final = (
    "That took too long for Slack, so the form could not open. Nothing was lost; try again. (reference {reference})"
)


def build_app(client: AsyncWebClient, identity: AuthorizeResult, *, db: Database, clock: Clock, workspace_id: str,
              values: Mapping[str, Any]) -> AsyncApp:  # fmt: skip
    """The Bolt app of one workspace.

    Each listener may ask for these by argument name: ``db``, ``scope`` (the workspace, with the public's eyes), ``now``,
    ``event_key``, and everything in ``values``. A request is answered when its listener has returned: by then its effects
    are committed. Requests were verified by the door, or came over our own socket.
    """

    async def authorize(**_request: object) -> AuthorizeResult:
        return identity

    app = AsyncApp(
        name="Rowbot",  # without one it looks through the stack for the file that called it: a tenth of all a start takes
        client=client,
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        attaching_conversation_kwargs_enabled=False,
        ignoring_self_assistant_message_events_enabled=False,
        logger=_bolt_log(),
    )

    async def bring_values(
        context: AsyncBoltContext,
        body: dict[str, Any],
        next: Callable[[], Awaitable[None]],  # noqa: A002 - Bolt's name
    ) -> None:
        context.update(values)
        clean(body)
        context["db"], context["scope"], context["now"] = db, Scope(workspace_id), clock()
        context["event_key"], context["person_id"] = key_of(body), person_of(body)
        if is_external(body, workspace_id):
            raise NotAllowed(ONLY_MEMBERS)
        await next()

    async def answer_fault(
        error: Exception, context: AsyncBoltContext, body: dict[str, Any], request: AsyncBoltRequest
    ) -> BoltResponse:
        reply = Fault(error, context, body, request)
        return await reply.answer(db, workspace_id, clock)

    app.use(bring_values)
    app.error(answer_fault)
    return app


def _bolt_log() -> logging.Logger:
    """Bolt's log without its warnings: it warns that a token in the environment is not used, which is as it should be."""
    bolt = logging.getLogger("slack_bolt")
    bolt.setLevel(logging.ERROR)
    return bolt


#: Halves of surrogate pairs and control characters: no database keeps them all, and nobody reads them.
_UNKEEPABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def clean(part: Any) -> Any:  # noqa: ANN401 - JSON
    """Take what cannot be kept out of every text of a request, in place (a text itself is given back)."""
    if isinstance(part, str):
        return _UNKEEPABLE.sub("", part) if _UNKEEPABLE.search(part) else part
    if isinstance(part, dict):
        for name, value in part.items():
            part[name] = clean(value)
    elif isinstance(part, list):
        part[:] = [clean(value) for value in part]
    return part


def key_of(body: Mapping[str, Any]) -> str:
    """What makes a request the same one when it comes again: Slack's event id; for interactions, their trigger."""
    if event_id := body.get("event_id"):
        return str(event_id)
    if trigger := body.get("trigger_id"):
        return f"trigger:{trigger}"
    view = body.get("view") or {}
    return f"view:{view.get('id', '')}:{view.get('hash', '')}"


def person_of(body: Mapping[str, Any]) -> str:
    """Who did it; "" where nobody did."""
    user = body.get("user_id") or body.get("user") or (body.get("event") or {}).get("user") or ""
    return user if isinstance(user, str) else str(user.get("id") or "")


def is_external(body: Mapping[str, Any], workspace_id: str) -> bool:
    """Whether a click comes from somebody of another organisation: in shared channels their buttons reach us too."""
    theirs, ours, enterprise = (
        part if isinstance(part := body.get(name), dict) else {} for name in ("user", "team", "enterprise")
    )
    team = theirs.get("team_id")
    return bool(team) and team not in (workspace_id, ours.get("id")) and workspace_id != enterprise.get("id")


def first_word(*words: str) -> Callable[[dict[str, Any]], Awaitable[bool]]:
    """A matcher for commands whose text begins with one of these words."""

    async def matches(command: dict[str, Any]) -> bool:
        text = (command.get("text") or "").split(maxsplit=1)
        return bool(text) and text[0].lower() in words

    return matches


def rest_of(command: Mapping[str, Any]) -> str:
    """What stands behind a command's first word."""
    _, _, rest = str(command.get("text") or "").strip().partition(" ")
    return rest.strip()


def shown(message: b.Message) -> dict[str, Any]:
    """A message as the answer to a command, or to a click by its response_url; only the person sees it."""
    return {"text": message.text, "blocks": list(message.blocks), "response_type": "ephemeral"}


def thread_of(body: Mapping[str, Any]) -> str | None:
    """The thread in which a button was pressed: an answer by its response_url stands in the channel unless it names it."""
    return (body.get("container") or {}).get("thread_ts") or None


def once(
    key: str, unit: Callable[Concatenate[UnitOfWork, P], T], *, now: datetime
) -> Callable[Concatenate[UnitOfWork, P], T | None]:
    """The unit, run only if this key was never taken before, in the same transaction that takes it; else None."""

    def taken(uow: UnitOfWork, /, *args: P.args, **kwargs: P.kwargs) -> T | None:
        return unit(uow, *args, **kwargs) if uow.events.take(key, now=now) else None

    taken.__name__ = unit.__name__
    return taken


class Fault:
    """A listener that did not end well, and the answer to it."""

    def __init__(
        self, error: Exception, context: AsyncBoltContext, body: dict[str, Any], request: AsyncBoltRequest
    ) -> None:
        """The error and everything Bolt knows of the request."""
        self.error, self.context, self.body, self.request = error, context, body, request
        self.is_event = body.get("type") == "event_callback"
        self.reference = secrets.token_hex(2).upper()

    async def answer(self, db: Database, workspace_id: str, clock: Clock) -> BoltResponse:
        """200 with a sentence for people; for events 503 while another delivery may help."""
        if isinstance(self.error, Refusal):
            return await self._say(self.error.sentence)
        if isinstance(self.error, StoreUnavailable):
            log.error("Reference %s: %s", self.reference, self.error)
            if self.is_event:
                return BoltResponse(status=503, body="")
            return await self._say(NOT_SAVED.format(reference=self.reference))
        log.error("Reference %s: a listener failed", self.reference, exc_info=self.error)
        if not self.is_event:
            late = isinstance(self.error, SlackApiError) and self.error.response.get("error") in (
                "expired_trigger_id",
                "exchanged_trigger_id",
            )
            return await self._say((TOO_LATE if late else NOT_SAVED).format(reference=self.reference))
        if not self.request.headers.get("x-slack-retry-num") and not self._slack_refused():
            return BoltResponse(status=503, body="")
        metrics.EVENTS_FAILED.inc()
        try:
            await db.write(Scope(workspace_id), set_aside, key_of(self.body), clock(), self.reference)
        except StoreUnavailable:
            return BoltResponse(status=503, body="")
        return BoltResponse(status=200, body="")

    def _slack_refused(self) -> bool:
        """Whether Slack answered a call of ours with a no that is not "later": bringing the event again would change nothing."""
        return (
            isinstance(self.error, SlackApiError) and fate(str(self.error.response.get("error"))) is not Fate.TRANSIENT
        )

    async def _say(self, sentence: str) -> BoltResponse:
        if self.is_event:
            return BoltResponse(status=200, body="")
        kind = self.body.get("type")
        if kind == "view_submission":
            return _json({"response_action": "errors", "errors": {self._field(): sentence}})
        if "command" in self.body:
            return _json({"response_type": "ephemeral", "text": sentence})
        try:
            await self._say_aside(sentence)
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError):
            log.warning("Reference %s: the sentence could not be shown either", self.reference)
        return BoltResponse(status=200, body="")

    def _field(self) -> str:
        if isinstance(self.error, BadInput) and self.error.field:
            return self.error.field
        blocks = self.body["view"].get("blocks", [])
        return next((str(block["block_id"]) for block in blocks if block.get("type") == "input"), "form")

    async def _say_aside(self, sentence: str) -> None:
        client: AsyncWebClient = self.context.client
        user = self.body.get("user", {}).get("id") or self.context.user_id
        channel = (self.body.get("channel") or {}).get("id")
        if self.body.get("response_url"):
            await AsyncRespond(response_url=self.body["response_url"])(
                text=sentence, response_type="ephemeral", replace_original=False, thread_ts=thread_of(self.body)
            )
        elif channel:
            await client.chat_postEphemeral(channel=channel, user=str(user), text=sentence)
        elif self.body.get("trigger_id"):
            view = b.modal("Rowbot", [b.section(b.escape(sentence))], callback_id="slack.fault", close="Close")
            stacked = (self.body.get("view") or {}).get("type") == "modal"
            await (client.views_push if stacked else client.views_open)(trigger_id=self.body["trigger_id"], view=view)
        else:
            await client.chat_postMessage(channel=str(user), text=sentence)


def set_aside(uow: UnitOfWork, key: str, now: datetime, reference: str) -> bool:
    """Keep the key of an event that failed twice: Slack need not bring it again, an admin sees it."""
    return uow.events.take(key, now=now, fault=reference)


def _json(answer: Mapping[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(answer), headers={"content-type": "application/json"})
