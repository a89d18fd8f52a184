"""An example of everything that check-ins draw."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from bot.features.initiatives.examples import CHANNEL, NOW, OTHER, PERSON, Words
from bot.features.items.card import Party
from bot.features.items.examples import card as item
from bot.features.syncs import answer_form, views
from bot.features.syncs import forms as drawn_forms
from bot.features.syncs.card import (
    Asked,
    Ended,
    Line,
    OverlapAsked,
    OverlapSaid,
    Questions,
    Report,
    Reported,
    Side,
    Summary,
    SyncCard,
)
from bot.slack.blocks import Message
from storage.initiatives import Status
from storage.items import ItemState
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
    many = [card(words, id=number, state=state) for number, state in enumerate(list(SyncState) * 10, 1)]
    return drawn | {
        "arranged, for a day off": views.arranged(card(words, is_away=True), again=False),
        "arranged already": views.arranged(card(words), again=True),
        "told": views.told(card(words), by=OTHER, reader=PERSON),
        "told by oneself, in direct messages": views.told(card(words, place=""), by=PERSON, reader=PERSON),
        "not told": views.not_told(card(words), OTHER),
        "silent": views.silent(card(words, state=SyncState.PAUSED)),
        "too few": views.too_few(card(words, state=SyncState.PAUSED), [side(words, OTHER)]),
        "mine, none": views.mine([]),
        "mine": views.mine(many[:3], many[3:5]),
        "mine, of an admin": views.mine(many, many, many),
        "of an admin without one": views.mine([], [], many[:1]),
    }  # fmt: skip


def forms(words: Words) -> dict[str, dict[str, Any]]:
    """Every form."""
    work = [(number, words.title) for number in range(1, 121)]
    defaults: dict[str, Any] = {"cadence": Cadence.WEEKLY, "first_on": date(2026, 11, 30), "at_minute": 570}
    return {
        "set up": drawn_forms.set_up_form([PERSON, OTHER], work[:100], **defaults),
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
