"""Hears the page of teams: making, changing, merging, deleting."""

from datetime import datetime
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BadInput
from bot.features.admin import team_views, teams, views
from bot.features.admin.listeners.pages import screen_of
from bot.features.teams import organising, service, usergroups
from bot.features.teams.organising import FIELD_GROUP, TeamDraft
from bot.slack.bolt import once
from bot.slack.directory import Directory
from storage.database import Database
from storage.unit_of_work import Scope

#: Members that nobody has met yet are looked up while an admin waits, so many at the most.
LOOKUPS = 20


async def open_new(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, db: Database, scope: Scope, person_id: str,
                   directory: Directory) -> None:  # fmt: skip
    """*New team*."""
    await directory.person(person_id, fresh=True)
    await _open_form(0, body, client, db, scope, person_id)
    await ack()


async def choose(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient, db: Database,
                 scope: Scope, now: datetime, person_id: str, directory: Directory) -> None:  # fmt: skip
    """What can be done with a team; *Find a team…* opens its form."""
    verb, team_id = team_views.read_choice(action)
    await directory.person(person_id, fresh=True)
    view, place = body["view"], views.read_place(body["view"])
    if verb == "delete":
        name = await db.write(scope, organising.delete, team_id, person_id=person_id, now=now)
        screen = screen_of(context, client, scope)
        await screen.show(view["id"], view["root_view_id"], place, notice=team_views.deleted(name))
    elif verb == "merge":
        team, others = await db.read(scope, teams.to_merge, team_id, person_id=person_id)
        form = team_views.merge_form(team, others, offset=place["offset"])
        await client.views_push(trigger_id=body["trigger_id"], view=form)
    else:
        await _open_form(team_id, body, client, db, scope, person_id)
    await ack()


async def _open_form(
    team_id: int, body: dict[str, Any], client: AsyncWebClient, db: Database, scope: Scope, person_id: str
) -> None:
    team, members = await db.read(scope, teams.team, team_id, person_id=person_id)
    groups = await usergroups.read_groups(client, patience=usergroups.PATIENCE)
    form = team_views.form(team, members, groups, offset=views.read_place(body["view"])["offset"])
    await client.views_push(trigger_id=body["trigger_id"], view=form)


async def save(ack: AsyncAck, view: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient, db: Database, scope: Scope, now: datetime,
               event_key: str, person_id: str, directory: Directory) -> None:  # fmt: skip
    """*Save* in the form of a team: back to the list, which shows it."""
    place, typed = views.read_place(view), team_views.read_form(view["state"]["values"])
    await directory.person(person_id, fresh=True)
    unchosen = team_views.as_filled(view, typed)
    if typed["user_group_id"]:
        unchosen.discard("members")  # they come from the group, whatever the field says
    typed["members"] = await _members(typed, client, db, scope, directory)
    draft = TeamDraft(**{name: None if name in unchosen else value for name, value in typed.items()})
    await db.write(scope, once(event_key, organising.save, now=now), place["team"], draft, person_id=person_id, now=now)
    await screen_of(context, client, scope).show(view["previous_view_id"], view["root_view_id"], place)
    await ack()


async def _members(
    typed: dict[str, Any], client: AsyncWebClient, db: Database, scope: Scope, directory: Directory
) -> tuple[str, ...]:
    """Who is to be in the team: those chosen by hand, or those in its user group who are present members."""
    group_id = typed["user_group_id"]
    told = await usergroups.read_members(client, group_id) if group_id else typed["members"]
    if told is None:
        raise BadInput(
            "Slack does not tell who is in that group: it may not be in use any more. Choose another one, or none.",
            field=FIELD_GROUP,
        )
    people = {person for person in (*told, typed["lead_id"]) if person}
    for person_id in (await db.read(scope, service.unknown_of, {"": people}))[:LOOKUPS]:
        await directory.person(person_id)
    return await db.read(scope, service.present_of, told) if group_id else tuple(told)


async def merge(ack: AsyncAck, view: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient, db: Database, scope: Scope, now: datetime,
                event_key: str, person_id: str, directory: Directory) -> None:  # fmt: skip
    """*Merge*."""
    place = views.read_place(view)
    await directory.person(person_id, fresh=True)
    await db.write(
        scope,
        once(event_key, organising.merge, now=now),
        place["team"],
        team_views.read_into(view),
        person_id=person_id,
        now=now,
    )
    await screen_of(context, client, scope).show(view["previous_view_id"], view["root_view_id"], place)
    await ack()


def register(app: AsyncApp) -> None:
    """The page of teams and its forms."""
    app.action(team_views.NEW)(open_new)
    app.action(team_views.MENU)(choose)
    app.action(team_views.FIND)(choose)
    app.view(team_views.FORM)(save)
    app.view(team_views.MERGE_FORM)(merge)
