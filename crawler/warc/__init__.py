"""WARC files: writing, reading, one response looked up, which responses are kept, erasure, subsets."""
