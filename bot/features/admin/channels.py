"""Decides how loud the bot is, channel by channel, for admins."""

from datetime import datetime

from bot.errors import NotFound
from bot.features.admin import settings
from bot.features.admin.shown import PER_PAGE, ChannelPage
from bot.features.announcements import catching_up, loudness, notifications
from bot.features.teams import rights
from storage.channels import ChannelMode
from storage.unit_of_work import UnitOfWork


def page(uow: UnitOfWork, offset: int, *, person_id: str) -> ChannelPage:
    """Channels the bot is in, by name. A private one is listed for its own members only: its name is theirs."""
    rights.require_admin(uow, person_id)
    rows, total = uow.channels.listed(offset=offset, limit=PER_PAGE)
    default = uow.channels.default_mode()
    digests = uow.digests.among([row.id for row in rows])
    return ChannelPage(
        tuple((row, row.effective_mode(default)) for row in rows), default, offset, total, digests=digests
    )


def found(uow: UnitOfWork, channel_id: str, *, person_id: str) -> ChannelPage:
    """One channel.

    Raises:
        NotFound: the bot is not in it, or the viewer is not.
    """
    rights.require_admin(uow, person_id)
    row = uow.channels.get(channel_id)
    if row is None or not row.is_member or row.is_archived or (row.is_private and not uow.viewer.sees(row.id)):
        raise NotFound(
            "I am not in that channel. Invite me there with `/invite @Rowbot`; then its mode can be chosen here."
        )
    default = uow.channels.default_mode()
    return ChannelPage(
        ((row, row.effective_mode(default)),), default, total=1, found=row.id, digests=uow.digests.among([row.id])
    )


def set_mode(uow: UnitOfWork, channel_id: str, mode: ChannelMode | None, *, person_id: str, now: datetime) -> None:
    """Choose the mode of one channel; None: as the default.

    Raises:
        NotAllowed, NotFound
    """
    found(uow, channel_id, person_id=person_id)
    loudness.set_mode(uow, channel_id, mode, person_id=person_id, now=now)


def set_default(uow: UnitOfWork, mode: ChannelMode, *, person_id: str, now: datetime) -> None:
    """Choose the mode of channels in which nobody chose one; their greetings follow."""
    settings.save(uow, {"channel_mode": mode}, person_id=person_id, now=now)
    follow_default(uow, now=now)


def follow_default(uow: UnitOfWork, *, now: datetime) -> None:
    """Let channels in which nobody chose a mode go by the default: what is heard from now on, and what the menus of the greetings show."""
    catching_up.begin(uow, now=now)
    default = uow.channels.default_mode()
    for row in uow.machine.channels.listed(limit=10_000)[0]:
        if row.mode is None and row.greeted_at is not None and not row.is_shared:
            notifications.redraw_greeting(uow, row.id, default, now=now)
