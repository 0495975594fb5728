"""Articles, their revisions and crawls, for people. Read-only."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.article import Article
from pipelines.queries.activity import totals
from pipelines.queries.removed import Withdrawal, withdrawal_of
from pipelines.queries.results import (
    CHANGES,
    Alias,
    ArticleRecord,
    FetchRecord,
    FormerArticle,
    LastSeal,
    Revision,
    RevisionAddress,
    RevisionTime,
    StateChange,
    row_of,
    value_of,
)
from pipelines.queries.site_results import CrawlChange, CrawlStateChange
from pipelines.store.crawls import is_imported
from pipelines.store.database import Row, Store
from pipelines.store.ledgers import Ledgers, by_number, over_all
from pipelines.store.resolver import Lookup

_REVISIONS = """
SELECT r.id AS revision_id, r.number, r.change, r.changed_fields, r.headline, r.description, r.byline, r.section, r.language,
    r.date_published, r.date_published_raw, r.date_modified, r.date_modified_raw, r.not_before, r.first_seen, r.last_seen,
    r.content_hash, r.payload_hash, r.extractor, r.crawl_id, r.warc_file, r.warc_offset, back.number AS reverted_to,
    earlier.number AS reads_as, before.headline AS headline_before, before.date_modified AS date_modified_before
FROM revisions r LEFT JOIN revisions back ON back.id = r.reverted_to LEFT JOIN revisions earlier ON earlier.id = r.reads_as
LEFT JOIN revisions before ON before.article_id = r.article_id AND before.number = r.number - 1
WHERE r.article_id = ? AND {} ORDER BY r.number
"""
_SEALS = """
SELECT subject_id, max(id) AS number, at, link FROM chain
WHERE subject = 'revision' AND subject_id IN (SELECT value FROM json_each(?)) GROUP BY subject_id
"""
_FETCHES = """
SELECT fetched, url, status, outcome, reason, reason_code, crawl_id FROM fetches
WHERE article_id = ? ORDER BY fetched DESC, id DESC LIMIT ?
"""
_HEALTH = """
SELECT h.*, s.paused, s.paused_until, s.next_crawl,
    (SELECT c.reason_code FROM crawls c WHERE c.site_id = h.site_id ORDER BY c.id DESC LIMIT 1) AS last_reason_code
FROM site_health h JOIN sites s ON s.id = h.site_id ORDER BY h.last_finished DESC, h.site_id
"""
_WITHDRAWN = "SELECT w.article_id FROM json_each(?) k CROSS JOIN withdrawals w WHERE w.article_id = k.value"

_PRINTED = (
    "revision_id", "number", "change", "changed_fields", "headline", "byline", "date_modified", "not_before", "first_seen",
    "last_seen", "reverted_to", "extractor", "content_hash", "warc_file", "warc_offset",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ArticleView(ArticleRecord):
    """An article with everything that happened to it, except its revisions."""

    latest: Article | None
    """The latest revision in full, with authors, images and body; None if no page of it was ever read."""
    states: tuple[StateChange, ...]
    """Changes of its state, oldest first."""
    aliases: tuple[Alias, ...]
    moved_to: str | None
    """The URL of the article to which its own URL leads."""
    moved_from: tuple[FormerArticle, ...]
    withdrawn: Withdrawal | None


def find_article(store: Store, *urls: str | None) -> ArticleRecord | None:
    """The article that any of these URLs is or has led to; any spelling, including AMP and old addresses."""
    row = Lookup(store, "").by_urls(*urls)
    if row is None:
        return None
    following = None if is_imported(store, row["site_id"]) else row["next_check"]
    return value_of(ArticleRecord, row | {"article_id": row["id"], "next_check": following})


def article_view(store: Store, article: ArticleRecord) -> ArticleView:
    """Everything about an article; each query uses an index."""
    number = article.article_id
    return ArticleView(
        **row_of(article),
        latest=revision(store, number, article.url, article.revision_count),
        states=states(store, number),
        aliases=aliases(store, number),
        moved_to=moved_to(store, number),
        moved_from=moved_from(store, number),
        withdrawn=withdrawal_of(store, number),
    )


def history(store: Store, article_id: int, *, after: int = 0) -> tuple[Revision, ...]:
    """The revisions of an article, oldest first: the first one, and those whose number is greater than `after`."""
    return tuple(map(_revision, store.rows(_REVISIONS.format("(r.number = 1 OR r.number > ?)"), (article_id, after))))


def history_entry(store: Store, article_id: int, number: int) -> Revision | None:
    row = store.row(_REVISIONS.format("r.number = ?"), (article_id, number))
    return _revision(row) if row else None


def numbers_by_hash(store: Store, article_id: int, start: str) -> list[int]:
    """Numbers of the revisions of an article whose content hash begins with `start`, now or before a newer extractor read them
    again."""
    sql = """SELECT number FROM revisions r WHERE article_id = :article AND (substr(content_hash, 1, :n) = :start
        OR EXISTS (SELECT 1 FROM readings g WHERE g.revision_id = r.id AND substr(g.content_hash, 1, :n) = :start))
        ORDER BY number"""
    return [row["number"] for row in store.rows(sql, {"article": article_id, "start": start, "n": len(start)})]


def facts(revision: Revision) -> Row:
    """A revision as in the JSON of `history` and `diff`; the keys are a contract."""
    return {name: getattr(revision, name) for name in _PRINTED}


def revision_at(store: Store, article_id: int, moment: str) -> RevisionTime | None:
    """The last revision first seen at `moment` or before; the first revision if that is later."""
    sql = "SELECT id AS revision_id, number, first_seen FROM revisions WHERE article_id = ? {} LIMIT 1"
    row = store.row(sql.format("AND first_seen <= ? ORDER BY number DESC"), (article_id, moment)) or store.row(
        sql.format("ORDER BY number"), (article_id,)
    )
    return value_of(RevisionTime, row) if row else None


def latest_revision(store: Store, article_id: int) -> RevisionTime | None:
    sql = """SELECT r.id AS revision_id, r.number, r.first_seen FROM articles a JOIN revisions r ON r.id = a.latest_revision_id
        WHERE a.id = ?"""
    row = store.row(sql, (article_id,))
    return value_of(RevisionTime, row) if row else None


def newest_revision(store: Store) -> int:
    """The id of the revision that was recorded last; 0 if there is none."""
    return int(store.value("SELECT coalesce(max(id), 0) FROM revisions"))


def first_headline(store: Store, article_id: int) -> str | None:
    return store.text("SELECT headline FROM revisions WHERE article_id = ? ORDER BY number LIMIT 1", (article_id,))


def seals(store: Store, revision_ids: Sequence[int]) -> dict[int, LastSeal]:
    """The last seal of each of these revisions, by its id."""
    return {row["subject_id"]: value_of(LastSeal, row) for row in store.rows(_SEALS, (json.dumps(revision_ids),))}


def _first_links(ledgers: Ledgers, query: Callable[[Store], str | None]) -> str | None:
    """The common identity of several ledgers."""
    return "+".join(query(store) or "" for store in ledgers.each) or None


@over_all(_first_links)
def first_link(store: Store) -> str | None:
    """The first link of the chain of seals: the identity of this ledger."""
    return store.text("SELECT link FROM chain ORDER BY id LIMIT 1")


def fetches(store: Store, article_id: int, limit: int) -> tuple[FetchRecord, ...]:
    """The last fetches of an article, newest first."""
    return tuple(value_of(FetchRecord, row) for row in store.rows(_FETCHES, (article_id, limit)))


def url_of(store: Store, article_id: int | None) -> str | None:
    return store.text("SELECT url FROM articles WHERE id = ?", (article_id,))


def revision_address(store: Store, revision_id: int) -> RevisionAddress | None:
    sql = "SELECT a.url, r.number FROM revisions r JOIN articles a ON a.id = r.article_id WHERE r.id = ?"
    row = store.row(sql, (revision_id,))
    return value_of(RevisionAddress, row) if row else None


def withdrawn_among(store: Store, article_ids: Sequence[int]) -> set[int]:
    """The ones of these articles that an operator has withdrawn."""
    return {row["article_id"] for row in store.rows(_WITHDRAWN, (json.dumps(article_ids),))}


def states(store: Store, article_id: int) -> tuple[StateChange, ...]:
    """The changes of an article's state, oldest first."""
    rows = store.rows("SELECT at, state, status, reason FROM states WHERE article_id = ? ORDER BY id", (article_id,))
    return tuple(value_of(StateChange, row) for row in rows)


def aliases(store: Store, article_id: int) -> tuple[Alias, ...]:
    """Other URLs that lead to an article."""
    sql = "SELECT url, reason, first_seen FROM aliases WHERE article_id = ? ORDER BY first_seen, url"
    return tuple(value_of(Alias, row) for row in store.rows(sql, (article_id,)))


def moved_from(store: Store, article_id: int) -> tuple[FormerArticle, ...]:
    """Articles whose URL leads to this one: the same story under a URL that was not known as its former one."""
    sql = "SELECT url, revision_count, first_seen, last_seen FROM articles WHERE moved_to = ?"
    return tuple(value_of(FormerArticle, row) for row in store.rows(sql, (article_id,)))


def moved_to(store: Store, article_id: int) -> str | None:
    """The URL of the article to which this one's URL leads."""
    return store.text("SELECT b.url FROM articles a JOIN articles b ON b.id = a.moved_to WHERE a.id = ?", (article_id,))


@over_all(by_number)
def revision(store: Store, article_id: int, url: str, number: int) -> Article | None:
    revision_id = store.value("SELECT id FROM revisions WHERE article_id = ? AND number = ?", (article_id, number))
    return Lookup(store, "").revision(revision_id, url) if revision_id else None


def status(store: Store) -> dict[str, Any]:
    """The ledger in summary: totals, and one row per site. The last fetch is the latest of the 1000 rows written last."""
    sums = totals(store)
    looks = store.row("""SELECT (SELECT count(*) FROM fetches) AS fetches,
        (SELECT max(fetched) FROM (SELECT fetched FROM fetches ORDER BY id DESC LIMIT 1000)) AS last_fetch""")
    return {
        "sites": store.value("SELECT count(*) FROM sites"),
        "articles": sums.articles,
        "revisions": sums.revisions,
        "gone": sums.gone,
        **(looks or {}),
        "changes": {change: n for change in CHANGES if (n := getattr(sums, change))},
        "per_site": list(store.rows(_HEALTH)),
    }


def crawl(store: Store, crawl_id: int) -> Row | None:
    """One crawl's row, `counts` as a mapping."""
    row = store.row("SELECT * FROM crawls WHERE id = ?", (crawl_id,))
    return {**row, "counts": json.loads(row["counts"])} if row else None


def silent_sources(store: Store, site_id: str, since: str) -> list[Row]:
    """Sources of a site that were read since then and named nothing: url, kind, status, and why."""
    sql = """SELECT url, kind, status, problem_code, problem FROM sources
        WHERE site_id = ? AND fetched >= ? AND problem IS NOT NULL ORDER BY problem_code = 'empty', url"""
    return list(store.rows(sql, (site_id, since)))


def revisions_of_crawl(store: Store, crawl_id: int) -> list[CrawlChange]:
    """The revisions that a crawl wrote, in order of writing."""
    rows = store.rows(
        """SELECT a.url, a.site_id, r.number, r.change, r.changed_fields, r.headline, r.first_seen FROM revisions r
        JOIN articles a ON a.id = r.article_id WHERE r.crawl_id = ? ORDER BY r.id""",
        (crawl_id,),
    )
    return [value_of(CrawlChange, row | {"changed_fields": json.loads(row["changed_fields"])}) for row in rows]


def states_of_crawl(store: Store, crawl_id: int) -> list[CrawlStateChange]:
    """The changes of state from a crawl, except those of first fetches."""
    sql = """SELECT a.url, s.state, s.reason FROM states s JOIN articles a ON a.id = s.article_id
        WHERE s.crawl_id = ? AND s.reason <> 'first seen'"""
    return [value_of(CrawlStateChange, row) for row in store.rows(sql, (crawl_id,))]


def most_revised(store: Store) -> str | None:
    """The URL of the article with the most revisions; if several have as many, of the one found first."""
    return store.text("SELECT url FROM articles ORDER BY revision_count DESC, id LIMIT 1")


def first_silent_edit(store: Store) -> str | None:
    """The URL of the article whose silent edit was recorded first."""
    return store.text("SELECT url FROM silent_edits ORDER BY revision_id LIMIT 1")


def _revision(row: Row) -> Revision:
    return value_of(Revision, row | {"changed_fields": json.loads(row["changed_fields"])})
