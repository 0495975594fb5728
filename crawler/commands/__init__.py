"""The verbs of the `newsledger` command, and the options that several of them share.

One module per verb, or for a few verbs of one subject: options in, a few calls, text or JSON out. No rule of crawls or of the
record is here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from math import isinf
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from crawler.catalogue import load_sites
from crawler.catalogue.site import Site, is_loopback, parse_every
from crawler.clock import Clock, clock
from crawler.config import SETTINGS, Configuration, SettingKind, SettingOrigin, find, load
from pipelines.store.database import Store, holds_something

if TYPE_CHECKING:
    from pipelines.queries.results import ArticleRecord

Function = TypeVar("Function", bound=Callable[..., object])


class SettingOption(click.Option):
    """An option with a setting behind it: if the option is not given, the value of the setting applies, wherever it comes
    from."""

    def __init__(self, param_decls: Sequence[str], setting: str, **attributes: Any) -> None:
        self.setting = SETTINGS[setting]
        low, high = self.setting.low, self.setting.high
        kinds = {
            SettingKind.CHOICE: click.Choice(self.setting.choices),
            SettingKind.COUNT: click.IntRange(int(low), None if isinf(high) else int(high)),
            SettingKind.NUMBER: click.FloatRange(low, high),
        }
        attributes.setdefault("type", kinds.get(self.setting.kind, click.STRING))
        super().__init__(param_decls, show_default=bool(self.setting.default), **attributes)

    def get_default(self, ctx: click.Context, call: bool = True) -> Any:
        """The value of the setting; click itself reads neither environment nor file."""
        value = configuration(ctx).found[self.setting.key].value
        return None if value == "" and isinstance(self.type, click.Path) else value


db_option = click.option("--db", cls=SettingOption, setting="db", metavar="PATH", help="The ledger, an SQLite file.")
sites_option = click.option(
    "--sites", "sites_path", cls=SettingOption, setting="sites", metavar="PATH", type=click.Path(exists=True, path_type=Path),
    help="A TOML file of sites, or a folder of them; default the shipped catalogue.",
)  # fmt: skip
log_option = click.option("--log", cls=SettingOption, setting="log", help="The format of log lines.")
warc_option = click.option(
    "--warc", "warc_path", cls=SettingOption, setting="warc", metavar="PATH", type=click.Path(path_type=Path),
    help="The folder of archived pages; default `warc` beside the ledger.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


def options(*chosen: Callable[[Any], Any]) -> Callable[[Function], Function]:
    """Add several shared options to a command, in the order in which the help lists them."""

    def decorated(function: Function) -> Function:
        for option in reversed(chosen):
            function = option(function)
        return function

    return decorated


def configuration(ctx: click.Context | None = None) -> Configuration:
    """The settings with which the command was started."""
    found = (ctx or click.get_current_context()).find_object(Configuration)
    return found or load(find(os.environ), os.environ)


def command_clock() -> Clock:
    """The clock of the command, also for other threads; NEWSLEDGER_NOW stops it."""
    return clock(configuration().text("now"))


def now() -> datetime:
    """The current time, aware, from the clock of the command."""
    return command_clock()()


def open_ledger(db: str) -> Store:
    return Store(db, readonly=True)


def change_ledger(db: str) -> Store:
    """Open the ledger for writing; raises StoreError if there is none yet."""
    return Store(db) if holds_something(Path(db)) else open_ledger(db)


def warc_folder(given: Path | None, db: str) -> Path:
    return given or Path(db).absolute().parent / "warc"


def archive_by_settings(db: str) -> Path:
    """The folder in which crawls archive pages."""
    given = configuration().text("warc")
    return warc_folder(Path(given) if given else None, db)


def own_sites() -> Path:
    """The operator's own file of sites, whether it exists or not."""
    return Path(configuration().text("own_sites"))


def load_catalogue(path: Path | None) -> tuple[Site, ...]:
    """The sites of the option --sites; by default those of the shipped catalogue and the operator's own. Raises
    CatalogueError."""
    return load_sites(path, own_sites(), recheck=configuration().text("recheck"))


def warn_without_contact(sites: Iterable[Site]) -> None:
    """Print a warning on standard error if other people's sites are fetched without a contact address."""
    is_set = configuration().found["contact"].origin is not SettingOrigin.DEFAULT
    if not is_set and not all(is_loopback(site.host) for site in sites):
        text = "no contact address is set: a site that minds can only block you; set NEWSLEDGER_CONTACT to a mail address or page"
        click.echo(text, err=True)


def pick_sites(path: Path | None, ids: tuple[str, ...]) -> tuple[Site, ...]:
    """The sites with these ids, in that order; an unknown id is a usage error that names similar ones."""
    by_id = {site.id: site for site in load_catalogue(path)}
    for site_id in ids:
        if site_id not in by_id:
            near = sorted(known for known in by_id if site_id in known or known in site_id)[:5] or get_close_matches(
                site_id, by_id
            )
            hint = f"; there is {', '.join(near)}" if near else "; `newsledger sites list` prints all"
            raise click.UsageError(f"no site {site_id!r} in the catalogue{hint}")
    return tuple(by_id[site_id] for site_id in ids)


def article_at(store: Store, url: str) -> ArticleRecord:
    """The article that a URL leads to; an error if the ledger has none."""
    from pipelines.queries.articles import find_article  # loaded here because most commands do not need it

    found = find_article(store, url)
    if found is None:
        raise click.ClickException(f"the ledger has no article at {url}; `newsledger why {url}` says why")
    return found


def parse_time(text: str | None) -> datetime | None:
    """The time in an option, UTC if it names no zone; a usage error if it is invalid."""
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise click.UsageError(f"{text!r} is no time; write 2025-03-07 or 2025-03-07T14:05") from error
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def duration(text: str) -> timedelta:
    """A length of time in an option, as `every` in the catalogue: "90 min", "2 h", "3 days"; a number alone is hours."""
    try:
        return timedelta(hours=float(text)) if _HOURS.fullmatch(text) else parse_every(text)
    except ValueError as error:
        raise click.UsageError(f"--for {text}: {error}") from error


_HOURS = re.compile(r"0?\.[1-9]\d?|[1-9]\d{0,3}(?:\.\d{1,2})?", re.ASCII)
"""From six minutes to a year and some days."""
