"""The network as an ONNX graph: run by build_model.py with `WEIGHTS VOCABULARY TARGET`, in an environment that has onnx.

Why not the common quantiser: it takes one scale for all activations of a batch, so a text's vector depends on the texts
beside it. Here each token has its own scale: vectors do not depend on the batch and lie closer to the exact ones. The weights
use 7 of their 8 bits because processors without VNNI add two products in 16 bits, which 8-bit weights overflow.
"""

import sys
from math import erf, sqrt
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bot.features.matching.wordpiece import WordPiece

LAYERS: Final = 6
WIDTH: Final = 384
HEADS: Final = 12
LONGEST_TEXT: Final = 256
"""Tokens; the sentence network was trained with this limit, so later positions are not shipped."""
WEIGHT_LEVELS: Final = 63
"""Weights are -63..63: two products with an 8-bit activation then fit in 16 bits (2 * 255 * 63 < 32768)."""
LEAST_LIKENESS: Final = 0.99
"""The cosine to the exact network that every sample text must reach."""

SAMPLES: Final = (
    "We're kicking off a feature store for ranking",
    "Online features on Feast",
    "Detect drift in production models and page the owning team before customers notice",
    "nightly batch scoring of churn, moved from cron to a scheduler with retries",
    "GPU quota and gang scheduling for training jobs across three clusters, with preemption of idle notebooks",
    "vector search for support articles",
)


def main() -> None:
    """Writes the network and checks it against an exact forward pass in numpy."""
    weights_path, vocabulary, target = map(Path, sys.argv[1:])

    weights = load_file(weights_path)
    network = Graph(weights).model()
    onnx.checker.check_model(network)
    target.write_bytes(network.SerializeToString(deterministic=True))
    verify(target, vocabulary, weights)


class Graph:
    """The network as ONNX nodes: token numbers and a mask (texts, tokens) in, vectors of unit length (texts, 384) out.

    The second output, what it makes of each token (texts, tokens, 384), costs nothing where nobody asks for it.
    """

    def __init__(self, weights: dict[str, NDArray[np.float32]]) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def model(self) -> onnx.ModelProto:
        """The whole network. The mask is 1 for tokens and 0 for padding."""
        mask = self.node("Cast", "attention_mask", to=TensorProto.FLOAT)
        one = self.constant("one", np.array(1, np.float32))
        # -10000 in front of the softmax is exactly zero behind it, so padding leaves no trace.
        hidden = self.constant("hidden", np.array(10_000, np.float32))
        bias = self.node("Unsqueeze", self.node("Mul", self.node("Sub", mask, one), hidden), self.axes(1, 2))
        state = self.embedding()
        for layer in range(LAYERS):
            state = self.layer(state, bias, f"encoder.layer.{layer}")
        each = self.node("Unsqueeze", mask, self.axes(2))
        total = self.node("ReduceSum", self.node("Mul", state, each), self.axes(1), keepdims=0)
        mean = self.node("Div", total, self.node("ReduceSum", each, self.axes(1), keepdims=0))
        self.nodes.append(helper.make_node("LpNormalization", [mean], ["embedding"], axis=-1, p=2))
        self.nodes.append(helper.make_node("Identity", [state], ["tokens"]))
        graph = helper.make_graph(
            self.nodes,
            "all-minilm-l6-v2-int8",
            [
                helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"])
                for name in ("input_ids", "attention_mask")
            ],
            [
                helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["texts", WIDTH]),
                helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["texts", "tokens", WIDTH]),
            ],
            self.constants,
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)

    def embedding(self) -> str:
        """Word vectors (whole numbers with one scale per word) plus positions; the segment is always the first."""
        words = self.weights["embeddings.word_embeddings.weight"]
        scale = np.maximum(np.abs(words).max(axis=1, keepdims=True) / 127, np.float32(1e-12)).astype(np.float32)
        whole = self.constant("words", np.round(words / scale).astype(np.int8))
        rows = self.node("Cast", self.node("Gather", whole, "input_ids"), to=TensorProto.FLOAT)
        found = self.node("Mul", rows, self.node("Gather", self.constant("words.scale", scale), "input_ids"))
        places = (
            self.weights["embeddings.position_embeddings.weight"][:LONGEST_TEXT]
            + self.weights["embeddings.token_type_embeddings.weight"][0]
        )
        length = self.node("Gather", self.node("Shape", "input_ids"), self.axes(1))
        here = self.node("Slice", self.constant("places", places), self.axes(0), length)
        return self.norm(self.node("Add", found, here), "embeddings.LayerNorm")

    def layer(self, state: str, bias: str, name: str) -> str:
        """One transformer block: attention with query, key and value from one product, then the wide layer."""
        names = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        shrink = np.float32(1 / np.sqrt(WIDTH / HEADS))
        scales = (shrink, np.float32(1), np.float32(1))
        joined = [
            np.concatenate([self.weights[f"{part}.{kind}"] * s for part, s in zip(names, scales, strict=True)])
            for kind in ("weight", "bias")
        ]
        parts = self.outputs(
            3, "Split", self.linear(state, joined[0], joined[1], f"{name}.qkv"), self.axes(*[WIDTH] * 3), axis=-1
        )
        heads = self.axes(0, 0, HEADS, WIDTH // HEADS)
        query, key, value = (
            self.node("Transpose", self.node("Reshape", part, heads), perm=order)
            for part, order in zip(parts, ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]), strict=True)
        )
        attention = self.node("Softmax", self.node("Add", self.node("MatMul", query, key), bias), axis=-1)
        mixed = self.node("Transpose", self.node("MatMul", attention, value), perm=[0, 2, 1, 3])
        flat = self.node("Reshape", mixed, self.axes(0, 0, WIDTH))
        attended = self.node("Add", self.named(flat, f"{name}.attention.output.dense"), state)
        state = self.norm(attended, f"{name}.attention.output.LayerNorm")
        wide = self.node("Gelu", self.named(state, f"{name}.intermediate.dense"))
        return self.norm(self.node("Add", self.named(wide, f"{name}.output.dense"), state), f"{name}.output.LayerNorm")

    def named(self, source: str, name: str) -> str:
        """The linear layer of that name in the weights."""
        return self.linear(source, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"], name)

    def linear(self, source: str, weight: NDArray[np.float32], bias: NDArray[np.float32], name: str) -> str:
        """A product in whole numbers: one scale per column of the weights, one per token of what flows in."""
        columns = weight.T
        scale = (np.abs(columns).max(axis=0) / WEIGHT_LEVELS).astype(np.float32)
        whole = self.constant(f"{name}.whole", np.round(columns / scale).astype(np.int8))
        largest = self.node("ReduceMax", self.node("Abs", source), self.axes(-1), keepdims=1)
        least = self.constant("least", np.array(1e-9, np.float32))
        step = self.node("Mul", self.node("Max", largest, least), self.constant("step", np.array(1 / 127, np.float32)))
        shifted = self.node(
            "Add",
            self.node("Round", self.node("Div", source, step)),
            self.constant("middle", np.array(128, np.float32)),
        )
        tokens = self.node("Cast", shifted, to=TensorProto.UINT8)
        product = self.node("MatMulInteger", tokens, whole, self.constant("zero", np.array(128, np.uint8)))
        real = self.node("Mul", self.node("Cast", product, to=TensorProto.FLOAT), step)
        real = self.node("Mul", real, self.constant(f"{name}.scale", scale))
        return self.node("Add", real, self.constant(f"{name}.bias", bias))

    def norm(self, source: str, name: str) -> str:
        """Layer normalisation with its two learnt vectors."""
        learnt = [self.constant(f"{name}.{kind}", self.weights[f"{name}.{kind}"]) for kind in ("weight", "bias")]
        return self.node("LayerNormalization", source, *learnt, epsilon=1e-12, axis=-1)

    def node(self, kind: str, *inputs: str, **attributes: float | list[int]) -> str:
        """Adds an operator with one output and returns the output's name."""
        return self.outputs(1, kind, *inputs, **attributes)[0]

    def outputs(self, count: int, kind: str, *inputs: str, **attributes: float | list[int]) -> list[str]:
        """Adds an operator and returns the names of its outputs."""
        names = [f"{kind}_{len(self.nodes)}_{number}" for number in range(count)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names

    def constant(self, name: str, value: NDArray[Any]) -> str:
        """Adds a constant once and returns its name."""
        if all(known.name != name for known in self.constants):
            self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def axes(self, *numbers: int) -> str:
        """A constant list of whole numbers: axes, shapes, lengths."""
        return self.constant("axes." + ".".join(map(str, numbers)), np.array(numbers, np.int64))


def verify(target: Path, vocabulary: Path, weights: dict[str, NDArray[np.float32]]) -> None:
    """Compares the network with an exact forward pass, and a text alone with the same text in a padded batch."""
    tokenizer = WordPiece.load(vocabulary)
    session = onnxruntime.InferenceSession(target, providers=["CPUExecutionProvider"])
    texts = [tokenizer.encode(text, limit=LONGEST_TEXT) for text in SAMPLES]
    longest = max(map(len, texts))
    numbers = np.array([[*text, *[0] * (longest - len(text))] for text in texts], np.int64)
    mask = np.array([[1] * len(text) + [0] * (longest - len(text)) for text in texts], np.int64)
    together = session.run(None, {"input_ids": numbers, "attention_mask": mask})[0]
    for text, sample, row in zip(texts, SAMPLES, together, strict=True):
        ids = np.array([text], np.int64)
        alone = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]
        likeness, steady = float(alone @ exact(weights, ids[0])), float(alone @ row)
        print(f"cosine to the exact network {likeness:.4f}, alone to batch {steady:.6f}  {sample[:50]}")
        if likeness < LEAST_LIKENESS or steady < 0.9999:
            raise SystemExit("The built network does not say what the exact one says. Nothing was published.")


def exact(weights: dict[str, NDArray[np.float32]], ids: NDArray[np.int64]) -> NDArray[np.float64]:
    """The published network in plain float arithmetic, for one text without padding: the reference of `verify`."""

    def linear(value: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        product: NDArray[np.float64] = value @ weights[f"{name}.weight"].T.astype(np.float64) + weights[f"{name}.bias"]
        return product

    def norm(value: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        centred = value - value.mean(-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        normal: NDArray[np.float64] = centred / spread * weights[f"{name}.weight"] + weights[f"{name}.bias"]
        return normal

    def gelu(value: NDArray[np.float64]) -> NDArray[np.float64]:

        bent: NDArray[np.float64] = value * 0.5 * (1 + np.vectorize(erf)(value / sqrt(2)))
        return bent

    table = "embeddings"
    state = weights[f"{table}.word_embeddings.weight"][ids].astype(np.float64)
    state += weights[f"{table}.position_embeddings.weight"][: len(ids)]
    state = norm(state + weights[f"{table}.token_type_embeddings.weight"][0], f"{table}.LayerNorm")
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        query, key, value = (
            linear(state, f"{name}.attention.self.{part}").reshape(len(ids), HEADS, -1).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / np.sqrt(WIDTH / HEADS)
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        shares /= shares.sum(-1, keepdims=True)
        mixed = (shares @ value).transpose(1, 0, 2).reshape(len(ids), WIDTH)
        state = norm(state + linear(mixed, f"{name}.attention.output.dense"), f"{name}.attention.output.LayerNorm")
        wide = gelu(linear(state, f"{name}.intermediate.dense"))
        state = norm(state + linear(wide, f"{name}.output.dense"), f"{name}.output.LayerNorm")
    mean = state.mean(0)
    vector: NDArray[np.float64] = mean / np.linalg.norm(mean)
    return vector


if __name__ == "__main__":
    main()
