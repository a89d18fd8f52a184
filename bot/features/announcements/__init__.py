"""Announcements: how new work enters: prose, marker, form or shortcut."""
