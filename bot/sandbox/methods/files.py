"""files.*: the upload in three steps, and what the app may know of files."""

import mimetypes
from pathlib import PurePosixPath

from bot.sandbox.errors import SlackError
from bot.sandbox.methods.content import read_blocks, read_thread
from bot.sandbox.methods.registry import Call, Tier, method
from bot.sandbox.records import Channel, File, Json
from bot.sandbox.rendering import file_json

LARGEST = 50 * 1024 * 1024
"""Bytes; Slack's own limit is 1 GB, which no laptop wants in memory."""


@method("files.getUploadURLExternal", "files:write", tier=Tier.T4)
def get_upload_url(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/files.getUploadURLExternal."""
    name = PurePosixPath(call.args.require("filename")).name
    size = call.args.number("length", 0, least=1, most=LARGEST)
    if not size:
        raise SlackError("invalid_arguments", messages=["[ERROR] missing required field: length"])
    record = File(
        id=call.workspace.counters.id("F"),
        name=name,
        title=name,
        mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream",
        filetype=PurePosixPath(name).suffix.removeprefix(".") or "binary",
        size=size,
        user=call.me,
        created=int(call.workspace.clock()),
        alt_text=call.args.text("alt_txt"),
    )
    call.workspace.files[record.id] = record
    return {"ok": True, "upload_url": f"{call.base_url}/upload/v1/{record.id}", "file_id": record.id}


def _destinations(call: Call) -> list[Channel]:
    ids = call.args.names("channels") or call.args.names("channel_id")
    if len(ids) > 100:
        raise SlackError("invalid_arguments")
    found = []
    for channel_id in ids:
        channel = call.workspace.channels.get(channel_id)
        if channel is None or (channel.is_private and call.me not in channel.members):
            raise SlackError("channel_not_found")
        if call.me not in channel.members:
            raise SlackError("not_in_channel")
        if channel.is_archived:
            raise SlackError("is_archived")
        found.append(channel)
    return found


@method("files.completeUploadExternal", "files:write", tier=Tier.T4)
def complete_upload(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/files.completeUploadExternal: shares to channels, or keeps the file private."""
    entries = call.args.json("files")
    if not isinstance(entries, list) or not entries or not all(isinstance(e, dict) and e.get("id") for e in entries):
        raise SlackError("invalid_arguments", messages=["[ERROR] missing required field: files"])
    destinations = _destinations(call)
    blocks, comment = read_blocks(call.args, call), call.args.text("initial_comment")
    if blocks and comment:
        raise SlackError("invalid_arguments", messages=["[ERROR] blocks cannot be used with initial_comment"])
    records = []
    for entry in entries:
        record = call.workspace.files.get(str(entry["id"]))
        if record is None or not record.content or record.user != call.me:
            raise SlackError("file_not_found")
        if record.uploaded:
            raise SlackError("file_already_completed")
        record.title = str(entry.get("title") or record.name)
        records.append(record)
    for record in records:
        record.uploaded = True
        record.ready_at = call.workspace.clock() + call.file_delay
        record.channels = [channel.id for channel in destinations]
        record.shared = bool(destinations)
        call.workspace.add_file(record)
    for channel in destinations:
        call.workspace.post(
            channel,
            user=call.me,
            text=comment,
            blocks=blocks,
            thread_ts=read_thread(call.args),
            subtype="file_share",
            bot_id=call.app.bot_id,
            app_id=call.app.app_id,
            files=[record.id for record in records],
        )
    return {"ok": True, "files": [file_json(record, call.workspace, call.base_url) for record in records]}


@method("files.info", "files:read", tier=Tier.T4)
def info(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/files.info."""
    record = call.workspace.files.get(call.args.require("file"))
    if record is None or not record.uploaded:
        raise SlackError("file_not_found")
    return {"ok": True, "file": file_json(record, call.workspace, call.base_url), "comments": []}


@method("files.delete", "files:write", tier=Tier.T3)
def delete(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/files.delete."""
    record = call.workspace.files.get(call.args.require("file"))
    if record is None:
        raise SlackError("file_not_found")
    if record.user != call.me:
        raise SlackError("cant_delete_file")
    record.uploaded, record.content = False, b""
    call.workspace.add_file(record)
    return {"ok": True}
