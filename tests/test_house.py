"""The walls of the house: who may import whom, read from the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("pipelines", "crawler", "viewer")

THIRD_PARTY = {
    "sqlite3": ("pipelines/store/schema.py", "pipelines/store/database.py"),
    "sqlite_utils": ("pipelines/store/schema.py", "pipelines/store/database.py"),
    "scrapy": ("crawler/spiders/", "crawler/middlewares/", "crawler/extensions/", "pipelines/items.py", "crawler/spiders/run.py"),
    "twisted": ("crawler/spiders/", "crawler/middlewares/", "crawler/extensions/", "crawler/spiders/run.py"),
    "prometheus_client": ("crawler/monitoring/exporter.py",),
    "pyarrow": ("pipelines/exchange/parquet.py",),
    "apprise": ("crawler/monitoring/alerts.py",),
    "apscheduler": ("crawler/schedule/service.py",),
    "cronsim": ("crawler/catalogue/tables.py", "crawler/schedule/cron.py"),
    "fcntl": ("crawler/schedule/host_locks.py", "crawler/warc/writer.py"),
    "datasette": ("viewer/app/plugin.py", "viewer/app/server.py"),
    "uvicorn": ("viewer/app/server.py", "viewer/app/http_protocol.py"),
    "h11": ("viewer/app/http_protocol.py",),
    "jinja2": ("viewer/rendering.py",),
    "msgspec": ("crawler/cluster/messages.py", "crawler/cluster/codec.py"),
    "rq": ("crawler/cluster/",),
    "redis": ("crawler/cluster/",),
    "viewer": ("viewer/", "crawler/commands/serve.py"),
    "warcio": ("crawler/warc/reader.py", "crawler/warc/writer.py", "crawler/warc/lookup.py"),
    "click": ("crawler/cli.py", "crawler/commands/"),
    "rich": ("crawler/commands/",),
    "trafilatura": ("crawler/extraction/",),
    "tldextract": ("crawler/catalogue/site.py",),
}
"""What stands outside -> the only places where it is met."""

WALLS = {
    "pipelines/": ("crawler", "viewer"),
    "viewer/": ("crawler", "pipelines.store.writer", "pipelines.items"),
    "viewer/memento.py": ("pipelines.store.database",),
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
    "crawler/cluster/status.py": ("pipelines.store.database", "redis", "rq"),
    "crawler/cluster/handler.py": ("redis", "rq"),
    "crawler/crawl/remote.py": ("crawler.cluster", "crawler.spiders"),
    "crawler/spiders/": ("crawler.cluster", "crawler.commands"),
    "crawler/extensions/": ("crawler.cluster", "crawler.commands"),
    "crawler/middlewares/": ("crawler.cluster", "crawler.commands"),
    "pipelines/history/revisit.py": ("crawler.spiders", "crawler.commands", "pipelines.store.database"),
    "crawler/monitoring/": (
        "crawler.spiders",
        "crawler.extraction",
        "crawler.discovery",
        "crawler.spiders.run",
        "crawler.commands",
    ),
    "crawler/monitoring/alert_state.py": ("pipelines.store.database", "crawler.monitoring.json_files"),
    "crawler/monitoring/metrics.py": ("pipelines.store.database", "crawler.monitoring.exporter"),
    "crawler/demo/": (
        "crawler.spiders",
        "crawler.extraction",
        "crawler.discovery",
        "crawler.spiders.run",
        "pipelines.store.database",
    ),
}
"""A room -> the rooms it may not know."""

CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
OPENERS = ("socket", "requests", "urllib.request", "http.client", "httpx", "subprocess")


def modules() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_in(name: str, rooms: tuple[str, ...]) -> bool:
    return any(name == room or (room.endswith("/") and name.startswith(room)) for room in rooms)


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_walls(path: Path) -> None:
    name = name_of(path)
    for imported in imports(path):
        top = imported.partition(".")[0]
        if top in THIRD_PARTY:
            assert is_in(name, THIRD_PARTY[top]), f"{name} may not know {top}"
        for room, forbidden in WALLS.items():
            if is_in(name, (room,)):
                for other in forbidden:
                    assert imported != other, f"{name} may not know {imported}"
                    assert not imported.startswith(f"{other}."), f"{name} may not know {imported}"


@pytest.mark.parametrize("room", ["crawler/discovery", "crawler/extraction", "pipelines"])
def test_pure_rooms_open_nothing(room: str) -> None:
    for path in (ROOT / room).rglob("*.py"):
        for imported in imports(path):
            assert not any(imported == opener or imported.startswith(f"{opener}.") for opener in OPENERS), f"{path}: {imported}"


def test_one_file_of_the_viewer_opens_a_socket() -> None:
    for path in (ROOT / "viewer").rglob("*.py"):
        opened = [imported for imported in imports(path) if imported.startswith((*OPENERS, "http.server"))]
        assert not opened or name_of(path) == "viewer/app/server.py", f"{path}: {opened}"


def test_one_place_asks_the_clock() -> None:
    """And the plugin, which a Datasette that is not ours hands no time."""
    asking = set()
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
            if named and (node.value.id, node.attr) in CLOCKS:
                asking.add(name_of(path))
    assert asking == {"crawler/clock.py", "viewer/app/plugin.py"}


def test_no_circles() -> None:
    """Module by module, imports fall one way."""
    ours = {name_of(path)[:-3].replace("/", ".").removesuffix(".__init__"): path for path in modules()}
    graph = {name: {resolve(imported, ours) for imported in imports(path)} - {name, ""} for name, path in ours.items()}
    done: set[str] = set()
    path: list[str] = []

    def visit(name: str) -> None:
        assert name not in path, f"circle: {' -> '.join([*path[path.index(name) :], name])}"
        if name not in done:
            path.append(name)
            for other in sorted(graph[name]):
                visit(other)
            path.pop()
            done.add(name)

    for name in graph:
        visit(name)


def resolve(imported: str, ours: dict[str, Path]) -> str:
    """The module of ours behind an imported name, or ""."""
    if imported in ours:
        return imported
    parent = imported.rpartition(".")[0]
    return parent if parent in ours else ""


def test_modules_have_docstrings_and_bounded_size() -> None:
    for path in modules():
        text = path.read_text(encoding="utf-8")
        if text.strip():
            assert ast.get_docstring(ast.parse(text)), f"{name_of(path)} says not what it is for"
        assert text.count("\n") <= 350, f"{name_of(path)} has outgrown its noun"
