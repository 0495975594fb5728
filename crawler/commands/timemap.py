"""`newsledger timemap URL`"""

from __future__ import annotations

import click

from crawler.commands import db_option, open_ledger
from crawler.commands.console import echo
from pipelines.proof import memento
from pipelines.queries import articles
from pipelines.queries.removed import withdrawal_of

WHERE = "http://127.0.0.1:8001"
"""Where `newsledger serve` listens unless told otherwise."""


@click.command("timemap")
@click.argument("url")
@click.option("--base-url", default=WHERE, show_default=True, metavar="URL", help="Where mementos are served.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a list of links.")
@db_option
def command(url: str, base_url: str, as_json: bool, db: str) -> None:
    """All revisions of an article as a Memento TimeMap (RFC 7089), as `newsledger serve` answers it.

    URL may be any address that ever led to the article.
    """
    with open_ledger(db) as store:
        article = articles.find_article(store, url)
        if article is None:
            raise click.ClickException(f"the ledger has no article at {url}")
        if withdrawn := withdrawal_of(store, article.article_id):
            raise click.ClickException(f"{article.url}: {withdrawn}")
        found = memento.time_map(article.url, map(articles.facts, articles.history(store, article.article_id)), base_url)
    if found is None:
        raise click.ClickException(f"{article.url} has no revisions")
    echo(memento.json_format(found) if as_json else memento.link_format(found), nl=False)
