"""Hears `/rowbot health`."""

import asyncio
from datetime import datetime
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.backup import Backups, Standing
from bot.features.admin import health_views, service
from bot.features.admin.health import BackupHealth
from bot.features.matching.matcher import Matcher
from bot.slack.bolt import first_word, shown
from bot.slack.directory import Directory
from storage.database import Database
from storage.unit_of_work import Scope


async def show_health(ack: AsyncAck, db: Database, scope: Scope, now: datetime, person_id: str, directory: Directory, backups: Backups, matcher: Matcher) -> None:  # fmt: skip
    """`/rowbot health`."""
    await directory.person(person_id, fresh=True)
    state = await db.read(scope, service.health, person_id)
    standing = await asyncio.to_thread(backups.standing, now=now)
    await ack(**shown(health_views.health(state, backup_health(standing), waiting=matcher.waiting(scope.workspace_id))))


def backup_health(standing: Standing) -> BackupHealth | None:
    """How the backups stand, for the views; None where none are made."""
    if not standing.is_on:
        return None
    return BackupHealth(standing.last.taken_at if standing.last else None, standing.failure, standing.is_late)


async def try_again(ack: AsyncAck, action: dict[str, Any], respond: AsyncRespond, db: Database, scope: Scope, now: datetime, person_id: str,
                    directory: Directory) -> None:  # fmt: skip
    """*Try again*: what was given up at one place. Slack is asked whether the bot may post there."""
    target = str(action["value"])
    await directory.person(person_id, fresh=True)
    if target.startswith(("C", "G")):
        await directory.channel(target)
    count = await db.write(scope, service.try_again, target, person_id=person_id, now=now)
    await respond(**shown(health_views.tried_again(target, count)), replace_original=False)
    await ack()


def register(app: AsyncApp) -> None:
    """What went wrong lately."""
    app.command("/rowbot", matchers=[first_word("health")])(show_health)
    app.action(health_views.TRY_AGAIN)(try_again)
