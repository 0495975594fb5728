"""One word for one thing: no retired name comes back, also of functions and parameters; no two public classes share a name."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("pipelines", "crawler", "viewer", "newsledger")
_ROW = re.compile(r"^\| (?P<word>[^|]+) \| (?P<meaning>[^|]+) \|(?P<retired>[^|]*)\|$", re.MULTILINE)


@cache
def public_classes() -> dict[str, list[str]]:
    """Name -> the files of the product that define a public class of it."""
    found = defaultdict(list)
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    found[node.name].append(path.relative_to(ROOT).as_posix())
    return found


@cache
def callables() -> dict[str, list[str]]:
    """Name -> the files of the product that define a function, a method or a parameter of it."""
    found = defaultdict(list)
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    found[node.name].append(path.relative_to(ROOT).as_posix())
                elif isinstance(node, ast.arg):
                    found[node.arg].append(path.relative_to(ROOT).as_posix())
    return found


def rows() -> list[re.Match[str]]:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    return [row for row in _ROW.finditer(text) if row["word"] not in ("word", "---")]


def test_each_word_is_defined_once() -> None:
    words = [row["word"] for row in rows()]
    assert len(words) > 30
    assert len(words) == len(set(words))


def test_no_retired_name_comes_back() -> None:
    retired = {name for row in rows() for name in re.findall(r"`(\w+)`", row["retired"])}
    assert len(retired) > 30
    assert not retired & public_classes().keys()
    assert {name: callables()[name] for name in retired & callables().keys()} == {}


def test_classes_that_the_glossary_names_exist() -> None:
    named = {name for row in rows() for name in re.findall(r"`([A-Z][a-z]\w+)`", row["meaning"])}
    headers = {"ETag", "Last"}
    assert len(named) > 30
    assert named - headers <= public_classes().keys()


def test_no_public_class_name_stands_twice() -> None:
    assert {name: files for name, files in public_classes().items() if len(files) > 1} == {}
