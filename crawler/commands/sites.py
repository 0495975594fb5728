"""`newsledger sites list|show|check`"""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import click
from rich.progress import Progress
from rich.text import Text

from crawler.catalogue.site import Site
from crawler.commands import db_option, json_option, load_catalogue, pick_sites, sites_option
from crawler.commands.console import console, echo, print_json, table, when
from crawler.commands.sites_edit import VERBS as EDITS
from crawler.commands.sites_edit import file_of
from crawler.logs import plain
from pipelines.store.rows import Row


@click.group("sites")
def command() -> None:
    """The catalogue: which titles there are, how one is defined, whether a file of definitions is right."""


for edit in EDITS:
    command.add_command(edit)


@command.command("list")
@sites_option
@click.option("--country", metavar="GB", help="Only this country.")
@click.option("--platform", metavar="NAME", help="Only this platform.")
@click.option("--enabled", is_flag=True, help="Only those that `crawl --all` and `schedule` crawl.")
@json_option
def list_sites(sites_path: Path | None, country: str | None, platform: str | None, enabled: bool, as_json: bool) -> None:
    """Print the sites of the catalogue."""
    found = [
        site
        for site in load_catalogue(sites_path)
        if (not country or site.country == country.upper())
        and (not platform or site.platform == platform)
        and (site.enabled or not enabled)
    ]
    if as_json:
        print_json([_plain(site) for site in found])
        return
    rows = [(s.id, s.name, s.country, s.region, s.platform, "yes" if s.enabled else "", s.url) for s in found]
    out = console()
    out.print(table(("id", "name", "country", "region", "platform", "enabled", "url"), rows))
    out.print(f"\n{len(found)} sites, {sum(site.enabled for site in found)} enabled")


@command.command("show")
@click.argument("site_id", metavar="SITE")
@sites_option
@json_option
def show(site_id: str, sites_path: Path | None, as_json: bool) -> None:
    """Print one site's definition, defaults filled in."""
    (site,) = pick_sites(sites_path, (site_id,))
    values = _plain(site)
    if as_json:
        print_json(values)
        return
    rows = [(key, ", ".join(value) if isinstance(value, list) else value) for key, value in values.items()]
    console().print(table(("key", "value"), rows))


@command.command("check")
@click.argument("targets", nargs=-1, metavar="[ID... | PATH]")
@click.option("--country", metavar="GB", help="All sites of this country, switched off or not.")
@click.option("--all", "everything", is_flag=True, help="All sites of the catalogue, switched off or not.")
@click.option("--enable", is_flag=True, help="Switch on those that pass, in your own file of sites.")
@click.option("--jobs", default=4, show_default=True, type=click.IntRange(1, 64), help="Sites at once, never two of one host.")
@db_option
@sites_option
@json_option
def check(targets: tuple[str, ...], country: str | None, everything: bool, enable: bool, jobs: int, db: str,
          sites_path: Path | None, as_json: bool) -> None:  # fmt: skip
    """Ask sites for what their definitions name: robots.txt, each source, three articles; says pass, or why not. Nothing is kept.

    Without an ID, or with a PATH, the definitions alone are checked, of the catalogue, a file or a folder: what is wrong is said
    with file, line and key. Exit code 1 where a site does not pass.
    """
    if len(targets) <= 1 and not country and not everything and (not targets or _is_path(targets[0], sites_path)):
        found = load_catalogue(Path(targets[0]) if targets else sites_path)
        if as_json:
            print_json({"sites": len(found)})
        else:
            echo(f"{len(found)} sites, nothing wrong")
        return
    if country or everything:
        if targets or (country and everything):
            raise click.UsageError("name sites, or say --country or --all")
        sites = tuple(site for site in load_catalogue(sites_path) if not country or site.country == country.upper())
    else:
        sites = pick_sites(sites_path, tuple(dict.fromkeys(targets)))
    rows = _check(sites, db, str(sites_path or ""), jobs, as_json)
    passing = {str(row["site"]) for row in rows if row["passes"]}
    switched = [site.id for site in sites if site.id in passing and not site.enabled] if enable else []
    for site_id in switched:
        file = file_of(sites_path, (site_id,))
        file.set(site_id, "enabled", True)
        file.save()
    if as_json:
        print_json(rows)
    elif len(rows) != 1 or enable:
        now_on = f", {len(switched)} of them switched on now" if enable else ""
        console().print(f"\n{len(rows)} sites, {len(passing)} pass{now_on}")
    if not all(row["passes"] for row in rows):
        raise SystemExit(1)


def _is_path(target: str, sites_path: Path | None) -> bool:
    """Whether a file or folder is meant: an id goes before a file that is called as a site is."""
    path = Path(target)
    if path.suffix == ".toml" or len(path.parts) > 1:
        if not path.exists():
            raise click.UsageError(f"{target}: no such file or folder")
        return True
    return path.exists() and target not in {site.id for site in load_catalogue(sites_path)}


def _check(sites: tuple[Site, ...], db: str, catalogue: str, jobs: int, as_json: bool) -> list[Row]:
    """The answers; each printed as it comes."""

    def tell(row: Row) -> None:
        if not as_json:
            _print_check(row)

    from crawler.spiders.run import check_site, check_sites  # loads Scrapy, which the other verbs do without

    if len(sites) == 1:
        row = check_site(sites[0], db).as_row()
        tell(row)
        return [row]
    with Progress(console=console(error=True), transient=True, disable=as_json) as progress:
        task = progress.add_task("checking", total=len(sites))

        def advance(row: Row) -> None:
            tell(row)
            progress.advance(task)

        return check_sites(sites, db, catalogue, jobs, advance)


def _print_check(row: Row) -> None:
    """A line that says pass or why not, then what was found."""
    out = console()
    word = Text("pass", style="green") if row["passes"] else Text("fail", style="bold red")
    out.print(Text(f"{row['site']}: ", style="bold"), word, f", {row['requests']} requests", sep="")
    for finding in row["findings"]:
        out.print(f"  {'' if finding['ill'] else 'perhaps: '}{plain(finding['text'])}", markup=False)
    rows: list[tuple[object, ...]] = [("  robots.txt", _robots(row["robots"]), "")] if row["robots"] else []
    rows += [(f"  {one['kind']}", one["problem"] or f"names {one['named']}", one["url"]) for one in row["sources"]]
    for one in row["articles"]:
        rows.append((f"  {one['kind'] or 'page'}", one["problem"] or _reading(one), one["url"]))
    if rows:
        out.print(table(("  what", "as it is now", "url"), rows))


def _reading(article: Row) -> str:
    date, byline = when(article["date_published"]) or "no date", article["byline"] or "no byline"
    return f"{date}; {byline}; {article['body_chars']} characters: {article['headline']}"


def _robots(robots: Row) -> str:
    if robots["unreadable"]:
        return str(robots["unreadable"])
    delay = f", {robots['delay_seconds']:g} s between two requests" if robots["delay_seconds"] else ""
    return f"{'lets us in' if robots['allows'] else 'keeps us out'}{delay}, names {len(robots['sitemaps'])} sitemaps"


def _plain(site: Site) -> dict[str, Any]:
    """A site as JSON can carry it."""
    values = dataclasses.asdict(dataclasses.replace(site, article_url=None))
    values["article_url"] = site.article_url.pattern if isinstance(site.article_url, re.Pattern) else None
    return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
