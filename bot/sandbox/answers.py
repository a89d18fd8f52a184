"""What the app says back: in the acknowledgement of a command, and through response URLs."""

from typing import Any

from bot.sandbox.errors import SlackError
from bot.sandbox.installed_app import InstalledApp
from bot.sandbox.limits import LIMITS
from bot.sandbox.methods.content import check_blocks
from bot.sandbox.records import Json, Message
from bot.sandbox.tickets import ResponseUrl, Tickets
from bot.sandbox.workspace import Workspace


class Answers:
    """Turns the app's answers into messages.

    Args:
        workspace: Where they appear.
        app: Who speaks.
        tickets: For response URLs.
    """

    def __init__(self, workspace: Workspace, app: InstalledApp, tickets: Tickets) -> None:
        self._workspace = workspace
        self._app = app
        self._tickets = tickets

    def _content(self, body: Json) -> dict[str, Any]:
        text, blocks = body.get("text") or "", body.get("blocks") or []
        if not isinstance(text, str) or not isinstance(blocks, list):
            raise SlackError("invalid_blocks_format")
        attachments = body.get("attachments") or []
        if not text and not blocks and not attachments:
            raise SlackError("no_text")
        if len(text) > LIMITS["message.text"]:
            raise SlackError("msg_too_long")
        checked = check_blocks(blocks, self._workspace.files, now=self._workspace.clock()) if blocks else []
        return {"text": text, "blocks": checked, "attachments": attachments}

    def show(self, body: Json, *, user: str, channel: str, thread_ts: str = "") -> Message:
        """Show an answer: to `user` alone, or to all with `response_type: in_channel`."""
        content = self._content(body)
        author: dict[str, Any] = {"user": self._app.bot_user_id, "bot_id": self._app.bot_id, "app_id": self._app.app_id}
        place = self._workspace.channels[channel]
        if body.get("response_type") == "in_channel":
            return self._workspace.post(place, thread_ts=thread_ts, **author, **content)
        return self._workspace.whisper(place, audience=user, thread_ts=thread_ts, **author, **content)

    def respond(self, token: str, body: Json) -> None:
        """Take what the app posted to a response URL.

        Refused with `expired_url`, `used_url`, `no_text`, `invalid_blocks` and the like.
        """
        response = self._tickets.respond(token)
        if response.channel not in self._workspace.channels:
            raise SlackError("channel_not_found")
        original = self._original(response)
        if body.get("delete_original"):
            self._drop(original)
            return
        if body.get("replace_original") and original is not None:
            content = self._content(body)
            if original.audience:
                self._workspace.change_whisper(original, **content)
            else:
                self._workspace.edit(original, editor=self._app.bot_user_id, **content)
            return
        thread_ts = str(body.get("thread_ts") or "") or (response.thread_ts if response.ephemeral else "")
        self.show(body, user=response.user, channel=response.channel, thread_ts=thread_ts)

    def _original(self, response: ResponseUrl) -> Message | None:
        if response.ephemeral:
            return self._workspace.find_whisper(response.channel, response.message_ts)
        message = self._workspace.message(response.channel, response.message_ts)
        return message if message is not None and message.bot_id == self._app.bot_id else None

    def _drop(self, original: Message | None) -> None:
        if original is None:
            raise SlackError("message_not_found")
        if original.audience:
            self._workspace.end_whisper(original)
        else:
            self._workspace.delete(original)
