"""Decides whether a direct message answers a check-in, and takes it as an answer. Edits of the message change the answer.

An answer that came in messages is made of them: each adds to what the ones before it said. A form takes their place.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from bot.errors import Refusal
from bot.features.syncs import answers, drafts, facts, notifications, reading
from bot.features.syncs.card import Report
from storage.rounds import Answer, Prompt, Pulse, Round
from storage.syncs import Sync
from storage.teams import fold
from storage.unit_of_work import UnitOfWork

_REFERENCE: Final = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_MENTION: Final = re.compile(r"^<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>$")

Where = tuple[Prompt, Round, Sync]


@dataclass(frozen=True, slots=True)
class Said:
    """A direct message: who, where, when, and in which thread."""

    person_id: str
    text: str
    ts: str
    thread_ts: str = ""
    #: Slack's time of the edit; "" for a message that was not edited.
    edited_ts: str = ""


def hear(uow: UnitOfWork, said: Said, *, now: datetime) -> bool:
    """Take a direct message as an answer, with the eyes of who wrote it; False if it is none, and others may answer it.

    What stands in the thread of the message that asked always is one; elsewhere it must read like one, and one check-in must wait.
    """
    if not said.text.strip():
        return False
    found = _asked_in_thread(uow, said) if said.thread_ts else None
    if found is None and not said.thread_ts and reading.is_plainly(said.text):
        waiting = [each for each in uow.rounds.waiting_for(said.person_id) if _sees(uow, each)]
        if len(waiting) > 1:
            notifications.ask_which(
                uow, [sync.topic for _, _, sync in waiting], person_id=said.person_id, ts=said.ts, now=now
            )
            return True
        found = waiting[0] if waiting else None
    if found is not None:
        _take(uow, found[0].id, said, now=now)
    return found is not None


def hear_edit(uow: UnitOfWork, said: Said, *, now: datetime) -> bool:
    """Let an edit of a message that was taken as an answer change that; False where it was none."""
    for prompt, _, _ in uow.answers.asked_of(said.person_id):
        given = uow.rounds.answer(prompt.id)
        if given is not None and any(entry["ts"] == said.ts for entry in given.replies):
            _take(uow, prompt.id, said, now=now)
            return True
    return False


def _asked_in_thread(uow: UnitOfWork, said: Said) -> Where | None:
    """What was asked in the message that this thread is about: the one that asked, the reminder, an answer, what was said to an answer."""
    for where in uow.answers.asked_of(said.person_id):
        given = uow.rounds.answer(where[0].id)
        own = [str(entry["ts"]) for entry in given.replies] if given is not None else []
        if said.thread_ts in own or notifications.is_about(uow, where[0], said.thread_ts, own):
            return where
    return None


def _sees(uow: UnitOfWork, where: Where) -> bool:
    _, turn, sync = where
    return facts.sees_all(uow.viewer, sync, facts.work_of(uow, sync, uow.rounds.prompts(turn.id)))


def _take(uow: UnitOfWork, prompt_id: int, said: Said, *, now: datetime) -> None:
    try:
        where = answers.require(uow, prompt_id, said.person_id)
        given = uow.rounds.answer(prompt_id)
        entries = _entries(uow, given, said)
        if entries is None:
            return
        report, is_said = _report(uow, where, entries)
        asked = answers.take(uow, where, report, replies=entries, now=now)
    except Refusal as refusal:
        notifications.refuse(
            uow, refusal.sentence, person_id=said.person_id, ts=said.ts, thread_ts=said.thread_ts, now=now
        )
        return
    notifications.confirm(uow, where[0], asked, ts=said.ts, thread_ts=said.thread_ts, is_pulse_said=is_said, now=now)


def _entries(uow: UnitOfWork, given: Answer | None, said: Said) -> list[dict[str, Any]] | None:
    """What the answer is made of with this message; None where nothing changes by it."""
    entries = [dict(entry) for entry in given.replies] if given is not None else []
    if given is not None and not entries:  # a form's, to which this adds
        views = tuple(uow.answers.views([given.prompt_id]).get(given.prompt_id, {}).items())
        entries = [{"ts": "", "form": drafts.fields_of(replace(facts.report_of(given), status=None, views=views))}]
    known = next((entry for entry in entries if entry["ts"] == said.ts), None)
    if known is None:
        return [*entries, {"ts": said.ts, "text": said.text, "edited_ts": said.edited_ts}]
    if known["text"] == said.text or float(said.edited_ts or 0) < float(known["edited_ts"] or 0):
        return None
    known["text"], known["edited_ts"] = said.text, said.edited_ts
    return entries


def _report(uow: UnitOfWork, where: Where, entries: Sequence[dict[str, Any]]) -> tuple[Report, bool]:
    """What the messages say together; and whether any says how it goes."""
    prompt, turn, sync = where
    last = uow.rounds.answer_before(sync.id, prompt.person_id, turn.on_day)
    report, is_said = Report(last.pulse if last is not None else Pulse.ON_TRACK), False
    for entry in entries:
        if "form" in entry:
            report, is_said = drafts.report_of(entry["form"]), True
            continue
        words = reading.read(entry["text"])
        if words.is_as_before and last is not None:
            report, is_said = answers.said_before(uow, where, last), True
            continue
        changed = "\n".join(part for part in (report.changed, _plain(uow, words.changed)) if part)
        report = replace(report, changed=changed[: answers.CHANGED_LENGTH])
        if words.pulse is not None:
            report, is_said = replace(report, pulse=words.pulse), True
        if words.waiting_for:
            report = _waiting(uow, report, words, own_id=prompt.person_id)
    return report, is_said


def _waiting(uow: UnitOfWork, report: Report, words: reading.Words, *, own_id: str) -> Report:
    """For what and whom they wait, with names looked up; what nobody here is called stays words."""
    report = replace(
        report, waiting_for=words.waiting_for, waiting_team_id=None, waiting_person_id="", waiting_system_id=None
    )
    named = _named(uow, words.waiting_from or words.waiting_for, own_id=own_id)
    if named is not None:
        report = replace(report, **named, waiting_for=words.waiting_for if words.waiting_from else "")
    elif words.waiting_from:
        report = replace(report, waiting_for=f"{words.waiting_for} from {words.waiting_from}")
    return replace(report, waiting_for=_plain(uow, report.waiting_for)[: answers.WAITING_LENGTH])


def _named(uow: UnitOfWork, whom: str, *, own_id: str) -> dict[str, Any] | None:
    """The team, person or legacy system of a name, by the field that it goes into."""
    mention = _MENTION.match(whom)
    if mention is not None:
        person = uow.people.get(mention[1])
        fits = person is not None and not person.is_bot and person.id != own_id
        return {"waiting_person_id": mention[1]} if fits else None
    name = html.unescape(re.sub(r"^the\s+", "", whom, flags=re.IGNORECASE))
    for each in (name, re.sub(r"\s+team$", "", name, flags=re.IGNORECASE)):
        team = uow.teams.by_name(each)
        if team is not None:
            return {"waiting_team_id": team.id}
    system = next((row for row in uow.initiatives.legacy_systems() if row.folded_title == fold(name)), None)
    return {"waiting_system_id": system.id} if system is not None else None


def _plain(uow: UnitOfWork, text: str) -> str:
    """People's words without Slack's markup: names for mentions, labels for links."""

    def said(found: re.Match[str]) -> str:
        sign, target, label = found.groups()
        if sign == "@":
            person = uow.people.get(target)
            return person.name if person is not None and person.name else label or "somebody"
        return f"{sign if sign == '#' else ''}{label or target}"

    return html.unescape(_REFERENCE.sub(said, text)).strip()
