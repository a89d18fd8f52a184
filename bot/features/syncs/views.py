"""Draws check-ins: the message that asks, the summary, the list of one's own, and what people hear of changes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.features.initiatives import views as initiatives
from bot.features.items import views as items
from bot.features.syncs import wording as w
from bot.features.syncs.card import Asked, Line, Loss, Side, Summary, SyncCard
from bot.slack import blocks as b
from storage.rounds import PromptState
from storage.syncs import Cadence, SyncState

ANSWER: Final = "syncs.answer"
AS_BEFORE: Final = "syncs.as_before"
LATER: Final = "syncs.later"
SKIP: Final = "syncs.skip"
MANAGE: Final = "syncs.manage"
CHANGE: Final = "syncs.change"
PAUSE: Final = "syncs.pause"
RESUME: Final = "syncs.resume"
END: Final = "syncs.end"
BRING_BACK: Final = "syncs.bring_back"

#: Shown in a list before it says how many more there are.
LISTED: Final = 15
#: Participants in a summary.
SUMMED: Final = 40
_HOW: Final = "`/rowbot syncs` moves, pauses or ends it."


def _said(text: str, *more: b.Block) -> b.Message:
    """A paragraph, and what stands under it."""
    return b.Message(b.fallback(text), [b.section(text), *more])


# --- asking -----------------------------------------------------------------------------------------------------


def prompt(asked: Asked) -> b.Message:
    """The message that asks somebody how it is going; updated in place after everything they do about it."""
    lines = [f"{w.topic(asked.topic)}, {w.CADENCE_WORDS[asked.cadence]}."]
    if asked.state is PromptState.PAUSED:
        return _said(
            f"{lines[0]} It was {'ended' if asked.stopped is SyncState.ENDED else 'paused'} before you answered."
        )
    if asked.reported is not None and asked.answered_at is not None:
        late = ", after the deadline" if asked.state is PromptState.LATE else ""
        lines.append(f"You answered {w.moment(asked.answered_at)}{late}: {w.answer(asked.reported)}")
        return _with_buttons(lines, asked, [b.button("Edit", ANSWER, value=str(asked.prompt_id))])
    if asked.state is PromptState.SKIPPED:
        lines.append("You skipped this one.")
        return _with_buttons(lines, asked, [b.button("Answer after all", ANSWER, value=str(asked.prompt_id))])
    if asked.back_on is not None and asked.state is PromptState.AWAY:
        lines.append(f"You are {w.away(asked.back_on)}, so this round goes on without you.")
        return _with_buttons(lines, asked, [b.button("Answer all the same", ANSWER, value=str(asked.prompt_id))])
    if asked.state in (PromptState.MISSED, PromptState.AWAY):
        lines.append("This round closed without your answer." + (" A late one still counts." if asked.is_open else ""))
        return _with_buttons(lines, asked, [b.button("Answer late", ANSWER, value=str(asked.prompt_id))])
    if asked.last is not None:
        said = replace(asked.last, stood=None, stands=None, is_as_before=False)
        lines[0] += f" Last time you said: {w.answer(said)}"
    lines += [_ended(each.title, initiatives.STATUS_WORDS[each.status] if each.status else "") for each in asked.ended]
    if asked.missed:
        rounds = "one round" if asked.missed == 1 else f"{asked.missed} rounds"
        lines.append(f"I was not running for {rounds} before this one.")
    if asked.without:
        lines.append(f"{w.names(asked.without)} can't take part any more and is left out.")
    lines += [f"{w.name(side)} is {w.away(back_on)}." for side, back_on in asked.away]
    lines.append(
        f"Two minutes: how is it going? In time until {w.until(asked.deadline, asked.now)}. A reply in this thread does, too."
    )
    if asked.drafted_at is not None:
        lines.append(f"Your draft of {w.since(asked.drafted_at, asked.now)} is kept: *Answer* opens it.")
    if asked.again_at is not None:
        lines.append(f"I will ask again at {w.until(asked.again_at, asked.now)}.")
    return _with_buttons(lines, asked, _prompt_buttons(asked))


def _with_buttons(lines: Sequence[str], asked: Asked, buttons: Sequence[b.Element]) -> b.Message:
    return _said(b.fitting(lines), *([b.actions(*buttons)] if asked.is_open else []))


def _prompt_buttons(asked: Asked) -> list[b.Element]:
    value = str(asked.prompt_id)
    drawn = [b.button("Answer", ANSWER, value=value, style="primary")]
    if asked.last is not None:
        drawn.append(b.button("All as before", AS_BEFORE, value=value))
    if asked.state is PromptState.SENT:
        drawn.append(b.button("Later today", LATER, value=value))
    return [*drawn, b.button("Skip this one", SKIP, value=value)]


def _ended(title: str, status: str) -> str:
    what = f"is {status}" if status else "is out of the registry"
    return f"{w.topic(title)} {what}. Is this check-in still needed? {_HOW}"


def reminder(asked: Asked) -> b.Message:
    """To somebody silent, once; or again, as they asked for. Follows what becomes of the prompt."""
    if asked.state in (PromptState.ANSWERED, PromptState.LATE):
        return _said(f"{w.topic(asked.topic)}: you answered.")
    if asked.state is PromptState.SKIPPED:
        return _said(f"{w.topic(asked.topic)}: you skipped this one.")
    if asked.back_on is not None and asked.state is PromptState.AWAY:
        return _said(f"{w.topic(asked.topic)}: you are {w.away(asked.back_on)}, so this round goes on without you.")
    if asked.state not in (PromptState.SENT, PromptState.REMINDED, PromptState.SNOOZED):
        return _said(f"{w.topic(asked.topic)}: this round is closed.")
    value = str(asked.prompt_id)
    text = f"{w.topic(asked.topic)}: still open until {w.until(asked.deadline, asked.now)}."
    return _said(
        text, b.actions(b.button("Answer", ANSWER, value=value, style="primary"), b.button("Skip", SKIP, value=value))
    )


def understood(asked: Asked, *, is_pulse_said: bool) -> b.Message:
    """How somebody's message was understood as an answer, with the way to mend it."""
    if asked.reported is None:
        return _said(f"{w.topic(asked.topic)}: noted.")
    text = f"Noted for {w.topic(asked.topic)}: {w.answer(asked.reported)}"
    if not is_pulse_said:
        pulse = w.PULSE_WORDS[asked.reported.report.pulse]
        text += (
            f"\nYou did not say how it goes, so I took _{pulse}_{' from last time' if asked.last is not None else ''}."
        )
    return _said(text, *([b.actions(b.button("Edit", ANSWER, value=str(asked.prompt_id)))] if asked.is_open else []))


def refused(sentence: str) -> b.Message:
    """Why a message could not be taken as an answer. The sentence is ours."""
    return _said(sentence)


def which(topics: Sequence[str]) -> b.Message:
    """To somebody whose words read like an answer while several check-ins wait."""
    return _said(
        f"Several check-ins wait for you: {b.listed([w.topic(topic) for topic in topics[:10]])}. Write it in the thread of the one that you mean."
    )


# --- the summary ------------------------------------------------------------------------------------------------


def summary(summed: Summary) -> b.Message:
    """One round, where the sync lives; updated in place for late answers and edits."""
    head = f"{w.topic(summed.topic)} · round {summed.number} · {summed.answered} of {summed.asked} answered"
    shown = summed.lines[:SUMMED]
    drawn = [b.section(head)]
    for number, line in enumerate(shown, 1):
        drawn.append(b.section(_line(line)))
        room = b.MESSAGE_BLOCKS - len(drawn) - (len(shown) - number) - 2
        if line.item is not None and line.item.stands and room:
            drawn.append(b.actions(*items.buttons(line.item, is_owner=False)))
    together = b.fitting(_together(summed))
    if together:
        drawn.append(b.section(together))
    drawn.append(b.context(_next(summed)))
    return b.Message(b.fallback(head), drawn)


def _together(summed: Summary) -> list[str]:
    """What they say of what they share."""
    several = len(summed.overlaps) > 1
    said = [w.same_problem(each, among_several=several) for each in summed.overlaps[:5]]
    if summed.clarity is not None:
        mean, count = summed.clarity
        said.append(f"How clear it is what the others do: {mean:.1f} of 5 (n {count}).")
    return said


def settled(card: SyncCard) -> b.Message:
    """When everybody says that it is settled, once: is the check-in still needed?"""
    value = str(card.id)
    buttons = b.actions(b.button("Keep", RESUME, value=value), b.button("End", END, value=value))
    return _said(f"{w.topic(card.topic)}: everybody says that it is settled. Keep the check-in, or end it?", buttons)


def _line(line: Line) -> str:
    who = w.speaker(line.side)
    if line.reported is not None:
        marks = [
            mark
            for mark, is_so in (("late", line.state is PromptState.LATE), ("edited", line.reported.is_edited))
            if is_so
        ]
        return f"{who} {w.answer(line.reported, line.item)}" + (f" _({', '.join(marks)})_" if marks else "")
    match line.state:
        case PromptState.SKIPPED:
            return f"{who} skipped this one."
        case PromptState.AWAY:
            return (
                f"{who} is {w.away(line.back_on)}." if line.back_on is not None else f"{who} can't take part any more."
            )
        case PromptState.PAUSED:
            return f"{who} had not answered when it stopped."
        case _ if not line.was_asked:
            return f"{who} could not be asked in time: I was not running."
        case _:
            return f"{who} did not answer."


def _next(summed: Summary) -> str:
    if summed.state is SyncState.ACTIVE and summed.next_on is not None:
        return f"Next: {w.day(summed.next_on)}."
    if summed.state is SyncState.PAUSED:
        return "Paused. `/rowbot syncs` takes it up again."
    if summed.cadence is Cadence.ONCE:
        return "It was a single check-in. `/rowbot sync` sets up another."
    return "It has ended."


# --- setting up and changing --------------------------------------------------------------------------------------


def _facts(card: SyncCard) -> str:
    return f"{w.topic(card.topic)} with {w.names(card.sides)}: {w.rhythm(card)}, {w.coming(card)}."


def arranged(card: SyncCard, *, again: bool) -> b.Message:
    """To the one who set it up: who, when first, and the way to change it. ``again``: it was there already."""
    opening = "There is a check-in about this already:" if again else "A check-in is set up:"
    buttons = [b.button("Change…", CHANGE, value=str(card.id)), b.button("End it", END, value=str(card.id))]
    return _said(f"{opening} {_facts(card)}{_meeting(card)}", b.actions(*buttons))


def _meeting(card: SyncCard) -> str:
    return " Times to meet come in a message of their own." if card.meet_minutes and card.meets_at is None else ""


def told(card: SyncCard, *, by: str, reader: str) -> b.Message:
    """To each participant: who set it up, about what, when first, and how to move, pause or end it."""
    others = [side for side in card.sides if side.person_id not in (reader, by)]
    if by == reader:
        who = "You set up a check-in" + (f" with {w.names(others)}" if others else "")
    else:
        takes_part = any(side.person_id == by for side in card.sides)
        whom = b.listed(["you", *(w.name(side) for side in others)])
        who = f"{b.mention(by)} set up a check-in {'with' if takes_part else 'for'} {whom}"
    text = (f"{who}: {w.topic(card.topic)}, {w.rhythm(card)}, {w.coming(card)}.\n"
            f"I ask each of you in a direct message how it goes, which takes two minutes, and send one summary {w.where(card.place)}.{_meeting(card)}")  # fmt: skip
    buttons = [b.button("Change…", CHANGE, value=str(card.id)), b.button("Pause", PAUSE, value=str(card.id)),
               b.button("End it", END, value=str(card.id))]  # fmt: skip
    return _said(text, b.actions(*buttons), b.context(_HOW))


def not_told(card: SyncCard, person_id: str) -> b.Message:
    """To the one who set it up, when Slack would not let a participant be reached."""
    text = (
        f"I could not tell {b.mention(person_id)} of the check-in {w.topic(card.topic)}: Slack does not let me write to them. "
        "Ask in their team's channel, or end it and set one up with somebody else."
    )
    return _said(text, b.actions(b.button("End it", END, value=str(card.id))))


def changed(card: SyncCard, what: str, *, by: str, reader: str) -> b.Message:
    """To everyone concerned, after somebody moved, paused, resumed, ended or brought it back; with the way back."""
    who = "You" if by == reader else b.mention(by)
    text = f"{who} {what} the check-in {w.topic(card.topic)}" + (
        f": {w.rhythm(card)}, {w.coming(card)}." if card.state is SyncState.ACTIVE else "."
    )
    return _said(text, b.actions(*_undo(card)))


def stands(card: SyncCard) -> b.Message:
    """To the one who changed it: how it stands now, with the way back."""
    match card.state:
        case SyncState.PAUSED:
            text = f"{w.topic(card.topic)} is paused: nobody is asked until somebody resumes it."
        case SyncState.ENDED:
            text = f"{w.topic(card.topic)} has ended. For a week it can be brought back."
        case _:
            text = f"{w.topic(card.topic)} goes on: {w.rhythm(card)}, {w.coming(card)}."
    return _said(text, b.actions(*_undo(card)))


def handed_over(card: SyncCard, *, by: str, to: str, reader: str) -> b.Message:
    """To everybody who takes part now, after somebody handed their part over."""
    heir = "you" if to == reader else b.mention(to)
    text = f"{b.mention(by)} handed their part in the check-in {w.topic(card.topic)} over to {heir}: {w.rhythm(card)}, {w.coming(card)}."
    if to == reader:
        text += f"\nI ask you in a direct message how it goes, and send one summary {w.where(card.place)}."
    return _said(text, b.actions(*_undo(card)))


def succeeded(card: SyncCard, *, former: str, heir: str, reader: str) -> b.Message:
    """To everybody concerned, after the work got another lead: they take the former one's place."""
    if reader == former:
        return _said(
            f"{b.mention(heir)} leads what you spoke for in {w.topic(card.topic)}, and takes your place in its check-in. "
            "You are not asked any more."
        )
    who, whose = ("You lead", f"so you take {b.mention(former)}’s place") if reader == heir else (
        f"{b.mention(heir)} leads", f"and takes {b.mention(former)}’s place"
    )  # fmt: skip
    text = f"{who} what {b.mention(former)} spoke for in {w.topic(card.topic)} now, {whose} in its check-in: {w.rhythm(card)}, {w.coming(card)}."
    return _said(text, b.actions(*_undo(card)))


def released(card: SyncCard, to: str) -> b.Message:
    """To the one who handed their part over."""
    text = f"{b.mention(to)} takes part in {w.topic(card.topic)} in your place from the next round on. You are not asked any more."
    return _said(text)


def _undo(card: SyncCard) -> list[b.Element]:
    value = str(card.id)
    match card.state:
        case SyncState.PAUSED:
            return [b.button("Resume", RESUME, value=value), b.button("End it", END, value=value)]
        case SyncState.ENDED:
            return [b.button("Bring it back", BRING_BACK, value=value)]
        case _:
            return [
                b.button("Change…", CHANGE, value=value),
                b.button("Pause", PAUSE, value=value),
                b.button("End it", END, value=value),
            ]


def silent(card: SyncCard) -> b.Message:
    """After three silent rounds, once: it is paused, and what now?"""
    text = (
        f"{w.topic(card.topic)}: nobody has had time for this one lately, so I paused it. Keep it, move it, or end it?"
    )
    value = str(card.id)
    return _said(
        text,
        b.actions(
            b.button("Keep", RESUME, value=value),
            b.button("Move…", CHANGE, value=value),
            b.button("End", END, value=value),
        ),
    )


def too_few(card: SyncCard, gone: Sequence[Side]) -> b.Message:
    """To who is left of a check-in that needs two."""
    text = (f"I paused the check-in {w.topic(card.topic)}: {w.names(gone)} can't take part any more, and it needs two. "
            "`/rowbot sync` sets one up with somebody else.")  # fmt: skip
    value = str(card.id)
    return _said(text, b.actions(b.button("Resume", RESUME, value=value), b.button("End it", END, value=value)))


_LOSSES: Final = {
    Loss.ABSENT: "I am not in {} any more",
    Loss.ARCHIVED: "{} is archived",
    Loss.DELETED: "{} was deleted",
    Loss.SHARED: "{} is shared with another organisation now",
    Loss.REFUSED: "Slack did not take the last summary in {}",
}


def displaced(card: SyncCard, channel: tuple[str, str] | None, why: Loss) -> b.Message:
    """To who sees to it, once: its channel is lost. ``channel``: its id and name; None where they are not the reader's to know."""
    place = "its channel" if channel is None else f"#{b.quote(channel[1], 80)}" if channel[1] else b.channel(channel[0])
    sentence = _LOSSES[why].format(place)
    text = (f"{sentence[:1].upper()}{sentence[1:]}, so from now on the summaries of the check-in {w.topic(card.topic)} go to each participant "
            "in a direct message. *Change…* gives it another channel.")  # fmt: skip
    return _said(text, b.actions(*_undo(card)))


def out_of_sight(sync_id: int, *, is_deleted: bool) -> b.Message:
    """To who set it up. Who may see what it is about is not known any more: nothing of it is named."""
    if is_deleted:
        text = ("I paused a check-in that you set up: its private channel was deleted, so what it is about is kept to each lead. "
                "`/rowbot sync` sets one up anew.")  # fmt: skip
        return _said(text)
    text = (
        "I paused a check-in that you set up: I am not in its private channel any more, so I can't tell who may see it. "
        "Invite me there with `/invite @Rowbot`, then press *Resume*."
    )
    return _said(text, b.actions(b.button("Resume", RESUME, value=str(sync_id))))


# --- the list -----------------------------------------------------------------------------------------------------


def mine(
    cards: Sequence[SyncCard], ended: Sequence[SyncCard] = (), public: Sequence[SyncCard] | None = None
) -> b.Message:
    """`/rowbot syncs`: one's own, those ended within a week, and for admins the public ones of others."""
    if not cards and not ended and not public:
        text = "No check-ins here. Press *Sync the leads* under a match, or set one up with `/rowbot sync`."
        return _said(text)
    head = f"*Your check-ins* · {len(cards)}" if cards else "You take part in no check-in. `/rowbot sync` sets one up."
    drawn: list[b.Block] = [b.section(head), *(_entry(card) for card in cards[:LISTED])]
    if len(cards) > LISTED:
        drawn.append(b.context(f"And {len(cards) - LISTED} more: those come later."))
    drawn += [
        b.section(f"{w.topic(card.topic)} · ended", accessory=b.button("Bring it back", BRING_BACK, value=str(card.id)))
        for card in ended[:5]
    ]
    if public:
        drawn += [b.section(f"*Others' check-ins* · {len(public)}"), *(_entry(card) for card in public[:LISTED])]
        if len(public) > LISTED:
            drawn.append(b.context(f"And {len(public) - LISTED} more."))
    return b.Message(b.fallback(head), drawn)


def _entry(card: SyncCard) -> b.Block:
    pause = (
        b.option("Resume", f"resume:{card.id}")
        if card.state is SyncState.PAUSED
        else b.option("Pause", f"pause:{card.id}")
    )
    options = [
        b.option("Show the last summary", f"show:{card.id}"),
        b.option("Move", f"move:{card.id}"),
        pause,
        b.option("Hand over", f"hand_over:{card.id}"),
        b.option("End", f"end:{card.id}"),
    ]
    parts = [w.rhythm(card), w.coming(card), w.meets(card)]
    text = f"{w.topic(card.topic)} · {w.names(card.sides)}\n" + " · ".join(part for part in parts if part)
    return b.section(text, accessory=b.overflow(MANAGE, options))


def no_summary(card: SyncCard) -> b.Message:
    """There was no round yet."""
    return _said(f"{w.topic(card.topic)} has had no round yet: {w.coming(card)}.")
