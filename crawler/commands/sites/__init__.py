"""`newsledger sites`: the group, `list` and `show`; the other verbs are in separate modules."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import click

from crawler.catalogue.site import Site
from crawler.commands import json_option, load_catalogue, options, pick_sites, sites_option
from crawler.commands.console import console, print_json, table
from crawler.commands.sites import edit, live


@click.group("sites")
def command() -> None:
    """The catalogue of sites: list and show them, add and change your own, check definitions."""


for verb in (*live.VERBS, *edit.VERBS):
    command.add_command(verb)


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
    rows = [(s.id, s.name, s.country, s.region, s.platform, _state(s), s.url) for s in found]
    out = console()
    out.print(table(("id", "name", "country", "region", "platform", "state", "url"), rows))
    unverified = sum(_state(site) == "unverified" for site in found)
    out.print(f"\n{len(found)} sites, {sum(site.enabled for site in found)} enabled, {unverified} unverified")
    if unverified:
        out.print(f"`newsledger sites check --country {country or 'GB'} --enable` checks them, and enables those that pass")


@command.command("show")
@click.argument("site_id", metavar="SITE")
@options(sites_option, json_option)
def show(site_id: str, sites_path: Path | None, as_json: bool) -> None:
    """Print one site's definition, defaults filled in."""
    (site,) = pick_sites(sites_path, (site_id,))
    values = _plain(site)
    if as_json:
        print_json(values)
        return
    rows = [(key, ", ".join(value) if isinstance(value, list) else value) for key, value in values.items()]
    console().print(table(("key", "value"), rows))


def _state(site: Site) -> str:
    """The state of a site; one that is off was never verified, or its operator has switched it off."""
    return "retired" if site.retired else "enabled" if site.enabled else "unverified"


def _plain(site: Site) -> dict[str, Any]:
    """A site with values that JSON allows."""
    values = dataclasses.asdict(dataclasses.replace(site, article_url=None))
    values["article_url"] = site.article_url.pattern if isinstance(site.article_url, re.Pattern) else None
    return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
