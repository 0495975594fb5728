"""`newsledger extract URL|FILE|WARC`"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from crawler import warc
from crawler.catalogue import load_sites
from crawler.commands.options import pick_sites, sites_option
from crawler.extraction import extract
from crawler.importing import site_of
from crawler.runner import look_at
from crawler.sites import Site
from pipelines.article import Article, Fetch, Kind
from pipelines.normalise import normalise
from pipelines.rows import json_of


@click.command("extract")
@click.argument("target", metavar="URL|FILE|WARC")
@click.option("--url", default=None, help="The address of a page that is read from a file.")
@click.option("--site", "site_id", default=None, metavar="ID", help="Read it as a page of this site; else by its host.")
@sites_option
def command(target: str, url: str | None, site_id: str | None, sites_path: Path | None) -> None:
    """Print what a page says, as a JSON object a line; the ledger is not touched.

    TARGET is the address of a page, a file of HTML (give its address with --url), or a WARC file with many.
    """
    by_host = {host: site for site in load_sites(sites_path) for host in site.own_hosts}
    chosen = pick_sites(sites_path, (site_id,))[0] if site_id else None
    for article in _articles(target, url, chosen, by_host):
        click.echo(json.dumps(json_of(article), ensure_ascii=False))


def _articles(target: str, url: str | None, chosen: Site | None, by_host: dict[str, Site]) -> Iterator[Article]:
    if target.startswith(("http://", "https://")):
        yield from (_article(look) for look in look_at(chosen or site_of(target, by_host), (target,)))
        return
    path = Path(target)
    if not path.is_file():
        raise click.UsageError(f"{target}: neither a web address nor a file")
    if _is_warc(path):
        yield from _warc_articles(path, chosen, by_host)
        return
    address = url or path.absolute().as_uri()
    yield normalise(extract(path.read_bytes(), address, chosen or by_host.get(site_of(address, by_host).host)))


def _warc_articles(path: Path, chosen: Site | None, by_host: dict[str, Site]) -> Iterator[Article]:
    found = warc.index(path)
    for problem in found.problems:
        click.echo(problem, err=True)
    for entry in found.entries:
        capture = warc.read(entry)
        if capture and entry.kind != "revisit" and 200 <= capture.status < 300:
            site = chosen or by_host.get(site_of(entry.url, by_host).host)
            yield normalise(extract(capture.body, entry.url, site, content_type=capture.content_type, fetched=entry.captured))


def _article(look: Article | Fetch) -> Article:
    """A look that found no article, as the one line that says why."""
    return look if isinstance(look, Article) else Article(look.url, Kind.NOT_ARTICLE, look.reason or str(look.outcome))


def _is_warc(path: Path) -> bool:
    with path.open("rb") as stream:
        start = stream.read(5)
    return start.startswith(b"WARC/") or (start[:2] == b"\x1f\x8b" and ".warc" in path.name)
