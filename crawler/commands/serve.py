"""`newsledger serve`"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from crawler.commands import command_clock, db_option, open_ledger, options, warc_folder, warc_option
from crawler.commands.console import echo
from crawler.warc.reader import answer
from pipelines import MissingExtraError


@click.command("serve")
@click.argument("ledgers", nargs=-1, metavar="[LEDGER]...", type=click.Path(path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8001, show_default=True, type=click.IntRange(0, 65_535), help="0 takes a free one.")
@click.option("--base-url", metavar="URL", help="The public address, behind a proxy.")
@click.option("--sql/--no-sql", default=True, show_default=True, help="Whether visitors may run SQL of their own.")
@click.option("--open", "shall_open", is_flag=True, help="Open the first page in a browser.")
@options(warc_option, db_option)
def command(ledgers: tuple[Path, ...], host: str, port: int, base_url: str | None, sql: bool, shall_open: bool,
            warc_path: Path | None, db: str) -> None:  # fmt: skip
    """Show the ledger in a browser, with all its tables, and answer Memento clients and feed readers, until stopped.

    Several ledgers are shown as one: latest revisions, search, stories, sites and takedowns over all, and each by itself below
    its name. Nothing is written. Archived pages run no script and load nothing from elsewhere.
    """
    if base_url and not base_url.startswith(("http://", "https://")):
        raise click.UsageError("--base-url begins with http:// or https://")
    files = ledgers or (Path(db),)
    for file in files:
        open_ledger(str(file)).close()  # raises its error before anything is loaded
    try:
        from viewer.app import server
        from viewer.app.dispatcher import Dispatcher, DispatcherConfig
        from viewer.app.federated import BELOW, names_of
        from viewer.app.security import AllowedHosts
    except ImportError as error:
        raise _missing_extra(error) from error
    try:
        listening = server.listen(host, port)
    except (OSError, UnicodeError) as error:  # IDNA does not allow this name
        why = getattr(error, "strerror", None) or error
        raise click.UsageError(f"--host {host} --port {port}: {why}; --port 0 takes a free port") from error
    with listening:
        url, base = server.url_of(listening, host), base_url.rstrip("/") if base_url else None
        hosts, limits = AllowedHosts(url, base, server.is_local(host)), server.QueryLimits(sql=sql)

        def shown(file: Path, below: str = "") -> DispatcherConfig:
            read = partial(answer, warc_folder(warc_path, str(file)))
            address, prefix = base and f"{base}{below}", f"{server.prefix_of(base)}{below}"
            return DispatcherConfig(file, command_clock(), read, f"/{server.NAME}", address, prefix)

        if len(files) == 1:
            dispatchers = [Dispatcher(shown(files[0]))]
            app = server.application(dispatchers[0], hosts, limits)
        else:
            alone = {name: shown(file, f"{BELOW}{name}") for name, file in names_of(files).items()}
            over_all = DispatcherConfig(files[0], command_clock(), base_url=base, prefix=server.prefix_of(base), more=files[1:])
            app, dispatchers = server.application_over(over_all, alone, hosts, limits)

        def started() -> None:
            echo(f"Newsledger is reached at {base_url}, and is at {url}/" if base_url else f"Newsledger is at {url}/")
            if shall_open:
                click.launch(f"{url}/")

        server.serve(app, listening, started)
        for dispatcher in dispatchers:
            dispatcher.close()


def _missing_extra(error: ImportError) -> ImportError:
    """An error that names the missing extra, if the import failed because of it."""
    name = (error.name or "").partition(".")[0]
    return MissingExtraError("viewer", name) if name in ("datasette", "jinja2", "markupsafe", "uvicorn", "h11") else error
