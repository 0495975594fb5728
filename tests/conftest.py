"""Hypothesis without deadlines: how long a thing takes is measured in benchmarks/, and never asserted."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("newsledger", deadline=None)
settings.load_profile("newsledger")
