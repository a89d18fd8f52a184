"""Reads at once, for many pieces of due work, what `facts` would read for each. What is not read here is read one by one."""

from collections.abc import Collection
from datetime import datetime

from bot.features.syncs import notifications
from bot.features.syncs.clocks import whose
from bot.features.teams import hours
from storage.rounds import Prompt, Round
from storage.unit_of_work import UnitOfWork


def of_prompts(uow: UnitOfWork, prompts: Collection[Prompt], *, now: datetime) -> None:
    """Read around prompts that are claimed, for the rest of this unit: their rounds and series, and what was answered before."""
    if len(prompts) > 1:
        uow.answers.look_ahead([prompt.id for prompt in prompts])
        of_series(uow, [turn.sync_id for turn in uow.rounds.look_ahead(prompts)], now=now)


def of_closings(uow: UnitOfWork, turns: Collection[Round], *, now: datetime) -> None:
    """Hold the rosters of rounds that are claimed, and read around them: what was answered and said, and the messages that follow."""
    prompts = uow.rounds.hold_rosters([turn.id for turn in turns])
    if len(prompts) > 1:
        of_prompts(uow, prompts, now=now)
        uow.answers.look_ahead_views([prompt.id for prompt in prompts])
        uow.items.look_ahead([prompt.id for prompt in prompts])
        notifications.look_ahead(uow, prompts)


def of_clocks(uow: UnitOfWork, sync_ids: Collection[int], *, now: datetime) -> None:
    """Read series with who takes part and their calendars: for reckoning when rounds open."""
    if not sync_ids:
        return
    syncs = uow.syncs.look_ahead(sync_ids)
    hours.look_ahead(uow, {each for sync in syncs for each in whose(sync, uow.syncs.members(sync.id))}, now=now)


def of_series(uow: UnitOfWork, sync_ids: Collection[int], *, now: datetime) -> None:
    """Read series for the rest of this unit: who takes part, in the zones they are in, what they see, work and teams."""
    if not sync_ids:
        return
    syncs = uow.syncs.look_ahead(sync_ids)
    members = [member for sync in syncs for member in uow.syncs.members(sync.id)]
    people = {each for sync in syncs for each in whose(sync, uow.syncs.members(sync.id))}
    hours.look_ahead(uow, people, now=now)
    uow.channels.look_ahead(people, now=now)
    spoken_for = {member.initiative_id for member in members if member.initiative_id is not None}
    work = uow.initiatives.look_ahead(spoken_for.union(*(sync.work for sync in syncs)))
    uow.teams.look_ahead({row.team_id for row in work if row.team_id is not None})
