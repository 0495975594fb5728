"""What the misbehaving paper hands out: bodies, pure and bounded. The server beside this file says when."""

from __future__ import annotations

import base64
import json
import random
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from html import escape

BOMB_BYTES = 100 << 20
"""What each compression bomb unpacks to."""

STAMP = "2025-05-09T07:30:00+01:00"
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'

_BROTLI_BOMB = (
    "y///PwAkAOKxQHLv//j//weABEAcFoDu/R////8AkACIwwLQvf/j//8fABIAcVgAuvd//P//A0ACIA4LQPf+j///fwBIAMRhAeje"
    "//H//w8ACYA4LADd+z/+//8BIAEQhwWge//H//8/ACQA4rAAdO//+P//B4AEQBwWgO79H////wCQAIjDAtC9/+P//x8AEgBxWAC6"
    "93/5//8DQAIgDgtA9/4H"
)
"""100 MiB of zeros, packed once, so that no packer is needed here."""

_SENTENCES = (
    "The council met on Tuesday and agreed to mend the bridge before the winter.",
    "Nobody spoke against the plan, though two members asked what it would cost.",
    "Work will begin in the first week of September and is expected to last until the spring.",
    "Traffic will be led over the old ford, which has been dry since the reservoir was built.",
    "The clerk said that a list of the dates would be put up in the library.",
)

_FERRY = (
    "Forty passengers were taken off a ferry by lifeboat when it ran aground at Saltness.",
    "The vessel struck a sandbank soon after leaving harbour in thick fog.",
    "Coastguards said that all aboard were wearing jackets and singing.",
    "Divers will examine the hull at low tide.",
    "Sailings between Saltness and the islands have been cancelled until Thursday.",
)


def article(title: str = "Bridge to be mended", *, head: str = "", tail: str = "", modified: str = STAMP, lead: str = "") -> str:
    """A plain article page that any reader understands; `head` and `tail` are markup put into it."""
    data = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": title, "datePublished": STAMP}
    data |= {"dateModified": modified, "author": {"@type": "Person", "name": "Ada Marsh"}}
    text = "".join(f"<p>{escape(line)}</p>\n" for line in ([lead] if lead else []) + list(_SENTENCES))
    return (
        f'<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        f'<meta property="og:type" content="article">\n{head}\n'
        f'<script type="application/ld+json">{json.dumps(data)}</script></head>\n'
        f"<body><article><h1>{escape(title)}</h1><p>By Ada Marsh</p>\n{text}</article>\n{tail}</body></html>\n"
    )


def story_of(path: str) -> str:
    """An article whose words are its path's own, so that no two of the paper tell one story."""
    chance = random.Random(path)
    words = ["".join(chance.choices("abcdefghilmnoprstuvw", k=7)) for _ in range(120)]
    lines = [" ".join(words[start : start + 12]).capitalize() + " on Tuesday." for start in range(0, 120, 12)]
    title = " ".join(words[:4]).capitalize()
    text = "".join(f"<p>{line}</p>\n" for line in lines)
    return article(title).replace("</article>", f"{text}</article>")


def plain(title: str, main: str, head: str = "") -> str:
    """A page that is no article."""
    return f"<!DOCTYPE html>\n<html><head><title>{escape(title)}</title>{head}</head><body>{main}</body></html>\n"


def sitemap(addresses: Sequence[str], lastmod: str = STAMP) -> str:
    rows = "".join(f"<url><loc>{escape(url)}</loc><lastmod>{lastmod}</lastmod></url>\n" for url in addresses)
    return f'{XML}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n'


def sitemap_index(addresses: Sequence[str]) -> str:
    rows = "".join(f"<sitemap><loc>{escape(url)}</loc><lastmod>{STAMP}</lastmod></sitemap>\n" for url in addresses)
    return f'{XML}<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</sitemapindex>\n'


def rss(addresses: Sequence[str]) -> str:
    items = "".join(f"<item><title>One</title><link>{escape(url)}</link></item>\n" for url in addresses)
    return f'{XML}<rss version="2.0"><channel><title>Paper</title>\n{items}</channel></rss>\n'


def broken_feed(base: str) -> str:
    """A good item, one with a naked ampersand, crossing tags and a wrong date, a good one, and one cut off."""
    good = f"<item><title>Good</title><link>{base}/ok/1</link></item>\n"
    bad = f"<item><title>Fish & chips <b></title></b><link>{base}/ok/2</link><pubDate>yesterday</pubDate></item>\n"
    last = f"<item><title>Last</title><link>{base}/ok/3</link></item>\n"
    return f'{XML}<rss version="2.0"><channel><title>Paper</title>\n{good}{bad}{last}<item><title>Cut o'


def entity_bomb(base: str) -> str:
    """A billion laughs, as a sitemap that would else be good."""
    steps = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">\n' for n in range(1, 10))
    declared = f'<!DOCTYPE urlset [\n<!ENTITY l0 "lol">\n{steps}]>\n'
    return f"{XML}{declared}<urlset><url><loc>{base}/ok/1</loc><lastmod>&l9;</lastmod></url></urlset>\n"


def external_entity(base: str, other: str) -> str:
    """A sitemap that asks its reader to open a file and another address."""
    declared = (
        f'<!DOCTYPE urlset [\n<!ENTITY file SYSTEM "file:///etc/passwd">\n<!ENTITY net SYSTEM "{other}/entity">\n'
        f'<!ENTITY % dtd SYSTEM "{other}/dtd">\n%dtd;\n]>\n'
    )
    rows = f"<url><loc>{base}/ok/1</loc></url><url><loc>{base}/&file;</loc></url><url><loc>{base}/&net;</loc></url>"
    return f"{XML}{declared}<urlset>{rows}</urlset>\n"


def garbage() -> bytes:
    return random.Random(1).randbytes(20_000)


def huge(size: int) -> Iterator[bytes]:
    """An article of at least `size` bytes, piece by piece."""
    yield article(tail="").removesuffix("</body></html>\n").encode()
    line = ("<p>" + "All work and no play makes a dull paper. " * 200 + "</p>\n").encode()
    for _ in range(size // len(line) + 1):
        yield line
    yield b"</body></html>\n"


@cache
def gzip_bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(1 << 20)
    return b"".join([*(packer.compress(block) for _ in range(BOMB_BYTES >> 20)), packer.flush()])


def brotli_bomb() -> bytes:
    return base64.b64decode(_BROTLI_BOMB)


def deep_nesting() -> str:
    return article(tail="<div>" * 100_000 + "deep" + "</div>" * 100_000)


def million_tags() -> str:
    return article(tail="<b></b>" * 1_000_000)


def duplicate_ids() -> str:
    block = '<div id="article"><h2 id="article">Twice</h2><p id="article">The same id again.</p></div>\n'
    return article(tail=block * 200)


def two_articles() -> str:
    """One page that describes itself as two stories."""
    other = {
        "@type": "NewsArticle",
        "headline": "Ferry sinks",
        "datePublished": "2020-01-01",
        "articleBody": "It sank.",
    }
    return article(head=f'<script type="application/ld+json">{json.dumps([other, other])}</script>')


def soft_404() -> str:
    return plain("Page not found", "<h1>Page not found</h1><p>Sorry, we cannot find that page. It may have moved.</p>")


def login_wall() -> str:
    form = '<form action="/login"><input name="email"><input name="word" type="password"><button>Log in</button></form>'
    return plain("Log in", f"<h1>Log in to read on</h1><p>You have read your three free articles.</p>{form}")


def moving_article(count: int) -> str:
    """Another text at each count, under one stamp."""
    return article(lead=f"This line has been rewritten {count} times.")


def ferry(head: str) -> str:
    """Another story than `article` tells, in other words."""
    text = article("Ferry runs aground at Saltness", head=head)
    for bridge, vessel in zip(_SENTENCES, _FERRY, strict=True):
        text = text.replace(escape(bridge), escape(vessel))
    return text


def stamped(now: datetime) -> str:
    return article(modified=now.isoformat(timespec="seconds"))
