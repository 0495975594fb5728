"""The script that measures the structure finds what is wrong with a small tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.structure import Structure, cycles, figures, is_sql, is_upward, longest_chain
from tests.table import table


def structure(root: Path, **files: str) -> Structure:
    """The files of a tree by their dotted names, `__` for the dot."""
    for name, text in files.items():
        path = root / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Structure(root)


def test_upward_imports_and_cycles_are_found(tmp_path: Path) -> None:
    found = structure(
        tmp_path,
        pipelines__article="",
        pipelines__store__rows="from pipelines.queries.list import names\n",
        pipelines__queries__list="def names():\n    from pipelines.store import writer\n",
        pipelines__store__writer="import pipelines.article\n",
    )
    assert found.upward() == [("pipelines.store.rows", "pipelines.queries.list")]
    assert cycles(found.packages) == [["pipelines.queries", "pipelines.store"]]
    assert cycles(found.graph) == []
    assert len(found.layers("pipelines")) == 3
    assert longest_chain(found.graph) == [
        "pipelines.store.rows", "pipelines.queries.list", "pipelines.store.writer", "pipelines.article"
    ]  # fmt: skip


def test_a_cycle_of_modules_is_found_and_counts_once(tmp_path: Path) -> None:
    found = structure(tmp_path, viewer__a="import viewer.b\n", viewer__b="import viewer.a\nimport viewer.c\n", viewer__c="")
    assert cycles(found.graph) == [["viewer.a", "viewer.b"]]
    assert len(longest_chain(found.graph)) == 3


def test_sql_and_twins_are_found(tmp_path: Path) -> None:
    found = structure(
        tmp_path,
        viewer__a="class Twin: ...\nclass _Own: ...\nQUERY = 'SELECT a FROM b'\n",
        viewer__b="class Twin: ...\nclass _Own: ...\n",
        crawler__c="import sqlite3\n",
        crawler__d='"""SELECT, FROM: in a docstring."""\n',
    )
    assert found.sql() == ["crawler/c.py", "viewer/a.py"]
    assert found.twins() == {"Twin": ["viewer/a.py", "viewer/b.py"]}
    assert figures(found)["of these outside the five packages"] == 2


def test_relative_imports_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="relative"):
        structure(tmp_path, viewer__a="from . import b\n").upward()


@table(("text", "expected"), [
    ("SELECT * FROM articles", True), ("INSERT OR REPLACE INTO x VALUES (1)", True), ("UPDATE a SET b = 1", True),
    ("DELETE FROM a", True), ("ORDER BY seen", True), ("CREATE TABLE a (b)", True), ("the update set of from", False),
    ("select one of these from the list", False), ("FROM", False),
])  # fmt: skip
def test_sql_is_told_from_sentences(text: str, expected: bool) -> None:
    assert is_sql(text) is expected


@table(("importer", "imported", "expected"), [
    ("pipelines.article", "pipelines.text.urls", True), ("pipelines.text.urls", "pipelines.article", False),
    ("pipelines.queries.a", "pipelines.proof.b", False), ("pipelines.store.a", "pipelines.store.b", False),
    ("pipelines.history.a", "pipelines.diff.b", True), ("pipelines.items", "crawler.clock", True),
    ("viewer.pages.a", "crawler.clock", True), ("crawler.warc.a", "viewer.app.b", True),
    ("crawler.commands.serve", "viewer.app.server", False), ("newsledger", "viewer.app.server", False),
])  # fmt: skip
def test_the_declared_order(importer: str, imported: str, expected: bool) -> None:
    assert is_upward(importer, imported) is expected
