"""The file and the size of a picture, from the attributes that browsers and scripts for lazy loading read."""

from __future__ import annotations

import re

from lxml.etree import _Element as Element

from crawler.extraction.markup.page import Page

_SOURCES = ("data-src", "data-original", "data-lazy-src", "data-full-src")
_SETS = ("data-srcset", "data-lazy-srcset", "srcset", "data-sizes-srcset")
_PLACEHOLDER = re.compile(r"placeholder|spacer|blank\.|pixel\.|transparent|loading|lazy[-_.]|1x1|/grey|/gray")
"""Searched for in lower case."""
_FILE = re.compile(r"[^\s{}<>\"]{1,2000}\.(?:jpe?g|png|webp|avif)(?:[?#]\S*)?", re.IGNORECASE)
_BACKGROUND = re.compile(r"background(?:-image)?\s*:[^;]{0,100}?url\(\s*[\"']?([^\"')]{1,2000})", re.IGNORECASE)
_LENGTH = re.compile(r"(?<![-\w])(width|height)\s*:\s*(\d{1,5}px)")
_CANDIDATE = re.compile(r"([^\s,]\S{0,2000})(?:\s{1,20}([\d.]{1,8})[wxh])?")


def file_of(page: Page, image: Element) -> str | None:
    """The file of a picture: the one that a script will load, the one in `src`, the largest of a set, or one in another
    attribute or in the link around the picture."""
    named = [absolute for name in _SOURCES if (absolute := page.absolute(image.get(name))) and "{" not in absolute]
    source = page.absolute(image.get("src"))
    if named or (source and not _PLACEHOLDER.search(source.lower())):
        return named[0] if named else source
    listed = (page.absolute(largest_of(value)) for name in _SETS if (value := image.get(name)))
    link = image.getparent()
    linked = "" if link is None or link.tag != "a" else link.get("href") or ""
    named_in = (*(str(value) for key, value in image.items() if str(key)[:5] == "data-"), linked)
    others = (page.absolute(value) for value in named_in if _FILE.fullmatch(value))
    return next((address for address in (*listed, *others, source) if address), None)


def largest_of(srcset: str) -> str | None:
    """The candidate of the greatest width or density (HTML, srcset attributes)."""
    found = [
        (float(size or 1), address.rstrip(",")) for address, size in _CANDIDATE.findall(srcset[:20_000]) if size.count(".") < 2
    ]
    return max(found, key=lambda one: one[0], default=(0, None))[1]


def size_of(image: Element) -> tuple[int, int]:
    """Width and height in pixels, from the attributes or the style; 0 if neither gives them."""
    style = dict(_LENGTH.findall(image.get("style") or ""))
    return pixels(image.get("width") or style.get("width")), pixels(image.get("height") or style.get("height"))


def shown_without_img(page: Page, box: Element) -> str | None:
    """The file of a box that shows its picture as a background, as the poster of a video, or through an element of a script."""
    for element in box.iter():
        shown = _BACKGROUND.search(element.get("style") or "")
        named = (str(value) for value in element.values() if element.tag not in _OTHER_FILES and _FILE.fullmatch(str(value)))
        address = page.absolute(shown[1] if shown else element.get("poster") or next(named, None))
        if address:
            return address
    return None


_OTHER_FILES = frozenset(("a", "img", "amp-img"))
"""Elements that link to a file without showing it, or that were read before."""


def pixels(value: str | None) -> int:
    """A length in an attribute; 0 if it is not in pixels."""
    digits = (value or "").strip().lower().removesuffix("px")
    return int(digits) if digits.isdecimal() and len(digits) < 6 else 0
