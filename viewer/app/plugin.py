"""The Datasette plugin: our pages in any Datasette that shows a ledger, and links from its tables to them.

`newsledger serve` puts its own dispatcher in front of its Datasette (viewer.app.server). In any other Datasette the plugin
shows the first ledger among the databases, without archived pages; Datasette's own pages keep the policy that they have there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import datasette
from datasette.views.base import DatasetteError
from markupsafe import Markup

from pipelines.store.database import Store, StoreError
from pipelines.store.schema.documentation import documentation
from viewer import charts
from viewer.app.dispatcher import Dispatcher, DispatcherConfig
from viewer.app.mount import MountedPages
from viewer.app.security import App
from viewer.rendering import article_path, asset_url, web

DISPATCHERS: WeakKeyDictionary[Any, Dispatcher | None] = WeakKeyDictionary()
"""Datasette -> its dispatcher, from the first request on; None if it shows no ledger, or if the dispatcher is in front of it."""

_LINKED_COLUMNS = {
    "article_id": "article",
    "reverted_to": "revision",
    "revision_id": "revision",
    "latest_revision_id": "revision",
}
"""Columns that name something that has a page."""
_TABLES_OF_ARTICLES = ("articles", "latest_articles")


Hook = TypeVar("Hook", bound=Callable[..., Any])
hookimpl: Callable[[Hook], Hook] = datasette.hookimpl


class Plugin:
    """Our hooks. They are methods of an object: with a module named `viewer` Datasette would use our templates as its own."""

    __name__ = "newsledger"

    @hookimpl
    def asgi_wrapper(self, datasette: Any) -> Any:
        """Put our pages first; other requests go on."""

        def mounted(app: App) -> App:
            return MountedPages(app, lambda: dispatcher_of(datasette))

        return mounted

    @hookimpl
    def menu_links(self, datasette: Any) -> list[dict[str, str]]:
        """Links back to our pages."""
        named = (("/", "Latest revisions"), ("/search", "Search"), ("/stories", "Stories"), ("/sites", "Sites"))
        links = [*named, ("/takedowns", "Takedowns")]
        return [{"href": datasette.urls.path(path), "label": label} for path, label in links]

    @hookimpl
    def prepare_jinja2_environment(self, env: Any, datasette: Any) -> None:
        """Add what our versions of Datasette's templates need (viewer/tables), also on its error pages."""
        root, tables = datasette.setting("base_url").rstrip("/"), f"/{datasette.get_database().route}"
        pages = (("/", "Today"), ("/stories", "Stories"), ("/sites", "Sites"), ("/takedowns", "Takedowns"), ("/search", "Search"))
        env.globals["ours"] = {
            "root": root,
            "tables": tables,
            "pages": (*pages, (tables, "Tables")),
            "style": asset_url("tables.css", root),
            "charts": asset_url("charts.css", root),
            "chart": charts.answer,
            "named": _with_labels,
            "bars": charts.MAX_BARS,
            "icon": asset_url("mark.svg", root),
            "meanings": {relation: meaning for relation, column, meaning in documentation() if column is None},
        }

    @hookimpl
    def handle_exception(self, request: Any, exception: Exception) -> Any:
        """Answer a visitor's wrong query with status 400, not 500: it is not our failure."""
        if isinstance(exception, DatasetteError):
            exception.status = 400 if exception.status == 500 else exception.status
        elif isinstance(exception, LookupError | TypeError | ValueError) and request.query_string:
            return datasette.Response.text("This query cannot be run.\n", status=400)
        return None

    @hookimpl
    def render_cell(self, row: Any, value: Any, column: str, table: str | None, datasette: Any) -> Markup | None:
        """A link from each article and revision of a table to its page; None leaves the cell as it is."""
        root = datasette.setting("base_url").rstrip("/")
        if column == "url" and (table in _TABLES_OF_ARTICLES or "article_id" in keys(row)):
            return _address(value, root)
        label, number = (value.get("label"), value.get("value")) if isinstance(value, Mapping) else (value, value)
        what = "revision" if table == "revisions" and column == "id" else _LINKED_COLUMNS.get(column)
        if what is None or not isinstance(number, int):
            return None
        return Markup('<a href="{}/-/{}/{}">{}</a>').format(root, what, number, label)


_FIELDS = (
    ("select", 'name="_filter_column', "Column"),
    ("select", 'name="_filter_op', "Comparison"),
    ("input", 'type="text" name="_filter_value', "Value"),
    ("select", 'name="_sort"', "Order"),
    ("textarea", 'id="sql-editor"', "SQL"),
)
"""Fields of Datasette's forms that have no label: tag, first attributes, name."""
PLUGIN = Plugin()


def dispatcher_of(datasette: Any) -> Dispatcher | None:
    """The dispatcher of a Datasette, made at its first request."""
    if datasette not in DISPATCHERS:
        DISPATCHERS[datasette] = _dispatcher(datasette)
    return DISPATCHERS[datasette]


def keys(row: Any) -> list[str]:
    return list(row.keys()) if hasattr(row, "keys") else []


def _dispatcher(datasette: Any) -> Dispatcher | None:
    for database in datasette.databases.values():
        if database.path is not None and _is_ledger(Path(database.path)):
            prefix = datasette.setting("base_url").rstrip("/")
            return Dispatcher(DispatcherConfig(Path(database.path), _now, tables=f"/{database.route}", prefix=prefix))
    return None


def _with_labels(html: Markup) -> Markup:
    """A part of a Datasette page with labels on its fields, for screen readers, and without a gap in the levels of its
    headings."""
    named = str(html)
    for tag, field, name in _FIELDS:
        named = named.replace(f"<{tag} {field}", f'<{tag} aria-label="{name}" {field}')
    return Markup(named.replace("<h3", "<h2").replace("</h3", "</h2"))  # noqa: S704 - Datasette has escaped it


def _is_ledger(path: Path) -> bool:
    try:
        Store(path, readonly=True).close()
    except StoreError:
        return False
    return True


def _now() -> datetime:
    """The current time: another Datasette passes us no clock."""
    return datetime.now(UTC)


def _address(url: object, root: str) -> Markup | None:
    """An article's URL as a link to its history, followed by a link to the page itself."""
    if not isinstance(url, str) or not web(url):
        return None
    away = Markup('<a href="{}" rel="noreferrer" title="The page itself">↗</a>').format(web(url))
    return Markup('<a href="{}/history/{}">{}</a> {}').format(root, article_path(url), url, away)
