"""Stories: the list, one with its papers and headlines, a paper's version against the source's; nothing of strangers obeyed."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.diff import body_changes
from tests.table import table
from tests.viewer import syndication
from tests.viewer.client import answer, page, reading, texts
from tests.viewer.syndication import HOSTILE, LOCAL, NOW, PARAGRAPHS
from viewer.pages.stories import agencies, spread_in_words, times
from viewer.pages.story import Kept, kept

FERRY, SWIFTS = "Salt Reach ferry to stop after 239 years", "Swifts come back to the chapel tower"


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stories")
    syndication.make(path, days=4).close()
    return path / "news.db"


@pytest.fixture(scope="module")
def ids(ledger: Path) -> dict[str, int]:
    """The numbers of the stories and, by site, of the ferry's articles."""
    with reading(ledger, NOW) as repository:
        ferry = repository.store.value("SELECT story_id FROM stories WHERE sites = 5")
        swifts = repository.store.value("SELECT story_id FROM stories WHERE sites = 2")
        rows = repository.store.rows("SELECT site_id, article_id FROM story_articles WHERE story_id = ?", (ferry,))
        return {"ferry": ferry, "swifts": swifts, **{row["site_id"]: row["article_id"] for row in rows}}


def test_list(ledger: Path) -> None:
    root = page(ledger, "/stories", NOW)
    assert texts(root, "//h1|//h2|//h3") == ["Stories", "Tuesday, 11 March 2025", FERRY, "Monday, 10 March 2025", SWIFTS]
    heads = texts(root, "//*[contains(@class, 'entry-head')][not(contains(@class, 'entry-headline'))]")
    assert heads == ["06:00 The Northmoor Argus had it first PA", "07:00 <b>Herald</b> & Post had it first"]
    assert texts(root, "//*[contains(@class, 'entry-facts')]/span") == [
        "5 papers",
        "edited once since",
        "last carried or changed 11 Mar 2025, 17:00",
        "2 papers",
        "never edited",
        "last carried or changed 10 Mar 2025, 07:40",
    ]
    assert texts(root, "//*[contains(@class, 'carriers')]") == [
        "The Northmoor Argus, Saltham Bugle, <b>Herald</b> & Post, Courier & Advertiser of the Fells, Estuary Echo",
        "<b>Herald</b> & Post, Courier & Advertiser of the Fells",
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?site=echo", [FERRY]),
        ("?site=herald", [FERRY, SWIFTS]),
        ("?agency=PA", [FERRY]),
        ("?agency=PA&site=herald", [FERRY]),
        ("?agency=Reuters", []),
        ("?agency=%22%3E%3Cscript%3E", []),
        ("?utm_source=letter&site=", [FERRY, SWIFTS]),
    ],
)
def test_list_filtered(ledger: Path, query: str, expected: list[str]) -> None:
    assert texts(page(ledger, f"/stories{query}", NOW), "//h3") == expected


def test_list_is_paged(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.pages.stories.ROWS", 1)
    first = page(ledger, "/stories?site=herald", NOW)
    (older,) = first.xpath("//a[@rel='next']/@href")
    second = page(ledger, older, NOW)
    assert (texts(first, "//h3"), texts(second, "//h3")) == ([FERRY], [SWIFTS])
    assert second.xpath("//a[@rel='next']") == []
    assert second.xpath("//a[@rel='first']/@href") == ["/stories?site=herald"]


def test_agencies_to_choose_from(ledger: Path) -> None:
    with reading(ledger, NOW) as repository:
        assert agencies(repository.store) == {"PA": "PA"}


def test_story(ledger: Path, ids: dict[str, int]) -> None:
    root = page(ledger, f"/story/{ids['ferry']}", NOW)
    assert texts(root, "//h1|//h2") == [FERRY, "Which paper, and when", "4 headlines", "The papers"]
    said = texts(root, "//*[@class='said']")
    assert said == ["5 papers, first seen 11 Mar 2025, 06:00 in The Northmoor Argus. Edited once since, last 11 Mar 2025, 13:00."]
    rows = [texts(row, "td") for row in root.xpath("//table[contains(@class, 'papers')]/tbody/tr")]
    assert [row[0] for row in rows] == ["first", "+12 min", "+1 h 35 min", "+5 h", "+11 h"]
    assert [row[3] for row in rows] == ["2", "1", "1", "1", "1"]
    assert all(0.7 <= int(row[1].rstrip("%")) / 100 <= 1 for row in rows[1:])
    spread = [texts(row, "th|td") for row in root.xpath("//figure//tbody/tr")]
    assert spread[0] == ["The Northmoor Argus", "first", "1"]
    assert len(spread) == 5


def test_headlines_side_by_side(ledger: Path, ids: dict[str, int]) -> None:
    """The source's first headline, who kept it, and how the others differ; then who changed theirs afterwards."""
    root = page(ledger, f"/story/{ids['ferry']}", NOW)
    shown, afterwards = root.xpath("//ol[@class='variants']")
    assert texts(shown, "li/p[1]") == [
        "Last Salt Reach ferry to stop in June",
        "Last Salt Reach ferry to stop in Juneafter 239 years",
        "Last Salt Reach ferry to stop inrunning this June",
        'Last Salt Reach ferry to stop in June‘They will have to carry me off’ "><script>alert(1)</script>',
    ]
    assert texts(shown, "li/p[2]") == [
        "The source began with it: Courier & Advertiser of the Fells, Estuary Echo",
        "The Northmoor Argus",
        "Saltham Bugle",
        "<b>Herald</b> & Post",
    ]
    assert (texts(shown[1], ".//del"), texts(shown[1], ".//ins")) == (["Last", "in June"], ["after 239 years"])
    assert texts(afterwards, "li/p[1]/ins") == ["after 239 years"]


def test_version_against_the_source(ledger: Path, ids: dict[str, int]) -> None:
    """Held against what the source said then: its later correction is no cut of the paper's."""
    root = page(ledger, f"/story/{ids['ferry']}/{ids['herald']}", NOW)
    said = "Of the source’s 245 words, 245 are kept (100%); nothing is cut. 32 words of 277 (12%) are the paper’s own."
    assert texts(root, "//figcaption") == [f"{said} 1 paragraph moved."]
    assert root.xpath("//svg/@aria-label") == ["0 words cut, 245 kept, 32 added"]
    assert texts(root, "//article/p[contains(@class, 'added')]") == [LOCAL]
    assert "as it stood 11 Mar 2025, 06:00 (revision 1 of 2)" in texts(root, "//dl[@class='versus']")[0]
    assert HOSTILE not in root.text_content(), "what turns the direction of text is dropped"


def test_cut_version(ledger: Path, ids: dict[str, int]) -> None:
    root = page(ledger, f"/story/{ids['ferry']}/{ids['courier']}", NOW)
    (said,) = texts(root, "//figcaption")
    assert said.endswith("are cut. Nothing is added.")
    assert texts(root, "//article/p[contains(@class, 'removed')]") == list(PARAGRAPHS[6:])
    names = texts(root, "//nav[@aria-label='Around']//a")
    assert names == ["The story", "← <b>Herald</b> & Post", "Estuary Echo →", "History of this version", "History of the source"]


def test_addresses(ledger: Path, ids: dict[str, int]) -> None:
    story, source = ids["ferry"], ids["argus"]
    led = answer(ledger, f"/story/{story}/{source}", NOW)
    assert (led.status, dict(led.headers)["Location"]) == (302, f"/story/{story}")
    for target in ("/story/999", "/story/x", "/story/", f"/story/{story}/999", f"/story/{story}/1/2", "/story/" + "9" * 40):
        assert answer(ledger, target, NOW).status == 404, target
    assert answer(ledger, "/stories?site=nope", NOW).status == 400


def test_below_a_path(ledger: Path, ids: dict[str, int]) -> None:
    for target in ("/stories", f"/story/{ids['ferry']}", f"/story/{ids['ferry']}/{ids['echo']}"):
        root = page(ledger, target, NOW, "https://press.example/news")
        links = root.xpath("//@href|//form/@action")
        assert all(link.startswith(("/news/", "#")) for link in links), target


def test_withdrawn_member(tmp_path: Path) -> None:
    store = syndication.make(tmp_path, days=2)
    row = store.row("SELECT story_id, article_id FROM story_articles WHERE site_id = 'courier' AND url LIKE '%ferry'")
    assert row is not None
    told = {"article_id": row["article_id"], "at": "2025-03-20T00:00:00Z", "who": "x", "reason": "y", "revisions": 1}
    store.insert("withdrawals", told)
    store.close()
    assert answer(tmp_path / "news.db", f"/story/{row['story_id']}/{row['article_id']}", NOW).status in (404, 451)
    root = page(tmp_path / "news.db", f"/story/{row['story_id']}", NOW)
    assert f"/story/{row['story_id']}/{row['article_id']}" not in root.xpath("//@href")


@table(
    ("before", "after", "expected"),
    [
        ("One two three.", "One two three.", Kept(3, 0, 0, 0)),
        ("One two three.\n\nFour five.", "One two three.", Kept(3, 2, 0, 0)),
        ("One two three.", "One two three.\n\nFour five six.", Kept(3, 0, 3, 0)),
        ("", "One two.", Kept(0, 0, 2, 0)),
        ("", "", Kept(0, 0, 0, 0)),
    ],
)
def test_kept(before: str, after: str, expected: Kept) -> None:
    found = kept(body_changes(before, after))
    assert found == expected
    assert found.summary


@pytest.mark.parametrize(
    ("articles", "sites", "expected"),
    [(5, 5, "5 papers"), (6, 5, "6 articles in 5 papers")],
)
def test_wide(articles: int, sites: int, expected: str) -> None:
    assert spread_in_words(articles, sites) == expected
    assert [times(count) for count in (1, 2, 3, 1200)] == ["once", "twice", "3 times", "1,200 times"]


def test_long_stories_are_bounded(ledger: Path, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.pages.story.MEMBERS", 2)
    root = page(ledger, f"/story/{ids['ferry']}", NOW)
    assert len(root.xpath("//table[contains(@class, 'papers')]/tbody/tr")) == 2
    assert texts(root, "//p[@class='hint']")[0].startswith("And 3 more articles")
