"""The tutorials are lived through: each command of docs/tutorials runs and prints what stands below it, "..." aside."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.processes import ScriptedPaper, environment
from tests.papers import pages

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "tutorials"
ON_THE_DEMO = ("first-silent-edit", "headlines", "archive-to-ledger")
"""In one folder, in this order: the first makes the ledger of the others."""
ON_A_PAPER = ("first-paper",)
_BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PATHS = [f"/news/local/footbridge-at-nether-wick-to-close-{4_100_000 + 137 * number}" for number in range(6)]


def told(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def steps(text: str) -> Iterator[tuple[str, list[str]]]:
    """(commands, lines that they print) of a tutorial; what comes before the first command is none."""
    commands = ""
    lines: list[str] = []
    for match in _BLOCK.finditer(text):
        if match[1] == "text":
            lines += match[2].splitlines() if commands else []
            continue
        if commands:
            yield commands, lines
        commands, lines = match[2], []
    if commands:
        yield commands, lines


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[ScriptedPaper]:
    """The paper of a reader's choice."""
    articles = {path: pages.article(number) for number, path in enumerate(PATHS)}
    routes = {"/": pages.front(PATHS), "/rss": pages.rss(PATHS), **articles}
    with ScriptedPaper(tmp_path) as scripted:
        scripted.routes(routes)
        yield scripted


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("names", [ON_THE_DEMO, ON_A_PAPER], ids=["the demo", "a paper"])
def test_the_tutorials_do_what_they_say(names: tuple[str, ...], tmp_path: Path, paper: ScriptedPaper) -> None:
    text = "\n".join(told(name) for name in names)
    text = text.replace(":8931", f":{(port := free_port())}").replace("--port 8931", f"--port {port}")
    text = text.replace("https://www.your-paper.example/\nnewsledger", f"{paper.url}\nnewsledger")
    program = ["set -euo pipefail"]
    for number, (commands, _) in enumerate(found := list(steps(text))):
        program += [f"echo '=== {number}'", commands]
    env = environment() | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)}
    done = subprocess.run(["bash", "-c", "\n".join(program)], env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    printed = re.split(r"^=== \d+\n", done.stdout, flags=re.MULTILINE)[1:]
    for (commands, lines), output in zip(found, printed, strict=True):
        for line in lines:
            assert re.search(re.escape(line.strip()).replace(re.escape("..."), ".*"), output), (commands, line, output)


def test_each_tutorial_has_commands_that_are_run() -> None:
    assert {*ON_THE_DEMO, *ON_A_PAPER} == {path.stem for path in FOLDER.glob("*.md")}
    for name in (*ON_THE_DEMO, *ON_A_PAPER):
        assert sum(commands.count("\n") for commands, _ in steps(told(name))) >= 3, name
