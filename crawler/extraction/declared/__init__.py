"""Reads what a page declares for machines: JSON-LD, meta elements, the data of its scripts; as proposals."""
