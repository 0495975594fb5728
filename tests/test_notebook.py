"""The notebook is valid, holds what it drew, and runs from its first cell to its last on the ledger that the documents ask."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cookbook import ROOT, ledger

pytestmark = pytest.mark.timeout(300)  # one of them makes the ledger, and the others wait for it
NOTEBOOK = ROOT / "docs" / "notebooks" / "newsledger.ipynb"
MAX_BYTES = 400_000
PICTURES = 8


def cells(kind: str) -> list[dict[str, Any]]:
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] == kind]


def test_it_holds_its_pictures_and_is_small() -> None:
    outputs = [output for cell in cells("code") for output in cell["outputs"]]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == PICTURES
    assert {output["output_type"] for output in outputs} <= {"display_data", "execute_result"}, "no error, no warning"
    assert [cell["execution_count"] for cell in cells("code")] == list(range(1, PICTURES + 2)), "run once, from top to bottom"
    assert NOTEBOOK.stat().st_size < MAX_BYTES


def test_it_says_nothing_of_where_it_was_run() -> None:
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert not any(place in text for place in ("/tmp/", "/home/", "/root/", "/work/"))


def test_it_is_what_the_format_demands() -> None:
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    nbformat.validate(nbformat.read(NOTEBOOK, as_version=4))


def test_its_cells_run(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    """In a process of its own, as a program: pandas and matplotlib are large, and are skipped where they are not."""
    for library in ("pandas", "matplotlib"):
        pytest.importorskip(library, reason=f"{library} is not installed")
    program = "\n\n".join("".join(cell["source"]) for cell in cells("code"))
    drawn = f"\nassert len(plt.get_fignums()) == {PICTURES}, plt.get_fignums()\n"
    env = os.environ | {"LEDGER": str(ledger(tmp_path_factory)), "MPLBACKEND": "agg", "MPLCONFIGDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program + drawn], env=env, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
