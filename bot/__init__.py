"""Rowbot: a Slack bot that keeps many ML teams rowing in the same direction."""

import os

__version__ = "0.1.0"

# Before anything imports numpy: its own threads fight with ours, and a search of 2 ms takes 18 on a busy machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
