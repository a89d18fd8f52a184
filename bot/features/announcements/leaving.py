"""Decides who is asked when people who led something have left, and what the answers do."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.errors import NotAllowed, Refusal
from bot.features.announcements import answer, life_notifications, notifications
from bot.features.announcements.vacancies import Vacancies
from bot.features.initiatives import service as initiatives
from bot.features.teams import leaving as teams
from storage.initiatives import Initiative
from storage.people import Person
from storage.repository import EVERYBODY, Viewer
from storage.teams import Team
from storage.unit_of_work import UnitOfWork


@dataclass(slots=True)
class _Place:
    """What one place (a channel, or a person) is asked about."""

    rows: list[Initiative] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)


def ask_for_leads(uow: UnitOfWork, *, now: datetime) -> int:
    """Ask who takes over what people led who have left; how many places were asked. Each person's work is asked about once.

    Public work: its team's lead, else the team's home channel. Work of a private channel: that channel and nobody else. A
    team: its home channel, else its members. Whatever nobody can be asked about stands in :func:`vacant`, for admins.
    """
    gone = {person.id: person for person in uow.people.gone_and_unasked()}
    places: dict[str, _Place] = {}
    for row in uow.machine.initiatives.led_by(list(gone)):
        if place := _who_is_asked(uow, row):
            places.setdefault(place, _Place()).rows.append(row)
    for team in uow.teams.led_by(list(gone)):
        for place in teams.who_chooses_its_lead(uow, team):
            places.setdefault(place, _Place()).teams.append(team)
    for person in gone.values():
        person.heirs_asked_at = now
    for place, asked in sorted(places.items()):
        led_by = {row.lead_id for row in asked.rows} | {team.lead_id for team in asked.teams}
        names = tuple(gone[person_id].name or f"<@{person_id}>" for person_id in sorted(led_by))
        eyes = uow.seen_by(_audience_of(uow, place))
        life_notifications.ask_for_leads(uow, place, names, _described(eyes, asked.rows, asked.teams), now=now)
    return len(places)


def _who_is_asked(uow: UnitOfWork, row: Initiative) -> str:
    if row.audience:
        channel = uow.channels.get(row.audience)
        return row.audience if channel is not None and channel.is_private and teams.can_be_asked(uow, channel) else ""
    own = uow.teams.get(row.team_id) if row.team_id is not None else None
    around = [own] if own is not None else uow.teams.of(row.lead_id)
    return next((place for team in around if (place := teams.who_speaks_for(uow, team))), "")


def _audience_of(uow: UnitOfWork, place: str) -> Viewer:
    return answer.audience_of_channel(uow, place)


def _described(uow: UnitOfWork, rows: list[Initiative], of_teams: list[Team]) -> Vacancies:
    cards = initiatives.cards(uow, rows)
    open_ids = frozenset(row.id for row in rows if _is_vacant(uow, row.lead_id))
    led = {team.id: team.lead_id for team in of_teams if not _is_vacant(uow, team.lead_id)}
    return Vacancies(tuple(cards), open_ids, tuple((team.id, team.name, led.get(team.id, "")) for team in of_teams))


def _is_vacant(uow: UnitOfWork, lead_id: str) -> bool:
    person = uow.people.get(lead_id) if lead_id else None
    return not lead_id or (person is not None and person.is_deleted)


def vacancies(uow: UnitOfWork, initiative_ids: list[int], team_ids: list[int], *, channel_id: str) -> Vacancies:
    """What a question lists, as it stands now, for those who read it: everybody in its channel."""
    eyes = uow.seen_by(_audience_of(uow, channel_id))
    rows = eyes.initiatives.named(initiative_ids)
    known = uow.teams.named(team_ids)
    return _described(
        eyes, [rows[one] for one in initiative_ids if one in rows], [known[one] for one in team_ids if one in known]
    )


def vacant(uow: UnitOfWork) -> Vacancies:
    """Public work and teams whose leads have left: for the admins' view of health. Private work is never among them."""
    gone = uow.people.gone_leads()
    public = uow.seen_by(EVERYBODY)
    return _described(public, public.initiatives.led_by(gone), uow.teams.led_by(gone))


def take_over(uow: UnitOfWork, initiative_id: int, to_id: str, *, person_id: str, now: datetime) -> None:
    """Somebody who may see it leads an initiative whose lead has left, or names who does; the new lead is told.

    Raises:
        NotFound: it is gone, or not for this person.
        Refusal: somebody leads it.
        BadInput: the new lead cannot be one, or may not see it.
    """
    _require_member(uow, person_id)
    row = initiatives.require(uow, initiative_id)
    if not _is_vacant(uow, row.lead_id):
        raise Refusal(f"<@{row.lead_id}> leads it.")
    initiatives.require_leader(uow, to_id)
    if not initiatives.eyes_of(uow, to_id, now=now).sees(row.audience):
        raise Refusal("This work is private to its channel, and they are not in it. Invite them there first.")
    uow.initiatives.change(row, version=uow.workspaces.raise_version(), now=now, lead_id=to_id, lead_email="")
    uow.session.flush()
    if to_id != person_id:
        notifications.tell_new_lead(uow, initiatives.card(uow, row), by=person_id, now=now)
    answer.redraw(uow, row, now=now)


def take_team_over(uow: UnitOfWork, team_id: int, to_id: str, *, person_id: str, now: datetime) -> None:
    """Somebody leads a team whose lead has left, or names who does; the new lead is told.

    Raises:
        NotFound, Refusal, BadInput
    """
    _require_member(uow, person_id)
    team = teams.take_over(uow, team_id, to_id, person_id=person_id, now=now)
    if to_id != person_id:
        life_notifications.tell_team_lead(uow, team, by=person_id, now=now)


def _require_member(uow: UnitOfWork, person_id: str) -> None:
    person: Person | None = uow.people.get(person_id)
    if person is not None and person.is_external:
        raise NotAllowed("Rowbot's registry is for members of the workspace that installed it.")
