"""Overlaps: what people say of two initiatives that look like the same work."""
