"""What the figures of a report are called. Pure."""

from collections.abc import Mapping
from typing import Final

from bot.features.initiatives.views import STATUS_WORDS
from bot.features.reports.figures import By, Figure, Topic
from bot.features.reports.standing import Judgement, Outcome
from storage.initiatives import Status
from storage.rounds import PromptState

OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.NOT_RELATED: "Not related",
    Outcome.CLOSED: "One side closed",
    Outcome.SYNC: "Sync set up",
    Outcome.JOIN: "Join wished",
    Outcome.TALK: "Leads asked to talk",
    Outcome.DIFFER: "Said how they differ",
    Outcome.FINISHED: "With finished work",
    Outcome.OPEN: "Still open",
}
#: Ages of what is waited for, by the days from which on.
AGES: Final[Mapping[int, str]] = {
    14: "Two weeks or longer",
    7: "One to two weeks",
    3: "Three to six days",
    0: "Less than three days",
}
ANSWERS: Final[Mapping[PromptState, str]] = {
    PromptState.ANSWERED: "Answered in time",
    PromptState.LATE: "Answered late",
    PromptState.MISSED: "Missed",
    PromptState.SKIPPED: "Skipped",
}
_ROUNDS_WITH: Final[Mapping[PromptState, str]] = {
    PromptState.ANSWERED: "answers in time",
    PromptState.LATE: "late answers",
    PromptState.MISSED: "missed prompts",
    PromptState.SKIPPED: "skipped prompts",
}
JUDGEMENTS: Final[Mapping[Judgement, str]] = {
    Judgement.CONFIRMED: "Confirmed by what people did",
    Judgement.NOT_RELATED: "Marked as not related",
}
NO_TEAM: Final = "No team named"
_TOPICS: Final[Mapping[Topic, str]] = {
    Topic.REGISTERED: "Registered",
    Topic.STANDING: "In the registry",
    Topic.OVERLAPS: "Overlaps found",
    Topic.JUDGED: "Overlaps judged",
    Topic.SYNCS: "Open syncs",
    Topic.ROUNDS: "Rounds",
}


def status(value: Status) -> str:
    """A status at the head of a row."""
    word = STATUS_WORDS[value]
    return word[0].upper() + word[1:]


def figure(chosen: Figure, *, team: str = "") -> str:
    """What a figure counts: "Registered, shipped"; the team's name is a reader's word and not escaped."""
    head = _TOPICS[chosen.topic]
    match chosen.by:
        case By.STATUS:
            return f"{head}, {STATUS_WORDS[Status(chosen.value)]}"
        case By.TEAM:
            return f"{head}, {team or NO_TEAM.lower()}"
        case By.OUTCOME:
            return f"{head}: {OUTCOMES[Outcome(chosen.value)].lower()}"
        case By.JUDGEMENT:
            return f"{head}: {JUDGEMENTS[Judgement(chosen.value)].lower()}"
        case By.ANSWER:
            return f"{head} with {_ROUNDS_WITH[PromptState(chosen.value)]}"
        case _:
            return head
