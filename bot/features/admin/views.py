"""Draws what admins see."""

from itertools import groupby

from bot.features.admin.health import Health
from bot.slack import blocks as b
from storage.outbox import OutboxRow


def health(state: Health) -> b.Message:
    """What could not be delivered or handled, grouped by place and reason; or that all is well."""
    if not state.dead and not state.faults:
        text = f"Every message was delivered and every event handled. {state.initiatives} public initiatives in the registry."
        return b.Message(b.fallback(text), [b.section(text)])
    drawn: list[b.Block] = []
    if state.dead:
        drawn.append(b.section(f"*{_count(len(state.dead), 'message')} could not be delivered*"))
        ordered = sorted(state.dead, key=lambda row: (row.target, row.error))
        for (target, error), rows in groupby(ordered, key=lambda row: (row.target, row.error)):
            drawn.append(_dead(target, error, list(rows)))
    if state.faults:
        drawn.append(
            b.section(
                f"*{_count(len(state.faults), 'event')} could not be handled.* The log says why, under these references."
            )
        )
        drawn.append(
            b.context(" · ".join(f"`{fault.fault}` {b.local_date(fault.received_at)}" for fault in state.faults))
        )
    summary = f"{_count(len(state.dead), 'message')} not delivered, {_count(len(state.faults), 'event')} not handled."
    return b.Message(b.fallback(summary), drawn[: b.MESSAGE_BLOCKS])


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _dead(target: str, error: str, rows: list[OutboxRow]) -> b.Block:
    where = b.mention(target) if target.startswith(("U", "W")) else b.channel(target)
    latest = max(row.created_at for row in rows)
    return b.section(f"{where} · {len(rows)}, the last {b.local_date(latest)}\n{b.quote(error, 300)}")
