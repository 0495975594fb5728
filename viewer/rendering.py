"""Pages from templates: the one Jinja environment, which escapes everything, and the filters that templates use.

Everything in the ledger comes from strangers. What a page prints is escaped, bounded, and without invisible characters.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipelines.proof.memento import header_uri, wayback
from pipelines.store.rows import instant_of
from pipelines.text.dates import digits_of
from pipelines.text.zones import zone_of
from viewer import labels
from viewer.http import COMMON, LOCKED, Request, Response, html

MAX_TEXT_CHARS = 500_000
"""Characters of one text; a longer one is cut, with a mark."""
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Control characters, and characters that change the text's direction: a source's text must not affect what is next to it."""
_UNSEEN_BLANKS = re.compile(r"[^\S\n]+(?=\n|$)")
ASSETS = "/-/viewer/"
"""Path prefix of the files that pages load. Their URLs contain a digest of their content, so that browsers can keep them."""
_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
_FILES = {
    item.name: item.read_bytes()
    for item in files("viewer").joinpath("static").iterdir()
    if item.name.rpartition(".")[2] in _TYPES
}
_DIGESTS = {name: hashlib.sha256(body).hexdigest()[:12] for name, body in _FILES.items()}
_tables: ContextVar[str] = ContextVar("tables", default="")
_base: ContextVar[str] = ContextVar("base", default="")
_printed: ContextVar[tuple[str, str]] = ContextVar("printed", default=("", ""))
_zone: ContextVar[Callable[[str], str | None]] = ContextVar("zone", default=lambda site: None)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}", re.ASCII)


def asset_url(name: str, root: str) -> str:
    """The URL of the file; KeyError if there is none."""
    return f"{root}{ASSETS}{name}?{_DIGESTS[name]}"


def asset(request: Request) -> Response | None:
    """The file of a request below `ASSETS`; None if there is none."""
    name = request.path.removeprefix(ASSETS)
    body = _FILES.get(name)
    if body is None:
        return None
    named = request.query_string == _DIGESTS[name]
    kept = "public, max-age=31536000, immutable" if named else "no-cache"
    headers = (("Content-Type", _TYPES[name.rpartition(".")[2]]), ("Content-Security-Policy", LOCKED), ("Cache-Control", kept))
    return Response(200, (*headers, *COMMON), body)


def set_page_context(base: str, tables: str, zone: Callable[[str], str | None], printed: tuple[str, str] = ("", "")) -> None:
    """Set the context of this request's pages: the viewer's address ("http://127.0.0.1:8001") and the path of all tables, or
    "".

    `zone`: the id of a site -> the name of its time zone, in which its times are shown. `printed`: the page's address and the
    time, which appear on printed pages.
    """
    _base.set(base)
    _tables.set(tables)
    _zone.set(zone)
    _printed.set(printed)


def base_url() -> str:
    """The viewer's address in this request, without a final slash: for addresses that readers pass on."""
    return _base.get()


def page(template: str, root: str, /, *headers: tuple[str, str], status: int = 200, **values: Any) -> Response:
    """A template as a response; `root`: the path below which the viewer is reached."""
    return html(status, render(template, root, **values), *headers)


def render(template: str, root: str, /, **values: Any) -> str:
    return _environment.get_template(template).render(root=root, **values)


def plain(text: object, limit: int = MAX_TEXT_CHARS) -> str:
    """Text from a page, without invisible characters, of at most `limit` characters."""
    whole = "" if text is None else str(text)
    return _INVISIBLE.sub("", whole[:limit]) + (" […]" if len(whole) > limit else "")


def article_path(url: str) -> str:
    """An article's URL as the end of our addresses."""
    return header_uri(url).replace("#", "%23")


def web(url: object) -> str:
    """A URL that may be a link (http or https); "" otherwise."""
    uri = header_uri(str(url or ""))
    return uri if uri.startswith(("http://", "https://")) else ""


def host(url: object) -> str:
    """The host of a URL for readers, without "www."."""
    try:
        return (urlsplit(str(url)).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def language(tag: object) -> str:
    """A language tag that is valid in an attribute; "" (unknown) otherwise."""
    return str(tag) if tag and _LANGUAGE.fullmatch(str(tag)) else ""


def moment(text: str | None, site: str = "") -> Markup:
    """A stored time for readers, in the site's own zone: "21 Mar 2025, 09:30 GMT"; a bare day has no clock time.

    Each time carries its instant in UTC, for programs and as a tooltip.
    """
    return _time(text, _zone.get()(site), "{day} {month} {year}, {clock}{letters}")


def clock(text: str | None, site: str = "") -> Markup:
    """A stored time whose day in UTC the page shows already: "09:30 GMT"; with the day if it is another one in that zone."""
    return _time(text, _zone.get()(site), "{other}{clock}{letters}")


def day(text: str | None) -> Markup:
    """The day, in UTC, of a stored time: "Friday, 21 March 2025"."""
    return _time(text and text[:10], None, "{weekday}, {day} {whole} {year}")


def within(first_seen: str, not_before: str | None, on: str = "", site: str = "") -> Markup:
    """The bounds of the time of an edit: "between 09:00 and 09:30 GMT"; with the day, unless that is `on`."""
    if not not_before:
        return Markup("first seen {}").format(clock(first_seen, site) if first_seen[:10] == on else moment(first_seen, site))
    if not_before[:10] != first_seen[:10]:
        return Markup("between {} and {}").format(moment(not_before, site), moment(first_seen, site))
    start = "{other}{clock}" if first_seen[:10] == on else "{day} {month} {year}, {clock}"
    return Markup("between {} and {}").format(_time(not_before, _zone.get()(site), start), clock(first_seen, site))


def digits(text: str) -> str:
    """A stored time as the digits in a memento's address."""
    return digits_of(instant_of(text))


def paragraphs(text: object) -> list[str]:
    return [part for part in plain(text).split("\n\n") if part.strip()]


def query_string(query: str) -> str:
    """A query string as the end of an address; "" if it is empty."""
    return f"?{query}" if query else ""


def blanks(text: str) -> str:
    """Added or removed text, with visible marks for blanks that nobody would see: blanks alone, or at the end of a line."""
    return _UNSEEN_BLANKS.sub(lambda found: "␣" * len(found[0]), text) if text.isspace() or "\n" in text else text


def quoted(text: object) -> str:
    """Text as a value in a query string."""
    return quote(str(text), safe="", errors="replace")


@lru_cache(8_000)
def _time(text: str | None, zone: str | None, form: str) -> Markup:
    """A stored time, or a bare day, in the given form; text that is not a time is shown as it is."""
    if not text:
        return Markup("")
    try:
        utc = datetime.fromisoformat(text)
        at = utc.astimezone(zone_of(zone or "UTC")) if len(text) > len("2025-03-07") else utc
    except (ValueError, OverflowError):
        return Markup("{}").format(plain(text, 40))
    title = Markup(' title="{} {:%b} {}, {:%H:%M:%S} UTC"').format(utc.day, utc, utc.year, utc)
    if len(text) == len("2025-03-07"):
        form, title = "{day} {month}" if form.startswith("{other}") else form.partition(", {clock}")[0], Markup("")
    letters = at.tzname() or ""
    shown = form.format(
        day=at.day, month=f"{at:%b}", whole=f"{at:%B}", weekday=f"{at:%A}", year=at.year, clock=f"{at:%H:%M}",
        other="" if at.date() == utc.date() else f"{at.day} {at:%b}, ",
        letters="" if letters == "UTC" else f" UTC{letters}" if letters[:1] in "+-" else f" {letters}",
    )  # fmt: skip
    return Markup('<time datetime="{}"{}>{}</time>').format(text, title, shown)


def _finalize(value: object) -> object:
    """Clean the value of every template expression before it is escaped."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _environment_of() -> Environment:
    made = Environment(
        loader=PackageLoader("viewer"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    of_text = (plain, article_path, web, host, language, paragraphs, query_string, quoted, blanks)
    of_times = (moment, clock, day, within, digits, labels.lasted)
    of_codes = (labels.change, labels.state, labels.outcome, labels.fields, labels.counted, labels.listed, labels.short)
    made.filters |= {one.__name__: one for one in (*of_text, *of_times, *of_codes)}
    made.globals |= {
        "asset": asset_url,
        "words": labels,
        "tables": _tables.get,
        "base": _base.get,
        "printed_from": _printed.get,
        "forms": labels.files,
        "wayback": wayback,
    }
    return made


_environment = _environment_of()


TITLES = {
    400: "That could not be read",
    404: "Not here",
    405: "Only reading",
    414: "Too long an address",
    451: "Withdrawn",
    500: "Something broke",
    503: "Too much to answer",
}


def refusal(status: int, why: str, root: str, *headers: tuple[str, str]) -> Response:
    """An error page that says in a sentence why there is no such page; `why` may contain text from strangers."""
    return page("error.html", root, *headers, status=status, number=status, title=TITLES.get(status, "No page"), why=why)
