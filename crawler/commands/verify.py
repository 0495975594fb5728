"""`newsledger verify`, and `newsledger verify-bundle FILE`: whether a ledger or a bundle is intact, and if not, why."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from functools import partial
from glob import escape
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler import __version__
from crawler.commands import db_option, json_option, now, open_ledger, options, warc_folder, warc_option
from crawler.commands.checkpoint import default_key
from crawler.commands.console import console, echo, print_json
from crawler.offline.bundle import anchor_lines, signature_problem
from crawler.offline.check_bundle import BadBundleError, check
from crawler.warc.reader import problem_of
from pipelines import MissingExtraError
from pipelines.proof.checkpoints import Anchors, Witness
from pipelines.proof.premis import premis
from pipelines.proof.signed_note import PublicKey, public_path
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
from pipelines.store.rows import moment

if TYPE_CHECKING:
    from pipelines.proof.timestamps import Roots

MANY = 1_000
_LONGEST = 100_000
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("verify")
@click.option("--pages/--no-pages", "with_pages", default=True, show_default=True, help="Read the archived pages too.")
@click.option("--all", "show_all", is_flag=True, help="Name all faults (up to 1,000), not only the first.")
@click.option("--manifest", "day", metavar="DAY", help="Print the line that signs off a day, or `today`.")
@click.option("--against", "published", metavar="LINE|FILE", help="Compare the chain with such a line.")
@click.option("--checkpoint", "notes", multiple=True, metavar="PATH", type=click.Path(exists=True, path_type=Path),
              help="Compare the chain with a checkpoint kept elsewhere, or a folder of them; may be repeated.")  # fmt: skip
@click.option("--public-key", "key_path", metavar="FILE", type=_FILE,
              help="The key that signs checkpoints; default the one beside the ledger.")  # fmt: skip
@click.option("--tsa-ca", "ca_path", metavar="FILE", type=_FILE,
              help="Certificates (PEM) of time stamping authorities that are trusted.")  # fmt: skip
@click.option("--premis", "premis_path", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Also write what was checked, and the result, as a PREMIS 3 event.")  # fmt: skip
@options(warc_option, db_option, json_option)
def command(with_pages: bool, show_all: bool, day: str | None, published: str | None, notes: tuple[Path, ...],
            key_path: Path | None, ca_path: Path | None, premis_path: Path | None, warc_path: Path | None, db: str,
            as_json: bool) -> None:  # fmt: skip
    """Check that the record is what was written: chain, digests, texts, times, index, archived pages; exit code 1 if not.

    What this proves and what not: docs/proof.md.
    """
    with _open(db) as store:
        if day is not None:
            _sign(store, day, as_json)
            return
        lines = _manifests(published)
        faults = [fault for fault in (against(store, line) for line in lines) if fault]
        anchors = Anchors(_public_key(key_path, db), _roots(ca_path), tuple(_witnesses(notes)))
        pages = partial(problem_of, warc_folder(warc_path, db)) if with_pages else None
        checked = Checked()
        faults += islice(verify(store, pages, now(), checked, anchors), MANY if show_all else 1)
        if not faults and not checked.anchors.agreeing and (key_path or ca_path):
            faults.append(VerificationFault("checkpoints", "there is none, in the ledger or given, and a key was"))
        kept = [one.size for one in checked.anchors.agreeing if one.witness in anchors.witnesses]
        resealed = list(islice(sealed_again(store, [*kept, *(line.seals for line in lines)]), MANY))
        if store.readonly:
            echo("the ledger may only be read: its full-text index is not held against the texts", err=True)
    if premis_path:
        checks = [str(checked), *([] if faults else _unchanged_since(checked))]
        try:
            premis_path.write_bytes(premis(Path(db).name, "newsledger", __version__, now(), checks, list(map(str, faults))))
        except OSError as error:
            raise click.ClickException(f"{premis_path}: {error.strerror}") from error
    if as_json:
        listed: list[VerificationFault | SealedAgain] = [*faults, *resealed]
        print_json([{"where": one.where, "what": one.what, "is_fault": one in faults} for one in listed])
        for line in (*([] if faults else _unchanged_since(checked)), str(checked)):
            echo(line, err=True)
    else:
        _print(faults, resealed, checked, show_all)
    if faults:
        raise SystemExit(1)


def _open(db: str) -> Store:
    """Open the ledger; for writing if its file is writable, because the full-text index cannot be checked otherwise."""
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
    """The manifests in the given lines, or in the given file."""
    if published is None:
        return []
    try:
        text = Path(published).read_text(encoding="utf-8") if Path(published).is_file() else published
        return [read_manifest(line) for line in text.splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise click.UsageError(f"--against: {error}") from error


def _public_key(path: Path | None, db: str) -> PublicKey | None:
    """The given key; by default the one beside the ledger, if it exists and the package to verify with it is installed."""
    beside = public_path(default_key(db))
    try:
        return PublicKey.read((path or beside).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        if path or beside.exists():
            raise click.ClickException(f"{path or beside}: {error}") from error
    except MissingExtraError as error:
        if path:
            raise
        echo(f"signatures of checkpoints are not checked: {error}", err=True)
    return None


def _roots(path: Path | None) -> Roots | None:
    if path is None:
        return None
    from pipelines.proof.timestamps import TimestampError, read_roots

    try:
        return read_roots(path.read_bytes())
    except (OSError, TimestampError) as error:
        raise click.ClickException(f"{path}: {error}") from error


def _witnesses(paths: tuple[Path, ...]) -> Iterator[Witness]:
    """The notes in files, and in folders the notes that `newsledger checkpoint` wrote there, each with the timestamps beside
    it."""
    for given in paths:
        found = sorted(given.glob("checkpoint-*.txt")) if given.is_dir() else [given]
        if not found:
            raise click.ClickException(f"{given}: there is no checkpoint-*.txt")
        for path in found:
            try:
                note = _beginning(path).decode("utf-8", "replace")
                tokens = tuple(map(_beginning, sorted(path.parent.glob(f"{escape(path.name)}*.tsr"))))
            except OSError as error:
                raise click.ClickException(f"{path}: {error.strerror}") from error
            yield Witness(str(path), note, tokens)


def _beginning(path: Path) -> bytes:
    """The beginning of a file: more than a note or a timestamp has."""
    with path.open("rb") as file:
        return file.read(_LONGEST)


def _unchanged_since(checked: Checked) -> list[str]:
    """The time since which the record is unchanged, as far as a checkpoint shows it."""
    best = checked.anchors.best()
    if best is None:
        return []
    what = f"the first {best.size} of {checked.seals.length} seals, by {best.witness.where}"
    sign = f"signed by {best.signed_by}" if best.signed_by else "of which the signature was not checked"
    if best.timestamp:
        return [f"Unchanged since {moment(best.timestamp.at)}: {what}, {sign} and timestamped by {best.timestamp.authority}."]
    if best.witness.at is None:
        return [f"Unchanged since it was published: {what}, {sign}."]
    return [f"As they were {best.witness.at} by the ledger's own clock: {what}, {sign}. One that was kept elsewhere proves more."]


def _print(faults: list[VerificationFault], resealed: list[SealedAgain], checked: Checked, show_all: bool) -> None:
    out = console()
    for fault in faults:
        out.print(str(fault))
    if not faults:
        out.print("Nothing is wrong.")
    for one in resealed:
        out.print(f"{one.where}: {one.what}")
    for line in (*([] if faults else _unchanged_since(checked)), str(checked)):
        out.print(line)
    if faults and not show_all:
        out.print("It stopped at the first fault, before the rest was checked: --all goes on.")


@click.command("verify-bundle")
@click.argument("file", type=_FILE, metavar="FILE.wacz")
@click.option("--key", "key_path", metavar="PEM", type=_FILE, help="The public key that must have signed it.")
@click.option("--public-key", "public_path", metavar="FILE", type=_FILE,
              help="The key that must have signed its checkpoint, as the ledger's owner publishes it.")  # fmt: skip
@click.option("--tsa-ca", "ca_path", metavar="FILE", type=_FILE,
              help="Certificates (PEM) of time stamping authorities that are trusted; one must have stamped it.")  # fmt: skip
@json_option
def bundle_command(file: Path, key_path: Path | None, public_path: Path | None, ca_path: Path | None, as_json: bool) -> None:
    """Check a bundle of `export bundle`: files, pages, sealed rows, proofs and signature; exit code 1 if a check fails.

    No ledger is needed. Take keys and certificates from where their owners publish them, not from the bundle.
    """
    lines: list[str] = []
    problem: str | None = None
    try:
        lines, files = check(str(file))
        given = [path.read_bytes() if path else None for path in (key_path, public_path, ca_path)]
        try:
            problem = signature_problem(files, given[0])
            lines += anchor_lines(files, given[1], given[2])
        except MissingExtraError as error:
            if any(given):
                raise
            lines.append(f"Not checked: signatures. {error}")
    except BadBundleError as error:
        problem = str(error)
    if as_json:
        print_json({"holds": problem is None, "checked": lines, "problem": problem})
    else:
        for line in lines:
            echo(line)
        echo("The bundle holds." if problem is None else f"The bundle does not hold: {problem}")
    if problem is not None:
        raise SystemExit(1)
