"""The grammar of announcements: enough English to find who starts which work. Pure."""
