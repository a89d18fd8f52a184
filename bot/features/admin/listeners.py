"""Hears admins."""

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.features.admin import service, views
from bot.slack.bolt import first_word, shown
from bot.slack.directory import Directory
from storage.database import Database
from storage.unit_of_work import Scope


async def show_health(ack: AsyncAck, db: Database, scope: Scope, person_id: str, directory: Directory) -> None:
    """`/rowbot health`."""
    await directory.person(person_id, fresh=True)
    await ack(**shown(views.health(await db.read(scope, service.health, person_id))))


def register(app: AsyncApp) -> None:
    """Admins' commands."""
    app.command("/rowbot", matchers=[first_word("health")])(show_health)
