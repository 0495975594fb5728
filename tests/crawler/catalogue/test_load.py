"""The loader: what it makes of a good file, and every refusal with file, line and key."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.catalogue import CatalogueError, load_sites
from crawler.catalogue.site import Site
from tests.table import table

GOOD = """\
[[site]]
id = "stanton-mercury"
name = "Stanton Mercury"
url = "https://www.stanton.example/"
timezone = "Europe/London"
"""


def refusal(tmp_path: Path, text: str | bytes) -> str:
    """What loading a file of this text is refused with, the folder left out."""
    file = tmp_path / "sites.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(CatalogueError) as violated:
        load_sites(file)
    return str(violated.value).replace(f"{tmp_path}/", "")


def test_a_full_definition(tmp_path: Path) -> None:
    file = tmp_path / "sites.toml"
    file.write_text("""\
[[site]]
id = "stanton-mercury"
name = "Stanton Mercury"
url = "https://WWW.stanton.example"
country = "GB"
region = "Stanton"
owner = "Vale Press"
platform = "vale-cms"
timezone = "Europe/London"
language = "en-GB"
feeds = ["/rss", "news/rss", "https://feeds.other.example/stanton.xml"]
sitemaps = ["//maps.stanton.example/news.xml"]
robots_sitemaps = false
sections = ["/", "/news/?page=1"]
article_url = '-(?P<id>\\d{7})$'
cron = "*/20 6-23 * * 1-5"
delay_seconds = 2
enabled = false
""")
    assert load_sites(file) == (
        Site(
            id="stanton-mercury",
            name="Stanton Mercury",
            url="https://www.stanton.example/",
            timezone="Europe/London",
            country="GB",
            region="Stanton",
            owner="Vale Press",
            platform="vale-cms",
            language="en-GB",
            feeds=(
                "https://www.stanton.example/rss",
                "https://www.stanton.example/news/rss",
                "https://feeds.other.example/stanton.xml",
            ),
            sitemaps=("https://maps.stanton.example/news.xml",),
            robots_sitemaps=False,
            sections=("https://www.stanton.example/", "https://www.stanton.example/news/?page=1"),
            article_url=re.compile(r"-(?P<id>\d{7})$"),
            cron="*/20 6-23 * * 1-5",
            delay_seconds=2.0,
            enabled=False,
        ),
    )


def test_the_least_definition_takes_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "sites.toml"
    file.write_text(GOOD)
    (site,) = load_sites(file)
    assert site == Site(
        id="stanton-mercury",
        name="Stanton Mercury",
        url="https://www.stanton.example/",
        timezone="Europe/London",
        every="60 min",
    )
    assert site.interval == timedelta(hours=1)


@table(
    "line",
    [
        'url = "http://127.0.0.1:8000/"\ndelay_seconds = 0',
        'url = "http://localhost:8000/"\ndelay_seconds = 0.0\nfeeds = ["/feed"]',
        'url = "http://[::1]:8000/"\ndelay_seconds = 0',
        'url = "https://www.stanton.example/"\ndelay_seconds = 3600',
        'url = "https://www.stanton.example/"\nregion = ""\nowner = "O\'Neill & Söhne"\nlanguage = "sr-Latn-RS"',
        'url = "https://www.stanton.example/"\ntimezone = "America/Argentina/Buenos_Aires"',
        'url = "https://www.stanton.example/"\nevery = "2 h"',
        'url = "https://www.stanton.example/"\nfeeds = ["?service=rss", "/a", "/a?b"]',
    ],
)
def test_lawful_corners(tmp_path: Path, line: str) -> None:
    zone = "" if "timezone" in line else 'timezone = "UTC"\n'
    (tmp_path / "sites.toml").write_text(f'[[site]]\nid = "a"\nname = "A"\n{zone}{line}\n')
    assert len(load_sites(tmp_path)) == 1


REFUSED = {
    # one more line after the five good ones: that line, its key, the beginning of what is said
    'feed = ["/rss"]': ("feed", "is not a key of a site, did you mean feeds?"),
    "colour = 1": ("colour", "is not a key of a site"),
    'country = "gb"': ("country", "'gb' must be two capital letters"),
    'country = "GBR"': ("country", "'GBR' must be two capital letters"),
    'country = "UK"': ("country", "'UK' is written GB"),
    "country = true": ("country", "must be text, is true or false"),
    "region = 7": ("region", "must be text, is a number"),
    'region = " Vale"': ("region", "must be one line"),
    'region = "a\\nb"': ("region", "must be one line"),
    'owner = ["Vale Press"]': ("owner", "must be text, is a list"),
    "owner = 2025-03-07": ("owner", "must be text, is a date or time"),
    'platform = "National World"': ("platform", "'National World' must be lower case letters"),
    'platform = ""': ("platform", "must not be empty"),
    'language = "english"': ("language", "'english' must be a BCP 47 tag"),
    'language = "en_GB"': ("language", "'en_GB' must be a BCP 47 tag"),
    'feeds = "/rss"': ("feeds", "must be a list of addresses, is text"),
    "feeds = [1]": ("feeds", "must hold nothing but text, holds a number"),
    'feeds = ["/rss", "/rss"]': ("feeds", "https://www.stanton.example/rss is there twice"),
    'feeds = ["/rss", "https://WWW.stanton.example/rss"]': ("feeds", "https://www.stanton.example/rss is there twice"),
    'feeds = [""]': ("feeds", "'' is no address"),
    'feeds = ["/{region}/rss"]': ("feeds", "'https://www.stanton.example/{region}/rss' contains '{'"),
    'feeds = ["ftp://stanton.example/rss"]': ("feeds", "'ftp://stanton.example/rss' must begin with https://"),
    'feeds = ["javascript:alert(1)"]': ("feeds", "'javascript:alert(1)' must begin with https://"),
    'feeds = ["/rss feed"]': ("feeds", "'https://www.stanton.example/rss feed' contains ' '"),
    'feeds = ["//"]': ("feeds", "'https://' names no valid host"),
    'feeds = ["//[::1/"]': ("feeds", "'https://[::1/' is no URL"),
    'sitemaps = ["/map.xml#top"]': ("sitemaps", "'https://www.stanton.example/map.xml#top' must not have a fragment"),
    'sitemaps = ["https://u:p@stanton.example/"]': ("sitemaps", "must not carry a user name or password"),
    'sections = ["https:///news"]': ("sections", "'https:///news' names no valid host"),
    'sections = ["http://[::1/news"]': ("sections", "'http://[::1/news' is no URL"),
    'noarchive = "never"': ("noarchive", "'never' must be one of no-raw-page, skip, ignore"),
    "tdm = true": ("tdm", "must be text, is true or false"),
    'tdm = "no-raw-page"': ("tdm", "'no-raw-page' must be one of skip, ignore"),
    'robots_sitemaps = "no"': ("robots_sitemaps", "must be true or false, is text"),
    "robots_sitemaps = false": ("robots_sitemaps", "is false and there is no feed, sitemap or section"),
    "article_url = '-(?P<id>\\d+$'": ("article_url", "is no regular expression: missing ), unterminated subpattern"),
    "article_url = '[[a]'": ("article_url", "is no regular expression: Possible nested set"),
    "article_url = 'a{9999999999999}'": ("article_url", "is no regular expression: the repetition number is too large"),
    "article_url = ''": ("article_url", "must have 1 to 500 characters, has 0"),
    f"article_url = '{'a' * 501}'": ("article_url", "must have 1 to 500 characters, has 501"),
    "article_url = '.*'": ("article_url", "matches the front page"),
    "article_url = 7": ("article_url", "must be a regular expression as text, is a number"),
    'every = "often"': ("every", "'often' must read like \"30 min\""),
    'every = "0 min"': ("every", "'0 min' must read like"),
    'every = "30"': ("every", "'30' must read like"),
    'every = "-5 min"': ("every", "'-5 min' must read like"),
    'every = "30 s"': ("every", "'30 s' must read like"),
    'every = "32 days"': ("every", "'32 days' must be at least 1 min and at most 31 days"),
    "every = 30": ("every", "must be text, is a number"),
    'cron = "0 6 * *"': ("cron", "'0 6 * *' must have five fields"),
    'cron = "@daily"': ("cron", "'@daily' must have five fields"),
    'cron = "60 * * * *"': ("cron", "'60 * * * *' is no cron rule: bad minute"),
    'cron = "0 24 * * *"': ("cron", "'0 24 * * *' is no cron rule: bad hour"),
    'cron = "0 0 0 * *"': ("cron", "'0 0 0 * *' is no cron rule: bad day-of-month"),
    'cron = "0 0 * foo *"': ("cron", "'0 0 * foo *' is no cron rule: bad month"),
    'cron = "0 0 * * 8"': ("cron", "'0 0 * * 8' is no cron rule: bad day-of-week"),
    'cron = "9-5 * * * *"': ("cron", "'9-5 * * * *' is no cron rule: bad minute"),
    'cron = "*/0 * * * *"': ("cron", "'*/0 * * * *' is no cron rule: bad minute"),
    'cron = "*/90 * * * *"': ("cron", "'*/90 * * * *' is no cron rule: the step of '*/90' is longer than its field"),
    'cron = "*-5 * * * *"': ("cron", "'*-5 * * * *' is no cron rule: bad minute"),
    'cron = "0, * * * *"': ("cron", "'0, * * * *' is no cron rule: bad minute"),
    'cron = "0 0 30 2 *"': ("cron", "'0 0 30 2 *' is no cron rule: bad day-of-month"),
    'cron = "0 0 * * * *"': ("cron", "'0 0 * * * *' must have five fields"),
    'cron = "0 0 */2 * mon"': ("cron", "'0 0 */2 * mon' must not restrict both day and weekday"),
    'cron = "0 0 1 * mon"': ("cron", "'0 0 1 * mon' must not restrict both day and weekday"),
    "cron = true": ("cron", "must be text, is true or false"),
    "delay_seconds = true": ("delay_seconds", "must be a number of seconds, is true or false"),
    'delay_seconds = "2"': ("delay_seconds", "must be a number of seconds, is text"),
    "delay_seconds = -1": ("delay_seconds", "must be between 0 and 3600 seconds"),
    "delay_seconds = 3600.5": ("delay_seconds", "must be between 0 and 3600 seconds"),
    "delay_seconds = nan": ("delay_seconds", "must be between 0 and 3600 seconds"),
    "delay_seconds = inf": ("delay_seconds", "must be between 0 and 3600 seconds"),
    "delay_seconds = 0": ("delay_seconds", "must be more than 0: only loopback hosts"),
    "enabled = 1": ("enabled", "must be true or false, is a number"),
    'enabled = "yes"': ("enabled", "must be true or false, is text"),
}


@table("line", REFUSED)
def test_a_bad_key_is_refused_with_file_line_and_key(tmp_path: Path, line: str) -> None:
    key, what = REFUSED[line]
    message = refusal(tmp_path, GOOD + line + "\n")
    assert message.startswith(f"sites.toml:6: {key}: {what}")
    assert "\n" not in message


@table(
    ("key", "value", "what"),
    [
        ("id", '"Stanton"', "'Stanton' must be lower case letters and digits"),
        ("id", '"stanton_mercury"', "'stanton_mercury' must be lower case"),
        ("id", '"-stanton"', "'-stanton' must be lower case"),
        ("id", '"a--b"', "'a--b' must be lower case"),
        ("id", '"../etc"', "'../etc' must be lower case"),
        ("id", f'"{"a" * 65}"', "'aaa"),
        ("id", '""', "must not be empty"),
        ("id", "7", "must be text, is a number"),
        ("name", '""', "must not be empty"),
        ("name", "true", "must be text, is true or false"),
        ("url", '"www.stanton.example"', "'www.stanton.example' must begin with https://"),
        ("url", '"/news/"', "'/news/' must begin with https://"),
        ("url", '"file:///etc/passwd"', "'file:///etc/passwd' must begin with https://"),
        ("url", '"https://"', "'https://' names no valid host"),
        ("url", '"https://stan ton.example/"', "'https://stan ton.example/' contains ' '"),
        ("url", '" https://stanton.example/"', "' https://stanton.example/' contains ' '"),
        ("url", '"https://stanton.example/\\u0000"', "'https://stanton.example/\\x00' contains"),
        ("url", '"https://me:pw@stanton.example/"', "must not carry a user name or password"),
        ("url", '"https://stanton.example/#top"', "'https://stanton.example/#top' must not have a fragment"),
        ("url", '"https://stanton.example:0/"', "'https://stanton.example:0/' names no valid host"),
        ("url", '"https://stanton.example:70000/"', "'https://stanton.example:70000/' is no URL"),
        ("url", '"https://-stanton-.example/"', "'https://-stanton-.example/' names no valid host"),
        ("url", '"https://stanton..example/"', "'https://stanton..example/' names no valid host"),
        ("url", '"https://mühle.example/"', "'https://mühle.example/' names no valid host"),
        ("url", '"https://127.0.1/"', "'https://127.0.1/' names no valid host"),
        ("url", f'"https://a.example/{"a" * 2000}"', "must be an address of 1 to 2000 characters"),
        ("url", "[]", "must be an address, is a list"),
        ("timezone", '"Europe/Londn"', "'Europe/Londn' is no IANA time zone, did you mean Europe/London?"),
        ("timezone", '"Europe"', "'Europe' is no IANA time zone"),
        ("timezone", '"../../etc/passwd"', "'../../etc/passwd' is no IANA time zone"),
        ("timezone", '"/etc/localtime"', "'/etc/localtime' is no IANA time zone"),
        ("timezone", '"BST"', "'BST' is no IANA time zone"),
        ("timezone", "1", "must be text, is a number"),
    ],
)
def test_a_bad_required_key_is_refused(tmp_path: Path, key: str, value: str, what: str) -> None:
    lines = GOOD.splitlines()
    number = next(n for n, line in enumerate(lines) if line.startswith(f"{key} ="))
    lines[number] = f"{key} = {value}"
    assert refusal(tmp_path, "\n".join(lines)).startswith(f"sites.toml:{number + 1}: {key}: {what}")


@pytest.mark.parametrize("key", ["id", "name", "url", "timezone"])
def test_a_missing_key_is_told_at_the_table(tmp_path: Path, key: str) -> None:
    text = "# a comment\n\n" + "".join(f"{line}\n" for line in GOOD.splitlines() if not line.startswith(f"{key} ="))
    assert refusal(tmp_path, text) == f"sites.toml:3: {key}: is missing"


def test_every_and_cron_exclude_each_other(tmp_path: Path) -> None:
    message = refusal(tmp_path, GOOD + 'every = "1 h"\ncron = "0 * * * *"\n')
    assert message == "sites.toml:7: cron: stands beside every: give one of the two"


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("recheck_per_hour = true", "must be a number of requests, is true or false"),
        ('recheck_per_hour = "60"', "must be a number of requests, is text"),
        ("recheck_per_hour = -1", "must be between 0 and 3600 requests an hour"),
        ("recheck_per_hour = nan", "must be between 0 and 3600 requests an hour"),
        ("recheck_per_hour = 2000\ndelay_seconds = 2", "is more than delay_seconds leaves room for: at most 1800"),
    ],
)
def test_bad_rechecks_are_refused(tmp_path: Path, line: str, what: str) -> None:
    assert refusal(tmp_path, f"{GOOD}{line}\n") == f"sites.toml:6: recheck_per_hour: {what}"


def test_no_pause_is_for_loopback_alone_not_for_a_feed_elsewhere(tmp_path: Path) -> None:
    text = GOOD.replace("https://www.stanton.example/", "http://127.0.0.1:8000/")
    message = refusal(tmp_path, text + 'delay_seconds = 0\nfeeds = ["https://feeds.stanton.example/"]\n')
    assert message.startswith("sites.toml:6: delay_seconds: must be more than 0")


def test_all_problems_of_a_load_are_told_in_reading_order(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.toml").write_text(
        GOOD
        + """\
sections = [          # over several lines, with what might mislead a reader of lines
    "/news/[1]/",
    "ftp://a#=b",
]
enabled = "no"

[[site]] # second
owner = '''
id = "not a key"
[[site]]
'''
"quoted" = 1
id = "stanton-mercury"
name = "Twin"
timezone = "Mars/Olympus"
"""
    )
    (tmp_path / "b.toml").write_text("[[site]\n")
    (tmp_path / "c.toml").write_text(GOOD)
    (tmp_path / ".#d.toml").write_text("an editor's lock\n")
    with pytest.raises(CatalogueError) as violated:
        load_sites(tmp_path)
    assert str(violated.value).replace(f"{tmp_path}/", "").splitlines() == [
        "a/one.toml:6: sections: 'ftp://a#=b' must begin with https:// or http://",
        "a/one.toml:10: enabled: must be true or false, is text",
        "a/one.toml:12: url: is missing",
        "a/one.toml:13: owner: must be one line of at most 200 characters without blanks around it",
        "a/one.toml:17: quoted: is not a key of a site",
        "a/one.toml:18: id: 'stanton-mercury' is already the id of the site at a/one.toml:2",
        "a/one.toml:20: timezone: 'Mars/Olympus' is no IANA time zone",
        "b.toml:1: TOML: Expected ']]' at the end of an array declaration",
        "c.toml:2: id: 'stanton-mercury' is already the id of the site at a/one.toml:2",
    ]
    assert [(problem.file.name, problem.line, problem.key) for problem in violated.value.problems][:2] == [
        ("one.toml", 6, "sections"),
        ("one.toml", 10, "enabled"),
    ]


@table(
    ("text", "message"),
    [
        ("", "sites.toml: defines no site: there is no [[site]] table"),
        ("# nothing yet\n", "sites.toml: defines no site: there is no [[site]] table"),
        ('[site]\nid = "a"\n', "sites.toml:1: site: must be written [[site]], one such table for each site"),
        ('\nsite = ["a"]\n', "sites.toml:2: site: must be written [[site]], one such table for each site"),
        ('title = "x"\n' + GOOD, "sites.toml:1: title: stands outside of any [[site]] table"),
        (GOOD + "[sites]\n", "sites.toml:6: sites: stands outside of any [[site]] table"),
        (GOOD + "[site.extra]\nid = 1\n", "sites.toml:6: extra: is not a key of a site"),
        (GOOD + '"a\\nb" = 1\n', "sites.toml:6: 'a\\nb': is not a key of a site"),
        (GOOD + "feeds.news = 1\n", "sites.toml:6: feeds: must be a list of addresses, is a table"),
        (GOOD + 'name = "again"\n', "sites.toml:6: TOML: "),
        (GOOD + "enabled = yes\n", "sites.toml:6: TOML: "),
        (GOOD + 'owner = "open\n', "sites.toml:6: TOML: "),
        (GOOD + "owner = '''open\n", "sites.toml:7: TOML: "),
        (GOOD + "x = " + "[" * 100_000, "sites.toml:1: TOML: is nested too deeply"),
        (GOOD.encode() + b'owner = "Caf\xe9"\n', "sites.toml:6: TOML: is not UTF-8: byte 0xe9"),
        (GOOD.replace("\n", "\r\n") + "enabled = 1\r\n", "sites.toml:6: enabled: must be true or false, is a number"),
        (
            b"\xef\xbb\xbf" + GOOD.encode() + b"enabled = 1\n",
            "sites.toml:6: enabled: must be true or false, is a number",
        ),
    ],
)
def test_what_concerns_the_whole_file(tmp_path: Path, text: str | bytes, message: str) -> None:
    said = refusal(tmp_path, text)  # the words after "TOML: " are Python's
    assert said.startswith(message)
    assert len(said.splitlines()) == 1


def test_inline_tables_are_sites_too_and_share_a_line(tmp_path: Path) -> None:
    message = refusal(tmp_path, '\nsite = [{id = "a", name = "A", url = "https://a.example/", timezone = "X"}]\n')
    assert message == "sites.toml:2: timezone: 'X' is no IANA time zone"


def test_a_path_that_leads_nowhere(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"none\.toml: does not exist$"):
        load_sites(tmp_path / "none.toml")
    with pytest.raises(CatalogueError, match=r"has no \*\.toml file in it$"):
        load_sites(tmp_path)


def test_a_folder_named_like_a_file_is_refused_not_raised(tmp_path: Path) -> None:
    (tmp_path / "x.toml").mkdir()
    with pytest.raises(CatalogueError, match=r"x\.toml: cannot be read: "):
        load_sites(tmp_path)


@given(
    st.binary(max_size=60)
    | st.tuples(
        st.sampled_from(["id", "name", "url", "timezone", "feeds", "article_url", "every", "cron", "delay_seconds", "x"]),
        st.text(max_size=20).map(json.dumps)
        | st.sampled_from(["1", "-0.0", "true", "[]", "[[]]", "{}", "{a = 1}", "1979-05-27", '["http:///"]', '["//["]']),
    ).map(lambda pair: f"[[site]]\n{pair[0]} = {pair[1]}\n".encode())
)
@settings(max_examples=100, deadline=None)
def test_whatever_a_file_holds_it_is_sites_or_one_error(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_bytes(raw)
    with pytest.raises(CatalogueError) as violated:  # none of these defines a whole site
        load_sites(file)
    assert all(line.startswith(str(file)) for line in str(violated.value).splitlines())
