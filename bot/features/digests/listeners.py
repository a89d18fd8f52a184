"""Hears `/rowbot digest`, and what is pressed about a digest."""

from datetime import datetime
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BadInput
from bot.features.digests import service, timing, views
from bot.slack.bolt import first_word, rest_of, shown
from bot.slack.directory import Directory
from storage.database import Database
from storage.unit_of_work import Scope

Body = dict[str, Any]

_HOW: Final = "`/rowbot digest` shows it, `on monday 9:00` and `off` behind that turn it on and off, `now` shows you what it would say."


async def command_digest(
    ack: AsyncAck, command: Body, db: Database, scope: Scope, now: datetime, person_id: str, directory: Directory
) -> None:
    """`/rowbot digest [on [DAY] [TIME]|off|now]`."""
    word, _, rest = rest_of(command).partition(" ")
    here = str(command["channel_id"])
    if here.startswith("D"):
        raise BadInput("Type this in the channel that it is about; a digest is posted in a channel.")
    eyes = await _eyes(scope, directory, person_id, here)
    match word.lower():
        case "":
            drawn = views.state(await db.read(eyes, service.show, here, person_id=person_id))
        case "on":
            weekly = timing.read(rest) if rest.strip() else None
            drawn = views.state(await db.write(eyes, service.turn_on, here, weekly, person_id=person_id, now=now))
        case "off":
            drawn = views.state(await db.write(eyes, service.turn_off, here, person_id=person_id, now=now))
        case "now" | "preview":
            drawn = views.preview(*await db.read(eyes, service.preview, here, person_id=person_id, now=now))
        case _:
            raise BadInput(_HOW)
    await ack(**shown(drawn))


async def turn_on(ack: AsyncAck, action: Body, respond: AsyncRespond, db: Database, scope: Scope, now: datetime, person_id: str,
                  directory: Directory) -> None:  # fmt: skip
    """*Turn on*."""
    eyes = await _eyes(scope, directory, person_id, action["value"])
    state = await db.write(eyes, service.turn_on, action["value"], None, person_id=person_id, now=now)
    await respond(**shown(views.state(state)), replace_original=True)
    await ack()


async def turn_off(ack: AsyncAck, action: Body, body: Body, respond: AsyncRespond, db: Database, scope: Scope, now: datetime, person_id: str,
                   directory: Directory) -> None:  # fmt: skip
    """*Turn off*, in what one person sees or in a digest itself."""
    eyes = await _eyes(scope, directory, person_id, action["value"])
    state = await db.write(eyes, service.turn_off, action["value"], person_id=person_id, now=now)
    await respond(**shown(views.state(state)), replace_original=bool(body["container"].get("is_ephemeral")))
    await ack()


async def preview(ack: AsyncAck, action: Body, respond: AsyncRespond, db: Database, scope: Scope, now: datetime, person_id: str,
                  directory: Directory) -> None:  # fmt: skip
    """*Preview*."""
    eyes = await _eyes(scope, directory, person_id, action["value"])
    drawn = views.preview(*await db.read(eyes, service.preview, action["value"], person_id=person_id, now=now))
    await respond(**shown(drawn), replace_original=False)
    await ack()


async def open_form(ack: AsyncAck, action: Body, body: Body, client: AsyncWebClient, db: Database, scope: Scope, person_id: str,
                    directory: Directory) -> None:  # fmt: skip
    """*Change…*."""
    eyes = await _eyes(scope, directory, person_id, action["value"])
    state = await db.read(eyes, service.show, action["value"], person_id=person_id)
    await client.views_open(trigger_id=body["trigger_id"], view=views.form(state))
    await ack()


async def choose(
    ack: AsyncAck, view: Body, db: Database, scope: Scope, now: datetime, person_id: str, directory: Directory
) -> None:
    """The form: what is true now stands in its place."""
    channel_id, weekly = views.read_form(view)
    eyes = await _eyes(scope, directory, person_id, channel_id)
    state = await db.write(eyes, service.turn_on, channel_id, weekly, person_id=person_id, now=now)
    await ack(response_action="update", view=views.chosen(state))


async def _eyes(scope: Scope, directory: Directory, person_id: str, channel_id: str) -> Scope:
    """A person's eyes; what kind of a channel this is, and who is in a private one, is asked of Slack now."""
    await directory.person(person_id, fresh=True)
    if (await directory.channel(channel_id)).get("is_private"):
        await directory.read_members(channel_id)
    return Scope(scope.workspace_id, await directory.viewer(person_id))


def register(app: AsyncApp) -> None:
    """Digests."""
    app.command("/rowbot", matchers=[first_word("digest")])(command_digest)
    app.action(views.TURN_ON)(turn_on)
    app.action(views.TURN_OFF)(turn_off)
    app.action(views.PREVIEW)(preview)
    app.action(views.CHANGE)(open_form)
    app.view(views.FORM)(choose)
