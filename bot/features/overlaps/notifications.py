"""Addresses what people say of overlaps: to which lead, under which key, and who hears when that fails."""

from collections.abc import Sequence
from datetime import datetime

from bot.delivery import outbox
from bot.features.initiatives.card import Card
from bot.features.overlaps import views
from bot.features.overlaps.said import Candidate
from storage.outbox import OutboxVerb
from storage.overlaps import Feedback
from storage.unit_of_work import UnitOfWork


def tell_lead(
    uow: UnitOfWork, lead_id: str, yours: Card, theirs: Card, feedback: Feedback, *, can_sync: bool = False, now: datetime
) -> None:  # fmt: skip
    """To one lead; if Slack does not let it through, the one who said it hears that instead. ``can_sync``: both sides have a lead."""
    message = views.wish_to_lead(feedback.verb, feedback.person_id, feedback.text, yours, theirs, can_sync=can_sync)
    failed = outbox.row_for(
        uow, OutboxVerb.POST, key=f"wish:{feedback.id}:{lead_id}:failed", target=feedback.person_id,
        body=outbox.body_of(views.not_delivered(feedback.verb, yours, lead_id)), now=now,
    )  # fmt: skip
    outbox.post(uow, message, key=f"wish:{feedback.id}:{lead_id}", channel_id=lead_id, now=now, otherwise=failed)


def ask_owner(uow: UnitOfWork, owner_id: str, hidden: Card, announced: Card, *, where: str, now: datetime) -> None:
    """To the owner of private work, once for each pair."""
    message = views.owner_question(hidden, announced, where=where)
    outbox.post(uow, message, key=f"owner:{hidden.id}:{announced.id}", channel_id=owner_id, now=now)


def introduce(uow: UnitOfWork, announced: Card, feedback: Feedback, *, now: datetime) -> None:
    """To who leads what was announced."""
    failed = outbox.row_for(
        uow, OutboxVerb.POST, key=f"introduce:{feedback.id}:failed", target=feedback.person_id,
        body=outbox.body_of(views.not_introduced(announced)), now=now,
    )  # fmt: skip
    outbox.post(uow, views.introduction(announced, feedback.person_id), key=f"introduce:{feedback.id}", channel_id=announced.lead_id, now=now,
                otherwise=failed)  # fmt: skip


def tell_came_up(
    uow: UnitOfWork, lead_id: str, yours: Card, candidates: Sequence[Candidate], *, is_new_plan: bool, now: datetime
) -> None:
    """To a lead whose work another's has come to resemble."""
    key = f"came_up:{yours.id}:{lead_id}:{int(now.timestamp() * 1000)}"
    outbox.post(uow, views.came_up(yours, candidates, is_new_plan=is_new_plan), key=key, channel_id=lead_id, now=now)
