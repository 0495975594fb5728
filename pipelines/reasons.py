"""Codes of reasons: why something was or was not done, for machines. The sentences are for people, and may change.

A code never changes its meaning and is never reused; docs/schema.md explains each, and a test keeps the list complete.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from pipelines.article import Fetch, Outcome


class CodeWithSentence(StrEnum):
    """A code, and its sentence with placeholders for facts: addresses, numbers, names."""

    _value_: str
    sentence: str

    def __new__(cls, code: str, sentence: str = "") -> Self:
        """The code is the value."""
        member = str.__new__(cls, code)
        member._value_, member.sentence = code, sentence
        return member


class Skipped(CodeWithSentence):
    """Why a crawl did not fetch a candidate, or postponed a recheck: the keys of `skipped` in `crawls.counts`."""

    CRAWL_LIMIT = "crawl_limit", "over the limit of one crawl"
    RECHECK_BUDGET = "recheck_budget", "put off: the hour's rechecks are spent"
    HOST_SUSPENDED = "host_suspended", "not asked for: the host's patience had ended"
    NOT_CHANGED = "not_changed", "known, and not said to have changed"
    UNRELIABLE_CLAIM = "unreliable_claim", "said to have changed, by sources that mostly say so in vain"
    WITHDRAWN = "withdrawn", "withdrawn"
    RESERVED = "reserved", "reserved at the last look"
    OTHER_SITE = "other_site", "on another site"
    OTHER_SITES_ARTICLE = "other_sites_article", "kept by another site"
    NOT_ARTICLE_URL = "not_article_url", "not in the form of the site's article URLs"
    WAS_NOT_ARTICLE = "was_not_article", "not_article at the last look"
    WAS_GONE = "was_gone", "gone at the last look"
    WAS_SUSPECTED = "was_suspected", "suspected at the last look"
    WAS_MOVED = "was_moved", "moved at the last look"
    WAS_ROBOTS = "was_robots", "robots at the last look"
    WAS_REFUSED = "was_refused", "refused at the last look"
    WAS_RESERVED = "was_reserved", "reserved at the last look"
    WAS_QUARANTINED = "was_quarantined", "quarantined at the last look"
    WAS_ERROR = "was_error", "error at the last look"
    OTHER = "other", "for another reason"


class SourceProblem(StrEnum):
    """Why a feed, sitemap or section page listed nothing: `sources.problem_code`."""

    UNREADABLE = "unreadable"
    """A source of the site's definition answered with something else."""
    PASSED_OVER = "passed_over"
    """A sitemap from robots.txt or an index, or the usual page of a site without sources, did."""
    EMPTY = "empty"
    NO_ANSWER = "no_answer"


class CrawlReason(StrEnum):
    """Why a crawl ended as it did, or did not start: `crawls.reason_code`."""

    HOST_SUSPENDED = "host_suspended"
    """The site's own host; the next crawl begins with one request for its front page."""
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


class FetchReason(CodeWithSentence):
    """Why a fetch has its outcome, why a page is no article, why a reading is not trusted: `reason_code`."""

    # the response
    GONE = "gone", "status {}"
    MOVED = "moved", "redirects to {}"
    REFUSED = "refused", "status {}"
    CHALLENGE = "challenge", "status {}, a challenge page ({})"
    HTTP_ERROR = "http_error", "status {}"
    NOT_HTML = "not_html", "a file of type {}"
    NOT_TEXT = "not_text", "no page: bytes of another kind than HTML"
    NOT_WHOLE = "not_whole", "the answer was cut off"
    TOO_LARGE = "too_large", "larger than the bound on size"
    UNPACKS_TOO_LARGE = "unpacks_too_large", "unpacks to more than the bound on size"
    BAD_ENCODING = "bad_encoding", "the answer is not packed as it says"
    NOT_HTTP = "not_http", "the answer is not HTTP"
    DAMAGED_RECORD = "damaged_record", "the record is damaged"
    ORIGINAL_UNKNOWN = "original_unknown", "a revisit, and nobody knows what it repeats"
    UNASKED_304 = "unasked_304", "status 304 to a request without a validator"
    # no response
    TIMEOUT = "timeout", "no whole answer in time"
    NAME_UNRESOLVED = "name_unresolved", "the host's name cannot be resolved"
    CONNECTION_REFUSED = "connection_refused", "the host refuses connections"
    CONNECTION_CLOSED = "connection_closed", "the connection was closed before an answer"
    CONNECTION_LOST = "connection_lost", "the connection was lost"
    BAD_CERTIFICATE = "bad_certificate", "the certificate is not valid for the host"
    PROXY_REFUSED = "proxy_refused", "the proxy makes no connection to the host"
    BAD_ADDRESS = "bad_address", "leads to an address that is none"
    TOO_MANY_REDIRECTS = "too_many_redirects", "too many redirects"
    NO_ANSWER = "no_answer", "no answer"
    # not requested, or not read
    ROBOTS_FORBIDS = "robots_forbids", "robots.txt forbids it"
    ROBOTS_UNREADABLE = "robots_unreadable", "robots.txt could not be read ({}), so nothing is asked for"
    MINING_RESERVED = "mining_reserved", "text and data mining is reserved{}"
    NO_COPY = "no_copy", "no copy is wanted: {}"
    NOT_WEB_ADDRESS = "not_web_address", "not a web address: {}"
    PRIVATE_ADDRESS = "private_address", "leads to a private address: {}"
    OFF_SITE = "off_site", "leads away from the site, to {}"
    HOST_SUSPENDED = "host_suspended", "{} {}: nothing more is asked of it in this crawl"
    CRAWL_ENDING = "crawl_ending", "the crawl was asked to end"
    LEASE_LOST = "lease_lost", "the host's lease was lost"
    WITHDRAWN = "withdrawn", "withdrawn"
    # the page is no article
    EMPTY_PAGE = "empty_page", "empty page"
    UNREADABLE = "unreadable", "unreadable: {}"
    LEADS_ELSEWHERE = "leads_elsewhere", "leads to {}: {}"
    SOFT_404 = "soft_404", "soft 404: the page says that it was not found"
    BOT_WALL = "bot_wall", "a wall against robots, not the page"
    LOGIN_WALL = "login_wall", "log-in wall"
    CONSENT_WALL = "consent_wall", "consent page, not the page asked for"
    REGION_WALL = "region_wall", "a notice that the page is not shown in this region"
    AGE_WALL = "age_wall", "an age check, not the page"
    AD_BLOCK_WALL = "ad_block_wall", "a wall against ad blockers, not the page"
    BROWSER_NOTICE = "browser_notice", "a notice about the browser, not the page"
    SCRIPT_NOTICE = "script_notice", "a notice that scripts or cookies are needed, not the page"
    APP_WALL = "app_wall", "a wall that leads to an app, not the page"
    WAITING_ROOM = "waiting_room", "a waiting room, not the page"
    RATE_LIMIT = "rate_limit", "a notice of too many requests, not the page"
    MAINTENANCE = "maintenance", "a notice of maintenance, not the page"
    ERROR_PAGE = "error_page", "a notice of an error, not the page"
    SERVER_PAGE = "server_page", "a page of the server or of the domain's seller, not the site's"
    FRONT_PAGE = "front_page", "front page"
    SECTION_FRONT = "section_front", "section front"
    SEARCH_PAGE = "search_page", "search page"
    AUTHOR_PAGE = "author_page", "author page"
    TOPIC_PAGE = "topic_page", "topic page"
    ACCOUNT_PAGE = "account_page", "account page"
    ABOUT_PAGE = "about_page", "page about the site"
    SHOP_PAGE = "shop_page", "shop page"
    PUZZLE_PAGE = "puzzle_page", "puzzle page"
    WEATHER_PAGE = "weather_page", "weather page"
    HOROSCOPE_PAGE = "horoscope_page", "horoscope page"
    PODCAST_PAGE = "podcast_page", "podcast page"
    COMPETITION_PAGE = "competition_page", "competition page"
    NOTICES = "notices", "listing of notices"
    EVENTS = "events", "listing of events"
    CLASSIFIED = "classified", "classified advertisement"
    E_PAPER = "e_paper", "e-paper"
    LITTLE_TEXT = "little_text", "little text, no date, no byline: not called an article by the page itself"
    NO_TEXT = "no_text", "no text"
    NO_HEADLINE = "no_headline", "no headline"
    NO_CONTENT = "no_content", "no headline and no text"
    CODE_OR_DATA = "code_or_data", "no text: code or data"
    # because of the history
    OUT_OF_ORDER = "out_of_order", "older than the last look, and unlike any revision: kept out of the history"
    PAYWALLED = "paywalled", "only the beginning is shown: it is behind a wall now"
    PICTURE_SWAPPED = "picture_swapped", "another picture under the same caption: {}, before it {}"
    VALIDATORS_LIED = (
        "validators_lied",
        "changed, though the host's validators or a 304 said that it had not: its 304s are not trusted for a while",
    )
    INFERRED = "inferred", "told by {}, which keeps no such look"
    # the reading is not trusted
    LOST_ARTICLE = "lost_article", "{}: so in {} of this crawl's readings, {} were sound"
    LOST_FIELDS = "lost_fields", "{}: so in {} of this crawl's readings, {} were sound"
    BODY_DIFFERS = "body_differs", "{}: so in {} of this crawl's readings, {} were sound"
    SILENT_EDITS = "silent_edits", "{}: so in {} of this crawl's readings, {} were sound"
    SHARED_LINE = "shared_line", "the same line came or went in {} articles of this crawl: {!r}"
    NOT_THIS_PAGE = "not_this_page", "{}: waits until the page says it again"
    NOT_SURE_WHOLE = "not_sure_whole", "{}: waits until the page says it again"
    OTHER = "other", "{}"


@dataclass(frozen=True, slots=True)
class CodedReason:
    """A reason of a fetch or a crawl: the code for machines, and the sentence for people."""

    code: str
    """A `FetchReason` or `CrawlReason`, or one of a newer version."""
    text: str

    def __str__(self) -> str:
        return self.text


def coded(code: FetchReason, *facts: object) -> CodedReason:
    return CodedReason(code, code.sentence.format(*facts))


def because(fetch: Fetch, outcome: Outcome, reason: CodedReason) -> Fetch:
    return replace(fetch, outcome=outcome, reason=reason.text, reason_code=reason.code)


def skipped_after(outcome: Outcome) -> Skipped:
    """The code for a URL that led to no article, by the outcome of its last fetch."""
    code = f"was_{outcome}"
    return Skipped(code) if code in set(Skipped) else Skipped.OTHER


def skipped_sentence(code: str) -> str:
    """The sentence of a code of `Skipped`; a code of a newer version is its own sentence."""
    return Skipped(code).sentence if code in set(Skipped) else code
