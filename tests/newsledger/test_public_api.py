"""The public face: its examples run as they stand, what it exports is what is documented, and importing it is light."""

from __future__ import annotations

import doctest
import inspect
import subprocess
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

import newsledger
from newsledger import ledger
from pipelines.queries import results
from tests.factories import URL, article, new_ledger, new_store

ROOT = Path(__file__).resolve().parents[2]
METHODS = (
    *("answer", "article", "changes", "history", "revision", "search", "site_health", "stories", "table", "takedowns"),
    "url_report",
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the examples run: `news.db` holds one article of two revisions."""
    with new_store(tmp_path) as store:
        writer = new_ledger(store)
        body = "Firefighters were called to Cross Mill at 4.10am."
        writer.record(article(body))
        longer = f"{body}\n\nTwo people were hurt."
        writer.record(article(longer, seen=120, headline="Two hurt in fire at Cross Mill"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("module", [newsledger, ledger], ids=lambda module: module.__name__)
def test_examples_run(module: object, folder: Path) -> None:
    found = [one for one in doctest.DocTestFinder(exclude_empty=True).find(module) if one.examples]  # type: ignore[arg-type]
    names = {one.name.rpartition(".")[2] for one in found}
    assert names >= set(newsledger.__all__ if module is newsledger else METHODS), "each function has an example"
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    report: list[str] = []
    for one in found:
        runner.run(one, out=report.append)
    assert runner.failures == 0, "".join(report)


def test_exports_are_those_of_the_design() -> None:
    assert newsledger.__all__ == sorted(["open", "extract", "parse_byline", "parse_timestamp", "split_caption", "canonicalize"])
    public = {name for name, value in vars(newsledger).items() if inspect.isfunction(value) and not name.startswith("_")}
    assert public == set(newsledger.__all__)
    methods = {name for name, _ in inspect.getmembers(ledger.Ledger, inspect.isfunction) if not name.startswith("_")}
    assert methods == {*METHODS, "close"}


def test_an_import_loads_nothing_else() -> None:
    program = "import sys, newsledger; print(sorted({name.partition('.')[0] for name in sys.modules} & {'crawler', 'pipelines',"
    program += " 'viewer', 'lxml', 'scrapy', 'sqlite_utils', 'trafilatura'}))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_an_open_ledger_loads_no_crawler() -> None:
    program = (
        "import sys; from newsledger.ledger import Ledger; print(sorted({'scrapy', 'lxml', 'trafilatura'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_results_are_frozen_values() -> None:
    kinds = [kind for _, kind in inspect.getmembers(results, is_dataclass) if kind.__module__ == results.__name__]
    assert len(kinds) > 5
    for kind in [*kinds, ledger.ArticleView]:
        assert kind.__dataclass_params__.frozen, kind  # type: ignore[union-attr]
        assert not hasattr(kind, "__dict__") or "__slots__" in vars(kind), kind
        assert fields(kind)


def test_what_is_not_there(folder: Path) -> None:
    with newsledger.open("news.db") as opened:
        with pytest.raises(ledger.ArticleNotFoundError, match="never-seen"):
            opened.history("https://paper.example/news/never-seen")
        with pytest.raises(IndexError):
            opened.revision(URL, 3)
        assert repr(opened) == "newsledger.open('news.db')"
    with pytest.raises(Exception, match="no ledger here yet"):
        newsledger.open(folder / "other.db")


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_data_frame_is_one_call(library: str, folder: Path) -> None:
    pytest.importorskip(library, reason=f"{library} is not installed")
    with newsledger.open("news.db") as opened:
        changes = opened.changes()
        frame = getattr(opened.table(changes), f"to_{library}")()
        asked = getattr(opened.answer("growing", since="2025-03-01"), f"to_{library}")()
    assert (frame.shape, asked.shape) == ((2, len(frame.columns)), (1, 6))
    assert "datetime" in str(frame["first_seen"].dtype).lower()
    assert list(frame["words_added"]) == [change.words_added for change in changes]


def test_it_writes_nothing(folder: Path) -> None:
    before = (folder / "news.db").read_bytes()
    with newsledger.open(folder / "news.db") as opened:
        opened.article(URL)
        opened.search("mill")
    assert (folder / "news.db").read_bytes() == before


def test_another_package_of_one_of_our_names_is_told(tmp_path: Path) -> None:
    (tmp_path / "pipelines").mkdir()
    (tmp_path / "pipelines" / "__init__.py").write_text("")
    env = {"PYTHONPATH": f"{tmp_path}:{ROOT}", "PATH": ""}
    for command in (["-c", "import newsledger"], ["-m", "newsledger", "status"]):
        done = subprocess.run([sys.executable, *command], env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert f"own package 'pipelines', and Python finds {tmp_path}" in done.stderr
