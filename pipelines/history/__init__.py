"""Pure decisions about the history of an article: kind of change, removal, anomalies, and when to fetch again."""
