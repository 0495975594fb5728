"""`newsledger extract URL|FILE|WARC`"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

import click

from crawler import warc
from crawler.catalogue import load_sites
from crawler.commands.options import pick_sites, sites_option
from crawler.commands.terminal import console, plain, table
from crawler.extraction import explain, extract
from crawler.importing import site_of
from crawler.runner import look_at
from crawler.sites import Site
from pipelines.article import Article, Fetch, Kind, Outcome
from pipelines.normalise import normalise
from pipelines.rows import json_of


@dataclass(frozen=True, slots=True)
class _Page:
    """What is read: a page, or only why there is none."""

    url: str
    body: bytes = b""
    content_type: str | None = None
    site: Site | None = None
    fetched: datetime | None = None
    refusal: str | None = None


@click.command("extract")
@click.argument("target", metavar="URL|FILE|WARC")
@click.option("--url", default=None, help="The address of a page that is read from a file.")
@click.option("--site", "site_id", default=None, metavar="ID", help="Read it as a page of this site; else by its host.")
@click.option("--explain", "explained", is_flag=True, help="Print what each place of the page proposed, and what was chosen.")
@sites_option
def command(target: str, url: str | None, site_id: str | None, explained: bool, sites_path: Path | None) -> None:
    """Print what a page says, as a JSON object a line; the ledger is not touched.

    TARGET is the address of a page, a file of HTML (give its address with --url), or a WARC file with many.
    """
    by_host = {host: site for site in load_sites(sites_path) for host in site.own_hosts}
    chosen = pick_sites(sites_path, (site_id,))[0] if site_id else None
    for page in _pages(target, url, chosen, by_host):
        if explained:
            _explain(page)
        else:
            click.echo(json.dumps(json_of(_read(page)), ensure_ascii=False))


def _pages(target: str, url: str | None, chosen: Site | None, by_host: dict[str, Site]) -> Iterator[_Page]:
    def site(address: str) -> Site | None:
        return chosen or by_host.get(site_of(address, by_host).host)

    if target.startswith(("http://", "https://")):
        for seen in look_at(chosen or site_of(target, by_host), (target,)):
            look, refusal = seen.look, None
            if isinstance(look, Fetch) and look.outcome is not Outcome.NOT_ARTICLE:
                refusal = look.reason or str(look.outcome)
            yield _Page(look.url, seen.body, seen.content_type, site(look.url), refusal=refusal)
        return
    path = Path(target)
    if not path.is_file():
        raise click.UsageError(f"{target}: neither a web address nor a file")
    if not _is_warc(path):
        address = url or path.absolute().as_uri()
        yield _Page(address, path.read_bytes(), None, site(address))
        return
    found = warc.index(path)
    for problem in found.problems:
        click.echo(problem, err=True)
    for entry in found.entries:
        capture = warc.read(entry)
        if capture and entry.kind != "revisit" and 200 <= capture.status < 300:
            yield _Page(entry.url, capture.body, capture.content_type, site(entry.url), entry.captured)


def _read(page: _Page) -> Article:
    if page.refusal:
        return Article(page.url, Kind.NOT_ARTICLE, page.refusal)
    return normalise(extract(page.body, page.url, page.site, content_type=page.content_type, fetched=page.fetched))


def _explain(page: _Page) -> None:
    """A table of all proposals; what stands in the article is marked."""
    out = console()
    out.print(page.url, style="bold", markup=False)
    if page.refusal:
        out.print(page.refusal, markup=False)
        return
    found = explain(page.body, page.url, page.site, content_type=page.content_type, fetched=page.fetched)
    article = normalise(found.article)
    rows = []
    for one in fields(found.proposals):
        chosen = _chosen(article, one.name)
        for proposal in getattr(found.proposals, one.name):
            text = _text(proposal.value)
            rows.append((one.name, proposal.source, "*" if text and text == chosen else "", text[:300]))
    out.print(table(("field", "source", "chosen", "value"), rows))
    out.print(table(("in the article", "value"), [(key, _text(value)[:300]) for key, value in json_of(article).items() if value]))


def _chosen(article: Article, name: str) -> str:
    """What the article says where a list of proposals bears this name."""
    values = {
        "headlines": article.headline, "descriptions": article.description, "bylines": article.byline,
        "published": article.date_published, "modified": article.date_modified, "sections": article.section,
        "topics": article.topics, "languages": article.language, "canonicals": article.canonical_url, "kinds": article.kind,
        "free": article.is_accessible_for_free, "bodies": article.body,
    }  # fmt: skip
    return _text(values.get(name))


def _text(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return " / ".join(_text(one) for one in value)
    return " ".join(plain(value).replace("\n\n", " / ").split())


def _is_warc(path: Path) -> bool:
    with path.open("rb") as stream:
        start = stream.read(5)
    return start.startswith(b"WARC/") or (start[:2] == b"\x1f\x8b" and ".warc" in path.name)
