"""What an announced work is called: the words that name it, whole, and nothing but them."""

import pytest

from bot.features.announcements.naming import is_clumsy
from bot.features.announcements.reading import read


@pytest.mark.parametrize(
    "title",
    [
        "In-house LLM platform",
        "On-device wake word model",
        "Next-best-action model for e-mails",
        "Point-in-time feature joins",
        "One-click fine-tuning",
        "First-party data platform",
        "What-if simulator for pricing",
        "At-risk customer model",
        "Week-ahead demand forecast",
        "Month-end forecast for finance",
        "I/O profiler for training jobs",
        "Small language model for contracts",
        "Work order classifier",
        "Part number matcher",
        "Team allocation optimiser",
        "Step detection from sensors",
        "Management reporting agent",
        "Half precision training",
    ],
)
def test_a_small_word_may_be_the_first_part_of_a_name(title: str) -> None:
    assert not is_clumsy(title)


@pytest.mark.parametrize(
    "title",
    [
        "In house",
        "Next week we start",
        "One of them",
        "First results",
        "Work starts on Monday",
        "Work",
        "Small but official",
        "Team will build it",
        "Step 1",
        "Part of the plan",
        "Half of the models",
        "Month of March",
        "Management wants an answer",
    ],
)
def test_a_phrase_that_begins_in_the_middle_of_a_thought_is_no_name(title: str) -> None:
    assert is_clumsy(title)


def test_a_team_is_not_what_it_builds() -> None:
    assert (
        read("Beginning next week, the Growth DS team will be developing a next-best-action model for e-mails.").title
        == "Next-best-action model for e-mails"
    )
    assert (
        read("We start to build an in-house LLM platform on Monday. Ana leads the data team.").title
        == "In-house LLM platform"
    )


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("We're building a platform to serve 1,000 models on 16 GPUs.", "Platform to serve 1,000 models on 16 GPUs"),
        (
            "New initiative: we build a tool that tells which of the 4,000,000 rows are dead, so that we delete them",
            "Tool that tells which of the 4,000,000 rows are dead",
        ),
        ("We're building a model cache, 3 people.", "Model cache"),
    ],
)
def test_a_comma_between_digits_ends_nothing(text: str, title: str) -> None:
    assert read(text).title == title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            'Platform is starting work on "Lighthouse", a data catalogue with ownership and freshness.',
            '"Lighthouse", a data catalogue with ownership and freshness',
        ),
        ('New initiative: model cards, working title "Cards 2.0"', 'Model cards, working title "Cards 2.0"'),
        ('New initiative: "Polaris" and "Vega" as one store', '"Polaris" and "Vega" as one store'),
        ('New initiative: "Shared OCR benchmark".', "Shared OCR benchmark"),
        ("New initiative: “Polaris”: one metrics layer", "“Polaris”: one metrics layer"),
        ("New initiative: “Polaris: one metrics layer", "Polaris: one metrics layer"),
        ("i'm on a new model for used cars from today, Kenji helps half time.", "Model for used cars"),
        ("We're building a ranking model since this week.", "Ranking model"),
        ("New initiative: notes from today's calls as training data", "Notes from today's calls as training data"),
        ("Ops Research begins w/ a stock-out predictor this week", "Stock-out predictor"),
        ("Starting a lightweight effort w/ <@U1> and <@U2> – shared prompt library", "Shared prompt library"),
        (
            "New initiative: push notifications w/ bandits",
            "Push notifications with bandits",
        ),
        ("\u202eNew initiative: feature store\u200b for ranking\u202c", "Feature store for ranking"),
    ],
)
def test_a_title_has_no_scraps_of_the_sentence_around_it(text: str, title: str) -> None:
    assert read(text).title == title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "Forty rules are killing us, so fraud rules are getting replaced by a boosting model. Work starts on Monday.",
            "Fraud rules are getting replaced by a boosting model",
        ),
        (
            "we will in-source the OCR pipeline. starting Monday, Ines and I. vendor contract ends in June",
            "In-source the OCR pipeline",
        ),
        (
            "Guess who gets to do entity resolution for suppliers? Us! Starting Monday, 3 people, 1 quarter.",
            "Entity resolution for suppliers",
        ),
        ("Image dedup for listings - that's what I do until end of May.", "Image dedup for listings"),
        (
            "Greenfield time! A feature monitoring service, in Rust, by me and Pat. Day one: tomorrow.",
            "Feature monitoring service",
        ),
        (
            "we've decided to ditch the vendor chatbot and write our own. Starting: tomorrow. Team: Mikkel, Asha, me.",
            "Ditch the vendor chatbot and write our own",
        ),
        (
            "Tomorrow we break ground on the matchmaking rewrite: plain Elo goes. Expect lots of questions from me.",
            "Break ground on the matchmaking rewrite",
        ),
        (
            "Search team here: starting Monday we stop patching the old tokenizer and write a new one.",
            "Stop patching the old tokenizer and write a new one",
        ),
        (
            "With the bot out of the door, Nadia and I turn to something new: an evaluation suite for prompts.",
            "Evaluation suite for prompts",
        ),
        (
            "Folks, the anomaly detection for sensors landed on my desk. I start with a literature scan on Monday.",
            "Anomaly detection for sensors",
        ),
        (
            "We're launching an effort to make all training jobs reproducible: pinned containers, data snapshots, seeds.",
            "Make all training jobs reproducible",
        ),
        (
            "We're starting a project to cut inference cost by 2.5x: quantisation of all ranking models.",
            "Quantisation of all ranking models",
        ),
    ],
)
def test_neither_the_date_nor_the_people_nor_the_reason_is_the_work(text: str, title: str) -> None:
    assert read(text).title == title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("We're kicking off *two* things next sprint:\n• a lead scoring model (Bo)", "Lead scoring model"),
        ("New initiatives: 1) query rewriting with LLMs 2) synonyms 3) typos", "Query rewriting with LLMs"),
        ("Mein Team startet: New initiative: Energy forecasting for depots", "Energy forecasting for depots"),
        (
            "Two sprints are reserved for an MVP of the semantic cache in front of our LLM gateway.",
            "Semantic cache in front of our LLM gateway",
        ),
        ("Ward staffing forecast: ours now. Work begins Monday.", "Ward staffing forecast"),
        ("They'll spend six weeks clustering incidents.", "Cluster incidents"),
        ("My team has been asked by Finance to forecast cash flow per country.", "Forecast cash flow per country"),
    ],
)
def test_a_verb_within_a_name_is_part_of_it(text: str, title: str) -> None:
    assert read(text).title == title
