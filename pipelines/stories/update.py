"""Revisions -> sketches and stories, in the store: processes what is new since the last time, a few revisions at a time.

The progress mark is in the store and moves in the same transaction as the work: a killed process loses nothing, and
two that run in parallel process different revisions. Everything here can be computed again from the revisions (`rebuild`), and
is not sealed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

from pipelines.store.database import Row, Store
from pipelines.store.rows import instant_of
from pipelines.stories.grouping import FORMER, CopyMatch, Stories
from pipelines.stories.index import candidates, drop_sketch, put_sketch
from pipelines.stories.matching import overlap
from pipelines.stories.sketch import TextWords, words_of

TOGETHER = 20
"""Revisions in one transaction: others wait for it about 50 ms."""

APART = timedelta(days=31)
"""Articles that appeared further apart are not the same copy: recipes, forms and anniversaries are repeated."""

_KNOWN_TEXTS = 32
"""Texts that are cached while a few revisions are processed."""

_NEWS = """
SELECT id, article_id FROM revisions WHERE id > (SELECT revision_id FROM story_progress) ORDER BY id LIMIT ?
"""
_CORRECTED = """
SELECT g.id, r.article_id FROM readings g CROSS JOIN revisions r ON r.id = g.revision_id
WHERE g.id > (SELECT reading_id FROM story_progress) ORDER BY g.id LIMIT ?
"""
_ARTICLE = """
SELECT a.id, a.site_id, a.first_seen, a.date_published, a.latest_revision_id, r.body, r.byline, k.revision_id AS sketched,
    m.story_id, EXISTS (SELECT 1 FROM withdrawals w WHERE w.article_id = a.id) AS withdrawn
FROM articles a JOIN revisions r ON r.id = a.latest_revision_id LEFT JOIN sketches k ON k.article_id = a.id
LEFT JOIN story_members m ON m.article_id = a.id WHERE a.id = ?
"""
_PLACE = "SELECT first_seen, date_published FROM articles WHERE id = ?"
_BODY = "SELECT r.body FROM articles a JOIN revisions r ON r.id = a.latest_revision_id WHERE a.id = ?"


def catch_up(store: Store, now: datetime, *, at_most: int | None = None) -> int:
    """Process all revisions since the last time, and those that were read again in place; returns how many.

    `at_most`: stop after about this many. Raises StoreError.
    """
    return _catch_up(store, now, at_most)


def rebuild(store: Store, now: datetime, advance: Callable[[int], None] = lambda _: None) -> int:
    """Delete all stories, and compute them again; returns the number of revisions. `advance(n)` is called with the progress.

    Stories keep their numbers as far as possible. Readers see few stories until it is done.
    """
    store.execute(f"DROP TABLE IF EXISTS temp.{FORMER}")
    with store.transaction():
        store.execute(f"CREATE TEMP TABLE {FORMER} AS SELECT article_id, story_id FROM story_members")  # noqa: S608 - our own name
        store.execute(f"CREATE INDEX temp.{FORMER}_by_article ON {FORMER}(article_id)")
        for table in ("story_members", "story_heads", "sketches", "sketch_hashes"):
            store.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        store.execute("UPDATE story_progress SET revision_id = 0, reading_id = (SELECT coalesce(max(id), 0) FROM readings)")
    try:
        return _catch_up(store, now, None, former=True, advance=advance)
    finally:
        store.execute(f"DROP TABLE temp.{FORMER}")


def forget(store: Store, article_id: int, now: datetime) -> None:
    """Remove a withdrawn article from its story and from the index; within the caller's transaction."""
    with store.transaction():
        Stories(store, _Texts(store).words, now).leave(article_id)
        drop_sketch(store, article_id)


def _catch_up(store: Store, now: datetime, at_most: int | None, *, former: bool = False,
              advance: Callable[[int], None] = lambda _: None) -> int:  # fmt: skip
    done = 0
    while at_most is None or done < at_most:
        with store.transaction():
            processed = _process_batch(store, now, former)
        if not processed:
            break
        done += processed
        advance(processed)
    return done


def _process_batch(store: Store, now: datetime, former: bool) -> int:
    """Process a few revisions and rereadings; 0 if there are none left."""
    news, corrected = list(store.rows(_NEWS, (TOGETHER,))), list(store.rows(_CORRECTED, (TOGETHER,)))
    keeping = _Transaction(store, now, former)
    reread = {row["article_id"] for row in corrected}
    for article_id in dict.fromkeys(row["article_id"] for row in (*news, *corrected)):
        keeping.take(article_id, reread=article_id in reread)
    if news:
        store.execute("UPDATE story_progress SET revision_id = ?", (news[-1]["id"],))
    if corrected:
        store.execute("UPDATE story_progress SET reading_id = ?", (corrected[-1]["id"],))
    return len(news) + len(corrected)


class _Texts:
    """The words of articles, the last ones cached."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: OrderedDict[int, TextWords] = OrderedDict()

    def words(self, article_id: int) -> TextWords:
        if article_id not in self._kept:
            self.put(article_id, words_of(self._store.value(_BODY, (article_id,)) or ""))
        self._kept.move_to_end(article_id)
        return self._kept[article_id]

    def put(self, article_id: int, words: TextWords) -> None:
        self._kept[article_id] = words
        if len(self._kept) > _KNOWN_TEXTS:
            self._kept.popitem(last=False)


class _Transaction:
    """The work of one transaction."""

    def __init__(self, store: Store, now: datetime, former: bool) -> None:
        self._store = store
        self._texts = _Texts(store)
        self._stories = Stories(store, self._texts.words, now, former=former)

    def take(self, article_id: int, *, reread: bool) -> None:
        """Process the latest revision of an article. One with a story stays in it, whatever it says now."""
        article = self._store.row(_ARTICLE, (article_id,))
        if article is None or article["withdrawn"]:
            return
        if reread or article["sketched"] != article["latest_revision_id"]:
            words = words_of(article["body"])
            self._texts.put(article_id, words)
            hashes = put_sketch(self._store, article, words)
            if article["story_id"] is None and hashes:
                self._stories.place(article_id, self._matches(article, hashes))
        if article["story_id"] is not None:
            self._stories.refresh(article["story_id"], article_id)

    def _matches(self, article: Row, hashes: tuple[int, ...]) -> list[CopyMatch]:
        words, found = self._texts.words(article["id"]), []
        for candidate in candidates(self._store, article["id"], hashes):
            other = self._store.row(_PLACE, (candidate.article_id,))
            if other is None or abs(_time_of(article) - _time_of(other)) > APART:
                continue
            shared = overlap(words, self._texts.words(candidate.article_id)).without(candidate.common)
            if shared.is_copy or shared.is_kin:
                found.append(CopyMatch(candidate.article_id, candidate.story_id, shared))
        return found


def _time_of(article: Row) -> datetime:
    return instant_of(article["date_published"] or article["first_seen"])
