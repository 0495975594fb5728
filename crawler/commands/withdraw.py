"""`newsledger withdraw URL`"""

from __future__ import annotations

import getpass
import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path

import click

from crawler.commands import change_ledger, db_option, json_option, now, options, warc_folder, warc_option
from crawler.commands.console import console, echo, print_json, when
from crawler.offline.redact import RedactionReport, withdraw_article
from pipelines.queries.removed import Withdrawal, withdrawal_of
from pipelines.store.database import Row, Store
from pipelines.store.resolver import Lookup


@click.command("withdraw")
@click.argument("url")
@click.option("--reason", required=True, metavar="TEXT", help="Why, for the record.")
@click.option("--by", "who", metavar="NAME", help="Who withdraws it; default your login name.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.option("--forget-missing", is_flag=True,
              help="Archive files that are not in the folder are lost: forget where pages were in them.")  # fmt: skip
@options(warc_option, db_option, json_option)
def command(url: str, reason: str, who: str | None, yes: bool, forget_missing: bool, warc_path: Path | None, db: str,
            as_json: bool) -> None:  # fmt: skip
    """Delete an article's text and its archived pages for good (a legal request).

    Its row, its times, its hashes and the reason stay, the chain stays valid, and no later crawl brings the text
    back. Exit code 1 if pages could not be erased now: the same command again continues with them.
    """
    if not reason.strip():
        raise click.UsageError("--reason: say why, for the record")
    with change_ledger(db) as store:
        article = Lookup(store, "").by_urls(url)
        if article is None:
            raise click.ClickException(f"the ledger has no article at {url}")
        if not yes and withdrawal_of(store, article["id"]) is None:
            _confirm(store, article)
        with _spinner():
            report = withdraw_article(store, warc_folder(warc_path, db), article, who or _login(), reason.strip(), now(),
                                      forget_missing=forget_missing)  # fmt: skip
        done = withdrawal_of(store, article["id"])
    _print(article, done, report, as_json)
    if report.left:
        raise SystemExit(1)


def _confirm(store: Store, article: Row) -> None:
    """Ask a person to confirm; a usage error if there is no terminal."""
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask on; --yes withdraws without asking")
    latest = Lookup(store, "").latest(article)
    echo(latest.headline if latest else None)
    echo(f"{article['url']}, {article['revision_count']} revisions since {when(article['first_seen'])}")
    click.confirm("Take its texts and pages away for good?", abort=True)


def _spinner() -> AbstractContextManager[object]:
    """A spinner on a terminal: a site's archive files are searched for pages that nothing refers to."""
    err = console(error=True)
    return err.status("taking its pages out of the archive") if err.is_terminal else nullcontext()


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container without a user
        return "unknown"


def _print(article: Row, done: Withdrawal | None, report: RedactionReport, as_json: bool) -> None:
    if as_json:
        print_json({"url": article["url"], "withdrawn": asdict(done) if done else None, **asdict(report)})
        return
    echo(f"{article['url']}: {done}")
    echo(f"{report.erased} archived pages were erased now")
    if report.shared:
        echo(f"{report.shared} pages are another article's as well, and stay")
    for left in report.left:
        echo(f"left for the next time: {left}", err=True)
    echo("Copies made before (backups, exports, news.db.before-*) are yours to deal with.")
