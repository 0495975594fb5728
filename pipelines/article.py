"""The article as it travels from a page to the store: frozen values, every field documented.

Born in extraction, refined by `normalise`, judged by `revisions`, written by `store`. Field names follow schema.org
`NewsArticle` in snake case. This module knows neither where a page came from nor where it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

KEY_DIGITS = 12
"""Of the content's hash that the name of a revision bears: with a URL beside them two texts do not share them by chance."""


def revision_key(content_hash: str, first_seen: str) -> str:
    """The name of a revision below the URL of its article, which no merge changes: `0a1b2c3d4e5f-20250307080000`."""
    return f"{content_hash[:KEY_DIGITS]}-{''.join(filter(str.isdigit, first_seen))[:14]}"


def moment(instant: datetime) -> str:
    """The store's form of an aware instant: UTC, whole seconds, `Z`."""
    try:
        whole = instant.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    except OverflowError:  # an offset leads over an end of the calendar
        whole = instant.replace(microsecond=0, tzinfo=None)
    return f"{whole.isoformat()}Z"


def instant_of(text: str) -> datetime:
    """The aware instant of a stored stamp; a bare day is its midnight UTC."""
    value = datetime.fromisoformat(text)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


class Precision(StrEnum):
    """How much of an instant the text gave."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A point in time as a source told it.

    `instant` is aware UTC; for DAY precision it is midnight UTC of the calendar day that was written, and only the day counts.
    """

    instant: datetime
    precision: Precision = Precision.SECOND
    raw: str = ""
    """The text it was read from, unchanged but trimmed."""
    source: str = ""
    """Where on the page: "jsonld.datePublished", "meta.article:modified_time", "time", "printed", "feed", ..."""

    def __str__(self) -> str:
        return self.isoformat()

    def isoformat(self) -> str:
        """The store's form: "2025-03-06T23:30:00Z", or "2025-03-06" where the day is all there is."""
        if self.precision is Precision.DAY:
            return self.instant.date().isoformat()
        return moment(self.instant)

    @property
    def day(self) -> date:
        """The calendar day in UTC (of a DAY stamp: the day as written)."""
        return self.instant.date()


class Kind(StrEnum):
    """What a page is. Only `NOT_ARTICLE` is refused; the others are kept and may lawfully have no body."""

    ARTICLE = "article"
    LIVE = "live"
    GALLERY = "gallery"
    VIDEO = "video"
    SPONSORED = "sponsored"
    NOT_ARTICLE = "not_article"


class Outcome(StrEnum):
    """What came of one look at a URL. The first seven are also the kinds of change a revision can carry."""

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
    """Who an author is: organisations stand only where no person is named, so that wire copy can be asked for."""

    PERSON = "person"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Author:
    """One person of a byline; where it names none, the agency, desk or house that it names."""

    name: str
    """As a person writes it: "Helen Corbett"; names printed in capitals are re-cased. Of an organisation as printed: "dpa"."""
    role: str | None = None
    """"Political Correspondent": what the byline says the person does, agency removed."""
    agency: str | None = None
    """"PA", "LDRS", "Reuters" ...: whom the person writes for, where that is not the title itself."""
    kind: AuthorKind = AuthorKind.PERSON


@dataclass(frozen=True, slots=True)
class Image:
    """One editorial picture of the article, in page order. Logos, avatars and teasers are none."""

    url: str | None = None
    """Absolute; not part of what counts as an edit, because resizers change it at will."""
    alt: str | None = None
    caption: str | None = None
    """Without the credit."""
    credit: str | None = None
    """"Yui Mok/PA": photographer and agency as printed, label ("Picture:") and brackets removed."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer as they went over the wire: what an archive keeps."""

    url: str
    """As it was asked for, with its query and whatever else."""
    request_headers: tuple[tuple[str, str], ...]
    status: int
    headers: tuple[tuple[str, str], ...]
    """All of them, in order; names in their usual spelling."""
    body: bytes
    """As received: its Content-Encoding kept, its transfer coding undone."""
    ip_address: str | None = None
    redirects: tuple[Exchange, ...] = ()
    """The answers that led here, in order; they have none themselves."""


@dataclass(frozen=True, slots=True)
class Payload:
    """The page that a look was given."""

    body: bytes
    """Unpacked."""
    content_type: str | None = None
    exchange: Exchange | None = None


@dataclass(frozen=True, slots=True)
class ArchivedRecord:
    """What is kept of an archived record beside its place, so that no other record is ever taken for it."""

    uri: str
    """WARC-Target-URI as it stands."""
    date: str
    """WARC-Date, in the store's form."""
    record_hash: str
    """SHA-256 (hex) of the record: its header lines, an empty line, its block."""
    request_hash: str | None = None
    """The same of the request that stands behind it, where one does."""
    record_id: str | None = None
    """WARC-Record-ID."""
    file_id: str | None = None
    """Of the file: WARC-Record-ID of its `warcinfo`, else SHA-256 of its name and first bytes."""
    payload_digest: str | None = None
    """By which a later revisit names the payload: as the record says it ("sha1:" and hex), else its SHA-1; None of no payload."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """One look at one URL, and what came of it. Rides inside an `Article`, or travels alone where there is none."""

    url: str
    """The URL that answered, after redirects."""
    fetched: datetime
    """Aware UTC; when the answer came."""
    requested_url: str | None = None
    """The URL first asked for, where it differs from `url`."""
    status: int | None = None
    """HTTP status; None where no answer came."""
    outcome: Outcome | None = None
    """None on an article until the store has decided."""
    reason: str | None = None
    """One line for a person: which rule refused it, which error it was."""
    bytes: int | None = None
    """Length of the body as it came over the wire, before decompression where that is known."""
    etag: str | None = None
    last_modified: str | None = None
    """Validators of this answer, sent back as they are on the next conditional request."""
    claimed_modified: Timestamp | None = None
    """The `lastmod` or `updated` that a feed or sitemap claimed and that led here."""
    content_hash: str | None = None
    """On a confirmation ("unchanged"): the hash that was confirmed. The store checks it against the latest revision."""
    date_modified: str | None = None
    """On a confirmation: the stamp that was confirmed, in the store's form."""
    aliases: tuple[tuple[str, str], ...] = ()
    """(url, reason) pairs known to lead to the same article: redirect, amp, slug, canonical, short."""
    external_id: str | None = None
    """The owner's article id where the URL carries one (group "id" of the site's `article_url`)."""
    robots: str | None = None
    """Robots directives of header and page that keep something back, for everybody or for us: "noarchive, noindex"."""
    tdm: str | None = None
    """What is said of text and data mining: "0" or "1" (reserved), with the URL of its policy behind a blank."""
    warc_file: str | None = None
    warc_offset: int | None = None
    """Where the answer is archived, if it is."""
    payload_hash: str | None = None
    """SHA-256 (hex) of the archived answer's body as received."""
    payload: Payload | None = field(default=None, repr=False, compare=False)
    """The page itself, for as long as its reading may still be doubted (see `pipelines.history.anomalies`)."""
    reason_code: str | None = None
    """The same as `reason`, as a code of `pipelines.reasons.FetchReason`; None if and only if that is None."""
    answered_url: str | None = None
    """Of a redirect that nobody followed, as archives have them: where it leads."""
    doubt: str | None = None
    """Why what was read may not be the whole page: an edit waits until it is seen again."""
    archived: ArchivedRecord | None = None
    """What else is known of the archived record."""
    canonical_url: str | None = None
    """On a confirmation: what the page named as its address."""


@dataclass(frozen=True, slots=True)
class Article:
    """One reading of one article page. All text is plain text; all times aware."""

    url: str
    """Absolute URL the page was read from, after redirects."""
    kind: Kind = Kind.ARTICLE
    reason: str | None = None
    """Why the page is no article; set if and only if `kind` is NOT_ARTICLE."""
    canonical_url: str | None = None
    """What the page calls its own address (`link rel=canonical`, then `og:url`), normalised; None if it names none."""
    headline: str | None = None
    """The printed heading; `og:title`, often a shorter social headline, only where no heading is printed."""
    description: str | None = None
    """The standfirst: printed if there is one, else the page's meta description."""
    body: str = ""
    """Paragraphs parted by one blank line; sub-headings and quotes are paragraphs. No captions, no furniture."""
    byline: str | None = None
    """As printed: "By contributor Helen Corbett, PA Political Correspondent"."""
    authors: tuple[Author, ...] = ()
    date_published: Timestamp | None = None
    """First publication; the earlier of printed and structured where they differ."""
    date_modified: Timestamp | None = None
    """The page's own "last updated"; None where the page shows none. Never invented from headers or sitemaps."""
    section: str | None = None
    topics: tuple[str, ...] = ()
    """Keywords and tags as the page names them, in page order, no doubles."""
    language: str | None = None
    """BCP 47 as the page declares it ("en-GB"), else the site's."""
    images: tuple[Image, ...] = ()
    is_accessible_for_free: bool | None = None
    """False where the page marks itself premium or metered, True where it calls itself free, None where it says neither."""
    extractor: str = ""
    """Which code read the page: "generic/4", "midland-news/1.4:2025-02" (family/version:generation). Another reader's other
    text under the same stamp is no edit (see `pipelines.history.revisions`). It changes whenever what it reads may change."""
    content_hash: str | None = None
    """Set by `normalise`: SHA-256 over what counts as content (see `pipelines.text.normalise`)."""
    fetch: Fetch | None = None
    """The look that this reading came from; None for a reading outside a crawl (`extract`)."""
    reason_code: str | None = None
    """The same as `reason`, as a code of `pipelines.reasons.FetchReason`; None if and only if that is None."""
