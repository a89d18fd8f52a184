"""What somebody wants of a check-in, and whether it can be held like that."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from bot.errors import BadInput
from bot.features.initiatives import service as initiatives
from bot.features.syncs import facts, recurrence
from bot.features.syncs.card import (
    FIELD_AGENDA,
    FIELD_AT,
    FIELD_FIRST_ON,
    FIELD_PEOPLE,
    FIELD_RULED_BY,
    FIELD_TEAMS,
    FIELD_TOPIC,
    FIELD_WORK,
)
from bot.features.syncs.clocks import clocks_of
from bot.features.teams import hours
from storage.initiatives import Initiative
from storage.syncs import Cadence, Sync, SyncMember
from storage.teams import Team
from storage.unit_of_work import UnitOfWork

#: Nobody is asked sooner than this after a check-in was set up without a day of its own.
NOTICE: Final = timedelta(hours=1)
#: How far ahead a first day may lie.
AHEAD: Final = timedelta(days=366)
MOST_PEOPLE: Final = 20
TOPIC_LENGTH: Final = 150
AGENDA_LENGTH: Final = 1000


def leads_of(teams: Sequence[Team]) -> list[str]:
    """Who leads these teams.

    Raises:
        BadInput: one of them has no lead; names it.
    """
    leaderless = [team.name for team in teams if not team.lead_id]
    if leaderless:
        raise BadInput(
            f"Nobody is named as lead of {' and '.join(leaderless)}: choose people above, or have an admin name one.", field=FIELD_TEAMS
        )  # fmt: skip
    return [team.lead_id for team in teams]


def require_ruler(ruled_by: str, people: Collection[str]) -> None:
    """Refuse the clock of somebody who does not take part."""
    if ruled_by and ruled_by not in people:
        raise BadInput("Choose somebody who takes part, or leave it empty.", field=FIELD_RULED_BY)


def checked_agenda(agenda: str) -> str:
    """The agenda in order.

    Raises:
        BadInput: it is too long.
    """
    agenda = agenda.strip()
    if len(agenda) > AGENDA_LENGTH:
        raise BadInput(f"That has {len(agenda)} characters; {AGENDA_LENGTH} fit.", field=FIELD_AGENDA)
    return agenda


def checked_weekdays(cadence: Cadence, first_on: date, weekdays: Collection[int]) -> list[int]:
    """The weekdays of a rhythm of its own, in order; none for any other.

    Raises:
        BadInput: the first day is on none of them.
    """
    chosen = sorted(set(weekdays)) if cadence is Cadence.CUSTOM else []
    if chosen and first_on.weekday() not in chosen:
        raise BadInput("The first day is on none of the weekdays that you chose.", field=FIELD_FIRST_ON)
    return chosen


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


def topic_of(topic: str, work: Sequence[Initiative], teams: Sequence[Team] = ()) -> str:
    """What it is about in people's words, else by the titles of the work or the names of the teams, each cut as fairly as it can be.

    Raises:
        BadInput: too long, or nothing to name it after.
    """
    topic = " ".join(topic.split())
    if len(topic) > TOPIC_LENGTH:
        raise BadInput(f"The topic has {len(topic)} characters; {TOPIC_LENGTH} fit.", field=FIELD_TOPIC)
    if initiatives.is_readable(topic):
        return topic
    if not work and not teams:
        raise BadInput("Say in a few words what it is about.", field=FIELD_TOPIC)
    titles = list({row.folded_title: row.title for row in reversed(work)}.values())[::-1] or [
        team.name for team in teams
    ]
    share = (TOPIC_LENGTH - 3 * (len(titles) - 1)) // len(titles)
    return " × ".join(title if len(title) <= share else title[: max(share - 1, 1)].rstrip() + "…" for title in titles)[
        :TOPIC_LENGTH
    ]


def members_of(uow: UnitOfWork, people: Iterable[str], work: Sequence[Initiative]) -> list[SyncMember]:
    """Each with the initiative that they speak for: the one of these that they lead, else that they registered, else their team's."""
    members = []
    for person_id in people:
        teams = {team.id for team in uow.teams.of(person_id)}
        led = [row for row in work if row.lead_id == person_id]
        ranked = (
            led or [row for row in work if row.created_by == person_id] or [row for row in work if row.team_id in teams]
        )
        initiative_id = ranked[0].id if ranked else None
        members.append(SyncMember(sync_id=0, person_id=person_id, initiative_id=initiative_id, as_lead=bool(led)))
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
