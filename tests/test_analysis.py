"""The examples of docs/analysis.md, run one after the other as a reader would: they print what is printed there."""

from __future__ import annotations

import io
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from tests.cookbook import ROOT, ledger
from tests.crawler.processes import newsledger
from tests.viewer.ledgers import serving

pytestmark = pytest.mark.timeout(300)  # one of them makes the ledger, and the others wait for it
DOCUMENT = ROOT / "docs" / "analysis.md"
SERVED = "http://127.0.0.1:8001"
NEEDS = {"pandas": ("pandas",), "DuckDB, over Parquet": ("duckdb", "pyarrow"), "Over HTTP": ("datasette",)}
"""What a section needs that is not installed for tests: pandas and DuckDB are large, and nothing of ours stands on them."""
_SECTION = re.compile(r"^## (.+?)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^```(python|r|sh|text)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SECTIONS = {title: _BLOCK.findall(text) for title, text in _SECTION.findall(DOCUMENT.read_text(encoding="utf-8"))}


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a reader stands: with the ledger in data/."""
    (tmp_path / "data").symlink_to(ledger(tmp_path_factory).parent)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def served(folder: Path) -> Iterator[str]:
    with serving(folder / "data", "--db", "data/demo.db") as base:
        yield base


@pytest.mark.parametrize("title", SECTIONS)
def test_the_examples_print_what_stands_there(title: str, request: pytest.FixtureRequest, folder: Path) -> None:
    for library in NEEDS.get(title, ()):
        pytest.importorskip(library, reason=f"{library} is not installed")
    if title == "R" and not has_r():
        pytest.skip("R with RSQLite is not installed")
    base = request.getfixturevalue("served") if title == "Over HTTP" else SERVED
    for told, printed in run(SECTIONS[title], folder, base):
        assert printed == told


def has_r() -> bool:
    """Whether R and what it reads SQLite with are there."""
    command = ["Rscript", "-e", 'quit(status = !requireNamespace("RSQLite", quietly = TRUE))']
    return shutil.which("Rscript") is not None and subprocess.run(command, check=False).returncode == 0


def run(blocks: list[tuple[str, str]], folder: Path, base: str) -> Iterator[tuple[str, str]]:
    """Each text with what the program before it printed."""
    names: dict[str, object] = {"__name__": "__main__"}
    printed = ""
    for kind, text in blocks:
        if kind == "sh" and " serve " not in text:
            done = newsledger(*shlex.split(text)[1:], cwd=folder)
            assert done.returncode == 0, done.stderr
        elif kind == "python":
            with redirect_stdout(io.StringIO()) as out:
                exec(compile(text.replace(SERVED, base), DOCUMENT.name, "exec"), names)
            printed = out.getvalue()
        elif kind == "r":
            printed = subprocess.run(["Rscript", "-e", text], cwd=folder, capture_output=True, text=True, check=True).stdout
        elif kind == "text":
            yield text, printed
