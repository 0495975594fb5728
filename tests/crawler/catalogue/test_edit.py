"""The operator's own file of sites: how it adds to the catalogue and overrides it, and what a change leaves as it was written."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from crawler.catalogue import CatalogueError, EditError, load_sites
from crawler.catalogue.edit import SiteFile, toml
from crawler.cli import main
from tests.table import table

MINE = """# titles of the valley, kept by Mo
[[site]]
id = "valley-sentinel"   # since 1904
name = "Valley Sentinel"
url = "https://sentinel.example/"
timezone = "Europe/Dublin"
every = "20 min"

# asked us to wait until spring
[[site]]
enabled = false  # until March
id = 'hill-crier'
name = "Hill Crier"
url = "https://crier.example/"
timezone = "Europe/Dublin"
sections = [
  "/news/",   # the rest is sport
]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(MINE, encoding="utf-8")
    return path


def test_what_is_not_there_adds_nothing(tmp_path: Path) -> None:
    assert load_sites(None, tmp_path / "none.toml") == load_sites()


def test_it_adds_and_overrides_by_id(file: Path) -> None:
    """Keys that a table leaves out are the shipped ones: also those that a later version of the package mends."""
    file.write_text(MINE + '[[site]]\nid = "shropshire-live"\ncron = "5 * * * *"\nregion = "Salop"\n', encoding="utf-8")
    shipped, both = {site.id: site for site in load_sites()}, {site.id: site for site in load_sites(None, file)}
    assert both.keys() - shipped.keys() == {"valley-sentinel", "hill-crier"}
    before, after = shipped["shropshire-live"], both["shropshire-live"]
    assert (after.cron, after.every, after.region, after.feeds) == ("5 * * * *", None, "Salop", before.feeds)
    assert {one: both[one] for one in shipped if one != "shropshire-live"} == {
        one: shipped[one] for one in shipped if one != "shropshire-live"
    }


def test_a_setting_says_how_often_known_articles_are_fetched_where_no_table_does(file: Path) -> None:
    file.write_text(MINE + 'recheck = "thorough"\n[[site]]\nid = "shropshire-live"\nrecheck = "thrifty"\n', encoding="utf-8")
    setting = {"NEWSLEDGER_OWN_SITES": str(file), "NEWSLEDGER_RECHECK": "thrifty"}
    for of_all, said in (("balanced", {}), ("thrifty", setting)):
        found = {site.id: site.recheck for site in load_sites(None, file, recheck=of_all)}
        assert (found.pop("hill-crier"), found.pop("shropshire-live")) == ("thorough", "thrifty")
        assert set(found.values()) == {of_all}
        printed = CliRunner().invoke(main, ["sites", "show", "valley-sentinel"], env={"NEWSLEDGER_OWN_SITES": str(file), **said})
        assert of_all in printed.output
    wrong = CliRunner().invoke(main, ["sites", "list"], env={"NEWSLEDGER_RECHECK": "often"})
    assert (wrong.exit_code, "one of thrifty, balanced, thorough" in wrong.output) == (2, True)


def test_a_shipped_site_under_another_id(file: Path) -> None:
    file.write_text('[[site]]\nid = "salop"\nwas = "shropshire-live"\n', encoding="utf-8")
    ids = {site.id: site for site in load_sites(None, file)}
    assert "shropshire-live" not in ids
    assert ids["salop"].url == "https://shropshirelive.com/"


def test_retired_is_switched_off(file: Path) -> None:
    file.write_text('[[site]]\nid = "shropshire-live"\nretired = true\n', encoding="utf-8")
    (found,) = (site for site in load_sites(None, file) if site.id == "shropshire-live")
    assert (found.retired, found.enabled) == (True, False)


@table(
    "text, line, what",
    [
        ('[[site]]\nid = "x"\nwas = "nobody"\n', 3, "was: 'nobody' is no id of the shipped catalogue"),
        ('[[site]]\nid = "x"\n', 1, "name: is missing"),
        ('[[site]]\nid = "shropshire-live"\nfeed = []\n', 3, "feed: is not a key of a site, did you mean feeds?"),
        ('[[site]]\nid = "shropshire-live"\n\n[[site]]\nid = "shropshire-live"\n', 5, "is already the id of the site at"),
        ('[[site]]\nid = "shropshire-live"\ndelay_seconds = 0\n', 3, "delay_seconds: must be more than 0"),
        ('[[site]]\nid = "shropshire-live"\nretired = 2026\n', 3, "retired: must be true or false, is a number"),
    ],
)
def test_what_is_wrong_in_it_is_told_with_its_line(text: str, line: int, what: str, file: Path) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as error:
        load_sites(None, file)
    assert f"{file}:{line}: " in str(error.value)
    assert what in str(error.value)


def test_a_key_changes_and_all_else_stays(file: Path) -> None:
    edited = SiteFile(file, None)
    edited.set("hill-crier", "enabled", True)
    edited.set("valley-sentinel", "enabled", False)
    edited.set("valley-sentinel", "id", "sentinel")
    edited.save()
    wanted = MINE.replace("enabled = false  # until March", "enabled = true  # until March")
    wanted = wanted.replace('id = "valley-sentinel"   # since 1904\n', 'id = "sentinel"   # since 1904\nenabled = false\n')
    assert file.read_text(encoding="utf-8") == wanted


def test_a_shipped_site_gets_a_table_of_its_own(file: Path) -> None:
    edited = SiteFile(file, None)
    edited.set("shropshire-star", "enabled", True)
    edited.set("shropshire-star", "retired", True)
    edited.save()
    assert file.read_text(encoding="utf-8") == MINE + '\n[[site]]\nid = "shropshire-star"\nretired = true\nenabled = true\n'


def test_a_file_that_would_be_wrong_is_not_written(file: Path) -> None:
    edited = SiteFile(file, None)
    edited.set("hill-crier", "every", "when I like")
    with pytest.raises(EditError, match=r"own\.toml:1\d: every: 'when I like'"):
        edited.save()
    assert file.read_text(encoding="utf-8") == MINE
    assert [path.name for path in file.parent.iterdir()] == ["own.toml"]
    edited = SiteFile(file, None)
    with pytest.raises(EditError, match="only a person should change"):
        edited.set("hill-crier", "sections", ("/",))


def test_windows_line_ends_and_marks_stay(file: Path) -> None:
    file.write_bytes(MINE.replace("\n", "\r\n").encode())
    edited = SiteFile(file, None)
    edited.set("hill-crier", "enabled", True)
    edited.save()
    assert file.read_bytes() == MINE.replace("enabled = false", "enabled = true").replace("\n", "\r\n").encode()


@given(st.text(), st.text())
def test_any_text_as_a_value_is_read_as_it_was(value: str, other: str) -> None:
    import tomllib

    text = "".join(char for char in value if not 0xD800 <= ord(char) < 0xE000)
    assert tomllib.loads(f"a = {toml(text)}\nb = {toml((text, 'x'))}\n") == {"a": text, "b": [text, "x"]}
