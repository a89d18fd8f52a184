"""What people said in syncs that are summed up in the open: who waits, who helped, what comes next. For a digest.

A sync counts only where the viewer may see all that it is about, and where its summaries are posted in a place that they may read:
what is summed up for its participants alone is theirs.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement
from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlmodel import col, or_, select

from storage.initiatives import Initiative
from storage.items import Item, ItemState
from storage.reports import Reports
from storage.rounds import Answer, Prompt, Round, RoundState
from storage.syncs import Sync, SyncState

#: Somebody still waits.
_WAITING: Final = (ItemState.OPEN, ItemState.OWNED)


@dataclass(frozen=True, slots=True)
class Credit:
    """Somebody said who helped them."""

    said_by: str
    #: The team of the initiative that they spoke for; None where they spoke for none, or it has none.
    team_id: int | None
    helped_by: tuple[str, ...]


class Weeks(Reports):
    """Questions about what was said in ``places`` (ids of channels), answered with the viewer's eyes."""

    def still_waited_for(self, places: Collection[str], *, until: datetime) -> list[Item]:
        """What somebody waited for before a moment and still does, the oldest first."""
        system = aliased(Initiative)
        statement = (
            select(Item)
            .join(Sync, col(Sync.id) == col(Item.sync_id))
            .join(Initiative, col(Initiative.id) == col(Item.initiative_id), isouter=True)
            .join(system, col(system.id) == col(Item.system_id), isouter=True)
            .where(Item.workspace_id == self.workspace_id, col(Item.state).in_(_WAITING), col(Item.created_at) < until)
            .where(self.visible(col(Item.audience)), *self._told_in(places))
            .where(*(or_(col(each.id).is_(None), self.visible(col(each.audience))) for each in (Initiative, system)))
            .order_by(col(Item.created_at), col(Item.id))
        )
        return list(self.session.exec(statement))

    def credits(self, places: Collection[str], *, since: datetime, until: datetime) -> list[Credit]:
        """Who was said to have helped, in rounds that were summed up from ``since`` on or in later answers to older ones."""
        statement = (
            sql_select(col(Prompt.person_id), col(Initiative.team_id), col(Answer.helped_by))
            .join(Prompt, col(Prompt.id) == col(Answer.prompt_id))
            .join(Round, col(Round.id) == col(Prompt.round_id))
            .join(Sync, col(Sync.id) == col(Round.sync_id))
            .join(Initiative, col(Initiative.id) == col(Prompt.initiative_id), isouter=True)
            .where(col(Round.state) == RoundState.CLOSED, col(Round.closes_at) < until, col(Answer.created_at) < until)
            .where(or_(col(Round.closes_at) >= since, col(Answer.created_at) >= since), *self._told_in(places))
            .where(or_(col(Initiative.id).is_(None), self.visible(col(Initiative.audience))))
            .order_by(col(Answer.prompt_id))
        )
        return [
            Credit(person_id, team_id, tuple(helpers))
            for person_id, team_id, helpers in self.session.execute(statement)
            if helpers
        ]

    def coming(self, places: Collection[str], *, first: date, last: date) -> list[Sync]:
        """Syncs whose next round is on one of these days, the earliest first."""
        statement = (
            select(Sync)
            .where(Sync.state == SyncState.ACTIVE, col(Sync.next_on) >= first, col(Sync.next_on) <= last)
            .where(*self._told_in(places))
            .order_by(col(Sync.next_on), col(Sync.id))
        )
        return list(self.session.exec(statement))

    def _told_in(self, places: Collection[str]) -> tuple[ColumnElement[bool], ...]:
        return (col(Sync.channel_id).in_(sorted(places)), *self._open())
