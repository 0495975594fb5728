"""`newsledger why URL`"""

from __future__ import annotations

from pathlib import Path

import click

from crawler.catalogue.site import Site
from crawler.commands import db_option, json_option, load_catalogue, now, open_ledger, options, sites_option
from crawler.commands.cluster import needing_cluster, redis_option
from crawler.commands.console import console, print_json
from crawler.offline.explain_url import SITES_NAMED, Reason, UrlFacts, reasons, sites_of
from pipelines.queries import url_report
from pipelines.store.statistics import load_edit_rates, load_trust


@click.command("why")
@click.argument("url")
@options(redis_option, db_option, sites_option, json_option)
def command(url: str, redis: str, db: str, sites_path: Path | None, as_json: bool) -> None:
    """Every reason why a URL was or was not fetched, and when it is fetched next.

    From the ledger and the catalogue alone: the site is not contacted.
    """
    catalogue = load_catalogue(sites_path)
    with open_ledger(db) as store:
        trace = url_report.trace(store, url)
        sites = sites_of(trace.url, trace.article, catalogue)
        ids = [site.id for site in sites[:SITES_NAMED]]
        crawls = {site_id: url_report.last_crawls(store, site_id) for site_id in ids}
        sources = {site_id: url_report.sources_of(store, site_id) for site_id in ids}
        habits = {site_id: load_edit_rates(store, site_id) for site_id in ids}
        trust = load_trust(store)
    waiting = _in_cluster(redis, sites[0] if sites else None, trace.url)
    known = UrlFacts(trace, sites, crawls, sources, habits, trust)
    found = reasons(known, now())
    if as_json:
        print_json(_facts(known, found) | ({"cluster": waiting} if redis else {}))
        return
    out = console()
    out.print(trace.url, style="bold")
    for reason in found:
        out.print(reason.text)
    for line in waiting:
        out.print(line)


def _in_cluster(redis: str, site: Site | None, url: str) -> list[str]:
    """What workers are about to do with the URL. If Redis cannot be reached, the report of the ledger is printed all the same."""
    if not redis:
        return []
    with needing_cluster():
        from crawler.cluster.status_reader import describe_url

    return describe_url(redis, site, url)


def _facts(known: UrlFacts, found: tuple[Reason, ...]) -> dict[str, object]:
    trace, named = known.trace, known.sites[:SITES_NAMED]
    return {
        "url": trace.url,
        "reasons": [{"code": reason.code, "text": reason.text} for reason in found],
        "article": trace.article,
        "alias": trace.alias,
        "moved_to": trace.moved_to,
        "latest": trace.latest,
        "looks": trace.looks,
        "dead_ends": trace.dead_ends,
        "sites": [{"id": site.id, "enabled": site.enabled, "accepts": site.looks_like_article(trace.url)} for site in named],
        "crawls": known.crawls,
        "sources": known.sources,
    }
