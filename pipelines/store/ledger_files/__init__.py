"""The ledger as a file: copies of it, its upgrade, and ledgers that somebody else made."""
