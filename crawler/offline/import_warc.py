"""An archive becomes a ledger: captures of WARC files, in order of time, through the gate, pipelines and session of a crawl.

Several processes read and extract; one writes. Records of `export` are merged like a ledger.
"""

from __future__ import annotations

import gzip
import multiprocessing
import os
import sys
import tempfile
import zlib
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from crawler.catalogue.site import Site, host_of
from crawler.crawl.block_pages import MAX_HEADER_CHARS
from crawler.crawl.session import CrawlSession, rows_of
from crawler.extraction.choice.zones import guess_zone
from crawler.extraction.markup.page import collect_seldom
from crawler.schedule.processes import is_running
from crawler.spiders.capture import Capture, read_capture
from crawler.warc import reader as warc
from pipelines.article import Article, Fetch, Outcome
from pipelines.exchange.import_records import MAX_LINE, Staging
from pipelines.exchange.merge import Merged, MergeSource, merge
from pipelines.queries.activity import article_count
from pipelines.reasons import FetchReason, because, coded
from pipelines.store.crawls import CrawlOutcome, finish_crawl, lose_dead, put_sites, start_crawl
from pipelines.store.database import Store
from pipelines.store.late_captures.events import repeated
from pipelines.store.resolver import CLOCK_AHEAD, Lookup
from pipelines.text.normalise import normalise
from pipelines.text.urls import amp_to_article, article_key, canonicalize

CHUNK = 25
"""Captures that a worker receives at a time: enough to make the transfer cheap, few enough to keep memory constant."""

_RECORDS = 200
"""Records that are written in one transaction."""
UNREADABLE = frozenset({FetchReason.NOT_WHOLE, FetchReason.DAMAGED_RECORD, FetchReason.ORIGINAL_UNKNOWN})
"""Captures without information, which are reported one by one."""


@dataclass(slots=True)
class ImportReport:
    """The result of an import."""

    captures: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    """Number of pages that are no articles, by reason."""
    refused_codes: Counter[str] = field(default_factory=Counter)
    """The same by the code of the reason."""
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class UnresolvedRevisit:
    """A revisit whose original is in none of the files; it may be in the ledger."""

    fetch: Fetch
    refers_to: tuple[str, datetime | None] | None
    digest: bytes | None = None
    """Digest of the payload that it repeats."""

    @property
    def url(self) -> str:
        return self.fetch.url


Found = Article | Fetch | UnresolvedRevisit


@dataclass(frozen=True, slots=True)
class CaptureToRead:
    """A capture of the files, and the one whose payload it repeats, if any."""

    entry: warc.CaptureLocation
    original: warc.CaptureLocation | None = None


class WarcFiles:
    """WARC files to import, indexed: their captures in order of time."""

    def __init__(self, files: Sequence[Path], now: datetime) -> None:
        """Captures dated after `now` are left out, and reported."""
        self.problems: list[str] = []
        entries: list[warc.CaptureLocation] = []
        for file in files:
            found = warc.index(file)
            self.problems += found.problems
            for entry in found.entries:
                if entry.captured <= now + CLOCK_AHEAD:
                    entries.append(entry)
                else:
                    self.problems.append(
                        f"{place_of(entry)}: {entry.url[:200]!r} is of the future: {entry.captured:%Y-%m-%d %H:%M} UTC"
                    )
        entries.sort(key=lambda entry: (entry.captured, entry.file, entry.offset))
        whole = [entry for entry in entries if entry.kind != "revisit" and not entry.problem]
        by_digest = {entry.digest: entry for entry in reversed(whole) if entry.digest and entry.digest not in warc.EMPTY}
        by_place = {(article_key(entry.url), entry.captured): entry for entry in whole}
        self.work = [CaptureToRead(entry, _original(entry, by_digest, by_place)) for entry in entries]


def _original(entry: warc.CaptureLocation, by_digest: Mapping[bytes, warc.CaptureLocation],
              by_place: Mapping[tuple[str, datetime], warc.CaptureLocation]) -> warc.CaptureLocation | None:  # fmt: skip
    """The capture that a revisit repeats: with the same digest, or with the URL and time that it names."""
    if entry.kind != "revisit" or entry.is_not_modified:
        return None
    if entry.digest and (found := by_digest.get(entry.digest)):
        return found
    url, captured = entry.refers_to or ("", None)
    return by_place.get((article_key(url), captured)) if url and captured else None


def place_of(entry: warc.CaptureLocation) -> str:
    """File and offset of a capture, for people."""
    return f"{Path(entry.file).name}: at byte {entry.offset}"


def import_archive(archive: WarcFiles, store: Store, readers: CaptureReaders, now: datetime,
                   advance: Callable[[int], None] = lambda _: None) -> ImportReport:  # fmt: skip
    """Write all captures of an archive into the store; `advance(n)` is called with the progress."""
    report = ImportReport(problems=list(archive.problems))
    with store.transaction():
        lose_dead(store, now, is_running)
        crawl_id = start_crawl(store, None, "import", now, pid=os.getpid())
    sessions: dict[str, CrawlSession] = {}
    outcome = CrawlOutcome.FAILED
    try:
        for work, found in readers.read(archive.work):
            with store.transaction():  # one for some captures: nobody waits for the network meanwhile
                for capture, reading in zip(work, found, strict=True):
                    report.captures += 1
                    site = site_of(reading.url, readers.by_host)
                    if site.id not in sessions:
                        put_sites(store, rows_of([site]))
                        sessions[site.id] = CrawlSession(store, site, crawl_id, now, imported=now)
                    item = _resolved_revisit(store, site, reading) if isinstance(reading, UnresolvedRevisit) else reading
                    recorded = sessions[site.id].write(item)
                    if isinstance(item, Fetch) and item.reason_code in UNREADABLE and not capture.entry.problem:
                        report.problems.append(f"{place_of(capture.entry)}: {item.url[:200]!r}: {item.reason}")
                    if recorded and isinstance(item, Fetch) and item.reason and recorded.outcome is Outcome.NOT_ARTICLE:
                        report.refused[item.reason] += 1
                        report.refused_codes[item.reason_code or FetchReason.OTHER] += 1
            advance(len(found))
        for session in sessions.values():
            session.settle()
            report.outcomes.update(session.outcomes)
        outcome = CrawlOutcome.FINISHED
    finally:
        finish_crawl(store, crawl_id, outcome, now, candidates=len(archive.work))
    return report


def _resolved_revisit(store: Store, site: Site, revisit: UnresolvedRevisit) -> Article | Fetch:
    """A revisit as the ledger's reading of its payload, or of the time and URL that it names.

    Otherwise it stays unresolved until its original comes (`pipelines.store.late_captures.replay.resolve_revisits`).
    """
    digest = warc.spelled(revisit.digest) if revisit.digest else None
    fetch = replace(revisit.fetch, external_id=site.external_id(revisit.url))
    if digest and (item := repeated(store, digest, fetch)):
        return item
    url, captured = revisit.refers_to or ("", None)
    article = Lookup(store, site.id).seen_at(canonicalize(url) or url, captured) if url and captured else None
    if article:
        return replace(article, url=revisit.url, fetch=fetch)
    archived = replace(fetch.archived, payload_digest=digest) if fetch.archived else None  # by which it is found when that comes
    return because(replace(fetch, archived=archived), Outcome.ERROR, coded(FetchReason.ORIGINAL_UNKNOWN))


@dataclass(slots=True)
class RecordsReport:
    """The result for a file of records."""

    merged: Merged
    records: int = 0
    problems: list[str] = field(default_factory=list)


def is_records(path: Path) -> bool:
    return path.name.endswith((".jsonl", ".jsonl.gz"))


def import_records(path: Path, store: Store, now: datetime, *, read: Callable[[int], None] = lambda _: None,
                   advance: Callable[[int, int], None] = lambda *_: None) -> RecordsReport:  # fmt: skip
    """Import the records of a file from `export jsonl`; damaged ones are left out, and reported.

    They first go into a ledger in the system's temporary folder, because those of one article may be anywhere in the file.
    `read(n)` is called with records, `advance(n, of)` with articles.
    """
    report = RecordsReport(Merged())
    with tempfile.TemporaryDirectory(prefix="newsledger-") as folder, Store(Path(folder) / "heap.db") as other:
        staging = Staging(other, now)
        for lines in _lines(path, report.problems):
            refused = staging.put(lines)
            for number, why in enumerate(refused, report.records + 1):
                if why:
                    report.problems.append(f"{path.name}: record {number}: {why}")
            report.records += len(lines)
            read(len(lines))
        staging.link_references()
        total = article_count(other)
        report.merged = merge(store, other, MergeSource(path.name, "import"), now, lambda n: advance(n, total))
    return report


def _lines(path: Path, problems: list[str]) -> Iterator[list[str]]:
    """Lines of a file, plain or compressed, in groups; a line that is not UTF-8 is passed on with replacement marks, and then
    refused."""
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
    """The catalogue's site for a URL's host, or one made up for the host."""
    host = host_of(url)
    site = by_host.get(host) or by_host.get(f"www.{host}") or by_host.get(host.removeprefix("www."))
    if site:
        return site
    bare = host.removeprefix("www.")
    name = "".join(char if char.isalnum() else "-" for char in bare).strip("-") or "unknown"
    return Site(id=name, name=bare or "unknown", url=f"https://{host}/", timezone=guess_zone(url)[0], enabled=False)


class CaptureReader:
    """Reads captures into articles; knows the site of each host."""

    def __init__(self, by_host: dict[str, Site]) -> None:
        self._by_host = by_host
        self._catalogued = frozenset(map(id, by_host.values()))

    def read_chunk(self, chunk: Sequence[CaptureToRead]) -> list[Found]:
        """The result of each capture, in order."""
        return [self.read(work.entry, work.original) for work in chunk]

    def read(self, entry: warc.CaptureLocation, original: warc.CaptureLocation | None = None) -> Found:
        """The result of one capture. A revisit whose original is available is read again: that may be older than the latest
        revision."""
        url = canonicalize(entry.url) or entry.url
        aliases = ((url, "amp"),) if amp_to_article(url) else ()
        source = original or entry
        fetch = Fetch(url, entry.captured, warc_file=Path(source.file).name, warc_offset=source.offset, aliases=aliases)
        site = site_of(url, self._by_host)
        found = warc.read(source)
        if found:
            fetch = replace(fetch, payload_hash=found.payload_hash, archived=found.archived)
        if entry.is_not_modified:
            return replace(fetch, status=304, outcome=Outcome.NOT_MODIFIED)
        if entry.kind == "revisit" and original is None:
            return UnresolvedRevisit(fetch, entry.refers_to, entry.digest)
        if found is None:
            return because(fetch, Outcome.ERROR, coded(FetchReason.DAMAGED_RECORD))
        fetch = replace(fetch, status=found.status or None, bytes=len(found.body))
        capture = replace(capture_of(found, url), captured=entry.captured, problem=entry.problem or found.problem)
        item = read_capture(capture, site, fetch, is_catalogued=id(site) in self._catalogued)
        return normalise(item) if isinstance(item, Article) else item


def capture_of(found: warc.ArchivedCapture, url: str) -> Capture:
    """An archived response for the gate; `url` is its address in our spelling."""
    headers: dict[str, tuple[str, ...]] = {}
    for name, value in found.headers:
        headers[name.lower()] = (*headers.get(name.lower(), ()), value[:MAX_HEADER_CHARS])
    return Capture(url, found.captured, found.status, headers, found.body, problem=found.problem)


class CaptureReaders:
    """The processes that read the captures of an import; only this one if there are few captures, or `jobs` is 1.

    On Linux they are forked, with everything imported already: create this before a ledger is open or a thread runs.
    """

    def __init__(self, sites: Iterable[Site], captures: int, jobs: int) -> None:
        self.by_host = {host: site for site in sites for host in site.own_hosts if site.enabled or host == site.host}
        self._jobs = jobs
        self._pool: ProcessPoolExecutor | None = None
        if jobs > 1 and captures > 2 * CHUNK:
            context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
            self._pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_start_worker, initargs=(self.by_host,))
            self._pool.submit(_work, ()).result()  # the first task starts them all

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def read(self, work: Sequence[CaptureToRead]) -> Iterator[tuple[Sequence[CaptureToRead], list[Found]]]:
        """All captures with their readings, in order, a chunk at a time."""
        chunks = [work[start : start + CHUNK] for start in range(0, len(work), CHUNK)]
        if self._pool is None:
            reader = CaptureReader(self.by_host)
            yield from ((chunk, reader.read_chunk(chunk)) for chunk in chunks)
            return
        waiting: deque[Future[list[Found]]] = deque()
        started = iter(chunks)
        for chunk in chunks:
            waiting += [self._pool.submit(_work, one) for one in islice(started, 3 * self._jobs - len(waiting))]
            yield chunk, waiting.popleft().result()


_worker: list[CaptureReader] = []
"""The reader of a worker process; empty in the parent."""


def _start_worker(by_host: dict[str, Site]) -> None:
    collect_seldom()
    _worker.append(CaptureReader(by_host))


def _work(chunk: Sequence[CaptureToRead]) -> list[Found]:
    return _worker[0].read_chunk(chunk)


def default_jobs() -> int:
    """One process a core."""
    return os.cpu_count() or 1
