"""Pure decisions about the history of an article: kind of change, removal, anomaly, and when to fetch again."""
