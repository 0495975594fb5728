"""Topics printed as a row of links below the heading, found by rel=tag, by the name of their box, or by their addresses; and
the section of the page, from its breadcrumb or its address."""

from __future__ import annotations

import re
from itertools import accumulate, islice
from urllib.parse import urlsplit

from lxml.etree import _Element as Element

from crawler.extraction.body.lines import is_stamp
from crawler.extraction.declared.jsonld import Item, overlap, text, types
from crawler.extraction.declared.meta import names
from crawler.extraction.declared.proposals import Proposal, Proposals
from crawler.extraction.markup.page import Page, text_of
from crawler.extraction.markup.roles import Role
from pipelines.text import squash

MAX_LINKS = 25
"""Maximum links of a row; a longer row is the site's cloud of all topics."""
_TAG_ADDRESS = re.compile(
    r"(?:^|/)(?:tags?|topics?|themen?|th[eè]mes?|keywords?|temas?|etiquetas?|schlagw(?:ort|orte|oerter)|sujets?|dossiers?|argoment[io]|tema|mots?|all-about|stichwort|onderwerpen?|etykiet[ay]|emner?|ämnen?|tagi|avainsanat?"
    r"|etiketler|etiket|etiketa|stitky|stitek|temata|cimkek?|tu-khoa|topicos?|etichet[ae]|oznake|tagovi)/"
)
"""Searched for in lower case, which costs half as much as a pattern that ignores case (0.8 against 1.6 µs a link)."""
_OTHER_LINK = re.compile(
    r"(?:share|e-?mail|print|tweet|more|mehr|alle|all|see all|read|follow|newsletter|themen?|topics?|tags?|teilen"
    r"|facebook|twitter|whatsapp|linkedin|telegram|zum anfang|nach oben|drucken|merken|partager|imprimer|compartir|home)\b",
    re.IGNORECASE,
)
_ROW_LABEL = re.compile(
    r"(?:mehr (?:lesen über|zum thema|zu diesen themen)|themen|schlag(?:worte|wörter)|(?:article )?tags|(?:related )?topics"
    r"|(?:explore )?more on(?: this topic)?|(?:read )?more about|filed (?:under|in)|tagged|keywords|sujets|thèmes|mots[- ]clés"
    r"|(?:sur le )?même (?:sujet|thème)|temas(?: relacionados)?|etiquetas|más sobre|argomenti|onderwerpen|meer over|ämnen|emner"
    r"|mer om|tagi|tematy|témata|štítky|címkék|avainsanat|aiheet|etiketler|теги|темы|ετικέτες"
    r"|tópicos|palavras-chave|etichete|oznake|tagovi|từ khóa|chủ đề|kata kunci|topik"
    r"|(?:関連)?(?:キーワード|タグ|ワード)|태그|키워드|关键词|标签|關鍵字|標籤"
    r"|الوسوم|كلمات مفتاحية|مواضيع|תגיות|נושאים|टैग्स|टैग|विषय)\s*:?",
    re.IGNORECASE,
)
"""Text printed before a row of topics."""
_LONGEST_LABEL, _LABELLED_BOXES, _MOST_WORDS = 30, 5, 5
_MAX_TRIED = 1_000
"""Maximum links looked at, each with the text around it."""


def propose_tags(page: Page, heading: Element | None, into: Proposals) -> None:
    """Propose the first row marked as tags; otherwise a row after a label; otherwise one of links to topic pages."""
    below, tried = heading is None, 0
    marked: dict[Element, list[str]] = {}
    leading: dict[Element, list[str]] = {}
    # WordPress names the whole article for its tags: "post tag-rome".
    boxes = {element for element, role in page.roles.items() if role & Role.TAGS and element.tag not in _WHOLE}
    tags = {link for link, _ in page.links if "tag" in (link.get("rel") or "").split()} if page.mentions("tag") else set()
    to_topics = page.links_to(_TAG_ADDRESS) | {link for link, _ in page.links if (link.text or "").lstrip()[:1] == "#"}
    for element in page.tagged("a", "h1", "h2") if boxes or tags or to_topics else ():
        below = below or element is heading
        if not below or element.tag != "a":
            continue
        is_tag, leads = element in tags, element in to_topics
        # A link into a page ("#comments") does not lead to a topic.
        if not (is_tag or leads or boxes) or "#" in (element.get("href") or "")[1:]:
            continue
        tried += 1
        if tried > _MAX_TRIED:
            break
        around = [element, *islice(element.iterancestors(), 4)]
        named = not boxes.isdisjoint(around)
        if not (is_tag or leads or named) or not _is_own(page, element, around, named or is_tag):
            continue
        name = text_of(element).lstrip("#").strip()
        if 1 < len(name) < 50 and not _OTHER_LINK.match(name) and not is_stamp(name):
            (marked if is_tag or named else leading).setdefault(_row(element), []).append(name)
    rows = [row for row in marked.values() if len(row) <= MAX_LINKS]
    rows = rows or [row for row in (_labelled_row(page, heading),) if row]
    rows = rows or [row for row in leading.values() if 2 <= len(row) <= MAX_LINKS]
    if rows:
        into.topics.append(Proposal(tuple(dict.fromkeys(rows[0])), "printed.tags"))


_WHOLE = frozenset(("body", "main", "article"))
_NO_LABELS = frozenset(("a", "img", "br", "hr", "input", "meta", "link"))


def _labelled_row(page: Page, heading: Element | None) -> list[str]:
    """The short links after a line that announces topics ("Mehr lesen über"), if its box contains no other links."""
    for element in page.elements[0 if heading is None else page.elements.index(heading) :]:
        text = element.text
        label = text.strip() if text and len(text) < 2 * _LONGEST_LABEL else ""
        if not 1 < len(label) <= _LONGEST_LABEL or element.tag in _NO_LABELS or not _ROW_LABEL.fullmatch(label):
            continue
        around = [element, *islice(element.iterancestors(), _LABELLED_BOXES)]
        if any(one.tag in ("nav", "aside", "footer", "header") or page.role(one) & _NO_ROW for one in around):
            continue
        for box in around:
            names = [text_of(link).lstrip("#").strip() for link in box.iter("a")]
            if names:
                is_row = len(names) <= MAX_LINKS and all(0 < len(name.split()) <= _MOST_WORDS for name in names)
                if is_row:
                    return list(dict.fromkeys(names))
                break
    return []


_NO_ROW = Role.COMMENTS | Role.DROPPED
_PATH = re.compile(r"[a-z]{3,20}(?:-[a-z]{2,20}){0,2}")
_NO_SECTION = frozenset(
    names(
        """
    news article articles story stories post posts blog blogs index content page pages amp edition archive archives item
    artikel nachrichten meldung beitrag aktuell noticias noticia nota notas articulo actualite actualites actu infos info
    notizie notizia articolo articoli nieuws nyheter nyheder uutiset wiadomosci clanek clanky haber haberler novosti
    section sections category categories topic topics tag tags id live video videos feed print home online web www
    """
    )
)
"""First segments of addresses that name a kind of page and not its section."""


def propose_sections(page: Page, items: list[Item], into: Proposals) -> None:
    """Propose the first place below the front page in the declared breadcrumb; then the first segment of the address, if it is
    a word and not the page itself: "/politik/berlin/haushalt-12345.html"."""
    for item in items:
        if "breadcrumblist" in types(item):
            places = [name for one in _listed(item.get("itemListElement")) if (name := _place(one))]
            named = next(iter(places[1:]), "")
            # The entry below the front page may be the page itself.
            if named and not (len(named) > 25 and overlap(named, page.title) > 0.8):
                into.sections.append(Proposal(named, "jsonld.breadcrumb"))
                break
    try:
        parts = [part for part in urlsplit(page.url).path.lower().split("/") if part and not (len(part) == 2 and part.isalpha())]
    except ValueError:
        return
    first = next((part for part in parts[:-1] if part not in _NO_SECTION), "")
    if first in parts[:2] and _PATH.fullmatch(first):
        into.sections.append(Proposal(first.replace("-", " ").capitalize(), "url"))


def _listed(value: object) -> list[object]:
    return value[:10] if isinstance(value, list) else []


def _place(entry: object) -> str:
    """The name of one entry of a breadcrumb: the entry's own or its item's."""
    if not isinstance(entry, dict):
        return ""
    inner = entry.get("item")
    return text(entry.get("name")) or (text(inner.get("name")) if isinstance(inner, dict) else "")


def _is_own(page: Page, link: Element, around: list[Element], is_marked: bool) -> bool:
    """Whether a link belongs to this article and is not inside continuous text."""
    for ancestor in around:
        role = page.role(ancestor)
        if ancestor.tag in ("nav", "aside") or role & (Role.COMMENTS | Role.DROPPED) or (role & Role.ELSEWHERE and not is_marked):
            return False
        if ancestor.tag in ("p", "h1", "h2", "h3") and _is_longer(ancestor, 3 * len(text_of(link)) + 60):
            return False
    return True


def _is_longer(element: Element, chars: int) -> bool:
    """Whether an element has more than so many characters of text; a long text is not read to its end."""
    return any(length > chars for length in accumulate(len(squash(text)) + 1 for text in element.itertext()))


def _row(link: Element) -> Element:
    """The element that contains the whole row: the link's parent, or the parent of its list item or wrapper."""
    parent = link.getparent()
    if parent is None:
        return link
    above = parent.getparent()
    alone = sum(1 for child in parent if child.tag == "a") == 1
    return above if above is not None and alone and parent.tag in ("li", "span", "div", "dd", "p") else parent
