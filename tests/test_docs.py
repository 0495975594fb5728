"""The documentation says what is: commands, tables, columns, views, settings and keys are walked and looked up in it."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from crawler import settings
from crawler.cli import GROUPS, VERBS, command_of
from crawler.config import SETTINGS
from crawler.demo.stories import events
from pipelines.article import Article, Outcome
from pipelines.history.revisions import State
from pipelines.store.crawls import CrawlOutcome
from pipelines.store.database import Store
from pipelines.store.rows import json_of
from tests.table import table

ROOT = Path(__file__).resolve().parents[1]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next of its level or above."""
    level = heading.partition(" ")[0]
    match = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(level)}}} |\Z)", text, re.MULTILINE | re.DOTALL)
    assert match, f"no section {heading!r}"
    return match[1]


@table("verb", VERBS)
def test_each_verb_and_option_is_documented(verb: str) -> None:
    told = section(read("docs/commands.md"), f"## {verb}")
    command = command_of(verb)
    assert command.help, "the help says what it does"
    commands = list(command.commands.values()) if isinstance(command, click.Group) else [command]
    for one in commands:
        for parameter in one.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                long = max(parameter.opts, key=len)
                assert f"`{long}" in told, f"{verb} {long}"
        if one is not command:
            assert f"{verb} {one.name}" in told


def test_the_groups_of_verbs_are_documented() -> None:
    rows = re.findall(r"^\| (\w+) \| (\[.*\)) \|$", read("docs/commands.md"), re.MULTILINE)
    assert {group: re.findall(r"\[([\w-]+)\]\(#\1\)", verbs) for group, verbs in rows} == {
        group: list(verbs) for group, verbs in GROUPS.items()
    }


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("docs") / "news.db")


def test_each_table_and_column_is_documented(store: Store) -> None:
    text = read("docs/schema.md")
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_%' ESCAPE '\\'"
    tables = [row["name"] for row in store.rows(sql) if not re.fullmatch(r"revisions_fts_\w+", row["name"])]
    for name in tables:
        told = section(text, f"## {name}")
        for row in store.rows(f"SELECT name FROM pragma_table_info('{name}')"):
            assert re.search(rf"`{row['name']}`", told), f"{name}.{row['name']}"
    headings = set(re.findall(r"^## ([a-z_]+)$", text, re.MULTILINE))
    assert headings == set(tables), "no table is documented that is not there"


def test_each_view_is_documented(store: Store) -> None:
    told = section(read("docs/schema.md"), "## Views")
    views = {row["name"] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'view'")}
    assert set(re.findall(r"^\| `(\w+)` \|", told, re.MULTILINE)) == views


def test_each_setting_of_ours_is_documented() -> None:
    told = section(read("docs/operate/settings.md"), "## Each setting")
    pairs = re.findall(r"^\| `(\w+)` \| `(NEWSLEDGER_\w+)` \| ([^|]+) \| ([^|]+) \| [^|]+ \|$", told, re.MULTILINE)
    assert {key: variable for key, variable, _, _ in pairs} == {key: one.variable for key, one in SETTINGS.items()}
    for key, _, allowed, default in pairs:
        setting = SETTINGS[key]
        if setting.choices:
            assert tuple(re.findall(r"`(\w+)`", allowed)) == setting.choices, key
        elif isinstance(setting.default, int | float):
            assert (allowed, default) == (f"{setting.low:g} to {setting.high:.0f}", f"`{setting.default:g}`"), key
    ours = {name for name in dir(settings) if name.startswith("NEWSLEDGER_")}
    assert ours <= {setting.variable for setting in SETTINGS.values()}, "what Scrapy's parts read"


def test_each_key_of_extract_is_documented() -> None:
    told = read("docs/fields.md").partition("## ")[0]
    keys = re.findall(r"`(\w+)`", "".join(re.findall(r"^\|([^|]*)\|", told, re.MULTILINE)))
    assert [key for key in keys if key != "key"] == list(json_of(Article("https://paper.example/")))


@table("value", [*Outcome, *State, *CrawlOutcome])
def test_each_outcome_and_state_is_documented(value: str) -> None:
    assert f"`{value}`" in read("docs/schema.md")


def test_links_between_documents_lead_somewhere() -> None:
    for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name} -> {target}"


def test_documents_name_modules_and_files_that_exist() -> None:
    """In backticks: `crawler.clock`, `tests/table.py`, `viewer/`, `test_run.py`. The changelog names what was."""
    folders = ("benchmarks", "crawler", "pipelines", "tests", "viewer")
    paths = [path.relative_to(ROOT).as_posix() for folder in folders for path in (ROOT / folder).rglob("*")]
    known = {*folders, *paths, *(path[at.end() :] for path in paths for at in re.finditer("/", path))}
    beneath = re.compile(rf"({'|'.join(folders)})(([./])\w+)+(\.\w+)?/?|[\w/]+\.py", re.ASCII)
    missing = []
    for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for name in re.findall(r"`([^`\n]+)`", document.read_text(encoding="utf-8")):
            plain = name.rstrip("/") if "/" in name or name.endswith(".py") else name.replace(".", "/")
            if beneath.fullmatch(name) and not {plain, f"{plain}.py", f"{plain.rpartition('/')[0]}.py"} & known:
                missing.append(f"{document.name}: {name}")
    assert missing == []


def test_each_benchmark_is_named() -> None:
    told, names = read("docs/benchmarks.md"), [path.stem for path in (ROOT / "benchmarks").glob("*.py")]
    assert [name for name in names if f"{name}.py" not in told and f"benchmarks.{name}" not in told] == []


def test_decisions_are_numbered_and_titled() -> None:
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    numbers = [int(name[:4]) for name in names]
    assert numbers == sorted(set(numbers)), "a number names one decision, and one that was given and not used stays free"
    for name in names:
        assert read(f"docs/decisions/{name}").startswith(f"# {int(name[:4])}. ")


def test_readme_names_commands_that_exist() -> None:
    for verb in re.findall(r"^newsledger ([\w-]+)", read("README.md"), re.MULTILINE):
        assert verb in VERBS
    assert f"{len(events())} events" in read("README.md")
