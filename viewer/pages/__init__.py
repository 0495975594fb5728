"""One module a page: what it asks the ledger, and which template says it. See `viewer.app.routes` for their addresses."""
