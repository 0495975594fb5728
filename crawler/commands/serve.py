"""`newsledger serve`"""

from __future__ import annotations

from pathlib import Path

import click

from crawler.commands import command_clock, db_option, open_ledger, warc_folder, warc_option
from crawler.commands.console import echo
from crawler.warc.reader import answer
from pipelines import MissingExtraError
from pipelines.store.pages import ArchivedPage
from viewer.repository import Answered


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8001, show_default=True, type=click.IntRange(0, 65_535), help="0 takes a free one.")
@click.option("--base-url", default=None, metavar="URL", help="Where we are reached, behind a proxy.")
@click.option("--sql/--no-sql", default=True, show_default=True, help="Whether visitors may ask SQL of their own.")
@click.option("--open", "shall_open", is_flag=True, help="Open the first page in a browser.")
@warc_option
@db_option
def command(host: str, port: int, base_url: str | None, sql: bool, shall_open: bool, warc_path: Path | None, db: str) -> None:
    """Show the ledger in a browser, with all its tables, and answer Memento clients and feed readers, until asked to stop.

    Nothing is written. Archived pages run no script and ask for nothing from elsewhere.
    """
    if base_url and not base_url.startswith(("http://", "https://")):
        raise click.UsageError("--base-url begins with http:// or https://")
    open_ledger(db).close()  # says what is wrong with it before anything is loaded
    try:
        from viewer.app import server
        from viewer.app.dispatcher import Dispatcher, DispatcherConfig
        from viewer.app.security import AllowedHosts
    except ImportError as error:
        raise _missing(error) from error
    folder = warc_folder(warc_path, db)

    def read(page: ArchivedPage) -> Answered | str:
        return answer(folder, page)

    try:
        listening = server.listen(host, port)
    except (OSError, UnicodeError) as error:  # a name that IDNA does not take
        why = getattr(error, "strerror", None) or error
        raise click.UsageError(f"--host {host} --port {port}: {why}") from error
    with listening:
        url, base = server.url_of(listening, host), base_url.rstrip("/") if base_url else None
        config = DispatcherConfig(Path(db), command_clock(), read, f"/{server.NAME}", base, server.prefix_of(base))
        dispatcher = Dispatcher(config)
        app = server.application(dispatcher, AllowedHosts(url, base, server.is_local(host)), server.QueryLimits(sql=sql))

        def started() -> None:
            echo(f"Newsledger is reached at {base_url}, and is at {url}/" if base_url else f"Newsledger is at {url}/")
            if shall_open:
                click.launch(f"{url}/")

        server.serve(app, listening, started)
        dispatcher.close()


def _missing(error: ImportError) -> ImportError:
    """What to install, where that is what is missing."""
    name = (error.name or "").partition(".")[0]
    return MissingExtraError("viewer", name) if name in ("datasette", "jinja2", "markupsafe", "uvicorn", "h11") else error
