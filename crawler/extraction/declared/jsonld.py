"""Reads JSON-LD as real pages have it: several blocks, graphs, arrays, and a dozen known kinds of errors.

Finds the one item that describes this page. Knows schema.org's names and nothing of the page's markup.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, islice
from typing import Any, TypeAlias
from urllib.parse import unquote, urljoin, urlsplit

from crawler.extraction.declared import lenient_json
from crawler.extraction.markup.page import Page
from pipelines.text import squash

Item: TypeAlias = dict[str, Any]

MAX_SCRIPT = 2_000_000
MAX_ITEMS = 2_000
MAX_DEPTH = 12
MIN_LIST = 3
"""Smallest number of articles in a page's data that may be a list of others."""
SAME_NAME, OTHER_NAME = 0.6, 0.3
"""Shares of common words: from the first on, two headlines are of one story; below the second, of two stories."""
MIN_NAME = 6
"""Length of a headline from which on it is not contained in another one by chance."""

ARTICLE_TYPES = {
    *("newsarticle", "reportagenewsarticle", "article", "blogposting", "liveblogposting", "opinionnewsarticle"),
    *("analysisnewsarticle", "backgroundnewsarticle", "reviewnewsarticle", "askpublicnewsarticle", "satiricalarticle"),
    *("advertisercontentarticle", "socialmediaposting", "scholarlyarticle", "techarticle", "report", "review", "howto"),
    *("recipe", "medicalscholarlyarticle"),
}
_LESSER = {
    *("webpage", "creativework", "videoobject", "imagegallery", "mediagallery", "itempage", "qapage", "podcastepisode"),
    "event",
}
# Members in which an item names items about other pages.
_ELSEWHERE = {
    *("itemlistelement", "haspart", "ispartof", "mentions", "publisher", "author", "image", "about", "isbasedon"),
    *("related", "relatedlink", "citation", "comment", "breadcrumb", "liveblogupdate", "video", "significantlink"),
    "blogpost",
}

_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)+|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>|;)+\s*$"
)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_DOUBLE_COMMA = re.compile(r",(?:\s*,)+")
_BAD_ESCAPE = re.compile(r"""\\(?!["\\/bfnrtu])""")
_COMMENT = re.compile(r"(?m)^\s*//[^\n]*$|/\*[^*]*\*/")
_ESCAPED = re.compile(r'[\[{]\s*\\"')
_BETWEEN = re.compile(r"\}\s*\{")


def loads(text: str) -> Any:
    """Parse JSON, with known errors repaired; None if it cannot be read."""
    text = text[:MAX_SCRIPT]
    try:
        found = json.loads(text, strict=False)
        return loads(found) if isinstance(found, str) and found.lstrip().startswith(('{"', '[{"')) else found  # encoded twice
    except (ValueError, RecursionError):
        pass
    broken = text = _WRAPPING.sub("", text).strip()
    if _ESCAPED.match(text):
        broken = text = text.replace('\\"', '"')
    for mend in (_as_is, _without_commas, _without_comments, html.unescape, _as_several):
        text = mend(text)
        try:
            return json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
    members = lenient_json.read(html.unescape(broken) if '"' not in broken else broken)
    return members[0] if len(members) == 1 else members or None


def _as_is(text: str) -> str:
    return _BAD_ESCAPE.sub(r"\\\\", text)


def _without_commas(text: str) -> str:
    return _TRAILING_COMMA.sub(r"\1", _DOUBLE_COMMA.sub(",", text))


def _without_comments(text: str) -> str:
    return _TRAILING_COMMA.sub(r"\1", _COMMENT.sub("", text))


def _as_several(text: str) -> str:
    return f"[{_BETWEEN.sub('},{', text)}]"


def items(page: Page) -> list[Item]:
    """All items of all blocks that could describe the page, in page order."""
    blocks = [loads(script.text) for script in page.scripts if "ld+json" in script.type and script.text.strip()]
    found = list(islice((item for block in blocks for item in _walk(block, 0)), MAX_ITEMS))
    nodes: dict[str, Item] = {}
    for block in blocks:
        _collect_nodes(block, page.url, nodes, 0)
    return [_linked(item, page.url, nodes) for item in found] if nodes else found


def _collect_nodes(value: Any, base: str, nodes: dict[str, Item], depth: int) -> None:
    """Collect every node with an id; properties of one node in several places are merged (JSON-LD 1.1, node objects)."""
    if depth > MAX_DEPTH or len(nodes) > MAX_ITEMS:
        return
    if isinstance(value, list):
        for one in value[:MAX_ITEMS]:
            _collect_nodes(one, base, nodes, depth + 1)
    elif isinstance(value, dict):
        name = _name_of(value, base)
        if name and len(value) > 1:
            nodes[name] = {**_plain_keys(value), **nodes.get(name, {})}
        for inner in value.values():
            if isinstance(inner, dict | list):
                _collect_nodes(inner, base, nodes, depth + 1)


def _name_of(node: Item, base: str) -> str | None:
    return _node_name(node.get("@id", node.get("id")), base)  # schema.org's own context calls it "id"


def _node_name(value: Any, base: str) -> str | None:
    if not isinstance(value, str) or not value or len(value) > 2_000:
        return None
    try:
        return value if value.startswith("_:") else unquote(urljoin(base, value.strip()))
    except ValueError:
        return None


_LINKS = ("author", "creator", "contributor", "image", "about", "mentions")
"""Members whose references are followed: those that readers need, and that cannot lead to a cycle."""


def _linked(item: Item, base: str, nodes: dict[str, Item]) -> Item:
    """An item with all properties of its node on the page, and with its references replaced by their nodes."""
    name = _name_of(item, base)
    whole = {**nodes.get(name or "", {}), **item}
    return {key: _node_of(value, base, nodes) if key in _LINKS else value for key, value in whole.items()}


def _node_of(value: Any, base: str, nodes: dict[str, Item]) -> Any:
    if isinstance(value, list):
        return [_node_of(one, base, nodes) for one in value[:100]]
    if isinstance(value, str):
        return nodes.get(_node_name(value, base) or "", value) if "/" in value or value[:1] in "#_" else value
    if isinstance(value, dict):
        listed = value.get("@list") or value.get("@set")
        if listed:
            return _node_of(listed if isinstance(listed, list) else [listed], base, nodes)
        known = nodes.get(_name_of(value, base) or "")
        return {**known, **value} if known else value
    return value


def _walk(value: Any, depth: int) -> Iterator[Item]:
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for one in value[:MAX_ITEMS]:
            yield from _walk(one, depth + 1)
    elif isinstance(value, dict):
        if types(value):
            yield _plain_keys(value)
        for key, inner in value.items():
            if isinstance(inner, dict | list) and key.lower() not in _ELSEWHERE:
                yield from _walk(inner, depth + 1)


_VOCABULARY = re.compile(r"^(?:schema:|https?://schema\.org/)")


def _plain_keys(value: Any) -> Any:
    """An object with the vocabulary's name removed from its members and its text objects replaced by texts, as in schema.org's
    own context."""
    if isinstance(value, list):
        return [_plain_keys(one) for one in value] if len(value) != 1 else _plain_keys(value[0])
    if not isinstance(value, dict):
        return value
    if "@value" in value:
        return value["@value"]
    if not any(_VOCABULARY.match(key) for key in value):
        return value
    return {_VOCABULARY.sub("", key): _plain_keys(inner) for key, inner in value.items()}


def types(item: Item) -> set[str]:
    """Lower-case type names without their vocabulary's prefix."""
    named = item.get("@type") or item.get("type") or ()
    listed = named if isinstance(named, list) else [named]
    return {one.rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower() for one in listed if isinstance(one, str)}


def main_item(found: list[Item], page: Identity) -> Item | None:
    """The item that describes this page's article: by type, by URL, by similarity to the title, by the number of its
    properties."""
    best, best_score = None, 0.0
    for item in found:
        if is_foreign(item, page):
            continue
        kinds = types(item)
        score = 4.0 if kinds & ARTICLE_TYPES else 1.0 if kinds & _LESSER else 0.0
        if not score or (score < 4 and not (item.get("headline") or item.get("datePublished"))):
            continue
        score += sum(bool(item.get(key)) for key in ("headline", "datePublished", "author", "dateModified", "articleBody")) * 0.5
        addresses = addresses_of(item)
        if addresses:
            score += 3 if page.is_at(addresses) else -1
        headline = text(item.get("headline") or item.get("name"))
        if headline and page.names:
            score += 2 * overlap(headline, page.names[0])
        if score > best_score:
            best, best_score = item, score
    return best


def completed(item: Item, found: list[Item], page: Identity) -> Item:
    """An article's item with properties that only the page's WebPage item has: authors and times; also the time of day, if the
    article's item has only the day."""
    if not types(item) & ARTICLE_TYPES:
        return item
    whole = dict(item)
    for other in found:
        if "webpage" in types(other) and (page.is_at(addresses_of(other)) or not addresses_of(other)):
            for key in ("author", "datePublished", "dateModified"):
                known, told = whole.get(key), other.get(key)
                if told and (not known or (isinstance(known, str) and str(told).startswith(known))):
                    whole[key] = told
    return whole


@dataclass(frozen=True, slots=True)
class Identity:
    """What a page declares of itself outside of its JSON-LD; it distinguishes the page's items from those about other pages."""

    addresses: tuple[str, ...]
    """The page's own URL, its canonical link and its Open Graph URL."""
    names: tuple[str, ...]
    """Its title, its first-level headings and its Open Graph title; never the site's own name."""

    @property
    def is_sure(self) -> bool:
        """Whether two of the names agree: then they are the page's name, whatever its other data say."""
        return any(overlap(one, other) >= SAME_NAME for one, other in combinations(self.names, 2))

    def is_named(self, headline: str, likeness: float) -> bool:
        """Whether a headline is the page's name, by its share of common words or because one contains the other."""
        return any(overlap(headline, name) >= likeness or _holds(headline, name) for name in self.names)

    def is_at(self, addresses: list[str]) -> bool:
        return any(same_page(one, own) for one in addresses for own in self.addresses)


def _holds(one: str, other: str) -> bool:
    """Whether one text contains the other; for scripts without spaces between words."""
    short, long = sorted((one.casefold(), other.casefold()), key=len)
    return len(short) >= MIN_NAME and short in long


def is_foreign(item: Item, page: Identity) -> bool:
    """Whether an item describes another page: a teaser, the previous story.

    It does if it has another URL and not this page's headline, or no URL and a headline with other words than the title and
    heading agree on. A short link together with the page's headline is the page's. On 956 real pages the item of the page was
    never refused.
    """
    addresses = addresses_of(item)
    if page.is_at(addresses):
        return False
    headline = text(item.get("headline") or item.get("name"))
    if addresses:
        return not page.is_named(headline, SAME_NAME)
    return bool(headline) and page.is_sure and not page.is_named(headline, OTHER_NAME)


def is_of_others(found: list[Item], main: Item | None, page: Identity) -> bool:
    """Whether the articles in a page's data belong to other pages: there are several, and the best candidate for the page is
    none of them. Section fronts describe each of their teasers so."""
    if sum(1 for item in found if types(item) & ARTICLE_TYPES) < MIN_LIST:
        return False
    if main is None or not types(main) & ARTICLE_TYPES:
        return True
    headline = text(main.get("headline") or main.get("name"))
    return not page.is_at(addresses_of(main)) and not page.is_named(headline, SAME_NAME)


def addresses_of(item: Item) -> list[str]:
    """The URLs of an item; a URL without a path is the site's, not the item's."""
    found = []
    for key in ("mainEntityOfPage", "url", "@id"):
        value = item.get(key)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str) and value.startswith("http") and _has_path(value):
            found.append(value)
    return found


def _has_path(address: str) -> bool:
    try:
        return bool(urlsplit(address).path.strip("/"))
    except ValueError:
        return False


def same_page(one: str, other: str) -> bool:
    """Whether two URLs have the same path; host, query and fragment may differ."""
    try:
        left, right = urlsplit(one).path.rstrip("/"), urlsplit(other).path.rstrip("/")
    except ValueError:
        return False
    return bool(left) and left == right


_WORD = re.compile(r"\w+")


@lru_cache(maxsize=500)  # each name of a page is compared with all its other names
def _words_of(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))


def overlap(one: str, other: str) -> float:
    """Share of the shorter text's words that the other text has."""
    left, right = _words_of(one), _words_of(other)
    return len(left & right) / min(len(left), len(right)) if left and right else 0.0


def text(value: Any) -> str:
    """A text value as plain text on one line: without entities and tags, the first of a list, the `@value` or `name` of an
    object."""
    if isinstance(value, list):
        value = next((one for one in value if one), "")
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or ""
    if not isinstance(value, str):
        return ""
    return plain(value[:20_000])


_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")


def plain(value: str) -> str:
    """Text without entities (also doubly encoded ones) and tags."""
    for _ in range(2):
        if "&" in value:
            value = html.unescape(value)
    return squash(_TAG.sub(" ", value) if "<" in value else value)


_ORGANISATIONS = frozenset(("organization", "newsmediaorganization", "corporation"))


def names(value: Any, *, organisations: bool = False) -> list[str]:
    """Names in an `author` or `creator`: strings, persons, lists of both. With `organisations`, only objects whose `@type` is
    one."""
    if isinstance(value, list):
        return [name for one in value[:50] for name in names(one, organisations=organisations)]
    if isinstance(value, dict):
        if bool(types(value) & _ORGANISATIONS) is not organisations:
            return []
        if "mainEntity" in value and not value.get("name"):  # a ProfilePage is read as the person that it presents
            return names(value["mainEntity"], organisations=organisations)
        given = [text(value.get("givenName")), text(value.get("familyName"))]
        name = value.get("name") or value.get("@value")
        if isinstance(name, list | dict):
            return names(name)
        return [text(name) or " ".join(filter(None, given))] if name or any(given) else []
    return [plain(value[:1000])] if isinstance(value, str) and not value.startswith("http") and not organisations else []


def words(value: Any) -> list[str]:
    """`keywords` as a list: from lists, comma or semicolon separated texts, DefinedTerms; without URLs and machine tags."""
    if isinstance(value, dict):
        value = value.get("name")
    if isinstance(value, list):
        flat = [text(one) for one in value[:300]]
        return [one for one in flat if one]
    if isinstance(value, str):
        parts = plain(value[:20_000])
        return [part.strip() for part in re.split(r"[;|]" if ";" in parts or "|" in parts else ",", parts) if part.strip()]
    return []
