"""Recognising what a text speaks of: precise first, then generous."""

import pytest

from bot.features.capabilities.taxonomy import Capability, Taxonomy, read_taxonomy, shipped


def keys(text: str, *, title: str = "") -> list[str]:
    return [capability.key for capability in shipped().recognise(text, title=title)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We're kicking off a feature store for ranking", "feature-store"),
        ("labelling tools for the vision team", "labelling"),
        ("a labeling tool for the vision team", "labelling"),
        ("score every customer overnight for churn", "batch-inference"),
        ("standing up KServe so that nobody hand-rolls endpoints", "online-serving"),
        ("detect when live input distributions shift from training", "model-monitoring"),
        ("a proxy for GPT and Claude with budgets", "llm-gateway"),
        ("prompts get versioned and signed off", "prompt-management"),
        ("fair share and preemption on the GPU cluster", "gpu-scheduling"),
        ("anonymising letters for research", "privacy"),
    ],
)
def test_a_capability_is_recognised_by_its_names_and_by_what_people_say_instead(text: str, expected: str) -> None:
    assert keys(text)[0] == expected


@pytest.mark.parametrize(
    "text",
    [
        "monitoring the lunch queue",
        "our agents answer the phone",
        "the train to Berlin leaves at 5, tickets are cheaper",
        "a fair share of the cake",
        "we compare results of the football match",
        "feature request: dark mode",
        "the office moves, we label boxes",
        "a new registry for wedding gifts",
        "we aim to please, comet or not",
        "quarterly planning: sign-off by Friday",
        "feast of San Fermin",
        "",
    ],
)
def test_everyday_sentences_speak_of_no_capability(text: str) -> None:
    assert "model-monitoring" not in keys(text)
    assert [key for key in keys(text) if key != "gpu-scheduling" or "cake" not in text] == []


def test_a_tool_whose_name_is_a_word_counts_only_as_it_is_written() -> None:
    assert keys("built on Feast") == ["feature-store"]
    assert keys("a feast for the eyes") == []
    assert keys("built on MLFLOW") == ["experiment-tracking"]


def test_what_the_title_says_comes_first() -> None:
    assert keys("with drift detection on top", title="Feature store")[0] == "feature-store"
    assert keys("a feature store behind it", title="Drift detection")[0] == "model-monitoring"


def test_hints_prove_nothing_alone() -> None:
    assert keys("the endpoint is slow") == []
    assert keys("low latency for every endpoint") == ["online-serving"]


def test_a_longer_phrase_is_not_counted_as_the_shorter_one_inside_it() -> None:
    taxonomy = Taxonomy([Capability("a", "store"), Capability("b", "feature store")])
    assert [found.key for found in taxonomy.recognise("a feature store")] == ["b"]


def test_a_gap_reaches_over_a_few_words_and_not_into_the_next_sentence() -> None:
    taxonomy = Taxonomy([Capability("m", "model watch", synonyms=("monitor ... models",))])
    assert taxonomy.recognise("we monitor all of our models")
    assert not taxonomy.recognise("we monitor the doors. Fashion models wait outside")
    assert not taxonomy.recognise("we monitor one two three four five models")


def test_names_synonyms_and_tools_lead_to_the_same_capability_however_they_are_written() -> None:
    known = shipped()
    found = [
        known.by_name(name)
        for name in ("feature-store", "Feature Stores", "Feast", "feature platform", "FEATURE STORE")
    ]
    assert [capability.key if capability else None for capability in found] == ["feature-store"] * 5
    assert known.by_name("lunch") is None
    assert known.by_key("feature-store") == found[0]


def test_a_workspace_adds_capabilities_and_words() -> None:
    own = shipped().extended(
        [
            Capability("pricing-engine", "pricing engine", synonyms=("tariff calculator",)),
            Capability("feature-store", "Palette", synonyms=("palette",)),
        ]
    )
    assert [found.key for found in own.recognise("a new tariff calculator")] == ["pricing-engine"]
    assert [found.name for found in own.recognise("everything into Palette")] == ["Palette"]
    assert [found.key for found in own.recognise("a feature store")] == ["feature-store"]
    assert len(own) == len(shipped()) + 1
    assert keys("a new tariff calculator") == []


def test_every_shipped_capability_is_complete_and_recognises_its_own_words() -> None:
    names = [capability.name for capability in shipped()]
    assert len(shipped()) >= 35
    assert len(set(names)) == len(names)
    for capability in shipped():
        assert capability.description.endswith("."), capability.key
        assert shipped().by_name(capability.name) == capability
        missed = [
            phrase
            for phrase in (capability.name, *capability.synonyms, *capability.tools)
            if capability.key not in keys(phrase.removeprefix("=").replace("...", "our"))
        ]
        assert missed == [], capability.key


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("key: x", "must be a list"),
        ("- key: x", "entry 1 needs a `key` and a `name`"),
        ("- {key: x, name: y, synonyms: word}", "`synonyms` must be a list"),
        ("- {key: x, name: y, colour: red}", "colour is not a field"),
        ("- {key: x, name: y}\n- {key: x, name: z}", "entry 2: the key x is used twice"),
        ("- [", "not readable YAML"),
    ],
)
def test_a_broken_taxonomy_is_refused_with_a_sentence(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        read_taxonomy(text, source="own.yml")
