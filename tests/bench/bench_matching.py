# ruff: noqa: T201, S311 - a benchmark prints, and its chance is no secret
"""What the matcher finds, how fast it is and what it occupies, beside its peers in the same run: `python tests/bench/bench_matching.py [--million]`.

Each has one thread. Peers are installed once, from `peers.txt` into an environment of their own. Three minutes; with `--million` ten more and 6 GB of memory.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.features.capabilities import taxonomy
from bot.features.matching import ranking
from bot.features.matching.embedder import DIMENSIONS, Embedder
from tests.bench import matching_quality, peer_environment

SIZES: Final = (10_000, 100_000)
MILLION: Final = 1_000_000
#: Rounds of Rowbot and of each peer.
ROUNDS: Final = {10_000: (100, 20), 100_000: (60, 8), MILLION: (20, 4)}
OURS: Final = Path(__file__).with_name("matching_ours.py")
SAID: Final = (
    "Hi all :wave: we're kicking off a feature store for ranking, so that the values in training and at request time are the same. Ping <@U1>!",
    "New initiative: alerts when a model in production sees data that no longer looks like its training sample",
    "starting a gateway to hosted language models with keys, budgets per team and fallback between providers",
    "We begin work on a labelling tool for product pictures with a review queue and consensus between annotators",
)
SYLLABLES: Final = ["ta", "re", "mi", "lo", "du", "fen", "kar", "sol", "vin", "pra", "dex", "or", "bel", "qua", "zin"]


def main() -> None:
    """Measures and prints every table."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--million", action="store_true", help="a million entries too")
    wanted.add_argument("--no-quality", action="store_true", help="speed and memory alone")
    wanted.add_argument("--no-peers", action="store_true", help="Rowbot alone")
    chosen = wanted.parse_args()
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, load {load}")
    embedder = Embedder.load()
    if not chosen.no_quality:
        matching_quality.show(embedder, with_peers=not chosen.no_peers)
    announcement(embedder)
    for size in (*SIZES, *([MILLION] if chosen.million else [])):
        compare(size, with_peers=not chosen.no_peers)
    print(
        "\nsentence-transformers: not measured here (needs a model hub). A study's figure of 2026-11-23: 29.8 ms to embed an announcement."
    )


def announcement(embedder: Embedder) -> None:
    """What is the same at any size."""
    known = taxonomy.shipped()
    said = [ranking.wording("", text) for text in SAID]
    print("\none announcement, p50")
    print(
        f"  {'chatter and capabilities':30}{p50(lambda i: known.recognise(ranking.wording('', SAID[i % 4]))):9.2f} ms"
    )
    print(f"  {'embed':30}{p50(lambda i: embedder.embed([said[i % 4]])):9.2f} ms")
    print(f"  {'load the embedder':30}{p50(lambda _: Embedder.load(), 5):9.1f} ms")
    many = [f"{text} {number}" for text in said for number in range(50)]
    print(f"  {'embed in bulk':30}{len(many) / p50(lambda _: embedder.embed(many), 3) * 1e3:9.0f} texts a second")


def compare(size: int, *, with_peers: bool) -> None:
    """Rowbot and its peers at one size, each in a process of its own."""
    rounds, peer_rounds = ROUNDS[size]
    with tempfile.TemporaryDirectory() as folder:
        texts, queries = Path(folder, "texts"), Path(folder, "queries")
        texts.write_text("\n".join(registry(size)))
        queries.write_text("\n".join(" ".join(ranking.wording("", text).split()) for text in SAID))
        try:
            ours = peer_environment.answer([sys.executable, str(OURS), str(texts), str(queries), str(rounds)])
        except peer_environment.PeersMissingError as fault:
            print(f"\n{size:,} entries: not measured. {fault}")
            return
        peers: dict[str, Any] = {}
        if with_peers:
            try:
                peers = peer_environment.ask("speed", str(texts), str(queries), str(peer_rounds))
            except peer_environment.PeersMissingError as fault:
                print(f"\nPeers left out: {fault}")
    show(size, ours, peers)


def show(size: int, ours: dict[str, Any], peers: dict[str, Any]) -> None:
    """The table of one size, and below it what Rowbot occupies and how far it is from what memory allows."""
    base = ours["whole"]
    print(f"\n{size:>9,} entries, p50 ms{'':23}{'wall':>9}{'CPU':>9}{'× Rowbot':>10}{'CPU ×':>9}")

    def line(name: str, wall: float, processor: float) -> None:
        print(f"  {name:46}{wall:9.2f}{processor:9.2f}{wall / base[0]:10.2f}{processor / base[1]:9.2f}")

    line("Rowbot, announcement to ranked answer", *base)
    for name in ("rank", "nearest", "put one and rank", "explain three"):
        line(f"  {name}", *ours[name])
    line("numpy float32, embed and scan (vectors alone)", *ours["numpy embed and scan"])
    line("numpy float32, scan", *ours["numpy scan"])
    for name, figures in peers.items():
        line(f"{name} (ready in {figures['ready']:.1f} s)", figures["wall"], figures["processor"])
    speed = ours["copied a second"]
    floor, exact = ours["must read"] / speed * 1e3, size * DIMENSIONS * 4 / speed * 1e3
    print(
        f"  memory copies {speed / 1e9:.1f} GB/s: {ours['must read'] / 1e6:.1f} MB of vectors must be read, {floor:.2f} ms; nearest takes "
        f"× {ours['nearest'][1] / floor:.1f}, rank × {ours['rank'][1] / floor:.1f} of CPU. Every float32: {exact:.2f} ms, numpy's scan × "
        f"{ours['numpy scan'][1] / exact:.1f}"
    )
    part = 100_000 / size
    print(
        f"  ready from stored rows in {ours['ready'][0]:.2f} s ({ours['ready'][1]:.2f} s CPU), {ours['resident'] / 1e6:.0f} MB resident, of which "
        f"{ours['vectors'] / 1e6:.0f} vectors and {ours['words'] / 1e6:.1f} words; per 100,000: {ours['ready'][0] * part:.2f} s "
        f"({ours['ready'][1] * part:.2f} s CPU), {ours['resident'] / 1e6 * part:.0f} MB",
        flush=True,
    )


def registry(size: int) -> list[str]:
    """Texts of about 25 words with the skewed frequencies of real ones: a few common words, many rare names."""
    rng = random.Random(1)
    common = sorted(
        {
            word
            for capability in taxonomy.shipped()
            for phrase in (capability.name, *capability.synonyms)
            for word in phrase.split()
        }
    )
    rare = ["".join(rng.choices(SYLLABLES, k=3)) for _ in range(4000)]
    weights = [1 / (place + 3) for place in range(len(common))]
    rng.shuffle(common)
    return [" ".join([*rng.choices(common, weights, k=20), *rng.choices(rare, k=5)]) for _ in range(size)]


def p50(run: Callable[[int], object], rounds: int = 100) -> float:
    """Median milliseconds of a round, by the clock on the wall, after one that does not count."""
    found = []
    for number in range(rounds + 1):
        begun = time.perf_counter()
        run(number)
        found.append((time.perf_counter() - begun) * 1e3)
    return statistics.median(found[1:])


if __name__ == "__main__":
    main()
