"""The article on its way from a page to the store: frozen values, every field documented.

Created by extraction, refined by `normalise`, judged by `revisions`, written by `store`. Field names follow schema.org
`NewsArticle` in snake case. This module knows neither where a page came from nor where it is stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

KEY_DIGITS = 12
"""Digits of the content's hash in a revision's key: with the URL, two texts do not share them by chance."""


def revision_key(content_hash: str, first_seen: str) -> str:
    """The key of a revision below the URL of its article, which no merge changes: `0a1b2c3d4e5f-20250307080000`."""
    return f"{content_hash[:KEY_DIGITS]}-{''.join(filter(str.isdigit, first_seen))[:14]}"


def moment(instant: datetime) -> str:
    """The store's form of an aware instant: UTC, whole seconds, `Z`."""
    try:
        whole = instant.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    except OverflowError:  # an offset leads over an end of the calendar
        whole = instant.replace(microsecond=0, tzinfo=None)
    return f"{whole.isoformat()}Z"


def instant_of(text: str) -> datetime:
    """The aware instant of a stored stamp; a day without a time is its midnight UTC."""
    value = datetime.fromisoformat(text)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


class Precision(StrEnum):
    """How much of an instant the text contained."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A point in time from a source.

    `instant` is aware UTC; for DAY precision it is midnight UTC of the calendar day as written, and only the day counts.
    """

    instant: datetime
    precision: Precision = Precision.SECOND
    raw: str = ""
    """The text it was read from, only trimmed."""
    source: str = ""
    """Where it was found: "jsonld.datePublished", "meta.article:modified_time", "time", "printed", "feed", ..."""

    def __str__(self) -> str:
        return self.isoformat()

    def isoformat(self) -> str:
        """The store's form: "2025-03-06T23:30:00Z", or "2025-03-06" if only the day is known."""
        if self.precision is Precision.DAY:
            return self.instant.date().isoformat()
        return moment(self.instant)

    @property
    def day(self) -> date:
        """The calendar day in UTC (for a DAY stamp: the day as written)."""
        return self.instant.date()


class Kind(StrEnum):
    """What a page is. Only `NOT_ARTICLE` is refused; the others are kept and may have no body."""

    ARTICLE = "article"
    LIVE = "live"
    GALLERY = "gallery"
    VIDEO = "video"
    SPONSORED = "sponsored"
    NOT_ARTICLE = "not_article"


class Outcome(StrEnum):
    """The outcome of one fetch of a URL. The first seven are also the kinds of change of a revision."""

    NEW = "new"
    UPDATED = "updated"
    SILENT = "silent"
    RESTAMPED = "restamped"
    REVERTED = "reverted"
    RESTORED = "restored"
    PAYWALL = "paywall"
    UNCHANGED = "unchanged"
    NOT_MODIFIED = "not_modified"
    STALE = "stale"
    REREAD = "reread"
    SUSPECTED = "suspected"
    GONE = "gone"
    MOVED = "moved"
    NOT_ARTICLE = "not_article"
    ROBOTS = "robots"
    REFUSED = "refused"
    RESERVED = "reserved"
    QUARANTINED = "quarantined"
    ERROR = "error"


CHANGES = frozenset(
    {Outcome.NEW, Outcome.UPDATED, Outcome.SILENT, Outcome.RESTAMPED, Outcome.REVERTED, Outcome.RESTORED, Outcome.PAYWALL}
)
"""Outcomes that wrote a revision; `Outcome` names them once."""


class AuthorKind(StrEnum):
    """Who an author is: organisations are listed only if no person is named, so that one can query for wire copy."""

    PERSON = "person"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Author:
    """One person of a byline; if it names none, the agency, desk or publisher that it names."""

    name: str
    """As usually written: "Helen Corbett"; names printed in capitals are re-cased. For an organisation as printed: "dpa"."""
    role: str | None = None
    """"Political Correspondent": the person's job in the byline, without the agency."""
    agency: str | None = None
    """"PA", "LDRS", "Reuters" ...: the person's employer, if that is not the title itself."""
    kind: AuthorKind = AuthorKind.PERSON


@dataclass(frozen=True, slots=True)
class Image:
    """One editorial picture of the article, in page order. Not logos, avatars or teasers."""

    url: str | None = None
    """Absolute; not part of what counts as an edit, because image servers change it often."""
    alt: str | None = None
    caption: str | None = None
    """Without the credit."""
    credit: str | None = None
    """"Yui Mok/PA": photographer and agency as printed, without label ("Picture:") and brackets."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its response as sent and received, for the archive."""

    url: str
    """As requested, with its query."""
    request_headers: tuple[tuple[str, str], ...]
    status: int
    headers: tuple[tuple[str, str], ...]
    """All of them, in order; names in their usual spelling."""
    body: bytes
    """As received: with its Content-Encoding, its transfer coding decoded."""
    ip_address: str | None = None
    redirects: tuple[Exchange, ...] = ()
    """The redirects that led here, in order; they have none themselves."""


@dataclass(frozen=True, slots=True)
class Payload:
    """The page received by a fetch."""

    body: bytes
    """Decompressed."""
    content_type: str | None = None
    exchange: Exchange | None = None


@dataclass(frozen=True, slots=True)
class ArchivedRecord:
    """What identifies an archived record in addition to its location, so that no other record is ever mistaken for it."""

    uri: str
    """WARC-Target-URI as written."""
    date: str
    """WARC-Date, in the store's form."""
    record_hash: str
    """SHA-256 (hex) of the record: its header lines, an empty line, its block."""
    request_hash: str | None = None
    """The same of the request that follows it, if there is one."""
    record_id: str | None = None
    """WARC-Record-ID."""
    file_id: str | None = None
    """Of the file: WARC-Record-ID of its `warcinfo`, otherwise SHA-256 of its name and first bytes."""
    payload_digest: str | None = None
    """By which a later revisit names the payload: as in the record ("sha1:" and hex), otherwise its SHA-1; None without a
    payload."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """One fetch of one URL, and its outcome. Part of an `Article`, or alone if there is none."""

    url: str
    """The URL that answered, after redirects."""
    fetched: datetime
    """Aware UTC; when the response came."""
    requested_url: str | None = None
    """The first requested URL, if it differs from `url`."""
    status: int | None = None
    """HTTP status; None if no response came."""
    outcome: Outcome | None = None
    """None on an article until the store has decided."""
    reason: str | None = None
    """One line of text: which rule refused it, or which error occurred."""
    bytes: int | None = None
    """Length of the body as received, before decompression if that is known."""
    etag: str | None = None
    last_modified: str | None = None
    """Validators of this response, sent back unchanged with the next conditional request."""
    claimed_modified: Timestamp | None = None
    """The `lastmod` or `updated` in a feed or sitemap that caused this fetch."""
    content_hash: str | None = None
    """For a confirmation ("unchanged"): the confirmed hash. The store checks it against the latest revision."""
    date_modified: str | None = None
    """For a confirmation: the confirmed stamp, in the store's form."""
    aliases: tuple[tuple[str, str], ...] = ()
    """(url, reason) pairs known to lead to the same article: redirect, amp, slug, canonical, short."""
    external_id: str | None = None
    """The owner's article id if the URL contains one (group "id" of the site's `article_url`)."""
    robots: str | None = None
    """Restricting robots directives of header and page, for everybody or for us: "noarchive, noindex"."""
    tdm: str | None = None
    """Statement on text and data mining: "0" or "1" (reserved), then a blank and the URL of its policy."""
    warc_file: str | None = None
    warc_offset: int | None = None
    """Location of the archived response, if any."""
    payload_hash: str | None = None
    """SHA-256 (hex) of the archived response's body as received."""
    payload: Payload | None = field(default=None, repr=False, compare=False)
    """The page itself, while its reading may still be doubted (see `pipelines.history.anomalies`)."""
    reason_code: str | None = None
    """The same as `reason`, as a code of `pipelines.reasons.FetchReason`; None if and only if that is None."""
    answered_url: str | None = None
    """Target of an unfollowed redirect, which only archives have."""
    doubt: str | None = None
    """Why the reading may not be of the complete page: an edit waits until it is seen again."""
    archived: ArchivedRecord | None = None
    """Other facts of the archived record."""
    canonical_url: str | None = None
    """For a confirmation: the address in the page's canonical link."""


@dataclass(frozen=True, slots=True)
class Article:
    """One reading of one article page. All text is plain text; all times aware."""

    url: str
    """Absolute URL the page was read from, after redirects."""
    kind: Kind = Kind.ARTICLE
    reason: str | None = None
    """Why the page is no article; set if and only if `kind` is NOT_ARTICLE."""
    canonical_url: str | None = None
    """The page's own name of its address (`link rel=canonical`, then `og:url`), normalised; None if there is none."""
    headline: str | None = None
    """The printed heading; `og:title`, often a shorter social headline, only if no heading is printed."""
    description: str | None = None
    """The printed standfirst, otherwise the page's meta description."""
    body: str = ""
    """Paragraphs separated by one blank line; sub-headings and quotes are paragraphs. Without captions and boilerplate."""
    byline: str | None = None
    """As printed: "By contributor Helen Corbett, PA Political Correspondent"."""
    authors: tuple[Author, ...] = ()
    date_published: Timestamp | None = None
    """First publication; the earlier of printed and structured times if they differ."""
    date_modified: Timestamp | None = None
    """The page's own "last updated"; None if the page has none. Never taken from headers or sitemaps."""
    section: str | None = None
    topics: tuple[str, ...] = ()
    """Keywords and tags as in the page, in page order, without duplicates."""
    language: str | None = None
    """BCP 47 as declared by the page ("en-GB"), otherwise the site's."""
    images: tuple[Image, ...] = ()
    is_accessible_for_free: bool | None = None
    """False if the page marks itself premium or metered, True if it calls itself free, None if it says neither."""
    extractor: str = ""
    """The code that read the page: "generic/4", "midland-news/1.4:2025-02" (family/version:generation). If another reader
    reads another text under the same stamp, that is no edit (see `pipelines.history.revisions`). It changes whenever its
    readings may change."""
    content_hash: str | None = None
    """Set by `normalise`: SHA-256 over what counts as content (see `pipelines.text.normalise`)."""
    fetch: Fetch | None = None
    """The fetch of this reading; None for a reading outside a crawl (`extract`)."""
    reason_code: str | None = None
    """The same as `reason`, as a code of `pipelines.reasons.FetchReason`; None if and only if that is None."""
