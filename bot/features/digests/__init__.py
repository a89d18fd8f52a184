"""A week in one short message, in channels that asked for it."""
