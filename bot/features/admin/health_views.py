"""Draws the machine's health: what could not be delivered, by place and reason; what could not be handled; what nobody leads."""

from typing import Final

from bot.features.admin.health import BackupHealth, Health
from bot.features.announcements import life_views
from bot.slack import blocks as b
from storage.outbox import people_of
from storage.undelivered import DeadGroup

TRY_AGAIN: Final = "admin.try_again"
#: Groups that are listed; below them is room for what nobody leads.
LISTED: Final = 20


def health(state: Health, backup: BackupHealth | None = None, *, waiting: tuple[int, int] = (0, 0)) -> b.Message:
    """What went wrong lately; or that all is well. ``backup`` None: none are made here.

    ``waiting``: initiatives that are still to be read by the embedder, and how many there are.
    """
    drawn = [*_undelivered(state), *_unhandled(state), *_vacant(state)]
    troubled = backup is not None and bool(backup.failure or backup.is_late)
    said = [b.section(_backup(backup))] if troubled and backup is not None else []
    if not drawn and not troubled:
        text = f"Every message was delivered and every event handled. {_count(state.initiatives, 'public initiative')} in the registry."
        return b.Message(
            b.fallback(text),
            [b.section(text), *([b.context(_backup(backup))] if backup is not None else []), *_waiting(*waiting)],
        )
    summary = (
        f"{_count(_dead_in_all(state), 'message')} not delivered, {_count(len(state.faults), 'event')} not handled."
    )
    return b.Message(b.fallback(summary), [*_waiting(*waiting), *said, *drawn][: b.MESSAGE_BLOCKS])


def _waiting(left: int, entries: int) -> list[b.Block]:
    if not left:
        return []
    text = f"{entries - left} of {_count(entries, 'initiative')} read by the present embedder; the rest is found by its words until then."
    return [b.context(text)]


def _backup(backup: BackupHealth) -> str:
    last = f"The last backup is of {b.local_moment(backup.last_at)}." if backup.last_at else "There is no backup yet."
    if backup.failure:
        return f"*Last night's backup was not made.* {b.quote(backup.failure, 500)} {last}"
    if backup.is_late:
        return f"*Last night's backup is missing.* {last} It is tried again every quarter of an hour."
    return last if backup.last_at else "The first backup is made tonight."


def tried_again(target: str, count: int) -> b.Message:
    """To the admin who pressed it."""
    if not count:
        text = f"Nothing is left to send to {_place(target)}: what was given up there is older than a week, or was overtaken."
    else:
        text = f"{_count(count, 'message')} on the way to {_place(target)} again. `/rowbot health` shows what still does not arrive."
    return b.Message(b.fallback(text), [b.section(text)])


def _undelivered(state: Health) -> list[b.Block]:
    if not state.dead:
        return []
    drawn = [b.section(f"*{_count(_dead_in_all(state), 'message')} could not be delivered*")]
    offered: set[str] = set()
    for group in state.dead[:LISTED]:
        drawn.append(_group(group, again=group.target in state.reachable and group.target not in offered))
        offered.add(group.target)
    if len(state.dead) > LISTED:
        drawn.append(b.context(f"And {_count(len(state.dead) - LISTED, 'more place')}."))
    return drawn


def _group(group: DeadGroup, *, again: bool) -> b.Block:
    text = (
        f"{_place(group.target)} · {group.count}, the last {b.local_date(group.last_at)}\n{b.quote(group.error, 300)}"
    )
    return b.section(text, accessory=b.button("Try again", TRY_AGAIN, value=group.target) if again else None)


def _unhandled(state: Health) -> list[b.Block]:
    if not state.faults:
        return []
    text = f"*{_count(len(state.faults), 'event')} could not be handled.* The log says why, under these references."
    when = " · ".join(f"`{fault.fault}` {b.local_date(fault.received_at)}" for fault in state.faults)
    return [b.section(text), b.context(when)]


def _vacant(state: Health) -> list[b.Block]:
    blocks = life_views.vacancy_blocks(state.vacant)
    return [b.section("*Nobody leads this any more: its lead has left*"), *blocks] if blocks else []


def _dead_in_all(state: Health) -> int:
    return sum(group.count for group in state.dead)


def _place(target: str) -> str:
    if target.startswith(("U", "W")):
        return b.listed([b.mention(person_id) for person_id in people_of(target)])
    return b.channel(target)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
