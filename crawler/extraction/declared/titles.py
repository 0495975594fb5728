"""Separates the title of a page from the site's own name. Knows separators and names, nothing of markup."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

MAX_TITLE = 1_000
_BARS = re.compile(r"\s*[|•·»‹›¦]\s*|\s+(?:::?|//|[<>~])\s+")
_DASHES = re.compile(r"\s+[–—-]+\s+")
_SIGNS = re.compile(r"\s*[()\[\]~/:,–—]+\s*|\s+-+\s+")
"""Signs that separate the title from a name that is known."""
_CJK_PARTS = re.compile(r"\s*(?:[_|｜]|--+)\s*")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HOST = re.compile(r"(?:https?://)?(?:www\.)?[\w-]{2,}(?:\.[\w-]{2,}){1,3}/?", re.IGNORECASE)
_NAME_WORDS = 5
"""Largest number of words in a site's name: "The Royal Gazette Online News"."""
_LONG_NAME = 8
"""Least letters of a site's name that are looked for at the end of a text: "News from the Quay Mail"."""
_SUBDOMAINS = frozenset(("www", "m", "mobile", "amp", "news", "edition"))
_SECOND_LEVEL = frozenset(("co", "com", "org", "net", "gov", "ac"))


def letters(text: str) -> str:
    """The letters and digits of a text, to compare a name, a host and a path: "Shropshire Star" -> "shropshirestar"."""
    return (text if text.isalnum() else "".join(filter(str.isalnum, text))).casefold()


def site_names(site_name: str | None, url: str) -> frozenset[str]:
    """The letters of all possible names of the site: its declared name, and its host with and without its ending."""
    try:
        host = (urlsplit(url).hostname or "").split(".")
    except ValueError:
        host = []
    while len(host) > 2 and host[0] in _SUBDOMAINS:
        host = host[1:]
    named = {letters(site_name or ""), letters("".join(host))}
    while len(host) > 1:
        host = host[:-1]
        if host[-1] not in _SECOND_LEVEL:
            named |= {letters(host[-1]), letters("".join(host))}
    plain = {name.removeprefix("the") for name in named}
    return frozenset(name for name in named | plain if len(name) > 2)


def without_site_name(title: str, names: frozenset[str] = frozenset()) -> str:
    """ "Bridge closed | News | Shropshire Star" -> "Bridge closed".

    A bar separates the title from any names; a dash does only if the text after it is the site's name or looks like one.
    """
    title = title[:MAX_TITLE].strip()
    if _CJK.search(title):
        title = _longest(_CJK_PARTS.split(title)) or title
    title = _without_names(title, names) or title
    title = _without_known_name(title, names) or title
    for _ in range(2):
        pieces = _DASHES.split(title)
        if len(pieces) < 2 or not _is_name(pieces[-1], title, names):
            break
        title = title[: title.rfind(pieces[-1])].rstrip(" –—-")
    return title


def _without_names(title: str, names: frozenset[str]) -> str:
    """The title without the site's name at either end and without shorter parts after the first; bars separate the parts."""
    ends = [0, *(place for bar in _BARS.finditer(title) for place in bar.span()), len(title)]
    parts = [(start, end) for start, end in zip(ends[::2], ends[1::2], strict=True) if end > start]
    while len(parts) > 1 and letters(title[slice(*parts[0])]) in names:
        parts = parts[1:]
    whole = sum(end - start for start, end in parts)
    while len(parts) > 1:
        start, end = parts[-1]
        if letters(title[start:end]) not in names and end - start >= 0.5 * whole:
            break
        whole -= end - start
        parts = parts[:-1]
    return title[parts[0][0] : parts[-1][1]] if parts else ""


def _without_known_name(title: str, names: frozenset[str]) -> str:
    """The title without one of the site's names at its end or beginning: "Bridge closed (Quay Mail)", "Quay Mail: ..."."""
    signs = list(_SIGNS.finditer(title))
    for sign in reversed(signs):
        if letters(title[sign.end() :]) in names:
            return title[: sign.start()]
    for sign in signs:
        if letters(title[: sign.start()]) in names:
            return title[sign.end() :]
    return title


def _is_name(piece: str, title: str, names: frozenset[str]) -> bool:
    """Whether the text after a dash names the site or the writer: it ends with one of the site's names, is a host, or is short
    with each word capitalised."""
    if letters(piece) in names or _HOST.fullmatch(piece):
        return True
    words = piece.split()
    if not 0 < len(words) <= _NAME_WORDS or len(piece) > 0.6 * len(title) or piece[-1] in "?!.…" or words[-1].isdigit():
        return False
    if any(letters(piece).endswith(name) for name in names if len(name) >= _LONG_NAME):
        return True
    return (words[0][0].isupper() or words[0] == "by") and all(
        word[0].isupper() or word[0].isdigit() or len(word) < 4 for word in words
    )


def _longest(parts: list[str]) -> str:
    return max((part.strip() for part in parts), key=len, default="")
