"""A memento as a page: a revision to be read, and how we know that the page said so. `viewer.pages.memento` finds which one."""

from __future__ import annotations

import json

from pipelines.proof.memento import Memento, TimeMap
from pipelines.queries import articles
from pipelines.queries.activity import site_of
from pipelines.store.database import Row
from pipelines.text.dates import digits_of
from viewer import labels
from viewer.http import Response
from viewer.rendering import page, plain
from viewer.repository import Held, Holdings


def memento_page(
    ledger: Holdings, held: Held, row: Row, found: TimeMap, memento: Memento, root: str, *headers: tuple[str, str]
) -> Response:
    """The revision `row`, as `Holdings.revision` gives it."""
    here = found.mementos.index(memento)
    images = articles.images(ledger.store, row["id"])
    return page(
        "revision.html",
        root,
        *headers,
        article=held.article,
        site=site_of(ledger.store, held.article["site_id"]),
        row=row,
        number=memento.number,
        images=[image for image in images if image["caption"] or image["credit"]],
        facts=_facts(held.article, row, memento),
        original=found.original,
        here=digits_of(memento.at),
        before=digits_of(found.mementos[here - 1].at) if here else "",
        after=digits_of(found.mementos[here + 1].at) if here + 1 < len(found.mementos) else "",
    )


def _facts(article: Row, row: Row, memento: Memento) -> list[tuple[str, str]]:
    """What is known of the revision, as name and text; those without text are not known. Times as they are stored."""
    back = f", back to revision {row['back_to']}" if row["back_to"] else ""
    stamps = ((name, row[column]) for name, column in (("published", "date_published"), ("updated", "date_modified")))
    archived = f"{row['warc_file']}, at byte {row['warc_offset']}" if row["warc_file"] else "not archived"
    facts = [
        ("Revision", f"{memento.number} of {article['revision_count']}: {row['change']}{back}"),
        ("What changed", labels.fields(json.loads(row["changed_fields"])) if row["changed_fields"] != "[]" else ""),
        ("When", f"between {row['not_before']} and {row['first_seen']}" if row["not_before"] else ""),
        ("Seen", f"{row['first_seen']} to {row['last_seen']}"),
        ("Page says", ", ".join(f"{name} {at}" for name, at in stamps if at)),
        ("Authors", ", ".join(row["authors"])),
        ("Content", f"sha256 {row['content_hash']}"),
        ("Page received", f"sha256 {row['payload_hash']}" if row["payload_hash"] else ""),
        ("Archived in", archived),
        ("Read by", row["extractor"]),
    ]
    return [(name, plain(text)) for name, text in facts if text]
