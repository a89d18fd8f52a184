"""Another embedder than the shipped one, and what becomes of a registry when it changes."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sqlmodel import select

from bot.errors import Misconfigured
from bot.features.matching import jobs, service
from bot.features.matching.embedder import Embedder
from bot.features.matching.matcher import Matcher, Probe
from storage.database import Database
from storage.initiatives import AnalysisClaim, Initiative
from storage.unit_of_work import Scope, UnitOfWork

NOW = datetime(2026, 11, 27, tzinfo=UTC)
PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "feature", "store", "drift", "alert", "for", "ranking"]


def varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def field(number: int, content: bytes | int) -> bytes:
    """A field of a protocol buffer."""
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def value(name: str, kind: int, *dimensions: str | int) -> bytes:
    sizes = b"".join(field(1, field(2, d.encode()) if isinstance(d, str) else field(1, d)) for d in dimensions)
    return field(1, name.encode()) + field(2, field(1, field(1, kind) + field(2, sizes)))


def network(dimensions: int) -> bytes:
    """ONNX: each token has a row of a table, which is all that the network says of it."""
    table = np.random.default_rng(3).normal(size=(len(PIECES), dimensions)).astype("<f4")
    weights = (
        field(1, len(PIECES)) + field(1, dimensions) + field(2, 1) + field(8, b"table") + field(9, table.tobytes())
    )
    gather = field(1, b"table") + field(1, b"input_ids") + field(2, b"last_hidden_state") + field(4, b"Gather")
    graph = field(1, gather) + field(2, b"g") + field(5, weights) + field(11, value("input_ids", 7, "n", "t"))
    graph += field(12, value("last_hidden_state", 1, "n", "t", dimensions))
    return field(1, 8) + field(7, graph) + field(8, field(2, 13))


def folder(path: Path, dimensions: int = 48) -> Path:
    (path / "onnx").mkdir(parents=True)
    (path / "onnx" / "model.onnx").write_bytes(network(dimensions))
    (path / "vocab.txt").write_text("\n".join(PIECES))
    return path


def register(uow: UnitOfWork, count: int) -> None:
    uow.workspaces.ensure(now=NOW)
    for number in range(count):
        register_one(uow, "A feature store for ranking" if number == 0 else f"Drift alert {number}")


def register_one(uow: UnitOfWork, title: str) -> None:
    version = uow.workspaces.raise_version()
    uow.initiatives.add(
        Initiative(workspace_id=uow.workspace_id, title=title, folded_title=title.lower(), version=version, created_at=NOW, updated_at=NOW)
    )  # fmt: skip


def first_of(db: Database, scope: Scope, matcher: Matcher) -> tuple[str, bool]:
    """The best match of a search, and whether vectors took part."""
    return db.read_now(scope, looked_for, matcher, matcher.probe("feature store for ranking", ""))


def clock() -> datetime:
    return NOW


def test_each_process_reads_what_no_other_one_has_claimed_and_a_dead_one_s_claim_ends(
    db: Database, scope: Scope
) -> None:
    db.write_now(scope, register, 8)
    processes = [Matcher.load("words"), Matcher.load("words")]
    for each in processes:
        db.read_now(scope, each.catch_up)

    def claimed(process: int, now: datetime = NOW) -> list[int]:
        return sorted(db.write_now(scope, partial(service.claim, limit=4, now=now), processes[process]))

    assert claimed(0) == [1, 2, 3, 4]
    assert claimed(1) == [5, 6, 7, 8]
    assert claimed(1) == []
    # The first one stores two of its four, one of them edited meanwhile; then it dies.
    titles = {1: ("A feature store for ranking", ""), 2: ("Another title", "")}
    probes = dict(zip(titles, processes[0].probes(list(titles.values())), strict=True))
    assert db.write_now(scope, service.keep_analyses, probes) == 1
    # The other one has not looked since: what is stored is not read again, what was edited is.
    assert claimed(1) == [2]
    assert claimed(1, NOW + service.CLAIMED) == [2, 3, 4, 5]


async def test_a_backlog_is_shared_and_nothing_is_read_twice(
    db: Database, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.write_now(scope, register, 40)
    monkeypatch.setattr(jobs, "BATCH", 4)
    both = [Counting(None), Counting(None)]
    await asyncio.gather(*(jobs.follow_registry(db, each, scope, clock) for each in both))
    assert sorted(title for each in both for title in each.read) == sorted(
        ["A feature store for ranking", *(f"Drift alert {n}" for n in range(1, 40))]
    )
    assert all(each.read for each in both)
    assert db.read_now(scope, lambda uow: uow.session.exec(select(AnalysisClaim)).all()) == []


class Counting(Matcher):
    """A process that notes what it reads."""

    def __init__(self, embedder: Embedder | None) -> None:
        super().__init__(embedder)
        self.read: list[str] = []

    def probes(self, texts: Sequence[tuple[str, str]]) -> list[Probe]:
        self.read += [title for title, _ in texts]
        return super().probes(texts)


def looked_for(uow: UnitOfWork, matcher: Matcher, probe: Probe) -> tuple[str, bool]:
    matcher.catch_up(uow)
    best = matcher.listed(uow, probe, capabilities=[], viewer=uow.viewer, limit=1)[0]
    row = uow.initiatives.get(best.id)
    assert row is not None
    return row.title, best.hit.cosine is not None


def test_a_folder_embeds_by_the_mean_of_its_tokens_in_its_own_dimensions(tmp_path: Path) -> None:
    matcher = Matcher.load(str(folder(tmp_path / "m")))
    assert matcher.embedder is not None
    vectors = matcher.embedder.embed(["feature store", "store feature", "drift alert for a ranking"])
    assert vectors.shape == (3, 48)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] == pytest.approx(1, abs=1e-5)
    assert vectors[0] @ vectors[2] < 0.9
    assert matcher.embedder.read("feature store").vector == pytest.approx(vectors[0], abs=1e-5)
    assert matcher.version != Matcher.load(str(folder(tmp_path / "other", 40))).version


def test_a_folder_that_cannot_be_used_is_refused_with_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="no such folder"):
        Matcher.load(str(tmp_path / "gone"))
    with pytest.raises(Misconfigured, match=r"neither model\.onnx nor onnx/model\.onnx"):
        Matcher.load(str(tmp_path))
    path = folder(tmp_path / "m")
    (path / "vocab.txt").unlink()
    with pytest.raises(Misconfigured, match=r"neither vocab\.txt nor tokenizer\.json"):
        Matcher.load(str(path))
    (path / "tokenizer.json").write_text('{"model": {"type": "Unigram"}}')
    with pytest.raises(Misconfigured, match="Unigram"):
        Matcher.load(str(path))
    (path / "tokenizer.json").write_text("{}")
    (path / "vocab.txt").write_text("\n".join(PIECES))
    (path / "onnx" / "model.onnx").write_bytes(b"no network")
    with pytest.raises(Misconfigured, match="cannot be used"):
        Matcher.load(str(path))


async def test_a_registry_is_read_anew_with_a_restart_in_between_and_is_found_by_words_meanwhile(
    db: Database, scope: Scope, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.write_now(scope, register, 30)
    words = Matcher.load("words")
    await jobs.follow_registry(db, words, scope, clock)
    path = str(folder(tmp_path / "m"))

    # Half of it is read; then the process ends.
    monkeypatch.setattr(jobs, "BATCH", 15)
    half = Matcher.load(path)
    await db.read(scope, half.catch_up)
    assert half.waiting(scope.workspace_id) == (30, 30)
    assert first_of(db, scope, half) == ("A feature store for ranking", False)
    some = await db.write(scope, partial(service.claim, limit=15, now=NOW), half)
    probes = half.probes(list(some.values()))
    await db.write(scope, service.keep_analyses, dict(zip(some, probes, strict=True)))

    # Two processes go on where it was.
    both = [Matcher.load(path), Matcher.load(path)]
    await db.read(scope, both[0].catch_up)
    assert both[0].waiting(scope.workspace_id) == (15, 30)
    await asyncio.gather(*(jobs.follow_registry(db, each, scope, clock) for each in both))
    for each in both:
        await db.read(scope, each.catch_up)
        assert each.waiting(scope.workspace_id) == (0, 30)
        assert first_of(db, scope, each) == ("A feature store for ranking", True)

    # Words alone need nothing read anew, and neither does coming back.
    for setting, embedded in (("words", False), (path, True)):
        again = Matcher.load(setting)
        await db.read(scope, again.catch_up)
        assert again.waiting(scope.workspace_id) == (0, 30)
        assert first_of(db, scope, again) == ("A feature store for ranking", embedded)


async def test_from_the_shipped_network_to_words_and_back_only_what_was_written_meanwhile_is_read(
    db: Database, scope: Scope
) -> None:
    db.write_now(scope, register, 3)
    shipped = Matcher.load("shipped")
    await jobs.follow_registry(db, shipped, scope, clock)
    await db.read(scope, shipped.catch_up)
    assert shipped.waiting(scope.workspace_id) == (0, 3)

    words = Matcher.load("words")
    assert first_of(db, scope, words) == ("A feature store for ranking", False)
    assert words.waiting(scope.workspace_id) == (0, 3)
    db.write_now(scope, register_one, "Budgets for hosted models")
    await jobs.follow_registry(db, words, scope, clock)

    back = Matcher.load("shipped")
    assert first_of(db, scope, back) == ("A feature store for ranking", True)
    assert back.waiting(scope.workspace_id) == (1, 4)
    await jobs.follow_registry(db, back, scope, clock)
    await db.read(scope, back.catch_up)
    assert back.waiting(scope.workspace_id) == (0, 4)
