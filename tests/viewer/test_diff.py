"""What differs between two revisions, as a page: true to the texts, with what moved seen as moved and the rest folded."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from pipelines.diff import ChangeKind, body_changes
from pipelines.store.database import Store
from tests.viewer.page_reader import BRIDGE, FIRST, GONE, LONG, MILL, MOVED, SECOND, Page, ask, make, target_of
from viewer import rendering
from viewer.pages.diff import blocks


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("diff"))


def side(page: Page, gone: str) -> list[str]:
    """The paragraphs of one side, made of what is shown: what is in `gone` elements is left out."""
    said = []
    for found in page.tree.xpath("//article//p[contains(@class, 'para')]"):
        moved_away = "moved-from" if gone == "del" else "moved-to"
        if moved_away in found.get("class"):
            continue
        copy = html.fromstring(html.tostring(found, encoding="unicode", with_tail=False))
        for element in copy.xpath(f".//{gone} | ./a"):
            element.drop_tree()
        said.append(" ".join(copy.text_content().split()))
    return [text for text in said if text]


def test_words_are_marked_and_both_texts_are_there(path: Path) -> None:
    page = ask(path, f"/diff/1..2/{MILL}")
    assert page.texts(".verdict") == ["updated between 7 Mar 2025, 08:00 and 09:00 +7 −5 words"]
    assert side(page, "del") == SECOND.split("\n\n")
    assert side(page, "ins") == FIRST.split("\n\n")
    assert page.tree.xpath("string(//article//p//ins)").startswith("Two people were")
    assert page.tree.xpath("string(//article//p//del)").startswith("No one was")


def test_a_moved_paragraph_is_seen_as_moved_and_its_places_know_each_other(path: Path) -> None:
    page = ask(path, f"/diff/2..3/{MILL}")
    (left,) = page.tree.xpath("//p[contains(@class, 'moved-from')]")
    (here,) = page.tree.xpath("//p[contains(@class, 'moved-to')]")
    assert left.xpath("./a/@href") == [f"#{here.get('id')}"]
    assert here.xpath("./a/@href") == [f"#{left.get('id')}"]
    assert "Moved up, and edited" in left.text_content()
    assert here.text_content().startswith("Moved up to here")
    assert side(page, "del") == MOVED.split("\n\n")
    assert "No one was hurt" not in page.text


def test_captions_names_and_byline(path: Path) -> None:
    page = ask(path, f"/diff/2..3/{MILL}")
    assert page.texts(".picture") == ["Smoke over the mill at dawn Ann Other/PA"]
    assert "at dawn" in " ".join(page.texts("ins"))
    assert any("Bo Lind, PA" in text for text in page.texts(".people"))
    assert page.texts(".byline") == ["By Ann Other and Bo Lind"]


def test_stamps_are_told_before_and_after(path: Path) -> None:
    page = ask(path, f"/diff/1..2/{MILL}")
    (facts,) = page.texts(".facts")
    assert "update stamp 7 Mar 2025, 08:00 → 7 Mar 2025, 08:45" in facts
    assert "section News → none" in facts


def test_steps_around(path: Path) -> None:
    page = ask(path, f"/diff/2..3/{MILL}")
    links = {
        " ".join(link.text_content().split()): link.get("href") for link in page.tree.xpath("//header//nav[@class='pairs']//a")
    }
    assert links == {
        "← Change before": f"/news/diff/1..2/{MILL}",
        "Change after →": f"/news/diff/3..4/{MILL}",
        "Side by side": f"/news/diff/2..3/side/{MILL}",
        "History": f"/news/history/{MILL}",
        "Read revision 2": f"/news/memento/20250307090000/{MILL}",
        "Read revision 3": f"/news/memento/20250307100000/{MILL}",
        "Swap": f"/news/diff/3..2/{MILL}",
    }


def test_over_several_and_backwards(path: Path) -> None:
    over = ask(path, f"/diff/1..4/{MILL}")
    assert over.texts(".verdict") == ["over 3 changes between 7 Mar 2025, 08:00 and 12:00 +7 −5 words"]
    back = ask(path, f"/diff/2..1/{MILL}")
    assert back.texts(".verdict") == ["backwards in time from 7 Mar 2025, 09:00 back to 7 Mar 2025, 08:00 +5 −7 words"]
    assert side(back, "del") == FIRST.split("\n\n")
    assert "back to revision 2" in ask(path, f"/diff/3..4/{MILL}").texts(".verdict")[0]


def test_without_numbers_the_last_change(path: Path) -> None:
    assert ask(path, f"/diff/{MILL}").markup == ask(path, f"/diff/3..4/{MILL}").markup
    assert ask(path, f"/diff/{BRIDGE}").status == 200


@pytest.mark.parametrize(
    "target", [f"/diff/{GONE}", f"/diff/2..2/{MILL}", f"/diff/4..5/{MILL}", f"/diff/0..1/{MILL}", "/diff/1..2/"]
)
def test_where_nothing_can_differ(path: Path, target: str) -> None:
    assert ask(path, target).status == 404


def test_what_did_not_change_is_folded(path: Path) -> None:
    page = ask(path, f"/diff/{LONG}")
    (fold,) = page.tree.xpath("//details[@class='fold']")
    assert fold.xpath("string(summary)").strip() == "10 unchanged paragraphs"
    assert len(fold.xpath(".//p")) == 10
    assert len(side(page, "del")) == 12


def test_only_a_stamp(tmp_path: Path) -> None:
    path = make(tmp_path)
    with Store(path) as store:
        row = store.row("SELECT * FROM revisions WHERE headline = 'Bridge to open Tuesday'") or {}
        store.insert(
            "revisions", {**row, "id": None, "number": 3, "change": "restamped", "date_modified": "2025-03-07T10:00:00Z"}
        )
        store.execute("UPDATE articles SET revision_count = 3 WHERE id = ?", (row["article_id"],))
    page = ask(path, f"/diff/2..3/{BRIDGE}")
    assert "The text is the same, word for word." in page.text
    assert not page.tree.xpath("//article//ins | //article//del")


def test_links_of_an_address_with_a_query_lead_back(path: Path) -> None:
    for link in ask(path, f"/diff/{BRIDGE}").links():
        if link.startswith("/news/"):
            assert ask(path, target_of(link)).status in (200, 302)


PARAGRAPHS = st.lists(st.sampled_from(["One two three.", "Four five six seven.", "Eight.", "<b>Nine</b> & ten"]), max_size=7)


@given(PARAGRAPHS, PARAGRAPHS)
@settings(max_examples=60)
def test_blocks_hold_every_paragraph_once_in_order(before: list[str], after: list[str]) -> None:
    body = body_changes("\n\n".join(before), "\n\n".join(after))
    found = blocks(body)
    assert [place for block in found for place, _ in block.paragraphs] == list(range(len(body)))
    for block in found:
        if block.is_folded:
            assert len(block.paragraphs) >= 3
            assert {paragraph.kind for _, paragraph in block.paragraphs} == {ChangeKind.SAME}


@given(PARAGRAPHS, PARAGRAPHS)
@settings(max_examples=40)
def test_what_is_shown_gives_both_texts(before: list[str], after: list[str]) -> None:
    body = body_changes("\n\n".join(before), "\n\n".join(after))
    template = rendering._environment.from_string(
        "{% import 'parts.html' as parts with context %}<article>{{ parts.body(b, p) }}</article>"
    )
    tree = html.fromstring(template.render(b=blocks(body), p=body, root=""))
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {str(link).removeprefix("#") for link in tree.xpath("//a/@href")} <= set(ids)
    for gone, text in (("del", after), ("ins", before)):
        shown = html.fromstring(html.tostring(tree, encoding="unicode"))
        away = "moved-from" if gone == "del" else "moved-to"
        keep = "moved-to" if gone == "del" else "moved-from"
        for element in shown.xpath(f"//{gone} | //a | //summary | //p[contains(@class, '{away}')] | //*[@class='pilcrow']"):
            element.drop_tree()
        said = "".join("".join(one.text_content().split()) for one in shown.xpath("//p[not(@class='none')]"))
        if not shown.xpath(f"//p[contains(@class, '{keep}')]") or gone == "del":
            assert said == "".join("".join(text).split()), (before, after)


def test_side_by_side_says_the_same(path: Path) -> None:
    inline, side = ask(path, f"/diff/1..2/{MILL}"), ask(path, f"/diff/1..2/side/{MILL}")
    assert side.status == 200
    cells = side.tree.xpath("//div[contains(@class, 'sides')]/p")
    assert len(cells) >= 4
    assert not side.tree.xpath("//p[@class='was']//ins | //p[@class='is']//del")
    assert [one.text_content() for one in side.tree.xpath("//article//del")] == [
        one.text_content() for one in inline.tree.xpath("//article//del")
    ]
    assert f"/news/diff/1..2/{MILL}" in side.links()
    assert f"/news/diff/1..2/side/{MILL}" in inline.links()
