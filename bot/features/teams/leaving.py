"""Decides who is asked when somebody who leads a team has left, and who leads it from then on."""

from datetime import datetime
from typing import Final

from bot.errors import BadInput, NotFound, Refusal
from storage.channels import Channel, ChannelMode
from storage.teams import Team
from storage.unit_of_work import UnitOfWork

#: A team without a home channel is asked person by person; larger ones are the admins' business.
ASKED_ONE_BY_ONE: Final = 8


def can_be_asked(uow: UnitOfWork, channel: Channel | None) -> bool:
    """Whether the bot may ask something aloud in a channel: it is inside, nobody asked it to be still, and no strangers read along."""
    return (
        channel is not None
        and channel.is_reachable
        and not channel.is_shared
        and uow.channels.mode_of(channel) is ChannelMode.ON
    )


def home_of(uow: UnitOfWork, team: Team) -> str:
    """The team's home channel, if something can be asked there; else ""."""
    channel = uow.channels.get(team.home_channel_id) if team.home_channel_id else None
    return channel.id if channel is not None and can_be_asked(uow, channel) else ""


def who_speaks_for(uow: UnitOfWork, team: Team) -> str:
    """Whom to ask about a team's work: its lead, else its home channel; "" where there is neither."""
    return team.lead_id if uow.people.present([team.lead_id]) else home_of(uow, team)


def who_chooses_its_lead(uow: UnitOfWork, team: Team) -> list[str]:
    """Whom to ask who leads a team now: its home channel, else each of its members; nobody where these are many or none."""
    if home := home_of(uow, team):
        return [home]
    members = sorted(uow.people.present(uow.teams.members(team.id)))
    return members if len(members) <= ASKED_ONE_BY_ONE else []


def take_over(uow: UnitOfWork, team_id: int, to_id: str, *, person_id: str, now: datetime) -> Team:
    """Somebody leads a team whose lead has left.

    Raises:
        NotFound: the team is not there any more.
        Refusal: somebody leads it already.
        BadInput: the new lead cannot be one.
    """
    team = uow.teams.get(team_id)
    if team is None:
        raise NotFound("That team is not there any more.")
    lead = uow.people.get(team.lead_id) if team.lead_id else None
    if team.lead_id and not (lead is not None and lead.is_deleted):
        raise Refusal(f"<@{team.lead_id}> leads it.")
    if not uow.people.present([to_id]):
        raise BadInput(
            "Choose a member of this workspace: that account is a bot, deactivated, or of another organisation."
        )
    uow.settings.record(f"team.{team.id}", {"lead_id": team.lead_id}, {"lead_id": to_id}, person_id=person_id, now=now)
    team.lead_id = to_id
    uow.teams.add_member(team.id, to_id)
    uow.session.flush()
    return team
