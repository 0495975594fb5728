"""`newsledger export FORM`"""

from __future__ import annotations

import gzip
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click
from rich.progress import Progress

from crawler.commands import article_at, configuration, db_option, now, open_ledger, options, parse_time, warc_folder, warc_option
from crawler.commands.console import echo, progress_bars
from crawler.config import SettingOrigin
from crawler.files import replacing
from crawler.logs import discard, plain
from crawler.offline.bagit import write_bag
from crawler.offline.bundle import signer, write_bundle
from crawler.warc.subset import excerpt
from crawler.warc.wacz import Sign, WaczPage, WaczText, pages_of, write_wacz
from pipelines.article import CHANGES
from pipelines.exchange.export import Record, Selection, count, records
from pipelines.exchange.formats import as_csv, as_jsonl
from pipelines.exchange.parquet import write_parquet
from pipelines.queries import articles
from pipelines.queries.search_terms import question
from pipelines.store.database import Store

FORMS = ("jsonl", "csv", "parquet", "warc", "wacz", "bundle", "bagit")


@click.command("export")
@click.argument("form", type=click.Choice(FORMS), metavar="|".join(FORMS))
@click.argument("address", required=False, metavar="[URL]")
@click.option("--output", "-o", "target", default="-", show_default=True, metavar="FILE",
              help="The file to write; - is standard output. A name that ends in .gz is packed.")  # fmt: skip
@click.option("--site", "sites", multiple=True, metavar="ID", help="Only this site; may be repeated.")
@click.option("--since", metavar="TIME", help="First seen then or later: a day, or a time (UTC).")
@click.option("--until", metavar="TIME", help="First seen before then.")
@click.option(
    "--change",
    "changes",
    multiple=True,
    type=click.Choice(sorted(kind.value for kind in CHANGES)),
    help="Only this kind; may be repeated.",
)
@click.option("--query", "words", default="", metavar="WORDS", help="Only revisions that hold all the words, as in `search`.")
@click.option("--latest", is_flag=True, help="Only the latest revision of each article.")
@click.option("--url", metavar="URL", help="Only the article at this address.")
@click.option("--key", "key_path", metavar="PATH", type=click.Path(dir_okay=False, path_type=Path),
              help="The key that signs a bundle, created if missing; default bundle-key.pem beside the ledger.")  # fmt: skip
@click.option("--unsigned", is_flag=True, help="A bundle without a signature of its own.")
@options(warc_option, db_option)
def command(form: str, address: str | None, target: str, sites: tuple[str, ...], since: str | None, until: str | None,
            changes: tuple[str, ...], words: str, latest: bool, url: str | None, key_path: Path | None, unsigned: bool,
            warc_path: Path | None, db: str) -> None:  # fmt: skip
    """Write revisions to a file, in the order in which they were recorded; withdrawn articles are left out.

    jsonl loses nothing, and `import` reads it; csv and parquet are tables; warc copies the archived answers; wacz too, with an
    index and a list of pages, for replay. `bundle URL` hands one article over as proof: its pages, revisions, seals, and how to
    check them; `bagit` is the whole ledger with its archive, for repositories. See docs/export.md.
    """
    if target == "-" and form in ("wacz", "bundle"):
        raise click.UsageError("a ZIP file is not written to a pipe; say -o FILE")
    chosen_by = sites or since or until or changes or words or latest or url
    if form == "bagit":
        if target == "-" or chosen_by or address:
            raise click.UsageError("a bag is of all that there is: newsledger export bagit -o FOLDER")
        _bag(Path(target), warc_folder(warc_path, db), db)
        return
    if form == "bundle":
        if not address or chosen_by:
            raise click.UsageError("a bundle is of one article, and of all of it: newsledger export bundle URL -o FILE.wacz")
        key_path = None if unsigned else key_path or Path(db).absolute().parent / "bundle-key.pem"
        _bundle(address, target, warc_folder(warc_path, db), db, key_path)
        return
    if address or key_path or unsigned:
        raise click.UsageError("URL, --key and --unsigned are of a bundle; say --url URL")
    if target == "-" and form in ("parquet", "warc") and sys.stdout.isatty():
        raise click.UsageError(f"{form} is nothing for a terminal; say -o FILE")
    _check_words(words)
    # CSV has no way to write a control character but itself.
    is_shown = target == "-" and form == "csv" and sys.stdout.isatty()
    with open_ledger(db) as store:
        article_id = article_at(store, url).article_id if url else None
        selection = Selection(sites, parse_time(since), parse_time(until), changes, words, latest, article_id)
        counts: Counter[str] = Counter()
        problems: list[str] = []
        with store.snapshot(), _destination(target, packed=form in ("jsonl", "csv")) as stream:
            chosen = _counted(store, selection, counts, shown=target != "-")
            if form == "parquet":
                write_parquet(chosen, stream)
            elif form == "wacz":
                pages: list[WaczPage] = []
                members = excerpt(pages_of(chosen, pages), warc_folder(warc_path, db), now(), counts, problems)
                text = WaczText(f"Pages of {', '.join(sites) or 'a ledger'}", "Archived pages behind revisions of news articles")
                write_wacz(stream, members, lambda: pages, text, now())
            else:
                pieces = {"jsonl": lambda: as_jsonl(chosen), "csv": lambda: as_csv(chosen),
                          "warc": lambda: excerpt(chosen, warc_folder(warc_path, db), now(), counts, problems)}  # fmt: skip
                for piece in pieces[form]():
                    stream.write(plain(piece.decode()).encode() if is_shown else piece)
    if target != "-" or form == "warc":
        echo("; ".join(f"{number} {what}" for what, number in counts.items()) or "no revisions", err=True)
    for problem in problems:
        echo(problem, err=True)
    if problems:
        raise SystemExit(1)


def _bundle(url: str, target: str, folder: Path, db: str, key_path: Path | None) -> None:
    with open_ledger(db) as store, store.snapshot():
        article = article_at(store, url)
        if articles.withdrawn_among(store, [article.article_id]):
            raise click.ClickException(f"{url} was withdrawn")
        sign = _signer(key_path) if key_path else None
        with _destination(target, packed=False) as stream:
            public = Path(f"{Path(db).absolute()}.key.pub")  # as `newsledger checkpoint` names it
            checkpoint_key = public.read_bytes() if public.is_file() else None
            report = write_bundle(store, article, folder, stream, now(), Path(target).name, sign, checkpoint_key)
    echo("; ".join(f"{number} {what}" for what, number in report.counts.items()) or "no archived pages", err=True)
    if not report.is_anchored:
        echo("no checkpoint covers its seals: `newsledger checkpoint` makes one that others can date", err=True)
    for problem in report.problems:
        echo(problem, err=True)
    if report.problems:
        raise SystemExit(1)


def _progress(*, shown: bool = True) -> Progress:
    return progress_bars(shown=shown and sys.stderr.isatty())


def _bag(target: Path, folder: Path, db: str) -> None:
    with open_ledger(db) as store, _progress() as progress:
        task = progress.add_task("copying", total=sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()))
        try:
            found = configuration().found["contact"]
            contact = str(found.value) if found.origin is not SettingOrigin.DEFAULT else ""
            count = write_bag(store, folder, target, now(), contact, lambda size: progress.advance(task, size))
        except OSError as error:
            raise click.ClickException(f"{error.filename or target}: {error.strerror or error}") from error
    echo(f"{count} files", err=True)


def _signer(path: Path) -> Sign:
    try:
        return signer(path)
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{path}: no key of ours: {error}") from error


def _check_words(words: str) -> None:
    """Refuse filters in the words, because they have options here; print what was read as words."""
    terms = question(words)
    if terms.sites or terms.changes or terms.since or terms.until:
        raise click.UsageError("--query: say site:, change:, after: and before: by --site, --change, --since and --until")
    if terms.as_words:
        echo(f"--query: taken as words: {', '.join(terms.as_words)}", err=True)


def _counted(store: Store, selection: Selection, counts: Counter[str], *, shown: bool) -> Iterator[Record]:
    """The records, with a progress bar if `shown`."""
    with _progress(shown=shown) as progress:
        task = progress.add_task("exporting", total=None if progress.disable else count(store, selection))
        for record in records(store, selection):
            yield record
            counts["revisions"] += 1
            progress.advance(task)


@contextmanager
def _destination(target: str, *, packed: bool) -> Iterator[IO[bytes]]:
    """A file that appears only when it is complete, or standard output, whose reader may stop early."""
    if target == "-":
        try:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            discard(sys.stdout)
        return
    try:
        with replacing(Path(target)) as raw:
            if packed and target.endswith(".gz"):
                with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=raw, mtime=0) as stream:
                    yield stream  # type: ignore[misc]
            else:
                yield raw
    except OSError as error:
        raise click.ClickException(f"{target}: {error.strerror or error}") from error
