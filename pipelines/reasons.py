"""Codes of reasons: what a machine reads of why something was or was not done. The sentences are for people, and may change.

A code never changes its meaning and is never used anew; docs/schema.md explains each, and a test keeps the list whole.
"""

from __future__ import annotations

from enum import StrEnum

from pipelines.article import Outcome


class Skipped(StrEnum):
    """Why a crawl did not ask for a candidate, or put off a recheck: the keys of `skipped` in `crawls.counts`."""

    CRAWL_LIMIT = "crawl_limit"
    RECHECK_BUDGET = "recheck_budget"
    HOST_SUSPENDED = "host_suspended"
    NOT_CHANGED = "not_changed"
    UNRELIABLE_CLAIM = "unreliable_claim"
    WITHDRAWN = "withdrawn"
    RESERVED = "reserved"
    OTHER_SITE = "other_site"
    OTHER_SITES_ARTICLE = "other_sites_article"
    NOT_ARTICLE_URL = "not_article_url"
    WAS_NOT_ARTICLE = "was_not_article"
    WAS_GONE = "was_gone"
    WAS_SUSPECTED = "was_suspected"
    WAS_MOVED = "was_moved"
    WAS_ROBOTS = "was_robots"
    WAS_REFUSED = "was_refused"
    WAS_RESERVED = "was_reserved"
    WAS_QUARANTINED = "was_quarantined"
    WAS_ERROR = "was_error"
    OTHER = "other"


class SourceProblem(StrEnum):
    """Why a feed, sitemap or section page named nothing: `sources.problem_code`."""

    UNREADABLE = "unreadable"
    """One that the site's definition names answered with something else."""
    PASSED_OVER = "passed_over"
    """A sitemap that robots.txt or an index names, or the page that is tried where nothing is named, did."""
    EMPTY = "empty"
    NO_ANSWER = "no_answer"


class CrawlReason(StrEnum):
    """Why a crawl ended as it did, or did not begin: `crawls.reason_code`."""

    HOST_SUSPENDED = "host_suspended"
    NO_SOURCE = "no_source"
    VALIDATORS_LIED = "validators_lied"
    STORE_FAILED = "store_failed"
    LEASE_LOST = "lease_lost"
    WRITER_UNREACHABLE = "writer_unreachable"
    TIME_LIMIT = "time_limit"
    PREVIOUS_RUNNING = "previous_running"
    ALREADY_MADE = "already_made"
    HOST_BUSY = "host_busy"
    SITE_REMOVED = "site_removed"
    SCHEDULE_DOWN = "schedule_down"
    NOT_BEGUN = "not_begun"
    PROCESS_DIED = "process_died"
    ASKED_TO_END = "asked_to_end"
    OTHER = "other"


_CRAWL_SENTENCES = (
    ("nothing more is asked of it in this crawl", CrawlReason.HOST_SUSPENDED),
    ("no source could be read", CrawlReason.NO_SOURCE),
    ("vouched for a text that had changed", CrawlReason.VALIDATORS_LIED),
    ("the store failed: ", CrawlReason.STORE_FAILED),
    ("the host's lease was lost", CrawlReason.LEASE_LOST),
    ("the writer could not be reached", CrawlReason.WRITER_UNREACHABLE),
    ("the writer did not answer within", CrawlReason.WRITER_UNREACHABLE),
    ("what the writer answered cannot be read", CrawlReason.WRITER_UNREACHABLE),
    ("stopped after ", CrawlReason.TIME_LIMIT),
    ("killed after ", CrawlReason.TIME_LIMIT),
    ("the crawl before it ", CrawlReason.PREVIOUS_RUNNING),
    ("another schedule made this start already", CrawlReason.ALREADY_MADE),
    ("another crawl of ", CrawlReason.HOST_BUSY),
    ("the site has left the catalogue", CrawlReason.SITE_REMOVED),
    ("nobody was there from ", CrawlReason.SCHEDULE_DOWN),
    ("nobody kept time", CrawlReason.SCHEDULE_DOWN),
    ("the crawl did not begin: ", CrawlReason.NOT_BEGUN),
    ("the crawl could not be queued", CrawlReason.NOT_BEGUN),
    ("its job is gone from the queue", CrawlReason.NOT_BEGUN),
    ("its process ended with", CrawlReason.PROCESS_DIED),
    ("its worker ended without a word", CrawlReason.PROCESS_DIED),
    ("the crawl broke down", CrawlReason.PROCESS_DIED),
    ("it was asked to end before it asked for anything", CrawlReason.ASKED_TO_END),
    ("shutdown", CrawlReason.ASKED_TO_END),
    ("cancelled", CrawlReason.ASKED_TO_END),
)
"""A part of the sentence -> its code; the first that fits. Whoever changes a sentence changes it here too."""

_WAS = "was_"

_SENTENCES: dict[str, str] = {
    Skipped.CRAWL_LIMIT: "over the limit of one crawl",
    Skipped.RECHECK_BUDGET: "put off: the hour's rechecks are spent",
    Skipped.HOST_SUSPENDED: "not asked for: the host's patience had ended",
    Skipped.NOT_CHANGED: "known, and not said to have changed",
    Skipped.UNRELIABLE_CLAIM: "said to have changed, by sources that mostly say so in vain",
    Skipped.WITHDRAWN: "withdrawn",
    Skipped.RESERVED: "reserved at the last look",
    Skipped.OTHER_SITE: "on another site",
    Skipped.OTHER_SITES_ARTICLE: "kept by another site",
    Skipped.NOT_ARTICLE_URL: "not in the form of the site's article URLs",
    Skipped.OTHER: "for another reason",
}


def skipped_after(outcome: Outcome) -> Skipped:
    """The code for a URL that led to no article, by the outcome of its last fetch."""
    try:
        return Skipped(f"{_WAS}{outcome}")
    except ValueError:
        return Skipped.OTHER


def skipped_sentence(code: str) -> str:
    """What a person reads of a code of `Skipped`; a code of a newer version stands for itself."""
    if code.startswith(_WAS):
        return f"{code.removeprefix(_WAS)} at the last look"
    return _SENTENCES.get(code, code)


def crawl_reason(sentence: str | None) -> CrawlReason | None:
    """The code of a crawl's reason, decided where its row is written: sentences come from schedules and workers too."""
    if sentence is None:
        return None
    return next((code for part, code in _CRAWL_SENTENCES if part in sentence), CrawlReason.OTHER)
