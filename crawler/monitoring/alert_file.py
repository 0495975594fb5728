"""The book of alerts in its file beside the ledger."""

from __future__ import annotations

import logging
from pathlib import Path

from crawler.monitoring.alert_state import AlertState
from crawler.monitoring.json_files import read_state

logger = logging.getLogger(__name__)

NAME = "alerts"


def read_book(path: Path) -> AlertState:
    """The book in a file; an empty one where there is none, or none of ours."""
    told = read_state(path)
    try:
        return AlertState.from_json(told) if told else AlertState()
    except (LookupError, TypeError, ValueError, AttributeError):
        logger.warning("%s is begun anew: it is no book of alerts", path)
        return AlertState()
