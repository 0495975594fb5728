"""`newsledger status` and `newsledger settings`: the ledger in summary, and the settings in force."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click

from crawler.cluster import describe
from crawler.commands import configuration, db_option, json_option, now, open_ledger, options, warc_folder, warc_option
from crawler.commands.cluster import redis_option, status_reader_of
from crawler.commands.console import console, print_json, table, when, word
from crawler.config import SETTINGS, SettingOrigin, shown
from crawler.monitoring.disk import SiteGrowth, project
from pipelines.queries import articles
from pipelines.queries.missed import missed_by_site
from pipelines.store.rows import Row, moment, span


@click.command("status")
@options(redis_option, warc_option, db_option, json_option)
def status_command(redis: str, warc_path: Path | None, db: str, as_json: bool) -> None:
    """The ledger at a glance: what it holds, how the last crawl of each site went, and how long the disk lasts."""
    with open_ledger(db) as store:
        found = articles.status(store)
        disk = project(store, warc_folder(warc_path, db), now())
        missed = missed_by_site(store)
    for row in found["per_site"]:
        row["missed"] = asdict(missed[row["site_id"]]) if row["site_id"] in missed else None
        grows = disk.sites.get(row["site_id"], SiteGrowth(row["site_id"]))
        row["bytes_a_day"] = grows.ledger_bytes_a_day + grows.archive_bytes_a_day
    found["disk"] = {**asdict(disk), "sites": [asdict(one) for one in disk.sites.values()]}
    read_status = status_reader_of(redis)
    cluster = read_status() if read_status else None
    if as_json:
        print_json(found if cluster is None else found | {"cluster": cluster if isinstance(cluster, str) else asdict(cluster)})
        return
    out = console()
    sites = f"{found['sites']:,} {'site' if found['sites'] == 1 else 'sites'}"
    out.print(f"{db}: {found['articles']:,} articles of {sites}, {found['revisions']:,} revisions, "
              f"{found['gone']:,} gone; last fetch {when(found['last_fetch']) or 'never'}")  # fmt: skip
    if cluster is not None:
        out.print("\n".join(describe(cluster)))
    changes = ", ".join(f"{count:,} {change}" for change, count in sorted(found["changes"].items()))
    out.print(f"changes: {changes or 'none yet'}")
    left = disk.days_left
    lasts = "" if left is None else f"; at this pace it lasts {'for years' if left > 3650 else span(timedelta(days=left))}"
    out.print(f"disk: ledger {_size(disk.ledger_bytes)}, {_size(disk.ledger_bytes_a_day)} a day; archive "
              f"{_size(disk.archive_bytes)}, {_size(disk.archive_bytes_a_day)} a day; "
              f"{_size(min(disk.ledger_free_bytes, disk.archive_free_bytes))} free{lasts}\n")  # fmt: skip
    columns = ("site", "last crawl", "finished", "articles", "revisions", "gone", "missed", "errors", "a day", "last new article",
               "next start", "why")  # fmt: skip
    out.print(table(columns, [
        (row["site_id"], word(row["last_outcome"]), when(row["last_finished"]), row["articles"], row["revisions"], row["gone"],
         str(missed.get(row["site_id"], "")), row["last_errors"], _size(row["bytes_a_day"]), when(row["last_new_article"]),
         _next(row), row["last_reason"]) for row in found["per_site"]
    ]))  # fmt: skip


def _next(row: Row) -> str:
    """The next start of a site, or its pause."""
    at = moment(now())
    if row["paused"] and (row["paused_until"] is None or row["paused_until"] > at):
        return f"paused until {when(row['paused_until'])}" if row["paused_until"] else "paused"
    return when(row["next_crawl"]) if (row["next_crawl"] or "") > at else ""


def _size(count: int) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{count / 1e6:,.1f} MB"


@click.command("settings")
@json_option
def settings_command(as_json: bool) -> None:
    """The settings in force, and where each comes from; of addresses of alerts and of Redis only the service is shown.

    An option of a verb overrides the environment, which overrides the file, which overrides the default.
    """
    config = configuration()
    facts = [
        {"key": key, "value": shown(setting, config.found[key].value), "allowed": setting.allowed, "meaning": setting.meaning,
         "from": _origin(config.found[key].origin, setting.variable)}
        for key, setting in SETTINGS.items()
    ]  # fmt: skip
    if as_json:
        print_json({"file": str(config.file) if config.file else None, "settings": facts})
        return
    out = console()
    rows = [(fact["key"], fact["value"], fact["from"], fact["meaning"]) for fact in facts]
    out.print(table(("setting", "value", "from", "meaning"), rows))
    out.print(f"\nfile: {config.file or 'none'}")


def _origin(origin: SettingOrigin, variable: str) -> str:
    return variable if origin is SettingOrigin.ENVIRONMENT else str(origin)
