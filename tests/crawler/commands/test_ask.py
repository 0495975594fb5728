"""`newsledger ask`: questions by name, what they want to know, where the answer goes; and the TAB key."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.cli import main
from pipelines.queries.questions import PARAMETERS, questions
from pipelines.store.rows import moment
from tests.crawler.processes import environment
from tests.factories import URL, article, at, new_ledger, new_store


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("asked")
    with new_store(folder) as store:
        writer = new_ledger(store)
        writer.record(article("The mill burns."))
        writer.record(article("The mill burns.\n\nCorrection: it was the barn.", seen=30))
    return str(folder / "news.db")


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["ask", *words], env={"NEWSLEDGER_NOW": moment(at(60))})


def test_each_question_can_be_asked_and_wants_what_can_be_said(db: str) -> None:
    values = {"site": "paper", "url": URL, "at": "2025-03-07T08:10:00Z", "words": "mill", "since": "7d"}
    assert set(values) == set(PARAMETERS)
    for name, question in questions().items():
        options = [word for parameter in question.parameters for word in (f"--{parameter}", values[parameter])]
        done = run(name, *options, "--json", "--db", db)
        assert done.exit_code == 0, (name, done.output)
        assert set(question.example) <= set(question.parameters), name
        assert set(question.parameters) - {"since"} <= set(question.example), name


def test_an_answer(db: str, tmp_path: Path) -> None:
    (row,) = json.loads(run("corrected", "--db", db, "--json").output)
    assert (row["site_id"], row["note"], row["minutes"]) == ("paper", "Correction: it was the barn.", 30)
    assert "it was the barn" in run("corrected", "--db", db).output
    assert json.loads(run("corrected", "--since", "2025-03-08", "--db", db, "--json").output) == []
    for form in ("csv", "xlsx", "jsonl", "json"):
        file = tmp_path / f"answer.{form}"
        assert run("corrected", "--db", db, "--save", str(file)).exit_code == 0
        assert file.stat().st_size
    (told,) = csv.DictReader((tmp_path / "answer.csv").read_text().splitlines())
    assert told["note"] == row["note"]
    with zipfile.ZipFile(tmp_path / "answer.xlsx") as book:
        assert "it was the barn" in book.read("xl/sharedStrings.xml").decode()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["colour"], "no question is called 'colour'"),
        (["nigth"], "is 'night' meant?"),
        (["hours"], "hours needs site"),
        (["night", "--site", "paper"], "night does not ask for site"),
        (["night", "--since", "soon"], "since: 'soon' is not the first day"),
        (["night", "--save", "x.doc"], "the name ends in one of .csv"),
    ],
)
def test_what_is_asked_wrongly(words: list[str], told: str, db: str) -> None:
    done = run(*words, "--db", db)
    assert done.exit_code == 2
    assert told in done.output


def test_a_question_that_asks_for_the_first_says_so(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        new_ledger(store).record(article("The mill burns.", topics=tuple("ABCDEF")))
    asked = ("topics", "--json", "--db", str(tmp_path / "news.db"))
    five = run(*asked)
    assert (len(json.loads(five.stdout)), five.stderr) == (5, "the first 5; --all has every row\n")
    everything = run(*asked, "--all")
    assert ([row["topic"] for row in json.loads(everything.stdout)], everything.stderr) == (list("ABCDEF"), "")
    assert {one.first for one in questions().values()} == {None, 5}


def test_all_are_listed() -> None:
    told = run().output
    assert all(f"{name} " in told for name in questions())
    assert [one["name"] for one in json.loads(run("--json").output)] == list(questions())
    assert run("night", "--sql").output.startswith("SELECT site_id")


@pytest.mark.parametrize(("words", "last", "found"), [("newsledger as", 1, "ask"), ("newsledger ask first-h", 2, "first-hours")])
def test_the_tab_key(words: str, last: int, found: str) -> None:
    env = {**environment(), "_NEWSLEDGER_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(last)}
    program = "import sys; sys.argv = ['newsledger']; from crawler.cli import main; main(prog_name='newsledger')"
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False)
    assert done.stdout.split() == [f"plain,{found}"]


@pytest.mark.parametrize(
    ("shell", "file"),
    [("bash", ".local/share/bash-completion/completions/newsledger"), ("fish", ".config/fish/completions/newsledger.fish"),
     ("zsh", ".zfunc/_newsledger")],
)  # fmt: skip
def test_completion_is_installed(shell: str, file: str, tmp_path: Path) -> None:
    env = {
        "HOME": str(tmp_path),
        "SHELL": f"/bin/{shell}",
        "XDG_DATA_HOME": "",
        "XDG_CONFIG_HOME": "",
    }
    told = []
    for _ in range(2):
        done = CliRunner().invoke(main, ["completion"], env=env)
        assert done.exit_code == 0, done.output
        told.append(f"{tmp_path / '.zshrc'}: added" in done.output)
    assert told == [shell == "zsh", False], "what is changed beside the own file is told, and changed once"
    assert "_NEWSLEDGER_COMPLETE" in (tmp_path / file).read_text()
    if shell == "zsh":
        assert (tmp_path / ".zshrc").read_text().count(".zfunc") == 1
