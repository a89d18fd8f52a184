"""Hears items: `/rowbot waiting`, and *I own this*, *Not mine…*, *Done* and the ways back, wherever they stand."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.features.items import service, views
from bot.features.items.card import ItemCard
from bot.features.items.service import Shown
from bot.slack.bolt import first_word, shown
from bot.slack.directory import Directory
from storage.database import Database
from storage.unit_of_work import Scope, UnitOfWork

_VERBS: Final[dict[str, Callable[..., ItemCard]]] = {
    views.OWN: service.own, views.DONE: service.done, views.REOPEN: service.reopen,
}  # fmt: skip


async def _eyes(scope: Scope, directory: Directory, person_id: str) -> Scope:
    await directory.person(person_id, fresh=True)
    return Scope(scope.workspace_id, await directory.viewer(person_id))


async def show_waiting(
    ack: AsyncAck, db: Database, scope: Scope, now: datetime, person_id: str, directory: Directory
) -> None:
    """`/rowbot waiting`."""
    found = await db.read(await _eyes(scope, directory, person_id), service.listed, person_id, now=now)
    await ack(**shown(views.waiting(found)))


def acted(uow: UnitOfWork, action_id: str, item_id: int, *, person_id: str, shown: Shown, now: datetime) -> ItemCard:
    """What one of these buttons does with its item."""
    return _VERBS[action_id](uow, item_id, person_id=person_id, shown=shown, now=now)


async def act(ack: AsyncAck, action: dict[str, Any], respond: AsyncRespond, db: Database, scope: Scope, now: datetime, person_id: str,
              directory: Directory, item_shown: Shown) -> None:  # fmt: skip
    """*I own this*, *Done*, *Not done yet*, *I still wait*: messages follow by the outbox, lists and notes are drawn anew."""
    item_id, mark = views.read_value(action["value"])
    eyes = await _eyes(scope, directory, person_id)
    card = await db.write(eyes, acted, action["action_id"], item_id, person_id=person_id, shown=item_shown, now=now)
    if mark == views.LIST:
        found = await db.read(eyes, service.listed, person_id, now=now)
        await respond(**shown(views.waiting(found)), replace_original=True)
    elif mark == views.NOTE:
        await respond(**shown(views.stands(card)), replace_original=True)
    await ack()


async def open_not_mine(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], client: AsyncWebClient, db: Database, scope: Scope, now: datetime,
                        person_id: str, directory: Directory) -> None:  # fmt: skip
    """*Not mine…*: the form."""
    eyes = await _eyes(scope, directory, person_id)
    card = await db.read(eyes, service.card_of, views.read_value(action["value"])[0], person_id=person_id, now=now)
    await client.views_open(trigger_id=body["trigger_id"], view=views.not_mine_form(card))
    await ack()


async def not_mine(ack: AsyncAck, view: dict[str, Any], db: Database, scope: Scope, now: datetime, person_id: str, directory: Directory,
                   item_shown: Shown) -> None:  # fmt: skip
    """The form, sent."""
    item_id, to, why = views.read_not_mine(view)
    if to:
        await directory.person(to, fresh=True)
    eyes = await _eyes(scope, directory, person_id)
    await db.write(eyes, service.not_mine, item_id, to=to, why=why, person_id=person_id, shown=item_shown, now=now)
    await ack()


def register(app: AsyncApp) -> None:
    """What people wait for."""
    app.command("/rowbot", matchers=[first_word("waiting")])(show_waiting)
    for action_id in _VERBS:
        app.action(action_id)(act)
    app.action(views.NOT_MINE)(open_not_mine)
    app.view(views.NOT_MINE_FORM)(not_mine)
