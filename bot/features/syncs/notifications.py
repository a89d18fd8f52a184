"""Addresses what check-ins say: to whom, in which thread, under which key. Several people are told in order of their ids: lanes have an order."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.delivery import outbox
from bot.features.syncs import views
from bot.features.syncs.card import Asked, Loss, Side, Summary, SyncCard
from storage.outbox import AT_ONCE, OutboxState, OutboxVerb
from storage.rounds import Prompt, Round
from storage.syncs import Sync
from storage.unit_of_work import UnitOfWork

#: What a round ends with is there in an hour at the latest; until then what is wanted earlier goes first.
SOON: Final = timedelta(hours=1)


def tell_set_up(uow: UnitOfWork, cards: Mapping[str, SyncCard], *, by: str, now: datetime) -> None:
    """To each participant, with their own card; whoever set it up hears of those whom Slack does not let us reach."""
    for person_id, card in sorted(cards.items()):
        key = f"sync:{card.id}:set_up:{person_id}"
        failed = None
        if person_id != by:
            body = outbox.body_of(views.not_told(card, person_id))
            failed = outbox.row_for(uow, OutboxVerb.POST, key=f"{key}:failed", target=by, body=body, now=now)
        message = views.told(card, by=by, reader=person_id)
        outbox.post(uow, message, key=key, channel_id=person_id, now=now, otherwise=failed)


def tell_changed(uow: UnitOfWork, cards: Mapping[str, SyncCard], what: str, *, by: str, now: datetime) -> None:
    """To everyone concerned."""
    for person_id, card in sorted(cards.items()):
        key = f"sync:{card.id}:{what}:{int(now.timestamp() * 1000)}:{person_id}"
        outbox.post(uow, views.changed(card, what, by=by, reader=person_id), key=key, channel_id=person_id, now=now)


def tell_handed_over(uow: UnitOfWork, cards: Mapping[str, SyncCard], *, by: str, to: str, now: datetime) -> None:
    """To who takes part now; the one who handed it over is answered where they did it."""
    for person_id, card in sorted(cards.items()):
        key = f"sync:{card.id}:handed_over:{int(now.timestamp() * 1000)}:{person_id}"
        outbox.post(
            uow, views.handed_over(card, by=by, to=to, reader=person_id), key=key, channel_id=person_id, now=now
        )


def tell_succeeded(uow: UnitOfWork, cards: Mapping[str, SyncCard], *, former: str, heir: str, now: datetime) -> None:
    """To who takes part now, and to the one whose place was taken by the work's new lead."""
    for person_id, card in sorted(cards.items()):
        key = f"sync:{card.id}:succeeded:{int(now.timestamp() * 1000)}:{former}:{person_id}"
        drawn = views.succeeded(card, former=former, heir=heir, reader=person_id)
        outbox.post(uow, drawn, key=key, channel_id=person_id, now=now)


def ask(uow: UnitOfWork, prompt: Prompt, asked: Asked, *, now: datetime) -> None:
    """To one participant of one round, once."""
    outbox.post(uow, views.prompt(asked), key=f"prompt:{prompt.id}", channel_id=prompt.person_id, now=now,
                wanted_by=prompt.deadline_at)  # fmt: skip


def remind(uow: UnitOfWork, prompt: Prompt, asked: Asked, *, now: datetime) -> None:
    """To somebody silent, once."""
    outbox.post(uow, views.reminder(asked), key=f"prompt:{prompt.id}:reminder", channel_id=prompt.person_id, now=now,
                wanted_by=prompt.deadline_at)  # fmt: skip


def is_about(uow: UnitOfWork, prompt: Prompt, ts: str, replies: Iterable[str]) -> bool:
    """Whether the message at this place asked somebody, reminded them, or said how their messages (at these places) were understood."""
    keys = (f"prompt:{prompt.id}", f"prompt:{prompt.id}:reminder", *(_understood(prompt, each) for each in replies))
    rows = (uow.outbox.get(f"{uow.workspace_id}:{key}") for key in keys)
    return any(row is not None and row.arrived_ts == ts for row in rows)


def confirm(uow: UnitOfWork, prompt: Prompt, asked: Asked, *, ts: str, thread_ts: str, is_pulse_said: bool, now: datetime) -> None:  # fmt: skip
    """How a message was understood, where it was written; drawn anew when it is edited."""
    drawn, key = views.understood(asked, is_pulse_said=is_pulse_said), _understood(prompt, ts)
    if not outbox.redraw(uow, drawn, key=key, version=prompt.version, now=now):
        outbox.post(uow, drawn, key=key, channel_id=prompt.person_id, thread_ts=thread_ts, now=now)


def _understood(prompt: Prompt, ts: str) -> str:
    return f"prompt:{prompt.id}:said:{ts}"


def refuse(uow: UnitOfWork, sentence: str, *, person_id: str, ts: str, thread_ts: str, now: datetime) -> None:
    """Why a message could not be taken as an answer, where it was written."""
    outbox.post(
        uow, views.refused(sentence), key=f"said:{person_id}:{ts}", channel_id=person_id, thread_ts=thread_ts, now=now
    )


def ask_which(uow: UnitOfWork, topics: Sequence[str], *, person_id: str, ts: str, now: datetime) -> None:
    """Several check-ins wait: which one is meant?"""
    outbox.post(uow, views.which(topics), key=f"said:{person_id}:{ts}", channel_id=person_id, now=now)


def redraw(uow: UnitOfWork, prompt: Prompt, asked: Asked, *, now: datetime, wanted_by: datetime = AT_ONCE) -> None:
    """Let the message that asked, and the reminder if there was one, say what is true now."""
    prompt.version += 1
    outbox.redraw(
        uow, views.prompt(asked), key=f"prompt:{prompt.id}", version=prompt.version, now=now, wanted_by=wanted_by
    )
    outbox.redraw(
        uow,
        views.reminder(asked),
        key=f"prompt:{prompt.id}:reminder",
        version=prompt.version,
        now=now,
        wanted_by=wanted_by,
    )


def sum_up_in_place(
    uow: UnitOfWork,
    turn: Round,
    summed: Summary,
    *,
    channel_id: str,
    thread_ts: str,
    otherwise: Mapping[str, Summary],
    now: datetime,
) -> None:
    """Into the thread where the check-in lives; updated if it stands there. ``otherwise``: what each gets if Slack refuses."""
    drawn = views.summary(summed)
    failed = [
        outbox.row_for(uow, OutboxVerb.POST, key=f"summary:{turn.id}:{person_id}", target=person_id,
                       body=outbox.body_of(views.summary(summed)), now=now)
        for person_id, summed in sorted(otherwise.items())
    ]  # fmt: skip
    if not outbox.redraw(
        uow,
        drawn,
        key=f"summary:{turn.id}",
        version=turn.summary_version,
        now=now,
        otherwise=failed,
        wanted_by=now + SOON,
    ):
        outbox.post(
            uow,
            drawn,
            key=f"summary:{turn.id}",
            channel_id=channel_id,
            thread_ts=thread_ts,
            now=now,
            otherwise=failed,
            wanted_by=now + SOON,
        )


def sum_up_to(uow: UnitOfWork, turn: Round, summaries: Mapping[str, Summary], *, now: datetime) -> None:
    """To each participant with their own eyes; updated where they have it."""
    for person_id, summed in sorted(summaries.items()):
        key = f"summary:{turn.id}:{person_id}"
        if not outbox.redraw(
            uow, views.summary(summed), key=key, version=turn.summary_version, now=now, wanted_by=now + SOON
        ):
            outbox.post(uow, views.summary(summed), key=key, channel_id=person_id, now=now, wanted_by=now + SOON)


def was_refused(uow: UnitOfWork, turn: Round, channel_id: str) -> bool:
    """Whether Slack would not take the summary of a round in this channel."""
    row = uow.outbox.get(f"{uow.workspace_id}:summary:{turn.id}")
    return row is not None and row.state is OutboxState.DEAD and row.target == channel_id


def was_sent_to_place(uow: UnitOfWork, turn: Round) -> bool:
    """Whether the summary of a round was posted where the check-in lives, and Slack did not refuse it."""
    row = uow.outbox.get(f"{uow.workspace_id}:summary:{turn.id}")
    return row is not None and row.state is not OutboxState.DEAD


def was_sent_round(uow: UnitOfWork, turn: Round, people: Iterable[str]) -> bool:
    """Whether the summary of a round went to people and not to a place: then that is where it is updated."""
    return any(uow.outbox.get(f"{uow.workspace_id}:summary:{turn.id}:{person_id}") for person_id in people)


def ask_after_silence(uow: UnitOfWork, turn: Round, cards: Mapping[str, SyncCard], *, now: datetime) -> None:
    """Keep it, move it, or end it? Once."""
    for person_id, card in sorted(cards.items()):
        outbox.post(
            uow,
            views.silent(card),
            key=f"silent:{turn.id}:{person_id}",
            channel_id=person_id,
            now=now,
            wanted_by=now + SOON,
        )


def ask_after_settling(uow: UnitOfWork, cards: Mapping[str, SyncCard], *, now: datetime) -> None:
    """Everybody says that it is settled: keep it, or end it? Once in the life of a check-in."""
    for person_id, card in sorted(cards.items()):
        outbox.post(uow, views.settled(card), key=f"sync:{card.id}:settled:{person_id}", channel_id=person_id, now=now)


def tell_too_few(uow: UnitOfWork, cards: Mapping[str, SyncCard], gone: Iterable[Side], *, now: datetime) -> None:
    """To who is left."""
    missing = list(gone)
    for person_id, card in sorted(cards.items()):
        key = f"sync:{card.id}:few:{int(now.timestamp() * 1000)}:{person_id}"
        outbox.post(uow, views.too_few(card, missing), key=key, channel_id=person_id, now=now)


def tell_displaced(
    uow: UnitOfWork, card: SyncCard, person_id: str, channel_id: str, name: str | None, why: Loss, *, turns: int, now: datetime
) -> None:  # fmt: skip
    """To who sees to it: its channel is lost, after so many rounds. ``name``: of the channel; None where it is not theirs to know."""
    drawn = views.displaced(card, None if name is None else (channel_id, name), why)
    outbox.post(uow, drawn, key=f"sync:{card.id}:displaced:{channel_id}:{turns}", channel_id=person_id, now=now)


def tell_out_of_sight(uow: UnitOfWork, sync: Sync, *, is_deleted: bool, now: datetime) -> None:
    """To who set it up: nobody is known any more to be in the private channel that it belongs to. It names nothing of it."""
    key = f"sync:{sync.id}:out_of_sight:{int(now.timestamp() * 1000)}"
    outbox.post(uow, views.out_of_sight(sync.id, is_deleted=is_deleted), key=key, channel_id=sync.created_by, now=now)
