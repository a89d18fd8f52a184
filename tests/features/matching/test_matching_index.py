"""The index: what it finds, for whom, and that it never shows what is gone."""

import threading
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.features.matching import words
from bot.features.matching.index import PUBLIC, Document, Hit, Index, Query

EVERYBODY = frozenset({PUBLIC})


def vector(seed: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    made = np.random.default_rng(seed).normal(size=384).astype(np.float32)
    unit: np.ndarray[tuple[int], np.dtype[np.float32]] = made / np.linalg.norm(made)
    return unit


def document(number: int, text: str, *, audience: str = PUBLIC, embedded: bool = True) -> Document:
    return Document(number, text, vector(number) if embedded else None, audience)


def ids(hits: Sequence[Hit]) -> list[int]:
    return [hit.id for hit in hits]


def found(index: Index, text: str, audiences: frozenset[str] | None = EVERYBODY) -> set[int]:
    """The entries with a word of the text."""
    return {hit.id for hit in index.search(Query(text, None), audiences=audiences, limit=1000) if hit.bm25 > 0}


@pytest.mark.parametrize("flushed", [False, True])
def test_an_entry_is_found_by_the_next_search(flushed: bool) -> None:
    index = Index()
    index.put([document(1, "feature store for ads"), document(2, "drift monitoring")])
    if flushed:
        index.flush()
    assert found(index, "a FEATURE-store") == {1}
    assert len(index) == 2
    assert 1 in index
    assert 3 not in index


@pytest.mark.parametrize("flushed", [False, True])
def test_a_replaced_or_removed_entry_never_appears_in_its_old_form(flushed: bool) -> None:
    index = Index()
    index.put([document(1, "feature store"), document(2, "drift monitoring")])
    if flushed:
        index.flush()
    index.put([document(1, "labelling tool")])
    index.remove([2, 99])
    for _ in range(2):
        assert found(index, "feature store drift monitoring") == set()
        assert found(index, "labelling") == {1}
        assert ids(index.search(Query("", vector(2)), audiences=EVERYBODY)) == [1]
        index.flush()
    assert len(index) == 1


def test_a_reader_never_sees_work_of_another_channel() -> None:
    index = Index()
    index.put(
        [
            document(1, "feature store"),
            document(2, "secret feature store", audience="C1"),
            document(3, "feature store again", audience="C2"),
        ]
    )
    for _ in range(2):
        query = Query("secret feature store", vector(2))
        assert set(ids(index.search(query, audiences=EVERYBODY))) == {1}
        assert set(ids(index.search(query, audiences=frozenset({PUBLIC, "C1"})))) == {1, 2}
        assert set(ids(index.search(query, audiences=frozenset({"C1"})))) == {2}
        assert set(ids(index.search(query, audiences=None))) == {1, 2, 3}
        assert index.search(query, audiences=frozenset({"C9"})) == []
        assert set(ids(index.search(query, audiences=EVERYBODY, including=[2, 3]))) == {1}
        index.flush()


def test_many_private_twins_do_not_crowd_out_the_public_one() -> None:
    index = Index()
    index.put([document(number, "feature store for ranking", audience="C1") for number in range(500)])
    index.put([document(1000, "a feature store, among many other things that this long text lists one by one")])
    index.flush()
    query = Query("feature store for ranking", vector(3))
    assert ids(index.search(query, audiences=EVERYBODY, limit=5)) == [1000]
    assert index.search(query, audiences=EVERYBODY)[0].share == 1
    assert index.search(query, audiences=EVERYBODY)[0].visible == 1


def test_excluded_entries_take_nobody_s_place() -> None:
    index = Index()
    index.put([document(number, "feature store") for number in range(200)])
    index.flush()
    hits = index.search(Query("feature store", vector(5)), audiences=EVERYBODY, exclude=range(199), limit=5)
    assert ids(hits) == [199]
    assert hits[0].visible == 1


def test_an_entry_moves_between_audiences() -> None:
    index = Index()
    index.put([document(1, "feature store", audience="C1")])
    index.flush()
    assert found(index, "feature") == set()
    index.put([document(1, "feature store")])
    assert found(index, "feature") == {1}
    index.put([document(1, "feature store", audience="C1")])
    assert found(index, "feature") == set()


def test_bm25_is_the_textbook_s() -> None:
    texts = ["feature store ranking", "drift drift monitoring for a long list of models", "feature monitoring"]
    index = Index()
    index.put(document(number, text) for number, text in enumerate(texts))
    index.flush()
    read = [words.stems(text) for text in texts]
    average = sum(map(len, read)) / 3
    for hit in index.search(Query("drift feature", None), audiences=EVERYBODY):
        expected = 0.0
        for stem in words.stems("drift feature"):
            holders = sum(stem in each for each in read)
            count = Counter(read[hit.id])[stem]
            idf = log(1 + (3 - holders + 0.5) / (holders + 0.5))
            expected += idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * len(read[hit.id]) / average))
        assert hit.bm25 == pytest.approx(expected)


def test_fresh_and_committed_entries_score_alike() -> None:
    fresh, committed = Index(), Index()
    documents = [
        document(number, f"feature store number{number} drift" + " models" * (number % 4)) for number in range(60)
    ]
    fresh.put(documents)
    committed.put(documents)
    committed.flush()
    query = Query("feature store models number7", vector(7))
    assert fresh.search(query, audiences=EVERYBODY) == committed.search(query, audiences=EVERYBODY)


def test_without_vectors_words_decide_and_the_cosine_is_unknown() -> None:
    index = Index()
    index.put([document(1, "feature store", embedded=False), document(2, "drift")])
    hits = {hit.id: hit for hit in index.search(Query("feature store", vector(2)), audiences=EVERYBODY)}
    assert hits[1].cosine is None
    assert hits[1].share == 1
    assert hits[2].cosine == pytest.approx(1, abs=1e-4)
    assert all(hit.cosine is None for hit in index.search(Query("feature", None), audiences=EVERYBODY))


def test_the_overlap_weighs_rare_words_more() -> None:
    index = Index()
    index.put(
        [document(1, "platform kubernetes"), document(2, "platform ranking")]
        + [document(n, "platform other") for n in range(3, 30)]
    )
    hits = {hit.id: hit for hit in index.search(Query("platform kubernetes", None), audiences=EVERYBODY, limit=50)}
    assert hits[1].overlap == pytest.approx(1)
    assert hits[2].overlap < 0.3
    assert index.rarity("kubernet") > index.rarity("platform")


def test_an_empty_index_and_an_empty_question_find_nothing() -> None:
    assert Index().search(Query("anything", vector(1)), audiences=EVERYBODY) == []
    index = Index()
    index.flush()
    index.put([document(1, "feature store", embedded=False)])
    index.flush()
    assert found(index, "") == set()
    assert found(index, "the of and") == set()
    assert found(index, 'feature AND "store" -x OR [a TO b] words:y') == {1}


def test_many_entries_that_come_at_once_are_found_and_so_is_what_comes_later() -> None:
    index = Index()
    index.put(document(number, f"entry{number} thing{number % 7}", embedded=number < 50) for number in range(5_100))
    assert index._searcher.num_docs == 5_100
    assert index._writer is None  # whoever brought in many keeps no buffers for writing
    assert found(index, "entry4711") == {4711}
    index.put([document(4711, "renamed"), document(6_000, "entry6000")])
    index.remove([3])
    for _ in range(2):
        assert found(index, "entry4711 entry3") == set()
        assert found(index, "renamed entry6000") == {4711, 6_000}
        assert ids(index.search(Query("", vector(17)), audiences=EVERYBODY, limit=1)) == [17]
        index.flush()


def test_of_an_entry_that_comes_twice_at_once_the_last_counts() -> None:
    index = Index()
    index.put([document(1, "feature store"), document(2, "drift"), document(1, "labelling")])
    assert len(index) == 2
    assert found(index, "feature") == set()
    assert found(index, "labelling") == {1}
    assert index.search(Query("drift", None), audiences=EVERYBODY)[0].visible == 2


def test_the_order_is_the_one_of_exact_vectors() -> None:
    chance = np.random.default_rng(11)
    subjects = chance.normal(size=(20, 384))
    rows = np.repeat(subjects, 15, axis=0) + 0.8 * chance.normal(size=(300, 384))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    index = Index()
    index.put(Document(number, f"entry{number}", row) for number, row in enumerate(rows))
    for asked in rows[::30]:
        hits = index.search(Query("", asked), audiences=EVERYBODY, limit=100)
        exact = {number: float(cosine) for number, cosine in enumerate(rows @ asked)}
        cosines = [hit.cosine for hit in hits]
        assert cosines == pytest.approx([exact[hit.id] for hit in hits], abs=3e-4)
        assert {hit.id for hit in hits} >= set(sorted(exact, key=lambda number: -exact[number])[:15])
        by_index = sorted(hits, key=lambda hit: -(hit.cosine or 0))
        assert all(exact[a.id] >= exact[b.id] - 6e-4 for a, b in pairwise(by_index))


def test_a_space_of_a_removed_entry_is_used_again() -> None:
    index = Index()
    for round_ in range(40):
        index.put([document(number, f"round{round_} entry{number}") for number in range(100)])
        index.flush()
    assert index._used <= 300
    assert found(index, "round39") == set(range(100))
    assert found(index, "round38") == set()


def test_the_memory_is_told_in_bytes() -> None:
    index = Index()
    index.put([document(number, "feature store") for number in range(10)])
    assert index.memory().vectors >= 10 * 384 * 4
    assert index.memory().total > index.memory().vectors


def test_searches_writes_and_commits_at_the_same_time_agree() -> None:
    index = Index()
    index.put([document(number, f"stable entry{number} feature") for number in range(300)])
    faults: list[str] = []
    done = threading.Event()

    def write() -> None:
        for number in range(1000, 1400):
            index.put([document(number, f"moving entry{number}")])
            if number not in found(index, f"entry{number}"):
                faults.append(f"{number} was not found at once")
            index.remove([number])
            if number in found(index, f"entry{number}"):
                faults.append(f"{number} was found after its removal")

    def commit() -> None:
        while not done.is_set():
            index.flush()

    def search() -> None:
        while not done.is_set():
            if found(index, "entry7") - {7}:
                faults.append("a stranger was found")

    helpers = [threading.Thread(target=commit), threading.Thread(target=search)]
    for helper in helpers:
        helper.start()
    write()
    done.set()
    for helper in helpers:
        helper.join()
    assert faults == []
    assert len(index) == 300


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "remove", "flush"]),
        st.integers(0, 12),
        st.sampled_from(["", "C1"]),
        st.sampled_from("abcd"),
    ),
    max_size=60,
)


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_the_index_agrees_with_a_plain_dictionary(steps: list[tuple[str, int, str, str]]) -> None:
    index, plain = Index(), dict[int, tuple[str, str]]()
    for kind, number, audience, letter in steps:
        if kind == "put":
            index.put([document(number, f"word{letter} thing{number}", audience=audience)])
            plain[number] = (audience, letter)
        elif kind == "remove":
            index.remove([number])
            plain.pop(number, None)
        else:
            index.flush()
    for letter in "abcd":
        everybody = {number for number, (audience, each) in plain.items() if each == letter and not audience}
        assert found(index, f"word{letter}") == everybody
        inside = {number for number, (_, each) in plain.items() if each == letter}
        assert found(index, f"word{letter}", frozenset({PUBLIC, "C1"})) == inside
    assert len(index) == len(plain)


def test_on_words_alone_an_entry_of_the_same_kind_is_found_fresh_or_committed() -> None:
    index = Index()
    kind = frozenset({"feature-store"})
    index.put([Document(1, "signals desk", None, capabilities=kind), Document(2, "menu of the canteen", None)])
    question = Query("online values at request time", None, kind)
    fresh = [(hit.id, hit.agreement) for hit in index.search(question, audiences=EVERYBODY)]
    index.flush()
    committed = [(hit.id, hit.agreement) for hit in index.search(question, audiences=EVERYBODY)]
    assert committed[0] == fresh[0] == (1, 1.0)
    assert index.search(question, audiences=frozenset({"COTHER"})) == []
