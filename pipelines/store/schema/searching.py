"""Migrations 23 and 24: search in every script, and of all that a revision says; hits by article.

`search_texts` holds what the index needs beside the revision's own words; `search_documents` is what it is made of. It takes its
content from that view, so that SQLite itself can check and rebuild it, and whoever changes a revision keeps it right. Landed:
never edited.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from pipelines.store.schema import derived
from pipelines.text import folding

Row = dict[str, Any]

_STEP = 24
"""So many calls may stand in one another in one expression: SQLite's parser takes some forty."""
_TEXTS = ("headline", "description", "body", "byline")
_COLUMNS = (*_TEXTS, "authors", "topics", "captions", "address", "letters")


def _replaced(column: str, pairs: Iterable[tuple[str, str]]) -> str:
    sql = column
    for letter, other in pairs:
        sql = f"replace({sql}, '{letter}', '{other.replace(chr(39), chr(39) * 2)}')"
    return sql


def _documents() -> str:
    """The view's query. Letters are replaced where there are any, in as many steps as the parser needs."""
    letters = list(folding.LETTERS.items())
    beside = ", ".join(_COLUMNS[len(_TEXTS) :])
    instead = ", ".join(f"instead_{one}" for one in _TEXTS)
    own, others = (", ".join(part) for part in ((f"r.{one}" for one in _TEXTS), (f"t.{one} AS instead_{one}" for one in _TEXTS)))
    first = ", ".join(f"t.{one}" for one in _COLUMNS[len(_TEXTS) :])
    step_0 = f"SELECT r.id, {first}, {own}, {others} FROM revisions r JOIN search_texts t ON t.revision_id = r.id"  # noqa: S608
    steps = [step_0]
    for start in range(0, len(letters), _STEP):
        step = letters[start : start + _STEP]
        folded = ", ".join(f"iif(letters IS NULL, {one}, {_replaced(one, step)}) AS {one}" for one in _TEXTS)
        steps.append(f"SELECT id, {beside}, {folded}, {instead} FROM step_{len(steps) - 1}")  # noqa: S608 - our own words
    named = ",\n    ".join(f"step_{number} AS ({sql})" for number, sql in enumerate(steps))
    texts = ", ".join(f"coalesce(instead_{one}, {one}) AS {one}" for one in _TEXTS)
    return f"WITH {named}\n    SELECT id, {texts}, {beside} FROM step_{len(steps) - 1}"  # noqa: S608 - our own words


_NAMES = ", ".join(_COLUMNS)
_OF = "FROM search_documents WHERE id = "
_PUT = f"INSERT INTO revisions_fts (rowid, {_NAMES}) SELECT id, {_NAMES} {_OF}"
_TAKE = f"INSERT INTO revisions_fts (revisions_fts, rowid, {_NAMES}) SELECT 'delete', id, {_NAMES} {_OF}"

TABLES = f"""
DROP TRIGGER revisions_fts_insert;
DROP TRIGGER revisions_fts_delete;
DROP TRIGGER revisions_fts_update;
DROP TABLE revisions_fts;
CREATE TABLE search_texts (
    revision_id INTEGER PRIMARY KEY REFERENCES revisions(id), authors TEXT, topics TEXT, captions TEXT, address TEXT,
    letters TEXT, headline TEXT, description TEXT, body TEXT, byline TEXT
);
CREATE VIEW search_documents AS {_documents()};
"""

# The comment is how Datasette and sqlite-utils know that this index is the one of `revisions`: they look for these words in its
# declaration. Marks are letters of their words: without Mn and Mc a word of Hindi or Thai is cut at each vowel.
INDEX = f"""
CREATE VIRTUAL TABLE revisions_fts USING fts5(
    {_NAMES}, content='search_documents', content_rowid='id',
    tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'" /* content="revisions" */
);
CREATE TRIGGER revisions_fts_insert AFTER INSERT ON search_texts BEGIN
    {_PUT}new.revision_id;
END;
CREATE TRIGGER revisions_fts_renew_before BEFORE UPDATE ON search_texts BEGIN
    {_TAKE}old.revision_id;
END;
CREATE TRIGGER revisions_fts_renew AFTER UPDATE ON search_texts BEGIN
    {_PUT}new.revision_id;
END;
CREATE TRIGGER revisions_fts_delete BEFORE DELETE ON search_texts BEGIN
    {_TAKE}old.revision_id;
END;
CREATE TRIGGER revisions_fts_update_before BEFORE UPDATE OF id, headline, description, body, byline ON revisions BEGIN
    {_TAKE}old.id;
END;
CREATE TRIGGER revisions_fts_update AFTER UPDATE OF id, headline, description, body, byline ON revisions BEGIN
    {_PUT}new.id;
END;
CREATE TRIGGER revisions_fts_gone BEFORE DELETE ON revisions BEGIN
    DELETE FROM search_texts WHERE revision_id = old.id;
END;
"""  # noqa: S608 - our own words

FILL_ARTICLES = "UPDATE changes SET article_id = (SELECT article_id FROM revisions WHERE id = revision_id);\n"
# The triggers of the feed's migration, which write one column more.
ARTICLES = f"""
ALTER TABLE changes ADD COLUMN article_id INTEGER;
{FILL_ARTICLES}DROP TRIGGER changes_insert;
DROP TRIGGER changes_update;
{derived.change_triggers("article_id")}"""

_HASH_BYTES, _USUAL_HASH_BYTES = 134_217_728, 1_048_576
"""With as much memory the index is written in a few runs instead of thousands that must be merged."""
REBUILD = f"""
INSERT INTO revisions_fts (revisions_fts, rank) VALUES ('hashsize', {_HASH_BYTES});
INSERT INTO revisions_fts (revisions_fts) VALUES ('rebuild');
INSERT INTO revisions_fts (revisions_fts, rank) VALUES ('hashsize', {_USUAL_HASH_BYTES});
"""  # noqa: S608 - our own words

REVISIONS = """
SELECT r.id AS revision_id, coalesce(r.canonical_url, a.url) AS url, r.headline, r.description, r.body, r.byline, r.topics,
    (SELECT json_group_array(name) FROM (
        SELECT name FROM revision_authors WHERE revision_id = r.id ORDER BY position)) AS authors,
    (SELECT json_group_array(words) FROM (
        SELECT part.value AS words FROM revision_images i, json_each(json_array(i.caption, i.credit, i.alt)) part
        WHERE i.revision_id = r.id AND part.value IS NOT NULL ORDER BY i.position, part.key)) AS captions
FROM revisions r JOIN articles a ON a.id = r.article_id
"""
"""What `search_text` needs of revisions."""
FILLED = ("revision_id", "authors", "topics", "captions", "address", "letters", *_TEXTS)
PUT_TEXT = f"INSERT INTO search_texts ({', '.join(FILLED)}) VALUES ({', '.join(f':{name}' for name in FILLED)})"  # noqa: S608


def search_texts(rows: Iterable[tuple[Any, ...]]) -> Iterator[Row]:
    """The rows of `search_texts`, of rows of REVISIONS."""
    names = ("revision_id", "url", *_TEXTS, "topics", "authors", "captions")
    return (search_text(dict(zip(names, row, strict=True))) for row in rows)


def search_text(revision: Row) -> Row:
    """A row of `search_texts`, of a row of REVISIONS."""
    texts = {name: revision[name] for name in _TEXTS}
    beside = {
        "authors": ", ".join(_list(revision["authors"])),
        "topics": ", ".join(_list(revision["topics"])),
        "captions": "\n".join(dict.fromkeys(_list(revision["captions"]))),
        "address": folding.slug(revision["url"]),
    }
    words = dict.fromkeys(word for text in (*texts.values(), *beside.values()) for word in folding.words_with_letters(text or ""))
    return {
        "revision_id": revision["revision_id"],
        **{name: folding.spelled(text) or None for name, text in beside.items()},
        **{name: folding.spelled(text) if text and folding.is_beyond_letters(text) else None for name, text in texts.items()},
        "letters": " ".join(words) or None,
    }


def _list(text: str) -> list[str]:
    """A list of texts as the ledger keeps it; nothing of what is none, as in a ledger that was tampered with."""
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
