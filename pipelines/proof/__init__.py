"""Whether the record is what was written, and what a page said at a moment (RFC 7089)."""
