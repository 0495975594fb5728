"""Codes of reasons: what a machine reads of why something was or was not done. The sentences are for people, and may change.

A code never changes its meaning and is never used anew; docs/schema.md explains each, and a test keeps the list whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from pipelines.article import Fetch, Outcome


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
    """The site's own host; the next crawl begins with one request of its front page."""
    OTHER_HOST_SUSPENDED = "other_host_suspended"
    NO_SOURCE = "no_source"
    VALIDATORS_LIED = "validators_lied"
    STORE_FAILED = "store_failed"
    LEASE_LOST = "lease_lost"
    WRITER_UNREACHABLE = "writer_unreachable"
    TIME_LIMIT = "time_limit"
    OUT_OF_MEMORY = "out_of_memory"
    ARCHIVE_MISSING = "archive_missing"
    PREVIOUS_RUNNING = "previous_running"
    ALREADY_MADE = "already_made"
    HOST_BUSY = "host_busy"
    SITE_REMOVED = "site_removed"
    SCHEDULE_DOWN = "schedule_down"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    NOT_BEGUN = "not_begun"
    PROCESS_DIED = "process_died"
    ASKED_TO_END = "asked_to_end"
    OTHER = "other"


class FetchReason(StrEnum):
    """Why a fetch has the outcome that it has, why a page is no article, why a reading is not believed: `reason_code`."""

    # the answer
    GONE = "gone"
    MOVED = "moved"
    REFUSED = "refused"
    CHALLENGE = "challenge"
    HTTP_ERROR = "http_error"
    NOT_HTML = "not_html"
    NOT_TEXT = "not_text"
    NOT_WHOLE = "not_whole"
    TOO_LARGE = "too_large"
    UNPACKS_TOO_LARGE = "unpacks_too_large"
    BAD_ENCODING = "bad_encoding"
    NOT_HTTP = "not_http"
    DAMAGED_RECORD = "damaged_record"
    ORIGINAL_UNKNOWN = "original_unknown"
    UNASKED_304 = "unasked_304"
    # no answer
    TIMEOUT = "timeout"
    NAME_UNRESOLVED = "name_unresolved"
    CONNECTION_REFUSED = "connection_refused"
    CONNECTION_CLOSED = "connection_closed"
    CONNECTION_LOST = "connection_lost"
    BAD_CERTIFICATE = "bad_certificate"
    PROXY_REFUSED = "proxy_refused"
    BAD_ADDRESS = "bad_address"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    NO_ANSWER = "no_answer"
    # not requested, or not read
    ROBOTS_FORBIDS = "robots_forbids"
    ROBOTS_UNREADABLE = "robots_unreadable"
    MINING_RESERVED = "mining_reserved"
    NO_COPY = "no_copy"
    NOT_WEB_ADDRESS = "not_web_address"
    PRIVATE_ADDRESS = "private_address"
    OFF_SITE = "off_site"
    HOST_SUSPENDED = "host_suspended"
    CRAWL_ENDING = "crawl_ending"
    LEASE_LOST = "lease_lost"
    WITHDRAWN = "withdrawn"
    # the page is no article
    EMPTY_PAGE = "empty_page"
    UNREADABLE = "unreadable"
    LEADS_ELSEWHERE = "leads_elsewhere"
    SOFT_404 = "soft_404"
    BOT_WALL = "bot_wall"
    LOGIN_WALL = "login_wall"
    CONSENT_WALL = "consent_wall"
    REGION_WALL = "region_wall"
    AGE_WALL = "age_wall"
    AD_BLOCK_WALL = "ad_block_wall"
    BROWSER_NOTICE = "browser_notice"
    SCRIPT_NOTICE = "script_notice"
    APP_WALL = "app_wall"
    WAITING_ROOM = "waiting_room"
    RATE_LIMIT = "rate_limit"
    MAINTENANCE = "maintenance"
    ERROR_PAGE = "error_page"
    SERVER_PAGE = "server_page"
    FRONT_PAGE = "front_page"
    SECTION_FRONT = "section_front"
    SEARCH_PAGE = "search_page"
    AUTHOR_PAGE = "author_page"
    TOPIC_PAGE = "topic_page"
    ACCOUNT_PAGE = "account_page"
    ABOUT_PAGE = "about_page"
    SHOP_PAGE = "shop_page"
    PUZZLE_PAGE = "puzzle_page"
    WEATHER_PAGE = "weather_page"
    HOROSCOPE_PAGE = "horoscope_page"
    PODCAST_PAGE = "podcast_page"
    COMPETITION_PAGE = "competition_page"
    NOTICES = "notices"
    EVENTS = "events"
    CLASSIFIED = "classified"
    E_PAPER = "e_paper"
    LITTLE_TEXT = "little_text"
    NO_TEXT = "no_text"
    NO_HEADLINE = "no_headline"
    NO_CONTENT = "no_content"
    CODE_OR_DATA = "code_or_data"
    # what the history says
    OUT_OF_ORDER = "out_of_order"
    PAYWALLED = "paywalled"
    PICTURE_SWAPPED = "picture_swapped"
    VALIDATORS_LIED = "validators_lied"
    INFERRED = "inferred"
    # the reading is not believed
    LOST_ARTICLE = "lost_article"
    LOST_FIELDS = "lost_fields"
    BODY_DIFFERS = "body_differs"
    SILENT_EDITS = "silent_edits"
    SHARED_LINE = "shared_line"
    NOT_THIS_PAGE = "not_this_page"
    NOT_SURE_WHOLE = "not_sure_whole"
    OTHER = "other"


_FETCH_SENTENCES: dict[FetchReason, str] = {
    FetchReason.GONE: "status {}",
    FetchReason.MOVED: "redirects to {}",
    FetchReason.REFUSED: "status {}",
    FetchReason.CHALLENGE: "status {}, a challenge page ({})",
    FetchReason.HTTP_ERROR: "status {}",
    FetchReason.NOT_HTML: "a file of type {}",
    FetchReason.NOT_TEXT: "no page: bytes of another kind than HTML",
    FetchReason.NOT_WHOLE: "the answer was cut off",
    FetchReason.TOO_LARGE: "larger than the bound on size",
    FetchReason.UNPACKS_TOO_LARGE: "unpacks to more than the bound on size",
    FetchReason.BAD_ENCODING: "the answer is not packed as it says",
    FetchReason.NOT_HTTP: "the answer is not HTTP",
    FetchReason.DAMAGED_RECORD: "the record is damaged",
    FetchReason.ORIGINAL_UNKNOWN: "a revisit, and nobody knows what it repeats",
    FetchReason.UNASKED_304: "status 304 to a request without a validator",
    FetchReason.TIMEOUT: "no whole answer in time",
    FetchReason.NAME_UNRESOLVED: "the host's name cannot be resolved",
    FetchReason.CONNECTION_REFUSED: "the host refuses connections",
    FetchReason.CONNECTION_CLOSED: "the connection was closed before an answer",
    FetchReason.CONNECTION_LOST: "the connection was lost",
    FetchReason.BAD_CERTIFICATE: "the certificate is not valid for the host",
    FetchReason.PROXY_REFUSED: "the proxy makes no connection to the host",
    FetchReason.BAD_ADDRESS: "leads to an address that is none",
    FetchReason.TOO_MANY_REDIRECTS: "too many redirects",
    FetchReason.NO_ANSWER: "no answer",
    FetchReason.ROBOTS_FORBIDS: "robots.txt forbids it",
    FetchReason.ROBOTS_UNREADABLE: "robots.txt could not be read ({}), so nothing is asked for",
    FetchReason.MINING_RESERVED: "text and data mining is reserved{}",
    FetchReason.NO_COPY: "no copy is wanted: {}",
    FetchReason.NOT_WEB_ADDRESS: "not a web address: {}",
    FetchReason.PRIVATE_ADDRESS: "leads to a private address: {}",
    FetchReason.OFF_SITE: "leads away from the site, to {}",
    FetchReason.HOST_SUSPENDED: "{} {}: nothing more is asked of it in this crawl",
    FetchReason.CRAWL_ENDING: "the crawl was asked to end",
    FetchReason.LEASE_LOST: "the host's lease was lost",
    FetchReason.WITHDRAWN: "withdrawn",
    FetchReason.EMPTY_PAGE: "empty page",
    FetchReason.UNREADABLE: "unreadable: {}",
    FetchReason.LEADS_ELSEWHERE: "leads to {}: {}",
    FetchReason.SOFT_404: "soft 404: the page says that it was not found",
    FetchReason.BOT_WALL: "a wall against robots, not the page",
    FetchReason.LOGIN_WALL: "log-in wall",
    FetchReason.CONSENT_WALL: "consent page, not the page asked for",
    FetchReason.REGION_WALL: "a notice that the page is not shown in this region",
    FetchReason.AGE_WALL: "an age check, not the page",
    FetchReason.AD_BLOCK_WALL: "a wall against ad blockers, not the page",
    FetchReason.BROWSER_NOTICE: "a notice about the browser, not the page",
    FetchReason.SCRIPT_NOTICE: "a notice that scripts or cookies are needed, not the page",
    FetchReason.APP_WALL: "a wall that leads to an app, not the page",
    FetchReason.WAITING_ROOM: "a waiting room, not the page",
    FetchReason.RATE_LIMIT: "a notice of too many requests, not the page",
    FetchReason.MAINTENANCE: "a notice of maintenance, not the page",
    FetchReason.ERROR_PAGE: "a notice of an error, not the page",
    FetchReason.SERVER_PAGE: "a page of the server or of the domain's seller, not the site's",
    FetchReason.FRONT_PAGE: "front page",
    FetchReason.SECTION_FRONT: "section front",
    FetchReason.SEARCH_PAGE: "search page",
    FetchReason.AUTHOR_PAGE: "author page",
    FetchReason.TOPIC_PAGE: "topic page",
    FetchReason.ACCOUNT_PAGE: "account page",
    FetchReason.ABOUT_PAGE: "page about the site",
    FetchReason.SHOP_PAGE: "shop page",
    FetchReason.PUZZLE_PAGE: "puzzle page",
    FetchReason.WEATHER_PAGE: "weather page",
    FetchReason.HOROSCOPE_PAGE: "horoscope page",
    FetchReason.PODCAST_PAGE: "podcast page",
    FetchReason.COMPETITION_PAGE: "competition page",
    FetchReason.NOTICES: "listing of notices",
    FetchReason.EVENTS: "listing of events",
    FetchReason.CLASSIFIED: "classified advertisement",
    FetchReason.E_PAPER: "e-paper",
    FetchReason.LITTLE_TEXT: "little text, no date, no byline: not called an article by the page itself",
    FetchReason.NO_TEXT: "no text",
    FetchReason.NO_HEADLINE: "no headline",
    FetchReason.NO_CONTENT: "no headline and no text",
    FetchReason.CODE_OR_DATA: "no text: code or data",
    FetchReason.OUT_OF_ORDER: "older than the last look, and unlike any revision: kept out of the history",
    FetchReason.PICTURE_SWAPPED: "another picture under the same caption: {}, before it {}",
    FetchReason.PAYWALLED: "only the beginning is shown: it is behind a wall now",
    FetchReason.VALIDATORS_LIED: (
        "changed, though the host's validators or a 304 said that it had not: its 304s are not trusted for a while"
    ),
    FetchReason.INFERRED: "told by {}, which keeps no such look",
    FetchReason.LOST_ARTICLE: "{}: so in {} of this crawl's readings, {} were sound",
    FetchReason.LOST_FIELDS: "{}: so in {} of this crawl's readings, {} were sound",
    FetchReason.BODY_DIFFERS: "{}: so in {} of this crawl's readings, {} were sound",
    FetchReason.SILENT_EDITS: "{}: so in {} of this crawl's readings, {} were sound",
    FetchReason.SHARED_LINE: "the same line came or went in {} articles of this crawl: {!r}",
    FetchReason.NOT_THIS_PAGE: "{}: waits until the page says it again",
    FetchReason.NOT_SURE_WHOLE: "{}: waits until the page says it again",
    FetchReason.OTHER: "{}",
}
"""What a person reads, with places for the facts: addresses, numbers, names."""


@dataclass(frozen=True, slots=True)
class CodedReason:
    """A reason of a fetch or a crawl: the code for machines, and beside it the sentence for people."""

    code: str
    """Of `FetchReason` or `CrawlReason`, or one of a newer version."""
    text: str

    def __str__(self) -> str:
        return self.text


def coded(code: FetchReason, *facts: object) -> CodedReason:
    """A reason with the facts in its sentence."""
    return CodedReason(code, _FETCH_SENTENCES[code].format(*facts))


def because(fetch: Fetch, outcome: Outcome, reason: CodedReason) -> Fetch:
    """A fetch with what it came to, and why."""
    return replace(fetch, outcome=outcome, reason=reason.text, reason_code=reason.code)


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
