"""Over a WebSocket: heard, committed, acknowledged; and never deaf for long."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlmodel import select

from bot import socket_mode
from bot.process import Process, Role, start
from storage.announcements import Announcement
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import Team, settings_for

TEXT = "New initiative: Feature store\nWe will serve fresh features to the ranking models."


@pytest.fixture
async def wired(team: Team, bot_database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Process]:
    """A bot that listens over Socket Mode and looks at its connection often."""
    monkeypatch.setattr(socket_mode, "WATCH", 0.1)
    monkeypatch.setattr(socket_mode, "NEW_ADDRESS_AFTER", 0.3)
    monkeypatch.setattr(socket_mode, "NEW_CLIENT_AFTER", 2.0)
    process = await start(settings_for(team.slack, bot_database_url, slack_app_token=team.slack.app_token), Role.RUN)
    yield process
    await process.stop()


def texts(uow: UnitOfWork) -> list[str]:
    """What was announced."""
    return [row.text for row in uow.session.exec(select(Announcement))]


async def test_what_is_acknowledged_is_committed(team: Team, wired: Process) -> None:
    await team.slack.say(team.ana, team.channel, TEXT)
    (heard,) = team.slack.deliveries("message")
    assert heard.outcome == "acknowledged"
    assert await wired.bot.db.read(Scope(""), texts) == [TEXT]


async def test_an_event_that_comes_again_changes_nothing(team: Team, wired: Process) -> None:
    await team.slack.say(team.ana, team.channel, TEXT, times=3)
    assert {each.outcome for each in team.slack.deliveries("message")} == {"acknowledged"}
    assert len(await wired.bot.db.read(Scope(""), texts)) == 1


async def test_a_command_is_answered_over_the_socket(team: Team, wired: Process) -> None:
    assert await team.slack.command(team.ana, team.channel, "/rowbot help")


@pytest.mark.parametrize("abruptly", [False, True])
async def test_a_connection_that_slack_ends_is_opened_again(team: Team, wired: Process, abruptly: bool) -> None:
    await team.slack.sockets.disconnect("refresh_requested", abruptly=abruptly)
    await team.slack.wait_for(lambda: team.slack.sockets.connections, timeout=30)
    await team.slack.say(team.ana, team.channel, TEXT)
    assert len(await wired.bot.db.read(Scope(""), texts)) == 1


@pytest.mark.parametrize("seconds", [1.0, 4.0])
async def test_a_slack_that_is_away_and_then_refuses_the_old_ticket_is_found_again(
    team: Team, wired: Process, seconds: float
) -> None:
    """The client would knock with its spent ticket for ever; the watchdog takes the ticket away, and later the client."""
    team.slack.sockets.refusing = True
    await team.slack.sockets.disconnect("refresh_requested")
    await asyncio.sleep(seconds)
    team.slack.tickets._sockets.clear()
    team.slack.sockets.refusing = False
    await team.slack.wait_for(lambda: team.slack.sockets.connections, timeout=45)
    await team.slack.say(team.ana, team.channel, TEXT)
    assert await wired.bot.db.read(Scope(""), texts) == [TEXT]


async def test_the_health_page_knows_when_the_connection_is_down(team: Team, wired: Process) -> None:
    assert wired.door is not None
    assert await wired.door._health() == ""
    team.slack.sockets.refusing = True
    await team.slack.sockets.disconnect("link_disabled")
    for _ in range(200):
        if "connection to Slack is down" in await wired.door._health():
            break
        await asyncio.sleep(0.05)
    else:
        pytest.fail("The health page never noticed.")


async def test_a_stop_closes_the_connection(team: Team, wired: Process) -> None:
    await wired.stop()
    await team.slack.wait_for(lambda: not team.slack.sockets.connections, timeout=10)
