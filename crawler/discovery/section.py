"""Section pages: the links that are articles of the site.

If the site's pattern of addresses is known, it alone decides. Otherwise the address (`shape`) and the position on
the page are weighed: menus and footers link to sections, headings and cards to articles.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, NamedTuple

from lxml import etree

from crawler.discovery.candidate import Candidate, Listing, SourceKind, claimed_title
from crawler.discovery.markup import html_tree
from crawler.discovery.shape import Shape, article_shape, word_count
from pipelines.text.links import mended, own_hosts_of
from pipelines.text.urls import absolute, amp_to_article, article_key, canonicalize

MAX_PAGE_BYTES: Final = 10_000_000
MAX_LINKS: Final = 20_000
MAX_CANDIDATES: Final = 2_000

_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_MENU_TAGS: Final = frozenset({"nav", "footer", "menu"})
_MENU_ROLES: Final = frozenset({"navigation", "contentinfo", "menu", "menubar", "search"})
_MENU_CLASS: Final = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|navi|menu|submenu|mainmenu|footer|breadcrumbs?|pagination|pager|toolbar)(?=$|[\s_-])"
)
_CARD_CLASS: Final = re.compile(r"(?:^|[\s_-])(?:card|teaser|story|headline|post|entry)(?=$|[\s_-])")
_TITLE_CLASS: Final = re.compile(r"headline|title|heading")
_LATER_PAGE: Final = re.compile(r"(?=[/?&])/?[?&]?[a-z_-]{0,20}[=/-]?(\d{1,3})/?", re.IGNORECASE)
"""What the address of a later page adds to that of the first: "/page/2/", "?page=2", "&paged=2", "/p2", "/2"."""
_SILENT_TAGS: Final = frozenset({"script", "style", "noscript", "template", "title", "desc"})
"""Within a link: code, and the title of a drawing (`svg`)."""
_MAX_PARTS: Final = 300


class _Place(NamedTuple):
    """The position of an element on the page."""

    menu: bool = False
    """Inside an element whose tag or role means a menu."""
    like_menu: bool = False
    """Inside one whose class or id suggests a menu; page wrappers ("nav-open") do too, so a heading or card overrules it."""
    card: bool = False
    heading: bool = False


@dataclass(frozen=True, slots=True)
class _Link:
    """All links of a page to one address."""

    url: str
    shape: Shape
    in_menu: bool
    in_card: bool
    title: str | None
    rank: int
    """How likely the title is a headline: 3 a heading, 2 several words, 1 an attribute or picture, 0 two words or none."""


def parse_section(
    body: bytes | str,
    url: str,
    *,
    is_article: Callable[[str], bool | None] | None = None,
    same_site: Callable[[str], bool] | None = None,
    content_type: str | None = None,
    first: str = "",
) -> Listing:
    """Candidates in page order, each once. `is_article`, if given, decides alone, over absolute URLs;
    `same_site` says whether an absolute URL belongs to the site (without it: the page's host, with or without `www.`); `first`
    is the address of the list's first page if this is a later one."""
    if len(body) > MAX_PAGE_BYTES:
        return Listing(problems=(f"page of {len(body)} bytes is over the limit of {MAX_PAGE_BYTES}",))
    tree = html_tree(body, content_type)
    if tree is None:
        return Listing(problems=("no page: no markup in it, or far too much",))
    links = _links(tree, url, same_site)
    chosen = _judged_links(links) if is_article is None else [link for link in links if is_article(link.url)]
    candidates = tuple(Candidate(link.url, SourceKind.SECTION, link.title) for link in chosen[:MAX_CANDIDATES])
    onward = _next_page(tree, url, first or url, [link.url for link in links]) if candidates else None
    is_own = same_site or own_hosts_of(url)
    problems = () if links else ("no links of this site on the page",)
    return Listing(candidates, problems=problems, next_page=onward if onward and is_own(onward) else None)


def _next_page(tree: etree._Element, url: str, first: str, links: list[str]) -> str | None:
    """The address that the page declares as next; otherwise the linked one that is `first` with the next number."""
    for element in islice(tree.iter("link", "a"), MAX_LINKS):
        if "next" in (element.get("rel") or "").lower().split():
            declared = canonicalize(element.get("href", ""), _base(tree, url))
            if declared and declared != canonicalize(url):
                return declared
    number = _page_number(url, first) + 1
    return next((link for link in links if _page_number(link, first) == number), None)


def _page_number(url: str, first: str) -> int:
    above = first.rstrip("/")
    match = _LATER_PAGE.fullmatch(url.removeprefix(above)) if url.startswith(above) else None
    return int(match[1]) if match else 1


def _judged_links(links: list[_Link]) -> list[_Link]:
    chosen = [link for link in links if _is_article(link)]
    signed = [link for link in chosen if link.shape is Shape.SIGNED]
    # A site that numbers or dates its articles does so with all of them; an address of words only is then a section, a
    # campaign or a standing page.
    is_rule_of_site = len(signed) >= 10 and len(signed) >= 4 * (len(chosen) - len(signed))
    return signed if is_rule_of_site else chosen


def _is_article(link: _Link) -> bool:
    if link.shape is Shape.SIGNED:
        return True
    if link.in_menu or link.shape is Shape.NONE:
        return False
    if link.shape is Shape.SPELLED:
        return link.in_card or link.title is None or _is_headline(link.title)
    return link.rank == 3 and _is_headline(link.title)


def _is_headline(title: str | None) -> bool:
    """Whether it is long enough: four words."""
    return title is not None and word_count(title) >= 4


def _links(tree: etree._Element, url: str, same_site: Callable[[str], bool] | None) -> list[_Link]:
    base, own = _base(tree, url), article_key(url)
    is_own = same_site or own_hosts_of(url)
    places: dict[etree._Element, _Place] = {}
    found: dict[str, _Link] = {}
    for anchor in islice(tree.iter("a"), MAX_LINKS):
        address = canonicalize(mended(anchor.get("href", ""), base, is_own) or "", base)
        if address is None:
            continue
        address = amp_to_article(address) or address
        key = article_key(address)
        if is_own(address) and key != own:
            link = _link(anchor, address, _place(anchor, places))
            found[key] = _merged(found[key], link) if key in found else link
    return list(found.values())


def _link(anchor: etree._Element, address: str, place: _Place) -> _Link:
    title, rank = _title(anchor, place.heading)
    in_card = place.card or place.heading or rank == 3
    return _Link(
        url=address,
        shape=article_shape(address),
        in_menu=place.menu or (place.like_menu and not in_card),
        in_card=in_card,
        title=title,
        rank=rank,
    )


def _merged(first: _Link, second: _Link) -> _Link:
    better = second if second.rank > first.rank else first
    return replace(
        first,
        in_menu=first.in_menu and second.in_menu,
        in_card=first.in_card or second.in_card,
        title=better.title or first.title or second.title,
        rank=better.rank,
    )


def _title(anchor: etree._Element, in_heading: bool) -> tuple[str | None, int]:
    parts = list(islice(anchor.iter(), _MAX_PARTS))
    for part in parts:
        if part.tag in _HEADINGS or (part is not anchor and _TITLE_CLASS.search(part.get("class", "").lower())):
            text = _text(part)
            if text is not None:
                return text, 3
    text = _text(anchor)
    if text is not None and (in_heading or len(text.split()) >= 3 or len(text) >= 20):
        return text, 3 if in_heading else 2
    spoken = claimed_title(anchor.get("aria-label") or anchor.get("title"))
    pictured = next((claimed_title(part.get("alt")) for part in parts if part.tag == "img"), None)
    return (text, 0) if spoken is None and pictured is None else (spoken or pictured, 1)


def _text(element: etree._Element) -> str | None:
    texts: list[str | None] = []
    for part in islice(element.iter(), _MAX_PARTS):
        texts.append(None if part.tag in _SILENT_TAGS else part.text)
        texts.append(None if part is element else part.tail)
    return claimed_title(" ".join(text for text in texts if text))


def _place(element: etree._Element, known: dict[etree._Element, _Place]) -> _Place:
    """Each ancestor is examined once a page, however many links it holds."""
    unknown: list[etree._Element] = []
    ancestor: etree._Element | None = element
    while ancestor is not None and ancestor not in known:
        unknown.append(ancestor)
        ancestor = ancestor.getparent()
    place = _Place() if ancestor is None else known[ancestor]
    for inner in reversed(unknown):
        place = known[inner] = _within(place, inner)
    return place


def _within(place: _Place, element: etree._Element) -> _Place:
    tag = str(element.tag)
    if tag in {"html", "body", "main"}:
        return place
    label = f"{element.get('class', '')} {element.get('id', '')}"[:500].lower()
    return _Place(
        menu=place.menu or tag in _MENU_TAGS or element.get("role", "") in _MENU_ROLES,
        like_menu=place.like_menu or tag == "header" or _MENU_CLASS.search(label) is not None,
        card=place.card or tag == "article" or _CARD_CLASS.search(label) is not None,
        heading=place.heading or tag in _HEADINGS,
    )


def _base(tree: etree._Element, url: str) -> str:
    for element in islice(tree.iter("base"), MAX_LINKS):
        address = absolute(element.get("href", ""), url)
        if address is not None:
            return address
    return url
