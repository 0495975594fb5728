"""`@table` fails for each case that fails, by its name, and for no other."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.table import table

ROOT = Path(__file__).resolve().parents[1]
CASES = """
import pytest
from tests.table import table

RUN = []

@pytest.fixture(scope="module")
def limit():
    return 3

@table(("one", "other"), [(1, 1), (2, 0), (5, 5), pytest.param(3, 0, id="third"), (2, 2)])
def test_pairs(one, other, limit):
    RUN.append(one)
    assert one <= limit
    assert one == other

def test_each_has_run():
    assert RUN == [1, 2, 5, 3, 2]

@table("word", ["here", "there", "where"], ids=str.upper)
def test_words(word):
    if word == "there":
        pytest.skip("not beside")
    with pytest.raises(ValueError):
        int("1" if word == "where" else word)

@table("n", [1, 2, 3])
def test_passes(n):
    assert n
"""


def test_each_case_that_fails_is_named_and_those_behind_it_run(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(CASES)
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-rfs", "-p", "no:cacheprovider", "-c", "/dev/null", tmp_path],
                          cwd=ROOT, capture_output=True, text=True, timeout=60)  # fmt: skip
    summary = done.stdout[done.stdout.index("short test summary info") :].splitlines()[1:]
    assert done.returncode == 1
    assert sorted(re.findall(r"^(SUB\w+\[.*?\])", "\n".join(summary), re.MULTILINE)) == [
        "SUBFAILED[2-0]", "SUBFAILED[5-5]", "SUBFAILED[WHERE]", "SUBFAILED[third]", "SUBSKIPPED[THERE]",
    ]  # fmt: skip
    assert "2 passed" in summary[-1]


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(ValueError, match="no cases"):
        table("one", [])
    with pytest.raises(ValueError, match="2 values are wanted"):
        table(("one", "other"), [(1, 2), (1, 2, 3)])
    with pytest.raises(TypeError, match=r"takes no \{'two'\}"):
        table("two", [1])(lambda one: None)
