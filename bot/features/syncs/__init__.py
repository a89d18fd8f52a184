"""Syncs: recurring conversations between leads; their rounds, prompts, answers and summaries."""
