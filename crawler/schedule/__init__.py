"""When to look, and when to look again."""
