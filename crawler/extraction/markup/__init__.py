"""Turns the bytes of a page into one tree that all readers share, and reads the names on its elements."""
