"""Answers in people's own words: what is understood, and what is left to search."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.features.syncs.reading import LONGEST, Words, is_plainly, read
from storage.rounds import Pulse


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("on track, load test done, waiting for GPU quota from ML Platform", Words(Pulse.ON_TRACK, "load test done", "GPU quota", "ML Platform")),
        ("On track.", Words(Pulse.ON_TRACK)),
        ("It's on track. Next: migration", Words(Pulse.ON_TRACK, "Next: migration")),
        ("all good :tada:", Words(Pulse.ON_TRACK, ":tada:")),
        ("at risk because the schema slipped", Words(Pulse.AT_RISK, "the schema slipped")),
        ("behind schedule", Words(Pulse.AT_RISK)),
        ("blocked by the review", Words(Pulse.BLOCKED, "", "the review")),
        ("blocked by GPU quota (from ML Platform)", Words(Pulse.BLOCKED, "", "GPU quota", "ML Platform")),
        ("we're blocked: no quota", Words(Pulse.BLOCKED, "no quota")),
        ("stuck on CI", Words(Pulse.BLOCKED, "", "CI")),
        ("still waiting for v1.2 of the SDK from <@UBEN>. Load test at 9 ms.", Words(None, "Load test at 9 ms.", "v1.2 of the SDK", "<@UBEN>")),
        ("on hold until January", Words(Pulse.PAUSED, "until January")),
        ("shipped", Words(Pulse.DONE)),
        ("Load test done", Words(None, "Load test done")),
        ("Load test done; at risk now", Words(None, "Load test done; at risk now")),
        ("Load test done; at risk, though", Words(Pulse.AT_RISK, "Load test done; at risk, though")),
        ("as before", Words(is_as_before=True)),
        ("No changes.", Words(is_as_before=True)),
    ],
)  # fmt: skip
def test_pulse_what_is_waited_for_and_the_rest(text: str, said: Words) -> None:
    assert read(text) == said


@pytest.mark.parametrize(
    "text",
    ["on track", "at risk, the schema slipped", "waiting for GPU quota", "blocked by review", "as before", "We're blocked: no quota", "done!"],
)  # fmt: skip
def test_these_read_like_an_answer(text: str) -> None:
    assert is_plainly(text)


@pytest.mark.parametrize(
    "text",
    ["feature store for ranking", "blocked email detection", "paused training jobs", "done deals pipeline", "red teaming for LLMs", "on track?",
     "search on track models", "who is waiting for GPUs", "load test done", "green energy forecasting", "delayed feedback modelling", "help", ""],
)  # fmt: skip
def test_these_are_searches(text: str) -> None:
    assert not is_plainly(text)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_without_harm_and_nothing_is_invented(text: str) -> None:
    said = read(text)
    for part in (said.waiting_for, said.waiting_from):
        assert part in text
    for word in said.changed.replace("; ", " ").split():
        assert word in text.replace("\0", " ") or ";" in word


def test_of_a_very_long_message_the_beginning_is_read() -> None:
    assert read("x" * 40_000).changed == "x" * LONGEST
    assert is_plainly("Blocked, " + "x" * 40_000)
