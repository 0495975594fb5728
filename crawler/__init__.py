"""Crawler: finds, fetches and reads articles, and plans when. Depends on `pipelines`."""

__version__ = "0.2.0"
"""The only place of the version: the build, `--version` and the user agent read it here."""
