"""Hears the form: opened by command, shortcut or button; checked against the registry; saved."""

import asyncio
from datetime import datetime
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BadInput
from bot.features.announcements import answer, filling, loudness, overlapping, owning, service, views
from bot.features.announcements.filling import Form
from bot.features.announcements.reading import read, text_of
from bot.features.announcements.service import Means
from bot.features.capabilities import service as capabilities
from bot.features.initiatives import service as initiatives
from bot.features.initiatives import views as initiative_views
from bot.features.initiatives.card import Card
from bot.features.initiatives.service import Draft
from bot.features.overlaps.said import Candidate
from bot.slack.bolt import first_word, once, rest_of, shown
from bot.slack.directory import Directory
from storage.announcements import AnnouncementState, Door
from storage.database import Database
from storage.initiatives import Status
from storage.teams import Team
from storage.unit_of_work import Scope, UnitOfWork

Choices = tuple[list[Team], list[tuple[str, str]]]


def choices(uow: UnitOfWork) -> Choices:
    """What the form's menus offer."""
    return uow.teams.all(), capabilities.choices(uow)


def starting_values(uow: UnitOfWork, person_id: str, text: str) -> dict[str, Any]:
    """The form as it opens: what a text says, and whose team the person is in."""
    reading = read(text) if text else None
    mine = uow.teams.of(person_id)
    named = uow.teams.by_name(reading.team) if reading is not None and reading.team else None
    team = named or (mine[0] if mine else None)
    return {
        "title": reading.title if reading else "", "summary": reading.summary if reading and reading.summary != reading.title else "",
        "team_id": team.id if team else None, "lead_id": (reading.lead if reading else "") or person_id,
        "url": reading.url if reading and "url" in reading.labels else "", "status": Status.PROPOSED.value,
    }  # fmt: skip


async def open_form(
    ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, db: Database, scope: Scope, person_id: str
) -> None:
    """`/rowbot announce [text]`, the global shortcut, or a button: the empty form, or filled from the text."""
    text = rest_of(body) if "command" in body else ""
    values = await db.read(scope, starting_values, person_id, text)
    if body.get("channel_id", "").startswith(("C", "G")):
        # A group message is no channel to announce in.
        values["channel_id"] = (
            "" if str(body.get("channel_name")).startswith(("directmessage", "mpdm-")) else body["channel_id"]
        )
    teams, known = await db.read(scope, choices)
    await client.views_open(
        trigger_id=body["trigger_id"], view=views.announce_form(values, teams=teams, capabilities=known)
    )
    await ack()


async def open_from_message(ack: AsyncAck, shortcut: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient, db: Database, scope: Scope,
                            person_id: str) -> None:  # fmt: skip
    """*Register as initiative* on a message: the form, filled from it."""
    message, channel = shortcut["message"], shortcut["channel"]
    if message.get("bot_id") == context.bot_id or message.get("user") == context.bot_user_id:
        raise BadInput("That message is mine. Use this on the message that announces the work.")
    await db.read(scope, loudness.require_heard, channel["id"])
    card = await db.read(scope, registered_card, channel["id"], message["ts"])
    if card is not None:
        await client.views_open(trigger_id=shortcut["trigger_id"], view=views.known_already(card))
    else:
        author = "" if message.get("bot_id") else str(message.get("user") or "")
        values = await db.read(scope, starting_values, author or person_id, text_of(message))
        source = {
            "channel": channel["id"],
            "ts": message["ts"],
            "author": author,
            "kind": str(channel.get("name") or ""),
        }
        teams, known = await db.read(scope, choices)
        await client.views_open(
            trigger_id=shortcut["trigger_id"],
            view=views.announce_form(values, teams=teams, capabilities=known, source=source),
        )
    await ack()


def registered_card(uow: UnitOfWork, channel_id: str, ts: str) -> Card | None:
    """The card of the initiative that a message announced, if it is registered and everybody there may see it."""
    row = uow.announcements.at(channel_id, ts)
    if row is None or row.state is not AnnouncementState.REGISTERED or row.initiative_id is None:
        return None
    eyes = uow.seen_by(answer.audience_of_channel(uow, channel_id))
    initiative = eyes.initiatives.get(row.initiative_id)
    return initiatives.card(eyes, initiative) if initiative is not None else None


def form_of(values: dict[str, Any], source: dict[str, str], *, person_id: str, key: str) -> Form:
    """A filled form as the service takes it."""
    kept = {name: value for name, value in values.items() if name != "channel_id"}
    draft = Draft(**{**kept, "status": Status(values["status"])})
    if not source:
        return Form(draft, person_id, key, channel_id=values.get("channel_id", ""), audience=None)
    # A direct message belongs to the two who are in it.
    own = person_id if source["kind"] == "directmessage" or source["channel"].startswith("D") else None
    return Form(draft, person_id, key, channel_id="" if own else source["channel"], ts="" if own else source["ts"], author_id=source["author"],
                audience=own, door=Door.SHORTCUT)  # fmt: skip


async def check_form(
    ack: AsyncAck,
    view: dict[str, Any],
    db: Database,
    scope: Scope,
    now: datetime,
    person_id: str,
    means: Means,
    directory: Directory,
) -> None:
    """*Continue*: show who works on something like it; where nobody does, save at once."""
    values, source = initiative_views.read_form(view["state"]["values"]), views.read_source(view)
    form = form_of(values, source, person_id=person_id, key=view["id"])
    await _check_channel(form, source, directory, db, scope, now)
    await directory.person(form.draft.lead_id or person_id)
    probe = await asyncio.to_thread(means.matcher.probe, form.draft.title, form.draft.summary)
    eyes = Scope(scope.workspace_id, await directory.viewer(person_id))
    found = await db.read(eyes, filling.preview, form, probe, means, now=now)
    if found:
        shown = [Candidate(card, reasons) for card, reasons in found]
        await ack(response_action="update", view=views.confirm_form(values, shown, source=source))
        return
    card = await db.write(scope, filling.register_form, form, probe, means, now=now)
    await ack(response_action="update", view=views.registered(card, channel_id=form.channel_id if not form.ts else ""))


async def _check_channel(
    form: Form, source: dict[str, str], directory: Directory, db: Database, scope: Scope, now: datetime
) -> None:
    if not form.channel_id:
        return
    channel = await directory.channel(form.channel_id)
    if source:
        if not channel:  # the bot cannot see it: then it is somebody's private place
            await db.write(scope, meet_private, form.channel_id)
        await db.read(scope, loudness.require_heard, form.channel_id)
        return
    name = f"#{channel['name']}" if channel.get("name") else "that channel"
    if not channel.get("is_member"):
        raise BadInput(
            f"I can't post in {name}: I am not a member. Invite me there with /invite @Rowbot, or leave this empty.",
            field=initiative_views.CHANNEL,
        )
    if channel.get("is_private"):
        await directory.read_members(form.channel_id)
        if form.channel_id not in await db.read(scope, inside_of, form.person_id, now):
            raise BadInput(
                "You are not a member of that channel, so you can't announce there.", field=initiative_views.CHANNEL
            )
    await db.read(scope, loudness.require_aloud, form.channel_id, name)


def inside_of(uow: UnitOfWork, person_id: str, now: datetime) -> frozenset[str]:
    """The private channels that somebody is in."""
    return uow.channels.private_of(person_id, now=now)


def meet_private(uow: UnitOfWork, channel_id: str) -> None:
    """A channel that the bot cannot see counts as private."""
    if uow.channels.get(channel_id) is None:
        uow.channels.meet(channel_id, is_private=True).is_member = False


async def save_form(
    ack: AsyncAck, view: dict[str, Any], db: Database, scope: Scope, now: datetime, person_id: str, means: Means
) -> None:
    """*Register it*, knowing what is similar."""
    form = form_of(views.read_confirmed(view), views.read_source(view), person_id=person_id, key=view["id"])
    probe = await asyncio.to_thread(means.matcher.probe, form.draft.title, form.draft.summary)
    card = await db.write(scope, filling.register_form, form, probe, means, now=now)
    await ack(response_action="update", view=views.registered(card, channel_id=form.channel_id if not form.ts else ""))


async def back_to_form(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, db: Database, scope: Scope) -> None:
    """*Change it*: from the matches back to the filled form."""
    view = body["view"]
    source = views.read_source(view)
    teams, known = await db.read(scope, choices)
    form = views.announce_form(views.read_confirmed(view), teams=teams, capabilities=known, source=source or None)
    await client.views_update(view_id=view["id"], hash=view["hash"], view=form)
    await ack()


async def open_edit(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient, db: Database, scope: Scope, person_id: str,
                    directory: Directory) -> None:  # fmt: skip
    """*Edit* under a reply."""
    await directory.person(person_id)
    view = await db.read(
        Scope(scope.workspace_id, await directory.viewer(person_id)),
        edit_view_of_announcement,
        int(action["value"]),
        person_id,
        _aside_url(body),
    )
    await client.views_open(trigger_id=body["trigger_id"], view=view)
    await ack()


def _aside_url(body: dict[str, Any]) -> str:
    """Where to change the message that a button stands under, if only one person sees it."""
    return str(body.get("response_url") or "") if body.get("container", {}).get("is_ephemeral") else ""


def edit_view_of_announcement(
    uow: UnitOfWork, announcement_id: int, person_id: str, response_url: str
) -> dict[str, Any]:
    """The filled form of an announced initiative."""
    row = service.require(uow, announcement_id)
    return edit_view(uow, row.initiative_id or 0, person_id, response_url)


def edit_view(uow: UnitOfWork, initiative_id: int, person_id: str, response_url: str = "") -> dict[str, Any]:
    """The filled form of an initiative that this person may change."""
    row = initiatives.require_mine(uow, initiative_id, person_id)
    card = initiatives.card(uow, row)
    teams, known = choices(uow)
    values = initiative_views.values_of(card, team_id=row.team_id, capabilities=row.capabilities, url=row.url)
    return initiative_views.edit_form(card, values, teams=teams, capabilities=known, response_url=response_url)


async def save_edit(ack: AsyncAck, view: dict[str, Any], db: Database, scope: Scope, now: datetime, event_key: str, person_id: str, means: Means,
                    directory: Directory) -> None:  # fmt: skip
    """*Save* in the form that changes an initiative."""
    values = initiative_views.read_form(view["state"]["values"])
    form = form_of(values, {}, person_id=person_id, key=view["id"])
    probe = await asyncio.to_thread(means.matcher.probe, form.draft.title, form.draft.summary)
    await directory.person(form.draft.lead_id or person_id)
    own = Scope(scope.workspace_id, await directory.viewer(person_id))
    await db.write(
        own,
        once(event_key, owning.edit, now=now),
        initiative_views.read_id(view),
        form.draft,
        probe,
        means,
        person_id=person_id,
        now=now,
    )
    await ack()
    if url := views.read_response_url(view):
        said = await db.write(own, overlapping.aside, initiative_views.read_id(view), person_id, now=now)
        if said is not None:
            await AsyncRespond(response_url=url)(**shown(views.aside(said)), replace_original=True)


def register(app: AsyncApp) -> None:
    """The form's doors and pages."""
    app.command("/rowbot", matchers=[first_word("announce", "new")])(open_form)
    app.shortcut(views.ANNOUNCE_SHORTCUT)(open_form)
    app.action(views.OPEN_FORM)(open_form)
    app.shortcut(views.MESSAGE_SHORTCUT)(open_from_message)
    app.view(views.FORM)(check_form)
    app.view(views.CONFIRM)(save_form)
    app.action(views.BACK)(back_to_form)
    app.action(views.EDIT)(open_edit)
    app.view(initiative_views.FORM)(save_edit)
