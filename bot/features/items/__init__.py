"""What people wait for: items with an owner, an acknowledgement and one escalation."""
