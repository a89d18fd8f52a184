"""The order of lists: words weighed by rarity, and the company that an entry keeps."""

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.features.matching import order
from bot.features.matching.embedder import Embedder
from bot.features.matching.index import PUBLIC, Document, Index, Query
from bot.features.matching.ranking import RELATED_FROM, Tier, listed, rank

EVERYBODY = frozenset({PUBLIC})


def unit(*numbers: float) -> NDArray[np.float32]:
    vector = np.array(numbers, np.float32)
    return vector / np.float32(np.linalg.norm(vector))


def ring(count: int, *, beside: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """Entries near a direction, each a little elsewhere."""
    rng = np.random.default_rng(count)
    return [unit(*(beside + rng.normal(0, 0.05, len(beside)))) for _ in range(count)]


def test_of_two_entries_equally_far_off_the_one_among_related_work_comes_first() -> None:
    related, strangers = ring(9, beside=unit(1, 0, 0)), ring(order.REORDERED, beside=unit(0, 1, 0))
    vectors = np.stack([*related, *strangers, unit(1, 0, 0.1), unit(0, 1, 0.1)])
    likenesses = np.array([0.6] * 9 + [0.1] * order.REORDERED + [0.4, 0.4], np.float32)
    scores = order.with_company(likenesses, likenesses, vectors)
    assert scores[-2] > scores[-1]


def test_company_never_outweighs_what_is_plainly_the_same_work() -> None:
    vectors = np.stack([*ring(order.REORDERED, beside=unit(1, 0, 0)), unit(0, 1, 0)])
    near = np.array([0.85] * order.REORDERED + [0.2], np.float32)
    same = np.array([0.85] * order.REORDERED + [1.2], np.float32)
    assert int(order.with_company(same, near, vectors).argmax()) == order.REORDERED


def test_an_entry_without_a_vector_keeps_its_own_company() -> None:
    vectors = np.stack([*ring(order.REORDERED, beside=unit(1, 0, 0)), np.zeros(3, np.float32)])
    likenesses = np.full(len(vectors), 0.9, np.float32)
    scores = order.with_company(likenesses, likenesses, vectors)
    assert scores == pytest.approx([scores[0]] * len(scores))


@pytest.mark.parametrize("count", [0, 1, 2, order.REORDERED - 1])
def test_among_few_entries_company_says_nothing(count: int) -> None:
    vectors = np.stack([unit(1, number) for number in range(count)]) if count else np.zeros((0, 2), np.float32)
    same, near = np.linspace(0.9, 0.1, count, dtype=np.float32), np.linspace(0.1, 0.9, count, dtype=np.float32)
    assert np.argsort(-order.with_company(same, near, vectors)).tolist() == list(range(count))


def sameness(*, overlap: float = 0.0, rarest: float = 0.0, telling: float = 8.0) -> float:
    """Of an entry of a middling cosine and kinship, by the words in common."""
    numbers = [np.array([each], np.float64) for each in (0.5, 0.7, 0.5, overlap, rarest)]
    return float(order.sameness(*numbers, telling=telling)[0])


def test_a_rare_word_of_both_speaks_for_the_same_work_and_so_does_saying_much_of_the_same() -> None:
    assert sameness(rarest=6) > sameness(rarest=2) > sameness()
    assert sameness(overlap=0.5) > sameness(overlap=0.1)


def test_words_in_common_say_less_where_there_are_few_entries_and_no_more_than_so_much_among_millions() -> None:
    gains = [sameness(overlap=0.5, telling=telling) - sameness(telling=telling) for telling in (2.0, 8.0, 14.0)]
    assert gains[0] < gains[1] == pytest.approx(gains[2])
    assert sameness(rarest=14, telling=14) == pytest.approx(sameness(rarest=8, telling=8))


def test_of_two_entries_of_one_meaning_the_one_that_shares_the_rare_word_comes_first() -> None:
    vector = unit(1, *[0] * 383)
    index = Index()
    texts = [f"dashboards of model quality {number}" for number in range(30)]
    texts += ["alerts of model quality by Kolmogorov", "alerts of model quality and dashboards"]
    index.put(Document(number, text, vector) for number, text in enumerate(texts))
    found = index.search(Query("quality of dashboards watched by kolmogorov", vector), audiences=EVERYBODY)
    assert found[0].id == 30


def test_a_reading_has_the_vector_of_the_text_and_gives_it_back_when_all_words_weigh_the_same(
    embedder: Embedder,
) -> None:
    text = "Real-time features for ranking, on BigQuery"
    reading = embedder.read(text)
    assert reading.vector == pytest.approx(embedder.embed([text])[0], abs=1e-5)
    assert reading.words == ("real", "-", "time", "features", "for", "ranking", ",", "on", "bigquery")
    assert reading.tokens.tolist() == [1] * 8 + [3]
    assert float(reading.weighed(lambda _: 3.0) @ reading.vector) > 0.98


def test_a_heavy_word_pulls_the_vector_to_itself(embedder: Embedder) -> None:
    reading = embedder.read("a platform for genomics")
    genomics = embedder.embed(["genomics"])[0]
    heavy = reading.weighed(lambda word: 5.0 if word == "genomics" else 0.5)
    assert float(heavy @ genomics) > float(reading.vector @ genomics)
    assert float(np.linalg.norm(heavy)) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("text", ["", "  ", "word " * 400])
def test_empty_and_endless_texts_can_be_read(embedder: Embedder, text: str) -> None:
    reading = embedder.read(text)
    assert reading.vector == pytest.approx(embedder.embed([text])[0], abs=1e-5)
    assert reading.weighed(lambda _: 1.0).shape == (384,)
    assert reading.tokens.sum() <= 254


def test_words_that_every_entry_has_count_less_in_the_order(embedder: Embedder) -> None:
    texts = ["python library for audio", "python library for genomics", "python library for maps", "python library"]
    index = Index()
    index.put(
        Document(number, text, vector)
        for number, (text, vector) in enumerate(zip(texts, embedder.embed(texts), strict=True))
    )
    reading = embedder.read("python library for music")
    hits = index.search(Query("python library for music", reading.vector, reading=reading), audiences=EVERYBODY)
    plain = index.search(Query("python library for music", reading.vector), audiences=EVERYBODY)
    gain = {hit.id: hit.telling for hit in hits}
    before = {hit.id: hit.telling for hit in plain}
    assert hits[0].id == 0
    assert all(hit.cosine == hit.telling for hit in plain)
    assert (gain[3] or 0) - (before[3] or 0) < (gain[0] or 0) - (before[0] or 0)


def test_a_list_has_the_same_work_first_and_leaves_out_what_is_not_related(embedder: Embedder) -> None:
    texts = [
        "Feature store\nOnline and offline features for ranking",
        "Signals service\nFresh model features at request time",
        "Label desk\nAnnotation of product images",
        "Cafeteria\nA new menu with more vegetables",
    ]
    index = Index()
    index.put(
        Document(number, text, vector, capabilities=frozenset({"feature-store"} if number < 2 else ()))
        for number, (text, vector) in enumerate(zip(texts, embedder.embed(texts), strict=True))
    )
    reading = embedder.read("a feature store with online features for ranking")
    query = Query("a feature store with online features for ranking", reading.vector, frozenset(), reading)
    found = listed(index, query, audiences=EVERYBODY, limit=8)
    tiers = [match.tier for match in found]
    assert found[0].id == 0
    assert tiers == sorted(tiers, key=lambda tier: tier is not Tier.SAME)
    assert all(match.probability >= RELATED_FROM for match in found)
    assert 3 not in {match.id for match in found}
    assert len(listed(index, query, audiences=EVERYBODY, limit=1)) == 1
    warned = rank(index, query, audiences=EVERYBODY)
    assert [match.id for match in warned] == [match.id for match in found if match.tier is Tier.SAME][:3]
