"""Decides what somebody who speaks to the bot is shown."""

from datetime import datetime

from bot.features.home import notifications
from bot.features.initiatives import service as initiatives
from bot.features.initiatives.card import Card
from bot.features.matching import service as matching
from bot.features.matching.explanation import Explanation
from bot.features.matching.matcher import Matcher, Probe
from storage.repository import EVERYBODY, Viewer
from storage.unit_of_work import UnitOfWork


def answer_mention(uow: UnitOfWork, matcher: Matcher, text: str, probe: Probe | None, *, channel_id: str, ts: str, thread_ts: str, now: datetime) -> None:
    """Answer somebody who spoke to the bot in a channel, with the eyes of everybody there; or say what it can do."""
    channel = uow.channels.get(channel_id)
    eyes = uow.seen_by(Viewer(frozenset({channel_id})) if channel is not None and channel.is_private else EVERYBODY)
    found = found_for(eyes, matcher, probe) if probe is not None else None
    notifications.answer(uow, text, found, registered=eyes.initiatives.count(), channel_id=channel_id, ts=ts, thread_ts=thread_ts, now=now)


def answer_direct(uow: UnitOfWork, matcher: Matcher, text: str, probe: Probe | None, *, channel_id: str, ts: str, now: datetime) -> None:
    """Answer a direct message with the eyes of who wrote it."""
    found = found_for(uow, matcher, probe) if probe is not None else None
    notifications.answer(uow, text, found, registered=uow.initiatives.count(), channel_id=channel_id, ts=ts, thread_ts="", now=now)


def found_for(uow: UnitOfWork, matcher: Matcher, probe: Probe) -> list[tuple[Card, Explanation]]:
    """What a search finds for this viewer."""
    found = matching.search(uow, matcher, probe)
    return list(zip(initiatives.cards(uow, [each.initiative for each in found]), [each.reasons for each in found], strict=True))


def own(uow: UnitOfWork, person_id: str) -> tuple[list[Card], int]:
    """One's own initiatives, and how many there are in the registry for this viewer."""
    return initiatives.cards(uow.machine, uow.machine.initiatives.of(person_id)), uow.initiatives.count()
