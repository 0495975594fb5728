"""`newsledger crawl SITE...`"""

from __future__ import annotations

from pathlib import Path

import click
from rich.progress import Progress

from crawler.catalogue import from_definition
from crawler.catalogue.site import Site
from crawler.commands import (
    SettingOption,
    change_ledger,
    configuration,
    db_option,
    json_option,
    load_catalogue,
    log_option,
    now,
    open_ledger,
    options,
    pick_sites,
    sites_option,
    warn_without_contact,
)
from crawler.commands.console import console, print_json, progress_bars, table, word
from crawler.discovery.frontier import RecheckMode
from crawler.schedule.processes import end_with, limit_memory
from crawler.spiders.run import Options, crawl_site, crawl_sites
from pipelines.queries import articles
from pipelines.queries.results import row_of
from pipelines.reasons import skipped_sentence
from pipelines.store.crawls import CrawlOutcome, pauses
from pipelines.store.database import Row, Store, holds_something


@click.command("crawl")
@click.argument("targets", nargs=-1, metavar="SITE|URL...")
@click.option("--all", "every", is_flag=True, help="All enabled sites of the catalogue.")
@click.option("--recheck", default=RecheckMode.DUE.value, show_default=True, type=click.Choice([r.value for r in RecheckMode]),
              help="Which known articles are fetched again.")  # fmt: skip
@click.option(
    "--jobs",
    default=2,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Sites crawled at the same time, never two of one host.",
)
@log_option
@click.option("--log-level", cls=SettingOption, setting="log_level")
@click.option("--trigger", default="hand", hidden=True)
@click.option("--planned", default="", hidden=True)
@click.option("--definition", default="", hidden=True, help="The one site, as its schedule has it: no file is read.")
@click.option("--parent", default=0, hidden=True, help="End when this process does.")
@options(db_option, sites_option, json_option)
def command(targets: tuple[str, ...], every: bool, recheck: str, jobs: int, log: str, log_level: str, trigger: str,
            planned: str, definition: str, parent: int, db: str, sites_path: Path | None, as_json: bool) -> None:  # fmt: skip
    """Crawl sites now and record what changed; --all leaves out paused sites.

    SITE is an id of the catalogue. A URL fetches that one page, whatever is known of it.
    """
    sites, urls = ((from_definition(definition),), {}) if definition else _targets(targets, every, sites_path)
    if every and holds_something(Path(db)):
        with change_ledger(db) as store:
            paused = {site_id for site_id, pause in pauses(store).items() if pause.holds(now())}
        sites = tuple(site for site in sites if site.id not in paused)
    if not sites:
        raise click.UsageError("no site is enabled, or all are paused: nothing to crawl")
    if not definition:
        warn_without_contact(sites)
    Store(db).close()  # reports a store that cannot be written before any request to a site
    options = Options(db=db, recheck=recheck, log_level=log_level, sites=str(sites_path or ""), trigger=trigger,
                      planned=planned, log=log)  # fmt: skip
    if parent:
        end_with(parent)
        limit_memory(configuration().count("crawl_memory"))
    with progress_bars(shown=not as_json) as progress:
        crawls = _crawls(db, _run(sites, urls, options, jobs, progress))
    if as_json:
        print_json(crawls)
    else:
        _print(crawls)
    if len(crawls) < len(sites) or any(crawl["outcome"] != CrawlOutcome.FINISHED for crawl in crawls):
        raise SystemExit(1)


def _run(sites: tuple[Site, ...], urls: dict[str, tuple[str, ...]], options: Options, jobs: int, progress: Progress) -> list[int]:
    """Crawl one site in this process, several in child processes; return the ids of the crawls."""
    if len(sites) > 1:
        task = progress.add_task("crawling", total=len(sites))
        return crawl_sites(sites, options, urls, jobs, lambda: progress.advance(task))
    (site,) = sites
    task = progress.add_task(site.name, total=None)
    options = options.with_urls(urls.get(site.id, ()))
    return [crawl_site(site, options, lambda done, total: progress.update(task, completed=done, total=total))]


def _targets(targets: tuple[str, ...], every: bool, path: Path | None) -> tuple[tuple[Site, ...], dict[str, tuple[str, ...]]]:
    """The sites to crawl, and the URLs of those sites that are named only by URLs."""
    if every == bool(targets):
        raise click.UsageError("name sites or URLs, or say --all")
    if every:
        return tuple(site for site in load_catalogue(path) if site.enabled), {}
    urls: dict[str, tuple[str, ...]] = {}
    ids: list[str] = [target for target in targets if "://" not in target]
    for url in (target for target in targets if "://" in target):
        site = next((site for site in load_catalogue(path) if site.same_site(url)), None)
        if site is None:
            raise click.UsageError(f"no site of the catalogue has the host of {url}")
        urls[site.id] = (*urls.get(site.id, ()), url)
    sites = pick_sites(path, tuple(dict.fromkeys((*ids, *urls))))
    for site in sites:
        if site.retired:
            raise click.UsageError(f"{site.id} is retired: it is history; `newsledger sites enable {site.id}` takes that back")
    return sites, {key: value for key, value in urls.items() if key not in ids}


def _crawls(db: str, ids: list[int]) -> list[Row]:
    with open_ledger(db) as store:
        found = [articles.crawl(store, crawl_id) for crawl_id in ids if crawl_id]
        return [
            {
                **row,
                "changes": [row_of(change) for change in articles.revisions_of_crawl(store, row["id"])],
                "silent_sources": articles.silent_sources(store, row["site_id"], row["started"]) if row["started"] else [],
            }
            for row in found
            if row
        ]


def _print(crawls: list[Row]) -> None:
    out = console()
    for crawl in crawls:
        counts = {key: count for key, count in crawl["counts"].items() if key != "skipped"}
        summary = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
        if not summary:
            skipped = crawl["counts"].get("skipped", {}).items()
            passed_over = ", ".join(
                f"{count} {skipped_sentence(code)}" for code, count in sorted(skipped, key=lambda one: -one[1])
            )
            summary = "nothing to fetch" + (f"; passed over: {passed_over}" if passed_over else "")
        out.print(f"{crawl['site_id']}: ", word(crawl["outcome"]), f" with {crawl['requests']} requests; {summary}", sep="")
        if crawl["outcome"] == CrawlOutcome.RUNNING:
            out.print("how it ended could not be recorded; the log says why", style="yellow")
        if crawl["reason"]:
            out.print(crawl["reason"], style="yellow")
        for source in crawl["silent_sources"][:SHOWN]:
            if source["url"] not in (crawl["reason"] or ""):
                out.print(f"{source['url']}: {source['problem']}", style="yellow")
        changes = [
            (word(row["change"]), ", ".join(row["changed_fields"]), row["headline"], row["url"])
            for row in crawl["changes"][:SHOWN]
        ]
        if changes:
            out.print(table(("change", "what changed", "headline", "url"), changes))
        if len(crawl["changes"]) > SHOWN:
            out.print(f"and {len(crawl['changes']) - SHOWN} more", style="dim")


SHOWN = 15
"""Changes, and sources that named nothing, printed per site; all are in the ledger, and in --json."""
