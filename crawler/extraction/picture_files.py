"""The file and the size of a picture, from the attributes that browsers and the scripts of lazy loading read."""

from __future__ import annotations

import re

from lxml.etree import _Element as Element

from crawler.extraction.page import Page

_SOURCES = ("data-src", "data-original", "data-lazy-src", "data-full-src")
_SETS = ("data-srcset", "data-lazy-srcset", "srcset", "data-sizes-srcset")
_PLACEHOLDER = re.compile(r"placeholder|spacer|blank\.|pixel\.|transparent|loading|lazy[-_.]|1x1|/grey|/gray", re.IGNORECASE)
_FILE = re.compile(r"[^\s{}<>\"]{1,2000}\.(?:jpe?g|png|webp|avif)(?:[?#]\S*)?", re.IGNORECASE)
_CANDIDATE = re.compile(r"([^\s,]\S{0,2000})(?:\s{1,20}([\d.]{1,8})[wxh])?")


def file_of(page: Page, image: Element) -> str | None:
    """The file of a picture: what a script will load, what is loaded, the largest of a set, any file that an attribute names."""
    named = [absolute for name in _SOURCES if (absolute := page.absolute(image.get(name)))]
    source = page.absolute(image.get("src"))
    if named or (source and not _PLACEHOLDER.search(source)):
        return named[0] if named else source
    listed = (page.absolute(largest_of(value)) for name in _SETS if (value := image.get(name)))
    others = (
        page.absolute(str(value)) for key, value in image.items() if str(key)[:5] == "data-" and _FILE.fullmatch(str(value))
    )
    return next((address for address in (*listed, *others, source) if address), None)


def largest_of(srcset: str) -> str | None:
    """The candidate of the greatest width or density (HTML, srcset attributes)."""
    found = [
        (float(size or 1), address.rstrip(",")) for address, size in _CANDIDATE.findall(srcset[:20_000]) if size.count(".") < 2
    ]
    return max(found, key=lambda one: one[0], default=(0, None))[1]


def pixels(value: str | None) -> int:
    """A length as an attribute gives it; 0 where it is none of pixels."""
    digits = (value or "").strip().lower().removesuffix("px")
    return int(digits) if digits.isdecimal() and len(digits) < 6 else 0
