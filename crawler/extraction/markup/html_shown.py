"""Rewrites markup that browsers show but a document parser would lose, into a form that the parser keeps.

Declarative shadow roots become boxes. The URL of a lazy picture is taken from `source` and `noscript`; the other content of
`noscript` is removed unless it has paragraphs. Struck-out text is separated from its replacement. Boxes that are never closed
end where browsers end them. Pure: bytes in, bytes out; scripts must already be removed.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import Final

from crawler.extraction.markup.html_trim import ATTRIBUTES

MAX_PART: Final = 20_000
"""Largest picture or noscript element that is read, in bytes."""
MAX_DEPTH: Final = 256
"""Nested elements; libxml2 goes no deeper."""
MAX_BLOCKS: Final = 100_000
"""Block tags that are read if a div is left open."""

_TAG_NAME: Final = re.compile(rb"<(/?[a-zA-Z][a-zA-Z0-9]*)")
_TEMPLATE: Final = re.compile(rb"<(/?)template\b([^>]{0,1000})>")
_SHADOW: Final = re.compile(rb"\bshadowroot(?:mode)?\s*=\s*[\"']?(?:open|closed)\b", re.IGNORECASE)
_SOURCE: Final = re.compile(rb"<source\b[^>]{0,4000}>")
_SRCSET: Final = re.compile(
    rb"""\s(?:data-)?srcset\s*=\s*(?:"([^"]{1,4000})"|'([^']{1,4000})'|([^\s>]{1,2000}))""", re.IGNORECASE
)
_IMAGE: Final = re.compile(rb"<img\b[^>]{0,6000}>")
_ADDRESS: Final = re.compile(
    rb"""\s(?:data-[\w-]{1,40}|src|srcset)\s*=\s*["']?\s*(?!data:)(?![^"'\s>]*(?:placeholder|blank\.|spacer|loading\.|1x1))[^"'\s>]*(?:\.(?:jpe?g|png|webp|avif|gif)\b|/[^"'\s>]{8})"""
)
"""Searched in lower-case text: a pattern that ignores case costs three times as much."""
_NOSCRIPT: Final = re.compile(rb"<noscript\b[^>]{0,200}>")
_NOSCRIPT_END: Final = re.compile(rb"</noscript\s*>(\s{0,200}<img\b[^>]{0,4000}>)?")
_IMAGE_BEFORE: Final = re.compile(rb"<img\b[^>]{0,4000}>\s{0,200}\Z")
_CLOSED: Final = re.compile(rb"</(?:div|figure|p|li|section|article)\b")
_MAX_BEFORE: Final = 4_250
_PARAGRAPH: Final = re.compile(rb"<p\b[^>]{0,500}>([^<]{40,})")
_STRUCK: Final = re.compile(rb"(?<![\s(\[])<(?:del|s|strike)[\s>]")
_STRUCK_END: Final = re.compile(rb"</(?:del|s|strike)>(?=(?:</?[a-z][^>]{0,200}>){0,3}[\w\"$(\x80-\xff])")
_LINE_THROUGH: Final = re.compile(
    rb"(<(span|font|i|em|b)\s[^>]{0,300}(?:line-|strike-?)through[^>]{0,300}>[^<]{0,500}</\2>)"
    rb"(?=(?:<[a-z][^>]{0,200}>){0,3}[\w\"$(\x80-\xff])",
    re.IGNORECASE,
)
_MIN_PROSE: Final = 2
_BLOCK: Final = re.compile(
    rb"<(/?)(div|nav|header|footer|main|article|section|aside|ul|ol|li|dl|button|figure|details|table|td|th|caption)(?=[\s/>])"
    + ATTRIBUTES
)
_BARRIERS: Final = frozenset((b"table", b"td", b"th", b"caption"))
"""Elements that an end tag of an element around them does not close."""
_TAG: Final = re.compile(rb"<[^>]{0,6000}>")
_MIN_CAPTION: Final = 20
"""Bytes of text beside a picture from which on it is a caption."""


def with_shown(data: bytes) -> bytes:
    """The document with shown content in a form that the parser keeps."""
    tags = _TAG_NAME.findall(data)
    number = Counter(tags)
    if not all(map(bytes.islower, number)):
        # A pattern that ignores case costs ten times as much.
        return with_shown(_TAG_NAME.sub(lambda tag: tag[0].lower(), data))
    if b"title" in number and b"body" not in number:
        data = _with_body(data)
    if b"template" in number:
        data = _with_shadow_roots(data)
    if b"source" in number:
        data = _SOURCE.sub(b"", _with_pictures(data) if b"picture" in number else data)
    if b"noscript" in number:
        data = _without_noscript(data)
    if b"line-through" in data or b'through"' in data:
        data = _LINE_THROUGH.sub(rb" \1 ", data)
    main = data.find(b"<main") if b"main" in number else -1
    if main >= 0 and (ends := _ends_before(Counter(tags[: tags.index(b"main")]))):
        data = data[:main] + ends + data[main:]
    if number[b"div"] > number[b"/div"]:
        data = _with_divs_closed(data)
    if b"/del" in number or b"/s" in number or b"/strike" in number:
        data = _STRUCK_END.sub(rb"\g<0> ", _STRUCK.sub(rb" \g<0>", data))
    return data


def _with_body(data: bytes) -> bytes:
    """The document with the optional body tag (HTML, section 13.1.2.4): without it, libxml2 reads an article into the head."""
    first = next((tag for tag in _TAG_NAME.finditer(data) if tag[1].removeprefix(b"/") not in _OF_HEAD), None)
    return data if first is None else data[: first.start()] + b"<body>" + data[first.start() :]


_OF_HEAD: Final = frozenset(
    (b"html", b"head", b"title", b"meta", b"link", b"base", b"style", b"script", b"noscript", b"template")
)


def _ends_before(number: Counter[bytes]) -> bytes:
    """End tags of elements that are open before the main element and cannot contain it (HTML, section 4.4.14): a button, a
    menu, a header."""
    return b"".join(b"</" + name + b">" for name in _FRAME if number[name] > number[b"/" + name])


_FRAME: Final = (b"button", b"ul", b"ol", b"nav", b"header", b"aside", b"footer")
"""The innermost comes first."""


def _with_divs_closed(data: bytes) -> bytes:
    """The document with an end tag for each div that is still open where an element around it ends (HTML, section 13.2.6.4.7).

    In libxml2 a div has priority over elements around it: an unclosed div keeps a button or a menu open to the end of the
    page.
    """
    pieces: list[bytes] = []
    is_open: list[bytes] = []
    at = 0
    for tag in islice(_BLOCK.finditer(data), MAX_BLOCKS):
        name = tag[2]
        place = _opening_of(name, is_open) if tag[1] else _open_item(is_open) if name == b"li" else None
        if place is not None:
            inside = is_open[place + 1 :].count(b"div")
            if inside:
                pieces += (data[at : tag.start()], b"</div>" * inside)
                at = tag.start()
            del is_open[place:]
        if not tag[1]:
            is_open.append(name)
    return b"".join((*pieces, data[at:]))


def _opening_of(name: bytes, is_open: list[bytes]) -> int | None:
    """The place of the element that an end tag closes."""
    for place in range(len(is_open) - 1, max(-1, len(is_open) - MAX_DEPTH), -1):
        if is_open[place] == name:
            return place
        if is_open[place] in _BARRIERS and name not in _BARRIERS:
            return None
    return None


def _open_item(is_open: list[bytes]) -> int | None:
    """The open list item that the next item closes."""
    place = len(is_open) - 1
    least = max(0, len(is_open) - MAX_DEPTH)
    while place >= least and is_open[place] == b"div":
        place -= 1
    return place if place >= 0 and is_open[place] == b"li" else None


def _with_shadow_roots(data: bytes) -> bytes:
    is_shown: list[bool] = []

    def box(tag: re.Match[bytes]) -> bytes:
        if tag[1]:
            return b"</div>" if is_shown and is_shown.pop() else tag[0]
        is_shown.append(_SHADOW.search(tag[2]) is not None)
        return b"<div>" if is_shown[-1] else tag[0]

    return _TEMPLATE.sub(box, data)


def _with_pictures(data: bytes) -> bytes:
    """The document in which each picture whose img names no file gets the files of its first source."""
    pieces: list[bytes] = []
    at = end = 0
    while (start := data.find(b"<picture", end)) >= 0:
        end = data.find(b"</picture", start, start + MAX_PART)
        if end < 0:
            end = start + 1
            continue
        content = data[start:end]
        image = _IMAGE.search(content)
        named = None
        if image is None or not _ADDRESS.search(image[0].lower()):
            named = next((found for source in _SOURCE.findall(content) if (found := _SRCSET.search(source))), None)
        if named is not None:
            value = (named[1] or named[2] or named[3]).replace(b'"', b"%22")
            rest = image[0][4:] if image else b">"
            content = content[: content.find(b">") + 1] + b'<img srcset="' + value + b'"' + rest
        pieces += (data[at:start], content)
        at = end
    return b"".join((*pieces, data[at:]))


def _without_noscript(data: bytes) -> bytes:
    """The document with each noscript element replaced by its useful content, together with the picture before or after it."""
    pieces: list[bytes] = []
    at = start = 0
    while (start := data.find(b"<noscript", max(at, start))) >= 0:
        opening = _NOSCRIPT.match(data, start)
        end = _NOSCRIPT_END.search(data, opening.end(), opening.end() + MAX_PART) if opening else None
        if opening is None or end is None:
            start += 1
            continue
        ahead = data[max(at, start - _MAX_BEFORE) : start]
        last = ahead.rfind(b"<img")
        image = _IMAGE_BEFORE.match(ahead, last) if last >= 0 else None
        before = image[0] if image else b""
        after = end[1] or b""
        pieces.append(data[at : start - len(before)])
        if before or last < 0 or _CLOSED.search(ahead, last):
            pieces.append(_without_script(before, data[start : end.start()], data[opening.end() : end.start()], after))
        else:
            pieces.append(after)  # this box already has the same picture
        at = end.end()
    return b"".join((*pieces, data[at:]))


def _without_script(before: bytes, element: bytes, content: bytes, after: bytes) -> bytes:
    """The useful content of a noscript element: paragraphs of a story, or a picture that a script would load; unchanged if it
    has a caption."""
    if len(_PARAGRAPH.findall(content)) >= _MIN_PROSE:
        return before + b"<div>" + content + b"</div>" + after
    image = _IMAGE.search(content)
    if image and len(_TAG.sub(b"", content).strip()) >= _MIN_CAPTION:
        return before + element + b"</noscript>" + after
    if image is None or len(_IMAGE.findall(content)) > 1 or not _ADDRESS.search(image[0].lower()):
        return before + after
    if before and _ADDRESS.search(before.lower()):
        return before + after
    if after and _ADDRESS.search(after.lower()):
        return before + after
    return image[0]
