"""What a text is about, as shares over the taxonomy's capabilities and over subjects that are none: the measure of kinship.

Two teams describe the same work in different words, yet both descriptions lean towards the same capability. A vector's
cosine with each concept says how far it leans; a capability that was recognised or chosen adds to its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from bot.features.capabilities.taxonomy import Taxonomy
    from bot.features.matching.embedder import Embedder

SHARPNESS: Final = 15.0
"""A cosine that is 0.1 higher counts 4.5 times as much."""
RECOGNISED: Final = 0.15
"""What a recognised capability adds to its cosine, divided by the root of how many were recognised."""

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

    @classmethod
    def of(cls, taxonomy: Taxonomy, embedder: Embedder) -> Concepts:
        """Embeds every capability's words: one to two seconds, once per taxonomy, in a thread beside the start."""
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
        vectors = embedder.embed([*texts, *SUBJECTS])
        owned = np.array(owners)
        means = [vectors[: len(texts)][owned == number].mean(axis=0) for number in range(len(taxonomy))]
        units = [mean / np.linalg.norm(mean) for mean in means]
        return cls(
            tuple(capability.key for capability in taxonomy),
            np.concatenate([np.array(units, np.float32).reshape(-1, vectors.shape[1]), vectors[len(texts) :]]),
        )

    def spread(
        self, vectors: NDArray[np.float32], capabilities: Sequence[Collection[str]]
    ) -> NDArray[np.float32]:
        """Shares over the concepts that sum to one, a row per vector (n, concepts); `capabilities` are the keys known of each."""
        likeness = vectors @ self.vectors.T
        for row, known in enumerate(capabilities):
            for key in known:
                if key in self.keys:
                    likeness[row, self.keys.index(key)] += RECOGNISED / len(known) ** 0.5
        powers = np.exp(SHARPNESS * (likeness - likeness.max(axis=1, keepdims=True)))
        shares: NDArray[np.float32] = powers / powers.sum(axis=1, keepdims=True)
        return shares

    def kinship(self, mine: NDArray[np.float32], theirs: NDArray[np.float32]) -> NDArray[np.float32]:
        """How far two spreads lean the same way, 0..1 (Bhattacharyya's coefficient), for each row of `theirs`."""
        overlap: NDArray[np.float32] = np.sqrt(theirs * mine).sum(axis=1)
        return overlap
