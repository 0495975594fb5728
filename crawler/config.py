"""Settings: their keys, permitted values, and the value in force. An option of the command overrides the environment
(`NEWSLEDGER_<KEY>`), which overrides the file (`newsledger.toml`), which overrides the default.

Does not know what settings are for. Invalid ones are refused with their place and what is allowed; secrets are never shown.
"""

from __future__ import annotations

import math
import re
import ssl
import tomllib
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path

PREFIX = "NEWSLEDGER_"
FILE = f"{PREFIX}SETTINGS"
"""Variable with the path of the file. Not a setting itself: a file cannot name another."""
USUAL_FILE = "newsledger.toml"
MAX_FILE_BYTES = 1_000_000

Value = str | int | float | tuple[str, ...]


class ConfigurationError(ValueError):
    """A setting is invalid; the message says where it is and what is allowed."""


class SettingKind(StrEnum):
    """What a value has to look like, as people read it."""

    TEXT = "text"
    CHOICE = "one of"
    COUNT = "a whole number"
    NUMBER = "a number"
    MOMENT = "an ISO 8601 time with zone"
    ADDRESS = 'a loopback address and port ("127.0.0.1:9464", "[::1]:9464"), or nothing'
    SECRETS = "URLs that apprise knows (scheme://...)"
    REDIS = "redis://HOST:PORT/NUMBER, rediss://... or unix://PATH, or nothing"
    KEYS = "ID:SECRET, or a file of such keys"
    PROXY = "http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, or nothing"
    CERTIFICATES = "the path of a PEM file of certificates"


class SettingOrigin(StrEnum):
    """Source of a value."""

    ENVIRONMENT = "environment"
    FILE = "file"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting."""

    key: str
    kind: SettingKind
    default: Value
    meaning: str
    choices: tuple[str, ...] = ()
    low: float = 0
    high: float = math.inf
    in_file: bool = True

    @property
    def variable(self) -> str:
        """Its name in the environment."""
        return PREFIX + self.key.upper()

    @property
    def allowed(self) -> str:
        """The permitted values, for people."""
        if self.kind is SettingKind.CHOICE:
            return f"{self.kind} {', '.join(self.choices)}"
        if self.kind in (SettingKind.COUNT, SettingKind.NUMBER):
            bound = f", {self.low:g} or more" if math.isinf(self.high) else f" from {self.low:g} to {self.high:g}"
            return f"{self.kind}{bound}"
        return str(self.kind)


_KIND_OF: Mapping[type, SettingKind] = {str: SettingKind.TEXT, int: SettingKind.COUNT, float: SettingKind.NUMBER}


def _setting(key: str, default: Value, meaning: str, kind: SettingKind | None = None, *, choices: tuple[str, ...] = (),
             low: float = 0, high: float = math.inf, in_file: bool = True) -> Setting:  # fmt: skip
    """A setting, whose kind its default tells where it is not named."""
    kind = kind or (SettingKind.CHOICE if choices else _KIND_OF[type(default)])
    return Setting(key, kind, default, meaning, choices, low, high, in_file)


SETTINGS = {
    setting.key: setting
    for setting in (
        _setting("contact", "no contact set; see NEWSLEDGER_CONTACT", "who you are, for the user agent of every request"),
        _setting("db", "data/news.db", "the ledger"),
        _setting("sites", "", "a TOML file of sites, or a folder of them; empty: the shipped catalogue"),
        _setting(
            "own_sites",
            "newsledger-sites.toml",
            "a TOML file of sites, added to the shipped catalogue and overriding it; not read if `sites` is set",
        ),
        _setting(
            "recheck",
            "balanced",
            "how often known articles are fetched again, for sites that do not say it themselves",
            choices=("thrifty", "balanced", "thorough"),
        ),
        _setting("warc", "", "the folder of archived pages; empty: `warc` beside the ledger"),
        _setting(
            "max_pages", 2_000, "articles fetched in one crawl, a quarter of them reserved for rechecks", low=1, high=100_000
        ),
        _setting("max_sitemaps", 20, "sitemaps read in one crawl", low=1, high=1_000),
        _setting("jobs", 4, "crawls that a schedule runs at the same time, never two of one host", low=1, high=64),
        _setting("time_limit", 60, "minutes after which a schedule stops a crawl", low=1, high=10_000),
        _setting(
            "crawl_memory",
            1_024,
            "MB of memory that each crawl of a schedule may take; it fails if it needs more",
            low=200,
            high=1_000_000,
        ),
        _setting("log", "text", "the format of log lines on standard error", choices=("text", "json")),
        _setting("log_level", "WARNING", "the lowest level that a crawl logs", choices=("DEBUG", "INFO", "WARNING", "ERROR")),
        _setting("metrics", "", "where a schedule serves `/metrics` and `/healthz`; empty: nowhere", SettingKind.ADDRESS),
        _setting("max_age", 24.0, "hours; a site whose last success is older is ill", low=0.01, high=10_000),
        _setting(
            "alerts",
            (),
            "where alerts are sent: URLs of apprise, in the environment separated by white space",
            SettingKind.SECRETS,
        ),
        _setting("alerts_again", 24.0, "hours after which a problem that lasts is reported again", low=0.1, high=10_000),
        _setting(
            "redis", "", "where a cluster has its queue and its stream; empty: one machine, without a cluster", SettingKind.REDIS
        ),
        _setting(
            "proxy", "", "the HTTP proxy for requests to sites; empty: that of `http_proxy`, `https_proxy`", SettingKind.PROXY
        ),
        _setting(
            "ca_bundle", "", "a PEM file of authorities that are trusted in addition to the system's", SettingKind.CERTIFICATES
        ),
        _setting(
            "cluster_keys",
            "",
            "keys that sign a cluster's jobs and results: a file of ID:SECRET, a line each; or ID:SECRET itself",
            SettingKind.KEYS,
        ),
        _setting("now", "", "stops the clock at this time; for the demo and tests", SettingKind.MOMENT, in_file=False),
    )
}


@dataclass(frozen=True, slots=True)
class SettingValue:
    """A setting's value, and its source."""

    value: Value
    origin: SettingOrigin


@dataclass(frozen=True, slots=True)
class Configuration:
    """The values in force, without options of a command."""

    file: Path | None
    found: Mapping[str, SettingValue]

    def text(self, key: str) -> str:
        return str(self.found[key].value)

    def count(self, key: str) -> int:
        """A whole number."""
        value = self.found[key].value
        assert isinstance(value, int)  # noqa: S101 - `SETTINGS` and `checked` see to it
        return value

    def number(self, key: str) -> float:
        value = self.found[key].value
        assert isinstance(value, int | float)  # noqa: S101 - as above
        return float(value)

    def secrets(self, key: str) -> tuple[str, ...]:
        """A list of URLs that must never be shown."""
        value = self.found[key].value
        assert isinstance(value, tuple)  # noqa: S101 - as above
        return value


def find(environment: Mapping[str, str]) -> Path | None:
    """The settings file: the one in NEWSLEDGER_SETTINGS, or `newsledger.toml` in the working directory."""
    named = environment.get(FILE)
    if named:
        return Path(named)
    usual = Path(USUAL_FILE)
    return usual if usual.is_file() else None


def load(file: Path | None, environment: Mapping[str, str]) -> Configuration:
    """The settings of file and environment, validated; raises ConfigurationError."""
    given = dict(_from_file(file)) if file else {}
    given |= dict(_from_environment(environment))
    defaults = {key: SettingValue(setting.default, SettingOrigin.DEFAULT) for key, setting in SETTINGS.items()}
    return Configuration(file, defaults | given)


def shown(setting: Setting, value: Value) -> str:
    """A value for people: of secrets only the schemes."""
    if setting.kind is SettingKind.KEYS and ":" in str(value):
        return "***"
    if setting.kind is SettingKind.REDIS and value:
        return f"{scheme(str(value))}://***"
    if setting.kind is SettingKind.PROXY and value:
        return f"http://{'***@' if '@' in str(value) else ''}{str(value).rpartition('@')[2].removeprefix('http://')}"
    if setting.kind is SettingKind.SECRETS and isinstance(value, tuple):
        return " ".join(f"{scheme(url)}://***" for url in value)
    return str(value)


def trust(ca_bundle: str, environment: MutableMapping[str, str]) -> None:
    """Have OpenSSL trust the authorities of a PEM file in addition to the system's.

    Through the variables that OpenSSL itself reads, so call it before the first connection of a process.
    """
    if not ca_bundle:
        return
    environment["SSL_CERT_FILE"] = ca_bundle
    if folder := ssl.get_default_verify_paths().capath:
        environment.setdefault("SSL_CERT_DIR", folder)


def scheme(url: str) -> str:
    """The part before `://`, which names the service and no secret."""
    return url.partition("://")[0][:30]


def _from_file(file: Path) -> Iterator[tuple[str, SettingValue]]:
    try:
        with file.open("rb") as opened:
            text = opened.read(MAX_FILE_BYTES).decode()
        table = tomllib.loads(text)
    except OSError as error:
        raise ConfigurationError(f"{file}: {error.strerror}") from error
    except ValueError as error:
        raise ConfigurationError(f"{file}: not TOML: {error}") from error
    for key, value in table.items():
        setting = SETTINGS.get(key)
        where = f"{file}:{_line(text, key)}: {key}"
        if setting is None:
            raise ConfigurationError(f"{where}: no such setting{_similar(key, SETTINGS)}")
        if not setting.in_file:
            raise ConfigurationError(f"{where}: only in the environment, as {setting.variable}")
        yield key, SettingValue(checked(setting, _plain(setting, value, where), where), SettingOrigin.FILE)


def _from_environment(environment: Mapping[str, str]) -> Iterator[tuple[str, SettingValue]]:
    by_variable = {setting.variable: setting for setting in SETTINGS.values()}
    for name, text in environment.items():
        if not name.startswith(PREFIX) or name == FILE or not text:
            continue
        setting, where = by_variable.get(name), f"environment: {name}"
        if setting is None:
            raise ConfigurationError(f"{where}: no such setting{_similar(name, by_variable)}")
        yield setting.key, SettingValue(checked(setting, _parsed(setting, text, where), where), SettingOrigin.ENVIRONMENT)


def _parsed(setting: Setting, text: str, where: str) -> Value:
    """A value from the environment, which has only text."""
    try:
        if setting.kind is SettingKind.COUNT:
            return int(text)
        if setting.kind is SettingKind.NUMBER:
            return float(text)
    except ValueError as error:
        raise _invalid(setting, text, where) from error
    return tuple(text.split()) if setting.kind is SettingKind.SECRETS else text


def _plain(setting: Setting, value: object, where: str) -> Value:
    """A value from the file, which must have the right type."""
    if setting.kind is SettingKind.SECRETS:
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
    elif setting.kind is SettingKind.COUNT:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    elif setting.kind is SettingKind.NUMBER:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    elif isinstance(value, str):
        return value
    raise _invalid(setting, value, where)


def checked(setting: Setting, value: Value, where: str) -> Value:
    """The value, if it is allowed; otherwise raises ConfigurationError that names `where`."""
    fine = True
    if setting.kind is SettingKind.CHOICE:
        fine = value in setting.choices
    elif isinstance(value, int | float):
        fine = setting.low <= value <= setting.high
    elif setting.kind is SettingKind.SECRETS and isinstance(value, tuple):
        for number, url in enumerate(value, 1):
            if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*://.", url):
                raise ConfigurationError(f"{where}: number {number} is no URL; allowed: {setting.allowed}")
    elif setting.kind is SettingKind.REDIS and value:
        fine = re.match(r"(?:rediss?|unix)://.", str(value)) is not None
    elif setting.kind is SettingKind.PROXY and value:
        fine = re.fullmatch(r"http://(?:[^@/\s]+@)?(?:[^:@/\s\[]+|\[[0-9a-fA-F:.]+\]):[0-9]{1,5}/?", str(value)) is not None
    elif setting.kind is SettingKind.CERTIFICATES and value:
        fine = _has_certificates(str(value))
    elif setting.kind is SettingKind.ADDRESS and value:
        fine = _is_loopback(str(value))
    elif setting.kind is SettingKind.MOMENT and value:
        fine = _is_moment(str(value))
    if not fine:
        raise _invalid(setting, value, where)
    return value


def _invalid(setting: Setting, value: object, where: str) -> ConfigurationError:
    given = (
        ""
        if setting.kind in (SettingKind.SECRETS, SettingKind.REDIS, SettingKind.KEYS, SettingKind.PROXY)
        else f" {value!r}"[:100]
    )
    return ConfigurationError(f"{where}: not allowed:{given or ' what stands there'}; allowed: {setting.allowed}")


def _is_loopback(text: str) -> bool:
    match = re.fullmatch(r"(?:127\.0\.0\.1|localhost|\[::1\]):([0-9]{1,5})", text)
    return match is not None and int(match[1]) < 65_536


def _has_certificates(path: str) -> bool:
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ValueError):
        return False
    return True


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _line(text: str, key: str) -> int:
    """Line of a top-level key; 1 if it is written in an unusual way."""
    match = re.search(rf"^[ \t]*(?:\[+[ \t]*)?[\"']?{re.escape(key)}[\"']?[ \t]*[=.\]]", text, re.MULTILINE)
    return text.count("\n", 0, match.start()) + 1 if match else 1


def _similar(name: str, known: Mapping[str, object]) -> str:
    near = get_close_matches(name, known, 1)
    return f"; did you mean {near[0]}?" if near else f"; there is {', '.join(known)}"
