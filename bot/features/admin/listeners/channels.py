"""Hears the page of channels: modes are chosen where they stand."""

from datetime import datetime
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.features.admin import channel_views, channels, views
from bot.features.admin.listeners.pages import screen_of
from bot.features.admin.shown import Page
from bot.slack.directory import Directory
from storage.channels import ChannelMode
from storage.database import Database
from storage.unit_of_work import Scope


async def set_mode(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient, db: Database,
                   scope: Scope, now: datetime, person_id: str, directory: Directory) -> None:  # fmt: skip
    """The mode of one channel."""
    await directory.person(person_id, fresh=True)
    view, eyes = body["view"], Scope(scope.workspace_id, await directory.viewer(person_id))
    channel_id, mode = channel_views.read_channel(action)
    await db.write(eyes, channels.set_mode, channel_id, mode, person_id=person_id, now=now)
    await screen_of(context, client, eyes).show(view["id"], view["root_view_id"], views.read_place(view))
    await ack()


async def set_default(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient,
                      db: Database, scope: Scope, now: datetime, person_id: str, directory: Directory) -> None:  # fmt: skip
    """The mode where nobody chose one."""
    await directory.person(person_id, fresh=True)
    mode = ChannelMode(action["selected_option"]["value"])
    await db.write(scope, channels.set_default, mode, person_id=person_id, now=now)
    view, eyes = body["view"], Scope(scope.workspace_id, await directory.viewer(person_id))
    await screen_of(context, client, eyes).show(view["id"], view["root_view_id"], views.read_place(view))
    await ack()


async def find(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient, scope: Scope,
               person_id: str, directory: Directory) -> None:  # fmt: skip
    """*Find a channel…*: that one alone. Who is inside a private one is read from Slack first."""
    channel_id = action["selected_conversation"]
    if (await directory.channel(channel_id)).get("is_private"):
        await directory.read_members(channel_id)
    view, eyes = body["view"], Scope(scope.workspace_id, await directory.viewer(person_id))
    place = {"page": Page.CHANNELS.value, "found": channel_id}
    await screen_of(context, client, eyes).show(view["id"], view["root_view_id"], place)
    await ack()


def register(app: AsyncApp) -> None:
    """The page of channels."""
    app.action(channel_views.SET_MODE)(set_mode)
    app.action(channel_views.SET_DEFAULT)(set_default)
    app.action(channel_views.FIND)(find)
