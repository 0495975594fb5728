"""Trims untrusted HTML before it is parsed: invisible parts and menus are removed, and the attributes of a tag are limited.

Two thirds of a news page are scripts, styles and drawings; removing them first halves the parser's time. libxml2 compares
each attribute of a tag with all before it, so one tag with 30,000 of them takes seconds and one with 500,000 takes minutes.
Pure: bytes in, bytes out, in linear time. Knows nothing of news.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import Final

MAX_MARKUP_BYTES: Final = 4_000_000
"""Bytes kept of a page without its scripts; real pages have 20-500 KB, the longest live blogs 2 MB."""
MAX_ATTRIBUTES: Final = 60
"""A tag that may have more loses all its attributes. Real tags have up to forty."""
_LONG_TAG: Final = 400
"""Only longer tags (in bytes) are checked; shorter ones have at most some 130 attributes."""

# Python before 3.11.5 (Debian 12 has 3.11.2) matches possessively repeated groups wrongly (gh-106052). Each group here can be
# read in only one way, so that plain repetition finds the same; it needs memory for backtracking.
_AGAIN: Final = rb"*+" if sys.version_info >= (3, 11, 5) else rb"*"
# Attributes as HTML reads them: quotes count only after "=". No character is read twice.
ATTRIBUTES: Final = rb"""[^>=]*+(?:=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|(?!["']))[^>=]*+)""" + _AGAIN
_HIDDEN: Final = (
    rb"(!--)(?:-?>|[^-]*+(?:-(?!-!?>)[^-]*+)" + _AGAIN + rb"(?:--!?>|\Z))"
    # "<script/>" is empty in libxml2, though not in browsers; pages that have it mean an empty script.
    rb"|[sS][cC][rR][iI][pP][tT](?=[\s>/])(" + ATTRIBUTES + rb")(?<!/)>"
    rb"([^<]*+(?:<(?!/[sS][cC][rR][iI][pP][tT])[^<]*+)" + _AGAIN + rb")(?:</[sS][cC][rR][iI][pP][tT][^>]*+>?+|\Z)"
    rb"|([sS][tT][yY][lL][eE])(?=[\s>/])" + ATTRIBUTES + rb"(?<!/)>"
    rb"[^<]*+(?:<(?!/[sS][tT][yY][lL][eE])[^<]*+)" + _AGAIN + rb"(?:</[sS][tT][yY][lL][eE][^>]*+>?+|\Z)"
    rb"|([sS][vV][gG](?=[\s>/]))" + ATTRIBUTES + rb">?+"
)
# "<" is in front of the group, so that the next letter is enough to reject all alternatives.
_NOT_SHOWN: Final = re.compile(rb"<(?:" + _HIDDEN + rb")")
_TOKEN: Final = re.compile(rb"<(?:" + _HIDDEN + rb"|[a-zA-Z]" + ATTRIBUTES + rb")")
_START_TAG: Final = re.compile(rb"<[a-zA-Z]" + ATTRIBUTES)
_SCRIPT_IN_VALUE: Final = re.compile(rb"<\\/[sS][cC][rR][iI][pP][tT]")
_SCRIPT: Final = 3
_DRAWING: Final = 5
_DRAWING_END: Final = re.compile(rb"</[sS][vV][gG]\s*+>")
_VALUE: Final = re.compile(rb"""=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>"']++)""")
_MENU: Final = re.compile(rb"<(?:nav(?=[\s/>])" + ATTRIBUTES + rb">|(/)nav(?=[\s>]))")
_NO_MENU: Final = re.compile(rb"<(?:(?:h1|main|article|time)[\s>]|p[\s>][^<]{40})")
_ASKS: Final = re.compile(rb"type=[\"\']?(?:password|email|radio)")
"""Fields that show that a menu is needed, or has no end tag and so contains other parts of the page."""
_NAME: Final = re.compile(rb"<[a-zA-Z][^\s/>]{0,40}")


@dataclass(frozen=True, slots=True)
class Markup:
    """A document without its invisible parts, and the scripts that were in it."""

    data: bytes
    scripts: tuple[tuple[bytes, bytes], ...]
    """(attributes, text) of each script, in page order."""


def trim(data: bytes, *, keep_menus: bool = False) -> Markup:
    """The document without comments, scripts, styles, drawings and the content of menus, at most MAX_MARKUP_BYTES of it.

    `keep_menus`: for callers that need links, which menus have.

    Text and all other tags are unchanged, except for tags that may have more than MAX_ATTRIBUTES: these lose all their
    attributes.
    """
    # If "<\\/script>" occurs, a "<script" may be in an attribute's value: then every tag is read, which costs more.
    tokens = (_TOKEN if _SCRIPT_IN_VALUE.search(data) else _NOT_SHOWN).finditer(data)
    kept: list[bytes] = []
    scripts: list[tuple[bytes, bytes]] = []
    position, closes = 0, True
    for token in tokens:
        start, end = token.span()
        special = token.lastindex
        if special is None or start < position:
            continue
        if special == _SCRIPT:
            scripts.append((token[2], token[3]))
        elif special == _DRAWING and data[start + 2] in b"vV" and data[end - 2 : end] != b"/>":
            closing = _DRAWING_END.search(data, end) if closes else None
            if closing is None:
                closes = False
                continue
            end = closing.end()
        kept.append(data[position:start])
        position = end
    kept.append(data[position:])
    whole = b"".join(kept)[:MAX_MARKUP_BYTES]
    return Markup(without_swarms(whole if keep_menus else _without_menus(whole)), tuple(scripts))


def _without_menus(data: bytes) -> bytes:
    """The document with empty menus: they are a quarter of a page's elements, and no reader needs them. A menu with other
    content stays whole."""
    kept: list[bytes] = []
    position = opening = 0
    for tag in _MENU.finditer(data):
        if not tag[1]:
            opening = tag.end()
        elif opening:
            inner = data[opening : tag.start()]
            is_more = b"itemprop=" in inner or _NO_MENU.search(inner) or _ASKS.search(inner)
            if not is_more and inner.count(b"<div") == inner.count(b"</div"):
                kept.append(data[position:opening])
                position = tag.start()
            opening = 0
    return b"".join((*kept, data[position:]))


def without_swarms(data: bytes) -> bytes:
    """The document in which each tag that may have more than MAX_ATTRIBUTES has lost all its attributes."""
    long = [tag for tag in _START_TAG.findall(data) if len(tag) > _LONG_TAG]
    if not any(map(_may_swarm, long)):
        return data
    return _START_TAG.sub(_bare, data)


def _bare(match: re.Match[bytes]) -> bytes:
    tag = match[0]
    if len(tag) <= _LONG_TAG or not _may_swarm(tag):
        return tag
    name = _NAME.match(tag)
    return name[0] if name else b"<p"


def _may_swarm(tag: bytes) -> bool:
    """Whether a long tag may have more than MAX_ATTRIBUTES: the parts outside values are counted."""
    if tag.count(b"=") + tag.count(b"/") + len(tag.split()) <= MAX_ATTRIBUTES:
        return False
    return len(_VALUE.sub(b" ", tag).replace(b"/", b" ").split()) > MAX_ATTRIBUTES
