"""Hears `/rowbot report`, and what is pressed in a report."""

from datetime import datetime
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.features.reports import service, views
from bot.slack import blocks as b
from bot.slack import data_blocks as d
from bot.slack.bolt import first_word, once, rest_of, shown
from bot.slack.directory import Directory
from storage.database import Database
from storage.unit_of_work import Scope

_TAKEN: Final = 200


async def show(ack: AsyncAck, command: dict[str, Any], respond: AsyncRespond, db: Database, scope: Scope, now: datetime, person_id: str,
               directory: Directory) -> None:  # fmt: skip
    """`/rowbot report [overview] [PERIOD]`."""
    eyes = await _eyes(scope, directory, person_id)
    report = await db.read(eyes, service.overview, rest_of(command), person_id=person_id, now=now)
    await _answer(respond, views.overview(report), replace=False)
    await ack()


async def open_from_home(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, db: Database, scope: Scope, now: datetime, event_key: str,
                         person_id: str, directory: Directory) -> None:  # fmt: skip
    """The App Home's button: the report comes as a direct message, because a Home shows no charts."""
    eyes = await _eyes(scope, directory, person_id)
    report = await db.read(eyes, service.overview, "", person_id=person_id, now=now)
    await db.write(
        eyes, once(event_key, service.send_copy, now=now), report, person_id=person_id, key=event_key, now=now
    )
    await client.views_open(trigger_id=body["trigger_id"], view=views.on_its_way(report))
    await ack()


async def change_period(ack: AsyncAck, action: dict[str, Any], respond: AsyncRespond, db: Database, scope: Scope, now: datetime, person_id: str,
                        directory: Directory) -> None:  # fmt: skip
    """The period menu: the report is replaced in place."""
    eyes = await _eyes(scope, directory, person_id)
    word = action["selected_option"]["value"]
    report = await db.read(eyes, service.overview, word, person_id=person_id, now=now)
    await _answer(respond, views.overview(report), replace=True)
    await ack()


async def back(
    ack: AsyncAck,
    action: dict[str, Any],
    respond: AsyncRespond,
    db: Database,
    scope: Scope,
    person_id: str,
    directory: Directory,
) -> None:
    """From the rows back to the report."""
    eyes = await _eyes(scope, directory, person_id)
    report = await db.read(eyes, service.again, action["value"], person_id=person_id)
    await _answer(respond, views.overview(report), replace=True)
    await ack()


async def show_rows(ack: AsyncAck, action: dict[str, Any], respond: AsyncRespond, db: Database, scope: Scope, person_id: str,
                    directory: Directory) -> None:  # fmt: skip
    """The rows behind a figure, their next page, and those of the period before."""
    eyes = await _eyes(scope, directory, person_id)
    key = action["selected_option"]["value"] if "selected_option" in action else action["value"]
    page = await db.read(eyes, service.page, key, person_id=person_id)
    await _answer(respond, views.rows(page), replace=True)
    await ack()


async def send_file(ack: AsyncAck, action: dict[str, Any], respond: AsyncRespond, db: Database, scope: Scope, now: datetime, event_key: str,
                    person_id: str, directory: Directory) -> None:  # fmt: skip
    """The rows as a file. They are gathered by a reader, so that nobody's announcement waits for them."""
    eyes = await _eyes(scope, directory, person_id)
    file = await db.read(eyes, service.all_rows, action["value"], person_id=person_id)
    await db.write(eyes, once(event_key, service.send_file, now=now), file, person_id=person_id, key=event_key, now=now)
    await respond(**shown(views.file_coming(file)), replace_original=False)
    await ack()


async def send_copy(ack: AsyncAck, action: dict[str, Any], respond: AsyncRespond, db: Database, scope: Scope, now: datetime, event_key: str,
                    person_id: str, directory: Directory) -> None:  # fmt: skip
    """The report as a message that stays."""
    eyes = await _eyes(scope, directory, person_id)
    report = await db.read(eyes, service.again, action["value"], person_id=person_id)
    await db.write(
        eyes, once(event_key, service.send_copy, now=now), report, person_id=person_id, key=event_key, now=now
    )
    await respond(**shown(views.copy_coming(report)), replace_original=False)
    await ack()


async def _eyes(scope: Scope, directory: Directory, person_id: str) -> Scope:
    """What this person may see; whether they are an admin is asked first, so that the service decides on what Slack says today."""
    await directory.person(person_id, fresh=True)
    return Scope(scope.workspace_id, await directory.viewer(person_id))


async def _answer(respond: AsyncRespond, message: b.Message, *, replace: bool) -> None:
    """Answer in place. Slack nowhere says whether its tables and charts may stand in a message that one person sees, so a refusal is met with the same in words."""
    taken = await respond(**shown(message), replace_original=replace)
    if taken.status_code != _TAKEN:
        await respond(**shown(d.without_data(message)), replace_original=replace)


def register(app: AsyncApp) -> None:
    """Reports."""
    app.command("/rowbot", matchers=[first_word("report")])(show)
    app.action(views.OPEN)(open_from_home)
    app.action(views.PERIOD)(change_period)
    app.action(views.BACK)(back)
    for step in (views.ROWS, views.PAGE_BACK, views.PAGE_ON, views.OTHER_SIDE):
        app.action(step)(show_rows)
    app.action(views.CSV)(send_file)
    app.action(views.COPY)(send_copy)
