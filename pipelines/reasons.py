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
