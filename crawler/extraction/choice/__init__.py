"""Of the values that were proposed, the one that the article gets, and why."""
