"""Records of an archive copied byte for byte into a WARC file of their own: the responses behind revisions, with requests.

Copies gzip members and reads only the head of a record: its content is passed on unchanged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crawler.warc.moves import moves_of
from crawler.warc.reader import recorded
from crawler.warc.records import GZIP, pack, record_about_file, record_at, redirects_of, request_of
from crawler.warc.writer import SOFTWARE, locate
from pipelines.article import Outcome
from pipelines.exchange.export import Record
from pipelines.store.pages import NO_FILE, NOT_THERE, ArchivedPage, page_of_export, page_of_fetch

_TAKEDOWNS = frozenset({Outcome.SUSPECTED, Outcome.GONE})


@dataclass(frozen=True, slots=True)
class WantedPage:
    """An archived record to copy."""

    page: ArchivedPage
    url: str
    kind: str
    """Its kind in words: `revision 2`, `takedown`."""
    is_fetch: bool = True
    """Whether it belongs to a fetch; otherwise to a revision."""


def excerpt(records: Iterable[Record], folder: Path, now: datetime, counts: Counter[str],
            problems: list[str]) -> Iterator[bytes]:  # fmt: skip
    """The members of a WARC file: `warcinfo`, then the response behind each revision with its request, takedown pages too.

    `counts` counts the results, `problems` receives each record that is missing, or is not the one that the ledger points at.
    """
    return copies(_pages(records, counts), folder, now, counts, problems)


def copies(wanted: Iterable[WantedPage], folder: Path, now: datetime, counts: Counter[str],
           problems: list[str]) -> Iterator[bytes]:  # fmt: skip
    """As `excerpt`, for pages that are named one by one."""
    yield _info(now)
    done: set[tuple[str, int]] = set()
    for one in wanted:
        if (one.page.file, one.page.offset) in done:
            if not one.is_fetch:
                counts["copied already"] += 1
            continue
        done.add((one.page.file, one.page.offset))
        found, path = recorded(folder, one.page), locate(folder, one.page.file)
        place = moves_of(path).place(one.page.offset) if path else ""
        members = copy(path, place) if path and isinstance(place, int) and not isinstance(found, str) else []
        if members:
            counts[f"{one.kind} pages copied" if one.is_fetch else "copied"] += 1
            yield from members
            continue
        why = found if isinstance(found, str) else "its record in the archive is not whole"
        counts["missing" if why in (NO_FILE, NOT_THERE) else "refused"] += 1
        problems.append(f"{one.url} {one.kind}: {why} ({one.page.file} at {one.page.offset})")


def _pages(records: Iterable[Record], counts: Counter[str]) -> Iterator[WantedPage]:
    for record in records:
        page, url = page_of_export(record), record["article"]["url"]
        if page:
            yield WantedPage(page, url, f"revision {record['revision']['number']}", is_fetch=False)
        else:
            counts["not archived"] += 1
        for fetch in record["looks"]:
            if fetch["outcome"] in _TAKEDOWNS and fetch["warc_file"]:
                yield WantedPage(page_of_fetch(fetch), url, "takedown")


def copy(path: Path, offset: int) -> list[bytes]:
    """The record at an offset, its request, and the redirects that led to it with theirs; as gzip members.

    Empty if there is no complete record.
    """
    answer = record_at(path, offset)
    if answer is None or (answer.problem and not answer.header("WARC-Truncated")):
        return []
    request = request_of(path, answer)
    found = [answer, request] if request and not request.problem else [answer]
    for redirect in redirects_of(path, answer):
        found += filter(None, redirect)
    members = []
    with path.open("rb") as stream:
        for record in found:
            stream.seek(record.offset)
            member = stream.read(record.end - record.offset)
            members.append(member if member.startswith(GZIP) else pack(member))
    return members


def _info(now: datetime) -> bytes:
    fields = f"software: {SOFTWARE}\r\nformat: WARC File Format 1.1\r\nisPartOf: an excerpt of revisions\r\n"
    return pack(record_about_file("warcinfo", "application/warc-fields", fields.encode(), now))
