"""Hears admins."""

from slack_bolt.app.async_app import AsyncApp

from bot.features.admin.listeners import channels, health, settings, teams


def register(app: AsyncApp) -> None:
    """Admins' commands, and the pages of the settings."""
    for room in (health, settings, channels, teams):
        room.register(app)
