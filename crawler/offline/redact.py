"""Withdrawal of an article: first from the ledger, then its pages from the archive, each record in place.

Records without a pointer (of a killed crawl, or a compacted fetch) are found by their addresses: the site's files are searched
for them. Pointers are dropped only after erasure, so that everything can be repeated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from crawler.warc import reader
from crawler.warc.erase import UnerasableError
from crawler.warc.moves import moves_of
from crawler.warc.writer import OPEN, ArchiveBusyError, erase, locate
from pipelines.queries.removed import archived_records
from pipelines.store.database import Row, Store
from pipelines.store.removal.redaction import forget_records, keys_of, shared, withdraw
from pipelines.stories.update import forget
from pipelines.text.urls import article_key, canonicalize


@dataclass(slots=True)
class RedactionReport:
    """The result for an article's pages."""

    erased: int = 0
    shared: int = 0
    """Records of another article too; they stay."""
    left: list[str] = field(default_factory=list)
    """Records that could not be erased now, and why."""


def withdraw_article(store: Store, folder: Path, article: Row, who: str, reason: str, now: datetime, *,
                     forget_missing: bool = False) -> RedactionReport:  # fmt: skip
    """Withdraw an article, or continue; what the report lists as left is found again the next time.

    `forget_missing`: files that are not in the folder are lost, and the pages with them.
    """
    with store.overwriting():
        withdraw(store, article, who, reason, now, forget)
    report = RedactionReport()
    for file, offsets in _offsets_of_pointers(store, article["id"], report).items():
        if locate(folder, file) is None and not forget_missing:
            report.left.append(f"{file} is not in {folder}")
        elif _erased(folder, file, offsets, now, report):
            forget_records(store, article["id"], file, now)
    keys = keys_of(store, article["id"])
    for file, offsets in _offsets_without_pointer(store, folder, article, keys):
        _erased(folder, file, offsets, now, report)
    return report


def _offsets_of_pointers(store: Store, article_id: int, report: RedactionReport) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for file, offset in sorted(archived_records(store, article_id)):
        if shared(store, article_id, (file, offset)):
            report.shared += 1
            found[file] += []
        else:
            found[file].append(offset)
    return found


def _offsets_without_pointer(store: Store, folder: Path, article: Row, keys: frozenset[str]) -> Iterator[tuple[str, list[int]]]:
    """Offsets of pages with these addresses in the site's own files. Those with a pointer were left, or belong to others."""
    for path in sorted(folder.rglob(f"{article['site_id']}/*.warc.gz*")):  # a ledger that was merged has a folder of its own
        file = path.relative_to(folder).as_posix().removesuffix(OPEN)
        pointed = {offset for name, offset in archived_records(store, article["id"]) if name == file}
        moves = moves_of(path)
        found = [
            name
            for entry in reader.index(path).entries
            if article_key(canonicalize(entry.url) or entry.url) in keys
            and (name := moves.name(entry.offset)) not in pointed
            and not shared(store, article["id"], (file, name))
        ]
        if found:
            yield file, found


def _erased(folder: Path, file: str, offsets: list[int], now: datetime, report: RedactionReport) -> bool:
    try:
        report.erased += erase(folder, file, offsets, now) if offsets else 0
    except (ArchiveBusyError, UnerasableError) as error:
        report.left.append(f"{file}: {error}" if isinstance(error, UnerasableError) else str(error))
        return False
    except OSError as error:
        report.left.append(f"{file}: {error.strerror or error}")
        return False
    return True
