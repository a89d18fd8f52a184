"""An example of everything that check-ins draw."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from bot.features.initiatives.examples import CHANNEL, NOW, OTHER, PERSON, Words, other_card, teams
from bot.features.initiatives.examples import card as initiative
from bot.features.items.card import Party
from bot.features.items.examples import card as item
from bot.features.overlaps.examples import reasons
from bot.features.syncs import answer_form, meeting_views, views
from bot.features.syncs import forms as drawn_forms
from bot.features.syncs.card import (
    FIELD_CADENCE,
    Asked,
    Ended,
    Line,
    Loss,
    OverlapAsked,
    OverlapSaid,
    Questions,
    Report,
    Reported,
    Side,
    Summary,
    SyncCard,
)
from bot.features.syncs.invitation import Invitation, links
from bot.features.syncs.meeting_card import Evidence, MeetingCard, Offer, Strained
from bot.features.syncs.recurrence import Rhythm
from bot.slack.blocks import Message
from storage.initiatives import Status
from storage.items import ItemState
from storage.meetings import MeetingState, Result
from storage.rounds import PromptState, Pulse, View
from storage.syncs import Cadence, SyncState

LAST: Final = "U0EXAMPLE3"
_ASKED_AT: Final = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)


def side(words: Words, person_id: str = PERSON) -> Side:
    """A participant."""
    return Side(person_id, words.name, words.name, words.title)


def card(words: Words, **changes: Any) -> SyncCard:  # noqa: ANN401 - fields of SyncCard
    """A check-in."""
    plain = SyncCard(id=1, topic=words.title[:150], cadence=Cadence.BIWEEKLY, state=SyncState.ACTIVE, at_minute=570, first_on=date(2026, 11, 30),
                     next_on=date(2026, 11, 30), next_at=_ASKED_AT, sides=(side(words), side(words, OTHER)), place=CHANNEL, created_by=PERSON)  # fmt: skip
    return replace(plain, **changes)


def reported(words: Words, **changes: Any) -> Reported:  # noqa: ANN401 - fields of Report
    """An answer."""
    report = Report(Pulse.BLOCKED, words.text[:2000], words.text[:300], 1, (LAST,), OTHER, 1, words.text[:500], 4)
    return Reported(replace(report, **changes), words.name, (side(words, LAST),), is_edited=True, person=words.name, system=words.title,
                    is_as_before=True, stood=Status.ACTIVE, stands=Status.PAUSED)  # fmt: skip


def questions(words: Words, *, count: int = 3) -> Questions:
    """Everything that can be asked."""
    return Questions(
        title=words.title, status=Status.ACTIVE, overlaps=tuple(OverlapAsked(number, words.title, words.name) for number in range(1, 4)),
        teams=tuple((number, words.name or "?") for number in range(1, count + 1)), systems=tuple((number, words.title) for number in range(1, count + 1)),
        plan_is_kept=True, views=((1, View.SAME),),
    )  # fmt: skip


def said(words: Words, *views: View | None) -> OverlapSaid:
    """What was said of an overlap."""
    return OverlapSaid((words.title, words.title), tuple((side(words), view) for view in views))


def asked(words: Words, state: PromptState = PromptState.SENT, **changes: Any) -> Asked:  # noqa: ANN401 - fields of Asked
    """What a prompt says."""
    plain = Asked(prompt_id=1, sync_id=1, topic=words.title[:150], cadence=Cadence.WEEKLY, state=state, deadline=_ASKED_AT + timedelta(hours=8),
                  now=_ASKED_AT, place=CHANNEL)  # fmt: skip
    return replace(plain, **changes)


def summed(words: Words, **changes: Any) -> Summary:  # noqa: ANN401 - fields of Summary
    """A round in which everybody did something else."""
    lines = [
        Line(side(words), state, was_asked=True)
        for state in (PromptState.SKIPPED, PromptState.MISSED, PromptState.AWAY, PromptState.PAUSED)
    ]
    lines += [
        Line(side(words), state, was_asked=True, reported=reported(words))
        for state in (PromptState.ANSWERED, PromptState.LATE)
    ]
    lines += [Line(side(words), PromptState.AWAY, was_asked=False, back_on=day) for day in (date(2027, 1, 4), date.max)]
    lines += [
        Line(
            side(words),
            PromptState.ANSWERED,
            was_asked=True,
            reported=reported(words),
            item=item(words, state=state, owner=Party(OTHER, words.name)),
        )
        for state in ItemState
    ]
    lines += [Line(Side(PERSON), PromptState.MISSED, was_asked=False), Line(Side(PERSON, "", "", words.title), PromptState.ANSWERED, was_asked=True,
                                                                             reported=Reported(Report(Pulse.DONE)))]  # fmt: skip
    plain = Summary(
        1, words.title[:150], 5, tuple(lines), date(2026, 12, 7), SyncState.ACTIVE, Cadence.WEEKLY, date(2026, 11, 30)
    )
    return replace(plain, **changes)


def meeting(words: Words, state: MeetingState = MeetingState.PROPOSED, **changes: Any) -> MeetingCard:  # noqa: ANN401 - fields of MeetingCard
    """A meeting, with moments that suit some and strain others."""
    moments = [_ASKED_AT + timedelta(days=days) for days in (0, 1, 3)]
    strained = (Strained(side(words, OTHER), moments[0]),)
    offers = tuple(
        Offer(number, moment, (side(words),) * number, strained * (number - 1))
        for number, moment in enumerate(moments, 1)
    )
    plain = MeetingCard(id=1, sync_id=1, topic=words.title[:150], state=state, minutes=30, people=(side(words), side(words, OTHER)), agenda=words.text[:1000],
                        evidence=Evidence((initiative(words), other_card(words)), reasons(words)), offers=offers, comes_round=Cadence.WEEKLY,
                        is_about_overlap=True, by=side(words))  # fmt: skip
    return replace(plain, **changes)


def agreed(words: Words, **changes: Any) -> MeetingCard:  # noqa: ANN401 - fields of MeetingCard
    """A meeting that is agreed and comes again."""
    invited = Invitation(
        "1@rowbot",
        0,
        words.title[:150],
        words.text[:1000],
        _ASKED_AT,
        30,
        "America/Los_Angeles",
        Rhythm(Cadence.WEEKLY, _ASKED_AT.date()),
        (),
    )
    fields: dict[str, Any] = {
        "at": _ASKED_AT,
        "next_at": _ASKED_AT,
        "cadence": Cadence.WEEKLY,
        "zone": invited.zone,
        "links": links(invited),
    }
    return replace(meeting(words, MeetingState.AGREED), **(fields | changes))


def _meetings(words: Words) -> dict[str, Message]:
    asked_about = agreed(words, state=MeetingState.ASKED)
    over = tuple(replace(offer, is_over=True) for offer in meeting(words).offers)
    said = replace(
        asked_about, state=MeetingState.CLOSED, talked=True, outcome=words.text[:1000], outcome_by=side(words)
    )
    drawn = {f"outcome, {result.value}": meeting_views.outcome(replace(said, result=result)) for result in Result}
    plain = tuple(replace(offer, strained=()) for offer in meeting(words).offers)
    return drawn | {
        "proposal": meeting_views.proposal(meeting(words)),
        "proposal, suits all": meeting_views.proposal(meeting(words, offers=plain)),
        "proposal, about work of many": meeting_views.proposal(meeting(words, evidence=Evidence((other_card(words),) * 8), agenda="")),
        "proposal, about nothing": meeting_views.proposal(
            meeting(words, evidence=Evidence(), agenda="", is_about_overlap=False, comes_round=Cadence.ONCE)
        ),
        "proposal, no time found": meeting_views.proposal(meeting(words, offers=())),
        "proposal, over": meeting_views.proposal(meeting(words, offers=over)),
        "agreed": meeting_views.proposal(agreed(words)),
        "agreed, once": meeting_views.proposal(agreed(words, cadence=Cadence.ONCE)),
        "held": meeting_views.proposal(agreed(words, state=MeetingState.CLOSED, next_at=None)),
        "called off": meeting_views.proposal(meeting(words, MeetingState.CALLED_OFF)),
        "overtaken": meeting_views.overtaken(meeting(words)),
        "moved on": meeting_views.moved_on(agreed(words)),
        "invited": meeting_views.invited(agreed(words)),
        "uninvited": meeting_views.invited(agreed(words, state=MeetingState.CALLED_OFF)),
        "released from a meeting": meeting_views.released(agreed(words)),
        "question": meeting_views.question(asked_about),
        "question, closed": meeting_views.question(replace(asked_about, state=MeetingState.CLOSED)),
        "question, answered": meeting_views.question(said),
        "question, not yet": meeting_views.question(replace(asked_about, talked=False, outcome_by=side(words))),
        "question, not yet, once": meeting_views.question(
            replace(asked_about, talked=False, outcome_by=side(words), next_at=None)
        ),
    }  # fmt: skip


def messages(words: Words) -> dict[str, Message]:
    """Every message."""
    full = asked(
        words,
        last=reported(words),
        ended=(Ended(words.title, Status.SHIPPED), Ended(words.title, None)),
        without=(side(words, LAST),),
        missed=2,
        away=((side(words, OTHER), date(2027, 1, 4)), (side(words, OTHER), date.max)),
    )
    away = asked(words, PromptState.AWAY, back_on=date(2027, 1, 4))
    drawn = {f"prompt, {state.value}": views.prompt(asked(words, state)) for state in PromptState}
    drawn |= {f"reminder, {state.value}": views.reminder(asked(words, state)) for state in PromptState}
    drawn |= {
        "prompt, with everything": views.prompt(full),
        "prompt, put off": views.prompt(replace(full, state=PromptState.SNOOZED, again_at=_ASKED_AT + timedelta(hours=3))),
        "prompt, answered": views.prompt(replace(full, state=PromptState.ANSWERED, reported=reported(words), answered_at=_ASKED_AT)),
        "prompt, answered late": views.prompt(replace(full, state=PromptState.LATE, reported=reported(words), answered_at=_ASKED_AT + timedelta(days=1))),
        "prompt, over": views.prompt(asked(words, PromptState.MISSED, is_open=False)),
        "prompt, away": views.prompt(away), "reminder, away": views.reminder(away),
        "prompt, ended": views.prompt(asked(words, PromptState.PAUSED, stopped=SyncState.ENDED)),
        "prompt, with a draft": views.prompt(asked(words, drafted_at=_ASKED_AT)),
        "prompt, until tomorrow": views.prompt(asked(words, deadline=_ASKED_AT + timedelta(days=1))),
    }  # fmt: skip
    drawn |= {f"summary, {state.value}": views.summary(summed(words, state=state, next_on=None)) for state in SyncState}
    drawn |= {"summary": views.summary(summed(words)), "summary, once": views.summary(summed(words, cadence=Cadence.ONCE, state=SyncState.ENDED)),
              "summary, of many": views.summary(summed(words, lines=summed(words).lines * 3)), "no summary": views.no_summary(card(words))}  # fmt: skip
    views_said = (
        said(words, View.SETTLED, View.SETTLED),
        said(words, View.SAME, None, View.DIVERGING),
        said(words, *[View.SAME] * 3),
    )
    drawn |= {"summary, of overlaps": views.summary(summed(words, overlaps=views_said, clarity=(3.75, 8))),
              "summary, of one overlap": views.summary(summed(words, overlaps=views_said[:1])), "settled": views.settled(card(words))}  # fmt: skip
    answered = asked(words, PromptState.ANSWERED, last=reported(words), reported=reported(words), answered_at=_ASKED_AT)
    drawn |= {
        "understood": views.understood(answered, is_pulse_said=True),
        "understood, as last time": views.understood(answered, is_pulse_said=False),
        "understood, nothing before": views.understood(replace(answered, last=None), is_pulse_said=False),
        "refused": views.refused("The next round has opened since."),
        "which": views.which([words.title] * 12),
    }
    for cadence in Cadence:
        drawn[f"arranged, {cadence.value}"] = views.arranged(
            card(words, cadence=cadence, first_on=NOW.date()), again=False
        )
    for state in SyncState:
        standing = card(words, state=state, next_on=None, next_at=None)
        drawn[f"changed, {state.value}"] = views.changed(standing, "moved", by=OTHER, reader=PERSON)
        drawn[f"stands, {state.value}"] = views.stands(standing)
    drawn |= _meetings(words)
    many = [
        card(
            words,
            id=number,
            meet_minutes=30,
            ruled_by=side(words),
            meets_at=_ASKED_AT if number % 2 else None,
            state=state,
        )
        for number, state in enumerate(list(SyncState) * 10, 1)
    ]
    return drawn | {
        "arranged, for a day off": views.arranged(card(words, is_away=True), again=False),
        "arranged already": views.arranged(card(words), again=True),
        "told": views.told(card(words), by=OTHER, reader=PERSON),
        "told by oneself, in direct messages": views.told(card(words, place=""), by=PERSON, reader=PERSON),
        "not told": views.not_told(card(words), OTHER),
        "handed over": views.handed_over(card(words), by=OTHER, to=PERSON, reader=PERSON),
        "handed over to another": views.handed_over(card(words, place=""), by=OTHER, to=LAST, reader=PERSON),
        "released": views.released(card(words), OTHER),
        "succeeded, to the heir": views.succeeded(card(words), former=OTHER, heir=PERSON, reader=PERSON),
        "succeeded, to the former lead": views.succeeded(card(words), former=OTHER, heir=PERSON, reader=OTHER),
        "succeeded, to the others": views.succeeded(card(words), former=OTHER, heir=PERSON, reader=LAST),
        "silent": views.silent(card(words, state=SyncState.PAUSED)),
        "too few": views.too_few(card(words, state=SyncState.PAUSED), [side(words, OTHER)]),
        **{f"displaced, {why}": views.displaced(card(words, place=""), ("C1", words.name), why) for why in Loss},
        "displaced, from a channel that is not theirs": views.displaced(card(words, place=""), None, Loss.ARCHIVED),
        "out of sight": views.out_of_sight(1, is_deleted=False),
        "out of sight, deleted": views.out_of_sight(1, is_deleted=True),
        "mine, none": views.mine([]),
        "mine": views.mine(many[:3], many[3:5]),
        "mine, of an admin": views.mine(many, many, many),
        "of an admin without one": views.mine([], [], many[:1]),
    }  # fmt: skip


def _filled(view: dict[str, Any], cadence: Cadence) -> dict[str, Any]:
    """A form in which a rhythm was chosen."""
    return view | {"state": {"values": {FIELD_CADENCE: {"it": {"selected_option": {"value": cadence.value}}}}}}


def forms(words: Words) -> dict[str, dict[str, Any]]:
    """Every form."""
    work = [(number, words.title) for number in range(1, 121)]
    defaults: dict[str, Any] = {"cadence": Cadence.WEEKLY, "first_on": date(2026, 11, 30), "at_minute": 570}
    return {
        "set up": drawn_forms.set_up_form([PERSON, OTHER], work[:100], **defaults),
        "set up, with teams": drawn_forms.set_up_form([PERSON], work[:100], teams(words, 120), **defaults),
        "set up, in a rhythm of its own": drawn_forms.set_up_form([PERSON], [], **defaults | {"cadence": Cadence.CUSTOM}),
        "following a rhythm": drawn_forms.following_rhythm(_filled(drawn_forms.set_up_form([PERSON], [], **defaults), Cadence.CUSTOM)),
        "hand over": drawn_forms.hand_over_form(card(words)),
        "outcome": meeting_views.outcome_form(meeting(words)),
        "outcome, of no overlap": meeting_views.outcome_form(meeting(words, is_about_overlap=False)),
        "set up, about nothing known": drawn_forms.set_up_form([PERSON], [], **defaults),
        "move": drawn_forms.move_form(card(words), first_on=date(2026, 11, 30)),
        "answer": answer_form.form(asked(words), Questions()),
        "answer, with last time": answer_form.form(asked(words, last=reported(words)), questions(words)),
        "answer, begun": answer_form.form(
            asked(words, last=reported(words)),
            replace(questions(words), draft=reported(words).report, drafted_at=_ASKED_AT, plan_is_kept=False),
        ),
        "edit": answer_form.form(asked(words, PromptState.ANSWERED, last=reported(words), reported=reported(words)), questions(words, count=120)),
        "shown": drawn_forms.shown("Last summary", views.summary(summed(words))),
    }  # fmt: skip
