"""Stories are read strictly: a file that tells none is refused with its line, and the shipped ones hold nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.demo.stories import read_story, stories
from pipelines.text.toml_lines import TomlError
from tests.table import table

STORY = '''note = "first word"
path = "/news/a-1234567"
published = 2025-05-09T06:35:00
section = "News"
headline = "A"
standfirst = "B"
byline = "By Ann Lee"
authors = [{ name = "Ann Lee" }]
text = """
One line
of two.

Another.
"""

[[event]]
what = "updated"
at = 07:45:00
note = "more"
changed = ["body"]
swaps = [["Another.", "Others."]]
'''


def written(folder: Path, text: str) -> Path:
    file = folder / "a.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_is_a_story(tmp_path: Path) -> None:
    story = read_story(written(tmp_path, STORY))
    assert (story.key, [event.page.paragraphs for event in story.events]) == (
        "a",
        [("One line of two.", "Another."), ("One line of two.", "Others.")],
    )
    assert [event.at.isoformat() for event in story.events] == ["2025-05-09T05:35:00+00:00", "2025-05-09T06:45:00+00:00"]


REFUSED = {
    "no TOML": ('section = "News"', "section = News", "4: "),
    "a key that is there twice": ('headline = "A"', 'headline = "A"\nheadline = "C"', "6: "),
    "a key that no page has": ('section = "News"', 'section = "News"\ndesk = "town"', "5: desk: there is no such key"),
    "a key that is missing": ('headline = "A"\n', "", "1: headline: is missing"),
    "an empty text": ('headline = "A"', 'headline = ""', "5: headline: must be text that is not empty"),
    "another type": ('headline = "A"', "headline = 7", "5: headline: must be text that is not empty"),
    "a time with a zone": ("06:35:00", "06:35:00Z", "3: published: must be a date and a time without a zone"),
    "a template that there is not": ('section = "News"', 'section = "News"\ntemplate = "poor"', "5: template: "),
    "a topic twice": ('section = "News"', 'section = "News"\ntopics = ["A", "A"]', "5: topics: names something twice"),
    "an author without a name": ('{ name = "Ann Lee" }', '{ role = "Chief" }', "8: authors: "),
    "an author's key that there is not": ('name = "Ann Lee"', 'name = "Ann Lee", age = "9"', "8: authors: "),
    "an event that there is not": ('what = "updated"', 'what = "upset"', "17: what: must be one of updated, "),
    "an event without its time": ("at = 07:45:00\n", "", "16: at: is missing"),
    "a key of another event": ('note = "more"', 'note = "more"\nstatus = 410', "20: status: there is no such key"),
    "a swap of three": ('"Another.", "Others."', '"Another.", "Others.", "x"', "21: swaps: must be pairs"),
    "a swap that finds nothing": ('[["Another."', '[["No such words"', "16: updated: /news/a-1234567: 'No such words' occurs 0"),
}


@table("case", REFUSED)
def test_what_is_no_story_is_refused_with_file_and_line(tmp_path: Path, case: str) -> None:
    old, new, message = REFUSED[case]
    assert STORY.count(old) == 1
    file = written(tmp_path, STORY.replace(old, new))
    with pytest.raises(TomlError) as refused:
        read_story(file)
    assert str(refused.value).startswith(f"{file}:{message}")


def test_a_story_that_goes_back_to_an_event_that_was_not_is_refused(tmp_path: Path) -> None:
    event = '[[event]]\nwhat = "reverted"\nat = 09:00:00\nnote = "back"\nchanged = ["body"]\nto = 7\nstamp = "same"\n'
    file = written(tmp_path, f"{STORY}\n{event}")
    with pytest.raises(TomlError, match=r":23: reverted: "):
        read_story(file)


def test_each_shipped_file_is_a_story_of_its_own() -> None:
    found = stories()
    assert len({story.key for story in found}) == len(found) == 28
    assert len({story.page.headline for story in found}) == len(found)
    assert len({story.page.body for story in found}) == len(found)
