"""Hears admins."""

from slack_bolt.app.async_app import AsyncApp

from bot.features.admin.listeners import channels, health, pairs, settings, teams


def register(app: AsyncApp) -> None:
    """Admins' commands, and the pages of the settings."""
    for room in (health, settings, channels, teams, pairs):
        room.register(app)
