"""`newsledger sites check|probe|add`: the verbs that fetch from sites; and `check` of definitions alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from crawler.catalogue.edit import toml
from crawler.catalogue.site import Site
from crawler.catalogue.tables import read_url
from crawler.commands import db_option, json_option, load_catalogue, options, pick_sites, sites_option
from crawler.commands.console import console, echo, print_json, progress_bars, table, when
from crawler.commands.sites.edit import file_of
from pipelines.store.rows import Row


@click.command("check")
@click.argument("targets", nargs=-1, metavar="[ID... | PATH]")
@click.option("--country", metavar="GB", help="All sites of this country, enabled or not.")
@click.option("--all", "everything", is_flag=True, help="All sites of the catalogue, enabled or not.")
@click.option("--enable", is_flag=True, help="Enable those that pass, in your own file of sites.")
@click.option(
    "--jobs", default=4, show_default=True, type=click.IntRange(1, 64), help="Sites at the same time, never two of one host."
)
@options(db_option, sites_option, json_option)
def check(targets: tuple[str, ...], country: str | None, everything: bool, enable: bool, jobs: int, db: str,
          sites_path: Path | None, as_json: bool) -> None:  # fmt: skip
    """Fetch what the definitions of sites name (robots.txt, each source, three articles) and print pass or why not.

    Nothing is kept. Without an ID, or with a PATH, only the definitions of the catalogue, a file or a folder are validated, and
    errors are printed with file, line and key. Exit code 1 if a site does not pass.
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
    """Whether the target is a file or folder: an id has precedence over a file of the same name."""
    path = Path(target)
    if path.suffix == ".toml" or len(path.parts) > 1:
        if not path.exists():
            raise click.UsageError(f"{target}: no such file or folder")
        return True
    return path.exists() and target not in {site.id for site in load_catalogue(sites_path)}


def _check(sites: tuple[Site, ...], db: str, catalogue: str, jobs: int, as_json: bool) -> list[Row]:
    """The results of the checks, each printed when it arrives."""

    def on_result(row: Row) -> None:
        if not as_json:
            _print_check(row)

    from crawler.spiders.run import check_site, check_sites  # loads Scrapy, which the other verbs do not need

    if len(sites) == 1:
        row = check_site(sites[0], db).as_row()
        on_result(row)
        return [row]
    with progress_bars(shown=not as_json) as progress:
        task = progress.add_task("checking", total=len(sites))

        def advance(row: Row) -> None:
            on_result(row)
            progress.advance(task)

        return check_sites(sites, db, catalogue, jobs, advance)


def _print_check(row: Row) -> None:
    """Print one line with pass or fail, then the findings."""
    out = console()
    word = Text("pass", style="green") if row["passes"] else Text("fail", style="bold red")
    out.print(Text(f"{row['site']}: ", style="bold"), word, f", {row['requests']} requests", sep="")
    for finding in row["findings"]:
        out.print(f"  {'' if finding['ill'] else 'perhaps: '}{finding['text']}")
    print_answers(row, out)


def print_answers(row: Row, out: Console) -> None:
    """Print what robots.txt, sources and articles of a site returned, as a table."""
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


@click.command("probe")
@click.argument("url", metavar="URL")
@options(sites_option, json_option)
def probe(url: str, sites_path: Path | None, as_json: bool) -> None:
    """Find out how the title at an address would be defined, and change nothing; exit code 1 if that fails.

    Asks robots.txt, the front page, feeds and sitemaps that they name or that are in the usual places, pages of the menus, and
    three articles: at most 40 requests, at the pace of a crawl.
    """
    same = next((site for site in load_catalogue(sites_path) if site.url == _address(url)), None)
    if same is not None:
        echo(f"{same.id} of the catalogue is at this address", err=True)
    row = _probed(url, as_json)
    if as_json:
        print_json(row)
    if row["problem"]:
        raise SystemExit(1)


@click.command("add")
@click.argument("url", metavar="URL")
@click.option("--id", "site_id", metavar="ID", help="The id; default made from the title's name.")
@click.option("--off", is_flag=True, help="Write it disabled.")
@options(sites_option, json_option)
def add(url: str, site_id: str | None, off: bool, sites_path: Path | None, as_json: bool) -> None:
    """Find out how the title at an address is defined, and write that to your own file of sites.

    Asks what `newsledger sites probe` asks; exit code 1, and nothing is written, where the definition cannot be told.
    """
    wanted = _address(url)
    known = load_catalogue(sites_path)
    same = next((site for site in known if site.url == wanted or site.id == site_id), None)
    if same is not None:
        raise click.UsageError(
            f"{same.id} is in the catalogue, at {same.url}; `newsledger sites enable {same.id}` switches it on"
        )
    row = _probed(url, as_json)
    if not row["problem"]:
        file = file_of(sites_path)
        values = _with_free_id(row["definition"], site_id, {site.id for site in known}) | ({"enabled": False} if off else {})
        heading = f"Proposed by `newsledger sites add {url}`{'; to check:' if row['doubts'] else ''}"
        file.add(values, comment="\n".join((heading, *row["doubts"])))
        file.save()
        row |= {"definition": values, "file": str(file.path)}
    if as_json:
        print_json(row)
    elif "file" in row:
        echo(f"\n{values['id']} is in {file.path} now; `newsledger crawl {values['id']}` crawls it")
    if row["problem"]:
        raise SystemExit(1)


def _address(url: str) -> str:
    try:
        return read_url(url if "://" in url else f"https://{url}")
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _probed(url: str, as_json: bool) -> Row:
    """The result of a probe; printed unless the output is JSON."""
    from crawler.spiders.run import probe_site  # loads Scrapy

    err = console(error=True)

    def on_request(address: str) -> None:
        if not as_json:
            err.print(f"asking {address}", style="dim")

    row = probe_site(_address(url), on_request).as_row()
    if not as_json:
        _print_probe(row)
    return row


def _print_probe(row: Row) -> None:
    out = console()
    print_answers(row, out)
    for doubt in row["doubts"]:
        out.print(f"perhaps: {doubt}")
    if row["problem"]:
        out.print(f"{row['url']}: {row['problem']}", style="bold red")
    else:
        lines = (f"{key} = {toml(value)}" for key, value in row["definition"].items())
        out.print("\n".join(("", "[[site]]", *lines)))


def _with_free_id(definition: Mapping[str, object], site_id: str | None, taken: set[str]) -> Row:
    wanted = str(site_id or definition["id"])
    free = next(name for number in range(1, 1000) if (name := wanted if number == 1 else f"{wanted[:60]}-{number}") not in taken)
    return {**definition, "id": free}


VERBS = (check, probe, add)
