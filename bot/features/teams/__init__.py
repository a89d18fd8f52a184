"""Teams, their members and leads."""
