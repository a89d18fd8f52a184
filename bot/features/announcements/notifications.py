"""Addresses the answers to an announcement: which thread, which person, under which key."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.delivery import outbox
from bot.features.announcements import views
from bot.features.announcements.reply import Aside, Reply
from bot.features.initiatives import views as initiatives
from bot.features.initiatives.card import Card, reply_key
from storage.announcements import Announcement
from storage.channels import ChannelMode
from storage.initiatives import Status
from storage.outbox import OutboxVerb
from storage.teams import Team
from storage.unit_of_work import UnitOfWork

SEEN: Final = "white_check_mark"


def post_reply(uow: UnitOfWork, announcement: Announcement, reply: Reply, *, now: datetime) -> None:
    """Put the reply into the announcement's thread; for a form, into the channel it names. Once."""
    thread = "" if reply.posted_for else announcement.ts
    failed = None
    if announcement.author_id:
        failed = outbox.row_for(uow, OutboxVerb.POST, key=f"reply:{announcement.id}:failed", target=announcement.author_id,
                                body=outbox.body_of(views.not_a_member(reply.card, announcement.channel_id)), now=now)  # fmt: skip
    outbox.post(
        uow,
        views.reply(reply),
        key=_key(announcement),
        channel_id=announcement.channel_id,
        thread_ts=thread,
        now=now,
        otherwise=failed,
    )


def redraw_reply(uow: UnitOfWork, announcement: Announcement, reply: Reply, *, now: datetime) -> bool:
    """Let the reply say what is true now; False if there is none."""
    announcement.reply_version += 1
    return outbox.redraw(uow, views.reply(reply), key=_key(announcement), version=announcement.reply_version, now=now)


def has_reply(uow: UnitOfWork, announcement: Announcement) -> bool:
    """Whether a reply was ever put in."""
    return uow.outbox.get(f"{uow.workspace_id}:{_key(announcement)}") is not None


def mark_seen(uow: UnitOfWork, announcement: Announcement, *, now: datetime) -> None:
    """A quiet tick: heard, and nothing similar is known. Nothing to do where it stands already."""
    if not is_marked(uow, announcement):
        announcement.reply_version += 1
        outbox.react(
            uow, SEEN, key=_tick(announcement), channel_id=announcement.channel_id, ts=announcement.ts, now=now
        )


def unmark_seen(uow: UnitOfWork, announcement: Announcement, *, now: datetime) -> None:
    """Take the tick off again, if there is one."""
    if is_marked(uow, announcement):
        outbox.react(
            uow,
            SEEN,
            key=f"un{_tick(announcement)}",
            channel_id=announcement.channel_id,
            ts=announcement.ts,
            now=now,
            remove=True,
        )


def is_marked(uow: UnitOfWork, announcement: Announcement) -> bool:
    """Whether the tick stands, or is on its way."""
    mark = uow.outbox.get(f"{uow.workspace_id}:{_tick(announcement)}")
    return mark is not None and uow.outbox.get(f"{uow.workspace_id}:un{_tick(announcement)}") is None


def _tick(announcement: Announcement) -> str:
    # Without a reply nothing but the tick counts the version up, so the present one is the last tick's.
    return f"seen:{announcement.id}:{announcement.reply_version}"


def tell_author(uow: UnitOfWork, announcement: Announcement, aside: Aside, *, key: str, now: datetime) -> None:
    """To the author alone."""
    outbox.whisper(
        uow, views.aside(aside), key=key, channel_id=announcement.channel_id, person_id=announcement.author_id, now=now
    )


def ask_author(
    uow: UnitOfWork, announcement: Announcement, title: str, similar: Sequence[Card], *, now: datetime
) -> None:
    """Is this one?"""
    outbox.whisper(uow, views.question(announcement.id, title, similar), key=f"ask:{announcement.id}", channel_id=announcement.channel_id,
                   person_id=announcement.author_id, now=now)  # fmt: skip


def ask_team(uow: UnitOfWork, announcement: Announcement, card: Card, teams: Sequence[Team], *, now: datetime) -> None:
    """Which team is it for? Once for each person."""
    outbox.whisper(uow, views.team_question(card, teams), key=f"team:{announcement.author_id}", channel_id=announcement.channel_id,
                   person_id=announcement.author_id, now=now)  # fmt: skip


def greet(uow: UnitOfWork, channel_id: str, mode: ChannelMode, *, now: datetime) -> None:
    """Say hello in a channel, once in its life."""
    outbox.post(uow, views.greeting(mode), key=f"greeting:{channel_id}", channel_id=channel_id, now=now)


def redraw_greeting(uow: UnitOfWork, channel_id: str, mode: ChannelMode, *, now: datetime) -> None:
    """Let the greeting's menu show what counts now."""
    outbox.redraw(uow, views.greeting(mode), key=f"greeting:{channel_id}", version=int(now.timestamp() * 1000), now=now)


def tell_new_lead(uow: UnitOfWork, card: Card, *, by: str, now: datetime) -> None:
    """To who leads it from now on."""
    outbox.post(
        uow,
        initiatives.handed_over(card, by=by),
        key=f"lead:{card.id}:{card.lead_id}:{int(now.timestamp())}",
        channel_id=card.lead_id,
        now=now,
    )


def tell_closed(
    uow: UnitOfWork, card: Card, before: Status, *, lesson_was_empty: bool, person_id: str, now: datetime
) -> None:
    """To the one who closed it: what it says now, and the way back."""
    message = initiatives.closed(card, before, lesson_was_empty=lesson_was_empty)
    outbox.post(uow, message, key=f"closed:{card.id}:{now.timestamp()}", channel_id=person_id, now=now)


def tell_withdrawn(uow: UnitOfWork, card: Card, *, person_id: str, now: datetime) -> None:
    """To the one who withdrew it from their App Home, where nothing can be answered: the way back."""
    outbox.post(
        uow, initiatives.withdrawn(card), key=f"withdrawn:{card.id}:{now.timestamp()}", channel_id=person_id, now=now
    )


def _key(announcement: Announcement) -> str:
    return reply_key(announcement.id)
