"""What to do after an attempt to send. Pure: the answer, the time and the count go in, the outcome comes out."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.slack.errors import Fate, fate, sentence
from storage.outbox import PACED, RECONCILED, OutboxState, OutboxVerb, Outcome

#: Slack allows about one message a second and channel (docs.slack.dev, rate limits); a little more is left for clocks.
PACE: Final = timedelta(milliseconds=1050)
#: A message whose answer was lost is looked for this soon, ...
FIRST_LOOK: Final = timedelta(seconds=2)
#: ... and sent again only when this long has passed since it was last sent: a late acceptance would be a second copy.
DOUBT: Final = timedelta(seconds=10)
#: A file is shared by a job of Slack's own some time after it was taken (docs.slack.dev, files.getUploadURLExternal).
UPLOAD_DOUBT: Final = timedelta(seconds=60)
#: When the history cannot be read, a message in doubt is sent again after this long, and logged as a possible double.
BLIND: Final = timedelta(minutes=10)
GIVE_UP_AFTER: Final = timedelta(hours=24)
GIVE_UP_TRIES: Final = 20
LONGEST_WAIT: Final = timedelta(minutes=15)
#: The workspace is paused after a revocation; this is for whoever resumes it by hand with a token that is still dead.
AFTER_REVOCATION: Final = timedelta(minutes=5)

#: Answers that mean the wished state is already there.
_AS_GOOD_AS_DONE: Final = {
    OutboxVerb.REACT: frozenset({"already_reacted", "message_not_found", "too_many_reactions", "too_many_emoji"}),
    OutboxVerb.UNREACT: frozenset({"no_reaction", "message_not_found"}),
    #: Somebody deleted it: there is nothing to change any more.
    OutboxVerb.UPDATE: frozenset({"message_not_found"}),
}


@dataclass(frozen=True, slots=True)
class Accepted:
    """Slack took it."""

    channel: str = ""
    ts: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Slack answered and did not take it."""

    code: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """No answer, or one that says nothing: it may have been taken."""

    reason: str


Answer = Accepted | Refused | Lost


def decide(verb: OutboxVerb, answer: Answer, *, attempts: int, age: timedelta, now: datetime, chance: float) -> Outcome:
    """The outcome of an attempt.

    ``attempts`` counts this one; ``age`` is the time since the message was due; ``chance`` in [0, 1) spreads retries.
    """
    if isinstance(answer, Accepted):
        after = now + PACE if verb in PACED else None
        return Outcome(OutboxState.SENT, channel=answer.channel, ts=answer.ts, wait_until=after)
    if isinstance(answer, Lost):
        if verb in RECONCILED:
            return Outcome(OutboxState.SENDING, error=answer.reason, wait_until=now + FIRST_LOOK)
        return _later(answer.reason, attempts=attempts, age=age, now=now, chance=chance)
    if answer.code in _AS_GOOD_AS_DONE.get(verb, frozenset()):
        return Outcome(OutboxState.SENT, is_gone=answer.code == "message_not_found")
    if answer.retry_after is not None and age < GIVE_UP_AFTER:
        wait = timedelta(seconds=answer.retry_after) + PACE * chance
        return Outcome(OutboxState.PENDING, error=answer.code, wait_until=now + wait, hold_lane=True, refused=True)
    match fate(answer.code):
        case Fate.PERMANENT:
            return Outcome(OutboxState.DEAD, error=sentence(answer.code), code=answer.code)
        case Fate.DOUBTFUL if verb in RECONCILED:
            return Outcome(OutboxState.SENDING, error=answer.code, wait_until=now + FIRST_LOOK)
        case Fate.REVOKED:
            # Nobody would get anything: it waits until the app is installed again, and this was no try.
            return Outcome(
                OutboxState.PENDING, error=answer.code, wait_until=now + AFTER_REVOCATION, refused=True, is_free=True
            )
        case _:
            return _later(answer.code, attempts=attempts, age=age, now=now, chance=chance, refused=True)


def _later(
    reason: str, *, attempts: int, age: timedelta, now: datetime, chance: float, refused: bool = False
) -> Outcome:
    if attempts >= GIVE_UP_TRIES or age >= GIVE_UP_AFTER:
        return Outcome(
            OutboxState.DEAD, error=f"Slack did not take it in {attempts} tries; the last answer was: {reason}."
        )
    wait = min(LONGEST_WAIT, timedelta(seconds=2 ** min(attempts, 10))) * (0.5 + chance / 2)
    return Outcome(OutboxState.PENDING, error=reason, wait_until=now + wait, refused=refused)


def after_looking(
    *,
    found: Accepted | None,
    readable: bool,
    last_try: datetime,
    attempts: int,
    age: timedelta,
    now: datetime,
    chance: float,
    verb: OutboxVerb = OutboxVerb.POST,
) -> Outcome:
    """The outcome for a message in doubt after its key was looked for in the channel's history.

    ``readable`` says whether the history could be read; ``attempts``, ``age`` and ``chance`` as for :func:`decide`.
    """
    if found is not None:
        return Outcome(OutboxState.SENT, channel=found.channel, ts=found.ts, wait_until=now + PACE)
    doubt = UPLOAD_DOUBT if verb is OutboxVerb.UPLOAD else DOUBT
    wait_until = last_try + (doubt if readable else BLIND)
    if now < wait_until:
        soon = wait_until if readable else min(wait_until, now + DOUBT)
        return Outcome(OutboxState.SENDING, error="Its answer was lost; it is being looked for.", wait_until=soon)
    again = _later("none, and it did not arrive", attempts=attempts, age=age, now=last_try, chance=chance)
    return replace(again, wait_until=max(now, again.wait_until)) if again.wait_until is not None else again
