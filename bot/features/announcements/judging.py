"""Judges a message, from an event or from a channel's history: is it somebody's own, does it announce. Pure: no row is looked at.

With a second opinion it takes up to some 20 ms, so it is asked in a thread of its own and before any transaction.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from bot.features.announcements.detector import Kind, Weighed, weigh
from bot.features.announcements.heard import Heard
from bot.features.announcements.likeness import Likeness
from bot.features.announcements.reading import Draft, fingerprint, links, read, text_of

#: Subtypes that carry a message of somebody's.
SAID: Final = frozenset({None, "file_share", "bot_message", "me_message"})
#: What Slack leaves in the place of a deleted message that has answers.
TOMBSTONE: Final = "tombstone"


def spoken(message: Mapping[str, Any], bot_user_id: str | None) -> str:
    """What a message says; that it is said to the bot ("@Rowbot New initiative: …") makes no difference."""
    return re.sub(rf"<@{bot_user_id}(?:\|[^>]*)?>", " ", text_of(message)).strip()


def kind_of(text: str, likeness: Likeness | None) -> Kind:
    """What to do with a message that says this, by the rules and, where there is one, the second opinion."""
    return _kind(weigh(text), likeness)


def _kind(weighed: Weighed, likeness: Likeness | None) -> Kind:
    return (likeness.reconsider(weighed) if likeness is not None else weighed.verdict).kind


def judge(message: Mapping[str, Any], *, channel_id: str, is_private: bool, is_shared: bool | None, bot_user_id: str | None,
          likeness: Likeness | None, edited_ts: str = "") -> Heard:  # fmt: skip
    """A message, judged and read. ``edited_ts`` is Slack's time of the edit that it is told of; "" as it was first posted."""
    text = spoken(message, bot_user_id)
    weighed = weigh(text)
    kind = _kind(weighed, likeness)
    # Nobody looks at what plain talk would be called.
    draft = read(text, weighed=weighed) if kind is not Kind.NONE or edited_ts else Draft("")
    author = "" if message.get("bot_id") else str(message.get("user") or "")
    return Heard(channel_id=channel_id, ts=str(message["ts"]), author_id=author, text=text, kind=kind, draft=draft,
                 fingerprint=fingerprint(text), links=tuple(links(text)), is_private=is_private, is_shared=is_shared, edited_ts=edited_ts)  # fmt: skip


def is_on_its_own(message: Mapping[str, Any]) -> bool:
    """Whether it stands in the channel itself, and not in a thread."""
    return bool(message.get("ts")) and message.get("thread_ts") in (None, message.get("ts"))


def is_by_us(message: Mapping[str, Any], *, bot_user_id: str | None, bot_id: str | None) -> bool:
    """Whether this bot wrote it."""
    return bool(
        (message.get("user") and message["user"] == bot_user_id)
        or (message.get("bot_id") and message["bot_id"] == bot_id)
    )


def is_by_strangers(message: Mapping[str, Any], *, team_id: str | None, in_enterprise: bool) -> bool:
    """Whether somebody of another organisation wrote it."""
    team = message.get("user_team")
    return bool(team) and team != team_id and not in_enterprise
