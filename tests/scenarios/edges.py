"""What scenarios of life's edges do and look at: channels, teams and leads as rows, messages that wait."""

from datetime import timedelta

import aiohttp
from sqlmodel import select

from bot import clock
from bot.delivery import outbox as front
from bot.process import Process
from bot.slack import blocks as b
from storage.channels import Channel
from storage.outbox import OutboxRow, OutboxState
from storage.unit_of_work import UnitOfWork
from tests.scenarios.dialogs import (
    is_ours,
    quiet,
    titles,
)
from tests.world import Team, everything


async def invited(team: Team, bot: Process, channel: str) -> None:
    """The bot comes in, and what it says has arrived."""
    await team.slack.invite(team.ana, channel, team.slack.bot_user_id)
    await quiet(bot)


async def channel_row(bot: Process, channel: str) -> Channel:
    row = await bot.bot.db.read(bot.bot.scope, lambda uow: uow.channels.get(channel))
    assert row is not None
    return row


async def put_back(bot: Process, channel: str, *texts: str) -> None:
    """Messages that wait: they may not leave for another hour."""

    def put(uow: UnitOfWork) -> None:
        now = clock.now()
        for text in texts:
            front.post(
                uow,
                b.Message(text, [b.section(text)]),
                key=f"waiting:{text}",
                channel_id=channel,
                now=now + timedelta(hours=1),
            )

    await bot.bot.db.write(bot.bot.scope, put)


async def rows(bot: Process, *, state: OutboxState, target: str = "") -> list[OutboxRow]:
    def read(uow: UnitOfWork) -> list[OutboxRow]:
        found = uow.session.exec(select(OutboxRow).where(OutboxRow.state == state)).all()
        return [row for row in found if target in ("", row.target)]

    return await bot.bot.db.read(bot.bot.scope, read)


def said_in(team: Team, channel: str) -> list[str]:
    """What the bot wrote into a channel; not Slack's own lines about who came and went."""
    mine = [message for message in team.slack.messages(channel) if is_ours(team, message) and "subtype" not in message]
    return [everything(message) for message in mine]


async def _titles(bot: Process) -> str:
    return "\n".join(await titles(bot))


async def team_of(bot: Process, name: str, *, lead: str = "", home: str = "", members: tuple[str, ...] = ()) -> int:
    def put(uow: UnitOfWork) -> int:
        row = uow.teams.ensure(name, now=clock.now())
        row.lead_id, row.home_channel_id = lead, home
        for member in members:
            uow.teams.add_member(row.id, member)
        return row.id

    return await bot.bot.db.write(bot.bot.scope, put)


async def led_by(bot: Process, *ids: int) -> list[str]:
    def read(uow: UnitOfWork) -> list[str]:
        found = uow.machine.initiatives.named(list(ids))
        return [found[one].lead_id for one in ids]

    return await bot.bot.db.read(bot.bot.scope, read)


async def health_of(bot: Process) -> tuple[int, str]:
    assert bot.door is not None
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{bot.door.port}/healthz") as answer:
        return answer.status, str((await answer.json())["why"])
