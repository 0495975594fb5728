"""`newsledger diff` as a person reads it: what moved, captions and people, on wide and narrow terminals and in a pipe."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

from click.testing import CliRunner
from rich.console import Console

from crawler.cli import main
from crawler.commands.diff import print_differences
from pipelines.article import Author, Image
from tests.factories import URL, article, new_ledger, new_store
from tests.table import table

FIRE = "Firefighters were called to Cross Mill on the ring road at 4.10am on Friday."
CREWS = "Crews from three towns fought the blaze until dawn, and two people were hurt."
ROAD = "Station Road was shut for six hours while engineers looked at the chimney."
BEFORE = article("\n\n".join([CREWS, FIRE, ROAD]))
AFTER = article(
    "\n\n".join([FIRE, ROAD, CREWS.replace("two", "three")]),
    seen=30, modified=20, authors=(Author("Ann Other"), Author("Bob Any", "Reporter")),
    images=(Image("https://paper.example/1.jpg", None, "Smoke over the old mill", "Ann Other"),),
)  # fmt: skip


def told(width: int | None, **console: object) -> str:
    out = Console(file=io.StringIO(), width=width, highlight=False, **console)  # type: ignore[arg-type]
    print_differences(out, BEFORE, AFTER)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_in_a_pipe_a_paragraph_is_a_line() -> None:
    assert told(160, soft_wrap=True) == "\n".join([
        "", "authors", "     + {+Bob Any, Reporter+}",
        "", "date_modified", "[-2025-03-07T08:00:00Z-]{+2025-03-07T08:20:00Z+}",
        "", "images", "   1 ~ Smoke over the {+old +}mill [Ann Other]",
        "", "body  1 moved; +1 -1 words",
        "   1 < now 3: Crews from three towns fought the blaze until dawn, and two …",
        "       … 2 paragraphs as they were",
        "   3 > was 1: Crews from three towns fought the blaze until dawn, and [-two-]{+three+} people were hurt.",
        "",
    ])  # fmt: skip


@table("width", [20, 49, 50, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    shown = re.sub(r"\x1b\[[0-9;]*m", "", told(width, force_terminal=True, color_system="standard", no_color=True))
    assert max(map(len, shown.splitlines())) <= width
    assert "[-two-]{+three+}" in "".join(shown.split())


def test_in_colour_there_are_no_brackets() -> None:
    shown = told(100, force_terminal=True, color_system="standard")
    assert "[-" not in shown
    assert "\x1b[" in shown


def test_json_has_the_parts_too(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        writer = new_ledger(store)
        writer.record(BEFORE)
        writer.record(AFTER)
    done = CliRunner().invoke(main, ["diff", URL, "--json", "--db", str(tmp_path / "news.db")])
    found = json.loads(done.output)
    assert [one["kind"] for one in found["authors"]] == ["same", "added"]
    assert found["images"][0]["caption"][1] == {"op": "added", "text": "old "}
    assert [(one["kind"], one["number_before"], one["number_after"], one["moved"]) for one in found["paragraphs"]] == [
        ("moved_from", 1, 3, 3), ("same", 2, 1, None), ("same", 3, 2, None), ("moved_to", 1, 3, 0),
    ]  # fmt: skip
    assert set(found["differences"]) == {"authors", "date_modified", "images", "body"}
