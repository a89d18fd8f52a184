"""Texts to vectors whose cosine says how alike their meaning is, by the network shipped in `model/`. No other process, no network."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from bot.features.matching.english import is_english
from bot.features.matching.wordpiece import WordPiece

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

DIMENSIONS: Final = 384
LONGEST_TEXT: Final = 256
"""Tokens, about 190 English words; the network was trained with this limit and what follows is not read."""
ENDS_WEIGHT: Final = 0.5
"""Of the tokens around a text when its words are weighed, against the mean of its own."""

_SHIPPED: Final = Path(__file__).with_name("model")
_NETWORK: Final = "all-minilm-l6-v2-int8.onnx"
_VOCABULARY: Final = "vocab.txt"
# Padded tokens in one run: keeps the largest intermediate tables at a few MB without losing speed.
_TOKENS_AT_ONCE: Final = 2048


class _Session(Protocol):
    """The part of onnxruntime's session that is used; the library ships no types."""

    def run(self, outputs: list[str], inputs: dict[str, NDArray[np.int64]]) -> list[NDArray[np.float32]]: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """A text that is looked for: its vector, and what each of its words adds to it, so that words can be weighed anew."""

    vector: NDArray[np.float32]
    words: tuple[str, ...]
    """In lower case, in order, punctuation included."""
    parts: NDArray[np.float32]
    """What the network made of each word, added up over its tokens: (words, 384)."""
    tokens: NDArray[np.float32]
    """How many tokens each word became."""
    ends: NDArray[np.float32]
    """What it made of the two tokens around every text, added up: (384,)."""

    def weighed(self, weight: Callable[[str], float]) -> NDArray[np.float32]:
        """The text's vector, of unit length, if each word counted by its weight (above 0) instead of all alike."""
        if not self.words:
            return self.vector
        weights = np.array([weight(word) for word in self.words], np.float32)
        mean = float(weights @ self.tokens / self.tokens.sum())
        total: NDArray[np.float32] = weights @ self.parts + ENDS_WEIGHT * mean * self.ends
        return total / max(float(np.linalg.norm(total)), 1e-6)


class EmbedderUnavailableError(RuntimeError):
    """The network cannot be run here. Matching goes on with words alone; the sentence says why and what to do."""


class Embedder:
    """The loaded network. Safe to share between threads; one thread computes per call, so load does not starve the loop.

    A text's vector depends on that text alone, not on what stands beside it in a batch.
    """

    def __init__(
        self,
        session: _Session,
        tokenizer: WordPiece,
        version: str,
        *,
        dimensions: int = DIMENSIONS,
        reads_english_only: bool = False,
    ) -> None:
        self.dimensions: Final = dimensions
        self.reads_english_only: Final = reads_english_only
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
        version = f"minilm-l6-int8-{hashlib.sha256(network).hexdigest()[:12]}"
        return cls(session, tokenizer, version, reads_english_only=True)

    def can_read(self, text: str) -> bool:
        """Whether its vector of a text means anything: to the shipped network, all German texts say nearly the same, and all emoji."""
        return any(map(str.isalpha, text)) and (not self.reads_english_only or is_english(text))

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of unit length, one row per text in the given order: (texts, dimensions). About 4 ms for an announcement.

        Only the first 256 tokens of a text are read. An empty text has a vector too, near nothing in particular.
        """
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        encoded = [self._tokenizer.encode(text, limit=LONGEST_TEXT) for text in texts]
        order = sorted(range(len(texts)), key=lambda number: len(encoded[number]))
        start = 0
        while start < len(order):
            end = start + 1
            while end < len(order) and (end + 1 - start) * len(encoded[order[end]]) <= _TOKENS_AT_ONCE:
                end += 1
            chosen = order[start:end]
            vectors[chosen] = self.vectors_of([encoded[number] for number in chosen])
            start = end
        return vectors

    def read(self, text: str) -> Reading:
        """A text to look for: its vector, the same as `embed` gives, and the part that each word has in it."""
        numbers, words = self._tokenizer.encode_words(text, limit=LONGEST_TEXT)
        ids = np.array([numbers], np.int64)
        vectors, states = self._session.run(
            ["embedding", "tokens"], {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        )
        counts = [count for _, count in words]
        starts = np.cumsum([1, *counts[:-1]])
        parts = np.add.reduceat(states[0][:-1], starts) if words else states[0][:0]
        return Reading(
            vectors[0],
            tuple(word for word, _ in words),
            parts,
            np.array(counts, np.float32),
            states[0][0] + states[0][-1],
        )

    def vectors_of(self, batch: list[list[int]]) -> NDArray[np.float32]:
        """A vector per list of token numbers, in one run of the network."""
        longest = max(map(len, batch))
        numbers = np.zeros((len(batch), longest), np.int64)
        mask = np.zeros_like(numbers)
        for row, tokens in enumerate(batch):
            numbers[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        (vectors,) = self._session.run(["embedding"], {"input_ids": numbers, "attention_mask": mask})
        return vectors
