"""An index that follows the registry's rows, and the memory that bringing them in takes."""

import os
import platform
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from bot.features.matching.allocator import give_back
from bot.features.matching.embedder import DIMENSIONS
from bot.features.matching.matcher import Matcher, pack, unpack
from storage.database import Database
from storage.initiatives import Initiative
from storage.repository import MACHINE
from storage.unit_of_work import Scope, UnitOfWork

NOW = datetime(2026, 11, 27, tzinfo=UTC)
SCOPE = Scope("T1", MACHINE)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(Matcher.load("shipped").embedder)


def register(uow: UnitOfWork, matcher: Matcher, title: str, vector: bytes) -> int:
    uow.workspaces.ensure(now=NOW)
    row = Initiative(workspace_id="T1", title=title, folded_title=title, version=uow.workspaces.raise_version(), created_at=NOW, updated_at=NOW)  # fmt: skip
    uow.session.add(row)
    uow.session.flush()
    uow.initiatives.keep_analysis(row.id, made_from=matcher.made_from(title, ""), vector=vector, stems=title)
    return row.id


def unit(seed: int) -> bytes:
    row = np.random.default_rng(seed).normal(size=DIMENSIONS).astype(np.float32)
    return pack(row / np.float32(np.linalg.norm(row)))


def test_stored_vectors_are_of_unit_length_again() -> None:
    rows = unpack([unit(1), unit(2), bytes(2 * DIMENSIONS)])
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1, 0], abs=1e-6)
    assert rows[1] == pytest.approx(np.frombuffer(unit(2), np.float16).astype(np.float32), abs=1e-3)
    assert unpack([]).shape == (0, DIMENSIONS)


def test_whoever_was_interrupted_reads_everything_again(db: Database, matcher: Matcher) -> None:
    matcher.forget()
    db.write_now(SCOPE, register, matcher, "drift", unit(1))
    broken = db.write_now(SCOPE, register, matcher, "labelling", b"too short")
    for _ in range(2):
        with pytest.raises(ValueError, match=r"buffer size|reshape"):
            db.read_now(SCOPE, matcher.catch_up)
    db.write_now(
        SCOPE,
        lambda uow: uow.initiatives.keep_analysis(
            broken, made_from=matcher.made_from("labelling", ""), vector=unit(2), stems="labelling"
        ),
    )
    assert len(db.read_now(SCOPE, matcher.catch_up)) == 2
    assert matcher.waiting("T1") == (0, 2)


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps what was freed")
def test_what_was_freed_is_given_back() -> None:
    taken = [bytes(3_000) for _ in range(20_000)]
    kept = taken[::100]
    del taken
    before = resident()
    give_back()
    assert resident() < before - 30_000_000
    assert len(kept) == 200


def test_workspaces_that_appear_at_once_do_not_disturb_each_other(db: Database) -> None:
    matcher = Matcher(None)

    def begin(number: int) -> int:
        def put(uow: UnitOfWork) -> int:
            uow.workspaces.ensure(now=NOW)
            version = uow.workspaces.raise_version()
            row = Initiative(workspace_id=f"T{number}", title="drift", folded_title="drift", version=version, created_at=NOW, updated_at=NOW)  # fmt: skip
            uow.session.add(row)
            uow.session.flush()
            return len(matcher.catch_up(uow))

        return db.write_now(Scope(f"T{number}", MACHINE), put)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(begin, range(40))) == [1] * 40
