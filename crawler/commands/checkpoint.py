"""`newsledger checkpoint`"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from crawler.commands import change_ledger, db_option, json_option, now, options
from crawler.commands.console import echo, print_json
from crawler.publication import PublicationError, ask_authority, host_of, publish
from pipelines.proof.checkpoints import keep_timestamp, make, tokens_of
from pipelines.proof.seal_tree import SealTree, consistency_proof
from pipelines.proof.signed_note import Checkpoint, NoteError, SigningKey, public_path
from pipelines.store.database import Store


@click.command("checkpoint")
@click.option(
    "--make-key", "only_key", is_flag=True, help="Only create the key; otherwise it is created with the first checkpoint."
)
@click.option("--key", "key_path", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="The signing key; default LEDGER.key beside the ledger.")  # fmt: skip
@click.option("--origin", metavar="NAME", help="A new key's name, as paper.example/ledger; default its hash.")
@click.option("--publish", "places", multiple=True, metavar="PLACE",
              help="A folder, git:FOLDER, or a webhook's URL; may be repeated. Default `checkpoints` by the ledger.")  # fmt: skip
@click.option("--tsa", "authorities", multiple=True, metavar="URL",
              help="Have it timestamped by this authority (RFC 3161); may be repeated.")  # fmt: skip
@click.option("--since", "earlier", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Print, as JSON, the proof that this one continues an earlier checkpoint.")  # fmt: skip
@options(db_option, json_option)
def command(only_key: bool, key_path: Path | None, origin: str | None, places: tuple[str, ...], authorities: tuple[str, ...],
            earlier: Path | None, db: str, as_json: bool) -> None:  # fmt: skip
    """Sign, timestamp and publish the present state of the record.

    Exit code 1 if a place or an authority could not be reached: the checkpoint is kept for the next call.
    """
    with change_ledger(db) as store:
        key = _key(key_path or default_key(db), origin, only_key)
        if only_key:
            print_json({"public_key": key.public.line}) if as_json else echo(key.public.line)
            return
        row, failed = make(store, key, now()), []
        continues = earlier and _continues(store, earlier, row["size"])
        tokens = tokens_of(store, row["id"])
        if not tokens:
            failed += [failure for url in authorities if (failure := _stamp(store, row["id"], row["note"], url))]
            tokens = tokens_of(store, row["id"])
    published = []
    for place in places or (str(Path(db).absolute().parent / "checkpoints"),):
        try:
            published.append(publish(place, f"checkpoint-{row['size']}.txt", row["note"], tokens, now()))
        except PublicationError as error:
            failed.append(str(error))
    if as_json:
        facts = {name: row[name] for name in ("id", "at", "size", "root", "note")}
        print_json(facts | {"timestamps": len(tokens), "published": published, "failed": failed}
                   | ({"consistency": continues} if continues else {}))  # fmt: skip
    else:
        echo(f"Checkpoint {row['id']}: {row['size']} seals, root {row['root'][:16]}, {len(tokens)} timestamps.")
        for where in published:
            echo(f"published: {where}")
        if continues:
            print_json(continues)
    for failure in failed:
        echo(failure, err=True)
    if failed:
        raise SystemExit(1)


def default_key(db: str) -> Path:
    path = Path(db).absolute()
    return path.with_name(f"{path.name}.key")


def _key(path: Path, origin: str | None, is_new: bool) -> SigningKey:
    """The key; created if there is none."""
    try:
        if path.exists() and not is_new:
            return SigningKey.load(path)
        key = SigningKey.make(path, origin)
    except (NoteError, OSError) as error:
        raise click.ClickException(str(error)) from error
    echo(f"made the key {path}; {public_path(path).name} beside it is for those who verify: keep a copy elsewhere", err=True)
    return key


def _continues(store: Store, path: Path, size: int) -> dict[str, Any]:
    """The proof that the first `size` seals continue those of a checkpoint; an error if they do not."""
    try:
        before = Checkpoint.read(path.read_text(encoding="utf-8"))
        proof = consistency_proof(store, before.size, size)
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{path}: {error}") from error
    if SealTree(store).root(before.size) != before.root:
        raise click.ClickException(f"{path}: is of other seals: `newsledger verify --checkpoint {path}` says more")
    return proof


def _stamp(store: Store, checkpoint_id: int, note: str, url: str) -> str | None:
    """Have a note timestamped, and store the timestamp; return what went wrong."""
    from pipelines.proof.timestamps import TimestampError, read_answer, request_for

    request = request_for(note.encode())
    try:
        token = ask_authority(url, request.as_bytes())
        keep_timestamp(store, checkpoint_id, read_answer(token, request), token)
    except PublicationError as error:
        return str(error)
    except TimestampError as error:
        return f"{host_of(url)}: its answer {error}"
    return None
