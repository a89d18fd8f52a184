"""Hears announcements: messages, forms, and what people press under a reply."""

from slack_bolt.app.async_app import AsyncApp

from bot.features.announcements.listeners import buttons, candidates, channels, forms, messages, mine


def register(app: AsyncApp) -> None:
    """Every way in which announcements and their replies are heard of."""
    for room in (messages, forms, buttons, candidates, mine, channels):
        room.register(app)
