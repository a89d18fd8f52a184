"""What reports are made of: plain rows of initiatives, pairs, syncs and rounds, as far as the viewer may see them.

A pair counts only where the viewer may see both of its sides, and a sync only where they may see every initiative that it
is about. Initiatives that were taken back count nowhere: they were never meant to be there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, String, and_, case, exists, type_coerce, union_all
from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlmodel import col, func, or_, true

from storage.announcements import Announcement, AnnouncementState
from storage.channels import Channel
from storage.initiatives import Initiative, Status, StatusChange
from storage.items import Item
from storage.matches import Match
from storage.overlaps import Feedback, Overlap, Verb
from storage.repository import Repository
from storage.rounds import Prompt, PromptState, Round, RoundState
from storage.syncs import Sync, Syncs, SyncState

#: Of ten thousand rows a look-up here is three times as fast as the enum's own.
_STATUSES: Final = {status.value: status for status in Status}
_ENDS: Final = {state.value: state for state in PromptState}


@dataclass(frozen=True, slots=True)
class Registered:
    """An initiative of the registry."""

    id: int
    team_id: int | None
    #: As it stands now.
    status: Status
    created_at: datetime
    #: Whether it came with an import, and not by an announcement.
    is_imported: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """A change of an initiative's status."""

    initiative_id: int
    before: Status
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class PairFound:
    """Two initiatives of which somebody was shown that they resemble each other; the smaller id stands first."""

    one_id: int
    other_id: int
    #: When that was first shown, as far as it is still known.
    found_at: datetime


@dataclass(frozen=True, slots=True)
class SaidOfPair:
    """What somebody said of a pair, undone or not."""

    one_id: int
    other_id: int
    verb: Verb
    said_at: datetime
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class SyncRow:
    """A sync, and the pair that it is about."""

    id: int
    topic: str
    state: SyncState
    created_at: datetime
    #: When it was last changed: for one that has ended, when it ended.
    updated_at: datetime
    channel_id: str
    thread_ts: str
    one_id: int | None
    other_id: int | None


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round of a sync."""

    id: int
    sync_id: int
    number: int
    on_day: date
    state: RoundState
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """How many prompts of a round came to the same end."""

    round_id: int
    state: PromptState
    count: int


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """Something that somebody waits for, or did. Says nothing of people."""

    id: int
    #: The initiative that waits, and its team; the team that it is waited for from.
    initiative_id: int | None
    waiting_team_id: int | None
    team_id: int | None
    created_at: datetime
    closed_at: datetime | None


class Reports(Repository):
    """Questions over the whole workspace, answered with the viewer's eyes."""

    def initiatives(self, *, until: datetime) -> list[Registered]:
        """Every initiative that was registered before a moment, oldest first."""
        statement = (
            sql_select(
                col(Initiative.id), col(Initiative.team_id), type_coerce(col(Initiative.status), String), col(Initiative.created_at),
                and_(col(Initiative.created_by) == "", ~self._announced()),
            )
            .where(col(Initiative.created_at) < until, *self._seen(Initiative))
            .order_by(col(Initiative.created_at), col(Initiative.id))
        )  # fmt: skip
        return [
            Registered(number, team_id, _STATUSES[status], created_at, is_imported)
            for number, team_id, status, created_at, is_imported in self.session.execute(statement)
        ]

    def turns(self, *, since: datetime) -> list[Turn]:
        """Every change of a status from a moment on, oldest first."""
        statement = (
            sql_select(col(StatusChange.initiative_id), col(StatusChange.before), col(StatusChange.changed_at))
            .join(Initiative, col(Initiative.id) == col(StatusChange.initiative_id))
            .where(col(StatusChange.workspace_id) == self.workspace_id, col(StatusChange.changed_at) >= since)
            .where(*self._seen(Initiative))
            .order_by(col(StatusChange.changed_at), col(StatusChange.id))
        )
        return [Turn(*row) for row in self.session.execute(statement)]

    def pairs(self, *, since: datetime, until: datetime) -> list[PairFound]:
        """Pairs first shown to somebody from ``since`` on and before ``until``, oldest first."""
        forward = col(Match.initiative_id) < col(Match.candidate_id)
        shown = sql_select(
            case((forward, col(Match.initiative_id)), else_=col(Match.candidate_id)).label("one_id"),
            case((forward, col(Match.candidate_id)), else_=col(Match.initiative_id)).label("other_id"),
            col(Match.created_at).label("found_at"),
        ).where(col(Match.workspace_id) == self.workspace_id)
        spoken = sql_select(col(Overlap.first_id), col(Overlap.second_id), col(Overlap.created_at)).where(
            col(Overlap.workspace_id) == self.workspace_id
        )
        known = union_all(shown, spoken).subquery()
        one, other = aliased(Initiative), aliased(Initiative)
        first = func.min(known.c.found_at)
        statement = (
            sql_select(known.c.one_id, known.c.other_id, first)
            .join(one, col(one.id) == known.c.one_id)
            .join(other, col(other.id) == known.c.other_id)
            .where(*self._seen(one), *self._seen(other))
            .group_by(known.c.one_id, known.c.other_id)
            .having(and_(first >= since, first < until))
            .order_by(first, known.c.one_id, known.c.other_id)
        )
        return [PairFound(*row) for row in self.session.execute(statement)]

    def said(self, *, since: datetime, until: datetime) -> list[SaidOfPair]:
        """What was said of pairs from ``since`` on and before ``until``, oldest first."""
        one, other = aliased(Initiative), aliased(Initiative)
        statement = (
            sql_select(
                col(Overlap.first_id), col(Overlap.second_id), col(Feedback.verb), col(Feedback.created_at), col(Feedback.undone_at)
            )
            .join(Overlap, col(Overlap.id) == col(Feedback.overlap_id))
            .join(one, col(one.id) == col(Overlap.first_id))
            .join(other, col(other.id) == col(Overlap.second_id))
            .where(col(Feedback.workspace_id) == self.workspace_id)
            .where(col(Feedback.created_at) >= since, col(Feedback.created_at) < until)
            .where(*self._seen(one), *self._seen(other))
            .order_by(col(Feedback.created_at), col(Feedback.id))
        )  # fmt: skip
        return [SaidOfPair(*row) for row in self.session.execute(statement)]

    def syncs(self, *, until: datetime) -> list[SyncRow]:
        """Every sync that was set up before a moment, oldest first."""
        statement = (
            sql_select(
                col(Sync.id), col(Sync.topic), col(Sync.state), col(Sync.created_at), col(Sync.updated_at), col(Sync.channel_id),
                col(Sync.thread_ts), col(Overlap.first_id), col(Overlap.second_id),
            )
            .join(Overlap, col(Overlap.id) == col(Sync.overlap_id), isouter=True)
            .where(col(Sync.created_at) < until, *self._open())
            .order_by(col(Sync.created_at), col(Sync.id))
        )  # fmt: skip
        return [SyncRow(*row) for row in self.session.execute(statement)]

    def rounds(self, *, since: datetime, until: datetime) -> list[RoundRow]:
        """Rounds that opened from ``since`` on and before ``until``, oldest first."""
        statement = (
            sql_select(
                col(Round.id), col(Round.sync_id), col(Round.number), col(Round.on_day), col(Round.state), col(Round.opened_at)
            )
            .join(Sync, col(Sync.id) == col(Round.sync_id))
            .where(col(Round.opened_at) >= since, col(Round.opened_at) < until, *self._open())
            .order_by(col(Round.opened_at), col(Round.id))
        )  # fmt: skip
        return [RoundRow(*row) for row in self.session.execute(statement)]

    def answers(self, *, since: datetime, until: datetime) -> list[AnswerCount]:
        """What became of the prompts of the rounds that :meth:`rounds` gives, counted for each round. Says nothing of people."""
        statement = (
            sql_select(col(Prompt.round_id), type_coerce(col(Prompt.state), String), func.count(col(Prompt.id)))
            .join(Round, col(Round.id) == col(Prompt.round_id))
            .join(Sync, col(Sync.id) == col(Round.sync_id))
            .where(col(Round.opened_at) >= since, col(Round.opened_at) < until, *self._open())
            .group_by(col(Prompt.round_id), col(Prompt.state))
            .order_by(col(Prompt.round_id), col(Prompt.state))
        )
        return [
            AnswerCount(round_id, _ENDS[state], count) for round_id, state, count in self.session.execute(statement)
        ]

    def waiting(self, *, since: datetime, until: datetime) -> list[WaitingRow]:
        """What was waited for at any time from ``since`` on and before ``until``, the longest first."""
        work, system = aliased(Initiative), aliased(Initiative)
        statement = (
            sql_select(
                col(Item.id), col(Item.initiative_id), col(work.team_id), col(Item.team_id), col(Item.created_at), col(Item.closed_at)
            )
            .join(Sync, col(Sync.id) == col(Item.sync_id))
            .join(work, col(work.id) == col(Item.initiative_id), isouter=True)
            .join(system, col(system.id) == col(Item.system_id), isouter=True)
            .where(col(Item.workspace_id) == self.workspace_id, col(Item.created_at) < until, self.visible(col(Item.audience)), *self._open())
            .where(or_(col(Item.closed_at).is_(None), col(Item.closed_at) >= since))
            .where(*(or_(col(each.id).is_(None), self.visible(col(each.audience))) for each in (work, system)))
            .order_by(col(Item.created_at), col(Item.id))
        )  # fmt: skip
        return [WaitingRow(*row) for row in self.session.execute(statement)]

    def last_change(self) -> datetime | None:
        """When anything in the registry was last changed; None while it is empty."""
        statement = sql_select(func.max(col(Initiative.updated_at))).where(*self._seen(Initiative))
        changed: datetime | None = self.session.execute(statement).scalar_one()
        return changed

    def titles(self) -> dict[int, tuple[str, str]]:
        """Title and own address ("" for none) of every initiative, by id."""
        statement = sql_select(col(Initiative.id), col(Initiative.title), col(Initiative.url)).where(
            *self._seen(Initiative)
        )
        return {row[0]: (row[1], row[2]) for row in self.session.execute(statement)}

    def places(self) -> dict[int, tuple[str, str]]:
        """Channel and ts of the first standing message that announced an initiative, by its id; of private channels the viewer's own."""
        open_to_viewer = or_(
            col(Channel.is_private).is_(None),
            col(Channel.is_private).is_(False),
            true() if self.viewer.audiences is None else col(Channel.id).in_(sorted(self.viewer.audiences)),
        )
        statement = (
            sql_select(col(Announcement.initiative_id), col(Announcement.channel_id), col(Announcement.ts))
            .join(Initiative, col(Initiative.id) == col(Announcement.initiative_id))
            .join(
                Channel,
                and_(col(Channel.workspace_id) == self.workspace_id, col(Channel.id) == col(Announcement.channel_id)),
                isouter=True,
            )
            .where(col(Announcement.workspace_id) == self.workspace_id, col(Announcement.ts).contains("."))
            .where(col(Announcement.state) == AnnouncementState.REGISTERED, open_to_viewer, *self._seen(Initiative))
            .order_by(col(Announcement.id).desc())
        )
        return {row[0]: (row[1], row[2]) for row in self.session.execute(statement)}

    def _announced(self) -> ColumnElement[bool]:
        return exists().where(col(Announcement.initiative_id) == col(Initiative.id)).correlate(Initiative)

    def _seen(self, table: type[Initiative]) -> Sequence[ColumnElement[bool]]:
        return (
            col(table.workspace_id) == self.workspace_id,
            col(table.withdrawn_at).is_(None),
            self.visible(col(table.audience)),
        )

    def _open(self) -> Sequence[ColumnElement[bool]]:
        return Syncs(self.session, self.workspace_id, self.viewer).open_to_viewer()
