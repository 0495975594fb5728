"""What leaves the ledger for good: texts of redacted articles, and fetches, crawls and archived pages past their retention."""
