"""`newsledger init` and `newsledger doctor`: a folder to begin with, and what a machine lacks."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.cli import main
from tests.factories import article, new_ledger, new_store


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    for name in [name for name in os.environ if name.startswith("NEWSLEDGER_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return CliRunner()


def doctor(run: CliRunner, *more: str) -> tuple[Result, dict[str, dict[str, str]]]:
    done = run.invoke(main, ["doctor", "--json", *more])
    return done, {check["what"]: check for check in json.loads(done.stdout)}


def test_a_folder_to_begin_with_is_one_that_commands_accept(run: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    contact = 'Ann "the editor" Other <ann@example.org>\\'
    done = run.invoke(main, ["init", "archive", "--contact", contact])
    assert done.exit_code == 0, done.output
    assert "newsledger sites add" in done.stdout
    monkeypatch.chdir("archive")
    assert tomllib.loads(Path("newsledger.toml").read_text(encoding="utf-8"))["contact"] == contact
    assert Path("systemd/newsledger.service").is_file()
    done, checks = doctor(run)
    assert done.exit_code == 0, done.output
    assert checks["contact"]["found"] == contact
    assert checks["ledger"]["found"].startswith("data/news.db: none yet")
    assert sorted(path.name for path in Path().iterdir()) == ["newsledger-sites.toml", "newsledger.toml", "systemd"], "no trace"


def test_what_is_there_is_not_replaced(run: CliRunner) -> None:
    Path("newsledger.toml").write_text('contact = "mine"\n', encoding="utf-8")
    done = run.invoke(main, ["init", ".", "--contact", "another"])
    assert "  cd " not in done.output
    assert done.exit_code == 0, done.output
    assert "newsledger.toml is there already" in done.stdout
    assert Path("newsledger.toml").read_text(encoding="utf-8") == 'contact = "mine"\n'


def test_without_a_contact_the_settings_hold_and_the_doctor_says_so(run: CliRunner) -> None:
    assert run.invoke(main, ["init", "."]).exit_code == 0
    done, checks = doctor(run)
    assert (done.exit_code, checks["contact"]["condition"]) == (0, "note")
    assert "NEWSLEDGER_CONTACT" in checks["contact"]["mend"]


def test_what_is_ill_is_named_and_is_the_exit_code(run: CliRunner, tmp_path: Path) -> None:
    Path("newsledger-sites.toml").write_text('[[site]]\nid = "stanton"\nurl = 3\n', encoding="utf-8")
    with new_store(tmp_path) as store:
        new_ledger(store).record(article())
    done, checks = doctor(run, "--db", "news.db")
    assert done.exit_code == 1
    assert "newsledger-sites.toml:3" in checks["sites"]["found"]
    assert checks["ledger"]["found"].startswith("news.db: last fetch 2025-03-07")
    Path("broken.db").write_bytes(b"no ledger at all" * 100)
    done, checks = doctor(run, "--db", "broken.db")
    assert (done.exit_code, checks["ledger"]["condition"]) == (1, "ill")


def test_a_clock_behind_the_last_fetch_is_ill(run: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with new_store(tmp_path) as store:
        new_ledger(store).record(article())
    monkeypatch.setenv("NEWSLEDGER_NOW", "2025-03-01T00:00:00Z")
    done, checks = doctor(run, "--db", "news.db")
    assert done.exit_code == 1
    assert checks["clock"]["condition"] == "ill"


def test_a_place_where_nothing_can_be_written_is_ill(run: CliRunner) -> None:
    done, checks = doctor(run, "--db", "/proc/nowhere/news.db")
    assert done.exit_code == 1
    assert checks["SQLite"]["condition"] == "ill"
    assert "may write to" in run.invoke(main, ["doctor", "--db", "/proc/nowhere/news.db"]).output
