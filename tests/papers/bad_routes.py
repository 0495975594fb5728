"""Paths of the misbehaving paper that answer badly. Each does what its name says; its docstring says the rest."""

from __future__ import annotations

import gzip
import itertools
import time
from email.utils import formatdate

import bad_pages as pages
from bad_server import ENDLESS_BYTES, HTML, LONGEST_SECONDS, ROUTES, XML, Visit, route


def examples(name: str = "") -> list[str]:
    """Every path of the paper that has `name` in it, in the order of this file; "" or "all" for all."""
    return [path for _, path, _ in ROUTES if name in ("", "all") or name in path]


# -- what behaves ---------------------------------------------------------------------------------------------------


@route("/")
def front(visit: Visit) -> None:
    """All paths."""
    links = "".join(f'<li><a href="{path}">{path}</a> {route.__doc__ or ""}</li>' for _, path, route in ROUTES)
    visit.send(pages.plain("The Misbehaving Paper", f"<ul>{links}</ul>"))


@route(r"/ok/(\d+)", "/ok/1")
def ok(visit: Visit, number: str) -> None:
    """A plain article."""
    visit.send(pages.article(f"Bridge number {number} to be mended"))


@route("/section/")
def section(visit: Visit) -> None:
    """A section front that names five articles."""
    links = "".join(f'<li><a href="/ok/{n}">Bridge number {n} to be mended</a></li>' for n in range(1, 6))
    visit.send(pages.plain("News", f"<h1>News</h1><ul>{links}</ul>"))


@route(r"/sitemap\.xml", "/sitemap.xml")
def sitemap(visit: Visit) -> None:
    """A sitemap of `?paths=a,b,c`, else of the option --paths; of another host with `?base=http://host`."""
    paths = visit.query("paths") or visit.server.options.paths
    (base,) = visit.query("base") or [visit.base]
    visit.send(pages.sitemap([base + path for path in paths]), XML)


@route(r"/list/([\w-]+)", "/list/all")
def listing(visit: Visit, name: str) -> None:
    """A sitemap of every path that has this in its name."""
    visit.send(pages.sitemap([visit.base + path for path in examples(name)]), XML)


@route(r"/feed\.xml", "/feed.xml")
def feed(visit: Visit) -> None:
    """An RSS feed of `?paths=a,b,c`, else of the option --paths."""
    paths = visit.query("paths") or visit.server.options.paths
    visit.send(pages.rss([visit.base + path for path in paths]), "application/rss+xml")


@route(r"/robots\.txt", "/robots.txt")
def robots(visit: Visit) -> None:
    """As the option --robots says."""
    named = f"Sitemap: {visit.base}/sitemap.xml\n"
    match visit.server.options.robots:
        case "missing":
            visit.send("", status=404)
        case "error":
            visit.send("", status=500)
        case "forbidden":
            visit.send(pages.plain("Forbidden", "<h1>Forbidden</h1>"), status=403)
        case "busy" if visit.count == 1:
            visit.send("", status=429, Retry_After="1")
        case "slow":
            time.sleep(min(visit.server.options.robots_seconds, LONGEST_SECONDS))
            visit.send(f"User-agent: *\nDisallow:\n{named}", "text/plain")
        case "disallow-all":
            visit.send(f"User-agent: *\nDisallow: /\n{named}", "text/plain")
        case "html":
            visit.send(pages.soft_404())
        case "crawl-delay":
            visit.send(f"User-agent: *\nCrawl-delay: 2\n{named}", "text/plain")
        case "redirect-loop":
            visit.redirect("/robots.txt")
        case "endless":
            visit.pour(itertools.chain([b"User-agent: *\nDisallow: /private/\n# "], pages.huge(ENDLESS_BYTES)))
        case "bomb":
            rules = gzip.compress(b"User-agent: *\nDisallow: /private/\n#" + b" " * 100_000_000)
            visit.send(rules, "text/plain", Content_Encoding="gzip")
        case "second-hand":
            visit.send("User-agent: *\nDisallow: /private/\n", "text/plain", status=203)
        case "elsewhere" if visit.count % 2:
            visit.redirect(f"{visit.server.other.base}/robots.txt")
        case _:
            visit.send(f"User-agent: *\nDisallow: /private/\n{named}", "text/plain")


# -- time and failure -----------------------------------------------------------------------------------------------


@route(r"/slow/(\d+(?:\.\d+)?)", "/slow/2")
def slow(visit: Visit, seconds: str) -> None:
    """Nothing for so many seconds, then an article."""
    time.sleep(min(float(seconds), LONGEST_SECONDS))
    visit.send(pages.article())


@route("/drip")
def drip(visit: Visit) -> None:
    """An article, one byte every fifth of a second."""
    body = pages.article().encode()
    visit.close_connection = True
    visit.start(200, HTML, len(body))
    visit.trickle((body[n : n + 1] for n in range(len(body))), 0.2)


@route("/endless")
def endless(visit: Visit) -> None:
    """An article whose body never ends (until 200 MB or a minute)."""
    visit.pour(pages.huge(ENDLESS_BYTES))


@route("/endless-headers")
def endless_headers(visit: Visit) -> None:
    """Header lines without end (until a minute)."""
    visit.wfile.write(b"HTTP/1.1 200 OK\r\n")
    visit.close_connection = True
    visit.trickle((b"X-%d: more\r\n" % n * 100 for n in itertools.count()), 0.001)


@route(r"/status/(\d{3})", "/status/500")
def status(visit: Visit, code: str) -> None:
    """This status, with a page that says so."""
    visit.send(pages.plain(code, f"<h1>{code}</h1>"), status=int(code))


@route(r"/flaky/(\d+)", "/flaky/2")
def flaky(visit: Visit, times: str) -> None:
    """500 so many times, then an article."""
    if visit.count <= int(times):
        return visit.send("", status=500)
    return visit.send(pages.article())


@route(r"/retry-after/(\d+)", "/retry-after/1")
def retry_after(visit: Visit, seconds: str) -> None:
    """429 with Retry-After until so many seconds after the first request, then an article."""
    first = visit.server.refused_at.setdefault(visit.path, time.monotonic())
    if visit.count == 1 or time.monotonic() - first < float(seconds):
        return visit.send("", status=429, Retry_After=seconds)
    return visit.send(pages.article())


@route(r"/retry-after-date/(\d+)", "/retry-after-date/1")
def retry_after_date(visit: Visit, seconds: str) -> None:
    """503 with a Retry-After that names a time, until so many seconds after the first request; then an article."""
    now = time.time()
    until = visit.server.refused_at.setdefault(visit.path, float(int(now) + int(seconds) + 1))
    if visit.count == 1 or now < until:
        return visit.send("", status=503, Retry_After=formatdate(until, usegmt=True))
    return visit.send(pages.article())


@route(r"/forbidden/(\d+)", "/forbidden/1")
def forbidden(visit: Visit, number: str) -> None:
    """403, whatever the number."""
    visit.send(pages.plain("Forbidden", f"<h1>Forbidden {number}</h1>"), status=403)


@route(r"/challenge/(\d+)", "/challenge/1")
def challenge(visit: Visit, number: str) -> None:
    """A page that wants a browser to prove itself: 403 and its header for odd numbers, 200 without it for even ones."""
    page = pages.plain("Just a moment...", "<p>Checking your browser.</p>")
    if int(number) % 2:
        return visit.send(page, status=403, Cf_Mitigated="challenge")
    return visit.send(page)


@route("/tdm-header")
def tdm_header(visit: Visit) -> None:
    """An article whose headers reserve text and data mining."""
    visit.send(pages.article(), tdm_reservation="1", tdm_policy="https://paper.invalid/mining")


@route("/tdm-meta")
def tdm_meta(visit: Visit) -> None:
    """An article whose head reserves text and data mining."""
    visit.send(pages.article().replace("</head>", '<meta name="tdm-reservation" content="1"></head>'))


@route(r"/tdm-file/(\d+)", "/tdm-file/1")
def tdm_file(visit: Visit, number: str) -> None:
    """An article that only the host's tdmrep.json reserves."""
    visit.send(pages.article(f"Bridge number {number} to be mended"))


@route(r"/\.well-known/tdmrep\.json", "/.well-known/tdmrep.json")
def tdmrep(visit: Visit) -> None:
    """Reserves /tdm-file/ and nothing else."""
    visit.send('[{"location": "/tdm-file/*", "tdm-reservation": 1}]', "application/json")


@route("/noarchive")
def noarchive(visit: Visit) -> None:
    """An article whose X-Robots-Tag asks for no copy."""
    visit.send(pages.article(), X_Robots_Tag="noarchive, max-image-preview:large")


@route("/close")
def close(visit: Visit) -> None:
    """The connection is closed without a word."""
    visit.raw(b"")


@route("/bad-status-line")
def bad_status_line(visit: Visit) -> None:
    """An answer that is not HTTP."""
    visit.raw(b"WHAT 999 IS THIS\r\n\r\n")


@route(r"/bad-head/([a-z-]+)", "/bad-head/two-lengths")
def bad_head(visit: Visit, which: str) -> None:
    """An answer whose status line or headers are not valid."""
    heads = {"name": b"200 OK\r\nX-\x1b[31m: x", "status": b"\x1b[31mx OK", "length": b"200 OK\r\nContent-Length: -5"}
    visit.raw(b"HTTP/1.1 %b\r\n\r\nhello" % heads.get(which, b"200 OK\r\nContent-Length: 5\r\nContent-Length: 4"))


@route("/bad-chunk")
def bad_chunk(visit: Visit) -> None:
    """A chunk whose length is no number."""
    visit.start(200, HTML, None, Transfer_Encoding="chunked", Connection="close")
    visit.raw(b"zz\r\n<p>half\r\n")


@route("/header-bomb")
def header_bomb(visit: Visit) -> None:
    """One header of a megabyte."""
    visit.send(pages.article(), X_Bomb="x" * (1 << 20))
