"""Items: what somebody waits for, who takes care of it, and since when."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from storage.columns import Instant, Key, Word
from storage.repository import Repository


class ItemState(StrEnum):
    """Where an item stands."""

    OPEN = "open"
    #: Its owner said that they take care of it.
    OWNED = "owned"
    DONE = "done"
    #: Whoever waited does not any more.
    WITHDRAWN = "withdrawn"


class Item(SQLModel, table=True):
    """One thing that one person waits for, from the answer in which they first said so until either side closes it."""

    __table_args__ = (
        Index("ix_item_due", "workspace_id", "next_at"),
        Index("ix_item_owner", "workspace_id", "owner_id", "state"),
        Index("ix_item_waiter", "workspace_id", "waiter_id", "state"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    workspace_id: str
    #: The sync in which it was said, and the latest prompt whose answer names it.
    sync_id: int = Field(foreign_key="sync.id", sa_type=Key)
    prompt_id: int = Field(foreign_key="prompt.id", sa_type=Key)
    #: Who may see it: the sync's audience.
    audience: str = ""
    #: Who waits, and the initiative that waits.
    waiter_id: str
    initiative_id: int | None = Field(default=None, foreign_key="initiative.id", sa_type=Key)
    #: For what, in their words; and from whom: a team, a person, a legacy system in the registry.
    what: str = ""
    team_id: int | None = Field(default=None, foreign_key="team.id", sa_type=Key)
    person_id: str = ""
    system_id: int | None = Field(default=None, foreign_key="initiative.id", sa_type=Key)
    state: ItemState = Field(default=ItemState.OPEN, sa_type=Word(ItemState))
    #: Who is asked to take care of it: the person named, the team's lead, or who pressed *I own this*; "" for nobody yet.
    owner_id: str = ""
    acknowledged_at: datetime | None = Field(default=None, sa_type=Instant)
    #: When something is to be done about it next; None when nothing is.
    next_at: datetime | None = Field(default=None, sa_type=Instant)
    #: It is taken to the owner's lead once.
    escalated_at: datetime | None = Field(default=None, sa_type=Instant)
    escalated_to: str = ""
    #: Counts what its messages said.
    version: int = 0
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_by: str = ""


class Items(Repository):
    """The workspace's items, as far as the viewer may see them."""

    def get(self, item_id: int) -> Item | None:
        """The item, if it is of this workspace and this viewer may see it."""
        row = self.session.get(Item, item_id)
        if row is None or row.workspace_id != self.workspace_id or not self.viewer.sees(row.audience):
            return None
        return row
