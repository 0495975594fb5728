"""An archive becomes a ledger: captures of WARC files, in order of time, through the very extraction, pipelines and store of a
crawl. Reading and extracting is spread over processes; one writes. Records that `export` wrote come in by a door of their own.
"""

from __future__ import annotations

import gzip
import multiprocessing
import os
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from crawler.catalogue.site import Site, host_of
from crawler.crawl.session import CrawlSession, rows_of
from crawler.extraction import extract
from crawler.extraction.extract import reason_of, with_ids
from crawler.extraction.page import collect_seldom
from crawler.extraction.zones import guess_zone
from crawler.schedule.processes import is_running
from crawler.warc import reader as warc
from pipelines.article import Article, Fetch, Kind, Outcome
from pipelines.exchange.import_records import MAX_LINE, Staging
from pipelines.exchange.merge import Merged, merge
from pipelines.exchange.merge_writer import MergeSource
from pipelines.queries.activity import article_count
from pipelines.reasons import FetchReason, because, coded
from pipelines.store.crawls import CrawlOutcome, finish_crawl, lose_dead, put_sites, start_crawl
from pipelines.store.database import Store
from pipelines.text.normalise import normalise
from pipelines.text.urls import amp_to_article, canonicalize

CHUNK = 25
"""Captures a worker takes at a time: enough to make the hand-over cheap, few enough to keep memory flat."""

_RECORDS = 200
"""Records that are put in one transaction."""

Found = Article | Fetch
Work = Sequence[tuple[warc.CaptureLocation, warc.CaptureLocation | None]]
"""Captures to read, each with the payload that it repeats, where it repeats one."""


@dataclass(slots=True)
class ImportReport:
    """What an import did."""

    captures: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    """Pages that are no article, by reason."""
    problems: list[str] = field(default_factory=list)


class WarcFiles:
    """WARC files to import, indexed."""

    def __init__(self, files: Sequence[Path]) -> None:
        self.problems: list[str] = []
        entries: list[warc.CaptureLocation] = []
        for file in files:
            found = warc.index(file)
            entries += found.entries
            self.problems += found.problems
        payloads = {entry.digest: entry for entry in reversed(entries) if entry.digest and entry.kind != "revisit"}
        self.work = [
            (entry, payloads.get(entry.digest or "")) for entry in sorted(entries, key=lambda e: (e.captured, e.file, e.offset))
        ]


def import_archive(archive: WarcFiles, store: Store, sites: Iterable[Site], now: datetime, *, jobs: int = 1,
                   advance: Callable[[int], None] = lambda _: None) -> ImportReport:  # fmt: skip
    """Write all captures of an archive into the store; `advance(n)` is told of progress."""
    report = ImportReport(problems=list(archive.problems))
    by_host = {host: site for site in sites for host in site.own_hosts if site.enabled or host == site.host}
    with store.transaction():
        lose_dead(store, now, is_running)
        crawl_id = start_crawl(store, None, "import", now, pid=os.getpid())
    sessions: dict[str, CrawlSession] = {}
    outcome = CrawlOutcome.FAILED
    try:
        for found in _readings(archive.work, by_host, jobs):
            for item in found:
                report.captures += 1
                site = site_of(item.url, by_host)
                if site.id not in sessions:
                    put_sites(store, rows_of([site]))
                    sessions[site.id] = CrawlSession(store, site, crawl_id, now, imported=now)
                recorded = sessions[site.id].write(item)
                if recorded is None:
                    continue
                report.outcomes[recorded.outcome] += 1
                if isinstance(item, Fetch) and item.reason and recorded.outcome is Outcome.NOT_ARTICLE:
                    report.refused[item.reason] += 1
            advance(len(found))
        outcome = CrawlOutcome.FINISHED
    finally:
        finish_crawl(store, crawl_id, outcome, now, candidates=len(archive.work))
    return report


@dataclass(slots=True)
class RecordsReport:
    """What came of a file of records."""

    merged: Merged
    records: int = 0
    problems: list[str] = field(default_factory=list)


def is_records(path: Path) -> bool:
    """Whether a file is one of records, by its name."""
    return path.name.endswith((".jsonl", ".jsonl.gz"))


def import_records(path: Path, store: Store, now: datetime, *, read: Callable[[int], None] = lambda _: None,
                   advance: Callable[[int, int], None] = lambda *_: None) -> RecordsReport:  # fmt: skip
    """Take in the records of a file that `export jsonl` wrote; those that are damaged are left out, and told.

    They are put into a ledger beside the system's temporary files first, since those of one article stand anywhere in the file.
    `read(n)` is told of records, `advance(n, of)` of articles.
    """
    taken = RecordsReport(Merged())
    with tempfile.TemporaryDirectory(prefix="newsledger-") as folder, Store(Path(folder) / "heap.db") as other:
        staging = Staging(other)
        for lines in _lines(path, taken.problems):
            refused = staging.put(lines)
            for number, why in enumerate(refused, taken.records + 1):
                if why:
                    taken.problems.append(f"{path.name}: record {number}: {why}")
            taken.records += len(lines)
            read(len(lines))
        staging.link_references()
        total = article_count(other)
        taken.merged = merge(store, other, MergeSource(path.name, "import"), now, lambda n: advance(n, total))
    return taken


def _lines(path: Path, problems: list[str]) -> Iterator[list[str]]:
    """Lines of a file, plain or packed, some at a time; a line that is no UTF-8 is handed on with marks, and is refused then."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
        lines: list[str] = []
        try:
            while line := stream.readline(MAX_LINE + 2):
                if line.strip():
                    lines.append(line.decode("utf-8", "surrogateescape"))
                if len(lines) == _RECORDS:
                    yield lines
                    lines = []
        except (OSError, EOFError, zlib.error) as error:
            problems.append(f"{path.name}: cut or damaged: {error}")
        if lines:
            yield lines


def site_of(url: str, by_host: dict[str, Site]) -> Site:
    """The catalogue's site of a URL's host, or one made up for the host."""
    host = host_of(url)
    site = by_host.get(host) or by_host.get(f"www.{host}") or by_host.get(host.removeprefix("www."))
    if site:
        return site
    bare = host.removeprefix("www.")
    name = "".join(char if char.isalnum() else "-" for char in bare).strip("-") or "unknown"
    return Site(id=name, name=bare or "unknown", url=f"https://{host}/", timezone=guess_zone(url)[0], enabled=False)


class CaptureReader:
    """Reads captures into articles, knowing which site a host belongs to."""

    def __init__(self, by_host: dict[str, Site]) -> None:
        self._by_host = by_host

    def read_chunk(self, chunk: Work) -> list[Found]:
        """What each capture found, in order."""
        return [self.read(entry, payload) for entry, payload in chunk]

    def read(self, entry: warc.CaptureLocation, payload: warc.CaptureLocation | None) -> Found:
        """What one capture found. A revisit whose payload is at hand is read again: it may be an older one than the latest."""
        url = canonicalize(entry.url) or entry.url
        fetch = Fetch(url, entry.captured, warc_file=Path(entry.file).name, warc_offset=entry.offset)
        if entry.kind == "revisit":
            if payload is None:
                return replace(fetch, status=304, outcome=Outcome.NOT_MODIFIED)
            fetch = replace(fetch, warc_file=Path(payload.file).name, warc_offset=payload.offset)
        capture = warc.read(payload if payload and entry.kind == "revisit" else entry)
        if capture is None:
            return because(fetch, Outcome.ERROR, coded(FetchReason.DAMAGED_RECORD))
        fetch = replace(
            fetch,
            status=capture.status,
            bytes=len(capture.body),
            aliases=((url, "amp"),) if amp_to_article(url) else (),
        )
        if capture.status in (404, 410):
            return because(fetch, Outcome.GONE, coded(FetchReason.GONE, capture.status))
        if 300 <= capture.status < 400:
            return because(fetch, Outcome.MOVED, coded(FetchReason.MOVED, (capture.location or "nowhere")[:200]))
        if not 200 <= capture.status < 300:
            return because(fetch, Outcome.ERROR, coded(FetchReason.HTTP_ERROR, capture.status))
        site = site_of(url, self._by_host)
        known = site if site in self._by_host.values() else None
        article = extract(capture.body, url, known, content_type=capture.content_type, fetched=entry.captured)
        if article.kind is Kind.NOT_ARTICLE:
            return because(fetch, Outcome.NOT_ARTICLE, reason_of(article))
        return normalise(with_ids(article, fetch, site))


def _readings(work: Work, by_host: dict[str, Site], jobs: int) -> Iterator[list[Found]]:
    """Readings of all captures, in order, a chunk at a time."""
    chunks = iter([work[start : start + CHUNK] for start in range(0, len(work), CHUNK)])
    if jobs <= 1 or len(work) <= 2 * CHUNK:
        reader = CaptureReader(by_host)
        yield from (reader.read_chunk(chunk) for chunk in chunks)
        return
    # Spawned, not forked: the parent has an open database and may have threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_start_worker, initargs=(by_host,)) as pool:
        waiting: list[Future[list[Found]]] = [pool.submit(_work, chunk) for chunk in islice(chunks, 3 * jobs)]
        while waiting:
            yield waiting.pop(0).result()
            waiting += [pool.submit(_work, chunk) for chunk in islice(chunks, 1)]


_worker: list[CaptureReader] = []
"""The reader of a worker process; empty in the parent."""


def _start_worker(by_host: dict[str, Site]) -> None:
    collect_seldom()
    _worker.append(CaptureReader(by_host))


def _work(chunk: Work) -> list[Found]:
    return _worker[0].read_chunk(chunk)


def default_jobs() -> int:
    """One process a core."""
    return os.cpu_count() or 1
