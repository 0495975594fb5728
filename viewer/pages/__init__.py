"""One module per page: what it reads from the ledger, and its template. See `viewer.app.routes` for the addresses."""
