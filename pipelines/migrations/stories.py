"""Migration 11: stories, the articles of several sites that carry the same copy."""

from __future__ import annotations

STORIES = """
"""
