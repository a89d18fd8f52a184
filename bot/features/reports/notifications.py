"""Addresses what of a report arrives later: a copy that stays, and the file of its rows. Both to who asked, in a direct message."""

from datetime import datetime

from bot.delivery import outbox
from bot.features.reports import views
from bot.features.reports.overview import Overview
from bot.features.reports.pages import Sheet
from storage.outbox import OutboxVerb
from storage.unit_of_work import UnitOfWork


def send_copy(uow: UnitOfWork, report: Overview, *, person_id: str, key: str, now: datetime) -> None:
    """The report, as a message that stays."""
    outbox.post(uow, views.overview(report), key=f"report:{key}", channel_id=person_id, now=now)


def send_file(uow: UnitOfWork, file: Sheet, *, person_id: str, key: str, now: datetime) -> None:
    """The file; or, where Slack does not take it, a sentence that says so."""
    otherwise = outbox.row_for(uow, OutboxVerb.POST, key=f"report-file:{key}:refused", target=person_id,
                               body=outbox.body_of(views.file_refused(file)), now=now)  # fmt: skip
    outbox.upload(uow, file.text, stem=file.stem, suffix="csv", title=views.file_title(file), comment=views.file_comment(file),
                  key=f"report-file:{key}", channel_id=person_id, otherwise=otherwise, now=now)  # fmt: skip
