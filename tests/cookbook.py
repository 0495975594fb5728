"""The demo's ledger and the one that the documents ask, made once a test run; the questions in the documents and their results.

python -m tests.cookbook        writes the results in docs/cookbook.md anew
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from pipelines.queries.questions import answer
from pipelines.queries.questions import questions as asked_for
from pipelines.store.database import Store
from pipelines.stories.update import catch_up
from tests.crawler.processes import newsledger

ROOT = Path(__file__).resolve().parents[1]
COOKBOOK = ROOT / "docs" / "cookbook.md"
SISTERS = ROOT / "docs" / "examples" / "sisters.jsonl"
_QUESTION = re.compile(
    r"^(## (\d+\. .+?)\n\n`newsledger ask ([a-z-]+).*?^```sql\n.*?^```\n)(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL
)
_TABLE = re.compile(r"(?:^\|.*\n)+", re.MULTILINE)


@dataclass(frozen=True)
class Question:
    """One of the cookbook's."""

    title: str
    name: str
    """As it is asked for."""
    result: str
    """The table as it is printed."""
    reads: str
    """What it reads, in words."""


def questions() -> Iterator[Question]:
    """All of the cookbook, in order."""
    for _, title, name, rest in _QUESTION.findall(COOKBOOK.read_text(encoding="utf-8")):
        table = _TABLE.search(rest)
        reads = re.search(r"^Reads .*$", rest, re.MULTILINE)
        yield Question(title, name, table[0] if table else "", reads[0] if reads else "")


def answers(store: Store, name: str) -> list[dict[str, Any]]:
    """What a question of this name comes to with the values that the page gives."""
    return answer(store, name, asked_for()[name].example, datetime(2025, 5, 12, tzinfo=UTC))[1]


def as_table(rows: list[dict[str, Any]]) -> str:
    """Rows as a table of Markdown."""
    names = list(rows[0]) if rows else ["nothing"]
    lines = [names, ["---"] * len(names), *([_cell(value) for value in row.values()] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def demo_day(factory: pytest.TempPathFactory) -> Path:
    """The folder that `newsledger demo` leaves, with its `data/demo.db`, and in `printed.txt` what it printed. Only read it."""
    return _once(factory, "demo-day", _live_through_the_day)


def ledger(factory: pytest.TempPathFactory) -> Path:
    """The demo ledger with the sister papers in it. Only read it."""
    day = demo_day(factory)
    return (
        _once(factory, "asked", lambda folder: _add_sisters(Path(shutil.copytree(day / "data", folder)) / "demo.db")) / "demo.db"
    )


def make(db: Path) -> None:
    """As the cookbook says."""
    done = newsledger("demo", "--db", str(db))
    assert done.returncode == 0, done.stderr
    _add_sisters(db)


def _once(factory: pytest.TempPathFactory, name: str, fill: Callable[[Path], None]) -> Path:
    """A folder that whoever needs it first fills for all workers of the run."""
    root = factory.getbasetemp().parent if os.environ.get("PYTEST_XDIST_WORKER") else factory.getbasetemp()
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / name).exists():
            shutil.rmtree(root / f"{name}.new", ignore_errors=True)
            fill(root / f"{name}.new")
            (root / f"{name}.new").rename(root / name)
    return root / name


def _live_through_the_day(folder: Path) -> None:
    folder.mkdir()
    done = newsledger("demo", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    (folder / "printed.txt").write_text(done.stdout, encoding="utf-8")


def _add_sisters(db: Path) -> None:
    done = newsledger("import", str(SISTERS), "--db", str(db))
    assert done.returncode == 0, done.stderr
    with Store(db) as store:
        catch_up(store, datetime(2025, 5, 11, tzinfo=UTC))


def _cell(value: object) -> str:
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")


def main() -> None:
    """Run each question, and put what comes of it under it."""
    with TemporaryDirectory() as folder:
        db = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder) / "news.db"
        if len(sys.argv) == 1:
            make(db)
        with Store(db, readonly=True) as store:

            def answered(match: re.Match[str]) -> str:
                head, _, name, rest = match.groups()
                rest = "\n" + as_table(answers(store, name)) + "\n" + _TABLE.sub("", rest, count=1).strip("\n") + "\n\n"
                return head + rest

            text = _QUESTION.sub(answered, COOKBOOK.read_text(encoding="utf-8"))
    COOKBOOK.write_text(text.rstrip("\n") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
