"""Measures the structure of the product's Python: files, packages, layers, upward imports, cycles, SQL, names that stand twice.

    python benchmarks/structure.py [--root DIR] [--list] [--svg FILE]

Reads the source below DIR (this checkout by default) and imports nothing of it, so that one script compares two commits.
The package of a module is the folder below `pipelines`, `crawler` or `viewer`; a module directly in such a folder is a package
of its own. Every import counts, also one inside a function or for types only. `--list` names what is counted; `--svg` draws the
packages and what they import (docs/images/packages.svg).
"""

from __future__ import annotations

import argparse
import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

TOPS = ("pipelines", "crawler", "viewer", "newsledger")
SMALL = 60
"""A file of fewer lines is counted as small."""

ORDER = (
    ("pipelines.article", "pipelines.reasons"),
    ("pipelines.text",),
    ("pipelines.history", "pipelines.diff"),
    ("pipelines.store",),
    ("pipelines.queries", "pipelines.proof", "pipelines.exchange", "pipelines.stories"),
    ("pipelines.items",),
    ("crawler", "viewer"),
    ("newsledger",),
)
"""The declared order, lowest first. A package may import what stands in its row or below."""

BESIDE = (("pipelines.history", "pipelines.diff"), ("crawler", "viewer"))
"""Pairs of one row that may not know each other; `crawler.commands`, which start the viewer, excepted."""

SQL_PACKAGES = ("pipelines.store", "pipelines.queries", "pipelines.proof", "pipelines.exchange", "pipelines.stories")
SQL_MODULES = {"sqlite3", "sqlite_utils"}
SQL = re.compile(
    r"\bselect\b.+?\bfrom\b|\binsert\s+(or\s+\w+\s+)?into\b|\bupdate\s+\w+\s+set\b|\bdelete\s+from\s+\w|\bcreate\s+(table|view|index|trigger|virtual)\b"
    r"|\bpragma\s+\w+"
    r"|^\s*(order by|group by|join|left join|inner join)\b",
    re.IGNORECASE | re.DOTALL,
)
SQL_CAPITALS = re.compile(r"\b(SELECT|FROM|WHERE|INSERT|UPDATE|DELETE|CREATE|JOIN|ORDER BY|GROUP BY|PRAGMA)\b")
"""A word of SQL in capitals: what tells a statement from a sentence that speaks of selecting something from somewhere."""


@dataclass(frozen=True)
class Module:
    """One file of the product, parsed once."""

    name: str
    """Dotted; a package's `__init__` bears the package's name."""
    file: str
    """From the root, with slashes."""
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    @cached_property
    def imports(self) -> tuple[str, ...]:
        """Every name that the file imports, anywhere in it: `a.b` for `import a.b`, `a.b.c` for `from a.b import c`."""
        found: list[str] = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found += (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                if node.level:
                    raise ValueError(f"{self.file}: an import is relative")
                found += (f"{node.module}.{alias.name}" for alias in node.names)
        return tuple(found)

    @cached_property
    def holds_sql(self) -> bool:
        if any(name.partition(".")[0] in SQL_MODULES for name in self.imports):
            return True
        docs = {
            id(node.value) for node in ast.walk(self.tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        return any(
            isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs and is_sql(node.value)
            for node in ast.walk(self.tree)
        )


def is_sql(text: str) -> bool:
    """Whether a text is a statement of SQL or the beginning of a clause."""
    return bool(SQL.search(text) and SQL_CAPITALS.search(text))


def package_of(module: str) -> str:
    """The package that a module counts to: the first two parts of its name."""
    return ".".join(module.split(".")[:2])


def rank_of(package: str) -> int | None:
    """The row of the declared order in which a package stands; None for one that the order does not name."""
    for rank, row in enumerate(ORDER):
        if package in row or package.partition(".")[0] in row:
            return rank
    return None


class Structure:
    """The product below one root, and what its imports say."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @cached_property
    def modules(self) -> dict[str, Module]:
        """All, read and parsed when first asked for."""
        modules = {}
        for path in sorted(path for top in TOPS for path in (self._root / top).rglob("*.py")):
            file = path.relative_to(self._root).as_posix()
            name = file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
            text = path.read_text(encoding="utf-8")
            modules[name] = Module(name, file, text, ast.parse(text))
        return modules

    @cached_property
    def graph(self) -> dict[str, set[str]]:
        """Module -> the modules of ours that it imports."""
        return {
            name: {self.resolve(imported) for imported in module.imports} - {name, ""} for name, module in self.modules.items()
        }

    def resolve(self, imported: str) -> str:
        """The module of ours behind an imported name, or ""."""
        if imported in self.modules:
            return imported
        parent = imported.rpartition(".")[0]
        return parent if parent in self.modules else ""

    def edges(self) -> Iterator[tuple[str, str]]:
        for name, others in self.graph.items():
            for other in sorted(others):
                yield name, other

    @cached_property
    def packages(self) -> dict[str, set[str]]:
        """Package -> the packages that its modules import. A top folder's own `__init__` counts to none."""
        found: dict[str, set[str]] = {package_of(name): set() for name in self.modules if name not in TOPS}
        for name, other in self.edges():
            if name not in TOPS and other not in TOPS and package_of(name) != package_of(other):
                found[package_of(name)].add(package_of(other))
        return found

    def layers(self, top: str) -> list[str]:
        """The longest chain of packages within one top folder."""
        inside = {name for name in self.packages if name.startswith(f"{top}.")}
        return longest_chain({name: self.packages[name] & inside for name in inside})

    def count(self, top: str) -> int:
        """How many packages one top folder has."""
        return sum(name.startswith(f"{top}.") for name in self.packages)

    def upward(self) -> list[tuple[str, str]]:
        """Imports from one module to another that point upward in the declared order."""
        return [(name, other) for name, other in self.edges() if is_upward(name, other)]

    def sql(self) -> list[str]:
        return [module.file for module in self.modules.values() if module.holds_sql]

    def twins(self) -> dict[str, list[str]]:
        """Public classes whose name stands in more than one module."""
        where: dict[str, list[str]] = {}
        for module in self.modules.values():
            for node in module.tree.body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    where.setdefault(node.name, []).append(module.file)
        return {name: files for name, files in sorted(where.items()) if len(files) > 1}


def is_upward(name: str, other: str) -> bool:
    """Whether an import from one module to another breaks the declared order."""
    importer, imported = package_of(name), package_of(other)
    mine, theirs = rank_of(importer), rank_of(imported)
    if mine is None or theirs is None or importer == imported:
        return False
    tops = importer.partition(".")[0], imported.partition(".")[0]
    beside = any(pair in BESIDE or pair[::-1] in BESIDE for pair in ((importer, imported), tops))
    return theirs > mine or (beside and importer != "crawler.commands")


def cycles(graph: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The strongly connected components of two and more (Tarjan)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        number[name] = low[name] = len(number)
        stack.append(name)
        for other in sorted(graph[name]):
            if other not in number:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], number[other])
        if low[name] == number[name]:
            component = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            if len(component) > 1:
                found.append(sorted(component))

    for name in sorted(graph):
        if name not in number:
            visit(name)
    return found


def longest_chain(graph: Mapping[str, Iterable[str]]) -> list[str]:
    """The longest way down; a cycle counts with all its members, once."""
    component = {name: tuple(cycle) for cycle in cycles(graph) for name in cycle}
    group = {name: component.get(name, (name,)) for name in graph}
    best: dict[tuple[str, ...], list[str]] = {}

    def chain(of: tuple[str, ...]) -> list[str]:
        if of not in best:
            below = sorted({group[other] for name in of for other in graph[name]} - {of})
            best[of] = [*of, *max((chain(other) for other in below), key=len, default=[])]
        return best[of]

    return max((chain(of) for of in sorted(set(group.values()))), key=len, default=[])


def figures(structure: Structure) -> dict[str, object]:
    """What is printed, in its order."""
    modules = structure.modules.values()
    small = [module for module in modules if module.lines < SMALL]
    sql = structure.sql()
    outside = [file for file in sql if not any(file.startswith(f"{package.replace('.', '/')}/") for package in SQL_PACKAGES)]
    unranked = [package for package in structure.packages if rank_of(package) is None]
    return {
        "Python files": len(modules),
        f"files under {SMALL} lines": len(small),
        **{f"packages and layers in {top}": f"{structure.count(top)} in {len(structure.layers(top))}" for top in TOPS[:3]},
        "upward imports": f"- ({len(unranked)} packages stand outside the order)" if unranked else len(structure.upward()),
        "package cycles": ", ".join(f"{len(cycle)} packages" for cycle in cycles(structure.packages)) or 0,
        "module cycles": len(cycles(structure.graph)),
        "files with SQL": len(sql),
        "of these outside the five packages": len(outside),
        "public class names that stand twice": len(structure.twins()),
        "lines of Python": sum(module.lines for module in modules),
        "longest chain of module imports": len(longest_chain(structure.graph)),
    }


def listing(structure: Structure) -> Iterator[str]:
    """What was counted, by name."""
    for module in structure.modules.values():
        if module.lines < SMALL:
            yield f"small: {module.file} {module.lines}"
    yield from (f"layers of {top}: {' > '.join(structure.layers(top))}" for top in TOPS[:3])
    yield from (f"upward: {name} -> {other}" for name, other in structure.upward())
    for cycle in cycles(structure.packages):
        yield f"package cycle: {' '.join(cycle)}"
        between = Counter((package_of(name), package_of(other)) for name, other in structure.edges())
        for name, other in structure.edges():
            importer, imported = package_of(name), package_of(other)
            if importer != imported and importer in cycle and imported in cycle:
                yield f"  {name} -> {other} ({between[importer, imported]} of this pair)"
    yield from (f"sql: {file}" for file in structure.sql())
    yield from (f"twice: {name} {' '.join(files)}" for name, files in structure.twins().items())
    yield f"longest chain: {' > '.join(longest_chain(structure.graph))}"


def picture(structure: Structure) -> str:
    """The packages as SVG: each above all that it imports, with a line to what it does not already reach by way of others."""
    graph = {name: others for name, others in structure.packages.items() if not name.endswith("__main__")}
    depth: dict[str, int] = {}

    def depth_of(name: str) -> int:
        if name not in depth:
            depth[name] = 1 + max(map(depth_of, graph[name]), default=-1)
        return depth[name]

    def reached(name: str) -> set[str]:
        return {name}.union(*(reached(other) for other in graph[name]))

    rows: dict[int, list[str]] = {}
    for name in sorted(graph):
        rows.setdefault(depth_of(name), []).append(name)
    wide, high, top = 150, 64, max(rows)
    width = wide * max(map(len, rows.values())) + 20
    at = {
        name: ((number + 0.5) * (width / len(row)), (top - level) * high + 30)
        for level, row in rows.items()
        for number, name in enumerate(row)
    }
    colours = {"pipelines": "#d6e9e6", "crawler": "#e4e1f2", "viewer": "#f3e6d2", "newsledger": "#eeeeee"}
    size = f"0 0 {width} {top * high + 60}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size}" font-family="sans-serif" font-size="11">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
    ]
    for name, others in sorted(graph.items()):
        beyond = set().union(*(reached(other) - {other} for other in others))
        for other in sorted(others - beyond):
            (x, y), (to_x, to_y) = at[name], at[other]
            lines.append(f'<path d="M{x:.0f} {y + 12:.0f}L{to_x:.0f} {to_y - 12:.0f}" stroke="#99a" stroke-width=".8"/>')
    for name, (x, y) in sorted(at.items()):
        fill = colours[name.partition(".")[0]]
        lines.append(f'<rect x="{x - 70:.0f}" y="{y - 12:.0f}" width="140" height="24" rx="4" fill="{fill}" stroke="#667"/>')
        lines.append(f'<text x="{x:.0f}" y="{y + 4:.0f}" text-anchor="middle">{name}</text>')
    return "\n".join([*lines, "</svg>\n"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[1], help="the checkout that is measured")
    parser.add_argument("--list", action="store_true", help="name what was counted")
    parser.add_argument("--svg", type=Path, help="draw the packages into this file")
    arguments = parser.parse_args()
    structure = Structure(arguments.root)
    if arguments.svg:
        arguments.svg.write_text(picture(structure), encoding="utf-8")
    for line in listing(structure) if arguments.list else ():
        print(line)
    for label, figure in figures(structure).items():
        print(f"{label:<40} {figure}")


if __name__ == "__main__":
    main()
