"""Hears `/rowbot backfill`, and what is pressed in the message about it and in the review of what was found."""

import asyncio
from datetime import datetime
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.features.announcements import backfill_views as views
from bot.features.announcements import backfilling, reviewing
from bot.features.announcements.service import Means
from bot.slack.bolt import first_word, rest_of, shown
from bot.slack.directory import Directory
from storage.channels import Channel
from storage.database import Database
from storage.unit_of_work import Scope

Body = dict[str, Any]


async def command_backfill(
    ack: AsyncAck, command: Body, db: Database, scope: Scope, now: datetime, person_id: str, directory: Directory
) -> None:
    """`/rowbot backfill #channel 90d`."""
    request = backfilling.read_request(rest_of(command), here=str(command["channel_id"]))
    channel_id = await db.read(scope, backfilling.find_channel, request)
    channel = await directory.channel(channel_id) if channel_id else {}
    eyes = await _eyes(scope, directory, person_id, channel_id if channel.get("is_private") else "")
    how, said = await db.write(eyes, backfilling.begin, channel_id, request.days, person_id=person_id, now=now)
    await ack(**shown(views.begun(how, said)))


async def review(ack: AsyncAck, action: Body, body: Body, client: AsyncWebClient, db: Database, scope: Scope, now: datetime, person_id: str,
                 directory: Directory) -> None:  # fmt: skip
    """*Review*: what was found."""
    eyes = await _eyes_for(
        db, scope, directory, person_id, await db.read(scope, backfilling.channel_of, int(action["value"]))
    )
    view = await _sheet(db, eyes, int(action["value"]), 0, person_id, now)
    await client.views_open(trigger_id=body["trigger_id"], view=view)
    await ack()


async def turn_page(ack: AsyncAck, action: Body, body: Body, client: AsyncWebClient, db: Database, scope: Scope, now: datetime, person_id: str,
                    directory: Directory) -> None:  # fmt: skip
    """*Earlier*, *Later*."""
    eyes = await _eyes_for(
        db, scope, directory, person_id, await db.read(scope, backfilling.channel_of, int(action["value"]))
    )
    await _redraw(client, body, db, eyes, person_id, now, by=1 if action["action_id"] == views.LATER else -1)
    await ack()


async def decide_all(ack: AsyncAck, action: Body, body: Body, client: AsyncWebClient, db: Database, scope: Scope, now: datetime, person_id: str,
                     directory: Directory) -> None:  # fmt: skip
    """*Stop*, *Go on*, *Register all sure ones*."""
    units = {
        views.STOP: backfilling.stop,
        views.GO_ON: backfilling.resume,
        views.REGISTER_SURE: reviewing.accept_sure,
    }
    unit = units[action["action_id"]]
    eyes = await _eyes_for(
        db, scope, directory, person_id, await db.read(scope, backfilling.channel_of, int(action["value"]))
    )
    await db.write(eyes, unit, int(action["value"]), person_id=person_id, now=now)
    await _redraw(client, body, db, eyes, person_id, now)
    await ack()


async def register_finding(ack: AsyncAck, action: Body, body: Body, client: AsyncWebClient, db: Database, scope: Scope, now: datetime, person_id: str,
                           directory: Directory, means: Means) -> None:  # fmt: skip
    """*Register*."""
    number = int(action["value"])
    eyes = await _eyes_for(
        db, scope, directory, person_id, await db.read(scope, backfilling.channel_of_finding, number)
    )
    _, heard = await db.read(eyes, reviewing.to_register, number, person_id=person_id)
    if heard is not None:
        probe = await asyncio.to_thread(means.matcher.probe, heard.draft.title, heard.draft.summary)
        await db.write(eyes, reviewing.register, number, heard, probe, means, person_id=person_id, now=now)
    await _redraw(client, body, db, eyes, person_id, now)
    await ack()


async def decide(ack: AsyncAck, action: Body, body: Body, client: AsyncWebClient, db: Database, scope: Scope, now: datetime, person_id: str,
                 directory: Directory) -> None:  # fmt: skip
    """*Leave out*, *Take back*."""
    unit = reviewing.take_back if action["action_id"] == views.TAKE_BACK else reviewing.leave_out
    number = int(action["value"])
    eyes = await _eyes_for(
        db, scope, directory, person_id, await db.read(scope, backfilling.channel_of_finding, number)
    )
    await db.write(eyes, unit, number, person_id=person_id, now=now)
    await _redraw(client, body, db, eyes, person_id, now)
    await ack()


async def _redraw(
    client: AsyncWebClient, body: Body, db: Database, eyes: Scope, person_id: str, now: datetime, *, by: int = 0
) -> None:
    """Let an open review show what is true now; the message about the reading follows by the outbox."""
    view = body.get("view")
    if view:
        backfill_id, page = views.read_place(view)
        await client.views_update(
            view_id=view["id"], view=await _sheet(db, eyes, backfill_id, page + by, person_id, now)
        )


async def _sheet(db: Database, eyes: Scope, backfill_id: int, page: int, person_id: str, now: datetime) -> Body:
    return views.review(await db.read(eyes, reviewing.sheet, backfill_id, page, person_id=person_id, now=now))


async def _eyes_for(db: Database, scope: Scope, directory: Directory, person_id: str, channel: Channel | None) -> Scope:
    return await _eyes(scope, directory, person_id, channel.id if channel is not None and channel.is_private else "")


async def _eyes(scope: Scope, directory: Directory, person_id: str, private_id: str) -> Scope:
    """A person's eyes; who is in this private channel is asked of Slack now."""
    await directory.person(person_id, fresh=True)
    if private_id:
        await directory.read_members(private_id)
    return Scope(scope.workspace_id, await directory.viewer(person_id))


def register(app: AsyncApp) -> None:
    """The past of a channel."""
    app.command("/rowbot", matchers=[first_word("backfill")])(command_backfill)
    app.action(views.REVIEW)(review)
    for action in (views.EARLIER, views.LATER):
        app.action(action)(turn_page)
    for action in (views.STOP, views.GO_ON, views.REGISTER_SURE):
        app.action(action)(decide_all)
    app.action(views.REGISTER)(register_finding)
    for action in (views.LEAVE_OUT, views.TAKE_BACK):
        app.action(action)(decide)
