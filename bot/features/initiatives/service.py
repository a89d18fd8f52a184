"""Decides about initiatives: who may change what, and what a change means."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from bot.errors import BadInput, NotAllowed, NotFound
from bot.features.capabilities import service as capabilities
from bot.features.initiatives import plans
from bot.features.initiatives.card import Card, reply_key
from bot.features.teams import rights
from storage.initiatives import Initiative, Status
from storage.repository import EVERYBODY, Viewer
from storage.teams import fold
from storage.unit_of_work import UnitOfWork

TITLE_LENGTH: Final = 150
SUMMARY_LENGTH: Final = 3000

#: Block ids of the form, so that a refusal stands beside its field.
FIELD_TITLE: Final = "initiative.title"
FIELD_SUMMARY: Final = "initiative.summary"
FIELD_TEAM_NAME: Final = "initiative.team_name"
FIELD_URL: Final = "initiative.url"
FIELD_LEAD: Final = "initiative.lead"


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody says an initiative is, before anybody checked it."""

    title: str
    summary: str = ""
    team_id: int | None = None
    #: A team that is not in the list yet; wins over `team_id`.
    team_name: str = ""
    lead_id: str = ""
    capabilities: tuple[str, ...] = ()
    url: str = ""
    system: str = ""
    status: Status = Status.PROPOSED
    legacy: bool = False
    lesson: str = ""
    started_on: date | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change did: the card as it is now, and what the fields said before."""

    card: Card
    before: dict[str, Any] = field(default_factory=dict)


def is_readable(text: str) -> bool:
    """Whether there is something to see in a text: blanks, zero-width signs and marks without a letter are nothing."""
    return any(unicodedata.category(character)[0] in "LNSP" for character in text)


def checked(draft: Draft) -> Draft:
    """The draft with its texts in order.

    Raises:
        BadInput: a field cannot be used; names it.
    """
    title = " ".join(draft.title.split())
    if not is_readable(title):
        raise BadInput("Give it a title: a few words that others would search for.", field=FIELD_TITLE)
    if len(title) > TITLE_LENGTH:
        raise BadInput(
            f"The title has {len(title)} characters; {TITLE_LENGTH} fit. The rest can go into the summary.",
            field=FIELD_TITLE,
        )
    summary = draft.summary.strip()
    if len(summary) > SUMMARY_LENGTH:
        raise BadInput(f"The summary has {len(summary)} characters; {SUMMARY_LENGTH} fit.", field=FIELD_SUMMARY)
    url = draft.url.strip()
    if url and not url.startswith(("https://", "http://")):
        raise BadInput("The link must start with https:// or http://.", field=FIELD_URL)
    team_name = " ".join(draft.team_name.split())
    if team_name and not is_readable(team_name):
        raise BadInput("Write the team's name in letters.", field=FIELD_TEAM_NAME)
    if len(team_name) > 80:
        raise BadInput("A team's name has at most 80 characters.", field=FIELD_TEAM_NAME)
    return Draft(title=title, summary=summary, team_id=draft.team_id, team_name=team_name, lead_id=draft.lead_id,
                 capabilities=draft.capabilities, url=url, system=draft.system, status=draft.status, legacy=draft.legacy,
                 lesson=draft.lesson.strip(), started_on=draft.started_on)  # fmt: skip


def register(
    uow: UnitOfWork, draft: Draft, *, created_by: str, audience: str, version: int, now: datetime
) -> Initiative:
    """Put a new initiative into the registry. Its lead is who is named, else who registered it."""
    draft = checked(draft)
    lead_id = draft.lead_id or created_by
    return uow.initiatives.add(
        Initiative(
            workspace_id=uow.workspace_id, title=draft.title, folded_title=fold(draft.title), summary=draft.summary,
            team_id=team_of(uow, draft, person_id=lead_id, now=now), lead_id=lead_id, created_by=created_by,
            status=draft.status, legacy=draft.legacy, audience=audience, system=draft.system, url=draft.url, lesson=draft.lesson,
            capabilities=list(draft.capabilities or capabilities.recognise(uow, f"{draft.title}\n{draft.summary}")),
            started_on=draft.started_on, version=version, created_at=now, updated_at=now,
        )
    )  # fmt: skip


def team_of(uow: UnitOfWork, draft: Draft, *, person_id: str, now: datetime) -> int | None:
    """The team that a draft names, made if it is new; else the one that the person is in."""
    if draft.team_name:
        team = uow.teams.ensure(draft.team_name, now=now)
        if person_id and not uow.teams.of(person_id):
            uow.teams.add_member(team.id, person_id)
        return team.id
    if draft.team_id is not None and (chosen := uow.teams.get(draft.team_id)) is not None:
        return chosen.id
    mine = uow.teams.of(person_id) if person_id else []
    return mine[0].id if mine else None


def require(uow: UnitOfWork, initiative_id: int) -> Initiative:
    """The initiative, if this viewer may see it and it stands.

    Raises:
        NotFound: it is not there, or not for this viewer; both read the same.
    """
    row = uow.initiatives.get(initiative_id)
    if row is None or row.withdrawn_at is not None:
        raise NotFound("That initiative is not in the registry any more. `/rowbot search` shows what is.")
    return row


def eyes_of(uow: UnitOfWork, person_id: str, *, now: datetime) -> Viewer:
    """The eyes of a person, as far as membership of private channels is known freshly."""
    person = uow.people.get(person_id) if person_id else None
    if not person_id or (person is not None and person.is_external):
        return EVERYBODY
    return Viewer(uow.channels.private_of(person_id, now=now) | {person_id})


def require_leader(uow: UnitOfWork, person_id: str) -> None:
    """Refuse a lead who cannot be one.

    Raises:
        BadInput: a bot, a deactivated account, or somebody of another organisation.
    """
    person = uow.people.get(person_id) if person_id else None
    if person is not None and (person.is_bot or person.is_deleted or person.is_external):
        raise BadInput(
            "Choose a member of this workspace: that account is a bot, deactivated, or of another organisation.",
            field=FIELD_LEAD,
        )


def _require_insight(uow: UnitOfWork, row: Initiative, lead_id: str, *, now: datetime) -> None:
    """Refuse a new lead who may not see what they would lead: telling them would tell what is private."""
    kept_to_lead = row.audience == row.lead_id
    if (
        row.audience
        and not kept_to_lead
        and lead_id != row.lead_id
        and not eyes_of(uow, lead_id, now=now).sees(row.audience)
    ):
        raise BadInput(
            "This work is private to its channel, and they are not in it. Invite them there first.", field=FIELD_LEAD
        )


def may_change(uow: UnitOfWork, initiative: Initiative, person_id: str) -> bool:
    """Its lead, who registered it, the lead of its team and admins may change it."""
    if person_id in {initiative.lead_id, initiative.created_by} - {""}:
        return True
    person = uow.people.get(person_id)
    if person is not None and person.is_external:
        return False
    if rights.is_admin(uow, person_id):
        return True
    team = uow.teams.get(initiative.team_id) if initiative.team_id is not None else None
    return team is not None and team.lead_id == person_id


def require_mine(uow: UnitOfWork, initiative_id: int, person_id: str, *, withdrawn: bool = False) -> Initiative:
    """The initiative, if this person may change it; with ``withdrawn`` also one that was taken back.

    Raises:
        NotFound: it is not there for them.
        NotAllowed: somebody else may; the sentence says who.
    """
    row = uow.initiatives.get(initiative_id) if withdrawn else require(uow, initiative_id)
    if row is None:
        raise NotFound("That initiative is not in the registry any more.")
    if not may_change(uow, row, person_id):
        raise NotAllowed(f"You can't change “{_plain(row.title)}”: {_led_by(uow, row)}.")
    return row


def _plain(text: str) -> str:
    """People's words inside a sentence that is read as markup in one place and as plain text in another."""
    return text.translate(
        {ord("<"): "‹", ord(">"): "›", ord("&"): "+", ord("*"): None, ord("_"): " ", ord("~"): None, ord("`"): None}
    )


def _led_by(uow: UnitOfWork, row: Initiative) -> str:
    if not row.lead_id:
        return "it has no lead yet; an admin can name one"
    lead = uow.people.get(row.lead_id)
    return f"its lead is {_plain(lead.name) if lead is not None and lead.name else f'<@{row.lead_id}>'}"


def edit(uow: UnitOfWork, initiative_id: int, draft: Draft, *, person_id: str, now: datetime) -> Changed:
    """Let the initiative say what the draft says.

    Raises:
        BadInput, NotAllowed, NotFound
    """
    row = require_mine(uow, initiative_id, person_id)
    draft = checked(draft)
    lead_id = draft.lead_id or row.lead_id
    if lead_id != row.lead_id:
        require_leader(uow, lead_id)
        _require_insight(uow, row, lead_id, now=now)
    audience = (
        lead_id if row.audience and row.audience == row.lead_id else row.audience
    )  # work kept to its lead follows the lead
    return _change(uow, row, now=now, audience=audience, title=draft.title, summary=draft.summary,
                   team_id=team_of(uow, draft, person_id=draft.lead_id, now=now), lead_id=lead_id, status=draft.status,
                   legacy=draft.legacy, capabilities=list(draft.capabilities), url=draft.url, lesson=draft.lesson)  # fmt: skip


def set_status(
    uow: UnitOfWork, initiative_id: int, status: Status, *, person_id: str, lesson: str | None = None, now: datetime
) -> Changed:
    """Say where the work stands; with the lesson when it ends (None leaves it as it is)."""
    row = require_mine(uow, initiative_id, person_id)
    return _change(uow, row, now=now, status=status, lesson=row.lesson if lesson is None else lesson.strip())


@dataclass(frozen=True, slots=True)
class Plan:
    """What the plan is now, since when, and what the same person had said before that this takes the place of ("" for nothing)."""

    text: str
    since: date
    instead_of: str = ""


def restate(
    uow: UnitOfWork, initiative_id: int, *, status: Status | None = None, plan: Plan | None = None, person_id: str, now: datetime
) -> Changed:  # fmt: skip
    """Say in passing where the work stands and what the plan is now; None leaves it as it is.

    The plan becomes the first sentence of the summary. Announcements are matched again and redrawn by their own job.
    """
    row = require_mine(uow, initiative_id, person_id)
    fields: dict[str, Any] = {} if status is None else {"status": status}
    if plan is not None:
        summary = plans.told(row.summary, plan.text, since=plan.since, instead_of=plan.instead_of, limit=SUMMARY_LENGTH)
        fields["summary"] = summary
        if list(row.capabilities) == capabilities.recognise(uow, row.summary, title=row.title):
            fields["capabilities"] = capabilities.recognise(uow, summary, title=row.title)
    changed = _change(uow, row, now=now, **fields)
    if changed.before:
        uow.announcements.fall_behind(row.id, now=now)
    return changed


def hand_over(uow: UnitOfWork, initiative_id: int, to_id: str, *, person_id: str, now: datetime) -> Changed:
    """Give the initiative another lead."""
    row = require_mine(uow, initiative_id, person_id)
    require_leader(uow, to_id)
    _require_insight(uow, row, to_id, now=now)
    changed = _change(uow, row, now=now, lead_id=to_id, lead_email="")
    if row.audience and row.audience == changed.before.get("lead_id"):
        # Work kept to its lead follows the lead.
        _change(uow, row, now=now, audience=to_id)
    return changed


def set_team(
    uow: UnitOfWork, initiative_id: int, team_id: int | None, *, team_name: str = "", person_id: str, now: datetime
) -> Changed:
    """Say which team's work it is, and remember the person as one of that team if they had none."""
    row = require_mine(uow, initiative_id, person_id)
    if team_id is None and not is_readable(team_name):
        raise BadInput("Write the team's name in letters.", field=FIELD_TEAM_NAME)
    team = uow.teams.ensure(team_name, now=now) if team_id is None else uow.teams.get(team_id)
    if team is None:
        raise NotFound("That team is not there any more. Choose another.")
    if not uow.teams.of(person_id):
        uow.teams.add_member(team.id, person_id)
    return _change(uow, row, now=now, team_id=team.id)


def withdraw(uow: UnitOfWork, initiative: Initiative, *, now: datetime) -> None:
    """Take an initiative out of sight. Nothing is deleted; :func:`restore` brings it back."""
    if initiative.withdrawn_at is None:
        uow.initiatives.change(initiative, version=uow.workspaces.raise_version(), now=now, withdrawn_at=now)


def restore(uow: UnitOfWork, initiative: Initiative, *, now: datetime) -> None:
    """Bring a withdrawn initiative back."""
    if initiative.withdrawn_at is not None:
        uow.initiatives.change(initiative, version=uow.workspaces.raise_version(), now=now, withdrawn_at=None)


def _change(uow: UnitOfWork, row: Initiative, *, now: datetime, **fields: Any) -> Changed:  # noqa: ANN401 - columns of Initiative
    if any(getattr(row, name) != value for name, value in fields.items()):
        before = uow.initiatives.change(row, version=uow.workspaces.raise_version(), now=now, **fields)
        uow.session.flush()
        return Changed(card(uow, row), dict(before))
    return Changed(card(uow, row))


def card(uow: UnitOfWork, initiative: Initiative) -> Card:
    """The card of one initiative."""
    return cards(uow, [initiative])[0]


def cards(uow: UnitOfWork, initiatives: Sequence[Initiative]) -> list[Card]:
    """The cards of initiatives that this viewer may see, in the same order."""
    teams = uow.teams.named({row.team_id for row in initiatives if row.team_id is not None})
    people = uow.people.named({row.lead_id for row in initiatives if row.lead_id})
    links = _links(uow, initiatives)
    names = capabilities.names(uow, {key for row in initiatives for key in row.capabilities})
    drawn = []
    for row in initiatives:
        team = teams.get(row.team_id) if row.team_id is not None else None
        lead = people.get(row.lead_id)
        drawn.append(
            Card(
                id=row.id, title=row.title, summary=row.summary, team=team.name if team else "", lead_id=row.lead_id,
                lead=(lead.name if lead else "") or (row.lead_email if not row.lead_id else ""), status=row.status, legacy=row.legacy,
                lesson=row.lesson, link=row.url or links.get(row.id, ""), capabilities=tuple(names[key] for key in row.capabilities if key in names),
                started_on=row.started_on, created_at=row.created_at, updated_at=row.updated_at, is_private=bool(row.audience),
            )
        )  # fmt: skip
    return drawn


def _links(uow: UnitOfWork, initiatives: Iterable[Initiative]) -> dict[int, str]:
    """Where each was announced, if the viewer may look there."""
    links: dict[int, str] = {}
    for announcement in uow.announcements.standing_of([row.id for row in initiatives if not row.url]):
        initiative_id = announcement.initiative_id
        if initiative_id is None or initiative_id in links:
            continue
        channel = uow.channels.get(announcement.channel_id)
        if channel is not None and channel.is_private and not uow.viewer.sees(channel.id):
            continue
        if channel is not None and channel.is_deleted:
            continue
        if "." in announcement.ts:
            links[initiative_id] = uow.workspaces.link(announcement.channel_id, announcement.ts)
        elif posted := uow.outbox.get(f"{uow.workspace_id}:{reply_key(announcement.id)}"):
            # A form's post: known once it has arrived.
            links[initiative_id] = (
                uow.workspaces.link(posted.arrived_channel, posted.arrived_ts) if posted.arrived_ts else ""
            )
    return links
