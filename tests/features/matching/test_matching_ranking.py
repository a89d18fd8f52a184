"""From features to candidates: order, threshold, tiers and the choice of the model."""

import pytest

from bot.features.matching import calibration, ranking
from bot.features.matching.concepts import SUBJECTS, Concepts
from bot.features.matching.embedder import Embedder
from bot.features.matching.index import PUBLIC, Document, Index, Query
from bot.features.matching.ranking import RELATED_FROM, WARN_FROM, Tier, rank

EVERYBODY = frozenset({PUBLIC})
TEXTS = (
    "Feature store\nOnline features for ads bidding",
    "Feature catalogue\nA registry of features shared by the teams",
    "Online features\nFeature serving on Feast for recommendations",
    "Feature platform\nOne place to compute features",
    "Drift watch\nAlerts when live inputs shift",
    "Route planning\nTrucks and an optimisation solver",
)


@pytest.fixture(scope="module")
def index(embedder: Embedder, concepts: Concepts) -> Index:
    made = Index(concepts)
    keys = [frozenset({"feature-store"})] * 4 + [frozenset({"model-monitoring"}), frozenset[str]()]
    vectors = embedder.embed(TEXTS)
    made.put(
        Document(number, text, vector, capabilities=known)
        for number, (text, vector, known) in enumerate(zip(TEXTS, vectors, keys, strict=True))
    )
    return made


@pytest.fixture(scope="module")
def query(embedder: Embedder) -> Query:
    text = "a feature store for ranking"
    return Query(text, embedder.embed([text])[0], frozenset({"feature-store"}))


def test_at_most_three_are_named_the_likeliest_first(index: Index, query: Query) -> None:
    matches = rank(index, query, audiences=EVERYBODY)
    assert len(matches) == 3
    assert {match.id for match in matches} < {0, 1, 2, 3}
    assert [match.probability for match in matches] == sorted((match.probability for match in matches), reverse=True)
    assert all(match.tier is Tier.SAME and match.probability >= WARN_FROM for match in matches)


def test_what_was_called_unrelated_makes_room_for_the_next(index: Index, query: Query) -> None:
    first = rank(index, query, audiences=EVERYBODY)[0].id
    again = [match.id for match in rank(index, query, audiences=EVERYBODY, exclude=[first])]
    assert first not in again
    assert len(again) == 3


def test_related_work_is_told_apart_from_the_same_work(index: Index, query: Query) -> None:
    everything = rank(index, query, audiences=EVERYBODY, threshold=RELATED_FROM, limit=20)
    for match in everything:
        assert match.probability >= RELATED_FROM
        assert (match.tier is Tier.SAME) == (match.probability >= WARN_FROM)
    assert 5 not in {match.id for match in everything}


def test_a_stricter_threshold_is_kept(index: Index, query: Query) -> None:
    assert rank(index, query, audiences=EVERYBODY, threshold=0.9999) == []


def test_a_capability_that_both_share_makes_the_same_work_likelier(index: Index, embedder: Embedder) -> None:
    text = "shared signals with one definition"
    vector = embedder.embed([text])[0]
    plain, known = (
        {
            match.id: match.probability
            for match in rank(index, Query(text, vector, keys), audiences=EVERYBODY, threshold=0, limit=10)
        }
        for keys in (frozenset[str](), frozenset({"feature-store"}))
    )
    assert all(known[number] > plain[number] for number in range(4))
    assert known[4] < plain[4]


def test_the_model_follows_what_is_known() -> None:
    def chosen(*, capabilities: bool, vectors: bool, concepts: bool, visible: int) -> calibration.Model:
        return calibration.model_for(capabilities=capabilities, vectors=vectors, concepts=concepts, visible=visible)

    assert chosen(capabilities=True, vectors=True, concepts=True, visible=3) is calibration.INITIATIVES
    assert chosen(capabilities=True, vectors=False, concepts=False, visible=3) is calibration.INITIATIVES_WORDS
    assert chosen(capabilities=False, vectors=True, concepts=True, visible=20) is calibration.TEXTS
    assert chosen(capabilities=False, vectors=True, concepts=True, visible=19) is calibration.TEXTS_SMALL
    assert chosen(capabilities=False, vectors=False, concepts=False, visible=20) is calibration.TEXTS_WORDS
    assert chosen(capabilities=False, vectors=False, concepts=False, visible=19) is calibration.TEXTS_WORDS_SMALL


def test_every_feature_that_speaks_for_the_same_work_raises_the_probability() -> None:
    for model in (
        calibration.INITIATIVES,
        calibration.INITIATIVES_WORDS,
        calibration.TEXTS,
        calibration.TEXTS_SMALL,
        calibration.TEXTS_WORDS,
    ):
        low = model.probability(cosine=0.2, telling=0.2, overlap=0.1, share=0.1, agreement=0.0, kinship=0.2)
        high = model.probability(cosine=0.8, telling=0.8, overlap=0.6, share=1.0, agreement=1.0, kinship=0.9)
        assert 0 < low < 0.2
        assert 0.5 < high < 1


def test_kinship_is_one_for_the_same_text_and_small_for_strangers(concepts: Concepts, embedder: Embedder) -> None:
    vectors = embedder.embed(["a feature store", "a feature store", "face recognition at the entrance"])
    spread = concepts.spread(vectors, [(), (), ()])
    assert spread.sum(axis=1) == pytest.approx([1, 1, 1], abs=1e-4)
    (same, leaning), (other, nothing) = concepts.kinships(spread[0], spread[1:])
    assert same == pytest.approx(1, abs=1e-4)
    assert leaning == "feature-store"
    assert other < 0.4
    assert nothing is None


def test_two_use_cases_lean_towards_subjects_and_no_capability_is_named(concepts: Concepts, embedder: Embedder) -> None:
    vectors = embedder.embed(["predict which customers will leave", "propensity of customers to cancel"])
    spread = concepts.spread(vectors, [(), ()])
    assert int(spread[0].argmax()) >= len(concepts.keys)
    assert concepts.kinships(spread[0], spread[1:])[0][1] is None
    assert len(concepts.vectors) == len(concepts.keys) + len(SUBJECTS)


def test_an_unknown_capability_key_is_simply_no_concept(concepts: Concepts, embedder: Embedder) -> None:
    vector = embedder.embed(["anything"])
    assert concepts.spread(vector, [["no-such-key"]]) == pytest.approx(concepts.spread(vector, [()]))


def test_the_probability_needs_no_vectors() -> None:
    index = Index()
    index.put([Document(1, "drift monitoring for ads", None, capabilities=frozenset({"model-monitoring"}))])
    query = Query("drift monitoring for search", None, frozenset({"model-monitoring"}))
    assert [match.id for match in rank(index, query, audiences=EVERYBODY)] == [1]
    assert ranking.probability(query, index.search(query, audiences=EVERYBODY)[0]) > WARN_FROM
