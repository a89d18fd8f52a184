"""The peers of the matching benchmark in an environment of their own, so that nothing of theirs is installed beside Rowbot."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
PLACE: Final = ROOT / "var" / "bench-venv"
PINNED: Final = Path(__file__).with_name("peers.txt")
SCRIPT: Final = Path(__file__).with_name("matching_peers.py")
PATIENCE: Final = 1200
ONE_THREAD: Final = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"), "1"
)


class PeersMissingError(RuntimeError):
    """They cannot be installed or run here; one sentence says why."""


def ask(*arguments: str) -> dict[str, Any]:
    """What `matching_peers.py` answers in their environment, which is made first where it is missing or of other versions."""
    return answer([str(_python()), str(SCRIPT), *arguments])


def answer(command: list[str]) -> dict[str, Any]:
    """The last line of a program's output, which is JSON; its libraries get one thread.

    Raises:
        PeersMissingError: it failed, or took too long.
    """
    try:
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=PATIENCE, env=os.environ | ONE_THREAD, cwd=ROOT
        )
    except (OSError, subprocess.SubprocessError) as fault:
        raise PeersMissingError(_why(fault)) from fault
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _python() -> Path:
    python = PLACE / "bin" / "python"
    stamp, wanted = PLACE / "installed", hashlib.sha256(PINNED.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    print(f"Installing the peers in {PLACE.relative_to(ROOT)} (once) …", flush=True)  # noqa: T201
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", PLACE], check=True, capture_output=True, text=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:", "-r", PINNED],
            check=True, capture_output=True, text=True, timeout=PATIENCE,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as fault:
        raise PeersMissingError(_why(fault)) from fault
    stamp.write_text(wanted)
    return python


def _why(fault: Exception) -> str:
    said = str(getattr(fault, "stderr", None) or fault).strip().splitlines()
    return said[-1] if said else type(fault).__name__
