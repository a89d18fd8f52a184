"""Getting a finished message there exactly once, as far as Slack allows. Knows no feature and no wording."""
