"""Hears `/rowbot away` with and without words, what is pressed under its answers, and the form."""

import asyncio
import html
from datetime import datetime
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.features.away import places, service, views, words
from bot.features.away.card import Said
from bot.slack.bolt import first_word, once, rest_of, shown
from bot.slack.directory import Directory
from storage.database import Database
from storage.unit_of_work import Scope, UnitOfWork


async def hear_words(ack: AsyncAck, command: dict[str, Any], client: AsyncWebClient, db: Database, scope: Scope, now: datetime, person_id: str,
                     directory: Directory) -> None:  # fmt: skip
    """`/rowbot away …`: what the words say; without words, the form."""
    await directory.person(person_id, fresh=True)
    text = html.unescape(rest_of(command))
    if text:
        said = await db.write(scope, understood, text, person_id=person_id, now=now)
        await ack(**shown(views.said(said) if said is not None else views.not_understood(text)))
    else:
        await _open(client, command["trigger_id"], db, scope, person_id, now)
        await ack()


def understood(uow: UnitOfWork, text: str, *, person_id: str, now: datetime) -> Said | None:
    """What became of somebody's words; None: they do not say which days."""
    match words.read(text, service.today_of(uow, person_id, now=now)):
        case words.Days(first, last):
            return service.say(uow, person_id, first, last, now=now)
        case words.IsBack():
            return service.come_back(uow, person_id, now=now)
        case _:
            return None


async def open_form(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, db: Database, scope: Scope, now: datetime, person_id: str,
                    directory: Directory) -> None:  # fmt: skip
    """*Your hours*, *Open the form*."""
    await directory.person(person_id, fresh=True)
    await _open(client, body["trigger_id"], db, scope, person_id, now)
    await ack()


async def _open(
    client: AsyncWebClient, trigger_id: str, db: Database, scope: Scope, person_id: str, now: datetime
) -> None:
    mine = await db.read(scope, service.mine, person_id, now=now)
    await client.views_open(trigger_id=trigger_id, view=views.form(mine))


async def save(
    ack: AsyncAck, view: dict[str, Any], db: Database, scope: Scope, now: datetime, person_id: str, directory: Directory
) -> None:
    """The form, sent."""
    await directory.person(person_id)
    chosen = views.read_form(view["state"]["values"])
    said = await db.write(scope, once(f"away:{view['id']}", service.keep, now=now), person_id, **chosen, now=now)
    if said is None:  # sent twice
        await ack()
    else:
        await ack(response_action="update", view=views.done(views.said(said)))


async def take_back(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond, db: Database, scope: Scope,
                    now: datetime, person_id: str) -> None:  # fmt: skip
    """*Undo* under days off, *Take back* beside those that are planned."""
    said = await db.write(scope, service.take_back, int(action["value"]), person_id=person_id, now=now)
    await _show(said, body, client, respond, db, scope, person_id, now)
    await ack()


async def take_again(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond, db: Database, scope: Scope,
                     now: datetime, person_id: str) -> None:  # fmt: skip
    """*Undo* under days off that were taken back."""
    first, last = views.read_days(action["value"])
    said = await db.write(scope, service.say, person_id, first, last, now=now)
    await _show(said, body, client, respond, db, scope, person_id, now)
    await ack()


async def _show(said: Said, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond, db: Database, scope: Scope, person_id: str,
                now: datetime) -> None:  # fmt: skip
    """In the place of what was pressed: the message, the form as it stands now, or the form's answer."""
    view = body.get("view") or {}
    if not view:
        await respond(**shown(views.said(said)), replace_original=True)
    elif view.get("callback_id") == views.FORM:
        mine = await db.read(scope, service.mine, person_id, now=now)
        await client.views_update(view_id=view["id"], view=views.form(mine))
    else:
        await client.views_update(view_id=view["id"], view=views.done(views.said(said)))


async def offer_zones(
    ack: AsyncAck, payload: dict[str, Any], db: Database, scope: Scope, now: datetime, person_id: str
) -> None:
    """Zones, while somebody types; Slack's own first."""
    mine = await db.read(scope, service.mine, person_id, now=now)
    slack = places.Place(views.SLACK, f"As Slack says: {views.zone_words(mine.slack_zone)}")
    found = await asyncio.to_thread(places.zones, str(payload.get("value") or ""))
    await ack(options=views.offered(found, first=slack))


async def offer_countries(ack: AsyncAck, payload: dict[str, Any]) -> None:
    """Countries and parts of them, while somebody types."""
    await ack(options=views.offered(await asyncio.to_thread(places.countries, str(payload.get("value") or ""))))


def register(app: AsyncApp) -> None:
    """Days off and hours."""
    app.command("/rowbot", matchers=[first_word("away")])(hear_words)
    app.action(views.OPEN)(open_form)
    app.view(views.FORM)(save)
    app.action(views.TAKE_BACK)(take_back)
    app.action(views.AGAIN)(take_again)
    app.options(views.ZONE)(offer_zones)
    app.options(views.COUNTRY)(offer_countries)
