"""Pages in quarantine are read again: with today's extraction, through the doubts and the ledger that a crawl goes through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from crawler.catalogue.site import Site
from crawler.extraction import extract
from crawler.extraction.extract import with_ids
from pipelines.article import Article, Kind
from pipelines.queries.health_metrics import usual_readings
from pipelines.store.database import Store
from pipelines.store.quarantine import Aside, Standing, in_quarantine, settle_again
from pipelines.store.writer import RevisionWriter
from pipelines.text.normalise import normalise


def replay(store: Store, sites: Iterable[Site], now: datetime, *, site_id: str | None = None,
           believe: bool = False) -> Counter[str]:  # fmt: skip
    """Read all pages in quarantine again, of one site or of all of the catalogue; counts by what became of them.

    What reads soundly now goes into the ledger with the time of its own fetch; what does not stays. `believe`: a person says that
    the pages are as they read.
    """
    by_id = {site.id: site for site in sites}
    counts: Counter[str] = Counter()
    for name, waiting in groupby(sorted(in_quarantine(store, site_id), key=lambda one: one.site_id), key=lambda one: one.site_id):
        site = by_id.get(name)
        readings = []
        for aside in waiting:
            article = _read(aside, site) if site else None
            if article is None:
                counts[Standing.QUARANTINED] += 1
            else:
                readings.append((aside, article))
        writers = {crawl: RevisionWriter(store, name, crawl) for crawl in {aside.crawl_id for aside, _ in readings}}
        usual = usual_readings(store, name)
        counts.update(settle_again(store, writers, readings, usual, now=now, believe=believe))
    return counts


def _read(aside: Aside, site: Site) -> Article | None:
    """The page as extraction reads it today; None where it was not kept, or still reads as no article."""
    payload = aside.fetch.payload
    if payload is None:
        return None
    article = extract(payload.body, aside.url, site, content_type=payload.content_type, fetched=aside.fetch.fetched)
    if article.kind is Kind.NOT_ARTICLE:
        return None
    return normalise(with_ids(article, replace(aside.fetch, payload=None), site))
