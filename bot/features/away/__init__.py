"""Days off and hours: who is away when, said in words, in a form, or by a Slack status; and what follows from it."""
