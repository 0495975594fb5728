"""`newsledger status` and `newsledger settings`: the ledger at a glance, and the settings that hold."""

from __future__ import annotations

from dataclasses import asdict

import click

from crawler.cluster import describe
from crawler.commands import configuration, db_option, json_option, open_ledger
from crawler.commands.cluster import redis_option, status_reader_of
from crawler.commands.console import console, print_json, table, when, word
from crawler.config import SETTINGS, SettingOrigin, shown
from crawler.logs import plain
from pipelines.queries import articles


@click.command("status")
@redis_option
@db_option
@json_option
def status_command(redis: str, db: str, as_json: bool) -> None:
    """The ledger at a glance: what it holds, and how the last crawl of each site went."""
    with open_ledger(db) as store:
        found = articles.status(store)
    glance = status_reader_of(redis)
    cluster = glance() if glance else None
    if as_json:
        print_json(found if cluster is None else found | {"cluster": cluster if isinstance(cluster, str) else asdict(cluster)})
        return
    out = console()
    out.print(f"{db}: {found['articles']:,} articles of {found['sites']:,} sites, {found['revisions']:,} revisions, "
              f"{found['gone']:,} gone; last fetch {when(found['last_fetch']) or 'never'}", markup=False)  # fmt: skip
    if cluster is not None:
        out.print("\n".join(plain(line) for line in describe(cluster)), markup=False)
    changes = ", ".join(f"{count:,} {change}" for change, count in sorted(found["changes"].items()))
    out.print(f"changes: {changes or 'none yet'}\n", markup=False)
    columns = ("site", "last crawl", "finished", "articles", "revisions", "gone", "errors", "last new article", "why")
    out.print(table(columns, [
        (row["site_id"], word(row["last_outcome"]), when(row["last_finished"]), row["articles"], row["revisions"], row["gone"],
         row["last_errors"], when(row["last_new_article"]), row["last_reason"]) for row in found["per_site"]
    ]))  # fmt: skip


@click.command("settings")
@json_option
def settings_command(as_json: bool) -> None:
    """The settings that hold, and where each comes from; of addresses of alerts and of Redis only the service is told.

    An option of a verb goes before the environment, that before the file, that before the default.
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
    rows = [(fact["key"], plain(fact["value"]), fact["from"], fact["meaning"]) for fact in facts]
    out.print(table(("setting", "value", "from", "meaning"), rows))
    out.print(f"\nfile: {config.file or 'none'}", markup=False)


def _origin(origin: SettingOrigin, variable: str) -> str:
    return variable if origin is SettingOrigin.ENVIRONMENT else str(origin)
