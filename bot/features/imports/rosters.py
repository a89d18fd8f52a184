"""Decides about the teams of an import: made when first needed, and filled with the people that the file puts into them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.features.imports import recording
from bot.features.imports.catalog import Squad
from storage.teams import Team, fold
from storage.unit_of_work import UnitOfWork


class Teams:
    """The teams of one batch, made when first needed."""

    def __init__(self, uow: UnitOfWork, known: Mapping[str, Team], *, leads_of_teams: Mapping[str, str], lead_ids: Mapping[str, str],
                 now: datetime) -> None:  # fmt: skip
        """``known`` are teams by folded name, ``leads_of_teams`` too; ``lead_ids`` the Slack ids of addresses."""
        self._uow, self._known, self._leads, self._lead_ids, self._now = uow, known, leads_of_teams, lead_ids, now
        self._ids: dict[str, int] = {}
        self.made: list[str] = []
        self.made_ids: list[int] = []
        #: Team and person of each lead that was named.
        self.led: list[tuple[int, str]] = []

    def id_of(self, name: str) -> int | None:
        """The team of this name; None for no name."""
        if not name:
            return None
        folded = fold(name)
        if folded not in self._ids:
            team = self._known.get(folded) or self._uow.teams.by_name(name)
            if team is None:
                team = self._uow.teams.ensure(name, now=self._now)
                self.made.append(team.name)
                self.made_ids.append(team.id)
            word = self._leads.get(folded, "")
            if not team.lead_id and word:
                team.lead_id = self._lead_ids.get(word, "" if "@" in word else word)
                if team.lead_id:
                    self.led.append((team.id, team.lead_id))
            self._ids[folded] = team.id
        return self._ids[folded]


@dataclass(frozen=True, slots=True)
class Roster:
    """What a team that the file describes would become."""

    squad: Squad
    #: None: it is to be made.
    team: Team | None
    #: People of the file who are not in the team yet.
    joining: tuple[str, ...]
    #: Who leads it from now on; "" if that stays as it is.
    lead_id: str
    #: Addresses that nobody in Slack is known to have.
    unknown: tuple[str, ...]

    @property
    def writes(self) -> bool:
        """Whether anything changes."""
        return self.team is None or bool(self.joining or self.lead_id)


def addresses(squads: Iterable[Squad]) -> set[str]:
    """Every address that squads name."""
    return {address for squad in squads for address in (*squad.members, squad.lead) if address}


def find_members(uow: UnitOfWork, words: Iterable[str]) -> dict[str, str]:
    """Slack ids of these addresses, as far as they are known members of the workspace."""
    return uow.people.members_by_address(set(words))


def plan(uow: UnitOfWork, squads: Sequence[Squad], ids: Mapping[str, str]) -> list[Roster]:
    """What each squad means for the teams as they are; reads only.

    A team that follows a Slack user group keeps its members, one that has a lead keeps the lead, and whom an earlier
    import had put in and people took out stays out.
    """
    if not squads:
        return []
    put_in, made_lead = uow.imports.ever_joined(), uow.imports.ever_led()
    rosters = []
    for squad in squads:
        team = uow.teams.by_name(squad.name)
        known = [ids[address] for address in squad.members if address in ids]
        here = set(uow.teams.members(team.id)) if team is not None else set()
        grouped = team is not None and bool(team.user_group_id)
        joining = tuple(
            person for person in dict.fromkeys(known)
            if not grouped and person not in here and (team is None or (team.id, person) not in put_in)
        )  # fmt: skip
        lead = ids.get(squad.lead, "") if team is None or not team.lead_id else ""
        if lead and team is not None and (team.id, lead) in made_lead:
            lead = ""
        unknown = tuple(address for address in addresses([squad]) if address not in ids)
        rosters.append(Roster(squad, team, joining, lead, unknown))
    return rosters


def apply(
    uow: UnitOfWork, squads: Sequence[Squad], ids: Mapping[str, str], *, run_id: int | None, name: str, now: datetime
) -> tuple[int | None, list[str], int]:
    """Make and fill the teams that a file describes by themselves: the run, the names of new teams, how many people joined."""
    uow.workspaces.ensure(now=now)
    planned = [roster for roster in plan(uow, squads, ids) if roster.writes]
    if not planned:
        return run_id, [], 0
    made, done = _join(uow, planned, now=now)
    run = recording.remember(uow, run_id, name, now=now)
    recording.note_made(run, teams=[team.id for team in made], **done)
    return run.id, [team.name for team in made], len(done["members"])


def _join(
    uow: UnitOfWork, rosters: Sequence[Roster], *, now: datetime
) -> tuple[list[Team], dict[str, list[tuple[int, str]]]]:
    """Make the teams and put the people in; the teams that were made, and (team, person) of members and leads."""
    made: list[Team] = []
    done: dict[str, list[tuple[int, str]]] = {"members": [], "leads": []}
    for roster in rosters:
        team = uow.teams.by_name(roster.squad.name)
        if team is None:
            team = uow.teams.ensure(roster.squad.name, now=now)
            made.append(team)
        if roster.lead_id and not team.lead_id:
            team.lead_id = roster.lead_id
            done["leads"].append((team.id, roster.lead_id))
        for person in roster.joining:
            uow.teams.add_member(team.id, person)
            done["members"].append((team.id, person))
    return made, done
