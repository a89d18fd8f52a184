"""Hears admins who ask why two initiatives were not named beside each other."""

import asyncio
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.features.admin import pair_views, pairs
from bot.features.announcements.service import Means
from bot.slack.directory import Directory
from storage.database import Database
from storage.unit_of_work import Scope


async def open_form(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
    """*Why was it not named?…* on the page of warnings."""
    await client.views_push(trigger_id=body["trigger_id"], view=pair_views.form())
    await ack()


async def offer(
    ack: AsyncAck, payload: dict[str, Any], db: Database, scope: Scope, person_id: str, directory: Directory
) -> None:
    """Initiatives, while somebody types."""
    eyes = Scope(scope.workspace_id, await directory.viewer(person_id))
    found = await db.read(eyes, pairs.offered, str(payload.get("value") or ""), person_id=person_id)
    await ack(options=pair_views.offered(found))


async def explain(ack: AsyncAck, view: dict[str, Any], db: Database, scope: Scope, means: Means, person_id: str,
                  directory: Directory) -> None:  # fmt: skip
    """*Explain*: the answer, beneath the question."""
    await directory.person(person_id, fresh=True)
    eyes = Scope(scope.workspace_id, await directory.viewer(person_id))
    entries = await db.read(eyes, pairs.chosen, pair_views.read_form(view), person_id=person_id)
    probes = [await asyncio.to_thread(means.matcher.probe, entry.title, entry.summary) for entry in entries]
    told = await db.read(eyes, pairs.explained, entries, probes, means, person_id=person_id)
    await ack(response_action="update", view=pair_views.form(entries, told))


def register(app: AsyncApp) -> None:
    """The question and its answer."""
    app.action(pair_views.OPEN)(open_form)
    app.options(pair_views.ANNOUNCED)(offer)
    app.options(pair_views.OTHER)(offer)
    app.view(pair_views.FORM)(explain)
