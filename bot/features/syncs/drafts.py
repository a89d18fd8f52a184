"""Answers that were begun and not sent, as they are kept."""

from collections.abc import Mapping
from typing import Any, Final

from bot.features.syncs.card import Report
from storage.initiatives import Status
from storage.rounds import Pulse, View

_WORDS: Final = (
    "changed",
    "waiting_for",
    "waiting_team_id",
    "waiting_person_id",
    "waiting_system_id",
    "plan",
    "clarity",
)


def fields_of(report: Report) -> dict[str, Any]:
    """What stands in a form, by field."""
    kept: dict[str, Any] = {name: getattr(report, name) for name in _WORDS}
    return kept | {
        "pulse": report.pulse.value, "helped_by": list(report.helped_by), "status": report.status.value if report.status is not None else None,
        "views": [[overlap_id, view.value] for overlap_id, view in report.views],
    }  # fmt: skip


def report_of(fields: Mapping[str, Any]) -> Report:
    """The same, back from the store."""
    return Report(
        **{name: fields[name] for name in _WORDS}, pulse=Pulse(fields["pulse"]), helped_by=tuple(fields["helped_by"]),
        status=Status(fields["status"]) if fields["status"] is not None else None,
        views=tuple((int(overlap_id), View(view)) for overlap_id, view in fields["views"]),
    )  # fmt: skip
