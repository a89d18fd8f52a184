"""Hears what people press in the group messages of their meetings. What came of a meeting is heard by the announcements, whose replies follow."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.features.syncs import meeting_views as views
from bot.features.syncs import meetings
from bot.slack.directory import Directory
from storage.database import Database
from storage.unit_of_work import Scope, UnitOfWork

_CHANGES: Final[dict[str, Callable[..., None]]] = {
    views.CAN: meetings.pick, views.CANNOT: meetings.unpick, views.FIX: meetings.fix, views.OTHERS: meetings.others, views.NO_MEETING: meetings.no_meeting,
    views.NOT_YET: meetings.not_yet,
}  # fmt: skip


async def press(ack: AsyncAck, action: dict[str, Any], db: Database, scope: Scope, now: datetime, person_id: str,
                directory: Directory) -> None:  # fmt: skip
    """*I can*, *I can’t after all*, *Fix this one*, *None suits*, *No meeting*, *Not yet*: the messages follow by the outbox."""
    await directory.person(person_id, fresh=True)
    eyes = Scope(scope.workspace_id, await directory.viewer(person_id))
    number, where = views.read_value(action["value"])
    await db.write(eyes, pressed, action["action_id"], number, **where, person_id=person_id, now=now)
    await ack()


def pressed(uow: UnitOfWork, /, action_id: str, number: int, *, person_id: str, now: datetime, **where: int) -> None:
    """What one of these buttons does with its slot or meeting; ``where`` it stood, as its value says."""
    _CHANGES[action_id](uow, number, person_id=person_id, now=now, **where)


async def open_outcome(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], client: AsyncWebClient, db: Database, scope: Scope, now: datetime,
                       person_id: str, directory: Directory) -> None:  # fmt: skip
    """*We talked*: the form."""
    eyes = Scope(scope.workspace_id, await directory.viewer(person_id))
    card = await db.read(eyes, meetings.asked, int(action["value"]), person_id=person_id, now=now)
    await client.views_open(trigger_id=body["trigger_id"], view=views.outcome_form(card))
    await ack()


def register(app: AsyncApp) -> None:
    """Meetings."""
    for action_id in _CHANGES:
        app.action(action_id)(press)
    app.action(views.TALKED)(open_outcome)
