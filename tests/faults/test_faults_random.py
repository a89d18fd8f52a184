"""Killed at random moments, with events that come up to three times and answers that get lost: each announcement is answered once."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import Fault, Sandbox
from tests.faults.lives import MANIFEST, Announcer, Bot, Template, bring_again, settled


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    """A Slack whose minutes last 0.6 seconds."""
    async with Sandbox(MANIFEST, retry_scale=0.01) as sandbox:
        yield sandbox


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [20])
async def test_killed_a_dozen_times_each_announcement_is_answered_exactly_once(
    template: Template, slack: Sandbox, database_url: str, tmp_path: Path, seed: int
) -> None:
    await _live_and_die(slack, Bot(template, slack, database_url, tmp_path), kills=12, announcements=30, seed=seed)


@pytest.mark.faults
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_killed_sixty_times_each_announcement_is_answered_exactly_once(
    template: Template, slack: Sandbox, database_url: str, tmp_path: Path, seed: int
) -> None:
    await _live_and_die(slack, Bot(template, slack, database_url, tmp_path), kills=60, announcements=180, seed=seed)


async def _live_and_die(slack: Sandbox, bot: Bot, *, kills: int, announcements: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a repeatable run, no secret
    announcer = Announcer(slack)
    channels = [announcer.channel(f"team-{number}") for number in range(6)]
    try:
        for life in range(kills):
            slack.faults.clear()
            for fault in (
                Fault.ACCEPT_THEN_DROP,
                Fault.ACCEPT_THEN_500,
                Fault.ACCEPT_THEN_MALFORMED,
                Fault.ERROR_503,
                Fault.RATE_LIMIT,
            ):
                if chance.random() < 0.3:
                    slack.faults.on("chat.postMessage", fault, skip=chance.randrange(3))
            assert await bot.start()
            for _ in range(announcements * (life + 1) // kills - announcements * life // kills):
                await announcer.announce(
                    chance.choice(channels), times=chance.randint(1, 3), alone=chance.random() < 0.3
                )
                await asyncio.sleep(chance.uniform(0, 0.3))
            await asyncio.sleep(chance.uniform(0, 0.8))
            await bot.kill()
        assert len(announcer.said) == announcements
        slack.faults.clear()
        assert await bot.start()
        await bring_again(slack)
        await slack.wait_for(announcer.is_settled, timeout=120)
        await settled(announcer, bot.database_url, patience=60)
        assert await bot.stop() == 0
        doubled_or_lost = {where: count for where, count in announcer.answers().items() if count != 1}
        assert doubled_or_lost == {}
    except BaseException:
        sys.stderr.write(bot.log.read_text()[-20_000:])
        raise
    finally:
        await bot.kill()
