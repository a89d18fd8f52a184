"""Addresses what is said when colleagues leave and channels close: to whom, under which key."""

from collections.abc import Sequence
from datetime import datetime

from bot.delivery import outbox
from bot.features.announcements import life_views
from bot.features.announcements.vacancies import Vacancies
from bot.features.initiatives.card import Card
from storage.teams import Team
from storage.unit_of_work import UnitOfWork


def ask_for_leads(uow: UnitOfWork, place: str, gone: Sequence[str], vacancies: Vacancies, *, now: datetime) -> None:
    """To a channel or a person: who leads this now? In as few messages as hold it."""
    room = max(1, life_views.ENTRIES - len(vacancies.teams))
    parts = [vacancies.cards[at : at + room] for at in range(0, len(vacancies.cards), room)] or [()]
    for number, cards in enumerate(parts):
        part = Vacancies(cards, vacancies.open_ids, vacancies.teams if number == 0 else ())
        outbox.post(
            uow,
            life_views.leads_wanted(gone, part),
            key=f"heirs:{place}:{_stamp(now)}:{number}",
            channel_id=place,
            now=now,
        )


def tell_team_lead(uow: UnitOfWork, team: Team, *, by: str, now: datetime) -> None:
    """To a team's new lead."""
    message = life_views.team_handed_over(team.name, by=by)
    outbox.post(uow, message, key=f"team-lead:{team.id}:{_stamp(now)}", channel_id=team.lead_id, now=now)


def tell_out_of_sight(uow: UnitOfWork, lead_id: str, cards: Sequence[Card], channel_id: str, *, now: datetime) -> None:
    """To a lead: the bot was removed, nobody sees the channel's private work."""
    message = life_views.out_of_sight(cards, channel_id)
    outbox.post(uow, message, key=f"out-of-sight:{channel_id}:{lead_id}:{_stamp(now)}", channel_id=lead_id, now=now)


def tell_kept(
    uow: UnitOfWork, lead_id: str, cards: Sequence[Card], channel_id: str, name: str, *, now: datetime
) -> None:
    """To a lead: the channel is gone, the work is kept to them."""
    message = life_views.kept_to_you(cards, name)
    outbox.post(uow, message, key=f"kept:{channel_id}:{lead_id}:{_stamp(now)}", channel_id=lead_id, now=now)


def tell_still_kept(uow: UnitOfWork, lead_id: str, cards: Sequence[Card], channel_id: str, *, now: datetime) -> None:
    """To a lead: the channel is public, the work is not."""
    message = life_views.still_kept(cards, channel_id)
    outbox.post(uow, message, key=f"public:{channel_id}:{lead_id}:{_stamp(now)}", channel_id=lead_id, now=now)


def tell_not_sent(
    uow: UnitOfWork, person_id: str, channel_id: str, name: str, count: int, why: str, *, now: datetime
) -> None:
    """To whoever chose how loud the bot is there."""
    message = life_views.not_sent(channel_id, name, count, why)
    outbox.post(uow, message, key=f"not-sent:{channel_id}:{_stamp(now)}", channel_id=person_id, now=now)


def _stamp(now: datetime) -> int:
    return int(now.timestamp() * 1000)
