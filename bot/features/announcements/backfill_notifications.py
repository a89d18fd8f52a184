"""Addresses the one message about a backfill: to whoever asked for it, drawn anew as it goes on."""

from datetime import datetime

from bot.delivery import outbox
from bot.features.announcements import backfill_views
from bot.features.announcements.backfill_facts import Progress
from storage.unit_of_work import UnitOfWork


def tell(uow: UnitOfWork, said: Progress, *, now: datetime) -> None:
    """Say how far it is."""
    key = f"backfill:{said.backfill_id}:{said.requested_by}"
    message = backfill_views.progress(said)
    if not outbox.post(uow, message, key=key, channel_id=said.requested_by, now=now):
        outbox.redraw(uow, message, key=key, version=int(now.timestamp() * 1000), now=now)
