"""What admins see and set."""
