"""What a crawl learns by one question is enough: it chooses as if it had loaded all that its site ever published."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from crawler.catalogue.site import Site
from crawler.discovery.candidate import Candidate, SourceKind
from crawler.discovery.delisting import fallen_out, find_delisted, listing_of
from crawler.discovery.frontier import RecheckMode, plan_requests, question_of
from pipelines.article import Article, Fetch, Outcome
from pipelines.store.crawls import put_sites, start_crawl
from pipelines.store.crawls.snapshot import SiteSnapshot, look_up
from pipelines.store.database import Store
from pipelines.store.late_captures.replay import LedgerWriter
from pipelines.store.statistics import StatsUpdater
from pipelines.text.urls import article_key
from tests.factories import article, at, new_store, stamp

SITE = Site("paper", "The Paper", "https://paper.example/", "Europe/London", article_url=re.compile(r"-(?P<id>\d{7})$"))
LISTS = ("https://paper.example/map.xml", "https://paper.example/feed")
DAY = 24 * 60
LEDGERS, FETCHES, QUESTIONS = 6, 120, 12


def addresses() -> list[str]:
    """Several spellings and forms of some pages: with and without `www`, a slash, AMP, the owner's id under another slug."""
    found = []
    for number in range(14):
        page = f"//paper.example/news/story-{number}" + (f"-{1_000_000 + number}" if number % 3 == 0 else "")
        found += [f"https:{page}", f"http:{page}/", f"https:{page.replace('paper', 'www.paper')}", f"https:{page}/amp"]
        found += [f"https://paper.example/news/renamed-{1_000_000 + number}"] if number % 3 == 0 else []
    return found


def items(lot: random.Random, urls: list[str]) -> Iterator[Article | Fetch]:
    """Fetches of any outcome in order of time, over a hundred days."""
    minute = 0.0
    for _ in range(FETCHES):
        minute += lot.choice((1, 30, 600, 2 * DAY))
        url = lot.choice(urls)
        led = {"requested_url": lot.choice(urls)} if lot.random() < 0.2 else {}
        kind = lot.random()
        if kind < 0.55:
            canonical = lot.choice(urls) if lot.random() < 0.15 else None
            led |= {"external_id": SITE.external_id(url), "etag": lot.choice(('"1"', None))}
            yield article(f"Words of {article_key(url)}, {lot.randint(1, 3)}.", url=url, canonical_url=canonical, seen=minute,
                          published=lot.choice((minute - 60, None)), headline=f"Story {article_key(url)}", fetch=led)  # fmt: skip
        else:
            outcome = lot.choice((Outcome.ERROR, Outcome.ERROR, Outcome.NOT_ARTICLE, Outcome.GONE, Outcome.RESERVED))
            yield Fetch(url, at(minute), outcome=outcome, status=404 if outcome is Outcome.GONE else 200, **led)


def ledger(path: Path, lot: random.Random, urls: list[str]) -> tuple[Store, float]:
    """A ledger of two sites that share pages, and the minute of its last fetch."""
    path.mkdir()
    store = new_store(path)
    put_sites(store, [{"id": "weekly", "name": "The Weekly", "url": "https://weekly.example/"}])
    last = 0.0
    for item in items(lot, urls):
        fetch = item.fetch if isinstance(item, Article) else item
        assert fetch is not None
        site_id = "weekly" if lot.random() < 0.1 else "paper"
        crawl_id = start_crawl(store, site_id, "test", fetch.fetched)
        LedgerWriter(store, site_id, crawl_id, StatsUpdater(store, site_id)).record(item)
        if lot.random() < 0.3:
            listed = {article_key(url): lot.choice((*LISTS, None)) for url in lot.sample(urls, 4)}
            StatsUpdater(store, site_id).record_listings(listed, (), crawl_id)
        last = (fetch.fetched - at(0)).total_seconds() / 60
    article_id = store.value("SELECT max(id) FROM articles")
    store.insert("withdrawals", {"article_id": article_id, "at": "2025-06-01", "who": "x", "reason": "y", "revisions": 1})
    return store, last


def candidates(lot: random.Random, urls: list[str], minute: float) -> list[Candidate]:
    """What sources name: claims of changes among it."""
    some = lot.sample(urls, lot.randint(0, 12))
    return [Candidate(url, lot.choice(list(SourceKind)), claimed_modified=stamp(lot.choice((None, minute)))) for url in some]


def everything(store: Store) -> SiteSnapshot:
    """All that is known, and all that the other site has."""
    snapshot = SiteSnapshot.load(store, "paper")
    others = store.values("SELECT url_key FROM articles WHERE site_id = 'weekly'")
    return replace(snapshot, elsewhere={key for (key,) in others})


def test_a_crawl_chooses_as_if_it_had_loaded_everything(tmp_path: Path) -> None:
    lot, urls = random.Random(7), addresses()
    asked = 0
    for number in range(LEDGERS):
        store, last = ledger(tmp_path / str(number), lot, urls)
        whole = everything(store)
        assert whole.articles
        assert whole.dead_ends
        for _ in range(QUESTIONS):
            minute = last + lot.choice((1, 90, DAY, 20 * DAY, 60 * DAY))
            named, now = candidates(lot, urls, minute), at(minute)
            lists = [(url, SourceKind.FEED, lot.sample(named, len(named) // 2)) for url in LISTS if lot.random() < 0.7]
            recheck, by_hand = lot.choice(list(RecheckMode)), lot.sample(urls, lot.choice((0, 0, 2)))
            question = question_of(named, SITE, now, recheck=recheck, named=by_hand, lists=[url for url, _, _ in lists])
            part = SiteSnapshot.begin(store, "paper")
            part.add(look_up(store, "paper", question))
            chosen = []
            for snapshot in (whole, part):
                read = [listing_of(*one, snapshot) for one in lists]
                gone, args = find_delisted(read, snapshot), {"recheck": recheck, "named": by_hand, "limit": 30, "allowed": 5}
                plan = plan_requests(named, snapshot, SITE, now, delisted=gone, **args)
                chosen.append((plan, read, gone, sorted(fallen_out(read, snapshot))))
            assert chosen[0] == chosen[1]
            asked += len(chosen[0][0].requests)
            for url in urls:
                assert part.find(url) in (None, whole.find(url)), url
    assert asked > 10 * LEDGERS, "they choose something"
