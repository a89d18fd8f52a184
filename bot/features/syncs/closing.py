"""What becomes of a round when it ends: summed up once, where the check-in lives, and drawn anew for whatever comes late."""

from datetime import datetime
from typing import Final

from bot.features.initiatives import service as initiatives
from bot.features.syncs import facts, notifications
from bot.features.syncs.card import Summary
from bot.features.syncs.places import leave_if_lost, place_of, was_refused
from bot.features.syncs.scheduling import cards_for_present, unschedule
from storage.items import Item
from storage.rounds import HEARD, Prompt, PromptState, Round, RoundState
from storage.syncs import Cadence, Sync, SyncState
from storage.unit_of_work import UnitOfWork

#: Rounds in a row without an answer after which the bot asks whether to go on.
SILENT: Final = 3
#: The summaries that follow an item: the latest, and while a round is open the one before it.
SHOWING: Final = 2


def close(uow: UnitOfWork, turn: Round, *, now: datetime) -> None:
    """The last deadline has passed: sum up, and after three silent rounds ask whether to go on."""
    sync = uow.syncs.lock(turn.sync_id)
    assert sync is not None  # noqa: S101 - a round is of a sync
    silent = _end(uow, turn, PromptState.MISSED)
    states = {prompt.state for prompt in uow.rounds.prompts(turn.id)}
    was_asked = states != {PromptState.AWAY}  # a round that everybody went away from says nothing of anybody
    if was_asked:
        sync.silent_rounds = 0 if states.intersection(HEARD) else sync.silent_rounds + 1
    if sync.cadence is Cadence.ONCE and sync.next_on is None and sync.state is SyncState.ACTIVE:
        sync.state, sync.updated_at = SyncState.ENDED, now
    asks = sync.silent_rounds >= SILENT and sync.state is SyncState.ACTIVE
    if asks:
        sync.state, sync.silent_rounds, sync.updated_at = SyncState.PAUSED, 0, now
        unschedule(sync)
    uow.session.flush()
    for prompt in silent:
        if prompt.sent_at is not None:
            _redraw(uow, prompt, turn, sync, now=now)
    leave_if_lost(uow, sync, now=now)
    if was_asked:
        sum_up(uow, turn, sync, now=now)
    if asks:
        notifications.ask_after_silence(uow, turn, cards_for_present(uow, sync, now=now), now=now)


def stop(uow: UnitOfWork, sync: Sync, *, now: datetime) -> None:
    """Close the open round of a check-in that is paused or ended; who has not answered need not any more."""
    turn = uow.rounds.latest_held(sync.id)
    if turn is None or turn.state is not RoundState.OPEN:
        return
    waiting = _end(uow, turn, PromptState.PAUSED)
    turn.closes_at = now
    uow.session.flush()
    for prompt in waiting:
        if prompt.sent_at is not None:
            _redraw(uow, prompt, turn, sync, now=now)
    leave_if_lost(uow, sync, now=now)
    if any(prompt.state in HEARD for prompt in uow.rounds.prompts(turn.id)):
        sum_up(uow, turn, sync, now=now)


def _end(uow: UnitOfWork, turn: Round, state: PromptState) -> list[Prompt]:
    """Close a round; the prompts that nobody answered, in their last state."""
    turn.state = RoundState.CLOSED
    left = []
    for prompt in uow.rounds.hold_prompts(turn.id):
        prompt.next_at = None
        if prompt.state not in (*HEARD, PromptState.AWAY):
            prompt.state = state
            left.append(prompt)
    return left


def sum_up(uow: UnitOfWork, turn: Round, sync: Sync, *, now: datetime) -> None:
    """Post the summary of a closed round where the check-in lives, or let it say what is true now.

    A channel is told only what everybody in it may see, at the moment of telling; else each participant is.
    """
    # Of two who change what one summary says at once, the second draws what the first has left.
    uow.session.flush()
    uow.session.refresh(turn, with_for_update=True)
    turn.summary_version += 1
    roster = uow.rounds.prompts(turn.id)
    work = facts.work_of(uow, sync, roster)
    audience = place_of(uow, sync, work)
    if was_refused(uow, sync) or notifications.was_sent_round(uow, turn, [prompt.person_id for prompt in roster]):
        audience = None
    uow.session.flush()
    _propose_end(uow, turn, sync, now=now)
    summaries = _for_each(uow, turn, sync, now=now)
    if audience is None:
        notifications.sum_up_to(uow, turn, summaries, now=now)
    else:
        summed = facts.summary(uow.seen_by(audience), turn, sync, now=now)
        notifications.sum_up_in_place(
            uow, turn, summed, channel_id=sync.channel_id, thread_ts=sync.thread_ts, otherwise=summaries, now=now
        )


def _for_each(uow: UnitOfWork, turn: Round, sync: Sync, *, now: datetime) -> dict[str, Summary]:
    """A round summed up for each who takes part, is here and may see what it is about, with their own eyes."""
    roster = uow.rounds.prompts(turn.id)
    work, summaries = facts.work_of(uow, sync, roster), {}
    for prompt in roster:
        own = initiatives.eyes_of(uow, prompt.person_id, now=now)
        if (
            prompt.state is not PromptState.AWAY
            and facts.can_take_part(uow.people.get(prompt.person_id))
            and facts.sees_all(own, sync, work)
        ):
            summaries[prompt.person_id] = facts.summary(uow.seen_by(own), turn, sync, now=now)
    return summaries


def show_item(uow: UnitOfWork, item: Item, now: datetime) -> None:
    """Let the summaries that show an item say what is true of it now: those of the latest rounds, where they still stand."""
    every = uow.machine
    for prompt_id in every.items.prompts_naming(item.id)[:SHOWING]:
        turn, sync = every.rounds.around(every.session.get_one(Prompt, prompt_id))[1:]
        if turn.state is RoundState.CLOSED and _is_summed_up(every, turn, sync):
            sum_up(every, turn, sync, now=now)


def _is_summed_up(uow: UnitOfWork, turn: Round, sync: Sync) -> bool:
    """Whether a summary stands and would be updated there: nobody gets an old one anew because somebody pressed a button in it."""
    roster = uow.rounds.prompts(turn.id)
    if notifications.was_sent_round(uow, turn, [prompt.person_id for prompt in roster]):
        return True
    return (
        notifications.was_sent_to_place(uow, turn) and place_of(uow, sync, facts.work_of(uow, sync, roster)) is not None
    )


def _propose_end(uow: UnitOfWork, turn: Round, sync: Sync, *, now: datetime) -> None:
    """Everybody says that what it is about is settled: ask once whether it is still needed."""
    if sync.state is SyncState.ACTIVE and facts.summary(uow, turn, sync, now=now).is_settled:
        notifications.ask_after_settling(uow, cards_for_present(uow, sync, now=now), now=now)


def _redraw(uow: UnitOfWork, prompt: Prompt, turn: Round, sync: Sync, *, now: datetime) -> None:
    said = facts.asked(uow, prompt, turn, sync, now=now)
    notifications.redraw(uow, prompt, said, now=now, wanted_by=now + notifications.SOON)


def redraw_prompts(uow: UnitOfWork, turn: Round, sync: Sync, *, now: datetime) -> None:
    """Let every message that asked in a round say what is true now."""
    for prompt in uow.rounds.prompts(turn.id):
        if prompt.sent_at is not None:
            _redraw(uow, prompt, turn, sync, now=now)
