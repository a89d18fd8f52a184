# ruff: noqa: T201 - a benchmark prints, and its chance is no secret
"""What the matcher finds, how fast it is and what it occupies, beside its peers in the same run: `python tests/bench/bench_matching.py [--million]`.

Each has one thread. Peers are installed once, from `peers.txt` into an environment of their own. Three minutes; with `--million` ten more, 6 GB of memory and 3 GB of disk.
"""

import argparse
import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.features.capabilities import taxonomy
from bot.features.matching import ranking
from bot.features.matching.embedder import DIMENSIONS, Embedder
from bot.features.matching.matcher import Matcher
from storage.database import Database
from tests.bench import matching_quality, matching_registry, peer_environment

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
    real = matching_registry.embedded(embedder)
    for size in (*SIZES, *([MILLION] if chosen.million else [])):
        compare(size, embedder, real, with_peers=not chosen.no_peers)
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


def compare(size: int, embedder: Embedder, real: NDArray[np.float32], *, with_peers: bool) -> None:
    """Rowbot and its peers at one size, each in a process of its own."""
    rounds, peer_rounds = ROUNDS[size]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        texts, queries = folder / "texts", folder / "queries"
        prepare(folder, size, embedder, real)
        try:
            ours = peer_environment.answer([sys.executable, str(OURS), name, str(rounds)])
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


def prepare(folder: Path, size: int, embedder: Embedder, real: NDArray[np.float32]) -> None:
    """The registry's rows in a database, its texts, and what is looked for."""
    entries = matching_registry.texts(size)
    (folder / "texts").write_text("\n".join(entries))
    (folder / "queries").write_text("\n".join(" ".join(ranking.wording("", text).split()) for text in SAID))
    np.save(folder / "vectors.npy", real)
    db = Database(f"sqlite:///{folder / 'registry.db'}", survives_power_cut=False)
    try:
        matching_registry.fill(db, Matcher(embedder), entries, real)
    finally:
        db.close()
    gc.collect()


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
    (wall, processor), (read_wall, read_processor) = ours["ready"], ours["read"]
    print(
        f"  proposed by their vectors: {ours['kept'][0]:.2%} of the true best 10, {ours['kept'][1]:.2%} of the true best 128\n"
        f"  ready from stored rows in {wall:.2f} s ({processor:.2f} s CPU), of which the database's reading {read_wall:.2f} s ({read_processor:.2f} s CPU); "
        f"per 100,000: {wall * part:.2f} s ({processor * part:.2f} s CPU), without reading {(wall - read_wall) * part:.2f} s "
        f"({(processor - read_processor) * part:.2f} s CPU)\n"
        f"  {ours['resident'] / 1e6:.0f} MB resident (at most {ours['peak'] / 1e6:.0f} on the way), of which {ours['vectors'] / 1e6:.0f} vectors and "
        f"{ours['words'] / 1e6:.1f} words; per 100,000: {ours['resident'] / 1e6 * part:.0f} MB, × {ours['resident'] / (size * DIMENSIONS * 4):.2f} of the "
        f"vectors alone in float32",
        flush=True,
    )


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
