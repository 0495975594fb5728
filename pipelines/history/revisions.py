"""Which article a page is, and what kind of change a reading is, against what the ledger knows: one pure function over one table.

    date_modified            content                         outcome
    -----------------------  ------------------------------  ---------------------------------------------------------
    (article never seen)                                     new
    any                      same as the latest              unchanged; restamped where the stamp moved on over it
    newer                    differs from all                updated
    same, older or none      differs from all                silent; reread where another extractor read the latest
    not older                equals an earlier revision      reverted
    older, or none as then   equals an earlier revision      stale (a cache's old copy); reverted if it stays for an hour
    not newer                goes to and fro between two     stale from the third return on; reverted if it stays for a day
    any, article was gone    differs from the latest         restored
    any                      same, or goes on from it, and   paywall
                             a wall went up or came down

An article that does not answer goes live -> suspected -> gone, and back; every step becomes a row. 410 says so itself. A 404, or
a redirect to a section front, is often a passing fault of the site, so it takes three looks over at least a day.

An article is known by an address. A wrong canonical link must never make one article's text a revision of another: that would
invent an edit.

Knows no database: the writer calls `decide` once, inside its transaction; the item pipeline calls `is_unchanged` on the snapshot.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from pipelines.article import Article, Image, Outcome
from pipelines.history.paywall import flag_moved, is_opened
from pipelines.text.normalise import CONTENT_FIELDS, content_hash, content_of
from pipelines.text.urls import article_key, same_picture

STALE_BELIEVED_AFTER = timedelta(hours=1)
"""An old copy under its old stamp counts as a cache's until it has been seen for this long. Less: cache flaps become reverts."""

FLIP_BELIEVED_AFTER = timedelta(hours=24)
"""A text that came and went twice under one stamp is one of two alternating texts (A/B headlines, two servers),
until it has been seen for this long. Less: each fetch of such a page is a revert."""

RESTAMP_MARGIN = timedelta(seconds=60)
"""Stamps closer than this are the same: a printed "08:00" and a structured 08:00:41 are one moment."""

CLOCK_MARGIN = timedelta(seconds=120)
"""A stamp this close to the fetch, over an unchanged text, comes from a page that stamps every answer with the current time.
A true restamp is older at the next fetch and is seen then; without this each fetch of such a page would invent a change."""

_TEXTS = ("headline", "description", "body")
_SHAPES = re.compile("[\ufb00-\ufdff\ufe70-\ufefc]+")
"""Ligatures and presentation forms of letters."""
_OTHER_FIELDS = (
    *("byline", "section", "topics", "kind", "language", "is_accessible_for_free", "canonical_url"),
    *("date_published", "date_modified"),
)


class State(StrEnum):
    """The state of an article at its site."""

    LIVE = "live"
    SUSPECTED = "suspected"
    GONE = "gone"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class EarlierRevision:
    """A revision before the latest, with what the decision needs."""

    revision_id: int
    content_hash: str
    is_stamped: bool = True
    """Whether it had a stamp of its update."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger knows of one article. Stamps are in the store's form: ISO 8601 UTC, or a day."""

    content_hash: str
    date_modified: str | None = None
    date_published: str | None = None
    state: State = State.LIVE
    earlier: tuple[EarlierRevision, ...] = ()
    """Oldest first."""
    stale_hash: str | None = None
    stale_since: str | None = None
    """The old copy that has been answering lately, and since when; None once the latest was seen again."""
    extractor: str = ""
    """The code that read the latest revision."""
    is_free: bool | None = None
    """The paywall flag of the latest revision."""
    is_overtaken: bool = False
    """Whether the copy that answers counted as a cache's before, and the latest was seen again after it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of one reading; `reverted_to` is the revision whose content is back."""

    outcome: Outcome
    reverted_to: int | None = None


def decide(known: Known | None, article: Article, fetched: datetime, before: Article | None = None) -> Decision:
    """Judge a normalised article (with its `content_hash`) read at `fetched` (aware); `before` is the latest revision."""
    if known is None:
        return Decision(Outcome.NEW)
    stamp = article.date_modified.isoformat() if article.date_modified else None
    moved = stamp_moved(known, stamp)
    if article.content_hash == known.content_hash:
        if _paywall_changed(known, article):
            return Decision(Outcome.PAYWALL)
        return Decision(Outcome.UNCHANGED if is_unchanged(known, article, fetched) else Outcome.RESTAMPED)
    back = next((e for e in reversed(known.earlier) if e.content_hash == article.content_hash), None)
    reverted_to = back.revision_id if back else None
    if known.state is State.GONE:
        return Decision(Outcome.RESTORED, reverted_to)
    if back:
        if moved < 0 or (stamp is None and known.date_modified and not back.is_stamped):
            wait: timedelta | None = FLIP_BELIEVED_AFTER if known.is_overtaken else STALE_BELIEVED_AFTER
        else:
            wait = FLIP_BELIEVED_AFTER if moved == 0 and _alternates(known, article) else None
        if wait and not _is_stale_since(wait, known, article, fetched):
            return Decision(Outcome.STALE, reverted_to)
        return Decision(Outcome.PAYWALL if before and is_opened(before, article) else Outcome.REVERTED, reverted_to)
    if before and is_opened(before, article):
        return Decision(Outcome.PAYWALL)
    if moved > 0:
        return Decision(Outcome.UPDATED)
    # A better parser, or a page in another layout, finds other words without an edit. Taking that for a silent
    # edit would invent one for every article at once; missing a true one in the same fetch costs far less.
    reread = known.extractor and article.extractor and known.extractor != article.extractor
    return Decision(Outcome.REREAD if reread else Outcome.SILENT)


def is_unchanged(known: Known, article: Article, fetched: datetime) -> bool:
    """Whether a reading equals the latest revision, under a stamp that has not moved forward."""
    if article.content_hash != known.content_hash or _paywall_changed(known, article):
        return False
    stamp = article.date_modified.isoformat() if article.date_modified else None
    return not _restamped(known, stamp, stamp_moved(known, stamp), fetched)


def stamp_moved(known: Known, stamp: str | None) -> int:
    """1 if the page's stamp is newer than the ledger's, -1 if it is older, 0 if it is the same or missing.

    A page that had no stamp and has one now has moved if that is later than its publication. If one side is only a
    day, days are compared.
    """
    base = known.date_modified or known.date_published
    if stamp is None:
        return 0
    if base is None:
        return 1
    if known.date_modified is None and stamp < base:
        return 0
    width = min(len(stamp), len(base))
    new, old = stamp[:width], base[:width]
    return (new > old) - (new < old)


def changed_fields(before: Article, after: Article) -> list[str]:
    """Names of the stored fields that differ between two normalised articles: content first, then the others."""
    changed = [field for field in CONTENT_FIELDS if content_of(before, field) != content_of(after, field)]
    if "images" not in changed and swapped_pictures(before, after):
        changed.append("images")
    return changed + [field for field in _OTHER_FIELDS if _stored(before, field) != _stored(after, field)]


def swapped_pictures(before: Article, after: Article) -> tuple[tuple[Image, Image], ...]:
    """Pictures that replaced another under the same caption: (before, after). Sizes, crops and formats of one picture are one."""
    known = {image.caption: image for image in before.images if image.caption and image.url}
    pairs = [(known[image.caption], image) for image in after.images if image.caption in known and image.url]
    return tuple((one, other) for one, other in pairs if not same_picture(str(one.url), str(other.url)))


def as_laid_out(before: Article, reading: Article) -> Article:
    """A reading with the texts of the latest revision, if it only splits paragraphs differently, has ligatures
    or presentation forms, repeats the standfirst in the body, or shows a gallery in another order: that is no edit."""
    same = {name: getattr(before, name) for name in _TEXTS if _same_letters(_text(before, name), _text(reading, name))}
    same["images"] = _in_order(before, reading)
    if all(getattr(reading, name) == text for name, text in same.items()):
        return reading
    laid_out = replace(reading, **same)
    return replace(laid_out, content_hash=content_hash(laid_out))


def _in_order(before: Article, reading: Article) -> tuple[Image, ...]:
    """The pictures of a reading, in the order of the latest revision if they have the same captions and credits."""
    order = [(image.caption or "", image.credit or "") for image in before.images]
    labels = [(image.caption or "", image.credit or "") for image in reading.images]
    if labels == order or sorted(labels) != sorted(order):
        return reading.images
    return tuple(image for _, image in sorted(zip(labels, reading.images, strict=True), key=lambda one: order.index(one[0])))


def _text(article: Article, field: str) -> str:
    """One of the texts, the body without a standfirst at its beginning."""
    text = getattr(article, field) or ""
    return text.removeprefix(article.description).lstrip() if field == "body" and article.description else text


def _same_letters(one: str, other: str) -> bool:
    """Whether texts have the same letters, and white space at the same positions except at the ends of paragraphs."""
    (letters, spaces, ends), (others, other_spaces, other_ends) = _letters(one), _letters(other)
    return letters == others and spaces ^ other_spaces <= ends | other_ends


def _letters(text: str) -> tuple[str, set[int], set[int]]:
    """The letters of a text without white space; after how many of them words end, and after how many paragraphs."""
    words, spaces, ends, place = [], set(), set(), 0
    for line in _SHAPES.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text).split("\n"):
        for word in line.split():
            words.append(word)
            place += len(word)
            spaces.add(place)
        ends.add(place)
    return "".join(words), spaces, ends


def _stored(article: Article, field: str) -> object:
    """A field in comparable form; empty and missing are the same, except for a flag."""
    value = getattr(article, field)
    if field == "is_accessible_for_free" or isinstance(value, tuple):
        return value
    return str(value or "")


def _paywall_changed(known: Known, article: Article) -> bool:
    """Whether the paywall flag differs over the same text; another extractor may read it differently."""
    return known.extractor == article.extractor and flag_moved(known.is_free, article.is_accessible_for_free)


def _restamped(known: Known, stamp: str | None, moved: int, fetched: datetime) -> bool:
    """Whether the stamp moved forward over the same text, by more than reading it from another place of the page explains."""
    if moved <= 0 or stamp is None or known.state is State.GONE:
        return False
    when = _instant(stamp)
    if len(stamp) > 10 and fetched - CLOCK_MARGIN < when:
        return False
    base = known.date_modified or known.date_published
    return base is None or when - _instant(base) >= RESTAMP_MARGIN


def _alternates(known: Known, article: Article) -> bool:
    """Whether a text has come and gone twice already, alternating with another."""
    hashes = [one.content_hash for one in known.earlier[-3:]]
    return hashes == [article.content_hash, known.content_hash, article.content_hash]


def _is_stale_since(wait: timedelta, known: Known, article: Article, fetched: datetime) -> bool:
    return (
        known.stale_since is not None
        and known.stale_hash == article.content_hash
        and fetched - _instant(known.stale_since) >= wait
    )


def _instant(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


FETCHES_TO_BE_SURE = 3
TIME_TO_BE_SURE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Absence:
    """How long an article has been missing: since when (aware), and in how many fetches."""

    since: datetime
    fetches: int


def next_state(state: State, absence: Absence | None, status: int | None, now: datetime) -> tuple[State, Absence]:
    """The state after another fetch (HTTP `status`, or None if a redirect led to no article) found nothing."""
    absence = Absence(absence.since, absence.fetches + 1) if absence else Absence(now, 1)
    sure = status == 410 or (absence.fetches >= FETCHES_TO_BE_SURE and now - absence.since >= TIME_TO_BE_SURE)
    return (State.GONE if sure or state is State.GONE else State.SUSPECTED), absence


_WORD = re.compile(r"\w+")
SAME_STORY = 0.4
"""Share of the shorter text's distinct words (of at least 4 letters) that are in both. Two news stories of one town share
about a fifth; an article before and after a heavy rewrite shares more than half."""
ENOUGH_WORDS = 20
"""A text with fewer distinct words is too short to compare: a film, a gallery, a page behind a paywall."""
TELLING_WORDS = 3
"""A headline of fewer words names a column, not a story: "Letters", "Weather", "Your photos"."""


def canonical_url(article: Article) -> str:
    """The URL by which an article is known: its canonical URL if that is believable, otherwise the URL it was read from.

    Believable: on the same host (without `www.`, `m.`, `amp.`) and not its front page. A canonical link to a sister
    title's host says whose copy it is, not where this one is.
    """
    canonical = article.canonical_url
    if canonical and _host(canonical) == _host(article.url):
        deep = urlsplit(canonical).path.strip("/") or urlsplit(canonical).query
        if deep or not urlsplit(article.url).path.strip("/"):
            return canonical
    return article.url


def same_story(before: Article, after: Article) -> bool:
    """Whether two readings are likely the same article: their texts share most of their words. The same headline over two
    texts does not make them one ("Letters" comes each week); it decides only if one of the texts is too short."""
    a, b = _words(before), _words(after)
    headline = _long_words(before.headline or "")
    if before.headline == after.headline:
        a, b = a - headline, b - headline
        if len(headline) >= TELLING_WORDS and min(len(a), len(b)) < ENOUGH_WORDS:
            return True
    return bool(a and b) and len(a & b) >= SAME_STORY * min(len(a), len(b))


def _host(url: str) -> str:
    return article_key(url).partition("/")[0]


def _words(article: Article) -> set[str]:
    return _long_words(f"{article.headline or ''} {article.description or ''} {article.body[:20_000]}")


def _long_words(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.casefold()) if len(word) > 3}
