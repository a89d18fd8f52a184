"""Hears `/rowbot settings`: the first page, the pages behind it, saving, resetting, undoing."""

from datetime import datetime
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.features.admin import changes, setting_forms, settings, views
from bot.features.admin.channel_views import TURN
from bot.features.admin.listeners.pages import first_view, screen_of
from bot.features.admin.shown import Page
from bot.features.announcements.service import Means
from bot.slack.bolt import first_word, once
from bot.slack.directory import Directory
from storage.database import Database
from storage.unit_of_work import Scope


async def open_settings(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, db: Database, scope: Scope, means: Means, person_id: str,
                        directory: Directory) -> None:  # fmt: skip
    """`/rowbot settings`, or the button in the App Home."""
    await directory.person(person_id, fresh=True)
    view = await db.read(scope, first_view, means, person_id=person_id)
    await client.views_open(trigger_id=body["trigger_id"], view=view)
    await ack()


async def open_page(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient, scope: Scope,
                    person_id: str, directory: Directory) -> None:  # fmt: skip
    """*Open* beside one of the pages."""
    await directory.person(person_id, fresh=True)
    eyes = Scope(scope.workspace_id, await directory.viewer(person_id))
    await screen_of(context, client, eyes).push(body["trigger_id"], {"page": action["value"]})
    await ack()


async def turn_page(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient, scope: Scope,
                    person_id: str, directory: Directory) -> None:  # fmt: skip
    """*Next*, *Previous*, *Show all*."""
    view, eyes = body["view"], Scope(scope.workspace_id, await directory.viewer(person_id))
    place = {"page": views.read_place(view)["page"], "offset": int(action["value"])}
    await screen_of(context, client, eyes).show(view["id"], view["root_view_id"], place)
    await ack()


async def save(ack: AsyncAck, view: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient, db: Database, scope: Scope, now: datetime,
               event_key: str, means: Means, person_id: str, directory: Directory) -> None:  # fmt: skip
    """*Save* in one of the forms: back to the first page, which shows it."""
    page = Page(views.read_place(view)["page"])
    values = view["state"]["values"]
    typed, filled = setting_forms.read_form(page, values), setting_forms.read_marks(page, values)
    await directory.person(person_id, fresh=True)
    for each in typed.get("admins", ()):
        await directory.person(each)
    await db.write(scope, once(event_key, settings.save_form, now=now), page, typed, means, filled=filled, person_id=person_id, now=now)  # fmt: skip
    await screen_of(context, client, scope).show_first(view["root_view_id"])
    await ack()


async def reset(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient, db: Database,
                scope: Scope, now: datetime, person_id: str, directory: Directory) -> None:  # fmt: skip
    """*Reset* under a setting."""
    await directory.person(person_id, fresh=True)
    await db.write(scope, changes.reset, action["value"], person_id=person_id, now=now)
    view, eyes = body["view"], Scope(scope.workspace_id, await directory.viewer(person_id))
    await screen_of(context, client, eyes).show(view["id"], view["root_view_id"], views.read_place(view))
    await ack()


async def undo(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient, db: Database,
               scope: Scope, now: datetime, person_id: str, directory: Directory) -> None:  # fmt: skip
    """*Undo* beside a change."""
    await directory.person(person_id, fresh=True)
    view, eyes = body["view"], Scope(scope.workspace_id, await directory.viewer(person_id))
    await db.write(eyes, changes.undo, int(action["value"]), person_id=person_id, now=now)
    await screen_of(context, client, eyes).show(view["id"], view["root_view_id"], views.read_place(view))
    await ack()


def register(app: AsyncApp) -> None:
    """The first page, and what all pages have."""
    app.command("/rowbot", matchers=[first_word("settings")])(open_settings)
    app.action(views.SETTINGS)(open_settings)
    app.action(views.OPEN)(open_page)
    app.action(TURN)(turn_page)
    app.action(f"{TURN}_on")(turn_page)
    app.view(setting_forms.SAVE)(save)
    app.action(setting_forms.RESET)(reset)
    app.action(views.UNDO)(undo)
