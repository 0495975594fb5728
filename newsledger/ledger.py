"""Ledger, the public API: one read-only object, whose methods return frozen values. Contains no SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from crawler.clock import clock
from pipelines import MissingExtraError, stories
from pipelines.article import Article
from pipelines.history import revisions
from pipelines.queries import articles, changes, removed
from pipelines.queries import search as searching
from pipelines.queries.articles import ArticleView, article_view
from pipelines.queries.health import SiteHealth, judge
from pipelines.queries.health_metrics import health_metrics
from pipelines.queries.questions import answer
from pipelines.queries.results import ArticleRecord, Change, Hits, Revision, Takedowns, row_of
from pipelines.queries.url_report import Trace, trace
from pipelines.store.database import Store
from pipelines.store.rows import Row, instant_of
from pipelines.stories.results import StoryHead

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


@dataclass(frozen=True, slots=True)
class ResultTable:
    """Rows in order, each a mapping; `list(table)` gives all of them."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    @classmethod
    def of(cls, values: Iterable[DataclassInstance]) -> ResultTable:
        """A table of values such as revisions, changes or hits."""
        rows = tuple(map(row_of, values))
        return cls(tuple(rows[0]) if rows else (), rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def to_pandas(self) -> Any:
        """A pandas DataFrame; columns of instants are times in UTC. Raises MissingExtraError without pandas."""
        try:
            import pandas as pd
        except ImportError as error:
            raise MissingExtraError("frames", "pandas") from error
        return pd.DataFrame(self._columns())

    def to_polars(self) -> Any:
        """A polars DataFrame; columns of instants are times in UTC. Raises MissingExtraError without polars."""
        try:
            import polars as pl
        except ImportError as error:
            raise MissingExtraError("frames", "polars") from error
        return pl.DataFrame(self._columns(), strict=False)

    def _columns(self) -> dict[str, list[Any]]:
        """Values by column; if all present values of a column are instants, they become times."""
        found: dict[str, list[Any]] = {}
        for name in self.columns:
            values = [list(value) if isinstance(value, tuple) else value for value in (row[name] for row in self.rows)]
            known = [value for value in values if value is not None]
            if known and all(isinstance(value, str) and _INSTANT.fullmatch(value) for value in known):
                values = [instant_of(str(value)) if value else None for value in values]
            found[name] = values
        return found


class ArticleNotFoundError(LookupError):
    """The ledger has no article at a URL."""


class Ledger:
    """An open ledger. Use it as a context manager, or `close()` it.

    URLs may be in any spelling that ever led to the article: an old slug, an AMP page, with or without www. A method that needs
    an article raises `ArticleNotFoundError` if the ledger has none.
    """

    def __init__(self, path: Path | str) -> None:
        self._store = Store(path, readonly=True)

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"newsledger.open({str(self._store.path)!r})"

    def article(self, url: str) -> ArticleView:
        """The article at a URL, with its latest text, its states and its other addresses.

        >>> import newsledger
        >>> with newsledger.open("news.db") as ledger:
        ...     article = ledger.article("http://www.paper.example/news/mill-fire/")
        >>> article.state, article.revision_count, article.latest.authors[0].name
        ('live', 2, 'Ann Other')
        """
        return article_view(self._store, self._find(url))

    def history(self, url: str) -> tuple[Revision, ...]:
        """All revisions of the article at a URL, oldest first.

        >>> import newsledger
        >>> with newsledger.open("news.db") as ledger:
        ...     first, last = ledger.history("https://paper.example/news/mill-fire")
        >>> last.change, last.changed_fields, last.not_before, last.first_seen
        ('silent', ('headline', 'body'), '2025-03-07T08:00:00Z', '2025-03-07T10:00:00Z')
        """
        return articles.history(self._store, self._find(url).article_id)

    def revision(self, url: str, number: int) -> Article:
        """One revision in full, by its number; raises IndexError if there is none. See `pipelines.diff` to compare two.

        >>> import newsledger
        >>> with newsledger.open("news.db") as ledger:
        ...     ledger.revision("https://paper.example/news/mill-fire", 1).body
        'Firefighters were called to Cross Mill at 4.10am.'
        """
        article = self._find(url)
        found = articles.revision(self._store, article.article_id, article.url, number)
        if found is None:
            raise IndexError(number)
        return found

    def changes(self, *, sites: Iterable[str] = (), kinds: Iterable[str] = (), since: str | None = None, until: str | None = None,
                region: str | None = None, country: str | None = None, limit: int = 60,
                before: str | None = None) -> tuple[Change, ...]:  # fmt: skip
        """The newest revisions, newest first, at most 500 in one call; `before` is the `cursor` of the previous page's last one.

        `kinds`: kinds of change. `since` and `until`: first and last day or moment, ISO 8601 UTC, both included.

        >>> import newsledger
        >>> with newsledger.open("news.db") as ledger:
        ...     [(change.site_id, change.headline_before, change.words_added) for change in ledger.changes(kinds=["silent"])]
        [('paper', 'Fire at Cross Mill', 8)]
        """
        wanted = changes.Filter(tuple(sites), region, country, tuple(kinds), since=since, until=until)
        return tuple(changes.latest(self._store, wanted, limit=limit, before=before))

    def search(self, words: str, *, sites: Iterable[str] = (), kinds: Iterable[str] = (), since: str | None = None,
               until: str | None = None, limit: int = 20, offset: int = 0, by_article: bool = False) -> Hits:  # fmt: skip
        """Revisions that contain all the words; `"a phrase"` stays together, `word*` matches beginnings, `OR` means
        either, `NOT` and `-word` exclude; `headline:`, `author:`, `site:`, `before:`, `after:`, `change:` narrow. `by_article`:
        one hit per article.

        >>> import newsledger
        >>> with newsledger.open("news.db") as ledger:
        ...     found = ledger.search('"two people" mill')
        >>> found.total, [(hit.number, hit.headline) for hit in found.hits]
        (1, [(2, 'Two hurt in fire at Cross Mill')])
        """
        return searching.search(
            self._store, words, sites=sites, changes=kinds, since=since, until=until, limit=limit, offset=offset,
            by_article=by_article,
        )  # fmt: skip

    def takedowns(self, *, site: str | None = None, state: str | None = None, limit: int = 50,
                  before: str | None = None) -> Takedowns:  # fmt: skip
        """Articles that disappeared from their sites, newest first; `state`: only `gone` ones, or only `suspected` ones.

        >>> import newsledger
        >>> with newsledger.open("news.db") as ledger:
        ...     ledger.takedowns(site="paper")
        Takedowns(takedowns=(), older=None, searched=None)
        """
        chosen = revisions.State(state) if state else None
        return removed.takedowns(self._store, site=site, state=chosen, limit=limit, before=before)

    def stories(self, *, site: str | None = None, agency: str | None = None, limit: int = 50,
                before: str | None = None) -> tuple[StoryHead, ...]:  # fmt: skip
        """Stories that several sites carry, newest first; only those at `site`, or those of an `agency` (its short name).

        >>> import newsledger
        >>> with newsledger.open("news.db") as ledger:
        ...     ledger.stories(agency="PA")
        ()
        """
        return tuple(stories.latest(self._store, limit=limit, before=before, site=site, agency=agency))

    def site_health(self, *, now: datetime | None = None, max_age: timedelta = timedelta(hours=24)) -> tuple[SiteHealth, ...]:
        """The health of each site, judged by its own history; `max_age`: greatest age of the last finished crawl.

        >>> import newsledger
        >>> with newsledger.open("news.db") as ledger:
        ...     [(site.site_id, site.is_ill, site.findings[0].code) for site in ledger.site_health()]
        [('paper', False, 'never_crawled')]
        """
        found = health_metrics(self._store, now or clock()())
        return tuple(SiteHealth(one.site_id, one, judge(one, max_age)) for one in found)

    def url_report(self, url: str) -> Trace:
        """Everything that the ledger knows of a URL, whether it is an article or not.

        >>> import newsledger
        >>> with newsledger.open("news.db") as ledger:
        ...     report = ledger.url_report("https://paper.example/news/mill-fire")
        ...     nothing = ledger.url_report("https://paper.example/news/never-seen")
        >>> report.latest["number"], [fetch["outcome"] for fetch in report.looks], nothing.article
        (2, ['silent', 'new'], None)
        """
        return trace(self._store, url)

    def answer(self, name: str, *, now: datetime | None = None, **values: str) -> ResultTable:
        """The answer to a question of the cookbook, by its name and parameters; `since` may be `7d`; default 30 days ago.

        >>> import newsledger
        >>> with newsledger.open("news.db") as ledger:
        ...     table = ledger.answer("growing", since="2025-03-01")
        >>> [(row["site_id"], row["added"]) for row in table], table.columns[:2]
        ([('paper', 8)], ('site_id', 'headline'))
        """
        columns, rows = answer(self._store, name, values, now or clock()())
        return ResultTable(columns, tuple(rows))

    def table(self, values: Iterable[DataclassInstance]) -> ResultTable:
        """Values that another method returned, as a table; its `to_pandas()` and `to_polars()` make a data frame.

        >>> import newsledger
        >>> with newsledger.open("news.db") as ledger:
        ...     table = ledger.table(ledger.changes())
        >>> [row["change"] for row in table]
        ['silent', 'new']
        """
        return ResultTable.of(values)

    def _find(self, url: str) -> ArticleRecord:
        found = articles.find_article(self._store, url)
        if found is None:
            raise ArticleNotFoundError(f"the ledger has no article at {url}")
        return found
