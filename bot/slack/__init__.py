"""Slack's protocol: no feature's words live here."""
