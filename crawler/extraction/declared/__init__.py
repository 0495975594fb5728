"""What a page says of itself for machines: JSON-LD, meta elements, the data of its scripts; as proposals."""
