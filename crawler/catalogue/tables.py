"""One `[[site]]` table -> one Site, or the faults of each of its keys.

Every key has one check that turns the TOML value into the Site's value or refuses it with a sentence; checks over
several keys come last. Knows no file and no line: the caller says where a key is.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import partial
from ipaddress import ip_address
from typing import Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from crawler.catalogue.backtracking import searched_chars
from crawler.catalogue.site import DEFAULT_EVERY, Site, is_loopback, parse_every
from pipelines.history.revisit import PRICES

_MAX_CHARS = 2000
_NEVER_IN_A_URL = re.compile(r"""[\s\x00-\x20\x7f"<>\\^`{|}]""")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HOST_NAME = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBERS = re.compile(r"[0-9.]+")


def read_url(text: str) -> str:
    """An absolute URL, scheme and host in lower case, "/" if there is no path; the ValueError says what is wrong."""
    if not text or len(text) > _MAX_CHARS:
        raise ValueError(f"must be an address of 1 to {_MAX_CHARS} characters")
    if bad := _NEVER_IN_A_URL.search(text):
        raise ValueError(f"{text!r} contains {bad[0]!r}, which no URL may: fill in templates, escape the rest")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ValueError(f"{text!r} is no URL: {error}") from error
    if parts.scheme not in ("http", "https"):
        raise ValueError(f"{text!r} must begin with https:// or http://")
    if "@" in parts.netloc:
        raise ValueError("must not carry a user name or password")
    if not _is_host(host) or port == 0 or parts.netloc.endswith(":"):
        raise ValueError(f"{text!r} names no valid host (names with other letters are written in their xn-- form)")
    if "#" in text:
        raise ValueError(f"{text!r} must not have a fragment (#...): servers never see it")
    return parts._replace(netloc=parts.netloc.lower(), path=parts.path or "/").geturl()


def resolve(text: str, base: str) -> str:
    """An absolute URL from an absolute or relative one; refuses the same as `read_url`."""
    if not text or text.strip() != text:
        raise ValueError(f"{text!r} is no address")
    if _SCHEME.match(text):
        return read_url(text)
    if text.startswith("//"):  # urljoin takes an empty host for the base's
        return read_url(f"{urlsplit(base).scheme}:{text}")
    return read_url(urljoin(base, text))


def _is_host(host: str) -> bool:
    """A DNS name, an IPv4 address written in full, or an IPv6 address (urlsplit removes its brackets)."""
    if ":" in host or _NUMBERS.fullmatch(host):
        try:
            ip_address(host)
        except ValueError:
            return False
        return True
    return _HOST_NAME.fullmatch(host) is not None


REQUIRED = ("id", "name", "url", "timezone")
ADDRESS_LISTS = ("feeds", "sitemaps", "sections")

MAX_DELAY_SECONDS = 3600
MAX_RECHECKS_PER_HOUR = 3600
MAX_PATTERN_CHARS = 500
MAX_ID_CHARS = 64
MAX_TEXT_CHARS = 200

Complain = Callable[[str, str], None]
"""Called with a key and its fault."""

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_COUNTRY = re.compile(r"[A-Z]{2}")
_ZONE = re.compile(r"[A-Z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?(?:-[a-z0-9]{5,8})*")


def read_table(table: Mapping[str, object], complain: Complain) -> Site | None:
    """The Site of the table; None if there was a fault."""
    complaints = 0

    def refuse(key: str, what: str) -> None:
        nonlocal complaints
        complaints += 1
        complain(key, what)

    values = _read_keys(table, refuse)
    _read_addresses(table, values, refuse)
    _check_together(values, refuse)
    return None if complaints else Site(**values)


def _read_keys(table: Mapping[str, object], refuse: Complain) -> dict[str, Any]:
    """Values of keys that do not depend on others."""
    values: dict[str, Any] = {}
    for key in REQUIRED:
        if key not in table:
            refuse(key, "is missing")
    for key, value in table.items():
        if key in ADDRESS_LISTS:
            continue
        check = _CHECKS.get(key)
        try:
            if check is None:
                raise ValueError(_unknown_key(key))
            values[key] = check(value)
        except ValueError as error:
            refuse(key, str(error))
    return values


def _read_addresses(table: Mapping[str, object], values: dict[str, Any], refuse: Complain) -> None:
    """Feeds, sitemaps and sections, made absolute; a list with a bad address has no value at all.

    Without a valid `url` they cannot be resolved.
    """
    for key in ADDRESS_LISTS:
        try:
            texts = _list_of_text(table.get(key, []))
        except ValueError as error:
            refuse(key, str(error))
            continue
        addresses: list[str] = []
        for text in texts if "url" in values else ():
            try:
                address = resolve(text, values["url"])
                if address in addresses:
                    raise ValueError(f"{address} is there twice")
                addresses.append(address)
            except ValueError as error:
                refuse(key, str(error))
        if len(addresses) == len(texts):
            values[key] = tuple(addresses)


def _check_together(values: dict[str, Any], refuse: Complain) -> None:
    if values.get("retired"):
        values["enabled"] = False
    if "every" in values and "cron" in values:
        refuse("cron", "stands beside every: give one of the two")
    elif "cron" not in values:
        values.setdefault("every", DEFAULT_EVERY)
    if not all(key in values for key in ("url", *ADDRESS_LISTS)):
        return
    probe = Site(id="", name="", url=values["url"], timezone="", **{key: values[key] for key in ADDRESS_LISTS})
    if values.get("delay_seconds") == 0 and not all(is_loopback(host) for host in probe.own_hosts):
        refuse("delay_seconds", "must be more than 0: only loopback hosts may be asked without a pause")
    rechecks, delay = values.get("recheck_per_hour"), values.get("delay_seconds", probe.delay_seconds)
    if rechecks and delay and rechecks * delay > 3600:
        refuse("recheck_per_hour", f"is more than delay_seconds leaves room for: at most {int(3600 / delay)}")
    if values.get("robots_sitemaps") is False and not (probe.feeds or probe.sitemaps or probe.sections):
        refuse("robots_sitemaps", "is false and there is no feed, sitemap or section: nowhere to look")


def _unknown_key(key: str) -> str:
    near = get_close_matches(key, [*_CHECKS, *ADDRESS_LISTS], n=1)
    return f"is not a key of a site{f', did you mean {near[0]}?' if near else ''}"


def _kind(value: object) -> str:
    """The type of a TOML value in plain words. Booleans first: in Python they are numbers."""
    kinds = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "a table"}
    return next((word for kind, word in kinds.items() if isinstance(value, kind)), "a date or time")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be text, is {_kind(value)}")
    if not value.isprintable() or value.strip() != value or len(value) > MAX_TEXT_CHARS:
        raise ValueError(f"must be one line of at most {MAX_TEXT_CHARS} characters without blanks around it")
    return value


def _some_text(value: object) -> str:
    if not (text := _text(value)):
        raise ValueError("must not be empty")
    return text


def _list_of_text(value: object) -> list[str]:
    if not isinstance(value, list):
        raise ValueError(f"must be a list of addresses, is {_kind(value)}")
    for item in value:
        if not isinstance(item, str):
            raise ValueError(f"must hold nothing but text, holds {_kind(item)}")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, is {_kind(value)}")
    return value


def _slug(value: object) -> str:
    text = _some_text(value)
    if not _SLUG.fullmatch(text) or len(text) > MAX_ID_CHARS:
        raise ValueError(f"{text!r} must be lower case letters and digits parted by single hyphens, at most {MAX_ID_CHARS}")
    return text


def _url(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be an address, is {_kind(value)}")
    return read_url(value)


def _timezone(value: object) -> str:
    text = _some_text(value)
    try:
        if _ZONE.fullmatch(text):
            return ZoneInfo(text).key
    except (KeyError, ValueError, OSError):  # no such zone; not a zone file; a folder of zones ("Europe")
        pass
    near = get_close_matches(text, available_timezones(), n=1)
    raise ValueError(f"{text!r} is no IANA time zone{f', did you mean {near[0]}?' if near else ''}")


def _country(value: object) -> str:
    text = _text(value)
    if text == "UK":
        raise ValueError("'UK' is written GB (ISO 3166-1)")
    if text and not _COUNTRY.fullmatch(text):
        raise ValueError(f"{text!r} must be two capital letters (ISO 3166-1 alpha-2)")
    return text


def _language(value: object) -> str:
    text = _text(value)
    if text and not _LANGUAGE.fullmatch(text):
        raise ValueError(f'{text!r} must be a BCP 47 tag like "en-GB"')
    return text


def _pattern(value: object) -> re.Pattern[str]:
    text = value if isinstance(value, str) else ""
    if not isinstance(value, str):
        raise ValueError(f"must be a regular expression as text, is {_kind(value)}")
    if not text or len(text) > MAX_PATTERN_CHARS:
        raise ValueError(f"must have 1 to {MAX_PATTERN_CHARS} characters, has {len(text)}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what re merely warns of ("[[a]") is a slip here too
            pattern = re.compile(text)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        raise ValueError(f"is no regular expression: {error}") from error
    searched_chars(text)
    if pattern.search("/"):
        raise ValueError("matches the front page: it must tell articles from the rest")
    return pattern


def _interval(value: object) -> str:
    text = _some_text(value)
    try:
        parse_every(text)
    except ValueError as error:
        raise ValueError(f"{text!r} {error}") from error
    return text


def _cron(value: object) -> str:
    text = _some_text(value)
    fields = text.lower().replace("-sun", "-7").split()
    if len(fields) != 5:  # cronsim knows a sixth, for seconds
        raise ValueError(f"{text!r} must have five fields: minute hour day month weekday")
    try:
        rule = CronSim(" ".join(fields), datetime.min.replace(tzinfo=UTC))
    except CronSimError as error:
        raise ValueError(f"{text!r} is no cron rule: {str(error).lower()}") from error
    for field, size in zip(fields, (60, 24, 31, 12, 7), strict=True):
        if any(int(step) >= size for step in re.findall(r"/([0-9]+)", field)):
            raise ValueError(f"{text!r} is no cron rule: the step of {field!r} is longer than its field")
    # To cron "1-31" and "*" differ: with a weekday beside them, one means "either" and one means "both".
    if len(rule.days) == 31:
        fields[2] = "*"
    if rule.weekdays >= set(range(7)) or rule.weekdays >= set(range(1, 8)):
        fields[4] = "*"
    if fields[2] != "*" and fields[4] != "*":
        raise ValueError(f"{text!r} must not restrict both day and weekday: schedulers disagree on what that means")
    return " ".join(fields)


def _number(most: int, of_what: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"must be a number of {of_what.partition(' ')[0]}, is {_kind(value)}")
    if not (math.isfinite(value) and 0 <= value <= most):
        raise ValueError(f"must be between 0 and {most} {of_what}")
    return float(value)


def _choice(words: tuple[str, ...], value: object) -> str:
    text = _text(value)
    if text not in words:
        raise ValueError(f"{text!r} must be one of {', '.join(words)}")
    return text


_CHECKS: dict[str, Callable[[object], object]] = {
    "id": _slug,
    "name": _some_text,
    "url": _url,
    "timezone": _timezone,
    "country": _country,
    "region": _text,
    "owner": _text,
    "platform": _slug,
    "language": _language,
    "robots_sitemaps": _flag,
    "article_url": _pattern,
    "every": _interval,
    "cron": _cron,
    "delay_seconds": partial(_number, MAX_DELAY_SECONDS, "seconds"),
    "recheck": partial(_choice, tuple(PRICES)),
    "recheck_per_hour": partial(_number, MAX_RECHECKS_PER_HOUR, "requests an hour"),
    "enabled": _flag,
    "retired": _flag,
    "noarchive": partial(_choice, ("no-raw-page", "skip", "ignore")),
    "archive": partial(_choice, ("revisions", "on", "off")),
    "cookies": _flag,
    "tdm": partial(_choice, ("skip", "ignore")),
}
