"""Runs newsledger.ipynb and keeps what it draws in it.

LEDGER=data/demo.db python docs/notebooks/run.py         needs nbclient, ipykernel, pandas and matplotlib
"""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).with_name("newsledger.ipynb")
MOVING = ("execution", "widgets")
"""What each run would write anew: when it ran."""


def main() -> None:
    """Run in the folder in which one stands; a cell that fails stops it, and nothing is written."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(Path.cwd())}}).execute()
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        for name in MOVING:
            cell.metadata.pop(name, None)
    nbformat.validate(notebook)
    nbformat.write(notebook, NOTEBOOK)
    print(f"{NOTEBOOK.name}: {NOTEBOOK.stat().st_size:,} bytes, of {os.environ.get('LEDGER', 'data/demo.db')}")  # noqa: T201


if __name__ == "__main__":
    main()
