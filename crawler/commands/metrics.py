"""`newsledger metrics`"""

from __future__ import annotations

from datetime import timedelta
from math import inf
from pathlib import Path

import click

from crawler.commands.cluster import redis_option
from crawler.commands.monitoring import watched_by
from crawler.commands.options import configuration, db_option, now, sites_option
from crawler.monitoring.collector import MeasurementReader
from crawler.monitoring.state_files import write_text


@click.command("metrics")
@click.option("--textfile", default=None, metavar="PATH", type=click.Path(dir_okay=False, path_type=Path),
              help="Replace this file in one step, for node_exporter's textfile collector; its name ends in .prom.")  # fmt: skip
@redis_option
@db_option
@sites_option
def command(textfile: Path | None, redis: str, db: str, sites_path: Path | None) -> None:
    """Print the metrics of the ledger, or write them for a textfile collector.

    Reads the ledger, and of a cluster its Redis, so it tells the truth when no schedule runs. What was counted is kept beside the
    ledger, so that the next reading costs what is new.
    """
    from crawler.monitoring.exporter import render  # an extra

    watched = watched_by(db, sites_path, redis)
    reader = MeasurementReader(db, timedelta(hours=configuration().number("max_age")), watched.cluster)
    text = render(reader.read(now(), watched.judged, seconds=inf)).decode()
    reader.save()
    if textfile is None:
        click.echo(text, nl=False)
        return
    try:
        write_text(textfile, text, mode=0o644)  # the collector runs as somebody else
    except OSError as error:
        raise click.ClickException(f"{textfile}: {error.strerror}") from error
