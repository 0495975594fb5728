"""Statistics: updates a site's edit rates (table `habits`) and a host's validator trust (table `hosts`) from each fetch.

Happens in the transaction of the fetch, so that a killed crawl has counted only complete fetches.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cached_property

from pipelines.article import CHANGES, Article, Fetch, Outcome
from pipelines.history.edit_rates import (
    CLAIMS,
    MOST_SECTIONS,
    SECTION,
    SILENT,
    VANISHED,
    Count,
    EditRateModel,
    Traits,
    counted,
    learned,
    overwritten,
)
from pipelines.history.validators import Validators, ValidatorTrust, confirmed, is_violation, violated
from pipelines.reasons import FetchReason
from pipelines.store.database import Store
from pipelines.store.rows import Row, instant_of, moment, optional_instant, optional_moment, traits_of
from pipelines.text.dates import Precision
from pipelines.text.urls import article_key

EDIT_OUTCOMES = frozenset({Outcome.UPDATED, Outcome.SILENT, Outcome.REVERTED})
"""Outcomes of a changed text."""
CONCLUSIVE_OUTCOMES = frozenset({Outcome.UNCHANGED, Outcome.NOT_MODIFIED, Outcome.RESTAMPED, *EDIT_OUTCOMES})
"""Outcomes that show whether the text has changed."""
_OUTCOME = """
SELECT f.outcome FROM fetches f WHERE f.crawl_id = ?
    AND f.url IN (SELECT a.url FROM articles a WHERE a.url_key = ?) ORDER BY f.id DESC LIMIT 1
"""
_LAST_NOT_MODIFIED = "SELECT max(fetched) FROM fetches WHERE article_id = ? AND outcome = 'not_modified'"


class StatsUpdater:
    """Updates the statistics from the fetches of one site's crawl."""

    def __init__(self, store: Store, site_id: str) -> None:
        self._store = store
        self._site_id = site_id
        self._sections: set[str] | None = None
        self.violations: list[str] = []
        """One line for each violation found."""

    @cached_property
    def edit_rates(self) -> EditRateModel:
        """The site's edit rates at the start of the crawl."""
        return load_edit_rates(self._store, self._site_id)

    def learn(self, before: Row, since: datetime, section: str | None, fetch: Fetch, outcome: Outcome,
              article: Article | None) -> FetchReason | None:  # fmt: skip
        """Count one fetch of a known article, given what was known before: its row, the time of its last change, its section."""
        if outcome not in CONCLUSIVE_OUTCOMES:
            return None
        self._learn_edit_rate(before, since, section, fetch, outcome)
        if fetch.status == 200 and before["validators_url"] == fetch.url:
            return self._learn_trust(before, fetch, outcome, article)
        return None

    def record_listings(self, now_in: Mapping[str, str | None], delisted: Iterable[str], crawl_id: int) -> None:
        """Store which list names an article (key -> URL of the list; None: delisted), and whether `delisted` ones were gone."""
        update = "UPDATE articles SET listed_in = ? WHERE site_id = ? AND url_key = ? AND listed_in IS NOT ?"
        with self._store.transaction():
            for key, source in now_in.items():
                self._store.execute(update, (source, self._site_id, key, source))
            for key in delisted:
                outcome = self._store.value(_OUTCOME, (crawl_id, key))
                if outcome:
                    self._count(VANISHED, 1.0, outcome not in ("unchanged", "not_modified", "error"))

    def _learn_edit_rate(self, before: Row, since: datetime, section: str | None, fetch: Fetch, outcome: Outcome) -> None:
        last_fetched, claimed = instant_of(before["last_checked"]), fetch.claimed_modified is not None
        if claimed:
            self._count(CLAIMS, 1.0, outcome in CHANGES)
        if fetch.fetched > last_fetched:
            age, waited = last_fetched - since, fetch.fetched - last_fetched
            traits = traits_of(before, since, section)
            for name, watched, edits in learned(self.edit_rates, age, waited, traits, outcome in EDIT_OUTCOMES, claimed=claimed):
                if self._is_counted(name):
                    self._count(name, watched, edits)
            if outcome in EDIT_OUTCOMES:
                if not claimed:
                    self._count(SILENT, 1.0, outcome is Outcome.SILENT)
                self._learn_missed(before["id"], last_fetched, age, traits, fetch)

    def _learn_missed(self, article_id: int, last_fetched: datetime, age: timedelta, traits: Traits, fetch: Fetch) -> None:
        """Add the expected number of unseen edits before this one. A claimed time says when the last of them was made."""
        made = min(fetch.claimed_modified.instant, fetch.fetched) if fetch.claimed_modified else fetch.fetched
        waited = max(made - last_fetched, timedelta())
        missed = overwritten(self.edit_rates, age, waited, traits, claimed=fetch.claimed_modified is not None)
        self._store.execute("UPDATE articles SET edits_missed = edits_missed + ? WHERE id = ?", (round(missed, 5), article_id))

    def _is_counted(self, name: str) -> bool:
        """Whether a count is kept; new sections only up to `MOST_SECTIONS`, because a page may name any."""
        if not name.startswith(SECTION):
            return True
        if self._sections is None:
            self._sections = {one for one in self.edit_rates.counts if one.startswith(SECTION)}
        if len(self._sections) < MOST_SECTIONS:
            self._sections.add(name)
        return name in self._sections

    def _count(self, name: str, watched: float, found: float) -> None:
        row = self._store.row("SELECT watched, found FROM habits WHERE site_id = ? AND habit = ?", (self._site_id, name))
        after = counted(Count(**row) if row else Count(), name, watched, found)
        values = {"site_id": self._site_id, "habit": name, "watched": round(after.watched, 4), "found": round(after.found, 4)}
        self._store.insert("habits", values, on_conflict="REPLACE")

    def _learn_trust(self, before: Row, fetch: Fetch, outcome: Outcome, article: Article | None) -> FetchReason | None:
        host, changed = host_of(fetch.url), outcome in EDIT_OUTCOMES
        old, new = Validators(before["etag"], before["last_modified"]), Validators(fetch.etag, fetch.last_modified)
        # Only a new time stamp says when the edit was made; that of a silent edit is old.
        stamp = article.date_modified if article and outcome is Outcome.UPDATED else None
        exact = stamp.instant if stamp and stamp.precision is not Precision.DAY else None
        last_304 = optional_instant(self._store.text(_LAST_NOT_MODIFIED, (before["id"],))) if exact else None
        known = load_trust(self._store, {host}).get(host, ValidatorTrust())
        if is_violation(old, new, changed, exact, last_304):
            self._put(host, violated(known, fetch.url, fetch.fetched))
            self.violations.append(f"{host} vouched for a text that had changed: {fetch.url}")
            return FetchReason.VALIDATORS_LIED
        after = confirmed(known, old.says_same(new), changed)
        if after != known:
            self._put(host, after)
        return None

    def _put(self, host: str, trust: ValidatorTrust) -> None:
        row = {"host": host, "passed": trust.passed, "losses": trust.losses, "lost": optional_moment(trust.lost)}
        self._store.insert("hosts", {**row, "lost_url": trust.lost_url}, on_conflict="REPLACE")


def load_edit_rates(store: Store, site_id: str) -> EditRateModel:
    rows = store.rows("SELECT habit, watched, found FROM habits WHERE site_id = ?", (site_id,))
    return EditRateModel({row["habit"]: Count(row["watched"], row["found"]) for row in rows})


def load_trust(store: Store, hosts: Iterable[str] | None = None) -> dict[str, ValidatorTrust]:
    """The validator trust of all hosts, or of some."""
    condition = "" if hosts is None else " WHERE host IN (SELECT value FROM json_each(?))"
    rows = store.rows(f"SELECT * FROM hosts{condition}", () if hosts is None else (json.dumps(sorted(hosts)),))  # noqa: S608 - our own words
    return {
        row["host"]: ValidatorTrust(row["passed"], row["losses"], optional_instant(row["lost"]), row["lost_url"]) for row in rows
    }


def host_of(url: str) -> str:
    """The host as the key of its trust: lower case, without www."""
    return article_key(url).partition("/")[0]


def last_started(store: Store, site_id: str) -> datetime | None:
    """When the last crawl of a site began."""
    return optional_instant(store.text("SELECT max(started) FROM crawls WHERE site_id = ?", (site_id,)))


def rechecks_since(store: Store, site_id: str, since: datetime) -> int:
    """How often crawls of a site have fetched known articles since a time (aware) at most a day ago."""
    sql = """SELECT count(*) FROM crawls c JOIN fetches f ON f.crawl_id = c.id
        WHERE c.site_id = ? AND c.started > ? AND f.fetched > ? AND f.article_id IS NOT NULL AND f.outcome <> 'new'"""
    began = moment(since - timedelta(days=1))  # a crawl that began earlier may still fetch now
    return int(store.value(sql, (site_id, began, moment(since))))
