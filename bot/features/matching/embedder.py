"""Texts to vectors whose cosine says how alike their meaning is, by the network shipped in `model/`. No other process, no network."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from bot.features.matching.wordpiece import WordPiece

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

DIMENSIONS: Final = 384
LONGEST_TEXT: Final = 256
"""Tokens, about 190 English words; the network was trained with this limit and what follows is not read."""

_SHIPPED: Final = Path(__file__).with_name("model")
_NETWORK: Final = "all-minilm-l6-v2-int8.onnx"
_VOCABULARY: Final = "vocab.txt"
# Padded tokens in one run: keeps the largest intermediate tables at a few MB without losing speed.
_TOKENS_AT_ONCE: Final = 2048


class _Session(Protocol):
    """The part of onnxruntime's session that is used; the library ships no types."""

    def run(self, outputs: None, inputs: dict[str, NDArray[np.int64]]) -> list[NDArray[np.float32]]: ...


class EmbedderUnavailableError(RuntimeError):
    """The network cannot be run here. Matching goes on with words alone; the sentence says why and what to do."""


class Embedder:
    """The loaded network. Safe to share between threads; one thread computes per call, so load does not starve the loop.

    A text's vector depends on that text alone, not on what stands beside it in a batch.
    """

    dimensions: Final = DIMENSIONS

    def __init__(self, session: _Session, tokenizer: WordPiece, version: str) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self.version: Final = version
        """Changes with every other network; vectors of two versions must not be compared."""

    @classmethod
    def load(cls, path: Path | None = None) -> Embedder:
        """The network of a folder (the shipped one by default), in about a tenth of a second.

        Raises EmbedderUnavailableError if onnxruntime is missing or the files cannot be read.
        """
        folder = path or _SHIPPED
        try:
            import onnxruntime  # noqa: PLC0415 - matching on words alone works without it
        except ImportError as error:
            raise EmbedderUnavailableError(
                f"onnxruntime cannot be imported ({error}), so matching uses words alone. Install it for this Python."
            ) from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            network = (folder / _NETWORK).read_bytes()
            tokenizer = WordPiece.load(folder / _VOCABULARY)
            session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises a family of its own that cannot be named without it
            raise EmbedderUnavailableError(
                f"The network in {folder} cannot be used ({error}), so matching uses words alone. "
                "Restore the folder from the release, or build it with tools/build_model.py."
            ) from error
        return cls(session, tokenizer, f"minilm-l6-int8-{hashlib.sha256(network).hexdigest()[:12]}")

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of unit length, one row per text in the given order: (texts, 384). About 4 ms for an announcement.

        Only the first 256 tokens of a text are read. An empty text has a vector too, near nothing in particular.
        """
        vectors = np.empty((len(texts), DIMENSIONS), np.float32)
        encoded = [self._tokenizer.encode(text, limit=LONGEST_TEXT) for text in texts]
        order = sorted(range(len(texts)), key=lambda number: len(encoded[number]))
        start = 0
        while start < len(order):
            end = start + 1
            while end < len(order) and (end + 1 - start) * len(encoded[order[end]]) <= _TOKENS_AT_ONCE:
                end += 1
            chosen = order[start:end]
            vectors[chosen] = self._run([encoded[number] for number in chosen])
            start = end
        return vectors

    def _run(self, batch: list[list[int]]) -> NDArray[np.float32]:
        longest = max(map(len, batch))
        numbers = np.zeros((len(batch), longest), np.int64)
        mask = np.zeros_like(numbers)
        for row, tokens in enumerate(batch):
            numbers[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        (vectors,) = self._session.run(None, {"input_ids": numbers, "attention_mask": mask})
        return vectors
