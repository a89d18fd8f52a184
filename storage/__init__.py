"""What is remembered: tables, every query, and the only transactions. Knows neither Slack nor the bot."""
