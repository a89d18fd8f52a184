# ruff: noqa: T201 - a benchmark prints
"""What Rowbot and its peers find of the development half of the public benchmark, scored by `python -m bot evaluate`'s own measures."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.features.matching import labelled_folder
from bot.features.matching.embedder import Embedder
from bot.features.matching.evaluation import RETURNED, ranked
from bot.features.matching.labelled import Labelled
from bot.features.matching.scores import retrieval_scores
from tests.bench import peer_environment

BENCH: Final = peer_environment.ROOT.parent / "shared" / "bench" / "dev"
TASKS: Final = ("same_project", "same_category", "initiatives")
#: MRR@10 of sentence-transformers (all-MiniLM-L6-v2 on torch) and of the network that Rowbot ships, alone, as a study measured both on
#: 2026-11-23, on an earlier cut of these texts: only to be compared with each other.
REFERENCE: Final = {"same_project": (0.436, 0.441), "same_category": (0.651, 0.646), "initiatives": (0.607, 0.603)}
SAMPLES: Final = 2000

Run = Mapping[str, Sequence[str]]
Relevant = Mapping[str, Collection[str]]


def show(embedder: Embedder, *, with_peers: bool) -> None:
    """A table for each task, or one line where the texts are not to be had."""
    if not BENCH.is_dir():
        print("What is found: left out, as the public texts are not part of this repository.")
        return
    for task in TASKS:
        folder = BENCH / task
        data = labelled_folder.read(folder)
        runs: dict[str, Run] = {"Rowbot": dict(ranked(data, embedder)), "its vectors alone": by_vectors(data, embedder)}
        if with_peers:
            try:
                runs |= peer_environment.ask("quality", str(folder))
            except peer_environment.PeersMissingError as fault:
                print(f"Peers left out: {fault}")
        table(task, runs, data.answers or {})


def by_vectors(data: Labelled, embedder: Embedder) -> dict[str, list[str]]:
    """The exact order of cosines, of every text as it stands: what a vector database finds with this network."""
    vectors = embedder.embed([row.text for row in data.corpus])
    queries = data.queries or ()
    found = {}
    for row, vector in zip(queries, embedder.embed([each.text for each in queries]), strict=True):
        order = np.argsort(-(vectors @ vector), kind="stable")
        near = (data.corpus[place] for place in order.tolist())
        same = [each.id for each in near if each.source == row.source and each.id != row.id]
        found[row.id] = same[:RETURNED]
    return found


def table(task: str, runs: Mapping[str, Run], relevant: Relevant) -> None:
    """The three measures of each; for peers how many times as much Rowbot has, and the interval of the difference in MRR."""
    own = retrieval_scores(runs["Rowbot"], relevant)
    ours = reciprocals(runs["Rowbot"], relevant)
    print(f"\n{task}, {own.queries} queries")
    print(f"{'':28}{'MRR@10':>8}{'R@5':>8}{'nDCG@10':>9}   Rowbot has × as much     MRR more, 95 %")
    for name, run in runs.items():
        score = retrieval_scores(run, relevant)
        line = f"{name:28}{score.mrr:8.3f}{score.recall:8.3f}{score.ndcg:9.3f}"
        if name != "Rowbot":
            low, high = interval(ours - reciprocals(run, relevant))
            line += f"   {own.mrr / score.mrr:7.2f}{own.recall / score.recall:7.2f}{own.ndcg / score.ndcg:7.2f}"
            line += f"   {own.mrr - score.mrr:+8.3f} [{low:+.3f}, {high:+.3f}]"
        print(line)
    torch, shipped = REFERENCE[task]
    print(
        f"sentence-transformers: not measured here (needs a model hub). A study's MRR on an earlier cut, 2026-11-23: {torch:.3f}, "
        f"the shipped vectors alone {shipped:.3f}."
    )


def reciprocals(run: Run, relevant: Relevant) -> NDArray[np.float64]:
    """The reciprocal rank of each judged query."""
    return np.array(
        [retrieval_scores({query: run.get(query, [])}, {query: answers}).mrr for query, answers in relevant.items()]
    )


def interval(differences: NDArray[np.float64]) -> tuple[float, float]:
    """Where the mean lies in 95 of 100 draws of as many queries."""
    chance = np.random.default_rng(0)
    means = chance.choice(differences, (SAMPLES, len(differences))).mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)
