"""What work provides: the taxonomy of capabilities, and how a text is recognised."""
