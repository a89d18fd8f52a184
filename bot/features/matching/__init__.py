"""Finding existing work that an announcement resembles, and saying why."""
