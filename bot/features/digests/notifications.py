"""Addresses digests: to the channel once for each day, and to who turned one on when it cannot be posted."""

from datetime import datetime

from bot.delivery import outbox
from bot.features.digests import views
from bot.features.digests.issue import Issue
from bot.features.digests.places import Bar
from bot.slack.blocks import Message
from storage.digests import Digest
from storage.outbox import OutboxVerb
from storage.unit_of_work import UnitOfWork


def publish(uow: UnitOfWork, digest: Digest, issue: Issue, name: str, *, now: datetime) -> None:
    """Into the channel; who turned it on hears once if Slack refuses."""
    failed = None
    if _can_hear(uow, digest):
        failed = outbox.row_for(uow, OutboxVerb.POST, key=_told_key(digest), target=digest.chosen_by,
                                body=outbox.body_of(views.refused(digest.channel_id, name)), now=now)  # fmt: skip
    outbox.post(uow, views.digest(issue), key=_key(digest), channel_id=digest.channel_id, now=now, otherwise=failed)


def say_it_is_off(uow: UnitOfWork, digest: Digest, by: str, *, now: datetime) -> None:
    """Let the latest digest say that no more will come; nothing while none was posted, or once its words were forgotten."""
    posted = uow.outbox.get(f"{uow.workspace_id}:{_key(digest)}")
    blocks = posted.body.get("blocks") if posted is not None else None
    if posted is not None and blocks:
        message = views.closed(Message(posted.body["text"], blocks), by)
        outbox.redraw(uow, message, key=_key(digest), version=int(now.timestamp() * 1000), now=now)


def tell_stopped(uow: UnitOfWork, digest: Digest, bar: Bar, name: str, *, now: datetime) -> None:
    """To who turned it on: nothing can be posted in the channel any more."""
    if _can_hear(uow, digest):
        message = views.stopped(digest.channel_id, name, bar)
        outbox.post(uow, message, key=_told_key(digest), channel_id=digest.chosen_by, now=now)


def _key(digest: Digest) -> str:
    return f"digest:{digest.channel_id}:{digest.last_on}"


def _told_key(digest: Digest) -> str:
    """One message about what went wrong for each time that somebody turned it on."""
    return f"digest:{digest.channel_id}:{int(digest.updated_at.timestamp())}:{digest.chosen_by}"


def _can_hear(uow: UnitOfWork, digest: Digest) -> bool:
    return bool(uow.people.present([digest.chosen_by]))
