"""What is said of an item, as facts ready to be worded for one reader. Made by `seeing`, drawn by the views."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from storage.items import STANDING, ItemState

#: Block ids of the form's fields, so that a refusal stands beside its field.
FIELD_TO: Final = "item.to"
FIELD_WHY: Final = "item.why"
WHY_LENGTH: Final = 500


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody with their team; names are "" where they are unknown."""

    person_id: str = ""
    name: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class ItemCard:
    """An item as one reader may see it."""

    id: int
    state: ItemState
    #: For what, in the waiter's words; "" where they named only from whom.
    what: str
    waiter: Party
    #: Full days since it was said first.
    days: int
    #: Who takes care of it or is asked to; without a person_id: nobody.
    owner: Party
    #: The initiative that waits, as far as the reader may see it.
    title: str = ""
    #: From whom it is waited for: names of a team, a person, a legacy system; "" for none.
    team: str = ""
    person: str = ""
    system: str = ""
    #: Whether the owner was told.
    is_asked: bool = False
    escalated_at: datetime | None = None
    escalated_to: Party = Party()
    closed_by: Party = Party()

    @property
    def stands(self) -> bool:
        """Whether somebody still waits."""
        return self.state in STANDING


@dataclass(frozen=True, slots=True)
class Waiting:
    """What `/rowbot waiting` and the App Home show."""

    #: What the reader is to take care of, and what they wait for.
    owned: tuple[ItemCard, ...] = ()
    own: tuple[ItemCard, ...] = ()
    #: For admins: all public items by age. None for everybody else.
    public: tuple[ItemCard, ...] | None = None
