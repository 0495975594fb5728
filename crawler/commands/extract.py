"""`newsledger extract URL|FILE|WARC`"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click
from rich.text import Text

from crawler.catalogue.site import Site
from crawler.commands import json_option, load_catalogue, options, pick_sites, sites_option
from crawler.commands.console import console, echo
from crawler.extraction import explain, extract
from crawler.logs import plain
from crawler.offline.import_warc import site_of
from crawler.spiders.run import fetch_pages
from crawler.warc import reader
from pipelines.article import Article, Fetch, Kind, Outcome
from pipelines.exchange.formats import json_text
from pipelines.reasons import CodedReason, FetchReason
from pipelines.store.rows import Row, json_of
from pipelines.text.dates import Timestamp
from pipelines.text.normalise import normalise


@dataclass(frozen=True, slots=True)
class _Page:
    """A page to read, or only the reason why there is none."""

    url: str
    body: bytes = b""
    content_type: str | None = None
    site: Site | None = None
    fetched: datetime | None = None
    refusal: CodedReason | None = None


@click.command("extract")
@click.argument("target", metavar="URL|FILE|WARC")
@click.option("--url", help="The address of a page that is read from a file.")
@click.option("--site", "site_id", metavar="ID", help="Read it as a page of this site; default by its host.")
@click.option(
    "--explain", "explained", is_flag=True, help="Print what was chosen for each field, why, and what else was proposed."
)
@options(json_option, sites_option)
def command(target: str, url: str | None, site_id: str | None, explained: bool, as_json: bool, sites_path: Path | None) -> None:
    """Print what a page says, as a JSON object a line; the ledger is not touched.

    TARGET is the address of a page, a file of HTML (give its address with --url), or a WARC file with many.
    """
    by_host = {host: site for site in load_catalogue(sites_path) for host in site.own_hosts}
    chosen = pick_sites(sites_path, (site_id,))[0] if site_id else None
    for page in _pages(target, url, chosen, by_host):
        if explained and not as_json and not page.refusal:
            _explain(page)
        else:
            read = _explained(page) if explained and not page.refusal else json_of(_read(page))
            click.echo(json_text(read, separators=(", ", ": ")))


def _pages(target: str, url: str | None, chosen: Site | None, by_host: dict[str, Site]) -> Iterator[_Page]:
    def site(address: str) -> Site | None:
        return chosen or by_host.get(site_of(address, by_host).host)

    if target.startswith(("http://", "https://")):
        for received in fetch_pages(chosen or site_of(target, by_host), (target,)):
            fetched, refusal = received.item, None
            if isinstance(fetched, Fetch) and fetched.outcome is not Outcome.NOT_ARTICLE:
                refusal = CodedReason(fetched.reason_code or FetchReason.OTHER, fetched.reason or str(fetched.outcome))
            yield _Page(fetched.url, received.body, received.content_type, site(fetched.url), refusal=refusal)
        return
    path = Path(target)
    if not path.is_file():
        raise click.UsageError(f"{target}: neither a web address nor a file")
    if not _is_warc(path):
        address = url or path.absolute().as_uri()
        yield _Page(address, path.read_bytes(), None, site(address))
        return
    found = reader.index(path)
    for problem in found.problems:
        echo(problem, err=True)
    for entry in found.entries:
        capture = reader.read(entry)
        if capture and entry.kind != "revisit" and 200 <= capture.status < 300:
            broken = entry.problem or capture.problem
            refusal = CodedReason(FetchReason.NOT_WHOLE, f"not whole: {broken}") if broken else None
            yield _Page(entry.url, capture.body, capture.header("Content-Type"), site(entry.url), entry.captured, refusal)


def _read(page: _Page) -> Article:
    if page.refusal:
        return Article(page.url, Kind.NOT_ARTICLE, page.refusal.text, reason_code=page.refusal.code)
    return normalise(extract(page.body, page.url, page.site, content_type=page.content_type, fetched=page.fetched))


PROPOSED_IN = {
    "kind": "kinds", "headline": "headlines", "description": "descriptions", "body": "bodies", "byline": "bylines",
    "authors": "bylines", "date_published": "published", "date_modified": "modified", "section": "sections", "topics": "topics",
    "language": "languages", "canonical_url": "canonicals", "is_accessible_for_free": "free",
}  # fmt: skip
"""Field of the article -> the list of proposals from which it was chosen."""
_LONGEST_SHOWN = 160


def _explained(page: _Page) -> Row:
    """For each field its value, its source, why, and all proposals, uncut."""
    found = explain(page.body, page.url, page.site, content_type=page.content_type, fetched=page.fetched)
    article = json_of(normalise(found.article))
    fields = {
        name: {
            "value": article[name],
            "source": found.verdicts[name].source or None,
            "why": found.verdicts[name].why,
            "proposals": [
                {"source": one.source, "value": _json(one.value)} for one in getattr(found.proposals, PROPOSED_IN[name])
            ],
        }
        for name in PROPOSED_IN
        if name in found.verdicts
    }
    return {
        "url": article["url"],
        "kind": article["kind"],
        "reason": article["reason"],
        "reason_code": article["reason_code"],
        "fields": fields,
    }


def _explain(page: _Page) -> None:
    """Print each field for people: its value, then source and reason, then the other proposals."""
    explained = _explained(page)
    out = console()
    out.print(Text(plain(explained["url"]), style="bold"))
    if explained["reason"]:
        out.print(Text(plain(f"not an article: {explained['reason']}")))
    for name, field in explained["fields"].items():
        chosen = _shown(field["value"])
        others = [one for one in field["proposals"] if (one["source"], _shown(one["value"])) != (field["source"], chosen)]
        if not chosen and not others:
            continue
        source = f"{field['source']}: " if field["source"] else ""
        rows = [("", chosen or "-"), ("why", f"{source}{field['why']}")]
        rows += [("other", f"{one['source']}: {_shown(one['value'])}") for one in others]
        out.print(Text(f"\n{name}", style="bold"))
        for mark, text in rows:
            out.print(Text.assemble((f"  {mark:<7}", "dim"), plain(text)))


def _json(value: object) -> object:
    """A proposed value as JSON; times in the store's form."""
    if isinstance(value, Timestamp):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _shown(value: object) -> str:
    """A value on one line, cut if it is long."""
    if isinstance(value, dict):
        value = ", ".join(plain(one) for one in value.values() if one)
    if isinstance(value, list):
        value = " / ".join(_shown(one) for one in value)
    text = " ".join(plain(value).replace("\n\n", " / ").split())
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 2]} …"


def _is_warc(path: Path) -> bool:
    with path.open("rb") as stream:
        start = stream.read(5)
    return start.startswith(b"WARC/") or (start[:2] == b"\x1f\x8b" and ".warc" in path.name)
