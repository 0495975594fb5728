"""Paths of the misbehaving paper that lead astray or lie about change. Each does exactly what its name says."""

from __future__ import annotations

from datetime import UTC, datetime

import bad_pages as pages
from bad_server import XML, Visit, route

PRIVATE = {
    "net-10": "http://10.0.0.1/",
    "net-172": "http://172.16.0.1/",
    "net-192": "http://192.168.1.1/",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "zero": "http://0.0.0.0/",
    "ipv6-loopback": "http://[::1]/",
    "ipv6-local": "http://[fe80::1]/",
    "ipv6-mapped": "http://[::ffff:10.0.0.1]/",
    "decimal": "http://167772161/",
    "octal": "http://012.0.0.1/",
    "hex": "http://0x0a000001/",
    "short": "http://10.1/",
    "localhost": "http://localhost:9/",
}
"""Spellings of addresses that no page may lead to."""


# -- leading elsewhere ----------------------------------------------------------------------------------------------


@route("/redirect-loop")
def redirect_loop(visit: Visit) -> None:
    """To itself."""
    visit.redirect("/redirect-loop")


@route(r"/redirect-chain/(\d+)", "/redirect-chain/3")
def redirect_chain(visit: Visit, length: str) -> None:
    """So many redirects, then /ok/1."""
    left = int(length) - 1
    visit.redirect(f"/redirect-chain/{left}" if left > 0 else "/ok/1", 301)


@route(r"/redirect-forever/(\d+)", "/redirect-forever/1")
def redirect_forever(visit: Visit, number: str) -> None:
    """Always to another address."""
    visit.redirect(f"/redirect-forever/{int(number) + 1}")


@route("/redirect-to-loopback-other-port")
def redirect_to_other_port(visit: Visit) -> None:
    """To the second port, where there is an article."""
    visit.redirect(f"{visit.server.other.base}/ok/1")


@route(r"/redirect-to-private(?:/([\w-]+))?", "/redirect-to-private")
def redirect_to_private(visit: Visit, which: str | None) -> None:
    """To a private, link-local or loopback address, by the spelling named."""
    target = PRIVATE.get(which or "net-10")
    if target is None:
        return visit.send(pages.plain("404", "<h1>404</h1>"), status=404)
    return visit.redirect(target)


TARGETS = {
    "/redirect-to-file": "file:///etc/passwd",
    "/redirect-to-ftp": "ftp://127.0.0.1/story.html",
    "/redirect-to-javascript": "javascript:alert(1)",
    "/redirect-to-data": "data:text/html,<h1>Bridge</h1>",
    "/redirect-to-other-site": "http://other-paper.invalid/ok/1",
    "/redirect-to-section": "/section/",
    "/redirect-to-home": "/",
    "/redirect-to-nothing": "",
    "/redirect-to-bad-url": "http://[not-an-address/ok/1",
}


def _redirect_to(path: str, target: str) -> None:
    def lead(visit: Visit) -> None:
        visit.redirect(target)

    lead.__doc__ = f"To {target or 'an empty address'}."
    route(path)(lead)


for _path, _target in TARGETS.items():
    _redirect_to(_path, _target)


@route("/redirect-without-location")
def redirect_without_location(visit: Visit) -> None:
    """302, and no word of where to."""
    visit.send("", status=302)


@route("/meta-refresh")
def meta_refresh(visit: Visit) -> None:
    """A page that sends a browser to /ok/1."""
    visit.send(pages.plain("Wait", "<p>One moment.</p>", '<meta http-equiv="refresh" content="0; url=/ok/1">'))


@route("/cookie-loop")
def cookie_loop(visit: Visit) -> None:
    """To itself until the reader brings the cookie it was given."""
    if "seen=1" in visit.headers.get("Cookie", ""):
        return visit.send(pages.article())
    return visit.redirect("/cookie-loop", Set_Cookie="seen=1; Path=/")


@route("/canonical-to-home")
def canonical_to_home(visit: Visit) -> None:
    """An article that calls the front page its own address."""
    visit.send(pages.article(f"Lost article {visit.path}", head=f'<link rel="canonical" href="{visit.base}/">'))


@route("/canonical-to-other-article")
def canonical_to_other_article(visit: Visit) -> None:
    """A story about a ferry that calls /ok/1, a bridge, its own address."""
    head = f'<link rel="canonical" href="{visit.base}/ok/1">'
    visit.send(pages.ferry(head))


@route("/canonical-to-other-site")
def canonical_to_other_site(visit: Visit) -> None:
    """An article whose address is said to be on another site."""
    visit.send(pages.article(head='<link rel="canonical" href="http://other-paper.invalid/ok/1">'))


# -- lies about change ----------------------------------------------------------------------------------------------


@route("/etag-always-304")
def etag_always_304(visit: Visit) -> None:
    """One ETag for ever, and 304 to whoever brings it, though the text is another at each request."""
    if visit.headers.get("If-None-Match"):
        return visit.send("", status=304, ETag='"same"')
    return visit.send(pages.moving_article(visit.count), ETag='"same"')


@route("/etag-weak")
def etag_weak(visit: Visit) -> None:
    """A weak ETag that is true: the story is the same, only a counter beside it moves."""
    if visit.headers.get("If-None-Match") == 'W/"story"':
        return visit.send("", status=304, ETag='W/"story"')
    return visit.send(pages.article(tail=f"<aside>{visit.count} shares</aside>"), ETag='W/"story"')


@route("/ever-new-text")
def ever_new_text(visit: Visit) -> None:
    """Another text at each request, under one stamp."""
    visit.send(pages.moving_article(visit.count))


@route("/ever-new-stamp")
def ever_new_stamp(visit: Visit) -> None:
    """One text, and always stamped now."""
    visit.send(pages.stamped(datetime.now(UTC)))


@route("/lying-lastmod")
def lying_lastmod(visit: Visit) -> None:
    """A sitemap of three articles, all always modified now."""
    now = datetime.now(UTC).isoformat()
    visit.send(pages.sitemap([f"{visit.base}/ok/{n}" for n in (1, 2, 3)], now), XML)


# -- feeds and sitemaps ---------------------------------------------------------------------------------------------


@route(r"/entity-bomb\.xml", "/entity-bomb.xml")
def entity_bomb(visit: Visit) -> None:
    """A billion laughs in a sitemap."""
    visit.send(pages.entity_bomb(visit.base), XML)


@route(r"/external-entity\.xml", "/external-entity.xml")
def external_entity(visit: Visit) -> None:
    """A sitemap that would have a file and the second port read."""
    visit.send(pages.external_entity(visit.base, visit.server.other.base), XML)


@route(r"/broken-feed\.xml", "/broken-feed.xml")
def broken_feed(visit: Visit) -> None:
    """A feed with one broken item of three, cut off in a fourth."""
    visit.send(pages.broken_feed(visit.base), "application/rss+xml")


@route("/html-as-feed")
def html_as_feed(visit: Visit) -> None:
    """A web page where a feed should be."""
    visit.send(pages.soft_404(), "application/rss+xml")


@route(r"/sitemap-loop\.xml", "/sitemap-loop.xml")
def sitemap_loop(visit: Visit) -> None:
    """A sitemap index that names itself."""
    visit.send(pages.sitemap_index([f"{visit.base}/sitemap-loop.xml"]), XML)


@route(r"/sitemap-bomb\.xml\.gz", "/sitemap-bomb.xml.gz")
def sitemap_bomb(visit: Visit) -> None:
    """A packed sitemap file, as it is, that unpacks to 100 MB."""
    visit.send(pages.gzip_bomb(), "application/gzip")


@route(r"/sitemap-cut-off\.xml", "/sitemap-cut-off.xml")
def sitemap_cut_off(visit: Visit) -> None:
    """A sitemap of three articles that ends within the third."""
    whole = pages.sitemap([f"{visit.base}/ok/{n}" for n in (1, 2, 3)])
    visit.send(whole[: whole.rindex("<lastmod>")], XML)


@route(r"/sitemap-deep\.xml", "/sitemap-deep.xml")
def sitemap_deep(visit: Visit) -> None:
    """A sitemap with 100,000 elements in one another before its one article."""
    deep = "<a>" * 100_000 + "</a>" * 100_000
    visit.send(pages.sitemap([f"{visit.base}/ok/1"]).replace("<url>", f"{deep}<url>", 1), XML)


@route(r"/sitemap-elsewhere\.xml", "/sitemap-elsewhere.xml")
def sitemap_elsewhere(visit: Visit) -> None:
    """A sitemap of a private address, another site, a file and a script."""
    visit.send(pages.sitemap([f"{visit.server.other.base}/ok/1", "http://10.0.0.1/", *TARGETS.values()]), XML)
