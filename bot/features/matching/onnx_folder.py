"""An embedder that somebody put into a folder of this machine, laid out as sentence-transformers writes it: `ROWBOT_EMBEDDER=/path`.

Read are `model.onnx` (or `onnx/model.onnx`) and an uncased WordPiece vocabulary (`vocab.txt`, or `tokenizer.json`), as the networks of
the BERT family have it. What the network makes of the tokens is averaged and brought to unit length here. Nothing is fetched.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bot.errors import Misconfigured
from bot.features.matching.embedder import Embedder
from bot.features.matching.wordpiece import WordPiece

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_NETWORKS: Final = ("model.onnx", "onnx/model.onnx")
_STATES: Final = ("last_hidden_state", "token_embeddings")


class _Pooled:
    """A network that says something of each token, as one that says something of the text."""

    def __init__(self, session: Any) -> None:  # noqa: ANN401 - onnxruntime ships no types
        self._session = session
        self._asks = {each.name for each in session.get_inputs()}
        said = [each.name for each in session.get_outputs()]
        self._states = next((name for name in _STATES if name in said), said[0])

    def run(self, outputs: Sequence[str], inputs: dict[str, NDArray[np.int64]]) -> list[NDArray[np.float32]]:
        """As the shipped network answers: `embedding` (texts, dimensions), `tokens` (texts, tokens, dimensions)."""
        given = inputs | {"token_type_ids": np.zeros_like(inputs["input_ids"])}
        (states,) = self._session.run([self._states], {name: given[name] for name in self._asks})
        mask = inputs["attention_mask"][..., None].astype(np.float32)
        means = (states * mask).sum(axis=1) / mask.sum(axis=1)
        vectors = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-6)
        made = {"embedding": vectors.astype(np.float32), "tokens": states}
        return [made[name] for name in outputs]


def load(folder: Path) -> Embedder:
    """The embedder of a folder.

    Raises:
        Misconfigured: something is missing there or cannot be used; says what.
    """
    if not folder.is_dir():
        raise Misconfigured(
            f"ROWBOT_EMBEDDER is {str(folder)!r}, and there is no such folder. It is shipped, words, or the path of a folder with model.onnx and vocab.txt."
        )
    network = next((folder / name for name in _NETWORKS if (folder / name).is_file()), None)
    if network is None:
        raise Misconfigured(f"ROWBOT_EMBEDDER: {folder} has neither model.onnx nor onnx/model.onnx.")
    vocabulary = _vocabulary(folder)
    _refuse_other_pooling(folder)
    try:
        import onnxruntime  # noqa: PLC0415 - matching on words alone works without it

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        session = _Pooled(onnxruntime.InferenceSession(str(network), options, providers=["CPUExecutionProvider"]))
        tokenizer = WordPiece(vocabulary)
        digest = hashlib.sha256(network.read_bytes())
        digest.update("\n".join(vocabulary).encode())
        (vector,) = Embedder(session, tokenizer, "", dimensions=0).vectors_of([tokenizer.encode("a", limit=8)])
    except Exception as fault:  # onnxruntime raises a family of its own that cannot be named without it
        raise Misconfigured(
            f"ROWBOT_EMBEDDER: {network} cannot be used ({str(fault).splitlines()[0]}). Needed is a network that takes input_ids and attention_mask and gives "
            "one row per token."
        ) from fault
    return Embedder(session, tokenizer, f"onnx-{digest.hexdigest()[:12]}", dimensions=len(vector))


def _vocabulary(folder: Path) -> list[str]:
    """The pieces by number.

    Raises:
        Misconfigured: there are none, or of another kind.
    """
    plain, described = folder / "vocab.txt", folder / "tokenizer.json"
    try:
        tokenizer = json.loads(described.read_text(encoding="utf-8")) if described.is_file() else {}
        model, normalizer = tokenizer.get("model") or {}, tokenizer.get("normalizer") or {}
        if tokenizer and (model.get("type") != "WordPiece" or not normalizer.get("lowercase", True)):
            raise Misconfigured(
                f"ROWBOT_EMBEDDER: the tokenizer of {folder} is {model.get('type', 'of no type')}{'' if normalizer.get('lowercase', True) else ', cased'}; "
                "only uncased WordPiece (BERT, MiniLM, BGE, E5 in English …) is read."
            )
        if plain.is_file():
            return plain.read_text(encoding="utf-8").split("\n")
        pieces = model["vocab"]
        return sorted(pieces, key=pieces.__getitem__)
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as fault:
        missing = (
            "neither vocab.txt nor tokenizer.json"
            if not tokenizer_there(folder)
            else "a vocabulary that cannot be read"
        )
        raise Misconfigured(f"ROWBOT_EMBEDDER: {folder} has {missing}.") from fault


def tokenizer_there(folder: Path) -> bool:
    """Whether the folder says anything of a tokenizer."""
    return any((folder / name).is_file() for name in ("vocab.txt", "tokenizer.json"))


def _refuse_other_pooling(folder: Path) -> None:
    described = folder / "1_Pooling" / "config.json"
    try:
        chosen = json.loads(described.read_text(encoding="utf-8")) if described.is_file() else {}
    except (OSError, ValueError) as fault:
        raise Misconfigured(f"ROWBOT_EMBEDDER: {described} cannot be read.") from fault
    if not chosen.get("pooling_mode_mean_tokens", True):
        raise Misconfigured(
            f"ROWBOT_EMBEDDER: {folder} does not average its tokens (1_Pooling/config.json); only the mean is made here."
        )
