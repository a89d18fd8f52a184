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
           thread_ts: str, only_to: str = "", now: datetime) -> None:  # fmt: skip
    """What was found, or (``found`` None) what the bot can do; one answer to each message. ``only_to``: the one person who sees it."""
    message = views.help_message() if found is None else matching.results(text, found, registered=registered)
    key = f"answer:{channel_id}:{ts}"
    if only_to:
        outbox.whisper(uow, message, key=key, channel_id=channel_id, person_id=only_to, now=now)
    else:
        outbox.post(uow, message, key=key, channel_id=channel_id, thread_ts=thread_ts, now=now)


def turn_away(uow: UnitOfWork, *, channel_id: str, ts: str, thread_ts: str, now: datetime) -> None:
    """To somebody of another organisation."""
    outbox.post(
        uow, views.strangers(), key=f"answer:{channel_id}:{ts}", channel_id=channel_id, thread_ts=thread_ts, now=now
    )
