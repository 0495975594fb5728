"""`newsledger verify-bundle FILE`: whether a bundle holds, and why not."""

from __future__ import annotations

from pathlib import Path

import click

from crawler.commands import json_option
from crawler.commands.console import echo, print_json
from crawler.offline.bundle import signature_problem
from crawler.offline.check_bundle import BadBundleError, check


@click.command("verify-bundle")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.wacz")
@click.option("--key", "key_path", default=None, metavar="PEM", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="The public key by which it must be signed.")  # fmt: skip
@json_option
def command(file: Path, key_path: Path | None, as_json: bool) -> None:
    """Whether a bundle of `export bundle` holds: files, pages, sealed rows, proofs and signature; exit code 1 where it does not.

    No ledger is asked. By whom it is signed, and since when the checkpoint is known, is told by keys and certificates that their
    owners publish: evidence/README.txt in the bundle tells how.
    """
    lines: list[str] = []
    problem: str | None = None
    try:
        lines, files = check(str(file))
        problem = signature_problem(files, key_path.read_bytes() if key_path else None)
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
