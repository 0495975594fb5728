"""The `newsledger` command: the group, and nothing else. Each verb lives in its own module of `crawler.commands`.

Exit codes: 0 fine, 1 our failure, 2 usage. Modules are imported when their verb is called, so that each starts fast.
"""

from __future__ import annotations

import importlib
from typing import Any

import click

from crawler.catalogue.load import CatalogueError
from pipelines.store import StoreError

VERBS = {
    "crawl": ("crawl", "Crawl sites now and keep what changed."),
    "schedule": ("schedule", "Crawl every enabled site on its own interval."),
    "import": ("import_", "Read WARC files into the ledger."),
    "extract": ("extract", "Print what a page says, as JSON; keep nothing."),
    "history": ("history", "What an article said, when, and what changed."),
    "diff": ("diff", "Show word by word what changed between two revisions."),
    "search": ("search", "Find revisions, old ones too, that hold all the words."),
    "sites": ("sites", "The catalogue: list, show, check."),
    "status": ("status", "The ledger at a glance."),
    "health": ("health", "Whether every site is well, by its own history."),
    "why": ("why", "Why a URL was or was not fetched, and when next."),
    "backup": ("backup", "Copy the ledger, whole and checked, while crawls run."),
    "compact": ("compact", "Drop old looks and crawls that nothing leans on."),
    "demo": ("demo", "Live through a day of an invented newspaper."),
}
"""Verb -> (module of `crawler.commands`, what the help says); in the order in which the help names them."""


class _Verbs(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        command: click.Command = importlib.import_module(f"crawler.commands.{VERBS[name][0]}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(verb, what) for verb, (_, what) in VERBS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (StoreError, CatalogueError) as error:
            raise click.ClickException(str(error)) from error


@click.command(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="newsledger", prog_name="newsledger")
def main() -> None:
    """Newsledger keeps every revision of every article of regional news sites in one SQLite file."""
