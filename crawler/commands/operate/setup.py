"""`newsledger init`, `doctor` and `completion`: a folder to begin with, what this machine lacks, and TAB completion."""

from __future__ import annotations

import os
import resource
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from click.shell_completion import get_completion_class

from crawler import __version__
from crawler.catalogue import CatalogueError
from crawler.catalogue.edit import toml
from crawler.commands import (
    archive_by_settings,
    configuration,
    db_option,
    json_option,
    load_catalogue,
    now,
    open_ledger,
    options,
    sites_option,
)
from crawler.commands.console import console, echo, print_json, table
from crawler.config import USUAL_FILE, SettingOrigin
from crawler.middlewares.ssrf import refusal
from crawler.schedule.processes import hold
from crawler.warc.holdings import absence_anywhere, free_bytes
from pipelines.queries import articles
from pipelines.store.database import Store, StoreError, holds_something
from pipelines.store.rows import instant_of

_SETTINGS = """\
# Settings of this folder's commands; `newsledger settings` prints all of them, with the values in force.
{contact}
db = "data/news.db"
# Only your own titles are crawled. Without this line those of the shipped catalogue are, too: `newsledger sites list --enabled`.
sites = "newsledger-sites.toml"
"""
_SITES = """\
# Your titles. `newsledger sites add https://www.your-paper.example/` writes one here.
"""
_PRIVATE = ("http://127.0.0.1/", "http://10.0.0.1/", "http://169.254.169.254/", "http://[::1]/", "http://[fd00::1]/")
_EXTRAS = {"viewer": "datasette", "metrics": "prometheus_client", "alerts": "apprise", "parquet": "pyarrow", "cluster": "rq"}
LEAST_FREE_BYTES = 1_000_000_000
"""With less free disk, a month of crawls may not fit: some 85 KB a page, and a busy title has 100 new ones a day."""
LEAST_FILES = 1_024
_CLOCK_MARGIN = timedelta(minutes=5)


class Condition(StrEnum):
    """The result of a check."""

    WELL = "well"
    NOTE = "note"
    """Works, but could be better."""
    ILL = "ill"


@dataclass(frozen=True, slots=True)
class Check:
    """One checked fact, and what would correct it."""

    what: str
    condition: Condition
    found: str
    mend: str = ""


@click.command("init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--contact", metavar="TEXT", help="A mail address or page at which a site can reach you: in each request's user agent."
)
def init_command(folder: Path, contact: str | None) -> None:
    """Make a folder to crawl from: settings, a file for your own titles, systemd units. Existing files are not changed."""
    contact = contact or (click.prompt("Mail address or page at which a site can reach you") if sys.stdin.isatty() else "")
    setting = f"contact = {toml(contact)}" if contact else '# contact = "you@example.org"    # set it before you crawl'
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in ((USUAL_FILE, _SETTINGS.format(contact=setting)), ("newsledger-sites.toml", _SITES)):
        _write_new(folder / name, lambda path, text=text: path.write_text(text, encoding="utf-8"))  # type: ignore[misc]
    _write_new(folder / "systemd", lambda path: shutil.copytree(_units(), path))
    change_folder = "" if folder.resolve() == Path.cwd() else f"  cd {folder}\n"
    echo(f"\nNext:\n{change_folder}  newsledger sites add https://www.your-paper.example/\n  newsledger crawl your-paper\n"
         "\n`newsledger doctor` says whether this machine has what crawls need.")  # fmt: skip


@click.command("doctor")
@options(sites_option, db_option, json_option)
def doctor_command(sites_path: Path | None, db: str, as_json: bool) -> None:
    """Check that this machine has what crawls need, and say what to do. Uses no network; exit code 1 if it lacks
    something.
    """
    checks = list(_checks(sites_path, Path(db)))
    if as_json:
        print_json([asdict(check) for check in checks])
    else:
        console().print(table(("", "", "found", "to mend"), [(c.condition, c.what, c.found, c.mend) for c in checks]))
    if any(check.condition is Condition.ILL for check in checks):
        raise SystemExit(1)


def _checks(sites_path: Path | None, db: Path) -> Iterator[Check]:
    yield Check("versions", Condition.WELL, f"newsledger {__version__}, Python {sys.version.partition(' ')[0]}")
    yield _contact()
    yield _sites(sites_path)
    folder = db.absolute().parent
    yield from _folder(folder)
    yield _ledger(db)
    yield _zones()
    yield _guard()
    yield _files()
    if os.geteuid() == 0:
        yield Check("user", Condition.NOTE, "root", "run as a user of its own: pages come from strangers")
    installed = [extra for extra, module in _EXTRAS.items() if find_spec(module)]
    missing = [extra for extra in _EXTRAS if extra not in installed]
    yield Check("extras", Condition.WELL, f"{', '.join(installed) or 'none'}; not installed: {', '.join(missing) or 'none'}")


def _contact() -> Check:
    contact = configuration().found["contact"]
    if contact.origin is SettingOrigin.DEFAULT:
        mend = f'contact = "you@example.org" in {USUAL_FILE}, or NEWSLEDGER_CONTACT'
        return Check("contact", Condition.NOTE, "none: a site that minds can only block you", mend)
    return Check("contact", Condition.WELL, str(contact.value))


def _sites(path: Path | None) -> Check:
    try:
        sites = load_catalogue(path)
    except CatalogueError as error:
        return Check("sites", Condition.ILL, str(error), "fix the file; nothing is crawled until then")
    if not sites:
        return Check("sites", Condition.NOTE, "none yet", "newsledger sites add https://www.your-paper.example/")
    enabled = sum(site.enabled for site in sites)
    return Check("sites", Condition.WELL, f"{len(sites):,}, of which {enabled:,} are enabled")


def _folder(folder: Path) -> Iterator[Check]:
    """Try what crawls do in the ledger's folder: create a ledger, lock, fill the disk. Nothing is left behind."""
    existing = next(path for path in (folder, *folder.parents) if path.is_dir())
    try:
        with tempfile.TemporaryDirectory(prefix=".doctor-", dir=existing) as trial:
            Store(Path(trial) / "trial.db").close()
            with hold(Path(trial), "doctor") as first, hold(Path(trial), "doctor") as second:
                holds = first is None and second is not None
    except (StoreError, OSError) as error:
        mend = "a folder on a local disk that this user may write to"
        yield Check("SQLite", Condition.ILL, f"{existing}: {error}", mend)
        return
    yield Check("SQLite", Condition.WELL, f"{existing}: full-text search and the write-ahead log work")
    if not holds:
        yield Check("locks", Condition.ILL, f"{existing}: two processes hold one lock", "a local disk: this one keeps no flock")
    free = free_bytes(existing)
    found = f"{free / 1e9:,.1f} GB free for {folder}"
    yield Check("disk", Condition.NOTE, found, "more room") if free < LEAST_FREE_BYTES else Check("disk", Condition.WELL, found)


def _ledger(db: Path) -> Check:
    if not holds_something(db):
        return Check("ledger", Condition.WELL, f"{db}: none yet; the first crawl makes it")
    try:
        with open_ledger(str(db)) as store:
            last, absent = articles.status(store)["last_fetch"], absence_anywhere(archive_by_settings(str(db)), store)
    except StoreError as error:
        return Check("ledger", Condition.ILL, str(error), "see docs/operate: when something is wrong")
    if last and instant_of(last) > now() + _CLOCK_MARGIN:
        found = f"{now():%Y-%m-%d %H:%M} UTC, and the last fetch is of {last}"
        return Check("clock", Condition.ILL, found, "set the machine's clock; if it is right, it was ahead: `verify --all`")
    if absent:
        return Check("archive", Condition.ILL, absent, "until then crawls fail, and ask nothing of their sites")
    return Check("ledger", Condition.WELL, f"{db}: last fetch {last or 'never'}, and the clock agrees")


def _zones() -> Check:
    try:
        ZoneInfo("Europe/Dublin")
    except ZoneInfoNotFoundError:
        return Check("time zones", Condition.ILL, "none on this machine", "pip install tzdata")
    return Check("time zones", Condition.WELL, "there")


def _guard() -> Check:
    open_ = [url for url in _PRIVATE if refusal(url, None) is None]
    if open_:
        return Check("network guard", Condition.ILL, f"does not refuse {', '.join(open_)}", "a bug: please report it")
    return Check("network guard", Condition.WELL, "private addresses are refused")


def _files() -> Check:
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit != resource.RLIM_INFINITY and limit < LEAST_FILES:
        return Check("open files", Condition.NOTE, str(limit), f"ulimit -n {LEAST_FILES * 4}")
    return Check("open files", Condition.WELL, "no limit" if limit == resource.RLIM_INFINITY else f"{limit:,}")


def _units() -> Path:
    """The folder of systemd units: beside this module in a package, in the documentation in a checkout."""
    packed = Path(__file__).with_name("systemd")
    return packed if packed.is_dir() else Path(__file__).parents[3] / "docs" / "operate" / "systemd"


def _write_new(path: Path, write: Callable[[Path], object]) -> None:
    if path.exists():
        echo(f"{path} is there already, and stays as it is")
        return
    write(path)
    echo(f"{path} written")


SHELLS = ("bash", "zsh", "fish")
_ZSH = "fpath+=(~/.zfunc); autoload -Uz compinit && compinit"


def _place(shell: str, environment: dict[str, str]) -> Path:
    """The file in which a shell looks for the completions of a program, by its name."""
    home = Path(environment.get("HOME", "~")).expanduser()
    if shell == "zsh":
        return home / ".zfunc" / "_newsledger"
    if shell == "fish":
        return Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "fish" / "completions" / "newsledger.fish"
    return Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share") / "bash-completion" / "completions" / "newsledger"


@click.command("completion")
@click.argument("shell", required=False, type=click.Choice(SHELLS))
@click.option("--print", "only_print", is_flag=True, help="Print the script instead of installing it.")
@click.pass_context
def completion_command(ctx: click.Context, shell: str | None, only_print: bool) -> None:
    """Install TAB completion of verbs, options and names, for bash, zsh or fish; default the current shell.

    Writes one file that the shell reads by itself, and for zsh a line in ~/.zshrc unless it reads ~/.zfunc already.
    """
    environment = dict(os.environ)
    shell = shell or Path(environment.get("SHELL", "")).name
    kind = get_completion_class(shell) if shell in SHELLS else None
    if kind is None:
        raise click.UsageError(f"which shell? one of {', '.join(SHELLS)}")
    script = kind(ctx.find_root().command, {}, "newsledger", "_NEWSLEDGER_COMPLETE").source()
    if only_print:
        echo(script, nl=False)
        return
    place = _place(shell, environment)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(script, encoding="utf-8")
        settings = place.parent.parent / ".zshrc"
        if shell == "zsh" and ".zfunc" not in (settings.read_text(encoding="utf-8") if settings.exists() else ""):
            with settings.open("a", encoding="utf-8") as lines:
                lines.write(f"\n{_ZSH}\n")
            echo(f"{settings}: added the line {_ZSH}")
    except OSError as error:
        raise click.ClickException(f"{place}: {error.strerror}") from error
    echo(f"{place} is written; a new {shell} completes newsledger")
