"""Routes: the only list of our addresses. Addresses that are not here belong to the tables (Datasette).

    /                              the latest revisions
    /history/URL                   an article: its revisions, and all that is known of it
    /diff/URL   /diff/2..3/URL     what differs between two revisions; /diff/2..3/side/URL: side by side
    /revision/KEY/URL   /diff/KEY..KEY/URL   /story/URL   permanent addresses: see pipelines.proof.citation
    /search?q=                     search in the texts of all revisions
                                   (/search?saved=NAME, /feed.atom?saved=NAME: the saved search of that name)
    /sites   /site/ID              all sites in one table; one site
    /compare?site=&site=           papers side by side
    /stories   /story/7            copy that several sites carry; one story
    /story/7/43                    an article of a story, compared with its source
    /author/NAME  /topic/NAME  /section/NAME   counts, papers and latest changes of one author, topic or section
    /takedowns                     articles that disappeared from their site
    /feed.atom   /feed.json        the latest revisions, or those of a search, for feed readers
    /search.csv?q=   .json .jsonl .xlsx   the list of a page as a file (/revisions.csv: of the first page); /diff.md/URL
    /timegate/ /timemap/ /memento/ see viewer.pages.memento
    /-/article/ID  /-/revision/ID  redirects from the numbers in the tables to our pages
    /-/viewer/                     style sheets and other files of our pages

A URL is everything that follows, with its query. The target must be as in the request line, not percent-decoded.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode, urlsplit

from pipelines.queries import articles
from pipelines.queries.changes import filters
from pipelines.queries.facets import FACETS
from pipelines.store.rows import moment
from pipelines.store.saved_searches import SearchNameError, saved_search
from viewer.filters import FilterError, check
from viewer.http import Request, Response, document, redirect
from viewer.pages import compare, diff, facet, feed, history, home, memento, search, site, sites, stories, story, takedowns
from viewer.rendering import ASSETS, article_path, asset, refusal, set_page_context
from viewer.repository import NotHeldError, Repository

Page = Callable[[Request, Repository, str], Response]
"""A request, the ledger, and the path below which the viewer is reached -> the page."""

_ARTICLE, _REVISION = "/-/article/", "/-/revision/"
_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)
_LISTS = "revisions|search|sites|stories|takedowns|compare|history(?=[^/]*/)|site(?=[^/]*/)|story(?=[^/]*/)"
_FILE = re.compile(
    rf"/(?P<page>(?:{_LISTS})(?=\.(?:csv|jsonl?|xlsx)\b)|diff(?=\.md/))\.(?P<form>\w+)(?P<rest>(?:[/?].*)?)", re.DOTALL
)
"""A page as a file: its list, or the Markdown of a difference."""


def _to_article(request: Request, ledger: Repository, root: str) -> Response:
    """Redirect to the article's history."""
    number = request.path.removeprefix(_ARTICLE)
    url = articles.url_of(ledger.store, int(number)) if _NUMBER.fullmatch(number) else None
    if url is None:
        return refusal(404, "The ledger has no article of this number.", root)
    return redirect(f"{root}/history/{article_path(url)}")


def _to_revision(request: Request, ledger: Repository, root: str) -> Response:
    """Redirect to what the revision changed; for a first revision, to the article's history."""
    number = request.path.removeprefix(_REVISION)
    address = articles.revision_address(ledger.store, int(number)) if _NUMBER.fullmatch(number) else None
    if address is None:
        return refusal(404, "The ledger has no revision of this number.", root)
    url, to = article_path(address.url), address.number
    return redirect(f"{root}/diff/{to - 1}..{to}/{url}" if to > 1 else f"{root}/history/{url}")


EXACT: dict[str, Page] = {
    "/": home.respond,
    "/search": search.respond,
    "/sites": sites.respond,
    "/stories": stories.respond,
    "/takedowns": takedowns.respond,
    "/compare": compare.respond,
}
BELOW: dict[str, Page] = {
    "/history/": history.respond,
    "/diff/": diff.respond,
    "/site/": site.respond,
    "/story/": story.respond,
    **{f"/{kind}/": facet.respond for kind in FACETS},
    memento.PREFIX: memento.to_revision,
    _ARTICLE: _to_article,
    _REVISION: _to_revision,
}
FEEDS = ("/feed.atom", "/feed.json")
MEMENTO = ("/timegate/", "/timemap/", "/memento/")


def respond(request: Request, repository: Repository, base: str) -> Response | None:
    """The response to a request; None if the address is not ours. `base`: address of the viewer ("http://127.0.0.1:8001")."""
    if request.path.startswith(ASSETS):
        return asset(request)
    set_page_context(base, repository.tables, repository.zone, (base + request.target, moment(repository.now)))
    request = _as_page(request)
    try:
        request = _as_words(request, repository)
    except SearchNameError as error:
        return document(404, f"{error}\n", "text/plain; charset=utf-8")
    if request.path.startswith(MEMENTO):
        return memento.respond(request, repository, base)
    found = _page(request.path)
    if found is None and request.path not in FEEDS:
        return None
    root = urlsplit(base).path.rstrip("/")
    if request.method not in ("GET", "HEAD"):
        return refusal(405, "Only GET and HEAD are answered here.", root, ("Allow", "GET, HEAD"))
    try:
        check(request.path, request.query_string.partition("#")[0], lambda: filters(repository.store))
        return found(request, repository, root) if found else feed.respond(request, repository, base)
    except (FilterError, NotHeldError) as error:
        if found is None:
            return document(error.status, f"{error}\n", "text/plain; charset=utf-8")
        return refusal(error.status, f"{str(error).removesuffix('.')}.", root, *error.headers)


def _as_page(request: Request) -> Request:
    """A request for a page as a file, changed to a request for that page with its `form`."""
    found = _FILE.fullmatch(request.target)
    if found is None:
        return request
    name = "/" if found["page"] == "revisions" else f"/{found['page']}"
    return replace(request, target=name + found["rest"], form=found["form"])


def _as_words(request: Request, repository: Repository) -> Request:
    """A request that names a saved search, changed to a request with the words of that search."""
    name = request.query().one("saved") if request.path in ("/search", *FEEDS) else None
    if name is None:
        return request
    words = saved_search(repository.store, name).words
    pairs = [(key, value) for key, value in request.query().pairs if key not in ("saved", "q")]
    return replace(request, target=f"{request.path}?{urlencode([('q', words), *pairs])}")


def _page(path: str) -> Page | None:
    return EXACT.get(path) or next((page for prefix, page in BELOW.items() if path.startswith(prefix)), None)
