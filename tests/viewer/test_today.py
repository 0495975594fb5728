"""The latest revisions: what changed in which words, what is left out and says so, older ones behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.diff import Op, Piece
from pipelines.store.database import Store
from tests.table import table
from tests.viewer.page_reader import ARABIC, BRIDGE, MILL, ask, make, target_of
from viewer.labels import headline_pieces
from viewer.pages.home import ROWS


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("today"))


def test_each_revision_tells_what_it_is(path: Path) -> None:
    page = ask(path, "/?site=paper")
    assert page.texts(".day") != []
    assert page.texts("h2") == ["Friday, 7 March 2025"]
    heads = page.texts(".entry-head")
    assert heads == [
        "12:00 The Paper put back",
        *("10:00 The Paper edited without telling", "09:00 The Paper updated", "08:00 The Paper new"),  # of the same article
        "09:30 The Paper edited without telling",
        "08:30 The Paper new",
    ]
    facts = page.texts(".entry-facts")
    assert facts[0] == "between 10:00 and 12:00 text, authors, pictures and byline changed +1 −1 words By Ann Other"
    assert facts[3] == "51 words By Ann Other"
    assert page.tree.xpath("//h3//del/text()")[:1] == ["Monday"]
    assert page.tree.xpath("//h3//ins/text()")[:1] == ["Tuesday"]
    assert page.texts(".glimpse")[2] == "No one was Two people were"
    assert "The Paper" in page.text
    assert "Secret" not in page.text


def test_links_of_an_entry(path: Path) -> None:
    page = ask(path, "/?site=paper")
    (entry,) = page.tree.xpath("(//details[@class='repeats'])[1]//li[2]")
    links = {" ".join(link.text_content().split()): link.get("href") for link in entry.xpath(".//p//a")}
    assert links == {
        "The Paper": "/news/site/paper",
        "What changed": f"/news/diff/1..2/{MILL}",
        "4 revisions": f"/news/history/{MILL}",
        "Original": MILL,
        "Ann Other": "/news/author/Ann%20Other",
    }


def test_foreign_headlines_bring_their_language_and_direction(path: Path) -> None:
    (headline,) = ask(path, "/").tree.xpath(f"//h3[a/@href='/news/history/{ARABIC}']")
    assert (headline.get("lang"), headline.get("dir")) == ("ar", "auto")


@pytest.mark.parametrize(
    ("query", "said", "count"),
    [
        ("", "What the papers said, and what they say now. Newest first.", 22),
        ("?silent=1", "Shown: only “edited without telling”. Show all", None),
        ("?site=paper", "Shown: of The Paper. Show all", 6),
        ("?region=S%C3%BCden&change=new", "Shown: only “new”, in Süden. Show all", 4),
        ("?country=GB", "Shown: in GB. Show all", 6),
        ("?since=2025-03-08", "Shown: from 2025-03-08. Show all", 0),
    ],
)
def test_what_is_left_out_is_said(path: Path, query: str, said: str, count: int | None) -> None:
    page = ask(path, f"/{query}")
    assert page.texts(".said") == [said]
    assert count is None or len(page.texts(".entry-head")) == count


def test_the_form_holds_what_was_chosen(path: Path) -> None:
    tree = ask(path, "/?site=star&change=new&change=updated&country=DE").tree
    assert tree.xpath("//select[@name='site']/option[@selected]/@value") == ["star"]
    assert tree.xpath("//select[@name='country']/option[@selected]/@value") == ["DE"]
    assert tree.xpath("//input[@name='change'][@checked]/@value") == ["new", "updated"]
    assert tree.xpath("//details[@class='filters']/@open") == ["open"] or tree.xpath("//details[@class='filters'][@open]")
    assert not ask(path, "/").tree.xpath("//details[@class='filters'][@open]")


def test_the_feeds_are_of_the_same_selection(path: Path) -> None:
    page = ask(path, "/?site=star&silent=1")
    feeds = page.tree.xpath("//link[@rel='alternate']/@href")
    assert feeds == ["/news/feed.atom?site=star&change=silent", "/news/feed.json?site=star&change=silent"]
    assert all(ask(path, target_of(str(feed))).status == 200 for feed in feeds)


def test_older_ones_follow_and_none_is_lost_or_told_twice(tmp_path: Path) -> None:
    path = make(tmp_path)
    with Store(path) as store:
        (one,) = store.rows("SELECT * FROM revisions WHERE headline = 'Bridge to open Tuesday'")
        for number in range(3, 3 + ROWS):
            store.insert("revisions", {**one, "id": None, "number": number, "headline": f"Bridge {number}"})
    seen, target = [], "/?site=paper"
    while target:
        page = ask(path, target)
        seen += page.texts(".entry-head")
        older = page.tree.xpath("//a[@rel='next']/@href")
        target = target_of(str(older[0])) if older else ""
    assert len(seen) == ROWS + 6
    assert page.tree.xpath("//a[@rel='first']/@href") == ["/news/?site=paper"]


def test_an_empty_ledger_says_how_to_fill_it(tmp_path: Path) -> None:
    Store(tmp_path / "news.db").close()
    page = ask(tmp_path / "news.db", "/")
    assert page.status == 200
    assert "newsledger crawl --all" in page.text


def test_a_selection_of_nothing_says_so(path: Path) -> None:
    page = ask(path, "/?since=2031-01-01")
    assert "No revision is like that." in page.text
    assert page.links().count("/news/") >= 2


def test_a_value_that_cannot_be_meant_is_refused(path: Path) -> None:
    page = ask(path, "/?change=nonsense")
    assert page.status == 400
    assert "nonsense" in page.text


@table(
    ("before", "after", "pieces"),
    [
        (None, "Fire", (Piece(Op.SAME, "Fire"),)),
        ("Fire", "Fire", (Piece(Op.SAME, "Fire"),)),
        (None, None, (Piece(Op.SAME, "(no headline)"),)),
        ("Fire", None, (Piece(Op.REMOVED, "Fire"),)),
        ("x" * 9_000, "x" * 9_000, (Piece(Op.SAME, "x" * 500),)),
    ],
)
def test_headline_pieces(before: str | None, after: str | None, pieces: tuple[Piece, ...]) -> None:
    assert headline_pieces(before, after) == pieces


def test_an_address_with_a_query_is_one_address(path: Path) -> None:
    page = ask(path, "/?site=paper")
    links = [link for link in page.links() if "history" in link and "bridge" in link]
    assert links
    assert all(ask(path, target_of(link)).status == 200 for link in links)
    assert any(link.endswith(BRIDGE.replace("a%20b", "a+b")) or BRIDGE in link or "bridge" in link for link in links)


def test_the_calendar_counts_the_days_and_leads_to_them(path: Path) -> None:
    page = ask(path, "/")
    (caption,) = page.texts("caption")
    assert caption == "March 2025"
    cells = [cell for cell in page.texts("td") if cell]
    assert cells[:8] == ["1", "2", "3", "4", "5", "6", "7 23 revisions", "8"]
    assert len(cells) == 31
    (day,) = page.tree.xpath("//td/a[small]/@href")
    shown = ask(path, target_of(day))
    assert shown.tree.xpath("//td/a[@aria-current='date']//time/@datetime") == ["2025-03-07"]
    assert len(shown.texts(".entry-head")) == 22, "a withdrawn one is counted in its day, and is not shown"
    before, *after = page.tree.xpath("//*[@class='filters calendar']//p/a/@href")
    assert before == "/news/?since=2025-02-01&until=2025-02-28"
    assert after == [], "nothing lies ahead"
    assert ask(path, "/?site=paper&since=2024-12-01&until=2024-12-31").texts("caption") == ["December 2024"]
    narrowed = [cell for cell in ask(path, "/?site=paper&change=new").texts("td") if " " in cell]
    assert narrowed == ["7 3 revisions"]
    assert ask(path, "/?until=0001-01-01").status == ask(path, "/?since=9999-12-31").status == 200


def test_repeats_of_a_day_are_folded_below_the_newest(path: Path) -> None:
    page = ask(path, "/?site=star")
    (summary,) = [one for one in page.texts("summary") if one.startswith("11 ")]
    assert summary == "11 earlier revisions that day"
    live = page.tree.xpath("//li[contains(@class, 'entry ')][.//details[@class='repeats']]")
    assert len(live) == 2
    assert page.tree.xpath("count(//li[contains(@class, 'entry-new')]//h3)") >= 2, (
        "what is new, or has a new stamp alone, is a line"
    )
