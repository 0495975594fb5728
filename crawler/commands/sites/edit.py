"""`newsledger sites enable|disable|rename|retire|merge`: change the operator's file and the ledger together, or neither."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import click

from crawler.catalogue import load_sites
from crawler.catalogue.edit import SiteFile
from crawler.catalogue.site import Site
from crawler.commands import (
    change_ledger,
    db_option,
    json_option,
    load_catalogue,
    now,
    options,
    own_sites,
    pick_sites,
    sites_option,
)
from crawler.commands.console import echo, print_json
from crawler.schedule.processes import hold, is_running, locks_of
from pipelines.store.crawls import lose_dead
from pipelines.store.crawls.site_changes import has_site, merge_site, rename_site, retire_site, under_way
from pipelines.store.database import Store, StoreError, holds_something

Change = Callable[[Store, datetime], int]
"""A change of the ledger within a transaction; returns how many articles it affects."""


@click.command("enable")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@options(db_option, sites_option, json_option)
def enable(ids: tuple[str, ...], db: str, sites_path: Path | None, as_json: bool) -> None:
    """Have `crawl --all` and the schedule crawl these sites, retired ones too."""
    _switch(pick_sites(sites_path, ids), True, db, sites_path, as_json)


@click.command("disable")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@options(db_option, sites_option, json_option)
def disable(ids: tuple[str, ...], db: str, sites_path: Path | None, as_json: bool) -> None:
    """Leave sites out of `crawl --all`, the schedule and health."""
    _switch(pick_sites(sites_path, ids), False, db, sites_path, as_json)


@click.command("retire")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@options(db_option, sites_option, json_option)
def retire(ids: tuple[str, ...], db: str, sites_path: Path | None, as_json: bool) -> None:
    """End the crawls of sites that no longer exist: never ill, and the ledger keeps their articles."""
    sites = pick_sites(sites_path, ids)
    file = file_of(sites_path, ids)
    for site_id in ids:
        file.set(site_id, "retired", True)

    def change(store: Store, at: datetime) -> int:
        for site_id in ids:
            retire_site(store, site_id, at)
        return 0

    save_with_ledger(file, db, sites, ids, change)
    _print(as_json, [{"site": one, "retired": True, "file": str(file.path)} for one in ids], "{site}: retired, in {file}")


@click.command("rename")
@click.argument("old", metavar="ID")
@click.argument("new", metavar="NEW-ID")
@options(db_option, sites_option, json_option)
def rename(old: str, new: str, db: str, sites_path: Path | None, as_json: bool) -> None:
    """Give a site another id; its articles and crawls go with it."""
    sites = pick_sites(sites_path, (old,))
    if new in {site.id for site in load_catalogue(sites_path)}:
        raise click.UsageError(f"{new} is a site already; `newsledger sites merge {old} {new}` joins them")
    file = file_of(sites_path, (old,))
    if file.has(old):
        file.set(old, "id", new)
    else:
        file.add({"id": new})
    if sites_path is None and old in {site.id for site in load_sites()}:
        file.set(new, "was", old)
    moved = save_with_ledger(
        file, db, sites, (old,), lambda store, at: rename_site(store, old, new, at) if has_site(store, old) else 0
    )
    rows = [{"site": new, "was": old, "articles": moved, "file": str(file.path)}]
    _print(as_json, rows, "{was} is {site} now, with {articles} articles, in {file}")


@click.command("merge")
@click.argument("old", metavar="ID")
@click.argument("into", metavar="INTO-ID")
@options(db_option, sites_option, json_option)
def merge(old: str, into: str, db: str, sites_path: Path | None, as_json: bool) -> None:
    """Move the articles of a site to another, and retire it: for titles that merged, or one that was defined twice.

    ID may be one that only the ledger knows, such as one from an import.
    """
    if old == into:
        raise click.UsageError("a site cannot be merged into itself")
    defined = {site.id: site for site in load_catalogue(sites_path)}
    sites = pick_sites(sites_path, (into,))
    file = file_of(sites_path, (old,) if old in defined else (into,))
    if old in defined:
        file.set(old, "retired", True)
        sites = (*sites, defined[old])

    def change(store: Store, at: datetime) -> int:
        if not has_site(store, old):
            return 0
        return merge_site(store, old, into, at) if has_site(store, into) else rename_site(store, old, into, at)

    moved = save_with_ledger(file, db, sites, (old, into), change)
    if old not in defined and not moved:
        raise click.UsageError(f"neither the catalogue nor the ledger has articles of a site {old!r}")
    rows = [{"site": into, "was": old, "articles": moved, "file": str(file.path)}]
    _print(as_json, rows, "{articles} articles of {was} are of {site} now")


def _switch(sites: tuple[Site, ...], on: bool, db: str, sites_path: Path | None, as_json: bool) -> None:
    ids = tuple(site.id for site in sites)
    back = [site.id for site in sites if site.retired and on]
    file = file_of(sites_path, ids)
    for site in sites:
        file.set(site.id, "enabled", on)
        if site.id in back:
            file.set(site.id, "retired", False)

    def change(store: Store, _: datetime) -> int:
        for site_id in back:
            retire_site(store, site_id, None)
        return 0

    if back:
        save_with_ledger(file, db, sites, back, change)
    else:
        file.save()
    word = "enabled" if on else "disabled"
    _print(as_json, [{"site": one, "enabled": on, "file": str(file.path)} for one in ids], f"{{site}}: {word}, in {{file}}")


def file_of(sites_path: Path | None, ids: Sequence[str] = ()) -> SiteFile:
    """The file that the operator may change: the file of --sites; of a folder, the file that has these sites; by default the
    operator's own file, which need not exist yet.
    """
    if sites_path is None:
        return SiteFile(own_sites(), None)
    files = sorted(sites_path.rglob("*.toml")) if sites_path.is_dir() else [sites_path]
    found = [file for file in (SiteFile(path, path) for path in files) if all(map(file.has, ids))]
    if len(found) == 1 or (found and ids):
        return found[0]
    raise click.UsageError(f"{sites_path}: no file in it has {' and '.join(ids)}" if ids else f"{sites_path}: name one file")


def save_with_ledger(file: SiteFile, db: str, sites: Sequence[Site], ids: Sequence[str], change: Change) -> int:
    """Save the file and change the ledger (if there is one), or neither; only while no crawl of these sites runs."""
    if not holds_something(Path(db)):
        file.save()
        return 0
    with ExitStack() as stack, change_ledger(db) as store:
        for group in sorted({site.politeness_group for site in sites}):
            holder = stack.enter_context(hold(locks_of(db), group))
            if holder is not None:
                raise click.ClickException(f"a crawl of {group} is running (process {holder or 'unknown'}); try again later")
        lose_dead(store, now(), is_running)
        if running := under_way(store, ids):
            raise click.ClickException(f"a worker crawls {running}; try again when it has ended")
        try:
            with store.transaction():
                concerned = change(store, now())
                file.save()
        except StoreError:
            file.put_back()
            raise
    return concerned


def _print(as_json: bool, rows: list[dict[str, object]], line: str) -> None:
    if as_json:
        print_json(rows)
        return
    for row in rows:
        echo(line.format(**row))


VERBS = (enable, disable, retire, rename, merge)
