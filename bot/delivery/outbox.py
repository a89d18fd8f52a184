"""The outbox's front: features say what is to reach whom, with an idempotency key; a row is written in their transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.slack.blocks import Message
from storage.outbox import OutboxRow, OutboxVerb
from storage.unit_of_work import UnitOfWork


def body_of(message: Message) -> dict[str, Any]:
    """As arguments of `chat.*` methods. Links are never unfurled: a warning is not a preview."""
    return {"text": message.text, "blocks": list(message.blocks), "unfurl_links": False, "unfurl_media": False}


def post(
    uow: UnitOfWork, message: Message, *, key: str, channel_id: str, thread_ts: str = "", now: datetime,
    otherwise: OutboxRow | None = None,
) -> bool:  # fmt: skip
    """Post into a channel (or its thread), or to a person: ``channel_id`` may be a person's id.

    ``otherwise`` is put in instead if this one has to be given up. False if the key is there already.
    """
    body = body_of(message) | ({"thread_ts": thread_ts} if thread_ts else {})
    return _enqueue(uow, OutboxVerb.POST, key=key, target=channel_id, body=body, now=now, otherwise=otherwise)


def redraw(uow: UnitOfWork, message: Message, *, key: str, version: int, now: datetime) -> bool:
    """Let a posted message say something else: changed in the outbox if it is still there, else updated at Slack.

    False if nothing of this key was ever posted.
    """
    full = f"{uow.workspace_id}:{key}"
    posted = uow.outbox.get(full)
    if posted is None:
        return False
    body = body_of(message) | ({"thread_ts": posted.body["thread_ts"]} if "thread_ts" in posted.body else {})
    if uow.outbox.redraw(full, body):
        return True
    return _enqueue(uow, OutboxVerb.UPDATE, key=f"{key}:v{version}", target=posted.target,
                    body={"text": message.text, "blocks": list(message.blocks)}, follows=full, now=now)  # fmt: skip


def whisper(uow: UnitOfWork, message: Message, *, key: str, channel_id: str, person_id: str, now: datetime) -> bool:
    """Show something to one person in a channel. The only message that may double: Slack keeps no copy to look at."""
    body = {"text": message.text, "blocks": list(message.blocks), "user": person_id}
    return _enqueue(uow, OutboxVerb.EPHEMERAL, key=key, target=channel_id, body=body, now=now)


def react(
    uow: UnitOfWork, emoji: str, *, key: str, channel_id: str, ts: str, now: datetime, remove: bool = False
) -> bool:
    """Put a reaction on a message, or take it off."""
    verb = OutboxVerb.UNREACT if remove else OutboxVerb.REACT
    return _enqueue(uow, verb, key=key, target=channel_id, body={"name": emoji, "timestamp": ts}, now=now)


def row_for(
    uow: UnitOfWork, verb: OutboxVerb, *, key: str, target: str, body: Mapping[str, Any], now: datetime, follows: str = "",
    otherwise: OutboxRow | None = None,
) -> OutboxRow:  # fmt: skip
    """A row that is not enqueued yet: for the ``otherwise`` of another."""
    key = f"{uow.workspace_id}:{key}"
    instead = None
    if otherwise is not None:
        instead = otherwise.model_dump(
            include={"workspace_id", "key", "lane", "verb", "target", "body", "follows"}, mode="json"
        )
    return OutboxRow(workspace_id=uow.workspace_id, key=key, lane=f"{uow.workspace_id}:{target}", verb=verb, target=target,
                     body=dict(body), follows=follows, otherwise=instead, not_before=now, created_at=now)  # fmt: skip


def _enqueue(
    uow: UnitOfWork, verb: OutboxVerb, *, key: str, target: str, body: Mapping[str, Any], now: datetime, follows: str = "",
    otherwise: OutboxRow | None = None,
) -> bool:  # fmt: skip
    return uow.outbox.enqueue(
        row_for(uow, verb, key=key, target=target, body=body, now=now, follows=follows, otherwise=otherwise)
    )
