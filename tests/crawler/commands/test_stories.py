"""`newsledger stories`, and that crawls, imports and merges keep stories up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.cli import main
from pipelines import stories
from pipelines.store.database import Store
from pipelines.stories.update import catch_up
from tests.factories import T0
from tests.pipelines.stories.story_factories import Press, joined, paragraphs, prose

WIRE = paragraphs("wire", 10)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A story of three papers, one of which edits it; an article of nobody else; a hostile headline."""
    press = Press(tmp_path)
    press.publish("echo", "boat", joined(WIRE), headline="Boat aground", byline="By Ann Other, PA")
    press.publish("star", "boat", joined(WIRE[:5]), seen=10, headline="Bold [red]markup[/red] \x1b[31mand escapes\x07")
    press.publish("post", "boat", joined(WIRE), seen=20)
    press.publish("post", "boat", joined(WIRE), seen=40, modified=40, headline="Boat afloat")
    press.publish("post", "weir", prose("weir"), seen=50)
    catch_up(press.store, T0)
    return press.path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_the_list(ledger: Path) -> None:
    done = run("stories", "--db", ledger)
    assert done.exit_code == 0
    assert done.output.split("\n")[1].split() == ["1", "2025-03-07", "08:00Z", "echo", "PA", "3", "3", "1", "Boat", "aground"]
    assert run("stories", "--site", "nobody", "--db", ledger).output == "No stories.\n"
    rows = json.loads(run("stories", "--agency", "PA", "--site", "star", "--json", "--db", ledger).output)
    assert [(row["story_id"], row["headline"], row["cursor"]) for row in rows] == [(1, "Boat aground", "2025-03-07T08:00:00Z~1")]
    assert json.loads(run("stories", "--before", rows[0]["cursor"], "--json", "--db", ledger).output) == []


@pytest.mark.parametrize("which", ["1", "https://star.example/boat", "http://www.post.example/boat/"])
def test_one_story(ledger: Path, which: str) -> None:
    done = run("stories", which, "--db", ledger)
    assert done.exit_code == 0
    assert "\x1b" not in done.output
    assert "\x07" not in done.output
    lines = [line.rstrip() for line in done.output.splitlines()]
    assert lines[:4] == [
        "Boat aground", "story 1: 3 articles of 3 sites, 1 edits, the last change 2025-03-07 08:40Z",
        "first seen 2025-03-07 08:00Z at echo; published first at echo, 2025-03-07 08:00Z", "PA copy: its source says so",
    ]  # fmt: skip
    table = [line.split() for line in lines[6:9]]
    assert [row[:2] for row in table] == [["source", "echo"], ["50%", "star"], ["100%", "post"]]
    assert "Bold [red]markup[/red]" in done.output
    assert "https://post.example/boat" in lines[-1]


def test_one_story_as_json(ledger: Path) -> None:
    told = json.loads(run("stories", "1", "--json", "--db", ledger).output)
    assert (told["story_id"], told["source_site_id"], told["edited"]) == (1, "echo", 1)
    assert [(m["site_id"], m["kept"], m["agency_is"]) for m in told["members"]] == [
        ("echo", 1.0, "named"), ("star", 0.5, "implied"), ("post", 1.0, "implied"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("which", "why"),
    [
        ("7", "no story 7"),
        ("9" * 30, "no article at 9"),
        ("https://nobody.example/", "no article at https://nobody"),
        ("https://post.example/weir", "no other site"),
    ],
)
def test_what_there_is_not(ledger: Path, which: str, why: str) -> None:
    done = run("stories", which, "--db", ledger)
    assert done.exit_code == 1
    assert why in done.output


def test_rebuild(ledger: Path) -> None:
    before = run("stories", "1", "--json", "--db", ledger).output
    done = run("stories", "1", "--json", "--rebuild", "--db", ledger)
    assert "5 revisions were taken up anew" in done.output
    assert json.loads(done.output[done.output.index("{") :])["members"] == json.loads(before)["members"]
    missing = ledger.with_name("missing.db")
    assert run("stories", "--rebuild", "--db", missing).exit_code == 1
    assert not missing.exists()


def test_merge_and_import_take_stories_up(ledger: Path, tmp_path: Path) -> None:
    records, target = tmp_path / "all.jsonl", tmp_path / "target.db"
    assert run("export", "jsonl", "--output", records, "--db", ledger).exit_code == 0
    for verb, given in (("import", records), ("merge", ledger)):
        assert run(verb, given, "--db", target).exit_code == 0
        with Store(target, readonly=True) as store:
            assert [(head.articles, head.edited) for head in stories.latest(store, limit=9)] == [(3, 1)]
        target.unlink()
