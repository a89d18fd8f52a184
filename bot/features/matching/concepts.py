"""What a text is about, as shares over the taxonomy's capabilities and over subjects that are none: the measure of kinship.

Two teams describe the same work in different words, yet both descriptions lean towards the same capability. A vector's
cosine with each concept says how far it leans; a capability that was recognised or chosen adds to its own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from bot.features.capabilities.taxonomy import Taxonomy
    from bot.features.matching.embedder import Embedder

KEPT: Final = Path(__file__).with_name("model") / "concepts.npz"

SHARPNESS: Final = 15.0
"""A cosine that is 0.1 higher counts 4.5 times as much."""
RECOGNISED: Final = 0.15
"""What a recognised capability adds to its cosine, divided by the root of how many were recognised."""

LEANING: Final = 0.3
"""The part of the kinship from which one capability is worth naming as the reason."""

_SYNONYMS_TOGETHER: Final = 10

SUBJECTS: Final = (
    "recommending products, films, content or friends to people",
    "ranking and relevance of search results, query understanding, autocomplete, spelling correction",
    "fraud, abuse, spam and scam detection, risk of payments and accounts",
    "credit scoring, loans, underwriting, insurance claims",
    "forecasting demand, sales, load, energy or occupancy over time",
    "pricing, discounts, promotions and price elasticity",
    "estimating arrival times, travel times and delivery times",
    "route planning, dispatch, scheduling of staff and vehicles, optimisation solvers",
    "churn, propensity, lifetime value, loyalty and marketing of customers",
    "advertising, bidding, attribution and campaigns",
    "image recognition, object detection, video understanding, computer vision",
    "image and video generation, enhancement, creative content",
    "face recognition, identity verification, biometrics, document checks",
    "speech recognition, dictation, voice, audio and music",
    "machine translation and languages",
    "summarising texts, reviews and records, writing and text generation",
    "classifying, tagging and routing texts, sentiment, topics",
    "extracting entities, matching records, entity resolution, knowledge graphs",
    "predictive maintenance, sensors, industrial machines, anomalies in signals",
    "medical diagnosis, patients, clinical risk, hospitals",
    "drug discovery, proteins, genomics, science",
    "robotics, autonomous driving, reinforcement learning, control, simulation",
    "maps, satellite images, geography",
    "code generation, developer productivity, build times",
    "migration and upgrade of software, languages, databases and clusters",
    "security, secrets, access permissions, vulnerabilities, signing",
    "learning, training courses, reading groups, hackathons, conferences, talks",
    "hiring, skills, people, surveys, human resources",
    "infrastructure, databases, containers, networks, message queues",
    "dashboards, reporting, business analytics, questions to the warehouse in plain language",
    "health of systems, on-call, incidents, disaster recovery",
    "finance, accounting, tax, budgets of the company",
    "legal documents, contracts, policy",
    "shops, offices, facilities, events, food",
)
"""What models and projects are about without being a capability: two of them are no kin because neither is a platform."""


@dataclass(frozen=True, slots=True)
class Concepts:
    """The vectors of a taxonomy's capabilities, by key, and of the subjects behind them: (concepts, 384)."""

    keys: tuple[str, ...]
    vectors: NDArray[np.float32]
    made_from: str = ""
    """A digest of the texts and the embedder; empty when they were read from the file."""

    @classmethod
    def of(cls, taxonomy: Taxonomy, embedder: Embedder) -> Concepts:
        """The concepts of a taxonomy. Those of the shipped one are read from a file; any other takes one to two seconds to embed."""
        texts: list[str] = []
        owners: list[int] = []
        for number, capability in enumerate(taxonomy):
            phrases = [phrase.replace("...", " ") for phrase in capability.synonyms]
            parts = [f"{capability.name}: {capability.description}"]
            parts += [
                ", ".join(phrases[start : start + _SYNONYMS_TOGETHER])
                for start in range(0, len(phrases), _SYNONYMS_TOGETHER)
            ]
            texts += parts
            owners += [number] * len(parts)
        keys = tuple(capability.key for capability in taxonomy)
        texts += SUBJECTS
        made_from = hashlib.sha256("\n".join([embedder.version, *keys, *texts]).encode()).hexdigest()
        if (kept := _kept(made_from)) is not None:
            return cls(keys, kept)
        vectors = embedder.embed(texts)
        owned = np.array(owners, np.int64)
        means = [vectors[: len(owners)][owned == number].mean(axis=0) for number in range(len(keys))]
        rows = np.concatenate([*(mean[None] / np.linalg.norm(mean) for mean in means), vectors[len(owners) :]])
        return cls(keys, rows.astype(np.float32), made_from)

    def keep(self) -> None:
        """Writes them to the file that `of` reads, for the taxonomy that ships (tools/fit_matcher.py calls this)."""
        np.savez_compressed(KEPT, vectors=self.vectors.astype(np.float16), made_from=self.made_from)

    def spread(self, vectors: NDArray[np.float32], capabilities: Sequence[Collection[str]]) -> NDArray[np.float32]:
        """Shares over the concepts that sum to one, a row per vector (n, concepts); `capabilities` are the keys known of each."""
        likeness = vectors @ self.vectors.T
        for row, known in enumerate(capabilities):
            for key in known:
                if key in self.keys:
                    likeness[row, self.keys.index(key)] += RECOGNISED / len(known) ** 0.5
        powers = np.exp(SHARPNESS * (likeness - likeness.max(axis=1, keepdims=True)))
        shares: NDArray[np.float32] = powers / powers.sum(axis=1, keepdims=True)
        return shares

    def kinships(self, mine: NDArray[np.float32], theirs: NDArray[np.float32]) -> list[tuple[float, str | None]]:
        """For each row of `theirs`: how far it leans the same way as `mine` (Bhattacharyya's coefficient, 0..1), and the key of
        the capability that carries this, if one carries at least `LEANING` by itself.
        """
        common = np.sqrt(theirs * mine)
        best = common.argmax(axis=1)
        named = (best < len(self.keys)) & (common.max(axis=1) >= LEANING)
        return [
            (kinship, self.keys[top] if is_named else None)
            for kinship, top, is_named in zip(common.sum(axis=1).tolist(), best.tolist(), named.tolist(), strict=True)
        ]


def _kept(made_from: str) -> NDArray[np.float32] | None:
    """The vectors of the file if they were made from the same texts by the same network."""
    try:
        with np.load(KEPT) as file:
            if str(file["made_from"]) != made_from:
                return None
            vectors: NDArray[np.float32] = file["vectors"].astype(np.float32)
            return vectors
    except (OSError, KeyError, ValueError):
        return None
