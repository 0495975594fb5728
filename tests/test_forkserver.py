"""A forked process is like one that `subprocess` starts, and some true `python -m crawler` beside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.crawler.processes import environment
from tests.forkserver import Process, run

PROGRAM = """
import atexit, json, os, signal, sys
atexit.register(lambda: print("the end", flush=True))
print(json.dumps({"argv": sys.argv, "cwd": os.getcwd(), "name": __name__, "env": dict(sorted(os.environ.items())),
    "stdin": sys.stdin.read(), "path": sys.path[0], "sigint": str(signal.getsignal(signal.SIGINT)),
    "sigterm": str(signal.getsignal(signal.SIGTERM)), "reactor": "twisted.internet.reactor" in sys.modules,
    "descriptors": sorted(os.listdir("/proc/self/fd"))[:3], "encoding": sys.stdout.encoding, "errors": sys.stderr.errors}))
print("a fault £", file=sys.stderr)
if "-x" in sys.argv:
    raise SystemExit(5)
if "-r" in sys.argv:
    raise RuntimeError("broken")
if "-i" in sys.argv:
    raise KeyboardInterrupt
"""
WAITING = 'import sys, time; print("ready", flush=True); time.sleep(60)'


@pytest.fixture
def program(tmp_path: Path) -> list[str]:
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "waiting.py").write_text(WAITING, encoding="utf-8")
    return [sys.executable, str(tmp_path / "program.py")]


@pytest.mark.skipif(sys.platform != "linux", reason="forks are made on Linux only")
@pytest.mark.parametrize("more", [(), ("-x",), ("-i",), ("two words", "ünï")])
def test_what_it_sees_and_how_it_ends_are_the_same(program: list[str], more: tuple[str, ...], tmp_path: Path) -> None:
    """Arguments, environment, folder, standard input, signals, atexit, exit code."""
    env = environment() | {"TZ": "Asia/Tokyo", "ONLY": "here"}
    options: dict[str, Any] = {
        "input": "given",
        "env": env,
        "cwd": tmp_path,
        "capture_output": True,
        "text": True,
        "check": False,
    }
    forked, true = (start([*program, *more], **options) for start in (run, subprocess.run))
    assert forked.returncode == true.returncode
    assert json.loads(forked.stdout.splitlines()[0]) == json.loads(true.stdout.splitlines()[0])
    assert forked.stdout.splitlines()[1:] == true.stdout.splitlines()[1:] == ["the end"]
    assert forked.stderr.splitlines()[0] == true.stderr.splitlines()[0] == "a fault £"


def test_an_exception_ends_it_with_one(program: list[str]) -> None:
    done = run([*program, "-r"], env=environment(), input="", capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.endswith("RuntimeError: broken\n")
    assert done.stdout.endswith("the end\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_it_is_a_child_that_can_be_killed(program: list[str], tmp_path: Path, number: signal.Signals) -> None:
    with Process([sys.executable, str(tmp_path / "waiting.py")], env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        os.kill(process.pid, 0)
        assert process.poll() is None
        process.send_signal(number)
        assert process.wait(10) == -number


@pytest.mark.parametrize("start", [subprocess.run, run], ids=["python", "fork"])
def test_commands(start: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path) -> None:
    """True ones must have all imports that they need, forked ones have them already."""
    db = ("--db", str(tmp_path / "news.db"))
    for arguments, code, shown in (
        (("--version",), 0, "newsledger, version"),
        (("sites", "list", "--json"), 0, "["),
        (("status", *db), 1, "there is no ledger here yet"),
        (("crawl", "no-such-site", *db), 2, "no-such-site"),
        (("crawl", "http://127.0.0.1:9/", "--json", *db), 2, ""),
        (("verify", *db), 1, "there is no ledger here yet"),
    ):
        done = start([sys.executable, "-m", "crawler", *arguments], env=environment(), capture_output=True, text=True)
        assert (done.returncode, shown in done.stdout + done.stderr) == (code, True), (arguments, done)


def test_settings_are_those_of_the_child(tmp_path: Path) -> None:
    """Scrapy's settings module reads the environment when it is imported."""
    code = "from crawler import settings; print(settings.USER_AGENT)"
    (tmp_path / "shown.py").write_text(code, encoding="utf-8")
    env = environment() | {"NEWSLEDGER_CONTACT": "mail@paper.example"}
    assert (
        "mail@paper.example" in run([sys.executable, str(tmp_path / "shown.py")], env=env, capture_output=True, text=True).stdout
    )
