"""The shipped network: what its vectors promise."""

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from bot.features.capabilities import taxonomy
from bot.features.matching import concepts as concepts_module
from bot.features.matching.concepts import Concepts
from bot.features.matching.embedder import DIMENSIONS, Embedder, EmbedderUnavailableError

MODEL = Path(concepts_module.__file__).with_name("model")


def test_the_same_idea_in_other_words_is_nearer_than_another_idea(embedder: Embedder) -> None:
    store, online, lunch = embedder.embed(
        ["a feature store", "a place that serves model features", "the lunch menu of Friday"]
    )
    assert store @ online > 0.5
    assert store @ lunch < 0.2


def test_vectors_have_unit_length_in_the_order_of_the_texts(embedder: Embedder) -> None:
    texts = ["short", "a much longer text about drift detection in production " * 5, "", "ünïcode 数据 🎉"]
    vectors = embedder.embed(texts)
    assert vectors.shape == (4, DIMENSIONS)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for text, vector in zip(texts, vectors, strict=True):
        assert embedder.embed([text])[0] @ vector > 0.9999


def test_a_vector_does_not_depend_on_its_neighbours(embedder: Embedder) -> None:
    text = "GPU quota for training jobs"
    alone = embedder.embed([text])[0]
    crowded = embedder.embed(["x", text, "a long one " * 80, *["noise and more noise"] * 40])[1]
    assert alone @ crowded > 0.9999


def test_what_follows_the_longest_text_is_not_read(embedder: Embedder) -> None:
    long = "feature store " * 200
    assert np.allclose(embedder.embed([long]), embedder.embed([long + "and something else entirely"]), atol=1e-6)


def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, DIMENSIONS)


def test_threads_share_one_embedder(embedder: Embedder) -> None:
    texts = [f"initiative number {number} about drift" for number in range(24)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: embedder.embed([text])[0], texts))
    assert np.allclose(found, embedder.embed(texts), atol=1e-4)


def test_a_missing_network_is_a_sentence_and_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(EmbedderUnavailableError, match="matching uses words alone"):
        Embedder.load(tmp_path)
    (tmp_path / "all-minilm-l6-v2-int8.onnx").write_bytes(b"no network")
    (tmp_path / "vocab.txt").write_text("[CLS]\n[SEP]\n[UNK]")
    with pytest.raises(EmbedderUnavailableError, match=r"tools/build_model\.py"):
        Embedder.load(tmp_path)


def test_without_onnxruntime_the_embedder_is_unavailable() -> None:
    program = (
        "import sys; sys.modules['onnxruntime'] = None\n"
        "from bot.features.matching.embedder import Embedder, EmbedderUnavailableError\n"
        "try:\n    Embedder.load()\nexcept EmbedderUnavailableError as error:\n    print(error)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("onnxruntime cannot be imported")


def test_the_shipped_files_are_those_of_the_notice() -> None:
    notice = (MODEL / "NOTICE").read_text()
    for name in ("all-minilm-l6-v2-int8.onnx", "vocab.txt"):
        assert f"{hashlib.sha256((MODEL / name).read_bytes()).hexdigest()}  {name}" in notice


def test_the_version_names_the_network(embedder: Embedder) -> None:
    digest = hashlib.sha256((MODEL / "all-minilm-l6-v2-int8.onnx").read_bytes()).hexdigest()
    assert embedder.version.endswith(digest[:12])


def test_the_kept_concepts_are_those_of_the_present_taxonomy(
    embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Concepts.of(taxonomy.shipped(), embedder)
    assert kept.made_from == "", "the taxonomy changed: run tools/fit_matcher.py, which makes concepts.npz again"
    monkeypatch.setattr(concepts_module, "KEPT", Path("nowhere.npz"))
    fresh = Concepts.of(taxonomy.shipped(), embedder)
    assert fresh.keys == kept.keys
    assert float((fresh.vectors * kept.vectors).sum(axis=1).min()) > 0.999
