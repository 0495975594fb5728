"""The catalogue: TOML files of `[[site]]` tables, and folders of them, read strictly into `Site` values, with one error for
all.

CatalogueError(ValueError)      all faults of one load; nothing of the load can be used
EditError(ValueError)           a file cannot be changed as requested (see edit.py)

In a checkout the shipped files are in data/sites/; a wheel has them beside this module, by country. tables.py reads one
table, or reports the faults of each of its keys. A wrong definition stops the start: nothing here warns, guesses or skips.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from pathlib import Path

from crawler.catalogue.site import Site
from crawler.catalogue.tables import Complain, read_table
from crawler.catalogue.toml_lines import TableLines, find_lines
from pipelines.history.revisit import DEFAULT_RECHECK

_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


@dataclass(frozen=True, slots=True)
class CatalogueProblem:
    """One fault. As text: "file:line: key: fault"; line and key are left out if it concerns none."""

    file: Path
    what: str
    line: int | None = None
    key: str | None = None
    """A key of a site; "TOML" if the text itself cannot be read."""

    def __str__(self) -> str:
        place = f"{self.file}" if self.line is None else f"{self.file}:{self.line}"
        key = self.key if self.key is None or self.key.isprintable() else repr(self.key)
        return ": ".join((place, *([key] if key else []), self.what))


class CatalogueError(ValueError):
    """The catalogue cannot be used. The message has one fault a line, in reading order."""

    def __init__(self, problems: tuple[CatalogueProblem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class EditError(ValueError):
    """A file of sites cannot be changed as requested; the message says why."""


def load_sites(path: Path | None = None, own: Path | None = None, *, recheck: str = DEFAULT_RECHECK) -> tuple[Site, ...]:
    """The sites of a TOML file or of all *.toml below a folder, by path, then as written. None: the shipped catalogue.

    `own`: the operator's file, which adds to the shipped catalogue and overrides it; it may be missing. One of its tables
    whose id is in the catalogue gives only the keys that differ; one with `was = "ID"` is that site under another id. If it
    is the source itself it may define no site yet. `recheck`: default for sites without the key.
    Raises CatalogueError with every fault of the load, not only the first.
    """
    source = shipped_catalogue() if path is None else Path(path)
    reading = _Reading(recheck)
    if source.is_dir():
        reading.folder(source)
    elif source.exists():
        reading.file(source)
    else:
        reading.problems.append(CatalogueProblem(source, "does not exist"))
    if path is None and own is not None and own.exists():
        reading.file(own, overrides=True)
    if not reading.problems and not reading.sites and source != own:
        reading.problems.append(CatalogueProblem(source, "defines no site: there is no [[site]] table"))
    if reading.problems:
        raise CatalogueError(tuple(reading.problems))
    return _with_parts_of_their_host(tuple(reading.sites.values()))


def _with_parts_of_their_host(sites: tuple[Site, ...]) -> tuple[Site, ...]:
    """Divide a host's rechecks an hour among its enabled sites; a site with its own rate keeps it."""
    crowds = Counter(site.host for site in sites if site.enabled)
    return tuple(
        replace(site, recheck_per_hour=site.rechecks_an_hour / crowds[site.host])
        if crowds[site.host] > 1 and site.recheck_per_hour is None
        else site
        for site in sites
    )


def as_definition(site: Site) -> str:
    """A site as a line of JSON for `from_definition`: for a process that must not read the files again."""
    values = {field.name: getattr(site, field.name) for field in fields(site)}
    values["article_url"] = site.article_url.pattern if site.article_url else None
    return json.dumps({key: value for key, value in values.items() if value is not None})


def from_definition(text: str) -> Site:
    """The site of `as_definition`, validated like a table of a file; raises CatalogueError."""
    problems: list[CatalogueProblem] = []
    site = read_table(json.loads(text), lambda key, what: problems.append(CatalogueProblem(Path("definition"), what, None, key)))
    if site is None:
        raise CatalogueError(tuple(problems))
    return site


def shipped_catalogue() -> Path:
    """The folder of the shipped catalogue: beside this file in a wheel, data/sites in a checkout."""
    here = Path(__file__).resolve().parent
    return here if any(here.glob("*/*.toml")) else here.parents[1] / "data" / "sites"


def fingerprint(path: Path | None = None, own: Path | None = None) -> tuple[tuple[str, int, int], ...]:
    """Names, sizes and times of the files that `load_sites` would read: differs if one of them may have changed."""
    root = path or shipped_catalogue()
    files = [root] if root.is_file() else sorted(root.rglob("*.toml"))
    files += [own] if own and path is None else []
    found = []
    for file in files:
        with suppress(OSError):  # not there, or taken away just now
            stat = file.stat()
            found.append((str(file), stat.st_size, stat.st_mtime_ns))
    return tuple(found)


class _Reading:
    """The state of one load."""

    def __init__(self, recheck: str) -> None:
        self._recheck = recheck
        self.sites: dict[object, Site] = {}
        """By id; the second table with an id is a fault, and has a key of its own."""
        self.problems: list[CatalogueProblem] = []
        self._first: dict[str, tuple[_Table, Mapping[str, object]]] = {}
        """id -> the first table with it, valid or not, and its content."""

    def folder(self, folder: Path) -> None:
        """Read a folder. Files whose name begins with a dot are editors' scratch files."""
        files = sorted(file for file in folder.rglob("*.toml") if not file.name.startswith("."))
        if not files:
            self.problems.append(CatalogueProblem(folder, "has no *.toml file in it"))
        for file in files:
            self.file(file)

    def file(self, file: Path, *, overrides: bool = False) -> None:
        found: list[CatalogueProblem] = []
        text = _read_text(file, found)
        document = None if text is None else _parse(file, text, found)
        if text is not None and document is not None:
            self._document(_Text(file, text, overrides), document, found)
        self.problems += sorted(found, key=lambda problem: problem.line or 0)

    def _document(self, text: _Text, document: Mapping[str, object], found: list[CatalogueProblem]) -> None:
        found += [
            CatalogueProblem(text.file, "stands outside of any [[site]] table", text.lines[0].of(key), key)
            for key in document
            if key != "site"
        ]
        tables = document.get("site", [])
        if isinstance(tables, list) and all(isinstance(table, dict) for table in tables):
            for number, table in enumerate(tables):
                self._table(_Table(text, number), table, found)
        else:
            what = "must be written [[site]], one such table for each site"
            found.append(CatalogueProblem(text.file, what, text.lines[0].of("site"), "site"))

    def _table(self, at: _Table, table: Mapping[str, object], found: list[CatalogueProblem]) -> None:
        def complain(key: str, what: str) -> None:
            found.append(CatalogueProblem(at.text.file, what, at.line_of(key), key))

        if at.text.overrides:
            table = self._inherited(at, table, complain)
        site = read_table({"recheck": self._recheck, **table}, complain)
        if site is not None:
            self.sites[site.id if site.id not in self.sites or at.text.overrides else at] = site
        if isinstance(site_id := table.get("id"), str):
            first = self._first.setdefault(site_id, (at, table))[0]
            if first is not at:
                complain("id", f"{site_id!r} is already the id of the site at {first.text.file}:{first.line_of('id')}")

    def _inherited(self, at: _Table, table: Mapping[str, object], complain: Complain) -> Mapping[str, object]:
        """The operator's table, completed from the shipped one of the same id, or of the id in `was`."""
        own = dict(table)
        former = own.pop("was", own.get("id"))
        before = self._first.get(former) if isinstance(former, str) else None
        if "was" in table:
            if before is None or before[0].text.overrides:
                complain("was", f"{former!r} is no id of the shipped catalogue")
                return own
            self.sites.pop(former, None)
        if before is None or before[0].text.overrides:
            return own
        del self._first[str(former)]
        rhythms = {"every", "cron"}
        left = rhythms if rhythms & own.keys() else set()
        return {key: value for key, value in before[1].items() if key not in left} | own


@dataclass(eq=False)
class _Text:
    """A file's text. Its lines are searched only if there is a fault to report: that costs more than
    reading the whole catalogue."""

    file: Path
    text: str
    overrides: bool
    """Whether it is the operator's own file, whose tables override those of the catalogue."""

    @cached_property
    def lines(self) -> tuple[TableLines, list[TableLines]]:
        return find_lines(self.text, "site")


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """The n-th site of a text."""

    text: _Text
    number: int

    def line_of(self, key: str) -> int:
        # site = [{...}, {...}] is valid TOML for the same, but its tables have no lines of their own
        top, tables = self.text.lines
        return tables[self.number].of(key) if self.number < len(tables) else top.of("site")


def _read_text(file: Path, problems: list[CatalogueProblem]) -> str | None:
    try:
        raw = file.read_bytes()
    except OSError as error:
        problems.append(CatalogueProblem(file, f"cannot be read: {error.strerror}"))
        return None
    try:
        return raw.decode("utf-8-sig")  # some editors begin a file with a byte order mark
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problems.append(CatalogueProblem(file, f"is not UTF-8: byte 0x{raw[error.start]:02x}", line, "TOML"))
        return None


@lru_cache(maxsize=128)
def _tables(text: str) -> Mapping[str, object]:
    """What stands in a text: half of what a load costs, and a command that edits sites loads the catalogue three times."""
    return tomllib.loads(text)


def _parse(file: Path, text: str, problems: list[CatalogueProblem]) -> Mapping[str, object] | None:
    try:
        return _tables(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        line = int(at[1]) if at and at[1] else text.count("\n") + 1
        problems.append(CatalogueProblem(file, _AT_LINE.sub("", str(error)), line, "TOML"))
    except RecursionError:
        problems.append(CatalogueProblem(file, "is nested too deeply", 1, "TOML"))
    return None
