"""`newsledger serve`"""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from types import FrameType

import click

from crawler.commands.options import db_option, open_ledger, warc_folder, warc_option
from crawler.pages import answer_at
from viewer.holdings import Answered, Holdings
from viewer.memento import Request, Response, respond
from viewer.server import Server


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8001, show_default=True, type=click.IntRange(0, 65_535), help="0 takes a free one.")
@click.option("--base-url", default=None, metavar="URL", help="Where we are reached, behind a proxy.")
@warc_option
@db_option
def command(host: str, port: int, base_url: str | None, warc_path: Path | None, db: str) -> None:
    """Show the ledger in a browser, and answer Memento clients (TimeGate, TimeMap, mementos), until asked to stop.

    Nothing is written. Archived pages run no script and ask for nothing from elsewhere.
    """
    folder = warc_folder(warc_path, db)
    open_ledger(db).close()

    def page(file: str, offset: int) -> Answered | None:
        return answer_at(folder, file, offset)

    def answer(request: Request, base: str) -> Response:
        with open_ledger(db) as store, store.snapshot():
            return respond(request, Holdings(store, page), base)

    if base_url and not base_url.startswith(("http://", "https://")):
        raise click.UsageError("--base-url begins with http:// or https://")
    try:
        server = Server(host, port, answer, base_url)
    except OSError as error:
        raise click.UsageError(f"--host {host} --port {port}: {error.strerror or error}") from error
    _stop_when_asked(server)
    click.echo(f"Newsledger is reached at {base_url}, and is at {server.url}/" if base_url else f"Newsledger is at {server.url}/")
    server.serve_forever()
    server.server_close()


def _stop_when_asked(server: Server) -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown).start()  # from this thread it would wait for itself

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
