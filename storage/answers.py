"""What stands beside answers to check-ins: views of overlaps, drafts, and what somebody can still answer."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import col, select

from storage.repository import Repository
from storage.rounds import Answer, Draft, OverlapView, Prompt, PromptState, Round, RoundState, View
from storage.syncs import Sync


class Answers(Repository):
    """Whose these are to see, the sync of each prompt says; a draft is its author's alone."""

    # Views

    def views(self, prompt_ids: Collection[int]) -> dict[int, dict[int, View]]:
        """What was said of overlaps in the answers to these prompts: prompt → overlap → view."""
        known: dict[int, dict[int, View]] | None = self.all_known("views", prompt_ids)
        if known is not None:
            return {prompt_id: views for prompt_id, views in known.items() if views}
        statement = (
            select(OverlapView)
            .where(OverlapView.workspace_id == self.workspace_id, col(OverlapView.prompt_id).in_(sorted(set(prompt_ids))))
            .order_by(col(OverlapView.prompt_id), col(OverlapView.overlap_id))
        )  # fmt: skip
        said: dict[int, dict[int, View]] = {}
        for row in self.session.exec(statement):
            said.setdefault(row.prompt_id, {})[row.overlap_id] = row.view
        return said

    def look_ahead_views(self, prompt_ids: Collection[int]) -> None:
        """Read what was said of overlaps in these answers for the rest of this unit, in which nobody answers."""
        self.read_ahead("views", prompt_ids, self.views(prompt_ids), otherwise=dict)

    def keep_views(self, prompt_id: int, views: Mapping[int, View], *, now: datetime) -> None:
        """What an answer says of overlaps, in the place of what it said before."""
        statement = select(OverlapView).where(
            OverlapView.workspace_id == self.workspace_id, OverlapView.prompt_id == prompt_id
        )
        known = {row.overlap_id: row for row in self.session.exec(statement)}
        for overlap_id, row in known.items():
            if overlap_id not in views:
                self.session.delete(row)
        for overlap_id, view in sorted(views.items()):
            row = known.get(overlap_id) or OverlapView(prompt_id=prompt_id, overlap_id=overlap_id, workspace_id=self.workspace_id, view=view, said_at=now)  # fmt: skip
            if overlap_id not in known or row.view is not view:
                row.view, row.said_at = view, now
                self.session.add(row)
        self.session.flush()

    # Drafts

    def draft(self, prompt_id: int) -> Draft | None:
        """What stands in the form of a prompt that was not sent."""
        row = self.known("draft", prompt_id, lambda: self.session.get(Draft, prompt_id))
        return row if row is not None and row.workspace_id == self.workspace_id else None

    def look_ahead(self, prompt_ids: Collection[int]) -> None:
        """Read the drafts of these prompts for the rest of this unit, in which none is kept or forgotten."""
        found = self.session.exec(select(Draft).where(col(Draft.prompt_id).in_(sorted(set(prompt_ids)))))
        self.read_ahead("draft", prompt_ids, {row.prompt_id: row for row in found}, otherwise=lambda: None)

    def keep_draft(self, prompt_id: int, fields: dict[str, Any], *, saved_at: datetime) -> None:
        """Keep what stands in the form, in the place of what stood there before."""
        row = self.draft(prompt_id)
        if row is None:
            self.session.add(Draft(prompt_id=prompt_id, workspace_id=self.workspace_id, fields=fields, saved_at=saved_at))  # fmt: skip
        else:
            row.fields, row.saved_at = fields, saved_at
        self.session.flush()

    def drop_drafts(self, prompt_ids: Collection[int]) -> None:
        """Forget what was not sent."""
        self.session.execute(
            delete(Draft).where(
                col(Draft.workspace_id) == self.workspace_id, col(Draft.prompt_id).in_(sorted(set(prompt_ids)))
            )
        )

    # What somebody was asked

    def asked_of(self, person_id: str, *, limit: int = 20) -> list[tuple[Prompt, Round, Sync]]:
        """What this person was asked, the latest first."""
        statement = (
            select(Prompt, Round, Sync)
            .join(Round, col(Round.id) == col(Prompt.round_id))
            .join(Sync, col(Sync.id) == col(Round.sync_id))
            .where(Prompt.workspace_id == self.workspace_id, Prompt.person_id == person_id)
            .where(col(Prompt.sent_at).is_not(None))
            .order_by(col(Prompt.id).desc())
            .limit(limit)
        )
        return [(prompt, turn, sync) for prompt, turn, sync in self.session.exec(statement)]

    def answered_by(self, person_id: str, *, limit: int = 10) -> list[tuple[Prompt, Round, Sync]]:
        """What this person answered in rounds that are still open, the latest first."""
        statement = (
            select(Prompt, Round, Sync)
            .join(Round, col(Round.id) == col(Prompt.round_id))
            .join(Sync, col(Sync.id) == col(Round.sync_id))
            .where(Prompt.workspace_id == self.workspace_id, Prompt.person_id == person_id)
            .where(col(Prompt.state).in_((PromptState.ANSWERED, PromptState.LATE)), Round.state == RoundState.OPEN)
            .where(self.visible(col(Sync.audience)))
            .order_by(col(Prompt.answered_at).desc(), col(Prompt.id).desc())
            .limit(limit)
        )
        return [(prompt, turn, sync) for prompt, turn, sync in self.session.exec(statement)]

    def before(self, sync_id: int, person_id: str, on_day: date, *, limit: int = 12) -> list[Answer]:
        """What somebody answered in this sync before a day, the latest first."""
        statement = (
            select(Answer)
            .join(Prompt, col(Prompt.id) == col(Answer.prompt_id))
            .join(Round, col(Round.id) == col(Prompt.round_id))
            .where(Round.workspace_id == self.workspace_id, Round.sync_id == sync_id, Prompt.person_id == person_id)
            .where(col(Round.on_day) < on_day)
            .order_by(col(Round.on_day).desc())
            .limit(limit)
        )
        return list(self.session.exec(statement))
