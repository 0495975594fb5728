"""The four generations of Midland News sites, each read from a page modelled on its markup."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from crawler.extraction import extract
from crawler.extraction.families import READERS
from pipelines.article import Article, Author, Kind
from tests.table import table

PAGES = Path(__file__).parent / "pages"
HOST = "https://www.shropshirestar.com"


def read(name: str, path: str) -> Article:
    return extract((PAGES / f"{name}.html").read_bytes(), HOST + path)


def test_wordpress() -> None:
    article = read("mna-wordpress", "/news/2014/09/16/ferry-rope-snaps-in-high-wind/")
    assert article.extractor == f"midland-news/1.{READERS}:wordpress"
    assert article.kind is Kind.ARTICLE
    assert article.headline == "Ferry rope snaps in high wind"
    assert article.description == "A hand ferry was cut loose on the Severn when its rope gave way during Tuesday's gale."
    assert str(article.date_published) == "2014-09-16T17:59:00Z"
    assert article.body.split("\n\n") == [
        "The hand ferry at Hampton Wharf drifted for half a mile on Tuesday before two anglers caught its stern line.",
        "Nobody was aboard when the rope parted shortly before four in the afternoon, the ferry trust said.",
        '"We will splice a new one by the weekend," said the ferryman, Ned Hollis, who has worked the crossing since 1991.',
    ]
    assert [image.caption for image in article.images] == ["The ferry on the far bank after the gale"]


def test_arc_with_a_content_list_of_its_own() -> None:
    article = read("mna-2018", "/news/2023/06/04/canal-boat-race-returns/")
    assert article.extractor == f"midland-news/1.{READERS}:2018"
    assert article.headline == "Canal boat race returns after six years"
    assert article.description == "Forty crews will row the Cut on Sunday."
    assert [author.name for author in article.authors] == ["Mary Tandy"]
    assert str(article.date_published) == "2023-06-04T09:30:00Z"
    assert str(article.date_modified) == "2023-06-04T11:05:00Z"
    assert article.body.split("\n\n") == [
        "Forty crews will row two miles of the Birmingham Main Line on Sunday in a race last held before the locks were closed.",
        "Where to watch",
        "Stewards ask spectators to keep to the eastern towpath, because the western one is still being rebuilt.",
        "First start at ten o'clock",
        "Prizes at the basin at four",
    ]


def test_next_js_takes_times_from_the_data_because_the_labels_are_empty() -> None:
    article = read("mna-2025-02", "/uk-news/2025/03/07/minister-opens-new-line/")
    assert article.extractor == f"midland-news/1.{READERS}:2025-02"
    assert article.headline == "Minister opens new line to Bishop's Castle"
    assert article.authors == (Author("Ada Wetherby", "Transport Correspondent", "PA"),)
    assert article.byline == "By contributor Ada Wetherby, PA Transport Correspondent"
    assert str(article.date_published) == "2025-03-07T06:45:00Z"
    assert str(article.date_modified) == "2025-03-07T08:10:00Z"
    assert article.is_accessible_for_free is None
    assert article.body.split("\n\n") == [
        "Trains ran to Bishop's Castle on Friday for the first time since the line was lifted in the 1930s.",
        "The first service carried two hundred passengers, among them a woman of 97 who remembered the old one.",
        "The minister said that £41.5 million had been “well spent”, and that three more lines were being studied.",
    ]
    assert [(image.alt, image.caption) for image in article.images] == [
        ("Rail minister", "The minister cut a ribbon at the new station"),
        ("Station", "The new platform"),
    ]


def test_next_js_without_data_falls_back_to_the_day_in_the_address() -> None:
    page = (PAGES / "mna-2025-02.html").read_text().replace("publishDate", "x").replace("lastUpdatedDate", "y")
    article = extract(page, HOST + "/uk-news/2025/03/07/minister-opens-new-line/")
    assert str(article.date_published) == "2025-03-07"
    assert article.date_modified is None


def test_premium_text_in_the_data_is_not_read() -> None:
    article = read("mna-2025-02-plus", "/uk-news/2025/03/07/minister-opens-new-line/")
    assert article.is_accessible_for_free is False
    assert "Only subscribers" not in article.body
    assert article.body.startswith("Trains ran to Bishop's Castle")


def test_national_world_platform() -> None:
    article = read("mna-2026-05", "/news/environment/otters-seen-in-town-centre-brook-5512345")
    assert article.extractor == f"midland-news/1.{READERS}:2026-05"
    assert article.description == "A family of four has moved in behind the bus station."
    assert [author.name for author in article.authors] == ["Owen Pritchard"]
    # Structured stamps moved with the update: only the printed line still tells the first publication.
    assert str(article.date_published) == "2026-06-02T12:05:00Z"
    assert str(article.date_modified) == "2026-06-02T14:20:11Z"
    assert article.topics == ("Wildlife", "Telford")
    # Said of every page of the platform, free ones too.
    assert article.is_accessible_for_free is None
    assert article.body.split("\n\n") == [
        "A family of four otters has made its home in the brook behind Telford's bus station, drivers say.",
        "The mother was first seen in April, when a night bus stopped to let her cross the road with three cubs.",
        '"They eat better than I do," said one driver, Liam Oakley. "There are chips in that brook as well as trout."',
    ]


@table("name", sorted(path.stem for path in PAGES.glob("*.html")))
def test_a_page_reads_the_same_as_bytes_and_as_text(name: str) -> None:
    data = (PAGES / f"{name}.html").read_bytes()
    url = HOST + "/news/2024/01/02/a-story-with-a-long-name/"
    assert extract(data, url) == replace(extract(data.decode(), url))
