"""Decides what somebody who speaks to the bot is shown."""

from datetime import datetime, timedelta
from typing import Final

from bot.features.home import notifications
from bot.features.home.desk import Asked, Desk, Question, SetUp, Wish
from bot.features.initiatives import service as initiatives
from bot.features.initiatives.card import Card
from bot.features.items import service as items
from bot.features.matching import service as matching
from bot.features.matching.explanation import Explanation
from bot.features.matching.matcher import Matcher, Probe
from bot.features.syncs import absences, diary, replies
from bot.features.syncs import facts as syncs
from bot.features.syncs.card import SyncCard
from bot.features.syncs.replies import Said
from bot.features.teams import rights
from storage.channels import ChannelMode
from storage.overlaps import Verb
from storage.repository import EVERYBODY, Viewer
from storage.syncs import Sync
from storage.unit_of_work import UnitOfWork

#: Questions and wishes older than this are history.
WAITS: Final = timedelta(days=30)


def answer_mention(uow: UnitOfWork, matcher: Matcher, text: str, probe: Probe | None, *, channel_id: str, ts: str, thread_ts: str, person_id: str,
                   shared: bool, now: datetime) -> None:  # fmt: skip
    """Answer somebody who spoke to the bot in a channel, with the eyes of everybody there; or say what it can do.

    Where the bot was asked to be still, only the one who spoke sees the answer; in a channel shared with another
    organisation nobody does, until an admin lets it be `quiet` there.
    """
    channel = uow.channels.meet(channel_id, is_shared=True) if shared else uow.channels.get(channel_id)
    mode = uow.channels.mode_of(channel)
    if channel is not None and channel.is_shared and mode is ChannelMode.OFF:
        return
    eyes = uow.seen_by(Viewer(frozenset({channel_id})) if channel is not None and channel.is_private else EVERYBODY)
    found = found_for(eyes, matcher, probe) if probe is not None else None
    notifications.answer(uow, text, found, registered=eyes.initiatives.count(), channel_id=channel_id, ts=ts, thread_ts=thread_ts,
                         only_to="" if mode is ChannelMode.ON else person_id, now=now)  # fmt: skip


def answer_direct(
    uow: UnitOfWork, matcher: Matcher, text: str, probe: Probe | None, said: Said, *, channel_id: str, now: datetime
) -> None:
    """Answer a direct message with the eyes of who wrote it: a check-in takes what answers it, the rest is search or help."""
    if replies.hear(uow, said, now=now):
        return
    found = found_for(uow, matcher, probe) if probe is not None else None
    notifications.answer(
        uow,
        text,
        found,
        registered=uow.initiatives.count(),
        channel_id=channel_id,
        ts=said.ts,
        thread_ts=said.thread_ts,
        now=now,
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


def looked_up(uow: UnitOfWork, matcher: Matcher, probe: Probe) -> tuple[list[tuple[Card, Explanation]], int]:
    """What a search finds for this viewer, and how many initiatives they may see in all."""
    return found_for(uow, matcher, probe), uow.initiatives.count()


def desk(uow: UnitOfWork, matcher: Matcher, person_id: str, now: datetime) -> Desk:
    """Everything that a person's Home shows, with their own eyes."""
    is_admin = rights.is_admin(uow, person_id)
    cards, registered = initiatives.cards(uow, uow.initiatives.of(person_id)), uow.initiatives.count()
    waiting = items.of_person(uow, person_id, now=now)
    return Desk(
        person_id=person_id, cards=tuple(cards), registered=registered, is_admin=is_admin, questions=_questions(uow, person_id, now=now),
        wishes=_wishes(uow, person_id, now=now), asked=_asked(uow, person_id), answered=_answered(uow, person_id), check_ins=_check_ins(uow, person_id, now=now),
        meetings=diary.coming(uow, person_id, now=now), back_on=absences.back_on_if_away(uow, person_id, now=now),
        owned=waiting.owned, waited_for=waiting.own,
        set_up=_set_up(uow, registered) if is_admin else None, reading=matcher.waiting(uow.workspace_id) if is_admin else (0, 0),
    )  # fmt: skip


def _questions(uow: UnitOfWork, person_id: str, *, now: datetime) -> tuple[Question, ...]:
    rows = uow.announcements.asked_of(person_id, since=now - WAITS)
    return tuple(
        Question(row.id, row.text, row.channel_id, uow.workspaces.link(row.channel_id, row.ts)) for row in rows
    )


def _wishes(uow: UnitOfWork, person_id: str, *, now: datetime) -> tuple[Wish, ...]:
    wishes = []
    for feedback, overlap in uow.overlaps.wishes_to(person_id, since=now - WAITS):
        if feedback.verb is Verb.SYNC and uow.machine.syncs.of_overlap(overlap.id) is not None:
            continue  # they talk
        sides = uow.initiatives.named([overlap.first_id, overlap.second_id])
        mine = next((row for row in sides.values() if row.lead_id == person_id), None)
        theirs = next((row for row in sides.values() if row is not mine), None)
        if mine is not None and theirs is not None:
            wishes.append(Wish(feedback.person_id, feedback.verb, initiatives.card(uow, mine), initiatives.card(uow, theirs), feedback.created_at))  # fmt: skip
    return tuple(wishes)


def _asked(uow: UnitOfWork, person_id: str) -> tuple[Asked, ...]:
    return tuple(
        Asked(prompt.id, sync.topic, syncs.clock_of(uow, person_id, prompt.deadline_at))
        for prompt, _, sync in uow.rounds.waiting_for(person_id)
        if _sees(uow, sync)
    )


def _answered(uow: UnitOfWork, person_id: str) -> tuple[Asked, ...]:
    return tuple(
        Asked(prompt.id, sync.topic, syncs.clock_of(uow, person_id, turn.closes_at))
        for prompt, turn, sync in uow.answers.answered_by(person_id)
        if _sees(uow, sync)
    )


def _check_ins(uow: UnitOfWork, person_id: str, *, now: datetime) -> tuple[SyncCard, ...]:
    return tuple(
        syncs.card(uow, sync, person_id, now=now) for sync in uow.syncs.of_person(person_id) if _sees(uow, sync)
    )


def _sees(uow: UnitOfWork, sync: Sync) -> bool:
    """Whether this viewer may still see all that a check-in is about: its topic names it."""
    return syncs.sees_all(uow.viewer, sync, syncs.work_of(uow, sync, uow.syncs.members(sync.id)))


def _set_up(uow: UnitOfWork, registered: int) -> SetUp:
    teams = uow.teams.all()
    return SetUp(
        channels=uow.channels.count_joined(),
        initiatives=registered,
        teams=len(teams),
        leadless=sum(not team.lead_id for team in teams),
    )
