"""The public Python API of Newsledger: open a ledger and query it, or read pages, bylines, times, captions and URLs.

    import newsledger

    for revision in newsledger.open("news.db").history("https://paper.example/news/mill-fire"):
        print(revision.number, revision.change, revision.headline)

Importing this package loads nothing else; each function loads what it needs at its first call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from crawler.catalogue.site import Site
    from newsledger.ledger import Ledger
    from pipelines.article import Article
    from pipelines.text.bylines import Byline
    from pipelines.text.captions import Caption
    from pipelines.text.dates import Timestamp

__all__ = ["canonicalize", "extract", "open", "parse_byline", "parse_timestamp", "split_caption"]


def _check_packages() -> None:
    """Refuse to start if another package, or a folder, has taken the common name of one of our packages."""
    from importlib.util import find_spec
    from pathlib import Path

    for name in ("crawler", "pipelines", "viewer"):
        found = find_spec(name)
        place = Path(found.origin).parent if found and found.origin else None
        if place is None or place.parent != Path(__file__).parent.parent:
            raise ImportError(f"newsledger needs its own package {name!r}, and Python finds {place}: uninstall that one, start "
                              "from another folder, or give newsledger an environment of its own")  # fmt: skip


_check_packages()


def open(path: Path | str) -> Ledger:  # noqa: A001 - as gzip.open and shelve.open: always called with the package's name
    """Open the ledger file at `path` for reading; crawls may write to it at the same time.

    Raises `pipelines.store.database.StoreError` if there is no ledger, or if it is of another version.

    >>> import newsledger
    >>> with newsledger.open("news.db") as ledger:
    ...     for revision in ledger.history("https://paper.example/news/mill-fire"):
    ...         print(revision.number, revision.change, revision.headline)
    1 new Fire at Cross Mill
    2 silent Two hurt in fire at Cross Mill
    """
    from newsledger.ledger import Ledger

    return Ledger(path)


def extract(html: bytes | str, url: str, site: Site | None = None, *, content_type: str | None = None,
            fetched: datetime | None = None) -> Article:  # fmt: skip
    """Read an article page. Never raises: a page that is not an article gives the kind `not_article` and a reason.

    `url` is the page's address after redirects, `content_type` the header, `fetched` the time from which "2 hours ago" counts;
    `site` is an entry of the catalogue, which declares its time zone and its templates.

    >>> import newsledger
    >>> page = '''<html lang="en-GB"><title>Fire at Cross Mill</title><body><article><h1>Fire at Cross Mill</h1>
    ... <p>By Ann Other</p><time datetime="2025-03-07T08:00:00Z">7 March 2025</time>
    ... <p>Firefighters from three towns were called to Cross Mill at ten past four this morning.</p>
    ... <p>No one was hurt, the brigade said, but the road was shut for six hours.</p></article></body></html>'''
    >>> article = newsledger.extract(page, "https://paper.example/news/mill-fire-in-town-centre")
    >>> str(article.kind), article.headline, article.authors[0].name
    ('article', 'Fire at Cross Mill', 'Ann Other')
    >>> newsledger.extract("", "https://paper.example/").reason
    'empty page'
    """
    from crawler.extraction import extract as read
    from pipelines.text.normalise import normalise

    return normalise(read(html, url, site, content_type=content_type, fetched=fetched))


def parse_byline(text: str, *, title: str | None = None) -> Byline:
    """The persons of a byline in any of the catalogue's languages; `title` is the publication's own name. Never raises.

    >>> import newsledger
    >>> found = newsledger.parse_byline("By Helen Corbett, PA Political Correspondent")
    >>> [(author.name, author.role, author.agency) for author in found.authors]
    [('Helen Corbett', 'Political Correspondent', 'PA')]
    """
    from pipelines.text.bylines import parse_byline as parse

    return parse(text, title=title)


def parse_timestamp(text: str, timezone: str = "UTC", fetched: datetime | None = None) -> Timestamp | None:
    """The first time in a text, in machine or printed form; None if there is none. Never raises.

    `timezone` is the IANA name of the site's zone. Relative times, and dates without a year, need `fetched`.

    >>> import newsledger
    >>> print(newsledger.parse_timestamp("Published 7th June 2025, 2:05pm", "Europe/London"))
    2025-06-07T13:05:00Z
    >>> newsledger.parse_timestamp("no time at all") is None
    True
    """
    from pipelines.text.dates import parse_timestamp as parse

    return parse(text, timezone, fetched)


def split_caption(text: str) -> Caption:
    """A caption split into the description and the credit of the picture. Never raises.

    >>> import newsledger
    >>> newsledger.split_caption("The bell tower. Picture: Yui Mok/PA")
    Caption(caption='The bell tower.', credit='Yui Mok/PA')
    """
    from pipelines.text.captions import split_caption as split

    return split(text)


def canonicalize(url: str, base: str | None = None) -> str | None:
    """The canonical form of a URL, which identifies articles: absolute, without tracking; None if it is not a web address.

    >>> import newsledger
    >>> newsledger.canonicalize("https://Paper.example/story/?utm_source=feed&id=3#top")
    'https://paper.example/story/?id=3'
    >>> newsledger.canonicalize("/story", base="https://paper.example/news/")
    'https://paper.example/story'
    """
    from pipelines.text.urls import canonicalize as canonical

    return canonical(url, base)
