"""Migration 12: what lets a page of the viewer be drawn up without reading the ledger."""

from __future__ import annotations

FEED = """
"""
