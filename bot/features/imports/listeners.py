"""Hears `/rowbot import`: how to bring in what exists, and the way back from each run."""

from datetime import datetime
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.features.imports import undoing, views
from bot.slack.bolt import first_word, shown
from bot.slack.directory import Directory
from storage.database import Database
from storage.unit_of_work import Scope


async def show_imports(ack: AsyncAck, db: Database, scope: Scope, person_id: str, directory: Directory) -> None:
    """`/rowbot import`."""
    await directory.person(person_id, fresh=True)
    await ack(**shown(views.runs(await db.read(scope, undoing.runs_for_admin, person_id))))


async def undo(ack: AsyncAck, action: dict[str, Any], respond: AsyncRespond, db: Database, scope: Scope, now: datetime, person_id: str,
               directory: Directory) -> None:  # fmt: skip
    """*Undo* beside a run, confirmed."""
    await directory.person(person_id, fresh=True)
    past = await db.write(scope, undoing.ask, int(action["value"]), person_id=person_id, now=now)
    await respond(**shown(views.runs(past)), replace_original=True)
    await ack()


def register(app: AsyncApp) -> None:
    """Imports."""
    app.command("/rowbot", matchers=[first_word("import")])(show_imports)
    app.action(views.UNDO)(undo)
