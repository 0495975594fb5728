"""The `newsledger` command: only the group. The verbs are in `crawler.commands`.

Exit codes: 0 success, 1 a failure, 2 wrong usage. Modules are imported when their verb is called, so that each starts fast.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from difflib import get_close_matches
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
        "crawl": ("crawl", "Crawl sites now and record what changed."),
        "schedule": ("operate.schedule", "Crawl every enabled site on its own interval."),
        "sites": ("sites", "The catalogue of sites: list, show, check, add, enable, rename, retire ..."),
        "import": ("import_", "Read WARC files, or exported JSON lines, into the ledger."),
        "reprocess": ("reprocess", "Read archived pages again with the installed extraction."),
        "quarantine": ("quarantine", "Readings that are not trusted: list, replay, accept, drop."),
        "why": ("why", "Why a URL was or was not fetched, and when next."),
        "demo": ("demo", "Run through a news day of an invented newspaper."),
    },
    "Read": {
        "history": ("history", "What an article said, when, and what changed."),
        "diff": ("diff", "Show word by word what changed between two revisions."),
        "search": ("search", "Find articles by the words of any of their revisions."),
        "ask": ("ask", "Answer a question of the cookbook; without a name, list them."),
        "stories": ("stories", "Which papers carry the same copy: the latest stories, or one."),
        "extract": ("extract", "Print what a page says, as JSON; store nothing."),
        "export": ("export", "Write revisions as JSON lines, CSV, Parquet, WARC or WACZ; one article as proof."),
        "serve": ("serve", "Show the ledger in a browser, and answer Memento clients."),
    },
    "Prove": {
        "verify": ("verify", "Check that nobody changed the record."),
        "verify-bundle": ("verify:bundle_command", "Check a bundle of one article."),
        "checkpoint": ("checkpoint", "Sign, timestamp and publish the present state of the record."),
        "timemap": ("history:timemap_command", "All revisions of an article as a Memento TimeMap."),
        "archive": ("archive", "The files of archived pages: list, stats, close, prune."),
        "withdraw": ("withdraw", "Delete an article's text and pages for good; hashes stay."),
    },
    "Operate": {
        "init": ("operate.setup:init_command", "Make a folder to crawl from: settings, your own titles, units."),
        "doctor": ("operate.setup:doctor_command", "Check that this machine has what crawls need."),
        "status": ("operate.status:status_command", "The ledger at a glance."),
        "crawls": ("operate.crawls", "List past crawls, or show one."),
        "health": ("operate.health", "Check every site against its own history."),
        "metrics": ("operate.monitoring:metrics_command", "Print the metrics, or write them for a textfile collector."),
        "alerts": ("operate.monitoring:alerts_command", "Send alerts by mail, chat or webhook: test, check, list, mute."),
        "settings": ("operate.status:settings_command", "The settings in force, and where each comes from."),
        "backup": ("operate.backup:backup_command", "Copy the ledger and its archive while crawls run, and check the copy."),
        "restore": ("operate.backup:restore_command", "Put a copy back, or verify one."),
        "upgrade": ("operate.maintenance:upgrade_command", "Bring an older ledger up to date, or list what that would do."),
        "compact": ("operate.maintenance:compact_command", "Delete old fetches and crawls that nothing refers to."),
        "completion": ("operate.setup:completion_command", "Install TAB completion of verbs, options and names."),
        "merge": ("import_:merge_command", "Add another ledger to this one, without duplicates."),
    },
    "Cluster": {
        "worker": ("cluster:worker_command", "Run crawls from a cluster's queue."),
        "writer": ("cluster:writer_command", "Write the results of a cluster's workers into the ledger."),
    },
}
"""Group -> verb -> (its module in `crawler.commands`, its summary), in the order of the help.

"module:name" if a module has several verbs, otherwise its `command`.
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
    """The error without control characters from untrusted text."""
    text = error.format_message()
    if plain(text) == text:
        return error
    return click.UsageError(plain(text), error.ctx) if isinstance(error, click.UsageError) else click.ClickException(plain(text))


def _read_enough() -> Exit:
    """End with success if the reader of a pipe has stopped reading."""
    discard(sys.stdout)
    return Exit(0)


class _Verbs(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        return command_of(name)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """As in click, with suggestions for a verb that does not exist."""
        near = get_close_matches(args[0], VERBS) if args and args[0] not in VERBS and not args[0].startswith("-") else []
        if near:
            ctx.fail(f"There is no command {args[0]!r}; did you mean {' or '.join(near)}?")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """As in click, but verbs are completed without importing a module."""
        found = [CompletionItem(verb, help=what) for verb, (_, what) in VERBS.items() if verb.startswith(incomplete)]
        return found if found and not incomplete.startswith("-") else super().shell_complete(ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, VERBS))
        for group, verbs in GROUPS.items():
            with formatter.section(group):
                formatter.write_dl([(verb.ljust(width), what) for verb, (_, what) in verbs.items()])

    def make_context(self, *arguments: Any, **more: Any) -> click.Context:
        """As in click; `newsledger --help | head` ends with success."""
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
@click.option("--settings", "file", metavar="PATH", type=click.Path(exists=True, dir_okay=False),
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
