"""What somebody wants of a check-in, and whether it can be held like that."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.errors import BadInput
from bot.features.initiatives import service as initiatives
from bot.features.syncs import facts, recurrence
from bot.features.syncs.card import FIELD_AT, FIELD_FIRST_ON, FIELD_PEOPLE, FIELD_TOPIC, FIELD_WORK
from bot.features.syncs.clocks import clocks_of
from bot.features.teams import hours
from storage.initiatives import Initiative
from storage.syncs import Cadence, Sync, SyncMember
from storage.unit_of_work import UnitOfWork

#: Nobody is asked sooner than this after a check-in was set up without a day of its own.
NOTICE: Final = timedelta(hours=1)
#: How far ahead a first day may lie.
AHEAD: Final = timedelta(days=366)
MOST_PEOPLE: Final = 20
TOPIC_LENGTH: Final = 150


@dataclass(frozen=True, slots=True)
class Plan:
    """A check-in that somebody wants. What is None or empty takes the workspace's defaults."""

    people: tuple[str, ...]
    topic: str = ""
    #: Ids of the initiatives that it is about.
    work: tuple[int, ...] = ()
    cadence: Cadence | None = None
    first_on: date | None = None
    at_minute: int | None = None
    #: The overlap that it is about: it has one check-in at a time.
    overlap_id: int | None = None
    #: The thread for the summaries; "" for direct messages.
    channel_id: str = ""
    thread_ts: str = ""


def require_people(uow: UnitOfWork, people: Sequence[str]) -> None:
    """Refuse a roster that cannot be asked.

    Raises:
        BadInput: too few, too many, or somebody who is no present member of this workspace; names them.
    """
    if len(people) < 2:
        raise BadInput("A check-in needs two people or more.", field=FIELD_PEOPLE)
    if len(people) > MOST_PEOPLE:
        raise BadInput(f"A check-in has at most {MOST_PEOPLE} people; these are {len(people)}.", field=FIELD_PEOPLE)
    known = uow.people.named(people)
    unfit = [known[each].name or each for each in people if each in known and not facts.can_take_part(known[each])]
    if unfit:
        raise BadInput(
            f"Choose members of this workspace: {', '.join(unfit)} can't be asked (a bot, deactivated, or of another organisation).", field=FIELD_PEOPLE
        )  # fmt: skip


def require_insight(uow: UnitOfWork, people: Iterable[str], work: Sequence[Initiative], *, now: datetime) -> None:
    """Refuse a check-in that would tell somebody of work that is private to others."""
    private = {row.audience for row in work if row.audience}
    if len(private) > 1:
        raise BadInput(
            "Two of these are private to different places, so one check-in would tell each place of the other.",
            field=FIELD_WORK,
        )
    for person_id in people:
        eyes = initiatives.eyes_of(uow, person_id, now=now)
        if not all(eyes.sees(audience) for audience in private):
            raise BadInput(
                "Some of this work is private, and not everybody here is in its channel. Invite them there first.",
                field=FIELD_WORK,
            )


def topic_of(topic: str, work: Sequence[Initiative]) -> str:
    """What it is about in people's words, else by the titles of the work, each cut as fairly as it can be.

    Raises:
        BadInput: too long, or nothing to name it after.
    """
    topic = " ".join(topic.split())
    if len(topic) > TOPIC_LENGTH:
        raise BadInput(f"The topic has {len(topic)} characters; {TOPIC_LENGTH} fit.", field=FIELD_TOPIC)
    if initiatives.is_readable(topic):
        return topic
    if not work:
        raise BadInput("Say in a few words what it is about.", field=FIELD_TOPIC)
    titles = list({row.folded_title: row.title for row in reversed(work)}.values())[::-1]
    share = (TOPIC_LENGTH - 3 * (len(titles) - 1)) // len(titles)
    return " × ".join(title if len(title) <= share else title[: max(share - 1, 1)].rstrip() + "…" for title in titles)[
        :TOPIC_LENGTH
    ]


def members_of(uow: UnitOfWork, people: Iterable[str], work: Sequence[Initiative]) -> list[SyncMember]:
    """Each with the initiative that they speak for: the one of these that they lead, else that they registered, else their team's."""
    members = []
    for person_id in people:
        teams = {team.id for team in uow.teams.of(person_id)}
        ranked = (
            [row for row in work if row.lead_id == person_id]
            or [row for row in work if row.created_by == person_id]
            or [row for row in work if row.team_id in teams]
        )
        members.append(SyncMember(sync_id=0, person_id=person_id, initiative_id=ranked[0].id if ranked else None))
    return members


def first_day(uow: UnitOfWork, sync: Sync, members: Sequence[SyncMember], *, now: datetime) -> date:
    """The first day of the workspace's weekday on which everybody has some notice."""
    weekday = uow.settings.preferences().checkin_weekday
    clocks, day = clocks_of(uow, sync, members, now=now), (now - recurrence.WIDEST).date()
    while day.weekday() != weekday or clocks.opens_at(day) < now + NOTICE:
        day += timedelta(days=1)
    return day


def proposed_day(uow: UnitOfWork, *, now: datetime) -> date:
    """The first day that a form proposes: the workspace's weekday, tomorrow or later."""
    weekday = uow.settings.preferences().checkin_weekday
    tomorrow = now.date() + timedelta(days=1)
    return tomorrow + timedelta(days=(weekday - tomorrow.weekday()) % 7)


def require_future(uow: UnitOfWork, sync: Sync, members: Sequence[SyncMember], day: date, *, now: datetime) -> None:
    """Refuse a first day that has passed for everybody, or that is years ahead."""
    if day > (now + AHEAD).date():
        raise BadInput("Choose a day within a year from now.", field=FIELD_FIRST_ON)
    people = [sync.ruled_by] if sync.ruled_by else [member.person_id for member in members]
    moments = [recurrence.instant(day, sync.at_minute, hours.zone_of(uow, person_id)) for person_id in people]
    if max(moments) <= now:
        today = day >= now.date()
        raise BadInput(
            "That time has passed today; choose a later one, or another day."
            if today
            else "That day has passed; choose a later one.",
            field=FIELD_AT if today else FIELD_FIRST_ON,
        )
