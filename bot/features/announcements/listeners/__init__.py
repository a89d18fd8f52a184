"""Hears announcements: messages, forms, and what people press under a reply."""

from slack_bolt.app.async_app import AsyncApp

from bot.features.announcements.listeners import backfills, buttons, candidates, channels, forms, life, messages, mine


def register(app: AsyncApp) -> None:
    """Every way in which announcements and their replies are heard of."""
    # Channels before messages: that a channel was made private or public is told as a message in it.
    for room in (channels, life, messages, forms, buttons, candidates, mine, backfills):
        room.register(app)
