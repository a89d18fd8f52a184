"""Vectors in two bytes a number."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.features.matching.embedder import DIMENSIONS
from bot.features.matching.vectors import Vectors


def units(seed: int, count: int, sharpness: float = 1.0) -> NDArray[np.float32]:
    """Vectors of unit length; the sharper, the more of the length is in few numbers."""
    drawn = np.random.default_rng(seed).normal(size=(count, DIMENSIONS))
    rows = np.sign(drawn) * np.abs(drawn) ** sharpness
    lengths: NDArray[np.float64] = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / lengths, np.float32)


@given(seed=st.integers(0, 2**32 - 1), sharpness=st.sampled_from([0.1, 1.0, 3.0]))
def test_vectors_come_back_nearly_exact_and_a_scan_is_close(seed: int, sharpness: float) -> None:
    rows = units(seed, 5, sharpness)
    vectors = Vectors()
    for slot, row in enumerate(rows):
        vectors.put(slot, row)
    assert np.abs(vectors.rows(range(5)) - rows).max() < 2e-5
    query = units(seed + 1, 1)[0]
    assert vectors.rows([3, 1]) @ query == pytest.approx(rows[[3, 1]] @ query, abs=2e-5)
    assert vectors.about(query) == pytest.approx(rows @ query, abs=0.01)


def test_a_scan_reaches_every_slot_of_every_block() -> None:
    rows = units(1, 64)
    vectors = Vectors()
    slots = [0, 511, 512, 4095, 4096, 4097, 9000]
    for slot in slots:
        vectors.put(slot, rows[slot % 64])
    about = vectors.about(rows[0])
    assert len(about) == 9001
    assert np.flatnonzero(np.abs(about) > 1e-9).tolist() == slots
    assert about[[0, 512, 4096]] == pytest.approx([1, 1, 1], abs=0.002)


def test_a_slot_that_is_used_again_forgets_what_it_held() -> None:
    rows = units(2, 2)
    vectors = Vectors()
    vectors.put(0, rows[0])
    vectors.put(0, None)
    assert not vectors.rows([0]).any()
    assert vectors.about(rows[0]).tolist() == [0]
    vectors.put(0, rows[1])
    assert vectors.rows([0])[0] == pytest.approx(rows[1], abs=2e-5)


def test_a_hundred_thousand_vectors_take_less_than_eighty_megabytes() -> None:
    vectors = Vectors()
    vectors.put(99_999, units(3, 1)[0])
    assert vectors.memory() < 80_000_000
    assert Vectors().about(units(4, 1)[0]).tolist() == []
