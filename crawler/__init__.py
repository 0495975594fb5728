"""Crawler: finds, fetches and reads articles, and plans when. Stands on `pipelines`."""

__version__ = "0.2.0"
"""The one place of the version: the build, `--version` and the user agent read it here."""
