"""A small world of sites whose pages live: what crawls of it see, drawn by a seeded lot, and the two ways to keep books of it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from crawler.catalogue.site import Site
from crawler.cluster.messages import CrawlEnded, CrawlOpened, ItemFetched, Message, QuestionAsked
from crawler.crawl.session import CrawlResult, CrawlSession, load_context, rows_of
from pipelines.article import Article, Fetch, Outcome, Payload
from pipelines.items import confirm
from pipelines.store.crawls import CrawlOutcome, Source, put_sites, start_crawl
from pipelines.store.crawls.snapshot import SiteSnapshot, SnapshotQuestion, look_up
from pipelines.store.database import Row, Store
from pipelines.text.urls import article_key
from tests.factories import T0, article, stamp

WORDS = (
    "council",
    "road",
    "fire",
    "mill",
    "school",
    "bridge",
    "town",
    "river",
    "market",
    "crew",
    "light",
    "storm",
    "plan",
    "vote",
)
PRIVATE = {"stream_positions", "open_books", "held_looks"}
"""What only a writer keeps, and nobody when no crawl is open."""
BROKEN = 5
"""In the fifth of a paper's lives its template is broken."""
WHO = {"pid", "worker", "job"}


def site(name: str) -> Site:
    """A title of the world."""
    return Site(
        id=name, name=name.title(), url=f"https://{name}.example/", timezone="Europe/London", every="30 min", delay_seconds=2
    )


@dataclass(slots=True)
class Page:
    """One article's page as it is now."""

    url: str
    headline: str
    body: list[str]
    published: float
    modified: float
    byline: str | None = "By Ann Other"
    gone: bool = False


class Paper:
    """One site: pages that appear, change, break and go; `look` is what a crawl sees of them."""

    def __init__(self, name: str, seed: int) -> None:
        self.site = site(name)
        self._lot = random.Random(f"{name} {seed}")
        self._pages: list[Page] = []
        self._lived = 0

    def live(self, minute: float) -> None:
        """Half an hour of news."""
        lot = self._lot
        self._lived += 1
        for _ in range(lot.randint(1, 4)):
            number = len(self._pages)
            body = [self._paragraph() for _ in range(lot.randint(4, 9))]
            self._pages.append(Page(f"{self.site.url}news/{number}", self._line(6), body, minute - 20, minute - 20))
        for page in self._pages:
            change = lot.random()
            if change < 0.08:
                page.body.append(self._paragraph())
                page.modified = minute - lot.randint(1, 20)
            elif change < 0.11:
                page.body[0] = self._paragraph()
            elif change < 0.13:
                page.modified = minute - 5
            elif change < 0.15:
                page.byline = None  # a doubt: it may be the template
            elif change < 0.17:
                page.body = page.body[:1]  # a doubt: it may be cut off
            elif change < 0.18:
                page.gone = True

    def look(self, snapshot: SiteSnapshot, minute: float) -> Iterator[Article | Fetch]:
        """What a crawl that knows this past makes of all pages, in the form in which the last stage is given it."""
        for number, page in enumerate(self._pages):
            seen, broken = minute + number / 30, self._lot.random()
            moment = T0 + timedelta(minutes=seen)
            if page.gone:
                yield Fetch(page.url, moment, status=404, outcome=Outcome.GONE, reason="status 404")
            elif broken < 0.03:
                yield Fetch(page.url, moment, outcome=Outcome.ERROR, reason="timed out")
            elif broken < 0.05:
                payload = Payload(b"<html>Please log in</html>", "text/html")
                yield Fetch(page.url, moment, status=200, outcome=Outcome.NOT_ARTICLE, reason="no text", payload=payload)
            elif broken < 0.12 and snapshot.find(page.url):
                yield Fetch(page.url, moment, status=304, outcome=Outcome.NOT_MODIFIED)
            else:
                yield self._reading(page, snapshot, seen)

    @property
    def keys(self) -> tuple[str, ...]:
        """Of all its pages."""
        return tuple(article_key(page.url) for page in self._pages)

    def ending(self, minute: float) -> CrawlResult:
        """A crawl that asked for all there was."""
        fetched = T0 + timedelta(minutes=minute)
        source = Source(f"{self.site.url}feed", "feed", fetched, 200, candidates=len(self._pages), dated=len(self._pages))
        listed = {f"{self.site.id}.example/news/{len(self._pages) - 1}": source.url}
        return CrawlResult(CrawlOutcome.FINISHED, None, fetched, len(self._pages) + 1, len(self._pages), {"known": 2}, whole=True,
                      sources=(source,), listed=listed)  # fmt: skip

    def _reading(self, page: Page, snapshot: SiteSnapshot, seen: float) -> Article | Fetch:
        fields = {
            "headline": None if self._is_broken else page.headline,
            "byline": page.byline,
            "date_published": stamp(page.published),
        }
        read = article("\n\n".join(page.body), seen=seen, modified=page.modified, url=page.url, images=(), description=None,
                       fetch={"etag": f'"{page.modified}"'}, **fields)  # fmt: skip
        if page.byline is None:
            read = replace(read, authors=())
        assert read.fetch is not None
        payload = Payload(f"<html>{page.headline}</html>".encode(), "text/html")
        read = replace(read, fetch=replace(read.fetch, payload=payload))
        return confirm(snapshot, read, replace(read.fetch, payload=payload)) if read.fetch else read

    @property
    def _is_broken(self) -> bool:
        """Another template than readers know, for a while: half of the pages read as without a headline."""
        return self._lived == BROKEN and self._lot.random() < 0.5

    def _line(self, words: int) -> str:
        return " ".join(self._lot.choices(WORDS, k=words)).capitalize()

    def _paragraph(self) -> str:
        return f"{self._line(25)} {self._lot.randrange(10**6)}."


def crawl_number(number: int) -> str:
    """A crawl's name."""
    return UUID(int=number).hex


class Worker:
    """One crawl of a worker, without its network: its messages."""

    def __init__(self, paper: Paper, number: int, minute: float, fence: int | None = None) -> None:
        self.crawl = crawl_number(number)
        self.reply = f"newsledger:reply:{self.crawl}"
        self._paper = paper
        self._minute = minute
        started = T0 + timedelta(minutes=minute)
        self.opened = CrawlOpened(
            self.crawl, 1, paper.site, "schedule", started, started, "worker-1", fence or number, self.reply
        )

        question = SnapshotQuestion(paper.keys, until=started)
        self.question = QuestionAsked(self.crawl, 2, question, f"{self.reply}:2")

    def rest(self, known: SiteSnapshot) -> Iterator[Message]:
        """All that follows the answer to the question."""
        serial = 2
        for item in self._paper.look(known, self._minute):
            serial += 1
            yield ItemFetched(self.crawl, serial, item)
        yield CrawlEnded(self.crawl, serial + 1, self._paper.ending(self._minute + 5))


def keep_alone(store: Store, paper: Paper, minute: float) -> None:
    """A crawl on one machine, as `CrawlRecord` keeps its books."""
    started = T0 + timedelta(minutes=minute)
    put_sites(store, rows_of([paper.site]))
    told = load_context(store, paper.site, started)
    crawl_id = start_crawl(store, paper.site.id, "schedule", started, started)
    session = CrawlSession(store, paper.site, crawl_id, started)
    told.snapshot.add(look_up(store, paper.site.id, SnapshotQuestion(paper.keys, until=started)))
    for item in paper.look(told.snapshot, minute):
        session.write(item)
    session.close(paper.ending(minute + 5))


ESTIMATES = frozenset({"next_check", "watched", "found", "edits_missed", "edits_unseen"})
"""What rests on the rates known so far: books that are opened again in the middle of a crawl know what it has taught of a site
meanwhile, by which a found edit is shared out among the ages between two fetches, and the next fetch is planned."""


def contents(store: Store, without: frozenset[str] = frozenset()) -> dict[str, list[Row]]:
    """All that a ledger tells, but who crawled, and the stories, which are found in it later; `without` these columns."""
    sql = """SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_%' ESCAPE '\\'
        AND name NOT LIKE 'revisions_fts%' AND name NOT LIKE 'story%' AND name NOT LIKE 'sketch%'"""
    tables = [row["name"] for row in store.rows(sql) if row["name"] not in PRIVATE]
    return {
        table: sorted(
            (
                {key: value for key, value in row.items() if key not in WHO | without}
                for row in store.rows(f"SELECT * FROM {table}")
            ),
            key=repr,
        )
        for table in tables
    }


def moment_of(minute: float) -> datetime:
    """So many minutes after the world began."""
    return T0 + timedelta(minutes=minute)
