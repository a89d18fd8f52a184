"""Weighs words by how much they speak of the work: `python tools/build_smalltalk.py` writes `bot/features/matching/smalltalk.txt`.

A sentence is the work's or it is chatter, by a logistic regression over its words. A word's weight is a linear function of its vector by the shipped
network, plus a little of its own: so a word that no example holds has the weight of words that mean about the same.

Examples of chatter stand in `tools/smalltalk/chatter.txt` and in the wrappers of the tests, of work in `tools/smalltalk/work.txt`, in the invented
registries of the tests and the demo, and in the announcements that the detector is tested with. `--folds` measures, on topics that were left out of the fit, how much of the
chatter is caught. Nothing of the public benchmark is read. A minute or two.
"""

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bot.features.matching import chatter, smalltalk  # noqa: E402 - the script runs from anywhere
from bot.features.matching.embedder import Embedder  # noqa: E402 - as above

EXAMPLES: Final = ROOT / "tools" / "smalltalk"
DATA: Final = ROOT / "tests" / "features"
#: How much smaller a word's own part of its weight is kept than what follows from its vector.
OWN: Final = 1e-4
SHARED: Final = 2e-3
STRETCH: Final = 3.0
STEPS: Final = 150
#: Weights are written in steps of a quarter.
STEP: Final = 0.25
#: The detector's announcements were split by a rule, and some of their sentences are small talk.
DOUBTED: Final = 0.5

Numbers = NDArray[np.float32]


@dataclass(frozen=True)
class Example:
    """A sentence, whether it is about work, the topic it is left out with, and how much it counts."""

    said: str
    is_work: bool
    topic: str
    counts: float = 1.0


def main() -> None:
    """Fits on everything and writes the table; with `--folds` measures instead."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--folds", action="store_true", help="measure on topics that were left out, write nothing")
    wanted.add_argument("--no-wrappers", action="store_true", help="without the wrappers of the tests")
    chosen = wanted.parse_args()
    examples = [*talk(with_wrappers=not chosen.no_wrappers), *work()]
    print(
        f"{sum(not each.is_work for each in examples)} sentences of chatter, {sum(each.is_work for each in examples)} about work"
    )
    fitting = Fitting(examples)
    if chosen.folds:
        fitting.measure()
        return
    weights, bias = fitting.fit(np.ones(len(examples), np.bool_))
    write(dict(zip(fitting.words, weights.tolist(), strict=True)), bias)


def talk(*, with_wrappers: bool) -> Iterator[Example]:
    """Sentences that are about people, calendars and papers."""
    yield from _listed("chatter.txt", is_work=False)
    if with_wrappers:
        for row in _rows(DATA / "matching" / "data" / "wrappers.jsonl"):
            for said in chatter.sentences(chatter.plain(row["text"].replace("{text}", "\n"))):
                if len(smalltalk.tokens(said)) > 1:
                    yield Example(said, is_work=False, topic="# wrappers")


def work() -> Iterator[Example]:
    """Sentences that say what somebody builds, and for what."""
    yield from _listed("work.txt", is_work=True)
    for file in sorted((DATA / "matching" / "data").glob("registry_*.jsonl")):
        for row in _rows(file):
            yield from _said(f"{row['title']}\n{row['summary']}", file.stem)
    for file in sorted((DATA / "matching" / "data").glob("announcements_*.jsonl")):
        for row in _rows(file):
            yield from _said(row["text"], file.stem.replace("announcements", "registry"))
    with (ROOT / "bot" / "demo" / "data" / "registry.csv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            yield from _said(f"{row['title']}\n{row['summary']}", "demo")
    for file in sorted((DATA / "announcements" / "data").glob("detector_*.tsv")):
        for line in file.read_text(encoding="utf-8").splitlines():
            label, _, text = line.partition("\t")
            if label == "new":
                yield from _said(text.replace("\\n", "\n"), file.stem, DOUBTED)


def _listed(name: str, *, is_work: bool) -> Iterator[Example]:
    topic = ""
    for line in (EXAMPLES / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            topic = line
        elif line.strip():
            yield Example(line, is_work, topic)


def _said(text: str, topic: str, counts: float = 1.0) -> Iterator[Example]:
    for sentence in chatter.sentences(chatter.plain(text)):
        said = chatter.without_opening(sentence)
        if len(smalltalk.tokens(said)) > 1 and not chatter.is_logistics(said):
            yield Example(said, is_work=True, topic=topic, counts=counts)


def _rows(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


class Fitting:
    """The examples as numbers."""

    def __init__(self, examples: Sequence[Example]) -> None:
        """Embeds every word of the network's vocabulary and of the examples."""
        self.examples = examples
        said = [smalltalk.tokens(each.said) for each in examples]
        vocabulary = (ROOT / "bot/features/matching/model/vocab.txt").read_text(encoding="utf-8").split("\n")
        known = {word for words in said for word in words}
        self.words = sorted(known | {word for word in vocabulary if len(word) > 1 and word.isalpha()})
        place = {word: number for number, word in enumerate(self.words)}
        vectors = Embedder.load().embed(self.words)
        self.vectors: Numbers = (vectors - vectors[[place[word] for word in known]].mean(axis=0)) * np.float32(STRETCH)
        self.used = sorted(place[word] for word in known)
        column = {number: at for at, number in enumerate(self.used)}
        self.counts = np.zeros((len(examples), len(self.used)), np.float32)
        for row, words in enumerate(said):
            for word, count in Counter(words).items():
                self.counts[row, column[place[word]]] = count * smalltalk.damped(len(words))
        self.is_work = np.array([each.is_work for each in examples], np.float32)

    def fit(self, chosen: NDArray[np.bool_]) -> tuple[Numbers, float]:
        """A weight for every word, and the intercept; both kinds of sentence count alike."""
        counts, truth = self.counts[chosen], self.is_work[chosen]
        weight = np.array([each.counts for each, there in zip(self.examples, chosen, strict=True) if there], np.float32)
        for kind in (0, 1):
            weight[truth == kind] *= 0.5 / weight[truth == kind].sum()
        through = counts @ self.vectors[self.used]
        own, shared, bias = (
            np.zeros(len(self.used), np.float32),
            np.zeros(self.vectors.shape[1], np.float32),
            np.zeros(1, np.float32),
        )
        values = [own, shared, bias]
        first, second = [np.zeros_like(each) for each in values], [np.zeros_like(each) for each in values]
        for step in range(1, STEPS + 1):  # Adam
            wrong = weight * (1 / (1 + np.exp(-(counts @ own + through @ shared + bias))) - truth)
            slopes = [counts.T @ wrong + OWN * own, through.T @ wrong + SHARED * shared, wrong.sum(keepdims=True)]
            rate = 0.1 * (1 - step / STEPS) + 0.002
            for value, slope, mean, square in zip(values, slopes, first, second, strict=True):
                mean[:] = 0.9 * mean + 0.1 * slope
                square[:] = 0.99 * square + 0.01 * slope**2
                value[:] = value - rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
        weights: Numbers = self.vectors @ shared
        weights[self.used] += own
        return weights, float(bias[0])

    def measure(self, folds: int = 4) -> None:
        """How much of the chatter is caught when its topic, and the work of its organisation, took no part in the fit."""
        topics = sorted({each.topic for each in self.examples})
        np.random.default_rng(0).shuffle(topics)
        fold = np.array([topics.index(each.topic) % folds for each in self.examples])
        scores = np.zeros(len(self.examples), np.float32)
        for number in range(folds):
            weights, bias = self.fit(fold != number)
            scores[fold == number] = (self.counts @ weights[self.used] + bias)[fold == number]
        is_work = self.is_work == 1
        for level in (-1.5, -1.0, -0.5, 0.0):
            caught, lost = (scores[~is_work] < level).mean(), (scores[is_work] < level).mean()
            print(f"below {level:4}: {caught:.1%} of the chatter, {lost:.1%} of the work")


def write(weights: dict[str, float], bias: float) -> None:
    """The table: a line for each weight, the words that have it behind it."""
    lines: dict[float, list[str]] = {}
    for word, weight in weights.items():
        lines.setdefault(round(weight / STEP) * STEP, []).append(word)
    text = [
        f"{bias:.2f}",
        *(f"{weight:.2f} {' '.join(sorted(words))}" for weight, words in sorted(lines.items()) if weight),
    ]
    smalltalk.TABLE.write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
