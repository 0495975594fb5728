"""`newsledger verify`"""

from __future__ import annotations

import os
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path

import click

from crawler.commands import db_option, json_option, now, open_ledger, warc_folder, warc_option
from crawler.commands.console import console, echo, print_json
from crawler.warc.reader import problem_of
from pipelines.proof.verify import (
    Checked,
    Manifest,
    SealedAgain,
    VerificationFault,
    against,
    manifest,
    read_manifest,
    sealed_again,
    verify,
)
from pipelines.store.database import Store

MANY = 1_000


@click.command("verify")
@click.option("--pages/--no-pages", "with_pages", default=True, show_default=True, help="Read the archived pages too.")
@click.option("--all", "show_all", is_flag=True, help="Name all that is wrong (up to 1,000), not only the first thing.")
@click.option("--manifest", "day", default=None, metavar="DAY", help="Print the line that signs off a day, or `today`.")
@click.option("--against", "published", default=None, metavar="LINE|FILE", help="Hold the chain against such a line.")
@warc_option
@db_option
@json_option
def command(with_pages: bool, show_all: bool, day: str | None, published: str | None, warc_path: Path | None, db: str,
            as_json: bool) -> None:  # fmt: skip
    """Whether the record is what was written: chain, digests, texts, times, index, archived pages; exit code 1 where it is not.

    What this proves and what not: docs/proof.md.
    """
    with _open(db) as store:
        if day is not None:
            _sign(store, day, as_json)
            return
        lines = _manifests(published)
        faults = [fault for fault in (against(store, line) for line in lines) if fault]
        again = [one for line in lines for one in islice(sealed_again(store, line.seals), MANY)]
        pages = partial(problem_of, warc_folder(warc_path, db)) if with_pages else None
        checked = Checked()
        faults += islice(verify(store, pages, now(), checked), MANY if show_all else 1)
        if store.readonly:
            echo("the ledger may only be read: its full-text index is not held against the texts", err=True)
    if as_json:
        told: list[VerificationFault | SealedAgain] = [*faults, *again]
        print_json([{"where": one.where, "what": one.what, "is_fault": one in faults} for one in told])
        echo(str(checked), err=True)
    else:
        _print(faults, again, checked)
    if faults:
        raise SystemExit(1)


def _open(db: str) -> Store:
    """The ledger; for writing where it may be written, for the full-text index can be checked in no other way."""
    store = open_ledger(db)
    if not os.access(db, os.W_OK):
        return store
    store.close()
    return Store(db)


def _sign(store: Store, day: str, as_json: bool) -> None:
    try:
        signed = manifest(store, now().date() if day == "today" else date.fromisoformat(day))
    except ValueError as error:
        raise click.UsageError(f"--manifest: {day!r} is no day such as 2025-03-07") from error
    if as_json:
        print_json({"day": signed.day, "seals": signed.seals, "link": signed.link, "line": str(signed)})
    else:
        echo(str(signed))


def _manifests(published: str | None) -> list[Manifest]:
    """The lines given, or those of the file given."""
    if published is None:
        return []
    try:
        text = Path(published).read_text(encoding="utf-8") if Path(published).is_file() else published
        return [read_manifest(line) for line in text.splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise click.UsageError(f"--against: {error}") from error


def _print(faults: list[VerificationFault], again: list[SealedAgain], checked: Checked) -> None:
    out = console()
    for fault in faults:
        out.print(str(fault), markup=False)
    if not faults:
        out.print("Nothing is wrong.")
    for one in again:
        out.print(f"{one.where}: {one.what}", markup=False)
    out.print(str(checked), markup=False)
