"""`newsledger demo`"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import click
from rich.console import Console

from crawler.catalogue import load_sites
from crawler.catalogue.site import Site
from crawler.commands import json_option
from crawler.commands.console import console, print_json, table, word
from crawler.demo.press import Paper, PressError, site_toml
from crawler.demo.stories import CRAWL_TIMES, events
from crawler.logs import plain
from crawler.spiders.run import Options, crawl_in_turn
from pipelines.queries import articles
from pipelines.store.database import Store

_ZONE = ZoneInfo("Europe/London")


@click.command("demo")
@click.option(
    "--db", default="data/demo.db", show_default=True, metavar="PATH", help="The ledger to write; one that is there is replaced."
)
@click.option("--port", default=0, type=click.IntRange(0, 65_535), help="Loopback port of the paper; 0: any.")
@click.option("--serve", is_flag=True, help="Then show the ledger in a browser, until stopped.")
@json_option
@click.pass_context
def command(ctx: click.Context, db: str, port: int, serve: bool, as_json: bool) -> None:
    """Run through a news day of an invented newspaper: a local server, the real spider, the real store.

    Articles appear, are updated, silently edited, restamped, reverted, moved, taken down and restored; each crawl prints what it
    found.
    """
    out = console(error=as_json)
    _remove(Path(db))
    with TemporaryDirectory() as folder, _opened(port) as paper:
        definition = Path(folder) / "demo.toml"
        definition.write_text(site_toml(paper.url), encoding="utf-8")
        (site,) = load_sites(definition)
        out.print(f"{site.name} is open at {paper.url}; {len(CRAWL_TIMES)} crawls follow its day.\n")
        _live(site, paper, db, out)
    if as_json:
        happened, found = _counts(db)
        print_json({"db": db, "events": len(events()), "changes": {"script": happened, "ledger": found}})
    else:
        _sum_up(db, out)
    if serve:
        out.print()
        root = ctx.find_root()
        if isinstance(root.command, click.Group) and (viewer := root.command.get_command(root, "serve")):
            ctx.invoke(viewer, db=db, shall_open=sys.stdout.isatty())


@contextmanager
def _opened(port: int) -> Iterator[Paper]:
    paper = Paper(port)
    try:
        paper.start()
    except PressError as error:
        raise click.UsageError(f"--port {port}: the paper cannot open there: {error}") from error
    try:
        yield paper
    finally:
        paper.stop()


def _counts(db: str) -> tuple[Counter[str], Counter[str]]:
    """The number of changes of each kind in the script, and in the ledger."""
    with Store(db, readonly=True) as store:
        found = Counter(articles.status(store)["changes"])
    return Counter(str(event.change) for event in events() if event.change), found


def _live(site: Site, paper: Paper, db: str, out: Console) -> None:
    def after(moment: datetime, crawl_id: int) -> None:
        with Store(db, readonly=True) as store:
            crawl = articles.crawl(store, crawl_id)
            changes = articles.revisions_of_crawl(store, crawl_id)
            steps = articles.states_of_crawl(store, crawl_id)
        requests = crawl["requests"] if crawl else 0
        out.print(moment.astimezone(_ZONE).strftime("%a %H:%M"), f"{requests:>3} requests", style="bold", end="")
        out.print("" if changes or steps else "   nothing changed")
        for one in changes:
            what = f"  ({', '.join(one.changed_fields)})" if one.changed_fields else ""
            out.print("           ", word(one.change), f" {plain(one.headline)[:70]}{what}", sep="")
        for step in steps:
            out.print("           ", word(step.state), f" {step.url}  ({plain(step.reason)})", sep="")

    crawl_in_turn(site, CRAWL_TIMES, Options(db=db, recheck="all", trigger="demo"), paper.set_clock, after)


def _sum_up(db: str, out: Console) -> None:
    """Print the script's changes beside those in the ledger, and what to try next."""
    happened, found = _counts(db)
    with Store(db, readonly=True) as store:
        edited, silent = articles.most_revised(store), articles.first_silent_edit(store)
    out.print()
    rows = [(word(change), happened[change], found[change]) for change in dict.fromkeys((*happened, *found))]
    out.print(table(("change", "in the script", "in the ledger"), rows))
    out.print(f"\n{len(events())} events in the script, {found.total()} revisions in {db}. Try next:\n")
    option = "" if db == "data/news.db" else f" --db {db}"
    out.print(f"  newsledger history {edited or 'URL'}{option}")
    out.print(f"  newsledger diff {silent or 'URL'}{option}")
    out.print(f"  newsledger search council{option}")


def _remove(db: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        db.with_name(db.name + suffix).unlink(missing_ok=True)
