"""Writes the merged history of one article of two ledgers, as `timeline` made it, in the caller's transaction.

Says what it wrote to the record, and seals nothing itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from pipelines.article import CHANGES, Outcome
from pipelines.history.revisions import State
from pipelines.history.timeline import History, RevisionRecord, StateStep, TimelineEntry, interleave
from pipelines.reasons import FetchReason, coded
from pipelines.store.chain import Subject
from pipelines.store.database import Row, Store
from pipelines.store.rows import article_of
from pipelines.store.schema.reasons import FETCH_CODES
from pipelines.text.urls import article_key

_REVISIONS = """SELECT r.*, back.number AS reverted_to_number, same.number AS reads_as_number FROM revisions r
    LEFT JOIN revisions back ON back.id = r.reverted_to LEFT JOIN revisions same ON same.id = r.reads_as
    WHERE r.article_id = ? ORDER BY r.number"""
_OURS_ALONE = ("etag", "last_modified", "validators_url", "claimed_modified", "stale_hash", "stale_since", "listed_in")
"""What an article's row holds of one crawler's own looks: not handed on, and void once another revision is the latest."""


@dataclass(frozen=True, slots=True)
class MergeSource:
    """What is taken in, and how that is told."""

    name: str
    """As people know it: the file's name."""
    trigger: str
    """Of the crawls that are written: `merge` or `import`."""
    warc_under: str = ""
    """Before the names of archived files: the folder, in our archive, where the other's is to be found."""


class MergedArticle:
    """One article of both ledgers, written as one."""

    def __init__(self, store: Store, other: Store, origin: MergeSource, theirs: Row, ours: Row | None,
                 crawl: Callable[[int | None], int], base: int) -> None:  # fmt: skip
        """`ours` is the row that `theirs` belongs to, if there is one; `crawl` finds our row for a crawl of the other ledger;
        new revisions get their ids in the other's order, behind `base`.
        """
        self._store, self._other, self._origin = store, other, origin
        self._theirs, self._ours, self._crawl, self._base = theirs, ours, crawl, base
        self._id = ours["id"] if ours else 0
        self.written: list[tuple[Subject, int]] = []

    def write(self) -> list[str]:
        """Write what is new; the kinds of change of the revisions that were added."""
        mine = {row["number"]: row for row in self._store.rows(_REVISIONS, (self._id,))} if self._ours else {}
        yours = {row["number"]: row for row in self._other.rows(_REVISIONS, (self._theirs["id"],))}
        own, other = self._history(self._store, self._id, mine), self._history(self._other, self._theirs["id"], yours)
        merged = interleave(own, other)
        entries, steps = merged.entries, merged.steps
        if self._ours is None:
            self._insert_article(entries)
        ids = self._revisions(entries, mine, yours)
        self._fetches(entries)
        self._write_steps(steps)
        self._aliases()
        self._update_article(entries, ids, steps)
        if self.written:
            self._touch(Subject.ARTICLE, self._id)
        return [entry.change for entry in entries if not entry.stays]

    def _touch(self, subject: Subject, row_id: int) -> None:
        self.written.append((subject, row_id))

    def _history(self, store: Store, article_id: int, rows: dict[int, Row]) -> History:
        own = store is self._store
        sql = "SELECT at, state, status, reason FROM states WHERE article_id = ? ORDER BY id"
        steps = [StateStep(own, r["at"], State(r["state"]), r["status"], r["reason"]) for r in store.rows(sql, (article_id,))]
        return History([self._record_of(store, row, own=own) for row in rows.values()], steps)

    def _record_of(self, store: Store, row: Row, *, own: bool) -> RevisionRecord:
        authors, images = (
            store.rows(f"SELECT * FROM {table} WHERE revision_id = ? ORDER BY position", (row["id"],))  # noqa: S608
            for table in ("revision_authors", "revision_images")
        )
        article = article_of(row, authors, images, self._theirs["url"])
        return RevisionRecord(own, row["number"], article, row["first_seen"], row["last_seen"], row["change"],
                    tuple(json.loads(row["changed_fields"])), row["reverted_to_number"], row["not_before"])  # fmt: skip

    # --- revisions -------------------------------------------------------------------------------------------------

    def _revisions(self, entries: list[TimelineEntry], mine: dict[int, Row], yours: dict[int, Row]) -> list[int]:
        """Bring the rows to what the entries say; their ids, in order."""
        ids: list[int] = []
        moved = [e for n, e in enumerate(entries, 1) if e.stays and e.record.number != n]
        for entry in moved:  # out of the way: numbers are unique
            self._store.update("revisions", mine[entry.record.number]["id"], {"number": -entry.record.number})
        for number, entry in enumerate(entries, 1):
            source = (mine if entry.record.own else yours)[entry.record.number]
            facts = self._facts(entry, number, ids)
            if entry.stays:
                ids.append(self._correct(source, facts))
            else:
                ids.append(self._insert(source, facts, own=entry.record.own))
        places = {key: place for place, entry in enumerate(entries) for key in entry.begun}
        for entry, revision_id in zip(entries, ids, strict=True):
            source = (mine if entry.record.own else yours)[entry.record.number]
            if not entry.stays and source["reads_as_number"]:
                place = places.get((entry.record.own, source["reads_as_number"]))
                self._store.update("revisions", revision_id, {"reads_as": ids[place] if place is not None else None})
        return ids

    def _facts(self, entry: TimelineEntry, number: int, ids: list[int]) -> Row:
        back = entry.reverted_to
        return {
            "number": number, "change": entry.change, "changed_fields": json.dumps(entry.changed_fields),
            "reverted_to": ids[back] if back is not None else None, "first_seen": entry.first_seen, "last_seen": entry.last_seen,
            "not_before": entry.not_before,
        }  # fmt: skip

    def _correct(self, source: Row, facts: Row) -> int:
        changed = {column: value for column, value in facts.items() if source[column] != value}
        if changed:
            self._store.update("revisions", source["id"], changed)
            self._touch(Subject.REVISION, source["id"])
        return int(source["id"])

    def _insert(self, source: Row, facts: Row, *, own: bool) -> int:
        """A new row: of the other ledger, or of ours where a strange revision parts it in two."""
        row = {column: value for column, value in source.items() if not column.endswith("_number")} | facts
        row |= {"article_id": self._id, "crawl_id": source["crawl_id"] if own else self._crawl(source["crawl_id"])}
        row["reads_as"] = None
        wish = None if own else self._base + source["id"]
        taken = wish is None or self._store.value("SELECT 1 FROM revisions WHERE id = ?", (wish,))
        row["id"] = None if taken else wish  # in the other's order, where a crawl has not been quicker
        if not own:
            row["warc_file"] = self._page(source["warc_file"])
        revision_id = self._store.insert("revisions", row)
        self._touch(Subject.REVISION, revision_id)
        tables = {"revision_authors": (), "revision_images": ()} | ({} if own else {"readings": ("id",)})
        for table, without in tables.items():
            sql = f"SELECT * FROM {table} WHERE revision_id = ?"  # noqa: S608 - our own names
            for part in list((self._store if own else self._other).rows(sql, (source["id"],))):
                kept = {column: value for column, value in part.items() if column not in without}
                part_id = self._store.insert(table, {**kept, "revision_id": revision_id})
                if table == "readings":
                    self._touch(Subject.READING, part_id)
        return revision_id

    def _page(self, warc_file: str | None) -> str | None:
        under = self._origin.warc_under
        return f"{under}/{warc_file}" if warc_file and under else warc_file

    # --- looks, states, addresses ----------------------------------------------------------------------------------

    def _fetches(self, entries: list[TimelineEntry]) -> None:
        """The looks that first and last sights are those of, and archived ones that show a takedown."""
        begins = {entry.first_seen: entry.change for entry in entries if not entry.stays}
        bounds = {at for entry in entries for at in (entry.first_seen, entry.last_seen)}
        have = {row["fetched"] for row in self._fetches_of(self._store, self._id, "fetched", bounds)}
        found: dict[str, list[Row]] = {}
        for row in self._fetches_of(self._other, self._theirs["id"], "*", bounds):
            found.setdefault(row["fetched"], []).append(row)
        for at in sorted(bounds - have):
            for row in found.get(at) or [self._made_up(at)]:
                self._take_fetch(row, begins.get(at))
        gone = "outcome IN ('gone', 'suspected') AND warc_file IS NOT NULL"
        taken_down = f"SELECT * FROM fetches WHERE article_id = ? AND {gone} ORDER BY id"  # noqa: S608 - our own words
        for row in list(self._other.rows(taken_down, (self._theirs["id"],))):
            same = "SELECT 1 FROM fetches WHERE article_id = ? AND fetched = ? AND outcome = ?"
            if not self._store.value(same, (self._id, row["fetched"], row["outcome"])):
                self._take_fetch(row, None)

    def _fetches_of(self, store: Store, article_id: int, columns: str, times: set[str]) -> list[Row]:
        which = "article_id = ? AND fetched IN (SELECT value FROM json_each(?))"
        sql = f"SELECT {columns} FROM fetches WHERE {which} ORDER BY fetched, id"  # noqa: S608 - our own names
        return list(store.rows(sql, (article_id, json.dumps(sorted(times)))))

    def _made_up(self, at: str) -> Row:
        """The look behind a sight that the other tells without its look."""
        told = coded(FetchReason.INFERRED, self._origin.name)
        return {"id": None, "crawl_id": None, "article_id": 0, "url": self._theirs["url"], "fetched": at,
                "outcome": Outcome.UNCHANGED, "reason": told.text, "reason_code": told.code}  # fmt: skip

    def _take_fetch(self, row: Row, change: str | None) -> None:
        """What a look came to is what it comes to here: a revision, or one more sight of what is known."""
        outcome = row["outcome"]
        if outcome in CHANGES:
            outcome = change or Outcome.UNCHANGED
        mine = {"id": None, "article_id": self._id, "crawl_id": self._crawl(row["crawl_id"]), "outcome": outcome}
        fetch_id = self._store.insert("fetches", {**row, **mine, "warc_file": self._page(row.get("warc_file"))})
        if not row.get("reason_code"):
            self._store.execute(f"{FETCH_CODES} AND id = ?", (fetch_id,))  # of an older version
        if outcome in CHANGES:
            self._touch(Subject.FETCH, fetch_id)

    def _write_steps(self, steps: list[StateStep]) -> None:
        """Rows of `states` in order of time: those that are there are written anew where another comes between."""
        rows = list(self._store.rows("SELECT * FROM states WHERE article_id = ? ORDER BY id", (self._id,)))
        for place, step in enumerate(steps):
            record: Row = {"at": step.at, "state": step.state, "status": step.status, "reason": step.reason}
            if place >= len(rows):
                state_id = self._store.insert("states", {"article_id": self._id, **record, "crawl_id": self._crawl(None)})
                self._touch(Subject.STATE, state_id)
            elif any(rows[place][column] != value for column, value in record.items()):
                self._store.update("states", rows[place]["id"], record)
                self._touch(Subject.STATE, rows[place]["id"])

    def _aliases(self) -> None:
        sql = "SELECT url, reason, first_seen FROM aliases WHERE article_id = ? ORDER BY first_seen, url"
        leads = list(self._other.rows(sql, (self._theirs["id"],)))
        own = self._ours["url"] if self._ours else self._theirs["url"]
        leads.append({"url": self._theirs["url"], "reason": "canonical", "first_seen": self._theirs["first_seen"]})
        for lead in leads:
            taken = self._store.value("SELECT 1 FROM articles WHERE url = ?", (lead["url"],))
            known = self._store.row("SELECT article_id, first_seen FROM aliases WHERE url = ?", (lead["url"],))
            if lead["url"] == own or taken or (known and known["article_id"] != self._id):
                continue
            if known is None:
                row = {**lead, "article_id": self._id, "url_key": article_key(lead["url"])}
                self._store.insert("aliases", row)
            elif lead["first_seen"] < known["first_seen"]:
                self._store.execute("UPDATE aliases SET first_seen = ? WHERE url = ?", (lead["first_seen"], lead["url"]))
            else:
                continue
            self._touch(Subject.ARTICLE, self._id)

    # --- the article's own row -------------------------------------------------------------------------------------

    def _insert_article(self, entries: list[TimelineEntry]) -> None:
        columns = (
            *("site_id", "url", "url_key", "external_id", "kind", "date_published", "first_seen", "last_seen", "last_checked"),
            *("next_check", "state", "suspected_since", "suspected_looks"),
        )
        row = {column: self._theirs[column] for column in columns}
        first, last = entries[0].first_seen, max(entry.last_seen for entry in entries)
        row["first_seen"], row["last_seen"] = first, max(row["last_seen"], last)
        self._id = self._store.insert("articles", row)
        self._touch(Subject.ARTICLE, self._id)

    def _update_article(self, entries: list[TimelineEntry], ids: list[int], steps: list[StateStep]) -> None:
        ours = self._store.row("SELECT * FROM articles WHERE id = ?", (self._id,)) or {}
        state = steps[-1].state if steps else State(ours["state"])
        theirs = self._theirs
        row: Row = {
            "first_seen": entries[0].first_seen, "last_seen": max(ours["last_seen"], *(entry.last_seen for entry in entries)),
            "revision_count": len(ids), "latest_revision_id": ids[-1], "state": state,
        }  # fmt: skip
        row["last_checked"] = max(ours["last_checked"], row["last_seen"], theirs["last_checked"])
        if theirs["external_id"] and not ours["external_id"]:
            row["external_id"] = theirs["external_id"]
        if self._ours and not entries[0].record.own:
            row["date_published"] = theirs["date_published"] or ours["date_published"]
        if self._ours and not entries[-1].stays:
            row |= dict.fromkeys(_OURS_ALONE) | {"kind": theirs["kind"]}
        if state is State.LIVE:
            row |= {"suspected_since": None, "suspected_looks": 0, "moved_to": None}
        elif state is State.SUSPECTED and not ours["suspected_since"]:
            row |= {"suspected_since": steps[-1].at, "suspected_looks": max(theirs["suspected_looks"], 1)}
        changed = {column: value for column, value in row.items() if ours[column] != value}
        if changed:
            self._store.update("articles", self._id, changed)
            if changed.keys() - {"last_seen", "last_checked", "suspected_since", "suspected_looks", *_OURS_ALONE}:
                self._touch(Subject.ARTICLE, self._id)
