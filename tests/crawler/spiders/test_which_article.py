"""Which article a page is: no claim of another page, feed or redirect brings its text into an article's history."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from crawler.catalogue.site import Site
from crawler.discovery.candidate import Candidate, SourceKind
from crawler.discovery.frontier import RecheckMode, plan_requests
from crawler.spiders.capture import Capture, read_capture
from pipelines.article import Article, Fetch
from pipelines.items import confirm
from pipelines.store.crawls import put_sites, start_crawl
from pipelines.store.crawls.snapshot import SiteSnapshot
from pipelines.store.database import Store
from pipelines.store.writer import RevisionWriter
from pipelines.text.normalise import normalise
from tests.factories import OPENED

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)
HOST = "https://www.gazette.example"
SITE = Site("gazette", "Gazette", f"{HOST}/", "Europe/London", article_url=re.compile(r"-(?P<id>\d{6,7})/?$"))
FERRY = f"{HOST}/news/ferry-to-sail-again-4411223"
FERRY_TEXT = (
    "The ferry across the Wend is to sail again on Saturday, four months after its chain broke during a winter storm.",
    "Repairs cost two parishes some ninety thousand pounds, their councils announced after meeting behind closed doors.",
    "Ferryman Arkle said he had missed the bell, the children and the dogs that travel for nothing, in that order.",
)
LAMPS_TEXT = (
    "Brass lanterns, paper lampshades and solar bulbs compete for your money this spring, so we lit every one of them.",
    "Our favourite shone until breakfast without flickering, cost less than twenty euros and survived a playful kitten.",
    "Cheaper models dimmed quickly; nobody should buy batteries from kiosks that close whenever customers complain.",
)


def page(headline: str, text: tuple[str, ...], head: str = "") -> bytes:
    body = "".join(f"<p>{line}</p>" for line in text)
    return (
        f'<html lang="en"><head><title>{headline}</title><meta property="og:type" content="article">{head}'
        '<meta property="article:published_time" content="2025-05-31T08:00:00Z"></head>'
        f"<body><main><article><h1>{headline}</h1>{body}</article></main></body></html>"
    ).encode()


FERRY_PAGE = page("Ferry to sail again", FERRY_TEXT)


def canonical(url: str) -> str:
    return f'<link rel="canonical" href="{url}">'


class Ledger:
    """A ledger that pages are brought to as a crawl brings them."""

    def __init__(self, path: Path) -> None:
        self.store = Store(path)
        OPENED.append(self.store)
        put_sites(self.store, [{"id": SITE.id, "name": SITE.name, "url": SITE.url}])
        self._writer = RevisionWriter(self.store, SITE.id, start_crawl(self.store, SITE.id, "test", NOON))
        self._minutes = 0

    def bring(self, url: str, body: bytes, requested: str | None = None) -> None:
        """A page that answered at `url`; `requested` is what redirected there."""
        at = NOON + timedelta(minutes=self._minutes)
        self._minutes += 10
        capture = Capture(url, at, 200, {"content-type": ("text/html",)}, body)
        found = read_capture(capture, SITE, Fetch(url, at, requested, 200))
        assert isinstance(found, Article), found
        found = normalise(found)
        assert found.fetch is not None
        self._writer.record(confirm(SiteSnapshot.load(self.store, SITE.id), found, found.fetch))

    def histories(self) -> dict[str, list[str]]:
        """URL of each article -> the headlines of its revisions."""
        sql = "SELECT a.url, r.headline FROM revisions r JOIN articles a ON a.id = r.article_id ORDER BY a.id, r.number"
        found: dict[str, list[str]] = {}
        for row in self.store.rows(sql):
            found.setdefault(row["url"], []).append(row["headline"])
        return found

    def asks(self, *urls: str) -> list[str]:
        """What a crawl asks for whose feed names these."""
        candidates = [Candidate(url, SourceKind.FEED, f"{HOST}/feed.xml") for url in urls]
        snapshot = SiteSnapshot.load(self.store, SITE.id)
        later = NOON + timedelta(minutes=self._minutes)
        plan = plan_requests(candidates, snapshot, SITE, later, recheck=RecheckMode.NONE)
        return [planned.url for planned in plan.requests]


OTHERS = [  # (what it is, where it answers, what redirected there, its head)
    ("canonical link to an article, from a page without an id", "/offers/lamps", None, canonical(FERRY)),
    ("canonical link to an article, from one with another id", "/offers/lamps-770011", None, canonical(FERRY)),
    ("canonical link in another spelling", "/offers/lamps", None, canonical(f"{FERRY.replace('www.', 'm.')}/?utm_source=x")),
    ("canonical link to the AMP form", "/offers/lamps", None, canonical(f"{FERRY}/amp")),
    ("canonical link to an address with the id alone", "/offers/lamps", None, canonical(f"{HOST}/x-4411223")),
    ("canonical link of another host that carries the id", "/offers/lamps", None, canonical("https://sister.example/x-4411223")),
    ("og:url", "/offers/lamps", None, f'<meta property="og:url" content="{FERRY}">'),
    ("a query that ends like a slug", "/offers/lamps?from=/news/ferry-to-sail-again-4411223", None, ""),
    ("a query beside an id of its own", "/offers/lamps-770011?from=ferry-to-sail-again-4411223", None, ""),
    ("a redirect to such a query", "/offers/lamps-770011?from=/news/ferry-to-sail-again-4411223", "/go", ""),
    ("a redirect from an address with the id", "/offers/lamps", "/r/out-4411223", ""),
    ("an id that differs by a leading zero", "/offers/lamps-0411223", None, ""),
]  # fmt: skip


def test_no_page_takes_the_history_of_another(subtests: pytest.Subtests, tmp_path: Path) -> None:
    """Whichever is met first; and again, for a second look."""
    for number, (name, path, requested, head) in enumerate(OTHERS):
        lamps = page("Ten lamps to buy now", LAMPS_TEXT, head)
        for order in permutations("FL"):
            with subtests.test(name, order=order):
                ledger = Ledger(tmp_path / f"{number}{''.join(order)}.db")
                for which in (*order, *order):
                    if which == "F":
                        ledger.bring(FERRY, FERRY_PAGE)
                    else:
                        ledger.bring(f"{HOST}{path}", lamps, f"{HOST}{requested}" if requested else None)
                found = ledger.histories()
                assert found.pop(FERRY) == ["Ferry to sail again"]
                assert list(found.values()) == [["Ten lamps to buy now"]]


def test_an_address_that_only_looks_like_the_amp_form(tmp_path: Path) -> None:
    """A section about amplifiers: "/amp/valve" is no AMP form of "/valve"."""
    plain, section = f"{HOST}/reviews/valve", f"{HOST}/amp/reviews/valve"
    for order in permutations([(plain, FERRY_PAGE), (section, page("Ten lamps to buy now", LAMPS_TEXT))]):
        ledger = Ledger(tmp_path / f"{order[0][0] == plain}.db")
        for url, body in (*order, *order):
            ledger.bring(url, body)
        assert ledger.histories() == {plain: ["Ferry to sail again"], section: ["Ten lamps to buy now"]}


def test_an_address_that_was_only_claimed_is_still_fetched(tmp_path: Path) -> None:
    for name, path, head in (
        ("canonical", "/offers/lamps", canonical(FERRY)),
        ("og", "/offers/lamps", f'<meta property="og:url" content="{FERRY}">'),
        ("query", "/offers/lamps-770011?from=/news/ferry-to-sail-again-4411223", ""),
    ):
        ledger = Ledger(tmp_path / f"{name}.db")
        ledger.bring(f"{HOST}{path}", page("Ten lamps to buy now", LAMPS_TEXT, head))
        assert ledger.asks(FERRY, f"{HOST}{path}") == [FERRY], name
        ledger.bring(FERRY, FERRY_PAGE)
        assert ledger.asks(FERRY, f"{HOST}{path}") == []


def test_a_canonical_link_to_another_site_is_kept_and_not_believed(tmp_path: Path) -> None:
    for number, target in enumerate(("https://sister.example/news/ferry-9900111", "https://sister.example/news/ferry")):
        ledger = Ledger(tmp_path / f"{number}.db")
        ledger.bring(FERRY, page("Ferry to sail again", FERRY_TEXT, canonical(target)))
        rows = "SELECT a.url, a.external_id, r.canonical_url FROM articles a JOIN revisions r ON r.article_id = a.id"
        assert [tuple(row.values()) for row in ledger.store.rows(rows)] == [(FERRY, "4411223", target)]


def test_columns_of_one_headline_are_articles_of_their_own(tmp_path: Path) -> None:
    """They may name one address as canonical, or be reached by one that moves on each week."""
    for headline in ("Letters", "Weather", "Your photos", "Notes from the Wend valley"):
        for how in ("canonical", "redirect"):
            ledger = Ledger(tmp_path / f"{headline[:3]}-{how}.db")
            week = f"{HOST}/columns/this-week"
            head, requested = (canonical(week), None) if how == "canonical" else ("", week)
            ledger.bring(f"{HOST}/columns/one", page(headline, FERRY_TEXT, head), requested)
            ledger.bring(f"{HOST}/columns/two", page(headline, LAMPS_TEXT, head), requested)
            assert sorted(map(len, ledger.histories().values())) == [1, 1], (headline, how)


def test_what_is_one_article_stays_one(tmp_path: Path) -> None:
    """A new slug over the same id, AMP and print forms, a redirect to a new address, a short address: text or id tell so."""
    edited = page("Ferry to sail on Sunday", (*FERRY_TEXT[:2], "The first crossing was put off by a day on Friday evening."))
    others = page("Ten lamps to buy now", LAMPS_TEXT)
    plain = f"{HOST}/news/ferry"
    cases = [
        ("a new slug, the text edited", FERRY, f"{HOST}/news/ferry-waits-for-sunday-4411223", edited, None),
        ("a new slug, all words new", FERRY, f"{HOST}/news/ferry-waits-for-sunday-4411223", others, None),
        ("its own address, all words new", plain, plain, others, None),
        ("its own address without www", plain, plain.replace("www.", ""), others, None),
        ("AMP", FERRY, f"{FERRY}/amp/", edited, None),
        ("AMP that only a canonical link explains", FERRY, f"{HOST}/mobile/77.amp/", page("Ferry to sail again", FERRY_TEXT[:2],
         canonical(FERRY)), None),
        ("a print form", FERRY, f"{HOST}/print?story=9", page("Ferry to sail again", FERRY_TEXT, canonical(FERRY)), None),
        ("moved without an id", plain, f"{HOST}/archive/ferry", edited, plain),
        ("moved to an id", plain, FERRY, edited, plain),
    ]  # fmt: skip
    for number, (name, url, other, body, requested) in enumerate(cases):
        ledger = Ledger(tmp_path / f"{number}.db")
        ledger.bring(url, FERRY_PAGE)
        ledger.bring(other, body, requested)
        assert len(ledger.histories()) == 1, name
