"""What the full-text index needs of a revision in addition to its own text: a row of `search_texts`.

The content of the index is the view `search_documents`, so that SQLite itself can check and rebuild it, and any change of a
revision keeps it correct.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from pipelines.text import folding

Row = dict[str, Any]

_TEXTS = ("headline", "description", "body", "byline")
REVISIONS = """
SELECT r.id AS revision_id, coalesce(r.canonical_url, a.url) AS url, r.headline, r.description, r.body, r.byline, r.topics,
    (SELECT json_group_array(name) FROM (
        SELECT name FROM revision_authors WHERE revision_id = r.id ORDER BY position)) AS authors,
    (SELECT json_group_array(words) FROM (
        SELECT part.value AS words FROM revision_images i, json_each(json_array(i.caption, i.credit, i.alt)) part
        WHERE i.revision_id = r.id AND part.value IS NOT NULL ORDER BY i.position, part.key)) AS captions
FROM revisions r JOIN articles a ON a.id = r.article_id
"""
"""Query for what `search_text` needs of revisions."""
FILLED = ("revision_id", "authors", "topics", "captions", "address", "letters", *_TEXTS)
PUT_TEXT = f"INSERT INTO search_texts ({', '.join(FILLED)}) VALUES ({', '.join(f':{name}' for name in FILLED)})"  # noqa: S608


def search_texts(rows: Iterable[tuple[Any, ...]]) -> Iterator[Row]:
    """The rows of `search_texts` for rows of REVISIONS."""
    names = ("revision_id", "url", *_TEXTS, "topics", "authors", "captions")
    return (search_text(dict(zip(names, row, strict=True))) for row in rows)


def search_text(revision: Row) -> Row:
    """The row of `search_texts` for a row of REVISIONS."""
    texts = {name: revision[name] for name in _TEXTS}
    beside = {
        "authors": ", ".join(_list(revision["authors"])),
        "topics": ", ".join(_list(revision["topics"])),
        "captions": "\n".join(dict.fromkeys(_list(revision["captions"]))),
        "address": folding.slug(revision["url"]),
    }
    all_texts = [text for text in (*texts.values(), *beside.values()) if text]
    words = dict.fromkeys(
        word for text in all_texts for word in (*folding.words_with_letters(text), *folding.other_spellings(text))
    )
    return {
        "revision_id": revision["revision_id"],
        **{name: folding.spelled(text) or None for name, text in beside.items()},
        **{name: folding.spelled(text) if text and folding.is_beyond_letters(text) else None for name, text in texts.items()},
        "letters": " ".join(words) or None,
    }


def _list(text: str) -> list[str]:
    """A list of texts as stored; empty if it is not such a list, as in a ledger that was tampered with."""
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
