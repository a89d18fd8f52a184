"""What is decided after an attempt, as tables."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from bot.delivery.retry import (
    BLIND,
    DOUBT,
    FIRST_LOOK,
    GIVE_UP_AFTER,
    GIVE_UP_TRIES,
    LONGEST_WAIT,
    PACE,
    UPLOAD_DOUBT,
    Accepted,
    Answer,
    Lost,
    Refused,
    after_looking,
    decide,
)
from storage.outbox import RECONCILED, OutboxState, OutboxVerb, Outcome

NOW: Final = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
ALL: Final = tuple(OutboxVerb)
REPEATED: Final = tuple(verb for verb in OutboxVerb if verb not in RECONCILED)


def after(
    verb: OutboxVerb, answer: Answer, *, attempts: int = 1, age: timedelta = timedelta(), chance: float = 0.0
) -> Outcome:
    return decide(verb, answer, attempts=attempts, age=age, now=NOW, chance=chance)


@pytest.mark.parametrize("verb", ALL)
def test_what_slack_took_is_sent_and_only_posts_hold_the_next_back(verb: OutboxVerb) -> None:
    outcome = after(verb, Accepted("C1", "1.2"))
    assert (outcome.state, outcome.channel, outcome.ts) == (OutboxState.SENT, "C1", "1.2")
    assert outcome.wait_until == (NOW + PACE if verb is OutboxVerb.POST else None)


@pytest.mark.parametrize(
    ("verb", "code"),
    [
        (OutboxVerb.REACT, code)
        for code in ("already_reacted", "message_not_found", "too_many_reactions", "too_many_emoji")
    ]
    + [(OutboxVerb.UNREACT, code) for code in ("no_reaction", "message_not_found")],
)
def test_a_wish_that_is_fulfilled_or_has_no_object_counts_as_sent(verb: OutboxVerb, code: str) -> None:
    assert after(verb, Refused(code)).state is OutboxState.SENT
    assert after(OutboxVerb.POST, Refused(code)).state is OutboxState.DEAD


@pytest.mark.parametrize("verb", sorted(RECONCILED))
def test_a_post_or_a_file_without_an_answer_is_in_doubt_and_looked_for_soon(verb: OutboxVerb) -> None:
    for answer in (Lost("reset"), Refused("internal_error"), Refused("fatal_error"), Refused("request_timeout")):
        outcome = after(verb, answer, attempts=GIVE_UP_TRIES + 5, age=GIVE_UP_AFTER * 2)
        assert (outcome.state, outcome.wait_until) == (OutboxState.SENDING, NOW + FIRST_LOOK)


@pytest.mark.parametrize("verb", REPEATED)
def test_what_may_be_repeated_is_repeated_with_longer_and_longer_waits(verb: OutboxVerb) -> None:
    waits = []
    for attempts in range(1, GIVE_UP_TRIES):
        outcome = after(verb, Lost("reset"), attempts=attempts, chance=0.999)
        assert outcome.state is OutboxState.PENDING
        assert outcome.wait_until is not None
        waits.append(outcome.wait_until - NOW)
    assert waits == sorted(waits)
    assert waits[0] <= timedelta(seconds=2)
    assert waits[-1] <= LONGEST_WAIT
    assert after(verb, Lost("reset"), attempts=GIVE_UP_TRIES).state is OutboxState.DEAD
    assert after(verb, Lost("reset"), age=GIVE_UP_AFTER).state is OutboxState.DEAD


@pytest.mark.parametrize("verb", ALL)
@pytest.mark.parametrize("seconds", [1.0, 30.0, 3600.0])
def test_the_time_that_slack_names_is_waited_for_and_holds_the_whole_lane(verb: OutboxVerb, seconds: float) -> None:
    for chance in (0.0, 0.999):
        outcome = after(verb, Refused("ratelimited", retry_after=seconds), attempts=GIVE_UP_TRIES * 3, chance=chance)
        assert outcome.state is OutboxState.PENDING
        assert outcome.wait_until is not None
        assert NOW + timedelta(seconds=seconds) <= outcome.wait_until <= NOW + timedelta(seconds=seconds) + PACE
        assert outcome.hold_lane
        assert outcome.refused
    assert (
        after(verb, Refused("ratelimited", retry_after=seconds), attempts=GIVE_UP_TRIES, age=GIVE_UP_AFTER).state
        is OutboxState.DEAD
    )


@pytest.mark.parametrize(
    "code", ["not_in_channel", "is_archived", "channel_not_found", "msg_too_long", "missing_scope", "never_heard_of"]
)
def test_what_will_never_work_is_given_up_at_once_with_a_sentence(code: str) -> None:
    outcome = after(OutboxVerb.POST, Refused(code))
    assert outcome.state is OutboxState.DEAD
    assert outcome.error.endswith(".")


@pytest.mark.parametrize("code", ["invalid_auth", "token_revoked", "account_inactive"])
def test_a_revoked_token_is_no_try_and_gives_nothing_up(code: str) -> None:
    for outcome in (
        after(OutboxVerb.POST, Refused(code), attempts=GIVE_UP_TRIES * 5),
        after(OutboxVerb.POST, Refused(code), age=GIVE_UP_AFTER),
    ):
        assert (outcome.state, outcome.is_free, outcome.refused) == (OutboxState.PENDING, True, True)


def test_an_update_of_a_message_that_somebody_deleted_has_nothing_left_to_do() -> None:
    outcome = after(OutboxVerb.UPDATE, Refused("message_not_found"))
    assert (outcome.state, outcome.is_gone) == (OutboxState.SENT, True)


def look(
    *,
    seconds: float,
    attempts: int = 1,
    age: timedelta = timedelta(),
    readable: bool = True,
    found: Accepted | None = None,
    verb: OutboxVerb = OutboxVerb.POST,
    **other: Any,
) -> Outcome:
    return after_looking(
        verb=verb,
        found=found,
        readable=readable,
        last_try=NOW - timedelta(seconds=seconds),
        attempts=attempts,
        age=age,
        now=NOW,
        chance=0.5,
        **other,
    )


def test_a_message_that_is_found_has_arrived() -> None:
    outcome = look(seconds=1, found=Accepted("C1", "1.2"), attempts=GIVE_UP_TRIES, age=GIVE_UP_AFTER)
    assert (outcome.state, outcome.channel, outcome.ts) == (OutboxState.SENT, "C1", "1.2")


@pytest.mark.parametrize(
    ("seconds", "readable", "state"),
    [
        (0, True, OutboxState.SENDING),
        (9.9, True, OutboxState.SENDING),
        (10, True, OutboxState.PENDING),
        (0, False, OutboxState.SENDING),
        (10, False, OutboxState.SENDING),
        (599, False, OutboxState.SENDING),
        (600, False, OutboxState.PENDING),
    ],
)
def test_a_message_that_is_not_found_is_sent_again_only_when_it_can_no_longer_arrive(
    seconds: float, readable: bool, state: OutboxState
) -> None:
    outcome = look(seconds=seconds, readable=readable)
    assert outcome.state is state
    assert outcome.wait_until is not None
    assert outcome.wait_until >= NOW
    if state is OutboxState.SENDING:
        assert outcome.wait_until <= NOW - timedelta(seconds=seconds) + (DOUBT if readable else BLIND)


def test_a_file_is_waited_for_longer_because_slack_shares_it_later() -> None:
    late = DOUBT.total_seconds() + 1
    assert look(seconds=late).state is OutboxState.PENDING
    assert look(seconds=late, verb=OutboxVerb.UPLOAD).state is OutboxState.SENDING
    assert look(seconds=UPLOAD_DOUBT.total_seconds(), verb=OutboxVerb.UPLOAD).state is OutboxState.PENDING
    assert look(seconds=late, verb=OutboxVerb.UPLOAD, found=Accepted("D1", "1.2")).state is OutboxState.SENT


def test_a_message_that_never_arrives_does_not_hold_its_lane_for_ever() -> None:
    assert look(seconds=DOUBT.total_seconds(), attempts=GIVE_UP_TRIES).state is OutboxState.DEAD
    assert look(seconds=DOUBT.total_seconds(), age=GIVE_UP_AFTER).state is OutboxState.DEAD


def test_tries_of_a_message_that_never_arrives_lie_further_and_further_apart() -> None:
    waits = [look(seconds=DOUBT.total_seconds(), attempts=attempts).wait_until for attempts in range(1, GIVE_UP_TRIES)]
    known = [wait for wait in waits if wait is not None]
    assert len(known) == len(waits)
    assert known == sorted(known)
    assert known[0] == NOW
    assert known[-1] > NOW + timedelta(minutes=5)
