"""Hears of colleagues who come, change and leave, of who takes over from them, and of the app itself being removed."""

from datetime import datetime
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.delivery import outbox
from bot.features.announcements import leaving, life_views
from bot.features.away import following
from bot.slack.bolt import shown
from bot.slack.directory import Directory
from storage.database import Database
from storage.unit_of_work import Scope


async def hear_person(event: dict[str, Any], db: Database, scope: Scope, now: datetime, directory: Directory) -> None:
    """Somebody is new, has another name, zone or status, was deactivated, or came back."""
    user = event["user"]
    if await directory.hear_of(user) and user.get("deleted"):
        await db.write(scope, leaving.ask_for_leads, now=now)
    if await db.read(scope, following.changed, [user], now):
        await db.write(scope, following.follow, user, now=now)


async def take_lead(
    ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], respond: AsyncRespond, db: Database, scope: Scope, now: datetime,
    person_id: str, directory: Directory,
) -> None:  # fmt: skip
    """*I lead it*, or somebody was named: an initiative whose lead has left."""
    number, named = life_views.read_choice(action)
    await directory.person(named or person_id, fresh=True)
    eyes = Scope(scope.workspace_id, await directory.viewer(person_id))
    await db.write(eyes, leaving.take_over, number, named or person_id, person_id=person_id, now=now)
    await _show_what_is_left(respond, body, db, scope)
    await ack()


async def take_team(
    ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], respond: AsyncRespond, db: Database, scope: Scope, now: datetime,
    person_id: str, directory: Directory,
) -> None:  # fmt: skip
    """The same for a team."""
    number, named = life_views.read_choice(action)
    await directory.person(named or person_id, fresh=True)
    await db.write(scope, leaving.take_team_over, number, named or person_id, person_id=person_id, now=now)
    await _show_what_is_left(respond, body, db, scope)
    await ack()


async def _show_what_is_left(respond: AsyncRespond, body: dict[str, Any], db: Database, scope: Scope) -> None:
    """Let the question say what is settled: for everybody who reads it."""
    blocks = (body.get("message") or {}).get("blocks") or []
    if not blocks:  # seen by one person only (`/rowbot health`): Slack does not send it back
        await respond(**shown(life_views.noted()), replace_original=False)
        return
    ids, team_ids = life_views.read_listed(blocks)
    left = await db.read(scope, leaving.vacancies, ids, team_ids, channel_id=str(body["channel"]["id"]))
    drawn = shown(life_views.leads_found(blocks[0], left)) | {"response_type": "in_channel"}
    await respond(**drawn, replace_original=True)


async def hear_removal(
    event: dict[str, Any], context: AsyncBoltContext, db: Database, scope: Scope, now: datetime, directory: Directory
) -> None:
    """The app was removed from the workspace, or its token was revoked. The event may be older than the next installation."""
    bots = (event.get("tokens") or {}).get("bot")
    ours = event["type"] == "app_uninstalled" or context.bot_user_id in (bots or ())
    if ours and not await directory.is_installed():
        await db.write(scope, outbox.pause, now=now)


def register(app: AsyncApp) -> None:
    """People's life, and the app's."""
    app.event("user_change")(hear_person)
    app.event("team_join")(hear_person)
    for action_id in (life_views.TAKE_LEAD, life_views.NAME_LEAD):
        app.action(action_id)(take_lead)
    for action_id in (life_views.TAKE_TEAM, life_views.NAME_TEAM_LEAD):
        app.action(action_id)(take_team)
    app.event("app_uninstalled")(hear_removal)
    app.event("tokens_revoked")(hear_removal)
