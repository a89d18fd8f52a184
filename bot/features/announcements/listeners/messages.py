"""Hears messages: new ones, edits and deletions. A message that announces nothing writes nothing."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot import metrics
from bot.features.announcements import service
from bot.features.announcements.catching_up import Ears
from bot.features.announcements.detector import Kind
from bot.features.announcements.heard import Heard
from bot.features.announcements.judging import (
    SAID,
    TOMBSTONE,
    is_by_strangers,
    is_by_us,
    is_on_its_own,
    judge,
    kind_of,
    spoken,
)
from bot.features.announcements.likeness import Likeness
from bot.features.announcements.service import Means
from bot.slack.bolt import once
from bot.slack.directory import Directory
from storage.announcements import Announcement
from storage.database import Database
from storage.unit_of_work import Scope, UnitOfWork


def judged(
    message: Mapping[str, Any],
    event: Mapping[str, Any],
    body: Mapping[str, Any],
    bot_user_id: str | None,
    likeness: Likeness | None,
) -> Heard:
    """A message of an event, judged and read."""
    shared = body.get("is_ext_shared_channel")
    # Not the message's own `edited.ts`: that counts whole seconds, and two edits fit into one.
    edited = event.get("event_ts") or (message.get("edited") or {}).get("ts") or ""
    return judge(
        message,
        channel_id=str(event["channel"]),
        is_private=event.get("channel_type") in ("group", "mpim"),
        is_shared=bool(shared) if shared is not None else None,
        bot_user_id=bot_user_id,
        likeness=likeness,
        edited_ts=str(edited) if event.get("subtype") == "message_changed" else "",
    )


def is_answered_here(
    event: Mapping[str, Any], message: Mapping[str, Any], body: Mapping[str, Any], context: AsyncBoltContext
) -> bool:
    """Whether it is a channel's own message (no thread, no direct message), by somebody of ours, and not by this bot."""
    if event.get("channel_type") in ("im", "mpim") or not is_on_its_own(message):
        return False
    strangers = is_by_strangers(message, team_id=body.get("team_id"), in_enterprise=bool(body.get("enterprise_id")))
    return not strangers and not is_by_us(message, bot_user_id=context.bot_user_id, bot_id=context.bot_id)


async def hear_message(event: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext, db: Database, scope: Scope,
                       now: datetime, event_key: str, means: Means, directory: Directory, ears: Ears) -> None:  # fmt: skip
    """A message was posted, changed or deleted."""
    subtype = event.get("subtype")
    if subtype == "message_changed":
        message = event.get("message") or {}
        if message.get("subtype") == TOMBSTONE:
            await _hear_deletion(event, str(message.get("ts")), context.bot_user_id, db, scope, now, event_key, means)
        elif is_answered_here(event, message, body, context) and message.get("subtype") in SAID:
            await _hear_edit(
                await asyncio.to_thread(judged, message, event, body, context.bot_user_id, means.likeness),
                spoken(event.get("previous_message") or {}, context.bot_user_id),
                db,
                scope,
                now,
                event_key,
                means,
                directory,
            )
    elif subtype == "message_deleted":
        await _hear_deletion(event, str(event.get("deleted_ts")), context.bot_user_id, db, scope, now, event_key, means)
    elif subtype in SAID and is_answered_here(event, event, body, context):
        heard = await asyncio.to_thread(judged, event, event, body, context.bot_user_id, means.likeness)
        await _hear_new(heard, db, scope, now, event_key, means, directory)
    if subtype not in ("message_changed", "message_deleted"):
        ears.heard(str(event["channel"]), str(event.get("ts") or ""))


async def _hear_new(
    heard: Heard, db: Database, scope: Scope, now: datetime, event_key: str, means: Means, directory: Directory
) -> None:
    metrics.MESSAGES.labels(heard.kind).inc()
    if heard.kind is Kind.NONE:
        return
    if heard.is_shared is None and await db.read(scope, never_met, heard.channel_id):
        await directory.channel(heard.channel_id)  # the event does not say whether strangers read along: ask, once
    probe = await asyncio.to_thread(means.matcher.probe, heard.draft.title, heard.draft.summary)
    await directory.read_memberships()  # who owns private work is asked only while they are seen to be in its channel
    await db.write(scope, once(event_key, service.hear, now=now), heard, probe, means, now=now)


async def _hear_edit(heard: Heard, before: str, db: Database, scope: Scope, now: datetime, event_key: str, means: Means,
                     directory: Directory) -> None:  # fmt: skip
    if heard.text == before:
        return  # Slack unfurled a link, or counted a reply
    if heard.kind is Kind.NONE and await db.read(scope, known, heard.channel_id, heard.ts) is None:
        return
    probe = await asyncio.to_thread(means.matcher.probe, heard.draft.title, heard.draft.summary)
    await directory.read_memberships()
    await db.write(scope, once(event_key, service.amend, now=now), heard, probe, means, now=now)


async def _hear_deletion(
    event: Mapping[str, Any],
    ts: str,
    bot_user_id: str | None,
    db: Database,
    scope: Scope,
    now: datetime,
    event_key: str,
    means: Means,
) -> None:
    before = event.get("previous_message") or {}
    announced = (
        is_on_its_own(before)
        and await asyncio.to_thread(kind_of, spoken(before, bot_user_id), means.likeness) is not Kind.NONE
    )
    channel_id = str(event["channel"])
    if announced or await db.read(scope, known, channel_id, ts) is not None:
        await db.write(
            scope, once(event_key, service.remove, now=now), channel_id, ts, was_announcement=announced, now=now
        )


def never_met(uow: UnitOfWork, channel_id: str) -> bool:
    """Whether nothing is known of a channel yet."""
    return uow.channels.get(channel_id) is None


def known(uow: UnitOfWork, channel_id: str, ts: str) -> Announcement | None:
    """What is known of a message."""
    return uow.announcements.at(channel_id, ts)


def register(app: AsyncApp) -> None:
    """Messages of channels; direct messages are heard by home."""
    app.event({"type": "message"}, matchers=[_is_of_a_channel])(hear_message)


async def _is_of_a_channel(event: dict[str, Any]) -> bool:
    return event.get("channel_type") != "im"
