"""Bytes of a page -> one tree that all readers share, and what is written on its elements."""
