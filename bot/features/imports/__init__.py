"""Imports: what exists already comes in from a file, and comes in again without harm."""
