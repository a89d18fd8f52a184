"""Which messages announce new work."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.announcements.detector import SURE, UNSURE, Detection, Kind, detect


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("New initiative: streaming joins for features", "Streaming joins for features"),
        ("*New initiative:* streaming joins", "Streaming joins"),
        ("_new initiative:_ streaming joins", "Streaming joins"),
        (":rocket: :rocket: NEW INITIATIVE: Streaming joins", "Streaming joins"),
        ("New initiative – streaming joins", "Streaming joins"),
        ("[initiative] Streaming joins", "Streaming joins"),
        ("*[New initiative]*: Streaming joins", "Streaming joins"),
        ("(initiative) Streaming joins", "Streaming joins"),
        ("Initiative: Streaming joins", "Streaming joins"),
        ("Hi all! New initiative: Streaming joins", "Streaming joins"),
        ("<!here> New initiative: Streaming joins", "Streaming joins"),
        ("Good morning,\n\nhope you are well.\nNew initiative: Streaming joins\nMore below", "Streaming joins"),
        ("New initiative:\nStreaming joins\nMore below", "Streaming joins"),
        ("New initiative: we're building a cache for prompts", "Cache for prompts"),
        ("New initiative: Plattform für Merkmale", "Plattform für Merkmale"),
        ("**New initiative** - streaming joins", "Streaming joins"),
        ("New Initiative | Streaming joins", "Streaming joins"),
        ("New initiative alert: Streaming joins", "Streaming joins"),
        ("New initiative from the Ads team: Streaming joins", "Streaming joins"),
        ("New initiative: Are holds fair?", "Are holds fair"),
    ],
)
def test_an_explicit_marker_is_believed_in_whatever_dress(text: str, title: str) -> None:
    seen = detect(text)
    assert (seen.kind, seen.title) == (Kind.MARKED, title)


@pytest.mark.parametrize(
    "text",
    [
        "> New initiative: shared eval sets\nhow do I join this?",
        "&gt; New initiative: shared eval sets\nhow do I join this?",
        "&gt;&gt;&gt; New initiative: shared eval sets\nthat was theirs",
        "```\nNew initiative: shared eval sets\n```",
        "Type `New initiative: title` to register something",
        "Which new initiative: theirs or ours?",
        "Initiative is what we lack",
        "New initiative:",
        ":rocket: New initiative: :rocket:",
    ],
)
def test_a_marker_that_is_quoted_mentioned_or_empty_marks_nothing(text: str) -> None:
    assert detect(text).kind is Kind.NONE


def test_a_marker_far_below_the_top_marks_nothing() -> None:
    assert detect("\n".join([*(f"line {number}" for number in range(8)), "New initiative: late"])).kind is Kind.NONE


def test_a_progress_report_under_the_word_initiative_is_asked_about_and_not_registered() -> None:
    assert detect("Initiative: Feature catalog\nStatus: on track\nDone: 14 tables").kind is Kind.UNSURE
    assert detect("New initiative: Feature catalog\nStatus: proposed").kind is Kind.MARKED


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("We're kicking off a feature store for ranking", "Feature store for ranking"),
        ("Heads-up: Ads Platform is starting on a bid simulator for new markets", "Bid simulator for new markets"),
        ("Excited to share that <@U1> and I are spinning up a prompt registry", "Prompt registry"),
        ("Next quarter we'll be building an online feature service.", "Online feature service"),
        ("I'm going to prototype a semantic cache for the LLM gateway", "Semantic cache for the LLM gateway"),
        ("Kickoff: drift alerts for all regression models", "Drift alerts for all regression models"),
        ("RFC: one evaluation harness for every LLM product", "Evaluation harness for every LLM product"),
        (
            "We plan to replace our nightly scorer with a streaming one",
            "Replace the nightly scorer with a streaming one",
        ),
        ("Spinning up a new effort around embedding drift", "Embedding drift"),
        ("Proposal: one shared vector index for docs and tickets", "Shared vector index for docs and tickets"),
    ],
)
def test_plain_prose_that_begins_work_is_seen_and_named(text: str, title: str) -> None:
    seen = detect(text)
    assert (seen.kind, seen.title) == (Kind.SURE, title)


@pytest.mark.parametrize(
    "text",
    [
        "Are we building a feature store for ranking?",
        "We are not building a feature store for ranking",
        "Should we build a feature store for ranking",
        "If we build a feature store for ranking, who runs it",
        "We could build a feature store for ranking",
        "Let's build a feature store for ranking one day",
        "We were planning to build a feature store for ranking",
        "Last year we started a feature store for ranking",
        "We built a feature store for ranking",
        "We decided against building a feature store for ranking",
        "OpenAI is building a feature store for ranking",
        "They are building a feature store for ranking",
        "I heard Search is building a feature store for ranking",
        "Somebody is building a feature store for ranking",
        "Please stop building a feature store for ranking",
        "Thanks for building a feature store for ranking",
        "> We are building a feature store for ranking",
        "```We are building a feature store for ranking```",
        "<https://example.com/a|We are building a feature store for ranking>",
        "Wir bauen einen Feature Store für Ranking",
    ],
)
def test_the_same_words_asked_denied_wished_or_told_of_others_are_met_with_silence(text: str) -> None:
    assert detect("We are building a feature store for ranking").kind is Kind.SURE
    assert detect(text).kind is Kind.NONE


@pytest.mark.parametrize(
    "text",
    [
        "kicking off the retro",
        "I'm starting a training run",
        "starting the backfill by hand",
        "building a desk",
        "kicking off the meeting in 5",
    ],
)
def test_chores_are_met_with_silence(text: str) -> None:
    assert detect(text).kind is Kind.NONE


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "Heads up all :wave: Payments is going to spin up a project to find groups of accounts that work together to defraud us",
            "Find groups of accounts that work together to defraud us",
        ),
        (
            "We plan to build regression tests for the customer service chatbot, with reference answers",
            "Regression tests for the customer service chatbot",
        ),
        (
            "The Shopping team is starting work on finding look-alike products from photos",
            "Find look-alike products from photos",
        ),
        (
            "Launching an effort to read totals and vendor names from scanned bills automatically.",
            "Read totals and vendor names from scanned bills automatically",
        ),
        ("My squad is taking on the job of estimating delivery dates", "Estimating delivery dates"),
        (
            "Going to spend the next two sprints on a streaming version of the features",
            "Streaming version of the features",
        ),
        (
            "We're doing it: moving dispatch from rules to a learned policy",
            "Move dispatch from rules to a learned policy",
        ),
        ("Kick off :rocket: Federated evaluation for on-device models", "Federated evaluation for on-device models"),
        ("New project! Searching our help centre by meaning", "Searching our help centre by meaning"),
        (
            "Our mission for Q2 is to bring anomaly detection to all payment flows",
            "Bring anomaly detection to all payment flows",
        ),
        ("Support will use a language model to route tickets", "Route tickets with a language model"),
        ("Picking up a topic that nobody owned: freshness of all feature tables", "Freshness of all feature tables"),
    ],
)
def test_work_is_seen_by_what_it_will_do_without_a_word_of_the_field(text: str, title: str) -> None:
    seen = detect(text)
    assert (seen.kind, seen.title) == (Kind.SURE, title)


@pytest.mark.parametrize(
    "text",
    [
        "Can someone review my PR about the feature store docs?",
        "I'm going to check the logs of yesterday's run to find out why the loss exploded",
        "I'll identify the owner of that table and ping them",
        "We're about to find out whether the new model survives Black Friday",
        "I started learning Rust",
        "We will look into the alert",
        "I'm going to schedule a call about the labelling contract",
        "Great that the Shopping team is starting work on look-alike products",
        "Payments was going to spin up a project to find fraud rings",
        "We launched the maths assistant on Monday",
        "Customers start to build their own dashboards with our API",
        "In my free time I'm building a game engine",
        "New project lead for search: welcome Dana!",
    ],
)
def test_errands_praise_and_news_of_what_is_done_are_met_with_silence(text: str) -> None:
    assert detect(text).kind is Kind.NONE


def test_work_of_home_and_office_is_at_most_asked_about() -> None:
    assert detect("We're kicking off a new initiative to renovate the lobby with the neighbours").kind is Kind.UNSURE


def test_only_markers_count_where_prose_is_switched_off() -> None:
    assert detect("We're kicking off a feature store for ranking", marked_only=True) == Detection(Kind.NONE)
    assert detect("New initiative: feature store", marked_only=True).kind is Kind.MARKED


def test_the_evidence_adds_up_to_the_score_and_names_the_words() -> None:
    seen = detect("My team is building a drift monitor because alerts come too late. Feedback welcome!")
    assert seen.score == pytest.approx(sum(cue.weight for cue in seen.evidence))
    assert seen.score >= SURE > UNSURE
    assert {cue.name: cue.words for cue in seen.evidence}["verb: make"] == "build"
    assert seen.sentence == "My team is building a drift monitor because alerts come too late."


def test_a_filled_in_form_announces_and_a_ticket_does_not() -> None:
    form = "*Title:* Shared OCR benchmark\n*Team:* Documents\n*Why:* five teams evaluate OCR on five private sets"
    assert detect(form).title == "Shared OCR benchmark"
    assert detect(form).kind is Kind.SURE
    assert detect(form + "\n*Severity:* 2").kind is Kind.NONE


@given(st.text(max_size=400))
def test_no_text_is_too_strange(text: str) -> None:
    assert detect(text).kind in Kind


@given(
    st.lists(
        st.sampled_from(
            [
                "we",
                "are",
                "building",
                "a",
                "new",
                "model",
                ",",
                ".",
                ":",
                ">",
                "*",
                "`",
                "\n",
                "and",
                "to",
                "the",
                "start",
                "if",
                "<@U1>",
                "for",
                "of",
                "own",
            ]
        ),
        max_size=60,
    )
)
def test_no_order_of_the_words_it_knows_is_too_strange(words: list[str]) -> None:
    seen = detect(" ".join(words))
    assert (seen.title == "") == (seen.kind is Kind.NONE)


@pytest.mark.parametrize(
    "piece",
    [
        "we are building ",
        "*",
        "<",
        "~a ",
        "a",
        ": ",
        "\n",
        "team start ",
        "( ",
        '" ',
        "> a\n",
        "```a",
        ":a",
        "budget for a ",
        "and build ",
        "our ",
    ],
)
def test_forty_thousand_characters_take_no_longer_than_a_moment(piece: str) -> None:
    text = (piece * 40_000)[:40_000]
    began = time.process_time()
    detect(text)
    assert time.process_time() - began < 0.25


def test_a_usual_message_takes_well_under_a_millisecond() -> None:
    text = (
        "Heads-up: Ads Platform is starting on a bid simulator, first version before the holidays. Ping me for the doc."
    )
    fastest = min(_seconds(text) for _ in range(50))
    assert fastest < 0.001


def _seconds(text: str) -> float:
    began = time.process_time()
    detect(text)
    return time.process_time() - began


@pytest.mark.parametrize(
    "text",
    [
        "RIP project Falcon. We started building a realtime feature platform in March, today it got cancelled.",
        "From the Acme engineering newsletter: We are building a new feature platform with fast reads.",
        "„We are starting to build a feature store next week“, said the wiki.",
        "«We are building our own feature store», they said.",
        "Jana wrote in the other channel: we're starting a project on semantic search next week.",
        "Job opening: we are building a fraud detection platform and need a staff engineer. Apply by Friday.",
        "New initiative: does anyone know who owns the churn one?",
        "New initiative: none from our side this month.",
        "(Initiative) was the word of the day.",
        "Initiative: status green. Model is in UAT.",
        "Initiative: Churn model\nStatus: cancelled",
        "Initiative | Owner | Status\nChurn | Kim | green",
    ],
)
def test_what_is_over_of_others_or_names_no_work_is_not_answered_in_public(text: str) -> None:
    assert detect(text).kind not in (Kind.SURE, Kind.MARKED)


@pytest.mark.parametrize(
    "text",
    [
        "We're starting to build a podcast recommender for the home page this quarter.",
        "Ana de la Cruz and I are starting to build a churn model. Jan van den Berg helps.",
        "im starting to build a feature store w/ Sven, im on it full time from monday",
        "We are running a redesign of the scoring service this quarter.",
        "ml-infra is kicking off a shared GPU scheduler next week.",
        "We are starting to build a fea\u00adture store for the ranking models.",
    ],
)
def test_names_notes_and_invisible_signs_do_not_hide_an_announcement(text: str) -> None:
    assert detect(text).kind is Kind.SURE
