"""Which answers are archived, and as what: the site's policy between the ledger and the archive."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from crawler.crawl.rights import forbids_copies
from crawler.warc.writer import ArchiveWriter, RepeatedRecord
from pipelines.article import CHANGES, Fetch, Outcome
from pipelines.store.database import Store, StoreError
from pipelines.store.snapshot import last_archived

_NEWS = CHANGES | {Outcome.GONE, Outcome.SUSPECTED}


class ArchivePolicy:
    """Called by the ledger for each look, inside its transaction."""

    def __init__(self, archive: ArchiveWriter, store: Store | None, *, keeps_all: bool, heeds_noarchive: bool,
                 under: str = "") -> None:  # fmt: skip
        """Without a store, where another process writes the ledger, what repeats an earlier answer is kept whole.

        `under`: the folder in which this archive will stand among those of other machines.
        """
        self._under = under
        self._archive = archive
        self._store = store
        self._keeps_all = keeps_all
        self._heeds_noarchive = heeds_noarchive

    def __call__(self, fetch: Fetch, outcome: Outcome, article_id: int | None) -> Fetch:
        """The fetch with its place in the archive, or as it was where its answer is not kept; StoreError where it cannot be."""
        exchange = fetch.payload.exchange if fetch.payload else None
        if exchange is None or not (outcome in _NEWS or (self._keeps_all and article_id is not None)):
            return fetch
        if self._heeds_noarchive and fetch.robots and forbids_copies(fetch.robots):
            return fetch
        try:
            place = self._archive.write(exchange, fetch.fetched, None if outcome in _NEWS else self._earlier(fetch, article_id))
        except OSError as error:
            raise StoreError(f"the page archive cannot be written: {error}") from error
        file = f"{self._under}/{place.file}" if self._under else place.file
        return replace(fetch, warc_file=file, warc_offset=place.offset, payload_hash=place.payload_hash)

    def _earlier(self, fetch: Fetch, article_id: int | None) -> RepeatedRecord | None:
        """The archived answer that this one repeats byte for byte, or by the server's word (304)."""
        last = last_archived(self._store, article_id) if self._store else None
        exchange = fetch.payload.exchange if fetch.payload else None
        if last is None or exchange is None:
            return None
        if fetch.status != 304 and hashlib.sha256(exchange.body).hexdigest() != last.payload_hash:
            return None
        return RepeatedRecord(last.url, last.fetched, by_server=fetch.status == 304)
