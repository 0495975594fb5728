"""Lines that a site's template shows at times, as crawls find them: a reading that only gains or loses them is no edit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipelines.article import Article, Fetch
from pipelines.history.anomalies import Anomaly, LineCounts, as_before, shown_at_times
from pipelines.store.database import Store
from pipelines.store.judgement import Judgement
from pipelines.store.rows import moment
from pipelines.text import paragraphs

LINES_KEPT, LINE_CHARS = 500, 1_000
"""Maximum number of lines kept of a site, and of characters of one."""
RECENT_ARTICLES, RECENT_REVISIONS = 200, 20
"""Newest articles of a site, and first revisions of each, that say how often a line is added and removed."""
_RECENT = """SELECT r.article_id, r.body FROM (SELECT id FROM articles WHERE site_id = ? ORDER BY id DESC LIMIT ?) a
    CROSS JOIN revisions r ON r.article_id = a.id AND r.number <= ? ORDER BY r.article_id, r.number"""


class BoilerplateLines:
    """The boilerplate lines of one site during a crawl."""

    def __init__(self, store: Store, site_id: str, crawl_id: int | None) -> None:
        self._store = store
        self._site_id = site_id
        self._crawl_id = crawl_id
        rows = store.rows("SELECT line FROM boilerplate_lines WHERE site_id = ?", (site_id,))
        self.lines = frozenset(row["line"] for row in rows)

    def without(self, judged: Judgement) -> Article | Fetch:
        """The item of a change without these lines; the same item if neither it nor the latest revision has any."""
        item, before = judged.item, judged.before
        if not self.lines or isinstance(item, Fetch) or before is None:
            return item
        return as_before(before, item, frozenset(), self.lines)

    def learn(self, anomalies: Sequence[Anomaly], confirmed: int, now: datetime) -> bool:
        """Keep the lines that a crawl's doubtful readings and the site's recent history show to be boilerplate; whether there
        are new ones. `confirmed` articles were as they were."""
        asked = frozenset(line for one in anomalies for line in one.lines if len(line) <= LINE_CHARS)
        if not asked or len(self.lines) >= LINES_KEPT:
            return False
        found = shown_at_times(anomalies, self._counts(asked), confirmed) - self.lines
        shown = sorted(line for line in found if len(line) <= LINE_CHARS)[: LINES_KEPT - len(self.lines)]
        for line in shown:
            row = {"site_id": self._site_id, "line": line, "crawl_id": self._crawl_id, "learned": moment(now)}
            self._store.insert("boilerplate_lines", row)
        self.lines |= frozenset(shown)
        return bool(shown)

    def _counts(self, asked: frozenset[str]) -> LineCounts:
        counts, before, article = LineCounts(), frozenset[str](), None
        for row in self._store.rows(_RECENT, (self._site_id, RECENT_ARTICLES, RECENT_REVISIONS)):
            lines = asked.intersection(paragraphs(row["body"] or ""))
            if row["article_id"] != article:
                counts.first.update(lines)
            else:
                counts.came.update(lines - before)
                counts.went.update(before - lines)
            article, before = row["article_id"], lines
        return counts
