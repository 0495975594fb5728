"""The `newsledger` command: the group, and nothing else. The verbs stand in `crawler.commands`.

Exit codes: 0 fine, 1 our failure, 2 usage. Modules are imported when their verb is called, so that each starts fast.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from pathlib import Path
from typing import Any

import click
from click.exceptions import Exit
from click.shell_completion import CompletionItem

from crawler import __version__, config
from crawler.catalogue import CatalogueError, EditError
from crawler.config import ConfigurationError
from crawler.logs import discard, plain
from pipelines import MissingExtraError
from pipelines.store.database import StoreError

GROUPS = {
    "Crawl": {
        "crawl": ("crawl", "Crawl sites now and keep what changed."),
        "schedule": ("operate.schedule", "Crawl every enabled site on its own interval."),
        "sites": ("sites", "The catalogue: list, show, check, add, enable, rename, retire ..."),
        "import": ("import_", "Read WARC files, or records of export, into the ledger."),
        "reprocess": ("reprocess", "Read archived pages again with today's extraction."),
        "quarantine": ("quarantine", "Readings that are not believed: list, replay, accept, drop."),
        "why": ("why", "Why a URL was or was not fetched, and when next."),
        "demo": ("demo", "Live through a day of an invented newspaper."),
    },
    "Read": {
        "history": ("history", "What an article said, when, and what changed."),
        "diff": ("diff", "Show word by word what changed between two revisions."),
        "search": ("search", "Find revisions, old ones too, that hold all the words."),
        "ask": ("ask", "Ask a question of the cookbook by its name; without one, list them."),
        "stories": ("stories", "Which papers carry the same copy: the latest stories, or one."),
        "extract": ("extract", "Print what a page says, as JSON; keep nothing."),
        "export": ("export", "Write revisions as JSON lines, CSV, Parquet, WARC or WACZ; one article as proof."),
        "serve": ("serve", "Show the ledger in a browser, and answer Memento clients."),
    },
    "Prove": {
        "verify": ("verify", "Whether the record is what was written."),
        "verify-bundle": ("bundle", "Whether a bundle of one article holds."),
        "checkpoint": ("checkpoint", "Sign how far the record has come, have it stamped, publish it."),
        "timemap": ("timemap", "All revisions of an article as a Memento TimeMap."),
        "archive": ("archive", "The files of archived pages: list, stats, close, prune."),
        "withdraw": ("withdraw", "Take an article's text and pages away for good; its hashes stay."),
    },
    "Operate": {
        "init": ("operate.setup:init_command", "Make a folder to crawl from: settings, your own titles, units."),
        "doctor": ("operate.setup:doctor_command", "Whether this machine has what crawls need."),
        "status": ("operate.status:status_command", "The ledger at a glance."),
        "crawls": ("operate.crawls", "What crawls there were, and what became of one."),
        "health": ("operate.health", "Whether every site is well, by its own history."),
        "metrics": ("operate.monitoring:metrics_command", "Print the metrics, or write them for a textfile collector."),
        "alerts": ("operate.monitoring:alerts_command", "Tell of trouble by mail, chat or webhook: test, check, list, mute."),
        "settings": ("operate.status:settings_command", "The settings that hold, and where each comes from."),
        "backup": ("operate.backup:backup_command", "Copy the ledger, and its archive, whole and checked, while crawls run."),
        "restore": ("operate.backup:restore_command", "Put a copy back, or verify one."),
        "upgrade": ("operate.upgrade", "Bring an older ledger up to date, or say what that would do."),
        "compact": ("operate.maintenance:compact_command", "Drop old looks and crawls that nothing leans on."),
        "completion": ("completion", "Have the TAB key complete verbs, options and names."),
        "merge": ("merge", "Take another ledger in: no doubles, in order of time."),
    },
    "Cluster": {
        "worker": ("cluster:worker_command", "Run crawls from a cluster's queue."),
        "writer": ("cluster:writer_command", "Write what a cluster's workers found into the ledger."),
    },
}
"""Group -> verb -> (where it stands in `crawler.commands`, what the help says); in the order in which the help names them.

"module:name" where a module has several verbs, else its `command`.
"""
VERBS = {verb: found for verbs in GROUPS.values() for verb, found in verbs.items()}


def command_of(verb: str) -> click.Command:
    """The command of a verb; its module is imported for it."""
    module, _, name = VERBS[verb][0].partition(":")
    gc.disable()  # what is imported stays: looking through it again and again costs a tenth of the start
    try:
        command: click.Command = getattr(importlib.import_module(f"crawler.commands.{module}"), name or "command")
    finally:
        gc.enable()
    return command


def _cleared(error: click.ClickException) -> click.ClickException:
    """The error without what a stranger's text could tell the terminal."""
    text = error.format_message()
    if plain(text) == text:
        return error
    return click.UsageError(plain(text), error.ctx) if isinstance(error, click.UsageError) else click.ClickException(plain(text))


def _read_enough() -> Exit:
    """A verb that wrote line after line, for a reader who has gone: that is no failure."""
    discard(sys.stdout)
    return Exit(0)


class _Verbs(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        return command_of(name)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """As click's, but for verbs: no module is imported to name them."""
        found = [CompletionItem(verb, help=what) for verb, (_, what) in VERBS.items() if verb.startswith(incomplete)]
        return found if found and not incomplete.startswith("-") else super().shell_complete(ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, VERBS))
        for group, verbs in GROUPS.items():
            with formatter.section(group):
                formatter.write_dl([(verb.ljust(width), what) for verb, (_, what) in verbs.items()])

    def make_context(self, *arguments: Any, **more: Any) -> click.Context:
        """As click's; `newsledger --help | head` ends well."""
        try:
            return super().make_context(*arguments, **more)
        except BrokenPipeError as error:
            raise _read_enough() from error

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _read_enough() from error
        except (StoreError, CatalogueError, EditError, MissingExtraError) as error:
            raise click.ClickException(plain(error)) from error
        except click.ClickException as error:
            raise _cleared(error) from None


@click.command(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--settings", "file", default=None, metavar="PATH", type=click.Path(exists=True, dir_okay=False),
              help="A TOML file of settings; else newsledger.toml in the working directory, where there is one.")  # fmt: skip
@click.version_option(__version__, prog_name="newsledger")
@click.pass_context
def main(ctx: click.Context, file: str | None) -> None:
    """Newsledger keeps every revision of every article of regional news sites in one SQLite file."""
    if file:
        # Child processes and Scrapy's settings module find it there too.
        os.environ[config.FILE] = str(Path(file).absolute())
    try:
        ctx.obj = config.load(config.find(os.environ), os.environ)
    except ConfigurationError as error:
        raise click.UsageError(str(error)) from error
