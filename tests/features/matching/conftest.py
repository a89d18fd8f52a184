"""The real embedder, loaded once per process."""

import pytest

from bot.features.capabilities import taxonomy
from bot.features.matching.concepts import Concepts
from bot.features.matching.embedder import Embedder


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return Embedder.load()


@pytest.fixture(scope="session")
def concepts(embedder: Embedder) -> Concepts:
    return Concepts.of(taxonomy.shipped(), embedder)
