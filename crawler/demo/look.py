"""One request to the paper: the frame of every page, what depends on the request and not on the story, and the boilerplate.

No two responses are the same: counters, adverts, tokens and teasers change with the serial number of the request, so that an
unchanged story never has the same bytes twice. Nothing here is news.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from zlib import crc32

from crawler.demo.story import ZONE, PageState

_ADVERTS = (
    "Tansley and Rowe: new homes with room for a piano",
    "Amberley Beds, Mill Yard: sleep on it",
    "Wen Valley Cycles: spring service £35",
    "Fish Street Opticians: see you soon",
)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One request: its number, the paper's clock, the paper's own address, and the other pages of the paper."""

    serial: int
    now: datetime
    base: str
    """"http://127.0.0.1:8000", without a final slash."""
    others: tuple[PageState, ...] = ()
    """Pages that fronts and teasers may name, newest first."""

    @property
    def token(self) -> str:
        """A tracking token: eight hexadecimal digits, different in each request."""
        return f"{crc32(str(self.serial).encode()):08x}"

    def url(self, path: str) -> str:
        return self.base + path

    def picture(self, name: str, width: int = 640) -> str:
        return escape(self.url(f"/pictures/{name}.png?w={width}&token={self.token}"))

    def teased(self, count: int, shift: int = 0) -> tuple[PageState, ...]:
        """Some other stories, different in each request."""
        pool = self.others or ()
        start = (self.serial * 3 + shift) % max(len(pool), 1)
        return (pool[start:] + pool[:start])[:count]

    def teaser(self, page: PageState, place: str) -> str:
        href = escape(f"{page.path}?utm_source={place}&utm_content={self.token}")
        return f'<a href="{href}">{escape(page.headline)}</a>'

    def shares(self) -> str:
        count = 118 + self.serial * 7
        return f'<div class="share-bar" data-share="{self.token}"><span class="count">{count} shares</span></div>'

    def advert(self, slot: int) -> str:
        text = _ADVERTS[(self.serial + slot) % len(_ADVERTS)]
        return (
            f'<div class="advert" id="ad-{slot}-{self.token}"><span class="advert-label">Advertisement</span> '
            f'<a rel="sponsored nofollow" href="/adverts/{self.token}">{escape(text)}</a></div>'
        )

    def sidebar(self) -> str:
        """The box beside a story: related stories, most read, and the number of readers."""
        related = self._list(self.teased(3), "related")
        read = self._list(self.teased(4, shift=5), "most-read")
        return (
            f'<aside class="sidebar"><section class="related-links"><h2>Related stories</h2>{related}</section>'
            f'<section class="most-read"><h2>Most read</h2>{read}</section>'
            f'<p class="readers">{40 + self.serial % 90} people are reading the Gazette now</p></aside>'
        )

    def _list(self, pages: Sequence[PageState], place: str) -> str:
        rows = "".join(
            f'<li>{self.teaser(page, place)} <span class="ago">{self.ago(page.published)}</span></li>' for page in pages
        )
        return f"<ol>{rows}</ol>"

    def ago(self, then: datetime) -> str:
        minutes = int((self.now - then).total_seconds()) // 60
        if minutes < 60:
            return f"{minutes} minutes ago"
        return f"{minutes // 60} h ago" if minutes < 48 * 60 else f"{minutes // 1440} days ago"


def printed(moment: datetime) -> str:
    """The time as the paper prints it, in its town's zone: "9th May 2025, 08:35 BST"."""
    local = moment.astimezone(ZONE)
    ending = "th" if 11 <= local.day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(local.day % 10, "th")
    return f"{local.day}{ending} {local:%b %Y, %H:%M %Z}"


TITLE = "The Haughmere Gazette"
SECTIONS = {
    "News": "/news/",
    "UK News": "/uk-news/",
    "Sport": "/sport/",
    "Business": "/business/",
    "What's On": "/whats-on/",
    "Sponsored": "/sponsored/",
}

STYLE = Path(__file__).with_name("style.css").read_text(encoding="utf-8").strip()


def document(request: PageRequest, title: str, head: str, main: str, *, wide: bool = False) -> str:
    """A complete page. `head` and `main` are markup, `title` is text."""
    menu = "".join(f'<a href="{path}">{escape(name)}</a>' for name, path in SECTIONS.items())
    local = request.now.astimezone(ZONE)
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} | {TITLE}</title>
{head}
<style>{STYLE}</style>
</head>
<body data-visit="{request.token}">
<header class="masthead"><a class="title" href="/">{TITLE}</a>
<p>{local:%A} {local.day} {local:%B %Y} · by the river since 1871 · {20 + request.serial % 5}C in Haughmere</p></header>
<nav class="menu">{menu}<a href="/puzzles/quick-crossword-4512090">Puzzles</a><a href="/e-paper/">E-paper</a></nav>
<main{' class="wide"' if wide else ""}>
{main}
</main>
<footer><p>{TITLE} is an invented newspaper: every name, place and event is made up. Page {request.serial}.</p></footer>
</body>
</html>
"""
