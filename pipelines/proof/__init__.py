"""Proof that the record is unchanged since it was written, and what a page said at a moment (RFC 7089)."""
