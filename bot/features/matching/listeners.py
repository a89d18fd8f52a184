"""Hears `/rowbot search TEXT`."""

import asyncio
import html
import re
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.errors import BadInput
from bot.features.initiatives import service as initiatives
from bot.features.initiatives.card import Card
from bot.features.matching import service, views
from bot.features.matching.explanation import Explanation
from bot.features.matching.matcher import Matcher, Probe
from bot.slack.bolt import first_word, rest_of, shown
from bot.slack.directory import Directory
from storage.database import Database
from storage.unit_of_work import Scope, UnitOfWork


async def search(
    ack: AsyncAck,
    command: dict[str, Any],
    db: Database,
    scope: Scope,
    person_id: str,
    matcher: Matcher,
    directory: Directory,
) -> None:
    """What the registry holds that is like a text, as far as this person may see it."""
    text = _spoken(rest_of(command))
    if not text:
        raise BadInput("What are you looking for? For example `/rowbot search online feature store`.")
    probe = await asyncio.to_thread(matcher.probe, text, "")
    found, count = await db.read(
        Scope(scope.workspace_id, await directory.viewer(person_id)), found_cards, matcher, probe
    )
    await ack(**shown(views.results(text, found, registered=count)))


def _spoken(text: str) -> str:
    """What was typed, without Slack's references and entities: `<#C1|ads>` reads #ads."""
    return html.unescape(re.sub(r"<([@#!]?)[^<>|]*\|([^<>]*)>", r"\1\2", text)).strip()


def found_cards(uow: UnitOfWork, matcher: Matcher, probe: Probe) -> tuple[list[tuple[Card, Explanation]], int]:
    """What was found, as cards with reasons; and how many initiatives this viewer may see at all."""
    found = service.search(uow, matcher, probe)
    drawn = initiatives.cards(uow, [each.initiative for each in found])
    return list(zip(drawn, [each.reasons for each in found], strict=True)), uow.initiatives.count()


def register(app: AsyncApp) -> None:
    """Searching."""
    app.command("/rowbot", matchers=[first_word("search", "find")])(search)
