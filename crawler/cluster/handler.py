"""Handler of the workers' messages: writes them with the same `CrawlSession` as a crawl on one machine. Knows no Redis.

Whatever a killed writer must know again is in the store, written in the transaction that it belongs to. So after any failure
the state in memory is dropped and loaded again. A repeated message is recognised by its serial, and written once.
"""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime

from crawler.catalogue.site import Site, is_loopback
from crawler.cluster.codec import dumped, loaded
from crawler.cluster.keys import KeyRing
from crawler.cluster.messages import (
    NO_KEYS,
    BadMessageError,
    CrawlEnded,
    CrawlOpened,
    ItemFetched,
    Message,
    QuestionAsked,
    StreamEntry,
    check_signature,
    decode,
    encode_answer,
    encode_context,
    encode_refusal,
    place_of,
    site_of,
    site_table,
)  # fmt: skip
from crawler.crawl.session import CrawlResult, CrawlSession, load_context, rows_of
from crawler.schedule.processes import hold_everywhere, is_running, locks_of
from pipelines.reasons import CodedReason, CrawlReason
from pipelines.store.crawls import CrawlOutcome, lose_dead, put_sites, start_crawl
from pipelines.store.crawls.open_crawls import (
    OpenCrawl,
    WaitingFetch,
    forget_open_crawl,
    forget_waiting,
    open_crawl_of,
    open_crawls_of_site,
    open_hosts,
    put_open_crawl,
    put_progress,
    put_stream_position,
    put_waiting,
    stream_position,
    waiting_fetches,
    was_opened,
)
from pipelines.store.crawls.snapshot import look_up
from pipelines.store.database import Store, StoreError
from pipelines.store.pages import newest_pages_of_workers
from pipelines.store.rows import instant_of, moment

logger = logging.getLogger(__name__)

SUPERSEDED = CodedReason(CrawlReason.HOST_BUSY, "another crawl of the site began")
"""Why a crawl is lost if its host was given to another worker."""
_ITS_OWN_FAULT = ("SQLITE_CONSTRAINT", "SQLITE_MISMATCH", "SQLITE_TOOBIG")
"""SQLite's errors about values that it cannot store; all others are problems of the store."""


@dataclass(slots=True)
class HandledMessages:
    """Results of some entries. Their answers can be sent now: what they report is committed."""

    answers: list[tuple[str, bytes]] = field(default_factory=list)
    refused: list[tuple[StreamEntry, str]] = field(default_factory=list)
    """Entries that cannot be written, with the reason."""
    crawls: set[str] = field(default_factory=set)
    """The crawls of the entries."""
    counts: Counter[str] = field(default_factory=Counter)
    """Number of entries by result: recorded, held, opened, asked, ended; repeated; too late; refused."""

    def add(self, other: HandledMessages) -> None:
        """Add the results of later entries."""
        self.answers += other.answers
        self.refused += other.refused
        self.crawls |= other.crawls
        self.counts += other.counts


@dataclass(slots=True)
class _OpenedCrawl:
    """One open crawl."""

    crawl_id: int
    site: Site
    session: CrawlSession
    serial: int
    missing: int
    holds: bool
    """Whether fetches of it wait in the store."""


class MessageHandler:
    """Writes the items of many workers into one store."""

    def __init__(self, store: Store, stream: str, keys: KeyRing = NO_KEYS) -> None:
        """`stream`: the name under which the position is stored; `keys`: the keys that sign the entries."""
        self._store = store
        self._stream = stream
        self._keys = keys
        self._open: dict[str, _OpenedCrawl] = {}
        self._locks = ExitStack()
        """Locks of hosts whose crawls are being opened: no local crawl starts until their rows are visible."""

    def write(self, entries: Sequence[StreamEntry]) -> HandledMessages:
        """Write entries in one transaction or, if one of them cannot be written, each in its own.

        Raises StoreError if the store is the cause: then nothing is lost, and the entries can be written again.
        """
        if not entries:
            return HandledMessages()
        try:
            return self._write_batch([(entry, _read(entry, self._keys)) for entry in entries])
        except Exception as error:  # the boundary of an entry: whatever is wrong with it must not stop the others
            self._open.clear()
            if isinstance(error, StoreError) and not _is_entrys_fault(error):
                raise
            if len(entries) == 1:
                return self._refuse(entries[0], f"{type(error).__name__}: {error}")
        written = HandledMessages()
        for entry in entries:
            written.add(self.write([entry]))
        return written

    def position(self) -> str | None:
        """Id of the last written entry; None before the first."""
        return stream_position(self._store, self._stream)

    def open_crawls(self) -> dict[str, str]:
        """Open crawls, each with its host."""
        return open_hosts(self._store)

    def lose(self, job: str, now: datetime, reason: CodedReason) -> None:
        """Close a crawl that will send nothing more: the readings that it held are settled. Raises StoreError."""
        try:
            with self._store.transaction():
                self._close(job, _lost_result(reason, now))
        except BaseException:
            self._open.clear()
            raise

    def _write_batch(self, given: list[tuple[StreamEntry, Message | BadMessageError]]) -> HandledMessages:
        written = HandledMessages(crawls={message.crawl for _, message in given if not isinstance(message, BadMessageError)})
        with ExitStack() as self._locks, self._store.transaction():
            for entry, message in given:
                if isinstance(message, BadMessageError):
                    written.refused.append((entry, str(message)))
                    written.counts["refused"] += 1
                else:
                    written.counts[self._handle(entry, message, written.answers)] += 1
            self._note_progress(written.crawls)
            self._store_position(max((entry.id for entry, _ in given), key=place_of))
        return written

    def _handle(self, entry: StreamEntry, message: Message, answers: list[tuple[str, bytes]]) -> str:
        """Write one message; returns its result."""
        if isinstance(message, CrawlOpened):
            return self._open_crawl(message, answers)
        crawl = self._crawl(message.crawl)
        if crawl is None:
            return "late"
        repeated = message.serial <= crawl.serial
        if not repeated:
            crawl.missing += message.serial - crawl.serial - 1
            crawl.serial = message.serial
        if isinstance(message, CrawlEnded):
            self._close(message.crawl, message.ending)
            return "ended"
        if isinstance(message, QuestionAsked):
            answers.append((message.reply, encode_answer(look_up(self._store, crawl.site.id, message.question))))
            return "asked"
        return "again" if repeated else self._record(crawl, entry, message)

    def _record(self, crawl: _OpenedCrawl, entry: StreamEntry, message: ItemFetched) -> str:
        """Record an item, or store its entry while the reading is held, for the next writer."""
        recorded, quarantine = crawl.session.write(message.item), crawl.session.quarantine
        if not quarantine.is_holding:  # it never did, or has just settled what it held
            self._forget_waiting(crawl)
        elif recorded is None:
            fields = entry.fields
            waiting = WaitingFetch(message.serial, fields[b"v"], fields[b"m"], fields.get(b"p"))
            put_waiting(self._store, crawl.crawl_id, waiting)
            crawl.holds = True
        return "held" if recorded is None else "recorded"

    def _open_crawl(self, message: CrawlOpened, answers: list[tuple[str, bytes]]) -> str:
        """Open a crawl and answer with its context; answer again if the crawl repeats the question before it sends anything
        else."""
        opened = open_crawl_of(self._store, message.crawl)
        if opened or was_opened(self._store, message.crawl):
            if opened and opened.answer:
                answers.append((message.reply, opened.answer))
            return "again"
        for rival in open_crawls_of_site(self._store, message.site.id):
            if rival.host == message.site.politeness_group and rival.fence > message.fence:
                answers.append((message.reply, encode_refusal("the host's lease has gone to another crawl of the site")))
                return "late"
            self._close(rival.job, _lost_result(SUPERSEDED, message.started))
        site, locks = message.site, locks_of(self._store.path)
        lock = hold_everywhere(locks, site.politeness_group, is_local=is_loopback(site.host))
        holder = self._locks.enter_context(lock)
        if holder not in (None, str(os.getpid())):
            answers.append((message.reply, encode_refusal(f"process {holder} of the ledger's machine crawls the host")))
            return "late"
        answers.append((message.reply, self._start_crawl(message)))
        return "opened"

    def _start_crawl(self, message: CrawlOpened) -> bytes:
        store, site = self._store, message.site
        put_sites(store, rows_of([site]))
        context = load_context(store, site, message.started)  # before its own row is there
        context = replace(context, archived_by_workers=newest_pages_of_workers(store))
        lose_dead(store, message.started, is_running)  # those of this machine
        crawl_id = start_crawl(store, site.id, message.trigger, message.started, message.planned,
                               worker=message.worker, job=message.crawl)  # fmt: skip
        answer = encode_context(crawl_id, context)
        opened = OpenCrawl(crawl_id, message.crawl, dumped(site_table(site)), site.politeness_group, message.fence,
                           message.serial, moment(message.started), answer)  # fmt: skip
        put_open_crawl(store, site.id, opened)
        session = CrawlSession(store, site, crawl_id, message.started)
        self._open[message.crawl] = _OpenedCrawl(crawl_id, site, session, message.serial, 0, holds=False)
        return answer

    def _close(self, job: str, result: CrawlResult) -> None:
        """Write a crawl's end. If some of its fetches did not arrive, its sources are read completely the next time."""
        crawl = self._crawl(job)
        if crawl is None:
            return
        if crawl.missing:
            reasons = (result.reason, f"{crawl.missing} of its messages did not arrive")
            result = replace(result, whole=False, reason="; ".join(filter(None, reasons)))
        crawl.session.close(result)
        self._forget_waiting(crawl)
        forget_open_crawl(self._store, crawl.crawl_id)
        del self._open[job]

    # --- what must be known again ------------------------------------------------------------------------------------

    def _crawl(self, job: str) -> _OpenedCrawl | None:
        """The open crawl; loaded from the store if another writer opened it."""
        if job not in self._open:
            opened = open_crawl_of(self._store, job)
            if opened:
                self._open[job] = self._reopen(opened)
        return self._open.get(job)

    def _reopen(self, opened: OpenCrawl) -> _OpenedCrawl:
        """Restore a CrawlSession: its counts, and its waiting fetches, admitted again in their order."""
        site = site_of(loaded(opened.site))
        session = CrawlSession(self._store, site, opened.crawl_id, instant_of(opened.started))
        session.quarantine.restore((opened.sound, opened.confirmed))
        crawl = _OpenedCrawl(opened.crawl_id, site, session, opened.serial, opened.missing, holds=False)
        for row_id, waiting in waiting_fetches(self._store, crawl.crawl_id):
            fields = {b"v": waiting.version, b"m": waiting.message} | ({b"p": waiting.page} if waiting.page else {})
            message = _read(StreamEntry("", fields))
            if isinstance(message, BadMessageError):
                logger.error("%s: a look that waited cannot be read any more: %s", site.id, message)
            if isinstance(message, ItemFetched) and session.write(message.item) is not None:  # what made it doubtful is no more
                forget_waiting(self._store, crawl.crawl_id, row_id)
            else:
                crawl.holds = True
        return crawl

    def _forget_waiting(self, crawl: _OpenedCrawl) -> None:
        if crawl.holds:
            forget_waiting(self._store, crawl.crawl_id)
            crawl.holds = False

    def _note_progress(self, jobs: Iterable[str]) -> None:
        """Store what identifies the state of these crawls. A crawl that has sent more has received its answer."""
        for job in jobs:
            crawl = self._open.get(job)
            if crawl:
                put_progress(self._store, crawl.crawl_id, crawl.serial, crawl.missing, crawl.session.quarantine.counts)

    def _store_position(self, entry_id: str) -> None:
        put_stream_position(self._store, self._stream, entry_id)

    def _refuse(self, entry: StreamEntry, reason: str) -> HandledMessages:
        logger.error("entry %s cannot be written: %s", entry.id, reason)
        with self._store.transaction():
            self._store_position(entry.id)
        return HandledMessages(refused=[(entry, reason)], counts=Counter(refused=1))


def _lost_result(why: CodedReason, now: datetime) -> CrawlResult:
    return CrawlResult(CrawlOutcome.LOST, why.text, now, reason_code=why.code)


def _read(entry: StreamEntry, keys: KeyRing = NO_KEYS) -> Message | BadMessageError:
    try:
        check_signature(entry.fields, keys)
        return decode(entry.fields)
    except BadMessageError as error:
        return error


def _is_entrys_fault(error: StoreError) -> bool:
    return str(getattr(error.__cause__, "sqlite_errorname", "")).startswith(_ITS_OWN_FAULT)
