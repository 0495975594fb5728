"""Settings: what holds, where it comes from, and how wrong ones are refused."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
import pytest

from crawler.cli import VERBS, main
from crawler.commands import SettingOption
from crawler.config import SETTINGS, ConfigurationError, SettingOrigin, SettingValue, find, load, shown
from tests import forkserver
from tests.crawler.processes import environment
from tests.table import table

SECRET = "slack://secret-token@channel"


def write(folder: Path, text: str) -> Path:
    path = folder / "newsledger.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_environment_goes_before_file_goes_before_default(tmp_path: Path) -> None:
    file = write(tmp_path, 'contact = "a@example.org"\njobs = 3\nmax_age = 6\nalerts = ["json://127.0.0.1/"]\n')
    said = load(file, {"NEWSLEDGER_JOBS": "5", "NEWSLEDGER_ALERTS": " json://a/  mailto://b ", "HOME": "/", "NEWSLEDGER_DB": ""})
    assert said.found["contact"] == SettingValue("a@example.org", SettingOrigin.FILE)
    assert said.found["jobs"] == SettingValue(5, SettingOrigin.ENVIRONMENT)
    assert said.found["db"] == SettingValue("data/news.db", SettingOrigin.DEFAULT), (
        "empty is not set: compose files pass what is not there"
    )
    assert (said.number("max_age"), said.count("time_limit")) == (6.0, 60)
    assert said.secrets("alerts") == ("json://a/", "mailto://b")
    assert set(said.found) == set(SETTINGS)


@table(
    ("text", "told"),
    [
        ("jobs = 0", ":1: jobs: not allowed: 0; allowed: a whole number from 1 to 64"),
        ("\njobs = true", ":2: jobs: not allowed: True; allowed: a whole number from 1 to 64"),
        ('jobs = "4"', ":1: jobs: not allowed: '4'; allowed: a whole number from 1 to 64"),
        ("max_age = 0", ":1: max_age: not allowed: 0.0; allowed: a number from 0.01 to 10000"),
        ("max_age = nan", ":1: max_age: not allowed: nan; allowed: a number from 0.01 to 10000"),
        ('log = "xml"', ":1: log: not allowed: 'xml'; allowed: one of text, json"),
        ("db = 1", ":1: db: not allowed: 1; allowed: text"),
        ('metrics = "0.0.0.0:9464"', ":1: metrics: not allowed: '0.0.0.0:9464'; allowed: a loopback address and port"),
        ('metrics = "127.0.0.1:99999"', ":1: metrics: not allowed: '127.0.0.1:99999'; allowed: a loopback address and port"),
        ('contcat = "x"', ":1: contcat: no such setting; did you mean contact?"),
        ("[[site]]\nid = 1", ":1: site: no such setting"),
        ('now = "2025-01-01T00:00:00Z"', ":1: now: only in the environment, as NEWSLEDGER_NOW"),
        ("jobs = ", ": not TOML: "),
        ('alerts = ["not-a-url-but-secret"]', ":1: alerts: number 1 is no URL; allowed: URLs that apprise knows"),
        ('alerts = "secret"', ":1: alerts: not allowed: what stands there; allowed: URLs that apprise knows"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, text: str, told: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ConfigurationError) as error:
        load(file, {})
    assert str(error.value).startswith(f"{file}{told}")
    assert "secret" not in str(error.value)


@table(
    ("name", "value", "told"),
    [
        ("NEWSLEDGER_JOBS", "many", "NEWSLEDGER_JOBS: not allowed: 'many'; allowed: a whole number from 1 to 64"),
        ("NEWSLEDGER_JOSB", "4", "NEWSLEDGER_JOSB: no such setting; did you mean NEWSLEDGER_JOBS?"),
        ("NEWSLEDGER_MAX_AGE", "inf", "NEWSLEDGER_MAX_AGE: not allowed: inf; allowed: a number from 0.01 to 10000"),
        ("NEWSLEDGER_NOW", "2025-01-01", "NEWSLEDGER_NOW: not allowed: '2025-01-01'; allowed: an ISO 8601 time with zone"),
        ("NEWSLEDGER_ALERTS", "secret", "NEWSLEDGER_ALERTS: number 1 is no URL; allowed: URLs that apprise knows (scheme://...)"),
    ],
)
def test_a_wrong_environment_is_refused(name: str, value: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        load(None, {name: value})
    assert str(error.value) == f"environment: {told}"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        load(tmp_path / "none.toml", {})
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match="not TOML"):
        load(tmp_path / "bytes.toml", {})


def test_the_usual_file_and_the_named_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find({}) is None
    write(tmp_path, "")
    assert find({}) == Path("newsledger.toml")
    assert find({"NEWSLEDGER_SETTINGS": "/etc/newsledger.toml"}) == Path("/etc/newsledger.toml")


def test_secrets_are_not_shown() -> None:
    assert shown(SETTINGS["alerts"], (SECRET, "json://u:p@h/")) == "slack://*** json://***"


def options() -> list[tuple[str, click.Option]]:
    """Every option of every verb."""
    ctx = click.Context(main)
    assert isinstance(main, click.Group)
    found: list[tuple[str, click.Option]] = []
    for verb in VERBS:
        command = main.get_command(ctx, verb)
        assert command
        commands = [command, *command.commands.values()] if isinstance(command, click.Group) else [command]
        found += [(verb, one) for each in commands for one in each.params if isinstance(one, click.Option)]
    return found


OTHERS = {("sites", "jobs"), ("crawl", "jobs"), ("import", "jobs"), ("reprocess", "jobs"), ("merge", "warc"), ("demo", "db"),
          ("init", "contact"), ("crawl", "recheck")}  # fmt: skip
"""Options that are named as a setting and mean another thing: jobs of a person, the other ledger's pages, an invented ledger,
what shall stand in the settings that are to be written, and which known articles are fetched again."""


def test_what_a_setting_stands_behind_is_read_in_one_place() -> None:
    named, others = set(), set()
    for verb, option in options():
        assert option.envvar is None, f"{verb} {option.opts}"
        key = max(option.opts, key=len).removeprefix("--").replace("-", "_")
        if isinstance(option, SettingOption):
            assert option.setting.key == key, verb
            named.add(key)
        elif key in SETTINGS:
            others.add((verb, key))
    assert named == {"db", "sites", "warc", "jobs", "time_limit", "log", "log_level", "metrics", "max_age", "redis"}
    assert others == OTHERS


def run(folder: Path, *arguments: str, code: int = 0, **said: str) -> str:
    """The command in a process of its own, in a folder of its own."""
    clean = environment() | {f"NEWSLEDGER_{key}": value for key, value in said.items()} | {"COLUMNS": "200"}
    done = forkserver.run([sys.executable, "-m", "crawler", *arguments], cwd=folder, env=clean, capture_output=True, text=True,
                          check=False, timeout=60)  # fmt: skip
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def test_the_command_takes_them_in_that_order(tmp_path: Path) -> None:
    write(tmp_path, f'db = "from-file.db"\nalerts = ["{SECRET}"]\n')
    assert "from-option.db" in run(tmp_path, "status", "--db", "from-option.db", code=1, DB="from-environment.db")
    assert "from-environment.db" in run(tmp_path, "status", code=1, DB="from-environment.db")
    assert "from-file.db" in run(tmp_path, "status", code=1)
    (tmp_path / "other.toml").write_text('db = "from-other.db"', encoding="utf-8")
    assert "from-other.db" in run(tmp_path, "--settings", "other.toml", "status", code=1)
    told = run(tmp_path, "settings", "--json", JOBS="7")
    facts = {fact["key"]: (fact["value"], fact["from"]) for fact in json.loads(told)["settings"]}
    assert facts["db"] == ("from-file.db", "file")
    assert facts["jobs"] == ("7", "NEWSLEDGER_JOBS")
    assert facts["alerts"] == ("slack://***", "file")
    assert "secret" not in told
    assert "secret" not in run(tmp_path, "settings")


def test_the_command_refuses_wrong_ones(tmp_path: Path) -> None:
    file = write(tmp_path, "jobs = 100")
    assert f"{file.name}:1: jobs: not allowed: 100" in run(tmp_path, "status", code=2)
    file.write_text("", encoding="utf-8")
    assert "did you mean NEWSLEDGER_SITES?" in run(tmp_path, "status", code=2, SIETS="x")


def test_what_scrapy_reads_comes_from_the_file_too(tmp_path: Path) -> None:
    write(tmp_path, 'contact = "desk@example.org"\nmax_pages = 7')
    code = "from crawler import settings as s; print(s.NEWSLEDGER_MAX_PAGES, s.USER_AGENT)"
    done = forkserver.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("7 Newsledger/")
    assert "desk@example.org" in done.stdout
