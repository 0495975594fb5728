"""`newsledger verify-bundle FILE`: whether a bundle holds, and why not."""

from __future__ import annotations

from pathlib import Path

import click

from crawler.commands import json_option
from crawler.commands.console import echo, print_json
from crawler.offline.bundle import anchor_lines, signature_problem
from crawler.offline.check_bundle import BadBundleError, check
from pipelines import MissingExtraError

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("verify-bundle")
@click.argument("file", type=_FILE, metavar="FILE.wacz")
@click.option("--key", "key_path", default=None, metavar="PEM", type=_FILE, help="The public key that must have signed it.")
@click.option("--public-key", "public_path", default=None, metavar="FILE", type=_FILE,
              help="The key that must have signed its checkpoint, as the ledger's owner publishes it.")  # fmt: skip
@click.option("--tsa-ca", "ca_path", default=None, metavar="FILE", type=_FILE,
              help="Certificates (PEM) of time stamping authorities that are trusted; one must have stamped it.")  # fmt: skip
@json_option
def command(file: Path, key_path: Path | None, public_path: Path | None, ca_path: Path | None, as_json: bool) -> None:
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
