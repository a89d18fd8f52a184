"""An example of everything that digests draw."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from bot.features.digests import views
from bot.features.digests.issue import Coming, Help, Issue, Pair, Wait
from bot.features.digests.places import Bar, State
from bot.features.digests.timing import Weekly
from bot.features.initiatives.examples import CHANNEL, NOW, Words, card, other_card
from bot.features.reports.standing import Outcome
from bot.slack.blocks import Message
from storage.channels import ChannelMode
from storage.initiatives import Status

ON: Final = State(CHANNEL, Weekly(), "Europe/Lisbon", NOW + timedelta(days=2), None, ChannelMode.ON)
OFF: Final = replace(ON, next_at=None)


def issue(words: Words, **changes: Any) -> Issue:  # noqa: ANN401 - fields of Issue
    """A week in which much happened."""
    one, other, name = card(words), other_card(words, team=""), words.name or "?"
    plain = Issue(
        CHANNEL, NOW - timedelta(days=7), new=(one, other, replace(one, status=Status.SHIPPED), one, one), announced=8, imported=40,
        ended={Status.SHIPPED: 2, Status.ABANDONED: 1}, pairs=tuple(Pair(one, other, outcome) for outcome in (Outcome.SYNC, Outcome.DIFFER, Outcome.OPEN)),
        overlaps=5, found=4, settled=2, waits=(Wait(name, 4, 12), Wait(words.title, 1, 9), Wait("", 1, 1), Wait(name, 1, 0)),
        helped=(Help(name, (name, words.title)), Help(words.title, (name,) * 5), Help(name, (name,)), Help(name, (name,))),
        coming=tuple(Coming(words.title, date(2026, 11, 30), link) for link in (words.link, "", "", "")), registered=1214,
    )  # fmt: skip
    return replace(plain, **changes)


def messages(words: Words) -> dict[str, Message]:
    """Every message."""
    weeks = {
        "a full week": issue(words),
        "a week with one thing": Issue(CHANNEL, NOW, new=(card(words),), announced=1, registered=12),
        "a week of imports": Issue(CHANNEL, NOW, imported=1, ended={Status.SHIPPED: 1}, registered=12),
        "a week of settling": Issue(CHANNEL, NOW, pairs=(Pair(card(words), other_card(words), Outcome.JOIN),), overlaps=1, settled=1, registered=12),
        "a quiet week": Issue(CHANNEL, NOW, registered=214),
        "a quiet week with things that wait": Issue(CHANNEL, NOW, waits=(Wait("", 1, 3),), registered=1),
        "before anything": Issue(CHANNEL, NOW),
    }  # fmt: skip
    posted = views.digest(issue(words))
    return {name: views.digest(week) for name, week in weeks.items()} | {
        "preview": views.preview(issue(words), ON),
        "turned off beneath": views.closed(posted, words.name),
        "state, on": views.state(ON),
        "state, off": views.state(OFF),
        **{f"state, on, {bar}": views.state(replace(ON, bar=bar, mode=ChannelMode.QUIET)) for bar in Bar},
        **{f"state, off, {bar}": views.state(replace(OFF, bar=bar, mode=ChannelMode.OFF)) for bar in Bar},
        **{f"stopped, {bar}": views.stopped(CHANNEL, words.name, bar) for bar in Bar if bar is not Bar.STILL},
        "refused": views.refused(CHANNEL, words.name),
    }  # fmt: skip


def forms(words: Words) -> dict[str, dict[str, Any]]:
    """Every form."""
    return {
        "turn on": views.form(OFF),
        "change": views.form(replace(ON, weekly=Weekly(4, 870))),
        "chosen": views.chosen(ON),
    }
