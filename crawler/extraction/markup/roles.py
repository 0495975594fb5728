"""Finds the roles of an element by its names (class, id, itemprop, test id).

Names are cut into words ("ArticleMeta__PublishedDate" -> article, meta, published, date), so that "ad" is not found in
"header". The words are the English of web developers, used by sites in every language, and a few of other languages; they are
in vocabulary.txt, sorted by role.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from lxml.etree import _Element as Element

from pipelines.text.lexicons import read_words, word_set


@dataclass(frozen=True, slots=True)
class ElementWords:
    """The sections of vocabulary.txt."""

    elsewhere: frozenset[str]
    """Other articles, advertising, the frame of the site."""
    meta: frozenset[str]
    """Lines about the article that are not part of its text."""
    weak: frozenset[str]
    """Words of both that also name harmless boxes."""
    comments: frozenset[str]
    hidden: frozenset[str]
    tooltip: frozenset[str]
    caption: frozenset[str]
    picture: frozenset[str]
    credit: frozenset[str]
    byline: frozenset[str]
    time: frozenset[str]
    modified: frozenset[str]
    standfirst: frozenset[str]
    lead: frozenset[str]
    """Words of `standfirst` that as often name the first paragraph of the text."""
    tags: frozenset[str]
    section: frozenset[str]
    headline: frozenset[str]
    live: frozenset[str]


@cache
def element_words() -> ElementWords:
    return read_words(Path(__file__).with_name("vocabulary.txt"), ElementWords)


FURNITURE_PARTS = ("teaser", "newsletter", "relatedp", "relatedb", "relatedc", "relatedn", "relateds", "recommend", "advert")
"""Parts of joined words that name furniture: manualteasershorttext, relatedbroadcast, artikelteaser."""

PICTURE_ENDINGS = ("image", "photo", "picture", "bild", "foto", "imagecontainer", "imagewrapper", "imageblock")
"""Endings of joined words that name a picture: contentimage, articlephoto."""


class Role:
    """The possible roles of an element, as bits of an int: the operators of an enum cost more than the rest of the pass."""

    NONE = 0
    BODY = 1
    """Contains the article's paragraphs."""
    FURNITURE = 1 << 1
    """Teasers, promotion, sharing, meta lines: not the body, unless it contains most of it."""
    ELSEWHERE = 1 << 2
    """Furniture that shows other articles or the site's frame; bylines, times and pictures in it are not this article's."""
    WEAK = 1 << 3
    """Furniture by an ambiguous word only ("widget", "card"): its content decides."""
    COMMENTS = 1 << 4
    """Readers' comments: never the body."""
    CAPTION = 1 << 5
    CREDIT = 1 << 6
    PICTURE = 1 << 7
    BYLINE = 1 << 8
    TIME = 1 << 9
    MODIFIED = 1 << 10
    STANDFIRST = 1 << 11
    TAGS = 1 << 12
    SECTION = 1 << 13
    HEADLINE = 1 << 14
    LIVE = 1 << 15
    HIDDEN = 1 << 16
    """Only for screen readers."""
    TOOLTIP = 1 << 17
    """Shown only under the mouse pointer."""
    DROPPED = 1 << 18
    """Certainly furniture, because a family says so."""
    UNSEEN = 1 << 19
    """Hidden from all readers by its own markup."""
    EPOCH = 1 << 20
    """Has a time in a data attribute or a spoken label."""


NAMES = word_set("class id itemprop data-testid data-component data-qa data-test rel role data-gtm-name")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_HASH = re.compile(r"^\d+[a-zA-Z]|\d[a-zA-Z]+\d|(?<![a-z])[a-z](?![a-z]).*(?<![a-z])[a-z](?![a-z])")
"""Parts of names from a build tool or a database: "css-17eu0tb", "block-QAdB4z"; their letters are not words."""
_SLUG = re.compile(r"[^_-]+(?:-[^_-]+){6,}")
_SLUG_PARTS = 6
"""A sentence as a name, "what-the-next-weather-warning-means-for-you", describes the content of an element, not its role."""
MAX_NAMES = 400
MAX_KNOWN = 50_000
"""Words, names and combinations kept in memory, some 5 MB of each; a page has some two hundred new ones."""

_BODY_JOINED = re.compile(
    r"(?:article|story|post|entry|news|page|main|blog|text|richtext|content|detail|artikel|articulo|noticia|articolo|nota)[-_ ]*"
    r"(?:body|text|content|copy|inhalt|corpo|cuerpo|corps|paragraphs?|main)|(?:body|content)[-_ ]*(?:text|copy|"
    r"article|main|body)|articlebody|storybody"
    r"|field-name-body|field--name-body|paywall-?content|\bprose\b|\bmarkup\b"
)
"""Searched in lower-case text: a pattern that ignores case costs two and a half times as much (6.0 against 2.4 µs per name)."""
_BODY_HINTS = ("body", "text", "content", "copy", "main", "prose", "markup", "inhalt", "corp", "cuerpo", "paragraph")
# "with-sidebar", "has-ads": these describe a frame, not its content.
_FRAMING = frozenset(("has", "with", "no", "without", "is", "hide", "show"))
_FRAME = re.compile(rf"(?:{'|'.join(sorted(_FRAMING))})[-_]+[\w-]+", re.IGNORECASE)
_FRAMING_LETTERS = frozenset(letter for word in _FRAMING for letter in (word[0], word[0].upper()))
_LONG_NAME = 40
"""A name of at least so many characters has no joined form."""
_PLAIN = re.compile(r"[a-z][a-z_-]*")
# "d-none d-md-block" is hidden only on narrow screens; "d-none d-print-block" on all.
_SHOWN_AGAIN = re.compile(r"\bd-(?:xs|sm|md|lg|xl|xxl)-(?!none)")
_NEIGHBOURS = frozenset(("next", "prev", "previous"))
_STORIES = frozenset(("article", "articles", "post", "posts", "story", "stories"))
_STRONG = 1 << 30
"""An unambiguous word of furniture; like the next bits, used only inside this module."""
_PART, _HINT, _PAIRING = 1 << 29, 1 << 28, 1 << 27
"""The word contains one of FURNITURE_PARTS; may be part of a name for the body; may have a meaning together with another word."""
_HIDES, _COLON = 1 << 26, 1 << 25
"""The name hides its element, unless another name with a colon says when."""
_HIDERS = frozenset(("hidden", "hide", "d-none"))
_PAIRS = (
    (word_set("read more"), Role.FURNITURE | Role.ELSEWHERE | _STRONG),
    (word_set("most read"), Role.FURNITURE | Role.ELSEWHERE | _STRONG),
    (word_set("sign up"), Role.FURNITURE | _STRONG),
    (word_set("see also"), Role.FURNITURE | _STRONG),
    (word_set("pull quote"), Role.FURNITURE | _STRONG),
    (word_set("by line"), Role.BYLINE | Role.FURNITURE | _STRONG),
)
"""Words that have a meaning only together."""
_PAIRED = frozenset().union(*(pair for pair, _ in _PAIRS)) | _NEIGHBOURS


@cache
def _bits() -> dict[str, int]:
    """Word -> roles."""
    vocabulary = element_words()
    furniture = vocabulary.elsewhere | vocabulary.meta
    sorts = (
        (Role.COMMENTS, vocabulary.comments),
        (Role.HIDDEN, vocabulary.hidden),
        (Role.TOOLTIP, vocabulary.tooltip),
        (Role.CAPTION, vocabulary.caption),
        (Role.PICTURE, vocabulary.picture),
        (Role.CREDIT, vocabulary.credit),
        (Role.BYLINE, vocabulary.byline),
        (Role.TIME, vocabulary.time),
        (Role.MODIFIED, vocabulary.modified),
        (Role.STANDFIRST, vocabulary.standfirst),
        (Role.TAGS, vocabulary.tags),
        (Role.SECTION, vocabulary.section),
        (Role.HEADLINE, vocabulary.headline),
        (Role.LIVE, vocabulary.live),
        (Role.ELSEWHERE, vocabulary.elsewhere),
        (Role.FURNITURE, furniture),
        (Role.WEAK, vocabulary.weak),
        (_STRONG, furniture - vocabulary.weak),
    )
    bits: dict[str, int] = {}
    for role, words in (*sorts, (_PAIRING, _PAIRED)):
        for word in words:
            bits[word] = bits.get(word, 0) | role
    return bits


def names_on(element: Element) -> str:
    """All names on an element, separated by spaces."""
    return " ".join([str(value) for key, value in element.items() if key in NAMES])[:MAX_NAMES]


def all_words(element: Element) -> frozenset[str]:
    """The words of all names on an element."""
    return frozenset().union(*(words_in(name) for name in names_on(element).split()))


@lru_cache(maxsize=20_000)
def words_in(name: str) -> frozenset[str]:
    """The words of one name in lower case, and its joined form: "read-more" gives read, more, readmore."""
    if _PLAIN.fullmatch(name):
        parts, joined = _plain_words(name)
        return frozenset((*parts, joined) if joined else parts)
    told = _telling_part(name)
    if told is None:
        return frozenset()
    words = set(map(str.lower, _WORD.findall(told)))
    if len(name) < _LONG_NAME:
        words.add(_joined_form(name))
    return frozenset(words)


def _telling_part(name: str) -> str | None:
    """A name without the parts from a build tool; None if the name is only styling, or a whole sentence."""
    # Utility classes ("md:mb-2", "print:hidden", "[&>p]:mt-4") are styling.
    if ":" in name or "[" in name or "-with-" in name or (name[:1] in _FRAMING_LETTERS and _FRAME.match(name)):
        return None
    if name.count("-") >= _SLUG_PARTS and _SLUG.fullmatch(name):
        return None
    if _HASH.search(name):
        return " ".join([part for part in name.replace("_", "-").split("-") if not _HASH.search(part)])
    return name


def _joined_form(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()


def _plain_words(name: str) -> tuple[list[str], str]:
    """The words of a name in lower case, and its joined form: the fastest way, for most names."""
    parts = name.replace("_", "-").split("-")
    count = len(parts)
    if count == 1:
        return parts, ""
    if parts[0] in _FRAMING or "with" in parts[1:-1] or (count > _SLUG_PARTS and _SLUG.fullmatch(name)):
        return [], ""
    return parts, "".join(parts) if len(name) < _LONG_NAME else ""


def _holds(text: str, parts: tuple[str, ...]) -> bool:
    for part in parts:  # noqa: SIM110 - a third of the price of a generator or a pattern
        if part in text:
            return True
    return False


class _Known(dict[str, int]):
    """Results for words and names, shared by all pages because templates repeat them. Cleared at MAX_KNOWN entries."""

    def __init__(self, learn: Callable[[str], int]) -> None:
        super().__init__()
        self.learn = learn

    def __missing__(self, key: str) -> int:
        if len(self) >= MAX_KNOWN:
            self.clear()
        found = self[key] = self.learn(key)
        return found


def _bits_of(word: str) -> int:
    bits = _bits().get(word, 0)
    return bits | Role.PICTURE if word.endswith(PICTURE_ENDINGS) else bits


def _bits_of_part(word: str) -> int:
    """As `_bits_of` for a lower-case word, with bits for further checks of the names that contain it."""
    bits = _bits_of(word)
    if _holds(word, FURNITURE_PARTS):
        bits |= _PART
    if _holds(word, _BODY_HINTS):
        bits |= _HINT
    return bits


_PARTS = _Known(_bits_of_part)
_WORDS = _Known(lambda word: _bits_of(word.lower()))


def _roles_of_name(name: str) -> int:
    """The roles of a name. Every page has some two hundred new names, but few new words: each word is read once."""
    stem = name.rstrip("0123456789")
    if stem and len(stem) + 2 < len(name) < _LONG_NAME:
        return _NAMED[f"{stem}00"]  # "menu-item-88230369": numbers have no meaning
    if _PLAIN.fullmatch(name):
        lowered = name
        parts, joined = _plain_words(name)
        role = _bits_of(joined) if joined else Role.NONE if parts else _HINT
        for word in parts:
            role |= _PARTS[word]
    else:
        lowered = name.lower()
        role = _HINT if _holds(lowered, _BODY_HINTS) else Role.NONE
        told = _telling_part(name)
        if told is not None:
            for word in _WORD.findall(told):
                role |= _WORDS[word]
            if len(name) < _LONG_NAME:
                role |= _bits_of(_joined_form(name))
            if _holds(lowered, FURNITURE_PARTS):
                role |= _PART
        if ":" in name:
            role |= _COLON
    if role & _PAIRING:
        role |= _roles_of_pairs(words_in(name))
    if role & _PART:
        role |= Role.FURNITURE | Role.ELSEWHERE | _STRONG
    if "line-clamp" in name:
        # Text that is cut after a number of lines is a teaser of a text elsewhere.
        role |= Role.FURNITURE | _STRONG
    if role & _HINT and _BODY_JOINED.search(lowered):
        role |= Role.BODY
    if name in _HIDERS:
        role |= _HIDES
    return role & ~(_PART | _HINT | _PAIRING)


_NAMED = _Known(_roles_of_name)


def roles_of_names(names: str) -> int:
    role = Role.NONE
    for name in names.split():
        role |= _NAMED[name]
    return role & ~_HIDES if role & _HIDES and "d-none" in names and _is_shown_again(names) else role


def _is_shown_again(names: str) -> bool:
    return _SHOWN_AGAIN.search(names) is not None and not {"hidden", "hide"} & set(names.split())


SPELLED = _Known(roles_of_names)
"""Attribute values with names -> roles, and the undecided bits of `decided`."""


UNDECIDED = _STRONG | _HIDES | _COLON | Role.WEAK


def decided(role: int) -> int:
    """The roles of an element from the combined bits of its names."""
    if role & _HIDES and not role & _COLON:
        role |= Role.FURNITURE | _STRONG
    if role & _STRONG or not role & Role.FURNITURE:
        role &= ~Role.WEAK
    return role & ~(_STRONG | _HIDES | _COLON)


def _roles_of_pairs(words: frozenset[str]) -> int:
    role = Role.NONE
    for pair, roles in _PAIRS:
        if pair <= words:
            role |= roles
    if not (words.isdisjoint(_NEIGHBOURS) or words.isdisjoint(_STORIES)):
        role |= Role.FURNITURE | Role.ELSEWHERE | _STRONG
    return role
