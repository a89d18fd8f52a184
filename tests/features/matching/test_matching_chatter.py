"""What an announcement says about the work, and what it only says to people."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.matching.chatter import content, plain, sentences
from bot.features.matching.ranking import wording


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (
            "Hi all :wave: excited to share that we're kicking off a feature store for ranking! Reach out to <@U123>.",
            "a feature store for ranking!",
        ),
        (
            "hey team, I'm going to build drift detection for our models. kickoff Thursday 2pm, thoughts welcome :pray:",
            "drift detection for our models.",
        ),
        (
            "<!here> *New initiative: Drift watch*\n*Team:* Risk\n*Summary:* alerts when inputs shift\nhappy to chat",
            "Drift watch\nalerts when inputs shift",
        ),
        (
            "*Initiative:* Model hub\n*Owner:* <@U1>\n*ETA:* Q3\n*Summary:* one list of models",
            "Model hub\none list of models",
        ),
        (
            "FYI we just started working on a shared GPU pool with quotas; details in thread :thread:",
            "a shared GPU pool with quotas",
        ),
        ("prompt management for our GenAI teams, kicking off next Monday!", "prompt management for our GenAI teams"),
        ("Hi team - we are kicking off Feature Store v2 next Tuesday at 3pm", "Feature Store v2"),
        (
            "We start work on telling customers why a loan was declined. Thanks to everybody who helped!",
            "telling customers why a loan was declined.",
        ),
        ("&gt; an older message\nNew initiative: eval suite", "eval suite"),
        ("Building a cache.\n```\nSELECT secret FROM table\n```\nCheers,\nAna", "a cache."),
        ("Launching our own GPU queue! Big thanks to Ana.", "our own GPU queue!"),
    ],
)
def test_chatter_goes_and_the_work_stays(said: str, kept: str) -> None:
    assert content(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "High-throughput hi-fi models for hire",
        "Context-aware search for shops",
        "fast thanks to caching in the gateway",
        "Does anyone reuse the drift detector?",
        "Batch scoring of all customers, every night at the warehouse",
    ],
)
def test_content_that_only_looks_like_chatter_stays(said: str) -> None:
    assert content(said) == said


@pytest.mark.parametrize(
    "said", ["Hello", "Kickoff next Tuesday at 10am in Room 4", "thanks everyone", "```code```", "<@U123>", "::", ""]
)
def test_a_text_never_becomes_empty(said: str) -> None:
    assert bool(content(said)) == bool(said)


def test_markup_is_read_as_people_see_it() -> None:
    said = "See <https://x.example/doc|the design> and <https://x.example> in <#C1|general>: *bold* _soft_ `code` &lt;tag&gt; &amp; <!date^1^{date}|today>"
    assert plain(said) == "See the design and in : bold soft code <tag> &"


def test_sentences_end_at_stops_and_line_breaks() -> None:
    assert sentences("One thing. another one! Third\nFourth, e.g. this") == [
        "One thing.",
        "another one!",
        "Third",
        "Fourth, e.g. this",
    ]


def test_a_title_that_the_body_repeats_counts_once() -> None:
    assert wording("Drift watch", "Drift watch: alerts on shift") == "Drift watch: alerts on shift"
    assert wording("Drift watch", "alerts on shift") == "Drift watch\nalerts on shift"
    assert wording("Drift watch", "") == "Drift watch"


@given(st.text(max_size=300))
def test_no_text_breaks_the_rules(said: str) -> None:
    kept = content(said)
    assert bool(kept) == bool(said.strip())
    assert len(kept) <= len(said) + 8


def test_the_rules_stay_quick_on_hostile_texts() -> None:
    for said in (
        "*" * 20_000,
        "hi " * 10_000,
        "<" * 20_000,
        "a" * 40_000,
        "we are " * 5_000,
        ":a" * 10_000,
        "thanks, " * 4_000,
    ):
        content(said)  # the suite's timeout is the judge


def wrappers() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (Path(__file__).parent / "data" / "wrappers.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("wrapper", wrappers(), ids=lambda row: row["id"])
def test_of_a_wrapped_announcement_hardly_more_than_the_work_is_left(wrapper: dict[str, Any]) -> None:
    work = "a library to build low latency recommenders"
    kept = content(wrapper["text"].replace("{text}", work))
    assert work in kept
    assert len(kept.split()) <= len(work.split()) + 12


@pytest.mark.parametrize("wrapper", wrappers(), ids=lambda row: row["id"])
def test_no_wrapper_takes_the_work_away(wrapper: dict[str, Any]) -> None:
    work = "Low latency recommenders for the shop's front page, with a fallback to best sellers."
    assert "recommenders" in content(wrapper["text"].replace("{text}", work))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Hi all, I'm off from Wednesday. Until I'm back: drift alerts for all models", "drift alerts for all models"),
        ("drift alerts for all models let me know if you hate that :wave:", "drift alerts for all models"),
        (
            "Q: What is it?\nA: drift alerts for all models\nQ: Who does it?\nA: Lena, with a little help",
            "drift alerts for all models",
        ),
        ("&gt; drift alerts for all models\n+1, lovely", "drift alerts for all models"),
        (
            "Three things and then I'm out of your hair.\n1. Badge photos are retaken on Tuesday, wear something nice.\n2. drift alerts for all models",
            "drift alerts for all models",
        ),
        ("Drift alerts. Built on Kafka. No code required", "Drift alerts.\nBuilt on Kafka.\nNo code required"),
    ],
)
def test_chatter_that_no_rule_names_goes_by_its_words(said: str, kept: str) -> None:
    assert content(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "One list of models, with owners",
        "A form for data requests",
        "Call center transcripts are summarised every night",
        "Budget forecasts for every sales team",
        "Meeting notes become tickets by themselves",
    ],
)
def test_work_that_is_about_calendars_and_papers_stays(said: str) -> None:
    assert content(f"Hi all! {said}. Shout if you have questions") == f"{said}."


@pytest.mark.parametrize(
    "said",
    [
        "It will classify email messages by intent and route them to the right queue.",
        "It will extract more information from scanned invoices.",
        "It will give us a shared online feature store for the ranking models.",
        "It summarises Slack messages for on-call engineers.",
        "It is a chatbot that helps employees with questions about payroll.",
        "We want to join usage data with billing data in one warehouse table.",
        "Suppliers send us a PDF invoice for each order and we read the totals automatically.",
    ],
)
def test_words_of_meetings_and_thanks_take_nothing_from_a_sentence_that_is_plainly_about_work(said: str) -> None:
    kept = content(f"Hi all! {said} It runs on the shared cluster. Thanks!")
    assert said.removesuffix(".").split()[-1] in kept


def test_a_field_that_says_what_is_built_is_no_list_of_people() -> None:
    assert "feature store on Redis" in content(
        "Hi all!\nTeam - we're building an online feature store on Redis.\nIt replaces the batch exports."
    )
    assert "Ana" not in content("Hi all!\nTeam: Ana, Ben\nWe build an online feature store on Redis.")


@pytest.mark.parametrize(
    "said",
    ["Note taking for doctors by speech recognition", "Reminder emails for patients", "Morning rush demand forecast"],
)
def test_a_name_that_begins_like_a_greeting_stays_whole(said: str) -> None:
    assert content(said) == said


@pytest.mark.timeout(30)  # a tenth of a second; in time that grows with the square it takes more than a minute
def test_the_longest_hostile_texts_hold_up_nobody() -> None:
    for sign in ("*a *b *c ", "_private _name ", "\n", "a.b-", "> \n", "| a "):
        assert len(plain(sign * (40_000 // len(sign)))) <= 40_000
