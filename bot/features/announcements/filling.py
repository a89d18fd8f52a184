"""A filled form: what it resembles before it is saved, and saving it."""

from dataclasses import dataclass
from datetime import datetime

from bot.features.announcements import answer
from bot.features.announcements.service import Means, card_for, register
from bot.features.capabilities import service as capabilities
from bot.features.initiatives import service as initiatives
from bot.features.initiatives.card import Card
from bot.features.initiatives.service import Draft
from bot.features.matching import answers
from bot.features.matching import service as matching
from bot.features.matching.explanation import Explanation
from bot.features.matching.matcher import Probe
from storage.announcements import Announcement, AnnouncementState, Door
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Form:
    """A filled form, and where it came from."""

    draft: Draft
    person_id: str
    #: Makes the form the same one when it is sent twice.
    key: str
    #: Where to post it; "" for nowhere. For a message: its channel.
    channel_id: str = ""
    #: The message that it was made from, if any.
    ts: str = ""
    author_id: str = ""
    #: Who may see it; None: whoever is in the channel.
    audience: str | None = None
    door: Door = Door.FORM


def preview(
    uow: UnitOfWork, form: Form, probe: Probe, means: Means, *, now: datetime
) -> list[tuple[Card, Explanation]]:
    """What the one who fills the form may know of similar work, before anything is saved: (card, reasons) pairs."""
    initiatives.checked(form.draft)
    initiatives.require_leader(uow, form.draft.lead_id)
    means.matcher.catch_up(uow)
    keys = list(form.draft.capabilities) or capabilities.recognise(uow, form.draft.summary, title=form.draft.title)
    shut = answer.owned_or_cited(uow, form.person_id, [form.draft.url])
    findings = matching.find(
        uow,
        means.matcher,
        probe,
        keys=keys,
        channel=uow.viewer,
        author=uow.viewer,
        exclude=shut,
        threshold=answers.level(uow, means.matcher, means.threshold).number,
    )
    return [(initiatives.card(uow, found.initiative), found.reasons) for found in findings.channel]


def register_form(uow: UnitOfWork, form: Form, probe: Probe, means: Means, *, now: datetime) -> Card:
    """Save a form: a new announcement with its initiative, or the message that it was made from.

    Raises:
        Refusal: the message is registered already.
    """
    uow.workspaces.ensure(now=now)
    ts = form.ts or f"form:{form.key}"
    row = uow.announcements.at(form.channel_id, ts)
    if row is not None and row.state is AnnouncementState.REGISTERED and row.initiative_id is not None:
        initiative = uow.machine.initiatives.get(row.initiative_id)
        if initiative is not None:
            return card_for(uow, initiative)
    if row is None:
        row = uow.announcements.add(
            Announcement(workspace_id=uow.workspace_id, channel_id=form.channel_id, ts=ts, author_id=form.person_id, door=form.door,
                         state=AnnouncementState.REGISTERED, created_at=now, updated_at=now)
        )  # fmt: skip
    row.author_id, row.door = form.person_id, form.door
    initiative = register(uow, row, form.draft, probe, means, now=now, audience=form.audience)
    return card_for(uow, initiative)
