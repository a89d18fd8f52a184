"""Decides what somebody who speaks to the bot is shown."""

from datetime import datetime

from bot.features.home import notifications
from bot.features.initiatives import service as initiatives
from bot.features.initiatives.card import Card
from bot.features.matching import service as matching
from bot.features.matching.explanation import Explanation
from bot.features.matching.matcher import Matcher, Probe
from storage.channels import ChannelMode
from storage.repository import EVERYBODY, Viewer
from storage.unit_of_work import UnitOfWork


def answer_mention(uow: UnitOfWork, matcher: Matcher, text: str, probe: Probe | None, *, channel_id: str, ts: str, thread_ts: str, person_id: str,
                   shared: bool, now: datetime) -> None:  # fmt: skip
    """Answer somebody who spoke to the bot in a channel, with the eyes of everybody there; or say what it can do.

    Where the bot was asked to be still, only the one who spoke sees the answer; in a channel shared with another
    organisation nobody does, until an admin lets it be `quiet` there.
    """
    channel = uow.channels.meet(channel_id, is_shared=True) if shared else uow.channels.get(channel_id)
    mode = channel.effective_mode if channel is not None else ChannelMode.ON
    if channel is not None and channel.is_shared and mode is ChannelMode.OFF:
        return
    eyes = uow.seen_by(Viewer(frozenset({channel_id})) if channel is not None and channel.is_private else EVERYBODY)
    found = found_for(eyes, matcher, probe) if probe is not None else None
    notifications.answer(uow, text, found, registered=eyes.initiatives.count(), channel_id=channel_id, ts=ts, thread_ts=thread_ts,
                         only_to="" if mode is ChannelMode.ON else person_id, now=now)  # fmt: skip


def answer_direct(
    uow: UnitOfWork,
    matcher: Matcher,
    text: str,
    probe: Probe | None,
    *,
    channel_id: str,
    ts: str,
    thread_ts: str,
    now: datetime,
) -> None:
    """Answer a direct message with the eyes of who wrote it."""
    found = found_for(uow, matcher, probe) if probe is not None else None
    notifications.answer(
        uow, text, found, registered=uow.initiatives.count(), channel_id=channel_id, ts=ts, thread_ts=thread_ts, now=now
    )


def turn_away(uow: UnitOfWork, *, channel_id: str, ts: str, thread_ts: str, now: datetime) -> None:
    """Tell somebody of another organisation that the registry is not for them."""
    notifications.turn_away(uow, channel_id=channel_id, ts=ts, thread_ts=thread_ts, now=now)


def found_for(uow: UnitOfWork, matcher: Matcher, probe: Probe) -> list[tuple[Card, Explanation]]:
    """What a search finds for this viewer."""
    found = matching.search(uow, matcher, probe)
    return list(
        zip(initiatives.cards(uow, [each.initiative for each in found]), [each.reasons for each in found], strict=True)
    )


def own(uow: UnitOfWork, person_id: str) -> tuple[list[Card], int]:
    """One's own initiatives, and how many there are in the registry, as far as this viewer may see them."""
    return initiatives.cards(uow, uow.initiatives.of(person_id)), uow.initiatives.count()
