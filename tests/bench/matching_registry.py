"""A registry of any size for the matcher's benchmark: real texts and their vectors, cut and mixed, and rare names as teams invent them.

Speed depends on the words' frequencies, and those of real texts are skewed; nobody embeds a million texts for it.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert

from bot.features.matching import words
from bot.features.matching.embedder import Embedder
from bot.features.matching.labelled_folder import rows_of
from bot.features.matching.matcher import Matcher, pack
from storage.database import Database
from storage.initiatives import Initiative, InitiativeAnalysis, Status
from storage.migrate import migrate
from storage.repository import MACHINE
from storage.teams import fold
from storage.unit_of_work import Scope, UnitOfWork
from tests.bench.matching_quality import BENCH, TASKS

WORKSPACE: Final = Scope("T1", MACHINE)
NOW: Final = datetime(2026, 11, 23, tzinfo=UTC)
#: Texts of the repository, for whoever has no public ones.
OURS: Final = Path(__file__).parents[1] / "features" / "matching" / "data"
SYLLABLES: Final = ["ta", "re", "mi", "lo", "du", "fen", "kar", "sol", "vin", "pra", "dex", "or", "bel", "qua", "zin"]
#: Texts that are embedded, and of whose vectors all others are mixed.
EMBEDDED: Final = 1_500
#: Length of the noise in a mixed vector, before it is of unit length again.
NOISE: Final = 0.4
_BLOCK: Final = 2_000


def real_texts() -> list[str]:
    """The public development texts where they are to be had, else those of the four invented organisations."""
    if BENCH.is_dir():
        return [str(row["text"]) for task in TASKS for row in rows_of(BENCH / task / "corpus.jsonl")]
    found = [row for path in sorted(OURS.glob("registry_*.jsonl")) for row in rows_of(path)]
    return [f"{row['title']} {row['summary']}" for row in found]


def texts(count: int) -> list[str]:
    """So many texts: the beginning of one, the end of another, three names."""
    chance = random.Random(1)  # noqa: S311 - the same each time
    halves = [each.split() for each in real_texts()]
    begins, ends = ([" ".join(part) for part in parts] for parts in zip(*map(_halves, halves), strict=True))
    names = ["".join(chance.choices(SYLLABLES, k=3)) for _ in range(4_000)]
    return [
        " ".join((begin, end, *rare))
        for begin, end, rare in zip(
            chance.choices(begins, k=count), chance.choices(ends, k=count),
            (chance.choices(names, k=3) for _ in range(count)), strict=True,
        )
    ]  # fmt: skip


def _halves(said: list[str]) -> tuple[list[str], list[str]]:
    return said[: len(said) // 2 + 1], said[len(said) // 2 + 1 :]


def embedded(embedder: Embedder) -> NDArray[np.float32]:
    """The vectors that all others are mixed of."""
    chosen = real_texts()
    return embedder.embed(chosen[:: max(1, len(chosen) // EMBEDDED)])


def mixed(real: NDArray[np.float32], count: int) -> Iterator[NDArray[np.float32]]:
    """So many vectors, some rows at a time: two real ones and noise, of unit length."""
    chance = np.random.default_rng(0)
    for start in range(0, count, _BLOCK):
        size = min(_BLOCK, count - start)
        first, second = (real[chance.integers(0, len(real), size)] for _ in range(2))
        share = chance.random((size, 1), np.float32)
        noise = chance.standard_normal((size, real.shape[1]), np.float32) * np.float32(NOISE / real.shape[1] ** 0.5)
        rows = share * first + (1 - share) * second + noise
        yield rows / np.linalg.norm(rows, axis=1, keepdims=True)


def fill(db: Database, matcher: Matcher, entries: Sequence[str], real: NDArray[np.float32]) -> None:
    """Rows as the bot writes them, of texts and mixed vectors, straight into the tables."""
    migrate(db.url)
    db.write_now(WORKSPACE, lambda uow: uow.workspaces.ensure(now=NOW))
    for number, rows in enumerate(mixed(real, len(entries))):
        db.write_now(
            WORKSPACE, _write, number * _BLOCK, entries[number * _BLOCK : (number + 1) * _BLOCK], rows, matcher
        )


def _write(uow: UnitOfWork, before: int, entries: Sequence[str], rows: NDArray[np.float32], matcher: Matcher) -> None:
    version = uow.workspaces.raise_version()
    split = [(" ".join(said[:6]), " ".join(said[6:])) for said in map(str.split, entries)]
    uow.session.execute(insert(Initiative), [
        {"id": number, "workspace_id": uow.workspace_id, "title": title, "folded_title": fold(title), "summary": summary, "lead_id": f"U{number % 200:05d}",
         "lead_email": "", "created_by": "", "status": Status.ACTIVE, "legacy": False, "audience": "", "capabilities": [], "system": "", "url": "",
         "external_id": "", "lesson": "", "imported": {}, "version": version, "created_at": NOW, "updated_at": NOW}
        for number, (title, summary) in enumerate(split, before + 1)
    ])  # fmt: skip
    uow.session.execute(insert(InitiativeAnalysis), [
        {"initiative_id": number, "made_from": matcher.made_from(*said), "vector": pack(row), "stems": " ".join(filter(None, map(_stems, text.split())))}
        for number, (said, row, text) in enumerate(zip(split, rows, entries, strict=True), before + 1)
    ])  # fmt: skip


@cache
def _stems(word: str) -> str:
    return " ".join(words.stems(word))
