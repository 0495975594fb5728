"""Reads the URL that a page declares as its own, with its mistakes repaired; none if a template or script had no URL to print."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from crawler.extraction.declared.jsonld import same_page
from crawler.extraction.declared.meta import Meta
from crawler.extraction.declared.proposals import Proposal, Proposals, Verdict, spoken
from crawler.extraction.markup.page import Page
from pipelines.text.hosts import is_private_host
from pipelines.text.links import mended, own_hosts_of
from pipelines.text.urls import canonicalize

_ESCAPED_SCHEME = re.compile(r"\s*https?%(?:25){0,3}3a", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"^/(?:https?://(?:/|$)|[@$*%!]|\W*$)|[{}<>\[\]]|%7b|%5bobject|[/=:](?:%{1,2}\w+%{1,2}|undefined|null|nil|nan|none|__\w+__|:\w+|\$\w+|%[sd])(?:[/?#.]|$)",
    re.IGNORECASE,
)
"""The name of a variable, or what programming languages print for no value, as a part of a URL."""
_NO_PAPER = re.compile(
    r"(?:^|\.)(?:cloudfront\.net|amazonaws\.com|azurewebsites\.net|azureedge\.net|herokuapp\.com|netlify\.app|vercel\.app"
    r"|ngrok(?:-free)?\.(?:io|app)|pantheonsite\.io|wpengine(?:powered)?\.com|kinsta\.cloud|web\.app|pages\.dev)$"
    r"|^(?:staging|stage|stg|dev|test|local|preview|preprod|uat|qa)\d?[.-]"
)
"""Hosts for building or serving a site, whose URLs readers never see."""
_NOTHING = frozenset(("false", "true", "n/a", "-", "0", "canonical", "url", "href", "permalink", "self", "todo", "tbd"))


def _named_address(page: Page, link: str | None) -> str | None:
    """The absolute URL that a canonical link means, or None."""
    if not link or link.strip().lower() in _NOTHING:
        return None
    for _ in range(3):
        if not _ESCAPED_SCHEME.match(link):
            break
        link = unquote(link)
    address = page.absolute(mended(link, page.url, own_hosts_of(page.url)))
    if address is None or (_PLACEHOLDER.search(f"/{link.strip()}") and not _PLACEHOLDER.search(page.url)):
        return None
    host = urlsplit(address).hostname or ""
    is_public = "." in host and not is_private_host(host) and not _NO_PAPER.search(host)
    return address if host == urlsplit(page.url).hostname or is_public else None


def named_addresses(page: Page, metas: Meta) -> list[Proposal[str]]:
    """The URLs that a page declares as its own, the most trusted first."""
    links = [one.get("href") for one in page.anywhere("link") if "canonical" in (one.get("rel") or "").lower().split()]
    told = [("link.canonical", link) for link in links]
    told += [(f"meta.{name}", metas[name][0]) for name in ("og:url", "twitter:url", "parsely-link") if name in metas]
    meant = {link: _named_address(page, link) for _, link in told}
    return [Proposal(address, source) for source, link in told if (address := meant[link])]


def canonical_address(proposals: Proposals, url: str) -> Verdict[str | None]:
    """The page's own declared URL; never a front page or section for a deep URL."""
    depth = len([part for part in urlsplit(url).path.split("/") if part])
    for proposal in proposals.canonicals:
        parts = urlsplit(proposal.value)
        deep = [part for part in parts.path.split("/") if part]
        if not parts.query and (
            not deep or (len(deep) == 1 and depth > 1 and len(deep[0]) < 20 and not same_page(url, proposal.value))
        ):
            continue
        return Verdict(canonicalize(proposal.value), proposal.source, f"{spoken(proposal.source)}; no front page, no section")
    return Verdict(None, why="only fronts or sections were proposed" if proposals.canonicals else "nothing was proposed")
