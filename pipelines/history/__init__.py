"""Pure decisions about the history of an article: what changed, what is gone, what to believe, when to fetch again."""
