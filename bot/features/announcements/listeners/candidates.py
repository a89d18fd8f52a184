"""Hears what people press under a candidate. Whoever clicks is authorised again: only who may see both sides may speak of them."""

import asyncio
from datetime import datetime
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.features.announcements import overlapping
from bot.features.announcements import views as announcement_views
from bot.features.announcements.service import Means
from bot.features.initiatives.card import Card
from bot.features.overlaps import views
from bot.features.overlaps.service import Told
from bot.features.syncs import meeting_views
from bot.features.syncs import views as sync_views
from bot.slack.blocks import Message
from bot.slack.bolt import shown, thread_of
from bot.slack.directory import Directory
from storage.database import Database
from storage.overlaps import Verb
from storage.unit_of_work import Scope


async def _eyes(scope: Scope, directory: Directory, person_id: str) -> Scope:
    return Scope(scope.workspace_id, await directory.viewer(person_id))


async def not_related(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], respond: AsyncRespond, db: Database, scope: Scope, now: datetime,
                      person_id: str, directory: Directory) -> None:  # fmt: skip
    """*Not related*: never show these two to each other again."""
    await directory.person(person_id)
    eyes, pair = await _eyes(scope, directory, person_id), views.read_pair(action["value"])
    await db.write(eyes, overlapping.not_related, *pair, person_id=person_id, now=now)
    await _follow_aside(respond, body, db, eyes, pair[0], person_id, now)
    await ack()


async def undo(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], respond: AsyncRespond, db: Database, scope: Scope, now: datetime,
               person_id: str, directory: Directory) -> None:  # fmt: skip
    """*Undo*."""
    await directory.person(person_id, fresh=True)
    eyes, pair = await _eyes(scope, directory, person_id), views.read_pair(action["value"])
    await db.write(eyes, overlapping.undo, *pair, person_id=person_id, now=now)
    await _follow_aside(respond, body, db, eyes, pair[0], person_id, now)
    await ack()


async def join(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], respond: AsyncRespond, db: Database, scope: Scope, now: datetime,
               person_id: str, directory: Directory) -> None:  # fmt: skip
    """*Join forces*: recorded, and both leads are told."""
    await directory.person(person_id)
    eyes, pair = await _eyes(scope, directory, person_id), views.read_pair(action["value"])
    told = await db.write(eyes, overlapping.wish, *pair, Verb.JOIN, person_id=person_id, now=now)
    await _follow_aside(respond, body, db, eyes, pair[0], person_id, now)
    await respond(**shown(_confirmed(Verb.JOIN, told)), replace_original=False, thread_ts=thread_of(body))
    await ack()


async def sync(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], respond: AsyncRespond, db: Database, scope: Scope, now: datetime,
               person_id: str, directory: Directory) -> None:  # fmt: skip
    """*Sync the leads*, or *Set up a weekly check-in* in a lead's message: a check-in, or the wish for one."""
    pair = views.read_pair(action["value"])
    eyes = await _eyes(scope, directory, person_id)
    for each in dict.fromkeys([person_id, *await db.read(eyes, overlapping.leads_of, *pair)]):
        await directory.person(each, fresh=True)
    done = await db.write(eyes, overlapping.sync, *pair, person_id=person_id, now=now)
    await _follow_aside(respond, body, db, eyes, pair[0], person_id, now)
    drawn = _confirmed(Verb.SYNC, done) if isinstance(done, Told) else sync_views.arranged(done.card, again=done.again)
    await respond(**shown(drawn), replace_original=False, thread_ts=thread_of(body))
    await ack()


def _confirmed(verb: Verb, told: Told) -> Message:
    return views.confirmation(verb, leads=told.leads, leadless=told.leadless, withheld=told.withheld, unfit=told.unfit)


async def _follow_aside(
    respond: AsyncRespond, body: dict[str, Any], db: Database, eyes: Scope, mine_id: int, person_id: str, now: datetime
) -> None:
    """What only one person sees is changed by its response_url; replies in threads follow by the outbox."""
    if body.get("container", {}).get("is_ephemeral"):
        said = await db.write(eyes, overlapping.aside, mine_id, person_id, now=now)
        if said is not None:
            await respond(**shown(announcement_views.aside(said)), replace_original=True)


async def open_differ(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], client: AsyncWebClient, db: Database, scope: Scope, now: datetime,
                      person_id: str, directory: Directory) -> None:  # fmt: skip
    """*We differ…*: the form."""
    mine, other = await db.read(
        await _eyes(scope, directory, person_id), overlapping.both_cards, *views.read_pair(action["value"])
    )
    await client.views_open(trigger_id=body["trigger_id"], view=views.differ_form(mine, other))
    await ack()


async def differ(
    ack: AsyncAck, view: dict[str, Any], db: Database, scope: Scope, now: datetime, person_id: str, directory: Directory
) -> None:
    """How they differ: kept, shown in the thread, sent to the other lead."""
    mine, other, text = views.read_difference(view)
    await directory.person(person_id)
    await db.write(
        await _eyes(scope, directory, person_id), overlapping.differ, mine, other, text, person_id=person_id, now=now
    )
    await ack()


async def keep_outcome(
    ack: AsyncAck, view: dict[str, Any], db: Database, scope: Scope, now: datetime, person_id: str, directory: Directory
) -> None:
    """What came of a meeting of the leads: the group message, the place of the check-in and the replies follow."""
    eyes, said = await _eyes(scope, directory, person_id), meeting_views.read_outcome(view)
    await db.write(eyes, overlapping.talked, *said, person_id=person_id, now=now)
    await ack()


async def show_lesson(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], client: AsyncWebClient, db: Database, scope: Scope, person_id: str,
                      directory: Directory) -> None:  # fmt: skip
    """*Read the lesson*."""
    _, other = await db.read(
        await _eyes(scope, directory, person_id), overlapping.both_cards, *views.read_pair(action["value"])
    )
    await client.views_open(trigger_id=body["trigger_id"], view=views.lesson(other))
    await ack()


async def compare(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], client: AsyncWebClient, db: Database, scope: Scope, means: Means,
                  person_id: str, directory: Directory) -> None:  # fmt: skip
    """*Compare*: both texts, and their sentences that say the same, which are compared now and not when somebody announces."""
    eyes = await _eyes(scope, directory, person_id)
    mine, other, reasons = await db.read(eyes, overlapping.compared, *views.read_pair(action["value"]))
    likest = await asyncio.to_thread(means.matcher.closest, (mine.title, mine.summary), (other.title, other.summary))
    await client.views_open(trigger_id=body["trigger_id"], view=views.comparison(mine, other, reasons, likest))
    await ack()


async def answer_owner(ack: AsyncAck, action: dict[str, Any], respond: AsyncRespond, db: Database, scope: Scope, now: datetime, person_id: str,
                       directory: Directory) -> None:  # fmt: skip
    """The owner of private work answers: introduce us, not now, not related."""
    verbs = {views.INTRODUCE: Verb.INTRODUCE, views.NOT_NOW: Verb.NOT_NOW, views.OWNER_NOT_RELATED: Verb.NOT_RELATED}
    verb = verbs[action["action_id"]]
    await directory.person(person_id)
    card: Card = await db.write(
        await _eyes(scope, directory, person_id),
        overlapping.answer_owner,
        *views.read_pair(action["value"]),
        verb,
        person_id=person_id,
        now=now,
    )
    await respond(**shown(views.owner_answered(card, verb)), replace_original=True)
    await ack()


def register(app: AsyncApp) -> None:
    """The buttons under candidates, and those of the owner of private work."""
    app.action(views.NOT_RELATED)(not_related)
    app.action(views.UNDO)(undo)
    app.action(views.JOIN)(join)
    app.action(views.SYNC)(sync)
    app.action(views.SET_UP)(sync)
    app.action(views.DIFFER)(open_differ)
    app.view(views.DIFFER_FORM)(differ)
    app.view(meeting_views.OUTCOME_FORM)(keep_outcome)
    app.action(views.LESSON)(show_lesson)
    app.action(views.COMPARE)(compare)
    for action_id in (views.INTRODUCE, views.NOT_NOW, views.OWNER_NOT_RELATED):
        app.action(action_id)(answer_owner)
