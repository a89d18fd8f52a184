"""Hears `/rowbot mine`: edit, hand over, close, withdraw, undo."""

from datetime import datetime
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.features.announcements import owning
from bot.features.announcements.listeners.forms import edit_view
from bot.features.initiatives import service as initiatives
from bot.features.initiatives import views
from bot.features.initiatives.card import Card
from bot.slack.bolt import first_word, once, shown
from bot.slack.directory import Directory
from storage.database import Database
from storage.initiatives import Status
from storage.unit_of_work import Scope, UnitOfWork


async def show_mine(ack: AsyncAck, db: Database, scope: Scope, person_id: str, directory: Directory) -> None:
    """What somebody leads or registered."""
    cards = await db.read(await _eyes(scope, directory, person_id), own_cards, person_id)
    await ack(**shown(views.mine(cards)))


def own_cards(uow: UnitOfWork, person_id: str) -> list[Card]:
    """One's own, as far as one may see it: who left a private channel does not see its work."""
    return initiatives.cards(uow, uow.initiatives.of(person_id))


async def manage(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond, db: Database, scope: Scope,
                 now: datetime, person_id: str, directory: Directory) -> None:  # fmt: skip
    """One of the things that can be done with an initiative."""
    verb, _, number = action["selected_option"]["value"].partition(":")
    await directory.person(person_id)
    eyes = await _eyes(scope, directory, person_id)
    if verb != "withdraw":
        view = await db.read(eyes, view_for, verb, int(number), person_id)
        await client.views_open(trigger_id=body["trigger_id"], view=view)
    else:
        at_home = not body.get("response_url")
        card = await db.write(eyes, owning.withdraw, int(number), person_id=person_id, by_message=at_home, now=now)
        if not at_home:
            await respond(**shown(views.withdrawn(card)), replace_original=False)
    await ack()


def view_for(uow: UnitOfWork, verb: str, initiative_id: int, person_id: str) -> dict[str, Any]:
    """The form behind an entry of the menu."""
    if verb == "edit":
        return edit_view(uow, initiative_id, person_id)
    card = initiatives.card(uow, initiatives.require_mine(uow, initiative_id, person_id))
    return views.close_form(card) if verb == "close" else views.hand_over_form(card)


async def bring_back(ack: AsyncAck, action: dict[str, Any], respond: AsyncRespond, db: Database, scope: Scope, now: datetime, person_id: str,
                     directory: Directory) -> None:  # fmt: skip
    """*Undo* of withdrawing."""
    card = await db.write(
        await _eyes(scope, directory, person_id), owning.bring_back, int(action["value"]), person_id=person_id, now=now
    )
    await respond(**shown(views.changed(card, "is in the registry again.")), replace_original=True)
    await ack()


async def close(ack: AsyncAck, view: dict[str, Any], db: Database, scope: Scope, now: datetime, event_key: str, person_id: str,
                directory: Directory) -> None:  # fmt: skip
    """How did it end?"""
    values = views.read_form(view["state"]["values"])
    await db.write(await _eyes(scope, directory, person_id), once(event_key, owning.close, now=now), views.read_id(view), Status(values["status"]),
                   person_id=person_id, lesson=values["lesson"], now=now)  # fmt: skip
    await ack()


async def reopen(ack: AsyncAck, action: dict[str, Any], respond: AsyncRespond, db: Database, scope: Scope, now: datetime, person_id: str,
                 directory: Directory) -> None:  # fmt: skip
    """*Undo* of closing."""
    number, status, drop_lesson = views.read_reopening(action["value"])
    eyes = await _eyes(scope, directory, person_id)
    card = await db.write(eyes, owning.reopen, number, status, drop_lesson=drop_lesson, person_id=person_id, now=now)
    await respond(**shown(views.changed(card, f"is {views.STATUS_WORDS[card.status]} again.")), replace_original=True)
    await ack()


async def hand_over(
    ack: AsyncAck,
    view: dict[str, Any],
    db: Database,
    scope: Scope,
    now: datetime,
    event_key: str,
    person_id: str,
    directory: Directory,
) -> None:
    """Who leads it from now on?"""
    to_id = views.read_form(view["state"]["values"])["lead_id"]
    await directory.person(to_id, fresh=True)
    eyes = await _eyes(scope, directory, person_id)
    await db.write(
        eyes, once(event_key, owning.hand_over, now=now), views.read_id(view), to_id, person_id=person_id, now=now
    )
    await ack()


async def _eyes(scope: Scope, directory: Directory, person_id: str) -> Scope:
    return Scope(scope.workspace_id, await directory.viewer(person_id))


def register(app: AsyncApp) -> None:
    """One's own initiatives."""
    app.command("/rowbot", matchers=[first_word("mine")])(show_mine)
    app.action(views.MANAGE)(manage)
    app.action(views.RESTORE)(bring_back)
    app.action(views.REOPEN)(reopen)
    app.view(views.CLOSE_FORM)(close)
    app.view(views.HAND_OVER_FORM)(hand_over)
