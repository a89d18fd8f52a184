"""Initiatives: register, edit, hand over, close; the card that stands for one everywhere."""
