"""The catalogue: TOML files of `[[site]]` tables, and folders of them, read strictly into `Site` values. One error for all of it.

CatalogueError(ValueError)      all that is wrong in one load; nothing of the load is usable
EditError(ValueError)           a file cannot be changed as was asked (see edit.py)

In a checkout the shipped files lie in data/sites/; a wheel carries them beside this module, by country. tables.py reads one
table, or says what is wrong with each of its keys. A wrong definition stops the start: nothing here warns, guesses or skips.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path

from crawler.catalogue.site import Site
from crawler.catalogue.tables import Complain, read_table
from crawler.catalogue.toml_lines import TableLines, find_lines
from pipelines.history.revisit import DEFAULT_RECHECK

_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


@dataclass(frozen=True, slots=True)
class CatalogueProblem:
    """One thing that is wrong. As text: "file:line: key: what is wrong"; what concerns no line or key leaves it out."""

    file: Path
    what: str
    line: int | None = None
    key: str | None = None
    """A key of a site; "TOML" where the text itself cannot be read."""

    def __str__(self) -> str:
        place = f"{self.file}" if self.line is None else f"{self.file}:{self.line}"
        key = self.key if self.key is None or self.key.isprintable() else repr(self.key)
        return ": ".join((place, *([key] if key else []), self.what))


class CatalogueError(ValueError):
    """The catalogue cannot be used. The message has one problem a line, in the order in which a reader meets them."""

    def __init__(self, problems: tuple[CatalogueProblem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class EditError(ValueError):
    """A file of sites cannot be changed as was asked; the message says why."""


def load_sites(path: Path | None = None, own: Path | None = None, *, recheck: str = DEFAULT_RECHECK) -> tuple[Site, ...]:
    """The sites of a TOML file or of all *.toml below a folder, by path, then as written. None: the shipped catalogue.

    `own`: a file of the operator's, which is added to the shipped catalogue and overrides it; it need not be there. A table of it
    whose id the catalogue has gives only the keys that differ; one that says `was = "ID"` is that site under another id. Where it
    is the source itself it may define no site yet. `recheck`: of sites whose table has none.
    Raises CatalogueError with every problem of the load, not only the first.
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
    """Enabled sites of one host share what may be rechecked there in an hour; a site that names its own rate keeps it."""
    crowds = Counter(site.host for site in sites if site.enabled)
    return tuple(
        replace(site, recheck_per_hour=site.rechecks_an_hour / crowds[site.host])
        if crowds[site.host] > 1 and site.recheck_per_hour is None
        else site
        for site in sites
    )


def as_definition(site: Site) -> str:
    """A site as a line of JSON, from which `from_definition` makes it again: for a process that must not read the files anew."""
    values = {field.name: getattr(site, field.name) for field in fields(site)}
    values["article_url"] = site.article_url.pattern if site.article_url else None
    return json.dumps({key: value for key, value in values.items() if value is not None})


def from_definition(text: str) -> Site:
    """What `as_definition` wrote, checked as a table of a file is; raises CatalogueError."""
    problems: list[CatalogueProblem] = []
    site = read_table(json.loads(text), lambda key, what: problems.append(CatalogueProblem(Path("definition"), what, None, key)))
    if site is None:
        raise CatalogueError(tuple(problems))
    return site


def shipped_catalogue() -> Path:
    """The folder of the catalogue that comes with the code: beside this file in a wheel, data/sites in a checkout."""
    here = Path(__file__).resolve().parent
    return here if any(here.glob("*/*.toml")) else here.parents[1] / "data" / "sites"


def fingerprint(path: Path | None = None, own: Path | None = None) -> tuple[tuple[str, int, int], ...]:
    """Names, sizes and times of the files that `load_sites` would read: differs when one of them may have changed."""
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
    """What one load has found so far."""

    def __init__(self, recheck: str) -> None:
        self._recheck = recheck
        self.sites: dict[object, Site] = {}
        """By id; where two tables give the same one, the second is a problem, and under a key of its own."""
        self.problems: list[CatalogueProblem] = []
        self._first: dict[str, tuple[_Table, Mapping[str, object]]] = {}
        """id -> the table that first gave it, sound or not, and what it holds."""

    def folder(self, folder: Path) -> None:
        """Files whose name begins with a dot are editors' scratch files, not ours."""
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
            CatalogueProblem(text.file, "stands outside of any [[site]] table", text.top.of(key), key)
            for key in document
            if key != "site"
        ]
        tables = document.get("site", [])
        if isinstance(tables, list) and all(isinstance(table, dict) for table in tables):
            for number, table in enumerate(tables):
                self._table(_Table(text, number), table, found)
        else:
            what = "must be written [[site]], one such table for each site"
            found.append(CatalogueProblem(text.file, what, text.top.of("site"), "site"))

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
        """The operator's table with the keys that it leaves to the shipped one of the same id, or of the id that it `was`."""
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


class _Text:
    """A file's text. Its lines are looked for only when there is something to complain about: that costs more than
    reading the whole catalogue."""

    def __init__(self, file: Path, text: str, overrides: bool = False) -> None:
        self.file = file
        self.overrides = overrides
        """Whether it is the operator's own, whose tables go before those of the catalogue."""
        self._text = text

    @cached_property
    def _lines(self) -> tuple[TableLines, list[TableLines]]:
        return find_lines(self._text, "site")

    @property
    def top(self) -> TableLines:
        return self._lines[0]

    @property
    def tables(self) -> list[TableLines]:
        return self._lines[1]


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """The n-th site of a text."""

    text: _Text
    number: int

    def line_of(self, key: str) -> int:
        # site = [{...}, {...}] is TOML for the same, but gives its tables no lines of their own
        tables = self.text.tables
        return tables[self.number].of(key) if self.number < len(tables) else self.text.top.of("site")


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


def _parse(file: Path, text: str, problems: list[CatalogueProblem]) -> Mapping[str, object] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        line = int(at[1]) if at and at[1] else text.count("\n") + 1
        problems.append(CatalogueProblem(file, _AT_LINE.sub("", str(error)), line, "TOML"))
    except RecursionError:
        problems.append(CatalogueProblem(file, "is nested too deeply", 1, "TOML"))
    return None
