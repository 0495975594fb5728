"""Filters of the latest revisions: parses a query string strictly and with limits, for pages and feeds.

    site=demo-gazette   once for each site         change=updated   once for each kind; silent=1 is change=silent
    region=Wenshire     country=GB                 since=2025-05-09   until=2025-05-10   a day or a moment, both included
    url=https://...     of one article             q=council leader   a search            before=...   the cursor of older ones
    author=Ann Other    or topic=, or section=: revisions of one of these, by its exact name

Unknown parameters and invalid values are refused, with an error that suggests valid ones: a feed that silently answers another
question than the one asked misleads for months.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from pipelines.article import CHANGES
from pipelines.queries.changes import Filter
from pipelines.queries.facets import FACETS
from pipelines.queries.site_results import FilterChoices
from pipelines.text.urls import MAX_URL
from viewer.http import CONTROL, Headers

MAX_QUERY = 16_000
MAX_WORDS_CHARS = 400
MAX_VALUES = 50
"""Sites in one query."""

_CHANGES = tuple(sorted(str(change) for change in CHANGES))
_NAME = re.compile(r".{1,200}")
_STAMP = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?", re.ASCII)
_CURSOR = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ~\d{1,18}", re.ASCII)


_LISTED = ("site", "change", "silent", "region", "country", "since", "until", "before", *FACETS)
PARAMETERS: dict[str, tuple[str, ...]] = {
    "/": _LISTED,
    "/feed.atom": (*_LISTED, "url", "q"),
    "/feed.json": (*_LISTED, "url", "q"),
    "/search": ("q", "saved", "site", "change", "silent", "since", "until", "page"),
    "/takedowns": ("site", "state", "since", "until", "before"),
    "/stories": ("site", "agency", "since", "until", "before"),
    "/compare": ("site", "since", "until"),
    "/sites": ("page", "q", "country", "health", "sort"),
    "/diff/": ("url", "from", "to"),
    "/site/": ("crawl",),
    "/story/": (),
    **{f"/{facet}/": ("site", "since", "until") for facet in FACETS},
}
"""The parameters that each address accepts."""
STATES = ("gone", "suspected")
HEALTH = ("ill", "unsure", "well", "paused", "imported", "unknown")
ORDERS = ("health", "name", "country", "crawled", "articles", "revisions", "silent")
"""Orders of the table of sites."""
_BELOW = ("/site/", "/story/", *(f"/{facet}/" for facet in FACETS))
"""Prefixes of addresses that end in a name or number, not in a URL."""
_PASSED_OVER = ("utm_", "_")
"""Prefixes of parameters that others add to links; they are ignored here."""
_PAGE = re.compile(r"(?!0+$)\d{1,6}", re.ASCII)
_YES_OR_NO = ("0", "1", "false", "true", "off", "on", "no", "yes")
_SUGGESTIONS = 3
"""Suggestions in an error, at most."""


class FilterError(ValueError):
    """An invalid parameter or value; the message names it and says what is valid."""

    status = 400
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class Wanted(Filter):
    """The filters of a request; an empty value filters nothing."""

    url: str | None = None
    """Only revisions of this article, with its URL as given."""
    words: str | None = None
    """The words of a search."""
    before: str | None = None
    """Cursor: only revisions older than the one that it names."""

    def times(self) -> dict[str, str | None]:
        """The period, as parameters."""
        return {"since": self.since, "until": self.until}

    def query(self, **replaced: str | None) -> str:
        """The filters as one query string in a fixed order, from which links and the ids of feeds are made.

        `replaced`: new values for `before` or other parameters with one value; None removes a parameter.
        """
        plain = {"region": self.region, "country": self.country, "since": self.since, "until": self.until,
                "url": self.url, "q": self.words, "before": self.before,
                **dict([self.facet] if self.facet else []), **replaced}  # fmt: skip
        pairs = [("site", site) for site in sorted(self.sites)] + [("change", change) for change in sorted(self.changes)]
        return urlencode(pairs + [(name, value) for name, value in plain.items() if value])


def paging(parameters: Mapping[str, str | None], before: str | None, older: str | None) -> dict[str, Any]:
    """The query strings of a list page: `older` and `newest` rows (None at the newest), and the rows that it shows.

    `before`: the page's cursor; `older`: the cursor of the next page.
    """
    same = {name: value for name, value in parameters.items() if value}
    here = {**same, "before": before} if before else same
    return {"older": urlencode({**same, "before": older}) if older else "", "newest": urlencode(same) if before else None,
            "here_query": urlencode(here)}  # fmt: skip


def check(path: str, query: str, choices: Callable[[], FilterChoices]) -> None:
    """Refuse what a page does not know: parameters, sites, regions, countries, states.

    `choices` returns what the ledger has; it is called only if needed. Raises FilterError, whose message suggests what is
    valid.
    """
    accepted = PARAMETERS.get(next(filter(path.startswith, _BELOW), path))
    if accepted is None:
        return
    for name, value in parse_qsl(query[:MAX_QUERY], errors="replace"):
        if name.startswith(_PASSED_OVER):
            continue
        if name not in accepted:
            raise FilterError(f"{name[:40]}: this page has no such parameter{suggestion(name, accepted)}")
        text = CONTROL.sub(" ", value).strip()
        if text and name in _VALUES:
            _VALUES[name](text, choices)


def suggestion(given: str, known: Iterable[str]) -> str:
    """Known names that are similar to the given one, as the end of a sentence."""
    names = {one.casefold(): one for one in known}
    close = [names[one] for one in get_close_matches(given.casefold()[:200], names, _SUGGESTIONS, 0.7)]
    if close:
        return f"; meant may be {', '.join(close)}"
    return f"; there are {', '.join(names.values())}" if 0 < len(names) <= len(_LISTED) + 2 else ""


def _site(value: str, choices: Callable[[], FilterChoices]) -> None:
    sites = {site.id: site for site in choices().sites}
    if value in sites:
        return
    host = value.lower().removeprefix("www.")
    same = [one.id for one in sites.values() if host == (urlsplit(one.url or "").hostname or "").removeprefix("www.")]
    same += [one.id for one in sites.values() if one.name.casefold() == value.casefold()]
    raise FilterError(
        f"site: {value[:40]!r} is none of the ledger's" + (f"; meant may be {same[0]}" if same else suggestion(value, sites))
    )


def _place(name: str, value: str, known: Iterable[str]) -> None:
    known = tuple(known)
    if value not in known:
        raise FilterError(f"{name}: {value[:40]!r} is none of the ledger's{suggestion(value, known)}")


_VALUES: dict[str, Callable[[str, Callable[[], FilterChoices]], object]] = {
    "site": _site,
    "region": lambda value, choices: _place("region", value, choices().regions),
    "country": lambda value, choices: _place("country", value, choices().countries),
    "health": lambda value, _: _place("health", value, HEALTH),
    "sort": lambda value, _: _place("sort", value, ORDERS),
    "state": lambda value, _: _place("state", value, STATES),
    "silent": lambda value, _: _place("silent", value, _YES_OR_NO),
    "page": lambda value, _: _checked(value, "page", _PAGE),
    "before": lambda value, _: _checked(value, "before", _CURSOR),
}


def wanted(query: str) -> Wanted:
    """The filters in a query string. Raises FilterError, and nothing else, whatever the query."""
    if len(query) > MAX_QUERY:
        raise FilterError("the query is longer than any that is meant")
    try:
        pairs = parse_qsl(query, errors="replace", max_num_fields=MAX_VALUES * 2)
    except ValueError as error:
        raise FilterError("more parameters than are meant") from error
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        if plain := CONTROL.sub(" ", value).strip():
            values.setdefault(name, []).append(plain)
    changes = values.get("change", []) + (
        ["silent"] if values.get("silent", ["0"])[-1] not in ("0", "false", "off", "no") else []
    )
    return Wanted(
        sites=_all(values.get("site", []), "site"),
        region=_last_value(values, "region", _NAME),
        country=_last_value(values, "country", _NAME),
        changes=_changes(changes),
        since=_stamp(values, "since"),
        until=_stamp(values, "until"),
        url=_last_value(values, "url", re.compile(rf".{{1,{MAX_URL}}}")),
        words=_last_value(values, "q", re.compile(rf".{{1,{MAX_WORDS_CHARS}}}")),
        before=_last_value(values, "before", _CURSOR),
        facet=_facet(values),
    )


def _facet(values: dict[str, list[str]]) -> tuple[str, str] | None:
    named = [(facet, name) for facet in FACETS if (name := _last_value(values, facet, _NAME))]
    if len(named) > 1:
        raise FilterError(f"{named[1][0]}: together with {named[0][0]} is not asked for; one of them at a time")
    return named[0] if named else None


def _changes(values: list[str]) -> tuple[str, ...]:
    for value in values:
        if value not in _CHANGES:
            raise FilterError(f"change: {value[:40]!r} is none of {', '.join(_CHANGES)}")
    return tuple(dict.fromkeys(values))


def _all(values: list[str], name: str) -> tuple[str, ...]:
    kept = tuple(dict.fromkeys(values))
    if len(kept) > MAX_VALUES:
        raise FilterError(f"{name}: more than {MAX_VALUES}")
    return tuple(_checked(value, name, _NAME) for value in kept)


def _last_value(values: dict[str, list[str]], name: str, form: re.Pattern[str]) -> str | None:
    return _checked(values[name][-1], name, form) if name in values else None


def _checked(value: str, name: str, form: re.Pattern[str]) -> str:
    if not form.fullmatch(value):
        raise FilterError(f"{name}: {value[:40]!r} is not what it can be")
    return value


def _stamp(values: dict[str, list[str]], name: str) -> str | None:
    text = _last_value(values, name, _STAMP)
    try:
        if text:
            datetime.fromisoformat(text)
    except ValueError as error:
        raise FilterError(f"{name}: {text} is no day and no moment") from error
    return text
