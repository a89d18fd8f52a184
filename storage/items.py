"""Items: what somebody waits for, who takes care of it, and since when."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy.orm import aliased
from sqlmodel import Field, SQLModel, col, or_, select

from storage.columns import Instant, Key, Word
from storage.initiatives import Initiative
from storage.people import Person
from storage.repository import EVERYBODY, Repository
from storage.syncs import Sync, Syncs
from storage.teams import Teams


class ItemState(StrEnum):
    """Where an item stands."""

    OPEN = "open"
    #: Its owner said that they take care of it.
    OWNED = "owned"
    DONE = "done"
    #: Whoever waited does not any more.
    WITHDRAWN = "withdrawn"


#: States in which somebody still waits.
STANDING: tuple[ItemState, ...] = (ItemState.OPEN, ItemState.OWNED)


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
    #: Who gave it to its owner, or gave it back; "" where the owner follows from what it is waited for from.
    handed_by: str = ""
    #: When its owner was told, and the version under whose key that message went out; None: they are still to be told.
    asked_at: datetime | None = Field(default=None, sa_type=Instant)
    asked_version: int = 0
    acknowledged_at: datetime | None = Field(default=None, sa_type=Instant)
    #: When something is to be done about it next; None when nothing is.
    next_at: datetime | None = Field(default=None, sa_type=Instant)
    #: It is taken to the owner's lead once; to "" where there was nobody to take it to.
    escalated_at: datetime | None = Field(default=None, sa_type=Instant)
    escalated_to: str = ""
    #: Counts what its messages said.
    version: int = 0
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_by: str = ""

    @property
    def stands(self) -> bool:
        """Whether somebody still waits."""
        return self.state in STANDING


class ItemMention(SQLModel, table=True):
    """Which item an answer names: one at most."""

    prompt_id: int = Field(primary_key=True, sa_type=Key, foreign_key="prompt.id")
    item_id: int = Field(foreign_key="item.id", sa_type=Key, index=True)
    workspace_id: str


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An item that everybody may see, with the names of two teams; "" where none is known."""

    item: Item
    #: Whose work waits.
    waiting_team: str
    #: From whom it is waited for.
    team: str


class Items(Repository):
    """The workspace's items, as far as the viewer may see them. Whether they may also see all that its sync is about, features ask."""

    def get(self, item_id: int) -> Item | None:
        """The item, if it is of this workspace and this viewer may see it."""
        row = self.session.get(Item, item_id)
        if row is None or row.workspace_id != self.workspace_id or not self.viewer.sees(row.audience):
            return None
        return row

    def lock(self, item_id: int) -> Item | None:
        """As :meth:`get`, as it stands now and held until this transaction ends."""
        statement = (
            select(Item).where(Item.workspace_id == self.workspace_id, Item.id == item_id, self.visible(col(Item.audience))).with_for_update()
        )  # fmt: skip
        return self.session.exec(statement.execution_options(populate_existing=True)).first()

    def add(self, item: Item) -> Item:
        """Store a new item and give it its id."""
        self.session.add(item)
        self.session.flush()
        return item

    def waited_for_in(
        self, sync_id: int, waiter_id: str, initiative_id: int | None, *, closed_since: datetime
    ) -> list[Item]:
        """What somebody waits for, or did until it was closed since then, in a sync or for an initiative; held, the oldest first."""
        about = col(Item.sync_id) == sync_id
        if initiative_id is not None:
            about |= col(Item.initiative_id) == initiative_id
        statement = (
            select(Item)
            .where(Item.workspace_id == self.workspace_id, Item.waiter_id == waiter_id, about)
            .where(col(Item.state).in_(STANDING) | (col(Item.closed_at) >= closed_since))
            .order_by(col(Item.id))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return list(self.session.exec(statement))

    def of_sync(self, sync_id: int) -> list[Item]:
        """What is still waited for in a sync, the oldest first."""
        statement = select(Item).where(Item.workspace_id == self.workspace_id, Item.sync_id == sync_id)
        return list(self.session.exec(statement.where(col(Item.state).in_(STANDING)).order_by(col(Item.id))))

    def owned_by(self, person_id: str) -> list[Item]:
        """What this person is to take care of, the oldest first."""
        return self._standing_where(Item.owner_id == person_id)

    def waited_for_by(self, person_id: str) -> list[Item]:
        """What this person waits for, the oldest first."""
        return self._standing_where(Item.waiter_id == person_id)

    def _standing_where(self, condition: bool) -> list[Item]:  # noqa: FBT001 - an SQL expression, which SQLModel types as bool
        statement = (
            select(Item)
            .where(Item.workspace_id == self.workspace_id, condition, col(Item.state).in_(STANDING))
            .where(self.visible(col(Item.audience)))
            .order_by(col(Item.created_at), col(Item.id))
        )
        return list(self.session.exec(statement))

    def open_by_age(self, limit: int = 50) -> list[OpenItem]:
        """What is still waited for and everybody may see, the oldest first, whoever looks."""
        system = aliased(Initiative)
        statement = (
            select(Item, Initiative.team_id)
            .join(Sync, col(Sync.id) == col(Item.sync_id))
            .join(Initiative, col(Initiative.id) == col(Item.initiative_id), isouter=True)
            .join(system, col(system.id) == col(Item.system_id), isouter=True)
            .where(Item.workspace_id == self.workspace_id, Item.audience == "", col(Item.state).in_(STANDING))
            .where(*Syncs(self.session, self.workspace_id, EVERYBODY).open_to_viewer())
            .where(*(or_(col(each.id).is_(None), col(each.audience) == "") for each in (Initiative, system)))
            .order_by(col(Item.created_at), col(Item.id))
            .limit(limit)
        )
        rows = list(self.session.exec(statement))
        ids = {team_id for item, waiting in rows for team_id in (item.team_id, waiting) if team_id is not None}
        names = {number: team.name for number, team in self._teams().named(ids).items()}
        return [OpenItem(item, names.get(waiting or 0, ""), names.get(item.team_id or 0, "")) for item, waiting in rows]

    def _teams(self) -> Teams:
        return Teams(self.session, self.workspace_id, self.viewer)

    # --- answers ----------------------------------------------------------------------------------------------------

    def mention(self, prompt_id: int, item_id: int | None) -> None:
        """The answer to a prompt names this item, or none."""
        row = self.session.get(ItemMention, prompt_id)
        if row is not None and item_id is None:
            self.session.delete(row)
        elif row is not None and item_id is not None:
            row.item_id = item_id
        elif item_id is not None:
            self.session.add(ItemMention(prompt_id=prompt_id, item_id=item_id, workspace_id=self.workspace_id))
        self.session.flush()

    def named_in(self, prompt_ids: Collection[int]) -> dict[int, Item]:
        """The items that the answers to these prompts name, by prompt."""
        known: dict[int, Item | None] | None = self.all_known("named_in", prompt_ids)
        if known is not None:
            return {prompt_id: item for prompt_id, item in known.items() if item is not None}
        statement = (
            select(ItemMention.prompt_id, Item)
            .join(Item, col(Item.id) == col(ItemMention.item_id))
            .where(Item.workspace_id == self.workspace_id, col(ItemMention.prompt_id).in_(sorted(set(prompt_ids))))
        )
        return dict(self.session.exec(statement).all())

    def look_ahead(self, prompt_ids: Collection[int]) -> None:
        """Read which items these answers name for the rest of this unit, in which nobody answers."""
        self.read_ahead("named_in", prompt_ids, self.named_in(prompt_ids), otherwise=lambda: None)

    def prompts_naming(self, item_id: int) -> Sequence[int]:
        """The prompts whose answers name an item, the latest first."""
        statement = select(ItemMention.prompt_id).where(ItemMention.item_id == item_id)
        return self.session.exec(statement.order_by(col(ItemMention.prompt_id).desc())).all()

    # --- time -------------------------------------------------------------------------------------------------------

    def due(self, now: datetime, *, limit: int) -> list[int]:
        """Items about which something is to be done: their moment has come, or one of the two has left."""
        left = select(Person.id).where(Person.workspace_id == self.workspace_id, col(Person.is_deleted).is_(True))
        orphaned = col(Item.owner_id).in_(left) | col(Item.waiter_id).in_(left)
        statement = (
            select(Item.id)
            .where(Item.workspace_id == self.workspace_id, col(Item.state).in_(STANDING))
            .where((col(Item.next_at) <= now) | orphaned)
            .order_by(col(Item.next_at), col(Item.id))
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def claim(self, item_id: int) -> Item | None:
        """The item as it stands now, held until this transaction ends, if no other process has it in hand."""
        statement = (
            select(Item)
            .where(Item.workspace_id == self.workspace_id, Item.id == item_id, col(Item.state).in_(STANDING))
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        return self.session.exec(statement).first()
