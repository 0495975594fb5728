"""The structure of the product, read from its source: who may import whom, in layers without cycles; what each file has."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from benchmarks.structure import SQL_PACKAGES, TOPS, Module, Structure, cycles, longest_chain, rank_of
from tests.table import table

ROOT = Path(__file__).resolve().parents[1]
STRUCTURE = Structure(ROOT)
"""Every file parsed once, for all tests of this module."""

THIRD_PARTY: dict[str, tuple[str, ...]] = {
    "sqlite3": (
        "pipelines/store/schema/__init__.py",
        "pipelines/store/database.py",
        "pipelines/store/ledger_files/foreign_ledger.py",
        "pipelines/store/visitor_sql.py",
    ),
    "sqlite_utils": ("pipelines/store/schema/__init__.py", "pipelines/store/database.py"),
    "scrapy": (
        "crawler/spiders/",
        "crawler/middlewares/",
        "crawler/extensions.py",
        "pipelines/items.py",
        "crawler/spiders/run.py",
    ),
    "twisted": ("crawler/spiders/", "crawler/middlewares/", "crawler/extensions.py"),
    "prometheus_client": ("crawler/monitoring/exporter.py",),
    "pyarrow": ("pipelines/exchange/parquet.py",),
    "rfc3161_client": ("pipelines/proof/timestamps.py",),
    "cryptography": (
        "pipelines/proof/timestamps.py",
        "pipelines/proof/signed_note.py",
        "crawler/offline/bundle.py",
    ),
    "xlsxwriter": ("pipelines/exchange/formats.py",),
    "apprise": ("crawler/monitoring/alerts.py",),
    "apscheduler": ("crawler/schedule/service.py",),
    "cronsim": ("crawler/catalogue/tables.py", "crawler/schedule/cron.py"),
    "fcntl": ("crawler/schedule/processes.py", "crawler/warc/writer.py"),
    "datasette": ("viewer/app/plugin.py", "viewer/app/server.py"),
    "asgi_gzip": ("viewer/app/server.py",),
    "uvicorn": ("viewer/app/server.py", "viewer/app/http_protocol.py"),
    "h11": ("viewer/app/http_protocol.py",),
    "jinja2": ("viewer/rendering.py",),
    "msgspec": ("crawler/cluster/messages.py", "crawler/cluster/codec.py"),
    "rq": ("crawler/cluster/",),
    "redis": ("crawler/cluster/",),
    "viewer": ("viewer/", "crawler/commands/serve.py"),
    "warcio": ("crawler/warc/writer.py",),
    "brotli": ("crawler/warc/decode.py",),
    "backports": ("crawler/warc/decode.py", "crawler/warc/repack.py"),
    "click": ("crawler/cli.py", "crawler/commands/"),
    "rich": ("crawler/commands/",),
    "trafilatura": ("crawler/extraction/",),
    "tldextract": ("crawler/catalogue/site.py",),
}
"""A library -> the only files and folders (ending in a slash) that may import it."""

WALLS: dict[str, tuple[str, ...]] = {
    "pipelines/": ("crawler", "viewer"),
    "viewer/": ("crawler", "pipelines.store.writer", "pipelines.items"),
    "viewer/pages/memento.py": ("pipelines.store.database",),
    "viewer/pages/": (
        "viewer.app.dispatcher",
        "viewer.app.security",
        "viewer.app.mount",
        "viewer.app.plugin",
        "viewer.app.server",
    ),
    "viewer/app/dispatcher.py": ("viewer.app.security", "viewer.app.mount", "viewer.app.plugin", "viewer.app.server"),
    "viewer/app/security.py": ("viewer.app.dispatcher", "viewer.app.mount", "viewer.pages", "pipelines.store.database"),
    "crawler/discovery/": (
        "crawler.spiders",
        "crawler.extraction.extract",
        "crawler.commands",
        "crawler.schedule",
        "pipelines.store.database",
    ),
    "crawler/extraction/": (
        "crawler.spiders",
        "crawler.discovery",
        "crawler.commands",
        "crawler.schedule",
        "pipelines.store.database",
    ),
    "crawler/cluster/": ("crawler.commands", "crawler.monitoring"),
    "crawler/cluster/messages.py": ("pipelines.store.database", "redis", "rq"),
    "crawler/cluster/codec.py": ("pipelines.store.database", "redis", "rq"),
    "crawler/cluster/__init__.py": ("pipelines.store.database", "redis", "rq"),
    "crawler/cluster/handler.py": ("redis", "rq"),
    "crawler/crawl/remote.py": ("crawler.cluster", "crawler.spiders"),
    "crawler/spiders/": ("crawler.cluster", "crawler.commands"),
    "crawler/extensions.py": ("crawler.cluster", "crawler.commands"),
    "crawler/middlewares/": ("crawler.cluster", "crawler.commands"),
    "pipelines/history/revisit.py": ("crawler.spiders", "crawler.commands", "pipelines.store.database"),
    "crawler/monitoring/": (
        "crawler.spiders",
        "crawler.extraction",
        "crawler.discovery",
        "crawler.spiders.run",
        "crawler.commands",
    ),
    "crawler/monitoring/alert_state.py": ("pipelines.store.database", "crawler.monitoring.state_files"),
    "crawler/monitoring/metrics.py": ("pipelines.store.database", "crawler.monitoring.exporter"),
    "crawler/demo/": (
        "crawler.spiders",
        "crawler.extraction",
        "crawler.discovery",
        "crawler.spiders.run",
        "pipelines.store.database",
    ),
}
"""A file or folder -> the modules it may not import, beside what the order of packages forbids."""

LAYERS = {"pipelines": 6, "crawler": 7, "viewer": 4}
"""Packages in the longest chain of imports, at most."""
CHAIN = 18
"""Modules in the longest chain of imports, at most. Longer: to understand the highest a reader opens more files."""
MAX_LINES = 400

EXTRACTION = (("markup",), ("declared", "body"), ("printed",), ("families",), ("choice", "kinds"), ("extract",))
"""The order of the packages in `crawler.extraction`, lowest first: each imports what stands in a row below its own."""

CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
OPENERS = ("socket", "requests", "urllib.request", "http.client", "httpx", "subprocess")


def is_in(file: str, places: tuple[str, ...]) -> bool:
    return any(file == place or (place.endswith("/") and file.startswith(place)) for place in places)


def is_of(imported: str, modules: tuple[str, ...]) -> bool:
    """Whether an imported name is one of the modules, or stands in one."""
    return any(imported == module or imported.startswith(f"{module}.") for module in modules)


def below(*places: str) -> list[Module]:
    return [module for module in STRUCTURE.modules.values() if is_in(module.file, places)]


def test_all_of_the_product_is_read() -> None:
    read = {module.file for module in STRUCTURE.modules.values()}
    there = {path.relative_to(ROOT).as_posix() for top in TOPS for path in (ROOT / top).rglob("*.py")}
    assert read == there
    assert len(read) > 200


def test_every_package_stands_in_the_declared_order() -> None:
    assert [package for package in STRUCTURE.packages if rank_of(package) is None] == []


def test_no_package_imports_upward() -> None:
    assert STRUCTURE.upward() == []


def test_packages_of_extraction_import_downward() -> None:
    ranks = {name: rank for rank, row in enumerate(EXTRACTION) for name in row}
    inside = [edge for edge in STRUCTURE.edges() if all(is_of(name, ("crawler.extraction",)) for name in edge)]
    packages = {(one.split(".")[2], other.split(".")[2]) for one, other in inside if one != "crawler.extraction"}
    assert {name for pair in packages for name in pair} == set(ranks)
    assert [(one, other) for one, other in packages if one != other and ranks[one] <= ranks[other]] == []


def test_packages_form_no_cycle() -> None:
    assert cycles(STRUCTURE.packages) == []


def test_modules_form_no_cycle() -> None:
    assert cycles(STRUCTURE.graph) == []


@pytest.mark.parametrize("top", LAYERS)
def test_packages_stand_in_few_layers(top: str) -> None:
    chain = STRUCTURE.layers(top)
    assert 1 < len(chain) <= LAYERS[top], " > ".join(chain)


def test_the_longest_chain_of_imports_is_bounded() -> None:
    chain = longest_chain(STRUCTURE.graph)
    assert len(chain) <= CHAIN, " > ".join(chain)


@table("library", THIRD_PARTY)
def test_libraries_are_met_in_their_places_alone(library: str) -> None:
    importing = {module.file for module in STRUCTURE.modules.values() if any(is_of(name, (library,)) for name in module.imports)}
    assert importing, f"nothing imports {library}: its line is out of date"
    assert [file for file in sorted(importing) if not is_in(file, THIRD_PARTY[library])] == []


@table("place", WALLS)
def test_walls(place: str) -> None:
    modules = below(place)
    assert modules, f"{place} is no more: its line is out of date"
    assert [(module.file, name) for module in modules for name in module.imports if is_of(name, WALLS[place])] == []


@table("forbidden", sorted({name for names in WALLS.values() for name in names}))
def test_what_walls_forbid_exists(forbidden: str) -> None:
    assert forbidden in STRUCTURE.modules or forbidden in THIRD_PARTY, "its line is out of date"


def test_sql_stands_in_five_packages() -> None:
    inside = tuple(f"{package.replace('.', '/')}/" for package in SQL_PACKAGES)
    assert [file for file in STRUCTURE.sql() if not is_in(file, inside)] == []


@pytest.mark.parametrize("place", ["crawler/discovery/", "crawler/extraction/", "pipelines/"])
def test_pure_packages_open_nothing(place: str) -> None:
    assert [(module.file, name) for module in below(place) for name in module.imports if is_of(name, OPENERS)] == []


def test_one_file_of_the_viewer_opens_a_socket() -> None:
    opening = {
        module.file
        for module in below("viewer/")
        for name in module.imports
        if is_of(name, (*OPENERS, "socketserver", "http.server"))
    }
    assert opening <= {"viewer/app/server.py"}


def test_one_place_asks_the_clock() -> None:
    """And the plugin, to which a Datasette that is not ours passes no time."""
    asking = set()
    for module in STRUCTURE.modules.values():
        for node in ast.walk(module.tree):
            named = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
            if named and (node.value.id, node.attr) in CLOCKS:
                asking.add(module.file)
    assert asking == {"crawler/clock.py", "viewer/app/plugin.py"}


def test_modules_have_docstrings_and_bounded_size() -> None:
    for module in STRUCTURE.modules.values():
        assert not module.text.strip() or ast.get_docstring(module.tree), f"{module.file} does not say what it is for"
        assert module.lines <= MAX_LINES, f"{module.file} has outgrown its noun"


def test_no_module_gives_a_name_twice() -> None:
    """The later one would be the earlier one's, without a word from any checker."""
    for module in STRUCTURE.modules.values():
        names = [name.id for node in module.tree.body if isinstance(node, ast.Assign) for name in node.targets
                 if isinstance(name, ast.Name)]  # fmt: skip
        assert len(set(names)) == len(names), module.file
