"""Addresses answers to whoever speaks to the bot."""

from collections.abc import Sequence
from datetime import datetime

from bot.delivery import outbox
from bot.features.home import views
from bot.features.initiatives.card import Card
from bot.features.matching import views as matching
from bot.features.matching.explanation import Explanation
from storage.unit_of_work import UnitOfWork


def answer(uow: UnitOfWork, text: str, found: Sequence[tuple[Card, Explanation]] | None, *, registered: int, channel_id: str, ts: str,
           thread_ts: str, now: datetime) -> None:  # fmt: skip
    """What was found, or (``found`` None) what the bot can do; one answer to each message."""
    message = views.help_message() if found is None else matching.results(text, found, registered=registered)
    outbox.post(uow, message, key=f"answer:{channel_id}:{ts}", channel_id=channel_id, thread_ts=thread_ts, now=now)
