"""Reading the ledger: the questions that people ask it, as rows. Writes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from pipelines.article import Article
from pipelines.queries.activity import totals
from pipelines.queries.changes import CHANGES
from pipelines.queries.results import CrawlStateChange, Revision, RevisionAddress, value_of
from pipelines.store.database import Row, Store
from pipelines.store.resolver import Lookup

_REVISIONS = """
SELECT r.id AS revision_id, r.number, r.change, r.changed_fields, r.headline, r.description, r.byline, r.section, r.language,
    r.date_published, r.date_published_raw, r.date_modified, r.date_modified_raw, r.not_before, r.first_seen, r.last_seen,
    r.content_hash, r.payload_hash, r.extractor, r.crawl_id, r.warc_file, r.warc_offset, back.number AS reverted_to,
    earlier.number AS reads_as, before.headline AS headline_before, before.date_modified AS date_modified_before
FROM revisions r LEFT JOIN revisions back ON back.id = r.reverted_to LEFT JOIN revisions earlier ON earlier.id = r.reads_as
LEFT JOIN revisions before ON before.article_id = r.article_id AND before.number = r.number - 1
WHERE r.article_id = ? AND (r.number = 1 OR r.number > ?) ORDER BY r.number
"""
_REVISION = """
SELECT r.*, r.id AS revision_id, back.number AS back_to FROM revisions r LEFT JOIN revisions back ON back.id = r.reverted_to
WHERE r.article_id = ? AND r.number = ?
"""
_SEALS = """
SELECT subject_id, max(id) AS seal, at FROM chain
WHERE subject = 'revision' AND subject_id IN (SELECT value FROM json_each(?)) GROUP BY subject_id
"""
_FETCHES = """
SELECT fetched, url, status, outcome, reason, crawl_id FROM fetches
WHERE article_id = ? ORDER BY fetched DESC, id DESC LIMIT ?
"""
_WITHDRAWN = "SELECT w.article_id FROM json_each(?) k CROSS JOIN withdrawals w WHERE w.article_id = k.value"

_PRINTED = (
    "revision_id", "number", "change", "changed_fields", "headline", "byline", "date_modified", "not_before", "first_seen",
    "last_seen", "reverted_to", "extractor", "content_hash", "warc_file", "warc_offset",
)  # fmt: skip


def find_article(store: Store, url: str) -> Row | None:
    """The article that a URL is or has led to; any spelling, AMP and old addresses included."""
    return Lookup(store, "").by_urls(url)


def history(store: Store, article_id: int, *, after: int = 0) -> tuple[Revision, ...]:
    """The revisions of an article, oldest first: the first one, and those whose number is greater than `after`."""
    rows = store.rows(_REVISIONS, (article_id, after))
    return tuple(value_of(Revision, {**row, "changed_fields": json.loads(row["changed_fields"])}) for row in rows)


def facts(revision: Revision) -> Row:
    """A revision as the JSON of `history` and `diff` has it; the keys are a contract."""
    return {name: getattr(revision, name) for name in _PRINTED}


def revision_row(store: Store, article_id: int, number: int) -> Row | None:
    """One revision, all columns, with `back_to`: the number of the revision that it went back to."""
    return store.row(_REVISION, (article_id, number))


def revision_at(store: Store, article_id: int, moment: str) -> Row | None:
    """id, number and first_seen of the last revision that was first seen by then; of the first one where that is later."""
    sql = "SELECT id, number, first_seen FROM revisions WHERE article_id = ? {} LIMIT 1"
    return store.row(sql.format("AND first_seen <= ? ORDER BY number DESC"), (article_id, moment)) or store.row(
        sql.format("ORDER BY number"), (article_id,)
    )


def latest_revision(store: Store, article_id: int) -> Row | None:
    """id, number and first_seen of an article's latest revision."""
    sql = "SELECT r.id, r.number, r.first_seen FROM articles a JOIN revisions r ON r.id = a.latest_revision_id WHERE a.id = ?"
    return store.row(sql, (article_id,))


def first_headline(store: Store, article_id: int) -> str | None:
    """The headline of an article's first revision."""
    headline: str | None = store.value(
        "SELECT headline FROM revisions WHERE article_id = ? ORDER BY number LIMIT 1", (article_id,)
    )
    return headline


def authors(store: Store, revision_id: int | None) -> list[Row]:
    """name, role and agency of a revision's authors, as printed."""
    sql = "SELECT name, role, agency FROM revision_authors WHERE revision_id = ? ORDER BY position"
    return list(store.rows(sql, (revision_id,)))


def images(store: Store, revision_id: int | None) -> list[Row]:
    """url, alt, caption and credit of a revision's pictures, in page order."""
    sql = "SELECT url, alt, caption, credit FROM revision_images WHERE revision_id = ? ORDER BY position"
    return list(store.rows(sql, (revision_id,)))


def seals(store: Store, revision_ids: Sequence[int]) -> dict[int, Row]:
    """The last seal of each of these revisions, by its id: `seal` (the number in the chain) and `at`."""
    return {row["subject_id"]: row for row in store.rows(_SEALS, (json.dumps(revision_ids),))}


def first_link(store: Store) -> str | None:
    """The first link of the chain of seals: it tells this ledger from all others."""
    link: str | None = store.value("SELECT link FROM chain ORDER BY id LIMIT 1")
    return link


def fetches(store: Store, article_id: int, limit: int) -> list[Row]:
    """The last fetches of an article, newest first."""
    return list(store.rows(_FETCHES, (article_id, limit)))


def url_of(store: Store, article_id: int | None) -> str | None:
    """The address of the article with this id."""
    url: str | None = store.value("SELECT url FROM articles WHERE id = ?", (article_id,))
    return url


def revision_address(store: Store, revision_id: int) -> RevisionAddress | None:
    """The address of the revision with this id."""
    sql = "SELECT a.url, r.number FROM revisions r JOIN articles a ON a.id = r.article_id WHERE r.id = ?"
    row = store.row(sql, (revision_id,))
    return value_of(RevisionAddress, row) if row else None


def withdrawn_among(store: Store, article_ids: Sequence[int]) -> set[int]:
    """Those of these articles that an operator has withdrawn."""
    return {row["article_id"] for row in store.rows(_WITHDRAWN, (json.dumps(article_ids),))}


def states(store: Store, article_id: int) -> list[Row]:
    """The steps of an article's state, oldest first."""
    return list(store.rows("SELECT at, state, status, reason FROM states WHERE article_id = ? ORDER BY id", (article_id,)))


def aliases(store: Store, article_id: int) -> list[Row]:
    """Other URLs that lead to an article."""
    return list(
        store.rows("SELECT url, reason, first_seen FROM aliases WHERE article_id = ? ORDER BY first_seen, url", (article_id,))
    )


def moved_from(store: Store, article_id: int) -> list[Row]:
    """Articles whose address leads to this one: the same story under an address that was not known to be its former one."""
    return list(store.rows("SELECT url, revision_count, first_seen, last_seen FROM articles WHERE moved_to = ?", (article_id,)))


def revision(store: Store, article: Row, number: int) -> Article | None:
    """One revision of an article, by its number, as the article it was."""
    revision_id = store.value("SELECT id FROM revisions WHERE article_id = ? AND number = ?", (article["id"], number))
    return Lookup(store, "").revision(revision_id, article["url"]) if revision_id else None


def status(store: Store) -> dict[str, Any]:
    """The ledger at a glance: totals, and a row a site. The last look is the last of those that were written last."""
    sums = totals(store)
    looks = store.row("""SELECT (SELECT count(*) FROM fetches) AS fetches,
        (SELECT max(fetched) FROM (SELECT fetched FROM fetches ORDER BY id DESC LIMIT 1000)) AS last_fetch""")
    return {
        "sites": store.value("SELECT count(*) FROM sites"),
        **{name: sums[name] for name in ("articles", "revisions", "gone")},
        **(looks or {}),
        "changes": {change: sums[change] for change in CHANGES if sums[change]},
        "per_site": list(store.rows("SELECT * FROM site_health ORDER BY last_finished DESC, site_id")),
    }


def crawl(store: Store, crawl_id: int) -> Row | None:
    """One crawl's row, `counts` as a mapping."""
    row = store.row("SELECT * FROM crawls WHERE id = ?", (crawl_id,))
    return {**row, "counts": json.loads(row["counts"])} if row else None


def silent_sources(store: Store, site_id: str, since: str) -> list[Row]:
    """Sources of a site that were read since, and named nothing: url, kind, status, and why."""
    sql = """SELECT url, kind, status, problem_code, problem FROM sources
        WHERE site_id = ? AND fetched >= ? AND problem IS NOT NULL ORDER BY problem_code = 'empty', url"""
    return list(store.rows(sql, (site_id, since)))


def revisions_of_crawl(store: Store, crawl_id: int) -> Iterator[Row]:
    """What a crawl wrote: one row a revision, `changed_fields` as a list."""
    rows = store.rows(
        """SELECT a.url, a.site_id, r.number, r.change, r.changed_fields, r.headline, r.first_seen FROM revisions r
        JOIN articles a ON a.id = r.article_id WHERE r.crawl_id = ? ORDER BY r.id""",
        (crawl_id,),
    )
    return ({**row, "changed_fields": json.loads(row["changed_fields"])} for row in rows)


def states_of_crawl(store: Store, crawl_id: int) -> list[CrawlStateChange]:
    """The steps of state that a crawl led to, but for first fetches."""
    sql = """SELECT a.url, s.state, s.reason FROM states s JOIN articles a ON a.id = s.article_id
        WHERE s.crawl_id = ? AND s.reason <> 'first seen'"""
    return [value_of(CrawlStateChange, row) for row in store.rows(sql, (crawl_id,))]


def most_revised(store: Store) -> str | None:
    """The URL of the article with the most revisions; of several the one that was found first."""
    url: str | None = store.value("SELECT url FROM articles ORDER BY revision_count DESC, id LIMIT 1")
    return url


def first_silent_edit(store: Store) -> str | None:
    """The URL of the article whose silent edit was recorded first."""
    url: str | None = store.value("SELECT url FROM silent_edits ORDER BY revision_id LIMIT 1")
    return url
