"""Late captures: those that are older than what the ledger knows of their article, and take their place in its history."""
