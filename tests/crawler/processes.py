"""The `newsledger` command as a person runs it: in a process of its own, against real servers and files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.demo.press import Press
from tests.forkserver import run

TESTS = Path(__file__).resolve().parents[1]
MISBEHAVING = (sys.executable, str(TESTS / "papers" / "misbehaving.py"))


class ScriptedPaper(Press):
    """A newspaper that answers what a test says (tests/papers/scripted.py tells of routes)."""

    def __init__(self, folder: Path) -> None:
        self._routes = folder / "routes.json"
        self.routes({})
        super().__init__((sys.executable, str(TESTS / "papers" / "scripted.py"), str(folder)))

    def routes(self, routes: dict[str, Any]) -> None:
        """From now on it has these and no others."""
        self._routes.write_text(json.dumps(routes), encoding="utf-8")


def environment(now: datetime | None = None) -> dict[str, str]:
    """Ours without what a person may have set; the clock stopped at `now`."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("NEWSLEDGER_")}
    path = os.pathsep.join(filter(None, (str(TESTS.parent), clean.get("PYTHONPATH"))))
    return clean | {"PYTHONPATH": path} | ({"NEWSLEDGER_NOW": now.isoformat()} if now else {})


def newsledger(*arguments: str, now: datetime | None = None, cwd: Path | None = None,
               packages: Path | None = None) -> subprocess.CompletedProcess[str]:  # fmt: skip
    """Run it to its end; the output is captured. `packages`: a folder whose `crawler` and `pipelines` run instead of ours."""
    command = [sys.executable, "-m", "crawler", *arguments]
    env = environment(now) | ({"PYTHONPATH": str(packages)} if packages else {})
    return run(command, env=env, cwd=cwd, capture_output=True, text=True, check=False, timeout=280)


def crawl(folder: Path, *targets: str, now: datetime | None = None, recheck: str = "due", code: int = 0) -> list[dict[str, Any]]:
    """`newsledger crawl` on `folder`/sites.toml into `folder`/news.db; its JSON."""
    where = ("--db", str(folder / "news.db"), "--sites", str(folder / "sites.toml"))
    done = newsledger("crawl", *targets, "--recheck", recheck, "--json", *where, now=now)
    assert done.returncode == code, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


def site_table(site_id: str, url: str, **keys: Any) -> str:
    """One `[[site]]` table for a server on loopback."""
    values = {"id": site_id, "name": site_id.title(), "url": url, "timezone": "Europe/London", "delay_seconds": 0, **keys}
    return "[[site]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())
