"""Addresses what came of taking back an import."""

from datetime import datetime

from bot.delivery import outbox
from bot.features.imports import views
from bot.features.imports.past import Undone
from storage.unit_of_work import UnitOfWork


def tell_undone(uow: UnitOfWork, undone: Undone, *, person_id: str, now: datetime) -> None:
    """To the admin who asked for it, in a direct message."""
    outbox.post(uow, views.undone(undone), key=f"imports:undone:{undone.run.id}", channel_id=person_id, now=now)
