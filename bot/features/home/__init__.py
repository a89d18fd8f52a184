"""App Home, and the answer to whoever speaks to the bot."""
