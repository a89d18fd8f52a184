"""Vectors in twelve bits a number."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.features.matching.embedder import DIMENSIONS
from bot.features.matching.vectors import SHORTLIST_FROM, Vectors


def units(seed: int, count: int, sharpness: float = 1.0) -> NDArray[np.float32]:
    """Vectors of unit length; the sharper, the more of the length is in few numbers."""
    drawn = np.random.default_rng(seed).normal(size=(count, DIMENSIONS))
    rows = np.sign(drawn) * np.abs(drawn) ** sharpness
    lengths: NDArray[np.float64] = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / lengths, np.float32)


@given(seed=st.integers(0, 2**32 - 1), sharpness=st.sampled_from([0.1, 1.0, 3.0]))
def test_vectors_come_back_nearly_exact_and_a_scan_is_close(seed: int, sharpness: float) -> None:
    rows = units(seed, 5, sharpness)
    vectors = Vectors(DIMENSIONS)
    vectors.put(range(5), rows)
    assert (np.abs(vectors.rows(range(5)) - rows).max(axis=1) <= np.abs(rows).max(axis=1) / 4063).all()
    query = units(seed + 1, 1)[0]
    assert vectors.rows([3, 1]) @ query == pytest.approx(rows[[3, 1]] @ query, abs=5e-4)
    assert vectors.about(query) == pytest.approx(rows @ query, abs=0.01)


def test_a_scan_reaches_every_slot_of_every_block() -> None:
    rows = units(1, 64)
    vectors = Vectors(DIMENSIONS)
    slots = [0, 511, 512, 4095, 4096, 4097, 9000]
    vectors.put(slots, rows[np.array(slots) % 64])
    about = vectors.about(rows[0])
    assert len(about) == 9001
    assert np.flatnonzero(np.abs(about) > 1e-9).tolist() == slots
    assert about[[0, 512, 4096]] == pytest.approx([1, 1, 1], abs=0.002)


def test_a_slot_that_is_used_again_forgets_what_it_held() -> None:
    rows = units(2, 2)
    vectors = Vectors(DIMENSIONS)
    vectors.put([0], rows[:1])
    vectors.put([0], np.zeros((1, DIMENSIONS), np.float32))
    assert not vectors.rows([0]).any()
    assert vectors.about(rows[0]).tolist() == [0]
    vectors.put([0], rows[1:])
    assert vectors.rows([0])[0] == pytest.approx(rows[1], abs=1e-4)


def test_a_network_may_have_an_odd_number_of_numbers() -> None:
    rows = units(9, 3)[:, :7]
    vectors = Vectors(7)
    vectors.put([0, 1, 2], rows)
    assert vectors.rows([2, 0]) == pytest.approx(rows[[2, 0]], abs=1e-4)


def test_a_hundred_thousand_vectors_take_less_than_seventy_megabytes() -> None:
    vectors = Vectors(DIMENSIONS)
    vectors.put([99_999], units(3, 1))
    assert vectors.memory() < 66_000_000
    assert Vectors(DIMENSIONS).about(units(4, 1)[0]).tolist() == []


def related(seed: int, count: int) -> NDArray[np.float32]:
    """Vectors as a network makes them: on a few hundred subjects, all leaning to one side."""
    chance = np.random.default_rng(seed)
    subjects = chance.normal(size=(300, DIMENSIONS)) + 0.7 * chance.normal(size=DIMENSIONS)
    rows = subjects[chance.integers(0, 300, count)] + chance.normal(size=(count, DIMENSIONS))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def test_the_shortlist_holds_the_true_best_of_many() -> None:
    rows = related(5, SHORTLIST_FROM + 13_616)
    vectors = Vectors(DIMENSIONS)
    vectors.put(range(20_000), rows[:20_000])
    vectors.put(range(20_000, len(rows)), rows[20_000:])
    reachable = np.ones(len(rows), np.bool_)
    kept, whole = 0, 0
    for query in related(5, len(rows) + 40)[-40:]:
        best = np.argsort(-(rows @ query))
        found = set(vectors.nearest(query, reachable, 128).tolist())
        assert len(found) == 128
        assert best[0] in found
        kept += len(found & set(best[:10].tolist()))
        whole += len(found & set(best[:128].tolist()))
    assert kept >= 398
    assert whole >= 0.93 * 40 * 128


def test_the_shortlist_reaches_the_few_that_may_be_seen_and_what_was_put_last() -> None:
    rows = related(6, SHORTLIST_FROM + 100)
    vectors = Vectors(DIMENSIONS)
    vectors.put(range(len(rows)), rows)
    reachable = np.zeros(len(rows), np.bool_)
    reachable[[3, 9_000, len(rows) - 1]] = True
    assert sorted(vectors.nearest(-rows[3], reachable, 128).tolist()) == [3, 9_000, len(rows) - 1]
    vectors.put([9_000], -rows[3:4])
    reachable[:] = True
    assert 9_000 in vectors.nearest(-rows[3], reachable, 1)


def test_thousands_of_equal_vectors_do_not_crowd_out_the_nearest() -> None:
    rows = np.repeat(units(7, 1), SHORTLIST_FROM + 500, axis=0)
    rows[77] = units(8, 1)[0]
    vectors = Vectors(DIMENSIONS)
    vectors.put(range(len(rows)), rows)
    found = vectors.nearest(rows[77], np.ones(len(rows), np.bool_), 64)
    assert 77 in found
    assert len(found) == 64
