"""What a message says: reads and checks text, blocks, attachments and metadata of the chat methods."""

import re
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox import blockkit
from bot.sandbox.arguments import Arguments
from bot.sandbox.errors import SlackError
from bot.sandbox.limits import LIMITS
from bot.sandbox.methods.registry import Call
from bot.sandbox.records import Json

_TS = re.compile(r"\d{1,12}\.\d{6}")


@dataclass(frozen=True)
class Content:
    """The checked content of a message; `fields` go into the record as they are."""

    text: str
    blocks: list[Json]
    attachments: list[Json]
    metadata: Json | None
    warnings: list[str] = field(default_factory=list)

    @property
    def fields(self) -> dict[str, Any]:
        """As fields of `Message`."""
        return {"text": self.text, "blocks": self.blocks, "attachments": self.attachments, "metadata": self.metadata}


def read_blocks(args: Arguments, call: Call) -> list[Json]:
    """The `blocks` argument, checked and completed with block ids; `invalid_blocks` with reasons otherwise."""
    if not args.has("blocks"):
        return []
    blocks = args.json("blocks", error="invalid_blocks_format")
    if blocks is None:
        return []
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    return check_blocks(blocks, call.workspace.files, now=call.workspace.clock())


def check_blocks(blocks: list[Any], files: Any, *, now: float) -> list[Json]:  # noqa: ANN401 - any JSON; the workspace's files
    """Blocks of a message, checked and completed."""
    ready = {key for key, record in files.items() if record.uploaded and record.ready_at <= now}
    faults = blockkit.message_faults(blocks, files=ready)
    if faults:
        raise SlackError("invalid_blocks", messages=faults)
    if blockkit.characters(blocks) > LIMITS["message.blocks_characters"]:
        raise SlackError("msg_blocks_too_long")
    if sum(block["type"] == "table" for block in blocks) > LIMITS["message.tables"]:
        raise SlackError("invalid_attachments", messages=["only_one_table_allowed"])
    return blockkit.complete(blocks)


def read_metadata(args: Arguments) -> Json | None:
    """The `metadata` argument: `{"event_type": …, "event_payload": {…}}`."""
    metadata = args.json("metadata", error="invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        raise SlackError("invalid_metadata_format")
    if not isinstance(metadata.get("event_type"), str) or not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_schema")
    return {"event_type": metadata["event_type"], "event_payload": metadata["event_payload"]}


def read_content(call: Call, *, longest: str) -> Content:
    """All that a message says; `longest` names the limit of its text."""
    args = call.args
    text = args.text("text")
    blocks = read_blocks(args, call)
    markdown = args.text("markdown_text")
    if markdown:
        if text or blocks:
            raise SlackError("markdown_text_conflict")
        if len(markdown) > LIMITS["message.markdown_text"]:
            raise SlackError("msg_too_long")
        text, blocks = markdown, check_blocks([{"type": "markdown", "text": markdown}], {}, now=0)
    attachments = args.json("attachments", error="invalid_attachments") or []
    if not isinstance(attachments, list) or not all(isinstance(entry, dict) for entry in attachments):
        raise SlackError("invalid_attachments")
    if len(attachments) > LIMITS["message.attachments"]:
        raise SlackError("too_many_attachments")
    for attachment in attachments:
        if "blocks" in attachment:
            attachment["blocks"] = check_blocks(attachment["blocks"], call.workspace.files, now=call.workspace.clock())
    if not text and not blocks and not attachments:
        raise SlackError("no_text")
    if len(text) > LIMITS[longest]:
        raise SlackError("msg_too_long")
    return Content(text, blocks, attachments, read_metadata(args))


def read_thread(args: Arguments) -> str:
    """The `thread_ts` argument, if any."""
    thread_ts = args.text("thread_ts")
    if thread_ts and not _TS.fullmatch(thread_ts):
        raise SlackError("invalid_thread_ts")
    return thread_ts
