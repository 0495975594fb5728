"""Our pages in a Datasette that is not ours, and the ways from its tables to them; the plugin is found as an installed one is."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from pipelines.store.database import Store
from tests.crawler.processes import environment
from tests.viewer.ledgers import URL, make
from viewer.app.plugin import PLUGIN

ROOT = Path(__file__).resolve().parents[3]
ENTRY = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["datasette"]
ASKING = """
import asyncio, json, sys
from datasette.app import Datasette

async def ask(db, base_url, addresses):
    served = Datasette([db], settings={"base_url": base_url})
    answers = {address: await served.client.get(address) for address in addresses}
    return {address: answer.headers.get("location", "") + answer.text for address, answer in answers.items()}

print(json.dumps(asyncio.run(ask(*json.loads(sys.argv[1])))))
"""
TABLES = ("/", "/ledger", "/news/sites.json?_shape=array", "/-/plugins.json?all=1", "/news/articles", "/news/revisions",
          "/news?sql=select+id+as+revision_id+from+revisions")  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger, and the plugin as an installed one is found, wherever the tests run."""
    path = tmp_path_factory.mktemp("plugin")
    make(path).close()
    told = path / "newsledger_checkout-0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: newsledger-checkout\nVersion: 0\n")
    (told / "entry_points.txt").write_text("[datasette]\n" + "".join(f"{name} = {what}\n" for name, what in ENTRY.items()))
    return path


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[str, str]:
    return asked(folder, "news.db", *TABLES)


def asked(folder: Path, db: str, *addresses: str, base_url: str = "/") -> dict[str, str]:
    """What a Datasette over a file answers at these addresses."""
    command = [sys.executable, "-c", ASKING, json.dumps([str(folder / db), base_url, addresses])]
    done = subprocess.run(command, capture_output=True, text=True, env=installed(folder), timeout=60, check=True)
    answers: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return answers


def installed(folder: Path) -> dict[str, str]:
    env = environment()
    return env | {"PYTHONPATH": f"{env['PYTHONPATH']}:{folder}"}


def test_the_entry_point_leads_to_the_plugin() -> None:
    assert list(ENTRY) == ["newsledger"]
    assert EntryPoint("newsledger", ENTRY["newsledger"], "datasette").load() is PLUGIN


def test_the_plain_command_shows_our_pages(folder: Path) -> None:
    command = [sys.executable, "-m", "datasette", str(folder / "news.db"), "--get", "/"]
    done = subprocess.run(command, capture_output=True, text=True, env=installed(folder), timeout=60, check=True)
    assert f'href="/history/{URL}"' in done.stdout


def test_our_pages_come_first_and_all_else_is_datasettes(told: dict[str, str]) -> None:
    assert "Kept nowhere" in told["/"]
    assert told["/ledger"] == "/news", "where our pages lead to for the tables"
    assert json.loads(told["/news/sites.json?_shape=array"])[0]["id"] == "paper"


def test_datasette_takes_none_of_our_templates_for_its_own(told: dict[str, str]) -> None:
    plugins = {one["name"]: one for one in json.loads(told["/-/plugins.json?all=1"])}
    ours = next(one for name, one in plugins.items() if name.startswith("newsledger"))
    assert (ours["static"], ours["templates"]) == (False, False)
    assert set(ours["hooks"]) == {"asgi_wrapper", "handle_exception", "menu_links", "prepare_jinja2_environment", "render_cell"}


def test_tables_lead_to_our_pages(told: dict[str, str]) -> None:
    articles, revisions = told["/news/articles"], told["/news/revisions"]
    assert f'<a href="/history/{URL}">{URL}</a> <a href="{URL}" rel="noreferrer" title="The page itself">' in articles
    assert '<a href="/-/article/1">' in revisions
    assert '<a href="/stories">Stories</a>' in articles
    assert '<a href="/-/revision/3">3</a>' in told["/news?sql=select+id+as+revision_id+from+revisions"]


def test_a_path_of_datasettes_own_is_kept(folder: Path) -> None:
    address = f"/timemap/json/{URL}"
    answer = asked(folder, "news.db", address, base_url="/papers/")[address]
    assert json.loads(answer)["timegate_uri"] == f"http://localhost/papers/timegate/{URL}"


def test_a_file_that_is_no_ledger_is_left_to_datasette(folder: Path) -> None:
    with Store(folder / "other.db") as other:
        other.execute("DELETE FROM _sqlite_migrations")
    assert '<a href="/other">other</a>' in asked(folder, "other.db", "/")["/"]
