"""The outbox's front: features say what is to reach whom, with an idempotency key; a row is written in their transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from bot.delivery.sender import opaque
from bot.slack.blocks import Message
from bot.slack.errors import sentence
from storage.channels import Channel
from storage.outbox import AT_ONCE, OutboxRow, OutboxState, OutboxVerb
from storage.undelivered import ACCOMPANYING
from storage.unit_of_work import UnitOfWork

#: What is put in if a message has to be given up: one for somebody, or one for each of several.
Otherwise = OutboxRow | Sequence[OutboxRow] | None


def body_of(message: Message) -> dict[str, Any]:
    """As arguments of `chat.*` methods. Links are never unfurled: a warning is not a preview."""
    return {"text": message.text, "blocks": list(message.blocks), "unfurl_links": False, "unfurl_media": False}


def post(
    uow: UnitOfWork, message: Message, *, key: str, channel_id: str, thread_ts: str = "", now: datetime,
    otherwise: Otherwise = None, wanted_by: datetime = AT_ONCE,
) -> bool:  # fmt: skip
    """Post into a channel (or its thread), to a person or to a group: ``channel_id`` may be a person's id, or `group_of` people.

    ``wanted_by``: what nobody waits for lets go first whatever is wanted earlier.
    ``otherwise`` is put in instead if this one has to be given up. False if the key is there already.
    """
    body = body_of(message) | ({"thread_ts": thread_ts} if thread_ts else {})
    return _enqueue(uow, OutboxVerb.POST, key=key, target=channel_id, body=body, now=now, otherwise=otherwise,
                    wanted_by=wanted_by)  # fmt: skip


def redraw(
    uow: UnitOfWork,
    message: Message,
    *,
    key: str,
    version: int,
    now: datetime,
    otherwise: Otherwise = None,
    wanted_by: datetime = AT_ONCE,
) -> bool:
    """Let a posted message say something else: changed in the outbox if it is still there, else updated at Slack.

    ``otherwise``: what is put in instead from now on if the message has to be given up; None leaves that as it is. False if
    nothing of this key was ever posted.
    """
    full = f"{uow.workspace_id}:{key}"
    posted = uow.outbox.get(full)
    if posted is None:
        return False
    body = body_of(message) | ({"thread_ts": posted.body["thread_ts"]} if "thread_ts" in posted.body else {})
    # What was delivered stays so; anything else may change until its lane is held.
    if posted.state is not OutboxState.SENT and uow.outbox.redraw(full, body, otherwise=_fields_of(otherwise)):
        return True
    return _enqueue(uow, OutboxVerb.UPDATE, key=f"{key}:v{version}", target=posted.target,
                    body={"text": message.text, "blocks": list(message.blocks)}, follows=full, now=now,
                    wanted_by=wanted_by)  # fmt: skip


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


def upload(
    uow: UnitOfWork, content: str, *, stem: str, suffix: str, title: str, comment: str, key: str, channel_id: str, now: datetime,
    otherwise: Otherwise = None,
) -> bool:  # fmt: skip
    """Share a text file in a channel, with a person or with a group: ``channel_id`` as for :func:`post`.

    ``comment`` (mrkdwn) stands above it. The file is called ``stem``-key.``suffix``: by that name it is found again where
    an answer of Slack's was lost. ``otherwise`` as for :func:`post`.
    """
    body = file_of(uow, content, stem=stem, suffix=suffix, title=title, comment=comment, key=key)
    return _enqueue(uow, OutboxVerb.UPLOAD, key=key, target=channel_id, body=body, now=now, otherwise=otherwise)


def file_of(
    uow: UnitOfWork, content: str, *, stem: str, suffix: str, title: str, comment: str, key: str
) -> dict[str, Any]:
    """The body of an upload; see :func:`upload`."""
    filename = f"{stem}-{opaque(f'{uow.workspace_id}:{key}')[:12]}.{suffix}"
    return {"filename": filename, "title": title, "comment": comment, "content": content}


def row_for(
    uow: UnitOfWork, verb: OutboxVerb, *, key: str, target: str, body: Mapping[str, Any], now: datetime, follows: str = "",
    otherwise: Otherwise = None,
) -> OutboxRow:  # fmt: skip
    """A row that is not enqueued yet: for the ``otherwise`` of another."""
    key = f"{uow.workspace_id}:{key}"
    return OutboxRow(workspace_id=uow.workspace_id, key=key, lane=f"{uow.workspace_id}:{target}", verb=verb, target=target,
                     body=dict(body), follows=follows, otherwise=_fields_of(otherwise), not_before=now, created_at=now)  # fmt: skip


def _fields_of(otherwise: Otherwise) -> list[dict[str, Any]] | None:
    if otherwise is None:
        return None
    rows = [otherwise] if isinstance(otherwise, OutboxRow) else otherwise
    kept = {"workspace_id", "key", "lane", "verb", "target", "body", "follows", "otherwise"}
    return [row.model_dump(include=kept, mode="json") for row in rows]


def _enqueue(
    uow: UnitOfWork, verb: OutboxVerb, *, key: str, target: str, body: Mapping[str, Any], now: datetime, follows: str = "",
    otherwise: Otherwise = None, wanted_by: datetime = AT_ONCE,
) -> bool:  # fmt: skip
    row = row_for(uow, verb, key=key, target=target, body=body, now=now, follows=follows, otherwise=otherwise)
    row.wanted_by = wanted_by
    place = uow.channels.get(target) if target.startswith(("C", "G")) else None
    if place is None or place.is_reachable:
        return uow.outbox.enqueue(row)
    # Nothing is sent to a place that is known to be out of reach. What was to be said there is kept for "try again"; what only
    # follows something said there is not.
    return verb not in ACCOMPANYING and uow.undelivered.refuse(row, why_unreachable(place), now=now)


#: What was given up longer ago than this is not tried again: nobody gets last month's words.
TRY_AGAIN_WITHIN: Final = timedelta(days=7)
#: What waited longer than this while the app was not installed is not sent any more.
KEPT_WHILE_UNINSTALLED: Final = timedelta(days=1)


def why_unreachable(channel: Channel) -> str:
    """Why nothing can be posted in a channel, for an admin."""
    return sentence(
        "channel_deleted" if channel.is_deleted else "is_archived" if channel.is_archived else "not_in_channel"
    )


def out_of_reach(uow: UnitOfWork, channel_id: str, code: str, *, now: datetime) -> None:
    """Slack refused (with ``code``, one of ``OUT_OF_REACH``) what was asked of a channel: nothing more is sent there.

    What waits is given up with one reason, not one try a message. Who was inside stays as it was read: it goes stale by itself,
    and the event that tells why may still come.
    """
    channel = uow.channels.meet(channel_id)
    if code == "is_archived":
        channel.is_archived = True
    else:
        channel.is_member = False
    close(uow, channel, now=now)


def close(uow: UnitOfWork, channel: Channel, *, now: datetime) -> int:
    """Give up what waits for a channel that cannot be reached (any more); how many messages."""
    return uow.undelivered.close(channel.id, why_unreachable(channel), now=now)


def try_again(uow: UnitOfWork, target: str, *, now: datetime) -> int:
    """Send what was given up for a channel or person within the last week after all; how many messages."""
    return uow.undelivered.try_again(target, since=now - TRY_AGAIN_WITHIN, now=now)


def pause(uow: UnitOfWork, *, now: datetime) -> None:
    """The app was removed from the workspace: nothing leaves until it is installed again."""
    uow.workspaces.uninstalled(now=now)


def resume(uow: UnitOfWork, *, now: datetime) -> int:
    """The app is installed (again): what waited for less than a day leaves now, the rest is given up; how many messages were.

    Does nothing where nothing was paused.
    """
    if not uow.workspaces.installed():
        return 0
    late = uow.undelivered.expire(now - KEPT_WHILE_UNINSTALLED, sentence("not_installed"), now=now)
    uow.undelivered.resume(now=now)
    return late
