"""The card: what is said of an initiative wherever it is named. Made by the service, drawn by the views."""

from dataclasses import dataclass
from datetime import date, datetime

from storage.initiatives import Status


@dataclass(frozen=True, slots=True)
class Card:
    """One initiative, ready to be worded for a viewer who may see it."""

    id: int
    title: str
    summary: str
    #: "" where nobody said.
    team: str
    lead_id: str
    #: Name (or address) of the lead; "" where nobody leads or the name is unknown.
    lead: str
    status: Status
    legacy: bool
    lesson: str
    #: The address people are sent to: its own page, or the thread where it was announced.
    link: str
    capabilities: tuple[str, ...]
    started_on: date | None
    created_at: datetime
    updated_at: datetime
    is_private: bool


def reply_key(announcement_id: int) -> str:
    """The outbox key of the reply to an announcement. Where a form announced it, the reply is the post that cards link to."""
    return f"reply:{announcement_id}"
