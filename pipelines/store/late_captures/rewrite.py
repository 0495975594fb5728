"""Rewrites articles of the ledger as a scratch ledger has them: rows that stay keep their ids, others are added or deleted.

Writes in the caller's transaction, and seals nothing itself: `changed` lists what is to be sealed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from pipelines.article import CHANGES
from pipelines.store.addresses import put_dead_end, put_fetch
from pipelines.store.chain import Subject, digest, is_sealed
from pipelines.store.corrections import index_text, put_facts
from pipelines.store.database import Row, Store
from pipelines.store.judgement import Recorded
from pipelines.store.late_captures.events import AGAIN, HistoryEvent, Neighbourhood

_KEPT = ("etag", "last_modified", "validators_url", "claimed_modified")
"""Columns of an article that describe its last answer, and that no other fetch contains."""
_PLACE = ("number", "change", "changed_fields", "first_seen", "last_seen", "not_before")
"""Columns of a revision that describe its place in the history."""
_STATE = ("at", "state", "status", "reason")
_PARTS = ("revision_authors", "revision_images")
_TABLES = {Subject.ARTICLE: "articles", Subject.REVISION: "revisions", Subject.STATE: "states", Subject.READING: "readings"}


@dataclass(frozen=True, slots=True)
class Adopt:
    """Converts a row of another ledger to this one. The default is for a scratch ledger, which has the same crawls and files."""

    crawl: Callable[[int | None], int | None] | None = None
    """Id of a crawl of theirs -> id of ours."""
    page: Callable[[str | None], str | None] = lambda warc_file: warc_file
    """File of their archive -> its name in our archive."""
    base: int = 0
    """Added to the other ledger's ids of revisions, so that new revisions keep its order."""

    @property
    def is_foreign(self) -> bool:
        """Whether rows come from another ledger."""
        return self.crawl is not None

    def row(self, row: Row) -> Row:
        """The row with our crawl and our file."""
        if self.crawl is None:
            return row
        changes: Row = {"crawl_id": self.crawl(row["crawl_id"])}
        return {**row, **changes, **({"warc_file": self.page(row["warc_file"])} if "warc_file" in row else {})}


class Rewrite:
    """Rewrites some articles of a ledger to what a scratch ledger holds."""

    def __init__(self, store: Store, scratch: Store, around: Neighbourhood, wanted: Iterable[Row], fetches: Sequence[Row],
                 events: Sequence[HistoryEvent], adopt: Adopt | None = None) -> None:  # fmt: skip
        """`wanted` are articles of `scratch`; `fetches` are its rows of `events`, in the same order.

        `adopt` converts a row of another ledger to this one.
        """
        self._store, self._scratch, self._fetch_rows, self._events = store, scratch, fetches, events
        self._adopt = adopt or Adopt()
        self._old = around.articles
        self._wanted = {row["id"]: row for row in wanted}
        self._ids: dict[int, int] = {row_id: row_id for row_id in around.withdrawn}
        """Id of an article in `scratch` -> its id here."""
        self._revision_ids: dict[int, int] = {}
        self._unindexed: list[int] = []
        """Ids of revisions whose search text is written after their articles have their URLs."""
        self._involved: set[tuple[Subject, int]] = set()
        self.taken_out: list[tuple[Subject, int]] = []
        self.fetches = 0
        self.articles = 0
        self.changes: list[str] = []
        """What was added: `fetches` and `articles` are numbers, `changes` the change kinds of new revisions."""

    def write(self) -> None:
        """Make all rows equal to those of the scratch ledger."""
        self._match()
        self._articles()
        self._revisions()
        self._finish_articles()
        self._states()
        self._fetches()
        self._aliases()
        self._quarantine()
        self._take_out_articles()

    def changed(self) -> list[tuple[Subject, int]]:
        """Rows that differ from their last seal."""
        sql = "SELECT digest FROM chain WHERE subject = ? AND subject_id = ? ORDER BY id DESC LIMIT 1"
        return [
            one
            for one in sorted(self._involved - set(self.taken_out))
            if digest(self._store, *one) != self._store.value(sql, one)
        ]

    def recorded(self, there: Recorded) -> Recorded:
        """The result of a capture, with the ids of this ledger."""
        article = self._ids[there.article_id] if there.article_id else None
        return replace(there, article_id=article, revision_id=self._revision_ids.get(there.revision_id or 0))

    # --- articles --------------------------------------------------------------------------------------------------

    def _match(self) -> None:
        """Match articles of the scratch ledger with ours: by the same URL, otherwise by the most common fetches."""
        votes = Counter(
            (fetch["article_id"], event.row["article_id"])
            for event, fetch in zip(self._events, self._fetch_rows, strict=True)
            if event.row and event.row["article_id"] in self._old and fetch["article_id"] in self._wanted
        )
        by_url = {row["url"]: row_id for row_id, row in self._old.items()}
        pairs = [(row_id, by_url[row["url"]]) for row_id, row in self._wanted.items() if row["url"] in by_url]
        pairs += [pair for pair, _ in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0]))]
        for there, here in pairs:
            if there not in self._ids and here not in self._ids.values():
                self._ids[there] = here
        self._heirs = {here: there for (there, here), _ in sorted(votes.items(), key=lambda vote: vote[1])}
        """Id of an article here -> id of the article in the scratch ledger that has most of its fetches now."""

    def _articles(self) -> None:
        """Make a row for each article; its other columns are set after its revisions exist."""
        for row_id in self._old:
            self._store.update("articles", row_id, {"url": f"replay:{row_id}", "external_id": None})
            self._involved.add((Subject.ARTICLE, row_id))
        for there, row in self._wanted.items():
            if there not in self._ids:
                made = row | {"id": None, "latest_revision_id": None, "moved_to": None, "listed_in": None}
                self._ids[there] = self._store.insert("articles", made)
                self.articles += 1
                self._involved.add((Subject.ARTICLE, self._ids[there]))

    def _finish_articles(self) -> None:
        for there, row in self._wanted.items():
            here = self._ids[there]
            latest = self._revision_ids[row["latest_revision_id"]]
            moved_to = self._ids.get(row["moved_to"])
            facts = {**row, "id": here, "latest_revision_id": latest, "moved_to": moved_to, "revision_count": self._counts[there]}
            old = self._old.get(here)
            for column in ("listed_in", "edits_missed", "edits_unseen"):
                facts.pop(column, None)
            facts |= dict.fromkeys(_KEPT) if self._adopt.is_foreign else {}
            if old and (old["latest_revision_id"], old["state"]) == (latest, row["state"]):
                facts["next_check"] = old["next_check"]
                facts |= {column: old[column] for column in _KEPT if old["last_seen"] == row["last_seen"]}
            self._store.update("articles", here, facts)
        for revision_id in self._unindexed:
            index_text(self._store, revision_id)

    def _take_out_articles(self) -> None:
        """Delete articles that no longer exist; what points to one is moved to the article that has most of its fetches."""
        kept = set(self._ids.values())
        for row_id in self._old.keys() - kept:
            heir = self._ids.get(self._heirs.get(row_id, 0))
            for row in list(self._store.rows("SELECT id FROM articles WHERE moved_to = ?", (row_id,))):
                self._store.update("articles", row["id"], {"moved_to": heir if heir != row["id"] else None})
                self._involved.add((Subject.ARTICLE, row["id"]))
            if heir is None:
                heads = "(SELECT id FROM story_heads WHERE source_id = ?1 OR first_id = ?1)"
                for table, column in (("story_members", "story_id"), ("story_heads", "id")):
                    self._store.execute(f"DELETE FROM {table} WHERE {column} IN {heads}", (row_id,))  # noqa: S608 - our own names
            for column in ("source_id", "first_id"):
                self._store.execute(f"UPDATE story_heads SET {column} = ? WHERE {column} = ?", (heir, row_id))  # noqa: S608
            for table in ("sketches", "sketch_hashes", "story_members", "aliases"):
                self._store.execute(f"DELETE FROM {table} WHERE article_id = ?", (row_id,))  # noqa: S608 - our own names
            for row in list(self._store.rows("SELECT id FROM fetches WHERE article_id = ?", (row_id,))):
                if is_sealed(self._store, Subject.FETCH, row["id"]):
                    self._involved.add((Subject.FETCH, row["id"]))
            for table in ("quarantine", "fetches"):
                self._store.execute(f"UPDATE {table} SET article_id = ? WHERE article_id = ?", (heir, row_id))  # noqa: S608
            self._delete(Subject.ARTICLE, row_id)

    # --- revisions -------------------------------------------------------------------------------------------------

    def _revisions(self) -> None:
        ours = [row for row_id in self._old for row in self._rows_of(self._store, "revisions", row_id, "number")]
        for row in ours:
            self._store.update("revisions", row["id"], {"number": -row["id"]})  # free the numbers, which are unique
            self._involved.add((Subject.REVISION, row["id"]))
        wanted = [row for there in self._wanted for row in self._rows_of(self._scratch, "revisions", there, "number")]
        self._counts = Counter(row["article_id"] for row in wanted)
        same = self._same(wanted, ours)
        for row in wanted:
            self._put_revision(row, same.get(row["id"]))
        stay = set(self._revision_ids.values())
        removed = [row for row in ours if row["id"] not in stay]
        for row in ours:
            if row["reads_as"] and any(row["reads_as"] == one["id"] for one in removed):
                self._store.update("revisions", row["id"], {"reads_as": None})
        for row in removed:
            self._store.update("articles", row["article_id"], {"latest_revision_id": None})
            self._store.update("revisions", row["id"], {"reverted_to": None, "reads_as": None})
        for row in removed:
            self._take_out_revision(row["id"])
        for article_id in {self._ids[row["article_id"]] for row in wanted}:
            put_facts(self._store, article_id)

    def _same(self, wanted: Sequence[Row], ours: Sequence[Row]) -> dict[int, Row]:
        """Id of a revision in the scratch ledger -> our row for it: with the same text and time, otherwise with the same text."""
        free = {row["id"]: row for row in ours}
        same: dict[int, Row] = {}
        for exact in (True, False):
            for row in wanted:
                if row["id"] in same:
                    continue
                here = self._ids[row["article_id"]]
                fit = [one for one in free.values() if _text(one) == _text(row)]
                fit = [one for one in fit if not exact or one["first_seen"] == row["first_seen"]]
                best = min(fit, key=lambda one: (one["article_id"] != here, one["first_seen"], one["id"]), default=None)
                if best:
                    same[row["id"]] = free.pop(best["id"])
        return same

    def _put_revision(self, row: Row, old: Row | None) -> None:
        """Write one revision as the scratch ledger has it; a row that stays keeps its text unless its first capture changes."""
        facts = {column: row[column] for column in _PLACE}
        facts |= {"article_id": self._ids[row["article_id"]], "reverted_to": self._revision_ids.get(row["reverted_to"] or 0)}
        if old and old["first_seen"] == row["first_seen"]:
            self._store.update("revisions", old["id"], facts)
            self._revision_ids[row["id"]] = old["id"]
            return
        whole = {**self._adopt.row(row), **facts, "reads_as": self._revision_ids.get(row["reads_as"] or 0)}
        if old:
            self._store.update("revisions", old["id"], {**whole, "id": old["id"]})
        here = old["id"] if old else self._store.insert("revisions", {**whole, "id": self._free_id(row)})
        if not old:
            self.changes.append(row["change"])
        self._revision_ids[row["id"]] = here
        self._involved.add((Subject.REVISION, here))
        for table in _PARTS:
            self._store.execute(f"DELETE FROM {table} WHERE revision_id = ?", (here,))  # noqa: S608 - our own names
            for part in self._scratch.rows(f"SELECT * FROM {table} WHERE revision_id = ?", (row["id"],)):  # noqa: S608
                self._store.insert(table, {**part, "revision_id": here})
        self._unindexed.append(here)
        for reading in self._scratch.rows("SELECT * FROM readings WHERE revision_id = ? ORDER BY id", (row["id"],)):
            same = "SELECT 1 FROM readings WHERE revision_id = ? AND content_hash = ? AND extractor = ?"
            if not self._store.value(same, (here, reading["content_hash"], reading["extractor"])):
                reading_id = self._store.insert("readings", {**reading, "id": None, "revision_id": here})
                self._involved.add((Subject.READING, reading_id))

    def _free_id(self, row: Row) -> int | None:
        """An id that keeps the order of the other ledger's revisions; None if a crawl has used it, or for a scratch ledger."""
        wish = self._adopt.base + row["id"] if self._adopt.is_foreign else None
        return None if wish and self._store.value("SELECT 1 FROM revisions WHERE id = ?", (wish,)) else wish

    def _take_out_revision(self, row_id: int) -> None:
        for reading in list(self._store.rows("SELECT id FROM readings WHERE revision_id = ?", (row_id,))):
            self._delete(Subject.READING, reading["id"])
        for sketch in list(self._store.rows("SELECT article_id FROM sketches WHERE revision_id = ?", (row_id,))):
            self._store.execute("DELETE FROM sketch_hashes WHERE article_id = ?", (sketch["article_id"],))
        for table in (*_PARTS, "rereadings", "sketches"):
            self._store.execute(f"DELETE FROM {table} WHERE revision_id = ?", (row_id,))  # noqa: S608 - our own names
        self._delete(Subject.REVISION, row_id)

    # --- states, fetches, addresses --------------------------------------------------------------------------------

    def _states(self) -> None:
        ours = {row_id: self._rows_of(self._store, "states", row_id, "id") for row_id in self._old}
        for there in self._wanted:
            here = self._ids[there]
            rows = ours.pop(here, [])
            steps = self._rows_of(self._scratch, "states", there, "id")
            for place, step in enumerate(steps):
                facts = {column: step[column] for column in _STATE}
                if place >= len(rows):
                    whole = {**facts, "article_id": here, "crawl_id": self._adopt.row(step)["crawl_id"]}
                    state_id = self._store.insert("states", whole)
                    self._involved.add((Subject.STATE, state_id))
                elif any(rows[place][column] != facts[column] for column in ("at", "state", "status")):
                    self._store.update("states", rows[place]["id"], {**facts, "crawl_id": step["crawl_id"]})
                    self._involved.add((Subject.STATE, rows[place]["id"]))
            for row in rows[len(steps) :]:
                self._delete(Subject.STATE, row["id"])
        for rows in ours.values():
            for row in rows:
                self._delete(Subject.STATE, row["id"])

    def _fetches(self) -> None:
        """Set article and outcome of each fetch; its own reason stays while its outcome does."""
        steps = {row["at"] for there in self._wanted for row in self._rows_of(self._scratch, "states", there, "id")}
        for event, row in zip(self._events, self._fetch_rows, strict=True):
            article_id = self._ids.get(row["article_id"] or 0)
            if event.row is None or not event.is_recorded:
                fetch_id = put_fetch(self._store, {**self._adopt.row(row), "id": None, "article_id": article_id})
                self.fetches += 1
            else:
                fetch_id = event.row["id"]
                facts = {"article_id": article_id}
                if row["outcome"] != event.row["outcome"]:
                    facts |= {column: row[column] for column in ("outcome", "reason", "reason_code")}
                changed = {column: value for column, value in facts.items() if event.row[column] != value}
                if changed:
                    self._store.update("fetches", fetch_id, changed)
                if article_id is None:
                    put_dead_end(self._store, row["url"])
            rests = row["outcome"] in CHANGES or row["warc_file"] or row["fetched"] in steps
            if rests or (event.is_recorded and is_sealed(self._store, Subject.FETCH, fetch_id)):
                self._involved.add((Subject.FETCH, fetch_id))

    def _aliases(self) -> None:
        """Set aliases to those of the captures; aliases of fetches that an older version wrote stay."""
        old = {row["url"]: row for row_id in self._old for row in self._rows_of(self._store, "aliases", row_id, "url")}
        own = {row["url"] for row in self._wanted.values()}
        wanted: dict[str, Row] = {}
        for there in self._wanted:
            for row in self._rows_of(self._scratch, "aliases", there, "url"):
                wanted[row["url"]] = {**row, "article_id": self._ids[there]}
        untold = {event.row["article_id"] for event in self._events if event.row and _lacks_content_hash(event.row)}
        for url, row in old.items():
            if url not in wanted and url not in own and row["article_id"] in untold:
                heir = self._ids.get(self._heirs.get(row["article_id"], 0))
                if heir:
                    wanted[url] = {**row, "article_id": heir}
        for url, row in old.items():
            if wanted.get(url) != row:
                self._store.execute("DELETE FROM aliases WHERE url = ?", (url,))
        for url, row in wanted.items():
            if old.get(url) != row:
                self._store.insert("aliases", row, on_conflict="IGNORE")

    def _quarantine(self) -> None:
        """Set the readings that wait for a second fetch to those of the scratch ledger."""
        wanted = {(row["url"], row["content_hash"]): row for row in self._scratch.rows("SELECT * FROM quarantine ORDER BY id")}
        codes = ", ".join(f"'{code}'" for code in sorted(AGAIN))
        sql = f"""SELECT * FROM quarantine WHERE state = 'quarantined' AND reason_code IN ({codes})
            AND article_id IN (SELECT value FROM json_each(?))"""  # noqa: S608 - our own words
        for row in list(self._store.rows(sql, (json.dumps(list(self._old)),))):
            waits = wanted.pop((row["url"], row["content_hash"]), None)
            columns = ("article_id", "fetched", "last_seen", "looks", "state", "settled")
            facts = {c: waits[c] for c in columns} if waits else {"state": "overtaken", "settled": row["last_seen"]}
            if waits:
                facts["article_id"] = self._ids.get(waits["article_id"] or 0)
            self._store.update("quarantine", row["id"], facts | ({} if facts["state"] == "quarantined" else {"page": None}))
        for row in wanted.values():
            if row["state"] == "quarantined":
                self._store.insert("quarantine", {**row, "id": None, "article_id": self._ids.get(row["article_id"] or 0)})

    # ---------------------------------------------------------------------------------------------------------------

    def _rows_of(self, store: Store, table: str, article_id: int, order: str) -> list[Row]:
        return list(store.rows(f"SELECT * FROM {table} WHERE article_id = ? ORDER BY {order}", (article_id,)))  # noqa: S608

    def _delete(self, subject: Subject, row_id: int) -> None:
        self._store.execute(f"DELETE FROM {_TABLES[subject]} WHERE id = ?", (row_id,))  # noqa: S608 - our own names
        self.taken_out.append((subject, row_id))


def _text(revision: Row) -> tuple[str, str | None, int | None]:
    return revision["content_hash"], revision["date_modified"], revision["is_accessible_for_free"]


def _lacks_content_hash(fetch: Row) -> bool:
    """Whether an older version wrote the fetch; it stored less of the answer."""
    return fetch["outcome"] in CHANGES and not fetch["content_hash"]
