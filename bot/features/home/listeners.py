"""Hears whoever speaks to the bot: mentions, direct messages, the App Home, help. Never answers with silence."""

import asyncio
import html
import re
from datetime import datetime
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BadInput
from bot.features.announcements.detector import detect, is_public
from bot.features.announcements.judging import kind_of
from bot.features.announcements.reading import plain, read, text_of
from bot.features.announcements.service import Means
from bot.features.home import service, views
from bot.features.home.lookers import Lookers
from bot.features.matching.matcher import Matcher, Probe
from bot.features.syncs import replies
from bot.features.syncs.replies import Said
from bot.features.teams import rights
from bot.slack.bolt import once, shown
from bot.slack.directory import Directory
from storage.database import Database
from storage.unit_of_work import Scope

#: Words that ask for help and for nothing else.
_GREETING: Final = re.compile(
    r"^\W*(help|hi|hello|hey|thanks?|thank you|what can you do|who are you)?\W*$", re.IGNORECASE
)


async def _probe(matcher: Matcher, text: str) -> Probe | None:
    return None if _GREETING.match(text) else await asyncio.to_thread(matcher.probe, text, "")


def asked(text: str, bot_user_id: str | None) -> str:
    """What somebody says to the bot, without its name and the word that commands."""
    words = plain(text.replace(f"<@{bot_user_id}>", " ")).strip()
    if is_public(detect(words).kind):
        return read(words).title
    return re.sub(
        r"^(?:/?rowbot\s+)?(?:search|find|who (?:is|are) working on|who works on|who owns|is anyone (?:building|working on))\b[:\s]*",
        "",
        words,
        flags=re.IGNORECASE,
    ).strip(" ?")


async def hear_mention(event: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext, db: Database, scope: Scope, now: datetime, event_key: str,
                       matcher: Matcher, means: Means, directory: Directory, person_id: str) -> None:  # fmt: skip
    """A mention: answered in its thread, unless the message is an announcement, which is answered as one."""
    text = text_of(event).replace(f"<@{context.bot_user_id}>", " ").strip()
    if event.get("bot_id"):
        return
    if "thread_ts" not in event and is_public(await asyncio.to_thread(kind_of, text, means.likeness)):
        return
    if (await directory.person(person_id)).is_external:
        return  # in a shared channel; nothing of the registry is for them
    words = asked(text, context.bot_user_id)
    probe = await _probe(matcher, words)
    thread = str(event.get("thread_ts") or event["ts"])
    shared = bool(body.get("is_ext_shared_channel"))
    await db.write(scope, once(event_key, service.answer_mention, now=now), matcher, words, probe, channel_id=event["channel"], ts=str(event["ts"]),
                   thread_ts=thread, person_id=person_id, shared=shared, now=now)  # fmt: skip


async def hear_direct(event: dict[str, Any], context: AsyncBoltContext, db: Database, scope: Scope, now: datetime, event_key: str, matcher: Matcher,
                      directory: Directory, person_id: str) -> None:  # fmt: skip
    """A plain direct message: answered as search or help."""
    if (
        event.get("subtype") not in (None, "file_share")
        or event.get("bot_id")
        or not person_id
        or person_id == context.bot_user_id
        or not event.get("ts")
    ):
        return
    said = Said(person_id, text_of(event), str(event["ts"]), str(event.get("thread_ts") or ""))
    if (await directory.person(person_id)).is_external:
        await db.write(scope, once(event_key, service.turn_away, now=now), channel_id=event["channel"], ts=said.ts, thread_ts=said.thread_ts, now=now)  # fmt: skip
        return
    words = asked(said.text, context.bot_user_id)
    probe = await _probe(matcher, words)
    eyes = Scope(scope.workspace_id, await directory.viewer(person_id))
    await db.write(eyes, once(event_key, service.answer_direct, now=now), matcher, words, probe, said, channel_id=event["channel"], now=now)  # fmt: skip


async def hear_direct_edit(event: dict[str, Any], context: AsyncBoltContext, db: Database, scope: Scope, now: datetime, event_key: str,
                           directory: Directory) -> None:  # fmt: skip
    """A direct message was edited: one that answered a check-in answers it anew; of the rest nothing is said twice."""
    message, before = event.get("message") or {}, event.get("previous_message") or {}
    person_id = str(message.get("user") or "")
    if (
        not person_id
        or message.get("bot_id")
        or person_id == context.bot_user_id
        or not message.get("ts")
        or text_of(message) == text_of(before)
    ):
        return
    said = Said(person_id, text_of(message), str(message["ts"]), str(message.get("thread_ts") or ""), str(event.get("event_ts") or ""))  # fmt: skip
    eyes = Scope(scope.workspace_id, await directory.viewer(person_id))
    await db.write(eyes, once(event_key, replies.hear_edit, now=now), said, now=now)


async def open_home(
    event: dict[str, Any], client: AsyncWebClient, db: Database, scope: Scope, now: datetime, directory: Directory, lookers: Lookers,
    matcher: Matcher,
) -> None:  # fmt: skip
    """Somebody looks at the App Home."""
    if event.get("tab") != "home":
        return
    person_id = str(event["user"])
    if (await directory.person(person_id, fresh=True)).is_external:
        await client.views_publish(user_id=person_id, view=views.for_members_only())
        return
    eyes = Scope(scope.workspace_id, await directory.viewer(person_id))
    view = views.home(await db.read(eyes, service.desk, matcher, person_id, now))
    await client.views_publish(user_id=person_id, view=view)
    lookers.opened(person_id, view, now=now)


async def open_search(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
    """*Search* in the App Home."""
    await client.views_open(trigger_id=body["trigger_id"], view=views.search_form())
    await ack()


async def search(ack: AsyncAck, view: dict[str, Any], db: Database, scope: Scope, person_id: str, matcher: Matcher, directory: Directory) -> None:  # fmt: skip
    """What the registry holds that is like the words, in the place of the form."""
    words = views.read_search(view)
    if not words:
        raise BadInput("Write a few words of what you are looking for.", field=views.WORDS)
    probe = await asyncio.to_thread(matcher.probe, words, "")
    eyes = Scope(scope.workspace_id, await directory.viewer(person_id))
    found, registered = await db.read(eyes, service.looked_up, matcher, probe)
    await ack(response_action="update", view=views.search_results(words, found, registered=registered))


async def show_help(
    ack: AsyncAck, command: dict[str, Any], db: Database, scope: Scope, directory: Directory, person_id: str
) -> None:
    """`/rowbot`, `/rowbot help`, and every word that nobody else hears."""
    await directory.person(person_id)
    admin = await db.read(scope, rights.is_admin, person_id)
    text = html.unescape(str(command.get("text") or "")).strip()
    unknown = "" if _GREETING.match(text) else text.split()[0]
    await ack(**shown(views.help_message(admin=admin, unknown=unknown)))


async def let_pass(ack: AsyncAck) -> None:
    """Something that needs no answer (a link that was followed, a form that was closed)."""
    await ack()


async def ignore() -> None:
    """An event that says nothing to us; unanswered, Slack would bring it again."""


def register(app: AsyncApp) -> None:
    """What is spoken to the bot."""
    app.event("app_mention")(hear_mention)
    app.event({"type": "message", "subtype": "message_changed"}, matchers=[_is_direct])(hear_direct_edit)
    app.event({"type": "message"}, matchers=[_is_direct])(hear_direct)
    app.event("app_home_opened")(open_home)
    app.action(views.SEARCH)(open_search)
    app.view(views.SEARCH_FORM)(search)


def register_rest(app: AsyncApp) -> None:
    """Everything that nobody else heard. Registered last."""
    app.command("/rowbot")(show_help)
    for anything in (app.action, app.view, app.shortcut):
        anything(re.compile(".*"))(let_pass)
    app.view_closed(re.compile(".*"))(let_pass)
    app.event(re.compile(".*"))(ignore)


async def _is_direct(event: dict[str, Any]) -> bool:
    return event.get("channel_type") == "im"
