"""WARC files: writing, reading, looking up one response, choosing which responses are kept, erasure, subsets."""
