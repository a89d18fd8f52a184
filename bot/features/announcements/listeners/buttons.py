"""Hears what authors press: not an initiative, undo, the quiet questions."""

import asyncio
from datetime import datetime
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.features.announcements import owning, service, views
from bot.features.announcements.detector import Kind
from bot.features.announcements.heard import Heard
from bot.features.announcements.reading import fingerprint, links, read
from bot.features.announcements.service import Means
from bot.features.initiatives import service as initiatives
from bot.features.initiatives import views as initiative_views
from bot.slack import blocks as b
from bot.slack.bolt import shown
from bot.slack.directory import Directory
from storage.announcements import Announcement
from storage.database import Database
from storage.unit_of_work import Scope, UnitOfWork


async def dismiss(ack: AsyncAck, action: dict[str, Any], respond: AsyncRespond, body: dict[str, Any], db: Database, scope: Scope, now: datetime,
                  person_id: str, directory: Directory) -> None:  # fmt: skip
    """*Not an initiative*."""
    await directory.person(person_id)
    card = await db.write(scope, service.dismiss, int(action["value"]), person_id=person_id, now=now)
    await _follow_ephemeral(
        respond, body, initiative_views.changed(card, "is off the registry.", undo=(views.RESTORE, action["value"]))
    )
    await ack()


async def restore(ack: AsyncAck, action: dict[str, Any], respond: AsyncRespond, body: dict[str, Any], db: Database, scope: Scope, now: datetime,
                  person_id: str, directory: Directory) -> None:  # fmt: skip
    """*Undo*: it is one after all."""
    await directory.person(person_id)
    card = await db.write(scope, service.restore, int(action["value"]), person_id=person_id, now=now)
    await _follow_ephemeral(respond, body, initiative_views.changed(card, "is in the registry again."))
    await ack()


async def _follow_ephemeral(respond: AsyncRespond, body: dict[str, Any], message: b.Message) -> None:
    """What only one person sees is changed by its response_url; the reply in the thread follows by the outbox."""
    if body.get("container", {}).get("is_ephemeral"):
        await respond(**shown(message), replace_original=True)


async def accept(
    ack: AsyncAck,
    action: dict[str, Any],
    respond: AsyncRespond,
    db: Database,
    scope: Scope,
    now: datetime,
    person_id: str,
    means: Means,
) -> None:
    """*Register it*."""
    announcement = await db.read(scope, service.asked_text, int(action["value"]))
    heard = heard_of(announcement)
    probe = await asyncio.to_thread(means.matcher.probe, heard.draft.title, heard.draft.summary)
    card = await db.write(scope, service.accept, announcement.id, heard, probe, means, person_id=person_id, now=now)
    if respond.response_url:  # there is none in the App Home, which is drawn anew by itself
        await respond(**shown(initiative_views.changed(card, "is in the registry.")), replace_original=True)
    await ack()


def heard_of(row: Announcement) -> Heard:
    """The message that somebody was asked about, read again; its author says that it is one."""
    return Heard(channel_id=row.channel_id, ts=row.ts, author_id=row.author_id, text=row.text, kind=Kind.SURE, draft=read(row.text),
                 fingerprint=fingerprint(row.text), links=tuple(links(row.text)), is_private=False, is_shared=None, edited_ts=row.edited_ts)  # fmt: skip


async def decline(
    ack: AsyncAck,
    action: dict[str, Any],
    respond: AsyncRespond,
    db: Database,
    scope: Scope,
    now: datetime,
    person_id: str,
) -> None:
    """*No*, or *Never ask me in this channel*."""
    mute = action["action_id"] == views.MUTE
    await db.write(scope, service.decline, int(action["value"]), person_id=person_id, mute=mute, now=now)
    if not respond.response_url:
        pass
    elif mute:
        await respond(
            text="I won't ask you in this channel again. `New initiative: …` still counts.", replace_original=True
        )
    else:
        await respond(delete_original=True)
    await ack()


async def choose_team(ack: AsyncAck, action: dict[str, Any], respond: AsyncRespond, db: Database, scope: Scope, now: datetime, person_id: str,
                      directory: Directory) -> None:  # fmt: skip
    """A team from the list."""
    initiative_id, _, team_id = action["selected_option"]["value"].partition(".")
    own = Scope(scope.workspace_id, await directory.viewer(person_id))
    card = await db.write(own, owning.set_team, int(initiative_id), int(team_id), person_id=person_id, now=now)
    await respond(**shown(views.team_set(card)), replace_original=True)
    await ack()


async def open_team_form(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], client: AsyncWebClient, db: Database, scope: Scope, person_id: str,
                         directory: Directory) -> None:  # fmt: skip
    """*Another team…*."""
    own = Scope(scope.workspace_id, await directory.viewer(person_id))
    view = await db.read(own, team_view, int(action["value"]), person_id, body.get("response_url") or "")
    await client.views_open(trigger_id=body["trigger_id"], view=view)
    await ack()


def team_view(uow: UnitOfWork, initiative_id: int, person_id: str, response_url: str) -> dict[str, Any]:
    """The form that names a team."""
    return views.team_form(
        initiatives.card(uow, initiatives.require_mine(uow, initiative_id, person_id)), response_url=response_url
    )


async def name_team(
    ack: AsyncAck, view: dict[str, Any], db: Database, scope: Scope, now: datetime, person_id: str, directory: Directory
) -> None:
    """The name of a team that was not in the list."""
    name = initiative_views.read_form(view["state"]["values"])["team_name"]
    own = Scope(scope.workspace_id, await directory.viewer(person_id))
    card = await db.write(
        own, owning.set_team, initiative_views.read_id(view), None, team_name=name, person_id=person_id, now=now
    )
    await ack()
    if url := views.read_response_url(view):
        await AsyncRespond(response_url=url)(**shown(views.team_set(card)), replace_original=True)


def register(app: AsyncApp) -> None:
    """The author's buttons."""
    app.action(views.DISMISS)(dismiss)
    app.action(views.RESTORE)(restore)
    app.action(views.REGISTER)(accept)
    app.action(views.DECLINE)(decline)
    app.action(views.MUTE)(decline)
    app.action(views.SET_TEAM)(choose_team)
    app.action(views.NAME_TEAM)(open_team_form)
    app.view(views.TEAM_FORM)(name_team)
