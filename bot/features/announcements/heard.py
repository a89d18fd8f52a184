"""A message as it was heard: what a listener read from Slack's event, ready for the service."""

from dataclasses import dataclass

from bot.features.announcements.detector import Kind
from bot.features.announcements.reading import Draft


@dataclass(frozen=True, slots=True)
class Heard:
    """One message, judged and read before any transaction opened."""

    channel_id: str
    ts: str
    #: "" for workflows and other bots.
    author_id: str
    text: str
    kind: Kind
    draft: Draft
    fingerprint: str
    #: Addresses that the message names.
    links: tuple[str, ...]
    is_private: bool
    #: Shared with another organisation; None where the event did not say.
    is_shared: bool | None
    #: Slack's time of the event that told of an edit; "" for a message as it was first posted.
    edited_ts: str = ""
