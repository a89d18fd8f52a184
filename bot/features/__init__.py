"""What Rowbot does, a folder a feature. Each imports only from those to its left (see docs/tour.md)."""
