"""Addresses what meetings say: to one group message of all who meet, or to each alone where Slack has none for them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.delivery import outbox
from bot.features.syncs import meeting_views as views
from bot.features.syncs.meeting_card import MeetingCard
from bot.slack.blocks import Message
from storage.meetings import Meeting
from storage.outbox import OutboxRow, OutboxState, OutboxVerb, group_of
from storage.unit_of_work import UnitOfWork

#: A group message holds so many people beside the bot (docs.slack.dev, conversations.open).
GROUP: Final = 8


def offer(uow: UnitOfWork, meeting: Meeting, card: MeetingCard, *, now: datetime) -> None:
    """The moments of a proposal, to pick from."""
    _say(uow, meeting, f"offer:{meeting.proposals}", views.proposal(card), now=now)


def redraw_offer(uow: UnitOfWork, meeting: Meeting, card: MeetingCard, *, now: datetime) -> None:
    """Let the message with the moments say what is true now."""
    meeting.version += 1
    _redraw(uow, meeting, f"offer:{meeting.proposals}", views.proposal(card), now=now)


def overtake(uow: UnitOfWork, meeting: Meeting, card: MeetingCard, *, now: datetime) -> None:
    """The message with the moments of the proposal before this one says that there are others."""
    meeting.version += 1
    _redraw(uow, meeting, f"offer:{meeting.proposals - 1}", views.overtaken(card), now=now)


def move_on(uow: UnitOfWork, meeting: Meeting, card: MeetingCard, *, now: datetime) -> None:
    """The group message says that others meet from now on; where each was told alone, what they were told still holds."""
    meeting.version += 1
    key = f"{_key(meeting, f'offer:{meeting.proposals}')}:{group_of(meeting.people)}"
    outbox.redraw(uow, views.moved_on(card), key=key, version=meeting.version, now=now)


def invite(uow: UnitOfWork, meeting: Meeting, card: MeetingCard, file: str, *, now: datetime) -> None:
    """The invitation, an update or a cancellation, as a file; whoever cannot be sent one gets the words."""
    _send_file(uow, meeting, file, views.invited(card), title=views.file_title(card), now=now)


def call_off(uow: UnitOfWork, meeting: Meeting, file: str, *, now: datetime) -> None:
    """The cancellation to a group of which not everybody may see any more what it was about: it names nothing."""
    _send_file(uow, meeting, file, views.called_off(), title=views.CALLED_OFF, now=now)


def _send_file(uow: UnitOfWork, meeting: Meeting, file: str, words: Message, *, title: str, now: datetime) -> None:
    base = _key(meeting, f"invitation:{meeting.sequence}")
    fields = {"stem": "invitation", "suffix": "ics", "title": title, "comment": words.text}

    def alone(person_id: str) -> OutboxRow:
        key = f"{base}:{person_id}"
        said = outbox.row_for(
            uow, OutboxVerb.POST, key=f"{key}:words", target=person_id, body=outbox.body_of(words), now=now
        )
        body = outbox.file_of(uow, file, key=key, **fields)
        return outbox.row_for(uow, OutboxVerb.UPLOAD, key=key, target=person_id, body=body, now=now, otherwise=said)

    each = [alone(person_id) for person_id in sorted(meeting.people)]
    if _has_group(meeting.people):
        target = group_of(meeting.people)
        outbox.upload(uow, file, key=f"{base}:{target}", channel_id=target, now=now, otherwise=each, **fields)
    else:
        for row in each:
            uow.outbox.enqueue(row)


def uninvite(uow: UnitOfWork, meeting: Meeting, card: MeetingCard, person_id: str, file: str, *, now: datetime) -> None:
    """To somebody who does not take part any more: the cancellation, for their calendar alone."""
    outbox.upload(
        uow, file, stem="invitation", suffix="ics", title=views.file_title(card), comment=views.released(card).text,
        key=_key(meeting, f"released:{meeting.sequence}:{person_id}"), channel_id=person_id, now=now,
    )  # fmt: skip


def ask(uow: UnitOfWork, meeting: Meeting, card: MeetingCard, *, now: datetime) -> None:
    """Did you talk?"""
    _say(uow, meeting, _asked(meeting), views.question(card), now=now)


def redraw_question(uow: UnitOfWork, meeting: Meeting, card: MeetingCard, *, now: datetime) -> None:
    """Let the question say what is true now."""
    meeting.version += 1
    _redraw(uow, meeting, _asked(meeting), views.question(card), now=now)


def tell_place(
    uow: UnitOfWork, meeting: Meeting, card: MeetingCard, *, channel_id: str, thread_ts: str, now: datetime
) -> None:
    """What came of it, where the sync lives."""
    key = f"{_key(meeting, _asked(meeting))}:outcome"
    outbox.post(uow, views.outcome(card), key=key, channel_id=channel_id, thread_ts=thread_ts, now=now)


def group_of_meeting(uow: UnitOfWork, meeting: Meeting) -> str:
    """The channel id of the group message, once something has arrived there; "" before, or where there is none."""
    for proposal in range(meeting.proposals, 0, -1):
        row = uow.outbox.get(f"{uow.workspace_id}:{_key(meeting, f'offer:{proposal}')}:{group_of(meeting.people)}")
        if row is not None and row.state is OutboxState.SENT:
            return row.arrived_channel
    return ""


def place_of(uow: UnitOfWork, meeting: Meeting, person_id: str) -> tuple[str, str] | None:
    """Where one of them finds what was agreed: channel and time stamp in their group, or of what they were told alone; None before."""
    for target in (group_of(meeting.people), person_id):
        row = uow.outbox.get(f"{uow.workspace_id}:{_key(meeting, f'offer:{meeting.proposals}')}:{target}")
        if row is not None and row.state is OutboxState.SENT and row.arrived_ts:
            return row.arrived_channel, row.arrived_ts
    return None


def _say(uow: UnitOfWork, meeting: Meeting, what: str, message: Message, *, now: datetime) -> None:
    base, each = _key(meeting, what), _each(uow, meeting, what, message, now=now)
    if _has_group(meeting.people):
        target = group_of(meeting.people)
        outbox.post(uow, message, key=f"{base}:{target}", channel_id=target, now=now, otherwise=each)
    else:
        for person_id in sorted(meeting.people):
            outbox.post(uow, message, key=f"{base}:{person_id}", channel_id=person_id, now=now)


def _redraw(uow: UnitOfWork, meeting: Meeting, what: str, message: Message, *, now: datetime) -> None:
    """In the group, and with each who was told alone because Slack refused the group: whichever there is."""
    base, each = _key(meeting, what), _each(uow, meeting, what, message, now=now)
    target = group_of(meeting.people)
    for place in sorted((target, *meeting.people)):
        instead = each if place == target else None
        outbox.redraw(uow, message, key=f"{base}:{place}", version=meeting.version, now=now, otherwise=instead)


def _each(uow: UnitOfWork, meeting: Meeting, what: str, message: Message, *, now: datetime) -> list[OutboxRow]:
    base, body = _key(meeting, what), outbox.body_of(message)
    return [
        outbox.row_for(uow, OutboxVerb.POST, key=f"{base}:{person_id}", target=person_id, body=body, now=now)
        for person_id in sorted(meeting.people)
    ]


def _has_group(people: Sequence[str]) -> bool:
    return len(people) <= GROUP


def _key(meeting: Meeting, what: str) -> str:
    return f"meeting:{meeting.id}:{what}"


def _asked(meeting: Meeting) -> str:
    assert meeting.asked_at is not None  # noqa: S101 - only what was asked is answered
    return f"asked:{int(meeting.asked_at.timestamp())}"
