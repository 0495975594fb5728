"""Reads archived pages again with the installed extraction: several processes read and extract; one writes.

No site is contacted. `pipelines.store.corrections` explains what a better reading changes.
Pages in quarantine are read again too, through the checks and the session of a crawl.
"""

from __future__ import annotations

import hashlib
import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby, islice
from pathlib import Path

from crawler.catalogue.site import Site
from crawler.extraction.families import FAMILIES, READERS
from crawler.extraction.markup.page import collect_seldom
from crawler.offline.import_warc import CHUNK, capture_of, site_of
from crawler.spiders.capture import Capture, read_capture
from crawler.warc import reader as warc
from pipelines.article import Article, Fetch
from pipelines.queries.articles import revision_address
from pipelines.queries.health_metrics import usual_readings
from pipelines.store.corrections import PageLocation, Scope, compare, count, page_locations, reread
from pipelines.store.database import Store
from pipelines.store.late_captures.replay import LedgerWriter
from pipelines.store.quarantine import QuarantinedReading, QuarantineState, in_quarantine, judge_replayed
from pipelines.text.normalise import normalise
from pipelines.text.urls import canonicalize

CURRENT = frozenset(f"{family.name}/{family.version}.{READERS}" for family in FAMILIES)
"""Current extractors of families. The general one is not included: a page that it has read may belong to a family by now."""
EXTRACTION = hashlib.sha256(" ".join(sorted(CURRENT | {f"generic/{READERS}"})).encode()).hexdigest()[:16]
"""An id of the current extraction: it changes with the general readers or any family."""

Reading = tuple[int, Article | str]
"""A revision, and the new reading of its page, or why it could not be read."""


@dataclass(slots=True)
class ReprocessReport:
    """The result of a rereading."""

    read: int = 0
    corrected: int = 0
    left: Counter[str] = field(default_factory=Counter)
    """Number of unchanged revisions, by reason."""
    unarchived: int = 0
    """Revisions whose page was never archived."""


@dataclass(frozen=True, slots=True)
class Correction:
    """The proposed correction of one revision."""

    url: str
    number: int
    before: Article
    after: Article


def scope_of(*, site_id: str | None = None, family: str | None = None, since: str | None = None, until: str | None = None,
             again: bool = False) -> Scope:  # fmt: skip
    """Pages within these bounds that the current extraction has not read yet; with `again` also those that it has."""
    read_before = Scope("") if again else Scope(EXTRACTION, CURRENT)
    return replace(read_before, site_id=site_id, family=family, since=since, until=until)


def reprocess(store: Store, folder: Path, sites: Iterable[Site], scope: Scope, now: Callable[[], datetime], *, jobs: int = 1,
              advance: Callable[[int], None] = lambda _: None) -> ReprocessReport:  # fmt: skip
    """Read all pages in scope again and correct those that now read better; `advance(n)` is called with the progress.

    Each revision is a transaction of its own: an interrupted run continues where it was.
    """
    report = ReprocessReport(unarchived=count(store, scope)[1])
    for readings in _readings(page_locations(store, scope), folder, {site.id: site for site in sites}, jobs):
        for revision_id, reading in readings:
            result = reread(store, revision_id, reading, EXTRACTION, now())
            report.read += 1
            report.corrected += result.corrected
            if result.reason:
                report.left[result.reason] += 1
        advance(len(readings))
    return report


def preview(store: Store, folder: Path, sites: Iterable[Site], scope: Scope, report: ReprocessReport, *, jobs: int = 1,
            advance: Callable[[int], None] = lambda _: None) -> Iterator[Correction]:  # fmt: skip
    """The corrections that `reprocess` would make, one by one; the report is filled meanwhile. Writes nothing."""
    report.unarchived = count(store, scope)[1]
    for readings in _readings(page_locations(store, scope), folder, {site.id: site for site in sites}, jobs):
        for revision_id, reading in readings:
            report.read += 1
            if isinstance(reading, str):
                report.left[reading] += 1
                continue
            before, result = compare(store, revision_id, reading)
            if result.reason:
                report.left[result.reason] += 1
            elif result.corrected:
                report.corrected += 1
                address = revision_address(store, revision_id)
                yield Correction(before.url, address.number if address else 0, before, reading)
        advance(len(readings))


class PageReader:
    """Reads pages of an archive; knows the catalogue's sites."""

    def __init__(self, folder: Path, sites: Mapping[str, Site]) -> None:
        self._folder = folder
        self._sites = sites

    def read_chunk(self, chunk: Sequence[PageLocation]) -> list[Reading]:
        """The reading of each page, in order."""
        return [(place.revision_id, self.read(place)) for place in chunk]

    def read(self, place: PageLocation) -> Article | str:
        """One page as read by the current extraction, or why it could not be read."""
        found = warc.answer(self._folder, place.page)
        if isinstance(found, str):
            return found
        if found.problem:
            return f"its record in the archive is not whole: {found.problem}"
        url = canonicalize(found.url) or found.url
        site = self._sites.get(place.site_id)
        fetch = Fetch(url, found.captured, status=found.status)
        item = read_capture(capture_of(found, url), site or site_of(url, {}), fetch, is_catalogued=site is not None)
        return normalise(item) if isinstance(item, Article) else f"reads as no article: {item.reason}"


def _readings(work: Iterator[PageLocation], folder: Path, sites: Mapping[str, Site], jobs: int) -> Iterator[list[Reading]]:
    """Readings of all pages, in order, a chunk at a time."""
    chunks = iter(lambda: tuple(islice(work, CHUNK)), ())
    first = list(islice(chunks, 2))
    if jobs <= 1 or len(first) < 2:
        reader = PageReader(folder, sites)
        yield from (reader.read_chunk(chunk) for part in (first, chunks) for chunk in part)
        return
    # Spawned, not forked: the parent has an open database and may have threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_start_worker, initargs=(folder, sites)) as pool:
        waiting: list[Future[list[Reading]]] = [pool.submit(_work, chunk) for chunk in first]
        waiting += [pool.submit(_work, chunk) for chunk in islice(chunks, 3 * jobs)]
        while waiting:
            yield waiting.pop(0).result()
            waiting += [pool.submit(_work, chunk) for chunk in islice(chunks, 1)]


_worker: list[PageReader] = []
"""The reader of a worker process; empty in the parent."""


def _start_worker(folder: Path, sites: Mapping[str, Site]) -> None:
    collect_seldom()
    _worker.append(PageReader(folder, sites))


def _work(chunk: Sequence[PageLocation]) -> list[Reading]:
    return _worker[0].read_chunk(chunk)


def replay(store: Store, sites: Iterable[Site], now: datetime, *, site_id: str | None = None,
           believe: bool = False) -> Counter[str]:  # fmt: skip
    """Read all pages in quarantine again, of one site or of the whole catalogue; counts the results.

    A sound reading goes into the ledger with the time of its own fetch; others stay. `believe`: a person confirms that
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
                counts[QuarantineState.QUARANTINED] += 1
            else:
                readings.append((aside, article))
        writers = {crawl: LedgerWriter(store, name, crawl) for crawl in {aside.crawl_id for aside, _ in readings}}
        usual = usual_readings(store, name)
        counts.update(judge_replayed(store, writers, readings, usual, now=now, believe=believe))
    return counts


def _read(aside: QuarantinedReading, site: Site) -> Article | None:
    """The page as read by the current extraction; None if it was not kept, or still reads as no article."""
    payload = aside.fetch.payload
    if payload is None:
        return None
    headers = {"content-type": (payload.content_type,)} if payload.content_type else {}
    capture = Capture(aside.url, aside.fetch.fetched, aside.fetch.status or 200, headers, payload.body)
    item = read_capture(capture, site, replace(aside.fetch, payload=None))
    return normalise(item) if isinstance(item, Article) else None
