"""The timetable's benchmark, small: the real schedule on a fast clock loses no start and doubles none."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.crawler.processes import environment
from tests.forkserver import run

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "timetable.py"


def test_no_start_is_lost_or_doubled() -> None:
    small = ("--sites", "30", "--rounds", "2", "--every", "5", "--speed", "60", "--jobs", "2")
    done = run([sys.executable, str(SCRIPT), *small], env=environment(), capture_output=True, text=True, check=False, timeout=110)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "lost 0, doubled 0, not planned 0; the ledger is sound: True" in done.stdout
