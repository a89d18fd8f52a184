"""A registry of any size for the benchmarks: made-up initiatives with vectors, written straight into the tables."""

import random
from datetime import UTC, datetime
from typing import Final

import numpy as np

from bot.features.matching import ranking, words
from bot.features.matching.matcher import Matcher, pack
from storage.database import Database
from storage.initiatives import Initiative, InitiativeAnalysis
from storage.migrate import migrate
from storage.repository import MACHINE
from storage.teams import fold
from storage.unit_of_work import Scope, UnitOfWork

WORDS: Final = [
    "feature",
    "store",
    "ranking",
    "latency",
    "online",
    "offline",
    "batch",
    "serving",
    "registry",
    "model",
    "drift",
    "monitor",
    "label",
    "annotation",
    "queue",
    "gpu",
    "quota",
    "schedule",
    "train",
    "pipeline",
    "embedding",
    "vector",
    "index",
    "search",
    "retrieval",
    "prompt",
    "gateway",
    "evaluation",
    "regression",
    "experiment",
    "tracking",
    "lineage",
    "catalog",
    "schema",
    "validation",
    "streaming",
    "backfill",
    "migration",
    "cost",
    "budget",
    "alert",
    "tenant",
    "privacy",
    "consent",
    "audit",
    "access",
    "policy",
    "rollout",
    "canary",
    "shadow",
    "traffic",
    "replay",
    "cache",
    "shard",
    "replica",
    "queueing",
    "fraud",
    "ads",
    "bidding",
    "recommendation",
    "search",
    "speech",
    "vision",
    "translation",
    "forecast",
    "demand",
    "pricing",
    "support",
    "chat",
    "document",
    "parsing",
    "extraction",
    "moderation",
]
NOW: Final = datetime(2026, 11, 23, tzinfo=UTC)
BATCH: Final = 2_000


def fill(url: str, workspace_id: str, count: int, matcher: Matcher) -> None:
    """Write ``count`` initiatives of about thirty words each."""
    migrate(url)
    db = Database(url)
    chance = random.Random(7)  # noqa: S311 - a benchmark's data, the same each time
    directions = np.random.default_rng(7)
    try:
        for start in range(0, count, BATCH):
            texts = [_text(chance, number) for number in range(start, min(count, start + BATCH))]
            vectors = directions.standard_normal((len(texts), 384), dtype=np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            db.write_now(Scope(workspace_id, MACHINE), _write, texts, vectors, matcher)
    finally:
        db.close()


def _text(chance: random.Random, number: int) -> tuple[str, str]:
    title = " ".join(chance.choices(WORDS, k=4)).capitalize() + f" {number}"
    return title, f"We will build {' '.join(chance.choices(WORDS, k=24))} for team {number % 40}."


def _write(uow: UnitOfWork, texts: list[tuple[str, str]], vectors: np.ndarray, matcher: Matcher) -> None:
    uow.workspaces.ensure(now=NOW)
    version = uow.workspaces.raise_version()
    rows = [
        Initiative(workspace_id=uow.workspace_id, title=title, folded_title=fold(title), summary=summary, version=version, created_at=NOW, updated_at=NOW,
                   lead_id=f"U{number % 200:05d}")
        for number, (title, summary) in enumerate(texts)
    ]  # fmt: skip
    uow.session.add_all(rows)
    uow.session.flush()
    uow.session.add_all(
        InitiativeAnalysis(
            initiative_id=row.id,
            made_from=matcher.made_from(row.title, row.summary),
            vector=pack(vector),
            stems=" ".join(words.stems(ranking.wording(row.title, row.summary))),
        )
        for row, vector in zip(rows, vectors, strict=True)
    )
