"""Site: the questions that its addresses answer, asked of addresses that strangers wrote."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.catalogue.backtracking import MAX_SEARCHED_CHARS
from crawler.catalogue.site import Site, host_of, is_loopback, parse_every
from tests.table import table

DOCS = Path(__file__).resolve().parents[3] / "docs" / "sites.md"


def site(url: str = "https://www.stantonmercury.example/", **keys: object) -> Site:
    return Site(id="stanton", name="Stanton Mercury", url=url, timezone="Europe/London", **keys)  # type: ignore[arg-type]


@table(
    ("url", "host"),
    [
        ("https://www.Stanton-Mercury.example/news/", "www.stanton-mercury.example"),
        ("https://stanton.example:443/", "stanton.example"),
        ("http://stanton.example:443/", "stanton.example:443"),
        ("http://stanton.example:80/", "stanton.example"),
        ("HTTPS://stanton.example./", "stanton.example"),
        ("http://127.0.0.1:8000/feed", "127.0.0.1:8000"),
        ("http://[::1]:8000/", "[::1]:8000"),
        ("http://[::1]/", "[::1]"),
        ("https://reader:secret@stanton.example/", "stanton.example"),
        ("ftp://stanton.example/", ""),
        ("/news/", ""),
        ("", ""),
        ("http://[::1", ""),
        ("http://stanton.example:99999/", ""),
        ("http://stanton.example:port/", ""),
    ],
)
def test_host_of(url: str, host: str) -> None:
    assert host_of(url) == host


def test_group_and_own_hosts_of_a_site_whose_feed_lives_elsewhere() -> None:
    regional = site(
        "https://www.bbc.co.uk/news/england/shropshire",
        feeds=("https://feeds.bbci.co.uk/news/england/shropshire/rss.xml",),
        sitemaps=("https://www.bbc.co.uk/sitemap.xml",),
        sections=("http://127.0.0.1:8000/news/",),
    )
    assert regional.host == regional.politeness_group == "www.bbc.co.uk"
    assert regional.own_hosts == {"www.bbc.co.uk", "feeds.bbci.co.uk", "127.0.0.1:8000"}


@table(
    ("host", "loopback"),
    [
        ("127.0.0.1:8000", True),
        ("127.9.9.9", True),
        ("[::1]:8000", True),
        ("[::1]", True),
        ("localhost", True),
        ("localhost:8080", True),
        ("mercury.localhost", True),
        ("localhost.example", False),
        ("notlocalhost", False),
        ("10.0.0.1", False),
        ("[::2]", False),
        ("", False),
    ],
)
def test_is_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@table(
    ("own", "other", "same"),
    [
        ("https://www.stanton.co.uk/", "https://stanton.co.uk/news/1", True),
        ("https://www.stanton.co.uk/", "http://amp.stanton.co.uk:8080/news/1", True),
        ("https://www.stanton.co.uk/", "https://other.co.uk/", False),
        ("https://www.stanton.co.uk/", "https://stanton.co.uk.evil.example/", False),
        # hosts under a suffix that anybody can rent a name of are neighbours, not one site
        ("https://www.thepost.uk.com/", "https://another.uk.com/", False),
        ("https://www.thepost.uk.com/", "https://thepost.uk.com/news/", True),
        ("https://gazette.github.io/", "https://mercury.github.io/", False),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/a", True),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8001/a", False),
        ("http://127.0.0.1:8000/", "http://127.0.0.2:8000/a", False),
        ("http://localhost:8000/", "http://localhost:8000/a", True),
        ("http://localhost:8000/", "http://localhost/a", False),
        ("http://[::1]:8000/", "http://[::1]:8000/a", True),
        ("http://[::1]:8000/", "http://[::1]:9000/a", False),
        ("https://www.stanton.co.uk/", "mailto:desk@stanton.co.uk", False),
        ("https://www.stanton.co.uk/", "https://www.stanton.co.uk:99999/", False),
        ("https://www.stanton.co.uk/", "", False),
    ],
)
def test_same_site(own: str, other: str, same: bool) -> None:
    assert site(own).same_site(other) is same


@table(
    ("pattern", "url", "looks", "external_id"),
    [
        (None, "https://a.example/news/fire-1234567", None, None),
        (r"-(?P<id>\d{7})$", "https://a.example/news/fire-1234567", True, "1234567"),
        (r"-(?P<id>\d{7})$", "https://a.example/news/fire-1234567?page=2", True, "1234567"),
        (r"-(?P<id>\d{7})$", "https://a.example/news/fire-1234567#comments", True, "1234567"),
        (r"-(?P<id>\d{7})$", "https://a.example/news/", False, None),
        (r"-(?P<id>\d{7})$", "https://a-1234567.example/", False, None),
        (r"[?&]story=(?P<id>\d+)", "https://a.example/show.php?x=1&story=55", True, "55"),
        (r"/\d{4}/\d{2}/|-(?P<id>\d{7})$", "https://a.example/2025/03/fire", True, None),
        (r"/fire(?P<id>\d*)$", "https://a.example/fire", True, None),
        (r"/fire", "https://a.example/fire", True, None),
        (r"-(?P<id>\d{7})$", "https://[::1/fire-1234567", False, None),
        (r"-(?P<id>\d{7})$", "https://a.example/" + "x" * MAX_SEARCHED_CHARS + "-1234567", False, None),
    ],
)
def test_article_url(pattern: str | None, url: str, looks: bool | None, external_id: str | None) -> None:
    asked = site(article_url=None if pattern is None else re.compile(pattern))
    assert (asked.looks_like_article(url), asked.external_id(url)) == (looks, external_id)


@given(st.one_of(st.text(max_size=80), st.text("htps:/[]@.%?#-1aé ", max_size=40).map("http:".__add__)))
@settings(max_examples=100, deadline=None)
def test_no_address_makes_a_question_raise(url: str) -> None:
    asked = site("https://www.stanton.co.uk/", article_url=re.compile(r"-(?P<id>\d{7})$"))
    assert asked.same_site(url) in (True, False)
    assert asked.looks_like_article(url) in (True, False)
    assert (asked.external_id(url) or "0000000").isdigit()
    assert host_of(url) == host_of(url).lower()
    assert is_loopback(host_of(url)) in (True, False)


@table(
    ("text", "length"),
    [
        ("1 min", timedelta(minutes=1)),
        ("30 min", timedelta(minutes=30)),
        ("90min", timedelta(minutes=90)),
        ("2 h", timedelta(hours=2)),
        ("1 day", timedelta(days=1)),
        ("31 days", timedelta(days=31)),
    ],
)
def test_parse_every(text: str, length: timedelta) -> None:
    assert parse_every(text) == length


@given(st.text(max_size=20) | st.from_regex(r"\d{1,6} ?(min|h|days?|s)", fullmatch=True))
@settings(max_examples=100, deadline=None)
def test_every_is_a_length_in_bounds_or_refused(text: str) -> None:
    try:
        length = parse_every(text)
    except ValueError:
        return
    assert timedelta(minutes=1) <= length <= timedelta(days=31)


def test_interval_is_every_or_the_default_or_left_to_cron() -> None:
    assert site(every="30 min").interval == timedelta(minutes=30)
    assert site().interval == timedelta(minutes=60)
    assert site(cron="0 6 * * *").interval is None


def test_docs_tell_of_every_key_and_of_no_other() -> None:
    rows = re.findall(r"^\| `(\w+)` \| .+? \| (.+?) \| ", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(key for key, _ in rows) == sorted(field.name for field in fields(Site))
    shown = {"required": ..., "none": None, "`[]`": (), '`"60 min"`': None, "`true`": True, '`""`': "", "`1.0`": 1.0}
    defaults = {field.name: field.default for field in fields(Site) if isinstance(field.default, str | tuple | float)}
    told = {key: shown.get(default, default.strip("`").strip('"')) for key, default in rows}
    assert {key: told[key] for key in defaults} == defaults


@table(
    ("delay", "given", "an_hour"),
    [(0.0, None, 360), (1.0, None, 360), (2.0, None, 180), (60.0, None, 6), (2.0, 25.0, 25), (2.0, 0.0, 0)],
)
def test_rechecks_an_hour_go_by_the_delay_unless_they_are_given(delay: float, given: float | None, an_hour: float) -> None:
    site = Site("paper", "Paper", "https://paper.example/", "UTC", delay_seconds=delay, recheck_per_hour=given)
    assert site.rechecks_an_hour == an_hour
