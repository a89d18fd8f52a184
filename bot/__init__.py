"""Rowbot: a Slack bot that keeps many ML teams rowing in the same direction."""

__version__ = "0.1.0"
